"""Read JSON lines: each line is one object, and each object one article.

The text is under `text`, `body`, `content` or `article`. Optional keys are `id`, `title`, `source` or `url`,
and `published` or `date`. Other keys are ignored.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from citewell.documents.loader import Article, Skipped
from citewell.text.decoding import decode

# The keys that a record may use for each field; the first key found counts.
TEXT = ("text", "body", "content", "article")
SOURCE = ("source", "url")
PUBLISHED = ("published", "date")


class JsonLinesLoader:
    """One article a line; blank lines are counted as lines, but hold no article."""

    suffixes = (".jsonl",)

    def load(self, path: Path) -> Iterator[Article | Skipped]:
        """Yield the articles; an article without an id is numbered by its place, from 1. Skip bad lines."""
        place = 0
        decoded = decode(path.read_bytes())
        # splitlines() would also split at the U+2028 that a JSON string may hold.
        for number, line in enumerate(decoded.text.split("\n"), start=1):
            if line.strip():
                place += 1
                try:
                    article = make_article(_record(line), place)
                except ValueError as error:
                    yield Skipped(f"line {number}: {error}")
                else:
                    yield replace(article, warnings=decoded.warnings)


def make_article(record: Mapping[str, object], place: int) -> Article:
    """Make an article from a record's fields.

    Raises:
        ValueError: The record has no text, or a field has a wrong value.
    """
    if not any(key in record for key in TEXT):
        message = f"has no {TEXT[0]!r}; there are: {', '.join(map(repr, record)) or 'no fields'}"
        raise ValueError(message)
    return Article(
        text=_first(record, TEXT),
        title=_first(record, ("title",)),
        source=_first(record, SOURCE),
        published=date_part(_first(record, PUBLISHED)),
        id=_first(record, ("id",)) or str(place),
    )


def date_part(value: str) -> str:
    """Return an ISO 8601 date without its time; "" where the value is no date.

    >>> date_part("2020-09-22T10:00:00Z"), date_part("2020-09"), date_part("last week")
    ('2020-09-22', '2020-09', '')
    """
    if re.fullmatch(r"\d{4}(-(0[1-9]|1[0-2]))?", value):
        return value
    try:
        return datetime.fromisoformat(value).date().isoformat()
    except ValueError:
        return ""


def _record(line: str) -> Mapping[str, object]:
    try:
        record = json.loads(line)
    except json.JSONDecodeError as error:
        message = f"is not JSON: {error.msg} at character {error.pos + 1}"
        raise ValueError(message) from error
    except RecursionError as error:
        message = "is nested too deeply"
        raise ValueError(message) from error
    if not isinstance(record, dict):
        message = f"is not an object but {type(record).__name__}"
        raise ValueError(message)  # noqa: TRY004 - the value of the file is wrong, not the program
    return record


def _first(record: Mapping[str, object], keys: tuple[str, ...]) -> str:
    """Return the first field that is present and not null, else ""."""
    for key in keys:
        value = record.get(key)
        if value is not None and not isinstance(value, str) and (key in TEXT or type(value) is not int):
            message = f"{key!r} is not a string but {type(value).__name__}"
            raise ValueError(message)
        if value is not None:
            return str(value).strip() if key not in TEXT else str(value)
    return ""


def create() -> JsonLinesLoader:
    """Return the loader."""
    return JsonLinesLoader()
