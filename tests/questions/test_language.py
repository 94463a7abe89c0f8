"""Tests for the language of a question."""

import json
from pathlib import Path

import pytest

from citewell.questions.language import language_of

DATA = Path(__file__).parent.parent / "data"
QUESTIONS = [
    json.loads(line)
    for file in ("near_misses", "wikinews")
    for line in (DATA / file / "questions.jsonl").read_text(encoding="utf-8").splitlines()
]
OTHERS = [
    json.loads(line) for line in (DATA / "languages/questions.jsonl").read_text(encoding="utf-8").splitlines()
]


def test_no_question_of_the_sets_is_taken_for_another_language() -> None:
    assert [row["question"] for row in QUESTIONS if language_of(row["question"]) != "en"] == []


def test_nine_of_ten_questions_in_other_languages_are_known_as_such() -> None:
    missed = [row["question"] for row in OTHERS if language_of(row["question"]) == "en"]
    assert len(missed) <= len(OTHERS) / 10, missed


@pytest.mark.parametrize(
    "question", ["", "2019?", "Zürich", "Tide, 2019", "crash death toll", "Who is “der Kaiser von China”?"]
)
def test_names_and_keywords_are_no_other_language(question: str) -> None:
    assert language_of(question) == "en"
