"""Find the numbers, times, dates and names of a claim, and compare them with an article's text."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from citewell.arithmetic.amounts import Amount, find_amounts
from citewell.text.english import DAYS, MONTHS, SENTENCE_OPENERS
from citewell.text.spans import Span
from citewell.text.words import fold, folded_words, word_spans


class Kind(StrEnum):
    """What a detail is."""

    NUMBER = "number"
    TIME = "time"
    DATE = "date"
    NAME = "name"


class State(StrEnum):
    """How a text has a detail of a claim."""

    PROVED = "proved"
    DIFFERS = "differs"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Detail:
    """A detail of a claim: `whole_text[start:end] == text`.

    Attributes:
        kind: What it is.
        text: Its characters.
        start: Offset of the first in the text that is checked.
        end: Offset one past the last.
    """

    kind: Kind
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Finding:
    """How an article's text has a detail.

    Attributes:
        detail: The detail.
        state: How the text has it.
        other: The range that has another value, offsets into the compared text; None when there is none.
    """

    detail: Detail
    state: State
    other: Span | None = None


_MONTH = "|".join((*MONTHS, *(f"{month[:3]}\\.?" for month in MONTHS)))
CLOCK = re.compile(r"\b(\d{1,2})(?:[:.](\d\d))?\s?([ap])\.?\s?m\b\.?|\b(\d{1,2}):(\d\d)\b", re.IGNORECASE)
DATE = re.compile(
    rf"\b(?:(?:{_MONTH})\b(?:\s+\d{{1,2}}\b(?:st|nd|rd|th)?)?(?:,?\s+\d{{4}}\b)?"
    rf"|\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?(?:{_MONTH})\b(?:,?\s+\d{{4}}\b)?|{'|'.join(DAYS)})\b"
)
MANY = re.compile(r"\b(?:dozens|scores|hundreds|thousands|millions|billions)\b", re.IGNORECASE)
YEAR = re.compile(r"(?:1[5-9]|20)\d\d")
# Units that `find_amounts` does not read, and the short forms of those that it does.
MEASURE = re.compile(
    r"[\s-]?(lbs?|mph|km/h|feet|foot|ft|inch(?:es)?|yards?|ounces?|kilowatts?|knots?)\b", re.IGNORECASE
)
SHORT = {
    **dict.fromkeys(("kilometre", "kilometer"), "km"),
    **dict.fromkeys(("kilogram", "kilogramme", "kilo"), "kg"),
    **dict.fromkeys(("metre", "meter"), "m"), **dict.fromkeys(("litre", "liter"), "l"), "lbs": "lb",
    "feet": "foot", "ft": "foot", "tonne": "ton",
}  # fmt: skip
# Letters that a name shares with the word for its people, and all but so many of the shorter one.
SHARED, BEYOND = 4, 3


def find_details(text: str, within: Span | None = None) -> tuple[Detail, ...]:
    """Return the details of a text, or of a range of it, in order; offsets are into the whole text.

    >>> [(found.kind.value, found.text) for found in find_details("In May 2014 Ann Lee paid $3m at 2 p.m.")]
    [('date', 'May 2014'), ('name', 'Ann Lee'), ('number', '$3m'), ('time', '2 p.m.')]
    """
    start, end = within or (0, len(text))
    said = text[start:end]
    taken: list[Span] = []
    found = []
    for kind, spans in (
        (Kind.TIME, (Span(*match.span()) for match in CLOCK.finditer(said))),
        (Kind.DATE, (Span(*match.span()) for match in DATE.finditer(said) if not _is_modal(said, match))),
        (Kind.NUMBER, _numbers(said)),
        (Kind.NAME, _names(said)),
    ):
        for span in spans:
            if all(span.end <= other.start or other.end <= span.start for other in taken):
                taken.append(span)
                found.append(Detail(kind, said[span.start : span.end], start + span.start, start + span.end))
    return tuple(sorted(found, key=lambda detail: detail.start))


def _is_modal(said: str, match: re.Match[str]) -> bool:
    """Whether "May" at a sentence's beginning may be a verb, or "March" a noun."""
    return match[0] in {"May", "March"} and not re.search(
        r"\b(?:in|of|last|this|since|until)\s$", said[: match.start()]
    )


