"""Two questions in one are asked apart."""

import pytest

from citewell.assistant import Assistant
from citewell.questions.decomposition import split_question
from citewell.settings import Settings


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        (
            "Who led the takedown and when did it happen?",
            ["Who led the takedown", "when did it happen? (led takedown)"],
        ),
        ("When and where was it held?", ["When was it held?", "where was it held?"]),
        (
            "How many guns, and how much money, were seized?",
            ["How many guns were seized?", "how much money, were seized?"],
        ),
        ("Which vendors and buyers were arrested?", ["Which vendors and buyers were arrested?"]),
        ("Which states made arrests, and how many each?", ["Which states made arrests, and how many each?"]),
        ("Tell me who won and what it cost", ["Tell me who won and what it cost"]),
        ("who and " * 400 + "who", ["who and " * 400 + "who"]),
    ],
)
def test_a_question_is_split_where_a_second_one_begins(question: str, parts: list[str]) -> None:
    assert split_question(question) == parts


def test_both_parts_are_answered_in_the_order_of_the_question(assistant: Assistant) -> None:
    sure = Assistant.from_documents(
        assistant.collection.documents, settings=Settings(threshold=0.05), encoder=assistant.encoder
    )
    answer = sure.ask("How many firearms and how much money were seized?")
    assert answer.short == "64 firearms, Over $6.5 million"
    assert [citation.quote in sure.collection.documents[0].text for citation in answer.citations] == [True]
    turned = sure.ask("How much money and how many firearms were seized?")
    assert turned.short == "Over $6.5 million, 64 firearms"


def test_half_an_answer_does_not_pass_for_a_whole_one(assistant: Assistant) -> None:
    answer = assistant.ask("How many firearms were seized and what is the boiling point of tungsten?")
    assert answer.short != "64 firearms"
