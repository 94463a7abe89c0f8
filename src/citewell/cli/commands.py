"""Define the commands that print answers and build, update and check an index.

Exit codes: 0 answered or done, 1 abstained (`ask`), 2 an error that the user can mend, printed as
one line on stderr, 3 done, but a whole file could not be read (`index`) or a line failed (`ask --batch`).
`check` and `recheck` end with 1 where a claim or a quote does not stand (`citewell.cli.checks`).
"""

import json
import sys
from collections.abc import Mapping
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from typing import Annotated, Any, NoReturn, Unpack

import typer
from rich.table import Table
from rich.text import Text
from typer.exceptions import TyperException

from citewell import plugins
from citewell.answers.answer import Answer
from citewell.answers.finding import MOST
from citewell.answers.recording import append as append_to_record
from citewell.answers.recording import record as record_answer
from citewell.cli import batch as batches
from citewell.cli import calibrate as calibration
from citewell.cli import checks, verdicts
from citewell.cli import evaluate as evaluation
from citewell.cli import models as model_commands
from citewell.cli.opening import open_assistant, report_failures
from citewell.cli.options import (
    ANSWERING,
    LYING,
    MAKING,
    READING,
    RECORDING,
    SERVING,
    Article,
    Filter,
    Index,
    takes,
)
from citewell.cli.printing import print_answer, print_findings
from citewell.cli.terminal import (
    err,
    out,
    print_whole,
    printable,
    read_by_others,
    read_line,
    stage_bars,
)
from citewell.documents.confinement import Confinement
from citewell.errors import CitewellError
from citewell.index import manifest
from citewell.options import Options
from citewell.settings import choose

ABSTAINED = 1
USER_ERROR = 2
PARTLY_DONE = 3

app = typer.Typer(
    name="citewell",
    help="Ask an article; every sentence of the answer cites the exact characters that prove it.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def main() -> NoReturn:
    """Run the command line; turn an error that the user can mend into one line and exit code 2."""
    sys.stdout, sys.stderr = read_by_others(sys.stdout), read_by_others(sys.stderr)
    # A file name or argument may hold characters that the terminal's encoding lacks.
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        sys.exit(app(prog_name=app.info.name, standalone_mode=False))
    except TyperException as error:  # a wrong option or a missing argument
        fail(f"{error}; see citewell --help")
    except CitewellError as error:
        fail(str(error))
    except (KeyboardInterrupt, typer.Abort):
        fail("stopped")


def fail(message: str) -> NoReturn:
    """Print one line on stderr and exit."""
    line = " ".join(message.split())
    err.print(Text(printable(f"citewell: {line}")))
    sys.exit(USER_ERROR)


def print_version(value: bool) -> None:  # noqa: FBT001  # typer calls it so
    """Print the version and end, where it is asked for."""
    if value:
        out.print(Text(f"citewell {version('citewell')}"))
        raise typer.Exit


@app.callback()
def citewell(
    *,
    _: Annotated[
        bool, typer.Option("--version", help="Print the version.", is_eager=True, callback=print_version)
    ] = False,
) -> None:
    """Ask an article; every sentence of the answer cites the exact characters that prove it."""


@app.command()
@takes(MAKING)
def index(
    paths: Annotated[list[str], typer.Argument(help="Files and folders of articles.", metavar="PATH...")],
    index: Index = None,
    *,
    remove: Annotated[
        bool, typer.Option("--remove", help="Remove the articles with these ids instead.")
    ] = False,
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="Discard the index, damaged or not, and build it anew.")
    ] = False,
    verbose: Annotated[
        bool, typer.Option("--verbose", help="Name every article and every warning, not only their numbers.")
    ] = False,
    **options: Unpack[Options],
) -> None:
    """Build an index, or bring it up to date.

    The index is brought in line with the files and folders; nothing is encoded twice.

    Exit code 0 when every file was read, 3 when one was refused and others were read, 2 when none was.
    """
    chosen = choose(index=index, **options)
    store = chosen.store
    with stage_bars() as stages:
        if remove:
            if rebuild:
                fail("--remove and --rebuild exclude each other; give one of them")
            store.remove(paths, stages)
            out.print(Text(printable(f"removed: {', '.join(paths)}")))
            out.print("(an article comes back when its file is indexed again; delete the file too)")
            return
        # A file that crashes its parser must not stop the rest of the folder.
        with Confinement(chosen.allowance, chosen.limits) as confinement:
            change, failures = store.update(
                [Path(path) for path in paths],
                chosen.recipe,
                rebuild=rebuild,
                read=confinement.read,
                stages=stages,
            )
    report_failures(failures)
    changed = {"added": change.added, "replaced": change.replaced, "removed": change.removed}
    if verbose:
        for label, ids in changed.items():
            for id_ in ids:
                out.print(Text(printable(f"{label}: {id_}")))
        for id_, holder in change.duplicates:
            out.print(Text(printable(f"already there: {id_} has the text of {holder}")))
        for warned in change.warnings:
            err.print(Text(printable(f"warning: {warned}")))
    elif change.warnings:
        files = len({warned.path for warned in change.warnings})
        number = f"{len(change.warnings)} warning{'s' * (len(change.warnings) != 1)}"
        err.print(Text(f"{number} about {files} file{'s' * (files != 1)}; --verbose lists them"))
    record = store.manifest()
    sums = [f"{len(ids)} {label}" for label, ids in changed.items() if ids] or ["up to date"]
    sums += [f"{len(change.duplicates)} already there"] * bool(change.duplicates)
    sums += [f"{len(failures)} file{'s' * (len(failures) != 1)} not read"] * bool(failures)
    out.print(Text(f"{store}: {describe_size(record)} ({', '.join(sums)})"))
    if failures:
        sys.exit(PARTLY_DONE)


