"""Read the passages that were found: find the answer in each, and its probability."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import zip_longest

from citewell.documents.dates import find_dateline
from citewell.documents.passages import Passage
from citewell.index.retrieval import Hit
from citewell.reading.named import Named, about_names, narrow, weigh
from citewell.reading.reader import Calibration, Reader, Reading
from citewell.reading.subjects import NOWHERE, Subjects
from citewell.text.spans import Span, join_adjacent, lies_within

# Passages, the likeliest first, of which parts are read by themselves too; the others are not as sure.
MOST_READ_AGAIN = 3
# What a score at least is below the one before it, so that the order of the evidence shows.
STEP = 1e-4


@dataclass(frozen=True, slots=True)
class Evidence:
    """The result of reading one passage.

    Attributes:
        hit: The passage, and how it was found.
        reading: The answer that the reader found in the passage.
        probability: Calibrated probability that this passage answers the question, in (0, 1).
        grade: A language model's log odds that the answer is right; None when no model was asked.
    """

    hit: Hit
    reading: Reading
    probability: float
    grade: float | None = None

    @property
    def spans(self) -> list[Span]:
        """The ranges of the article that answer; neighbouring sentences are joined to one range."""
        return join_adjacent(self.reading.evidence, self.hit.passage.document.text)

    @property
    def quote(self) -> str:
        """The text of `spans`."""
        return " ".join(self._texts(self.spans))

    @property
    def short(self) -> str:
        """The short answer, or the whole quote when no shorter part answers."""
        return ", ".join(self._texts(self.reading.short or self.spans))

    def _texts(self, spans: Sequence[Span]) -> list[str]:
        return [self.hit.passage.document.text[span.start : span.end] for span in spans]


def read(question: str, hits: Sequence[Hit], reader: Reader, subjects: Subjects = NOWHERE) -> list[Evidence]:
    """Read every hit; return the evidence, surest first, ties by position.

    A passage that has an identifier of the question is read only where it is about it. The likeliest passages
    are read again from where a name of the question stands: among others of its kind, the reader is less sure
    of what is said of one. Then their sentences are read alone: what is an answer only beside other sentences
    is rarely one. The score falls where something else than what the question names stands there. An
    article's dateline is not read: it says when the article was published, not when anything happened.
    """
    asked = Named.of(question)
    parts = [narrow(asked, without_dateline(hit.passage)) for hit in hits]
    found = surest_first(
        weighed(asked, hit, reading, reader, subjects)
        for hit, readings in zip(hits, read_parts(question, parts, reader), strict=True)
        for reading in [max(readings, key=lambda one: one.score)]
    )
    likely, rest = found[:MOST_READ_AGAIN], found[MOST_READ_AGAIN:]
    parts = [about_names(asked, without_dateline(item.hit.passage)) for item in likely]
    if any(parts):
        again = (
            max([item, *(weighed(asked, item.hit, one, reader, subjects) for one in readings)], key=score_of)
            for item, readings in zip(likely, read_parts(question, parts, reader), strict=True)
        )
        found = surest_first([*again, *rest])
    # Where an identifier is asked for, the sentences about it were read alone.
    if asked.identifiers or not found or not reader.calibration.alone:
        return found
    first = found[:MOST_READ_AGAIN]
    readings = reader.read(question, [alone(item) for item in first])
    lost = [weigh(asked, item.hit.passage, item.reading, subjects) for item in first]
    scores = [reading.score - less for reading, less in zip(readings, lost, strict=True)]
    return mix(found, scores, reader.calibration)


def read_parts(question: str, parts: Sequence[Sequence[Passage]], reader: Reader) -> Iterator[list[Reading]]:
    """Yield what is read in the parts of each passage."""
    readings = iter(reader.read(question, [part for found in parts for part in found]))
    for found in parts:
        yield [next(readings) for _ in found]


def weighed(asked: Named, hit: Hit, reading: Reading, reader: Reader, subjects: Subjects) -> Evidence:
    """Return what was read in a passage, weighed by what the question names."""
    reading = replace(reading, score=reading.score - weigh(asked, hit.passage, reading, subjects))
    return Evidence(hit, reading, reader.calibration.probability(reading.score))


def score_of(evidence: Evidence) -> float:
    """Return the reader's score of evidence."""
    return evidence.reading.score


