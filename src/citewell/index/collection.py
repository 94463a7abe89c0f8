"""Keep passages, vectors and words together: build a collection, and change it article by article."""

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from collections.abc import Collection as AbstractCollection
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import islice
from typing import Any, ClassVar, Protocol, TypeAlias, TypeVar, runtime_checkable

import numpy as np

from citewell import plugins
from citewell.documents.document import Document, Ids
from citewell.documents.loading import Warned
from citewell.documents.passages import MAX_TOKENS, SPLITTING_VERSION, Passage, split
from citewell.documents.places import MAX_PLACE_TOKENS, SHARE, Part, fit_place, place_parts, write_place
from citewell.documents.structure import Mark
from citewell.errors import LoadError
from citewell.index.filters import Columns, Selection, Where
from citewell.index.manifest import IndexedFile
from citewell.index.protocols import Encoder, LexicalIndex, VectorIndex, Vectors
from citewell.progress import Progress, silent
from citewell.text.spans import Span, lies_within

# The parts of a passage's place that are found (`benchmarks/place.py`).
ENCODED: tuple[Part, ...] = ("title", "headings")
WORDS: tuple[Part, ...] = ("title", "headings")


@dataclass(frozen=True, slots=True)
class IndexConfig:
    """The recipe of a collection; a change of any part makes an index stale.

    Attributes:
        encoder: Plugin of the family `encoders`.
        encoder_model: Model of the encoder; "" for the plugin's own default.
        index: Plugin of the family `indexes`.
        lexical: Plugin of the family `lexical`.
        passage_tokens: Longest passage, in the encoder's tokens.
    """

    encoder: str = "sentence_transformers"
    encoder_model: str = ""
    index: str = "faiss"
    lexical: str = "bm25"
    passage_tokens: int = MAX_TOKENS

    def load_encoder(self, *, light: bool = False) -> Encoder:
        """Load the encoder that the recipe names; a light one starts sooner, for a few short articles."""
        options = {"model": self.encoder_model} if self.encoder_model else {}
        encoder: Encoder = plugins.load("encoders", self.encoder, {"light": light}, **options)
        return encoder

    @property
    def splitting(self) -> dict[str, int]:
        """The splitter's version and settings, as the manifest records them."""
        return {"version": SPLITTING_VERSION, "max_tokens": self.passage_tokens}


@dataclass(frozen=True)
class Collection:
    """Articles ready to be asked. A collection never changes: `add` and `remove` return a new one.

    Articles and passages may be read from disk one by one as they are asked for, so nothing walks over all of
    them that has another way.

    Attributes:
        recipe: How the collection was made.
        documents: The articles; a citation's `document_index` is a position in this list.
        passages: All passages, by article and place; positions of both indexes are positions in this list.
        vectors: The vectors of the passages.
        lexical: The words of the passages.
        sources: The files that the articles came from.
        known: What filters choose articles by, where it is known without reading the articles.
    """

    recipe: IndexConfig
    documents: Sequence[Document]
    passages: Sequence[Passage]
    vectors: VectorIndex
    lexical: LexicalIndex
    sources: Sequence[IndexedFile]
    known: Columns | None = field(default=None, repr=False, compare=False)

    @cached_property
    def columns(self) -> Columns:
        """What filters choose articles by."""
        return self.known or Columns.of(self.documents, (passage.document.id for passage in self.passages))

    def passages_of(self, place: int) -> Sequence[Passage]:
        """Return the passages of the article at a position, in order."""
        owners = self.columns.owners
        first, end = (int(np.searchsorted(owners, place, side)) for side in ("left", "right"))
        return self.passages[first:end]

    def passages_among(self, only: Container[str] | None) -> Iterator[Passage]:
        """Yield the passages of the chosen articles, or all passages, in order, each when it is asked for."""
        if only is None:
            yield from self.passages
        elif isinstance(only, Selection):
            yield from (self.passages[place] for place in np.flatnonzero(only.passages).tolist())
        else:
            yield from (passage for passage in self.passages if passage.document.id in only)

    def document_index(self, document_id: str) -> int:
        """Return an article's position in `documents`.

        Raises:
            LoadError: No article has that id.
        """
        place = self.columns.ids.get(document_id)
        if place is not None:
            return place
        known = ", ".join(document.id for document in islice(self.documents, 5))
        message = f"no article has the id {document_id!r}; the first ones are: {known}"
        raise LoadError(message)

    def warnings(self, document_id: str) -> tuple[str, ...]:
        """Return the parts of an article's file that were not read, were withdrawn or were guessed."""
        return tuple(text for file in self.sources if document_id in file.documents for text in file.warnings)

    def select(
        self, only: AbstractCollection[str] | None, where: Where | str | Sequence[str] | None = None
    ) -> Selection | None:
        """Return the chosen articles; None for all.

        Args:
            only: Ids of articles; all when None.
            where: Conditions that the articles meet; none when None.

        Raises:
            LoadError: No article has one of the ids.
            FilterError: A condition cannot be read.
            TypeError: `only` is one string, not a collection of strings.
        """
        wanted = Where.parse(where)
        if only is None and not wanted.conditions:
            return None
        if isinstance(only, str):
            message = f"only is the text {only!r}; it takes a list of ids"
            raise TypeError(message)
        chosen = wanted.mask(self.columns)
        if only is not None:
            named = np.zeros(len(chosen), dtype=np.bool_)
            # The error of an id that no article has lists the ids that there are.
            named[[self.document_index(id_) for id_ in sorted(set(only))]] = True
            chosen &= named
        return Selection(chosen, self.columns)


