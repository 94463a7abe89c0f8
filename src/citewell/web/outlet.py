"""Write a server's lines to streams whose reader may be slow, or gone, and let neither stop the server."""

import io
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from queue import Full, Queue
from typing import TextIO

# What a reader who stops reading leaves waiting; the lines after that are lost, and said to be.
MOST_WAITING = 10_000
# How long the last lines may take when the server stops.
LAST_S = 1.0


class Outlet(io.TextIOBase):
    """A text stream that a thread empties: to write to it never waits and never fails.

    A pipe whose reader does not read is full after 64 KB, and who writes to it then waits for ever; one
    whose reader has gone is an OSError for whoever writes. Neither may happen to the loop that answers
    visitors, whoever writes: a log line, a `print`, or a traceback that a library prints.
    """

    def __init__(self, stream: TextIO | None, most: int = MOST_WAITING) -> None:
        """Take the stream; None, where the program was started without one, loses everything."""
        self._stream = stream
        self._waiting: Queue[bytes | None] = Queue(most)
        self._lost = 0
        self._file: int | None = None
        if stream is not None:
            # Past Python's own buffer: its lock, held by a thread that waits, would stop the program's end.
            with suppress(OSError, ValueError):
                stream.flush()
            with suppress(OSError, ValueError):
                self._file = stream.fileno()
        self._thread = threading.Thread(target=self._empty, daemon=True, name="citewell-lines")
        self._thread.start()

    @property
    def encoding(self) -> str:  # type: ignore[override]  # an attribute there
        """The encoding of the stream."""
        return getattr(self._stream, "encoding", None) or "utf-8"

    def isatty(self) -> bool:
        """Whether a person reads it."""
        return self._stream is not None and self._stream.isatty()

    def fileno(self) -> int:
        """Return the number of the file behind it."""
        if self._file is None:
            raise io.UnsupportedOperation
        return self._file

    def writable(self) -> bool:
        """Say that it can be written to."""
        return True

    def write(self, text: str) -> int:
        """Leave a text to be written; where too many wait already, it is lost."""
        data = text.encode(self.encoding, "backslashreplace")
        try:
            if self._lost:
                self._waiting.put_nowait(f"({self._lost} lines were lost: nobody read them)\n".encode())
                self._lost = 0
            self._waiting.put_nowait(data)
        except Full:
            self._lost += 1
        return len(text)

    def finish(self, seconds: float = LAST_S) -> None:
        """Write what waits, for so long at most, and nothing after it."""
        with suppress(Full):
            self._waiting.put(None, timeout=seconds)
        self._thread.join(seconds)

    def _empty(self) -> None:
        while (data := self._waiting.get()) is not None:
            # The reader may be back later: a terminal that was hung up, a disk that was full.
            with suppress(OSError):
                while data and self._file is not None:
                    data = data[os.write(self._file, data) :]


@contextmanager
def outlets() -> Iterator[None]:
    """Have stdout and stderr of this program never stop it, as long as this lasts."""
    reserve()
    before = sys.stdout, sys.stderr
    mine = Outlet(sys.stdout), Outlet(sys.stderr)
    sys.stdout, sys.stderr = mine
    try:
        yield
    finally:
        sys.stdout, sys.stderr = before
        for outlet in mine:
            outlet.finish()


def reserve() -> None:
    """Open what is not open of the three standard streams, on nothing.

    The next connection would get the number of one, and then what a library writes to stderr.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest number that is free: this one
