"""Commit an index folder in one step: write a new generation aside, then the manifest that names it."""

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import TypeAlias

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
    PARTS,
    PROGRAM,
    SEGMENT,
    Manifest,
    checksum,
    dump,
    find_damage,
    find_differences,
    read,
)

LOCK = ".lock"
ASIDE = ".aside"
# Folder in a new generation with the new segments of a large index, which are moved beside it.
SEGMENTS = "segments"

Hashes: TypeAlias = dict[str, str]
"""SHA-256 of files, by the file's path."""


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
    folder: Path,
    write: Callable[[Path], None],
    make: Callable[[Hashes, str], Manifest],
    named: Callable[[dict[str, Hashes]], None] = lambda _: None,
) -> Manifest:
    """Write a new generation and make it the index; the caller holds `lock`.

    Args:
        folder: The index.
        write: Writes the data into an empty folder; new segments into folders of its folder `segments`.
        make: Makes the manifest from the hashes and the generation's name.
        named: Told, before that, the hashes of each new segment's files by the segment's name, in the order
            of the folders that they were written to.

    Returns:
        The manifest that now names the index.

    Raises:
        CollectionError: Writing failed, for example because the disk is full; the index is as it was.
    """
    aside = folder / ASIDE
    with explained(folder):
        sweep(folder)
        aside.mkdir()
        write(aside)
        for path in (*aside.rglob("*"), aside):
            sync(path)
        named(settle(folder, aside / SEGMENTS))
        hashes = hash_files(aside)
        manifest = make(hashes, name_of("generation", hashes))
        target = folder / manifest.generation
        if os.path.lexists(target) and find_damage(folder, manifest):  # a broken link is in the way too
            target.rename(folder / f"{ASIDE}-damaged")
        if not os.path.lexists(target):  # else the same content is already there, whole and perhaps in use
            aside.rename(target)
            sync(folder)
        replace(folder / NAME, manifest)
        forget_parts(folder)
    return manifest


@contextmanager
def explained(folder: Path) -> Iterator[None]:
    """Say of an index what it means when the disk is full, or writing fails in another way.

    Raises:
        CollectionError: Writing failed.
    """
    try:
        yield
    except OSError as error:
        message = (
            f"the index {folder} cannot be saved ({error.strerror or error}); the old one or "
            "the new one is whole: mend that and run the command again"
        )
        raise CollectionError(message) from error


def forget_parts(folder: Path) -> None:
    """Remove what a killed building of a large index left; the caller holds `lock`."""
    shutil.rmtree(folder / PARTS, ignore_errors=True)


def settle(folder: Path, written: Path) -> dict[str, Hashes]:
    """Move new segments to their place; return the hashes of their files by the segments' names, in order."""
    found = {}
    for segment in sorted(written.iterdir()) if written.is_dir() else ():
        hashes = hash_files(segment)
        name = name_of("segment", hashes)
        found[name] = hashes
        target = folder / name
        if os.path.lexists(target) and find_differences(target, hashes):
            target.rename(folder / f"{ASIDE}-{name}")
        if os.path.lexists(target):  # the same content is already there, whole and perhaps in use
            shutil.rmtree(segment)
        else:
            segment.rename(target)
    if found:
        written.rmdir()
        sync(folder)
    return found


def hash_files(folder: Path) -> Hashes:
    """Return the hash of each file in a folder, by its path in there."""
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    return {name: file_sha256(folder / name) for name in names}


def name_of(kind: str, hashes: Hashes) -> str:
    """Return the name of a folder with these files."""
    return f"{kind}-{hashlib.sha256(json.dumps(hashes).encode()).hexdigest()[:16]}"


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
        record = read(folder)
        keep = {record.generation, *(segment.name for segment in record.segments)}
    except CollectionError:
        keep = None  # no manifest says which generation is old: all stay until the index is whole again
    for path in folder.iterdir():
        is_ours = GENERATION.fullmatch(path.name) or SEGMENT.fullmatch(path.name)
        is_old = keep is not None and path.name not in keep and is_ours
        if not (is_old or path.name.startswith(ASIDE)):
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
