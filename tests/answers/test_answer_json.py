"""An answer as JSON: its published schema, and the way back."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from citewell.answers.answer import SCHEMA_VERSION, Abstention, Answer
from citewell.assistant import Assistant
from citewell.documents.document import document
from citewell.documents.structure import Mark
from citewell.errors import AnswerFormatError
from citewell.generation.generators import scripted
from schemas import breaches

ROOT = Path(__file__).parents[2]
QUESTIONS = (
    "How many people were arrested in Germany?",
    "Summarise the article",
    "Were more people arrested in Germany than in Austria?",
    "Who is the mayor of Berlin?",
    "hello",
    "How many people were arrested in France?",
)


@pytest.fixture(scope="module")
def answers(assistant: Assistant) -> list[Answer]:
    """Real answers of every kind: shown, reckoned, withheld, abstained."""
    asked = list(assistant.ask_many(QUESTIONS))
    writer = scripted.create(["Germany arrested 42 people [1]. The mayor wept [1].\nShort: 42"])
    return [*asked, assistant.with_generator(writer).ask(QUESTIONS[0])]


def test_real_answers_keep_to_the_published_schema_and_to_no_more(answers: list[Answer]) -> None:
    schema = Answer.json_schema()
    for answer in answers:
        assert breaches(schema, answer.to_dict()) == []
        assert answer.to_dict()["schema_version"] == SCHEMA_VERSION
    assert {bool(answer.abstention) for answer in answers} == {True, False}
    assert any(answer.trace.withheld for answer in answers)
    assert set(schema["properties"]["abstention"]["enum"]) == {None, *map(str, Abstention)}


@pytest.mark.parametrize(
    ("key", "value"),
    [("confidence", 1.5), ("abstention", "tired"), ("citations", None), ("schema_version", 2)],
)
def test_what_is_no_answer_breaks_the_schema(answers: list[Answer], key: str, value: object) -> None:
    assert not Draft202012Validator(Answer.json_schema()).is_valid({**answers[0].to_dict(), key: value})


def test_an_answer_comes_back_from_its_json(answers: list[Answer]) -> None:
    for answer in answers:
        back = Answer.from_dict(json.loads(json.dumps(answer.to_dict())))
        assert back.to_dict() == {**answer.to_dict(), "trace": {**answer.trace.to_dict(), "evidence": []}}
        assert back.text == answer.text
        assert back.trace.milliseconds == answer.trace.milliseconds


def test_a_question_can_follow_an_answer_that_was_kept(assistant: Assistant, answers: list[Answer]) -> None:
    kept = Answer.from_dict(answers[0].to_dict())
    assert assistant.ask("And in Sweden?", [kept]) == assistant.ask("And in Sweden?", [answers[0]])


@pytest.mark.parametrize(
    ("told", "message"),
    [
        ({}, "the JSON is no answer"),
        ([], "the answer has the schema version None"),
        ({"schema_version": 2}, "has the schema version 2; this release reads 1"),
    ],
)
def test_what_is_no_answer_is_refused_in_a_line(told: Any, message: str) -> None:
    with pytest.raises(AnswerFormatError, match=message):
        Answer.from_dict(told)


def test_one_wrong_value_is_refused_too(answers: list[Answer]) -> None:
    for key in ("statements", "citations", "closest", "trace", "abstention"):
        with pytest.raises(AnswerFormatError):
            Answer.from_dict({**answers[0].to_dict(), key: 7})


def test_a_citation_names_section_page_and_date() -> None:
    text = "Damage\n\nThe tide rose to 3.2 metres at Kiel."
    marks = (Mark("page", 0, len(text), "12", 3), Mark("heading", 0, 6, "", 2))
    report = document(text, id="report", title="Report", published="2021-05-04", marks=marks)
    assistant = Assistant.from_documents([report], encoder="hashing", reader="similarity", threshold=0)
    (citation,) = assistant.ask("How high did the tide rise at Kiel?").citations
    told = citation.to_dict()
    assert (told["headings"], told["page"], told["published"]) == (["Damage"], "12", "2021-05-04")
