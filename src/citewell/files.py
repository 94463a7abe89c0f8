"""Make files durable and know them by their hash."""

import errno
import hashlib
import os
import stat
from pathlib import Path

from citewell.progress import Progress, silent

# Read at a time.
BLOCK = 1 << 22


def sync(path: Path) -> None:
    """Ask the operating system to make a file or folder durable."""
    descriptor = os.open(path, os.O_RDONLY)
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
        OSError: It is a pipe or a device, or cannot be read.
    """
    hashed, total = hashlib.sha256(), path.stat().st_size
    with regular(path).open("rb") as file:
        while block := file.read(BLOCK):
            hashed.update(block)
            progress(file.tell(), total)
    return hashed.hexdigest()


def regular(path: Path) -> Path:
    """Return the path of a file; a pipe or a device in its place would be read for ever.

    Raises:
        OSError: It is a pipe or a device, or not there.
    """
    mode = path.stat().st_mode
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):  # a folder is refused when it is opened
        raise OSError(errno.EINVAL, "is no file with an end, but a pipe or a device", str(path))
    return path
