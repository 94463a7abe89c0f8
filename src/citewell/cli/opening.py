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
    """Read the settings, and add the command line's options for the generator, which must accept them.

    An option from the file or the environment is ignored when the generator does not take the option. An
    option on the command line is an error then.

    Raises:
        SettingsError: The generator does not take an option that was typed.
        CitewellError: As documented at `citewell.settings.settings` and `citewell.plugins.door`.
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
    """Open the index of the settings; open the sample article when no index exists and none was named."""
    if falls_back_on_sample(chosen):
        # Printed before anything is loaded, so that the person knows what the wait is for.
        err.print(Text(sample.NOTICE))
        return Assistant.from_documents([sample.sample_article()], settings=chosen)
    return open_index(chosen, given)


def open_index(chosen: Settings, given: Path | None = None) -> Assistant:
    """Open the index of the settings; first build a missing or stale index from the corpus.

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
