"""Guessing a password gets slower for who guesses, and for nobody else."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citewell.web.access import Access
from citewell.web.login import FREE_GUESSES, MOST_WAIT_S, Brake, Login
from citewell.web.networks import network_of
from serving import PASSWORD, guess, status

Address = tuple[str, int]


def test_wrong_guesses_have_to_wait_and_others_do_not(locked: Address) -> None:
    wrong = [status(guess(locked, "wrong", source="127.0.0.11")) for _ in range(FREE_GUESSES + 2)]
    assert wrong[:FREE_GUESSES] == [401] * FREE_GUESSES
    assert wrong[-1] == 429
    # Nor is the right one looked at: else the wait would tell nothing to who guesses on.
    answer = guess(locked, PASSWORD, source="127.0.0.11")
    assert status(answer) == 429
    assert re.search(rb"(?i)\r\nretry-after: [1-9]", answer)
    assert status(guess(locked, PASSWORD, source="127.0.0.12")) == 200


def test_many_guesses_at_once_are_worth_as_much_as_one(locked: Address) -> None:
    with ThreadPoolExecutor(20) as pool:
        found = list(pool.map(lambda _: status(guess(locked, "wrong", source="127.0.0.13")), range(60)))
    assert set(found) == {401, 429}
    assert found.count(401) <= FREE_GUESSES + 2


def test_a_forged_address_does_not_help(locked: Address) -> None:
    found = [
        status(guess(locked, "wrong", f"X-Forwarded-For: 203.0.113.{number}", source="127.0.0.14"))
        for number in range(FREE_GUESSES + 3)
    ]
    assert 429 in found


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "http://127.0.0.1:1", "null", "http://127.0.0.1.evil.example"]
)
def test_a_page_elsewhere_logs_nobody_in(locked: Address, origin: str) -> None:
    answer = guess(locked, PASSWORD, f"Origin: {origin}")
    assert status(answer) == 403
    assert b"set-cookie" not in answer.lower()


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_the_wait_grows_and_ends() -> None:
    clock = Clock()
    brake = Brake(clock)
    waits = []
    for _ in range(200):
        waits.append(brake.wait_s("a"))
        clock.now += waits[-1]
        assert brake.wait_s("a") == 0
        brake.wrong("a")
    assert waits == sorted(waits)
    assert waits[: FREE_GUESSES + 3] == [0.0] * FREE_GUESSES + [1.0, 2.0, 4.0]
    assert waits[-1] == MOST_WAIT_S
    assert brake.wait_s("b") == 0
    clock.now += 4000
    assert brake.wait_s("a") == 0


@given(st.lists(st.integers(0, 50), max_size=200))
def test_what_is_remembered_is_limited(guesses: list[int]) -> None:
    brake = Brake(Clock(), most=5)
    for number in guesses:
        brake.wrong(str(number))
        assert len(brake._wrong) <= 5  # noqa: SLF001 - what it remembers is the point


def test_a_whole_network_of_ipv6_is_one_guesser() -> None:
    assert network_of("2001:db8::1") == network_of("2001:db8::ffff:2")
    assert network_of("2001:db8::1") != network_of("2001:db8:0:1::1")


@pytest.mark.parametrize(
    ("user", "password", "right"),
    [
        ("ann", "s3cret é", True),
        ("ann", "s3cret", False),
        ("ann", "", False),
        ("", "s3cret é", False),
        ("Ann", "s3cret é", False),
        ("anns", "3cret é", False),
        ("ann", "\ud800", False),
    ],
)
def test_name_and_password_have_to_be_right_both(user: str, password: str, *, right: bool) -> None:
    login = Login(Access(credentials=("ann", "s3cret é")))
    assert login._is_right(user, password) is right  # noqa: SLF001 - half a surrogate pair comes by no form
