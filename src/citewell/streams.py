"""Iterate in a thread beside the caller, who waits only so long, or does other work while waiting."""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import closing, suppress
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from threading import Event, Thread
from typing import TypeVar

from citewell.errors import LateError

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Ended:
    """The last item of a stream: its error, or None."""

    error: BaseException | None = None


def pump(source: Generator[T], put: Callable[[T | Ended], object], stop: Event) -> None:
    """Start a thread that puts each item, and Ended last.

    Once `stop` is set, the thread closes the source as soon as the source yields again.
    """

    def run() -> None:
        error = None
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
        LateError: The time has passed, and no item is there. The source is closed at its next item.
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
