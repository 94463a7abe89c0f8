"""How far a long task is, is shown with its speed and the time left, on a terminal and elsewhere."""

import io
import itertools

import pytest
from rich.console import Console

from citewell.cli import terminal
from citewell.progress import WINDOW_S, Gauge, Speed


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each look at the clock is ten seconds later."""
    seconds = itertools.count(100.0, 10.0)
    monkeypatch.setattr("citewell.cli.terminal.time.monotonic", lambda: next(seconds))


def console(monkeypatch: pytest.MonkeyPatch, *, is_terminal: bool) -> io.StringIO:
    written = io.StringIO()
    made = Console(file=written, force_terminal=is_terminal, width=120, highlight=False, soft_wrap=True)
    monkeypatch.setattr(terminal, "err", made)
    return written


@pytest.mark.usefixtures("clock")
def test_without_a_terminal_a_line_comes_from_time_to_time(monkeypatch: pytest.MonkeyPatch) -> None:
    written = console(monkeypatch, is_terminal=False)
    with terminal.stage_bars() as stages:
        for done in range(0, 50_000, 1_000):
            stages.encoding(done, 100_000)
    lines = written.getvalue().splitlines()
    assert 5 < len(lines) < 50
    assert all(line.startswith("Encoding: ") and line.endswith(" left") for line in lines)
    assert " of 100,000 passages, " in lines[-1]


@pytest.mark.usefixtures("clock")
def test_on_a_terminal_each_stage_is_a_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    written = console(monkeypatch, is_terminal=True)
    with terminal.stage_bars() as stages:
        for done in (0, 20_000_000, 45_600_000):
            stages.reading(done, 45_600_000)
        for done in (0, 60, 600):
            stages.encoding(done, 1_200)
    shown = written.getvalue()
    assert "Reading" in shown
    assert "45.6 of 45.6 MB" in shown
    assert "600 of 1,200 passages" in shown
    assert " left" in shown
    assert "Writing" not in shown


@pytest.mark.parametrize("is_terminal", [True, False])
def test_what_ends_within_a_second_shows_nothing(
    is_terminal: bool,  # noqa: FBT001  # a parameter
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    written = console(monkeypatch, is_terminal=is_terminal)
    monkeypatch.setattr("citewell.cli.terminal.time.monotonic", lambda: 5.0)
    with terminal.progress_bar("Asking", "questions") as report:
        for done in range(10):
            report(done, 10)
    assert written.getvalue() == ""


def test_the_time_left_follows_the_last_minute() -> None:
    speed = Speed()
    assert speed.seconds_left(100) is None
    speed.reach(0, 0.0)
    assert speed.a_second == 0
    for second in range(1, 200):
        # Ten times as slow from the hundredth second on.
        speed.reach(second * 10 if second < 100 else 990 + second - 99, float(second))
    assert speed.a_second == pytest.approx(1.0, rel=1 / WINDOW_S)
    assert terminal.describe_progress(1_090, 4_690, "passages", speed) == (
        "1,090 of 4,690 passages, 1 a second, 1:00:00 left"
    )


def test_the_number_of_passages_is_estimated_and_exact_at_the_end() -> None:
    told: list[tuple[int, int]] = []
    gauge = Gauge(lambda *step: told.append(step), 10_000)
    for _ in range(10):
        gauge.split(1_000, 7)
        gauge.encoded(7)
    assert told[0] == (7, 70)
    assert told[-1] == (70, 70)
