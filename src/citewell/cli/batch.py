"""Answer a file of questions, one JSON object a line, and write one JSON object a line.

In: `{"id", "question", "history"}`; `id` and `history` may be left out, and other keys are ignored, so a
question file of `citewell evaluate` will do. Out: the id, then the answer's JSON; or the id, the line and the
`error` of a question that could not be asked.
"""

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from citewell.answers.answer import Answer
from citewell.errors import CitewellError, QuestionsFileError
from citewell.questions.history import History

STDIN = Path("-")


def read_lines(file: Path) -> Iterator[tuple[int, bytes]]:
    """Yield the number and bytes of each line that is not blank, as soon as it comes; - is standard input.

    Raises:
        QuestionsFileError: The file cannot be read, or every line is blank.
    """
    number = found = 0
    try:
        with sys.stdin.buffer if file == STDIN else file.open("rb") as lines:
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    found += 1
                    yield number, line
    except OSError as error:
        message = f"{file}: cannot be read: {error.strerror or error}; give a file of questions, or -"
        raise QuestionsFileError(message) from error
    if not found:
        message = f"{file}: holds no question; one JSON object a line is wanted"
        raise QuestionsFileError(message)


def parse(line: bytes) -> tuple[str | int | None, str, History]:
    """Return a line's id (None without one), question and history.

    Raises:
        QuestionsFileError: The line is no such object.
    """
    try:
        given = json.loads(line.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        message = f"is no JSON in UTF-8 ({error}); one object a line is wanted"
        raise QuestionsFileError(message) from error
    if not isinstance(given, dict) or not isinstance(given.get("question"), str):
        message = 'holds no question; {"id": …, "question": "…", "history": […]} is wanted'
        raise QuestionsFileError(message)
    id_, history = given.get("id"), given.get("history") or []
    fits = isinstance(history, list) and all(isinstance(turn, str | dict) for turn in history)
    if not fits or not isinstance(id_, str | int | None):
        message = "'id' is a string or a number, 'history' a list of earlier questions or of messages"
        raise QuestionsFileError(message)
    return id_, given["question"], history


def answer_lines(
    file: Path, ask: Callable[[str, History], Answer], write: Callable[[Mapping[str, Any]], None]
) -> int:
    """Ask each question of a file, write each answer as soon as it is known, and return how many failed.

    Raises:
        QuestionsFileError: The file cannot be read, or holds no question.
    """
    failed = 0
    for number, line in read_lines(file):
        id_: str | int | None = None
        try:
            id_, question, history = parse(line)
            told: dict[str, Any] = {"id": id_, **ask(question, history).to_dict()}
        except CitewellError as error:
            failed += 1
            told = {"id": id_, "line": number, "error": str(error)}
        write(told)
    return failed