def mix(evidence: Sequence[Evidence], scores: Sequence[float], calibration: Calibration) -> list[Evidence]:
    """Return evidence with its score mixed with that of its sentences read alone; the order stays.

    Args:
        evidence: The evidence, surest first.
        scores: Of the first of it, when its sentences were read alone.
        calibration: Says how much these count.
    """
    share = calibration.alone
    found: list[Evidence] = []
    for item, other in zip_longest(evidence, scores):
        own = item.reading.score
        score = own if other is None else (1 - share) * own + share * other
        score = min(score, found[-1].reading.score - STEP) if found else score
        reading = replace(item.reading, score=score)
        found.append(replace(item, reading=reading, probability=calibration.probability(score)))
    return found


def alone(evidence: Evidence) -> Passage:
    """Return the sentences of evidence as a passage of their own, at the place of theirs.

    Of an answer that names a speaker it is the sentence that is said; the one with the name may be elsewhere.
    """
    passage = without_dateline(evidence.hit.passage)
    inside = [span for span in evidence.reading.evidence if passage.start <= span.start < passage.end]
    sentences = tuple(inside) or passage.sentences[:1]
    return replace(passage, start=sentences[0].start, end=sentences[-1].end, sentences=sentences)


def without_dateline(passage: Passage) -> Passage:
    """Return a passage with spaces in the place of its article's dateline; every offset stays.

    A sentence that begins with the dateline begins behind it.
    """
    line = dateline_of(passage.document.text, passage.document.published)
    if line is None or not (line.start < passage.end and passage.start < line.end):
        return passage
    return without(passage, line) or passage


def without(passage: Passage, part: Span) -> Passage | None:
    """Return a passage with spaces in the place of a part; None when no sentence is left.

    Every offset stays. A sentence that begins in the part begins behind it.
    """
    article = passage.document
    kept = (span for span in passage.sentences if not lies_within(span, part))
    sentences = tuple(
        Span(part.end, span.end) if part.start <= span.start < part.end else span for span in kept
    )
    if not sentences:
        return None
    blanked = f"{article.text[: part.start]}{' ' * (part.end - part.start)}{article.text[part.end :]}"
    return replace(passage, document=replace(article, text=blanked), sentences=sentences)


@lru_cache(maxsize=256)
def dateline_of(text: str, published: str) -> Span | None:
    """Return the range of an article's dateline; the articles read last are remembered."""
    found = find_dateline(text, published)
    return found.span if found else None


def surest_first(evidence: Iterable[Evidence]) -> list[Evidence]:
    """Sort evidence, surest first, ties by position."""
    return sorted(evidence, key=lambda item: (-item.probability, -item.reading.score, item.hit.position))


def further_sentences(evidence: Evidence, most: int) -> list[Span]:
    """Return the sentences of a passage nearest to its answer, in order; those behind it come first."""
    own = evidence.reading.evidence
    sentences = [span for span in evidence.hit.passage.sentences if span not in own]
    behind = [span for span in sentences if span.start > own[0].start]
    before = [span for span in sentences if span.start < own[0].start]
    return sorted([*behind, *reversed(before)][:most])


def above_threshold(evidence: Sequence[Evidence], threshold: float) -> list[Evidence]:
    """Return the evidence that may be shown; an empty list means that citewell abstains.

    Args:
        evidence: The evidence, surest first.
        threshold: Lowest probability at which an answer is given.
    """
    return [item for item in evidence if item.probability >= threshold]


def read_surest(
    wordings: Sequence[str], hits: Sequence[Hit], reader: Reader, subjects: Subjects = NOWHERE
) -> list[Evidence]:
    """Read every hit for each wording of a question; return the evidence of the surest wording."""
    return max((read(wording, hits, reader, subjects) for wording in wordings), key=surest_probability)


def surest_probability(evidence: Sequence[Evidence]) -> float:
    """Return the probability of the surest evidence; 0 without any."""
    return evidence[0].probability if evidence else 0.0
