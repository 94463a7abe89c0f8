"""Define the command `citewell evaluate`, which measures the quality of answers.

Exit codes: 0 done, 2 an error that the user can mend, 3 a question could not be asked or a figure
misses a bound of `--fail-under`.
"""

import hashlib
import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from enum import StrEnum
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any, Unpack

import typer
from rich.text import Text

from citewell.assistant import Assistant
from citewell.cli import tables
from citewell.cli.opening import open_index
from citewell.cli.options import (
    ANSWERING,
    LYING,
    ContextOf,
    Corpus,
    File,
    GivenArticle,
    Index,
    takes,
)
from citewell.cli.terminal import err, printable, progress_bar
from citewell.documents import loading
from citewell.documents.document import Document
from citewell.errors import LoadError, QuestionsFileError, ReportError
from citewell.evaluation import beir, checks, comparison, predictions, questions, run, squad
from citewell.evaluation.questions import QuestionSet
from citewell.evaluation.report import Report, write
from citewell.options import Options
from citewell.settings import Settings, choose

USER_ERROR = 2
NOT_GOOD_ENOUGH = 3
STDOUT = Path("-")


class Task(StrEnum):
    """What is measured."""

    ASK = "ask"
    CHECK = "check"


def render(found: Mapping[str, Any]) -> str:
    """Return a report as a page; the templates' library is imported for a page alone."""
    from citewell.evaluation import report_html  # noqa: PLC0415

    return report_html.render(found)


def render_checks(measured: Mapping[str, Any]) -> str:
    """Return the figures of checked texts as a page; see `render`."""
    from citewell.evaluation.report_html import checks as check_page  # noqa: PLC0415

    return check_page.render(measured)


def render_comparison(told: Mapping[str, Any], names: tuple[str, str]) -> str:
    """Return a comparison as a page; see `render`."""
    from citewell.evaluation import report_html  # noqa: PLC0415

    return report_html.render_comparison(told, names)


def register(app: typer.Typer) -> None:
    """Add the command of this module to the command line."""
    app.command()(evaluate)


