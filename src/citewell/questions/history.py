"""Hold what was said before a question."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from citewell.text.normalisation import normalise

# The next question leans on the last ones, and on a few words of them.
LONGEST_TURN = 2_000
MOST_TURNS = 20


@dataclass(frozen=True, slots=True)
class Turn:
    """One earlier exchange.

    Attributes:
        question: As resolved then, or as asked.
        answer: What was shown; "" when unknown.
    """

    question: str
    answer: str = ""


class AnsweredTurn(Protocol):
    """What an earlier Answer gives: its question as resolved, and its text."""

    @property
    def standalone(self) -> str:
        """The question as resolved."""
        ...

    @property
    def text(self) -> str:
        """What was shown."""
        ...


History: TypeAlias = Sequence[AnsweredTurn | Mapping[str, object] | str]
"""Earlier Answers, or `{"role", "content"}` messages, or earlier questions; oldest first."""


def clean_turn(said: str) -> str:
    """Return what was said on one line, normalised, at most LONGEST_TURN characters of it."""
    return " ".join(normalise(said[:LONGEST_TURN]).split())


def message_text(content: object) -> str:
    """Return a message's text: a string, or the text blocks of a list."""
    if isinstance(content, str):
        return content
    if isinstance(content, Sequence):
        blocks = [block.get("text", "") if isinstance(block, Mapping) else block for block in content]
        return " ".join(block for block in blocks if isinstance(block, str))
    return ""
