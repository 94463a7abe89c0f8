"""Rewrite the rows of a table and the items in items as sentences, for a reader trained on sentences.

"Skagen | 410 | 388" has no meaning without its header. The reader is given "Harbour Skagen, 2021: 410." and
so on. A quoted sentence is told behind the name of its speaker. The answer that the reader finds is mapped
back to the article; added words map to nothing, a speaker's name to where the article has it.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from citewell.documents.passages import Passage
from citewell.reading.list_items import inner_items
from citewell.reading.speakers import Said, said_in
from citewell.text.spans import Span

BETWEEN = " | "
# A cell: the text between two separators, which may be empty. An empty row has one cell.
CELL = re.compile(r"(?:^|(?<=[|\t]))[^|\t\n]*", re.MULTILINE)
_FIGURE = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class Told:
    """A text for the reader, made of pieces of an original text and of added words between the pieces.

    Attributes:
        text: The text for the reader.
        starts: Offset in `text` at which each piece begins, ascending.
        pieces: Range of each piece in the original text; a speaker's name may stand outside of it.
        place: Where the text stands, to be read in front of it; no answer lies in it.
        cited: By the number of a piece that names a speaker, the sentences that show who says what, as ranges
            of the article: the one that names him, and the one that is said.
    """

    text: str
    starts: tuple[int, ...]
    pieces: tuple[Span, ...]
    place: str = ""
    cited: Mapping[int, tuple[Span, ...]] = field(default_factory=dict, hash=False)

    def piece(self, at: int) -> int:
        """Return the number of the last piece that begins at or before an offset of `text`; -1 before all."""
        return bisect_right(self.starts, at) - 1

    def locate(self, span: Span) -> Span | None:
        """Return the range of the original text for a range of `text`; None when it begins in added words."""
        place = self.piece(span.start)
        if place < 0:
            return None
        start, piece = self.starts[place], self.pieces[place]
        if span.start >= start + piece.end - piece.start:
            return None
        by = piece.start - start
        return Span(span.start + by, min(span.end + by, piece.end))


@dataclass(frozen=True, slots=True)
class Speaker:
    """A speaker's name, told in front of a sentence.

    Attributes:
        name: Its range in the passage's text, or outside of it.
        cited: See `Told`.
    """

    name: Span
    cited: tuple[Span, ...]


Piece: TypeAlias = str | Span | Speaker


def plainly(text: str) -> Told:
    """Return a text unchanged, as one piece."""
    return Told(text, (0,), (Span(0, len(text)),))


def tell(passage: Passage, question: str = "") -> Told:
    """Return a passage as it is told to a reader, for a question.

    Table rows and nested list items are rewritten as sentences, and quoted ones told behind their speaker.

    Each cell is written with its row and column: "Harbour Skagen, 2021: 410." A row of two cells without a
    header is "Monday: 10:00 to 18:30." An item follows the items that it is in: "Bicycles: in July 9 crowns."
    The caption, which may have the unit, is told once where the passage does not have it. Among the wordings
    that `benchmarks/tables.py` compares, readers find answers best in these.
    """
    told: list[tuple[Span, list[Piece]]] = []
    caption = ""
    for row, names, over in rows(passage):
        written = told_row(passage.text, row, names)
        if written and over != caption and over not in passage.text[: row.start]:
            written = [f"{over}. ", *written]
        caption = over
        told.append((row, [*written]))
    told += [(item.line, [*told_item(passage, item.words, item.parents)]) for item in inner_items(passage)]
    told += [told_speaker(passage, one) for one in said_in(passage, question)]
    at = 0
    pieces: list[Piece] = []
    for line, said in sorted(told, key=lambda one: one[0].start):
        if said and at <= line.start:
            pieces += [Span(at, line.start), *said]
            at = line.end
    pieces.append(Span(at, len(passage.text)))
    return put_together(passage.text, pieces, outside=(passage.document.text, passage.start))


def told_speaker(passage: Passage, said: Said) -> tuple[Span, list[Piece]]:
    """Return where a speaker's name is told in a passage, and the pieces that tell it."""
    at = said.sentence.start - passage.start
    name = Span(said.speaker.start - passage.start, said.speaker.end - passage.start)
    return Span(at, at), [Speaker(name, tuple(sorted((said.naming, said.sentence)))), " says: "]


