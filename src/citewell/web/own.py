"""Read the articles that a visitor brings, and keep nothing of them on disk."""

import re
import shutil
import tempfile
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias

from citewell import loading
from citewell.documents import Document, Ids
from citewell.fetching import fetch

# Gradio puts each file into a folder that is named after the SHA-256 of its bytes.
SENT = re.compile("[0-9a-f]{64}")
Load: TypeAlias = Callable[[Sequence[Path]], loading.Loaded]

# Stands behind what makes the same file of two visitors two files.
MARK = "~"


@dataclass(frozen=True, slots=True)
class Brought:
    """What came of reading.

    Attributes:
        documents: The articles.
        failures: The files that could not be read, and why.
    """

    documents: tuple[Document, ...]
    failures: tuple[loading.Failure, ...] = ()


def uploaded(paths: Sequence[str], uploads: Path, load: Load) -> Brought:
    """Read files that a page has sent, and delete them, whatever comes of it.

    Args:
        paths: As the page says; those that nobody sent are not touched and count as not there.
        uploads: Where the server puts what pages send.
        load: Reads files.
    """
    home = uploads.resolve()
    sent = [path for path in paths if is_upload(path, home)]
    with aside() as folder:
        files = []
        for place, path in enumerate(sent):
            file = folder / str(place) / named(path)
            file.parent.mkdir()
            shutil.move(path, file)
            with suppress(OSError):
                Path(path).parent.rmdir()
            files.append(file)
        loaded = load(files)
    lost = tuple(
        loading.Failure(named(path), "it did not arrive; send it again", Path(path))
        for path in paths
        if path not in sent
    )
    return Brought(loaded.documents, (*lost, *loaded.failures))


@contextmanager
def aside() -> Iterator[Path]:
    """Give a folder that is gone afterwards, whatever happens."""
    with tempfile.TemporaryDirectory(prefix="citewell-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


def named(path: str) -> str:
    """Return the name that a file had; the page puts something random before it.

    >>> named("/uploads/ab/0a1b~tide.txt"), named("/uploads/ab/tide.txt")
    ('tide.txt', 'tide.txt')
    """
    name = Path(path).name
    return name.partition(MARK)[2] or name


def is_upload(path: str, home: Path) -> bool:
    """Whether a path is of a file that a page has sent, and not of anything else on this computer."""
    try:
        found = Path(path).resolve(strict=True)
    except (OSError, ValueError):
        return False
    folder = found.parent
    return folder.parent == home and bool(SENT.fullmatch(folder.name)) and found.is_file()


def fetched(url: str, max_bytes: int, load: Load) -> Brought:
    """Read the article at an address.

    Raises:
        FetchError: It cannot be had.
    """
    with aside() as folder:
        found = fetch(url, folder=folder, max_bytes=max_bytes)
        loaded = load([found.path])
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
    ids = Ids([*taken, *(document.id for document in own)])
    found = []
    for document in documents:
        if document.sha256 in texts:
            continue
        texts.add(document.sha256)
        found.append(replace(document, id=ids.free(document.id)))
    return tuple(found)
