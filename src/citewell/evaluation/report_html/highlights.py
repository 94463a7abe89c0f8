"""Cut a passage at the ends of its citations and of its gold evidence.

Offsets count code points of the article. They are passed on and never searched for again: a browser counts
characters in another way.
"""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from citewell.text.spans import Span


class Piece(NamedTuple):
    """A run of characters of a passage that have the same marks.

    Attributes:
        text: The characters.
        numbers: The citations that the characters belong to.
        ends: The citations that end here: the number is shown once, behind the last character.
        gold: Whether the characters are gold evidence.
    """

    text: str
    numbers: tuple[int, ...] = ()
    ends: tuple[int, ...] = ()
    gold: bool = False


def cut_passage(
    text: str, start: int, cited: Iterable[tuple[int, Span]], gold: Iterable[Span]
) -> list[Piece]:
    """Return the pieces of a passage, in order; the joined pieces are the passage.

    Args:
        text: The passage.
        start: The offset of the passage in the article.
        cited: Numbers of citations and their ranges in the article. Ranges may overlap, and may go beyond
            the passage.
        gold: Ranges of gold evidence, likewise.

    >>> cut_passage("tide rose", 100, [(1, Span(100, 104))], [])[0]
    Piece(text='tide', numbers=(1,), ends=(1,), gold=False)
    """
    marked = [(number, span) for number, whole in cited if (span := _clip(whole, start, len(text)))]
    golden = [span for whole in gold if (span := _clip(whole, start, len(text)))]
    ends = {end for span in (*(span for _, span in marked), *golden) for end in span}
    cuts = sorted(ends | {0, len(text)})
    return [
        Piece(
            text[left:right],
            tuple(number for number, span in marked if span.start <= left < span.end),
            tuple(number for number, span in marked if span.end == right),
            any(span.start <= left < span.end for span in golden),
        )
        for left, right in pairwise(cuts)
    ]


def _clip(span: Span, start: int, length: int) -> Span | None:
    """Return an article's range as a range of the passage; None when they share no character."""
    left, right = max(span.start - start, 0), min(span.end - start, length)
    return Span(left, right) if left < right else None


def emphasise(statement: dict[str, Any]) -> list[Piece]:
    """Return the pieces of a statement; `gold` is set on the pieces of the short answer."""
    return cut_passage(statement["text"], 0, (), [Span(*span) for span in statement["short"]])


def is_covered(span: Span, spans: Sequence[Span]) -> bool:
    """Whether every character of a range lies in one of `spans`.

    >>> is_covered(Span(0, 9), [Span(5, 9), Span(0, 5)]), is_covered(Span(0, 9), [Span(0, 4)])
    (True, False)
    """
    at = span.start
    for other in sorted(spans):
        if other.start <= at:
            at = max(at, other.end)
    return at >= span.end
