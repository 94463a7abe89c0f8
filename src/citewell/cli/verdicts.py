"""Keep a person's verdict on the last answer of a chat as a line of a question file."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from citewell.answers.answer import Answer
from citewell.documents.document import Document
from citewell.web import feedback

RIGHT, WRONG = "+", "-"
HELP = "+ says that the last answer is right, - that it is wrong; behind - you may type the right answer."


def is_verdict(line: str) -> bool:
    """Whether a line judges the last answer."""
    return line == RIGHT or line[:1] == WRONG


def keep(line: str, said: Sequence[Answer], documents: Sequence[Document], path: Path) -> Path:
    """Keep a verdict on the last answer, and return the file that holds it.

    Args:
        line: The verdict as typed.
        said: The answers of the conversation, oldest first; not empty.
        documents: The articles that were asked.
        path: The question file; a verdict that tells no right answer goes to a file beside it.

    Raises:
        FeedbackError: The verdict contradicts itself, or cannot be written.
    """
    typed = line[1:].strip()
    verdict = feedback.Feedback(
        said[-1],
        "up" if line == RIGHT else "down",
        datetime.now(UTC),
        history=tuple(answer.question for answer in said[:-1]),
        answers=(typed,) if typed else (),
    )
    return feedback.keep(verdict, documents, path)