def _numbers(said: str) -> Iterator[Span]:
    for amount in find_amounts(said):
        start = _with_sign(amount.start, said)
        if said[amount.start : amount.end].strip().casefold() != "one":
            yield Span(start, amount.start + len(said[amount.start : amount.end].rstrip()))
    for match in MANY.finditer(said):
        yield Span(*match.span())


def _names(said: str) -> Iterator[Span]:
    """Yield runs of words with capitals; a first word is one only with another behind it."""
    run: list[Span] = []
    for span in word_spans(said):
        word = said[span.start : span.end]
        is_name = (
            word[0].isupper() and word.casefold() not in SENTENCE_OPENERS and word not in {*MONTHS, *DAYS}
        )
        if run and (not is_name or said[run[-1].end : span.start] not in {" ", ". ", "-", "’s "}):
            yield from _run(said, run)
            run = []
        if is_name:
            run.append(span)
    yield from _run(said, run)


def _run(said: str, run: Sequence[Span]) -> Iterator[Span]:
    if run and (
        len(run) > 1 or said[: run[0].start].strip(" \"“'") or said[run[0].start : run[0].end].isupper()
    ):
        yield Span(run[0].start, run[-1].end)


def compare(
    details: Sequence[Detail], text: str, around: str = "", days: Sequence[tuple[Span, date]] = ()
) -> list[Finding]:
    """Compare a claim's details with a text that may prove the claim.

    Args:
        details: The details.
        text: The text.
        around: What stands around it: the article's title, the sentences before. It can prove names and
            dates, which a sentence does not repeat.
        days: What the text has of relative words for days, "yesterday", each with the day that it means.

    >>> details = find_details("The boats were moved over 500 kilometres by Ann Lee.")
    >>> [found.state.value for found in compare(details, "They went 500 miles (800 km).", "Ann Lee")]
    ['differs', 'proved']
    >>> monday = [(Span(8, 17), date(2019, 10, 14))]
    >>> details = find_details("It rose on Monday, not on Tuesday.")
    >>> [found.state.value for found in compare(details, "It rose yesterday.", days=monday)]
    ['proved', 'differs']
    """
    return [_compare(detail, text, around, days) for detail in details]


def _compare(detail: Detail, text: str, around: str, days: Sequence[tuple[Span, date]]) -> Finding:
    if detail.kind is Kind.NAME:
        return _compare_name(detail, text, around)
    if detail.kind is Kind.TIME:
        return _compare_values(detail, text, CLOCK, lambda found: _minutes(CLOCK.search(found)))
    if detail.kind is Kind.DATE:
        return _compare_date(detail, text, around, days)
    if MANY.fullmatch(detail.text):
        return _compare_values(detail, text, MANY, str.casefold)
    return _compare_number(detail, text)


def _minutes(match: re.Match[str] | None) -> int | None:
    if match is None:
        return None
    hour, minute = int(match[1] or match[4]), int(match[2] or match[5] or 0)
    return (hour % 12 + 12 * (match[3].lower() == "p") if match[3] else hour) * 60 + minute


def _compare_values(
    detail: Detail, text: str, pattern: re.Pattern[str], value: Callable[[str], object]
) -> Finding:
    others = list(pattern.finditer(text))
    if any(value(other[0]) == value(detail.text) for other in others):
        return Finding(detail, State.PROVED)
    if not others:
        return Finding(detail, State.MISSING)
    return Finding(detail, State.DIFFERS, Span(*others[0].span()))


def _compare_number(detail: Detail, text: str) -> Finding:
    wanted = find_amounts(detail.text)
    known = [
        other for other in find_amounts(text) if text[other.start : other.end].strip().casefold() != "one"
    ]
    if not wanted:
        return Finding(detail, State.PROVED if detail.text in text else State.MISSING)
    amount = wanted[0]
    unit = _unit(amount, detail.text)
    same = [other for other in known if other.value == amount.value]
    if any(not unit or _unit(other, text) in ("", unit) for other in same):
        return Finding(detail, State.PROVED)
    if same:
        return Finding(detail, State.DIFFERS, _with_unit(same[0], text))
    is_year = bool(YEAR.fullmatch(detail.text))
    rivals = [
        other
        for other in known
        if bool(YEAR.fullmatch(text[other.start : other.end].strip())) == is_year
        and _unit(other, text) == unit
    ]
    if not rivals:
        return Finding(detail, State.MISSING)
    nearest = min(rivals, key=lambda other: (abs(len(detail.text) - (other.end - other.start)), other.start))
    return Finding(detail, State.DIFFERS, _with_unit(nearest, text))


