"""Iterate in a thread beside the caller, who waits only so long, or does other work while waiting.

A caller who no longer waits must cost nothing more. Between two items a source is closed; within a long step,
the step itself asks by `check` whether anybody waits.
"""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import closing, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from threading import Event, Thread
from typing import TypeAlias, TypeVar

from citewell.errors import LateError

T = TypeVar("T")


Unwanted: TypeAlias = Callable[[], bool]
"""Says whether nobody waits for some work any more; many threads may ask."""

_UNWANTED: ContextVar[Unwanted | None] = ContextVar("unwanted", default=None)


class AbandonedError(Exception):
    """Nobody waits for this work any more. It ends the work, and is never shown to anybody."""


def check() -> None:
    """Go on only while somebody waits for the work of this thread.

    Raises:
        AbandonedError: Nobody does: the stream was closed, or its time has passed.
    """
    checker()()


def checker() -> Callable[[], None]:
    """Return `check` for the work of this thread, to be called in other threads that do parts of it."""
    unwanted = _UNWANTED.get()

    def check_there() -> None:
        if unwanted is not None and unwanted():
            raise AbandonedError

    return check_there


def while_wanted(source: Generator[T], unwanted: Unwanted) -> Generator[T]:
    """Yield the items of a source in this thread; end, and close it, once they are unwanted.

    The source ends at its next item, or where it calls `check`.
    """
    with closing(source):
        while not unwanted():
            token = _UNWANTED.set(unwanted)
            try:
                item = next(source)
            except (StopIteration, AbandonedError):
                return
            finally:
                _UNWANTED.reset(token)
            yield item


@dataclass(frozen=True, slots=True)
class Ended:
    """The last item of a stream: its error, or None."""

    error: BaseException | None = None


def pump(source: Generator[T], put: Callable[[T | Ended], object], stop: Event) -> None:
    """Start a thread that puts each item, and Ended last.

    Once `stop` is set, the thread closes the source as soon as the source yields again, or calls `check`.
    """
    before = _UNWANTED.get()  # of a caller whose own work may be unwanted

    def run() -> None:
        error = None
        _UNWANTED.set(lambda: stop.is_set() or (before is not None and before()))
        try:
            with closing(source):  # which stops a language model
                for item in source:
                    if stop.is_set():
                        break
                    put(item)
        except BaseException as raised:  # noqa: BLE001  # of a thread; it is raised where it is waited for
            error = raised
        put(Ended(error))

    Thread(target=run, name="citewell-stream", daemon=True).start()


def within(source: Generator[T], seconds: float) -> Generator[T]:
    """Yield the items of a source, and wait for them so many seconds in all.

    Raises:
        LateError: The time has passed, and no item is there. The source ends as `pump` says.
    """
    came: SimpleQueue[T | Ended] = SimpleQueue()
    stop, end = Event(), time.monotonic() + seconds
    pump(source, came.put, stop)
    try:
        while True:
            try:
                item = came.get(timeout=max(0.0, end - time.monotonic()))
            except Empty:
                raise late(seconds) from None
            if isinstance(item, Ended):
                if item.error is not None:
                    raise item.error
                return
            yield item
    finally:
        stop.set()


async def beside(source: Generator[T], seconds: float | None = None) -> AsyncGenerator[T]:
    """Yield the items of a source as `within` does, while the event loop goes on; without limit when None.

    Raises:
        LateError: As `within` raises it.
    """
    loop = asyncio.get_running_loop()
    came: asyncio.Queue[T | Ended] = asyncio.Queue()
    stop, end = Event(), None if seconds is None else loop.time() + seconds

    def put(item: T | Ended) -> None:
        with suppress(RuntimeError):  # the loop may be closed, and then nobody waits
            loop.call_soon_threadsafe(came.put_nowait, item)

    pump(source, put, stop)
    try:
        while True:
            try:
                async with asyncio.timeout_at(end):
                    item = await came.get()
            except TimeoutError:
                raise late(seconds or 0.0) from None
            if isinstance(item, Ended):
                if item.error is not None:
                    raise item.error
                return
            yield item
    finally:
        stop.set()


def late(seconds: float) -> LateError:
    """Return the error of a stream that took too long."""
    return LateError(f"no answer within {seconds:g} s; allow more time, or ask less at once")
