"""What was read in a passage."""

import pytest

from citewell.documents.document import document
from citewell.documents.passages import Passage
from citewell.index.retrieval import Hit
from citewell.reading.evidence import Evidence
from citewell.reading.reader import Reading
from citewell.text.spans import Span

SENTENCE = "The tide rose to 3 metres on Monday."
ARTICLE = document(f"{SENTENCE} Nobody was hurt. {SENTENCE} Ann Lee led it.", id="tide")
ONE, NOBODY, ANN = Span(0, 36), Span(37, 53), Span(91, 106)


@pytest.mark.parametrize(
    ("evidence", "short", "quote", "answer"),
    [
        ((ONE,), (Span(17, 25),), "The tide rose to 3 metres on Monday.", "3 metres"),
        ((ONE, NOBODY), (), f"{SENTENCE} Nobody was hurt.", f"{SENTENCE} Nobody was hurt."),
        ((ONE, ANN), (Span(17, 25), Span(91, 98)), f"{SENTENCE} Ann Lee led it.", "3 metres, Ann Lee"),
        ((ONE, ANN), (), f"{SENTENCE} Ann Lee led it.", f"{SENTENCE}, Ann Lee led it."),
    ],
)
def test_evidence_is_quoted_and_its_answer_is_short_where_there_is_a_shorter_one(
    evidence: tuple[Span, ...], short: tuple[Span, ...], quote: str, answer: str
) -> None:
    hit = Hit(Passage(ARTICLE, 0, len(ARTICLE.text), (ONE, NOBODY, ANN)), position=0, fused=1.0)
    found = Evidence(hit, Reading(evidence, short, score=1.0, relevance=1.0), probability=0.5)
    assert (found.quote, found.short) == (quote, answer)
