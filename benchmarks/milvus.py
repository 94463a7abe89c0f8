"""Compare an index in Milvus with an exact one in memory: the same answers, and how long each takes.

    python -m benchmarks.milvus URI [--set NAME] [--sample N] [--kind FLAT ...]

URI is the address of a Milvus, or a path that ends in .db. The articles of a development set are encoded,
written into a collection of their own, asked about there and in memory, and the collection is dropped. Each
answer that differs in its text, its citations or its abstention is printed.
"""

import argparse
import secrets
import time
from collections.abc import Callable, Sequence
from statistics import quantiles

import numpy as np

from benchmarks.place import Set, read_sets
from citewell.answers.answer import Answer
from citewell.assistant import Assistant
from citewell.documents.document import Document
from citewell.index.milvus.store import MilvusStore
from citewell.index.milvus.writing import Plan, lock, write
from citewell.index.protocols import Encoder, Vectors
from citewell.index.retrieval import retrieve
from citewell.progress import silent
from citewell.settings import choose
from citewell.text.spans import Span


class Remembering:
    """An encoder that encodes no text twice, so that writing is timed without it."""

    def __init__(self, encoder: Encoder) -> None:
        """Wrap an encoder."""
        self._encoder = encoder
        self._known: dict[str, Vectors] = {}
        self.name, self.fingerprint = encoder.name, encoder.fingerprint
        self.dimensions, self.max_tokens = encoder.dimensions, encoder.max_tokens

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return what the encoder returns."""
        missing = [text for text in dict.fromkeys(texts) if text not in self._known]
        if missing:
            self._known |= dict(zip(missing, self._encoder.encode(missing), strict=True))
        return np.array([self._known[text] for text in texts], dtype=np.float32).reshape(-1, self.dimensions)

    def token_spans(self, text: str) -> tuple[Span, ...]:
        """Return what the encoder returns."""
        return self._encoder.token_spans(text)


def said(answer: Answer) -> tuple[str, str | None, list[tuple[str, int, int]]]:
    """Return what a reader sees of an answer."""
    cited = [(citation.document_id, citation.start, citation.end) for citation in answer.citations]
    return answer.text, answer.abstention, cited


def milliseconds(work: Callable[[str], object], asked: Sequence[str]) -> str:
    """Return the median and the 95th percentile of a call for each question."""
    spent = []
    for question in asked:
        start = time.perf_counter()
        work(question)
        spent.append((time.perf_counter() - start) * 1000)
    cuts = quantiles(spent, n=20)
    return f"p50 {cuts[9]:.0f} ms, p95 {cuts[18]:.0f} ms"


def compare(asked: Set, store: MilvusStore) -> None:
    """Write the set, ask it in both places, and print what differs."""
    settings = choose(vector_index="exact")
    encoder = Remembering(settings.recipe.load_encoder())
    documents: list[Document] = list(asked.documents)
    here = Assistant.from_documents(documents, settings=settings, encoder=encoder)
    start = time.perf_counter()
    with lock(store.server, store.names) as writer:
        plan = Plan(documents, (), settings.recipe, store.kind, store.shards, anew=True)
        written = write(writer, None, plan, encoder, silent)
    writing = time.perf_counter() - start
    start = time.perf_counter()
    there = Assistant(*store.load(encoder), settings)
    opening = time.perf_counter() - start
    print(f"\n{asked.name}, {store.kind}: {len(written.articles)} articles, {written.passages} passages")
    print(
        f"  written in {writing:.1f} s with encoding, opened in {opening:.2f} s without loading the encoder"
    )
    texts = [question.question for question in asked.asked]
    encoder.encode(texts)
    for name, assistant in (("in memory", here), ("in Milvus", there)):
        collection = assistant.collection
        took = milliseconds(lambda text, one=collection: retrieve(text, one, encoder, 8), texts)  # type: ignore[misc]
        print(f"  retrieval {name}: {took}")
    differing = [
        (text, one, other)
        for text in texts
        if (one := said(here.ask(text))) != (other := said(there.ask(text)))
    ]
    print(f"  {len(texts) - len(differing)} of {len(texts)} questions are answered the same")
    for text, one, other in differing:
        print(f"  {text}\n    in memory: {one}\n    in Milvus: {other}")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("uri")
    parser.add_argument("--set", default="look-alikes")
    parser.add_argument("--sample", type=int, default=0)
    parser.add_argument("--kind", nargs="*", default=["FLAT"])
    typed = parser.parse_args()
    for asked in read_sets("dev", typed.set, sample=typed.sample):
        for kind in typed.kind:
            store = MilvusStore(typed.uri, f"benchmark_{secrets.token_hex(4)}", kind=kind)
            print(f"Milvus {store.server.version}", end="")
            try:
                compare(asked, store)
            finally:
                drop(store)


def drop(store: MilvusStore) -> None:
    """Remove all that was written."""
    if store.is_there():
        store.server.unname(store.name)
    for name in store.server.names():
        if name.startswith(f"{store.name}__"):
            store.server.drop(name)


if __name__ == "__main__":
    main()
