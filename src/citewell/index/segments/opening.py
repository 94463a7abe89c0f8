"""Open a large index: sequences that read an article when it is asked for, and both searches."""

import json
import math
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from itertools import accumulate
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from citewell import plugins
from citewell.documents.document import Document
from citewell.documents.passages import Passage
from citewell.errors import DamagedIndexError
from citewell.index.collection import Collection, Found, IndexConfig
from citewell.index.filters import Columns, Mask
from citewell.index.lazy import Lazy
from citewell.index.manifest import IndexedFile, Manifest
from citewell.index.protocols import Vectors
from citewell.index.segments import layout
from citewell.index.segments.segment import Segment, find, reuse
from citewell.index.segments.words import Words

SOURCES = "sources.jsonl"
LISTS = "lists.faiss"
# Articles that are kept in memory after they were read.
KEPT = 256
# 8-bit vectors compared for a question, in the nearest lists, and candidates whose whole vectors are compared
# (`python -m benchmarks.million` prints the recall of these).
SCANNED = 100_000
CANDIDATES = 300
# Among so many passages at most, every vector is compared.
EXACT_AMONG = 10_000
# Decimals to which inner products are compared, as in `citewell.index.vector.faiss`.
DECIMALS = 6


class Shelf:
    """The articles and passages of all segments; the last articles that were read are kept."""

    def __init__(self, segments: Sequence[Segment]) -> None:
        """Take the segments, in order."""
        self.segments = segments
        self.article_starts = [0, *accumulate(one.articles for one in segments)]
        self.passage_starts = [0, *accumulate(one.passages for one in segments)]
        self.read = lru_cache(KEPT)(self._read)

    def _read(self, place: int) -> tuple[Document, Sequence[Passage]]:
        at = bisect_right(self.article_starts, place) - 1
        return self.segments[at].read(place - self.article_starts[at])

    def passage(self, position: int) -> Passage:
        """Return the passage at a position."""
        at = bisect_right(self.passage_starts, position) - 1
        segment, inside = self.segments[at], position - self.passage_starts[at]
        owner = int(segment.arrays["owners"][inside])
        first, _ = segment.range_of(owner)
        return self.read(self.article_starts[at] + owner)[1][inside - first]

    @cached_property
    def owners(self) -> NDArray[np.int32]:
        """The article of each passage."""
        parts = [
            segment.arrays["owners"] + np.int32(first)
            for segment, first in zip(self.segments, self.article_starts, strict=False)
        ]
        return np.concatenate(parts) if parts else np.zeros(0, dtype=np.int32)


class StoredDocuments(Lazy[Document]):
    """The articles of a large index, each read when it is asked for."""

    def __init__(self, shelf: Shelf) -> None:
        """Take where they are."""
        self._shelf = shelf
        self.segments = shelf.segments
        self._find = reuse(shelf.segments)

    def __len__(self) -> int:
        """Return the number of articles."""
        return self._shelf.article_starts[-1]

    def at(self, place: int) -> Document:
        """Return an article."""
        return self._shelf.read(place)[0]

    def place_of(self, id: str) -> int | None:
        """Return the position of the article with this id; None for none."""
        for segment, first in zip(self._shelf.segments, self._shelf.article_starts, strict=False):
            for place in find(segment.by_id, layout.hash64(id)):
                if self[first + place].id == id:
                    return first + place
        return None

    def place_of_text(self, sha256: str) -> int | None:
        """Return the position of an article whose text has this SHA-256; None for none."""
        if len(sha256) != 64:  # noqa: PLR2004 - hexadecimal digits
            return None
        for segment, first in zip(self._shelf.segments, self._shelf.article_starts, strict=False):
            for place in find(segment.by_text, layout.hash_of_text(sha256)):
                if self[first + place].sha256 == sha256:
                    return first + place
        return None

    def encoded(self, document: Document) -> Found | None:
        """Return the passages and vectors of an article that says the same and is called the same."""
        return self._find(document)


class StoredPassages(Lazy[Passage]):
    """The passages of a large index, each read with its article when it is asked for."""

    def __init__(self, shelf: Shelf) -> None:
        """Take where they are."""
        self._shelf = shelf

    def __len__(self) -> int:
        """Return the number of passages."""
        return self._shelf.passage_starts[-1]

    def at(self, place: int) -> Passage:
        """Return a passage."""
        return self._shelf.passage(place)


class StoredIds(Mapping[str, int]):
    """The positions of the articles, by id."""

    def __init__(self, documents: StoredDocuments, shelf: Shelf) -> None:
        """Take the articles."""
        self._documents, self._shelf = documents, shelf

    def __getitem__(self, id: str) -> int:
        """Return the position of an article."""
        place = self._documents.place_of(id)
        if place is None:
            raise KeyError(id)
        return place

    def __len__(self) -> int:
        """Return the number of articles."""
        return len(self._documents)

    def __iter__(self) -> Iterator[str]:
        """Yield the ids, in order."""
        return (columns[0] for segment in self._shelf.segments for columns in segment.columns)


class StoredSources(Lazy[IndexedFile]):
    """The files that the articles came from, read when they are asked for."""

    def __init__(self, path: Path) -> None:
        """Take the file that lists them."""
        self._path = path

    @cached_property
    def _files(self) -> list[IndexedFile]:
        return list(read_sources(self._path))

    def __len__(self) -> int:
        """Return the number of files."""
        return len(self._files)

    def at(self, place: int) -> IndexedFile:
        """Return a file."""
        return self._files[place]


