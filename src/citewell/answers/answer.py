"""Compose an answer from evidence, or say why there is none."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum

from citewell.answers.citations import Citation, Source, Statement, cite
from citewell.generation.generator import Marker, Short
from citewell.index.collection import Collection
from citewell.reading.evidence import Evidence
from citewell.text.normalisation import normalise
from citewell.text.spans import Span, within


class Abstention(StrEnum):
    """Why there is no answer."""

    NO_PASSAGE = "no_passage"
    NOT_ANSWERED = "not_answered"
    UNSUPPORTED = "unsupported"
    NOT_A_QUESTION = "not_a_question"


MESSAGES = {
    Abstention.NO_PASSAGE: "Nothing in the article is about that, so I cannot answer it.",
    Abstention.NOT_ANSWERED: "The article does not say.",
    Abstention.UNSUPPORTED: "I found no statement that the article fully supports, so I give no answer.",
}


@dataclass(frozen=True, slots=True)
class Withheld:
    """A statement that was written and not shown.

    Attributes:
        text: What it said.
        reason: Why it is not shown.
        drafted: Whether its words were streamed before they were checked.
    """

    text: str
    reason: str
    drafted: bool = False


@dataclass(frozen=True, slots=True)
class Trace:
    """How an answer came about, for "why this answer" and for evaluation.

    Attributes:
        evidence: All that was read, surest first, each passage once, for the part of the question
            that it answers best; empty when nothing was read.
        threshold: Probability from which on an answer is given.
        withheld: Statements that were not supported.
        writer: What wrote the answer: the generator and its model.
        fallback: Why the article's own words stand where a language model was to write; "" when it wrote.
        milliseconds: Time by stage, in order; not part of equality of two answers.
    """

    evidence: tuple[Evidence, ...] = ()
    threshold: float = 0.0
    withheld: tuple[Withheld, ...] = ()
    writer: str = ""
    fallback: str = ""
    milliseconds: tuple[tuple[str, float], ...] = field(default=(), compare=False)

    def to_dict(self) -> dict[str, object]:
        """Return it as JSON."""
        return {
            "threshold": self.threshold,
            "evidence": [
                {
                    "document_id": item.hit.passage.document.id,
                    "start_char_index": item.hit.passage.start,
                    "end_char_index": item.hit.passage.end,
                    "fused": item.hit.fused,
                    "dense": item.hit.dense,
                    "dense_rank": item.hit.dense_rank,
                    "lexical": item.hit.lexical,
                    "lexical_rank": item.hit.lexical_rank,
                    "relevance": item.reading.relevance,
                    "score": item.reading.score,
                    "probability": item.probability,
                    "grade": item.grade,
                    "spans": [list(span) for span in item.reading.evidence],
                }
                for item in self.evidence
            ],
            "withheld": [asdict(item) for item in self.withheld],
            "writer": self.writer,
            "fallback": self.fallback,
            "latency_ms": dict(self.milliseconds),
        }


@dataclass(frozen=True, slots=True)
class Answer:
    """What citewell says: cited statements, or why there are none.

    Attributes:
        question: As asked.
        standalone: As resolved from the history; the same when it stands alone.
        statements: What is shown, in order; empty when abstaining.
        short: The shortest string that answers; "" when abstaining.
        confidence: Probability that the article answers and the answer is right, in [0, 1]; when
            abstaining it is what fell below the threshold.
        abstention: Why there is no answer; None when there is one.
        message: What is said in place of an answer when abstaining; beside an answer, what of the
            question is not answered, or "".
        closest: When abstaining, the nearest passages: places to look, never the answer.
        trace: How it came about.
    """

    question: str
    standalone: str
    statements: tuple[Statement, ...]
    short: str
    confidence: float
    abstention: Abstention | None
    message: str
    closest: tuple[Citation, ...]
    trace: Trace

    @property
    def text(self) -> str:
        """What a person reads: the statements with their markers, or the message."""
        if not self.statements:
            return self.message
        return "".join(piece(self.statements[:n]) for n in range(1, len(self.statements) + 1))

    @property
    def citations(self) -> tuple[Citation, ...]:
        """All citations, by number, each once."""
        found = {
            citation.number: citation for statement in self.statements for citation in statement.citations
        }
        return tuple(found[number] for number in sorted(found))

    @property
    def is_rewritten(self) -> bool:
        """Whether the history made another question of the one that was asked."""
        return is_rewritten(self.question, self.standalone)

    def to_dict(self) -> dict[str, object]:
        """Return it as JSON."""
        return {
            "question": self.question,
            "standalone": self.standalone,
            "text": self.text,
            "short": self.short,
            "confidence": self.confidence,
            "abstention": self.abstention.value if self.abstention else None,
            "message": self.message,
            "statements": [statement.to_dict() for statement in self.statements],
            "citations": [citation.to_dict() for citation in self.citations],
            "closest": [citation.to_dict() for citation in self.closest],
            "trace": self.trace.to_dict(),
        }


def is_rewritten(question: str, standalone: str) -> bool:
    """Whether a question as resolved is another than as asked; white space and Unicode's forms do not count.

    >>> is_rewritten("And in  Kiel?", "And in Kiel?"), is_rewritten("And in Kiel?", "Who won in Kiel?")
    (False, True)
    """
    first, second = (" ".join(normalise(text).split()) for text in (question, standalone))
    return first != second


def piece(statements: Sequence[Statement]) -> str:
    """Return what the last of the statements adds to the text: a space, itself, its markers."""
    last = statements[-1]
    return f"{' ' if len(statements) > 1 else ''}{last.text}{last.markers}"


def sources_of(evidence: Sequence[Evidence], collection: Collection) -> list[Source]:
    """Turn evidence into ranges to cite: no range twice, by article and place.

    Adjacent sentences of one reading are one range; two ranges that overlap are joined.
    """
    ranges: list[Source] = []
    for item in evidence:
        place = collection.document_index(item.hit.passage.document.id)
        ranges += [
            Source(place, span, tuple(short for short in item.reading.short if within(short, span)))
            for span in item.spans
        ]
    ranges.sort(key=lambda source: (source.document_index, source.span))
    distinct: list[Source] = []
    for source in ranges:
        last = distinct[-1] if distinct else None
        if last and last.document_index == source.document_index and source.span.start < last.span.end:
            span = Span(last.span.start, max(last.span.end, source.span.end))
            distinct[-1] = Source(last.document_index, span, apart([*last.short, *source.short]))
        else:
            distinct.append(source)
    return distinct


def apart(spans: Sequence[Span]) -> tuple[Span, ...]:
    """Join ranges that overlap, so that no character is shown twice."""
    result: list[Span] = []
    for span in sorted(spans):
        if result and span.start < result[-1].end:
            result[-1] = Span(result[-1].start, max(result[-1].end, span.end))
        else:
            result.append(span)
    return tuple(result)


def compose(
    pieces: Iterable[str | Marker | Short], sources: Sequence[Source], collection: Collection
) -> Iterator[str | Statement | Short]:
    """Read what a generator writes: yield its words as they come, and its statements as they are finished.

    Citations are numbered by source, from 1. A marker that numbers no source dangles.
    """
    text, markers = "", list[int]()
    for piece in pieces:
        if isinstance(piece, Marker):
            markers.append(piece.number)
            continue
        begins = isinstance(piece, Short) or (markers and piece.strip())
        if begins and text.strip():
            yield statement(text, markers, sources, collection)
            text, markers = "", []
        yield piece
        if isinstance(piece, str):
            text += piece
    if text.strip():
        yield statement(text, markers, sources, collection)


def quotes_of(sources: Sequence[Source], collection: Collection) -> tuple[str, ...]:
    """Return the text of each source."""
    return tuple(
        collection.documents[source.document_index].text[source.span.start : source.span.end]
        for source in sources
    )


def statement(
    text: str, markers: Sequence[int], sources: Sequence[Source], collection: Collection
) -> Statement:
    """Make a statement of a text and the numbers behind it."""
    text = text.strip()
    citations, short, dangling = [], list[Span](), []
    for marker in dict.fromkeys(markers):
        if not 1 <= marker <= len(sources):
            dangling.append(marker)
            continue
        source = sources[marker - 1]
        document = collection.documents[source.document_index]
        citations.append(cite(document, source.document_index, source.span, marker))
        if text == citations[-1].quote:
            start = source.span.start
            short += [Span(span.start - start, span.end - start) for span in source.short]
    return Statement(text, tuple(citations), tuple(short), tuple(dangling))


def renumbered(statement: Statement, numbers: dict[int, int]) -> Statement:
    """Number a statement's citations in order of first use; `numbers`, from old to new, grows."""
    citations = tuple(
        replace(citation, number=numbers.setdefault(citation.number, len(numbers) + 1))
        for citation in statement.citations
    )
    return replace(statement, citations=citations)


