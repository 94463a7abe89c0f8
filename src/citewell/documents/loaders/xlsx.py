"""Read Excel workbooks as a person sees them: each sheet is a section, with its cells as formatted.

Hidden sheets, rows and columns are not read. A formula is read as the value that it had when the workbook
was saved.
"""

import io
import re
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.utils.exceptions import InvalidFileException

from citewell.documents.archives import DAMAGE, check_archive
from citewell.documents.loader import Article
from citewell.documents.remarks import Remarks
from citewell.documents.structure import TextBuilder
from citewell.errors import LoadError
from citewell.text.raised import write_lowered, write_raised

# A formula whose cell has no value.
EMPTY_FORMULA = re.compile(rb"(?:</f>|<f[^<>]{0,500}/>)(?:<v></v>|<v/>)?</c>")
UNREAD = {"xl/media/": "picture", "xl/charts/chart": "chart", "xl/comments": "part with comment"}
WHITE = "FFFFFFFF"
# In a format, text in quotes or behind a backslash is shown as it is; [$€-407] is a currency; [Red] is not
# shown.
LITERAL = re.compile(r'"([^"]*)"|\\\\(.)|\[\$([^\]-]*)[^\]]*\]|\[[^\]]*\]|[_*].')
FIGURES = re.compile(r"[#0?][#0?,]*(?:\.([0#?]+))?")
# The number of digits that Excel shows of a number without a format.
DIGITS = 11
# openpyxl makes an object of each cell. A sheet with one cell in its last corner spans 17 thousand million.
MOST_CELLS = 1_000_000
Grid = list[list[str]]


class XlsxLoader:
    """One article a workbook; title, author and date from its core properties."""

    suffixes = (".xlsx",)

    def load(self, path: Path) -> Iterator[Article]:
        """Yield the article."""
        data = path.read_bytes()
        builder, remarks = TextBuilder(), Remarks()
        try:
            check_archive(data, path.name)
            with warnings.catch_warnings():
                # openpyxl warns of content that it would lose when saving; citewell only reads.
                warnings.simplefilter("ignore")
                book = openpyxl.load_workbook(io.BytesIO(data), data_only=True, rich_text=True)
            for sheet in book.worksheets:
                if sheet.sheet_state == "visible":
                    add_sheet(sheet, builder, remarks)
                else:
                    remarks.not_read("hidden sheet")
            tell_unread(data, remarks)
            core = book.properties
        except LoadError as error:
            message = f"{path.name}: {str(error).removeprefix(f'{path.name}: ')}"
            raise LoadError(message) from error
        except (*DAMAGE, InvalidFileException) as error:
            message = f"{path.name}: is damaged or no workbook of Excel; save it anew, or a sheet as .csv"
            raise LoadError(message) from error
        # openpyxl fills in today's date and its own name where the workbook has neither.
        made_up = core.creator == "openpyxl"
        yield Article(
            text=builder.text,
            title=core.title or "",
            published="" if made_up or not core.created else core.created.date().isoformat(),
            author="" if made_up else core.creator or "",
            marks=builder.marks,
            warnings=remarks.sentences,
        )


def add_sheet(sheet: Any, builder: TextBuilder, remarks: Remarks) -> None:
    """Add a sheet: its name as a heading, and each block of rows between blank rows as a table."""
    grid = seen_cells(sheet, remarks)
    if not any(any(row) for row in grid):
        return
    builder.heading(sheet.title, 1)
    block: Grid = []
    for row in [*grid, []]:
        if any(row):
            block.append(row)
        elif block:
            add_block(block, builder)
            block = []


def add_block(rows: Grid, builder: TextBuilder) -> None:
    """Add a block of rows without a blank row; rows of one cell above its table become paragraphs."""
    columns = [
        place for place in range(max(map(len, rows))) if any(row[place : place + 1] != [""] for row in rows)
    ]
    rows = [[(row[place] if place < len(row) else "") for place in columns] for row in rows]
    caption = ""
    while rows and sum(map(bool, rows[0])) == 1 and len(columns) > 1:
        caption = "".join(rows.pop(0))
        builder.add(caption)
    lines = [" | ".join(row).strip() for row in rows]
    has_head = (
        len(rows) > 1 and len(columns) > 1 and all(map(str.strip, rows[0][1:])) and not is_data(rows[0])
    )
    header = lines.pop(0) if has_head else ""
    if len(columns) > 1:
        builder.table(lines, header=header, label=": ".join(filter(None, (caption, header))))
    else:
        for place, line in enumerate(lines):
            builder.add(line, gap="\n" if place else "\n\n")


def is_data(row: Sequence[str]) -> bool:
    """Whether a row holds numbers other than years."""
    figures = [cell for cell in row[1:] if cell and not any(map(str.isalpha, cell))]
    return any(not re.fullmatch(r"(?:1[5-9]|20)\d\d", cell) for cell in figures)


