"""Measure what it is worth to read an answer's sentences alone, by the share that the second reading has.

`python -m benchmarks.alone --data <folder of the data sets>` puts the questions of the development sets
(training/README.md) to every passage of their article, reads the sentences of the best answer once more, and
prints for each share: AUROC of answerable against unanswerable questions, the share of all questions that can
be shown with nine of ten right (a third being unanswerable), and the AUROC of right answers against others.
`citewell calibrate` keeps the share that stands in the reader's file.
"""

import argparse
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table
from tokenizers import Tokenizer

from citewell.evaluation import metrics
from citewell.index.retrieval import Hit
from citewell.reading.evidence import Evidence, alone
from citewell.reading.readers.cross_encoder import WEIGHTS, CrossEncoderReader, create
from training.development import ROOT, Probe, Values, alike_in_size, coverage, probes, shown
from training.report import auroc

SHARES = (0.0, 0.2, 0.4, 0.6, 0.8)


def read(reader: CrossEncoderReader, probe: Probe) -> tuple[float, ...]:
    """Return both scores of the best answer to a question, and the rest of a row of `Values`."""
    readings = reader.read(probe.question, probe.passages)
    place = max(range(len(readings)), key=lambda place: readings[place].score)
    best, passage = readings[place], probe.passages[place]
    (again,) = reader.read(probe.question, [alone(Evidence(Hit(passage, place, 0.0), best, 0.0))])
    spans = best.short or best.evidence
    said = passage.document.text[spans[0].start : spans[-1].end]
    right = metrics.is_right(said, (), probe.answers, ())
    f1 = metrics.f1(said, probe.answers or [""])
    return best.score, again.score, float(bool(probe.answers)), f1, float(right)


def rows(found: Values) -> Iterator[list[str]]:
    """Yield the figures of each share."""
    for share in SHARES:
        scores = (1 - share) * found[:, 0] + share * found[:, 1]
        values = np.column_stack([scores, found[:, 2:]])
        sure = np.column_stack([scores, found[:, 4], found[:, 4]])
        yield [f"{share:g}", *map(shown, (auroc(values[:, :3]), coverage(values), auroc(sure)))]


def main(arguments: Sequence[str] | None = None) -> None:
    """Print a table by source."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--every", type=int, default=1, help="Only every n-th question.")
    chosen = parser.parse_args(arguments)
    config = tomllib.loads((ROOT / "training" / "further.toml").read_text(encoding="utf-8"))
    tokens = Tokenizer.from_file(str(WEIGHTS / "tokenizer.json"))
    tokens.no_padding()
    tokens.no_truncation()
    asked = list(probes(config, chosen.data, tokens))[:: chosen.every]
    reader = create()
    found = np.array([read(reader, probe) for probe in asked])
    of = np.array([probe.source for probe in asked])
    groups = {source: found[of == source] for source in dict.fromkeys(of)}
    groups["all, each source alike"] = alike_in_size(groups.values())
    table = Table("source", "n", "share", "AUROC", "coverage", "AUROC of right")
    for source, values in groups.items():
        for row in rows(values):
            table.add_row(str(source), str(len(values)), *row)
    Console().print(table)


if __name__ == "__main__":
    main()
