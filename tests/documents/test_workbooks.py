"""A workbook gives what its reader sees."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Font, PatternFill

from citewell.documents.document import document as checked
from citewell.documents.loader import Article
from citewell.documents.loaders.xlsx import create, formatted
from citewell.errors import LoadError

TABLE: list[list[Any]] = [["Boat", "Built"], ["Anna", 1987], ["Bertha", 2019]]
SHOWN = "Catch\n\nBoat | Built\nAnna | 1987\nBertha | 2019"


def load(tmp_path: Path, rows: list[list[Any]], change: Callable[[Any], object] = lambda _: None) -> Article:
    book = openpyxl.Workbook()
    book.active.title = "Catch"
    for row in rows:
        book.active.append(row)
    change(book)
    path = tmp_path / "tide.xlsx"
    book.save(path)
    (article,) = create().load(path)
    if article.text:
        assert checked(article.text, id="tide", marks=article.marks).text == article.text
    return article


def test_a_sheet_is_a_section_and_its_table_has_a_head(tmp_path: Path) -> None:
    article = load(tmp_path, TABLE)
    assert article.text == SHOWN
    assert [(mark.kind, mark.label) for mark in article.marks] == [("heading", ""), ("table", "Boat | Built")]
    assert (article.published, article.author, article.warnings) == ("", "", ())


def test_blank_rows_part_tables_and_a_lone_cell_is_a_caption(tmp_path: Path) -> None:
    article = load(tmp_path, [["Losses"], *TABLE, [], ["Port", "Year"], ["Kiel", 2020]])
    assert (
        article.text
        == f"{SHOWN.replace('Boat |', 'Losses' + chr(10) * 2 + 'Boat |')}\n\nPort | Year\nKiel | 2020"
    )
    assert [mark.label for mark in article.marks[1:]] == ["Losses: Boat | Built", "Port | Year"]


@pytest.mark.parametrize(
    ("value", "form", "shown"),
    [
        (0.125, "0.0%", "12.5%"),
        (0.2, "0%", "20%"),
        (1234567, "#,##0", "1,234,567"),
        (1234.5, '#,##0.00 "kr"', "1,234.50 kr"),
        (-5, "0;(0)", "(5)"),
        (5, "[$€-407] 0.00", "€ 5.00"),
        (5, "[Red]0", "5"),
        (0.1 + 0.2, "General", "0.3"),
        (True, "General", "TRUE"),
        (datetime(2020, 9, 22), "yyyy-mm-dd", "2020-09-22"),  # noqa: DTZ001 - a workbook knows no zones
        ("Anna", "@", "Anna"),
    ],
)
def test_a_value_is_shown_by_its_format(value: object, form: str, shown: str) -> None:
    assert formatted(value, form) == shown


def hide_row(book: Any) -> None:
    book.active.append(["Ms Holt", 3])
    book.active.row_dimensions[4].hidden = True


def hide_column(book: Any) -> None:
    book.active["C2"] = "Ms Holt"
    book.active.column_dimensions["C"].hidden = True


def hide_sheet(book: Any) -> None:
    book.create_sheet("Secret")["A1"] = "Ms Holt"
    book["Secret"].sheet_state = "hidden"


def hide_by_colour(book: Any) -> None:
    book.active["A7"] = "Ms Holt"
    book.active["A7"].font = Font(color="FFFFFFFF")


def hide_by_format(book: Any) -> None:
    book.active["A7"] = "Ms Holt"
    book.active["A7"].number_format = ";;;"


@pytest.mark.parametrize("hide", [hide_row, hide_column, hide_sheet, hide_by_colour, hide_by_format])
def test_what_is_hidden_is_left_out_and_told_without_its_words(
    hide: Callable[[Any], None], tmp_path: Path
) -> None:
    article = load(tmp_path, TABLE, hide)
    assert article.text == SHOWN
    assert len(article.warnings) == 1
    assert "Holt" not in article.warnings[0]


def test_white_on_a_colour_is_seen(tmp_path: Path) -> None:
    def fill(book: Any) -> None:
        book.active["A1"].font = Font(color="FFFFFFFF")
        book.active["A1"].fill = PatternFill("solid", fgColor="FF000000")

    assert load(tmp_path, TABLE, fill).text == SHOWN


def test_characters_of_a_cell_are_read_as_they_look(tmp_path: Path) -> None:
    def write(book: Any) -> None:
        raised, struck = InlineFont(vertAlign="superscript"), InlineFont(strike=True)
        book.active["A1"] = CellRichText("10", TextBlock(raised, "5"), " Bq", TextBlock(struck, " or nine"))
        book.active["A2"] = "gone"
        book.active["A2"].font = Font(strike=True)

    article = load(tmp_path, [], write)
    assert article.text == "Catch\n\n10⁵ Bq"
    assert article.warnings == ("What is struck out was left out: “or nine”; “gone”.",)


def test_a_cell_over_rows_stands_in_each_and_a_formula_without_value_is_told(tmp_path: Path) -> None:
    def merge(book: Any) -> None:
        book.active.merge_cells("A2:A3")

    article = load(tmp_path, [["Port", "Year"], ["Kiel", 2020], [None, "=B2+1"]], merge)
    assert article.text == "Catch\n\nPort | Year\nKiel | 2020\nKiel |"
    assert article.warnings == ("Not read: 1 formula without a value.",)


def test_a_sheet_with_a_cell_in_its_last_corner_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LoadError, match=r"^tide.xlsx: a sheet spans 17,179,869,184 cells"):
        load(tmp_path, TABLE, lambda book: book.active.cell(1_048_576, 16_384, "x"))
