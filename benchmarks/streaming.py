"""Measure the memory that building an index of many files takes, and how long removing an article does.

    nice python -m benchmarks.streaming ARTICLES WORK [--passages 50000 200000]

Real: the articles of the folder or file ARTICLES. Made: the files. Each has the paragraphs of a real article
in another order, and a number, so that no two texts are the same. Vectors are random, so no model is in
memory; that of a model is the same at every size. All else is as `citewell index` does it: files are read,
split, counted, written and joined. Each size is built by a fresh process, and beside it a thread looks at the
anonymous memory twenty times a second.
"""

import argparse
import hashlib
import json
import random
import re
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from citewell import plugins
from citewell.documents import loading
from citewell.index import manifest, updates
from citewell.index.collection import IndexConfig, split_article
from citewell.index.protocols import Vectors
from citewell.text.spans import Span
from citewell.text.words import word_spans

RECIPE = IndexConfig(encoder="hashing")
EVERY_S = 0.05


class RandomEncoder:
    """Vectors that depend on the text and mean nothing."""

    name, dimensions, max_tokens = "random", 384, 256
    fingerprint = hashlib.sha256(b"random-1").hexdigest()

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return unit vectors."""
        seeds = [int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest()) for text in texts]
        rows = [np.random.default_rng(seed).standard_normal(384, dtype=np.float32) for seed in seeds]
        vectors: Vectors = np.array(rows, dtype=np.float32).reshape(len(texts), 384)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        return vectors

    def token_spans(self, text: str) -> tuple[Span, ...]:
        """Return the words."""
        return tuple(word_spans(text))


def write_files(articles: Path, folder: Path, passages: int) -> int:
    """Write files that together have about so many passages; return their bytes."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    real = [document.text for document in loading.load([articles]).documents]
    sample = loading.load([articles]).documents[:200]
    split = sum(len(split_article(document, RECIPE, RandomEncoder())) for document in sample)
    wanted = passages * sum(len(document.text) for document in sample) / split
    written = number = 0
    while written < wanted:
        paragraphs = re.split(r"\n\n+", real[number % len(real)])
        random.Random(number).shuffle(paragraphs)  # noqa: S311 - no secret
        text = "\n\n".join([f"This is the made article {number}.", *paragraphs])
        path = folder / f"{number // 1000:04}" / f"{number}.txt"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
        written += len(text)
        number += 1
    return sum(path.stat().st_size for path in folder.rglob("*.txt"))


def anonymous_mb() -> float:
    """Return this process's anonymous memory."""
    found = re.search(
        r"^RssAnon:\s+(\d+) kB", Path("/proc/self/status").read_text(encoding="ascii"), re.MULTILINE
    )
    return int(found[1]) / 1000 if found else 0.0


def build(folder: Path, index: Path) -> dict[str, float]:
    """Build an index in this fresh process; return the figures."""
    IndexConfig.load_encoder = lambda _self, **_: RandomEncoder()  # type: ignore[method-assign]
    plugins.load("indexes", RECIPE.index), plugins.load("lexical", RECIPE.lexical)
    plugins.load("loaders", "txt")
    shutil.rmtree(index, ignore_errors=True)
    before, peak, done = anonymous_mb(), 0.0, threading.Event()

    def watch() -> None:
        nonlocal peak
        while not done.wait(EVERY_S):
            peak = max(peak, anonymous_mb())

    watching = threading.Thread(target=watch, daemon=True)
    watching.start()
    began = time.perf_counter()
    updates.update(index, [folder], RECIPE, large_from=0)
    seconds = time.perf_counter() - began
    done.set()
    watching.join()
    record = manifest.read(index)
    began = time.perf_counter()
    updates.remove(index, ["0000/0"])
    removing = time.perf_counter() - began
    return {
        "passages": record.passages,
        "articles": record.articles,
        "s": seconds,
        "anonymous MB before": before,
        "most anonymous MB": peak,
        "more MB": peak - before,
        "passages of the first segment": record.segments[0].passages,
        "s to remove an article of it": removing,
    }


def main() -> None:
    """Read the arguments, write the files of each size and build their index."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("articles", type=Path, help="a folder or file of real articles")
    parser.add_argument("work", type=Path, help="where files and indexes are written")
    parser.add_argument("--passages", type=int, nargs="+", default=[50_000, 200_000])
    parser.add_argument(
        "--build", action="store_true", help="build WORK/index from WORK/files, for a fresh process"
    )
    given = parser.parse_args()
    if given.build:
        print(json.dumps(build(given.work / "files", given.work / "index")))
        return
    for size in given.passages:
        work = given.work / str(size)
        read = write_files(given.articles, work / "files", size)
        command = [sys.executable, "-m", "benchmarks.streaming", str(given.articles), str(work), "--build"]
        finished = subprocess.run(command, capture_output=True, text=True, check=True)
        figures = {"MB of files": read / 1e6, **json.loads(finished.stdout)}
        print(", ".join(f"{name} {value:,.1f}" for name, value in figures.items()), flush=True)


if __name__ == "__main__":
    main()
