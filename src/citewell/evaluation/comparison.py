"""Compare two reports, and check one report against bounds."""

import difflib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from citewell.errors import ReportError
from citewell.evaluation import metrics
from citewell.evaluation.figures import FIGURES, FIGURES_BY_PATH, OF_A_KIND, Figure, Rows
from citewell.evaluation.records import Prediction, Record

# The fields that must be the same in two reports for their answers to be compared.
ASKED = ("question", "history", "answerable", "answers", "evidence")


@dataclass(frozen=True, slots=True)
class Difference:
    """One figure of two reports on the same questions.

    Attributes:
        path: The path of the figure.
        n: Number of questions that count for the figure in either report.
        first: The figure's value in the first report.
        second: The figure's value in the second report.
        interval: 95 % interval of second - first; None when it cannot be computed.
    """

    path: str
    n: int
    first: float
    second: float
    interval: metrics.Interval | None

    @property
    def is_certain(self) -> bool:
        """Whether the interval does not contain 0."""
        return self.interval is not None and not self.interval[0] <= 0 <= self.interval[1]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What changed from one report to another.

    Attributes:
        n: Number of questions compared: those in both reports, without an error in either.
        left_out: Ids of the other questions.
        differences: One for each figure that both reports have.
        changed: Pairs of records, first and second, of the questions whose answer or outcome changed.
    """

    n: int
    left_out: tuple[str, ...]
    differences: tuple[Difference, ...]
    changed: tuple[tuple[Record, Record], ...]

    def to_dict(self) -> dict[str, object]:
        """Return it as JSON."""
        return {
            "n": self.n,
            "left_out": list(self.left_out),
            "differences": [
                {
                    "figure": item.path,
                    "n": item.n,
                    "first": item.first,
                    "second": item.second,
                    "difference": item.second - item.first,
                    "interval": list(item.interval) if item.interval else None,
                }
                for item in self.differences
            ],
            "changed": [
                {
                    "id": first["id"],
                    "kind": first["kind"],
                    "question": first["question"],
                    "change": change(first, second),
                    "first": {"prediction": first["prediction"], "stage_failed": first["stage_failed"]},
                    "second": {"prediction": second["prediction"], "stage_failed": second["stage_failed"]},
                }
                for first, second in self.changed
            ],
        }


def change(first: Record, second: Record) -> str:
    """Return "better", "worse" or "other" for a question whose answer changed."""
    before, after = not first["stage_failed"], not second["stage_failed"]
    return "other" if before == after else "better" if after else "worse"


def read_records(path: Path) -> list[Record]:
    """Return the records of a report that `evaluate --json` wrote.

    Raises:
        ReportError: The file cannot be opened, or is no such report.
    """
    try:
        report = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        message = (
            f"{path}: cannot be read: {error.strerror or error}; give a report of `citewell evaluate --json`"
        )
        raise ReportError(message) from error
    except (ValueError, RecursionError) as error:
        message = f"{path}: is not JSON: {error}; give a report of `citewell evaluate --json`"
        raise ReportError(message) from error
    records = report.get("questions") if isinstance(report, dict) else None
    keys = set(Record.__annotations__)
    said = set(Prediction.__annotations__) - {"statements"}  # reports of older versions have no statements
    if not isinstance(records, list) or not all(
        isinstance(item, dict)
        and keys <= set(item)
        and isinstance(item["scores"], dict)
        and (
            item["prediction"] is None
            or (isinstance(item["prediction"], dict) and said <= set(item["prediction"]))
        )
        for item in records
    ):
        message = f"{path}: is not a report of this version's `citewell evaluate --json`; write it anew"
        raise ReportError(message)
    return records


def compare(first: Sequence[Record], second: Sequence[Record]) -> Comparison:
    """Compare two reports on the questions that both have.

    A paired bootstrap over the questions (Efron and Tibshirani 1993; Koehn 2004): each draw takes the
    same questions from both reports.

    Raises:
        ReportError: The reports have no question in common, or questions of the same id differ.
    """
    others = {record["id"]: record for record in second}
    pairs = [(record, others[record["id"]]) for record in first if record["id"] in others]
    for one, other in pairs:
        differing = [key for key in ASKED if one[key] != other[key]]  # type: ignore[literal-required]
        if differing:
            message = (
                f"the reports differ in the {differing[0]!r} of {one['id']!r}: evaluate both on one file"
            )
            raise ReportError(message)
    kept = [(one, other) for one, other in pairs if not one["error"] and not other["error"]]
    if not kept:
        message = "the reports have no answered question in common: evaluate both on one file"
        raise ReportError(message)
    ids = {one["id"] for one, _ in kept}
    everyone = dict.fromkeys([*(record["id"] for record in first), *others])
    return Comparison(
        n=len(kept),
        left_out=tuple(id_ for id_ in everyone if id_ not in ids),
        differences=tuple(found for figure in FIGURES if (found := _difference(figure, kept))),
        changed=tuple(pair for pair in kept if _outcome(pair[0]) != _outcome(pair[1])),
    )


def _outcome(record: Record) -> tuple[object, ...]:
    prediction = record["prediction"]
    said = (prediction["short"], prediction["abstention"] is None) if prediction else ()
    return (*said, record["stage_failed"])


def _difference(figure: Figure, pairs: Sequence[tuple[Record, Record]]) -> Difference | None:
    """Return one figure of both reports; None when a report does not have it."""
    rows = [(figure.row(one), figure.row(other)) for one, other in pairs]
    width = max((len(row) for pair in rows for row in pair if row is not None), default=0)
    nothing = (np.nan,) * width
    # A question may count in one report only: citations are judged only where an answer has citations.
    both = np.array([[*(one or nothing), *(other or nothing)] for one, other in rows if one or other])
    if not len(both) or np.isnan(both[:, 0]).all() or np.isnan(both[:, width]).all():
        return None

    def difference(drawn: Rows) -> float:
        values = [_present(drawn[:, :width], figure), _present(drawn[:, width:], figure)]
        return values[1] - values[0]

    return Difference(
        path=figure.path,
        n=len(both),
        first=_present(both[:, :width], figure),
        second=_present(both[:, width:], figure),
        interval=metrics.interval(both, difference),
    )


def _present(rows: Rows, figure: Figure) -> float:
    kept = rows[~np.isnan(rows[:, 0])]
    return float(figure.statistic(kept)) if len(kept) else np.nan


# Bounds


@dataclass(frozen=True, slots=True)
class Bound:
    """The least value that a figure must reach, or the most it may reach where lower is better.

    Attributes:
        path: The dotted path of the figure.
        value: The bound; a figure equal to it is good enough.
        lower_is_better: Whether a lower figure is better.
    """

    path: str
    value: float
    lower_is_better: bool


def bounds(text: str, kinds: Sequence[str] = ()) -> list[Bound]:
    """Read bounds such as "f1=0.8,citations.precision=0.9,by_kind.list.f1=0.5".

    A name without a section stands for the first figure of that name in FIGURES: `f1` is the F1 of the
    answerable questions. False abstention, calibration errors and latency must not be above their bound.

    Args:
        text: The bounds, separated by commas.
        kinds: The kinds of the questions, for `by_kind`.

    Raises:
        ReportError: A name is unknown, or a value is no number that can be reached.
    """
    figures = {figure.path: figure.lower_is_better for figure in FIGURES_BY_PATH.values()}
    figures |= {
        f"by_kind.{kind}.{figure.name}": figure.lower_is_better for kind in kinds for figure in OF_A_KIND
    }
    names: dict[str, str] = {}
    for path in FIGURES_BY_PATH:
        names.setdefault(path.rpartition(".")[2], path)
    found = []
    for part in text.split(","):
        name, _, value = (piece.strip() for piece in part.partition("="))
        path = name if name in figures else names.get(name, "")
        if not path:
            near = difflib.get_close_matches(name, [*names, *figures], n=1, cutoff=0.4)
            hint = f"did you mean {near[0]!r}?" if near else f"there are: {', '.join(names)}"
            message = f"no figure is called {name!r}; {hint}"
            raise ReportError(message)
        found.append(
            Bound(path, _bound(name, value, is_share=not path.startswith("latency_ms")), figures[path])
        )
    return found


def _bound(name: str, value: str, *, is_share: bool) -> float:
    try:
        number = float(value)
    except ValueError:
        number = np.nan
    if not 0 <= number <= (1 if is_share else np.inf):
        wanted = "a number from 0 to 1" if is_share else "milliseconds"
        message = (
            f"the bound of {name!r} is {value!r}; {wanted} is wanted, as in {name}={0.8 if is_share else 500}"
        )
        raise ReportError(message)
    return number


def missed_bounds(wanted: Sequence[Bound], report: Mapping[str, Any]) -> list[str]:
    """Return one line for every bound that a report's JSON misses.

    A figure misses its bound where there was nothing to measure.
    """
    lines = []
    for bound in wanted:
        section, _, name = bound.path.rpartition(".")
        value: Any = report
        # A kind's name may hold a dot.
        for key in (
            ("by_kind", section.removeprefix("by_kind."), name) if "by_kind." in section else (section, name)
        ):
            value = value[key]
        direction = "at most" if bound.lower_is_better else "at least"
        if value is None:
            lines.append(f"{bound.path} has nothing to measure; {direction} {bound.value:g} is wanted")
        elif (value > bound.value) if bound.lower_is_better else (value < bound.value):
            lines.append(f"{bound.path} is {value:.4f}; {direction} {bound.value:g} is wanted")
    return lines
