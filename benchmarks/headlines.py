"""Measure the rules that widen short answers: exact match and F1 without any, with each, and with all.

    python benchmarks/headlines.py

Asked are the answerable `dev` questions about the article, Wikinews and the near misses, each of its own
article, at a threshold of 0: a rule counts wherever it changes an answer, shown or not.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path
from unittest.mock import patch

import numpy as np

from citewell.answers.whole_phrases import RULES, Rule, widen_short
from citewell.assistant import Assistant
from citewell.evaluation import metrics
from citewell.evaluation import questions as question_sets
from citewell.evaluation.questions import Question
from citewell.reading.evidence import Evidence
from citewell.settings import Settings

ROOT = Path(__file__).parents[1]
DATA = ROOT / "tests" / "data"
SETS = {
    "the article": (ROOT / "corpus" / "questions.jsonl", ROOT / "corpus" / "operation-disruptor.txt"),
    **{
        name: (DATA / name / "questions.jsonl", DATA / name / "articles.jsonl")
        for name in ("wikinews", "near_misses")
    },
}


def read_plainly(questions: Path, articles: Path) -> list[tuple[Question, Evidence]]:
    """Return each answerable question with its surest evidence, as the reader found it."""
    assistant = Assistant.from_files([articles], settings=Settings(threshold=0.0))
    ids = [item.id for item in assistant.collection.documents]
    found = []
    with (
        patch("citewell.answers.pipeline.widen_short", lambda _question, item, **_: item),
        patch("citewell.answers.pipeline.split_question", lambda question: [question]),
    ):
        for question in question_sets.read(questions).select("dev").questions:
            if question.answerable:
                named = [id_ for id_ in ids if question.document_id and id_.endswith(question.document_id)]
                answer = assistant.ask(question.question, question.history, only=named or None)
                if answer.trace.evidence:
                    found.append((question, answer.trace.evidence[0]))
    return found


def score(read: Sequence[tuple[Question, Evidence]], rules: Sequence[Rule]) -> tuple[float, float]:
    """Return exact match and F1 with some of the rules."""
    pairs = [(question, widen_short(question.question, item, rules=rules).short) for question, item in read]
    exact = [metrics.exact_match(short, question.answers) for question, short in pairs]
    shared = [metrics.f1(short, question.answers) for question, short in pairs]
    return float(np.mean(exact)), float(np.mean(shared))


def main() -> None:
    """Print a line for each set of rules."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    read = {name: read_plainly(*paths) for name, paths in SETS.items()}
    print("exact match and F1 of", ", ".join(f"{len(found)} of {name}" for name, found in read.items()))
    trials = {"none": (), **{rule.__name__: (rule,) for rule in RULES}, "all": RULES}
    for name, rules in trials.items():
        figures = "   ".join("{:.3f} {:.3f}".format(*score(found, rules)) for found in read.values())
        print(f"{name:16} {figures}")


if __name__ == "__main__":
    main()
