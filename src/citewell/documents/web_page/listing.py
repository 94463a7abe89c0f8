"""Number the items of lists as their page shows them, and put blocks on a line."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from lxml.etree import _Element as Element


@dataclass(slots=True)
class OpenList:
    """A list that is open: its kind and the next number."""

    is_ordered: bool
    number: int
    step: int
    kind: str


def one_line(text: str) -> str:
    """Put the blocks of a cell or heading on one line: the items of a list behind each other."""
    pieces = [re.sub(r"^\s*- ", "", line).strip() for line in text.split("\n")]
    line = ""
    for piece in filter(None, pieces):
        line += ("" if not line else " " if line[-1] in ".;:,!?" else "; ") + piece
    return line


def open_list(element: Element, tag: str) -> OpenList:
    """Return a list as its attributes say that it is numbered."""
    start = (element.get("start") or "").strip()
    number = int(start) if start.lstrip("-").isdecimal() and len(start) < 8 else 1  # noqa: PLR2004
    if element.get("reversed") is not None:
        items = sum(child.tag == "li" for child in element)
        return OpenList(tag == "ol", number if start else items, -1, element.get("type") or "1")
    return OpenList(tag == "ol", number, 1, element.get("type") or "1")


def numeral(number: int, kind: str) -> str:
    """Write the number of an item as its list does."""
    if kind in {"a", "A"} and 0 < number <= 26:  # noqa: PLR2004
        return chr(ord(kind) + number - 1)
    if kind in {"i", "I"} and 0 < number < 40:  # noqa: PLR2004
        tens, ones = divmod(number, 10)
        units: Sequence[str] = ("", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix")
        written = "x" * tens + units[ones]
        return written if kind == "i" else written.upper()
    return str(number)
