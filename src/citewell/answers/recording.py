"""Add what was asked and answered to a file, where the operator names one."""

import json
import logging
import os
from datetime import UTC, datetime
from pathlib import Path

from citewell.answers.answer import Answer
from citewell.errors import ReportError

LOG = logging.getLogger(__name__)

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
    append(path, json.dumps(told).encode("ascii") + b"\n")
    return answer


def append(path: Path, line: bytes) -> None:
    """Add bytes to a file, which is made if it is not there.

    Raises:
        ReportError: The file cannot be written.
    """
    try:
        file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, PRIVATE)
        try:
            os.write(file, line)
        finally:
            os.close(file)
    except OSError as error:
        message = f"{path}: cannot be written: {error.strerror or error}; name a file in a folder that exists"
        raise ReportError(message) from error


def record_for_visitor(path: Path | None, answer: Answer) -> Answer:
    """Record an answer as `record` does; a visitor is answered even where the file cannot be written."""
    try:
        record(path, answer)
    except ReportError:  # its message names the operator's file
        LOG.exception("an answer was not recorded")
    return answer