def seen_cells(sheet: Any, remarks: Remarks) -> Grid:
    """Return the cells of the visible rows and columns, with the text that a person sees.

    Raises:
        LoadError: The sheet spans more cells than can be read.
    """
    size = (sheet.max_row or 0) * (sheet.max_column or 0)
    if size > MOST_CELLS:
        message = (
            f"a sheet spans {size:,} cells; the limit is {MOST_CELLS:,}: save the part with text as .csv"
        )
        raise LoadError(message)
    hidden_columns = find_hidden_columns(sheet)
    hidden_rows = {number for number, dimension in sheet.row_dimensions.items() if dimension.hidden}
    # A cell over several rows or columns belongs to each, as in a Word table; a cell over all is a title.
    merged = {
        (row, column): (area.min_row, area.min_col)
        for area in sheet.merged_cells.ranges
        if area.max_col - area.min_col + 1 < sheet.max_column
        for row in range(area.min_row, area.max_row + 1)
        for column in range(area.min_col, area.max_col + 1)
        if (row, column) != (area.min_row, area.min_col)
    }
    grid: Grid = []
    for row in sheet.iter_rows():
        shown: list[str] = []
        for cell in row:
            source = merged.get((cell.row, cell.column))
            text = seen(sheet.cell(*source), Remarks()) if source else seen(cell, remarks)
            if text and (cell.row in hidden_rows or cell.column in hidden_columns):
                remarks.hide(text)
                text = ""
            shown.append(text)
        grid.append(shown)
    return grid


def find_hidden_columns(sheet: Any) -> set[int]:
    """Return the numbers of the hidden columns."""
    hidden: set[int] = set()
    for name, dimension in sheet.column_dimensions.items():
        if dimension.hidden:
            first = openpyxl.utils.column_index_from_string(name)
            hidden.update(range(dimension.min or first, (dimension.max or first) + 1))
    return hidden


def seen(cell: Any, remarks: Remarks) -> str:
    """Return the text that a person sees in a cell, on one line."""
    if cell.value is None:
        return ""
    font, fill = cell.font, cell.fill
    if isinstance(cell.value, CellRichText):
        text = rich(cell.value, remarks)
    else:
        text = raised_or_lowered("", formatted(cell.value, cell.number_format or "General"), font)
    text = " ".join(text.split())
    white = font is not None and font.color is not None and font.color.rgb == WHITE
    if (white and (fill is None or fill.fill_type is None)) or cell.number_format == ";;;":
        remarks.hide(text)
        return ""
    if font is not None and font.strike:
        remarks.withdraw("struck out", text)
        return ""
    return text


def rich(value: Any, remarks: Remarks) -> str:
    """Return the text of a cell whose characters differ in look."""
    text = ""
    for part in value:
        if not isinstance(part, TextBlock):
            text += str(part)
        elif part.font.strike:
            remarks.withdraw("struck out", part.text)
        else:
            text += raised_or_lowered(text, part.text, part.font)
    return text


def raised_or_lowered(before: str, text: str, font: Any) -> str:
    """Return characters as they are written behind `before`; their font may raise or lower them."""
    aligned = getattr(font, "vertAlign", None)
    if aligned == "superscript" and before:
        return write_raised(before, text)
    return write_lowered(before, text) if aligned == "subscript" and before else text


def formatted(value: Any, form: str) -> str:
    """Return a value as its format shows it; dates are in ISO 8601.

    >>> formatted(0.125, "0.0%"), formatted(1234.5, '#,##0.00 "kr"'), formatted(7, "General")
    ('12.5%', '1,234.50 kr', '7')
    """
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "minutes")
    if isinstance(value, (date, time, timedelta)):
        return value.isoformat() if isinstance(value, date) else str(value)
    if not isinstance(value, (int, float)):
        return str(value)
    parts = form.split(";")
    part = parts[1] if value < 0 and len(parts) > 1 and parts[1] else parts[0]
    literals: list[str] = []

    def keep(found: re.Match[str]) -> str:
        literals.append(found[1] or found[2] or found[3] or "")
        return "\0"

    pattern = LITERAL.sub(keep, part)
    figures = FIGURES.search(pattern)
    if figures is None or "E" in pattern or "/" in pattern:
        return str(value) if isinstance(value, int) else f"{value:.{DIGITS}g}"
    decimals = len(figures[1] or "")
    number = abs(value) if part is not parts[0] else value
    number = number * 100 if "%" in pattern else number
    shown = f"{number:,.{decimals}f}" if "," in figures[0] else f"{number:.{decimals}f}"
    kept = iter(literals)
    around = pattern[: figures.start()], pattern[figures.end() :]
    before, after = ("".join(next(kept) if one == "\0" else one for one in side) for side in around)
    return f"{before}{shown}{after}".strip()


def tell_unread(data: bytes, remarks: Remarks) -> None:
    """Note the content that is not read: pictures, charts, comments, and formulas without a saved value."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            for beginning, what in UNREAD.items():
                if name.startswith(beginning):
                    remarks.not_read(what)
            if name.startswith("xl/worksheets/sheet"):
                empty = len(EMPTY_FORMULA.findall(archive.read(name)))
                if empty:
                    remarks.not_read("formula without a value", empty)


def create() -> XlsxLoader:
    """Return the loader."""
    return XlsxLoader()