@takes(LYING, ANSWERING)
def evaluate(
    file: File = None,
    index: Index = None,
    *,
    task: Annotated[
        Task, typer.Option("--task", help="What FILE holds: questions to ask, or texts to check.")
    ] = Task.ASK,
    articles: Corpus = None,
    context: ContextOf = squad.Context.PARAGRAPH,
    given_article: GivenArticle = False,
    split: Annotated[str, typer.Option("--split", help="Only the questions of this split: dev, test.")] = "",
    limit: Annotated[
        int | None, typer.Option("--limit", min=1, help="Only so many questions, the first ones.")
    ] = None,
    json_out: Annotated[
        Path | None, typer.Option("--json", help="Write the report into this file; - is standard output.")
    ] = None,
    html: Annotated[
        Path | None, typer.Option("--html", help="Write the report into this file as a page.")
    ] = None,
    trec: Annotated[
        Path | None, typer.Option("--trec", help="Write the ranking into this file, in trec_eval's format.")
    ] = None,
    qrels: Annotated[
        Path | None,
        typer.Option("--qrels", help="Write the relevant passages into this file, in trec_eval's format."),
    ] = None,
    failures: Annotated[
        Path | None,
        typer.Option("--failures", help="Write the questions that failed into this file, to ask them again."),
    ] = None,
    said: Annotated[
        Path | None,
        typer.Option("--predictions", help="Write what was said into this file, for other programs."),
    ] = None,
    said_as: Annotated[
        predictions.Format,
        typer.Option("--format", help="How: SQuAD's predictions by id, or samples of ragas."),
    ] = predictions.Format.SQUAD,
    compare: Annotated[
        tuple[Path, Path] | None,
        typer.Option("--compare", help="Compare two reports instead.", metavar="A.json B.json"),
    ] = None,
    fail_under: Annotated[
        str,
        typer.Option(
            "--fail-under", help="Exit 3 where a figure is worse, as in f1=0.8,abstention_recall=0.7."
        ),
    ] = "",
    **options: Unpack[Options],
) -> None:
    """Measure the answers to a file of questions.

    The answers, their citations and the abstentions are measured.

    Exit code 3 when a question could not be asked, or a figure misses --fail-under.
    """
    for path in (json_out, html, trec, qrels, failures, said):
        check_writable(path)
    if compare:
        compare_reports(compare, json_out, html)
        return
    if file is None:
        message = "no FILE of questions was given, nor --compare A.json B.json; see citewell evaluate --help"
        raise ReportError(message)
    chosen = choose(index=index, **options)
    if task is Task.CHECK:
        measured = check_texts(file, split, limit, lambda: open_articles(chosen, articles, index))
        show_checks(measured, json_out, html)
        return
    with problems_by_line():
        if file.is_dir():
            wanted = comparison.bounds(fail_under) if fail_under else []
            report = run_queries(beir.read(file, split), chosen, limit)
        else:
            asked = read_questions(file, context).select(split, limit)
            kinds = sorted({question.kind for question in asked.questions if question.kind})
            wanted = comparison.bounds(fail_under, kinds) if fail_under else []
            report = run_questions(
                asked, open_answerer(asked, chosen, articles, index), given_article=given_article
            )
    found = report.to_dict()
    for path, text in (
        (json_out, report.to_json),
        (html, partial(render, found)),
        (trec, report.to_trec),
        (qrels, report.to_qrels),
        (failures, report.to_questions),
        *(predictions.files(report, said, said_as).items() if said else ()),
    ):
        save(path, text)
    if json_out != STDOUT:
        tables.show_report(found)
    failed = [f"{record['id']}: {record['error']}" for record in report.errors]
    for line in (*failed, *(missed := comparison.missed_bounds(wanted, found))):
        err.print(Text(f"citewell: {printable(line)}"))
    if failed or missed:
        sys.exit(NOT_GOOD_ENOUGH)


def compare_reports(compare: tuple[Path, Path], json_out: Path | None, html: Path | None) -> None:
    """Compare two reports, and save or show what changed."""
    changes = comparison.compare(*map(comparison.read_records, compare))
    told = changes.to_dict()
    save(json_out, lambda: json.dumps(told, indent=1, allow_nan=False) + "\n")
    save(html, partial(render_comparison, told, (compare[0].name, compare[1].name)))
    if json_out != STDOUT:
        tables.show_comparison(changes)


def show_checks(measured: dict[str, object], json_out: Path | None, html: Path | None) -> None:
    """Save or show the figures of checked texts."""
    save(json_out, lambda: json.dumps(measured, indent=1, allow_nan=False) + "\n")
    save(html, partial(render_checks, measured))
    if json_out != STDOUT:
        tables.show_checks(measured)


# Asking


@contextmanager
def problems_by_line() -> Iterator[None]:
    """Print each problem of a malformed file on a line of its own, and exit."""
    try:
        yield
    except QuestionsFileError as error:
        for problem in error.problems:
            err.print(Text(f"citewell: {printable(problem)}"))
        sys.exit(USER_ERROR)


def read_questions(file: Path, context: squad.Context) -> QuestionSet:
    """Read a question file of either kind."""
    return squad.read(file, context=context) if file.suffix.lower() == ".json" else questions.read(file)


def open_answerer(asked: QuestionSet, chosen: Settings, corpus: Path | None, given: Path | None) -> Assistant:
    """Return the answerer for the questions' own articles, a corpus in memory, or the index."""
    if asked.documents:
        return build_assistant(asked.documents, chosen)
    return open_articles(chosen, corpus, given)


