"""Report the progress of a long task."""

from collections.abc import Callable
from typing import TypeAlias

Progress: TypeAlias = Callable[[int, int], None]
"""Called with how much is done and how much there is in all: passages, bytes, questions."""


def silent(done: int, total: int) -> None:
    """Show no progress."""
