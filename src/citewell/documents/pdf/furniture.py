"""Remove from pages the text that each repeats: running heads, running feet and page numbers."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from citewell.documents.pdf.lines import Row
from citewell.documents.pdf.sheet import Box

# Heads and feet stand in this share of a page's height, and are among so many rows of its edge.
EDGE = 0.17
ROWS = 3
# The largest distance, in pages, of two pages with the same head: left and right pages may differ.
NEAR = 2
# In points: rows whose heights differ by no more are at the same height.
SAME_HEIGHT = 3.0
# Larger letters than this many times those of the text are a heading, even if each slide has it.
HEADING = 1.25
# A row at a distance of so many letter sizes from the next line is set apart from the text.
APART = 1.5
NUMBER = re.compile(r"\d+")
ROMAN = re.compile(r"\b(?=[ivxlc])(?:x[cl]|l?x{0,3})(?:i[xv]|v?i{0,3})\b", re.IGNORECASE)


@dataclass(slots=True)
class Found:
    """A row at a page's edge.

    Attributes:
        page: The page's place in the file, from 0.
        row: The printed row.
        top: Whether the row is at the upper edge.
        key: The row's words, with the same sign for every number.
    """

    page: int
    row: Row
    top: bool
    key: str


def take_off(pages: Sequence[list[Row]], boxes: Sequence[Box], body: float) -> list[str]:
    """Remove heads, feet and page numbers from the rows of pages, in place.

    Args:
        pages: The rows of each page, from the top.
        boxes: The visible box of each page.
        body: The size of the text's letters, in points.

    Returns:
        For each page the number that is printed on it; "" where none was found.
    """
    edges = [list(_edges(place, rows, boxes[place], body)) for place, rows in enumerate(pages)]
    groups: dict[tuple[bool, str], list[Found]] = defaultdict(list)
    for found in (one for page in edges for one in page):
        groups[found.top, found.key].append(found)
    furniture: list[Found] = []
    for (_, key), same in groups.items():
        # They are in the order of their pages: those of the next pages are near in the list.
        kept = [one for at, one in enumerate(same) if _has_fellow(one, same[max(0, at - 8) : at + 9])]
        if key.strip("# -–—.|/·()") == "":
            kept = _counting(kept)
        furniture += kept
    furniture += _at_the_same_height(edges, furniture, len(pages))
    often = {id(one.row) for one in furniture if 2 * len(groups[one.top, one.key]) > max(4, len(pages))}
    taken = _set_apart(pages, {id(one.row) for one in furniture}, often)
    furniture = [one for one in furniture if id(one.row) in taken]
    for rows in pages:
        rows[:] = [row for row in rows if id(row) not in taken]
    return _numbers(furniture, len(pages))


def _set_apart(pages: Sequence[Sequence[Row]], found: set[int], often: set[int]) -> set[int]:
    """Return the outermost rows that are set apart from the text or stand on most pages.

    Two pages can have equal lines of text, but such lines are not set apart from the next lines.
    """
    taken: set[int] = set()
    for rows in filter(None, pages):
        for inward in (rows, rows[::-1]):
            held: list[int] = []
            for row, following in zip(inward, [*inward[1:], None], strict=True):
                if id(row) not in found:
                    break
                held.append(id(row))
                gap = abs(row.y - following.y) if following else APART * row.size
                if id(row) in often or gap >= APART * max(row.size, following.size if following else 0):
                    taken.update(held)
                    held.clear()
    return taken


def _edges(page: int, rows: Sequence[Row], box: Box, body: float) -> Iterator[Found]:
    height = box.y1 - box.y0
    upper, lower = box.y1 - EDGE * height, box.y0 + EDGE * height
    for place, row in enumerate(rows):
        top = place < ROWS and row.y > upper
        if (top or (place >= len(rows) - ROWS and row.y < lower)) and row.size <= HEADING * body:
            key = ROMAN.sub("#", NUMBER.sub("#", " ".join(row.text.split())))
            yield Found(page, row, top, key)


def _has_fellow(one: Found, same: Sequence[Found]) -> bool:
    """Whether a page near by has the same words at the same height."""
    return any(
        other.page != one.page
        and abs(other.page - one.page) <= NEAR
        and abs(other.row.y - one.row.y) <= SAME_HEIGHT
        for other in same
    )


def _counting(found: Sequence[Found]) -> list[Found]:
    """Return the rows whose number counts the pages; other numbers belong to the text."""
    offsets = Counter(number - one.page for one in found for number in _values(one.row.text)[:1])
    return [
        one for one in found if any(offsets[number - one.page] > 1 for number in _values(one.row.text)[:1])
    ]


def _values(text: str) -> list[int]:
    arabic = [int(number) for number in NUMBER.findall(text) if len(number) < 6]
    return arabic or [roman(word) for word in ROMAN.findall(text) if word]


def roman(word: str) -> int:
    """Return the value of a Roman number.

    >>> roman("xiv")
    14
    """
    values = [{"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}[letter] for letter in word.lower()]
    later = [*values[1:], 0]
    return sum(-value if value < after else value for value, after in zip(values, later, strict=True))


def _at_the_same_height(
    edges: Sequence[Sequence[Found]], furniture: Sequence[Found], pages: int
) -> Iterator[Found]:
    """Yield the rows at the height of most pages' head or foot, such as the name of a short chapter."""
    if pages < 4:
        return
    known = {id(one.row) for one in furniture}
    heights = Counter((one.top, round(one.row.y)) for one in furniture)
    usual = {place for place, count in heights.items() if 2 * count >= pages}
    for page in edges:
        for found in page:
            near = {(found.top, round(found.row.y) + step) for step in (-1, 0, 1)}
            outermost = all(
                other is found or (other.row.y < found.row.y) == found.top
                for other in page
                if other.top == found.top
            )
            if id(found.row) not in known and near & usual and outermost:
                yield found


def _numbers(furniture: Sequence[Found], pages: int) -> list[str]:
    """Return the number printed on each page: the number that grows with the pages."""
    spelled: dict[int, list[tuple[int, str]]] = defaultdict(list)
    for one in furniture:
        words = NUMBER.findall(one.row.text) or [word for word in ROMAN.findall(one.row.text) if word]
        spelled[one.page] += [
            (int(word) if word.isdigit() else roman(word), word) for word in words if len(word) < 6
        ]
    offsets = Counter(value - page for page, found in spelled.items() for value, _ in found)
    labels = [""] * pages
    for page, found in spelled.items():
        best = max(found, key=lambda pair: offsets[pair[0] - page], default=(0, ""))
        if offsets[best[0] - page] > 1:
            labels[page] = best[1]
    return labels
