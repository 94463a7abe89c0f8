"""Read the articles that a visitor brings, and keep nothing of them on disk."""

import shutil
import tempfile
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import TypeVar

from citewell import loading
from citewell.collection import Progress, free_id
from citewell.documents import Document
from citewell.fetching import fetch
from citewell.web.uploads import Sent

# How often a page is told how far the reading has come.
TOLD_EVERY_S = 0.2
GONE = "it is not there, or not any more; reload the page and send it again"

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


def uploaded(sent: Sequence[Sent | None], max_bytes: int) -> Brought:
    """Read files that a page has sent, and delete them, whatever comes of it.

    Args:
        sent: The files; None for one that is not there.
        max_bytes: Of each.
    """
    there = [file for file in sent if file is not None]
    with aside() as folder:
        files = []
        try:
            for place, file in enumerate(there):
                path = folder / str(place) / file.name
                path.parent.mkdir()
                shutil.move(file.path, path)
                files.append(path)
        finally:
            for file in there:
                file.path.unlink(missing_ok=True)
        loaded = loading.load(files, max_file_bytes=max_bytes)
    lost = tuple(loading.Failure("a file", GONE, Path()) for _ in range(len(sent) - len(there)))
    return Brought(loaded.documents, (*lost, *loaded.failures))


@contextmanager
def aside() -> Iterator[Path]:
    """Give a folder that is gone afterwards, whatever happens."""
    with tempfile.TemporaryDirectory(prefix="citewell-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


def fetched(url: str, max_bytes: int) -> Brought:
    """Read the article at an address.

    Raises:
        FetchError: It cannot be had.
    """
    with aside() as folder:
        found = fetch(url, folder=folder, max_bytes=max_bytes)
        loaded = loading.load([found.path], max_file_bytes=max_bytes)
        documents = tuple(replace(document, source=found.url) for document in loaded.documents)
        return Brought(documents, loaded.failures)


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
