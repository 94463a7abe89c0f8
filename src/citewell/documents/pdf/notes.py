"""Take the notes at the foot of a page out of its columns."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from citewell.documents.pdf.bands import Column, Table
from citewell.documents.pdf.lines import Segment
from citewell.documents.pdf.sheet import Rule

# Notes have letters smaller than this share of the text's size, unless a line is drawn above the notes.
SMALL = 0.95
# In points: the line above notes begins within this distance of the notes' left edge.
ALIGNED = 6.0
SIGN = re.compile(r"(?:\[?(\d{1,3})[\].)]?|([*∗†‡§¶#]{1,3})|\(?([a-z])[.)])(?=\s|$)")
RAISED_SIGN = re.compile(r"\s*\[?(\d{1,3}|[*∗†‡§¶#]{1,3}|[a-z])[\].)]?\s*$")


@dataclass(slots=True)
class Note:
    """A note at the foot of a page.

    Attributes:
        sign: The sign before the note; "" when the note continues one of the page before.
        lines: The lines of the note, without the sign.
    """

    sign: str
    lines: list[Segment]


def take_notes(blocks: Sequence[Column | Table], rules: Sequence[Rule], body: float) -> list[Note]:
    """Take the notes off the ends of columns, and return them in order.

    Args:
        blocks: The blocks of a page; their columns lose the notes.
        rules: The drawn lines of the page.
        body: The size of the text's letters, in points.
    """
    notes: list[Note] = []
    for place, block in enumerate(blocks):
        if isinstance(block, Column) and not _has_below(block, blocks[place + 1 :]):
            begin = _begin(block, rules, body)
            if begin < len(block.lines):
                notes += _parted(block.lines[begin:])
                del block.lines[begin:]
    return notes


def _has_below(column: Column, later: Sequence[Column | Table]) -> bool:
    """Whether something else stands under a column."""
    foot = column.lines[-1].y if column.lines else 0.0
    for block in later:
        if isinstance(block, Table):
            if block.bottom < foot:
                return True
        elif (
            block.lines
            and block.lines[0].y < foot
            and block.left < column.right
            and block.right > column.left
        ):
            return True
    return False


def _begin(column: Column, rules: Sequence[Rule], body: float) -> int:
    """Return the first line of a column's notes; the number of its lines when it holds none."""
    lines = column.lines
    widest = max(0.6 * (column.right - column.left), 150)
    for rule in rules:
        if not rule.lies or abs(rule.x0 - column.left) > ALIGNED or not 18 < rule.x1 - rule.x0 < widest:
            continue
        below = next((place for place, line in enumerate(lines) if line.y < rule.y0), len(lines))
        held = lines[below:]
        small = all(line.size <= 1.02 * body for line in held)
        if held and small and rule.y0 - held[0].y < 3 * body and (below or _sign(held[0])[0]):
            return below
    begin = len(lines)
    while begin and lines[begin - 1].size <= SMALL * body:
        begin -= 1
    while begin < len(lines) and not _sign(lines[begin])[0]:
        begin += 1
    # Small print with numbers is no note where the whole column is small.
    return begin if begin or (lines and _is_raised(lines[0])) else len(lines)


def _is_raised(line: Segment) -> bool:
    return line.runs[0].level == 1


def _sign(line: Segment) -> tuple[str, int]:
    """Return the sign of a note that a line begins with, and its length; "" when there is none."""
    first = line.runs[0]
    if first.level == 1 and (found := RAISED_SIGN.match(first.text)):
        return found[1], -1
    if first.level == 0 and (found := SIGN.match(first.text)):
        return next(filter(None, found.groups())), found.end()
    return "", 0


def _parted(lines: Sequence[Segment]) -> list[Note]:
    """Split the lines of notes before each sign."""
    notes: list[Note] = []
    for line in lines:
        sign, length = _sign(line)
        if sign and _follows(notes, sign, raised=length < 0):
            if length < 0:
                del line.runs[0]
            else:
                line.runs[0].text = line.runs[0].text[length:]
            notes.append(Note(sign, [line] if line.runs else []))
        elif notes:
            notes[-1].lines.append(line)
        else:
            notes.append(Note("", [line]))
    return notes


def _follows(notes: Sequence[Note], sign: str, *, raised: bool) -> bool:
    """Whether a sign can be the next: a number at a line's start may belong to the note's text."""
    numbers = [int(note.sign) for note in notes if note.sign.isdigit()]
    if not sign.isdigit() or not numbers or raised:
        return True
    return numbers[-1] < int(sign) <= numbers[-1] + 2
