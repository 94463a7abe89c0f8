"""Say what lies where: the names of the collections, the keys of the rows, and an article's text in pieces.

An index NAME is an alias of the collection that holds its present generation's record. That record names two
more collections: one with a row for each passage, one with a row for each piece of an article's text. A row's
key is the article's number times PLACES, plus its own number within the article. An article whose text
changes gets a new number, so rows are never written over: a reader of one generation sees the rows of its own
articles, whatever a writer adds meanwhile.
"""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from citewell.documents.document import Document
from citewell.documents.structure import Mark
from citewell.errors import SettingsError

# How to make a damaged index, or one of another format, anew.
MEND: Final = "rebuild it: citewell index PATH --rebuild, with the same options"
# Most passages, and most pieces of text, of one article.
PLACES: Final = 2**20
# Milvus takes texts of 65,535 bytes, and a character has at most 4 in UTF-8.
PIECE_CHARACTERS: Final = 16_000
NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,99}")


@dataclass(frozen=True, slots=True)
class Names:
    """The names of an index's collections and aliases.

    Attributes:
        alias: The alias of the present generation; the name by which people know the index.
    """

    alias: str

    def __post_init__(self) -> None:
        """Refuse what Milvus would refuse later."""
        if not NAME.fullmatch(self.alias) or "__" in self.alias:
            message = (
                f"the collection's name is {self.alias!r}; it takes letters, digits and single underscores, "
                "and begins with a letter: name it with --milvus-collection"
            )
            raise SettingsError(message)

    @property
    def lock(self) -> str:
        """The alias that a writer holds."""
        return f"{self.alias}__lock"

    def marker(self, writer: str, number: int) -> str:
        """One of the two collections between which a writer's lock swings."""
        return f"{self.alias}__writer_{writer}_{number}"

    def record(self, generation: str) -> str:
        """The collection that holds the record of a generation."""
        return f"{self.alias}__generation_{generation}"

    def passages(self, base: str) -> str:
        """The collection of the passages."""
        return f"{self.alias}__passages_{base}"

    def texts(self, base: str) -> str:
        """The collection of the texts."""
        return f"{self.alias}__texts_{base}"

    def owns(self, name: str) -> bool:
        """Whether a collection is part of this index, and none of a writer's markers."""
        return any(name.startswith(f"{self.alias}__{kind}_") for kind in ("generation", "passages", "texts"))


def row_key(article: int, number: int) -> int:
    """Return the primary key of an article's passage or piece.

    >>> row_key(3, 5) == 3 * PLACES + 5
    True
    """
    return article * PLACES + number


def cut_pieces(text: str) -> list[str]:
    """Cut a text into pieces that Milvus takes; joined, they are the text.

    >>> [len(piece) for piece in cut_pieces("a" * 40_000)], cut_pieces("")
    ([16000, 16000, 8000], [''])
    """
    return [text[first : first + PIECE_CHARACTERS] for first in range(0, len(text), PIECE_CHARACTERS)] or [""]


def write_article(document: Document) -> str:
    """Return what the pieces of an article's text hold: the text and its marks."""
    return json.dumps([document.text, document.marks], ensure_ascii=False, separators=(",", ":"))


def read_article(written: str) -> tuple[str, tuple[Mark, ...]]:
    """Read what `write_article` returned.

    Raises:
        ValueError: It is something else.
    """
    try:
        text, marks = json.loads(written)
        return text, tuple(Mark(*mark) for mark in marks)
    except TypeError as error:
        raise ValueError(str(error)) from error


def write_spans(spans: Iterable[Sequence[int]]) -> str:
    """Return spans as a text, for Milvus has no such column everywhere.

    >>> write_spans([(0, 5), (6, 9)])
    '0 5 6 9'
    """
    return " ".join(str(edge) for span in spans for edge in span)


def read_spans(written: str) -> list[tuple[int, int]]:
    """Read what `write_spans` returned.

    >>> read_spans("0 5 6 9")
    [(0, 5), (6, 9)]
    """
    edges = list(map(int, written.split()))
    return list(zip(edges[::2], edges[1::2], strict=True))
