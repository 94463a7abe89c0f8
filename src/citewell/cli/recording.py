"""Add what was asked and answered to a file, where the operator names one."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path

from citewell.answers.answer import Answer
from citewell.errors import ReportError

# What people ask is private: only the account that runs citewell may read the file.
PRIVATE = 0o600


def record(path: Path | None, answer: Answer) -> Answer:
    """Add an answer to a file, as one line of JSON with the time; without a file, do nothing.

    The line is written in one piece, so that several processes can share a file.

    Returns:
        The answer.

    Raises:
        ReportError: The file cannot be written.
    """
    if path is None:
        return answer
    told = {"at": datetime.now(UTC).isoformat(timespec="seconds"), "answer": answer.to_dict()}
    line = json.dumps(told).encode("ascii") + b"\n"
    try:
        file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, PRIVATE)
        try:
            os.write(file, line)
        finally:
            os.close(file)
    except OSError as error:
        message = f"{path}: cannot be written: {error.strerror or error}; name a file in a folder that exists"
        raise ReportError(message) from error
    return answer
