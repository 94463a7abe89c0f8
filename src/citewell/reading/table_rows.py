"""Rewrite the rows of a table as sentences, for a reader that was trained on sentences.

"Skagen | 410 | 388" has no meaning without its header. The reader is given "Harbour Skagen, 2021: 410." and
so on. The answer that the reader finds is mapped back to the article; the added header words map to nothing.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from citewell.documents.passages import Passage
from citewell.text.spans import Span

BETWEEN = " | "
# A cell: the text between two separators, which may be empty. An empty row has one cell.
CELL = re.compile(r"(?:^|(?<=[|\t]))[^|\t\n]*", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Told:
    """A text for the reader, made of pieces of an original text and of added words between the pieces.

    Attributes:
        text: The text for the reader.
        starts: Offset in `text` at which each piece begins, ascending.
        pieces: Range of each piece in the original text.
        place: Where the text stands, to be read in front of it; no answer lies in it.
    """

    text: str
    starts: tuple[int, ...]
    pieces: tuple[Span, ...]
    place: str = ""

    def locate(self, span: Span) -> Span | None:
        """Return the range of the original text for a range of `text`; None when it begins in added words."""
        place = bisect_right(self.starts, span.start) - 1
        if place < 0:
            return None
        start, piece = self.starts[place], self.pieces[place]
        if span.start >= start + piece.end - piece.start:
            return None
        by = piece.start - start
        return Span(span.start + by, min(span.end + by, piece.end))


def plainly(text: str) -> Told:
    """Return a text unchanged, as one piece."""
    return Told(text, (0,), (Span(0, len(text)),))


def tell(passage: Passage) -> Told:
    """Return a passage with its table rows rewritten as sentences; a passage without tables stays unchanged.

    Each cell is written with its row and column: "Harbour Skagen, 2021: 410." Among the wordings that
    `benchmarks/tables.py` compares, readers find cells best in this one.
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
    """Return a range without white space at its ends; a range of only white space becomes empty."""
    words = text[start:end]
    if not words.strip():
        return Span(start, start)
    return Span(start + len(words) - len(words.lstrip()), start + len(words.rstrip()))


def put_together(text: str, pieces: Iterable[str | Span]) -> Told:
    """Join added words and ranges of a text into one text for the reader."""
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
    """Yield each line of the passage that is a row of a table with a header, and the header's names.

    Offsets count in the passage's text.
    """
    for mark in passage.document.marks:
        if mark.kind != "table" or BETWEEN not in mark.label:
            continue
        start, end = max(mark.start, passage.start), min(mark.end, passage.end)
        # A caption may stand before the header; it is not a column's name.
        first, *others = (name.strip() for name in mark.label.split(BETWEEN.strip()))
        names = [first.rpartition(": ")[2], *others]
        at = start
        while at < end:
            after = passage.document.text.find("\n", at, end)
            after = end if after < 0 else after
            if at < after:
                yield Span(at - passage.start, after - passage.start), names
            at = after + 1
