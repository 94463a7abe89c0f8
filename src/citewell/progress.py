"""Report the progress of a long task."""

from collections.abc import Callable
from typing import TypeAlias

Progress: TypeAlias = Callable[[int, int], None]
"""A function that is called with the amount done and the total: of passages, bytes or questions."""


def silent(done: int, total: int) -> None:
    """Show no progress."""
