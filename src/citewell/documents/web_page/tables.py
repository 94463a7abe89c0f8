"""Lay out a page's table as a grid of rows; a merged cell fills each row and column that it spans."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from lxml.etree import _Element as Element

from citewell.documents.headers import looks_like_a_header
from citewell.documents.web_page.main_part import Amounts
from citewell.documents.web_page.visibility import GONE

MOST_COLUMNS = 200  # that a merged cell may span; HTML allows 1,000, and a page may use that in every row
MOST_CELLS = 200_000
LONGEST_CELL = 1_200  # characters; a longer cell is a part of the page and no value
SEPARATOR = " | "
_CODE = re.compile(r"highlighttable|rouge-table|gutter|linenos|lineno|blob-num|code-?table", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Part:
    """Rows of a table below one header.

    Attributes:
        header: The names of the columns on one line; "" where they have no names.
        group: The text of the row across all columns above these rows; "" where there is none.
        rows: The rows, each on one line.
    """

    header: str
    group: str
    rows: tuple[str, ...]


@dataclass(slots=True)
class _Row:
    cells: list[str]
    is_header: bool
    spans_all: bool


def is_layout(table: Element, amounts: Amounts) -> bool:
    """Whether a table only places parts of a page beside each other."""
    if (table.get("role") or "").lower() in {"presentation", "none"} or _CODE.search(
        table.get("class") or ""
    ):
        return True
    rows = list(_rows(table))
    cells = [cell for row in rows for cell in row if cell.tag in {"td", "th"}]
    if any(amounts[cell].text > LONGEST_CELL or amounts[cell].headings for cell in cells if cell in amounts):
        return True
    if any(cell.tag == "th" for cell in cells) or table.find("caption") is not None:
        return False
    most = max((sum(cell.tag in {"td", "th"} for cell in row) for row in rows), default=0)
    return most <= 1


def read_parts(table: Element, said: Callable[[Element], str], separator: str = SEPARATOR) -> Iterator[Part]:
    """Yield a table's rows by header and group.

    Args:
        table: The element.
        said: Returns a cell's words on one line.
        separator: What stands between the cells of a row.
    """
    rows = [row for row in _grid(table, said) if any(row.cells)]
    named = _header_rows(rows)
    header = _joined(rows[:named], separator)
    group, kept = "", list[str]()
    for row in rows[named:]:
        # A row across all columns names the group below; a header row within a table begins a new part.
        is_group = row.spans_all and len(row.cells) > 1
        is_new = row.is_header and len({*row.cells}) > 1
        if is_group or is_new:
            if kept:
                yield Part(header, group, tuple(kept))
            kept = []
            if is_group:
                group = row.cells[0]
            else:
                header, group = separator.join(row.cells), ""
        else:
            kept.append(separator.join(row.cells))
    if kept or group or header:
        yield Part(header, group, tuple(kept))


def _rows(table: Element) -> Iterator[Element]:
    """Yield the rows of a table, its foot last."""
    feet = []
    for child in table:
        if child.tag == "tr":
            yield child
        elif child.tag == "tfoot":
            feet.append(child)
        elif child.tag in {"thead", "tbody"}:
            yield from (row for row in child if row.tag == "tr")
    for foot in feet:
        yield from (row for row in foot if row.tag == "tr")


def _grid(table: Element, said: Callable[[Element], str]) -> Iterator[_Row]:
    """Yield rows whose merged cells are repeated in each column and row that they span."""
    held: dict[int, tuple[str, int]] = {}  # column to a cell's text and the rows it still spans
    total = 0
    for row in _rows(table):
        cells: list[str] = []
        heads = datas = 0
        spans: list[int] = []
        for cell in row:
            if cell.tag not in {"td", "th"}:
                continue
            if total + len(cells) >= MOST_CELLS:
                held.clear()
            _fill(cells, held)
            text = said(cell)
            heads, datas = heads + (cell.tag == "th"), datas + (cell.tag == "td" and bool(text))
            wide = min(_span(cell, "colspan"), MOST_COLUMNS) if total + len(cells) < MOST_CELLS else 1
            high = _span(cell, "rowspan", 0)
            spans.append(wide)
            for _ in range(wide):
                if high != 1:
                    held[len(cells)] = (text, (high or MOST_CELLS) - 1)
                cells.append(text)
        total += len(cells)
        if total < MOST_CELLS:
            _fill(cells, held)
        in_head = row.getparent() is not None and row.getparent().tag == "thead"
        yield _Row(
            cells,
            is_header=(in_head or (heads > 0 and not datas)) and bool(spans),
            spans_all=len(spans) == 1 and spans[0] > 1 and spans[0] >= len(cells),
        )


def _fill(cells: list[str], held: dict[int, tuple[str, int]]) -> None:
    """Add the cells that span down from the rows above."""
    while len(cells) in held:
        text, left = held.pop(len(cells))
        if left > 1:
            held[len(cells)] = (text, left - 1)
        cells.append(text)


def _span(cell: Element, name: str, least: int = 1) -> int:
    value = (cell.get(name) or "").strip()
    return max(least, int(value)) if value.isdecimal() and value.isascii() and len(value) < 6 else 1  # noqa: PLR2004


def _header_rows(rows: Sequence[_Row]) -> int:
    """Return how many rows at the top name the columns."""
    count = 0
    for row in rows:
        if not row.is_header or (row.spans_all and len(row.cells) > 1 and count):
            break
        count += 1
    if count == len(rows) and count > 1:
        # Every row is marked as a header: only the first row is the header.
        return 1
    if count:
        return count
    return 1 if rows and looks_like_a_header([row.cells for row in rows]) else 0


def _joined(rows: Sequence[_Row], separator: str) -> str:
    """Join the rows of a header column by column: "Catch" over "2021" is "Catch 2021"."""
    if not rows:
        return ""
    columns = max(len(row.cells) for row in rows)
    names = []
    for column in range(columns):
        stacked = [row.cells[column] for row in rows if column < len(row.cells)]
        names.append(" ".join(dict.fromkeys(filter(None, stacked))))
    return separator.join(names)


def is_line_number(cell: Element) -> bool:
    """Whether a cell numbers the lines of code beside it."""
    return cell.tag != GONE and _CODE.search(cell.get("class") or "") is not None
