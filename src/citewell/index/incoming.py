"""Read files one after the other: what is known of their articles stays in memory, the texts wait in a file.

A change of an index is planned over all articles that were read, and only then are the new ones encoded, one
after the other. Until then their texts wait in a file without a name, which ends with the process however it
ends.
"""

import hashlib
import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, fields
from pathlib import Path
from tempfile import SpooledTemporaryFile
from types import TracebackType
from typing import IO, Self

from citewell.documents import loading
from citewell.documents.discovery import find_files
from citewell.documents.document import Document
from citewell.documents.loading import Failure, Found, Warned
from citewell.documents.structure import Mark
from citewell.errors import CollectionError
from citewell.index.manifest import IndexedFile
from citewell.index.segments.layout import identify
from citewell.progress import Progress, silent

# Bytes of articles that are kept in memory: those of a small index never go to the disk.
HELD_BYTES = 8_000_000
FIELDS = tuple(field.name for field in fields(Document))


@dataclass(frozen=True, slots=True)
class Arrival:
    """An article that was read, without its text.

    Attributes:
        id: As in Document; a plan may give another.
        title: As in Document.
        source: As in Document.
        published: As in Document.
        author: As in Document.
        sha256: SHA-256 of its text, hexadecimal.
        identity: Hash of all that its passages and their vectors depend on.
        marks_sha256: What `hash_marks` returns.
        characters: Length of its text.
        place: Where it begins and ends in its spool, in bytes.
    """

    id: str
    title: str
    source: str
    published: str
    author: str
    sha256: str
    identity: int
    marks_sha256: str
    characters: int
    place: tuple[int, int]


class Spool:
    """Articles that wait, in the order in which they came."""

    def __init__(self, folder: Path) -> None:
        """Write nothing yet.

        Args:
            folder: Where the file lies, once there are more than HELD_BYTES; made if missing.
        """
        self._folder = folder
        self._end = 0
        self._file: IO[bytes] = SpooledTemporaryFile(HELD_BYTES, dir=str(folder))  # noqa: SIM115 - closed by `close`

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        """Forget the articles."""
        with suppress(OSError):  # what could not be written cannot be written now either
            self._file.close()

    def put(self, document: Document) -> Arrival:
        """Keep an article.

        Raises:
            CollectionError: The disk takes no more.
        """
        written = json.dumps([getattr(document, name) for name in FIELDS]).encode("ascii")
        place = self._end, self._end + len(written)
        try:
            if place[1] > HELD_BYTES:
                self._folder.mkdir(parents=True, exist_ok=True)
            self._file.seek(place[0])
            self._file.write(written)
        except OSError as error:
            message = (
                f"the articles cannot be kept in {self._folder} while they are read "
                f"({error.strerror or error}); nothing has changed: mend that and run the command again"
            )
            raise CollectionError(message) from error
        self._end = place[1]
        return Arrival(
            document.id,
            document.title,
            document.source,
            document.published,
            document.author,
            document.sha256,
            identify(document),
            hash_marks(document),
            len(document.text),
            place,
        )

    def take(self, arrival: Arrival) -> Document:
        """Return an article, with the id that a plan gave it."""
        start, end = arrival.place
        self._file.seek(start)
        found = dict(zip(FIELDS, json.loads(self._file.read(end - start)), strict=True))
        return Document(**{**found, "id": arrival.id, "marks": tuple(Mark(*mark) for mark in found["marks"])})


@dataclass(slots=True)
class Incoming:
    """What was read, without the texts.

    Attributes:
        files: The files, by the path that an index keeps, with their articles.
        failures: The files that could not be read.
        warnings: The parts of the files that were not read, were withdrawn or were guessed.
    """

    files: list[tuple[IndexedFile, list[Arrival]]]
    failures: list[Failure]
    warnings: list[Warned]


def read_files(
    paths: Sequence[Path],
    read: loading.Read,
    spool: Spool,
    name: Callable[[Path], str],
    progress: Progress = silent,
) -> Incoming:
    """Read files and folders, one file at a time.

    Args:
        paths: Files and folders.
        read: Function that reads one file.
        spool: Takes the articles.
        name: Returns the path of a file that an index keeps.
        progress: Told how many bytes are read.

    Raises:
        LoadError: A path does not exist.
        CollectionError: The disk takes no more.
    """
    files = find_files(list(paths))
    sizes = [size_of(path) for path, _ in files]
    incoming = Incoming([], [], [])
    done, total = 0, sum(sizes)

    def keep(found: Found | Failure) -> None:
        if isinstance(found, Failure):
            incoming.failures.append(found)
            return
        arrivals = [spool.put(article) for article in found.articles]
        ids = tuple(arrival.id for arrival in arrivals)
        file = IndexedFile(name(found.file.path), found.file.sha256, ids, found.warnings)
        incoming.files.append((file, arrivals))
        incoming.warnings.extend(found.warned)

    progress(done, total)
    # `map` keeps no text of a file while the next one is read.
    for size, _ in zip(sizes, map(keep, loading.load_each(files, read)), strict=True):
        done += size
        progress(done, total)
    return incoming


def hash_marks(document: Document) -> str:
    """Return the SHA-256 of an article's marks."""
    return hashlib.sha256(json.dumps(document.marks).encode()).hexdigest()


def size_of(path: Path) -> int:
    """Return a file's size in bytes; 0 where it cannot be told."""
    try:
        return path.stat().st_size
    except OSError:
        return 0
