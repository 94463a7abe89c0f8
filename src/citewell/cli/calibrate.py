"""Define the command `citewell calibrate`, which fits how sure an answer is."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from citewell import plugins
from citewell.cli import tables
from citewell.cli.evaluate import open_answerer, problems_by_line, read_questions, run_questions
from citewell.cli.options import (
    BaseUrl,
    ContextOf,
    Generator,
    GivenArticle,
    Index,
    Model,
    Reader,
    ReaderModel,
    SupportModel,
)
from citewell.cli.terminal import out
from citewell.documents.document import Document
from citewell.errors import CalibrationError
from citewell.evaluation import calibration, operating_points, squad
from citewell.evaluation.questions import QuestionSet
from citewell.evaluation.records import Record
from citewell.reading.reader import Reader as Loaded
from citewell.settings import Settings, choose


def register(app: typer.Typer) -> None:
    """Add the command of this module to the command line."""
    app.command()(calibrate)


def calibrate(
    files: Annotated[
        list[Path], typer.Argument(help="Questions, one set or several to pool.", metavar="FILE...")
    ],
    index: Index = None,
    *,
    target: Annotated[
        str,
        typer.Option(
            "--target",
            help="What the threshold must reach: false_abstention=, precision= or abstention_recall=",
        ),
    ] = "false_abstention=0.10",
    unanswerable: Annotated[
        float | None,
        typer.Option(
            "--unanswerable",
            min=0.01,
            max=0.99,
            help="Share that unanswerable questions count as [default: as many as there are].",
            show_default=False,
        ),
    ] = None,
    reader: Reader = None,
    reader_model: ReaderModel = None,
    support_model: SupportModel = None,
    corpus: Annotated[
        list[Path] | None,
        typer.Option(
            "--corpus",
            help="Answer from this file or folder instead of the index; once for all sets, or once for each.",
        ),
    ] = None,
    context: ContextOf = squad.Context.PARAGRAPH,
    given_article: GivenArticle = False,
    generator: Generator = None,
    model: Model = None,
    base_url: BaseUrl = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Write nothing.")] = False,
) -> None:
    """Fit probability and threshold to questions.

    Both are written into the reader's file.

    With --generator, fit the grades of that language model instead.
    """
    wanted = operating_points.target(target)
    grades = choose(generator=generator, model=model, base_url=base_url) if generator else None
    grader = plugins.load("generators", grades.generator, grades.generator_options) if grades else None
    # An ungraded answer keeps the reader's threshold.
    threshold = None if grader else 0.0
    chosen = choose(
        index=index,
        reader=reader,
        reader_model=reader_model,
        support_model=support_model,
        generator="extractive",
        threshold=threshold,
    )
    graded = calibration.grades_file(grader) if grader else None
    loaded = load_reader(chosen)
    path = graded or calibration.settings_file(loaded)
    records: list[Record] = []
    documents: dict[str, Document] = {}
    sets: list[QuestionSet] = []
    left_out = 0
    with problems_by_line():
        for file, articles in pair_questions(files, corpus or []):
            everything = read_questions(file, context)
            asked = calibration.usable(everything)
            assistant = open_answerer(asked, chosen, articles, index)
            if grader:
                assistant = assistant.graded_by(grader, calibration.UNFITTED)
            records += run_questions(asked, assistant, given_article=given_article).records
            documents |= {article.sha256: article for article in assistant.collection.documents}
            left_out += len(everything.questions) - len(asked.questions)
            sets.append(asked)
    fit = calibration.calibrate(
        records,
        wanted,
        fitted_on="; ".join(names(files, sets)),
        unanswerable=unanswerable,
        alone=0.0 if graded else loaded.calibration.alone,
    )
    tables.show_fit(fit, left_out)
    if dry_run:
        out.print(Text(f"not written (--dry-run): {path}"))
        return
    calibration.save(path, fit, sets, documents.values())
    out.print(Text(f"written: {path}"))


def load_reader(chosen: Settings) -> Loaded:
    """Return the chosen reader."""
    options = {"encoder": chosen.recipe.load_encoder(), **chosen.reader_options}
    loaded: Loaded = plugins.load("readers", chosen.reader, options)
    return loaded


def pair_questions(files: Sequence[Path], corpora: Sequence[Path]) -> Iterator[tuple[Path, Path | None]]:
    """Yield each file of questions with its corpus; the corpus is None for the index.

    Raises:
        CalibrationError: There are several corpora, and their number differs from the number of files.
    """
    if len(corpora) > 1 and len(corpora) != len(files):
        message = (
            f"there are {len(files)} files of questions and {len(corpora)} times --corpus;"
            " give one --corpus for all, or one for each in the same order"
        )
        raise CalibrationError(message)
    for place, file in enumerate(files):
        yield file, (corpora[place] if len(corpora) > 1 else next(iter(corpora), None))


def names(files: Sequence[Path], sets: Sequence[QuestionSet]) -> Iterator[str]:
    """Yield the name of each set in the record; the name includes the folder when there are several sets."""
    for file, asked in zip(files, sets, strict=True):
        name = f"{file.resolve().parent.name}/{asked.name}" if len(files) > 1 else asked.name
        split = asked.questions[0].split
        yield f"{name}, {split}" if split else name
