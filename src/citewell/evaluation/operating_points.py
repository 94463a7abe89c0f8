"""Measure the effect of each threshold for answering, and choose the threshold that meets a target."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from citewell.errors import CalibrationError
from citewell.evaluation.platt import Values
from citewell.evaluation.records import Record

# Fewer answers than this say little: 19 of 20 right has a 95 % interval from 0.75 to 1.00.
MIN_ANSWERS = 20


@dataclass(frozen=True, slots=True)
class Target:
    """The bound on a figure that the chosen threshold must meet.

    Attributes:
        figure: One of TARGETS.
        value: Bound of the figure, in [0, 1].
    """

    figure: str
    value: float

    def __str__(self) -> str:
        """Return the target as a person types it."""
        return f"{self.figure}={self.value:g}"


@dataclass(frozen=True, slots=True)
class Operation:
    """The figures of answering from a threshold on, measured on the questions that were asked.

    Attributes:
        threshold: Probability from which on an answer is given.
        answered: Number of answers given.
        false_abstention: Share of the answerable questions without an answer; NaN without such questions.
        abstention_recall: Share of the unanswerable questions without an answer; likewise.
        precision: Share of right answers among the answers given; NaN without answers.
    """

    threshold: float
    answered: int
    false_abstention: float
    abstention_recall: float
    precision: float


def _at_most(value: float, bound: float) -> bool:
    return value <= bound


def _at_least(value: float, bound: float) -> bool:
    return value >= bound


# For each figure: the test that it meets its bound, and whether the highest (True) or the lowest (False)
# threshold that meets it is chosen. The lowest gives as many answers as the target allows.
TARGETS: Mapping[str, tuple[Callable[[float, float], bool], bool]] = {
    "false_abstention": (_at_most, True),
    "abstention_recall": (_at_least, False),
    "precision": (_at_least, False),
}


def target(text: str) -> Target:
    """Read a target such as "false_abstention=0.10".

    Raises:
        CalibrationError: The text is no target.
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


def operations(
    records: Sequence[Record],
    given: Sequence[Record],
    probabilities: Values,
    right: NDArray[np.bool_],
    weights: Values,
) -> list[Operation]:
    """Return the figures of every threshold that makes a difference, by rising threshold.

    Args:
        records: The records of all questions.
        given: The records whose answer depends on the threshold.
        probabilities: The probabilities of the answers in `given`.
        right: Which answers in `given` are right.
        weights: How often each answer in `given` counts for the precision.
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
    """Return a short number halfway in (low, high], so that a small change of a score changes no answer."""
    middle = (low + high) / 2
    return next((short for digits in range(3, 12) if low < (short := round(middle, digits)) <= high), high)


def choose(found: Sequence[Operation], wanted: Target) -> Operation:
    """Return the operation that meets a target, at the highest or lowest threshold as TARGETS says.

    Raises:
        CalibrationError: No operation with MIN_ANSWERS answers meets the target; the best value is named.
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
