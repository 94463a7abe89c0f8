"""Commit an index folder in one step: write a new generation aside, then the manifest that names it."""

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path

from filelock import FileLock, Timeout

from citewell.errors import (
    CollectionError,
    DamagedIndexError,
    LockedIndexError,
)
from citewell.files import file_sha256, sync
from citewell.index.manifest import (
    FORMAT,
    GENERATION,
    NAME,
    PROGRAM,
    Manifest,
    checksum,
    dump,
    find_damage,
    read,
)

LOCK = ".lock"
ASIDE = ".aside"


@contextmanager
def lock(folder: Path) -> Iterator[None]:
    """Hold the index's lock, so that one process writes at a time; a killed process leaves no lock.

    Raises:
        LockedIndexError: Another process is writing.
        DamagedIndexError: The folder cannot be made or written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder / LOCK)
        lock.acquire(timeout=0)
    except Timeout as error:
        message = f"another process is writing the index {folder}; wait for it to end and try again"
        raise LockedIndexError(message) from error
    except OSError as error:
        message = f"the index folder {folder} cannot be written ({error.strerror}); name another with --index"
        raise DamagedIndexError(message) from error
    try:
        yield
    finally:
        with suppress(OSError):  # a later save removes what cannot be removed now
            sweep(folder)
        lock.release()


def commit(
    folder: Path, write: Callable[[Path], None], make: Callable[[dict[str, str], str], Manifest]
) -> Manifest:
    """Write a new generation and make it the index; the caller holds `lock`.

    Args:
        folder: The index.
        write: Writes the data into an empty folder.
        make: Makes the manifest from the hashes and the generation's name.

    Returns:
        The manifest that now names the index.

    Raises:
        CollectionError: Writing failed, for example because the disk is full; the index is as it was.
    """
    aside = folder / ASIDE
    try:
        sweep(folder)
        aside.mkdir()
        write(aside)
        names = sorted(path.relative_to(aside).as_posix() for path in aside.rglob("*") if path.is_file())
        hashes = {name: file_sha256(aside / name) for name in names}
        for path in (*aside.rglob("*"), aside):
            sync(path)
        manifest = make(hashes, f"generation-{hashlib.sha256(json.dumps(hashes).encode()).hexdigest()[:16]}")
        target = folder / manifest.generation
        if os.path.lexists(target) and find_damage(folder, manifest):  # a broken link is in the way too
            target.rename(folder / f"{ASIDE}-damaged")
        if not os.path.lexists(target):  # else the same content is already there, whole and perhaps in use
            aside.rename(target)
            sync(folder)
        replace(folder / NAME, manifest)
    except OSError as error:
        message = (
            f"the index {folder} cannot be saved ({error.strerror or error}); the old one or "
            "the new one is whole: mend that and run the command again"
        )
        raise CollectionError(message) from error
    return manifest


def replace(path: Path, manifest: Manifest) -> None:
    """Write the manifest aside, make it durable, and put it in place: the commit."""
    record: dict[str, object] = {"program": PROGRAM, "format": FORMAT, "content": asdict(manifest)}
    # Convert through JSON once, so that the hash is of what is read back: JSON turns tuples into lists.
    record = json.loads(json.dumps(record))
    record["checksum"] = checksum(record)
    aside = path.with_name(f"{ASIDE}-{path.name}")
    aside.write_bytes(dump(record))
    sync(aside)
    aside.replace(path)
    sync(path.parent)


def sweep(folder: Path) -> None:
    """Remove older generations and the leftovers of killed processes; the caller holds `lock`."""
    try:
        keep = read(folder).generation
    except CollectionError:
        keep = None  # no manifest says which generation is old: all stay until the index is whole again
    for path in folder.iterdir():
        is_old = keep is not None and path.name != keep and GENERATION.fullmatch(path.name)
        if not (is_old or path.name.startswith(ASIDE)):
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
