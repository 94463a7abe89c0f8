"""Time answers: warm, stage by stage, and the first one of a cold start.

    python -m benchmarks.answers [--articles 24] [--questions 40] [--passages 8]

On the shipped article, or with so many articles of tests/data/near_misses loaded and questions of its dev
split about these. Prints a table, and the computing of an answer, which other programs on the machine disturb
less: on two idle cores an answer takes a little more than half of it. No question is asked twice, since what
was read for the last questions is remembered. Run it on an idle machine.
"""

import argparse
import json
import os
import platform
import random
import statistics
import subprocess
import sys
import time
from pathlib import Path

from citewell.assistant import Assistant
from citewell.documents.document import Document
from citewell.documents.loading import load
from citewell.settings import Settings

ROOT = Path(__file__).parent.parent
# Questions that are asked before, so that everything is loaded.
WARM = 3
COLD_STARTS = 5


def percentile(values: list[float], share: float) -> float:
    """Return a percentile by the nearest rank."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--articles", type=int, help="of near_misses [the shipped article]")
    parser.add_argument("--questions", type=int, help="of them [all]")
    parser.add_argument("--passages", type=int, default=Settings().passages, help="read for a question")
    given = parser.parse_args()
    asked, documents = near_misses(given.articles) if given.articles else shipped()
    questions = asked[WARM : WARM + given.questions if given.questions else None]
    assistant = Assistant.from_documents(documents, settings=Settings(passages=given.passages))
    for question in asked[:WARM]:
        assistant.ask(question)
    stages: dict[str, list[float]] = {}
    began = time.process_time()
    for question in questions:
        for stage, milliseconds in assistant.ask(question).trace.milliseconds:
            stages.setdefault(stage, []).append(milliseconds)
    computing = (time.process_time() - began) / len(questions) * 1000
    print(f"{os.cpu_count()} cores, Python {platform.python_version()}")
    passages = len(assistant.collection.passages)
    print(f"{len(questions)} questions, {len(documents)} articles, {passages} passages")
    print("| stage | mean ms | median ms | p95 ms |\n|---|---|---|---|")
    for stage, values in stages.items():
        middle = f"{statistics.mean(values):.1f} | {statistics.median(values):.1f}"
        print(f"| {stage} | {middle} | {percentile(values, 0.95):.1f} |")
    print(f"computing for an answer: {computing:.0f} ms on average")
    if not given.articles:
        cold_starts(questions)


def shipped() -> tuple[list[str], list[Document]]:
    """Return the questions about the shipped article, and the article."""
    lines = (ROOT / "corpus" / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    article = load([ROOT / "corpus" / "operation-disruptor.txt"])
    return [json.loads(line)["question"] for line in lines], [*article.documents]


def near_misses(most: int) -> tuple[list[str], list[Document]]:
    """Return articles of near_misses that have dev questions, and these in an order that is drawn once."""
    folder = ROOT / "tests" / "data" / "near_misses"
    lines = (folder / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    asked = [found for line in lines if (found := json.loads(line))["split"] == "dev"]
    about = {found["document_id"] for found in asked}
    every = load([folder / "articles.jsonl"]).documents
    documents = [item for item in every if item.id.rpartition("/")[2] in about][:most]
    ids = {item.id.rpartition("/")[2] for item in documents}
    questions = [found["question"] for found in asked if found["document_id"] in ids]
    random.Random(0).shuffle(questions)  # noqa: S311 - a sample
    return questions, documents


def cold_starts(questions: list[str]) -> None:
    """Time whole processes of the command line."""
    cold = []
    command = [sys.executable, "-m", "citewell", "ask", questions[0]]
    subprocess.run(command, cwd=ROOT, capture_output=True, check=False)  # builds the index if it is missing
    for _ in range(COLD_STARTS):
        start = time.perf_counter()
        subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
        cold.append(time.perf_counter() - start)
    print(
        f"`citewell ask`, whole process: median {statistics.median(cold):.1f} s of {COLD_STARTS} "
        f"({min(cold):.1f} to {max(cold):.1f})"
    )


if __name__ == "__main__":
    main()
