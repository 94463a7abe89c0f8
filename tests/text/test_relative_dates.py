"""Relative dates: each is resolved as a reader would, or left alone."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citewell.text.english import DAYS
from citewell.text.relative_dates import in_words, resolve_dates
from citewell.text.spans import Span

WRITTEN = "2019-10-13"  # a Sunday


def notes(text: str, published: str = WRITTEN) -> list[str]:
    return [found.note for found in resolve_dates(text, Span(0, len(text)), published)]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("The ferry sank yesterday.", ["yesterday: 12 October 2019"]),
        ("The ferry sank last Tuesday.", ["last Tuesday: 8 October 2019"]),
        ("The council met on Monday and voted.", ["on Monday: 7 October 2019"]),
        ("The council will meet on Monday.", ["on Monday: 14 October 2019"]),
        ("On Monday, the council will meet.", ["On Monday: 14 October 2019"]),
        ("It will be shut, the mayor said on Wednesday.", ["on Wednesday: 9 October 2019"]),
        ("The mayor said on Monday it will be shut.", ["on Monday: 7 October 2019"]),
        ("It reopened on Sunday.", ["on Sunday: 13 October 2019"]),
        ("A fire broke out last night.", ["last night: 12 October 2019"]),
        ("It closed two weeks ago.", ["two weeks ago: about 29 September 2019"]),
        ("It opened ten days ago.", ["ten days ago: 3 October 2019"]),
        ("Prices rose last month.", ["last month: September 2019"]),
        ("Prices fell last year.", ["last year: 2018"]),
        ("The mine shut last week.", ["last week: 30 September 2019 to 6 October 2019"]),
        ("BERGEN, 13 October 2019 — It sank yesterday.", ["yesterday: 12 October 2019"]),
        ("On Tuesday, Mayor Holm said no.", ["On Tuesday: 8 October 2019"]),
        ("She was freed on 2,000 euros bail on Thursday.", ["on Thursday: 10 October 2019"]),
    ],
)
def test_a_relative_date_is_resolved(text: str, wanted: list[str]) -> None:
    assert notes(text) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "It is open on Mondays.",
        "It is shut every Monday.",
        "Sales rose on Black Friday.",
        "He told the Sunday Times.",
        "USA Today reported it, and the USA Today site was down.",
        "“I saw it yesterday,” he said.",
        '"I saw it yesterday," he said.',
        "‘I saw it yesterday,’ he said.",
        "The shop opens on Monday.",  # it may be any Monday that a timetable means
        "The meeting that was scheduled for Monday fell through.",
        "It was to open on Wednesday.",
        "On Tuesday, 8 October, it rained.",
        "On 3 March 2015 he wrote that it burnt yesterday.",
        "She saw yesterday's match.",
        "He left the day before.",
    ],
)
def test_what_may_be_several_days_is_left_alone(text: str) -> None:
    assert notes(text) == []


def test_a_friday_of_two_readings_is_left_alone() -> None:
    assert notes("It opened and next Friday it is shown.", "2019-10-14") == []
    assert notes("It opened and next Friday it is shown.", "2019-10-13") == ["next Friday: 18 October 2019"]


def test_without_a_day_of_publication_nothing_is_resolved() -> None:
    assert notes("It sank yesterday.", "") == notes("It sank yesterday.", "2019") == []


def test_speech_that_began_in_an_earlier_sentence_is_left_alone() -> None:
    text = "“We went home. It sank yesterday,” he said."
    assert resolve_dates(text, Span(15, len(text)), WRITTEN) == ()


@given(
    st.dates(date(1900, 1, 1), date(2100, 1, 1)),
    st.sampled_from(DAYS),
    st.text("abc \n", max_size=20),
)
def test_days_are_counted_as_the_calendar_has_them(written: date, weekday: str, before: str) -> None:
    text = (
        f"{before}It sank yesterday. They met on {weekday}. They will sail on {weekday}. It rose last year."
    )
    found = resolve_dates(text, Span(len(before), len(text)), written.isoformat())
    assert [text[item.start : item.end] for item in found] == [item.words for item in found]
    by_sentence = [date.fromisoformat(item.first) for item in found]
    assert by_sentence[0] == written - timedelta(days=1)
    past, ahead = by_sentence[1:3]
    assert written - timedelta(days=6) <= past <= written <= ahead <= written + timedelta(days=6)
    assert past.weekday() == ahead.weekday() == DAYS.index(weekday)
    assert found[3].said == str(written.year - 1)
    assert in_words(past) == found[1].said
