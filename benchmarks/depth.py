"""Compare how many of the passages that were found are read for a question.

    python -m benchmarks.depth [--questions 260]

Reads ten passages for each of so many `dev` questions of the article, of Wikinews and of the near misses, all
articles of a set loaded, and prints what the surest of the first 2, 3, … of them makes: "shown" is the share
of questions that can be shown with nine of ten right, a third of them unanswerable; "right" the answerable
ones whose surest passage is read right; AUROC tells answerable questions from others. Only the first reading
of a passage counts here, nothing that is read again.
"""

import argparse
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.tokens import order
from citewell import plugins
from citewell.assistant import Assistant
from citewell.documents.loading import load
from citewell.evaluation import metrics
from citewell.evaluation import questions as question_sets
from citewell.evaluation.questions import Question
from citewell.index.retrieval import retrieve
from citewell.reading.evidence import without_dateline
from citewell.reading.reader import Reader
from training.development import coverage
from training.report import auroc

ROOT = Path(__file__).parent.parent
SETS = {
    "the article": (ROOT / "corpus", "operation-disruptor.txt"),
    "Wikinews": (ROOT / "tests" / "data" / "wikinews", "articles.jsonl"),
    "near misses": (ROOT / "tests" / "data" / "near_misses", "articles.jsonl"),
}
DEPTHS = (2, 3, 4, 5, 6, 8, 10)


def chosen(folder: Path, most: int) -> list[Question]:
    """Return dev questions that stand alone; a sample is the same every time."""
    asked = [
        item
        for item in question_sets.read(folder / "questions.jsonl").questions
        if item.split == "dev" and not item.history
    ]
    return sorted(asked, key=lambda item: order(item.id))[:most]


def read(question: Question, assistant: Assistant, reader: Reader) -> list[tuple[float, float]]:
    """Return for each passage, the first found first, the reader's score and whether it is read right."""
    hits = retrieve(question.question, assistant.collection, assistant.encoder, DEPTHS[-1])
    found = []
    readings = reader.read(question.question, [without_dateline(hit.passage) for hit in hits])
    for hit, reading in zip(hits, readings, strict=True):
        spans = reading.short or reading.evidence
        said = hit.passage.document.text[spans[0].start : spans[-1].end]
        found.append((reading.score, float(metrics.is_right(said, (), question.answers, ()))))
    return found


def surest(read_for: list[tuple[bool, list[tuple[float, float]]]], depth: int) -> NDArray[np.float64]:
    """Return score, answerable, right and right of the surest of the first passages of each question."""
    best = [(answerable, max(rows[:depth])) for answerable, rows in read_for if rows]
    return np.array([(score, answerable, right, right) for answerable, (score, right) in best], dtype=float)


def main() -> None:
    """Read, and print a table for each set and for all."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--questions", type=int, default=260, help="at most of each set")
    given = parser.parse_args()
    reader = plugins.load("readers", "cross_encoder")
    tables = {}
    for name, (folder, articles) in SETS.items():
        assistant = Assistant.from_documents([*load([folder / articles]).documents])
        asked = chosen(folder, given.questions)
        tables[name] = [(item.answerable, read(item, assistant, reader)) for item in asked]
    tables["all"] = [row for rows in tables.values() for row in rows]
    print("| set | questions | passages | shown | right | AUROC |\n|---|---|---|---|---|---|")
    for name, rows in tables.items():
        for depth in DEPTHS:
            values = surest(rows, depth)
            right = values[values[:, 1] == 1, 3].mean()
            figures = " | ".join(f"{figure:.3f}" for figure in (coverage(values), right, auroc(values)))
            print(f"| {name} | {len(rows)} | {depth} | {figures} |")


if __name__ == "__main__":
    main()
