"""Keep what a native library made usable in a forked process.

A fork copies a library's locks as they are, held ones too, and none of its threads. So whatever may hold a
lock while it works is made anew in the child, on first use. The copy is left as it is: to free it could wait
for a lock that nobody will release.
"""

import os
from collections.abc import Callable
from threading import Lock
from typing import Any, Generic, TypeVar
from weakref import WeakSet

T = TypeVar("T")


class PerProcess(Generic[T]):
    """A value that each process makes for itself. Many threads may get it at once."""

    def __init__(self, make: Callable[[], T]) -> None:
        """Make the value of this process.

        Args:
            make: Makes the value; it is called again in a forked process, when the value is first wanted
                there, and what it raises is raised by `get`.
        """
        self._make = make
        self._lock = Lock()
        self._value: T | None = make()
        _ALL.add(self)

    def get(self) -> T:
        """Return the value of this process."""
        value = self._value
        if value is not None:
            return value
        with self._lock:
            if self._value is None:
                self._value = self._make()
            return self._value

    def forget(self) -> None:
        """Let the value be made anew; called in a forked process, before anything else runs there."""
        _LEFT.append(self._value)
        self._lock = Lock()
        self._value = None


_ALL: "WeakSet[PerProcess[Any]]" = WeakSet()
_LEFT: list[object] = []


def _forget_all() -> None:
    for kept in list(_ALL):
        kept.forget()


if hasattr(os, "register_at_fork"):  # Windows has no fork
    os.register_at_fork(after_in_child=_forget_all)