def _unit(amount: Amount, text: str) -> str:
    """Return the unit of an amount, "" for none; its short forms are the same unit."""
    if amount.unit:
        return SHORT.get(amount.unit, amount.unit)
    beyond = MEASURE.match(text, amount.end)
    return SHORT.get(beyond[1].casefold(), beyond[1].casefold()) if beyond else ""


def _with_unit(amount: Amount, text: str) -> Span:
    beyond = MEASURE.match(text, amount.end)
    end = beyond.end() if beyond else amount.end
    return Span(_with_sign(amount.start, text), amount.start + len(text[amount.start : end].rstrip()))


def _with_sign(start: int, text: str) -> int:
    """Return where an amount begins with the sign of its currency."""
    sign = text[:start].rstrip()
    return len(sign) - 1 if sign[-1:] in set("$€£¥") else start


def _compare_date(detail: Detail, text: str, around: str, days: Sequence[tuple[Span, date]]) -> Finding:
    words = _date_words(detail.text)
    if any(words <= _date_words(said) for said in (text, *(f"{day:%A %d %B %Y}" for _, day in days))):
        return Finding(detail, State.PROVED)
    if detail.text in DAYS and len(days) == 1:
        return Finding(detail, State.DIFFERS, days[0][0])
    others = [
        match
        for match in DATE.finditer(text)
        if (match[0] in DAYS) == (detail.text in DAYS) and not _is_modal(text, match)
    ]
    if detail.text in DAYS or words <= _date_words(text) | _date_words(around):
        # A report of Tuesday says "yesterday" of Monday: another day of the week denies nothing.
        return Finding(detail, State.MISSING if others or words - _date_words(around) else State.PROVED)
    rivals = [match for match in others if len(_date_words(match[0]) & words) < len(words)]
    return Finding(
        detail, State.DIFFERS if rivals else State.MISSING, Span(*rivals[0].span()) if rivals else None
    )


def _date_words(text: str) -> set[str]:
    months = {month.casefold()[:3]: month.casefold() for month in MONTHS}
    words = (re.sub(r"(?<=\d)(?:st|nd|rd|th)$|^0", "", word) for word in folded_words(text))
    return {months.get(word, word) if word != "of" else "" for word in words} - {""}


def _compare_name(detail: Detail, text: str, around: str) -> Finding:
    words = folded_words(detail.text)
    here, near = set(folded_words(text)), set(folded_words(around))
    if any(_is_known(word, here | near) for word in words[-1:]) or all(
        _is_known(word, here | near) for word in words
    ):
        return Finding(detail, State.PROVED)
    if _initials(words) & (here | near) or any(
        word.isalpha() and detail.text.replace(".", "").isupper() and _spells(word, text + " " + around)
        for word in words
    ):
        return Finding(detail, State.PROVED)
    rival = next(
        (
            span
            for span in _names(" " + text)
            if not set(folded_words(text[span.start - 1 : span.end - 1])) & set(words)
        ),
        None,
    )
    if rival is None:
        return Finding(detail, State.MISSING)
    return Finding(detail, State.MISSING, Span(rival.start - 1, rival.end - 1))


def _is_known(word: str, words: set[str]) -> bool:
    """Whether words have a word, or that for its people: Slovakia, Slovak."""
    if word in words:
        return True
    return any(
        len(word) > SHARED
        and len(other) > SHARED
        and word[: max(SHARED, min(len(word), len(other)) - BEYOND)]
        == other[: max(SHARED, min(len(word), len(other)) - BEYOND)]
        and abs(len(word) - len(other)) <= BEYOND
        for other in words
    )


def _initials(words: Sequence[str]) -> set[str]:
    return {"".join(word[0] for word in words)} if len(words) > 1 else set()


def _spells(initials: str, text: str) -> bool:
    """Whether a text has words with capitals that begin with the letters of an abbreviation."""
    return any(
        initials == "".join(fold(w)[0] for w in text[s.start : s.end].split() if fold(w))
        for s in _names(text)
    )
