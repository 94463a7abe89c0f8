"""Append lines to a file that many threads and processes write, each whole and durable or not at all."""

import errno
import json
import os
from collections.abc import Mapping
from io import FileIO
from pathlib import Path

from filelock import FileLock, Timeout

from citewell.errors import FeedbackError
from citewell.files import sync

# What people say is theirs: only the account that runs citewell may read it.
PRIVATE = 0o600
# A line takes milliseconds; whoever waits this long waits for something that hangs.
WAIT_S = 10


def append(path: Path, record: Mapping[str, object], most_bytes: int, wait_s: float = WAIT_S) -> None:
    """Write a record as one line of JSON, in ASCII; a line that is there already is not written again.

    What a crash left of a line at the end of the file, which nobody was told was written, is removed first.

    Args:
        path: The file; it and its folder are made if they are not there, readable by their owner alone.
        record: Its key "id" comes first and names it.
        most_bytes: What the file may hold.
        wait_s: How long to wait, in seconds, for others who write.

    Raises:
        FeedbackError: The file would grow too large, is held by somebody else, or cannot be written; it
            holds what it held.
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
    """Open a file, which is its owner's alone when it is made here."""
    return os.open(name, flags, PRIVATE)


def add(file: FileIO, line: bytes, most_bytes: int) -> int:
    """Add a line unless it is there, and return how many bytes the file had; the caller holds the lock."""
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
    """Write a line in one go and make it durable; a part of it, where the disk is full, is an OSError."""
    if file.write(line) < len(line):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    os.fsync(file.fileno())


def is_json(text: bytes) -> bool:
    """Whether a text is one whole value of JSON."""
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True
