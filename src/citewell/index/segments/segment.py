"""Write a segment, read what is asked of it, and make one segment of parts of others."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from citewell.documents.document import Document
from citewell.documents.passages import Passage
from citewell.documents.places import place_parts, write_place
from citewell.errors import DamagedIndexError
from citewell.index.collection import WORDS, Find, Found
from citewell.index.protocols import Vectors
from citewell.index.segments import layout
from citewell.index.segments.words import Terms, count_terms, merge_terms

# Vectors copied at a time.
ROWS = 16_384


class Lists(Protocol):
    """The inverted lists that all segments share; `citewell.index.vector.faiss.Lists` are such."""

    def assign(self, vectors: Vectors) -> NDArray[np.int64]:
        """Return the list of each vector [n]."""
        ...

    def write(self, path: Path, blocks: Iterable[tuple[Vectors, NDArray[np.int64]]]) -> None:
        """Write blocks of vectors with their lists."""
        ...


@dataclass(frozen=True, slots=True)
class Prepared:
    """An article that is ready to be written.

    Attributes:
        document: The article.
        passages: Its passages, in order.
        vectors: Their vectors [passages, dimensions].
    """

    document: Document
    passages: Sequence[Passage]
    vectors: Vectors


class Segment:
    """A segment on disk. Its files stay readable while it is open, also when a later save removes them."""

    def __init__(self, folder: Path, dimensions: int, *, mapped: bool = True) -> None:
        """Open a segment.

        Args:
            folder: Where it is.
            dimensions: Length of a vector.
            mapped: Whether the arrays are mapped and read as they are needed; else all are read now, and
                only two files stay open.

        Raises:
            DamagedIndexError: A file is missing, or does not fit the others.
        """
        self.folder = folder
        self.arrays = layout.map_arrays(folder) if mapped else layout.read_arrays(folder)
        self.dimensions = dimensions
        self.articles = len(self.arrays["ids"])
        self.passages = len(self.arrays["owners"])
        self._records = layout.Blocks(folder / layout.ARTICLES)
        self._vectors = layout.Blocks(folder / layout.VECTORS)
        ends = self.arrays["ends"]
        fits = (
            len(ends) == self.articles + 1
            and int(ends[-1]) == self._records.size
            and self.passages * dimensions * 4 == self._vectors.size
            and len(self.arrays["lengths"]) == self.passages
            and len(self.arrays["starts"]) == len(self.arrays["terms"]) + 1
            and int(self.arrays["starts"][-1]) == len(self.arrays["postings"]) == len(self.arrays["counts"])
        )
        if not fits:
            message = f"the files of {folder.name} do not belong together"
            raise DamagedIndexError(message)

    def open(self) -> "Segment":
        """Return itself: it is open."""
        return self

    def record(self, place: int) -> bytes:
        """Return the record of the article at a position.

        Raises:
            DamagedIndexError: It is not what was written.
        """
        start, end = (int(one) for one in self.arrays["ends"][place : place + 2])
        record = self._records.read(start, end)
        if hashlib.sha256(record).digest() != self.arrays["hashes"][place].tobytes():
            message = f"article {place} of {self.folder.name} is damaged (its hash does not fit)"
            raise DamagedIndexError(message)
        return record

    def read(self, place: int) -> tuple[Document, Sequence[Passage]]:
        """Return the article at a position, and its passages."""
        try:
            return layout.read_record(self.record(place))
        except (ValueError, TypeError) as error:
            message = f"article {place} of {self.folder.name} cannot be read ({error})"
            raise DamagedIndexError(message) from error

    def rows(self, first: int, end: int) -> Vectors:
        """Return the vectors of the passages [first, end)."""
        wide = self.dimensions * 4
        raw = self._vectors.read(first * wide, end * wide)
        return np.frombuffer(raw, dtype=np.float32).reshape(-1, self.dimensions)

    def rows_at(self, places: NDArray[np.int64]) -> Vectors:
        """Return the vectors of some passages, in the order of the positions."""
        wide = self.dimensions * 4
        raw = b"".join(self._vectors.read(place * wide, (place + 1) * wide) for place in places.tolist())
        return np.frombuffer(raw, dtype=np.float32).reshape(-1, self.dimensions)

    def range_of(self, place: int) -> tuple[int, int]:
        """Return where the passages of an article lie: the first, and one past the last."""
        owners = self.arrays["owners"]
        first, end = (int(np.searchsorted(owners, np.int32(place), side)) for side in ("left", "right"))
        return first, end

    @cached_property
    def columns(self) -> list[list[Any]]:
        """What is known of each article: what `columns_of` returns."""
        path = self.folder / layout.COLUMNS
        try:
            with path.open(encoding="ascii") as file:
                return [json.loads(line) for line in file]
        except (OSError, ValueError) as error:
            message = f"{self.folder.name}/{path.name} cannot be read ({error})"
            raise DamagedIndexError(message) from error

    @cached_property
    def by_id(self) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
        """The hashes of the ids, sorted, and the article of each."""
        return sorted_with_places(self.arrays["ids"])

    @cached_property
    def by_text(self) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
        """The hashes of the texts, sorted, and the article of each."""
        return sorted_with_places(self.arrays["texts"])

    @cached_property
    def by_identity(self) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
        """The hashes of all that passages depend on, sorted, and the article of each."""
        return sorted_with_places(self.arrays["identities"])


@dataclass(frozen=True)
class Shut:
    """A segment that is opened when it is needed, so that there may be more of them than open files.

    Nobody may remove it: whoever holds it holds the index's lock.

    Attributes:
        folder: Where it is.
        dimensions: Length of a vector.
        articles: Number of its articles.
        passages: Number of its passages.
    """

    folder: Path
    dimensions: int
    articles: int
    passages: int

    def open(self) -> Segment:
        """Open it, with its arrays in memory."""
        return Segment(self.folder, self.dimensions, mapped=False)

    @cached_property
    def by_identity(self) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
        """As of a Segment."""
        return sorted_with_places(layout.load_array(self.folder, "identities"))


def sorted_with_places(values: NDArray[np.uint64]) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """Return values in order, and where each one was."""
    order = np.argsort(values, kind="stable")
    return values[order], order


def find(known: tuple[NDArray[np.uint64], NDArray[np.int64]], value: int) -> Iterator[int]:
    """Yield the places of a value."""
    values, places = known
    at = int(np.searchsorted(values, np.uint64(value)))
    while at < len(values) and int(values[at]) == value:
        yield int(places[at])
        at += 1


def write_part(folder: Path, articles: Iterable[Prepared], terms: Terms) -> None:
    """Write articles as a segment without inverted lists, into an existing empty folder."""
    ends, hashes, identities, ids, texts, owners = [0], [], [], [], [], []
    counted = []
    known: dict[str, int] = {}
    with (
        (folder / layout.ARTICLES).open("wb") as records,
        (folder / layout.VECTORS).open("wb") as vectors,
        (folder / layout.COLUMNS).open("w", encoding="ascii", newline="\n") as columns,
    ):
        for place, item in enumerate(articles):
            document = item.document
            record = layout.record_of(document, item.passages)
            sha256 = document.sha256
            records.write(record)
            vectors.write(np.ascontiguousarray(item.vectors, dtype=np.float32).tobytes())
            columns.write(json.dumps(columns_of(document, sha256, len(item.passages))) + "\n")
            ends.append(ends[-1] + len(record))
            hashes.append(hashlib.sha256(record).digest())
            identities.append(layout.identify(document))
            ids.append(layout.hash64(document.id))
            texts.append(layout.hash_of_text(sha256))
            owners += [place] * len(item.passages)
            # The words are counted article by article, so that the texts need not be kept.
            found = (write_place(place_parts(one, WORDS)) + one.text for one in item.passages)
            counted.append(count_terms(found, terms, known))
    empty = count_terms((), terms, known)
    everything = [(one, np.ones(len(one["lengths"]), dtype=np.bool_)) for one in (counted or [empty])]
    layout.save_arrays(
        folder,
        {
            "ends": np.array(ends, dtype=np.uint64),
            "hashes": np.frombuffer(b"".join(hashes), dtype=np.uint8).reshape(-1, 32),
            "identities": np.array(identities, dtype=np.uint64),
            "ids": np.array(ids, dtype=np.uint64),
            "texts": np.array(texts, dtype=np.uint64),
            "owners": np.array(owners, dtype=np.int32),
            "assigned": np.full(len(owners), -1),
            **merge_terms(everything),
        },
    )


def columns_of(document: Document, sha256: str, passages: int) -> list[Any]:
    """Return what is known of an article without its text."""
    return [
        document.id,
        document.title,
        document.source,
        document.author,
        document.published,
        sha256,
        len(document.text),
        passages,
    ]


Part: TypeAlias = tuple[Segment, NDArray[np.bool_]]
"""A segment, and which of its articles are kept [articles]."""


def join(folder: Path, parts: Sequence[Part], lists: Lists, *, again: bool) -> None:
    """Write the kept articles of several segments as one, into an existing empty folder.

    Nothing is encoded: vectors, words and records are copied.

    Args:
        folder: The new segment.
        parts: Segments of the same dimensions.
        lists: The inverted lists.
        again: Whether the lists are new, so that every vector is assigned again.
    """
    kept = [articles[segment.arrays["owners"]] for segment, articles in parts]
    arrays = {
        name: np.concatenate([segment.arrays[name][articles] for segment, articles in parts])
        for name in ("hashes", "identities", "ids", "texts")
    }
    lengths = np.concatenate(
        [np.diff(segment.arrays["ends"].astype(np.int64))[articles] for segment, articles in parts]
    )
    arrays["ends"] = np.concatenate(([0], np.cumsum(lengths)))
    owners, first = [], 0
    for (segment, articles), passages in zip(parts, kept, strict=True):
        numbers = np.cumsum(articles) - 1 + first
        owners.append(numbers[segment.arrays["owners"][passages]])
        first += int(articles.sum())
    arrays["owners"] = np.concatenate(owners)
    with (
        (folder / layout.ARTICLES).open("wb") as records,
        (folder / layout.COLUMNS).open("w", encoding="ascii", newline="\n") as columns,
    ):
        for segment, articles in parts:
            for place in np.flatnonzero(articles).tolist():
                records.write(segment.record(place))
            with (segment.folder / layout.COLUMNS).open(encoding="ascii") as lines:
                columns.writelines(line for line, stays in zip(lines, articles, strict=True) if stays)
    assigned: list[NDArray[np.int64]] = []

    def blocks() -> Iterator[tuple[Vectors, NDArray[np.int64]]]:
        with (folder / layout.VECTORS).open("wb") as vectors:
            for (segment, _), passages in zip(parts, kept, strict=True):
                for begin in range(0, len(passages), ROWS):
                    chosen = passages[begin : begin + ROWS]
                    rows = segment.rows(begin, begin + len(chosen))[chosen]
                    if not len(rows):
                        continue
                    vectors.write(rows.tobytes())
                    places = segment.arrays["assigned"][begin : begin + len(chosen)][chosen]
                    if again or (places < 0).any():
                        places = lists.assign(rows)
                    assigned.append(np.ascontiguousarray(places))
                    yield rows, assigned[-1]

    lists.write(folder / layout.LISTS, blocks())
    arrays["assigned"] = np.concatenate(assigned) if assigned else np.zeros(0, dtype=np.int64)
    arrays |= merge_terms(
        [(segment.arrays, passages) for (segment, _), passages in zip(parts, kept, strict=True)]
    )
    layout.save_arrays(folder, arrays)


def reuse(segments: Sequence[Segment | Shut]) -> Find:
    """Return a function that finds what was encoded before."""
    # A part that was found in is likely the next one's too.
    opened = lru_cache(2)(lambda number: segments[number].open())

    def found(document: Document) -> Found | None:
        identity = layout.identify(document)
        for number, known in enumerate(segments):
            for place in find(known.by_identity, identity):
                segment: Segment = opened(number)
                held, passages = segment.read(place)
                if (held.text, held.title, held.marks) == (document.text, document.title, document.marks):
                    moved = [Passage(document, one.start, one.end, one.sentences) for one in passages]
                    return moved, list(segment.rows(*segment.range_of(place)))
        return None

    return found
