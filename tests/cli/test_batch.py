"""Many questions in one process, a record of them, and what else the command line offers a script."""

import json
import os
import stat
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import pytest

from citewell.answers.recording import record
from citewell.evaluation import questions

ARTICLE = "The tide rose to 3.2 metres at Kiel on Monday. Nobody was hurt."
QUESTION = "How high did the tide rise at Kiel?"
Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an article that has a long id."""
    folder = tmp_path_factory.mktemp("batch")
    (folder / "articles").mkdir()
    (folder / "articles" / f"{'tide-' * 30}end.txt").write_text(ARTICLE)
    return folder


@pytest.fixture(scope="module")
def run(folder: Path) -> Run:
    def run(*words: str, given: str = "", **variables: str) -> subprocess.CompletedProcess[str]:
        settings = {"CITEWELL_ENCODER": "hashing", "CITEWELL_READER": "similarity", "CITEWELL_THRESHOLD": "0"}
        return subprocess.run(
            [sys.executable, "-m", "citewell", *words],
            cwd=folder,
            env=os.environ | settings | variables,
            input=given,
            capture_output=True,
            text=True,
            check=False,
            timeout=200,
        )

    run("index", "articles")
    return run


def test_each_line_of_a_batch_gives_a_line_and_a_line_that_fails_says_why(run: Run, folder: Path) -> None:
    lines = [
        {"id": "a", "question": QUESTION, "answers": ["3.2 metres"], "answerable": True},
        {"id": 2, "question": "And in Paris?", "history": [QUESTION]},
        {"question": "x" * 100_000},
        {"id": "b", "history": []},
        ["no object"],
    ]
    text = "\n".join(json.dumps(line) for line in lines) + "\n\n{no json}\n"
    (folder / "asked.jsonl").write_text(text)
    asked = run("ask", "--batch", "asked.jsonl", "--record", "record.jsonl")
    assert (asked.returncode, asked.stderr) == (3, "")
    told = [json.loads(line) for line in asked.stdout.splitlines()]
    assert [line["id"] for line in told] == ["a", 2, None, None, None, None]
    assert [line.get("line") for line in told] == [None, None, 3, 4, 5, 7]
    one = json.loads(run("ask", QUESTION, "--json").stdout)
    assert {**told[0], "trace": 0} == {"id": "a", **one, "trace": 0}
    assert told[1]["standalone"] == "How high did the tide rise at Kiel in Paris?"
    assert "the question has 100,000 characters" in told[2]["error"]
    assert "holds no question" in told[3]["error"]
    assert "is no JSON in UTF-8" in told[5]["error"]

    # A record is kept where it is asked for, of what was answered, for its owner alone.
    kept = [json.loads(line) for line in (folder / "record.jsonl").read_text().splitlines()]
    assert [line["answer"]["question"] for line in kept] == [QUESTION, "And in Paris?"]
    assert stat.S_IMODE((folder / "record.jsonl").stat().st_mode) == 0o600
    assert {path.name for path in folder.iterdir()} == {"articles", "index", "asked.jsonl", "record.jsonl"}

    piped = run("ask", "--batch", "-", given=json.dumps(lines[0]))
    assert piped.returncode == 0
    assert json.loads(piped.stdout)["short"] == one["short"]


def test_a_question_is_read_from_standard_input(run: Run) -> None:
    asked = run("ask", "-", given=f"{QUESTION}\n")
    assert asked.returncode == 0
    assert "The tide rose to 3.2 metres at Kiel on Monday. [1]" in asked.stdout


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("ask",), "Missing parameter: question"),
        (("ask", QUESTION, "--batch", "asked.jsonl"), "give one question, or - to read it, or --batch FILE"),
        (("ask", "--batch", "none.jsonl"), "none.jsonl: cannot be read: No such file or directory"),
        (("ask", "--batch", "-"), "holds no question; one JSON object a line is wanted"),
        (("ask", QUESTION, "--record", "none/record.jsonl"), "none/record.jsonl: cannot be written"),
    ],
)
def test_a_batch_that_cannot_be_begun_is_one_line(run: Run, words: tuple[str, ...], message: str) -> None:
    failed = run(*words)
    assert failed.returncode == 2
    assert message in failed.stderr
    assert failed.stderr.count("\n") == 1


def test_without_a_file_nothing_is_recorded() -> None:
    answer = object()
    assert record(None, answer) is answer  # type: ignore[arg-type]


def test_inspect_never_cuts_an_id(run: Run) -> None:
    for columns in ("20", "80"):
        assert f"{'tide-' * 30}end " in run("inspect", COLUMNS=columns).stdout


def test_the_version_is_told(run: Run) -> None:
    shown = run("--version")
    assert (shown.returncode, shown.stdout) == (0, f"citewell {version('citewell')}\n")


def test_without_a_network_a_download_fails_in_one_line(run: Run, folder: Path) -> None:
    nowhere = {"HF_ENDPOINT": "http://127.0.0.1:9", "HF_HOME": str(folder / "index" / "hub")}
    where = ("--models-folder", str(folder / "index" / "models"))
    failed = run("models", "download", "qwen2.5-coder-1.5b", *where, **nowhere)
    assert failed.returncode == 2
    assert "cannot be downloaded" in failed.stderr
    assert failed.stderr.count("\n") == 1, failed.stderr


def test_a_shell_completes_commands_options_and_plugins(run: Run) -> None:
    def complete(*words: str) -> set[str]:
        line = " ".join(("citewell", *words))
        given = {"COMP_WORDS": line, "COMP_CWORD": str(len(words)), "_CITEWELL_COMPLETE": "complete_bash"}
        return set(run(**given).stdout.split())

    assert complete("ins") == {"inspect"}
    assert "--batch" in complete("ask", "--ba")
    assert complete("ask", "--reader", "sim") == {"similarity"}


def test_verdicts_of_a_conversation_become_a_test_set(run: Run, folder: Path) -> None:
    said = f"{QUESTION}\n+\nAnd in Paris?\n- 4 metres\nWho was hurt?\n-\n\n"
    chatted = run("chat", "--verdicts", "index/judged.jsonl", given=said)
    assert chatted.returncode == 0, chatted.stderr
    first, second = questions.read(folder / "index" / "judged.jsonl").questions
    assert (first.question, first.answers, first.evidence) == (
        QUESTION,
        ("3.2 metres",),
        ("The tide rose to 3.2 metres at Kiel on Monday.",),
    )
    assert (second.question, second.answers, second.history) == ("And in Paris?", ("4 metres",), (QUESTION,))
    assert "kept in index/judged.unlabelled.jsonl" in chatted.stdout  # no right answer was told
    measured = run("evaluate", "index/judged.jsonl")
    assert "2 questions, 0 errors" in measured.stdout