def with_short(statements: Sequence[Statement], said: Sequence[str]) -> list[Statement]:
    """Mark the short answer in statements; the first of `said` that they say, whole or item by item, counts.

    >>> marked = with_short([Statement("Kiel and Bremen sent boats.", ())], ["Bremen, Kiel"])
    >>> marked[0].short
    (Span(start=0, end=4), Span(start=9, end=15))
    """
    for short in filter(str.strip, said):
        for items in ([short], [item for item in ITEM.split(short) if item]):
            marked = [replace(item, short=apart(places(item.text, items))) for item in statements]
            if all(any(places(statement.text, [item]) for statement in statements) for item in items):
                # The first that says all of it will do; others repeat it.
                whole = [item for item in marked if len(item.short) >= len(items)][:1]
                return [item if not whole or item is whole[0] else replace(item, short=()) for item in marked]
    return list(statements)


ITEM = re.compile(r"\s*,\s*(?:and\s+)?|\s+and\s+")


def places(text: str, items: Sequence[str]) -> list[Span]:
    """Return where each item first stands in a text as whole words, whatever its case."""
    found = [
        re.search(rf"(?<!\w){re.escape(item)}(?!\w)", text, re.IGNORECASE) for item in items if item.strip()
    ]
    return [Span(match.start(), match.end()) for match in found if match]
