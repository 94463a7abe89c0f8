"""Word the figures: the format of each figure, and one line on its meaning."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from citewell.evaluation.report_html import plots

NOTHING = "–"


def percent(share: float) -> str:
    """Return a share as a percentage; only 0 is shown as 0% and only 1 as 100%.

    >>> percent(0.567), percent(0.0976), percent(0.9996), percent(0.0001), percent(1.0)
    ('57%', '9.8%', '99.9%', '0.1%', '100%')
    """
    if share in (0.0, 1.0):
        return f"{share:.0%}"
    return f"{min(max(share, 0.001), 0.999):.1%}" if share < 0.1 or share > 0.99 else f"{share:.0%}"  # noqa: PLR2004


def decimal(value: float) -> str:
    """Return a figure that is not a share as text."""
    return f"{value:.2f}"


def milliseconds(value: float) -> str:
    """Return a time as text, from one second on in seconds.

    >>> milliseconds(329.6), milliseconds(1204.0), milliseconds(0.21)
    ('330 ms', '1.2 s', '0.2 ms')
    """
    if value >= 1000:  # noqa: PLR2004
        return f"{value / 1000:,.1f} s"
    return f"{value:.0f} ms" if value >= 10 else f"{value:.1f} ms"  # noqa: PLR2004


FORMATS = {"percent": percent, "decimal": decimal, "milliseconds": milliseconds}


@dataclass(frozen=True, slots=True)
class Headline:
    """A figure at the top of the page.

    Attributes:
        path: The figure's name in the JSON and in docs/evaluation.md.
        title: The figure's plain name.
        meaning: The figure's meaning, in one line.
        of: The items that the figure is over.
        score: The name, in a record's scores, of the score that is counted; "" when the count is the
            section's n.
        shown: One of FORMATS.
    """

    path: str
    title: str
    meaning: str
    of: str
    score: str = ""
    shown: str = "percent"


HEADLINES = (
    Headline(
        "answered.right",
        "Right, of the answers given",
        "The answer holds a right answer, and a citation of it touches the evidence.",
        "answers",
    ),
    Headline(
        "answerable.f1",
        "F1",
        "How far the words of the short answer and of the right one agree: 1 is the same words, 0 none.",
        "answerable questions",
        shown="decimal",
    ),
    Headline(
        "answerable.exact_match",
        "Exact match",
        "The short answer is one of the right answers, word for word.",
        "answerable questions",
    ),
    Headline(
        "answerable.false_abstention",
        "False abstention",
        "The article says, and no answer was given. Lower is better.",
        "answerable questions",
    ),
    Headline(
        "unanswerable.abstention_recall",
        "Abstention recall",
        "The article does not say, and no answer was given.",
        "unanswerable questions",
    ),
    Headline(
        "citations.exact",
        "Citation exactness",
        "The quoted characters stand in the article exactly where the citation says.",
        "citations",
    ),
    Headline(
        "citations.precision",
        "Citation precision",
        "Of the characters that are cited, the share that is evidence.",
        "answers with known evidence",
        score="citation_precision",
    ),
    Headline(
        "citations.recall",
        "Citation recall",
        "Of the evidence, the share that is cited.",
        "answers with known evidence",
        score="citation_recall",
    ),
    Headline(
        "retrieval.recall@5",
        "Recall at 5",
        "Of the passages with the evidence, the share that is among the first five found.",
        "questions with known evidence",
    ),
    Headline(
        "calibration.ece",
        "Calibration error",
        "How far the stated confidence lies from the share that is right, on average. Lower is better.",
        "answers",
        shown="decimal",
    ),
    Headline(
        "latency_ms.p50",
        "Time, median",
        "Half of the questions took no longer than this, one after another on one machine.",
        "questions",
        shown="milliseconds",
    ),
    Headline(
        "latency_ms.p95",
        "Time, 95th percentile",
        "Nineteen of twenty questions took no longer than this.",
        "questions",
        shown="milliseconds",
    ),
)

# The columns of the table by kind: name in the JSON, heading, format.
COLUMNS = (
    ("right", "Right, of answers", "percent"),
    ("f1", "F1", "decimal"),
    ("exact_match", "Exact match", "percent"),
    ("contains", "Contains", "percent"),
    ("evidence_recall", "Evidence shown", "percent"),
    ("false_abstention", "False abstention", "percent"),
    ("abstention_recall", "Abstention recall", "percent"),
)


def headlines(report: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the figures at the top as the page shows them; a figure without a value says so."""
    return [_headline(item, report) for item in HEADLINES]


