"""What a generator is, what it is asked, and what it yields."""

from collections.abc import Generator as Yielding
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from citewell.questions.history import Turn
from citewell.reading.reader import Calibration


@dataclass(frozen=True, slots=True)
class Marker:
    """A reference written by a generator: the number of an evidence item, from 1; any other dangles."""

    number: int


@dataclass(frozen=True, slots=True)
class ShortAnswer:
    """What of the statements answers in the fewest words; kept only where they say it."""

    text: str


@dataclass(frozen=True, slots=True)
class GenerationRequest:
    """What a generator is asked to put into words.

    Attributes:
        question: Standing alone.
        evidence: Verbatim texts of the articles, in document order; a marker's number is the place
            here, from 1. Sentences that answer or, for a generator with room for passages, passages.
        likely: Numbers of those in which a reader found an answer; may be empty.
        found: What a reader took to be the answer, in few words; may be empty.
        statements: How many the answer may have at most.
        whole: Whether all of the evidence is asked about, as for a summary.
    """

    question: str
    evidence: tuple[str, ...]
    likely: tuple[int, ...] = ()
    found: tuple[str, ...] = ()
    statements: int = 1
    whole: bool = False


Pieces: TypeAlias = Yielding[str | Marker | ShortAnswer]
"""What a generator yields; a function with `yield` gives one, which can be closed."""


class Generator(Protocol):
    """Put evidence into words."""

    @property
    def name(self) -> str:
        """What the trace says wrote the answer, with the model; no address and no key."""
        ...

    @property
    def room(self) -> int:
        """Tokens of passages that it can read, as tiktoken counts them.

        0 for one that adds no words of its own: it is given the sentences that answer, and nothing else.
        """
        ...

    @property
    def grading(self) -> Calibration | None:
        """The map from `graded` scores to probabilities; None when its grades are not to be used."""
        ...

    def grade(self, question: str, answer: str, text: str) -> float | None:
        """Return how much likelier an answer is right than wrong, as log odds; None when it cannot say.

        Args:
            question: Standing alone.
            answer: In few words, taken from the text.
            text: Sentences of an article.

        Raises:
            GeneratorError: It cannot be asked.
        """
        ...

    def generate(self, task: GenerationRequest) -> Pieces:
        """Yield pieces of text and markers; a statement is the text up to its markers.

        The text needs no truth: whatever it says is verified against what its markers number. Closing
        the iterator stops the writing at once.

        Raises:
            GeneratorError: It cannot write, or broke off; what it wrote before stands.
        """
        ...

    def standalone(self, question: str, earlier: Sequence[Turn]) -> str:
        """Return a follow-up as a question that can be asked by itself; "" when it does not know how.

        Args:
            question: As asked.
            earlier: What was said before, oldest first; not empty.

        Raises:
            GeneratorError: As above.
        """
        ...
