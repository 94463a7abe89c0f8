"""Read the passages that were found: what answers in each, and how surely."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from citewell.index.retrieval import Hit
from citewell.reading.reader import Reader, Reading
from citewell.text.spans import Span, join_adjacent


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was read in one passage.

    Attributes:
        hit: The passage, and how it was found.
        reading: What the reader found in it.
        probability: That this passage answers the question, calibrated, in (0, 1).
        grade: What a language model makes of the answer, log odds; None when it was not asked.
    """

    hit: Hit
    reading: Reading
    probability: float
    grade: float | None = None

    @property
    def spans(self) -> list[Span]:
        """The ranges of the article that answer: sentences that follow each other are one."""
        return join_adjacent(self.reading.evidence, self.hit.passage.document.text)

    @property
    def quote(self) -> str:
        """The text of those ranges."""
        return " ".join(self._texts(self.spans))

    @property
    def short(self) -> str:
        """The short answer, or the whole where nothing shorter answers."""
        return ", ".join(self._texts(self.reading.short or self.spans))

    def _texts(self, spans: Sequence[Span]) -> list[str]:
        return [self.hit.passage.document.text[span.start : span.end] for span in spans]


def read(question: str, hits: Sequence[Hit], reader: Reader) -> list[Evidence]:
    """Read every hit; return the evidence with the surest first, ties by position."""
    readings = reader.read(question, [hit.passage for hit in hits])
    evidence = [
        Evidence(hit, reading, reader.calibration.probability(reading.score))
        for hit, reading in zip(hits, readings, strict=True)
    ]
    return surest_first(evidence)


def surest_first(evidence: Iterable[Evidence]) -> list[Evidence]:
    """Return evidence with the surest first, ties by position."""
    return sorted(evidence, key=lambda item: (-item.probability, -item.reading.score, item.hit.position))


def above_threshold(evidence: Sequence[Evidence], threshold: float) -> list[Evidence]:
    """Return the evidence that may be shown; empty means that citewell abstains.

    Args:
        evidence: Surest first.
        threshold: Probability from which on an answer is given.
    """
    return [item for item in evidence if item.probability >= threshold]


def read_surest(wordings: Sequence[str], hits: Sequence[Hit], reader: Reader) -> list[Evidence]:
    """Read every hit for each wording of a question; return the evidence of the one that is surest."""
    readings = [read(wording, hits, reader) for wording in wordings]
    return max(readings, key=lambda evidence: evidence[0].probability if evidence else 0.0)
