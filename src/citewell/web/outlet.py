"""Write a server's lines to streams without waiting for a slow or closed pipe."""

import io
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from queue import Full, Queue
from typing import TextIO

# Most lines that wait for a pipe that nobody reads; further lines are lost, and the loss is reported.
MOST_WAITING = 10_000
# How long the last lines may take when the server stops.
LAST_S = 1.0


class Outlet(io.TextIOBase):
    """A text stream that a thread empties: writing to the stream never waits and never fails.

    A pipe that nobody reads is full after 64 KB, and a writer then waits for ever. A closed pipe raises
    OSError in the writer. Neither may happen in the loop that answers visitors, whether a log line, a `print`
    or a traceback of a library is written.
    """

    def __init__(self, stream: TextIO | None, most: int = MOST_WAITING) -> None:
        """Take the stream; with None, in a program started without one, all lines are lost."""
        self._stream = stream
        self._waiting: Queue[bytes | None] = Queue(most)
        self._lost = 0
        self._file: int | None = None
        if stream is not None:
            # Written past Python's own buffer: a waiting thread would hold the buffer's lock, and the program
            # could not end.
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
        """Whether the stream is a terminal."""
        return self._stream is not None and self._stream.isatty()

    def fileno(self) -> int:
        """Return the file descriptor of the stream."""
        if self._file is None:
            raise io.UnsupportedOperation
        return self._file

    def writable(self) -> bool:
        """Return True: the stream can be written to."""
        return True

    def write(self, text: str) -> int:
        """Queue a text for writing; drop the text when too many wait already."""
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
        """Write the waiting texts, within a time limit, and no text after them."""
        with suppress(Full):
            self._waiting.put(None, timeout=seconds)
        self._thread.join(seconds)

    def _empty(self) -> None:
        while (data := self._waiting.get()) is not None:
            # The stream may work again later: a terminal that was hung up, a disk that was full.
            with suppress(OSError):
                while data and self._file is not None:
                    data = data[os.write(self._file, data) :]


@contextmanager
def outlets() -> Iterator[None]:
    """Keep stdout and stderr from stopping this program, for the duration of the block."""
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
    """Open each closed one of the three standard streams on the null device.

    Otherwise the next connection would get the file descriptor of a closed stream, and would then receive the
    text that a library writes to stderr.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest free descriptor: this one
