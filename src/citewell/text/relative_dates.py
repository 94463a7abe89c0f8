"""Resolve the relative words for dates in a text, "yesterday" or "last Tuesday", from the day it was written.

This module finds the words; dateparser counts the days. Words whose day could be two things are left alone:
those of somebody's own speech, a weekday that may lie before or ahead, and all of a sentence that tells of
another day.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache, lru_cache
from typing import Any

from citewell.text.english import DAYS, MONTHS, NUMBER_WORDS, PAST_TENSES
from citewell.text.spans import Span

_DAY = "|".join(DAYS)
_NUMBER = rf"(?:\d{{1,3}}|an?|one|{'|'.join(NUMBER_WORDS)})"
_PART = r"(?: (?:morning|afternoon|evening|night))?"
_RELATIVE = re.compile(
    rf"\b(?:(?P<word>the day before yesterday|the day after tomorrow|(?:yesterday|tomorrow){_PART}"
    r"|today|tonight|this (?:morning|afternoon|evening)|last night)"
    rf"|(?P<ago>{_NUMBER} (?:day|week|month|year)s? ago)"
    r"|(?P<period>(?:last|next|this) (?:week|month|year))"
    rf"|(?P<pointed>(?:last|next|this) (?P<that_day>{_DAY}))"
    rf"|(?:on )?(?P<day>{_DAY}))(?P<part>{_PART})\b(?!['’-])",
    re.IGNORECASE,
)
# A weekday that repeats, that another date names already, or that is part of a name: "Black Friday".
_NOT_ONE_DAY = re.compile(
    r"\b(?:every|each|all|most|previous|following|preceding)\s+(?:on\s+)?$", re.IGNORECASE
)
_NAME_BEFORE = re.compile(r"[a-z,;] (?!On |The )[A-Z][\w’'-]*,? $|[A-Z][\w’'-]* [A-Z][\w’'-]* $")
_DATE_BEHIND = re.compile(
    rf",?\s+(?:the\s+)?(?:\d{{1,2}}(?:st|nd|rd|th|\.?\s+(?:{'|'.join(MONTHS)}))|(?:{'|'.join(MONTHS)})\b)"
    r"|\s+(?:of\b|[A-Z])"
)
_WHOLE_DATE = re.compile(
    rf"\b(?:(?P<day1>\d{{1,2}})(?:st|nd|rd|th)? (?P<month1>{'|'.join(MONTHS)}),? (?P<year1>\d{{4}})"
    rf"|(?P<month2>{'|'.join(MONTHS)}) (?P<day2>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<year2>\d{{4}})"
    r"|(?P<iso>\d{4}-\d\d-\d\d))\b"
)
# Where one clause ends and another begins.
_CLAUSE = re.compile(
    r"[,;:()—–](?!\d)|[.!?](?=\s)|\b(?:that|which|who|but|and|while|after|before|when|as)\b", re.IGNORECASE
)
_AHEAD = re.compile(
    r"\b(?:will|shall|won['’]t|going to|(?:is|are) (?:\w+ )?(?:to|due|set|scheduled|expected|planned))\b"
    r"|['’]ll\b",
    re.IGNORECASE,
)
# Words before a weekday that leave open on which side it lies.
_OPEN = re.compile(
    r"\b(?:until|till|by|due|scheduled|planned|expected|would|could|may|might|from|starting|for)\b"
    r"|\b(?:was|were) to\b",
    re.IGNORECASE,
)
_LEAST_GAP = 2  # "last Tuesday", said on a Wednesday, is hardly yesterday
_WEEK = 7


@dataclass(frozen=True, slots=True)
class ResolvedDate:
    """Relative words of an article, and the day or days that they mean.

    Attributes:
        words: The words as they stand.
        start: Their first character, in code points of the article's text.
        end: One past their last character.
        first: The first day, ISO 8601.
        last: The last day; the same as `first` for a single day.
        said: The day or days in words: "12 October 2019", "September 2019".
    """

    words: str
    start: int
    end: int
    first: str
    last: str
    said: str

    @property
    def note(self) -> str:
        """The words and what they mean: "yesterday: 12 October 2019"."""
        return f"{self.words}: {self.said}"

    def to_dict(self) -> dict[str, object]:
        """Return the date as JSON."""
        return {
            "words": self.words,
            "start_char_index": self.start,
            "end_char_index": self.end,
            "first_day": self.first,
            "last_day": self.last,
            "said": self.said,
        }

    @classmethod
    def from_dict(cls, told: Mapping[str, Any]) -> "ResolvedDate":
        """Return the date that `to_dict` wrote."""
        return cls(
            told["words"],
            told["start_char_index"],
            told["end_char_index"],
            told["first_day"],
            told["last_day"],
            told["said"],
        )


def resolve_dates(text: str, span: Span, published: str) -> tuple[ResolvedDate, ...]:
    """Return the relative dates in one or more sentences of an article, in order.

    Args:
        text: The article.
        span: The sentences, offsets into the article.
        published: The day that the article was published on, ISO 8601; "" when unknown: nothing is resolved.

    >>> [date.note for date in resolve_dates("It sank yesterday.", Span(0, 18), "2019-10-13")]
    ['yesterday: 12 October 2019']
    """
    try:
        written = date.fromisoformat(published)
    except ValueError:
        return ()
    said = text[span.start : span.end]
    if any(_date_of(found) != written for found in _WHOLE_DATE.finditer(said)):
        return ()  # it may tell what was so on that other day
    resolved = []
    for found in _RELATIVE.finditer(said):
        place = Span(span.start + found.start(), span.start + found.end())
        if _is_quoted(text, place.start):
            continue
        days = _days(found, said, written)
        if days:
            first, last, words = days
            resolved.append(
                ResolvedDate(found[0], place.start, place.end, first.isoformat(), last.isoformat(), words)
            )
    return tuple(resolved)


def in_words(day: date) -> str:
    """Return a day in words.

    >>> in_words(date(2019, 10, 2))
    '2 October 2019'
    """
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def day_in_words(published: str) -> str:
    """Return a day in ISO 8601 in words; "" for anything else.

    >>> day_in_words("2021-03-03"), day_in_words("2021")
    ('3 March 2021', '')
    """
    try:
        return in_words(date.fromisoformat(published))
    except ValueError:
        return ""


def _date_of(found: re.Match[str]) -> date | None:
    """Return the day of a whole date; None for one that no calendar has."""
    try:
        if found["iso"]:
            return date.fromisoformat(found["iso"])
        month = MONTHS.index(found["month1"] or found["month2"]) + 1
        return date(int(found["year1"] or found["year2"]), month, int(found["day1"] or found["day2"]))
    except ValueError:
        return None


def _is_quoted(text: str, at: int) -> bool:
    """Whether a place lies in quotation marks that its paragraph has opened: speech has its own day."""
    before = text[text.rfind("\n\n", 0, at) + 1 : at]
    single = max(before.rfind(" ‘"), 0 if before.startswith("‘") else -1)
    return (
        before.count('"') % 2 == 1
        or before.rfind("“") > before.rfind("”")
        or before.rfind("«") > before.rfind("»")
        or before.rfind("„") > max(before.rfind("“"), before.rfind("”"))
        or (single >= 0 and not re.search(r"’(?!\w)", before[single:]))
    )


def _days(found: re.Match[str], said: str, written: date) -> tuple[date, date, str] | None:
    """Return the first and last day of relative words, and both in words; None where they are unclear."""
    if found["day"] or found["that_day"]:
        day = _weekday(found, said, written)
        return (day, day, in_words(day)) if day else None
    before = said[: found.start()].rstrip("\"'“‘ ")
    if found[0][0].isupper() and before and before[-1] not in ".!?:—–-\n":
        return None  # USA Today
    counted, period = _count(found["word"] or found["ago"] or found["period"], written, "past")
    is_about = period == "week" and bool(found["ago"])
    return _extent(counted, "about" if is_about else period)


def _extent(counted: date | None, period: str) -> tuple[date, date, str] | None:
    """Return the first and last day of the period that holds a day, and both in words."""
    if counted is None:
        return None
    if period == "year":
        return date(counted.year, 1, 1), date(counted.year, 12, 31), str(counted.year)
    if period == "month":
        after = date(counted.year + counted.month // 12, counted.month % 12 + 1, 1)
        words = f"{MONTHS[counted.month - 1]} {counted.year}"
        return counted.replace(day=1), after - timedelta(days=1), words
    if period == "week":
        first = counted - timedelta(days=counted.weekday())
        last = first + timedelta(days=_WEEK - 1)
        return first, last, f"{in_words(first)} to {in_words(last)}"
    return counted, counted, f"{'about ' if period == 'about' else ''}{in_words(counted)}"


def _weekday(found: re.Match[str], said: str, written: date) -> date | None:
    """Return the day that a weekday means; None where it may be two, or no single one."""
    name = found["day"] or found["that_day"]
    before, behind = said[: found.start()], said[found.end() :]
    is_bare = found[0].startswith(name)
    is_named = name[0].islower() or (is_bare and _NAME_BEFORE.search(before)) or _DATE_BEHIND.match(behind)
    if is_named or _NOT_ONE_DAY.search(before):
        return None
    past, _ = _count(name, written, "past")
    ahead, _ = _count(name, written, "future")
    if past is None or ahead is None:
        return None
    which = (found["pointed"] or "").partition(" ")[0].casefold()
    if which == "last":
        return past if (written - past).days >= _LEAST_GAP else None
    if which == "next":
        # "Next Friday", said on a Monday, is this week's to some and next week's to others.
        return ahead if ahead - timedelta(days=ahead.weekday()) > written else None
    side = "future" if which == "this" else _side(before, behind)
    if side and (past - written).days % _WEEK == 0:
        return written  # news calls the day by its name
    return {"past": past, "future": ahead}.get(side)


def _side(before: str, behind: str) -> str:
    """Return on which side of the day of writing a weekday lies: past, future, or "" where it is open."""
    bounds = [match.end() for match in _CLAUSE.finditer(before)]
    start = bounds[-1] if bounds else 0
    ending = _CLAUSE.search(behind)
    clause_before, clause_behind = before[start:], behind[: ending.start() if ending else None]
    if not clause_before.strip() and not clause_behind.strip() and ending:
        # "On Monday, the council will meet."
        rest = behind[ending.end() :]
        ending = _CLAUSE.search(rest)
        clause_behind = rest[: ending.start() if ending else None]
    leads = not clause_before.strip()
    deciding = clause_behind if leads else clause_before
    is_ahead, is_past = bool(_AHEAD.search(deciding)), _is_past(deciding)
    if _OPEN.search(clause_before) or is_ahead == is_past:
        return ""
    return "future" if is_ahead else "past"


def _is_past(clause: str) -> bool:
    """Whether a clause has a verb in the past."""
    words = re.findall(r"[a-z]+", clause)
    return any(word in PAST_TENSES or re.fullmatch(r"\w+[^e]ed|\w*[a-z]ied", word) for word in words)


@lru_cache(maxsize=1024)  # dateparser takes milliseconds, and the same passages are cited again and again
def _count(wording: str, written: date, side: str) -> tuple[date | None, str]:
    """Return the day that dateparser counts from the day of writing, and the period that it means."""
    data = _dateparser()(
        languages=["en"],
        settings={
            "RELATIVE_BASE": datetime(written.year, written.month, written.day),  # noqa: DTZ001 - a day has no zone
            "PREFER_DATES_FROM": side,
            "TIMEZONE": "UTC",
        },
    ).get_date_data(wording)
    return (data.date_obj.date() if data.date_obj else None), data.period


@cache
def _dateparser() -> Any:
    """Return dateparser's parser; its import takes a third of a second, which most questions do not need."""
    from dateparser.date import DateDataParser  # noqa: PLC0415

    return DateDataParser
