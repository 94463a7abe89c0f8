"""Compose an answer from evidence, verify every statement, and say why when there is none."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from citewell.citations import Citation, Statement, cite
from citewell.collection import Collection
from citewell.protocols import Generator, Marker, Reader, Task
from citewell.reading import Evidence
from citewell.text import Span, folded_words, sentences, within

# A statement whose proof the reader finds less likely than this is not shown.
SUPPORT_THRESHOLD = 0.5


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
class Source:
    """A range of an article that may be cited.

    Attributes:
        document_index: The article's place in the collection.
        span: The range, offsets into the article.
        short: Short answers inside it, offsets into the article.
    """

    document_index: int
    span: Span
    short: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Withheld:
    """A statement that was written and not shown.

    Attributes:
        text: What it said.
        reason: Why it is not shown.
    """

    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class Trace:
    """How an answer came about, for "why this answer" and for evaluation.

    Attributes:
        evidence: All that was read, surest first, each passage once, for the part of the question
            that it answers best; empty when nothing was read.
        threshold: Probability from which on an answer is given.
        withheld: Statements that were not supported.
        milliseconds: Time by stage, in order; not part of equality of two answers.
    """

    evidence: tuple[Evidence, ...] = ()
    threshold: float = 0.0
    withheld: tuple[Withheld, ...] = ()
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
                    "spans": [list(span) for span in item.reading.evidence],
                }
                for item in self.evidence
            ],
            "withheld": [{"text": item.text, "reason": item.reason} for item in self.withheld],
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
        document = item.hit.passage.document
        place = collection.document_index(document.id)
        ranges += [
            Source(place, span, tuple(short for short in item.reading.short if within(short, span)))
            for span in joined(item.reading.evidence, document.text)
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


def joined(spans: Sequence[Span], text: str) -> list[Span]:
    """Join ranges between which only white space stands."""
    result: list[Span] = []
    for span in sorted(spans):
        if result and not text[result[-1].end : span.start].strip():
            result[-1] = Span(result[-1].start, max(result[-1].end, span.end))
        else:
            result.append(span)
    return result


def compose(
    question: str, sources: Sequence[Source], collection: Collection, generator: Generator
) -> Iterator[Statement]:
    """Let the generator put the sources into words; yield its statements as they are finished.

    Citations are numbered by source, from 1. A marker that numbers no source dangles.
    """
    quotes = [
        collection.documents[source.document_index].text[source.span.start : source.span.end]
        for source in sources
    ]
    text, markers = "", list[int]()
    for piece in generator.generate(Task(question=question, evidence=tuple(quotes))):
        if isinstance(piece, Marker):
            markers.append(piece.number)
            continue
        if markers and text.strip() and piece.strip():
            yield statement(text, markers, sources, collection)
            text, markers = "", []
        text += piece
    if text.strip():
        yield statement(text, markers, sources, collection)


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


NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
WORD = re.compile(r"[^\W\d_][\w’'-]+")
# In order from two; "one" is left out, it is a pronoun more often.
COUNTED = (
    "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
    " eighteen nineteen twenty"
)
NUMBER_WORDS = {word: str(value) for value, word in enumerate(COUNTED.split(), start=2)}
NEGATIONS = frozenset("no not never none nobody nothing neither nor without cannot".split())
# Words that begin a sentence with a capital and name nothing.
BEGINNINGS = frozenset(
    (
        "a an the in on at of for to by from with without as and or but if when while after before during "
        "since both all some many most more no not it he she they we you i this that these those there "
        "its his her their our my about over under between according however also then only each every "
        "several who what which where why how"
    ).split()
)


def objection(statement: Statement, reader: Reader) -> str:
    """Return why a statement may not be shown; "" when its citations prove it.

    Whole sentences copied from a citation are proved by it. Anything else may state no number, name or
    negation that its citations lack, and the reader must find it supported.
    """
    if not statement.text:
        return "it says nothing"
    if not statement.citations:
        return "it cites nothing"
    if any(copied(statement.text, citation.quote) for citation in statement.citations):
        return ""
    quotes = " ".join(citation.quote for citation in statement.citations)
    quoted = set(folded_words(quotes))
    new_numbers = numbers(statement.text) - numbers(quotes)
    new_names = [name for name in names(statement.text) if not set(folded_words(name)) <= quoted]
    rules = (
        (new_numbers, f"its citation has no {min(new_numbers, default='')}"),
        (is_negated(statement.text) != is_negated(quotes), "it and its citation differ in a negation"),
        (new_names, f"its citation does not name {''.join(new_names[:1])}"),
    )
    broken = next((reason for is_broken, reason in rules if is_broken), "")
    if not broken and reader.supports([(statement.text, quotes)])[0] < SUPPORT_THRESHOLD:
        return "its citation does not prove it"
    return broken


def copied(text: str, quote: str) -> bool:
    """Whether a text is the quote, or whole sentences of it: a part of a sentence can say the opposite."""
    if text == quote:
        return True
    spans = sentences(quote)
    starts, ends = {span.start for span in spans}, {span.end for span in spans}
    places = (match.start() for match in re.finditer(re.escape(text), quote))
    return any(place in starts and place + len(text) in ends for place in places)


def numbers(text: str) -> set[str]:
    """Return the numbers of a text in digits, without the commas of thousands."""
    words = {NUMBER_WORDS[word] for word in folded_words(text) if word in NUMBER_WORDS}
    return {found.replace(",", "") for found in NUMBER.findall(text)} | words


def names(text: str) -> list[str]:
    """Return the words with a capital, but for those that begin sentences and name nothing."""
    found = (word for word in WORD.findall(text) if word[0].isupper())
    return [word for word in found if word.casefold() not in BEGINNINGS]


def is_negated(text: str) -> bool:
    """Whether a text denies something."""
    return any(word in NEGATIONS or word.endswith("n't") for word in folded_words(text))
