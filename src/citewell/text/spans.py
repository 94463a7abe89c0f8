"""Point into a text by ranges of characters, and compare and join ranges."""

from collections.abc import Sequence
from typing import NamedTuple


class Span(NamedTuple):
    """The half-open range [start, end) of a text, in Unicode code points.

    >>> span = Span(4, 7)
    >>> "the tide"[span.start : span.end]
    'tid'
    """

    start: int
    end: int


def lies_within(inner: Span, outer: Span) -> bool:
    """Whether one range lies in another."""
    return outer.start <= inner.start and inner.end <= outer.end


def join_adjacent(spans: Sequence[Span], text: str) -> list[Span]:
    """Join ranges that only white space separates."""
    result: list[Span] = []
    for span in sorted(spans):
        if result and not text[result[-1].end : span.start].strip():
            result[-1] = Span(result[-1].start, max(result[-1].end, span.end))
        else:
            result.append(span)
    return result


def join_overlapping(spans: Sequence[Span]) -> tuple[Span, ...]:
    """Join ranges that overlap, so that no character is shown twice."""
    result: list[Span] = []
    for span in sorted(spans):
        if result and span.start < result[-1].end:
            result[-1] = Span(result[-1].start, max(result[-1].end, span.end))
        else:
            result.append(span)
    return tuple(result)
