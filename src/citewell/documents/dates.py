"""Find an article's date of publication at the beginning of its text or of its file's name."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from citewell.text.spans import Span

_ISO = re.compile(r"(\d{4})[-/.]?(0[1-9]|1[0-2])[-/.]?(0[1-9]|[12]\d|3[01])(?!\d)")
_NAME = re.compile(r"(\d{4})[-_.]?(0[1-9]|1[0-2])[-_.]?(0[1-9]|[12]\d|3[01])(?=\D|\Z)")
_EARLIEST = 1600  # the first newspapers
# A day, a month in words and a year, in either order, or a date in ISO 8601.
_DAY = (
    r"(?:\d{1,2}(?:st|nd|rd|th|er|\.)?(?: of| de)? (?P<month1>[^\W\d_]{3,10})\.?,?(?: de)? (?P<year1>\d{4})"
    r"|(?P<month2>[^\W\d_]{3,10})\.? \d{1,2}(?:st|nd|rd|th)?,? (?P<year2>\d{4})|\d{4}-\d\d-\d\d)"
)
# A line that is no more than a date, with a day of the week, a time, or a word that says what date it is;
# or the beginning of a report: "OSLO, 3 March 2021 (NTB) —".
_WORDS = (
    r"(?:[^\W\d_]+(?: [^\W\d_]+){0,2}: ?|(?:published|posted|dated?|created|written|issued|veröffentlicht"
    r"|publié"
    r"|publicado)(?: on| am| le| el)? )?(?:[^\W\d_]{3,10}, )?"
)
_LINE = re.compile(
    rf"{_WORDS}(?P<day>{_DAY})(?:[,–| ]*(?:at )?\d{{1,2}}[:.h]\d\d(?: ?[ap]\.?m\.?)?(?: [A-Z]{{2,5}})?)?\.?",
    re.IGNORECASE,
)
_DATELINE = re.compile(
    rf"[A-Z][\w .'’-]{{1,40}}(?:, [A-Z][\w .'’-]{{1,30}})?, (?P<day>{_DAY})(?: ?\([^)]{{1,30}}\))?"
    rf" ?[—–-]{{1,2}} "
)
_NOT_PUBLISHED = re.compile(
    r"\b(?:updated?|modified|changed|accessed|retrieved|generated|printed|copyright|deadline|until"
    r"|aktualisiert"
    r"|modifié)\b|©",
    re.IGNORECASE,
)
_FIRST_LINES = 4
_LONGEST_LINE = 200


def iso_date(value: object) -> str:
    """Return the date that a field begins with, in ISO 8601; "" for no date or one in the future.

    >>> iso_date("2020-09-22T10:00:00Z"), iso_date("0001-01-01"), iso_date("soon")
    ('2020-09-22', '', '')
    """
    found = _ISO.match(value.strip()) if isinstance(value, str) else None
    return (
        _checked(*map(int, found.groups())) if found else _in_words(value) if isinstance(value, str) else ""
    )


def date_of_name(name: str) -> str:
    """Return the date that a file's name begins with, as in the names of blog posts.

    >>> date_of_name("2019-10-12-the-storm"), date_of_name("report-2019")
    ('2019-10-12', '')
    """
    found = _NAME.match(name)
    return _checked(*map(int, found.groups())) if found else ""


@dataclass(frozen=True, slots=True)
class Dateline:
    """Where an article's text says on which day it was published.

    Attributes:
        span: The line, or the part before a report's first sentence, offsets into the text.
        day: The date in it.
        date: The date in ISO 8601.
    """

    span: Span
    day: Span
    date: str


def dateline(text: str) -> str:
    r"""Return the date on a line of its own among a text's first lines, or at a report's beginning.

    >>> dateline("The storm\n\nBergen, 3 March 2021 – Two sank."), dateline("On 3 March 1999 it rose.")
    ('2021-03-03', '')
    """
    found = find_dateline(text)
    return found.date if found else ""


def find_dateline(text: str, published: str = "") -> Dateline | None:
    r"""Find the date on a line of its own among a text's first lines, or at a report's beginning.

    Args:
        text: The article.
        published: The day of publication when it is known, ISO 8601. A line that has that day, and besides
            only names and words such as "by", then counts as a dateline too.

    >>> found = find_dateline("The storm\n\nBy Ann Lee, 3 March 2021\n\nTwo sank.", "2021-03-03")
    >>> found.span, found.day
    (Span(start=11, end=35), Span(start=23, end=35))
    """
    start = len(text) - len(text.lstrip())
    for line in text[: _FIRST_LINES * 10 * _LONGEST_LINE].lstrip().split("\n\n")[:_FIRST_LINES]:
        said = line.strip()
        at = start + len(line) - len(line.lstrip())
        for pattern, part in ((_LINE.fullmatch, said), (_DATELINE.match, said[:_LONGEST_LINE])):
            found = pattern(part) if len(part) <= _LONGEST_LINE else None
            if found and not _NOT_PUBLISHED.search(found[0]) and (day := iso_date(found["day"])):
                return Dateline(
                    Span(at, at + found.end()), Span(at + found.start("day"), at + found.end("day")), day
                )
        start += len(line) + len("\n\n")
    return _find_day(text, published)


def _find_day(text: str, published: str) -> Dateline | None:
    """Find the day of publication among names, on one of the first lines or before a dash.

    A day that is not known must have its year, and a dash behind it or "by" or the like before it.
    """
    at = 0
    lines = text[: _FIRST_LINES * 10 * _LONGEST_LINE].splitlines(keepends=True)
    for number, line in enumerate([line for line in lines if line.strip()][: 2 * _FIRST_LINES]):
        at = text.index(line, at)
        head = line[:_LONGEST_LINE].rstrip()
        found = next((day for day in _A_DAY.finditer(head) if _is_day(day, published)), None)
        if found:
            dash = _DASH.match(head, found.end())
            end = dash.end() if dash else len(head)
            others = f"{head[: found.start()]} {head[found.end() : dash.start('dash') if dash else end]}"
            names = all(word[0].isupper() or word in _LABELS for word in re.findall(r"[^\W\d_]+", others))
            # The first line may be a title in capitals that names the day of the event.
            is_told = number or dash or not others.strip() if published else dash or _TELLS.match(head)
            if names and is_told and not _NOT_PUBLISHED.search(head):
                day = Span(at + found.start(), at + found.end())
                return Dateline(Span(at, at + end), day, published or iso_date(found[0]))
        at += len(line)
    return None


# A day with or without its year. Then what may stand between it and a report's first sentence.
_A_DAY = re.compile(
    rf"{_DAY}|\b(?:(?P<of>\d{{1,2}}) [^\W\d_]{{3,10}}\b|[^\W\d_]{{3,10}}\.? (?P<on>\d{{1,2}}))\b"
)
_DASH = re.compile(r"[^.!?;:—–]{0,30}?(?P<dash>\s?[—–]|\s--?)\s")
_TELLS = re.compile(r"(?:by|von|par|por|published|posted)\b", re.IGNORECASE)
_LABELS = frozenset("by published posted on at from in and the of von par por am le el date".split())


def _is_day(found: re.Match[str], published: str) -> bool:
    """Whether a date is or can be the day of publication; the year of a known one may be left out."""
    if not published:
        return bool(iso_date(found[0]))
    words = found[0] if not (found["of"] or found["on"]) else f"{found[0]} {published[:4]}"
    return iso_date(words) == published


# English, German, French, Spanish, Italian, Portuguese, Dutch and the Scandinavian languages.
_MONTH_NAMES = (
    "january jan januar janvier enero gennaio janeiro januari",
    "february feb februar février febrero febbraio fevereiro februari",
    "march mar märz mars marzo março maart",
    "april apr avril abril aprile",
    "may mai mayo maggio maio mei maj",
    "june jun juni juin junio giugno junho",
    "july jul juli juillet julio luglio julho",
    "august aug août agosto augustus augusti",
    "september sep sept septembre septiembre settembre setembro",
    "october oct oktober okt octobre octubre ottobre outubro",
    "november nov novembre noviembre novembro",
    "december dec dezember dez décembre diciembre dicembre dezembro desember",
)
_MONTHS = {name: month for month, names in enumerate(_MONTH_NAMES, start=1) for name in names.split()}


def _in_words(value: str) -> str:
    """Return a date with a month in words."""
    found = re.fullmatch(_DAY, " ".join(value.split())[:60], re.IGNORECASE)
    if not found:
        return ""
    month = _MONTHS.get((found["month1"] or found["month2"] or "").casefold())
    day = re.search(r"\b\d{1,2}(?!\d)", found[0])
    year = found["year1"] or found["year2"]
    return _checked(int(year), month, int(day[0])) if month and day and year else ""


def _checked(year: int, month: int, day: int) -> str:
    """Return a day if it can be a day of publication."""
    try:
        when = datetime(year, month, day, tzinfo=UTC)
    except ValueError:
        return ""
    ahead = datetime.now(UTC) + timedelta(days=2)
    return (
        when.date().isoformat()
        if year >= _EARLIEST and when <= ahead and (year, month, day) != (1970, 1, 1)
        else ""
    )
