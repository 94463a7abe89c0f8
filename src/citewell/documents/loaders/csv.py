"""Read tables: a header row names the columns, and each row below is one article.

Columns have the names of the fields of JSON lines. Only the column of the text is required.
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

# The possible delimiters between columns; in a .tsv file it is always a tab.
DELIMITERS = ",;\t|"
NAMED_DELIMITER = re.compile(
    r"\A\ufeff?\"?sep=(.)\"?[ \t]*\r?\n", re.IGNORECASE
)  # a spreadsheet's first line


class TableLoader:
    """One article a row."""

    suffixes = (".csv", ".tsv")

    def load(self, path: Path) -> Iterator[Article | Skipped]:
        """Yield the articles; an article without an id is numbered by its place, from 1. Skip bad rows."""
        decoded = decode(path.read_bytes())
        # The whole process shares this limit, so it is only ever raised; one field may be a whole article.
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
    """Yield each row with its line number; a malformed row is yielded as `Skipped`, and reading goes on."""
    named = NAMED_DELIMITER.match(text)
    body = text[named.end() :] if named else text
    delimiter = named[1] if named else find_delimiter(text, suffix)
    lines = io.StringIO(body, newline="").readlines()
    first_rows = "".join(lines[:2])
    # Some programs write a space behind the delimiter, and a quote behind the space.
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
        # A quote that is never closed swallows the rest of the file; the rest is read again from the next
        # line on. That happens only once: behind that quote all quotes stand in pairs.
        at = at + 1 if failed else len(lines)


def find_delimiter(text: str, suffix: str) -> str:
    """Return the delimiter: a tab in .tsv, else the one by which the header names a column of text.

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
    # Where two columns have the same name, the first counts. An empty cell is no field.
    return {name: cell for name, cell in reversed(list(zip(header, row, strict=False))) if cell.strip()}


def create() -> TableLoader:
    """Return the loader."""
    return TableLoader()
