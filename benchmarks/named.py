"""Fit what is taken off a reader's score where what the question names is not there.

    python -m benchmarks.named [--set NAME] [--sample N]

Reads the passages that are found for the development questions over several articles, and fits a logistic
curve of the reader's score and the signs to whether what was read is right. A weight is a sign's coefficient
in units of the score; a negative one is added. What is stated has a curve of its own, since nothing else
that is read in a list is right: printed is how much less of a score is as probable as the threshold.
"""

import argparse
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import track
from rich.table import Table

from benchmarks.place import Set, read_sets
from citewell.answers.pipeline import Pipeline
from citewell.assistant import Assistant
from citewell.evaluation import metrics
from citewell.evaluation.questions import locate_evidence
from citewell.reading import named
from citewell.reading.evidence import Evidence
from citewell.reading.named import Named, Signs, find_signs
from citewell.reading.reader import Calibration, log_odds
from citewell.reading.readers import cross_encoder
from citewell.settings import Settings

RIDGE = 1.0  # of each coefficient: a sign that hardly ever comes has a small weight
ROUNDS = 60


@dataclass(frozen=True, slots=True)
class Read:
    """What was read in one passage.

    Attributes:
        set: The name of the set.
        question: The question's id.
        score: The reader's score.
        signs: What is there, and what is not.
        is_right: Whether the answer is right.
    """

    set: str
    question: str
    score: float
    signs: Signs
    is_right: bool


def read_all(asked: Set, pipeline: Pipeline) -> Iterator[Read]:
    """Yield what was read for each question of a set, in each passage."""
    golds = locate_evidence(asked.asked, asked.documents)
    for question, gold in track(
        list(zip(asked.asked, golds, strict=True)), asked.name, console=Console(stderr=True)
    ):
        if question.history:
            continue
        names = Named.of(question.question)
        for item in pipeline.read(question.question, pipeline.retrieve(question.question, None)):
            signs = find_signs(names, item.hit.passage, item.reading, pipeline.subjects)
            right = question.answerable and metrics.is_right(
                item.short, places_of(item), question.answers, gold.places
            )
            yield Read(asked.name, question.id, item.reading.score, signs, right)


def places_of(item: Evidence) -> list[metrics.Place]:
    """Return what evidence would cite."""
    return [metrics.Place(item.hit.passage.document.id, *span) for span in item.spans]


def fit(
    rows: NDArray[np.float64], right: NDArray[np.float64], weights: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the coefficients of a logistic curve, the intercept last, by Newton's steps with a ridge."""
    design = np.column_stack([rows, np.ones(len(rows))])
    ridge = np.diag([0.0, *[RIDGE] * (rows.shape[1] - 1), 0.0])
    found = np.zeros(design.shape[1])
    for _ in range(ROUNDS):
        shares = 1 / (1 + np.exp(-design @ found))
        slope = design.T @ (weights * (right - shares)) - ridge @ found
        curvature = (
            (design.T * (weights * shares * (1 - shares))) @ design + ridge + 1e-9 * np.eye(len(found))
        )
        found = found + np.linalg.solve(curvature, slope)
    return found


def main() -> None:
    """Read the arguments and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--set", default="", help="a part of the names of the sets to ask")
    parser.add_argument("--sample", type=int, default=0, help="ask so many questions of each set")
    given = parser.parse_args()
    found: list[Read] = []
    encoder = Settings().recipe.load_encoder()
    with patch.dict(named.WEIGHTS, dict.fromkeys(Signs._fields, 0.0)):
        for asked in read_sets("dev", given.set, sample=given.sample):
            assistant = Assistant.from_documents(
                asked.documents, settings=Settings(generator="extractive"), encoder=encoder
            )
            found += read_all(asked, assistant._pipeline)  # noqa: SLF001 - what was read is wanted, not said
    table = Table("sign", "of right readings", "of wrong ones", "weight")
    rows = np.array(
        [[item.score, *(-min(count, 1) for count in item.signs)] for item in found], dtype=np.float64
    )
    right = np.array([item.is_right for item in found], dtype=np.float64)
    sizes = Counter(item.set for item in found)
    # Every set counts the same, however many passages were read.
    weights = np.array([len(found) / len(sizes) / sizes[item.set] for item in found])
    coefficients = fit(rows, right, weights)
    for place, name in enumerate(Signs._fields, start=1):
        has = rows[:, place] != 0
        table.add_row(
            name,
            f"{int((has & (right == 1)).sum())} of {int(right.sum())}",
            f"{int((has & (right == 0)).sum())} of {int((1 - right).sum())}",
            f"{coefficients[place] / coefficients[0]:.1f}",
        )
    Console().print(table)
    print_stated(found)


def print_stated(found: Sequence[Read]) -> None:
    """Fit a curve to the best stated reading of each question, and compare it with the one that ships."""
    best: dict[tuple[str, str], Read] = {}
    for item in found:
        if item.signs.stated and item.score > best.get((item.set, item.question), item).score - 1e-9:
            best[item.set, item.question] = item
    if not best:
        return
    scores = np.array([[item.score] for item in best.values()])
    right = np.array([item.is_right for item in best.values()], dtype=np.float64)
    slope, intercept = fit(scores, right, np.ones(len(best)))
    ships = Calibration.beside(Path(cross_encoder.__file__))
    odds = log_odds(ships.threshold)
    less = (odds - ships.intercept) / ships.slope - (odds - intercept) / slope
    print(f"stated: {int(right.sum())} of {len(best)} are right; {less:.1f} less of a score is as probable")


if __name__ == "__main__":
    main()
