"""Measure the exported reader on what was held back, and write the model card."""

import argparse
import json
import math
import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from string import Template
from typing import Any

import numpy as np
from numpy.typing import NDArray

from citewell.checking.citations import Statement as Written
from citewell.checking.citations import cite
from citewell.checking.verification import find_objection
from citewell.documents.document import document
from citewell.documents.passages import Passage
from citewell.evaluation import metrics
from citewell.reading.reader import Reader
from citewell.reading.readers.cross_encoder import create
from citewell.text.sentences import sentences
from citewell.text.spans import Span
from training import contradictions
from training.examples import held_back_questions, held_back_statements
from training.records import Question, Statement

Values = NDArray[np.float64]
MADE = 600  # statements with something swapped
RANKED = 100  # questions whose passage is looked for among all of its article

CARD = Path(__file__).parent / "card.md"


def named_folder(text: str) -> tuple[str, Path]:
    """Read NAME=FOLDER."""
    name, _, folder = text.partition("=")
    if not name or not folder:
        message = f"{text!r} is not NAME=FOLDER"
        raise argparse.ArgumentTypeError(message)
    return name, Path(folder)


def measure(config: Mapping[str, Any], data: Path, folders: Mapping[str, Path]) -> dict[str, Any]:
    """Return every figure of the card.

    Args:
        config: Of config.toml.
        data: The data sets.
        folders: Weights by name, "int8" and, where they are at hand, "fp32".
    """
    articles = config["held_back"].get("clean", config["held_back"]["articles"])
    questions = [row for row in held_back_questions(config, data) if row.title in articles]
    figures: dict[str, Any] = {"articles": articles, "questions": len(questions)}
    readers = {name: create(folder=str(folder)) for name, folder in folders.items()}
    figures["reading"] = {name: reading(reader, questions) for name, reader in readers.items()}
    held = held_back_statements(config, data)
    figures["support"] = support(readers["int8"], held)
    rng = random.Random(config["seed"])
    made = list(contradictions.made(questions, [row for row in held if row.label == "entail"], MADE, rng))
    figures["swapped"] = swapped(readers["int8"], made)
    figures["ranking"] = ranking(readers["int8"], questions)
    return figures


def reading(reader: Reader, questions: Sequence[Question]) -> dict[str, list[float]]:
    """Return the figures of reading with the paragraph given, each with its 95 % interval.

    F1 at the best threshold is that of the official SQuAD 2.0 script; it is chosen on the questions
    that it is measured on, as there.
    """
    rows = []
    for question in questions:
        passage = whole(question.context)
        (found,) = reader.read(question.question, [passage])
        spans = found.short or found.evidence
        said = passage.text[spans[0].start : spans[-1].end]
        rows.append((found.score, bool(question.answers), metrics.f1(said, question.answers or [""])))
    table = np.array(rows, dtype=np.float64)
    return {
        statistic.__name__: [
            round(value, 4) for value in (statistic(table), *(metrics.interval(table, statistic) or ()))
        ]
        for statistic in (best_f1, forced_f1, auroc)
    }


def whole(text: str) -> Passage:
    """Return a text as one passage."""
    article = document(text, id="paragraph")
    return Passage(article, 0, len(article.text), tuple(sentences(article.text)))


def best_f1(rows: Values) -> float:
    """Return the mean F1 over all questions at the threshold that makes it highest.

    Args:
        rows: Score, whether it can be answered, and F1 of the answer [n, 3].
    """
    scores, answerable, f1 = rows.T
    gained = np.where(answerable == 1, f1, -1.0)[np.argsort(-scores, kind="stable")]
    silent = float((answerable == 0).sum())
    return float((silent + max(0.0, np.cumsum(gained).max())) / len(scores))


def forced_f1(rows: Values) -> float:
    """Return the mean F1 of the questions that can be answered when every one is; NaN without any."""
    found = rows[rows[:, 1] == 1, 2]
    return float(found.mean()) if len(found) else math.nan


def auroc(rows: Values) -> float:
    """Return the chance that an answerable question scores above an unanswerable one; NaN without both."""
    positive, negative = rows[rows[:, 1] == 1, 0], np.sort(rows[rows[:, 1] == 0, 0])
    if not len(positive) or not len(negative):
        return math.nan
    below = np.searchsorted(negative, positive, "left") + np.searchsorted(negative, positive, "right")
    return float(below.mean() / 2 / len(negative))


