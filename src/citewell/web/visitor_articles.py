"""Read the articles that a visitor adds, and keep no part of them on disk."""

import shutil
import tempfile
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias

from citewell.documents import loading
from citewell.documents.document import Document, Ids
from citewell.documents.fetching import fetch
from citewell.index.manifest import IndexedFile
from citewell.index.updates import indexed_files
from citewell.web.uploads import Sent

GONE = "it is not there, or not any more; reload the page and send it again"

Load: TypeAlias = Callable[[Sequence[Path]], loading.Loaded]
"""Reads files, within limits."""


@dataclass(frozen=True, slots=True)
class BroughtArticles:
    """The result of reading.

    Attributes:
        documents: The articles.
        sources: The files that were read, with the warnings of each.
        failures: The files that could not be read, and why.
    """

    documents: tuple[Document, ...]
    sources: tuple[IndexedFile, ...] = ()
    failures: tuple[loading.Failure, ...] = ()


def read_uploads(sent: Sequence[Sent | None], load: Load) -> BroughtArticles:
    """Read files that a page has sent, and delete them, even when reading fails.

    Args:
        sent: The files; None for a missing file.
        load: Function that reads files.
    """
    there = [file for file in sent if file is not None]
    with temporary_folder() as folder:
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
        loaded = load(files)
    lost = tuple(loading.Failure("a file", GONE, Path()) for _ in range(len(sent) - len(there)))
    return BroughtArticles(loaded.documents, tuple(indexed_files(loaded)), (*lost, *loaded.failures))


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """Give a folder that is removed afterwards, even after an error."""
    with tempfile.TemporaryDirectory(prefix="citewell-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


def fetch_article(url: str, max_bytes: int, load: Load) -> BroughtArticles:
    """Read the article at an address.

    Raises:
        FetchError: The article cannot be fetched.
    """
    with temporary_folder() as folder:
        found = fetch(url, folder=folder, max_bytes=max_bytes)
        loaded = load([found.path])
        documents = tuple(replace(document, source=found.url) for document in loaded.documents)
        return BroughtArticles(documents, tuple(indexed_files(loaded)), loaded.failures)


def new_articles(
    brought: BroughtArticles, own: Sequence[Document], taken: Collection[str]
) -> BroughtArticles:
    """Return the articles whose text is new, with ids that are not taken, and their files.

    Args:
        brought: What was just read.
        own: The visitor's articles so far.
        taken: Ids of the articles of the index.
    """
    texts = {document.sha256 for document in own}
    ids = Ids([*taken, *(document.id for document in own)])
    found: dict[str, Document] = {}
    for document in brought.documents:
        if document.sha256 in texts:
            continue
        texts.add(document.sha256)
        found[document.id] = replace(document, id=ids.free(document.id))
    sources = (
        replace(file, documents=tuple(found[id_].id for id_ in file.documents if id_ in found))
        for file in brought.sources
    )
    return replace(
        brought, documents=tuple(found.values()), sources=tuple(file for file in sources if file.documents)
    )
