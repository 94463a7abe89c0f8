"""Fit the map from a reader's score to a probability, and choose where answers begin.

What is fitted is what a reader of an answer wants to know: will it turn out right, as
`citewell.evaluation.metrics.is_right` says? So the questions are asked with the threshold at 0, where every
answer is given, and a question without an answer is a wrong answer whatever is said.

How many answers are right hangs on how many questions have none. A set may count as having more or
fewer of them than it has (`unanswerable`): its questions are then weighed.
"""

import hashlib
import inspect
import json
import math
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from citewell.documents.document import Document
from citewell.errors import CalibrationError
from citewell.evaluation import reliability
from citewell.evaluation.operating_points import MIN_ANSWERS, Operation, Target, choose, operations
from citewell.evaluation.platt import Values, platt
from citewell.evaluation.questions import QuestionSet
from citewell.evaluation.records import Record
from citewell.evaluation.report import write
from citewell.generation.chat_generator import ChatGenerator
from citewell.generation.generator import Generator
from citewell.reading.reader import Calibration, Reader, log_odds

TEST = "test"
# Makes a language model grade before it is known how its grades count: the confidence of what it graded is
# the graded score itself, as a probability.
UNFITTED = Calibration(slope=1.0, intercept=0.0, threshold=0.0)
# What is possible is pointed to, so that nine of ten questions with an answer get to see it.
POSSIBLE = Target("false_abstention", 0.1)
# What is called very confident.
SURE = Target("precision", 0.95)
NEVER = 2.0
# A record's confidence has six digits.
NEAREST = 1e-6

DIGITS = 6


@dataclass(frozen=True, slots=True)
class Fit:
    """A reader's calibration, and what it was fitted on.

    Attributes:
        calibration: For the reader.
        target: What its threshold was chosen for.
        n: Number of answers that it was fitted on.
        right: How many of them are right.
        operation: What it does at its threshold.
        ece: Expected calibration error of all n answers, in the sample, weighed as they were fitted.
        brier: Brier score of all n answers, likewise.
        unanswerable: Share that unanswerable questions counted as; None: as many as there are.
    """

    calibration: Calibration
    target: Target
    n: int
    right: int
    operation: Operation
    ece: float
    brier: float
    unanswerable: float | None = None


def usable(questions: QuestionSet) -> QuestionSet:
    """Return the questions that may be fitted on: the split "dev" or, where nothing is marked so, all.

    Raises:
        CalibrationError: They are marked "test".
    """
    splits = {question.split for question in questions.questions}
    chosen = questions.select("dev" if "dev" in splits else "")
    if any(question.split == TEST for question in chosen.questions):
        message = (
            f"{questions.name} is marked {TEST!r}, and a fit on test questions cannot be tested with them;"
            " give questions of the split 'dev'"
        )
        raise CalibrationError(message)
    return chosen


def calibrate(
    records: Sequence[Record], wanted: Target, *, fitted_on: str, unanswerable: float | None = None
) -> Fit:
    """Fit a reader's calibration, or that of a language model's grades, and choose the threshold.

    Args:
        records: Of an evaluation with the threshold at 0. Where a language model graded some, by UNFITTED,
            those are fitted, and what was done with the others is done at any threshold.
        wanted: What the threshold is chosen for.
        fitted_on: What the questions are, for the record.
        unanswerable: Share of all that unanswerable questions count as; as many as there are when None.

    Raises:
        CalibrationError: A question is marked "test" or could not be asked, there are too few answers,
            the scores do not rise with what is right, or no threshold meets the target.
    """
    for record in records:
        if record["split"] == TEST:
            message = f"the question {record['id']!r} is marked {TEST!r}; give questions of the split 'dev'"
            raise CalibrationError(message)
        if record["error"]:
            message = f"the question {record['id']!r} could not be asked: {record['error']}"
            raise CalibrationError(message)
    given = [record for record in records if _score(record) is not None]
    right = np.array([bool(record["guess"] and record["guess"]["right"]) for record in given])
    is_graded = np.array([_grade(record) is not None for record in given], dtype=bool)
    fitted = is_graded if is_graded.any() else np.ones(len(given), dtype=bool)
    scores = np.array([_score(record) for record in given], dtype=np.float64)[fitted]
    outcome = right[fitted]
    weights = weigh_answers(records, given, unanswerable)
    if not len(scores) >= MIN_ANSWERS or not 0 < outcome.sum() < len(scores):
        message = (
            f"there are {len(scores)} answers, {int(outcome.sum())} of them right;"
            f" {MIN_ANSWERS} are needed, some right and some wrong: give more questions"
        )
        raise CalibrationError(message)
    slope, intercept = (round(value, DIGITS) for value in platt(scores, outcome, weights[fitted]))
    if slope <= 0:
        message = (
            f"right answers have no higher scores than wrong ones (slope {slope}): the reader cannot be used"
        )
        raise CalibrationError(message)
    curve = Calibration(slope, intercept, 0.5)
    probabilities = np.array([curve.probability(score) for score in scores])
    certain = np.ones(len(given))
    certain[fitted] = probabilities
    found = operations(records, given, certain, right, weights)
    operation = choose(found, wanted)
    possible, sure = choose_tiers(found, operation.threshold)
    outcomes = np.column_stack([probabilities, outcome]).astype(np.float64)
    # These figures count rows: a question of weight 1 is a hundred of them.
    outcomes = np.repeat(outcomes, np.rint(100 * weights[fitted]).astype(int), axis=0)
    return Fit(
        calibration=Calibration(slope, intercept, operation.threshold, fitted_on, possible, sure),
        target=wanted,
        n=len(scores),
        right=int(outcome.sum()),
        operation=operation,
        ece=reliability.expected_calibration_error(outcomes),
        brier=reliability.brier(outcomes),
        unanswerable=unanswerable,
    )


