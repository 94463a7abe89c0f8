"""Save a collection to an index folder and load it again, whole or not at all."""

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from citewell import plugins
from citewell.documents.document import Document
from citewell.documents.passages import Passage
from citewell.documents.structure import Mark
from citewell.errors import DamagedIndexError, ForeignIndexError, MissingIndexError
from citewell.index import generations, manifest
from citewell.index.collection import Collection, IndexConfig, find_misplaced
from citewell.index.manifest import IndexedDocument, Manifest
from citewell.index.protocols import Encoder
from citewell.index.segments.opening import open_collection
from citewell.text import tokens
from citewell.text.spans import Span

DOCUMENTS = "documents.jsonl"
PASSAGES = "passages.jsonl"
# Fields of an article, in the order in which a line stores them.
FIELDS = ("id", "title", "text", "source", "published", "author", "marks")
VECTORS = "vectors"
LEXICAL = "lexical"


def save(collection: Collection, encoder: Encoder, folder: Path) -> Manifest:
    """Write a collection, atomically; the caller holds `generations.lock`."""
    counts = [0] * len(collection.documents)
    places = {document.id: place for place, document in enumerate(collection.documents)}
    for passage in collection.passages:
        counts[places[passage.document.id]] += 1

    def write(aside: Path) -> None:
        write_lines(
            aside / DOCUMENTS,
            ([getattr(document, field) for field in FIELDS] for document in collection.documents),
        )
        write_lines(
            aside / PASSAGES,
            (
                [places[passage.document.id], passage.start, passage.end, passage.sentences]
                for passage in collection.passages
            ),
        )
        (aside / VECTORS).mkdir()
        collection.vectors.save(aside / VECTORS)
        (aside / LEXICAL).mkdir()
        collection.lexical.save(aside / LEXICAL)

    def make(hashes: dict[str, str], generation: str) -> Manifest:
        return Manifest(
            encoder=collection.recipe.encoder,
            encoder_model=encoder.name,
            encoder_sha256=encoder.fingerprint,
            dimensions=encoder.dimensions,
            index=collection.recipe.index,
            lexical=collection.recipe.lexical,
            splitting=collection.recipe.splitting,
            sources=tuple(collection.sources),
            documents=tuple(
                IndexedDocument(
                    document.id,
                    document.title,
                    document.sha256,
                    len(document.text),
                    tokens.count(document.text),
                    passages,
                )
                for document, passages in zip(collection.documents, counts, strict=True)
            ),
            passages=len(collection.passages),
            hashes=hashes,
            generation=generation,
        )

    return generations.commit(folder, write, make)


def write_lines(path: Path, records: Iterable[Sequence[object]]) -> None:
    """Write one JSON array per line, in ASCII."""
    with path.open("w", encoding="ascii", newline="\n") as file:
        for record in records:
            file.write(json.dumps(record) + "\n")


def config_of(record: Manifest) -> IndexConfig:
    """Return the recipe by which an index was made."""
    return IndexConfig(
        encoder=record.encoder,
        encoder_model=record.encoder_model,
        index=record.index,
        lexical=record.lexical,
        passage_tokens=record.splitting["max_tokens"],
    )


def load(folder: Path, encoder: Encoder | None = None) -> tuple[Collection, Encoder]:
    """Open an index: every file is hashed before it is read.

    Args:
        folder: The index.
        encoder: An encoder that is already loaded; None to load the encoder that the manifest names.

    Raises:
        CollectionError: The index is missing, damaged, or made by another encoder or format.
    """
    record, collection = read_consistent(folder)
    if encoder is None:
        encoder = config_of(record).load_encoder()
    if encoder.fingerprint != record.encoder_sha256:
        message = (
            f"the index {folder} was made with {record.encoder_model} {record.encoder_sha256[:12]}…, "
            f"the encoder here is {encoder.name} {encoder.fingerprint[:12]}…; "
            f"{manifest.explain_rebuild(folder)}"
        )
        raise ForeignIndexError(message)
    return collection, encoder


