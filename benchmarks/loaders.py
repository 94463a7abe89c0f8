"""Measure how long loading takes: python benchmarks/loaders.py FILE... [--runs N].

Prints milliseconds of computing for each file, the least of N runs, and their sum. To compare two states of
the code, run it with both on PYTHONPATH after one another.
Without files it writes a Word document of ordinary size.
"""

import argparse
import tempfile
import time
from pathlib import Path

import docx

from citewell.documents.loading import load


def word_document(folder: Path, *, paragraphs: int = 2_000, rows: int = 300) -> Path:
    """Write a Word document with headings, runs of several looks, a list and a table."""
    made = docx.Document()
    for place in range(paragraphs):
        if place % 20 == 0:
            made.add_heading(f"Day {place}", 1 + place % 3)
        block = made.add_paragraph(style="List Bullet" if place % 7 == 0 else None)
        block.add_run(f"On day {place} the tide at Kiel rose to ")
        block.add_run(f"{place % 9}.2 metres").bold = True
        block.add_run(", the harbour master said, and nobody was hurt in the town.")
    table = made.add_table(rows, 4)
    for place, row in enumerate(table.rows):
        for cell in row.cells:
            cell.text = f"Boat {place}"
    path = folder / "tide.docx"
    made.save(str(path))
    return path


def milliseconds(path: Path, runs: int) -> float:
    """Return the least time of computing that a file takes in some runs."""
    times = []
    for _ in range(runs):
        began = time.process_time()
        if load([path]).failures:
            print(f"{path.name}: refused")
        times.append(1000 * (time.process_time() - began))
    return min(times)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--runs", type=int, default=5)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        files = arguments.files or [word_document(Path(folder))]
        total = 0.0
        for path in files:
            taken = milliseconds(path, arguments.runs)
            total += taken
            print(f"{taken:9.1f} ms  {path.name}")
        print(f"{total:9.1f} ms  all")


if __name__ == "__main__":
    main()