def choose_tiers(found: Sequence[Operation], threshold: float) -> tuple[float, float]:
    """Return where candidates begin that are pointed to, and where answers are as right as `SURE` says.

    Args:
        found: What every threshold does.
        threshold: From which on answers are given.

    Returns:
        The first is at most the threshold, and the threshold where none does; the second is at least the
        threshold, and above 1 where no answers are so right.
    """
    possible, sure = threshold, NEVER
    with suppress(CalibrationError):
        possible = min(choose(found, POSSIBLE).threshold, threshold)
    with suppress(CalibrationError):
        sure = max(choose(found, SURE).threshold, threshold)
    return possible, sure


def weigh_answers(records: Sequence[Record], given: Sequence[Record], unanswerable: float | None) -> Values:
    """Return the weights of the answers that make a share of all questions unanswerable; 1 on average.

    Raises:
        CalibrationError: The questions are all of one kind.
    """
    if unanswerable is None:
        return np.ones(len(given))
    answerable = sum(record["answerable"] for record in records)
    if not 0 < answerable < len(records) or not 0 < unanswerable < 1:
        message = (
            f"{len(records) - answerable} of {len(records)} questions are unanswerable, which cannot count as"
            f" a share of {unanswerable:g}: give questions of both kinds and a share between 0 and 1"
        )
        raise CalibrationError(message)
    able = (1 - unanswerable) * len(records) / answerable
    unable = unanswerable * len(records) / (len(records) - answerable)
    return np.array([able if record["answerable"] else unable for record in given], dtype=np.float64)


def _score(record: Record) -> float | None:
    """Return the score, graded where it was, of an answer that was given; None when there is none."""
    prediction, guess = record["prediction"], record["guess"]
    if not prediction or not guess or prediction["abstention"] or guess["score"] is None:
        return None
    if guess["grade"] is None:
        return guess["score"]
    return log_odds(min(max(guess["confidence"], NEAREST), 1 - NEAREST))


def _grade(record: Record) -> float | None:
    return record["guess"]["grade"] if record["guess"] else None


def settings_file(reader: Reader) -> Path:
    """Return the file that a reader reads its calibration from: what it names, else its module's neighbour.

    Raises:
        CalibrationError: The reader has none.
    """
    if isinstance(named := getattr(reader, "calibration_file", None), Path):
        return named
    module = Path(inspect.getfile(type(reader)))
    path = module.with_suffix(".json")
    if not path.is_file():
        message = f"the reader of {module.name} has no {path.name} beside it, so it cannot be calibrated"
        raise CalibrationError(message)
    return path


def grades_file(generator: Generator) -> Path:
    """Return the file that says how a language model's grades count.

    Raises:
        CalibrationError: The generator grades nothing.
    """
    if not isinstance(generator, ChatGenerator):
        message = (
            f"the generator {generator.name} gives no grades; calibrate the reader: leave --generator out"
        )
        raise CalibrationError(message)
    return generator.grades_file


def save(path: Path, fit: Fit, asked: Sequence[QuestionSet], documents: Iterable[Document]) -> None:
    """Write a calibration with its figures and the hashes of what it was fitted on, in one step.

    Raises:
        ReportError: It cannot be written.
    """
    articles = "".join(sorted(document.sha256 for document in documents))
    hashes = [questions.sha256 for questions in asked]
    record = {
        "slope": fit.calibration.slope,
        "intercept": fit.calibration.intercept,
        "possible": fit.calibration.possible,
        "threshold": fit.calibration.threshold,
        "sure": fit.calibration.sure,
        "fitted_on": fit.calibration.fitted_on,
        "questions_sha256": hashes[0] if len(hashes) == 1 else hashes,
        "articles_sha256": hashlib.sha256(articles.encode()).hexdigest(),
        "target": str(fit.target),
        **({"unanswerable": fit.unanswerable} if fit.unanswerable is not None else {}),
        "n": fit.n,
        "right": fit.right,
        "figures": {
            "answered": fit.operation.answered,
            "false_abstention": _round(fit.operation.false_abstention),
            "abstention_recall": _round(fit.operation.abstention_recall),
            "precision": _round(fit.operation.precision),
            "ece": _round(fit.ece),
            "brier": _round(fit.brier),
        },
    }
    write(path, json.dumps(record, indent=2, ensure_ascii=False) + "\n")


def _round(value: float) -> float | None:
    return None if math.isnan(value) else round(value, DIGITS)
