"""Make files durable and know them by their hash."""

import hashlib
import os
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
    """
    hashed, total = hashlib.sha256(), path.stat().st_size
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            hashed.update(block)
            progress(file.tell(), total)
    return hashed.hexdigest()
