"""Make paragraphs, headings, tables and notes of the rows of pages."""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median
from typing import Literal, TypeAlias

from citewell.documents.pdf.bands import Column, Table
from citewell.documents.pdf.joining import HYPHEN, join, number_goes_on
from citewell.documents.pdf.layout import blocks_of
from citewell.documents.pdf.lines import Row, Segment
from citewell.documents.pdf.notes import take_notes
from citewell.documents.pdf.raised import text_of
from citewell.documents.pdf.sheet import Rule

# The free share of the column's width that ends a paragraph: a line of text would have taken the next word.
FULL_LINE = 0.85
# A gap between lines of so many times the usual gap separates paragraphs.
WIDER = 1.35
FEW = 3
BULLET = re.compile(r"[-*•▪◦‣➢✓]\s")
NUMBERED = re.compile(r"\(?(?:\d{1,3}|[A-Za-z])[.)]\s")
# The dots of a table of contents, and the page behind them.
LEADER = re.compile(r"(?:\s?[.·…]){4,}\s*(?=[\divxlc]*$)")
ENDS_SENTENCE = re.compile(r"[.!?:;…][\"'”’»)\]]*$")
CAPTION = re.compile(
    r"(?:(table|tab\.|tabelle|tableau|tabla|tabella|tabela)|figure|fig\.|abbildung|abb\.|figura)\s*"
    r"[\dA-Z]{1,3}(?:\.\d+)*\s*(?P<end>[.:|–—]?)",
    re.IGNORECASE,
)

Kind: TypeAlias = Literal["text", "heading", "table", "caption", "note"]


@dataclass(slots=True)
class Line:
    """A printed line as a person cites it.

    Attributes:
        text: Its text without the marks of notes.
        x0: Its left end.
        x1: Its right end.
        y: The baseline.
        size: Size of its letters, in points.
        bold: Whether most of its letters are bold.
        first: The width of its first word.
        left: The left edge of its column.
        right: The right edge of its column.
        column: The number of its column on the page.
    """

    text: str
    x0: float
    x1: float
    y: float
    size: float
    bold: bool
    first: float
    left: float
    right: float
    column: int


@dataclass(slots=True)
class Block:
    """A part of the article.

    Attributes:
        kind: The kind of the block.
        parts: The page and the text of each of its parts.
        lines: The printed lines of a paragraph.
        rows: The rows of a table; each row lists its cells.
        label: The sign of a note.
        level: The level of a heading, from 1.
    """

    kind: Kind
    parts: list[tuple[int, str]] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    label: str = ""
    level: int = 0

    @property
    def text(self) -> str:
        """The text of all its parts."""
        return " ".join(text for _, text in self.parts)


def page_blocks(
    page: int, rows: Sequence[Row], rules: Sequence[Rule], body: float, words: Counter[str]
) -> list[Block]:
    """Return the blocks of a page in reading order; its notes come last.

    Args:
        page: Ordinal of the page.
        rows: Rows of the page, without heads and feet.
        rules: Drawn lines of the page.
        body: The size of the text's letters, in points.
        words: How often each word stands in the file.
    """
    found = blocks_of(rows, rules)
    notes = take_notes(found, rules, body)
    signs = {note.sign for note in notes if note.sign}
    blocks: list[Block] = []
    lines: list[Line] = []

    def finish() -> None:
        blocks.extend(
            Block("text", [(page, join([line.text for line in part], words))], lines=part)
            for part in paragraphs(lines)
        )
        lines.clear()

    for column, block in enumerate(found):
        if isinstance(block, Table):
            finish()
            blocks.append(Block("table", [(page, "")], rows=cells_of(block, signs, words)))
        else:
            lines += [line_of(segment, signs, block, column) for segment in block.lines]
    finish()
    for note in notes:
        text = join([text_of(line.runs, ()) for line in note.lines], words)
        blocks.append(Block("note", [(page, text)], label=note.sign))
    return [block for block in blocks if block.rows or block.text]


def line_of(segment: Segment, signs: Collection[str], column: Column, number: int) -> Line:
    """Return a line as it is cited."""
    text = " ".join(LEADER.sub(" … ", text_of(segment.runs, signs)).split())
    return Line(
        text, segment.x0, segment.x1, segment.y, segment.size, segment.bold, segment.first, column.left,
        column.right, number,
    )  # fmt: skip


def cells_of(table: Table, signs: Collection[str], words: Counter[str]) -> list[list[str]]:
    """Return the text of a table's cells."""
    return [
        [join([text_of(segment.runs, signs) for segment in cell], words) for cell in row]
        for row in table.rows
    ]