def find_misplaced(passages: Iterable[Passage]) -> Passage | None:
    """Return the first passage that lies outside its article, or has a sentence that does; None for none."""
    for passage in passages:
        article = Span(0, len(passage.document.text))
        spans = (Span(passage.start, passage.end), *passage.sentences)
        if not all(lies_within(span, article) and span.start < span.end for span in spans):
            return passage
    return None


@dataclass(frozen=True, slots=True)
class UpdateResult:
    """The changes that an addition made, by article id.

    Attributes:
        added: New articles.
        replaced: Articles whose file or id was already there with another text.
        removed: Articles that their file no longer holds.
        unchanged: Articles that were there already, with the same text.
        duplicates: (id not indexed, id of the article with the same text).
        warnings: Parts of the files just read that were skipped, withdrawn or guessed.
    """

    added: tuple[str, ...] = ()
    replaced: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    duplicates: tuple[tuple[str, str], ...] = ()
    warnings: tuple[Warned, ...] = ()

    @property
    def any(self) -> bool:
        """Whether the collection changed."""
        return bool(self.added or self.replaced or self.removed)


@dataclass(frozen=True, slots=True)
class Pace:
    """How much is built at a time, so that other work can go on.

    Attributes:
        batch: Number of passages encoded at a time, between two steps of the progress bar.
        most: Largest number of passages in all; None for any number.
        check: Function called between two steps; it stops the building by raising an error.
    """

    batch: int = 64
    most: int | None = None
    check: Callable[[], None] = lambda: None


STEADY = Pace()


def build(  # noqa: PLR0913  # three say what, three how
    documents: Iterable[Document],
    recipe: IndexConfig,
    encoder: Encoder,
    *,
    sources: Sequence[IndexedFile] = (),
    reuse: Collection | None = None,
    progress: Progress = silent,
    pace: Pace = STEADY,
) -> Collection:
    """Split, encode and index articles, in order.

    Args:
        documents: The articles; their ids must differ.
        recipe: How to make the collection.
        encoder: The encoder that the recipe names.
        sources: The files that the articles came from.
        reuse: A collection made by the same recipe: articles with the same text keep their
            passages and vectors, and only the others are encoded.
        progress: Called after every batch.
        pace: How many passages are encoded at a time, and at most.

    Raises:
        LoadError: There are more passages than `pace` allows.
    """
    documents = tuple(documents)
    if len({document.id for document in documents}) < len(documents):
        message = "two articles have the same id; a citation must name one article: give each its own id"
        raise ValueError(message)
    find = reuse.documents.encoded if reuse and isinstance(reuse.documents, Encoded) else find_in(reuse)
    passages: list[Passage] = []
    rows: list[Vectors | None] = []
    for document in documents:
        if (found := find(document)) is not None:
            old_passages, old_rows = found
            passages += [replace(passage, document=document) for passage in old_passages]
            rows += list(old_rows)
        else:
            new = split_article(document, recipe, encoder, pace.check)
            passages += new
            rows += [None] * len(new)
        if pace.most is not None and len(passages) > pace.most:
            message = (
                f"the articles have more than {pace.most:,} passages, the limit; add fewer or shorter ones"
            )
            raise LoadError(message)
    encode_missing(passages, rows, encoder, progress, pace)
    vectors = np.stack([row for row in rows if row is not None]) if rows else encoder.encode([])
    return Collection(
        recipe=recipe,
        documents=documents,
        passages=tuple(passages),
        vectors=plugins.load("indexes", recipe.index).build(vectors),
        lexical=plugins.load("lexical", recipe.lexical).build(
            [write_place(place_parts(passage, WORDS)) + passage.text for passage in passages]
        ),
        sources=tuple(sources),
    )


