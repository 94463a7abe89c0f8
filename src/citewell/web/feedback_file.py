"""Append whole, durable lines to a file that many threads and processes write."""

import errno
import json
import os
from collections.abc import Mapping
from io import FileIO
from pathlib import Path

from filelock import FileLock, Timeout

from citewell.errors import FeedbackError
from citewell.files import sync

# Feedback is private: only the account that runs citewell may read the file.
PRIVATE = 0o600
# Writing a line takes milliseconds; a writer that waits this long waits for a process that hangs.
WAIT_S = 10


def append(path: Path, record: Mapping[str, object], most_bytes: int, wait_s: float = WAIT_S) -> None:
    """Write a record as one line of ASCII JSON, unless the file already holds the line.

    A partial line that a crash left at the end of the file is removed first; no caller was told that this
    line was written.

    Args:
        path: The file; a missing file or folder is made, readable by the owner alone.
        record: The record; its first key is "id", which identifies the record.
        most_bytes: Largest size of the file.
        wait_s: How long to wait for other writers, in seconds.

    Raises:
        FeedbackError: The file would grow too large, is locked by another writer, or cannot be written; the
            file is unchanged then.
    """
    line = json.dumps(record).encode("ascii") + b"\n"
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = FileLock(f"{path}.lock", timeout=wait_s, mode=PRIVATE)
        with lock, FileIO(path, "a+", opener=private) as file:
            is_new = not add(file, line, most_bytes)
        if is_new:
            sync(path.parent)
    except Timeout as error:
        message = f"another process holds {path} for more than {wait_s} s; try again"
        raise FeedbackError(message) from error
    except OSError as error:
        message = f"{path} cannot be written ({error.strerror or error}); check the folder and the disk"
        raise FeedbackError(message) from error


def private(name: str, flags: int) -> int:
    """Open a file; a new file is accessible to its owner alone."""
    return os.open(name, flags, PRIVATE)


def add(file: FileIO, line: bytes, most_bytes: int) -> int:
    """Add a missing line, and return the previous size of the file; the caller holds the lock."""
    size = file.seek(0, os.SEEK_END)
    if size + len(line) > most_bytes:
        limit = f"holds {size:,} bytes, with this line the limit of {most_bytes:,} is passed"
        message = f"{os.fsdecode(file.name)} {limit}; move it elsewhere, and a new one is begun"
        raise FeedbackError(message)
    file.seek(0)
    held = file.readall()
    if line.partition(b",")[0] in held:
        return size
    end = held.rfind(b"\n") + 1
    if is_json(held[end:]):  # a person's editor left out the last line end
        line, end = b"\n" + line, size
    if end < size:
        file.truncate(end)
    try:
        write_whole(file, line)
    except OSError:
        file.truncate(end)
        raise
    return size


def write_whole(file: FileIO, line: bytes) -> None:
    """Write a line at once and durably; raise OSError when a full disk takes only a part of it."""
    if file.write(line) < len(line):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    os.fsync(file.fileno())


def is_json(text: bytes) -> bool:
    """Whether a text is one complete JSON value."""
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True
