"""Open the index that a command works on, and name the files that could not be read."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from citewell import assistant as assistants
from citewell.assistant import Assistant
from citewell.cli.terminal import err, printable, progress_bar
from citewell.confinement import Confinement
from citewell.loading import Failure
from citewell.settings import Settings

Generator = Annotated[
    str | None,
    typer.Option("--generator", help="Plugin that writes the answer: extractive, llama_cpp, openai_chat."),
]
Model = Annotated[
    str | None, typer.Option("--model", help="Its model: a GGUF file or name, or a name on the server.")
]
BaseUrl = Annotated[
    str | None, typer.Option("--base-url", help="Address of the server, as in http://127.0.0.1:11434/v1.")
]


def open_assistant(chosen: Settings, given: Path | None = None) -> Assistant:
    """Open the index of the settings, built first from the corpus when it is missing or stale.

    An index that was given on the command line is opened as it is.
    """
    if given is None:
        with (
            progress_bar("Building the index") as report,
            Confinement(chosen.allowance, chosen.limits) as confinement,
        ):
            failures = assistants.bring_up_to_date(chosen, report, read=confinement.read)
        tell(failures)
    return Assistant.open(chosen.index, settings=chosen)


def tell(failures: Sequence[Failure]) -> None:
    """Name the files that could not be read, on stderr."""
    for failure in failures:
        err.print(Text(printable(f"not read: {failure.name}: {failure.reason}")))
