"""Have visitors' articles read so that nobody else waits for it, and no longer than they are wanted."""

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

# How often a page is told how far the reading has come, and asked whether it is still there.
TOLD_EVERY_S = 0.2
# Passages encoded at a time: a question waits for as many, since the encoder does one thing after another.
BATCH = 8
# So many times as long as a batch took, the encoder is left to questions: on two cores with once as long,
# twenty people waited half as long again.
REST = 2.0
# Who waits for longer than this for others' articles is told so.
WAIT_S = 180
ASKED_EVERY_S = 0.05

T = TypeVar("T")


class UnwantedError(Exception):
    """Nobody waits for what is being done: the visitor has left, or the server stops."""


class PageLink:
    """Tells a page how far work for it has come, and the work whether the page still waits."""

    def __init__(self) -> None:
        """Begin with a page that waits."""
        self.progress: SimpleQueue[tuple[int, int]] = SimpleQueue()
        self.unwanted = Event()
        self._batch_began = time.monotonic()

    def check(self) -> None:
        """Go on only while the page waits.

        Raises:
            UnwantedError: It does not.
        """
        if self.unwanted.is_set():
            raise UnwantedError

    def __call__(self, done: int, total: int) -> None:
        """Tell that so many passages are encoded, and leave the encoder to others for a while."""
        self.check()
        self.progress.put((done, total))
        self.unwanted.wait(REST * (time.monotonic() - self._batch_began))
        self._batch_began = time.monotonic()


class ReadingQueue:
    """Reads the articles of so many visitors at once; the others wait."""

    def __init__(self, settings: Settings) -> None:
        """Take the limits."""
        self._settings = settings
        self._free = Semaphore(settings.own_at_once)

    def load(self, paths: Sequence[Path], link: PageLink) -> loading.Loaded:
        """Read files in a process of its own; what is past a limit is a failure."""
        settings = self._settings
        with (
            self.hold_place(link),
            Confinement(settings.own_allowance, settings.own_limits, check=link.check) as confinement,
        ):
            return loading.load(paths, read=confinement.read)

    def pace(self, link: PageLink) -> Pace:
        """Return how a visitor's articles are indexed: in small steps, and so many passages at most."""
        return Pace(batch=BATCH, most=self._settings.own_passages, check=link.check)

    @contextmanager
    def hold_place(self, link: PageLink) -> Iterator[None]:
        """Wait until there is room, and hold it for the block.

        Raises:
            LoadError: There is none for long.
            UnwantedError: The page does not wait.
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
    """What work gave, once it is done."""

    def __init__(self) -> None:
        """Begin undone."""
        self.done = Event()
        self.value: T | None = None
        self.error: BaseException | None = None


WORKING: "WeakSet[PageLink]" = WeakSet()


def run_for_page(work: Callable[[PageLink], T]) -> Yielding[tuple[int, int] | T | None]:
    """Do something aside, yielding (done, total) or None now and then, and the result last.

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
    """Stop what is done for visitors: the server stops."""
    for link in list(WORKING):
        link.unwanted.set()
