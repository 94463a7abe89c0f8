"""Put an article's text together from its parts, and note the kind of each part.

A loader that knows headings, tables or pages hands its blocks to a `TextBuilder`. Marks with offsets into the
text record the kinds of the blocks, so that the text itself holds only the words of the file.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias, get_args

from citewell.text.normalisation import normalise
from citewell.text.spans import Span

MarkKind: TypeAlias = Literal["heading", "table", "caption", "note", "page"]
KINDS: tuple[str, ...] = get_args(MarkKind)


class Mark(NamedTuple):
    """The kind and the range of a part of an article's text.

    Attributes:
        kind: `heading`: the words of a heading, which holds until the next of its level or a higher one.
            `table`: the rows. `caption`: of a table or picture. `note`: a footnote or endnote.
            `page`: the text of one page.
        start: Offset of the first character, in code points of the article's text.
        end: Offset one past the last character.
        label: For a table, its header row, with the caption where there is one. For a note, its sign. For a
            page, the number printed on it, or its ordinal where no number is printed.
        level: For a heading, its level from 1, the highest. For a page, its ordinal, from 1. Else 0.
    """

    kind: MarkKind
    start: int
    end: int
    label: str = ""
    level: int = 0


@dataclass(frozen=True, slots=True)
class Place:
    """Where a passage stands in its article.

    Attributes:
        headings: The headings above the passage, the highest first.
        table: The label of the table around the passage; "" outside a table.
        page: The label of the page on which the passage begins; "" in an article without pages.
        page_number: The page's ordinal, from 1; 0 in an article without pages.
    """

    headings: tuple[str, ...] = ()
    table: str = ""
    page: str = ""
    page_number: int = 0


class Outline:
    """Tells the place of any character, in time that grows with the logarithm of the number of marks."""

    def __init__(self, text: str, marks: Sequence[Mark]) -> None:
        """Sort the marks by kind.

        Args:
            text: The article's text.
            marks: The article's marks, sorted by start.
        """
        self._by_kind = {kind: [mark for mark in marks if mark.kind == kind] for kind in KINDS}
        self._starts = {kind: [mark.start for mark in found] for kind, found in self._by_kind.items()}
        self._above: list[tuple[tuple[int, str], ...]] = []
        open_: tuple[tuple[int, str], ...] = ()
        for mark in self._by_kind["heading"]:
            words = " ".join(text[mark.start : mark.end].split())
            open_ = (*(one for one in open_ if one[0] < mark.level), (mark.level, words))
            self._above.append(open_)

    def place(self, start: int) -> Place:
        """Return the place of a character.

        A heading is not above itself: a passage that begins with a heading has only the headings over it.
        """
        before = bisect_right(self._starts["heading"], start) - 1
        if before >= 0 and self._by_kind["heading"][before].start == start:
            level = self._by_kind["heading"][before].level
            above = tuple(one for one in self._above[before] if one[0] < level)
        else:
            above = self._above[before] if before >= 0 else ()
        table, page = self._around("table", start), self._around("page", start)
        return Place(
            tuple(words for _, words in above),
            table.label if table else "",
            page.label if page else "",
            page.level if page else 0,
        )

    def _around(self, kind: MarkKind, at: int) -> Mark | None:
        before = bisect_right(self._starts[kind], at) - 1
        found = self._by_kind[kind][before] if before >= 0 else None
        return found if found and at < found.end else None


def one_line(blocks: Iterable[str]) -> str:
    """Join the blocks of a cell, heading or term on one line, with ";" after each that is no sentence.

    >>> one_line(["Adults", "12 crowns.", "", "Children"])
    'Adults; 12 crowns. Children'
    """
    line = ""
    for block in (" ".join(one.split()) for one in blocks):
        if line and block:
            line += " " if line[-1] in ".!?:;," else "; "
        line += block
    return line


class TextBuilder:
    r"""Put blocks together and note the kind of each.

    >>> builder = TextBuilder()
    >>> builder.heading("Damage", 2)
    >>> builder.table(["Anna | 2", "Bertha | 3"], label="Boat | Holes")
    >>> builder.text
    'Damage\n\nAnna | 2\nBertha | 3'
    >>> [mark.kind for mark in builder.marks]
    ['heading', 'table']
    """

    def __init__(self) -> None:
        """Begin with no text."""
        self._pieces: list[str] = []
        self._length = 0
        self._marks: list[Mark] = []
        self._starts: list[int] = []

    def add(self, text: str, *, gap: str = "\n\n") -> Span:
        """Append a block, normalised and without white space at its ends.

        Args:
            text: The block; nothing happens where it has no words.
            gap: The separator from the block before. A blank line separates paragraphs. A line end separates
                the items of a list and the rows of a table. A space joins a text to its continuation on the
                next page.

        Returns:
            The range of the block; an empty range at the end of the text where the block has no words.
        """
        clean = normalise(text).strip()
        if not clean:
            return Span(self._length, self._length)
        if self._pieces:
            self._pieces.append(gap)
            self._length += len(gap)
        start = self._length
        self._starts.append(start)
        self._pieces.append(clean)
        self._length += len(clean)
        return Span(start, self._length)

    def mark(self, kind: MarkKind, span: Span, label: str = "", level: int = 0) -> None:
        """Mark the kind of a part; nothing happens where the part is empty."""
        if span.start < span.end:
            self._marks.append(Mark(kind, span.start, span.end, " ".join(normalise(label).split()), level))

    def heading(self, text: str, level: int) -> None:
        """Append a heading; its level is from 1, the highest."""
        self.mark("heading", self.add(" ".join(text.split())), level=max(1, level))

    def mark_since(self, kind: MarkKind, before: int, label: str = "", level: int = 0) -> None:
        """Mark the kind of all text added since the text ended at `before`, see `end`."""
        first = bisect_left(self._starts, before)
        if first < len(self._starts):
            self.mark(kind, Span(self._starts[first], self._length), label, level)

    def table(  # each stands apart in the text or in the mark
        self,
        rows: Sequence[str],
        *,
        label: str = "",
        header: str = "",
        caption: str = "",
        gap: str = "\n\n",
    ) -> None:
        """Append the rows of a table, each on a line.

        Args:
            rows: The rows below the header.
            label: The mark's label; without it, the label is `header` with `caption` before it.
            header: The header row. It is the first row of the text, and the mark begins below it. A passage
                that begins with the header holds it; a passage that begins further down has it as a label.
            caption: The caption over the table in the text.
            gap: The separator from the block before.
        """
        caption, header = " ".join(caption.split()), " ".join(header.split())
        self.mark("caption", self.add(caption, gap=gap))
        first = self.add(header, gap="\n" if caption else gap) if header else None
        spans = [
            self.add(" ".join(row.split()), gap="\n" if place or first or caption else gap)
            for place, row in enumerate(rows)
        ]
        held = [span for span in spans if span.start < span.end]
        if held:
            known = label or ": ".join(filter(None, (caption, header)))
            self.mark("table", Span(held[0].start, held[-1].end), known)

    @property
    def end(self) -> int:
        """The end of the text, in code points."""
        return self._length

    @property
    def text(self) -> str:
        """All blocks."""
        return "".join(self._pieces)

    @property
    def marks(self) -> tuple[Mark, ...]:
        """The marks, sorted by start; marks with the same start in the order in which they were noted."""
        return tuple(sorted(self._marks, key=lambda mark: mark.start))
