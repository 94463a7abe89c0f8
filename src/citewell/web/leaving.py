"""Stop work for a client that has hung up."""

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from typing import TypeVar

from starlette.types import Receive

T = TypeVar("T")


async def while_here(receive: Receive, work: Coroutine[None, None, T]) -> T | None:
    """Return what work gives; None, and the work is cancelled, when the client hangs up before.

    Args:
        receive: The request's, whose body has been read.
        work: The work.
    """
    working, leaving = asyncio.ensure_future(work), asyncio.ensure_future(leave(receive))
    try:
        await asyncio.wait({working, leaving}, return_when=asyncio.FIRST_COMPLETED)
        return working.result() if working.done() else None
    finally:
        for task in (working, leaving):
            task.cancel()
            with suppress(asyncio.CancelledError, Exception):
                await task


async def leave(receive: Receive) -> None:
    """Wait until the client has hung up."""
    while (await receive())["type"] != "http.disconnect":
        pass
