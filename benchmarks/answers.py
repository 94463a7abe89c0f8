"""Time answers on the shipped article: warm, stage by stage, and the first one of a cold start.

Prints a table. Run it on an idle machine: `.venv/bin/python benchmarks/answers.py`.
"""

import json
import os
import platform
import statistics
import subprocess
import sys
import time
from pathlib import Path

from citewell.assistant import Assistant

ROOT = Path(__file__).parent.parent
ROUNDS = 3
COLD_STARTS = 5


def percentile(values: list[float], share: float) -> float:
    """Return a percentile by the nearest rank."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def main() -> None:
    """Measure and print."""
    lines = (ROOT / "corpus" / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    questions = [json.loads(line)["question"] for line in lines]
    assistant = Assistant.from_files([ROOT / "corpus" / "operation-disruptor.txt"])
    for question in questions:
        assistant.ask(question)
    stages: dict[str, list[float]] = {}
    for _ in range(ROUNDS):
        for question in questions:
            for stage, milliseconds in assistant.ask(question).trace.milliseconds:
                stages.setdefault(stage, []).append(milliseconds)
    print(f"{os.cpu_count()} cores, Python {platform.python_version()}")
    print(f"{len(questions)} questions, {ROUNDS} rounds")
    print("| stage | median ms | p95 ms |\n|---|---|---|")
    for stage, values in stages.items():
        print(f"| {stage} | {statistics.median(values):.1f} | {percentile(values, 0.95):.1f} |")

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
