"""Read tables: a header row that names the columns, one article a row.

Columns are called as the fields of JSON lines are; of them only the text is needed.
"""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from citewell.documents.loader import Article, Skipped
from citewell.documents.loaders.jsonl import TEXT, make_article
from citewell.errors import LoadError
from citewell.text.decoding import decode

# What may stand between the columns; that of a .tsv is a tab.
DELIMITERS = ",;\t|"
NAMED_DELIMITER = re.compile(
    r"\A\ufeff?\"?sep=(.)\"?[ \t]*\r?\n", re.IGNORECASE
)  # a spreadsheet's first line


class TableLoader:
    """One article a row."""

    suffixes = (".csv", ".tsv")

    def load(self, path: Path) -> Iterator[Article | Skipped]:
        """Yield the articles; one without an id is called by its place, from 1. Bad rows are left out."""
        decoded = decode(path.read_bytes())
        # The limit is one for the whole process, so it is only ever raised; a field may be an article.
        csv.field_size_limit(max(csv.field_size_limit(), len(decoded.text)))
        place = 0
        header: list[str] = []
        for line, row in _rows(decoded.text, path.suffix):
            if isinstance(row, Skipped):
                if not header:
                    message = f"{path.name}:{row.reason.removeprefix('line ')}"
                    raise LoadError(message)
                place += 1
                yield row
            elif header and any(row):
                place += 1
                try:
                    article = make_article(_record(header, row), place)
                except ValueError as error:
                    yield Skipped(f"line {line}: {error}")
                else:
                    yield replace(article, warnings=decoded.warnings)
            elif not header:
                try:
                    header = _header(row)
                except ValueError as error:
                    message = f"{path.name}:{line}: {error}"
                    raise LoadError(message) from error


def _rows(text: str, suffix: str) -> Iterator[tuple[int, list[str] | Skipped]]:
    """Yield each row with its line; one that is no row of a table is left out, and the next is read."""
    named = NAMED_DELIMITER.match(text)
    body = text[named.end() :] if named else text
    delimiter = named[1] if named else find_delimiter(text, suffix)
    lines = io.StringIO(body, newline="").readlines()
    first_rows = "".join(lines[:2])
    # Some write a space behind the delimiter, and a quote behind the space.
    is_spaced = f'{delimiter} "' in first_rows or f"{delimiter} " in "".join(lines[:1])
    before, at = 1 if named else 0, 0
    while at < len(lines):
        start, failed = at, False
        reader = csv.reader(lines[start:], delimiter=delimiter, strict=True, skipinitialspace=is_spaced)
        while start + reader.line_num < len(lines):
            at = start + reader.line_num
            number = before + at + 1
            try:
                row, failed = next(reader), False
            except csv.Error as error:
                yield number, Skipped(f"line {number}: {error}")
                failed = True
            else:
                yield number, row
        # A quote that is never closed takes in all the rest, which is read again from the next line on. That
        # happens once: behind it all quotes stand in pairs.
        at = at + 1 if failed else len(lines)


def find_delimiter(text: str, suffix: str) -> str:
    """Return what stands between the columns: a tab in .tsv, else what makes the header name a text.

    Spreadsheets write semicolons into .csv where the comma is the decimal sign.
    """
    if suffix.lower() == ".tsv":
        return "\t"
    first = text.lstrip("\r\n").partition("\n")[0]
    for candidate in DELIMITERS:
        if {name.strip(' "\r').lower() for name in first.split(candidate)} & set(TEXT):
            return candidate
    return ","


def _header(row: list[str]) -> list[str]:
    names = [name.strip().lower() for name in row]
    if any(names) and not set(names) & set(TEXT):
        message = f"no column is called {', '.join(TEXT[:-1])} or {TEXT[-1]}; there are: {', '.join(row)}"
        raise ValueError(message)
    return names if any(names) else []


def _record(header: list[str], row: list[str]) -> dict[str, str]:
    # Spreadsheets leave out empty cells at the end of a row, so a short row is whole.
    if any(row[len(header) :]):
        message = f"the row has {len(row)} cells, the header {len(header)}; is a quote or delimiter missing?"
        raise ValueError(message)
    # The first of two columns of one name counts, and an empty cell is no field.
    return {name: cell for name, cell in reversed(list(zip(header, row, strict=False))) if cell.strip()}


def create() -> TableLoader:
    """Return the loader."""
    return TableLoader()
