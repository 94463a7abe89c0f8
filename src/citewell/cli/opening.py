"""Open the index that a command works on, and name the files that could not be read."""

from collections.abc import Sequence
from pathlib import Path

from rich.text import Text

from citewell.assistant import Assistant, falls_back_on_sample
from citewell.cli.terminal import err, printable, stage_bars
from citewell.documents import sample
from citewell.documents.confinement import Confinement
from citewell.documents.loading import Failure
from citewell.settings import Settings


def open_assistant(chosen: Settings, given: Path | None = None) -> Assistant:
    """Open the index of the settings; open the sample article when no index exists and none was named."""
    if falls_back_on_sample(chosen):
        # Printed before anything is loaded, so that the person knows what the wait is for.
        err.print(Text(sample.NOTICE))
        return Assistant.from_documents(
            [sample.sample_article()], settings=chosen, encoder=chosen.recipe.load_encoder(light=True)
        )
    return open_index(chosen, given)


def open_index(chosen: Settings, given: Path | None = None) -> Assistant:
    """Open the index of the settings; first build a missing or stale index from the corpus.

    An index that was given on the command line is opened as it is.
    """
    if given is None:
        with (
            stage_bars() as stages,
            Confinement(chosen.allowance, chosen.limits) as confinement,
        ):
            failures = chosen.store.ensure(chosen.corpus, chosen.recipe, read=confinement.read, stages=stages)
        report_failures(failures)
    return Assistant.of_store(chosen.store, chosen)


def report_failures(failures: Sequence[Failure]) -> None:
    """Name the files that could not be read, on stderr."""
    for failure in failures:
        err.print(Text(printable(f"not read: {failure}")))
