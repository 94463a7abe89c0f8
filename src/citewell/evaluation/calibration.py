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
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from citewell.documents.document import Document
from citewell.errors import CalibrationError
from citewell.evaluation import metrics
from citewell.evaluation.questions import QuestionSet
from citewell.evaluation.records import Record
from citewell.evaluation.report import write
from citewell.generation.chat_generator import ChatGenerator
from citewell.generation.generator import Generator
from citewell.reading.reader import Calibration, Reader, log_odds

# Fewer answers than this say little: 19 of 20 right has a 95 % interval from 0.75 to 1.00.
MIN_ANSWERS = 20
TEST = "test"
# Makes a language model grade before it is known how its grades count: the confidence of what it graded is
# the graded score itself, as a probability.
UNFITTED = Calibration(slope=1.0, intercept=0.0, threshold=0.0)
# A record's confidence has six digits.
NEAREST = 1e-6

STEPS = 100  # Newton's method needs about ten
MIN_STEP = 1e-10
RIDGE = 1e-12  # keeps the Hessian of Newton's method invertible, as in Lin et al. 2007
DONE = 1e-9  # of the gradient, per answer
DIGITS = 6

Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Target:
    """What the threshold is chosen for.

    Attributes:
        figure: One of TARGETS.
        value: Bound of the figure, in [0, 1].
    """

    figure: str
    value: float

    def __str__(self) -> str:
        """Return it as it is typed."""
        return f"{self.figure}={self.value:g}"


@dataclass(frozen=True, slots=True)
class Operation:
    """What answering from a threshold on does, by the questions that were asked.

    Attributes:
        threshold: Probability.
        answered: Number of answers given.
        false_abstention: Share of the answerable questions without an answer; NaN without such questions.
        abstention_recall: Share of the unanswerable questions without an answer; likewise.
        precision: Share of the answers given that is right; NaN without answers.
    """

    threshold: float
    answered: int
    false_abstention: float
    abstention_recall: float
    precision: float


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


def _at_most(value: float, bound: float) -> bool:
    return value <= bound


def _at_least(value: float, bound: float) -> bool:
    return value >= bound


# Whether the figure is good enough, and whether the highest such threshold is wanted or the lowest: the
# answers that a target leaves room for are given.
TARGETS: Mapping[str, tuple[Callable[[float, float], bool], bool]] = {
    "false_abstention": (_at_most, True),
    "abstention_recall": (_at_least, False),
    "precision": (_at_least, False),
}


def target(text: str) -> Target:
    """Read a target such as "false_abstention=0.10".

    Raises:
        CalibrationError: It is no target.
    """
    figure, _, value = text.partition("=")
    try:
        number = float(value)
    except ValueError:
        number = math.nan
    if figure not in TARGETS or not 0 <= number <= 1:
        wanted = ", ".join(f"{name}=<0 to 1>" for name in TARGETS)
        message = f"the target {text!r} is not known; there are: {wanted}"
        raise CalibrationError(message)
    return Target(figure, number)


