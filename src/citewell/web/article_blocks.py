"""Make HTML of an article's parts: headings, paragraphs, lists and tables, with every character in its place.

The elements stand around ranges of the text, so that all text nodes together are the text. White space and
separators that elements replace on the screen stay as hidden text.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal, TypeAlias

from citewell.documents.document import Document
from citewell.documents.structure import Mark
from citewell.text.spans import Span

# A line break after at least this many characters of plain text serves the screen width, not the meaning.
WRAPPED_CHARACTERS = 50
# What loaders put between the cells of a row, and at the beginning of an item.
CELL = re.compile(r" \|(?: |\Z)|\A\| ")
ITEM = re.compile(r"\s*(?:[-•*–]|[0-9]{1,3}[.)])\s+")
# The article's title is h2; a heading of level 1 is the next below it.
HIGHEST, LOWEST = 3, 6

Paint: TypeAlias = Callable[[Span], str]
"""Returns a range of the text as HTML that has the range's characters as its text."""
LineKind: TypeAlias = Literal["title", "heading", "caption", "table", "item", "text"]


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a paragraph.

    Attributes:
        kind: What the line is part of.
        start: First character, white space included.
        end: Offset behind the last character that is no white space.
        level: For a heading, its level; else 0.
        part: Start of the heading or table that the line is part of; else 0.
        is_head: Whether the line is the header row of its table.
    """

    kind: LineKind
    start: int
    end: int
    level: int = 0
    part: int = 0
    is_head: bool = False


def render_blocks(document: Document, title: Span | None, paint: Paint) -> Iterator[str]:
    """Yield the parts of an article and the white space between them; nothing is left out.

    Args:
        document: The article.
        title: The range of the title in the text; None where the text does not begin with it.
        paint: Returns a range of the text as HTML.
    """
    text, at = document.text, 0
    kinds = LineKinds(document, title)
    for span in paragraphs(text, title):
        for _, group in groupby(lines(text, span, kinds), key=lambda line: (line.kind, line.part)):
            block = list(group)
            # An item or a row is indented by the element, any other block by nothing.
            yield hidden(paint, Span(at, block[0].start))
            yield render_block(text, block, paint)
            at = block[-1].end
    yield hidden(paint, Span(at, len(text)))


class LineKinds:
    """Tells what a line is part of, by the article's marks."""

    def __init__(self, document: Document, title: Span | None) -> None:
        """Sort the marks that are shown."""
        self._text, self._title = document.text, title
        shown = [mark for mark in document.marks if mark.kind in {"heading", "caption", "table"}]
        self._marks = sorted(shown, key=lambda mark: (head_start(document.text, mark), mark.end))
        self._starts = [head_start(document.text, mark) for mark in self._marks]

    def line(self, start: int, end: int) -> Line:
        """Return the line of a range; `start` may be white space."""
        first = start + len(self._text[start:end]) - len(self._text[start:end].lstrip())
        if self._title and self._title.start <= first and end <= self._title.end:
            return Line("title", start, end)
        place = bisect_right(self._starts, first) - 1
        mark = self._marks[place] if place >= 0 else None
        if mark and end <= mark.end:
            kind: LineKind = "heading" if mark.kind == "heading" else "caption"
            if mark.kind == "table":
                kind = "table"
            return Line(kind, start, end, mark.level, mark.start, is_head=first < mark.start)
        return Line("item" if ITEM.match(self._text, start, end) else "text", start, end)


def head_start(text: str, mark: Mark) -> int:
    """Return where a marked part begins, with the header row of a table, which stands above its mark."""
    if mark.kind != "table" or not mark.start or text[mark.start - 1] != "\n":
        return mark.start
    above = text.rfind("\n", 0, mark.start - 1) + 1
    row = " ".join(text[above : mark.start - 1].split())
    return above if row and CELL.search(row) and mark.label.endswith(row) else mark.start


