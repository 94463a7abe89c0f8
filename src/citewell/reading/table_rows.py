"""Tell the rows of a table as sentences, for a reader who has learnt to read sentences.

"Skagen | 410 | 388" says nothing without its header. A reader is given "Harbour Skagen, 2021: 410." and so
on. What it finds there is mapped back to the characters of the article; the header's words belong to none.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from citewell.documents.passages import Passage
from citewell.text.spans import Span

BETWEEN = " | "
# What stands between two bounds, and may be nothing; of an empty row one.
CELL = re.compile(r"(?:^|(?<=[|\t]))[^|\t\n]*", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Told:
    """A text to read, made of the pieces of another and of words between them.

    Attributes:
        text: What is read.
        starts: Where each piece of the other begins in it, rising.
        pieces: The same pieces in the other text.
    """

    text: str
    starts: tuple[int, ...]
    pieces: tuple[Span, ...]

    def locate(self, span: Span) -> Span | None:
        """Return the characters of the other text that a range of this one is of; None for words between."""
        place = bisect_right(self.starts, span.start) - 1
        if place < 0:
            return None
        start, piece = self.starts[place], self.pieces[place]
        if span.start >= start + piece.end - piece.start:
            return None
        by = piece.start - start
        return Span(span.start + by, min(span.end + by, piece.end))


def plainly(text: str) -> Told:
    """Return a text that is read as it is."""
    return Told(text, (0,), (Span(0, len(text)),))


def tell(passage: Passage) -> Told:
    """Return a passage with the rows of its tables told; as it is where it has none.

    Each cell is told with its row and column, "Harbour Skagen, 2021: 410.": of the ways that
    `benchmarks/tables.py` compares, cells are found best so.
    """
    text, at = passage.text, 0
    pieces: list[str | Span] = []
    for row, names in rows(passage):
        cells = [strip(text, found.start(), found.end()) for found in CELL.finditer(text, row.start, row.end)]
        if len(cells) != len(names) or [text[cell.start : cell.end] for cell in cells] == names:
            continue
        pieces.append(Span(at, row.start))
        for name, cell in zip(names[1:], cells[1:], strict=True):
            if cell.start < cell.end:
                pieces += [f"{names[0]} ", cells[0], f", {name}: ", cell, ". "]
        at = row.end
    pieces.append(Span(at, len(text)))
    return put_together(text, pieces)


def strip(text: str, start: int, end: int) -> Span:
    """Return a range without white space at its ends; empty where it is nothing else."""
    words = text[start:end]
    if not words.strip():
        return Span(start, start)
    return Span(start + len(words) - len(words.lstrip()), start + len(words.rstrip()))


def put_together(text: str, pieces: Iterable[str | Span]) -> Told:
    """Return words, and ranges of a text, as one text to read."""
    told: list[str] = []
    starts: list[int] = []
    spans: list[Span] = []
    length = 0
    for piece in pieces:
        words = piece if isinstance(piece, str) else text[piece.start : piece.end]
        if not isinstance(piece, str) and words:
            starts.append(length)
            spans.append(piece)
        told.append(words)
        length += len(words)
    return Told("".join(told), tuple(starts), tuple(spans))


def rows(passage: Passage) -> Iterator[tuple[Span, list[str]]]:
    """Yield the lines of the passage that are rows of a table with a header, and the header's names.

    Offsets are of the passage's text.
    """
    for mark in passage.document.marks:
        if mark.kind != "table" or BETWEEN not in mark.label:
            continue
        start, end = max(mark.start, passage.start), min(mark.end, passage.end)
        # Before the header may stand the caption, which is no column's name.
        first, *others = (name.strip() for name in mark.label.split(BETWEEN.strip()))
        names = [first.rpartition(": ")[2], *others]
        at = start
        while at < end:
            after = passage.document.text.find("\n", at, end)
            after = end if after < 0 else after
            if at < after:
                yield Span(at - passage.start, after - passage.start), names
            at = after + 1
