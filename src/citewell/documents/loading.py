"""Turn files and folders into articles. Files that fail are reported; the others still load."""

import hashlib
import stat
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path
from typing import TypeAlias

from citewell import plugins
from citewell.documents.admission import admit, reason_line
from citewell.documents.discovery import find_files
from citewell.documents.document import Document, Ids, title_of_id
from citewell.documents.loader import Loader
from citewell.errors import LoadError, PluginError

# Six long novels of plain text. A larger file is a data set or a book of pictures, and the parsers of PDF
# and HTML take ten times a file's size in memory.
MAX_FILE_BYTES = 20_000_000
# As much text as the largest plain-text file can hold. A file that unpacks to more is a bomb or a data set.
MAX_CHARACTERS = 20_000_000
# The collections that retrieval is measured on have more in one file, and are read as BEIR folders.
MAX_ARTICLES = 200_000

# A loader is named after the suffix that it reads; these are its other spellings. A plugin of another
# package that reads two suffixes is announced under both.
ALIASES = {"htm": "html", "markdown": "md", "text": "txt", "tsv": "csv"}


@dataclass(frozen=True, slots=True)
class FileLimits:
    """How much one file may hold.

    Attributes:
        file_bytes: Size of the stored file, in bytes.
        characters: Characters of all its articles together, with their titles, sources and ids.
        articles: Number of its articles.
    """

    file_bytes: int = MAX_FILE_BYTES
    characters: int = MAX_CHARACTERS
    articles: int = MAX_ARTICLES


DEFAULTS = FileLimits()


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file that articles came from.

    Attributes:
        path: Where it is.
        name: Its POSIX path in the folder given, or its name if it was given itself.
        sha256: SHA-256 of its bytes, hexadecimal.
        size: Size in bytes.
    """

    path: Path
    name: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Failure:
    """A file that could not be read.

    Attributes:
        name: As in SourceFile.
        reason: The problem and its remedy, without the file's name.
        path: Where it is.
    """

    name: str
    reason: str
    path: Path

    def __str__(self) -> str:
        """Return it as a person reads it."""
        return f"{self.name}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Warned:
    """A warning of a file whose articles were read: a part was not read, was withdrawn or was guessed.

    Attributes:
        name: As in SourceFile.
        text: A sentence for the people who rely on the articles.
        path: Where the file is.
    """

    name: str
    text: str
    path: Path

    def __str__(self) -> str:
        """Return it as a person reads it."""
        return f"{self.name}: {self.text}"


@dataclass(frozen=True, slots=True)
class Found:
    """The articles of one file, before they join the articles of other files.

    Attributes:
        file: The file.
        articles: The articles in order, with the ids that they want. An article has no title where the file
            gives none.
        warnings: The parts that were not read, were withdrawn or were guessed.
    """

    file: SourceFile
    articles: tuple[Document, ...]
    warnings: tuple[str, ...] = ()

    @property
    def warned(self) -> list[Warned]:
        """The warnings, each with the file's name."""
        return [Warned(self.file.name, text, self.file.path) for text in self.warnings]


