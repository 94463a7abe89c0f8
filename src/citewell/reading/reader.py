"""Define a reader, its result for a passage, and the calibration of its scores."""

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
    """The map from a reader's score to a probability (Platt 1999), and the threshold for an answer.

    Attributes:
        slope: Slope of the logistic curve, per unit of score; > 0.
        intercept: Intercept of the logistic curve.
        threshold: Probability below which citewell abstains, in [0, 1].
        fitted_on: The data that the curve was fitted on, for the record.
        possible: Lowest probability at which evidence below the threshold is offered as possible, as a place
            to look at. If `possible` is the threshold or more, no evidence is offered as possible.
        sure: Lowest probability at which answers were right 95 times in 100; above 1 if there was none.
        alone: Share of the score of the answer's sentences read alone, in [0, 1); the other share is that of
            the score in the passage. If it is 0, nothing is read twice.
    """

    slope: float
    intercept: float
    threshold: float
    fitted_on: str = ""
    possible: float = 1.0
    sure: float = 2.0
    alone: float = 0.0

    @classmethod
    def beside(cls, module: Path) -> "Calibration":
        """Read the file that `citewell calibrate` wrote beside a reader's module, under the module's name.

        Raises:
            SettingsError: The file is missing or damaged.
        """
        return cls.read(module.with_suffix(".json"))

    @classmethod
    def read(cls, path: Path) -> "Calibration":
        """Read a file that `citewell calibrate` wrote.

        Raises:
            SettingsError: The file is missing or damaged.
        """
        try:
            record = json.loads(path.read_text(encoding="utf-8"))
            further = {name: float(record[name]) for name in ("possible", "sure", "alone") if name in record}
            return cls(
                record["slope"], record["intercept"], record["threshold"], record["fitted_on"], **further
            )
        except (OSError, ValueError, KeyError, TypeError) as error:
            message = f"{path} holds no calibration ({error!r}): install citewell again"
            raise SettingsError(message) from error

    def probability(self, score: float) -> float:
        """Return the probability that an answer with this score is right, in (0, 1)."""
        return float(1 / (1 + np.exp(-np.clip(self.slope * score + self.intercept, -30, 30))))


@dataclass(frozen=True, slots=True)
class Reading:
    """A reader's result for one passage and one question.

    Attributes:
        evidence: The sentences that answer, at least one, in document order, as offsets into the
            article. They become the citations.
        short: The shortest ranges that answer, inside `evidence`, whose neighbours count as one, in
            document order; may be empty when no part shorter than the evidence answers.
        score: How surely this passage answers the question; any scale, higher is surer. The
            reader's Calibration turns the score into a probability.
        relevance: How relevant the passage is to the question; any scale, higher is more relevant.
    """

    evidence: tuple[Span, ...]
    short: tuple[Span, ...]
    score: float
    relevance: float


def cite_sentences(passage: Passage, answer: Span, score: float, relevance: float) -> Reading:
    """Return the Reading of an answer: the sentences that hold the answer, and its part of them.

    Args:
        passage: The passage that was read.
        answer: The answer's range in the article, inside the passage.
        score: As in Reading.
        relevance: As in Reading.
    """
    evidence = tuple(
        sentence
        for sentence in passage.sentences
        if sentence.start < answer.end and answer.start < sentence.end
    )
    # An answer that is whole sentences has no shorter part.
    whole = Span(evidence[0].start, evidence[-1].end) if evidence else answer
    part = Span(max(answer.start, whole.start), min(answer.end, whole.end))
    short = () if part == whole else (part,)
    return Reading(evidence or passage.sentences[:1], short, score, relevance)


# Weight of a language model's log odds against the reader's. On the article's dev questions and on held-out
# SQuAD questions, half and twice this weight separate right answers from wrong ones about as well.
GRADE_WEIGHT = 0.93


def add_grade(probability: float, grade: float) -> float:
    """Combine a reader's probability and a language model's grade of an answer into one score, in log odds.

    >>> add_grade(0.5, 0.0), add_grade(0.2, 1.0) > add_grade(0.2, -1.0)
    (0.0, True)
    """
    return log_odds(probability) + GRADE_WEIGHT * grade


def log_odds(probability: float) -> float:
    """Return ln(p / (1 - p)) of a probability in (0, 1)."""
    return math.log(probability / (1 - probability))


@dataclass(frozen=True, slots=True)
class Judgement:
    """How a text stands to a claim; the three probabilities sum to 1.

    Attributes:
        entails: Probability that the text proves the claim.
        neutral: Probability that the text leaves the claim open.
        contradicts: Probability that the text denies the claim.
    """

    entails: float
    neutral: float
    contradicts: float


class Reader(Protocol):
    """Read a question and passages together."""

    @property
    def calibration(self) -> Calibration:
        """The calibration that ships with the reader."""
        ...

    @property
    def languages(self) -> frozenset[str]:
        """ISO 639 codes of the languages that it reads; empty when not known."""
        ...

    def read(self, question: str, passages: Sequence[Passage]) -> list[Reading]:
        """Return one Reading per passage, in the given order; many threads may call it at once."""
        ...

    def supports(self, claims: Sequence[tuple[str, str]]) -> list[float]:
        """Return for each (statement, quoted evidence) the probability that the evidence proves it."""
        ...

    def judge(self, claims: Sequence[tuple[str, str]]) -> list[Judgement]:
        """Return for each (claim, quoted evidence) how the evidence stands to it."""
        ...
