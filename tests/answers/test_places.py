"""Articles that only their titles, headings or codes tell apart are not taken for one another."""

import subprocess
import sys
from pathlib import Path

import pytest

from citewell.assistant import Assistant
from citewell.documents.loading import load
from citewell.evaluation import questions, run
from citewell.settings import Settings

PLACES = Path(__file__).parents[1] / "data" / "places"
ASKED = 12


@pytest.fixture(scope="module")
def lamp() -> Assistant:
    return Assistant.from_text("The lamp is green.", settings=Settings(generator="extractive"))


@pytest.mark.parametrize("name", ["harbours", "schools", "codes-dev"])
def test_what_is_shown_is_of_what_the_question_names(name: str, lamp: Assistant) -> None:
    files = sorted(path for path in (PLACES / name).iterdir() if path.name != "questions.jsonl")
    assistant = lamp.beside(load(files).documents)
    asked = questions.read(PLACES / name / "questions.jsonl").questions
    chosen = asked[:: len(asked) // ASKED][:ASKED]
    report = run.evaluate(chosen, assistant, assistant.collection.documents)

    shown = [record for record in report.records if record["prediction"]["abstention"] is None]  # type: ignore[index]
    right = [record["id"] for record in shown if record["scores"].get("right") == 1.0]
    assert [record["id"] for record in shown] == right
    assert len(right) >= 0.7 * sum(question.answerable for question in chosen)


def test_the_sets_are_what_the_program_beside_them_writes(tmp_path: Path) -> None:
    copy = tmp_path / "make.py"
    copy.write_bytes((PLACES / "make.py").read_bytes())
    subprocess.run([sys.executable, str(copy)], check=True)
    made = {path.relative_to(tmp_path): path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    kept = {
        path.relative_to(PLACES): path.read_bytes()
        for path in PLACES.rglob("*")
        if path.is_file() and path.name != "README.md" and "__pycache__" not in path.parts
    }
    assert made == kept