def paragraphs(lines: Sequence[Line]) -> Iterator[list[Line]]:
    """Yield the lines of each paragraph."""
    steps: dict[float, list[float]] = {}
    for before, after in pairwise(lines):
        if before.column == after.column and 0 < before.y - after.y < 3 * after.size:
            steps.setdefault(round(after.size), []).append(before.y - after.y)
    # A few line steps are too little evidence: one of them may be between two paragraphs.
    usual = {
        size: median(found) if len(found) > FEW else min(*found, 1.3 * size) for size, found in steps.items()
    }
    held: list[Line] = []
    for line in (line for line in lines if line.text):
        if held and parts(held, line, usual.get(round(line.size), 1.2 * line.size)):
            yield held
            held = []
        held.append(line)
    if held:
        yield held


def parts(held: Sequence[Line], line: Line, usual: float) -> bool:  # noqa: PLR0911 - each a sign of its own
    """Whether a paragraph ends before a line."""
    last = held[-1]
    ends = bool(ENDS_SENTENCE.search(last.text))
    lower = line.text[0].islower()
    if abs(last.size - line.size) > 0.08 * max(last.size, line.size):
        return True
    if last.text.isdigit() or line.text.isdigit() or BULLET.match(line.text) or " … " in last.text:
        return True
    width = last.right - last.left
    free = last.x1 + 0.25 * last.size + line.first < last.left + FULL_LINE * width
    step = last.y - line.y
    if last.column != line.column and not 0 < step < 2 * usual:
        return not (lower and not ends) and not HYPHEN.search(last.text) and (ends or free)
    if step > max(WIDER * usual, 1.1 * line.size) + 0.5 and not (step < 2 * usual and lower and not ends):
        return True
    if HYPHEN.search(last.text) or number_goes_on(last.text, line.text):
        return False
    if last.bold != line.bold and (ends or free or _is_short(line)):
        return True
    if lower and not ends:
        return False
    if NUMBERED.match(line.text):
        return ends or free
    indented = line.x0 - last.x0 > 0.8 * line.size
    if len(held) > 1 and abs(held[-2].x0 - last.x0) < 1 and abs(line.x0 - last.x0) > 0.8 * line.size and ends:
        return True
    is_heading = line.text[0].isupper() and _is_short(line) and not ENDS_SENTENCE.search(line.text)
    return free or (ends and (is_heading or (indented and len(held) > 1)))


def _is_short(line: Line) -> bool:
    return 2 * (line.x1 - line.x0) < line.right - line.left


def goes_on(before: Block, after: Block) -> bool:
    """Whether a paragraph continues on the next page or in the next column."""
    if before.kind != "text" or after.kind != "text" or not before.lines or not after.lines:
        return False
    last, line = before.lines[-1], after.lines[0]
    if abs(last.size - line.size) > 0.08 * max(last.size, line.size):
        return False
    if BULLET.match(line.text) or ENDS_SENTENCE.search(last.text) or last.text.isdigit():
        return False
    if HYPHEN.search(last.text) or line.text[0].islower():
        return True
    full = last.x1 >= last.left + FULL_LINE * (last.right - last.left)
    return full and len(before.lines) > 1 and last.bold == line.bold and not NUMBERED.match(line.text)


def joined_over_pages(blocks: Sequence[Block]) -> list[Block]:
    """Join paragraphs over pages; put notes, tables and captions after the paragraph they interrupt."""
    result: list[Block] = []
    taken: set[int] = set()
    for place, block in enumerate(blocks):
        if place in taken:
            continue
        result.append(block)
        ahead = place
        while block.kind == "text" and (ahead := _next_text(blocks, ahead + 1)):
            after = blocks[ahead]
            other_page = after.parts[0][0] != block.parts[-1][0]
            # Within a page only blocks set apart from the text are passed over, and only in mid-sentence.
            apart = other_page or (ahead > place + 1 and after.lines[0].text[0].islower())
            if ahead in taken or not apart or not goes_on(block, after):
                break
            taken.add(ahead)
            block.parts += after.parts
            block.lines = after.lines
    return result


def _next_text(blocks: Sequence[Block], begin: int) -> int:
    """Return the place of the next paragraph, past blocks that may interrupt one; 0 for none."""
    for place in range(begin, min(begin + 12, len(blocks))):
        if blocks[place].kind == "text":
            return place
        if blocks[place].kind == "heading":
            return 0
    return 0
