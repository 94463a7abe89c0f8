"""Read the articles that a visitor brings, and keep nothing of them on disk."""

import re
import shutil
import tempfile
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import TypeVar

from citewell import loading, plugins
from citewell.collection import Progress, free_id
from citewell.documents import Document
from citewell.fetching import fetch

# How often a page is told how far the reading has come.
TOLD_EVERY_S = 0.2

# Gradio puts each file into a folder that is named after the SHA-256 of its bytes.
SENT = re.compile("[0-9a-f]{64}")
NAMED = "~"

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Brought:
    """What came of reading.

    Attributes:
        documents: The articles.
        failures: The files that could not be read, and why.
    """

    documents: tuple[Document, ...]
    failures: tuple[loading.Failure, ...] = ()


def kinds() -> list[str]:
    """Return the suffixes of files that are read, in order."""
    return [f".{name}" for name in plugins.names("loaders")]


def uploaded(paths: Sequence[str], folder: Path, max_bytes: int) -> Brought:
    """Read files that a page has sent, and delete them, whatever comes of it.

    Args:
        paths: As the page says; those that nobody sent are not touched and count as not there.
        folder: Where the server puts what pages send.
        max_bytes: Of each.
    """
    home = folder.resolve()
    sent = [path for path in paths if is_upload(path, home)]
    aside = Path(tempfile.mkdtemp(prefix="citewell-"))
    try:
        files = []
        for place, path in enumerate(sent):
            # The page puts something random before the name: the same file of two visitors is two files.
            file = aside / str(place) / (Path(path).name.partition(NAMED)[2] or Path(path).name)
            file.parent.mkdir()
            shutil.move(path, file)
            with suppress(OSError):
                Path(path).parent.rmdir()
            files.append(file)
        loaded = loading.load(files, max_file_bytes=max_bytes)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    lost = tuple(
        loading.Failure(
            Path(path).name.partition(NAMED)[2] or Path(path).name,
            "it did not arrive; send it again",
            Path(path),
        )
        for path in paths
        if path not in sent
    )
    return Brought(loaded.documents, (*lost, *loaded.failures))


def is_upload(path: str, home: Path) -> bool:
    """Whether a path is of a file that a page has sent, and not of anything else on this computer."""
    try:
        found = Path(path).resolve(strict=True)
    except (OSError, ValueError):
        return False
    folder = found.parent
    return folder.parent == home and bool(SENT.fullmatch(folder.name)) and found.is_file()


def fetched(url: str, max_bytes: int) -> Brought:
    """Read the article at an address.

    Raises:
        FetchError: It cannot be had.
    """
    folder = Path(tempfile.mkdtemp(prefix="citewell-"))
    try:
        found = fetch(url, folder=folder, max_bytes=max_bytes)
        loaded = loading.load([found.path], max_file_bytes=max_bytes)
        documents = tuple(replace(document, source=found.url) for document in loaded.documents)
        return Brought(documents, loaded.failures)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def fresh(
    documents: Sequence[Document], own: Sequence[Document], taken: Collection[str]
) -> tuple[Document, ...]:
    """Return the articles whose text is not there yet, with ids that nothing else has.

    Args:
        documents: Just read.
        own: The visitor's articles so far.
        taken: Ids of the index.
    """
    texts = {document.sha256 for document in own}
    ids = dict.fromkeys([*taken, *(document.id for document in own)])
    found = []
    for document in documents:
        if document.sha256 in texts:
            continue
        texts.add(document.sha256)
        id_ = free_id(document.id, ids)
        ids[id_] = None
        found.append(replace(document, id=id_))
    return tuple(found)


def watched(work: Callable[[Progress], T]) -> Iterator[tuple[int, int] | T]:
    """Do something that tells its progress, yielding (done, total) now and then, and the result last."""
    told: SimpleQueue[tuple[int, int]] = SimpleQueue()
    with ThreadPoolExecutor(1) as aside:
        result = aside.submit(work, lambda done, total: told.put((done, total)))
        while not result.done():
            try:
                latest = told.get(timeout=TOLD_EVERY_S)
                while not told.empty():
                    latest = told.get()
                yield latest
            except Empty:
                continue
        yield result.result()
