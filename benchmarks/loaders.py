"""Measure how long loading takes: python benchmarks/loaders.py [FILE...] [--runs N] [--before CHECKOUT].

Prints milliseconds of computing for each file, the least of N runs. Without files it writes one article of
ordinary size in each format. With --before, another checkout's code reads the same files, in turns with this
one's, each in a process of its own.
"""

import argparse
import csv
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

HERE = Path(__file__).resolve().parent.parent
TURNS = 3


def sentences(place: int) -> str:
    """Return a paragraph."""
    return (
        f"On day {place} the tide at Kiel rose to {place % 9}.{place % 7} metres, the harbour master said,"
        f" and nobody was hurt in the town. The {place % 30 + 2} boats in the inner basin were brought to the"
        f" eastern quay, where the wall is higher. “We were lucky,” said Anna Lund, who keeps the keys."
    )


def write_articles(folder: Path, *, paragraphs: int = 400, rows: int = 100) -> list[Path]:
    """Write an article with headings, paragraphs and a table in each format; return the files."""
    texts = [sentences(place) for place in range(paragraphs)]
    cells = [["Boat", "Length", "Crew"], *([f"Boat {n}", f"{n % 40 + 5}", f"{n % 9}"] for n in range(rows))]
    parts = [(f"Day {first}", texts[first : first + 20]) for first in range(0, paragraphs, 20)]
    write_word(folder / "tide.docx", parts, cells)
    write_pdf(folder / "tide.pdf", parts, cells)
    lines = [f"## {heading}\n\n" + "\n\n".join(held) for heading, held in parts]
    table = "\n".join(f"| {' | '.join(row)} |" for row in [cells[0], ["---"] * 3, *cells[1:]])
    (folder / "tide.md").write_text("# The tide\n\n" + "\n\n".join([*lines, table]), encoding="utf-8")
    (folder / "tide.txt").write_text("The tide\n\n" + "\n\n".join(texts), encoding="utf-8")
    body = "".join(
        f"<h2>{heading}</h2>" + "".join(f"<p>{text}</p>" for text in held) for heading, held in parts
    )
    grid = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in cells)
    menu = "".join(f'<li><a href="/{n}">Page {n}</a></li>' for n in range(60))
    (folder / "tide.html").write_text(
        f"<!doctype html><html lang=en><head><title>The tide</title><style>p {{ margin: 0 }}</style></head>"
        f"<body><nav><ul>{menu}</ul></nav><main><article><h1>The tide</h1>{body}<table>{grid}</table>"
        "</article></main><footer>The Harbour News</footer></body></html>",
        encoding="utf-8",
    )
    with (folder / "tide.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["id", "text"], *([str(n), text] for n, text in enumerate(texts))])
    lined = (json.dumps({"id": str(place), "text": text}) for place, text in enumerate(texts))
    (folder / "tide.jsonl").write_text("\n".join(lined), encoding="utf-8")
    return [folder / f"tide.{suffix}" for suffix in ("txt", "md", "html", "docx", "pdf", "csv", "jsonl")]


def write_word(
    path: Path, parts: Sequence[tuple[str, Sequence[str]]], cells: Sequence[Sequence[str]]
) -> None:
    """Write a Word document with runs of two looks."""
    import docx  # noqa: PLC0415  # not needed to measure files that are given

    made = docx.Document()
    for heading, texts in parts:
        made.add_heading(heading, 2)
        for text in texts:
            first, _, rest = text.partition(". ")
            block = made.add_paragraph()
            block.add_run(f"{first}. ").bold = True
            block.add_run(rest)
    table = made.add_table(len(cells), len(cells[0]))
    for row, written in zip(table.rows, cells, strict=True):
        for cell, text in zip(row.cells, written, strict=True):
            cell.text = text
    made.save(str(path))


def write_pdf(path: Path, parts: Sequence[tuple[str, Sequence[str]]], cells: Sequence[Sequence[str]]) -> None:
    """Write a PDF of flowing text."""
    from reportlab.lib.styles import getSampleStyleSheet  # noqa: PLC0415
    from reportlab.platypus import Paragraph, SimpleDocTemplate  # noqa: PLC0415
    from reportlab.platypus import Table as Grid  # noqa: PLC0415

    styles = getSampleStyleSheet()
    flow = []
    for heading, texts in parts:
        flow.append(Paragraph(heading, styles["Heading2"]))
        flow += [Paragraph(text, styles["BodyText"]) for text in texts]
    SimpleDocTemplate(str(path)).build([*flow, Grid([list(row) for row in cells])])


def milliseconds(path: Path, runs: int) -> float:
    """Return the least time of computing that a file takes in some runs."""
    from citewell.documents.loading import load  # noqa: PLC0415  # of the checkout that PYTHONPATH names

    times = []
    for _ in range(runs):
        began = time.process_time()
        if load([path]).failures:
            print(f"{path.name}: refused", file=sys.stderr)
        times.append(1000 * (time.process_time() - began))
    return min(times)


def measure(checkout: Path, files: Sequence[Path], runs: int) -> dict[str, float]:
    """Return the milliseconds of each file with the code of a checkout."""
    command = [sys.executable, __file__, "--json", "--runs", str(runs), *map(str, files)]
    environment = {**os.environ, "PYTHONPATH": str(checkout.resolve() / "src")}
    done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--before", type=Path, help="another checkout")
    parser.add_argument("--json", action="store_true", help="print milliseconds by file as JSON")
    arguments = parser.parse_args()
    if arguments.json:
        print(json.dumps({path.name: milliseconds(path, arguments.runs) for path in arguments.files}))
        return
    with tempfile.TemporaryDirectory() as folder:
        files = [path.resolve() for path in arguments.files] or write_articles(Path(folder))
        checkouts = [arguments.before, HERE] if arguments.before else [HERE]
        rounds = [[measure(one, files, arguments.runs) for one in checkouts] for _ in range(TURNS)]
        best = [
            {path.name: min(turn[place][path.name] for turn in rounds) for path in files}
            for place in range(len(checkouts))
        ]
        heads = ["before, ms", "now, ms", "times"] if arguments.before else ["now, ms"]
        table = Table("file", "kB", *heads)
        for path in files:
            taken = [found[path.name] for found in best]
            ratio = [f"{taken[1] / taken[0]:.1f}"] if arguments.before else []
            table.add_row(
                path.name, f"{path.stat().st_size / 1000:.0f}", *(f"{ms:.1f}" for ms in taken), *ratio
            )
        Console().print(table)


if __name__ == "__main__":
    main()