def describe_size(record: manifest.Manifest) -> str:
    """Return how much an index holds."""
    articles, passages = record.articles, record.passages
    return f"{articles} article{'s' * (articles != 1)}, {passages} passage{'s' * (passages != 1)}"


@app.command()
@takes(LYING, ANSWERING, RECORDING)
def ask(
    question: Annotated[
        str | None, typer.Argument(help="What to ask; - reads it from standard input.", show_default=False)
    ] = None,
    index: Index = None,
    *,
    batch: Annotated[
        Path | None,
        typer.Option("--batch", help="Answer each line of this file instead; - is standard input."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the whole Answer as JSON.")] = False,
    article: Article = None,
    where: Filter = None,
    **options: Unpack[Options],
) -> None:
    """Answer one question, or a batch of them.

    Exit code 0 for an answer, 1 when the article does not say.

    A line of a batch is a JSON object with a question, and may have an id and a history; so is a line that
    comes out. Exit code 0, or 3 when a line failed, which then holds the error.
    """
    if (batch is None) == (question is None):
        fail("Missing parameter: question; give one question, or - to read it, or --batch FILE")
    chosen = choose(index=index, **options)
    if batch is not None or question is None:
        assistant = open_assistant(chosen, index)
        failed = batches.answer_lines(
            batch or batches.STDIN,
            lambda asked, history: record_answer(
                chosen.record, assistant.ask(asked, history, only=article, where=where)
            ),
            write_json_line,
        )
        sys.exit(PARTLY_DONE if failed else 0)
    if question == "-":
        question = sys.stdin.read().strip()
    answer = record_answer(
        chosen.record, open_assistant(chosen, index).ask(question, only=article, where=where)
    )
    if as_json:
        sys.stdout.write(json.dumps(answer.to_dict(), ensure_ascii=True, indent=2) + "\n")
    else:
        print_answer(answer)
    sys.exit(ABSTAINED if answer.abstention else 0)


def write_json_line(told: Mapping[str, Any]) -> None:
    """Write an object as one line, at once."""
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()


@app.command()
@takes(LYING, READING)
def find(
    text: Annotated[str, typer.Argument(help="A statement, or a question.")],
    index: Index = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print what was found as JSON.")] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print what was found as CSV, in UTF-8.")] = False,
    most: Annotated[int, typer.Option("--most", min=1, help="Most sentences to print.")] = MOST,
    article: Article = None,
    where: Filter = None,
    **options: Unpack[Options],
) -> None:
    """Find every sentence that states a thing or answers a question, in all articles.

    Exit code 0, also when no sentence was found.
    """
    if as_json and as_csv:
        fail("--json and --csv exclude each other; give one of them")
    # Nothing is written, so no language model is loaded.
    options["generator"] = "extractive"
    chosen = choose(index=index, **options)
    findings = open_assistant(chosen, index).find(text, only=article, where=where, most=most)
    if as_json:
        sys.stdout.write(findings.to_json())
    elif as_csv:
        # As bytes: in another encoding of the terminal a quote would not be exact.
        sys.stdout.buffer.write(findings.to_csv().encode())
    else:
        print_findings(findings)


