"""A sequence whose items are made when they are asked for."""

from abc import abstractmethod
from collections.abc import Sequence
from typing import TypeVar, overload

T = TypeVar("T")


class Lazy(Sequence[T]):
    """A sequence of which a subclass says how long it is and what stands at a place."""

    @abstractmethod
    def at(self, place: int) -> T:
        """Return the item at a place in [0, len(self))."""

    def fetch(self, places: Sequence[int]) -> Sequence[T]:
        """Return the items at some places, in order; one by one, where a subclass has no quicker way."""
        return [self.at(place) for place in places]

    @overload
    def __getitem__(self, place: int) -> T: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[T, ...]: ...
    def __getitem__(self, place: int | slice) -> T | tuple[T, ...]:
        """Return an item, or several."""
        if isinstance(place, slice):
            return tuple(self.fetch(range(len(self))[place]))
        return self.at(range(len(self))[place])
