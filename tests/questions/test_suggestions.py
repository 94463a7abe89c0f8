"""Questions made out of an article's own sentences."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citewell.assistant import Assistant
from citewell.documents.document import document
from citewell.questions.suggestions import candidates, sort_by_distance
from citewell.text.sentences import sentences
from citewell.text.spans import Span

MADE = [
    ("In Berlin 42 people were arrested.", "How many people were arrested?"),
    (
        "On Monday 179 vendors who sold drugs were arrested across Europe.",
        "How many vendors were arrested across Europe?",
    ),
    ("Police arrested more than 30 men in Riga.", "How many men were arrested in Riga?"),
    ("The arrests were made in the United States (121).", "Where were the arrests made?"),
    ("The old bridge was opened to cars on 3 May 1999.", "When was the old bridge opened?"),
    ("“It is over,” said Ann Lee.", "Who is Ann Lee?"),
    ("They closed Wall Street Market, the second largest market.", "What is Wall Street Market?"),
]


@pytest.mark.parametrize(("sentence", "question"), MADE)
def test_a_sentence_makes_a_question(sentence: str, question: str) -> None:
    assert question in [found.question for found in candidates(document(sentence, id="a"))]


@pytest.mark.parametrize(
    "sentence",
    ["It was cold.", "Two years were lost.", "He has 3 dogs.", "The 12 percent were found.", ""],
)
def test_a_sentence_that_says_nothing_of_the_kind_makes_none(sentence: str) -> None:
    assert candidates(document(f"Words. {sentence}", id="a")) == []


@given(st.lists(st.sampled_from([sentence for sentence, _ in MADE]), min_size=1, max_size=8))
def test_each_question_is_made_once_and_names_its_sentence(texts: list[str]) -> None:
    article = document("\n\n".join(texts), id="a")
    found = candidates(article)
    assert len({item.question for item in found}) == len(found)
    assert {item.span for item in found} <= set(sentences(article.text))


@given(st.text(string.printable, min_size=1))
def test_any_text_is_taken(text: str) -> None:
    for item in candidates(document(f"x {text}", id="a")):
        assert item.question.endswith("?")


def test_the_nearest_sentences_come_first() -> None:
    article = document("\n\n".join(sentence for sentence, _ in MADE), id="a")
    found = candidates(article)
    last = found[-1].span
    assert sort_by_distance(found, [Span(last.start, last.start + 1)])[0].span == last
    assert sort_by_distance(found, []) == found


def test_what_is_suggested_is_answered_by_the_sentence_it_came_from(assistant: Assistant) -> None:
    (article,) = assistant.collection.documents
    suggested = assistant.suggestions(article.id, 3)
    assert len(suggested) == 3
    spans = {item.question: item.span for item in candidates(article)}
    for question in suggested:
        answer = assistant.ask(question)
        assert answer.short
        assert any(
            citation.start < spans[question].end and citation.end > spans[question].start
            for citation in answer.citations
        )
    assert not set(assistant.suggestions(article.id, 3, asked=suggested)) & set(suggested)


def test_an_assistant_beside_another_answers_from_its_own_articles_alone(assistant: Assistant) -> None:
    beside = assistant.beside([document("The bridge of Riga is 600 metres long.", id="riga")])
    assert "600" in beside.ask("How long is the bridge of Riga?").text
    assert [item.id for item in beside.collection.documents] == ["riga"]
    assert assistant.ask("How long is the bridge of Riga?").abstention
