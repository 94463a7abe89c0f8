"""Read tables: a header row that names the columns, one article a row.

Columns are called as the fields of JSON lines are; of them only the text is needed.
"""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from citewell.documents.loader import Article
from citewell.documents.loaders.jsonl import TEXT, make_article
from citewell.errors import LoadError
from citewell.text.decoding import decode


class TableLoader:
    """One article a row."""

    suffixes = (".csv", ".tsv")

    def load(self, path: Path) -> Iterator[Article]:
        """Yield the articles; one without an id is called by its place, from 1."""
        text = decode(path.read_bytes())
        # The limit is one for the whole process, so it is only ever raised; a field may be an article.
        csv.field_size_limit(max(csv.field_size_limit(), len(text)))
        lines = csv.reader(
            io.StringIO(text, newline=""), delimiter=find_delimiter(text, path.suffix), strict=True
        )
        line, place = 1, 0
        header: list[str] = []
        try:
            for row in lines:
                if header and any(row):
                    place += 1
                    yield make_article(_record(header, row), place)
                elif not header:
                    header = _header(row)
                line = lines.line_num + 1
        except (csv.Error, ValueError) as error:
            message = f"{path.name}:{line}: {error}"
            raise LoadError(message) from error


def find_delimiter(text: str, suffix: str) -> str:
    """Return what stands between the columns: a tab in .tsv, else what makes the header name a text.

    Spreadsheets write semicolons into .csv where the comma is the decimal sign.
    """
    if suffix.lower() == ".tsv":
        return "\t"
    first = text.lstrip("\r\n").partition("\n")[0]
    for candidate in ",;\t":
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
