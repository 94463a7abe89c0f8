"""Measure how confidence agrees with right answers: calibration and risk; every measure names its source."""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

BINS = 15  # Guo et al. 2017
Outcomes = NDArray[np.float64]
"""Shape [n, 2]: a confidence in [0, 1], and 1 when the answer was right, else 0."""


def brier(outcomes: Outcomes) -> float:
    """Return the mean squared difference of confidence and outcome (Brier 1950); NaN without outcomes."""
    return float(np.mean((outcomes[:, 0] - outcomes[:, 1]) ** 2)) if len(outcomes) else math.nan


class Bin(NamedTuple):
    """The answers whose confidence lies in (low, high].

    Attributes:
        low: Lower end; 0 itself belongs to the first bin.
        high: Upper end.
        n: Number of answers.
        confidence: Mean confidence of the answers; NaN without answers.
        right: Share of right answers; NaN without answers.
    """

    low: float
    high: float
    n: int
    confidence: float
    right: float


def reliability(outcomes: Outcomes, bins: int = BINS) -> list[Bin]:
    """Return the bins of a reliability diagram, of equal width (Guo et al. 2017, section 2)."""
    places = _bins(outcomes, bins)
    found = []
    for place in range(bins):
        inside = outcomes[places == place]
        confidence, right = inside.mean(axis=0) if len(inside) else (math.nan, math.nan)
        found.append(Bin(place / bins, (place + 1) / bins, len(inside), float(confidence), float(right)))
    return found


def _bins(outcomes: Outcomes, bins: int) -> NDArray[np.intp]:
    """Return the index of each answer's bin."""
    return np.clip(np.ceil(outcomes[:, 0] * bins).astype(np.intp) - 1, 0, bins - 1)


def expected_calibration_error(outcomes: Outcomes, bins: int = BINS) -> float:
    """Return the mean distance between confidence and the share of right answers, over the answers.

    Naeini et al. 2015, Guo et al. 2017, in bins of equal width; NaN without answers.
    """
    if not len(outcomes):
        return math.nan
    gaps = np.bincount(_bins(outcomes, bins), weights=outcomes[:, 0] - outcomes[:, 1])
    return float(np.abs(gaps).sum() / len(outcomes))


class Risk(NamedTuple):
    """What happens when every answer at least this confident is given.

    Attributes:
        threshold: The confidence.
        coverage: The share of all questions that are answered.
        risk: The share of the given answers that are wrong.
    """

    threshold: float
    coverage: float
    risk: float


def risk_coverage(outcomes: Outcomes, asked: int) -> list[Risk]:
    """Return the risk–coverage curve, by rising coverage (El-Yaniv and Wiener 2010).

    The curve has one point for each confidence that occurs: no threshold can separate two equally
    confident answers.

    Args:
        outcomes: The outcome of every question that has an answer at some threshold.
        asked: Number of all questions, with those that have no answer at any threshold.
    """
    confidences, given, risks = _risks(outcomes)
    return [
        Risk(float(confidences[place]), int(n) / asked, float(risks[place]))
        for place, n in enumerate(given)
        if place + 1 == n
    ]


def _risks(outcomes: Outcomes) -> tuple[NDArray[np.float64], NDArray[np.intp], NDArray[np.float64]]:
    """Return each answer's confidence, the count and the risk of answers as sure or surer; surest first."""
    order = outcomes[np.argsort(-outcomes[:, 0], kind="stable")]
    given = np.searchsorted(-order[:, 0], -order[:, 0], side="right")
    return order[:, 0], given, np.cumsum(1 - order[:, 1])[given - 1] / given


def coverage_at(outcomes: Outcomes, precision: float) -> float:
    """Return the largest share of the questions that can be answered at a precision.

    Args:
        outcomes: The outcomes of all questions; a question without an answer at any threshold has a
            confidence below 0.
        precision: The required share of right answers among the given answers.
    """
    if not len(outcomes):
        return math.nan
    answered = outcomes[outcomes[:, 0] >= 0]
    if not len(answered):
        return 0.0
    _, given, risks = _risks(answered)
    good = given[1 - risks >= precision - 1e-12]
    return float(good.max(initial=0) / len(outcomes))


def risk_coverage_area(outcomes: Outcomes) -> float:
    """Return the area under the risk–coverage curve: the mean risk over all thresholds; NaN without answers.

    Geifman and El-Yaniv 2017, Geifman et al. 2019 (AURC). Each answer contributes the risk of all answers
    that are at least as confident, so the order of ties does not matter. Lower is better.
    """
    if not len(outcomes):
        return math.nan
    return float(np.mean(_risks(outcomes)[2]))
