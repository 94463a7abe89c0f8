"""Read a generation from Milvus: search it, fetch what was found, and notice when only a part answers."""

import hashlib
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from typing import Final, Generic, NoReturn, TypeVar

import numpy as np
from numpy.typing import NDArray

from citewell.documents.document import Document
from citewell.documents.passages import Passage
from citewell.errors import ChangedIndexError, CollectionError, DamagedIndexError, PartialIndexError
from citewell.index.filters import Mask
from citewell.index.lazy import Lazy
from citewell.index.lexical.bm25 import terms
from citewell.index.milvus.client import MOST, NoSuchNameError, Server
from citewell.index.milvus.layout import MEND, PLACES, Names, read_article, read_spans, row_key
from citewell.index.milvus.record import Generation, parse, read_header
from citewell.index.protocols import Vectors
from citewell.text.spans import Span

# Rows asked for at once. A piece of text has at most 64 KB, a vector 1.5 KB.
PIECES: Final = 256
ROWS: Final = 1_000
# Characters of articles, and number of passages, that are kept to be read again.
KEPT_CHARACTERS: Final = 32_000_000
KEPT_PASSAGES: Final = 20_000
# Hits asked for beyond k, since Milvus orders equal scores in a way of its own.
SPARE: Final = 16
# Decimals to which scores are compared, as `vector/faiss.py` compares them.
DECIMALS: Final = 6
# Seconds for which a count of all passages holds before a search. A killed query node was missed for 6 to 9
# seconds, so a part cannot have come and gone within one.
COUNTED_S: Final = 1.0

Item = TypeVar("Item")


def find(server: Server, names: Names) -> Generation | None:
    """Return the present generation; None when there is no index.

    Raises:
        CollectionError: What lies there is no index of ours, or is damaged.
    """
    for _ in range(5):
        name = server.target(names.alias)
        if name is None:
            if server.is_there(names.alias):
                read_header("", describe(server, names))  # refuses it
            return None
        try:
            return read_record(server, name, names)
        except NoSuchNameError:
            continue  # a writer committed the next generation meanwhile, and removed this one
    message = f"{describe(server, names)} changes faster than it can be read; try again"
    raise ChangedIndexError(message)


def describe(server: Server, names: Names) -> str:
    """Return how an index is called in messages."""
    return f"the collection {names.alias!r} at {server.uri}"


def read_record(server: Server, name: str, names: Names) -> Generation:
    """Read a generation's record."""
    where = describe(server, names)
    try:
        first = server.rows(name, [0], ["text"])
    except NoSuchNameError:
        raise
    except CollectionError as error:
        if "text" in str(error):  # it has no such column
            read_header("", where)
        raise
    number = read_header(first[0]["text"] if first else "", where)
    found = {int(row["id"]): str(row["text"]) for row in first}
    for ids in batches(range(1, number + 1), PIECES):
        found |= {int(row["id"]): str(row["text"]) for row in server.rows(name, ids, ["text"])}
    if len(found) <= number:
        message = f"{where} answers with {len(found)} of {number + 1} rows of its record; try again"
        raise PartialIndexError(message)
    return parse(name, [found[place] for place in range(number + 1)], where)


def batches(items: Sequence[Item], size: int) -> Iterator[Sequence[Item]]:
    """Yield the items in order, a number at a time."""
    for first in range(0, len(items), size):
        yield items[first : first + size]


