"""Keep all temporary files of a server in one folder, and remove the folders of servers that died.

A server that is killed cannot clear up. So each server has a folder of its own with a lock. The system
releases the lock when the process ends, however it ends. A server that starts removes the folders whose lock
is free.
"""

import logging
import os
import re
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

LOG = logging.getLogger(__name__)

PREFIX = "citewell-server-"
# A folder has this name until it is locked: otherwise another server could take it for a leftover.
UNLOCKED = "citewell-begins-"
NAME = re.compile(re.escape(PREFIX) + r"[a-z0-9_]{8}")
LOCK = "lock"
PRIVATE = 0o600


@contextmanager
def workplace() -> Iterator[Path]:
    """Put temporary files of this process and its children into one folder; remove the folder at the end.

    Visitors' files are private: no other account can read the folder, and the folder does not stay for long.
    """
    before, variable = tempfile.tempdir, os.environ.get("TMPDIR")
    home = Path(tempfile.gettempdir())
    clear(home)
    made = Path(tempfile.mkdtemp(prefix=UNLOCKED))
    lock = FileLock(made / LOCK, mode=PRIVATE)
    lock.acquire(timeout=0)
    folder = made.rename(home / (PREFIX + made.name.removeprefix(UNLOCKED)))
    tempfile.tempdir = os.environ["TMPDIR"] = str(folder)
    try:
        yield folder
    finally:
        tempfile.tempdir = before
        if variable is None:
            del os.environ["TMPDIR"]
        else:
            os.environ["TMPDIR"] = variable
        shutil.rmtree(folder, ignore_errors=True)
        lock.release()


def clear(home: Path) -> None:
    """Remove the folders that servers of this account have left behind; leave one that cannot be removed."""
    with suppress(OSError), os.scandir(home) as found:
        for entry in found:
            if not NAME.fullmatch(entry.name):
                continue
            with suppress(OSError):
                if is_ours(Path(entry.path)):
                    remove(Path(entry.path))


def is_ours(folder: Path) -> bool:
    """Whether a path is a real folder with a real lock, owned by and open to this account alone."""
    held, lock = folder.lstat(), (folder / LOCK).lstat()
    if not (stat.S_ISDIR(held.st_mode) and stat.S_ISREG(lock.st_mode)):
        return False
    if not hasattr(os, "getuid"):  # on Windows each account has a folder of its own for temporary files
        return True
    return held.st_uid == lock.st_uid == os.getuid() and stat.S_IMODE(held.st_mode) == stat.S_IRWXU


def remove(folder: Path) -> None:
    """Remove a folder, unless a server holds it."""
    lock = FileLock(folder / LOCK, mode=PRIVATE)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return
    try:
        for entry in folder.iterdir():
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry)
            elif entry.name != LOCK:
                entry.unlink()
        # The lock goes last: a folder that could not be emptied keeps it, and the next server tries again.
        shutil.rmtree(folder)
        LOG.info("removed what a server that died had left: %s", folder.name)
    finally:
        lock.release()
