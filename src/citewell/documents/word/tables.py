"""Read tables: each row is a line, and a merged cell stands in each of its rows and columns."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from citewell.documents.word import names
from citewell.documents.word.names import child, is_on, number, value, w

# In a table of one row, cells with more words than this are the columns of a page.
LONGEST_CELL = 400
# No page has as many columns.
_WIDEST = 200
_DELETED, _SPAN, _ACROSS, _DOWN = map(w, ("cellDel", "gridSpan", "hMerge", "vMerge"))


@dataclass(slots=True)
class Cell:
    """A cell.

    Attributes:
        text: Words of the cell, on one line.
        column: Column in which the cell begins, from 0.
        width: Number of columns.
        is_merged: Whether the cell continues one of the row above.
    """

    text: str
    column: int
    width: int = 1
    is_merged: bool = False


@dataclass(slots=True)
class Row:
    """A row; `is_head` where the document says that it heads the columns."""

    cells: list[Cell]
    is_head: bool = False

    @property
    def line(self) -> str:
        """The text of each column with " | " between; a cell over all columns stands alone."""
        if len(self.cells) == 1:
            return self.cells[0].text
        columns: list[str] = []
        for cell in self.cells:
            columns += [""] * (cell.column - len(columns))
            columns += [cell.text] * cell.width
        return " | ".join(columns).strip() if any(columns) else ""


def read_rows(table: Any, text: Callable[[Any], str], withdraw: Callable[[Any], None]) -> list[Row]:
    """Read the visible rows.

    Args:
        table: Element of the table.
        text: Returns the words of a cell on one line.
        withdraw: Called with the rows and cells that were deleted.
    """
    rows: list[Row] = []
    above: dict[int, Cell] = {}
    for element in nearest_below(table, names.ROW):
        properties = child(element, "trPr")
        if child(properties, "del") is not None:
            withdraw(element)
            continue
        row = Row([], _is_set(properties, "tblHeader"))
        at = min(number(child(properties, "gridBefore")), _WIDEST)
        merged: dict[int, Cell] = {}
        for one in nearest_below(element, names.CELL):
            of_cell = names.children(child(one, "tcPr"))
            if _DELETED in of_cell:
                withdraw(one)
                continue
            width = max(1, min(number(of_cell.get(_SPAN), default=1), _WIDEST))
            if row.cells and value(of_cell.get(_ACROSS)) == "continue":
                row.cells[-1].width += width
                at += width
                continue
            vertical = of_cell.get(_DOWN)
            goes_on = vertical is not None and value(vertical) != "restart" and at in above
            cell = Cell(above[at].text if goes_on else text(one), at, width, is_merged=goes_on)
            if vertical is not None:
                merged[at] = cell
            row.cells.append(cell)
            at += width
        above = merged
        rows.append(row)
    return rows


def count_head(table: Any, rows: list[Row]) -> int:
    """Return the number of header rows at the top.

    Rows that the document repeats on each page are header rows. Without such rows, the first row is a header,
    with the rows into which its cells reach. There is no header if the document says that the table's style
    does not set the first row off, or if the table has one column or row.
    """
    marked = next((place for place, row in enumerate(rows) if not row.is_head), len(rows))
    if marked:
        return marked if marked < len(rows) else 0
    if len(rows) < 2 or max(len(row.cells) for row in rows) < 2:  # noqa: PLR2004
        return 0
    look = child(table, "tblPr", "tblLook")
    if value(look, "firstRow") in {"0", "false", "off"} or any(
        cell.text.replace(".", "").replace(",", "").isdigit() for cell in rows[0].cells[:1]
    ):
        return 0
    head = 1
    columns = max(cell.column + cell.width for cell in rows[0].cells)
    spans = any(1 < cell.width < columns for cell in rows[0].cells)
    while head < len(rows) - 1 and (
        any(cell.is_merged for cell in rows[head].cells) or (head == 1 and spans)
    ):
        head += 1
        spans = False
    return head


def _head_line(rows: list[Row]) -> str:
    """Return the names of the columns; under a head over several columns both names."""
    columns = max((cell.column + cell.width for row in rows for cell in row.cells), default=0)
    heads: list[list[str]] = [[] for _ in range(min(columns, _WIDEST))]
    for row in rows:
        for cell in row.cells:
            for head in heads[cell.column : cell.column + cell.width]:
                if cell.text and not cell.is_merged and cell.text not in head:
                    head.append(cell.text)
    return " | ".join(" ".join(head) for head in heads) if any(heads) else ""


def lines_of(rows: list[Row], head: int) -> tuple[str, list[str]]:
    """Return the header on a line, "" for none, and the rows below it.

    Several header rows become one line, with the names of each column together.
    """
    header = _head_line(rows[:head]) if head > 1 else "".join(row.line for row in rows[:head])
    return header, [row.line for row in rows[head:]]


def nearest_below(element: Any, tag: str) -> Iterator[Any]:
    """Yield the nearest elements of a kind below an element; skip the rows of a nested table."""
    for one in element:
        if one.tag == tag:
            yield one
        elif one.tag not in names.PROPERTIES and one.tag != names.PARAGRAPH:
            yield from nearest_below(one, tag)


def _is_set(properties: Any, name: str) -> bool:
    found = child(properties, name)
    return found is not None and is_on(found)
