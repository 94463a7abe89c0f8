"""What was read in a passage."""

from collections.abc import Sequence

import pytest

from citewell.documents.document import document
from citewell.documents.passages import Passage
from citewell.index.retrieval import Hit
from citewell.reading.evidence import Evidence, read
from citewell.reading.reader import Calibration, Judgement, Reading
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


class Scoring:
    """A reader that cites the first sentence of a passage, with the score that a table has for its text."""

    languages = frozenset({"en"})

    def __init__(self, scores: dict[str, float], share: float) -> None:
        self.scores = scores
        self.calibration = Calibration(1.0, 0.0, threshold=0.5, alone=share)

    def read(self, question: str, passages: Sequence[Passage]) -> list[Reading]:
        assert question
        return [Reading(one.sentences[:1], (), self.scores[one.text], 0.0) for one in passages]

    def supports(self, claims: Sequence[tuple[str, str]]) -> list[float]:
        raise NotImplementedError

    def judge(self, claims: Sequence[tuple[str, str]]) -> list[Judgement]:
        raise NotImplementedError


PAIRS = document("The bridge is shut. It rained.\n\nThe road is open. It snowed.", id="pairs")
BRIDGE = Hit(Passage(PAIRS, 0, 30, (Span(0, 19), Span(20, 30))), position=0, fused=1.0)
ROAD = Hit(Passage(PAIRS, 32, 61, (Span(32, 49), Span(50, 61))), position=1, fused=0.9)
SCORES = {
    BRIDGE.passage.text: 4.0,
    ROAD.passage.text: 2.0,
    "The bridge is shut.": -1.0,
    "The road is open.": 3.0,
}


@pytest.mark.parametrize(
    ("share", "bridge", "road"), [(0.0, 4.0, 2.0), (0.2, 3.0, 2.2), (0.4, 2.0, 2.0), (0.6, 1.0, 1.0)]
)
def test_the_sentences_of_evidence_are_read_alone_too_and_its_order_stays(
    share: float, bridge: float, road: float
) -> None:
    first, second = read("what is shut", [ROAD, BRIDGE], Scoring(SCORES, share))
    assert (first.hit, second.hit) == (BRIDGE, ROAD)
    assert first.reading.score == pytest.approx(bridge)
    assert second.reading.score == pytest.approx(road, abs=1e-3)
    assert first.probability > second.probability
    assert first.reading.evidence == (Span(0, 19),)