class View:
    """One generation as one reader sees it: keys, positions, and whether all of it answers."""

    def __init__(self, server: Server, names: Names, generation: Generation) -> None:
        """Number the passages of all articles."""
        self.server = server
        self.names = names
        self.generation = generation
        self.keys = np.array([article.key for article in generation.articles], dtype=np.int64)
        counts = np.array([article.passages for article in generation.articles], dtype=np.int64)
        self.counts = counts
        self.starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        self._order = np.argsort(self.keys)
        self._counted = -COUNTED_S

    @property
    def size(self) -> int:
        """Number of passages."""
        return int(self.starts[-1])

    def positions(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the positions of passages by their primary keys."""
        articles, numbers = rows // PLACES, rows % PLACES
        places = self._order[np.searchsorted(self.keys, articles, sorter=self._order)]
        found: NDArray[np.int64] = self.starts[places] + numbers
        return found

    def place(self, position: int) -> int:
        """Return the position of the article that a passage is of."""
        return int(np.searchsorted(self.starts, position, side="right")) - 1

    def row(self, position: int) -> int:
        """Return the primary key of a passage."""
        place = self.place(position)
        return row_key(int(self.keys[place]), position - int(self.starts[place]))

    def expression(self, among: Mask | None) -> str:
        """Return the expression that chooses passages [size]; all when None."""
        if among is None:
            return self.generation.rows
        held = self.counts > 0
        chosen = np.zeros(len(self.keys), dtype=np.bool_)
        chosen[held] = among[self.starts[:-1][held]]
        if not np.array_equal(np.repeat(chosen, self.counts), among):
            rows = ",".join(str(self.row(int(position))) for position in np.flatnonzero(among))
            return f"{self.generation.rows} and id in [{rows}]"
        few = chosen if chosen.sum() * 2 <= len(chosen) else ~chosen
        listed = ",".join(map(str, self.keys[few]))
        return f"{self.generation.rows} and article {'in' if few is chosen else 'not in'} [{listed}]"

    def whole(self, search: Callable[[bool], Item]) -> Item:
        """Search, with proof that all passages answered: they are counted before and behind it.

        Args:
            search: Searches; told whether to wait until the server has all that was ever written.

        Raises:
            PartialIndexError: Some passages do not answer.
            ChangedIndexError: This generation is not the present one any more.
        """
        try:
            for strong in (False, True):
                if time.monotonic() - self._counted < COUNTED_S or self._count(strong=strong):
                    found = search(strong)
                    if self._count(strong=strong):
                        return found
        except NoSuchNameError as error:
            return self.refuse(str(error), error)
        answering = self.server.count(self.generation.passages_in, self.generation.rows, strong=True)
        return self.refuse(f"{answering:,} of {self.size:,} passages answer")

    def _count(self, *, strong: bool) -> bool:
        """Whether as many passages answer as there are."""
        began = time.monotonic()
        rows = self.server.count(self.generation.passages_in, self.generation.rows, strong=strong)
        if rows != self.size:
            self._counted = -COUNTED_S
            return False
        self._counted = began
        return True

    def refuse(self, what: str, cause: Exception | None = None) -> NoReturn:
        """Say why rows do not answer: a writer removed them, or a node is away."""
        where = describe(self.server, self.names)
        if self.server.target(self.names.alias) != self.generation.name:
            message = f"{where} changed while it was read; ask again"
            raise ChangedIndexError(message) from cause
        message = (
            f"{where} answers in part: {what}; a node may be starting or gone, and what was asked may stand "
            "in the rest: ask again in a minute, or look at the server"
        )
        raise PartialIndexError(message) from cause


class MilvusVectors:
    """Find the nearest vectors in Milvus."""

    def __init__(self, view: View) -> None:
        """Search one generation."""
        self._view = view

    def search(self, query: Vectors, k: int, among: Mask | None = None) -> tuple[NDArray[np.int64], Vectors]:
        """Return the k largest inner products, ties by position; at most 16,368 of them."""
        view = self._view
        wanted = min(k, view.size if among is None else int(among.sum()), MOST - SPARE)
        if wanted <= 0:
            return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32)
        generation, where = view.generation, view.expression(among)
        vector = query.astype(np.float32).tolist()
        found = view.whole(
            lambda strong: view.server.nearest(
                generation.passages_in, vector, wanted + SPARE, where, kind=generation.kind, strong=strong
            )
        )
        return order_hits(view, found, wanted)

    def vectors(self) -> Vectors:
        """Fetch all vectors, in batches; for a large index this is much."""
        view = self._view
        found = np.zeros((view.size, view.generation.dimensions), dtype=np.float32)
        for positions in batches(range(view.size), ROWS):
            found[positions[0] : positions[-1] + 1] = self.fetch(positions)
        return found

    def fetch(self, positions: Sequence[int]) -> Vectors:
        """Return the vectors at some positions [len(positions), dimensions]."""
        view = self._view
        rows = {view.row(position): number for number, position in enumerate(positions)}
        found = np.zeros((len(rows), view.generation.dimensions), dtype=np.float32)
        got = view.server.rows(view.generation.passages_in, list(rows), ["vector"])
        for row in got:
            found[rows[int(row["id"])]] = row["vector"]
        if len(got) < len(rows):
            view.refuse(f"{len(got)} of {len(rows)} vectors that were asked for came")
        return found

    def save(self, folder: object) -> None:
        """Refuse: this index is not kept in a folder."""
        message = f"an index in Milvus is not saved to {folder}"
        raise TypeError(message)


class MilvusWords:
    """Find passages by their words, with Milvus's own BM25."""

    def __init__(self, view: View) -> None:
        """Search one generation."""
        self._view = view

    def search(
        self, query: str, k: int, among: Mask | None = None
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Return the k best passages that share a term with the query; at most 16,368 of them."""
        view = self._view
        wanted = min(k, view.size if among is None else int(among.sum()), MOST - SPARE)
        asked = " ".join(terms(query))
        if wanted <= 0 or not asked:
            return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32)
        name, where = view.generation.passages_in, view.expression(among)
        found = view.whole(
            lambda strong: view.server.nearest(name, asked, wanted + SPARE, where, strong=strong)
        )
        return order_hits(view, [hit for hit in found if hit[1] > 0], wanted)

    def save(self, folder: object) -> None:
        """Refuse: this index is not kept in a folder."""
        message = f"an index in Milvus is not saved to {folder}"
        raise TypeError(message)


def order_hits(
    view: View, found: Sequence[tuple[int, float]], k: int
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Return positions and scores of the k best hits, ties by position."""
    positions = view.positions(np.array([row for row, _ in found], dtype=np.int64))
    scores = np.array([score for _, score in found], dtype=np.float32).round(DECIMALS)
    order = np.lexsort((positions, -scores))[:k]
    return positions[order], scores[order].astype(np.float32)


class Kept(Generic[Item]):
    """What was fetched last, within a bound; the oldest goes first. Safe to use from many threads."""

    def __init__(self, most: int, weigh: Callable[[Item], int]) -> None:
        """Keep items that weigh at most `most` together."""
        self._most, self._weigh, self._weight = most, weigh, 0
        self._items: OrderedDict[int, Item] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: int) -> Item | None:
        """Return an item, which then counts as the newest."""
        with self._lock:
            found = self._items.get(key)
            if found is not None:
                self._items.move_to_end(key)
            return found

    def put(self, key: int, item: Item) -> None:
        """Keep an item."""
        with self._lock:
            if key not in self._items:
                self._items[key] = item
                self._weight += self._weigh(item)
            while self._weight > self._most and len(self._items) > 1:
                _, oldest = self._items.popitem(last=False)
                self._weight -= self._weigh(oldest)


class Articles(Lazy[Document]):
    """The articles of a generation, each fetched when it is wanted, and its text proved by its hash."""

    def __init__(self, view: View) -> None:
        """Fetch nothing yet."""
        self.view = view
        self._kept: Kept[Document] = Kept(KEPT_CHARACTERS, lambda document: len(document.text))

    def place_of(self, id: str) -> int | None:
        """Return the position of the article with this id; None for none."""
        return self._places_by_id.get(id)

    def place_of_text(self, sha256: str) -> int | None:
        """Return the position of the article whose text has this SHA-256; None for none."""
        return self._places_by_text.get(sha256)

    def named(self) -> Iterator[tuple[str, Sequence[Sequence[str]]]]:
        """Yield each article's title and, for each of its headings, it and those above it."""
        return ((article.title, article.headings) for article in self.view.generation.articles)

    def encoded(self, document: Document) -> tuple[Sequence[Passage], Sequence[Vectors]] | None:
        """Return the passages and vectors of an article that says the same and is called the same."""
        place = self.place_of_text(document.sha256)
        if place is None:
            return None
        held = self.fetch([place])[0]
        if (held.title, held.marks) != (document.title, document.marks):
            return None
        positions = range(int(self.view.starts[place]), int(self.view.starts[place + 1]))
        return Passages(self).fetch(positions), list(MilvusVectors(self.view).fetch(positions))

    @cached_property
    def _places_by_id(self) -> dict[str, int]:
        return {article.id: place for place, article in enumerate(self.view.generation.articles)}

    @cached_property
    def _places_by_text(self) -> dict[str, int]:
        return {article.sha256: place for place, article in enumerate(self.view.generation.articles)}

    def __len__(self) -> int:
        """Return the number of articles."""
        return len(self.view.keys)

    def at(self, place: int) -> Document:
        """Return an article."""
        return self.fetch([place])[0]

    def __iter__(self) -> Iterator[Document]:
        """Yield all articles, fetched in batches."""
        for places in batches(range(len(self)), PIECES // 4):
            yield from self.fetch(places)

    def fetch(self, places: Sequence[int]) -> list[Document]:
        """Return some articles, in order, fetching what is not kept in few calls.

        Raises:
            PartialIndexError: A piece of a text does not answer.
            DamagedIndexError: A text is not the one that was written.
        """
        found = {place: document for place in places if (document := self._kept.get(place)) is not None}
        wanted = [place for place in dict.fromkeys(places) if place not in found]
        for place, document in self._read(wanted):
            self._kept.put(place, document)
            found[place] = document
        return [found[place] for place in places]

    def _read(self, places: Sequence[int]) -> Iterator[tuple[int, Document]]:
        """Fetch articles, a bounded number of pieces at a time."""
        listed = self.view.generation.articles
        ids = [row_key(listed[place].key, piece) for place in places for piece in range(listed[place].pieces)]
        pieces: dict[int, str] = {}
        waiting = list(places)[::-1]
        for batch in batches(ids, PIECES):
            try:
                rows = self.view.server.rows(self.view.generation.texts_in, batch, ["piece"])
            except NoSuchNameError as error:
                self.view.refuse(str(error), error)
            if len(rows) < len(batch):
                self.view.refuse(f"{len(rows)} of {len(batch)} pieces of articles came")
            pieces |= {int(row["id"]): str(row["piece"]) for row in rows}
            while waiting and row_key(listed[waiting[-1]].key, listed[waiting[-1]].pieces - 1) in pieces:
                place = waiting.pop()
                yield place, self._join(place, pieces)

    def _join(self, place: int, pieces: dict[int, str]) -> Document:
        article = self.view.generation.articles[place]
        written = "".join(pieces.pop(row_key(article.key, piece)) for piece in range(article.pieces))
        try:
            text, marks = read_article(written)
        except ValueError:
            text, marks = "", ()
        if hashlib.sha256(text.encode()).hexdigest() != article.sha256:
            message = (
                f"{describe(self.view.server, self.view.names)}: the text of {article.id} is not the one "
                f"that was indexed; {MEND}"
            )
            raise DamagedIndexError(message)
        return Document(
            article.id, article.title, text, article.source, article.published, article.author, marks
        )


class Passages(Lazy[Passage]):
    """The passages of a generation, each fetched when it is wanted."""

    def __init__(self, articles: Articles) -> None:
        """Fetch nothing yet."""
        self._articles = articles
        self._view = articles.view
        self._kept: Kept[tuple[int, int, tuple[Span, ...]]] = Kept(KEPT_PASSAGES, lambda _: 1)

    def __len__(self) -> int:
        """Return the number of passages."""
        return self._view.size

    def at(self, place: int) -> Passage:
        """Return a passage."""
        return self.fetch([place])[0]

    def __iter__(self) -> Iterator[Passage]:
        """Yield all passages, fetched in batches."""
        for positions in batches(range(len(self)), ROWS):
            yield from self.fetch(positions)

    def fetch(self, positions: Sequence[int]) -> list[Passage]:
        """Return some passages, in order, fetching what is not kept in few calls.

        Raises:
            PartialIndexError: A passage, or a piece of its article, does not answer.
        """
        found = {position: kept for position in positions if (kept := self._kept.get(position)) is not None}
        wanted = [position for position in dict.fromkeys(positions) if position not in found]
        for batch in batches(wanted, ROWS):
            for position, passage in self._read(batch):
                self._kept.put(position, passage)
                found[position] = passage
        places = [self._view.place(position) for position in positions]
        documents = dict(zip(places, self._articles.fetch(places), strict=True))
        return [
            Passage(documents[place], *found[position])
            for place, position in zip(places, positions, strict=True)
        ]

    def _read(self, positions: Sequence[int]) -> Iterable[tuple[int, tuple[int, int, tuple[Span, ...]]]]:
        rows = {self._view.row(position): position for position in positions}
        try:
            got = self._view.server.rows(
                self._view.generation.passages_in, list(rows), ["start", "stop", "sentences"]
            )
        except NoSuchNameError as error:
            self._view.refuse(str(error), error)
        if len(got) < len(rows):
            self._view.refuse(f"{len(got)} of {len(rows)} passages that were asked for came")
        for row in got:
            sentences = tuple(Span(*span) for span in read_spans(row["sentences"]))
            yield rows[int(row["id"])], (int(row["start"]), int(row["stop"]), sentences)
