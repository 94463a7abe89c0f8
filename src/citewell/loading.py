"""Turn files and folders into articles; what cannot be read is told, and stops nothing else."""

import hashlib
import os
import re
import stat
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path, PurePosixPath

from citewell import plugins
from citewell.documents import Document, document
from citewell.errors import LoadError, PluginError
from citewell.protocols import Article, Loader
from citewell.text import normalise

# Six long novels of plain text: what is larger is a data set or a book of pictures, and the parsers
# of PDF and HTML take ten times a file's size in memory.
MAX_FILE_BYTES = 20_000_000

# Of a failure's reason: a few lines of a terminal.
LONGEST_REASON = 500

# A loader is named after the suffix that it reads; these are its other spellings. A plugin of another
# package that reads two suffixes is announced under both.
ALIASES = {"htm": "html", "markdown": "md", "text": "txt", "tsv": "csv"}


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file that articles came from.

    Attributes:
        path: Where it is.
        name: Its POSIX path in the folder given, or its name if it was given itself.
        sha256: Of its bytes, hexadecimal.
        size: In bytes.
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
        reason: What was found and what to do, without the name.
        path: Where it is.
    """

    name: str
    reason: str
    path: Path


@dataclass(frozen=True, slots=True)
class Loaded:
    """What files and folders gave.

    Attributes:
        documents: The articles, in the order of the files.
        sources: The files that were read, each with the ids of its articles.
        failures: The files that were not.
    """

    documents: tuple[Document, ...]
    sources: tuple[tuple[SourceFile, tuple[str, ...]], ...]
    failures: tuple[Failure, ...]


def kinds() -> list[str]:
    """Return the suffixes of the files that are read, with their other spellings, sorted."""
    known = plugins.names("loaders")
    return sorted(f".{name}" for name in (*known, *(alias for alias in ALIASES if ALIASES[alias] in known)))


def find(paths: Sequence[Path]) -> list[tuple[Path, str]]:
    """List the files to read, each once, with the name that its articles will bear.

    Files come in the order given, those of a folder sorted by their path in it. In a folder hidden
    files, the lock files of office programs, README files and questions*.jsonl are left out: a corpus
    folder describes itself and holds the questions that it is tested with, and both would answer
    questions about the articles. Named themselves, they are read.

    Raises:
        LoadError: A path does not exist.
    """
    found: dict[Path, tuple[Path, str]] = {}
    for path in paths:
        try:
            is_there = path.exists()
        except OSError as error:
            message = f"{path}: cannot be looked at ({error.strerror}); check who may enter its folder"
            raise LoadError(message) from error
        if not is_there:
            message = f"{path}: no such file or folder"
            raise LoadError(message)
        files = sorted(_walk(path, path, set())) if path.is_dir() else [(_clean(path.name), path)]
        for name, file in files:
            found.setdefault(Path(os.path.realpath(file)), (file, name))
    return list(found.values())


def load(
    paths: Sequence[Path],
    *,
    max_file_bytes: int = MAX_FILE_BYTES,
    on_file: Callable[[str], None] | None = None,
) -> Loaded:
    """Read files and folders. A file gives all its articles or, where one cannot be read, none.

    An article's id is its file's name without the suffix; in a file of many, with what the file calls
    it behind a slash. A second article of one id becomes "id-2".

    Args:
        paths: Files, and folders with all that is in them.
        max_file_bytes: Larger files are failures.
        on_file: Told the name of each file before it is read.

    Raises:
        LoadError: A path does not exist.
    """
    known = plugins.names("loaders")
    loaders: dict[str, Loader] = {}
    documents: dict[str, Document] = {}
    sources: list[tuple[SourceFile, tuple[str, ...]]] = []
    failures: list[Failure] = []
    for path, name in find(paths):
        if on_file:
            on_file(name)
        try:
            _check(path)
            plugin = _plugin(path, known)
            file = _source(path, name, max_file_bytes)
            # Loaded when the first of its files comes: some bring a heavy library.
            loader = loaders.get(plugin) or loaders.setdefault(plugin, plugins.load("loaders", plugin))
            read = _documents(file, list(loader.load(path)), documents)
        except (LoadError, PluginError) as error:
            failures.append(Failure(name, _reason(str(error), path.name), path))
        except OSError as error:
            failures.append(Failure(name, f"cannot be opened: {error.strerror or error}", path))
        else:
            documents.update(read)
            sources.append((file, tuple(read)))
    return Loaded(tuple(documents.values()), tuple(sources), tuple(failures))


def _walk(folder: Path, root: Path, seen: set[str]) -> Iterator[tuple[str, Path]]:
    """Yield the name and path of each file in a folder, but for folders seen: links may go in circles."""
    real = os.path.realpath(folder)
    if real in seen:
        return
    seen.add(real)
    try:
        entries = sorted(folder.iterdir())
    except OSError:
        # Reading it as a file says why it cannot be read.
        yield _clean(folder.relative_to(root).as_posix()), folder
        return
    for entry in entries:
        # Unlike entry.is_dir(), no error where it cannot be looked at: that is told when it is read.
        if os.path.isdir(entry):  # noqa: PTH112 - as said
            if not entry.name.startswith("."):
                yield from _walk(entry, root, seen)
        elif not _left_out(entry.name.lower()):
            yield _clean(entry.relative_to(root).as_posix()), entry


def _left_out(name: str) -> bool:
    return (
        name.startswith((".", "~$", "readme."))
        or name == "readme"
        or (name.startswith("questions") and name.endswith(".jsonl"))
    )


def _clean(name: str) -> str:
    """Return a name that can be stored and is the same on every system: some give letters decomposed."""
    return " ".join(normalise(name).split())


def _check(path: Path) -> None:
    """Refuse what has no end: a pipe or device could be read for ever."""
    if not stat.S_ISREG(path.stat().st_mode):
        message = "is no file with an end, but a pipe, a device, or a folder that cannot be opened"
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
        message = f"{found}; known are {' '.join(kinds())}"
        raise LoadError(message)
    return plugin


def _documents(
    file: SourceFile, articles: Sequence[Article], others: Mapping[str, Document]
) -> dict[str, Document]:
    """Make documents of a file's articles, by ids that the others do not have."""
    if not articles:
        message = "holds no article"
        raise LoadError(message)
    documents: dict[str, Document] = {}
    for place, article in enumerate(articles, start=1):
        id_ = wanted = _id(file, article, place if len(articles) > 1 else 0)
        numbers = count(2)
        while id_ in others or id_ in documents:
            id_ = f"{wanted}-{next(numbers)}"
        try:
            documents[id_] = document(
                article.text,
                id=id_,
                title=article.title,
                source=_clean(article.source) or file.name,
                published=_clean(article.published),
            )
        except LoadError as error:
            which = f"article {place} of {len(articles)} " if len(articles) > 1 else ""
            message = f"{which}holds no text; an article needs at least one word"
            raise LoadError(message) from error
    return documents


def _id(file: SourceFile, article: Article, place: int) -> str:
    stem = PurePosixPath(file.name).with_suffix("").as_posix()
    inside = _clean(article.id) or (str(place) if place else "")
    return f"{stem}/{inside}" if inside else stem


def _reason(message: str, name: str) -> str:
    """Return an error's message on one line, without the file's name, which a Failure has.

    Some messages name what the file holds: of any length, with line ends and what moves a terminal's cursor.
    """
    prefix = rf"^{re.escape(name)}:(?:(\d+):)? ?"
    reason = re.sub(prefix, lambda found: f"line {found[1]}: " if found[1] else "", message)
    words = " ".join(reason[: 2 * LONGEST_REASON].split())
    line = "".join(character for character in words if character.isprintable())
    return line if len(line) <= LONGEST_REASON else f"{line[:LONGEST_REASON]}…"
