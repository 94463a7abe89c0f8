"""Write to a terminal: the two streams, a progress bar, and text that cannot steer it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeAlias

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

Report: TypeAlias = Callable[[int, int], None]
"""Called with how much is done and how much there is in all."""

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)

# C0, DEL, C1, and the bidirectional overrides and isolates (Boucher and Anderson 2021, "Trojan Source").
STEERING = frozenset(
    map(chr, [*range(0x20), *range(0x7F, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A)])
)


@contextmanager
def progress_bar(what: str) -> Iterator[Report]:
    """Show a progress bar on stderr from the first report on; nothing when there is nothing to do."""
    bar = Progress(
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


def printable(text: str) -> str:
    """Return a text of the same length in which nothing can steer a terminal or turn its reading direction.

    Line breaks become spaces; control and bidi characters become U+FFFD.
    """
    spaced = text.translate({ord("\n"): " ", ord("\t"): " "})
    return "".join("\ufffd" if character in STEERING else character for character in spaced)
