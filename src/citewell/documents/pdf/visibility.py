"""Find the text of a page that no person sees, and the text with a line through it."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

import numpy as np

from citewell.documents.pdf.sheet import UNPAINTED, Colour, Piece, Rule, Sheet

# In points: no person sees smaller letters.
TINY = 2.0
# A person cannot tell apart two colours that differ less in every part: #f3f3f3 on white.
ALIKE = 0.05
WHITE = (1.0, 1.0, 1.0)
# A picture of this share of the page is a scan, and the text on or under it was recognised from the scan.
SCAN = 0.5
# The range of heights of a line through text above the baseline, as shares of the size. An underline lies
# lower.
STRUCK = (0.14, 0.5)
# The share of a glyph's width through which a line must pass.
PASSED = 0.6

PAINTED_NOT = "not painted"
UNSEEN = "in the colour of what is behind it"
COVERED = "behind something"
SMALL = "too small to see"
OUTSIDE = "outside the page"
STRUCK_OUT = "struck out"


def part_unseen(sheet: Sheet) -> list[Piece]:
    """Remove from a page the text that no person sees or that is struck out.

    Returns:
        The removed pieces, each with `why`.
    """
    _say_unseen(sheet)
    kept: list[Piece] = []
    taken: list[Piece] = []
    rules = Struck(rule for rule in sheet.rules if rule.lies)
    for piece in sheet.pieces:
        if piece.why:
            taken.append(piece)
            continue
        for part in rules.cut(piece) if rules else (piece,):
            (taken if part.why else kept).append(part)
    sheet.pieces = kept
    return taken


def _say_unseen(sheet: Sheet) -> None:
    fills = Fills(sheet)
    pictures = [picture.box for picture in sheet.pictures]
    scans = [box for box in pictures if box.area > SCAN * sheet.box.area]
    page = sheet.box
    for piece in sheet.pieces:
        x, y = piece.middle
        if not page.holds(x, y):
            piece.why = OUTSIDE
        elif not piece.seen:
            piece.why = PAINTED_NOT
        elif any(box.holds(x, y) for box in scans):
            continue
        elif piece.mode in UNPAINTED:
            # Invisible text over a picture is the text recognised from it.
            if not any(box.holds(x, y) for box in pictures):
                piece.why = PAINTED_NOT
        elif piece.size < TINY:
            piece.why = SMALL
        else:
            piece.why = fills.why_hidden(piece)


class Fills:
    """The areas of a page, searched all at once: a drawing has thousands."""

    def __init__(self, sheet: Sheet) -> None:
        """Take the areas of a page."""
        self._colours = [fill.colour for fill in sheet.fills]
        self._boxes = np.array([fill.box for fill in sheet.fills], dtype=float).reshape(-1, 4)
        self._orders = np.array([fill.order for fill in sheet.fills], dtype=float)
        self._covers = np.array([fill.covers for fill in sheet.fills], dtype=bool)
        self._paper: Colour = None if sheet.crowded else WHITE

    def why_hidden(self, piece: Piece) -> str:
        """Return why a person cannot tell a piece from its surroundings; "" for a visible piece."""
        behind = self._paper
        if len(self._boxes):
            x, y = piece.middle
            boxes = self._boxes
            at = (boxes[:, 0] <= x) & (boxes[:, 1] <= y) & (boxes[:, 2] >= x) & (boxes[:, 3] >= y)
            found = np.flatnonzero(at)
            earlier = int(np.searchsorted(self._orders[found], piece.order))
            if earlier:
                behind = self._colours[found[earlier - 1]] if self._paper else None
            later = found[earlier:]
            later = later[self._covers[later]]
            # A turned piece is judged by its middle alone.
            left, right = (piece.x0 + 1, piece.x1 - 1) if piece.turn == 0 else (x, x)
            if np.any((boxes[later, 0] <= left) & (boxes[later, 2] >= right)):
                return COVERED
        if behind is not None and piece.colour is not None:
            apart = max(abs(one - other) for one, other in zip(behind, piece.colour, strict=True))
            if apart < ALIKE:
                return UNSEEN
        return ""


class Struck:
    """The lines that may go through text, found by their height."""

    STEP = 4.0

    def __init__(self, rules: Iterable[Rule]) -> None:
        """Sort the rules by height."""
        self._rules: dict[int, list[Rule]] = {}
        for rule in rules:
            self._rules.setdefault(int((rule.y0 + rule.y1) / 2 // self.STEP), []).append(rule)

    def __bool__(self) -> bool:
        """Whether there are any."""
        return bool(self._rules)

    def cut(self, piece: Piece) -> Iterator[Piece]:
        """Yield the parts of a piece; mark the parts that a line goes through."""
        spans = self._through(piece)
        if not spans:
            yield piece
            return
        struck = [
            sum(max(0.0, min(end, to) - max(start, begin)) for begin, to in spans) >= PASSED * (end - start)
            for start, end in zip(piece.edges, piece.edges[1:], strict=False)
        ]
        begin = 0
        for place in range(1, len(struck) + 1):
            if place == len(struck) or struck[place] != struck[begin]:
                yield part(piece, begin, place, STRUCK_OUT if struck[begin] else "")
                begin = place

    def _through(self, piece: Piece) -> list[tuple[float, float]]:
        # A piece without a word may have a line of its own: a root, an arrow, a mark in a chart.
        if piece.turn != 0 or not any(map(str.isalnum, piece.text)):
            return []
        low, high = (piece.y + share * piece.size for share in STRUCK)
        found = [
            (rule.x0, rule.x1)
            for step in range(int(low // self.STEP), int(high // self.STEP) + 1)
            for rule in self._rules.get(step, ())
            if low <= (rule.y0 + rule.y1) / 2 <= high and rule.x0 < piece.x1 and rule.x1 > piece.x0
        ]
        return sorted(set(found))


def part(piece: Piece, begin: int, end: int, why: str) -> Piece:
    """Return some of a piece's glyphs."""
    if begin == 0 and end == len(piece.lengths):
        return replace(piece, why=why)
    start = sum(piece.lengths[:begin])
    return replace(
        piece,
        text=piece.text[start : start + sum(piece.lengths[begin:end])],
        edges=piece.edges[begin : end + 1],
        lengths=piece.lengths[begin:end],
        spaced=piece.spaced and begin == 0,
        why=why,
    )


def told(taken: Iterable[tuple[int, Piece]]) -> Iterator[str]:
    """Yield warnings for people of the text removed from pages; the pages come with their numbers."""
    reasons: dict[str, dict[int, list[str]]] = {}
    for page, piece in taken:
        words = reasons.setdefault(piece.why, {}).setdefault(page, [])
        if words and not piece.spaced and not words[-1].endswith(" "):
            words[-1] += piece.text
        else:
            words.append(piece.text)
    for why, pages in reasons.items():
        where = "page" if len(pages) == 1 else "pages"
        numbers = ", ".join(map(str, sorted(pages)))
        if why == STRUCK_OUT:
            said = "; ".join(" ".join(words) for words in pages.values())
            yield f"{where} {numbers}: left out what is struck out: “{said}”"
        else:
            count = sum(map(len, pages.values()))
            yield f"{where} {numbers}: left out {count:,} word{'s' * (count > 1)} that no reader sees, {why}"
