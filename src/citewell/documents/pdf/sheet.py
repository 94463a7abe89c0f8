"""Hold the painted parts of a page in the order of painting; lengths are points, y grows upwards."""

from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

from pdfminer.pdftypes import PDFStream

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
        """Return the box that both boxes share."""
        return Box(
            max(self.x0, other.x0), max(self.y0, other.y0), min(self.x1, other.x1), min(self.y1, other.y1)
        )

    def holds(self, x: float, y: float) -> bool:
        """Whether a point is in the box."""
        return self.x0 <= x <= self.x1 and self.y0 <= y <= self.y1

    @property
    def area(self) -> float:
        """The area of the box; 0 where the box is empty."""
        return max(0.0, self.x1 - self.x0) * max(0.0, self.y1 - self.y0)


@dataclass(slots=True)
class Piece:
    """Characters that one command showed, without white space.

    Attributes:
        text: Its characters.
        edges: Position along the line where each glyph begins, and where the last glyph ends.
        lengths: Number of characters for which each glyph stands.
        y: The baseline, across the direction of reading.
        size: The height of the letters' body, in points.
        bold: Whether the font is bold.
        turn: The direction of reading, in degrees against the x axis.
        order: Its rank in the order of painting.
        spaced: Whether a space was shown before it.
        middle: The point in its middle, on the page.
        colour: Colour of the letters.
        mode: How the letters were painted; 3 means not painted.
        seen: Whether the clipping path left the piece visible.
        why: The reason why no person sees it; "" where it is visible.
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
        """The left end of the piece along the line."""
        return self.edges[0]

    @property
    def x1(self) -> float:
        """The right end of the piece along the line."""
        return self.edges[-1]


class Fill(NamedTuple):
    """A filled area, or a picture.

    Attributes:
        box: Its place.
        order: Its rank in the order of painting.
        colour: Its colour; None where the area has several colours or an unknown one.
        covers: Whether the area is opaque.
    """

    box: Box
    order: int
    colour: Colour
    covers: bool


class Picture(NamedTuple):
    """A picture.

    Attributes:
        box: The part of the page on which it is seen.
        matrix: The six numbers that lay the unit square, its lower left corner at the origin, on the page.
        stream: The picture as the file stores it.
    """

    box: Box
    matrix: tuple[float, float, float, float, float, float]
    stream: PDFStream


class Rule(NamedTuple):
    """A thin line along an axis.

    Attributes:
        x0: Its left end; for an upright line, its place.
        y0: Its lower end; for a horizontal line, its height.
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
        box: The part of the page that is shown.
        pieces: Pieces of text, in the order of painting.
        fills: Areas, in the order of painting.
        rules: Lines.
        pictures: Pictures, in the order of painting.
        label: The page number that the file says is printed on the page; "" where the file does not say.
        damaged: Whether some of its content could not be unpacked.
        crowded: Whether it has more areas and lines than were noted.
    """

    number: int
    box: Box
    pieces: list[Piece] = field(default_factory=list)
    fills: list[Fill] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)
    label: str = ""
    damaged: bool = False
    crowded: bool = False
