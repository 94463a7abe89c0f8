"""Find the days that a text names: whole dates, months and years, and relative dates."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date

from citewell.text.english import MONTHS
from citewell.text.relative_dates import resolve_dates
from citewell.text.spans import Span

_MONTH = "|".join(MONTHS)
_DATE = re.compile(
    rf"\b(?:(?P<day1>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? (?P<month1>{_MONTH})(?:,? (?P<year1>\d{{4}}))?"
    rf"|(?P<month2>{_MONTH}) (?P<day2>\d{{1,2}})(?:st|nd|rd|th)?\b(?:,? (?P<year2>\d{{4}}))?"
    rf"|(?P<month3>{_MONTH}) (?P<year3>\d{{4}})"
    r"|(?P<iso>\d{4}-\d\d-\d\d)|(?P<year4>(?:19|20)\d\d))\b(?![.,]?\d)"
)


@dataclass(frozen=True, slots=True)
class Days:
    """Days that a text names.

    Attributes:
        start: First character of the words.
        end: One past the last.
        first: The first day, ISO 8601.
        last: The last day.
    """

    start: int
    end: int
    first: str
    last: str


def find_days(text: str, span: Span, published: str) -> list[Days]:
    """Return the days that a part of an article names, in order.

    A date without a year is taken to be of the year of publication.

    >>> [(days.first, days.last) for days in find_days("From 3 March 2021, or May 2022.", Span(0, 31), "")]
    [('2021-03-03', '2021-03-03'), ('2022-05-01', '2022-05-31')]
    """
    found = []
    for match in _DATE.finditer(text, span.start, span.end):
        range_ = _range(match, published[:4])
        if range_:
            first, last = range_
            found.append(Days(match.start(), match.end(), first.isoformat(), last.isoformat()))
    relative = resolve_dates(text, span, published)
    found += [Days(item.start, item.end, item.first, item.last) for item in relative]
    return sorted(found, key=lambda days: days.start)


def _range(match: re.Match[str], year_of_publication: str) -> tuple[date, date] | None:
    """Return the first and last day of a date; None for one that no calendar has."""
    try:
        if match["iso"]:
            day = date.fromisoformat(match["iso"])
            return day, day
        year = int(next(filter(None, (match[f"year{n}"] for n in range(1, 5))), year_of_publication))
        name = match["month1"] or match["month2"] or match["month3"]
        if not name:
            return date(year, 1, 1), date(year, 12, 31)
        month = MONTHS.index(name) + 1
        if match["month3"]:
            return date(year, month, 1), date(year, month, monthrange(year, month)[1])
        day = date(year, month, int(match["day1"] or match["day2"]))
    except ValueError:
        return None
    return day, day
