"""Write what was said in the forms that other programs measure: SQuAD's scripts, and ragas."""

import json
from collections.abc import Callable, Mapping
from enum import StrEnum
from pathlib import Path

from citewell.answers.answer import MESSAGES, Abstention
from citewell.errors import ReportError
from citewell.evaluation.records import Prediction, Record
from citewell.evaluation.report import Report

# The right reply to a question that the articles do not answer.
SILENCE = MESSAGES[Abstention.NOT_ANSWERED]


class Format(StrEnum):
    """The form of a file of predictions."""

    SQUAD = "squad"
    RAGAS = "ragas"


def files(report: Report, path: Path, form: Format) -> Mapping[Path, Callable[[], str]]:
    """Return what makes the text of each file.

    Args:
        report: The report.
        path: The file of the predictions. SQuAD's probabilities stand in a second file beside it, whose name
            has `.na_prob` before the suffix.
        form: The form.

    Raises:
        ReportError: No question was to be answered, as with the queries of a BEIR folder.
    """
    if not answered(report):
        message = f"{path}: nothing was answered, so there are no predictions; a BEIR folder is ranked alone"
        raise ReportError(message)
    if form is Format.RAGAS:
        return {path: lambda: to_ragas(report)}
    beside = path.with_name(f"{path.stem}.na_prob{path.suffix}")
    return {path: lambda: to_squad(report), beside: lambda: to_na_probabilities(report)}


def to_squad(report: Report) -> str:
    """Return the short answers by the ids of their questions, as SQuAD's scripts read them.

    The answer is "" where none was given. A question that could not be asked is left out.
    """
    return write({record["id"]: said["short"] for record, said in answered(report)})


def to_na_probabilities(report: Report) -> str:
    """Return by the same ids the probability, in [0, 1], that the article does not answer."""
    return write({record["id"]: round(1 - said["confidence"], 6) for record, said in answered(report)})


def to_ragas(report: Report) -> str:
    """Return a line of JSON for each question, with the keys of ragas's SingleTurnSample (ragas 0.4).

    The question is the one that stands alone. The reference of a question that the articles do not answer is
    the sentence that says so.
    """
    lines = []
    for record, said in answered(report):
        texts = [statement["text"] for statement in said["statements"]]
        sample = {
            "user_input": record["standalone"] or record["question"],
            "response": " ".join(texts) or said["text"],
            "reference": record["answers"][0] if record["answers"] else SILENCE,
            "retrieved_contexts": [
                report.passages[found["passage"]]["text"] for found in record["retrieved"]
            ],
            "retrieved_context_ids": [found["passage"] for found in record["retrieved"]],
            "reference_contexts": record["evidence"],
        }
        lines.append(json.dumps(sample) + "\n")
    return "".join(lines)


def answered(report: Report) -> list[tuple[Record, Prediction]]:
    """Return the questions that were asked, each with what was said."""
    return [(record, said) for record in report.records if (said := record["prediction"])]


def write(told: Mapping[str, object]) -> str:
    """Return an object as a text of JSON in ASCII."""
    return json.dumps(told, indent=1, allow_nan=False) + "\n"
