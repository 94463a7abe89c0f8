"""Bring an index folder in line with files and folders, encoding only what is new."""

import os
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from citewell import plugins
from citewell.documents import loading
from citewell.documents.document import Document
from citewell.errors import LoadError, MissingIndexError
from citewell.index import collection as collections
from citewell.index import generations, manifest
from citewell.index.collection import Collection, Held, IndexConfig, UpdateResult
from citewell.index.filters import Mask
from citewell.index.incoming import Arrival, Incoming, Spool, read_files
from citewell.index.manifest import IndexedFile, IndexedSegment, Manifest
from citewell.index.segments import saving
from citewell.index.segments.layout import identify
from citewell.index.segments.opening import StoredDocuments
from citewell.index.segments.segment import Segment
from citewell.index.storage import config_of, read_if_present, save
from citewell.progress import UNSEEN, Stages

# Characters of all articles from which on an index is kept in segments: some 50,000 passages.
LARGE_FROM = 30_000_000


def ensure(
    folder: Path,
    corpus: Path,
    recipe: IndexConfig,
    *,
    read: loading.Read = loading.read_file,
    stages: Stages = UNSEEN,
) -> tuple[loading.Failure, ...]:
    """Build an index from its corpus where it is missing or stale.

    A damaged index is left alone, because it may hold articles from elsewhere. Without a corpus, an existing
    index is used as it is.

    Args:
        folder: The index.
        corpus: File or folder that the index is built from.
        recipe: How to make the index.
        read: Function that reads one file.
        stages: Told how far it is.

    Returns:
        The files that could not be read.

    Raises:
        CitewellError: There is neither an index nor a corpus, or the index is damaged.
    """
    if not corpus.exists():
        manifest.read(folder)
        return ()
    _, failures = update(folder, [corpus], recipe, read=read, stages=stages)
    return failures