def _headline(item: Headline, report: Mapping[str, Any]) -> dict[str, Any]:
    section, _, name = item.path.partition(".")
    form = FORMATS[item.shown]
    value = report.get(section, {}).get(name)
    if section == "latency_ms":
        span = report.get(section, {}).get("intervals", {}).get(name)
        n = sum("total" in record["latency_ms"] for record in report["questions"])
        times = [*report.get(section, {}).get("intervals", {}).values()]
        most = max((high for _, high in times), default=1.0)
    else:
        span = report.get("intervals", {}).get(item.path)
        n = report.get(section, {}).get("n", 0)
        most = 1.0
    if item.score:
        n = sum(item.score in record["scores"] for record in report["questions"])
    return {
        "path": item.path,
        "title": item.title,
        "meaning": item.meaning,
        "value": NOTHING if value is None else form(value),
        "interval": f"{form(span[0])} to {form(span[1])}" if span and value is not None else "",
        "of": f"{n:,} {_count(n, item.of)}" if value is not None else "nothing to measure",
        "bar": plots.interval(value, span[0], span[1], most) if span and value is not None else "",
    }


def _count(n: int, words: str) -> str:
    """Return the words for counted items, in the singular where `n` is 1."""
    return re.sub(r"s\b", "", words, count=1) if n == 1 else words


def kind_rows(groups: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the rows of the table by kind, or by article."""
    return [
        {
            "kind": kind,
            "n": f"{row['n']:,}",
            "answerable": f"{row['answerable']:,}",
            "cells": [
                (heading, NOTHING if row.get(name) is None else FORMATS[shown](row[name]))
                for name, heading, shown in COLUMNS
            ],
        }
        for kind, row in groups.items()
    ]


# The labels of the known settings of a set-up; a setting that is not listed is shown by its path.
SETUP = {
    "questions.name": "Questions",
    "questions.sha256": "SHA-256 of the questions",
    "questions.given_article": "Each asked of its own article alone",
    "articles.n": "Articles",
    "articles.sha256": "SHA-256 of the articles",
    "settings.reader": "Reader",
    "settings.generator": "Generator",
    "settings.threshold": "Threshold that was set",
    "settings.passages": "Passages read",
    "settings.max_statements": "Statements of an answer, at most",
    "settings.max_answer_tokens": "Tokens of an answer, at most",
    "settings.prompt_tokens": "Tokens that a language model is given, where not all fit",
    "settings.encoder": "Encoder",
    "settings.encoder_sha256": "SHA-256 of the encoder",
    "settings.vector_index": "Vector index",
    "settings.lexical": "Search by words",
    "settings.passage_tokens": "Tokens of a passage, at most",
    "citewell": "citewell",
}


def setup_rows(report: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the set-up that produced the report, in the JSON's order: label and value."""
    rows = [("Questions asked", f"{report.get('n', len(report['questions'])):,}")]
    splits = dict.fromkeys(record["split"] for record in report["questions"] if record["split"])
    rows += [("Split", ", ".join(splits))] if splits else []
    threshold = report.get("calibration", {}).get("threshold")
    rows += [("Threshold", f"{threshold:g}")] if threshold is not None else []
    return rows + [
        (SETUP.get(path, path), _word(value)) for path, value in _leaves(dict(report.get("about", {})), "")
    ]


def byline(report: Mapping[str, Any]) -> list[str]:
    """Return the set-up that produced the report, in a few words for the top of the page."""
    about, n = report.get("about", {}), report.get("about", {}).get("articles", {}).get("n")
    splits = dict.fromkeys(record["split"] for record in report["questions"] if record["split"])
    chosen = about.get("settings", {})
    threshold = report.get("calibration", {}).get("threshold")
    parts = [f"split {', '.join(splits)}"] if splits else []
    parts += [f"{n:,} article{'s' if n != 1 else ''}"] if n is not None else []
    parts += [f"{name} {chosen[name]}" for name in ("encoder", "reader") if name in chosen]
    return parts + ([f"threshold {threshold:.3g}"] if threshold is not None else [])


def _leaves(value: Any, path: str) -> list[tuple[str, Any]]:
    if not isinstance(value, dict):
        return [(path, value)]
    return [
        leaf for name, inner in value.items() for leaf in _leaves(inner, f"{path}.{name}" if path else name)
    ]


def _word(value: Any) -> str:
    if value is None:
        return "the reader’s own"
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
