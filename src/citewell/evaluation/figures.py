"""Derive each figure of a report from its records: one row of values a question, and a statistic."""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from citewell.evaluation import metrics, reliability
from citewell.evaluation.records import Record

Rows = NDArray[np.float64]
"""Shape [n, columns], one row a question."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of the report.

    Attributes:
        path: The dotted path of the figure in the report.
        row: Returns the values of one question; None when the question does not count for the figure.
        statistic: Computes the figure from all rows; NaN when there is nothing to measure.
        lower_is_better: Whether a lower figure is better.
    """

    path: str
    row: Callable[[Record], tuple[float, ...] | None]
    statistic: Callable[[Rows], float]
    lower_is_better: bool = False

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rpartition(".")[2]

    def rows(self, records: Iterable[Record]) -> Rows:
        """Return the rows of the questions that count for the figure."""
        found = [row for record in records if (row := self.row(record)) is not None]
        return np.array(found, dtype=np.float64) if found else np.zeros((0, 1))

    def value(self, records: Iterable[Record]) -> float | None:
        """Return the figure; None when there is nothing to measure."""
        rows = self.rows(records)
        return json_number(self.statistic(rows)) if len(rows) else None


def _mean(path: str, *, answerable: bool | None = None, lower_is_better: bool = False) -> Figure:
    """Make a figure: the mean of the score that ends the path, over one kind of questions or over all."""
    score = (
        path.rpartition(".")[2]
        if not path.startswith("citations.")
        else path.replace("citations.", "citation_")
    )

    def row(record: Record) -> tuple[float, ...] | None:
        if answerable not in (None, record["answerable"]) or score not in record["scores"]:
            return None
        return (record["scores"][score],)

    return Figure(path, row, np.mean, lower_is_better)


def _exactness(record: Record) -> tuple[float, ...] | None:
    cited = record["prediction"]["citations"] if record["prediction"] else []
    return (float(sum(citation["exact"] for citation in cited)), float(len(cited))) if cited else None


def _given(record: Record) -> tuple[float, ...] | None:
    """Return the confidence and outcome of an answer that was given."""
    prediction, guess = record["prediction"], record["guess"]
    if not prediction or not guess or prediction["abstention"]:
        return None
    return prediction["confidence"], float(guess["right"])


def _guessed(record: Record) -> tuple[float, ...] | None:
    """Return the confidence and outcome of the answer, or of the one a lower threshold would give."""
    guess = record["guess"]
    return (guess["confidence"], float(guess["right"])) if guess else None


def _asked(record: Record) -> tuple[float, ...] | None:
    """Return a question's confidence and outcome; without any guess, a confidence below all others."""
    return None if record["error"] else _guessed(record) or (-1.0, 0.0)


def _silence(record: Record) -> tuple[float, ...] | None:
    """Return the outcome of always abstaining: 1 where the question is unanswerable, else 0."""
    return None if record["error"] else (float(not record["answerable"]),)


def _total_time(record: Record) -> tuple[float, ...] | None:
    return (record["latency_ms"]["total"],) if "total" in record["latency_ms"] else None


FIGURES = (
    _mean("answerable.exact_match", answerable=True),
    _mean("answerable.f1", answerable=True),
    _mean("answerable.contains", answerable=True),
    _mean("answerable.evidence_recall", answerable=True),
    _mean("answerable.false_abstention", answerable=True, lower_is_better=True),
    _mean("unanswerable.abstention_recall", answerable=False),
    _mean("answered.right"),
    Figure("citations.exact", _exactness, lambda rows: float(rows[:, 0].sum() / rows[:, 1].sum())),
    _mean("citations.precision"),
    _mean("citations.recall"),
    _mean("retrieval.recall@1"),
    _mean("retrieval.recall@5"),
    _mean("retrieval.success@1"),
    _mean("retrieval.success@5"),
    _mean("retrieval.mrr@10"),
    _mean("retrieval.ndcg@10"),
    Figure("calibration.ece", _given, reliability.expected_calibration_error, lower_is_better=True),
    Figure("calibration.brier", _given, reliability.brier, lower_is_better=True),
    Figure("calibration.risk_coverage_auc", _guessed, reliability.risk_coverage_area, lower_is_better=True),
    Figure("calibration.coverage@90", _asked, lambda rows: reliability.coverage_at(rows, 0.9)),
    _mean("overall.exact_match"),
    _mean("overall.f1"),
    Figure("overall.f1_of_silence", _silence, lambda rows: float(rows.mean())),
)
TIMES = (
    Figure(
        "latency_ms.p50",
        _total_time,
        lambda rows: metrics.percentile(list(rows[:, 0]), 0.5),
        lower_is_better=True,
    ),
    Figure(
        "latency_ms.p95",
        _total_time,
        lambda rows: metrics.percentile(list(rows[:, 0]), 0.95),
        lower_is_better=True,
    ),
)
# The figures shown of each kind: of its answerable questions, its unanswerable questions and its answers.
OF_A_KIND = FIGURES[:7]
FIGURES_BY_PATH = {figure.path: figure for figure in (*FIGURES, *TIMES)}


def json_number(value: float) -> float | None:
    """Return a figure as a JSON value: NaN is null."""
    return None if math.isnan(value) else value if isinstance(value, int) else float(value)
