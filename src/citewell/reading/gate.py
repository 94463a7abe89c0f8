"""Decide which evidence is sure enough to be an answer.

In: the evidence from each passage for a question, with its calibrated probability. Out: the evidence that
answers. Evidence below the threshold may still be possible: citewell then points to it without stating an
answer.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Protocol

from citewell.errors import GeneratorError
from citewell.questions.intent import expects_several, is_yes_or_no
from citewell.reading.evidence import Evidence, above_threshold
from citewell.reading.reader import Calibration, add_grade

# When several places may answer a question, further evidence is shown if its probability is at least this
# share of the surest evidence's probability.
NEARLY = 0.9
# Between these probabilities a language model grades the reader's answer. Above them, the reader's answers
# are usually right, and grading takes time. Below them, no passage answers, so no language model is called.
SURELY_NOT, SURELY = 0.05, 0.7


class Sureness(StrEnum):
    """How sure an answer is: how often equally probable answers were right in the reader's calibration.

    The levels, from the surest: right 95 times in 100; right as often as the threshold was chosen for,
    usually 90 in 100; right less often, because a person has set a lower threshold. The members are keys of
    the page's words.
    """

    VERY_CONFIDENT = "very_confident"
    CONFIDENT = "confident"
    TENTATIVE = "tentative"


class Grader(Protocol):
    """Say how likely an answer is right; every generator is a grader."""

    @property
    def room(self) -> int:
        """Tokens of passages that the grader can read; 0 when it is not a language model."""
        ...

    def grade(self, question: str, answer: str, text: str) -> float | None:
        """Return log odds; None if it cannot grade. Raises GeneratorError if the model cannot be asked."""
        ...


@dataclass(frozen=True, slots=True)
class Gate:
    """Decide between answering and abstaining.

    Attributes:
        calibration: The reader's calibration.
        grader: Grades answers that the reader is unsure of.
        grading: Map from graded scores to probabilities, with its own threshold; None: no answer is graded.
        own_threshold: Threshold that a person chose, for graded and ungraded answers; None: the
            calibration's.
    """

    calibration: Calibration
    grader: Grader
    grading: Calibration | None = None
    own_threshold: float | None = None

    @property
    def room(self) -> int:
        """Tokens of passages that the grader can read."""
        return self.grader.room

    def is_unsure(self, question: str, evidence: Sequence[Evidence]) -> bool:
        """Whether a grade would help: the reader is unsure whether the passages answer the question.

        Yes-or-no questions are never graded: rules answer them, not the reader.
        """
        return (
            self.grading is not None
            and bool(evidence)
            and SURELY_NOT <= evidence[0].probability < SURELY
            and not is_yes_or_no(question)
        )

    def grade(self, question: str, evidence: list[Evidence]) -> list[Evidence]:
        """Let the grader grade the surest evidence.

        Afterwards, no other passage has a higher probability than the graded passage.
        """
        if self.grading is None:
            return evidence
        top = evidence[0]
        try:
            grade = self.grader.grade(question, top.short, top.quote)
        except GeneratorError:
            grade = None  # the answer will report that the model cannot be asked
        if grade is None:
            return evidence
        probability = self.grading.probability(add_grade(top.probability, grade))
        others = [replace(item, probability=min(item.probability, probability)) for item in evidence[1:]]
        return [replace(top, probability=probability, grade=grade), *others]

    def calibration_of(self, evidence: Sequence[Evidence]) -> Calibration:
        """Return the calibration of the evidence's probabilities: `grading` when any evidence was graded."""
        is_graded = any(item.grade is not None for item in evidence)
        return self.grading if self.grading and is_graded else self.calibration

    def threshold(self, evidence: Sequence[Evidence]) -> float:
        """Return the lowest probability at which evidence is an answer; graded evidence has its own."""
        made = self.calibration_of(evidence)
        return made.threshold if self.own_threshold is None else self.own_threshold

    def is_possible(self, evidence: Sequence[Evidence]) -> bool:
        """Whether evidence is too unsure for an answer but sure enough to be pointed to as possible."""
        least = self.calibration_of(evidence).possible
        return bool(evidence) and least <= evidence[0].probability < self.threshold(evidence)

    def sureness(self, evidence: Sequence[Evidence]) -> Sureness:
        """Return how sure an answer from all of this evidence is: as sure as its least probable piece."""
        least = min(item.probability for item in evidence)
        made = self.calibration_of(evidence)
        if least >= made.sure:
            return Sureness.VERY_CONFIDENT
        return Sureness.CONFIDENT if least >= made.threshold else Sureness.TENTATIVE

    def select(self, question: str, evidence: Sequence[Evidence]) -> list[Evidence]:
        """Return the evidence that answers, surest first; one piece, unless the question expects several."""
        return answering(question, above_threshold(evidence, self.threshold(evidence)))


def answering(question: str, evidence: Sequence[Evidence]) -> list[Evidence]:
    """Return the part of evidence, surest first, that would answer without a threshold."""
    if not expects_several(question):
        return list(evidence[:1])
    return [item for item in evidence if item.probability >= NEARLY * evidence[0].probability]