def read_sources(path: Path) -> Iterator[IndexedFile]:
    """Yield what `saving` wrote.

    Raises:
        DamagedIndexError: The file cannot be read.
    """
    try:
        with path.open(encoding="ascii") as file:
            for line in file:
                name, sha256, documents, warnings = json.loads(line)
                yield IndexedFile(name, sha256, tuple(documents), tuple(warnings))
    except (OSError, ValueError) as error:
        message = f"{path.name} cannot be read ({error})"
        raise DamagedIndexError(message) from error


class Nearest:
    """Search vectors in segments: 8-bit vectors in lists choose candidates, whole vectors order them."""

    def __init__(self, segments: Sequence[Segment], lists: Any, mapped: Sequence[Any]) -> None:
        """Take the segments, the lists that they share, and the vectors of each in these lists."""
        self._segments = segments
        self._lists = lists
        self._mapped = mapped
        self._starts = [0, *accumulate(one.passages for one in segments)]

    def search(self, query: Vectors, k: int, among: Mask | None = None) -> tuple[NDArray[np.int64], Vectors]:
        """Return the k largest inner products, ties by position."""
        size = self._starts[-1] if among is None else int(among.sum())
        wanted = min(k, size)
        if wanted <= 0:
            return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32)
        if among is not None and size <= EXACT_AMONG:
            return self._order(query, np.flatnonzero(among), wanted)
        probed = min(self._lists.count, math.ceil(self._lists.count * SCANNED / size))
        found = self._candidates(query, wanted, probed, among)
        if len(found) < wanted:
            found = self._candidates(query, wanted, self._lists.count, among)
        return self._order(query, found, wanted)

    def _candidates(self, query: Vectors, k: int, probed: int, among: Mask | None) -> NDArray[np.int64]:
        nearest = self._lists.nearest(query, probed)
        most = max(CANDIDATES, 4 * k)
        places, scores = [], []
        for mapped, first in zip(self._mapped, self._starts, strict=False):
            within = None if among is None else among[first : first + mapped.size]
            found, likeness = mapped.search(query, most, nearest, within)
            places.append(found + first)
            scores.append(likeness)
        joined, likely = np.concatenate(places), np.concatenate(scores)
        return joined[np.lexsort((joined, -likely))[:most]]

    def _order(self, query: Vectors, places: NDArray[np.int64], k: int) -> tuple[NDArray[np.int64], Vectors]:
        """Return the k best of some positions by their whole vectors."""
        places = np.sort(places)
        edges = np.searchsorted(places, self._starts)
        scores = [
            segment.rows_at(places[begin:end] - first) @ query
            for segment, first, begin, end in zip(
                self._segments, self._starts, edges, edges[1:], strict=False
            )
            if begin < end
        ]
        rounded: Vectors = np.round(np.concatenate(scores).astype(np.float32), DECIMALS).astype(np.float32)
        order = np.argsort(-rounded, kind="stable")[:k]
        return places[order], rounded[order]

    def vectors(self) -> Vectors:
        """Return all vectors, read from disk: for tests and small indexes."""
        return np.concatenate([segment.rows(0, segment.passages) for segment in self._segments])

    def save(self, folder: Path) -> None:
        """Refuse: an index in segments is saved by `citewell.index.segments.saving`."""
        raise NotImplementedError(folder)


def open_segments(folder: Path, names: Iterable[str], dimensions: int) -> list[Segment]:
    """Open segments, in order."""
    return [Segment(folder / name, dimensions) for name in names]


def open_collection(folder: Path, record: Manifest, recipe: IndexConfig) -> Collection:
    """Open a large index.

    Raises:
        DamagedIndexError: A file is missing, or does not fit the others.
    """
    segments = open_segments(folder, (one.name for one in record.segments), record.dimensions)
    for segment, told in zip(segments, record.segments, strict=True):
        if (segment.articles, segment.passages) != (told.articles, told.passages):
            message = f"{told.name} holds {segment.passages} passages, not {told.passages}"
            raise DamagedIndexError(message)
    engine = plugins.load("indexes", record.index)
    lists = engine.lists.load(folder / record.generation / LISTS)
    mapped = [engine.mapped(segment.folder / layout.LISTS) for segment in segments]
    shelf = Shelf(segments)
    documents = StoredDocuments(shelf)
    # A column holds id, title, source, author and day; a filter wants title, source, author, id and day.
    columns = Columns(
        StoredIds(documents, shelf),
        lambda: ([one[1], one[2], one[3], one[0], one[4]] for one in known_of(segments)),
        shelf.owners,
    )
    return Collection(
        recipe=recipe,
        documents=documents,
        passages=StoredPassages(shelf),
        vectors=Nearest(segments, lists, mapped),
        lexical=Words(
            [segment.arrays for segment in segments], plugins.load("lexical", record.lexical).terms
        ),
        sources=StoredSources(folder / record.generation / SOURCES),
        known=columns,
    )


def known_of(segments: Sequence[Segment]) -> Iterator[list[Any]]:
    """Yield what is known of each article, in order."""
    return (columns for segment in segments for columns in segment.columns)