def open_articles(chosen: Settings, corpus: Path | None, given: Path | None) -> Assistant:
    """Return the answerer for a corpus in memory, or for the index."""
    if corpus is not None:
        loaded = loading.load([corpus], limits=chosen.limits)
        if loaded.failures:
            raise LoadError("; ".join(map(str, loaded.failures)))
        return build_assistant(loaded.documents, chosen)
    return open_index(chosen, given)


def build_assistant(documents: Sequence[Document], chosen: Settings) -> Assistant:
    """Return an Assistant of articles in memory."""
    with progress_bar("Encoding", "passages") as bar:
        return Assistant.from_documents(documents, settings=chosen, progress=bar)


def run_questions(asked: QuestionSet, assistant: Assistant, *, given_article: bool) -> Report:
    """Ask the questions."""
    about = {
        "questions": {"name": asked.name, "sha256": asked.sha256, "given_article": given_article},
        **describe_run(assistant),
    }
    with progress_bar("Asking", "questions") as bar:
        return run.evaluate(
            asked.questions,
            assistant,
            assistant.collection.documents,
            search=run.Search.of(assistant),
            given_article=given_article,
            about=about,
            progress=bar,
        )


def check_texts(
    file: Path, split: str, limit: int | None, open_them: Callable[[], Assistant]
) -> dict[str, object]:
    """Check the texts of a file against the articles; the file is read first."""
    with problems_by_line():
        texts = [text for text in checks.read(file) if split in ("", text.split)][:limit]
        assistant = open_them()
        ids = [document.id for document in assistant.collection.documents]
        with progress_bar("Checking", "texts") as bar:
            measured = checks.evaluate(texts, assistant, ids, bar)
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    return {
        "about": {"texts": {"name": file.name, "n": len(texts), "sha256": digest}, **describe_run(assistant)},
        **measured.to_dict(),
    }


def run_queries(queries: beir.JudgedQueries, chosen: Settings, limit: int | None) -> Report:
    """Rank the articles of a BEIR folder for its queries."""
    for id_ in queries.left_out:
        err.print(Text(f"left out, it holds no text: {printable(id_)}"))
    assistant = build_assistant(queries.documents, chosen)
    about = {"questions": {"name": queries.name, "sha256": queries.sha256}, **describe_run(assistant)}
    with progress_bar("Searching", "questions") as bar:
        return run.judge(queries.first(limit), run.Search.of(assistant), about=about, progress=bar)


def describe_run(assistant: Assistant) -> dict[str, object]:
    """Return a description of the run for the record; the description names no machine and no time."""
    documents, recipe = assistant.collection.documents, assistant.collection.recipe
    hashes = "".join(document.sha256 for document in documents)
    kept = (
        "reader",
        "generator",
        "model",
        "threshold",
        "passages",
        "max_statements",
        "max_answer_tokens",
        "prompt_tokens",
    )
    return {
        "articles": {"n": len(documents), "sha256": hashlib.sha256(hashes.encode()).hexdigest()},
        "settings": {
            **{name: getattr(assistant.settings, name) for name in kept},
            "encoder": assistant.encoder.name,
            "encoder_sha256": assistant.encoder.fingerprint,
            "vector_index": recipe.index,
            "lexical": recipe.lexical,
            "passage_tokens": recipe.passage_tokens,
        },
        "citewell": version("citewell"),
    }


# Writing


def check_writable(path: Path | None) -> None:
    """Refuse an unwritable file before the evaluation spends minutes on its content.

    Raises:
        ReportError: The path is a folder, or its parent folder does not exist.
    """
    if path is not None and path != STDOUT and (path.is_dir() or not path.resolve().parent.is_dir()):
        message = f"{path}: cannot be written; name a file in a folder that exists"
        raise ReportError(message)


def save(path: Path | None, text: Callable[[], str]) -> None:
    """Make a text and write the text to the path; do nothing without a path."""
    if path == STDOUT:
        sys.stdout.write(text())
    elif path is not None:
        write(path, text())
