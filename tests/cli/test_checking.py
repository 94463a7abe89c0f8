"""`citewell check`, `recheck` and `evaluate --task check` on a terminal."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ARTICLE = "The tide\n\nThe tide rose to 3.2 metres at Kiel on Monday. Two boats sank in the harbour.\n"
TRUE = "The tide rose to 3.2 metres at Kiel on Monday."
FALSE = "The tide rose to 2.3 metres at Kiel on Monday."


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("checking")
    (folder / "articles").mkdir()
    (folder / "articles" / "tide.txt").write_text(ARTICLE)
    run(folder, "index", "articles")
    return folder


def run(folder: Path, *words: str, given: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "citewell", *words],
        cwd=folder,
        env=os.environ | {"CITEWELL_ENCODER": "hashing"},
        input=given,
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )


def test_a_supported_text_ends_with_0_and_a_contradicted_one_with_1(folder: Path) -> None:
    (folder / "text.txt").write_text(TRUE)
    good = run(folder, "check", "text.txt")
    bad = run(folder, "check", "-", "--json", "--html", "page.html", given=f"{TRUE} {FALSE} Is it so?")

    assert (good.returncode, good.stderr) == (0, "")
    assert good.stdout.startswith(f"✓ {TRUE}\n")
    assert "1 of 1 claim supported" in good.stdout
    assert bad.returncode == 1
    made = json.loads(bad.stdout)
    assert [claim["outcome"] for claim in made["claims"]] == ["supported", "contradicted", "nothing_to_check"]
    (article,) = made["articles"]
    assert len(article["sha256"]) == 64
    assert made["checked"].endswith("+00:00")
    page = (folder / "page.html").read_text()
    assert "1 of 2 claims supported, 1 contradicted" in page
    assert '<b class="differs">2.3 metres</b>' in page
    assert "<script" not in page


def test_a_saved_check_is_checked_again(folder: Path, tmp_path: Path) -> None:
    saved = tmp_path / "check.json"
    saved.write_text(run(folder, "check", "-", "--json", given=TRUE).stdout)
    (tmp_path / "articles").mkdir()
    (tmp_path / "articles" / "tide.txt").write_text("The tide\n\nIt rose to 4 metres at Kiel.\n")
    run(tmp_path, "index", "articles")

    same = run(folder, "recheck", str(saved))
    gone = run(tmp_path, "recheck", str(saved), "--json")

    assert same.returncode == 0
    assert "stands as cited" in same.stdout
    assert gone.returncode == 1
    assert (
        json.loads(gone.stdout)[0] | {"standing": "gone", "article_changed": True}
        == json.loads(gone.stdout)[0]
    )


def test_texts_with_known_outcomes_are_measured(folder: Path) -> None:
    end = len(TRUE) + 1 + len(FALSE)
    claims = [
        {"start": 0, "end": len(TRUE), "outcome": "supported", "kind": "paraphrase", "evidence": [TRUE]},
        {
            "start": end - len(FALSE),
            "end": end,
            "outcome": "contradicted",
            "kind": "number",
            "evidence": [TRUE],
        },
    ]
    text = {"id": "1", "text": f"{TRUE} {FALSE}", "article": "tide", "claims": claims}
    (folder / "texts.jsonl").write_text(json.dumps(text) + "\n")
    written = ("--json", "out.json", "--html", "out.html")
    done = run(folder, "evaluate", "texts.jsonl", "--task", "check", *written)

    assert done.returncode == 0, done.stderr
    figures = json.loads((folder / "out.json").read_text())["figures"]
    assert figures["supported_precision"] == figures["changed_contradicted"] == figures["exact"] == 1
    assert "<td>contradicted</td>" in (folder / "out.html").read_text()


@pytest.mark.parametrize(
    ("words", "given", "message"),
    [
        (("check", "none.txt"), "", "none.txt: cannot be read"),
        (("check", "-"), "x" * 50_000, "50,000 characters; at most 40,000"),
        (("recheck", "-"), "not JSON", "is no JSON"),
        (("recheck", "-"), "{}", "holds no citation"),
        (("evaluate", "-", "--task", "chec"), "", "chec"),
        (("evaluate", "texts.txt", "--task", "check"), "", "texts.txt: cannot be read"),
    ],
)
def test_what_a_user_can_mend_is_one_line_and_exit_code_2(
    folder: Path, words: tuple[str, ...], given: str, message: str
) -> None:
    failed = run(folder, *words, given=given)

    assert failed.returncode == 2
    assert failed.stderr.count("\n") == 1
    assert message in failed.stderr
