"""Compare the FAISS index with the exact one: recall and speed, by number of vectors.

Prints a table. The vectors are random around random centres, and the queries others around the same
centres; what the index finds of text is measured by `citewell evaluate`.
Run it on an idle machine: `.venv/bin/python benchmarks/indexes.py`.
"""

import statistics
import time

import numpy as np

from citewell import plugins
from citewell.index.protocols import VectorIndex, Vectors
from citewell.index.vector.faiss import EXACT_UP_TO

DIMENSIONS = 384
QUERIES = 200
K = 10
SIZES = (1_000, 10_000, 100_000, 200_000)


def vectors(size: int, seed: int) -> Vectors:
    """Return unit vectors [size, DIMENSIONS], about 50 around each centre."""
    random = np.random.default_rng(0)
    centres = random.normal(size=(max(size // 50, 1), DIMENSIONS)).astype(np.float32)
    random = np.random.default_rng(seed)
    made = centres[random.integers(0, len(centres), size)]
    made = made + 0.8 * random.normal(size=made.shape).astype(np.float32)
    unit: Vectors = made / np.linalg.norm(made, axis=1, keepdims=True)
    return unit


def timed(index: VectorIndex, queries: Vectors) -> tuple[list[set[int]], float]:
    """Return what each query finds, and the median milliseconds of a search."""
    found, spent = [], []
    for query in queries:
        start = time.perf_counter()
        positions, _ = index.search(query, K)
        spent.append((time.perf_counter() - start) * 1000)
        found.append(set(positions.tolist()))
    return found, statistics.median(spent)


def main() -> None:
    """Measure and print."""
    print("| vectors | FAISS | recall@10 | median ms | exact (NumPy), median ms |\n|---|---|---|---|---|")
    for size in SIZES:
        data, queries = vectors(size, 1), vectors(size, 2)[:QUERIES]
        truth, exact_ms = timed(plugins.load("indexes", "exact").build(data), queries)
        for name, exact_up_to in (("flat", size), ("inverted lists", size - 1)):
            if name != "flat" and size < EXACT_UP_TO:
                continue
            found, milliseconds = timed(
                plugins.load("indexes", "faiss", exact_up_to=exact_up_to).build(data), queries
            )
            recall = statistics.mean(len(a & b) / K for a, b in zip(found, truth, strict=True))
            print(f"| {size:,} | {name} | {recall:.3f} | {milliseconds:.2f} | {exact_ms:.2f} |")


if __name__ == "__main__":
    main()
