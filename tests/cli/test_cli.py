import csv
import io
import json
import os
import pty
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from citewell.cli.terminal import printable
from citewell.documents.sample import NOTICE, TITLE

Run = Callable[..., "subprocess.CompletedProcess[str]"]
ARTICLE = (
    "The tide rose to 3.2 metres at Kiel on Monday. Nobody was hurt.\n\n"
    "The harbour master, Ann Lee, said the quay would open again in two days."
)


def runner(folder: Path) -> Run:
    """Run the command in a folder with one article, with the encoder that needs no weights."""
    (folder / "articles").mkdir()
    (folder / "articles" / "tide.txt").write_text(ARTICLE)

    def run(*words: str, **variables: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "citewell", *words],
            cwd=folder,
            env=os.environ | {"CITEWELL_ENCODER": "hashing", "CITEWELL_THRESHOLD": "0"} | variables,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    return run


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """The command, in a folder of the test's own."""
    return runner(tmp_path)


@pytest.fixture(scope="module")
def indexed(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The command, in a folder whose article is indexed; for tests that change nothing."""
    folder = tmp_path_factory.mktemp("indexed")
    (folder / "empty").mkdir()
    run = runner(folder)
    run("index", "articles")
    return run


def test_an_article_is_indexed_asked_inspected_and_verified(run: Run, tmp_path: Path) -> None:
    assert run("index", "articles").stdout == "index: 1 article, 1 passage (1 added)\n"
    assert run("index", "articles").stdout == "index: 1 article, 1 passage (up to date)\n"

    answered = run("ask", "How high did the tide rise at Kiel?")
    assert answered.returncode == 0, answered.stderr
    assert "The tide rose to 3.2 metres at Kiel on Monday. [1]" in answered.stdout
    assert "characters 0 to 46" in answered.stdout

    shown = json.loads(run("ask", "How high did the tide rise at Kiel?", "--json").stdout)
    (citation,) = shown["citations"]
    assert ARTICLE[citation["start_char_index"] : citation["end_char_index"]] == citation["cited_text"]

    assert "tide" in run("inspect").stdout
    assert json.loads(run("inspect", "--json").stdout)["content"]["passages"] == 1
    assert "whole" in run("verify").stdout
    assert {path.name for path in tmp_path.iterdir()} == {"articles", "index"}


def test_an_abstention_exits_with_one(run: Run) -> None:
    run("index", "articles")
    silent = run("ask", "Why did the tide turn red?", CITEWELL_THRESHOLD="0.5")
    assert (silent.returncode, silent.stdout.splitlines()[0]) == (1, "The article does not say.")
    assert "Closest in the article, not an answer:" in silent.stdout


def test_what_is_possible_is_pointed_to_and_exits_with_one(run: Run) -> None:
    run("index", "articles")
    unsure = run("ask", "How high did the tide rise at Kiel?", CITEWELL_THRESHOLD="1")
    assert unsure.returncode == 1
    assert unsure.stdout.splitlines()[:2] == [
        "I am not sure enough to answer. The first passage may say it.",
        "May answer it, not sure enough to say so:",
    ]
    said = json.loads(
        run("ask", "How high did the tide rise at Kiel?", "--json", CITEWELL_THRESHOLD="1").stdout
    )
    assert (said["abstention"], said["short"], said["statements"]) == ("possibly", "", [])
    assert said["closest"][0]["cited_text"] == "The tide rose to 3.2 metres at Kiel on Monday."
    assert "3.2" not in said["text"]
    assert run("ask", "hello").returncode == 1


def test_what_an_article_states_is_found_printed_and_exported(indexed: Run) -> None:
    quote = "The tide rose to 3.2 metres at Kiel on Monday."
    printed = indexed("find", "The tide rose at Kiel.")
    assert printed.returncode == 0, printed.stderr
    assert quote in printed.stdout
    assert "Sentences: 1. Articles: 1." in printed.stdout
    (found,) = json.loads(indexed("find", "The tide rose at Kiel.", "--json").stdout)["found"]
    (row,) = csv.DictReader(io.StringIO(indexed("find", "The tide rose at Kiel.", "--csv").stdout))
    for made in (found, row):
        start, end = int(made["start_char_index"]), int(made["end_char_index"])
        assert ARTICLE[start:end] == made["cited_text"] == quote
    inside = indexed("find", "The tide rose at Kiel.", "--where", "title:tide", "--where", "source:tide.txt")
    assert quote in inside.stdout, inside.stderr
    outside = indexed("find", "The tide rose at Kiel.", "--where", "published>=2019")
    assert "Sentences: 0." in outside.stdout
    assert indexed("ask", "How high did the tide rise?", "--where", "title:ferry").returncode == 1
    nothing = indexed("find", "A volcano erupted in Iceland.", "--csv")
    assert (nothing.returncode, nothing.stdout.count("\n")) == (0, 1)


def test_articles_are_replaced_removed_and_told(run: Run, tmp_path: Path) -> None:
    articles = tmp_path / "articles"
    (articles / "copy.txt").write_text(ARTICLE)
    (articles / "ferry.txt").write_text("The ferry sank off Kiel.")
    first = run("index", "articles", "--verbose").stdout
    assert "added: copy\nadded: ferry\n" in first
    assert first.endswith("index: 2 articles, 2 passages (2 added, 1 already there)\n")
    assert "already there: tide has the text of copy" in first
    (articles / "ferry.txt").write_text("The ferry was raised off Kiel.")
    assert "replaced: ferry" in run("index", "articles", "--verbose").stdout
    (articles / "ferry.txt").unlink()
    assert "(1 removed, 1 already there)" in run("index", "articles").stdout
    (articles / "ferry.txt").write_text("The ferry was raised off Kiel.")
    run("index", "articles")
    assert "removed: ferry" in run("index", "ferry", "--remove").stdout
    assert "ferry" not in run("inspect").stdout


def test_a_file_that_cannot_be_read_is_named_and_the_others_go_on(run: Run, tmp_path: Path) -> None:
    (tmp_path / "articles" / "bad.pdf").write_bytes(b"no pdf")
    (tmp_path / "articles" / "empty.txt").write_text(" \n")
    done = run("index", "articles")
    assert done.returncode == 3
    assert "not read: bad.pdf: " in done.stderr
    assert "not read: empty.txt: holds no text" in done.stderr
    assert done.stdout == "index: 1 article, 1 passage (1 added, 2 files not read)\n"


ERRORS = {
    "no filter": (("ask", "Why?", "--where", "tide"), "'tide' is no condition; wanted: FIELD OPERATOR VALUE"),
    "nothing to find": (("find", "?"), "give a statement or a question"),
    "two formats": (("find", "Why?", "--json", "--csv"), "--json and --csv exclude each other"),
    "no index": (("ask", "Who?", "--index", "none"), "no index in none; build one: citewell index PATH"),
    "no index to inspect": (("inspect", "--index", "none"), "no index in none; build one"),
    "no index to verify": (("verify", "--index", "none"), "no index in none; build one"),
    "no such file": (("index", "nothing.txt"), "nothing.txt: no such file or folder"),
    "nothing to read": (("index", "empty"), "no article found in empty"),
    "no such reader": (("ask", "Who?", "--reader", "similarty"), "did you mean 'similarity'?"),
    "no such encoder": (
        ("index", "articles", "--encoder", "none", "--rebuild"),
        "no encoders plugin is called",
    ),
    "no such article": (("ask", "Who?", "--article", "ferry"), "no article has the id 'ferry'"),
    "threshold": (("ask", "Who?", "--threshold", "7"), "setting 'threshold' is 7.0"),
    "no question": (("ask",), "Missing parameter: question"),
    "no such option": (("ask", "Who?", "--indx", "x"), "No such option: --indx"),
    "no such command": (("aks", "Who?"), "No such command 'aks'"),
    "too long": (("ask", "a" * 100_000), "the question has 100,000 characters"),
    "two wishes": (("index", "tide", "--remove", "--rebuild"), "--remove and --rebuild exclude each other"),
    "nothing to remove": (("index", "ferry", "--remove"), "no article has the id 'ferry'"),
}


@pytest.mark.parametrize(("words", "message"), ERRORS.values(), ids=ERRORS)
def test_a_user_error_is_one_line_on_stderr_and_exit_code_two(
    indexed: Run, words: tuple[str, ...], message: str
) -> None:
    failed = indexed(*words)
    assert failed.returncode == 2, failed.stdout
    assert message in failed.stderr
    assert failed.stderr.count("\n") == 1
    assert "Traceback" not in failed.stderr


@pytest.mark.parametrize(
    "question", ["", " ", "\x01\x1b[2J", "\u202egnp.exe", "<b>bold</b>", "🙂", "[red]x[/red]"], ids=ascii
)
def test_odd_questions_are_answered_in_words(indexed: Run, question: str) -> None:
    asked = indexed("ask", question, CITEWELL_THRESHOLD="0.999")
    assert asked.returncode == 1, asked.stderr
    assert asked.stdout.strip()
    assert "\x1b" not in asked.stdout
    assert asked.stderr == ""


def test_without_an_index_the_sample_is_asked_and_a_named_index_is_still_an_error(
    run: Run, tmp_path: Path
) -> None:
    question = "How many people were arrested in Germany?"
    asked = run("ask", question, "--json")
    assert (asked.returncode, asked.stderr) == (0, f"{NOTICE}\n")
    assert json.loads(asked.stdout)["citations"][0]["document_title"] == TITLE
    for named in ({"CITEWELL_INDEX": "mine"}, {"CITEWELL_CORPUS": "mine"}):
        failed = run("ask", question, **named)
        assert (failed.returncode, failed.stdout) == (2, "")
        assert "build one: citewell index" in failed.stderr
    assert run("evaluate", str(tmp_path / "articles")).returncode == 2
    assert {path.name for path in tmp_path.iterdir()} == {"articles"}


def test_what_is_printed_cannot_steer_a_terminal() -> None:
    assert printable("a\x1b[2Jb\u202ec\nd\u0085") == "a\ufffd[2Jb\ufffdc d\ufffd"


def test_a_damaged_index_says_how_to_mend_it(run: Run, tmp_path: Path) -> None:
    run("index", "articles")
    (vectors,) = tmp_path.glob("index/generation-*/vectors/*")
    vectors.write_bytes(vectors.read_bytes()[:-7])
    for words in (("ask", "Who?"), ("verify",), ("index", "articles")):
        failed = run(*words)
        assert failed.returncode == 2
        assert "--rebuild" in failed.stderr
    assert run("index", "articles", "--rebuild").returncode == 0
    assert run("verify").returncode == 0


def test_a_chat_takes_follow_ups_until_an_empty_line(run: Run, tmp_path: Path) -> None:
    run("index", "articles")
    parent, child = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "citewell", "chat"],
        cwd=tmp_path,
        env=os.environ | {"CITEWELL_ENCODER": "hashing", "CITEWELL_THRESHOLD": "0", "NO_COLOR": "1"},
        stdin=child,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        os.write(parent, b"How high did the tide rise at Kiel?\nAnd in Paris?\n\n")
        shown, _ = process.communicate(timeout=120)
    os.close(parent)
    os.close(child)
    assert process.returncode == 0, shown
    assert "3.2 metres" in shown
    assert "Asked: How high did the tide rise at Kiel in Paris?" in re.sub(r"\s+", " ", shown)


def test_help_names_every_command(run: Run) -> None:
    shown = run("--help").stdout
    for command in ("index", "ask", "chat", "serve", "inspect", "verify", "plugins", "check", "recheck"):
        assert f" {command} " in shown


def test_a_corpus_file_that_cannot_be_read_is_named_when_asking_and_measuring(
    run: Run, tmp_path: Path
) -> None:
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "tide.txt").write_text(ARTICLE)
    (tmp_path / "corpus" / "bad.pdf").write_bytes(b"no pdf")
    asked = run("ask", "How high did the tide rise at Kiel?")
    assert asked.returncode == 0
    assert "not read: bad.pdf" in asked.stderr
    question = {
        "id": "1",
        "question": "How high did the tide rise?",
        "answers": ["3.2 metres"],
        "answerable": True,
    }
    (tmp_path / "mine.jsonl").write_text(json.dumps(question))
    measured = run("evaluate", "mine.jsonl")
    assert measured.returncode == 0, measured.stderr
    assert "not read: bad.pdf" in measured.stderr


def test_a_title_or_reason_cannot_steer_the_terminal(run: Run, tmp_path: Path) -> None:
    title = "The \u202etide\u202c"
    line = json.dumps({"id": "https://e.org//a", "title": title, "text": "The tide rose at Kiel."})
    (tmp_path / "articles" / "a.jsonl").write_text(line)
    (tmp_path / "articles" / "b.csv").write_text("\x1b[31mtext\x1b[0m\nx")
    indexed = run("index", "articles")
    asked = run("ask", "Where did the tide rise?", "--article", "a/https://e.org//a")
    for shown in (indexed.stdout, indexed.stderr, asked.stdout):
        assert "\u202e" not in shown
        assert "\x1b" not in shown
    assert "The \ufffdtide" in asked.stdout
    assert "removed: a/https://e.org//a" in run("index", "a/https://e.org//a", "--remove").stdout


@pytest.mark.parametrize("option", ["--model", "--base-url"])
def test_an_option_that_the_generator_does_not_take_is_refused(indexed: Run, option: str) -> None:
    done = indexed("ask", "How high did the tide rise?", option, "http://127.0.0.1:1/v1")
    assert done.returncode == 2
    name = option.strip("-").replace("-", "_")
    assert done.stderr == (
        f"citewell: the generator 'extractive' takes no {name!r}; leave it out, "
        "or choose a generator that does\n"
    )
    variable = f"CITEWELL_{option.strip('-').replace('-', '_').upper()}"
    assert indexed("ask", "How high did the tide rise?", **{variable: "any"}).returncode == 0
