"""What is calculated from amounts that a reader finds."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citewell.arithmetic.question import read_calculation
from citewell.arithmetic.solver import SURE, solve
from citewell.documents import loading
from citewell.documents.document import document
from citewell.documents.passages import Passage
from citewell.evaluation import questions
from citewell.evaluation.questions import locate_evidence
from citewell.index.retrieval import Hit
from citewell.reading.evidence import Evidence
from citewell.reading.reader import Reading
from citewell.text.sentences import sentences
from citewell.text.spans import Span

ROOT = Path(__file__).parents[2]
ARTICLE = ROOT / "corpus" / "operation-disruptor.txt"
REASONING = ROOT / "tests" / "data" / "reasoning"
Find = Callable[[str], Sequence[Evidence]]


def reads(text: str, found: dict[str, str], probability: float = 0.9) -> Find:
    """Return a reader of one text: what it takes to be the answer to a question that has some words."""
    article = document(text, id="a")
    spans = tuple(sentences(article.text))
    passage = Passage(article, 0, len(article.text), spans)

    def find(question: str) -> list[Evidence]:
        short = next((short for words, short in found.items() if words in question), None)
        if short is None:
            return []
        start = article.text.index(short)
        evidence = next(span for span in spans if span.start <= start < span.end)
        reading = Reading((evidence,), (Span(start, start + len(short)),), 1.0, 1.0)
        return [Evidence(Hit(passage, 0, 0.03), reading, probability)]

    return find


BOATS = "In May a storm came. Kiel lost 12 boats, and Emden lost over 1.2 million euros. Rum lost 7 boats."


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        ("Did Kiel lose more boats than Rum?",
         ["How many boats did Kiel lose?", "How many boats did Rum lose?"]),
        ("Is Kiel's harbour larger than Rum's?",
         ["How much is Kiel's harbour?", "How much is Rum's harbour?"]),
        ("Were more people hurt in May than in June?",
         ["How many people were hurt in May?", "How many people were hurt in June?"]),
        ("How many more people were hurt in May than in June?",
         ["How many people were hurt in May?", "How many people were hurt in June?"]),
        ("How much did Kiel and Rum lose together?", ["How much did Kiel lose?", "How much did Rum lose?"]),
        ("Did Kiel lose at least 9 boats in May?", ["How many boats did Kiel lose in May?"]),
        ("Was the house sold for more than $2m?", ["How much was the house sold for?"]),
        ("Which lost more, Kiel or Rum?", []),
        ("Who lost the most boats?", []),
        ("How many boats were lost?", []),
        ("Did more than half of them sink?", []),
        ("", []),
    ],
)  # fmt: skip
def test_a_question_is_parted_into_one_for_each_amount(question: str, parts: list[str]) -> None:
    wanted = read_calculation(question)
    assert list(wanted.parts if wanted else ()) == parts


@pytest.mark.parametrize(
    ("question", "short", "text"),
    [
        ("Did Kiel lose more boats than Rum?", "Yes", "Yes: Kiel: 12; Rum: 7."),
        ("Did Rum lose fewer boats than Kiel?", "Yes", "Yes: Rum: 7; Kiel: 12."),
        ("Did Rum lose more boats than Kiel?", "No", "No: Rum: 7; Kiel: 12."),
        ("How many more boats did Kiel lose than Rum?", "5", "The difference is 5: Kiel: 12; Rum: 7."),
        ("How many boats did Kiel and Rum lose together?", "19", "Together 19: Kiel: 12; Rum: 7."),
        ("Did Kiel lose more than 9 boats?", "Yes", "Yes: 12 is more than 9."),
        ("Did Kiel lose more than 12 boats?", "No", "No: 12."),
        ("Did Kiel lose at least 12 boats?", "Yes", "Yes: 12."),
        ("Did Kiel lose no more than 12 boats?", "Yes", "Yes: 12."),
        ("Did Kiel lose no fewer than 13 boats?", "No", "No: 12 is less than 13."),
        (
            "Did Emden lose less than a million euros?",
            "No",
            "No: about €1.2 million is more than €1 million.",
        ),
    ],
)
def test_what_the_amounts_give_is_said_with_them(question: str, short: str, text: str) -> None:
    fact = solve(question, reads(BOATS, {"Kiel": "12", "Rum": "7", "Emden": "1.2 million euros"}))
    assert fact is not None
    assert (fact.short, fact.text) == (short, text)
    assert 0 < fact.probability <= 0.9


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("Did Kiel lose more boats than Emden?", {"Kiel": "12", "Emden": "1.2 million euros"}),  # units
        ("Did Kiel lose more boats than Wismar?", {"Kiel": "12", "Wismar": "7"}),  # of somebody else
        ("Did Kiel lose more boats than Rum?", {"Kiel": "12", "Rum": "12"}),  # the same place
        ("Did Kiel lose more boats than Rum?", {"Kiel": "12"}),
        ("Did Kiel lose more than 9 boats?", {"Kiel": "a storm"}),
        ("Did Kiel lose more than $9?", {"Kiel": "12"}),
        ("Did Emden lose more than 1.3 million euros?", {"Emden": "1.2 million euros"}),  # over 1.2
        ("Did any town other than Kiel lose more than 9 boats?", {"Kiel": "12"}),
        ("Did Kiel lose more than 9 boats each day?", {"Kiel": "12"}),
    ],
)
def test_what_the_amounts_leave_open_is_left_alone(question: str, found: dict[str, str]) -> None:
    assert solve(question, reads(BOATS, found)) is None


def test_an_amount_that_the_reader_is_unsure_of_is_not_used() -> None:
    asked, found = "Did Kiel lose more than 9 boats?", {"Kiel": "12"}
    assert solve(asked, reads(BOATS, found, SURE)) is not None
    assert solve(asked, reads(BOATS, found, SURE - 0.01)) is None


def test_a_year_is_no_amount() -> None:
    find = reads("Kiel was founded in 1842.", {"Kiel": "1842"})
    assert solve("Did Kiel have more than 900 boats?", find) is None


@given(st.integers(0, 10**7), st.integers(0, 10**7), st.integers(0, 10**7))
def test_what_is_solved_is_what_arithmetic_gives(one: int, other: int, limit: int) -> None:
    text = f"Kiel lost just {one:,} boats. Rum lost only {other:,} boats."
    find = reads(text, {"Kiel": f"just {one:,}", "Rum": f"only {other:,}"})
    years = {value for value in (one, other) if 1800 <= value < 2100}
    wanted = {
        "Did Kiel lose more boats than Rum?": "Yes" if one > other else "No",
        "Did Kiel lose fewer boats than Rum?": "Yes" if one < other else "No",
        f"Did Kiel lose more than {limit} boats?": "Yes" if one > limit else "No",
        f"Did Kiel lose at most {limit} boats?": "Yes" if one <= limit else "No",
    }
    for question, short in wanted.items():
        fact = solve(question, find)
        assert fact is None or fact.short == short
        assert fact is not None or years or one == other


@given(st.text(max_size=200))
def test_any_question_is_read_without_a_fault(question: str) -> None:
    for asked in (
        question,
        f"Did {question} more than {question}",
        f"How many more {question} than {question}",
    ):
        solve(asked, reads(BOATS, {"": "12"}))


@pytest.mark.parametrize("name", ["disruptor", "made"])
def test_every_quote_of_the_evidence_is_a_verbatim_slice(name: str) -> None:
    article = ARTICLE if name == "disruptor" else REASONING / "articles.jsonl"
    asked = questions.read(REASONING / f"{name}.jsonl").questions
    documents = loading.load([article]).documents
    texts = {document.id: document.text for document in documents}
    for question, gold in zip(asked, locate_evidence(asked, documents), strict=True):
        assert {texts[place.document_id][place.start : place.end] for place in gold.places} == set(
            question.evidence
        )
