"""Make cited statements from the text that a generator writes."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from citewell.checking.citations import Source, Statement, cite
from citewell.generation.generator import Marker, ShortAnswer
from citewell.index.collection import Collection
from citewell.reading.evidence import Evidence
from citewell.text.spans import Span, join_overlapping, lies_within


def merge_sources(evidence: Sequence[Evidence], collection: Collection) -> list[Source]:
    """Turn evidence into distinct ranges to cite, in order of article and place.

    Adjacent sentences of one reading make one range. Ranges that overlap are joined.
    """
    ranges: list[Source] = []
    for item in evidence:
        place = collection.document_index(item.hit.passage.document.id)
        ranges += [
            Source(place, span, tuple(short for short in item.reading.short if lies_within(short, span)))
            for span in item.spans
        ]
    ranges.sort(key=lambda source: (source.document_index, source.span))
    distinct: list[Source] = []
    for source in ranges:
        last = distinct[-1] if distinct else None
        if last and last.document_index == source.document_index and source.span.start < last.span.end:
            span = Span(last.span.start, max(last.span.end, source.span.end))
            distinct[-1] = Source(last.document_index, span, join_overlapping([*last.short, *source.short]))
        else:
            distinct.append(source)
    return distinct


def parse_statements(
    pieces: Iterable[str | Marker | ShortAnswer], sources: Sequence[Source], collection: Collection
) -> Iterator[str | Statement | ShortAnswer]:
    """Yield a generator's words as they come, and each of its statements when it is finished.

    Citations are numbered by source, from 1. A marker with a number that no source has is dangling.
    """
    text, markers = "", list[int]()
    for piece in pieces:
        if isinstance(piece, Marker):
            markers.append(piece.number)
            continue
        begins = isinstance(piece, ShortAnswer) or (markers and piece.strip())
        if begins and text.strip():
            yield make_statement(text, markers, sources, collection)
            text, markers = "", []
        yield piece
        if isinstance(piece, str):
            text += piece
    if text.strip():
        yield make_statement(text, markers, sources, collection)


def source_texts(sources: Sequence[Source], collection: Collection) -> tuple[str, ...]:
    """Return the text of each source."""
    return tuple(
        collection.documents[source.document_index].text[source.span.start : source.span.end]
        for source in sources
    )


def make_statement(
    text: str, markers: Sequence[int], sources: Sequence[Source], collection: Collection
) -> Statement:
    """Make a statement from a text and the numbers of the markers behind it."""
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


def renumber(statement: Statement, numbers: dict[int, int]) -> Statement:
    """Number a statement's citations in order of first use; add to `numbers`, which maps old to new."""
    citations = tuple(
        replace(citation, number=numbers.setdefault(citation.number, len(numbers) + 1))
        for citation in statement.citations
    )
    return replace(statement, citations=citations)


def mark_short_answer(statements: Sequence[Statement], said: Sequence[str]) -> list[Statement]:
    """Mark the short answer in statements: the first of `said` that they contain, whole or item by item.

    >>> marked = mark_short_answer([Statement("Kiel and Bremen sent boats.", ())], ["Bremen, Kiel"])
    >>> marked[0].short
    (Span(start=0, end=4), Span(start=9, end=15))
    """
    for short in filter(str.strip, said):
        for items in ([short], [item for item in ITEM.split(short) if item]):
            marked = [
                replace(item, short=join_overlapping(find_items(item.text, items))) for item in statements
            ]
            if all(any(find_items(statement.text, [item]) for statement in statements) for item in items):
                # Mark only the first statement that has the whole short answer; the others repeat it.
                whole = [item for item in marked if len(item.short) >= len(items)][:1]
                return [item if not whole or item is whole[0] else replace(item, short=()) for item in marked]
    return list(statements)


ITEM = re.compile(r"\s*,\s*(?:and\s+)?|\s+and\s+")


def find_items(text: str, items: Sequence[str]) -> list[Span]:
    """Return the first place of each item in a text, as whole words and in any case."""
    found = [
        re.search(rf"(?<!\w){re.escape(item)}(?!\w)", text, re.IGNORECASE) for item in items if item.strip()
    ]
    return [Span(match.start(), match.end()) for match in found if match]
