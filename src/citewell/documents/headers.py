"""Tell whether the first row of a table names its columns, where the file does not say."""

import re
from collections.abc import Sequence

_DIGIT = re.compile(r"\d")


def looks_like_a_header(rows: Sequence[Sequence[str]]) -> bool:
    """Whether a first row names the columns: words over a column with numbers, and none of them a number.

    >>> looks_like_a_header([["Harbour", "Catch"], ["Skagen", "410"], ["Hirtshals", "295"]])
    True
    >>> looks_like_a_header([["Monday", "10:00"], ["Tuesday", "closed"]])
    False
    """
    first, below = rows[0], rows[1:]
    if len(below) < 2 or len(first) < 2 or len({*first}) < len(first):  # noqa: PLR2004
        return False
    columns = range(1, len(first))
    years = [re.fullmatch(r"\D*(?:1[89]|20)\d\d\D*", first[column]) is not None for column in columns]
    if any(_DIGIT.search(first[column]) and not year for column, year in zip(columns, years, strict=True)):
        return False
    if _DIGIT.search(first[0]):
        return False
    numeric = [
        sum(_DIGIT.search(row[column]) is not None for row in below if column < len(row)) > len(below) / 2
        for column in columns
    ]
    return any(numeric)
