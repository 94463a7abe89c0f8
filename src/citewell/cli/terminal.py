"""Write to a terminal: the two streams, a progress bar, and text without control characters."""

import io
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, TextIO

from rich.console import Console
from rich.measure import Measurement
from rich.progress import BarColumn, TextColumn
from rich.progress import Progress as Bar
from rich.table import Table
from rich.text import Text

from citewell.progress import Progress, Speed, Stages
from citewell.text.normalisation import TURNING

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)

# The status that a shell shows for a program whose reader has left; Windows has no such signal.
PIPE = getattr(signal, "SIGPIPE", 13)

# Longest line of a table, in characters; an id is shorter.
WIDEST = 100_000

BYTES = "bytes"
PASSAGES = "passages"
MEGABYTE = 1_000_000
# Seconds of a stage before it is shown, and from one line to the next where no terminal is.
SHOWN_AFTER_S = 1.0
LINE_EVERY_S = 15.0

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


class Bars:
    """Shows on stderr how far the stages of a task are, how fast they go, and how long they will take.

    On a terminal each stage is a bar, and elsewhere a line from time to time. A stage that ends within a
    second shows nothing.
    """

    def __init__(self) -> None:
        """Show nothing yet."""
        self._bar = Bar(
            TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[told]}"), console=err
        )

    def stage(self, what: str, unit: str) -> Progress:
        """Return the progress of a stage.

        Args:
            what: What is done, as "Encoding".
            unit: What is counted, as "passages"; bytes are shown as MB.
        """
        task = self._bar.add_task(what, total=None, visible=False, told="")
        speed, began, told_at = Speed(), 0.0, 0.0

        def report(done: int, total: int) -> None:
            nonlocal began, told_at
            now = time.monotonic()
            began = began or now
            speed.reach(done, now)
            if now - began < SHOWN_AFTER_S:
                return
            told = describe_progress(done, total, unit, speed)
            if err.is_terminal:
                self._bar.start()
                self._bar.update(task, completed=done, total=total, visible=True, told=told)
            elif now - (told_at or began) >= LINE_EVERY_S:
                told_at = now
                err.print(Text(f"{what}: {told}"))

        return report

    def stop(self) -> None:
        """Leave what is shown as it is."""
        if self._bar.live.is_started:  # stopping prints a line even when nothing was shown
            self._bar.stop()


def describe_progress(done: int, total: int, unit: str, speed: Speed) -> str:
    """Return how much is done, how fast it goes and how long the rest will take."""

    def number(amount: float) -> str:
        return f"{amount / MEGABYTE:,.1f}" if unit == BYTES else f"{amount:,.0f}"

    parts = [f"{number(done)} of {number(total)} {'MB' if unit == BYTES else unit}"]
    if speed.a_second:
        parts.append(f"{number(speed.a_second)} a second")
    left = speed.seconds_left(total)
    if left is not None and done < total:
        parts.append(f"{timedelta(seconds=round(left))} left")
    return ", ".join(parts)


@contextmanager
def progress_bar(what: str, unit: str) -> Iterator[Progress]:
    """Show how far a task is, as `Bars` does."""
    bars = Bars()
    try:
        yield bars.stage(what, unit)
    finally:
        bars.stop()


@contextmanager
def stage_bars() -> Iterator[Stages]:
    """Show how far the building of an index is."""
    bars = Bars()
    try:
        yield Stages(
            bars.stage("Reading", BYTES), bars.stage("Encoding", PASSAGES), bars.stage("Writing", PASSAGES)
        )
    finally:
        bars.stop()


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
