"""Count what another threshold would show, by kind of question: the table that the page's slider changes."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from citewell.evaluation.report_html.figures import NOTHING, percent


class Shown(NamedTuple):
    """What a threshold shows of one kind of question.

    Attributes:
        kind: The kind; "" for all questions.
        n: The number of questions.
        shown: How many get an answer.
        right: How many of these answers are right.
    """

    kind: str
    n: int
    shown: int
    right: int

    @property
    def share(self) -> str:
        """The share of the answers that is right, as the page shows it."""
        return percent(self.right / self.shown) if self.shown else NOTHING


def count_shown(records: Sequence[Mapping[str, Any]], threshold: float) -> list[Shown]:
    """Return what a threshold shows: of all questions first, then of each kind.

    A question that could not be asked, or was only searched for, is left out. One without a guess is never
    answered.
    """
    asked = [record for record in records if record["prediction"]]
    kinds = sorted({record["kind"] for record in asked if record["kind"]})
    found = []
    for kind in ("", *kinds):
        of_kind = [record for record in asked if kind in {"", record["kind"]}]
        guesses = [record["guess"] for record in of_kind if record["guess"]]
        shown = [guess for guess in guesses if guess["confidence"] >= threshold]
        found.append(Shown(kind, len(of_kind), len(shown), sum(guess["right"] for guess in shown)))
    return found
