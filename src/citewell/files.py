"""Make files durable, and compute their hash."""

import errno
import hashlib
import os
import stat
from pathlib import Path

from citewell.progress import Progress, silent

# Bytes that are read at a time.
BLOCK = 1 << 22


def sync(path: Path) -> None:
    """Ask the operating system to make a file or folder durable."""
    if os.name == "nt" and path.is_dir():  # Windows opens no folder, and keeps their names by itself
        return
    # Windows makes only a file durable that may be written.
    descriptor = os.open(path, os.O_RDWR if os.name == "nt" else os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def file_sha256(path: Path, progress: Progress = silent) -> str:
    """Return the SHA-256 of a file's bytes, in hexadecimal.

    Args:
        path: The file.
        progress: Told how many bytes are read.

    Raises:
        OSError: The file is a pipe or a device, or cannot be read.
    """
    hashed, total = hashlib.sha256(), path.stat().st_size
    with regular(path).open("rb") as file:
        while block := file.read(BLOCK):
            hashed.update(block)
            progress(file.tell(), total)
    return hashed.hexdigest()


def regular(path: Path) -> Path:
    """Return a path unchanged, but refuse a pipe or a device, which would be read for ever.

    Raises:
        OSError: The path is a pipe or a device, or does not exist.
    """
    mode = path.stat().st_mode
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):  # a folder is refused when it is opened
        raise OSError(errno.EINVAL, "is no file with an end, but a pipe or a device", str(path))
    return path
