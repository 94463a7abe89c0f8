"""Note what the commands of a page paint: characters, lines, areas and pictures."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from pdfminer.pdfdevice import PDFDevice
from pdfminer.pdffont import PDFFont, PDFType1Font
from pdfminer.pdfinterp import PDFGraphicState, PDFResourceManager, PDFTextState
from pdfminer.pdfpage import PDFPage
from pdfminer.pdftypes import PDFStream
from pdfminer.psparser import PSLiteral
from pdfminer.utils import Matrix, mult_matrix

from citewell.documents.pdf.damage import DAMAGE
from citewell.documents.pdf.glyphs import Glyphs
from citewell.documents.pdf.sheet import Box, Colour, Fill, Picture, Piece, Rule, Sheet

# The most lines and areas that are noted: a page with more holds a drawing, and no table has as many.
MOST_SHAPES = 20_000
# In points: a thinner area is a line.
THIN = 2.5
# A gap of at least this share of the letters' size is a space. TeX's narrowest space is 0.2,
# its widest kern 0.1.
SPACE = 0.16


class Fonts(PDFResourceManager):
    """The fonts of a file, each with what its codes stand for."""

    def __init__(self) -> None:
        """Begin with none."""
        super().__init__(caching=True)
        self.glyphs: dict[PDFFont, Glyphs] = {}

    def get_font(self, objid: object, spec: Mapping[str, object]) -> PDFFont:
        """Return a font; for a damaged font, its sound parts."""
        try:
            font = super().get_font(objid, spec)
        except DAMAGE:
            font = PDFType1Font(self, {"BaseFont": PSLiteral("damaged")})
        if font not in self.glyphs or "DescendantFonts" in spec:
            self.glyphs[font] = Glyphs(font, spec)
        return font


class State(PDFGraphicState):
    """The painting state: the values that pdfminer keeps, and further ones that it lacks."""

    def __init__(self) -> None:
        """Begin as a page does."""
        super().__init__()
        self.fill: Colour = (0.0, 0.0, 0.0)
        self.stroke: Colour = (0.0, 0.0, 0.0)
        self.alpha = 1.0
        self.plain = True
        self.clip: Box | None = None

    def copy(self) -> "State":
        """Return another that is the same."""
        made = State()
        made.__dict__.update(self.__dict__)
        return made


class Painter(PDFDevice):
    """Notes what is painted on a page."""

    def __init__(self, fonts: Fonts) -> None:
        """Begin with no page."""
        super().__init__(fonts)
        self.fonts = fonts
        self.sheet = Sheet(0, Box(0, 0, 0, 0))
        self.order = 0
        # How many optional parts that are off are open.
        self.off = 0

    def begin_page(self, page: PDFPage, ctm: Matrix) -> None:
        """Set the sheet's box: the part of the page that is shown."""
        self.order, self.off = 0, 0
        x0, y0, x1, y1 = (page.cropbox, page.mediabox)[page.cropbox == (0, 0, 0, 0)]
        self.sheet.box = box_of([(x0, y0), (x1, y1)], ctm)

    def show(  # noqa: C901, PLR0915 - all characters of a file go through this loop, and calls cost more than they do
        self, text: PDFTextState, state: State, shown: Sequence[Any]
    ) -> None:
        """Note the characters that a command shows."""
        font = text.font
        if font is None or self.ctm is None:
            return
        glyphs = self.fonts.glyphs[font]
        a, b, c, d, e, f = mult_matrix(text.matrix, self.ctm)
        scaling = text.scaling * 0.01
        upright = font.is_vertical()
        # Along the line: device units for one of text space, and the direction.
        along_x, along_y = (-c, -d) if upright else (a, b)
        scale = math.hypot(along_x, along_y)
        across = math.hypot(c, d) if not upright else math.hypot(a, b)
        size = abs(text.fontsize) * (across or scale)
        if not scale or not math.isfinite(scale + size + e + f):
            return
        if text.fontsize * scaling < 0:
            along_x, along_y = -along_x, -along_y
        turn = round(math.degrees(math.atan2(along_y, along_x))) % 360
        cos, sin = along_x / scale, along_y / scale
        lx, ly = text.linematrix
        start_x = a * lx + c * (ly + text.rise) + e
        start_y = b * lx + d * (ly + text.rise) + f
        at, y = start_x * cos + start_y * sin, start_y * cos - start_x * sin
        if turn == 0:
            cos, sin, at, y = 1.0, 0.0, start_x, start_y
        begun = at
        unit = scale * (1.0 if upright else abs(scaling))
        points = abs(text.fontsize) * unit
        between = text.charspace * unit
        extra = 0.0 if font.is_multibyte() else text.wordspace * unit
        colour = state.stroke if text.render in {1, 5} else state.fill
        seen = self.off == 0 and state.alpha > 0.02
        limit = SPACE * max(points, size * 0.3)

        letters: list[str] = []
        edges: list[float] = []
        lengths: list[int] = []
        end, spaced = at, False
        self.order += 1

        def flush() -> None:
            nonlocal spaced
            if letters:
                edges.append(end)
                half = (edges[0] + end) / 2
                height = y + 0.3 * size
                middle = half * cos - height * sin, half * sin + height * cos
                visible = seen and (state.clip is None or state.clip.holds(*middle))
                self.sheet.pieces.append(
                    Piece(
                        "".join(letters), tuple(edges), tuple(lengths), y, size, glyphs.bold, turn,
                        self.order, spaced, middle, colour, text.render, visible,
                    )
                )  # fmt: skip
                letters.clear()
                edges.clear()
                lengths.clear()
                spaced = False

        for part in shown:
            if isinstance(part, int | float):
                at -= part * 0.001 * points
                continue
            if not isinstance(part, bytes):
                continue
            for code in font.decode(part):
                characters, width = glyphs[code]
                if characters.isspace():
                    flush()
                    spaced = True
                    at += width * points + between + (extra if code == 32 else 0.0)
                    end = at
                    continue
                if letters and not -size < at - end < limit:
                    flush()
                letters.append(characters)
                edges.append(at)
                lengths.append(len(characters))
                end = at + abs(width) * points
                at = end + between + (extra if code == 32 else 0.0)
                if between > 0:
                    end = at
        flush()
        moved = (at - begun) / (unit or 1.0)
        text.linematrix = (lx, ly - moved) if upright else (lx + math.copysign(moved, text.fontsize), ly)

    def paint(self, state: State, path: Sequence[Any], *, stroke: bool, fill: bool) -> None:
        """Note the lines and areas of a path."""
        if self.off or state.alpha < 0.02 or self.ctm is None:
            return
        self.order += 1
        for part in subpaths(path):
            if len(self.sheet.fills) + len(self.sheet.rules) > MOST_SHAPES:
                # From here on the colour behind text is not known.
                self.sheet.crowded = True
                return
            straight = all(step[0] in "mlh" for step in part)
            box = box_of([step[-2:] for step in part if len(step) > 2], self.ctm)
            if state.clip is not None:
                box = box.meet(state.clip)
            width, height = box.x1 - box.x0, box.y1 - box.y0
            if width < 0 or height < 0:
                continue
            is_box = straight and len(part) in {4, 5, 6} and self._is_box(part)
            if min(width, height) < THIN:
                if straight and (stroke or fill):
                    self.sheet.rules.append(Rule(*box))
            elif fill:
                covers = is_box and state.alpha > 0.98 and state.plain
                self.sheet.fills.append(Fill(box, self.order, state.fill if covers else None, covers))
            if stroke and is_box and min(width, height) >= THIN:
                x0, y0, x1, y1 = box
                self.sheet.rules += [
                    Rule(x0, y0, x1, y0), Rule(x0, y1, x1, y1), Rule(x0, y0, x0, y1), Rule(x1, y0, x1, y1),
                ]  # fmt: skip

    def _is_box(self, part: Sequence[Any]) -> bool:
        points = [step[-2:] for step in part if len(step) > 2]
        xs, ys = ({round(point[axis], 1) for point in points} for axis in (0, 1))
        _, b, c, _, _, _ = self.ctm or (1, 0, 0, 1, 0, 0)
        a, d = (self.ctm or (1, 0, 0, 1, 0, 0))[0], (self.ctm or (1, 0, 0, 1, 0, 0))[3]
        return len(xs) <= 2 and len(ys) <= 2 and (b == c == 0 or a == d == 0)

    def picture(self, state: State, stream: PDFStream, *, covers: bool) -> None:
        """Note a picture, which fills the unit square."""
        if self.off or state.alpha < 0.02 or self.ctm is None:
            return
        self.order += 1
        box = box_of([(0, 0), (1, 0), (0, 1), (1, 1)], self.ctm)
        if state.clip is not None:
            box = box.meet(state.clip)
        if box.area > 0 and len(self.sheet.fills) < MOST_SHAPES:
            self.sheet.pictures.append(Picture(box, self.ctm, stream))
            self.sheet.fills.append(Fill(box, self.order, None, covers and state.alpha > 0.98))

    def shade(self, state: State) -> None:
        """Note a shading, which fills the whole clipped area with more than one colour."""
        self.order += 1
        box = self.sheet.box if state.clip is None else state.clip
        if len(self.sheet.fills) < MOST_SHAPES:
            self.sheet.fills.append(Fill(box, self.order, None, covers=False))


def box_of(points: Sequence[Any], ctm: Matrix) -> Box:
    """Return the smallest box around points, on the page."""
    a, b, c, d, e, f = ctm
    xs = [a * x + c * y + e for x, y in points] or [0.0]
    ys = [b * x + d * y + f for x, y in points] or [0.0]
    return Box(min(xs), min(ys), max(xs), max(ys))


def subpaths(path: Sequence[Any]) -> list[list[Any]]:
    """Return the parts of a path that are drawn without lifting the pen."""
    parts: list[list[Any]] = []
    for step in path:
        if step[0] == "m" or not parts:
            parts.append([])
        parts[-1].append(step)
    return [part for part in parts if len(part) > 1 and part[0][0] == "m"]
