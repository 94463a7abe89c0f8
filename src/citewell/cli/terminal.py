"""Write to a terminal: the two streams, a progress bar, and text that cannot steer it."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar

from citewell.progress import Progress
from citewell.text import TURNING

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)

# C0, DEL and C1, besides what turns the text around it.
STEERING = frozenset(map(chr, [*range(0x20), *range(0x7F, 0xA0)])) | TURNING


@contextmanager
def progress_bar(what: str) -> Iterator[Progress]:
    """Show a progress bar on stderr from the first report on; nothing when there is nothing to do."""
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


def printable(text: str) -> str:
    """Return a text of the same length in which nothing can steer a terminal or turn its reading direction.

    Line breaks become spaces; control and bidi characters become U+FFFD.
    """
    spaced = text.translate({ord("\n"): " ", ord("\t"): " "})
    return "".join("\ufffd" if character in STEERING else character for character in spaced)
