"""Time a hundred questions: in one process with `citewell ask --batch`, and in a process each.

    python -m benchmarks.batch            # five processes are timed, and multiplied
    python -m benchmarks.batch --all      # all hundred

The questions are the first of `corpus/questions.jsonl`; the articles are those of `corpus/`.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from benchmarks.install import ROOT, processor_seconds

QUESTIONS = 100
SAMPLE = 5
CITEWELL = [sys.executable, "-m", "citewell"]


def main() -> None:
    """Time both and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--all", action="store_true", help="ask every question in a process of its own")
    sample = QUESTIONS if parser.parse_args().all else SAMPLE
    lines = (ROOT / "corpus" / "questions.jsonl").read_text(encoding="utf-8").splitlines()[:QUESTIONS]
    asked = [json.loads(line)["question"] for line in lines]
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        (place / "asked.jsonl").write_text("".join(json.dumps({"question": one}) + "\n" for one in asked))
        run = partial(
            subprocess.run,
            cwd=place,
            env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        run([*CITEWELL, "index", ROOT / "corpus"], check=True)
        run([*CITEWELL, "ask", asked[0]], check=False)  # compiles what is imported
        together = measure(lambda: run([*CITEWELL, "ask", "--batch", "asked.jsonl"], check=True))
        alone = measure(lambda: [run([*CITEWELL, "ask", one], check=False) for one in asked[:sample]])
    of_all = QUESTIONS / sample
    print(f"| {QUESTIONS} questions | seconds | of a processor |\n|---|---|---|")
    told = "" if sample == QUESTIONS else f" ({sample} timed, times {of_all:.0f})"
    print(f"| a process each{told} | {alone[0] * of_all:.0f} | {alone[1] * of_all:.0f} |")
    print(f"| `ask --batch` | {together[0]:.0f} | {together[1]:.0f} |")


def measure(work: Callable[[], object]) -> tuple[float, float]:
    """Return the seconds of the clock and of a processor that work in other processes takes."""
    began, spent = time.perf_counter(), processor_seconds()
    work()
    return time.perf_counter() - began, processor_seconds() - spent


if __name__ == "__main__":
    main()
