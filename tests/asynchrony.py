"""Run coroutines in tests: in a thread, since a browser's loop may run in the one of the test."""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

Result = TypeVar("Result")


def run_async(work: Coroutine[Any, Any, Result]) -> Result:
    """Return the result of a coroutine."""
    with ThreadPoolExecutor(1) as aside:
        return aside.submit(asyncio.run, work).result()