Read: TypeAlias = Callable[[Path, str], Found | Failure]
"""Reads a file, given where it is and the name that its articles bear; in this process or in another."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """The result of reading files and folders.

    Attributes:
        documents: The articles, in the order of the files.
        sources: The files that were read, each with the ids of its articles.
        failures: The files that could not be read.
        warnings: The parts of the files read that were not read, were withdrawn or were guessed.
    """

    documents: tuple[Document, ...]
    sources: tuple[tuple[SourceFile, tuple[str, ...]], ...]
    failures: tuple[Failure, ...]
    warnings: tuple[Warned, ...] = ()


def known_suffixes() -> list[str]:
    """Return the suffixes of the files that are read, with their other spellings, sorted."""
    known = plugins.names("loaders")
    return sorted(f".{name}" for name in (*known, *(alias for alias in ALIASES if ALIASES[alias] in known)))


def load(
    paths: Sequence[str | Path],
    *,
    max_file_bytes: int = MAX_FILE_BYTES,
    limits: FileLimits | None = None,
    read: Read | None = None,
) -> Loaded:
    """Read files and folders; tell in `warnings` which parts of a file cannot be read.

    An article's id is its file's name without the suffix. In a file of many articles, a slash and the
    article's id in the file follow. A second article with the same id becomes "id-2".

    Args:
        paths: Files, and folders with all that is in them.
        max_file_bytes: Larger files are failures; `limits` overrules it.
        limits: Files that hold more are failures.
        read: Function that reads each file and keeps to limits of its own. `citewell.documents.confinement`
            has one that reads in another process. Without it, this process reads the files.

    Raises:
        LoadError: A path does not exist.
    """
    read = read or partial(read_file, limits=limits or FileLimits(max_file_bytes))
    documents: list[Document] = []
    sources: list[tuple[SourceFile, tuple[str, ...]]] = []
    failures: list[Failure] = []
    warnings: list[Warned] = []
    for found in load_each(find_files([Path(path) for path in paths]), read):
        if isinstance(found, Failure):
            failures.append(found)
            continue
        documents += found.articles
        sources.append((found.file, tuple(article.id for article in found.articles)))
        warnings += found.warned
    return Loaded(tuple(documents), tuple(sources), tuple(failures), tuple(warnings))


def load_each(files: Iterable[tuple[Path, str]], read: Read) -> Iterator[Found | Failure]:
    """Yield what each file holds, with the ids and titles that its articles keep, one file at a time.

    Args:
        files: What `find_files` returned.
        read: Function that reads a file.
    """
    ids = Ids()

    def place(found: Found | Failure) -> Found | Failure:
        if isinstance(found, Failure):
            return found
        return replace(
            found, articles=tuple(_place(article, ids.free(article.id)) for article in found.articles)
        )

    # `map` keeps nothing of a file while the next one is read.
    return map(place, (read(path, name) for path, name in files))


def read_file(path: Path, name: str, limits: FileLimits = DEFAULTS) -> Found | Failure:
    """Read one file in this process; return a Failure for any problem with it.

    Args:
        path: Where it is.
        name: The name from which its articles get their ids.
        limits: A file that holds more is a Failure.
    """
    try:
        _check(path)
        plugin = _plugin(path, _loader_names())
        file = _source(path, name, limits.file_bytes)
        # The plugin is loaded when its first file comes: some plugins import a heavy library.
        found = _loader(plugin).load(path)
        documents, warnings = admit(name, found, characters=limits.characters, articles=limits.articles)
        return Found(file, documents, warnings)
    except (LoadError, PluginError) as error:
        return Failure(name, reason_line(str(error), path.name), path)
    except OSError as error:
        return Failure(name, f"cannot be opened: {error.strerror or error}", path)


@cache
def _loader_names() -> tuple[str, ...]:
    """Return the names of the loaders; cached, since finding them lists a folder."""
    return plugins.names("loaders")


@cache
def _loader(plugin: str) -> Loader:
    """Return a loader, made once."""
    loader: Loader = plugins.load("loaders", plugin)
    return loader


def _place(article: Document, id_: str) -> Document:
    """Return an article with its unique id; the id also gives the title where the file gives none."""
    return replace(article, id=id_, title=article.title or title_of_id(id_))


def _check(path: Path) -> None:
    """Refuse a pipe or device: reading it might never end."""
    if not stat.S_ISREG(path.stat().st_mode):
        message = "is not a regular file, but a pipe, a device, or a folder that cannot be opened"
        raise LoadError(message)


def _source(path: Path, name: str, max_file_bytes: int) -> SourceFile:
    """Hash a file that is not too large."""
    size = path.stat().st_size
    if size > max_file_bytes:
        limit = f"the limit of {max_file_bytes:,}"
        message = f"has {size:,} bytes, more than {limit}; split it, or raise max_file_bytes"
        raise LoadError(message)
    data = path.read_bytes()
    return SourceFile(path=path, name=name, sha256=hashlib.sha256(data).hexdigest(), size=len(data))


def _plugin(path: Path, known: Sequence[str]) -> str:
    """Return the name of the loader that reads the file."""
    suffix = path.suffix.lower().removeprefix(".")
    plugin = ALIASES.get(suffix, suffix)
    if plugin not in known:
        found = f"unknown kind {path.suffix}" if suffix else "unknown kind, the name has no suffix"
        message = f"{found}; citewell reads {' '.join(known_suffixes())}"
        raise LoadError(message)
    return plugin