def split_article(
    document: Document, recipe: IndexConfig, encoder: Encoder, check: Callable[[], None] = lambda: None
) -> list[Passage]:
    """Return an article's passages, each with room for its place in front.

    Args:
        document: The article.
        recipe: How long a passage may be.
        encoder: The encoder that counts the tokens.
        check: Function called at every step; it stops the splitting by raising an error.
    """
    room = min(MAX_PLACE_TOKENS, encoder.max_tokens // SHARE)

    def count_tokens(text: str) -> Sequence[Span]:
        check()
        return encoder.token_spans(text)

    return split(document, count_tokens, max_tokens=min(recipe.passage_tokens, encoder.max_tokens - room))


Identity: TypeAlias = tuple[str, str, tuple[Mark, ...]]


def identify(document: Document) -> Identity:
    """Return all of an article that its passages and their vectors depend on."""
    return document.sha256, document.title, document.marks


Found: TypeAlias = tuple[Sequence[Passage], Sequence[Vectors]]
"""Passages and their vectors."""
Find: TypeAlias = Callable[[Document], Found | None]
"""Return the passages and vectors of an article that says the same and is called the same."""


@runtime_checkable
class Encoded(Protocol):
    """What a sequence of articles has that finds an article's passages and vectors without reading all."""

    def encoded(self, document: Document) -> Found | None:
        """Return the passages and vectors of an article that says the same and is called the same."""
        ...


def find_in(collection: Collection | None) -> Find:
    """Return a function that finds them in a collection in memory."""
    kept = group_by_text(collection)
    return lambda document: kept.get(identify(document))


def group_by_text(collection: Collection | None) -> dict[Identity, tuple[list[Passage], list[Vectors]]]:
    """Group a collection's passages and their vectors by what their article says and is called."""
    if collection is None:
        return {}
    by_id: dict[str, tuple[list[Passage], list[Vectors]]] = {}
    for passage, vector in zip(collection.passages, collection.vectors.vectors(), strict=True):
        passages, vectors = by_id.setdefault(passage.document.id, ([], []))
        passages.append(passage)
        vectors.append(vector)
    # Two articles that say the same have the same passages, so either article will do.
    return {
        identify(document): by_id[document.id] for document in collection.documents if document.id in by_id
    }


def encode_missing(
    passages: Sequence[Passage], rows: list[Vectors | None], encoder: Encoder, progress: Progress, pace: Pace
) -> None:
    """Fill the rows that have no vector yet."""
    missing = [place for place, row in enumerate(rows) if row is None]
    for first in range(0, len(missing), pace.batch):
        pace.check()
        places = missing[first : first + pace.batch]
        texts = [encoded_text(passages[place], encoder) for place in places]
        for place, vector in zip(places, encoder.encode(texts), strict=True):
            rows[place] = vector
        progress(first + len(places), len(missing))


def encoded_text(passage: Passage, encoder: Encoder, kinds: Sequence[Part] = ENCODED) -> str:
    """Return a passage with its place in front, as it is encoded; the place leaves room for all of it."""
    room = min(MAX_PLACE_TOKENS, encoder.max_tokens // SHARE)
    text = fit_place(place_parts(passage, kinds), encoder.token_spans, room) + passage.text
    # Some tokenizers make more tokens of two texts together than of each alone.
    return text if len(encoder.token_spans(text)) <= encoder.max_tokens else passage.text


def plan_update(
    collection: Collection | None,
    incoming: Sequence[tuple[IndexedFile, Sequence[Document]]],
    gone: Sequence[str],
) -> tuple[list[Document], list[IndexedFile], UpdateResult]:
    """Work out which articles a collection in memory holds after files were read; nothing is encoded here.

    Args:
        collection: The collection as it is now.
        incoming: Files just read, with their articles. A file of the same path is replaced; an
            article whose id belongs to another file gets the next free one ("-2").
        gone: Paths of files that no longer exist.

    Returns:
        The articles, the files, and what changed.
    """
    documents = collection.documents if collection else ()
    before = {document.id: Held(document.sha256, document) for document in documents}
    sources = collection.sources if collection else ()
    articles, files, change = plan_articles(before, sources, incoming, gone, lambda document: document)
    known = {document.id: document for document in documents}
    return [document or known[id_] for id_, document in articles.items()], files, change


@dataclass(frozen=True, slots=True)
class Held:
    """What is known of an article that is held already.

    Attributes:
        sha256: Hash of its text.
        key: Equals the key of another article just when all of both is the same.
    """

    sha256: str
    key: object


class Article(Protocol):
    """An article, with its text or without: a frozen dataclass."""

    __dataclass_fields__: ClassVar[dict[str, Any]]

    @property
    def id(self) -> str:
        """The id that it wants, or has."""
        ...

    @property
    def sha256(self) -> str:
        """Hash of its text."""
        ...


Item = TypeVar("Item", bound=Article)


def plan_articles(
    before: Mapping[str, Held],
    sources: Iterable[IndexedFile],
    incoming: Sequence[tuple[IndexedFile, Sequence[Item]]],
    gone: Sequence[str],
    key: Callable[[Item], object],
) -> tuple[dict[str, Item | None], list[IndexedFile], UpdateResult]:
    """Work out which articles there are after files were read, without the texts of those that are held.

    Args:
        before: The articles as they are now, by id, in order.
        sources: The files that they came from.
        incoming: Files just read; see `plan_update`.
        gone: Paths of files that no longer exist.
        key: Returns the key of an article, see `Held`.

    Returns:
        The articles by id, in order, None for one that stays as it is; the files; and what changed.
    """
    files = {file.path: file for file in sources}
    articles: dict[str, tuple[Held, Item | None]] = {id_: (held, None) for id_, held in before.items()}
    # Which article holds a text, by the text's SHA-256. An article that its file still has stays, even when
    # a copy of it is added.
    keepers: dict[str, str] = {}
    for file, documents in incoming:
        held = {before[id_].sha256 for id_ in files[file.path].documents} if file.path in files else set()
        keepers |= {document.sha256: file.path for document in documents if document.sha256 in held}
    for path in (*gone, *(file.path for file, _ in incoming)):
        for id_ in files.pop(path).documents if path in files else ():
            articles.pop(id_, None)

    owners = {held.sha256: id_ for id_, (held, _) in articles.items()}
    free = Ids(articles)
    copies = []
    for file, documents in incoming:
        ids = []
        for document in documents:
            sha256 = document.sha256
            if sha256 in owners or keepers.get(sha256, file.path) != file.path:
                copies.append((document.id, sha256))
                continue
            id_ = free.free(document.id)
            named = replace(document, id=id_)
            articles[id_] = (Held(sha256, key(named)), named)
            owners[sha256] = id_
            ids.append(id_)
        files[file.path] = replace(file, documents=tuple(ids))

    # Articles that stay keep their position in every list and index; new ones follow.
    order = {id_: place for place, id_ in enumerate(before)}
    listed = sorted(articles, key=lambda id_: order.get(id_, len(order)))
    same = {id_ for id_ in listed if id_ in before and before[id_].key == articles[id_][0].key}
    change = UpdateResult(
        added=tuple(id_ for id_ in listed if id_ not in before),
        replaced=tuple(id_ for id_ in listed if id_ in before and id_ not in same),
        removed=tuple(id_ for id_ in before if id_ not in articles),
        unchanged=tuple(id_ for id_ in listed if id_ in same),
        duplicates=tuple((id_, owners[sha256]) for id_, sha256 in copies),
    )
    stays = {id_: None if id_ in same else articles[id_][1] for id_ in listed}
    return stays, sorted(files.values(), key=lambda file: file.path), change
