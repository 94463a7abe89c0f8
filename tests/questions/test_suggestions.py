"""Questions made out of an article's own sentences."""

import string
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citewell.assistant import Assistant
from citewell.documents.document import document
from citewell.questions.candidates import Candidate, candidates
from citewell.questions.suggestions import choose, is_answered, sort_by_distance
from citewell.reading.gate import Sureness
from citewell.settings import Settings
from citewell.text.sentences import sentences
from citewell.text.spans import Span

MADE = [
    ("In Berlin 42 people were arrested.", "How many people were arrested?"),
    (
        "On Monday 179 vendors who sold drugs were arrested across Europe.",
        "How many vendors who sold drugs were arrested across Europe?",
    ),
    ("Police arrested more than 30 men in Riga.", "How many men were arrested in Riga?"),
    ("The arrests were made in the United States.", "Where were the arrests made?"),
    ("The old bridge was opened to cars on 3 May 1999.", "When was the old bridge opened to cars?"),
    ("“It is over,” said Ann Lee.", "Who is Ann Lee?"),
    (
        "Later Ann Lee won. “It is over,” said Ann Lee. Lee led the talks in Kiel and Emden.",
        "Who led the talks in Kiel and Emden?",
    ),
    ("“It will be over very soon now,” said Ann Lee.", "Who said “It will be over very soon now”?"),
    ("They closed Wall Street Market, the second largest market.", "What is Wall Street Market?"),
]


@pytest.mark.parametrize(("sentence", "question"), MADE)
def test_a_sentence_makes_a_question(sentence: str, question: str) -> None:
    assert question in [found.question for found in candidates(document(sentence, id="a"))]


@pytest.mark.parametrize(
    "sentence",
    [
        "It was cold.",
        "Two years were lost.",
        "He has 3 dogs.",
        "The 12 percent were found.",
        "No 12 people were arrested.",
        "Allegedly 12 people were arrested.",
        "Half of the 12 people were arrested.",
        "Another 12 people were arrested.",
        "12 people were arrested in the U.S. and Germany.",
        "As of Tuesday 20 bodies were recovered, eleven women and nine men.",
        "“It is bad,” said Santa Barbara County Sheriff Bill Brown.",
        "On Thursday, Pope Francis, who was in Kiel, said nothing.",
        "The coach and the team were held in Kiel.",
        "The arrests were made in Kiel and Emden.",
        "The bridge was opened after the mayor left on 3 May 1999.",
        "",
    ],
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
    assert suggested
    spans = {item.question: item.span for item in candidates(article)}
    for question in suggested:
        answer = assistant.ask(question)
        assert answer.short
        assert answer.trace.sureness in {Sureness.CONFIDENT, Sureness.VERY_CONFIDENT}
        assert any(
            citation.start < spans[question].end and citation.end > spans[question].start
            for citation in answer.citations
        )
    assert not set(assistant.suggestions(article.id, 3, asked=suggested)) & set(suggested)


def test_a_low_threshold_of_a_persons_own_suggests_no_more(assistant: Assistant) -> None:
    (article,) = assistant.collection.documents
    bold = Assistant.from_documents([article], settings=Settings(threshold=0.0), encoder=assistant.encoder)
    assert bold.suggestions(article.id, 3) == assistant.suggestions(article.id, 3)


@dataclass(frozen=True)
class Said:
    """An answer: its short part, and the sentence that it cites."""

    short: str
    quote: str
    start: int = 0

    @property
    def end(self) -> int:
        return self.start + len(self.quote)

    @property
    def citations(self) -> "list[Said]":
        return [self]


@pytest.mark.parametrize(
    ("kind", "question", "expected", "short", "quote", "is_right"),
    [
        ("name", "Who is Ann Lee?", "", "mayor of Kiel", "Ann Lee, mayor of Kiel, came.", True),
        ("name", "Who is Ann Lee?", "", "mayor", "Ann Lee, mayor of Kiel, came.", False),
        ("name", "Who is Ann Lee?", "", "mayor of Kiel", "Ann Lee, former mayor of Kiel, came.", False),
        ("name", "Who is Ann Lee?", "", "Director", "The PTO Director Ann Lee came.", False),
        ("name", "Who is Ann Lee?", "", "Ann Lee, a baker", "Ann Lee, a baker, came.", False),
        ("name", "Who is Ann Lee?", "", "", "Ann Lee, a baker, came.", False),
        ("counted", "How many men were hurt?", "42", "42 men", "In all 42 men were hurt.", True),
        ("counted", "How many men were hurt?", "42", "12", "Of 42 men 12 were hurt.", False),
        ("dated", "When was it held?", "3 May", "on 3 May", "It was held on 3 May.", True),
        ("sited", "Where was it held?", "Kiel", "Emden", "It was held in Emden.", False),
    ],
)
def test_a_headline_that_misleads_is_not_suggested(
    kind: str, question: str, expected: str, short: str, quote: str, *, is_right: bool
) -> None:
    candidate = Candidate(question, Span(0, len(quote)), kind, expected)
    assert is_answered(candidate, Said(short, quote)) is is_right
    assert not is_answered(candidate, Said(short, quote, start=500))


def test_suggestions_differ() -> None:
    found = [
        Candidate(f"{kind} {place}?", Span(place, place + 1), kind, "9") for kind in "ab" for place in (0, 5)
    ]
    named = [
        Candidate(f"Who is {name}?", Span(9 * place, 9 * place + 1), "name")
        for place, name in enumerate("XYZ")
    ]
    assert choose([*found, *named], 4, lambda _: True) == ["a 0?", "b 5?", "Who is Y?", "Who is Z?"]
    assert choose(named, 3, lambda _: True) == ["Who is X?", "Who is Y?"]
    assert choose(named, 3, lambda _: False) == []


def test_an_assistant_beside_another_answers_from_its_own_articles_alone(assistant: Assistant) -> None:
    beside = assistant.beside([document("The bridge of Riga is 600 metres long.", id="riga")])
    assert "600" in beside.ask("How long is the bridge of Riga?").text
    assert [item.id for item in beside.collection.documents] == ["riga"]
    assert assistant.ask("How long is the bridge of Riga?").abstention
