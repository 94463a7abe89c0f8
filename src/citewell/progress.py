"""Report the progress of a long task, and say how long it will take."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

Progress: TypeAlias = Callable[[int, int], None]
"""A function that is called with the amount done and the total: of passages, bytes or questions."""


def silent(done: int, total: int) -> None:
    """Show no progress."""


# Seconds of work that the speed is taken from, and fewest; also those between two points that are kept.
WINDOW_S = 60.0
LEAST_S = 1.0


class Speed:
    """How fast a task went in the last minute.

    >>> speed = Speed()
    >>> speed.reach(0, seconds=0.0)
    >>> speed.reach(60, seconds=30.0)
    >>> speed.a_second, speed.seconds_left(600)
    (2.0, 270.0)
    """

    def __init__(self) -> None:
        """Know nothing yet."""
        self._reached: deque[tuple[float, int]] = deque()

    def reach(self, done: int, seconds: float) -> None:
        """Learn that so much is done at a time."""
        is_soon = len(self._reached) > 1 and self._reached[-1][0] < self._reached[-2][0] + LEAST_S
        if is_soon:
            self._reached.pop()
        self._reached.append((seconds, done))
        while len(self._reached) > 2 and self._reached[1][0] <= seconds - WINDOW_S:  # noqa: PLR2004 - two ends
            self._reached.popleft()

    @property
    def a_second(self) -> float:
        """How much was done in a second; 0 while that cannot be told."""
        if not self._reached:
            return 0.0
        (began, first), (ended, last) = self._reached[0], self._reached[-1]
        return (last - first) / (ended - began) if ended - began >= LEAST_S else 0.0

    def seconds_left(self, total: int) -> float | None:
        """Return how long the rest will take; None while that cannot be told."""
        speed = self.a_second
        return (total - self._reached[-1][1]) / speed if speed > 0 else None


@dataclass(frozen=True, slots=True)
class Stages:
    """Who is told of each stage of bringing an index in line with files.

    Attributes:
        reading: Told how many bytes of the files are read.
        encoding: Told how many passages are encoded. The total of a large index is estimated from the
            characters of the articles that are not split yet; at the end it is exact.
        writing: Told how many passages of a large index are joined into segments.
    """

    reading: Progress = silent
    encoding: Progress = silent
    writing: Progress = silent


UNSEEN = Stages()


class Gauge:
    """Tells how many passages are encoded, of how many.

    How many there will be is estimated: the articles that are not split yet have as many passages for their
    characters as those that are.

    >>> gauge = Gauge(lambda *told: print(*told), characters=1000)
    >>> gauge.split(characters=250, passages=4)
    >>> gauge.encoded(2)
    2 16
    """

    def __init__(self, progress: Progress, characters: int) -> None:
        """Take the characters of all articles."""
        self._progress = progress
        self._characters = characters
        self._split = self._found = self._done = 0

    def split(self, characters: int, passages: int) -> None:
        """Learn how many passages an article has."""
        self._split += characters
        self._found += passages

    def encoded(self, passages: int) -> None:
        """Tell that so many passages more are encoded."""
        self._done += passages
        left = max(0, self._characters - self._split) * self._found / max(1, self._split)
        self._progress(self._done, self._found + round(left))
