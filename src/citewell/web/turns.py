"""Answer only so many programs at once, and tell the next ones that too many wait."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from citewell.errors import BusyError

# Calls answered at once, as for the page.
AT_ONCE = 4
BUSY = "too many questions wait here; ask again in a moment"


class Turns:
    """The turns of all programs that call, by whichever interface."""

    def __init__(self, waiting: int) -> None:
        """Take how many calls may wait."""
        self._waiting = waiting
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._here = 0

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for a turn, and hold it for the block.

        Raises:
            BusyError: As many calls wait as may.
        """
        if self._here >= AT_ONCE + self._waiting:
            raise BusyError(BUSY)
        self._here += 1
        try:
            async with self._turns:
                yield
        finally:
            self._here -= 1