def told_row(text: str, row: Span, names: Sequence[str]) -> list[str | Span]:
    """Return the pieces of a row's sentences; empty where the row is better read as it stands.

    Args:
        text: The passage's text.
        row: The row's range in the text.
        names: The names of the columns; empty where the table has none.
    """
    cells = [strip(text, found.start(), found.end()) for found in CELL.finditer(text, row.start, row.end)]
    if not names and len(cells) == 2 and all(cell.start < cell.end for cell in cells):  # noqa: PLR2004
        return [cells[0], ": ", cells[1], *full_stop(text, cells[1])]
    if len(cells) != len(names) or [text[cell.start : cell.end] for cell in cells] == names:
        return []
    pieces: list[str | Span] = []
    for name, cell in zip(names[1:], cells[1:], strict=True):
        if cell.start < cell.end:
            pieces += [f"{names[0]} ", cells[0], f", {name}: ", cell, ". "]
    # A row of empty cells is not told at all.
    return pieces or [""]


def told_item(passage: Passage, words: Span, parents: Sequence[Span]) -> list[str | Span]:
    """Return the pieces of an item's sentence: the items around it, the outermost first, then its words.

    Ranges count in the article; a parent outside the passage becomes added words.
    """
    pieces: list[str | Span] = []
    for parent in parents:
        inside = parent.start >= passage.start and parent.end <= passage.end
        said = Span(parent.start - passage.start, parent.end - passage.start)
        words_of = passage.document.text[parent.start : parent.end]
        # An item with a figure in an item with a figure is an exception to it.
        pieces += [said if inside else words_of, ", but " if _FIGURE.search(words_of) else ": "]
    own = Span(words.start - passage.start, words.end - passage.start)
    return [*pieces, own, *full_stop(passage.text, own)]


def full_stop(text: str, words: Span) -> list[str]:
    """Return a full stop for words that end without one."""
    return [] if text[words.end - 1] in ".!?:;" else ["."]


def strip(text: str, start: int, end: int) -> Span:
    """Return a range without white space at its ends; a range of only white space becomes empty."""
    words = text[start:end]
    if not words.strip():
        return Span(start, start)
    return Span(start + len(words) - len(words.lstrip()), start + len(words.rstrip()))


def put_together(text: str, pieces: Iterable[Piece], outside: tuple[str, int] = ("", 0)) -> Told:
    """Join added words and ranges of a text into one text for the reader.

    Args:
        text: The text.
        pieces: In order.
        outside: The text that a speaker's name stands in, and where in it `text` begins.
    """
    told: list[str] = []
    starts: list[int] = []
    spans: list[Span] = []
    cited: dict[int, tuple[Span, ...]] = {}
    length = 0
    for piece in pieces:
        if isinstance(piece, Speaker):
            words = outside[0][outside[1] + piece.name.start : outside[1] + piece.name.end]
            cited[len(spans)] = piece.cited
        else:
            words = piece if isinstance(piece, str) else text[piece.start : piece.end]
        if not isinstance(piece, str) and words:
            starts.append(length)
            spans.append(piece.name if isinstance(piece, Speaker) else piece)
        told.append(words)
        length += len(words)
    return Told("".join(told), tuple(starts), tuple(spans), cited=cited)


def rows(passage: Passage) -> Iterator[tuple[Span, list[str], str]]:
    """Yield each line of the passage that is a row of a table, the names of the columns, and the caption.

    Without a header there are no names; without a caption it is "". Offsets count in the passage's text.
    """
    for mark in passage.document.marks:
        if mark.kind != "table":
            continue
        start, end = max(mark.start, passage.start), min(mark.end, passage.end)
        # A caption may stand before the header; it is not a column's name.
        first, *others = (name.strip() for name in mark.label.split(BETWEEN.strip()))
        caption, _, name = first.rpartition(": ") if others else ("", "", "")
        names = [name, *others] if others else []
        at = start
        while at < end:
            after = passage.document.text.find("\n", at, end)
            after = end if after < 0 else after
            if at < after:
                yield Span(at - passage.start, after - passage.start), names, caption
            at = after + 1
