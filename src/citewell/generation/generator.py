"""Define the interface of a generator: its request, and the pieces that it yields."""

from collections.abc import Generator as Yielding
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from citewell.questions.history import Turn
from citewell.reading.reader import Calibration


@dataclass(frozen=True, slots=True)
class Marker:
    """A reference that a generator writes: the number of an evidence item, from 1; any other is dangling."""

    number: int


@dataclass(frozen=True, slots=True)
class ShortAnswer:
    """The answer in the fewest words; it is kept only when the statements contain it."""

    text: str


@dataclass(frozen=True, slots=True)
class GenerationRequest:
    """A request to a generator to put evidence into words.

    Attributes:
        question: A question that stands alone.
        evidence: Verbatim texts of the articles, in document order: passages for a generator with room for
            them, otherwise sentences that answer. A marker's number is the place in this tuple, from 1.
        likely: Numbers of the texts in which a reader found an answer; may be empty.
        found: Short answers that a reader found; may be empty.
        statements: Most statements in the answer.
        whole: Whether the question is about all of the evidence, as for a summary.
    """

    question: str
    evidence: tuple[str, ...]
    likely: tuple[int, ...] = ()
    found: tuple[str, ...] = ()
    statements: int = 1
    whole: bool = False


Pieces: TypeAlias = Yielding[str | Marker | ShortAnswer]
"""The iterator that a generator returns. A function with `yield` makes one, and it can be closed."""


class Generator(Protocol):
    """Put evidence into words."""

    @property
    def name(self) -> str:
        """Name in the trace of the answer, with the model; it has no address and no key."""
        ...

    @property
    def room(self) -> int:
        """Tokens of passages that the generator can read, as tiktoken counts them.

        0 for a generator that adds no words of its own: it is given only the sentences that answer.
        """
        ...

    @property
    def grading(self) -> Calibration | None:
        """The map from scores of `grade` to probabilities; None when the grades must not be used."""
        ...

    def grade(self, question: str, answer: str, text: str) -> float | None:
        """Return the log odds that an answer is right; None when the generator cannot say.

        Args:
            question: A question that stands alone.
            answer: The answer in few words, taken from the text.
            text: Sentences of an article.

        Raises:
            GeneratorError: The generator cannot be asked.
        """
        ...

    def generate(self, task: GenerationRequest) -> Pieces:
        """Yield pieces of text and markers; a statement is the text up to its markers.

        The text may be wrong: each statement is verified against the evidence that its markers number.
        Closing the iterator stops the writing at once.

        Raises:
            GeneratorError: The generator cannot write, or broke off; the pieces before that stay valid.
        """
        ...

    def standalone(self, question: str, earlier: Sequence[Turn]) -> str:
        """Return a follow-up as a question that stands alone; "" when the generator cannot rewrite it.

        Args:
            question: The follow-up as asked.
            earlier: The earlier turns, oldest first; not empty.

        Raises:
            GeneratorError: The generator cannot write, or broke off.
        """
        ...
