"""Write to a terminal: the two streams, a progress bar, and text without control characters."""

import io
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TextIO

from rich.console import Console
from rich.measure import Measurement
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar
from rich.table import Table

from citewell.progress import Progress
from citewell.text.normalisation import TURNING

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)

# The status that a shell shows for a program whose reader has left; Windows has no such signal.
PIPE = getattr(signal, "SIGPIPE", 13)

# Longest line of a table, in characters; an id is shorter.
WIDEST = 100_000

# C0, DEL and C1, and the characters that change the reading direction of the text around them.
STEERING = frozenset(map(chr, [*range(0x20), *range(0x7F, 0xA0)])) | TURNING


class Pipe(io.FileIO):
    """A file that ends the program silently when the program behind the pipe leaves, as `head` does.

    The signal SIGPIPE would end the program too, but for every connection: a client that hung up on our
    server, or a language model's server that hung up on us, would end the program.
    """

    def write(self, data: Any) -> int:
        """Write as many bytes as possible, and return their number."""
        try:
            return super().write(data)
        except BrokenPipeError:
            os._exit(128 + PIPE)


def read_by_others(stream: TextIO) -> TextIO:
    """Return a stream to the same file; the stream ends the program when the receiving program leaves."""
    try:
        number = stream.fileno()
    except (AttributeError, OSError, ValueError):  # started without one, or a test holds it
        return stream
    stream.flush()
    pipe: Any = Pipe(number, "w", closefd=False)
    unbuffered = getattr(stream, "write_through", False)  # as `python -u` has it
    return io.TextIOWrapper(
        pipe if unbuffered else io.BufferedWriter(pipe),
        write_through=unbuffered,
        encoding=stream.encoding,
        line_buffering=getattr(stream, "line_buffering", False),
    )


@contextmanager
def progress_bar(what: str) -> Iterator[Progress]:
    """Show a progress bar on stderr from the first report on; show none when there is no work."""
    bar = Bar(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), console=err
    )
    task = bar.add_task(what, total=None, visible=False)

    def report(done: int, total: int) -> None:
        bar.start()
        bar.update(task, completed=done, total=total, visible=True)

    try:
        yield report
    finally:
        if bar.live.is_started:  # stopping prints a line even when nothing was shown
            bar.stop()


def print_whole(table: Table) -> None:
    """Print a table with every cell on one line, whole, however narrow the terminal is."""
    for column in table.columns:
        column.no_wrap = True
    # A console cuts what is wider than itself.
    wide = Console(highlight=False, soft_wrap=True, width=WIDEST)
    wide.width = max(Measurement.get(wide, wide.options, table).maximum, 1)
    wide.print(table)


def printable(text: str) -> str:
    """Return a text of the same length without characters that control a terminal or its reading direction.

    Line breaks become spaces; control and bidi characters become U+FFFD.
    """
    spaced = text.translate({ord("\n"): " ", ord("\t"): " "})
    return "".join("\ufffd" if character in STEERING else character for character in spaced)


def read_line() -> str:
    """Read a line; "" at the end of input."""
    try:
        return input("> ").strip()
    except (EOFError, KeyboardInterrupt):
        return ""
