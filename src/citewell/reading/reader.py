"""What a reader is, what it finds in a passage, and what its scores are worth."""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from citewell.documents.passages import Passage
from citewell.errors import SettingsError
from citewell.text.spans import Span


@dataclass(frozen=True, slots=True)
class Calibration:
    """The map from a reader's score to a probability, and where answers begin (Platt 1999).

    Attributes:
        slope: Of the logistic curve, per unit of score; > 0.
        intercept: Of the logistic curve.
        threshold: Probability below which citewell abstains, in [0, 1].
        fitted_on: What it was fitted on, for the record.
        possible: Probability from which on what is no answer is offered as possible, as a place to look at;
            where it is the threshold or more, nothing is.
        sure: Probability from which on answers were right 95 times in 100; above 1 where they never were.
    """

    slope: float
    intercept: float
    threshold: float
    fitted_on: str = ""
    possible: float = 1.0
    sure: float = 2.0

    @classmethod
    def beside(cls, module: Path) -> "Calibration":
        """Return what `citewell calibrate` wrote beside a reader's module, under the module's name.

        Raises:
            SettingsError: The file is gone or damaged.
        """
        return cls.read(module.with_suffix(".json"))

    @classmethod
    def read(cls, path: Path) -> "Calibration":
        """Return what `citewell calibrate` wrote.

        Raises:
            SettingsError: The file is gone or damaged.
        """
        try:
            record = json.loads(path.read_text(encoding="utf-8"))
            tiers = {name: float(record[name]) for name in ("possible", "sure") if name in record}
            return cls(
                record["slope"], record["intercept"], record["threshold"], record["fitted_on"], **tiers
            )
        except (OSError, ValueError, KeyError, TypeError) as error:
            message = f"{path} holds no calibration ({error!r}): install citewell again"
            raise SettingsError(message) from error

    def probability(self, score: float) -> float:
        """Return the probability that an answer with this score is right, in (0, 1)."""
        return float(1 / (1 + np.exp(-np.clip(self.slope * score + self.intercept, -30, 30))))


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader found in one passage for one question.

    Attributes:
        evidence: The sentences that answer, in document order, offsets into the article; the
            citations. At least one.
        short: The shortest characters that answer, inside `evidence`, in document order; may be
            empty when no part shorter than the evidence answers.
        score: How surely this passage answers the question; any scale, higher is surer. The
            reader's Calibration makes it a probability.
        relevance: How much the passage is about the question; any scale, higher is more.
    """

    evidence: tuple[Span, ...]
    short: tuple[Span, ...]
    score: float
    relevance: float


def cite_sentences(passage: Passage, answer: Span, score: float, relevance: float) -> Reading:
    """Return the reading of an answer: the sentences that it stands in, and what of each it is.

    Args:
        passage: What was read.
        answer: Characters of the article, inside the passage.
        score: As in Reading.
        relevance: As in Reading.
    """
    evidence = tuple(
        sentence
        for sentence in passage.sentences
        if sentence.start < answer.end and answer.start < sentence.end
    )
    short = tuple(
        part
        for sentence in evidence
        if (part := Span(max(answer.start, sentence.start), min(answer.end, sentence.end))) != sentence
    )
    return Reading(evidence or passage.sentences[:1], short, score, relevance)


# What a language model's log odds weigh against the reader's. On the article's dev questions and on SQuAD's
# that were held back, half and twice of it part right answers from wrong ones about as well.
GRADE_WEIGHT = 0.93


def add_grade(probability: float, grade: float) -> float:
    """Return a reader's probability of an answer and a language model's grade of it as one score, log odds.

    >>> add_grade(0.5, 0.0), add_grade(0.2, 1.0) > add_grade(0.2, -1.0)
    (0.0, True)
    """
    return log_odds(probability) + GRADE_WEIGHT * grade


def log_odds(probability: float) -> float:
    """Return ln(p / (1 - p)) of a probability in (0, 1)."""
    return math.log(probability / (1 - probability))


class Reader(Protocol):
    """Read a question and passages together."""

    @property
    def calibration(self) -> Calibration:
        """The one that ships with the reader."""
        ...

    def read(self, question: str, passages: Sequence[Passage]) -> list[Reading]:
        """Return one Reading a passage, in the order given; from many threads at once."""
        ...

    def supports(self, claims: Sequence[tuple[str, str]]) -> list[float]:
        """Return for each (statement, quoted evidence) the probability that the evidence proves it."""
        ...
