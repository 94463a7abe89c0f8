"""A quotation of several sentences is cited whole, with its speaker."""

import pytest

from citewell.answers.quotations import cite_quotation
from citewell.documents.document import document
from citewell.documents.passages import Passage
from citewell.index.retrieval import Hit
from citewell.reading.evidence import Evidence
from citewell.reading.reader import Reading
from citewell.text.sentences import sentences
from citewell.text.spans import Span


def cited(text: str, answer: str, *, short: str = "") -> str:
    article = document(f"Kiel has a harbour.\n\n{text}\n\nIt was cold.", id="a")
    spans = tuple(sentences(article.text))
    hit = Hit(Passage(article, 0, len(article.text), spans), position=0, fused=1.0)
    start = article.text.index(answer)
    held = tuple(span for span in spans if span.start < start + len(answer) and start < span.end)
    part = article.text.index(short) if short else 0
    reading = Reading(held, (Span(part, part + len(short)),) if short else (), score=1.0, relevance=1.0)
    found = cite_quotation(Evidence(hit, reading, probability=0.9))
    assert found.short == (short or answer)
    return found.quote


SAID = 'Ann Lee said, "We close at noon. They ask "Why?" a lot. Nobody knows." Then she left.'


@pytest.mark.parametrize(
    ("text", "answer", "wanted"),
    [
        (SAID, 'They ask "Why?" a lot.', SAID.removesuffix(" Then she left.")),
        ("“We close. Come back,” said Ann.", "“We close.", "“We close. Come back,” said Ann."),
        ("Ann was asked. “We close. Come back.”", "Come back.”", "Ann was asked. “We close. Come back.”"),
        (SAID, "Then she left.", "Then she left."),
        ("Ann said: “We close.” It rained.", "Ann said: “We close.”", "Ann said: “We close.”"),
        ('An "open mark. It stays. So.', "It stays.", "It stays."),
    ],
)
def test_a_quotation_that_answers_is_cited_whole(text: str, answer: str, wanted: str) -> None:
    assert cited(text, answer) == wanted


def test_a_fact_in_a_quotation_is_cited_by_its_sentence() -> None:
    assert cited('Ann said, "We close at noon today. Nobody knows."', "Nobody knows.", short="knows") != ""
    assert cited(SAID, 'Ann Lee said, "We close at noon.', short="noon") == 'Ann Lee said, "We close at noon.'


def test_an_interview_is_not_cited_whole() -> None:
    long = 'Ann said, "' + " ".join(f"This is sentence {number}." for number in range(9)) + '"'
    assert cited(long, "This is sentence 4.") == "This is sentence 4."
