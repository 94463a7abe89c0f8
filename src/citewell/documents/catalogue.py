"""Find an article by its id or its text, in a list of articles or in a sequence that reads them from disk."""

from collections.abc import Iterator, Sequence
from typing import Protocol, runtime_checkable

from citewell.documents.document import Document


@runtime_checkable
class Catalogue(Protocol):
    """What a sequence of articles has that knows where each one is without reading all of them."""

    def place_of(self, id: str) -> int | None:
        """Return the position of the article with this id; None for none."""
        ...

    def place_of_text(self, sha256: str) -> int | None:
        """Return the position of an article whose text has this SHA-256, hexadecimal; None for none."""
        ...


@runtime_checkable
class Named(Protocol):
    """What a sequence of articles has that knows what they are called without reading all of them."""

    def named(self) -> Iterator[tuple[str, Sequence[Sequence[str]]]]:
        """Yield each article's title and, for each of its headings, it and those above it."""
        ...


def place_of(documents: Sequence[Document], id: str) -> int | None:
    """Return the position of the article with this id; None for none.

    >>> place_of([Document("a", "A", "It rose."), Document("b", "B", "It fell.")], "b")
    1
    """
    if isinstance(documents, Catalogue):
        return documents.place_of(id)
    return next((place for place, document in enumerate(documents) if document.id == id), None)


def find_by_id(documents: Sequence[Document], id: str) -> Document | None:
    """Return the article with this id; None for none."""
    place = place_of(documents, id)
    return None if place is None else documents[place]


def find_by_text(documents: Sequence[Document], sha256: str) -> Document | None:
    """Return the last article whose text has this SHA-256, hexadecimal; None for none."""
    if isinstance(documents, Catalogue):
        place = documents.place_of_text(sha256)
        return None if place is None else documents[place]
    return next((document for document in reversed(documents) if document.sha256 == sha256), None)
