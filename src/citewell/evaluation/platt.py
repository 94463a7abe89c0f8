"""Fit a logistic curve from scores to the probability of a right answer: Platt's scaling."""

import math

import numpy as np
from numpy.typing import NDArray

STEPS = 100  # Newton's method needs about ten
MIN_STEP = 1e-10
RIDGE = 1e-12  # keeps the Hessian of Newton's method invertible, as in Lin et al. 2007
DONE = 1e-9  # a gradient this small, per answer, ends the fit
Values = NDArray[np.float64]


def platt(scores: Values, right: NDArray[np.bool_], weights: Values | None = None) -> tuple[float, float]:
    """Return slope and intercept of the maximum-likelihood logistic curve.

    Platt 1999, with his target values, which keep the slope finite where a score separates all right
    answers from all wrong ones. Newton's method with backtracking, as corrected by Lin, Lin and Weng 2007.

    Args:
        scores: The scores of the answers, at least one of them right and one wrong.
        right: Which answers are right.
        weights: How often each answer counts; once when None.
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