def lines(text: str, span: Span, kinds: LineKinds) -> Iterator[Line]:
    """Yield the lines of a paragraph; a line that goes on with an item is part of the item's line."""
    held: Line | None = None
    at = span.start
    while at < span.end:
        end = text.find("\n", at, span.end)
        end = span.end if end < 0 else end
        line = kinds.line(at, at + len(text[at:end].rstrip()))
        is_further = line.kind == "text" and text[at:end].startswith("  ")
        if held and held.kind == "item" and is_further:
            held = Line("item", held.start, line.end)
        else:
            if held:
                yield held
            held = line
        at = end + 1
    if held:
        yield held


def render_block(text: str, block: Sequence[Line], paint: Paint) -> str:
    """Return lines of one kind as an element; the white space before the first line is left out."""
    first, span = block[0], Span(block[0].start, block[-1].end)
    if first.kind == "title":
        return f'<h2 dir="auto">{paint(span)}</h2>'
    if first.kind == "heading":
        level = min(LOWEST, HIGHEST + max(0, first.level - 1))
        return f'<h{level} dir="auto">{paint(span)}</h{level}>'
    if first.kind == "item":
        return f"<ul>{''.join(render_items(text, block, paint))}</ul>"
    if first.kind == "table" and any(CELL.search(text[line.start : line.end]) for line in block):
        rows = "".join(render_rows(text, block, paint))
        return f'<div class="wide" tabindex="0"><table><tbody>{rows}</tbody></table></div>'
    kind = "caption" if first.kind == "caption" else ""
    if is_wrapped(text[span.start : span.end]):
        kind = "wrapped"
    told = f' class="{kind}"' if kind else ""
    return f'<p dir="auto"{told}>{paint(span)}</p>'


def render_items(text: str, block: Sequence[Line], paint: Paint) -> Iterator[str]:
    """Yield the items of a list; the white space behind an item is part of its element."""
    for line, after in zip(block, [*(later.start for later in block[1:]), block[-1].end], strict=True):
        held = text[line.start : line.end]
        begin = line.start + len(held) - len(held.lstrip())
        # Loaders write two spaces more for each list around an item.
        depth = min((begin - line.start) // 2, LOWEST)
        told = f' data-depth="{depth}"' if depth else ""
        yield (
            f'<li dir="auto"{told}>'
            f"{hidden(paint, Span(line.start, begin))}{paint(Span(begin, line.end))}"
            f"{hidden(paint, Span(line.end, after))}</li>"
        )


def render_rows(text: str, block: Sequence[Line], paint: Paint) -> Iterator[str]:
    """Yield the rows of a table; separators and line ends are hidden text of the cell before them."""
    for line, after in zip(block, [*(later.start for later in block[1:]), block[-1].end], strict=True):
        tag, name = ('th scope="col"', "th") if line.is_head else ("td", "td")
        parted = [Span(*found.span()) for found in CELL.finditer(text[line.start : line.end])]
        gaps = [Span(line.start + gap.start, line.start + gap.end) for gap in parted]
        begins = [line.start, *(gap.end for gap in gaps)]
        cells = (
            f'<{tag} dir="auto">{paint(Span(begin, gap.start))}{hidden(paint, gap)}</{name}>'
            for begin, gap in zip(begins, [*gaps, Span(line.end, after)], strict=True)
        )
        yield f"<tr>{''.join(cells)}</tr>"


def hidden(paint: Paint, span: Span) -> str:
    """Return a range that is part of the text and invisible on the page; "" when it is empty."""
    inner = paint(span) if span.start < span.end else ""
    return f'<span class="break">{inner}</span>' if inner else ""


def paragraphs(text: str, title: Span | None) -> Iterator[Span]:
    """Yield the runs of lines between blank lines; a title in the text is a run of its own."""
    start = at = end = 0
    for line in text.split("\n"):
        held = line.rstrip()
        if held and start == end:
            start = at + len(line) - len(line.lstrip())
        if held:
            end = at + len(held)
        elif start < end:
            yield Span(start, end)
            start = end
        if title and end == title.end and start < end:
            yield Span(start, end)
            start = end
        at += len(line) + 1
    if start < end:
        yield Span(start, end)


def is_wrapped(paragraph: str) -> bool:
    """Whether the lines were broken only to fit a screen, so that they may flow together."""
    held = paragraph.split("\n")
    return len(held) > 1 and min(map(len, held[:-1])) >= WRAPPED_CHARACTERS