def usable(questions: QuestionSet) -> QuestionSet:
    """Return the questions that may be fitted on: the split "dev" or, where nothing is marked so, all.

    Raises:
        CalibrationError: They are marked "test".
    """
    splits = {question.split for question in questions.questions}
    chosen = questions.chosen("dev" if "dev" in splits else "")
    if any(question.split == TEST for question in chosen.questions):
        message = (
            f"{questions.name} is marked {TEST!r}: what is fitted on it can no longer be tested with it;"
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
    weights = weighed(records, given, unanswerable)
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
    operation = choose(operations(records, given, certain, right, weights), wanted)
    outcomes = np.column_stack([probabilities, outcome]).astype(np.float64)
    # These figures count rows: a question of weight 1 is a hundred of them.
    outcomes = np.repeat(outcomes, np.rint(100 * weights[fitted]).astype(int), axis=0)
    return Fit(
        calibration=Calibration(slope, intercept, operation.threshold, fitted_on),
        target=wanted,
        n=len(scores),
        right=int(outcome.sum()),
        operation=operation,
        ece=metrics.expected_calibration_error(outcomes),
        brier=metrics.brier(outcomes),
        unanswerable=unanswerable,
    )


def weighed(records: Sequence[Record], given: Sequence[Record], unanswerable: float | None) -> Values:
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


def platt(scores: Values, right: NDArray[np.bool_], weights: Values | None = None) -> tuple[float, float]:
    """Return slope and intercept of the logistic curve that makes what happened likeliest.

    Platt 1999, with his targets, which keep the slope finite where a score parts all right answers
    from all wrong ones; by Newton's method with backtracking, as Lin, Lin and Weng 2007 mend it.

    Args:
        scores: Of at least one right and one wrong answer.
        right: Which are right.
        weights: How often each counts; once when None.
    """
    counted = np.ones(len(right)) if weights is None else weights
    positives = float(counted[right].sum())
    negatives = float(counted.sum()) - positives
    wanted = np.where(right, (positives + 1) / (positives + 2), 1 / (negatives + 2))
    inputs = np.column_stack([scores, np.ones_like(scores)])
    line = np.array([0.0, math.log((positives + 1) / (negatives + 1))])
    loss = _loss(inputs @ line, wanted, counted)
    for _ in range(STEPS):
        probabilities = 1 / (1 + np.exp(-inputs @ line))
        gradient = inputs.T @ (counted * (probabilities - wanted))
        if np.abs(gradient).max() < DONE * len(scores):
            break
        spread = counted * probabilities * (1 - probabilities)
        hessian = (inputs * spread[:, None]).T @ inputs + RIDGE * np.eye(2)
        direction = -np.linalg.solve(hessian, gradient)
        step = 1.0
        while step >= MIN_STEP:
            loss_there = _loss(inputs @ (line + step * direction), wanted, counted)
            if loss_there < loss + 1e-4 * step * float(gradient @ direction):
                break
            step /= 2
        else:
            break
        line, loss = line + step * direction, loss_there
    return float(line[0]), float(line[1])


def _loss(logits: Values, wanted: Values, counted: Values) -> float:
    """Return the negative log likelihood, without overflow."""
    return float(np.sum(counted * (np.logaddexp(0, logits) - wanted * logits)))


def operations(
    records: Sequence[Record],
    given: Sequence[Record],
    probabilities: Values,
    right: NDArray[np.bool_],
    weights: Values,
) -> list[Operation]:
    """Return what every threshold that makes a difference does, by rising threshold.

    Args:
        records: All questions.
        given: Those whose answer depends on the threshold.
        probabilities: Of their answers.
        right: Which of them are right.
        weights: How often each of them counts for the precision.
    """
    answerable = np.array([record["answerable"] for record in given])
    questions = {True: 0, False: 0}
    for record in records:
        questions[record["answerable"]] += 1
    levels = sorted({0.0, *probabilities.tolist(), 1.0})
    found = []
    for below, level in zip([0.0, *levels], levels, strict=False):
        answered = probabilities >= level
        n = int(answered.sum())
        found.append(
            Operation(
                threshold=_between(below, level),
                answered=n,
                false_abstention=1 - _share(int((answered & answerable).sum()), questions[True]),
                abstention_recall=1 - _share(int((answered & ~answerable).sum()), questions[False]),
                precision=_share(weights[answered & right].sum(), weights[answered].sum()),
            )
        )
    return found


def _share(part: float, whole: float) -> float:
    return float(part / whole) if whole else math.nan


def _between(low: float, high: float) -> float:
    """Return a short number in (low, high]: halfway, so that a small change of a score changes nothing."""
    middle = (low + high) / 2
    return next((short for digits in range(3, 12) if low < (short := round(middle, digits)) <= high), high)


def choose(found: Sequence[Operation], wanted: Target) -> Operation:
    """Return the operation that meets a target and gives most of what the target does not ask for.

    Raises:
        CalibrationError: None does with MIN_ANSWERS answers; the nearest is named.
    """
    meets, highest = TARGETS[wanted.figure]
    enough = [item for item in found if item.answered >= MIN_ANSWERS]
    good = [item for item in enough if meets(getattr(item, wanted.figure), wanted.value)]
    if good:
        return good[-1] if highest else good[0]
    measured = [item for item in enough if not math.isnan(getattr(item, wanted.figure))]
    if not measured:
        message = f"{wanted.figure} cannot be measured on these questions; choose another target"
        raise CalibrationError(message)
    values = [getattr(item, wanted.figure) for item in measured]
    best = min(values) if highest else max(values)
    message = (
        f"no threshold reaches {wanted} with {MIN_ANSWERS} answers; the best is {wanted.figure}={best:.3f}"
    )
    raise CalibrationError(message)


def settings_file(reader: Reader) -> Path:
    """Return the file that a reader reads its calibration from: beside its module, with its name.

    Raises:
        CalibrationError: The reader has none.
    """
    module = Path(inspect.getfile(type(reader)))
    path = module.with_suffix(".json")
    if not path.is_file():
        message = (
            f"the reader of {module.name} has no {path.name} beside it: it takes no calibration from outside"
        )
        raise CalibrationError(message)
    return path


def grades_file(generator: Generator) -> Path:
    """Return the file that says how a language model's grades count.

    Raises:
        CalibrationError: The generator grades nothing.
    """
    if not isinstance(generator, ChatGenerator):
        message = f"the generator {generator.name} grades nothing; calibrate the reader, without --generator"
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
        "threshold": fit.calibration.threshold,
        "fitted_on": fit.calibration.fitted_on,
        "questions_sha256": hashes[0] if len(hashes) == 1 else hashes,
        "articles_sha256": hashlib.sha256(articles.encode()).hexdigest(),
        "target": str(fit.target),
        **({"unanswerable": fit.unanswerable} if fit.unanswerable is not None else {}),
        "n": fit.n,
        "right": fit.right,
        "figures": {
            "answered": fit.operation.answered,
            "false_abstention": _rounded(fit.operation.false_abstention),
            "abstention_recall": _rounded(fit.operation.abstention_recall),
            "precision": _rounded(fit.operation.precision),
            "ece": _rounded(fit.ece),
            "brier": _rounded(fit.brier),
        },
    }
    write(path, json.dumps(record, indent=2, ensure_ascii=False) + "\n")


def _rounded(value: float) -> float | None:
    return None if math.isnan(value) else round(value, DIGITS)
