"""Find an article's date of publication at the beginning of its text or of its file's name."""

import re
from datetime import UTC, datetime, timedelta

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


def dateline(text: str) -> str:
    r"""Return the date on a line of its own among a text's first lines, or at a report's beginning.

    >>> dateline("The storm\n\nBergen, 3 March 2021 – Two sank."), dateline("On 3 March 1999 it rose.")
    ('2021-03-03', '')
    """
    for line in text[: _FIRST_LINES * 10 * _LONGEST_LINE].lstrip().split("\n\n")[:_FIRST_LINES]:
        for pattern, said in ((_LINE.fullmatch, line), (_DATELINE.match, line[:_LONGEST_LINE])):
            found = pattern(said.strip()) if len(said) <= _LONGEST_LINE else None
            if found and not _NOT_PUBLISHED.search(found[0]) and (day := iso_date(found["day"])):
                return day
    return ""


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
