"""What is painted on a page, in the order of painting; lengths are points, y grows upwards."""

from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

Colour: TypeAlias = tuple[float, float, float] | None
"""Red, green and blue, 0 to 1; None where it is a pattern or in a space that is not known here."""

# How letters are painted: these modes do not. What is added where a text object before this one set it.
UNPAINTED = frozenset({3, 7})
FORGOTTEN = 8


class Box(NamedTuple):
    """A rectangle along the axes."""

    x0: float
    y0: float
    x1: float
    y1: float

    def meet(self, other: "Box") -> "Box":
        """Return what both have."""
        return Box(
            max(self.x0, other.x0), max(self.y0, other.y0), min(self.x1, other.x1), min(self.y1, other.y1)
        )

    def holds(self, x: float, y: float) -> bool:
        """Whether a point is in it."""
        return self.x0 <= x <= self.x1 and self.y0 <= y <= self.y1

    @property
    def area(self) -> float:
        """Its area; 0 where it is empty."""
        return max(0.0, self.x1 - self.x0) * max(0.0, self.y1 - self.y0)


@dataclass(slots=True)
class Piece:
    """Characters that one command showed, without white space.

    Attributes:
        text: Its characters.
        edges: Where each of its glyphs begins along the line, and where the last ends.
        lengths: How many characters each glyph stands for.
        y: The baseline, across the direction of reading.
        size: The height of the letters' body, in points.
        bold: Whether the font is.
        turn: The direction of reading, in degrees against the x axis.
        order: When it was painted.
        spaced: Whether a space was shown before it.
        middle: The point in its middle, on the page.
        colour: Of the letters.
        mode: How it was painted; 3 is not at all.
        seen: Whether what it was painted through let it be seen.
        why: Why no reader sees it; "" where one does.
    """

    text: str
    edges: tuple[float, ...]
    lengths: tuple[int, ...]
    y: float
    size: float
    bold: bool
    turn: int
    order: int
    spaced: bool
    middle: tuple[float, float]
    colour: Colour
    mode: int
    seen: bool = True
    why: str = ""

    @property
    def x0(self) -> float:
        """Where it begins."""
        return self.edges[0]

    @property
    def x1(self) -> float:
        """Where it ends."""
        return self.edges[-1]


class Fill(NamedTuple):
    """A filled area, or a picture.

    Attributes:
        box: Where.
        order: When it was painted.
        colour: None where it is not one colour, or not known.
        covers: Whether nothing shows through it.
    """

    box: Box
    order: int
    colour: Colour
    covers: bool


class Rule(NamedTuple):
    """A thin line along an axis.

    Attributes:
        x0: Its left end, or its place where it is upright.
        y0: Its lower end, or its height where it lies.
        x1: Its right end.
        y1: Its upper end.
    """

    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def lies(self) -> bool:
        """Whether it is horizontal."""
        return self.x1 - self.x0 > self.y1 - self.y0


@dataclass(slots=True)
class Sheet:
    """A page.

    Attributes:
        number: Its ordinal, from 1.
        box: What of it is shown.
        pieces: Of text, in the order of painting.
        fills: Areas, in the order of painting.
        rules: Lines.
        pictures: Where there are any.
        label: What the file says is printed on it as its number; "" where it does not say.
        damaged: Whether some of its content could not be unpacked.
        crowded: Whether it has more areas and lines than were noted.
    """

    number: int
    box: Box
    pieces: list[Piece] = field(default_factory=list)
    fills: list[Fill] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)
    pictures: list[Box] = field(default_factory=list)
    label: str = ""
    damaged: bool = False
    crowded: bool = False
