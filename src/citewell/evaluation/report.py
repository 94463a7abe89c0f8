"""Keep a record of each question, and derive every figure from the records.

A record is the JSON of one question. A written report is read back unchanged, and code that shows or compares
reports needs only its JSON.
"""

import json
import math
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from citewell.errors import ReportError
from citewell.evaluation import metrics, reliability
from citewell.evaluation.figures import FIGURES, FIGURES_BY_PATH, OF_A_KIND, TIMES, json_number
from citewell.evaluation.records import PassageRecord, Record

# trec_eval keeps seven digits of a score, and sorts hits of the same score by their names.
TIE_STEP = 1e-7
# The fields of a record that a file of questions has, where they hold something.
QUESTION = ("id", "kind", "split", "question", "history", "evidence", "document_id")


@dataclass(frozen=True, slots=True)
class Report:
    """The results of an evaluation.

    Attributes:
        records: One record a question, in order.
        passages: Every passage that a record names, by id.
        threshold: Probability from which on an answer was given; None when nothing was answered.
        about: A description of what was evaluated; a JSON object.
    """

    records: Sequence[Record]
    passages: Mapping[str, PassageRecord] = field(default_factory=dict)
    threshold: float | None = None
    about: Mapping[str, object] = field(default_factory=dict)

    @property
    def errors(self) -> list[Record]:
        """The questions that could not be asked."""
        return [record for record in self.records if record["error"]]

    def to_dict(self) -> dict[str, object]:
        """Return the report as JSON; docs/evaluation.md defines every figure.

        Questions with an error are counted under `errors` and in no mean.
        """
        sections: dict[str, dict[str, object]] = {}
        for figure in FIGURES:
            section, _, name = figure.path.partition(".")
            values = sections.setdefault(section, {"n": len(_list_measured(self.records, section))})
            values[name] = figure.value(self.records)
        sections["calibration"] |= self._curves()
        return {
            "n": len(self.records),
            "errors": len(self.errors),
            **sections,
            "latency_ms": self._latency(),
            "stages": self._stages(),
            "by_kind": group(self.records, [record["kind"] for record in self.records]),
            "by_article": group(self.records, [article_of(record) for record in self.records]),
            "intervals": {
                figure.path: list(found)
                for figure in FIGURES
                if (found := metrics.interval(figure.rows(self.records), figure.statistic))
            },
            "questions_measured": {figure.path: len(figure.rows(self.records)) for figure in FIGURES},
            "about": dict(self.about),
            "passages": dict(self.passages),
            "questions": list(self.records),
        }

    def _curves(self) -> dict[str, object]:
        """Return the data of the reliability diagram and the risk–coverage plot."""
        given = FIGURES_BY_PATH["calibration.ece"].rows(self.records)
        guessed = FIGURES_BY_PATH["calibration.risk_coverage_auc"].rows(self.records)
        asked = len(self.records) - len(self.errors)
        return {
            "threshold": self.threshold,
            "reliability": [
                {name: json_number(value) for name, value in item._asdict().items()}
                for item in (reliability.reliability(given) if len(given) else ())
            ],
            "risk_coverage": [
                point._asdict()
                for point in (reliability.risk_coverage(guessed, asked) if len(guessed) else ())
            ],
        }

    def _latency(self) -> dict[str, object]:
        stages: dict[str, list[float]] = {}
        for record in self.records:
            for stage, time in record["latency_ms"].items():
                stages.setdefault(stage, []).append(time)
        intervals = {
            figure.name: metrics.interval(figure.rows(self.records), figure.statistic) for figure in TIMES
        }
        return {
            **{figure.name: figure.value(self.records) for figure in TIMES},
            "intervals": {name: list(found) for name, found in intervals.items() if found},
            "by_stage": {
                stage: {"p50": metrics.percentile(times, 0.5), "p95": metrics.percentile(times, 0.95)}
                for stage, times in stages.items()
                if stage != "total"
            },
        }

    def _stages(self) -> dict[str, int]:
        """Count the questions by the stage that failed, the most frequent first."""
        failed = [record["stage_failed"] for record in self.records if record["stage_failed"]]
        return {
            stage: failed.count(stage) for stage in sorted(set(failed), key=lambda s: (-failed.count(s), s))
        }

    def to_questions(self) -> str:
        """Return the questions that failed or could not be asked, as a file of questions; "" without any.

        Each line says besides which stage failed and what was said.
        """
        return "".join(
            json.dumps(failed_question(record)) + "\n"
            for record in self.records
            if record["stage_failed"] or record["error"]
        )

    def to_json(self) -> str:
        """Return the JSON as text; only the values of `latency_ms` differ from one run to the next."""
        return json.dumps(self.to_dict(), indent=1, allow_nan=False) + "\n"

    def to_trec(self) -> str:
        """Return the run in trec_eval's format: query, Q0, passage, rank, score, tag.

        Where two scores are the same, one is lowered by TIE_STEP, so that trec_eval keeps our order.
        """
        lines = []
        for record in self.records:
            last = math.inf
            for rank, found in enumerate(record["retrieved"], start=1):
                last = min(found["score"], last - TIE_STEP)
                lines.append(
                    f"{_token(record['id'])} Q0 {_token(found['passage'])} {rank} {last:.9f} citewell\n"
                )
        return "".join(lines)

    def to_qrels(self) -> str:
        """Return the relevant passages in trec_eval's format: query, 0, passage, gain."""
        return "".join(
            f"{_token(record['id'])} 0 {_token(passage)} {gain}\n"
            for record in self.records
            if not record["error"]
            for passage, gain in record["relevant"].items()
        )


