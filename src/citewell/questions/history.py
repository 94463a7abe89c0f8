"""Hold the conversation before a question."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from citewell.text.normalisation import normalise

# A follow-up refers only to the last few turns, and to a few words of them.
LONGEST_TURN = 2_000
MOST_TURNS = 20


@dataclass(frozen=True, slots=True)
class Turn:
    """One earlier exchange.

    Attributes:
        question: The question as resolved then, or as asked.
        answer: The answer that was shown; "" when unknown.
    """

    question: str
    answer: str = ""


class AnsweredTurn(Protocol):
    """The parts of an earlier Answer that are used: its question as resolved, and its text."""

    @property
    def standalone(self) -> str:
        """The question as resolved."""
        ...

    @property
    def text(self) -> str:
        """The answer that was shown."""
        ...


History: TypeAlias = Sequence[AnsweredTurn | Mapping[str, object] | str]
"""Earlier Answers, `{"role", "content"}` messages, or earlier questions; oldest first."""


def clean_turn(said: str) -> str:
    """Return a turn's text normalised, on one line, cut to LONGEST_TURN characters."""
    return " ".join(normalise(said[:LONGEST_TURN]).split())


def message_text(content: object) -> str:
    """Return a message's text: a string, or the text blocks of a list."""
    if isinstance(content, str):
        return content
    if isinstance(content, Sequence):
        blocks = [block.get("text", "") if isinstance(block, Mapping) else block for block in content]
        return " ".join(block for block in blocks if isinstance(block, str))
    return ""
