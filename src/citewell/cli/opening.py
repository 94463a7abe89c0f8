"""Open the index that a command works on, and name the files that could not be read."""

from collections.abc import Sequence
from pathlib import Path

from rich.text import Text

from citewell import plugins
from citewell.assistant import Assistant, falls_back_on_sample
from citewell.cli.terminal import err, printable, progress_bar
from citewell.documents import sample
from citewell.documents.confinement import Confinement
from citewell.documents.loading import Failure
from citewell.errors import SettingsError
from citewell.index import updates
from citewell.settings import Settings
from citewell.settings import settings as read_settings


def read_settings_for(
    *, generator: str | None, model: str | None, base_url: str | None, **given: object
) -> Settings:
    """Read the settings, with options of the command line for the generator, which must take those.

    What stands in the file or the environment is for whichever generator takes it; what was typed is meant.

    Raises:
        SettingsError: The generator does not take an option that was typed.
        CitewellError: As `citewell.settings.settings` and `citewell.plugins.door` say.
    """
    typed = {name: value for name, value in (("model", model), ("base_url", base_url)) if value is not None}
    chosen = read_settings(generator=generator, **typed, **given)
    for option in typed:
        if not plugins.takes(plugins.door("generators", chosen.generator), option):
            message = (
                f"the generator {chosen.generator!r} takes no --{option.replace('_', '-')}; leave it out, or "
                "name a generator that takes it with --generator"
            )
            raise SettingsError(message)
    return chosen


def open_assistant(chosen: Settings, given: Path | None = None) -> Assistant:
    """Open the index of the settings or, where there is none and nobody named one, the sample article."""
    if falls_back_on_sample(chosen):
        # Before anything is loaded: who waits should know for what.
        err.print(Text(sample.NOTICE))
        return Assistant.from_documents([sample.sample_article()], settings=chosen)
    return open_index(chosen, given)


def open_index(chosen: Settings, given: Path | None = None) -> Assistant:
    """Open the index of the settings, built first from the corpus when it is missing or stale.

    An index that was given on the command line is opened as it is.
    """
    if given is None:
        with (
            progress_bar("Building the index") as report,
            Confinement(chosen.allowance, chosen.limits) as confinement,
        ):
            failures = updates.ensure(
                chosen.index, chosen.corpus, chosen.recipe, read=confinement.read, progress=report
            )
        report_failures(failures)
    return Assistant.open(chosen.index, settings=chosen)


def report_failures(failures: Sequence[Failure]) -> None:
    """Name the files that could not be read, on stderr."""
    for failure in failures:
        err.print(Text(printable(f"not read: {failure}")))
