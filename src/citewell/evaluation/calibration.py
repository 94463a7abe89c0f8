"""Fit the map from a reader's score to a probability, and choose the threshold for giving answers.

The probability is that of a right answer, as `citewell.evaluation.metrics.is_right` defines it. So the
questions are asked with the threshold at 0, where every answer is given. Every answer to an unanswerable
question is wrong.

The share of right answers depends on the share of unanswerable questions. `unanswerable` sets another share
than the question set has: its questions are then weighted.
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
# With this calibration a language model grades before its own calibration is fitted: the confidence of a
# graded answer is the graded score itself, as a probability.
UNFITTED = Calibration(slope=1.0, intercept=0.0, threshold=0.0)
# The target of the threshold for pointing to a possible answer: nine of ten answerable questions get one.
POSSIBLE = Target("false_abstention", 0.1)
# The target of the threshold from which an answer is called very confident.
SURE = Target("precision", 0.95)
NEVER = 2.0
# A record's confidence has six digits.
NEAREST = 1e-6

DIGITS = 6


@dataclass(frozen=True, slots=True)
class Fit:
    """A reader's calibration, and the data that it was fitted on.

    Attributes:
        calibration: The reader's calibration.
        target: The target that the threshold was chosen for.
        n: Number of answers that the calibration was fitted on.
        right: Number of right answers among the n.
        operation: The figures at the threshold.
        ece: Expected calibration error of all n answers, in the sample, with the weights of the fit.
        brier: Brier score of all n answers, likewise.
        unanswerable: Share that the unanswerable questions counted as; None when they were not weighted.
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
    """Return the questions to fit on: those of the split "dev" or, where no question is marked so, all.

    Raises:
        CalibrationError: The questions are marked "test".
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
    records: Sequence[Record],
    wanted: Target,
    *,
    fitted_on: str,
    unanswerable: float | None = None,
    alone: float = 0.0,
) -> Fit:
    """Fit a reader's calibration, or that of a language model's grades, and choose the threshold.

    Args:
        records: Records of an evaluation with the threshold at 0. Where a language model graded some of
            them, with UNFITTED, only the graded ones are fitted; the others have the same outcome at any
            threshold.
        wanted: The target that the threshold is chosen for.
        fitted_on: A description of the questions, kept with the calibration.
        unanswerable: Share of all questions that the unanswerable ones count as; None leaves their share
            as it is.
        alone: How much the second reading counted in the scores, see Calibration; it is kept.

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
    # These figures count rows, so each question is repeated: one of weight 1 makes a hundred rows.
    outcomes = np.repeat(outcomes, np.rint(100 * weights[fitted]).astype(int), axis=0)
    return Fit(
        calibration=Calibration(slope, intercept, operation.threshold, fitted_on, possible, sure, alone),
        target=wanted,
        n=len(scores),
        right=int(outcome.sum()),
        operation=operation,
        ece=reliability.expected_calibration_error(outcomes),
        brier=reliability.brier(outcomes),
        unanswerable=unanswerable,
    )


def choose_tiers(found: Sequence[Operation], threshold: float) -> tuple[float, float]:
    """Return the thresholds for pointing to a possible answer (POSSIBLE) and for a sure answer (SURE).

    Args:
        found: The figures at every threshold.
        threshold: The probability from which on answers are given.

    Returns:
        The first is at most `threshold`, and equals it where no threshold meets POSSIBLE. The second is at
        least `threshold`, and above 1 where no threshold meets SURE.
    """
    possible, sure = threshold, NEVER
    with suppress(CalibrationError):
        possible = min(choose(found, POSSIBLE).threshold, threshold)
    with suppress(CalibrationError):
        sure = max(choose(found, SURE).threshold, threshold)
    return possible, sure


def weigh_answers(records: Sequence[Record], given: Sequence[Record], unanswerable: float | None) -> Values:
    """Return weights of the answers by which `unanswerable` is the share of unanswerable questions.

    The weights are 1 on average over all questions.

    Raises:
        CalibrationError: The questions are all answerable or all unanswerable, or the share is not
            between 0 and 1.
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
    """Return the score of a given answer, graded where a language model graded it; None without an answer."""
    prediction, guess = record["prediction"], record["guess"]
    if not prediction or not guess or prediction["abstention"] or guess["score"] is None:
        return None
    if guess["grade"] is None:
        return guess["score"]
    return log_odds(min(max(guess["confidence"], NEAREST), 1 - NEAREST))


def _grade(record: Record) -> float | None:
    return record["guess"]["grade"] if record["guess"] else None


def settings_file(reader: Reader) -> Path:
    """Return a reader's calibration file: the file that the reader names, else the one beside its module.

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
    """Write a calibration with its figures and the hashes of the fitted data, in one step.

    Raises:
        ReportError: The file cannot be written.
    """
    articles = "".join(sorted(document.sha256 for document in documents))
    hashes = [questions.sha256 for questions in asked]
    record = {
        "slope": fit.calibration.slope,
        "intercept": fit.calibration.intercept,
        "possible": fit.calibration.possible,
        "threshold": fit.calibration.threshold,
        "sure": fit.calibration.sure,
        **({"alone": fit.calibration.alone} if fit.calibration.alone else {}),
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