def read_consistent(folder: Path, *, whole: bool = False) -> tuple[Manifest, Collection]:
    """Read an index without its encoder, in the state of one save, while other processes may save.

    Args:
        folder: The index.
        whole: Whether every file of a large index is hashed too.

    Raises:
        CollectionError: The index is missing, damaged or foreign.
    """
    while True:
        before = manifest.read_stamp(folder)
        record = manifest.read(folder)
        try:
            return record, read_generation(folder, record, whole=whole)
        except DamagedIndexError:
            if manifest.read_stamp(folder) == before:
                raise  # else another process saved meanwhile and removed the files that were being read


def read_generation(folder: Path, record: Manifest, *, whole: bool = False) -> Collection:
    """Read the data that a manifest names, after checking the hash of every file.

    The segments of a large index are hashed when `whole` says so; else each article when it is read.

    Raises:
        DamagedIndexError: A file differs from what was written.
    """
    manifest.check(folder, record, whole=whole)
    generation = folder / record.generation
    if record.segments:
        try:
            return open_collection(folder, record, config_of(record))
        except (OSError, DamagedIndexError) as error:
            message = f"index {folder}: {error}; {manifest.explain_rebuild(folder)}"
            raise DamagedIndexError(message) from error
    try:
        documents = tuple(
            Document(id_, title, text, source, published, author, tuple(Mark(*mark) for mark in marks))
            for id_, title, text, source, published, author, marks in read_lines(generation / DOCUMENTS)
        )
        passages = tuple(
            Passage(documents[place], start, end, tuple(Span(*sentence) for sentence in sentences))
            for place, start, end, sentences in read_lines(generation / PASSAGES)
        )
        vectors = plugins.load("indexes", record.index).load(generation / VECTORS)
        lexical = plugins.load("lexical", record.lexical).load(generation / LEXICAL)
    except (OSError, ValueError, TypeError, IndexError, DamagedIndexError) as error:
        message = f"index {folder}: {error}; {manifest.explain_rebuild(folder)}"
        raise DamagedIndexError(message) from error
    if vectors.vectors().shape != (len(passages), record.dimensions):
        message = (
            f"index {folder}: {vectors.vectors().shape} vectors for {len(passages)} passages of "
            f"{record.dimensions} dimensions; {manifest.explain_rebuild(folder)}"
        )
        raise DamagedIndexError(message)
    return Collection(
        recipe=config_of(record),
        documents=documents,
        passages=passages,
        vectors=vectors,
        lexical=lexical,
        sources=record.sources,
    )


def read_lines(path: Path) -> Iterator[list[Any]]:
    """Read what `write_lines` wrote."""
    with path.open(encoding="ascii") as file:
        for line in file:
            yield json.loads(line)


def read_if_present(folder: Path) -> tuple[Manifest | None, Collection | None]:
    """Read an index without its encoder; (None, None) when there is none.

    Raises:
        CollectionError: There is an index, and it is damaged or foreign.
    """
    try:
        record = manifest.read(folder)
    except MissingIndexError:
        return None, None
    return record, read_generation(folder, record)


def verify(folder: Path) -> Manifest:
    """Check a whole index: all hashes, then that every passage and sentence lies in its article.

    Raises:
        CollectionError: The index is missing, damaged or foreign.
    """
    record, collection = read_consistent(folder, whole=True)
    mend = manifest.explain_rebuild(folder)
    if (passage := find_misplaced(collection.passages)) is not None:
        message = f"index {folder}: a passage lies outside its article {passage.document.id}; {mend}"
        raise DamagedIndexError(message)
    for document, entry in zip(collection.documents, record.documents, strict=not record.segments):
        if document.sha256 != entry.sha256:
            message = f"index {folder}: the text of {document.id} is not the one in the manifest; {mend}"
            raise DamagedIndexError(message)
    return record
