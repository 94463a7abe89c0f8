"""Compare an index in Milvus with an exact one in memory: the same answers, and how long each takes.

    python -m benchmarks.milvus URI [--set NAME] [--sample N] [--kind FLAT ...]
    python -m benchmarks.milvus --sizes N

URI is the address of a Milvus, or a path that ends in .db. The articles of a development set are encoded,
written into a collection of their own, asked about there and in memory, and the collection is dropped. Each
answer that differs in its text, its citations or its abstention is printed.

`--sizes` needs no Milvus: it prints what a passage's row takes, and the size of the record of N articles, the
time to read it and the memory that a reader holds it in.
"""

import argparse
import hashlib
import secrets
import time
from collections.abc import Callable, Sequence
from itertools import cycle
from pathlib import Path
from statistics import quantiles

import numpy as np

from benchmarks.place import Set, read_sets
from citewell.answers.answer import Answer
from citewell.assistant import Assistant
from citewell.documents.document import Document
from citewell.documents.places import place_parts, write_place
from citewell.index.collection import WORDS, split_article
from citewell.index.lexical.bm25 import terms
from citewell.index.manifest import IndexedFile
from citewell.index.milvus.layout import write_article, write_spans
from citewell.index.milvus.record import Article, Generation, dump, parse
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


def show_sizes(articles: int) -> None:
    """Print the sizes of rows and of a record."""
    (asked,) = read_sets("dev", "near misses", sample=1)
    settings = choose()
    encoder = settings.recipe.load_encoder()
    passages = [item for one in asked.documents for item in split_article(one, settings.recipe, encoder)]
    words = [terms(write_place(place_parts(item, WORDS)) + item.text) for item in passages]
    each = len(passages) / len(asked.documents)
    print(f"{len(asked.documents)} articles of near misses, {each:.1f} passages each; bytes a passage:")
    for name, size in (
        ("vector, 32-bit", 4 * encoder.dimensions * len(passages)),
        ("words", sum(len(" ".join(one).encode()) for one in words)),
        ("counts of words, 8 each", 8 * sum(len(set(one)) for one in words)),
        ("text and marks", sum(len(write_article(one).encode()) for one in asked.documents)),
        ("sentences", sum(len(write_spans(one.sentences)) for one in passages)),
    ):
        print(f"  {name:24} {size / len(passages):7.0f}")
    rows = dump(make_record(asked.documents, articles, round(each)))
    before = resident_mb()
    start = time.process_time()
    read = parse("record", rows, "the record")
    took = time.process_time() - start
    megabytes = sum(map(len, rows)) / 1e6
    print(f"the record of {len(read.articles):,} articles: {megabytes:.1f} MB in {len(rows)} rows")
    print(f"  read in {took:.1f} s of computing, held in {resident_mb() - before:.0f} MB")


def make_record(documents: Sequence[Document], articles: int, passages: int) -> Generation:
    """Return the record of so many articles, called like those given."""
    listed = tuple(
        Article(
            key=number,
            id=f"{one.id}-{number}",
            title=f"{one.title} {number}",
            sha256=hashlib.sha256(str(number).encode()).hexdigest(),
            characters=len(one.text),
            tokens=len(one.text) // 5,
            passages=passages,
            pieces=1,
            source=f"{one.source}-{number}",
            published=one.published,
            author=one.author,
            headings=one.headings,
            marks_sha256=one.sha256,
        )
        for number, one in zip(range(articles), cycle(documents), strict=False)
    )
    files = tuple(IndexedFile(f"corpus/{one.id}.txt", one.sha256, (one.id,)) for one in listed)
    return Generation(
        "record", 1, "", "", "", 384, "", {}, "FLAT", "passages", "texts", articles, (), listed, files
    )


def resident_mb() -> float:
    """Return the memory that this process holds, in MB."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return int(next(line for line in lines if line.startswith("VmRSS")).split()[1]) / 1024


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("uri", nargs="?", default="")
    parser.add_argument("--sizes", type=int, default=0)
    parser.add_argument("--set", default="look-alikes")
    parser.add_argument("--sample", type=int, default=0)
    parser.add_argument("--kind", nargs="*", default=["FLAT"])
    typed = parser.parse_args()
    if typed.sizes:
        show_sizes(typed.sizes)
        return
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
