"""Define a loader: it turns one file into articles."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from citewell.documents.structure import Mark


@dataclass(frozen=True, slots=True)
class Article:
    """An article that a loader found in a file, before it becomes a Document.

    Attributes:
        text: The text as found; the caller normalises it. A text with marks must be normalised already, as
            `TextBuilder` does.
        title: "" when the file gives none.
        source: An address when the file gives one, else "".
        published: ISO 8601 date, or "".
        id: The article's id in the file itself, or "".
        author: Who wrote it, or "".
        marks: The kinds of the text's parts, sorted by start.
        warnings: Sentences for people that tell which parts were not read, were withdrawn or were guessed.
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
    """A part of a file that could not be read, while other parts could.

    Attributes:
        reason: The part's place and the problem: "line 3: has no 'text'".
    """

    reason: str


class Loader(Protocol):
    """Turn one file into articles."""

    @property
    def suffixes(self) -> tuple[str, ...]:
        """The suffixes of the files it reads, in lower case with the dot."""
        ...

    def load(self, path: Path) -> Iterator[Article | Skipped]:
        """Yield the file's articles in order, and the parts that are left out.

        Raises:
            LoadError: The file is damaged, encrypted, malformed (with the line), or not of this kind.
            OSError: The file cannot be opened.
        """
        ...