def support(reader: Reader, held: Sequence[Statement]) -> dict[str, dict[str, list[float]]]:
    """Return for each set what the network alone keeps of the supported and rejects of the others."""
    sets: dict[str, list[Statement]] = defaultdict(list)
    for row in held:
        sets[row.source].append(row)
    return {source: kept_and_rejected(reader, rows) for source, rows in sorted(sets.items())}


def kept_and_rejected(reader: Reader, rows: Sequence[Statement]) -> dict[str, list[float]]:
    """Return the share of entailed statements at 0.5 or above, and of others below, with their counts."""
    shares = np.array(reader.supports([(row.text, row.evidence) for row in rows]))
    entailed = np.array([row.label == "entail" for row in rows])
    return {
        "kept": [round(float((shares[entailed] >= 0.5).mean()), 4), int(entailed.sum())],
        "rejected": [round(float((shares[~entailed] < 0.5).mean()), 4), int((~entailed).sum())],
    }


def swapped(reader: Reader, made: Sequence[Statement]) -> dict[str, Any]:
    """Return what network and verifier make of statements with a number, name or negation swapped."""
    changed = [row for row in made if row.label == "contradict"]
    kept = [row for row in made if row.label == "entail"]
    return {
        "n": [len(changed), len(kept)],
        "network": kept_and_rejected(reader, made),
        "verifier_rejects": round(float(np.mean([bool(objected(reader, row)) for row in changed])), 4),
        "verifier_keeps": round(float(np.mean([not objected(reader, row) for row in kept])), 4),
    }


def objected(reader: Reader, row: Statement) -> str:
    """Return what the verifier of answers objects to a statement that cites its whole evidence."""
    passage = whole(row.evidence)
    citation = cite(passage.document, 0, Span(0, len(passage.text)), 1)
    return find_objection(Written(row.text, (citation,), (), ()), reader)


def ranking(reader: Reader, questions: Sequence[Question]) -> dict[str, float]:
    """Return how the relevance and the score rank a question's paragraph among all of its article."""
    contexts: dict[str, list[str]] = defaultdict(list)
    for question in questions:
        if question.context not in contexts[question.title]:
            contexts[question.title].append(question.context)
    asked = [question for question in questions if question.answer]
    ranks: dict[str, list[float]] = defaultdict(list)
    for question in asked[:: max(len(asked) // RANKED, 1)]:
        passages = [whole(context) for context in contexts[question.title]]
        found = reader.read(question.question, passages)
        own = contexts[question.title].index(question.context)
        for name, values in (
            ("relevance", [reading.relevance for reading in found]),
            ("score", [reading.score for reading in found]),
        ):
            ranks[name].append(1 + sum(value > values[own] for value in values))
    return {f"{name}_mrr": round(float(np.mean(1 / np.array(found))), 4) for name, found in ranks.items()}


def card(figures: Mapping[str, Any]) -> str:
    """Return the model card."""
    rows = [
        f"| {name} | {percent(found['best_f1'])} | {percent(found['forced_f1'])} "
        f"| {interval(found['auroc'], 1, 3)} |"
        for name, found in figures["reading"].items()
    ]
    sets = [
        f"| {name} | {100 * found['kept'][0]:.0f} % of {found['kept'][1]} | "
        f"{100 * found['rejected'][0]:.0f} % of {found['rejected'][1]} |"
        for name, found in figures["support"].items()
    ]
    swaps, ranks = figures["swapped"], figures["ranking"]
    return Template(CARD.read_text(encoding="utf-8")).substitute(
        articles=", ".join(name.replace("_", " ") for name in figures["articles"]),
        questions=figures["questions"],
        reading="\n".join(rows),
        support="\n".join(sets),
        swapped=swaps["n"][0],
        copied=swaps["n"][1],
        network_rejects=f"{100 * swaps['network']['rejected'][0]:.0f}",
        network_keeps=f"{100 * swaps['network']['kept'][0]:.0f}",
        verifier_rejects=f"{100 * swaps['verifier_rejects']:.0f}",
        verifier_keeps=f"{100 * swaps['verifier_keeps']:.0f}",
        relevance_mrr=f"{ranks['relevance_mrr']:.2f}",
        score_mrr=f"{ranks['score_mrr']:.2f}",
    )


def percent(found: Sequence[float]) -> str:
    """Return a figure in per cent with its interval."""
    return interval(found, 100, 1)


def interval(found: Sequence[float], scale: float, digits: int) -> str:
    """Return a figure with its interval."""
    value, low, high = (f"{scale * number:.{digits}f}" for number in found)
    return f"{value} ({low} to {high})"


def save(figures: Mapping[str, Any], path: Path) -> None:
    """Write the figures as JSON."""
    path.write_text(json.dumps(figures, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
