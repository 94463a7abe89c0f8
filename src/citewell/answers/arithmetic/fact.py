"""Say what was calculated: a sentence, its short answer and its proof."""

from dataclasses import dataclass

from citewell.reading.evidence import Evidence

YES, NO = "Yes", "No"


@dataclass(frozen=True, slots=True)
class Fact:
    """What follows from what was read.

    Attributes:
        text: A sentence.
        short: What of it answers: yes or no, an amount, or one of two.
        proof: What was read for each amount, each of one sentence.
        probability: That all of it was read rightly, in (0, 1).
    """

    text: str
    short: str
    proof: tuple[Evidence, ...]
    probability: float