def update(  # noqa: PLR0913  # what, and how
    folder: Path,
    paths: Sequence[Path],
    recipe: IndexConfig,
    *,
    rebuild: bool = False,
    read: loading.Read = loading.read_file,
    stages: Stages = UNSEEN,
    large_from: int = LARGE_FROM,
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
        stages: Told how far it is.
        large_from: Characters of all articles from which on the index is kept in segments. An index in
            segments stays one.

    Returns:
        What changed, and the files that could not be read.

    Raises:
        LoadError: No article could be read, and the index held none before.
        CollectionError: The index is damaged, or another process is writing it.
    """
    with Spool(folder) as spool:
        incoming = read_files(paths, read, spool, lambda path: relative_path(path, folder), stages.reading)
        failures = tuple(one for one in incoming.failures if not manifest.owns(folder, locate(one.path)))
        with generations.lock(folder):
            record, old = (None, None) if rebuild else read_if_present(folder)
            gone = find_gone(folder, incoming, old.sources if old else (), paths, failures)
            plan = plan_update(old, incoming, gone)
            if not plan.articles or not (incoming.files or gone):
                raise LoadError(explain_nothing(paths, failures))
            writing = Writing(folder, spool, stages, large_from)
            if record is None or not was_made_by(record, recipe):
                writing.write(plan, recipe, old, None)
            elif plan.change.any or (old is not None and plan.sources != list(old.sources)):
                writing.write(plan, config_of(record), old, record)
            else:
                generations.forget_parts(folder)
    return replace(plan.change, warnings=tuple(incoming.warnings)), failures


def find_gone(
    folder: Path,
    incoming: Incoming,
    sources: Iterable[IndexedFile],
    paths: Sequence[Path],
    failures: Sequence[loading.Failure],
) -> list[str]:
    """Return the paths of those files of an index that are gone.

    Args:
        folder: The folder that the paths of an index begin from.
        incoming: What was read.
        sources: The files of the index.
        paths: The files and folders that were asked for.
        failures: The files that could not be read.
    """
    there = {file.path for file, _ in incoming.files}
    return [
        file.path for file in sources if file.path not in there and is_gone(folder, file, paths, failures)
    ]


def explain_nothing(paths: Sequence[Path], failures: Sequence[loading.Failure]) -> str:
    """Say that no article was found, and what could not be read."""
    reasons = "; ".join(map(str, failures[:3]))
    message = f"no article found in {', '.join(map(str, paths))}"
    return f"{message} ({reasons})" if reasons else message


def without(sources: Iterable[IndexedFile], ids: Container[str]) -> list[IndexedFile]:
    """Return the files that still hold an article when some are taken out."""
    files = [
        replace(file, documents=tuple(id_ for id_ in file.documents if id_ not in ids)) for file in sources
    ]
    return [file for file in files if file.documents]


UNCHANGED = UpdateResult()


@dataclass(frozen=True, slots=True)
class Plan:
    """What an index holds after a change.

    Attributes:
        articles: The articles by id, in order; None for one that stays as it is.
        sources: The files that they came from.
        change: What changed.
    """

    articles: dict[str, Arrival | None]
    sources: list[IndexedFile]
    change: UpdateResult = UNCHANGED


def plan_update(old: Collection | None, incoming: Incoming, gone: Sequence[str]) -> Plan:
    """Plan a change; the articles of a large index are not read for it."""
    before = {} if old is None else {id_: held for id_, held, _ in known_articles(old)}
    sources = () if old is None else old.sources
    return Plan(*collections.plan_articles(before, sources, incoming.files, gone, article_key))


def known_articles(old: Collection) -> Iterator[tuple[str, Held, int]]:
    """Yield each article's id, what a plan compares, and its characters; a large index's are not read."""
    if isinstance(old.documents, StoredDocuments):
        for segment in old.documents.segments:
            identities = segment.arrays["identities"].tolist()
            for columns, identity in zip(segment.columns, identities, strict=True):
                id_, title, source, author, published, sha256, characters, _ = columns
                yield id_, Held(sha256, (sha256, identity, title, source, author, published)), characters
        return
    for document in old.documents:
        sha256, identity = document.sha256, identify(document)
        key = sha256, identity, document.title, document.source, document.author, document.published
        yield document.id, Held(sha256, key), len(document.text)


def article_key(arrival: Arrival) -> object:
    """Return the same for an article that was just read."""
    said = arrival.sha256, arrival.identity
    return *said, arrival.title, arrival.source, arrival.author, arrival.published


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


def remove(folder: Path, ids: Sequence[str], stages: Stages = UNSEEN) -> None:
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
        gone = frozenset(ids)
        articles: dict[str, Arrival | None] = {id_: None for id_ in old.columns.ids if id_ not in gone}
        if not articles:
            message = f"an index holds at least one article; to drop it all, delete the folder {folder}"
            raise LoadError(message)
        plan = Plan(articles, without(old.sources, gone))
        with Spool(folder) as nothing:
            Writing(folder, nothing, stages).write(plan, config_of(record), old, record)


@dataclass(frozen=True, slots=True)
class Writing:
    """Writes a plan into an index folder; the caller holds the lock.

    Attributes:
        folder: The index.
        spool: Where the new articles wait.
        stages: Told how far it is.
        large_from: As `update` takes it.
    """

    folder: Path
    spool: Spool
    stages: Stages
    large_from: int = LARGE_FROM

    def write(self, plan: Plan, recipe: IndexConfig, old: Collection | None, record: Manifest | None) -> None:
        """Encode the new articles and save the index; vectors of another encoder are not reused.

        Args:
            plan: What the index holds afterwards.
            recipe: How it is made.
            old: What it holds now.
            record: The manifest of what it holds now, where that was made by the recipe.
        """
        encoder = recipe.load_encoder()
        same = old if record is not None and record.encoder_sha256 == encoder.fingerprint else None
        is_large = record is not None and bool(record.segments)
        if is_large and record is not None and same is not None:
            new = [arrival for arrival in plan.articles.values() if arrival is not None]
            change = saving.Change(
                keep_articles(record, same, plan.articles),
                map(self.spool.take, new),
                sum(arrival.characters for arrival in new),
                plan.sources,
            )
            known = same.documents.encoded if isinstance(same.documents, collections.Encoded) else None
            saving.write(self.folder, change, recipe, encoder, record, self.stages, known)
            return
        characters = self.count(plan, old)
        if can_be_large(recipe) and (is_large or characters >= self.large_from):
            change = saving.Change((), self.documents(plan, old), characters, plan.sources)
            find = None if same is None else collections.find_in(same)
            saving.write(self.folder, change, recipe, encoder, None, self.stages, find)
            return
        collection = collections.build(
            self.documents(plan, old),
            recipe,
            encoder,
            sources=plan.sources,
            reuse=same,
            progress=self.stages.encoding,
        )
        save(collection, encoder, self.folder)

    def documents(self, plan: Plan, old: Collection | None) -> Iterator[Document]:
        """Yield all articles, those that stay from the old collection."""
        for id_, arrival in plan.articles.items():
            if arrival is not None:
                yield self.spool.take(arrival)
            elif old is not None:
                yield old.documents[old.document_index(id_)]

    @staticmethod
    def count(plan: Plan, old: Collection | None) -> int:
        """Return the number of characters of all articles."""
        stays = 0
        if old is not None:
            stays = sum(
                characters
                for id_, _, characters in known_articles(old)
                if id_ in plan.articles and plan.articles[id_] is None
            )
        return stays + sum(one.characters for one in plan.articles.values() if one is not None)


def can_be_large(recipe: IndexConfig) -> bool:
    """Whether the plugins of a recipe have a form in segments."""
    return hasattr(plugins.load("indexes", recipe.index), "lists") and hasattr(
        plugins.load("lexical", recipe.lexical), "terms"
    )


def folder_segments(collection: Collection) -> Sequence[Segment]:
    """Return the segments of a large collection."""
    if not isinstance(collection.documents, StoredDocuments):
        message = "the collection is kept in memory"
        raise TypeError(message)
    return collection.documents.segments


def keep_articles(
    record: Manifest, old: Collection, articles: Mapping[str, Arrival | None]
) -> list[tuple[IndexedSegment, Mask]]:
    """Return the segments, with which of their articles stay as they are."""
    kept = []
    for told, segment in zip(record.segments, folder_segments(old), strict=True):
        ids = (columns[0] for columns in segment.columns)
        stays = [id_ in articles and articles[id_] is None for id_ in ids]
        kept.append((told, np.array(stays, dtype=np.bool_)))
    return kept


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
