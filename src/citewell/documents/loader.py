"""What a loader is: one file to articles."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from citewell.documents.structure import Mark


@dataclass(frozen=True, slots=True)
class Article:
    """What a loader found in a file, before it becomes a Document.

    Attributes:
        text: As found; the caller normalises it. With marks it is normalised already, as by `TextBuilder`.
        title: "" when the file gives none.
        source: An address when the file gives one, else "".
        published: ISO 8601 date, or "".
        id: What the file itself calls the article, or "".
        author: Who wrote it, or "".
        marks: What the parts of its text are, sorted by start.
        warnings: What of it was not read, was withdrawn or was guessed, each a sentence for the reader.
    """

    text: str
    title: str = ""
    source: str = ""
    published: str = ""
    id: str = ""
    author: str = ""
    marks: tuple[Mark, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Skipped:
    """A part of a file that could not be read, while others can.

    Attributes:
        reason: Where it stands and what is wrong: "line 3: has no 'text'".
    """

    reason: str


class Loader(Protocol):
    """Turn one file into articles."""

    @property
    def suffixes(self) -> tuple[str, ...]:
        """The endings it reads, in lower case with the dot."""
        ...

    def load(self, path: Path) -> Iterator[Article | Skipped]:
        """Yield the file's articles in order, and what of it is left out.

        Raises:
            LoadError: The file is damaged, encrypted, malformed (with the line), or not of this kind.
            OSError: The file cannot be opened.
        """
        ...
