"""Put a collection into an index folder and take it out again, whole or not at all."""

import json
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from citewell import plugins
from citewell.documents import loading
from citewell.documents.document import Document
from citewell.documents.passages import Passage
from citewell.errors import DamagedIndexError, ForeignIndexError, LoadError, MissingIndexError
from citewell.index import collection as collections
from citewell.index import manifest
from citewell.index.collection import Collection, IndexConfig, UpdateResult
from citewell.index.manifest import IndexedDocument, IndexedFile, Manifest
from citewell.index.protocols import Encoder
from citewell.progress import Progress, silent
from citewell.text import tokens
from citewell.text.spans import Span, lies_within

DOCUMENTS = "documents.jsonl"
PASSAGES = "passages.jsonl"
VECTORS = "vectors"
LEXICAL = "lexical"


def save(collection: Collection, encoder: Encoder, folder: Path) -> Manifest:
    """Write a collection, atomically; the caller holds `manifest.lock`."""
    counts = [0] * len(collection.documents)
    places = {document.id: place for place, document in enumerate(collection.documents)}
    for passage in collection.passages:
        counts[places[passage.document.id]] += 1

    def write(aside: Path) -> None:
        write_lines(
            aside / DOCUMENTS,
            (
                [document.id, document.title, document.source, document.published, document.text]
                for document in collection.documents
            ),
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
            sources=collection.sources,
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

    return manifest.commit(folder, write, make)


def write_lines(path: Path, records: Iterable[Sequence[object]]) -> None:
    """Write one JSON array a line, ASCII only."""
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
        encoder: One already loaded; otherwise the one that the manifest names is.

    Raises:
        CollectionError: It is missing, damaged, or made by another encoder or format.
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


def read_consistent(folder: Path) -> tuple[Manifest, Collection]:
    """Read an index without its encoder, as one save left it, while others may save.

    Raises:
        CollectionError: It is missing, damaged or foreign.
    """
    while True:
        before = manifest.read_stamp(folder)
        record = manifest.read(folder)
        try:
            return record, read_generation(folder, record)
        except DamagedIndexError:
            if manifest.read_stamp(folder) == before:
                raise  # else somebody saved meanwhile, and what we read was removed under us


def read_generation(folder: Path, record: Manifest) -> Collection:
    """Read the data that a manifest names, after every file was hashed.

    Raises:
        DamagedIndexError: A file is not what was written.
    """
    manifest.check(folder, record)
    generation = folder / record.generation
    try:
        documents = tuple(
            Document(id=id_, title=title, text=text, source=source, published=published)
            for id_, title, source, published, text in read_lines(generation / DOCUMENTS)
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


def ensure(
    folder: Path,
    corpus: Path,
    recipe: IndexConfig,
    *,
    read: loading.Read = loading.read_file,
    progress: Progress = silent,
) -> tuple[loading.Failure, ...]:
    """Build an index from its corpus where it is missing or stale.

    A damaged index is not touched: it may hold articles from elsewhere. Without a corpus an index is taken
    as it is.

    Args:
        folder: The index.
        corpus: File or folder that it is built from.
        recipe: How to make it.
        read: Reads each file.
        progress: Told how the encoding goes.

    Returns:
        The files that could not be read.

    Raises:
        CitewellError: There is neither, or the index is damaged.
    """
    if not corpus.exists():
        manifest.read(folder)
        return ()
    _, failures = update(folder, [corpus], recipe, read=read, progress=progress)
    return failures


def update(
    folder: Path,
    paths: Sequence[Path],
    recipe: IndexConfig,
    *,
    rebuild: bool = False,
    read: loading.Read = loading.read_file,
    progress: Progress = silent,
) -> tuple[UpdateResult, tuple[loading.Failure, ...]]:
    """Bring an index in line with files and folders; what is there already is not encoded again.

    Articles of a file that has gone from one of the folders go too; articles from elsewhere stay. A
    file that cannot be read keeps the articles that it gave before.

    Args:
        folder: The index; made if missing.
        paths: Files and folders.
        recipe: How to make it; where it differs from the index's own, all is made anew.
        rebuild: Whether to forget what is there, damaged or not.
        read: Reads each file, within limits of its own; in this process or in another.
        progress: Told how the encoding goes.

    Returns:
        What changed, and the files that could not be read.

    Raises:
        LoadError: No article could be read, and there was none before.
        CollectionError: The index is damaged, or another process writes it.
    """
    loaded = loading.load(paths, read=read)
    failures = tuple(
        failure for failure in loaded.failures if not manifest.owns(folder, locate(failure.path))
    )
    with manifest.lock(folder):
        record, old = (None, None) if rebuild else read_if_present(folder)
        by_id = {document.id: document for document in loaded.documents}
        incoming = [
            (
                IndexedFile(path=relative_path(source.path, folder), sha256=source.sha256, documents=()),
                [by_id[id_] for id_ in ids],
            )
            for source, ids in loaded.sources
        ]
        there = {file.path for file, _ in incoming}
        gone = [
            file.path
            for file in (old.sources if old else ())
            if file.path not in there and is_gone(folder, file, paths, failures)
        ]
        documents, sources, change = collections.plan_update(old, incoming, gone)
        if not documents or not (loaded.documents or gone):
            reasons = "; ".join(map(str, failures[:3]))
            message = f"no article found in {', '.join(map(str, paths))}"
            raise LoadError(f"{message} ({reasons})" if reasons else message)
        if record is None or not was_made_by(record, recipe):
            write_changed(folder, documents, sources, recipe, (None, None), progress)
        elif change.any or (old is not None and tuple(sources) != old.sources):
            write_changed(folder, documents, sources, config_of(record), (old, record), progress)
    return change, failures


def is_gone(
    folder: Path, file: IndexedFile, paths: Sequence[Path], failures: Sequence[loading.Failure]
) -> bool:
    """Whether a file that was not read now lay in what was read, and not in a part that could not be."""
    path = Path(os.path.normpath(folder.resolve() / file.path))
    unread = [failure.path for failure in failures]
    return is_in(path, map(locate, paths)) and not is_in(path, map(locate, unread))


def remove(folder: Path, ids: Sequence[str], progress: Progress = silent) -> None:
    """Take articles out of an index.

    Raises:
        LoadError: An id is not there, or nothing would be left.
        CollectionError: The index is missing, damaged, or being written.
    """
    with manifest.lock(folder):
        record, old = read_if_present(folder)
        if record is None or old is None:
            message = manifest.explain_missing(folder)
            raise MissingIndexError(message)
        for id_ in ids:
            old.document_index(id_)
        documents = [document for document in old.documents if document.id not in ids]
        if not documents:
            message = f"an index holds at least one article; to drop it all, delete the folder {folder}"
            raise LoadError(message)
        sources = [
            replace(file, documents=tuple(id_ for id_ in file.documents if id_ not in ids))
            for file in old.sources
        ]
        left = [file for file in sources if file.documents]
        write_changed(folder, documents, left, config_of(record), (old, record), progress)


def write_changed(
    folder: Path,
    documents: Sequence[Document],
    sources: Sequence[IndexedFile],
    recipe: IndexConfig,
    before: tuple[Collection | None, Manifest | None],
    progress: Progress,
) -> None:
    """Encode what is new and save; vectors of another encoder are not reused."""
    encoder = recipe.load_encoder()
    old, record = before
    same = record is not None and record.encoder_sha256 == encoder.fingerprint
    collection = collections.build(
        documents, recipe, encoder, sources=sources, reuse=old if same else None, progress=progress
    )
    save(collection, encoder, folder)


def read_if_present(folder: Path) -> tuple[Manifest | None, Collection | None]:
    """Read an index without its encoder; (None, None) when there is none.

    Raises:
        CollectionError: There is one, and it is damaged or foreign.
    """
    try:
        record = manifest.read(folder)
    except MissingIndexError:
        return None, None
    return record, read_generation(folder, record)


def was_made_by(record: Manifest, recipe: IndexConfig) -> bool:
    """Whether an index was made by a recipe; a wanted model of "" takes the one that it has."""
    made = config_of(record)
    wanted = replace(recipe, encoder_model=recipe.encoder_model or made.encoder_model)
    return made == wanted and record.splitting == recipe.splitting


def relative_path(path: Path, folder: Path) -> str:
    """Return a path relative to the index folder, with forward slashes."""
    return Path(os.path.relpath(locate(path), folder.resolve())).as_posix()


def locate(path: Path) -> Path:
    """Return where a file or folder is; of a link to a file, where the link is."""
    return path.resolve() if os.path.isdir(path) else path.parent.resolve() / path.name  # noqa: PTH112 - no error


def is_in(path: Path, places: Iterable[Path]) -> bool:
    """Whether a path is one of the places or inside one."""
    return any(path.is_relative_to(place) for place in places)


def verify(folder: Path) -> Manifest:
    """Check all of an index: hashes, then that every passage and sentence lies in its article.

    Raises:
        CollectionError: It is missing, damaged or foreign.
    """
    record, collection = read_consistent(folder)
    mend = manifest.explain_rebuild(folder)
    for passage in collection.passages:
        article = Span(0, len(passage.document.text))
        spans = (Span(passage.start, passage.end), *passage.sentences)
        if not all(lies_within(span, article) and span.start < span.end for span in spans):
            message = f"index {folder}: a passage lies outside its article {passage.document.id}; {mend}"
            raise DamagedIndexError(message)
    for document, entry in zip(collection.documents, record.documents, strict=True):
        if document.sha256 != entry.sha256:
            message = f"index {folder}: the text of {document.id} is not the one in the manifest; {mend}"
            raise DamagedIndexError(message)
    return record
