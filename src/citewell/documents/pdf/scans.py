"""Read the pages that are pictures, where an OCR engine is installed (the extra `ocr`).

What the engine reads becomes pieces of text on the page, which are then put into lines, columns and
paragraphs as the pieces of any page.
"""

from collections.abc import Callable, Sequence
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from statistics import median
from typing import NamedTuple, TypeAlias

from citewell.documents.pdf.sheet import Box, Piece, Sheet
from citewell.documents.pdf.visibility import SCAN

# The height of the letters' body, as a share of the height of a line's box.
BODY = 0.8
# Lines whose heights differ less from the usual one have one size: a line without letters that go up or down
# has a lower box.
LOWEST, HIGHEST = 0.65, 1.4


class ReadLine(NamedTuple):
    """A line that was read from a picture.

    Attributes:
        text: Its words.
        box: Its place on the page, in points; y grows upwards.
    """

    text: str
    box: Box


Recogniser: TypeAlias = Callable[[Sheet], Sequence[ReadLine]]
"""Reads the lines in a page's pictures, in any order."""


def is_scan(sheet: Sheet) -> bool:
    """Whether pictures cover a page."""
    return sum(picture.box.meet(sheet.box).area for picture in sheet.pictures) > SCAN * sheet.box.area


def has_engine() -> bool:
    """Whether an OCR engine is installed."""
    return find_spec("rapidocr") is not None


def read_scans(sheets: Sequence[Sheet]) -> list[int]:
    """Put the words in the pictures of pages without text on these pages; return the pages' ordinals."""
    read: list[int] = []
    for sheet in sheets:
        if not sheet.pieces and is_scan(sheet) and has_engine():
            sheet.pieces += pieces_of(_recogniser()(sheet), 1 + max(fill.order for fill in sheet.fills))
            if sheet.pieces:
                read.append(sheet.number)
    return read


def pieces_of(lines: Sequence[ReadLine], order: int) -> list[Piece]:
    """Return the words of lines. The engine gives no places of words: each has its share of the line.

    Args:
        lines: The lines.
        order: The rank of the first in the order of painting.
    """
    pieces: list[Piece] = []
    usual = median(line.box.y1 - line.box.y0 for line in lines) if lines else 0.0
    for line in lines:
        height = line.box.y1 - line.box.y0
        size = BODY * (usual if LOWEST < height / usual < HIGHEST else height)
        middle = (line.box.y0 + line.box.y1) / 2
        width = (line.box.x1 - line.box.x0) / len(line.text)
        at = 0
        for number, word in enumerate(line.text.split(" ")):
            edges = tuple(line.box.x0 + width * (at + place) for place in range(len(word) + 1))
            at += len(word) + 1
            if word:
                order += 1
                pieces.append(
                    Piece(
                        text=word,
                        edges=edges,
                        lengths=(1,) * len(word),
                        y=middle - 0.3 * size,
                        size=size,
                        bold=False,
                        turn=0,
                        order=order,
                        spaced=number > 0,
                        middle=((edges[0] + edges[-1]) / 2, middle),
                        colour=None,
                        mode=0,
                    )
                )
    return pieces


@cache
def _recogniser() -> Recogniser:
    """Return the engine, which takes a second to load."""
    made: Recogniser = import_module("citewell.documents.pdf.recognition").make_recogniser()
    return made
