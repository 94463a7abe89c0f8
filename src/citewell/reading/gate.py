"""Decide what of the evidence is sure enough to be an answer.

In: what was read in each passage for a question, with its calibrated probability. Out: the evidence that
answers. Below an answer lies what is possible: it is pointed to and not said.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Protocol

from citewell.errors import GeneratorError
from citewell.questions.intent import expects_several, is_yes_or_no
from citewell.reading.evidence import Evidence, above_threshold
from citewell.reading.reader import Calibration, add_grade

# A second piece of evidence is shown for questions that ask for several things when it is nearly as sure.
NEARLY = 0.9
# Between these probabilities a language model grades what the reader found. Above, its answers are right as a
# rule and grading takes a while; below, nothing answers, and no language model is called.
SURELY_NOT, SURELY = 0.05, 0.7


class Sureness(StrEnum):
    """How sure an answer is, by how often answers as probable were right when the reader was calibrated.

    95 times in 100; as often as the threshold was chosen for, 90 in 100 as a rule; less often, where a person
    has set a lower threshold. The members are keys of the page's words.
    """

    VERY_CONFIDENT = "very_confident"
    CONFIDENT = "confident"
    TENTATIVE = "tentative"


class Grader(Protocol):
    """What says how likely an answer is right; each generator can."""

    @property
    def room(self) -> int:
        """Tokens of passages that it can read; 0 for one that is no language model."""
        ...

    def grade(self, question: str, answer: str, text: str) -> float | None:
        """Return log odds; None when it cannot say. Raises GeneratorError when it cannot be asked."""
        ...


@dataclass(frozen=True, slots=True)
class Gate:
    """The line between an answer and silence.

    Attributes:
        calibration: The reader's.
        grader: Grades what the reader is not sure of.
        grading: The map from its grades to probabilities, with a threshold of its own; None: no grades.
        own_threshold: A person's own choice of the threshold, graded or not; None: that of the calibration.
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
        """Whether a grade would help: the reader is neither sure of an answer nor sure that there is none.

        A yes or no is no answer of the reader's, so it is left to the rules.
        """
        return (
            self.grading is not None
            and bool(evidence)
            and SURELY_NOT <= evidence[0].probability < SURELY
            and not is_yes_or_no(question)
        )

    def grade(self, question: str, evidence: list[Evidence]) -> list[Evidence]:
        """Let the grader grade the surest evidence.

        No other passage is surer afterwards than the one that was graded.
        """
        if self.grading is None:
            return evidence
        top = evidence[0]
        try:
            grade = self.grader.grade(question, top.short, top.quote)
        except GeneratorError:
            grade = None  # the answer will say that the model cannot be asked
        if grade is None:
            return evidence
        probability = self.grading.probability(add_grade(top.probability, grade))
        others = [replace(item, probability=min(item.probability, probability)) for item in evidence[1:]]
        return [replace(top, probability=probability, grade=grade), *others]

    def calibration_of(self, evidence: Sequence[Evidence]) -> Calibration:
        """Return what the evidence's probabilities are of: another map where it was graded."""
        is_graded = any(item.grade is not None for item in evidence)
        return self.grading if self.grading and is_graded else self.calibration

    def threshold(self, evidence: Sequence[Evidence]) -> float:
        """Return the probability from which on evidence is an answer: another where it was graded."""
        made = self.calibration_of(evidence)
        return made.threshold if self.own_threshold is None else self.own_threshold

    def is_possible(self, evidence: Sequence[Evidence]) -> bool:
        """Whether evidence that is no answer may be pointed to as possible."""
        least = self.calibration_of(evidence).possible
        return bool(evidence) and least <= evidence[0].probability < self.threshold(evidence)

    def sureness(self, evidence: Sequence[Evidence]) -> Sureness:
        """Return how sure an answer is that rests on all of this evidence."""
        least = min(item.probability for item in evidence)
        made = self.calibration_of(evidence)
        if least >= made.sure:
            return Sureness.VERY_CONFIDENT
        return Sureness.CONFIDENT if least >= made.threshold else Sureness.TENTATIVE

    def select(self, question: str, evidence: Sequence[Evidence]) -> list[Evidence]:
        """Return what of the evidence answers, surest first; further pieces where several may."""
        passed = above_threshold(evidence, self.threshold(evidence))
        if not expects_several(question):
            return passed[:1]
        return [item for item in passed if item.probability >= NEARLY * passed[0].probability]
