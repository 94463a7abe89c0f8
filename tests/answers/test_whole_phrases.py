"""Short answers are whole phrases of the article."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citewell.answers.answer_builder import distinct
from citewell.answers.whole_phrases import Phrase, widen
from citewell.text.spans import Span, lies_within

FILE = Path(__file__).parents[1] / "data" / "headlines" / "headlines.jsonl"
HEADLINES: list[dict[str, Any]] = [json.loads(line) for line in FILE.read_text(encoding="utf-8").splitlines()]


def widened(text: str, found: str, question: str, *, is_part: bool = False) -> str:
    start = text.index(found)
    whole = Span(0, len(text))
    span = widen(Phrase(text, whole, Span(start, start + len(found)), question, is_part))
    return text[span.start : span.end]


@pytest.mark.parametrize("line", HEADLINES, ids=lambda line: line["id"])
def test_a_headline_that_a_person_judged_is_as_it_was_judged(line: dict[str, Any]) -> None:
    text = line["sentence"]
    span = widen(Phrase(text, Span(0, len(text)), Span(line["start"], line["end"]), line["question"]))
    assert (text[line["start"] : line["end"]], text[span.start : span.end]) == (line["before"], line["after"])


def test_nine_of_ten_judged_headlines_are_whole() -> None:
    assert sum(line["whole_after"] for line in HEADLINES) >= 0.9 * len(HEADLINES)
    assert not [line["id"] for line in HEADLINES if line["whole_before"] and not line["whole_after"]]


@pytest.mark.parametrize(
    ("text", "found", "question", "wanted"),
    [
        ("It cost over $6.5 million.", "6.5", "What did it cost?", "over $6.5 million"),
        ("They stayed for at least five months.", "five", "How long?", "at least five months"),
        ("It grew by 3.5 per cent.", "3.5", "By how much?", "3.5 per cent"),
        ("It has up to 40 small shops.", "40", "How many businesses?", "up to 40 small shops"),
        ("It has up to 40 small shops.", "40", "How many shops are there?", "up to 40"),
        ("Police held 179 and let 3 go.", "179", "How many?", "179"),
        ("In 2019 people left.", "2019", "When did they leave?", "2019"),
        ("The talk over, 12 left.", "12", "How many left?", "12"),
        (
            "Ann Šic, head of Kiel’s Harbour Board (HB), spoke.",
            "Kiel",
            "Who is Ann Šic?",
            "head of Kiel’s Harbour Board (HB)",
        ),
        ("The PTO Director Ann Lee came.", "Director", "Who is Ann Lee?", "PTO Director"),
        ("They came in support of US President Ann Lee.", "US President", "Who is Ann Lee?", "US President"),
        ("This Monday Greek Minister Ann Lee came.", "Minister", "Who is Ann Lee?", "Greek Minister"),
        ("Kiel’s former mayor Ann Lee came.", "mayor", "Who is Ann Lee?", "Kiel’s former mayor"),
        ("Ann Lee, mayor of Kiel, came.", "mayor", "Who is Ann Lee?", "mayor of Kiel"),
        ("It is the Harbour Board (HB).", "Harbour Board", "What is HB?", "Harbour Board"),
        ("They sent it (by sea).", "it (by sea", "What?", "it (by sea)"),
        (
            "It had 40 kilograms of drugs.",
            "40",
            "How many kilograms of heroin had it?",
            "40 kilograms of drugs",
        ),
        ("It had 40 kilograms of drugs.", "40", "How many kilograms of drugs had it?", "40"),
        ("It had 9 tonnes of coal and fish.", "9", "How many tonnes of fish had it?", "9"),
        ("It had 40 kilograms of drugs.", "40", "How many kilograms had it?", "40"),
    ],
)
def test_a_span_is_widened_to_what_makes_it_whole(text: str, found: str, question: str, wanted: str) -> None:
    assert widened(text, found, question) == wanted


def test_of_two_questions_in_one_each_number_says_what_it_counts() -> None:
    text = "They took 64 firearms."
    assert widened(text, "64", "How many firearms were taken?") == "64"
    assert widened(text, "64", "How many firearms were taken?", is_part=True) == "64 firearms"


@given(
    st.text('ab 1.,$%()"“”-’éK\u00a0', min_size=1), st.data(), st.sampled_from(("How many?", "Who is Kay?"))
)
def test_a_widened_span_holds_the_span_and_stays_in_its_sentence(
    text: str, data: st.DataObject, question: str
) -> None:
    start, end = sorted(data.draw(st.tuples(*[st.integers(0, len(text))] * 4).map(sorted))[1:3])
    first, last = data.draw(st.integers(0, start)), data.draw(st.integers(end, len(text)))
    found = widen(Phrase(text, Span(first, last), Span(start, end), question))
    assert lies_within(Span(start, end), found)
    assert lies_within(found, Span(first, last))


def test_a_list_says_nothing_twice() -> None:
    assert distinct(["the U.S. dollar", "US dollar", "cash", "cash"]) == ["the U.S. dollar", "cash"]
