"""Define the commands `citewell check` and `citewell recheck`.

Exit codes: 0 every claim is supported, or every quote still stands; 1 one is not; 2 an error that the user
can mend.
"""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Unpack

import typer
from rich.text import Text

from citewell.checking.check import SIGNS, CheckedClaim, Outcome
from citewell.checking.recheck import Rechecked, Standing, recheck
from citewell.cli.opening import open_assistant
from citewell.cli.options import LYING, READING, Article, Index, takes
from citewell.cli.printing import describe_place
from citewell.cli.terminal import err, out, printable
from citewell.errors import ReportError
from citewell.evaluation.report import write
from citewell.options import Options
from citewell.settings import choose
from citewell.text.decoding import decode
from citewell.web.export import checks as export

DOUBTFUL = 1
STDIN = Path("-")
COLOURS = {
    Outcome.SUPPORTED: "green",
    Outcome.CONTRADICTED: "red",
    Outcome.PARTLY: "yellow",
    Outcome.DISPUTED: "magenta",
    Outcome.NOT_FOUND: "yellow",
    Outcome.NOTHING_TO_CHECK: "dim",
}
# Longest file that is read at all; the settings say how long a text may be.
MOST_BYTES = 10_000_000


def register(app: typer.Typer) -> None:
    """Add the commands of this module to the command line."""
    app.command()(check)
    app.command(name="recheck")(recheck_file)


@takes(LYING, READING)
def check(
    file: Annotated[Path, typer.Argument(help="The text to check; - is standard input.", metavar="FILE | -")],
    index: Index = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print the whole Check as JSON.")] = False,
    html: Annotated[
        Path | None, typer.Option("--html", help="Write the check into this file as a page.")
    ] = None,
    article: Article = None,
    **options: Unpack[Options],
) -> None:
    """Check a text: what of it do the articles say?

    Exit code 1 when a claim is contradicted, disputed, only partly supported or not found.
    """
    options["generator"] = "extractive"  # nothing is written
    chosen = choose(index=index, **options)
    if html is not None and (html.is_dir() or not html.resolve().parent.is_dir()):
        message = f"{html}: cannot be written; name a file in a folder that exists"
        raise ReportError(message)
    text = read_text(file)
    assistant = open_assistant(chosen, index)
    claims = []
    for claim in assistant.stream_check(text, only=article):
        claims.append(claim)
        if not as_json:
            print_claim(claim)
    made = assistant.checker.whole(text, claims)
    if as_json:
        sys.stdout.write(export.as_json(made, now()))
    else:
        out.print(Text(made.summary, style="bold"))
    if html is not None:
        write(html, export.as_html(made, now()))
    sys.exit(DOUBTFUL if made.is_doubtful else 0)


def now() -> str:
    """Return the time, in ISO 8601."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def read_text(file: Path) -> str:
    """Read a text from a file or from standard input.

    Raises:
        ReportError: It cannot be read, or is too long to be one text.
    """
    try:
        data = sys.stdin.buffer.read(MOST_BYTES + 1) if file == STDIN else file.read_bytes()[: MOST_BYTES + 1]
    except OSError as error:
        message = (
            f"{file}: cannot be read ({error.strerror}); give a file of plain text, or - for standard input"
        )
        raise ReportError(message) from error
    if len(data) > MOST_BYTES:
        message = f"{file}: has more than {MOST_BYTES:,} bytes; give a shorter text"
        raise ReportError(message)
    return decode(data).text


def print_claim(claim: CheckedClaim) -> None:
    """Print a claim with its outcome and its citations."""
    sign, style = SIGNS[claim.outcome], COLOURS[claim.outcome]
    line = Text(f"{sign} ", style=style)
    start = len(line)
    line.append(printable(claim.text), style="" if claim.outcome is Outcome.SUPPORTED else style)
    for span in claim.differing:
        line.stylize("underline", start + span.start - claim.start, start + span.end - claim.start)
    out.print(line)
    if claim.outcome is Outcome.NOTHING_TO_CHECK:
        return
    word = claim.outcome.value.replace("_", " ")
    reason = f": {claim.reason}" if claim.reason else ""
    out.print(Text(f"    {word} ({claim.probability:.0%}){printable(reason)}", style="dim"))
    for label, citations in (("", claim.citations), ("closest, no proof: ", claim.closest)):
        for citation in citations:
            quote = Text(f"    {printable(citation.quote)}", style="dim")
            for number, span in claim.original:
                if number == citation.number:
                    quote.stylize("underline", 4 + span.start - citation.start, 4 + span.end - citation.start)
            out.print(Text(f"    {label}{describe_place(citation)}", style="cyan"))
            out.print(quote)


@takes(LYING)
def recheck_file(
    file: Annotated[Path, typer.Argument(help="A saved answer, check or conversation.", metavar="FILE.json")],
    index: Index = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
    **options: Unpack[Options],
) -> None:
    """Check the citations of a saved answer, check or conversation again.

    Says of each whether the article still holds those characters there, elsewhere, or no more. Exit code 1
    when a quote is gone.
    """
    text = read_text(file)
    try:
        record = json.loads(text)
    except (ValueError, RecursionError) as error:
        message = f"{file}: is no JSON ({error}); give a file that --json or the page's Save wrote"
        raise ReportError(message) from error
    options["generator"] = "extractive"
    assistant = open_assistant(choose(index=index, **options), index)
    found = recheck(record, assistant.collection.documents)
    if not found:
        message = f"{file}: holds no citation; give a file that --json or the page's Save wrote"
        raise ReportError(message)
    if as_json:
        sys.stdout.write(json.dumps([item.to_dict() for item in found], ensure_ascii=True, indent=2) + "\n")
    else:
        for item in found:
            print_rechecked(item)
    is_whole = all(item.standing in (Standing.HOLDS, Standing.MOVED) for item in found)
    sys.exit(0 if is_whole else DOUBTFUL)


def print_rechecked(item: Rechecked) -> None:
    """Print what has become of a citation."""
    words = {
        Standing.HOLDS: "stands as cited",
        Standing.MOVED: f"stands elsewhere, at characters {item.now.start} to {item.now.end}"
        if item.now
        else "",
        Standing.GONE: "is gone from the article",
        Standing.NO_ARTICLE: "cannot be found: there is no such article",
    }
    changed = "; the article has changed" if item.is_changed else ""
    is_whole = item.standing in (Standing.HOLDS, Standing.MOVED)
    place = f"{item.document_id}, characters {item.start} to {item.end}"
    stream = out if is_whole else err
    stream.print(
        Text(f"{printable(place)}: {words[item.standing]}{changed}", style="" if is_whole else "yellow")
    )
    out.print(Text(f"    {printable(item.quote)}", style="dim"))
