"""Find the files to read, each once, and the names that their articles bear."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from citewell.errors import LoadError
from citewell.text.normalisation import normalise


def find_files(paths: Sequence[Path]) -> list[tuple[Path, str]]:
    """List the files to read, each once, with the name that its articles will bear.

    Files come in the order given; the files of a folder are sorted by their path in it. Four kinds of files
    in a folder are left out: hidden files, the lock files of office programs, README files and
    questions*.jsonl. A corpus folder holds a description of itself and its test questions, and both would
    answer questions about the articles. A file of these kinds is read if its own path is given.

    Raises:
        LoadError: A path does not exist.
    """
    found: dict[Path, tuple[Path, str]] = {}
    for path in paths:
        try:
            is_there = path.exists()
        except OSError as error:
            message = f"{path}: cannot be opened ({error.strerror}); check the permissions of its folder"
            raise LoadError(message) from error
        if not is_there:
            message = f"{path}: no such file or folder"
            raise LoadError(message)
        files = sorted(_walk(path, path, set())) if path.is_dir() else [(clean_name(path.name), path)]
        for name, file in files:
            found.setdefault(Path(os.path.realpath(file)), (file, name))
    return list(found.values())


def clean_name(name: str) -> str:
    """Return a storable name that is the same on every system: some systems decompose letters."""
    return " ".join(normalise(name).split())


def _walk(folder: Path, root: Path, seen: set[str]) -> Iterator[tuple[str, Path]]:
    """Yield the name and path of each file in a folder; skip folders seen, since links may form circles."""
    real = os.path.realpath(folder)
    if real in seen:
        return
    seen.add(real)
    try:
        entries = sorted(folder.iterdir())
    except OSError:
        # Reading it as a file says why it cannot be read.
        yield clean_name(folder.relative_to(root).as_posix()), folder
        return
    for entry in entries:
        # Unlike entry.is_dir(), this raises no error for an entry without access; reading the entry does.
        if os.path.isdir(entry):  # noqa: PTH112 - as said
            if not entry.name.startswith("."):
                yield from _walk(entry, root, seen)
        elif not _left_out(entry.name.lower()):
            yield clean_name(entry.relative_to(root).as_posix()), entry


def _left_out(name: str) -> bool:
    return (
        name.startswith((".", "~$", "readme."))
        or name == "readme"
        or (name.startswith("questions") and name.endswith(".jsonl"))
    )
