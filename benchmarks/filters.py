"""Time the choice of articles and a search within it: `python benchmarks/filters.py [--passages N]`.

Articles have ten passages each, on the days of thirty years. The vectors are random, of 64 dimensions, so
that a million of them fit into memory; FAISS compares every vector that is chosen.
"""

import argparse
import time
from collections.abc import Callable
from datetime import date, timedelta
from statistics import median

import numpy as np

from citewell import plugins
from citewell.documents.document import Document
from citewell.index.filters import Columns, Selection, Where

DIMENSIONS = 64
EACH = 10
DAYS = 30 * 365
FILTERS = (
    "published>=2019-07-01",
    "published:2019-07-01",
    "title:harbour",
    "title:harbour source:7.example published<2010",
)


def milliseconds(work: Callable[[], object]) -> float:
    """Return the median time of five runs."""
    spent = []
    for _ in range(5):
        start = time.perf_counter()
        work()
        spent.append((time.perf_counter() - start) * 1000)
    return median(spent)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--passages", type=int, default=1_000_000)
    size = parser.parse_args().passages
    first = date(1990, 1, 1)
    documents = [
        Document(
            str(n),
            f"Report {n} of the {('harbour', 'market', 'school')[n % 3]}",
            "x",
            f"https://{n % 100}.example/{n}",
            (first + timedelta(days=n % DAYS)).isoformat(),
        )
        for n in range(size // EACH)
    ]
    owners = [document.id for document in documents for _ in range(EACH)]
    start = time.perf_counter()
    columns = Columns.of(documents, owners)
    print(f"columns of {len(owners):,} passages: {time.perf_counter() - start:.2f} s, once\n")
    vectors = np.random.default_rng(0).standard_normal((len(owners), DIMENSIONS), dtype=np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    index = plugins.load("indexes", "faiss", exact_up_to=size).build(vectors)
    query = vectors[0]
    print("| filter | passages | choose, ms | search, ms |\n|---|---|---|---|")
    print(f"| none | {len(owners):,} | | {milliseconds(lambda: index.search(query, 50)):.1f} |")
    for text in FILTERS:
        where = Where.parse(text)
        chosen = Selection(where.mask(columns), columns).passages
        choose = milliseconds(lambda where=where: Selection(where.mask(columns), columns).passages)  # type: ignore[misc]
        search = milliseconds(lambda chosen=chosen: index.search(query, 50, chosen))  # type: ignore[misc]
        print(f"| `{text}` | {int(chosen.sum()):,} | {choose:.1f} | {search:.1f} |")


if __name__ == "__main__":
    main()
