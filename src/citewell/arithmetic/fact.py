"""Hold the result of a calculation: a sentence, its short answer and its proof."""

from dataclasses import dataclass

from citewell.reading.evidence import Evidence

YES, NO = "Yes", "No"


@dataclass(frozen=True, slots=True)
class Fact:
    """The result of a calculation.

    Attributes:
        text: The result as a sentence.
        short: The part of the sentence that answers: yes or no, or an amount.
        proof: Evidence for each amount, each of one sentence.
        probability: Probability that every amount was read correctly, in (0, 1).
    """

    text: str
    short: str
    proof: tuple[Evidence, ...]
    probability: float
