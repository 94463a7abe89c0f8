"""Read visitors' articles without delaying other visitors, and stop when a visitor leaves."""

import time
from collections.abc import Callable, Iterator, Sequence
from collections.abc import Generator as Yielding
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Event, Semaphore, Thread
from typing import Generic, TypeVar
from weakref import WeakSet

from citewell.documents import loading
from citewell.documents.confinement import Confinement
from citewell.errors import LoadError
from citewell.index.collection import Pace
from citewell.settings import Settings

# How often a page gets the progress of the reading, and is checked for still being open.
TOLD_EVERY_S = 0.2
# Passages encoded at a time: a question waits for one batch, since the encoder runs one job at a time.
BATCH = 8
# After each batch the encoder is left to questions for this many times the duration of the batch. With a
# factor of one on two cores, twenty people waited half as long again.
REST = 2.0
# A visitor who waits longer than this for other visitors' articles gets an error.
WAIT_S = 180
ASKED_EVERY_S = 0.05

T = TypeVar("T")


class UnwantedError(Exception):
    """The work is no longer wanted: the visitor has left, or the server stops."""


class PageLink:
    """A link that tells a page the progress of its work, and tells the work whether the page still waits."""

    def __init__(self) -> None:
        """Begin with a waiting page."""
        self.progress: SimpleQueue[tuple[int, int]] = SimpleQueue()
        self.unwanted = Event()
        self._batch_began = time.monotonic()

    def check(self) -> None:
        """Go on only while the page waits.

        Raises:
            UnwantedError: The page no longer waits.
        """
        if self.unwanted.is_set():
            raise UnwantedError

    def __call__(self, done: int, total: int) -> None:
        """Report the number of encoded passages, and leave the encoder to others for a while."""
        self.check()
        self.progress.put((done, total))
        self.unwanted.wait(REST * (time.monotonic() - self._batch_began))
        self._batch_began = time.monotonic()


class ReadingQueue:
    """A queue that reads the articles of a limited number of visitors at once; the others wait."""

    def __init__(self, settings: Settings) -> None:
        """Take the limits."""
        self._settings = settings
        self._free = Semaphore(settings.own_at_once)

    def load(self, paths: Sequence[Path], link: PageLink) -> loading.Loaded:
        """Read files in a separate process; a file past a limit is a failure."""
        settings = self._settings
        with (
            self.hold_place(link),
            Confinement(settings.own_allowance, settings.own_limits, check=link.check) as confinement,
        ):
            return loading.load(paths, read=confinement.read)

    def pace(self, link: PageLink) -> Pace:
        """Return the pace of indexing a visitor's articles: small batches, and a limit on passages."""
        return Pace(batch=BATCH, most=self._settings.own_passages, check=link.check)

    @contextmanager
    def hold_place(self, link: PageLink) -> Iterator[None]:
        """Wait for a free place, and hold the place for the block.

        Raises:
            LoadError: No place became free in time.
            UnwantedError: The page no longer waits.
        """
        until = time.monotonic() + WAIT_S
        while not self._free.acquire(timeout=ASKED_EVERY_S):
            link.check()
            if time.monotonic() > until:
                message = (
                    f"the server has read other visitors' articles for {WAIT_S} seconds; try again later"
                )
                raise LoadError(message)
        try:
            yield
        finally:
            self._free.release()


class Result(Generic[T]):
    """The result of work, once the work is done."""

    def __init__(self) -> None:
        """Begin without a result."""
        self.done = Event()
        self.value: T | None = None
        self.error: BaseException | None = None


WORKING: "WeakSet[PageLink]" = WeakSet()


def run_for_page(work: Callable[[PageLink], T]) -> Yielding[tuple[int, int] | T | None]:
    """Run work in a thread; yield (done, total) or None now and then, and the result last.

    Closing the iterator stops the work, so that a visitor who leaves costs nothing more.
    """
    link, result = PageLink(), Result[T]()

    def run() -> None:
        try:
            result.value = work(link)
        except BaseException as error:  # noqa: BLE001  # raised where it is waited for
            result.error = error
        finally:
            result.done.set()

    WORKING.add(link)
    # A thread that does not keep the program from ending.
    Thread(target=run, daemon=True, name="citewell-own").start()
    try:
        while not result.done.wait(TOLD_EVERY_S):
            latest = None
            try:
                while True:
                    latest = link.progress.get_nowait()
            except Empty:
                yield latest
        if result.error is not None:
            raise result.error
        yield result.value
    finally:
        link.unwanted.set()


def stop_all() -> None:
    """Stop all work for visitors, because the server stops."""
    for link in list(WORKING):
        link.unwanted.set()
