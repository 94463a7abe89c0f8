"""What is planned, denied or told by others: found in its words, and kept from being told as a fact."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citewell.answers.answer import Answer
from citewell.assistant import Assistant
from citewell.documents.document import document
from citewell.reading.modality import Modality, find_hedge
from citewell.text.spans import Span


def found(question: str, sentence: str, answer: str) -> tuple[Modality, str, bool] | None:
    start = sentence.index(answer)
    hedge = find_hedge(question, sentence, Span(start, start + len(answer)))
    if hedge is None:
        return None
    return (hedge.modality, sentence[hedge.span.start : hedge.span.end], hedge.denies_question)


@pytest.mark.parametrize(
    ("question", "sentence", "answer", "said"),
    [
        ("How many did it sack?", "It had planned to sack 300 people.", "300", "planned to sack 300"),
        ("What did it build?", "It voted to build a bridge.", "a bridge", "voted to build a bridge"),
        (
            "How many people died?",
            "If it had failed, 4,000 people would have died.",
            "4,000",
            "4,000 people would have died",
        ),
        (
            "Who took money from Vik?",
            "Holm denied that he had taken money.",
            "Holm",
            "Holm denied that he had taken money",
        ),
        ("What did it publish?", "It did not publish the list.", "the list", "did not publish the list"),
        ("Where was it held?", "It was to be held in Oslo.", "in Oslo", "was to be held in Oslo"),
    ],
)
def test_what_need_not_have_happened(question: str, sentence: str, answer: str, said: str) -> None:
    assert found(question, sentence, answer) == (Modality.UNREAL, said, True)


@pytest.mark.parametrize(
    ("question", "sentence", "answer", "said"),
    [
        ("How many died?", "According to police, 12 people died.", "12", "According to police, 12"),
        (
            "How many died?",
            "Twelve died, according to the police.",
            "Twelve",
            "Twelve died, according to the police",
        ),
        ("How many did he steal?", "Dahl allegedly stole 12 boats.", "12", "allegedly stole 12"),
        (
            "Who set fire to it?",
            "Dahl is suspected of setting fire to it.",
            "Dahl",
            "Dahl is suspected of setting fire to it",
        ),
    ],
)
def test_what_others_say_is_said_so(question: str, sentence: str, answer: str, said: str) -> None:
    assert found(question, sentence, answer) == (Modality.REPORTED, said, False)


@pytest.mark.parametrize(
    ("question", "sentence", "answer"),
    [
        ("How many does it plan to sack?", "It plans to sack 300 people.", "300"),
        ("What did he deny?", "He denied that he had taken money.", "he had taken money"),
        (
            "Which wall was rejected?",
            "They approved the north wall but rejected the south wall.",
            "the south wall",
        ),
        ("How many did it hire?", "The firm, which had planned to sack 300, hired 12.", "12"),
        ("When was it built?", "It was not built until 1920.", "1920"),
        ("Who says so?", "It sank, according to his agent.", "his agent"),
        ("Who won?", "Lund won the race.", "Lund"),
    ],
)
def test_a_fact_and_an_answer_to_what_was_planned_stay(question: str, sentence: str, answer: str) -> None:
    assert found(question, sentence, answer) is None


@given(st.text(max_size=30), st.text(max_size=60), st.data())
def test_a_hedge_holds_its_answer(question: str, sentence: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(sentence)))
    end = data.draw(st.integers(start, len(sentence)))
    hedge = find_hedge(question, f"{sentence} planned to", Span(start, end))
    assert hedge is None or (hedge.span.start <= start and end <= hedge.span.end)


def ask(assistant: Assistant, question: str, text: str) -> Answer:
    article = document(text, id="firm")
    answer = assistant.beside([article]).ask(question)
    assert all(article.text[item.start : item.end] == item.quote for item in answer.citations)
    return answer


def test_what_happened_is_answered_by_what_happened(assistant: Assistant) -> None:
    text = "The concert was planned for the stadium. Because of the rain it was held in the town hall."
    answer = ask(assistant, "Where was the concert held?", text)
    assert "town hall" in answer.short


def test_where_nothing_happened_nothing_is_answered(assistant: Assistant) -> None:
    text = "The firm had planned to sack 300 people."
    assert ask(assistant, "How many people did the firm sack?", text).abstention
    planned = ask(assistant, "How many people did the firm plan to sack?", text)
    assert planned.short == "300"


def test_the_headline_says_it_as_the_article_does(assistant: Assistant) -> None:
    text = "Seven people were hurt in the crash, according to a nurse."
    answer = ask(assistant, "How many people were hurt in the crash?", text)
    assert answer.short == "Seven people were hurt in the crash, according to a nurse"