def failed_question(record: Record) -> dict[str, object]:
    """Return a question that failed as a line of a file of questions, with what failed and what was said."""
    asked = {name: value for name, value in record.items() if name in QUESTION and value not in ("", [])}
    return {
        **asked,
        "answers": record["answers"],
        "answerable": record["answerable"],
        "stage_failed": record["stage_failed"] or f"error: {record['error']}",
        "said": record["prediction"]["text"] if record["prediction"] else "",
    }


def article_of(record: Record) -> str:
    """Return the id of the article that a question is about, by its name or its evidence.

    It is "" when neither says so, and where no answer was asked for.
    """
    if not record["prediction"]:
        return ""
    return record["document_id"] or next((place["document_id"] for place in record["gold"]), "")


def group(records: Sequence[Record], names: Sequence[str]) -> dict[str, dict[str, object]]:
    """Return the figures of each group of records, by name; a record without a name is in no group."""
    found: dict[str, dict[str, object]] = {}
    for name in sorted({name for name in names if name}):
        inside = [record for record, its in zip(records, names, strict=True) if its == name]
        found[name] = {
            "n": len(inside),
            "answerable": sum(item["answerable"] for item in inside),
            **{figure.name: figure.value(inside) for figure in OF_A_KIND},
        }
    return found


def _list_measured(records: Iterable[Record], section: str) -> list[object]:
    """Return the items that a section of the report counts as its n."""
    predicted = [record for record in records if record["prediction"]]
    answered = [
        record for record in predicted if record["prediction"] and not record["prediction"]["abstention"]
    ]
    counted: dict[str, list[object]] = {
        "answerable": [record for record in predicted if record["answerable"]],
        "unanswerable": [record for record in predicted if not record["answerable"]],
        "answered": [*answered],
        "citations": [
            citation
            for item in answered
            if item["prediction"]
            for citation in item["prediction"]["citations"]
        ],
        "retrieval": [record for record in records if "ndcg@10" in record["scores"]],
        "calibration": [*answered],
        "overall": [*predicted],
    }
    return counted[section]


def _token(id_: str) -> str:
    """Return an id as one word, for files whose columns are separated by white space."""
    return re.sub(r"[\s%]", lambda found: "".join(f"%{byte:02X}" for byte in found[0].encode()), id_)


def write(path: Path, text: str) -> None:
    """Write a file in one step: a program that is killed leaves the whole old file or the whole new one.

    Raises:
        ReportError: The file cannot be written.
    """
    target = path.resolve()
    aside = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        if target.exists() and not target.is_file():
            target.write_text(text, encoding="utf-8")  # a pipe or /dev/stdout; a folder is an OSError
            return
        try:
            with aside.open("w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            aside.replace(target)
        finally:
            aside.unlink(missing_ok=True)
    except OSError as error:
        message = f"{path}: cannot be written: {error.strerror or error}; name a file in a folder that exists"
        raise ReportError(message) from error