@app.command()
@takes(LYING, ANSWERING, RECORDING)
def chat(
    index: Index = None,
    *,
    article: Article = None,
    where: Filter = None,
    judge: Annotated[
        Path | None,
        typer.Option("--verdicts", help="Add your verdicts on the answers to this file of questions."),
    ] = None,
    **options: Unpack[Options],
) -> None:
    """Ask on the terminal, with follow-ups.

    An empty line or Ctrl-D ends it. With --verdicts, a line + says that the last answer is right, and - that
    it is wrong; behind - you may type the right answer.
    """
    chosen = choose(index=index, **options)
    assistant = open_assistant(chosen, index)
    titles = ", ".join(document.title for document in islice(assistant.collection.documents, 3))
    out.print(Text(f"Ask about: {printable(titles)}. An empty line ends it.", style="dim"))
    if judge:
        out.print(Text(verdicts.HELP, style="dim"))
    history: list[Answer] = []
    while question := read_line():
        try:
            if judge and history and verdicts.is_verdict(question):
                kept = verdicts.keep(question, history, assistant.collection.documents, judge)
                out.print(Text(printable(f"kept in {kept}"), style="dim"))
                continue
            answer = record_answer(chosen.record, assistant.ask(question, history, only=article, where=where))
        except CitewellError as error:
            err.print(Text(printable(f"citewell: {error}")))
            continue
        print_answer(answer)
        history.append(answer)


@app.command()
@takes(LYING, SERVING, ANSWERING, RECORDING)
def serve(index: Index = None, **options: Unpack[Options]) -> None:
    """Serve the web chat."""
    chosen = choose(index=index, **options)
    try:
        from citewell.web import server  # noqa: PLC0415  # no other command serves
        from citewell.web.access import read_access  # noqa: PLC0415
        from citewell.web.translations import words  # noqa: PLC0415
    except ModuleNotFoundError as error:
        if (error.name or "citewell").partition(".")[0] == "citewell":
            raise
        fail(f"serve needs the package {error.name!r}: pip install 'citewell[web]'")

    if chosen.record:
        append_to_record(chosen.record, b"")  # refuses a file that cannot be written
    words(chosen.language)  # refuses a language that the page does not have, before anything is loaded
    server.serve(lambda: open_assistant(chosen, index), read_access(chosen))


@app.command()
@takes(LYING)
def inspect(
    index: Index = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print the manifest as JSON.")] = False,
    **options: Unpack[Options],
) -> None:
    """Show what an index holds and how it was made.

    Only the manifest is read.
    """
    store = choose(index=index, **options).store
    record = store.manifest()
    if as_json:
        sys.stdout.write(store.manifest_json() + "\n")
        return
    out.print(Text(f"{store}: {describe_size(record)}, format {store.format}"))
    out.print(
        Text(
            f"encoder: {record.encoder_model} ({record.dimensions} dimensions, {record.encoder_sha256[:12]}…)"
        )
    )
    out.print(Text(f"indexes: {record.index}, {record.lexical}; splitting: {record.splitting}"))
    if record.segments:
        print_segments(record)
        return
    table = Table("id", "title", "characters", "tokens", "passages", "SHA-256", box=None, pad_edge=False)
    for column in table.columns[2:5]:
        column.justify = "right"
    for document in record.documents:
        table.add_row(
            Text(printable(document.id)),
            Text(printable(document.title)),
            f"{document.characters:,}",
            f"{document.tokens:,}",
            f"{document.passages:,}",
            f"{document.sha256[:12]}…",
        )
    print_whole(table)
    for file in record.sources:
        for text in file.warnings:
            out.print(Text(printable(f"warning: {file.path}: {text}")))


def print_segments(record: manifest.Manifest) -> None:
    """Print the segments of a large index; its articles do not stand in the manifest."""
    table = Table("segment", "articles", "passages", box=None, pad_edge=False)
    for column in table.columns[1:]:
        column.justify = "right"
    for segment in record.segments:
        table.add_row(segment.name, f"{segment.articles:,}", f"{segment.passages:,}")
    print_whole(table)


@app.command()
@takes(LYING)
def verify(index: Index = None, **options: Unpack[Options]) -> None:
    """Check that an index is whole.

    Every file is checked against its hash, every offset against its article.
    """
    store = choose(index=index, **options).store
    record = store.verify()
    files = len(record.hashes) + sum(len(segment.hashes) for segment in record.segments)
    told = f"{files} files, " if files else ""
    out.print(Text(f"{store}: whole, {told}{describe_size(record)}"))


@app.command(name="plugins")
def list_plugins() -> None:
    """List the plugins of each family."""
    for family in plugins.FAMILIES:
        out.print(Text(f"{family}: {', '.join(plugins.names(family))}"))


evaluation.register(app)
calibration.register(app)
checks.register(app)
app.add_typer(model_commands.app)
