"""Hold an article as it will be cited."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

from citewell.documents.structure import KINDS, Mark, Outline
from citewell.errors import LoadError
from citewell.text.normalisation import normalise


@dataclass(frozen=True, slots=True)
class Document:
    """An article. Every offset of citewell counts Unicode code points of `text`.

    Attributes:
        id: Unique in a collection, stable from one build to the next.
        title: The name by which people know it; never empty.
        text: Normalised by `citewell.text.normalisation.normalise`, then never changed.
        source: Where it came from, a file name or an address; "" when unknown.
        published: Date of publication, ISO 8601; "" when unknown.
        author: Who wrote it; "" when unknown.
        marks: The kinds of the text's parts, sorted by start.
    """

    id: str
    title: str
    text: str
    source: str = ""
    published: str = ""
    author: str = ""
    marks: tuple[Mark, ...] = ()

    @property
    def sha256(self) -> str:
        """The SHA-256 of the text in UTF-8, hexadecimal: two articles with the same text are one."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    @property
    def headings(self) -> tuple[tuple[str, ...], ...]:
        """For each heading of the text, in order, the headings above it and itself, the highest first."""
        return tuple(self.outline.place(mark.end).headings for mark in self.marks if mark.kind == "heading")

    @property
    def outline(self) -> Outline:
        """The outline of the text, which tells the place of a character."""
        return outline(self.text, self.marks)


@lru_cache(maxsize=256)
def outline(text: str, marks: tuple[Mark, ...]) -> Outline:
    """Return the outline of a text; the outlines of the articles asked about last are cached."""
    return Outline(text, marks)


# A first line this long is no title, and what fits one line of a list.
LONGEST_TITLE = 90


def document(  # noqa: PLR0913  # the fields of a Document
    text: str,
    *,
    id: str,
    title: str = "",
    source: str = "",
    published: str = "",
    author: str = "",
    marks: tuple[Mark, ...] = (),
) -> Document:
    """Make a Document from raw text, normalised.

    Without a title, the first line becomes the title if it looks like one; else the last part of the id,
    in words.

    Raises:
        LoadError: The text holds no letter or digit, or the marks are of another text.
    """
    clean = normalise(text)
    if marks and (clean != text or not are_of(clean, marks)):
        message = f"{source or id}: its marks are of another text; a loader makes both with a TextBuilder"
        raise LoadError(message)
    if not any(character.isalnum() for character in clean):
        where = source or id
        message = (
            f"{where}: holds no text; an article needs at least one word. Check the file, or leave it out."
        )
        raise LoadError(message)
    return Document(
        id=id,
        title=" ".join(normalise(title).split()) or first_line_title(clean) or title_of_id(id),
        text=clean,
        source=source,
        published=published,
        author=author,
        marks=marks,
    )


def are_of(text: str, marks: Sequence[Mark]) -> bool:
    """Whether marks can be of a text: known kinds, inside it, not empty, sorted by start."""
    inside = all(mark.kind in KINDS and 0 <= mark.start < mark.end <= len(text) for mark in marks)
    return inside and all(first.start <= second.start for first, second in pairwise(marks))


def document_of_text(text: str, *, id: str, title: str = "") -> Document:
    """Make a Document from raw text whose id tells nothing; without a title, use its first words.

    Raises:
        LoadError: The text holds no letter or digit.
    """
    made = document(text, id=id, title=title)
    return (
        made if title.strip() else replace(made, title=first_line_title(made.text) or first_words(made.text))
    )


def first_line_title(text: str) -> str:
    r"""Return an article's first line when it is a title: short, no sentence, and followed by more text.

    >>> first_line_title("The tide\n\nIt rose."), first_line_title("It rose.\n\nIt fell.")
    ('The tide', '')
    """
    first, _, rest = text.strip().partition("\n")
    title = " ".join(first.strip("#*_= ").split())
    return title if rest.strip() and len(title) <= LONGEST_TITLE and title[-1:] not in {*".!:;,…", ""} else ""


def title_of_id(id: str) -> str:
    """Return the last part of an id as a title.

    >>> title_of_id("2020/operation-disruptor")
    'Operation disruptor'
    """
    words = id.rsplit("/", 1)[-1].replace("-", " ").replace("_", " ").strip() or id
    return words[:1].upper() + words[1:]


def first_words(text: str) -> str:
    """Return an article's first words, for a title where there is no name to take one from.

    >>> first_words("It rose. " * 40)
    'It rose. It rose. It rose. It rose. It rose. It rose. It rose. It rose. It rose. It rose.…'
    """
    words = text.lstrip()[: 20 * LONGEST_TITLE].split()
    line = ""
    for word in words:
        if len(line) + len(word) >= LONGEST_TITLE:
            return f"{line or word[: LONGEST_TITLE - 1]}…"
        line = f"{line} {word}".strip()
    return line


class Ids:
    """Gives unique ids, each in a time that does not depend on how many articles want the same id.

    >>> ids = Ids(["tide"])
    >>> ids.free("tide"), ids.free("tide-3"), ids.free("tide"), ids.free("wind")
    ('tide-2', 'tide-3', 'tide-4', 'wind')
    """

    def __init__(self, taken: Iterable[str] = ()) -> None:
        """Begin with the ids that are taken."""
        self._taken = set(taken)
        # For each id, the first number of "id-2", "id-3", … that may be free: ids are never given back.
        self._next: dict[str, int] = {}

    def free(self, wanted: str) -> str:
        """Take the id, or the first of "id-2", "id-3", … that is free, and return it."""
        id_, number = wanted, self._next.get(wanted, 2)
        while id_ in self._taken:
            id_ = f"{wanted}-{number}"
            number += 1
        self._next[wanted] = number
        self._taken.add(id_)
        return id_
