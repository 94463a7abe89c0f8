"""Bring an index folder in line with files and folders, encoding only what is new."""

import os
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from citewell.documents import loading
from citewell.documents.document import Document
from citewell.errors import LoadError, MissingIndexError
from citewell.index import collection as collections
from citewell.index import generations, manifest
from citewell.index.collection import Collection, IndexConfig, UpdateResult
from citewell.index.manifest import IndexedFile, Manifest
from citewell.index.storage import config_of, read_if_present, save
from citewell.progress import Progress, silent


def ensure(
    folder: Path,
    corpus: Path,
    recipe: IndexConfig,
    *,
    read: loading.Read = loading.read_file,
    progress: Progress = silent,
) -> tuple[loading.Failure, ...]:
    """Build an index from its corpus where it is missing or stale.

    A damaged index is left alone, because it may hold articles from elsewhere. Without a corpus, an existing
    index is used as it is.

    Args:
        folder: The index.
        corpus: File or folder that the index is built from.
        recipe: How to make the index.
        read: Function that reads one file.
        progress: Called while the encoding runs.

    Returns:
        The files that could not be read.

    Raises:
        CitewellError: There is neither an index nor a corpus, or the index is damaged.
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
    """Bring an index in line with files and folders; encode only articles that are new or changed.

    If a file was removed from one of the folders, its articles are removed too. Articles from elsewhere
    stay. If a file cannot be read, the articles read from it before stay.

    Args:
        folder: The index; made if missing.
        paths: Files and folders.
        recipe: How to make the index; if the index has another recipe, the whole index is made anew.
        rebuild: Whether to discard the present index, damaged or not.
        read: Function that reads one file, within limits of its own, in this process or in another.
        progress: Called while the encoding runs.

    Returns:
        What changed, and the files that could not be read.

    Raises:
        LoadError: No article could be read, and the index held none before.
        CollectionError: The index is damaged, or another process is writing it.
    """
    loaded = loading.load(paths, read=read)
    failures = tuple(
        failure for failure in loaded.failures if not manifest.owns(folder, locate(failure.path))
    )
    with generations.lock(folder):
        record, old = (None, None) if rebuild else read_if_present(folder)
        by_id = {document.id: document for document in loaded.documents}
        incoming = [
            (replace(file, path=relative_path(source.path, folder)), [by_id[id_] for id_ in file.documents])
            for (source, _), file in zip(loaded.sources, indexed_files(loaded), strict=True)
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
    return replace(change, warnings=loaded.warnings), failures


def indexed_files(loaded: loading.Loaded) -> list[IndexedFile]:
    """Return the files that were read, each with its articles and warnings; the path is the file's name."""
    told: dict[Path, list[str]] = {}
    for warned in loaded.warnings:
        told.setdefault(warned.path, []).append(warned.text)
    return [
        IndexedFile(source.name, source.sha256, ids, tuple(told.get(source.path, ())))
        for source, ids in loaded.sources
    ]


def is_gone(
    folder: Path, file: IndexedFile, paths: Sequence[Path], failures: Sequence[loading.Failure]
) -> bool:
    """Whether a file that was not read is gone: it lay in `paths`, and outside every place that failed."""
    path = Path(os.path.normpath(folder.resolve() / file.path))
    unread = [failure.path for failure in failures]
    return is_in(path, map(locate, paths)) and not is_in(path, map(locate, unread))


def remove(folder: Path, ids: Sequence[str], progress: Progress = silent) -> None:
    """Take articles out of an index.

    Raises:
        LoadError: No article has one of the ids, or no article would be left.
        CollectionError: The index is missing or damaged, or another process is writing it.
    """
    with generations.lock(folder):
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
    """Encode the new articles and save the index; vectors of another encoder are not reused."""
    encoder = recipe.load_encoder()
    old, record = before
    same = record is not None and record.encoder_sha256 == encoder.fingerprint
    collection = collections.build(
        documents, recipe, encoder, sources=sources, reuse=old if same else None, progress=progress
    )
    save(collection, encoder, folder)


def was_made_by(record: Manifest, recipe: IndexConfig) -> bool:
    """Whether an index was made by a recipe; a recipe's model of "" matches any model of the index."""
    made = config_of(record)
    wanted = replace(recipe, encoder_model=recipe.encoder_model or made.encoder_model)
    return made == wanted and record.splitting == recipe.splitting


def relative_path(path: Path, folder: Path) -> str:
    """Return a path relative to the index folder, with forward slashes."""
    return Path(os.path.relpath(locate(path), folder.resolve())).as_posix()


def locate(path: Path) -> Path:
    """Return the resolved path of a file or folder; a link to a file gives the link's own place."""
    return path.resolve() if os.path.isdir(path) else path.parent.resolve() / path.name  # noqa: PTH112 - no error


def is_in(path: Path, places: Iterable[Path]) -> bool:
    """Whether a path is one of the places or inside one."""
    return any(path.is_relative_to(place) for place in places)
