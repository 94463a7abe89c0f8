"""Measure a large index at 10,000, 100,000 and 1,000,000 passages.

    nice python -m benchmarks.rfcs rfc encoded              # once; see there
    nice python -m benchmarks.million encoded work [--passages 1000000]

Real: the RFCs' articles, passages and vectors that `benchmarks.rfcs` encoded, and the questions below. Made:
all articles beyond them. A made article has the passages of a real one in another order; each of its vectors
is the real one with noise (cosine about 0.91). Its texts repeat real ones, so their words are looked up and
not stemmed again, and nothing is split or encoded while an index is built: its figures leave this out. The
script prints what stemming costs; `benchmarks.rfcs` prints how fast passages are encoded.
"""

import argparse
import json
import math
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import numpy as np

from benchmarks.rfcs import read_encoded
from citewell import plugins
from citewell.documents.document import Document
from citewell.documents.passages import Passage
from citewell.index import collection as collections
from citewell.index import generations, manifest, storage, updates
from citewell.index.collection import Found, IndexConfig
from citewell.index.protocols import Vectors, encode_now
from citewell.index.retrieval import DEPTH, search
from citewell.index.segments import saving
from citewell.progress import Stages
from citewell.text.spans import Span

RECIPE = IndexConfig()
NOISE = 0.45
K = 10
ADDED = 100
MARKER = "The xylophone of the lighthouse keeper was never found."
# Questions of a person who knows the protocols and not these texts.
QUESTIONS = """What does SMTP do when a mailbox is full?
How long may a DNS label be?
How does a client learn which authentication methods a server offers?
What happens when a TCP segment arrives out of order?
Which port does a server listen on by default?
How are IPv6 addresses written as text?
When must a router discard a packet?
What is the time to live of a cached record?
How are multicast groups joined and left?
Which algorithm must every implementation support for signatures?
How is a session resumed after the connection is lost?
What does the server answer if the command is unknown?
How does congestion control react to a lost packet?
How are certificates revoked?
Which characters are allowed in a header field?
How is the length of a message given?
What are the security risks of forwarding mail?
How does a mobile node tell its home agent where it is?
How is a path computed with bandwidth constraints?
What is the format of a timestamp?
How are RTP packets of a video stream put in order?
What must a proxy do with a request that it cannot forward?
How does a client renew its lease of an address?
Which registry does IANA keep for option codes?
How are language tags matched?
How is a key derived from a password?
What does an LDAP search return when there are too many entries?
How are loops avoided in BGP?
What is the maximum size of a UDP payload?
When should a retransmission timer expire?
How does a SIP user agent register?
What error code is sent when access is denied?
How are non-ASCII characters written in mail headers?
How does a label switched path get protected against failure?
Which fields are covered by the checksum?
How is a nonce generated?
What is the default value of the MTU?
How do two peers negotiate a cipher suite?
What happens if an extension is not recognised?
How are calendar events that repeat described?
How does NAT affect peer to peer connections?
What does a management station learn from an SNMP trap?
How is a URI resolved against its base?
How are quality of service classes signalled?
What is the role of the designated router in OSPF?
How can a delegated zone be signed?
How is compression of headers negotiated?
What should a receiver do with a duplicate message?
How is the integrity of a stored file checked?
Which attributes does an accounting request carry?
How does a node detect that its neighbour is unreachable?
How is a mailbox selected and searched in IMAP?
What must be logged when authentication fails?
How are XML documents signed?
How does a sender pace its packets?
What is sent to keep a connection alive?
How does a gateway translate between IPv4 and IPv6?
How are access control lists represented?
How long does a token stay valid?
What is the difference between a resolver and a name server?""".splitlines()


def made(real: list[tuple[Document, list[Passage], Vectors]], number: int) -> tuple[Document, Found]:
    """Return an article made from a real one: its passages in another order, its vectors with noise."""
    rng = np.random.default_rng(number)
    article, passages, vectors = real[number % len(real)]
    order = rng.permutation(len(passages))
    pieces, spans, at = [], [], 0
    for place in order.tolist():
        item = passages[place]
        pieces.append(item.text)
        moved = tuple(Span(one.start - item.start + at, one.end - item.start + at) for one in item.sentences)
        spans.append((at, at + len(item.text), moved))
        at += len(item.text) + 2
    document = Document(f"made-{number}", article.title, "\n\n".join(pieces), f"made-{number}.txt")
    noise = rng.standard_normal(vectors.shape, dtype=np.float32)
    noise *= NOISE / np.linalg.norm(noise, axis=1, keepdims=True)
    rows = vectors[order] + noise
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return document, ([Passage(document, *one) for one in spans], list(rows))


class Source:
    """Yields articles up to a number of passages, and knows the vectors of the one that it yielded last."""

    def __init__(self, folder: Path, passages: int) -> None:
        """Read the real articles."""
        self.real, self.count, self.made_from = [], 0, 0
        for item in read_encoded(folder):
            if self.count >= passages:
                break
            self.real.append(item)
            self.count += len(item[1])
        self.real_passages, self._passages = self.count, passages
        self._known: dict[str, Found] = {}

    def articles(self) -> Iterator[Document]:
        """Yield the real articles, then made ones."""
        for article, passages, vectors in self.real:
            self._known = {article.id: (passages, list(vectors))}
            yield article
        while self.count < self._passages:
            yield self.make()

    def make(self) -> Document:
        """Return one more made article."""
        document, found = made(self.real, self.made_from)
        self.made_from += 1
        self.count += len(found[0])
        self._known = {document.id: found}
        return document

    def known(self, document: Document) -> Found | None:
        """Return the passages and vectors of the article that was yielded last."""
        return self._known.get(document.id)


def build(encoded: Path, index: Path, passages: int) -> dict[str, float]:
    """Build an index in a stream; return its figures."""
    shutil.rmtree(index, ignore_errors=True)
    source, encoder = Source(encoded, passages), RECIPE.load_encoder(light=True)
    began, told = time.perf_counter(), 0.0

    def show(done: int, _: int) -> None:
        nonlocal told
        if time.perf_counter() - told > 15:  # noqa: PLR2004 - seconds
            told = time.perf_counter()
            left = (told - began) * (passages / max(source.count, 1) - 1)
            print(f"  {done:,} passages, {left:.0f} s left", flush=True)

    with generations.lock(index):
        change = saving.Change((), source.articles(), 0, ())
        stages = Stages(encoding=show)
        record = saving.write(index, change, RECIPE, encoder, None, stages, source.known)
    seconds = time.perf_counter() - began
    size = sum(path.stat().st_size for path in index.rglob("*") if path.is_file())
    figures = {
        "passages": record.passages, "articles": record.articles, "real passages": source.real_passages,
        "build s": seconds, "segments": len(record.segments), "GB": size / 1e9,
    }  # fmt: skip
    figures |= change_a_little(index, source)
    return figures


def change_a_little(index: Path, source: Source) -> dict[str, float]:
    """Add some articles, remove one of them and look for its text, and remove one of the first segment."""
    encoder = RECIPE.load_encoder(light=True)
    there = {path: path.stat().st_mtime_ns for path in index.rglob("*")}

    def add() -> Iterator[Document]:
        for place in range(ADDED):
            document = source.make()
            if place == 0:
                text = f"{document.text}\n\n{MARKER}"
                secret = replace(document, id="secret", text=text)
                passages, rows = source.known(document) or ((), ())
                last = Passage(
                    secret, len(document.text) + 2, len(text), (Span(len(document.text) + 2, len(text)),)
                )
                moved = [replace(one, document=secret) for one in passages]
                source._known = {"secret": ([*moved, last], [*rows, rows[0]])}  # noqa: SLF001 - its own
                document = secret
            yield document

    began = time.perf_counter()
    with generations.lock(index):
        record = manifest.read(index)
        kept = [(one, np.ones(one.articles, dtype=np.bool_)) for one in record.segments]
        change = saving.Change(kept, add(), ADDED, ())
        saving.write(index, change, RECIPE, encoder, record, known=source.known)
    adding = time.perf_counter() - began
    written = sum(
        path.stat().st_size
        for path in index.rglob("*")
        if path.is_file() and there.get(path) != path.stat().st_mtime_ns
    )
    if not holds(index, MARKER):
        message = "the text that was added is in no file"
        raise RuntimeError(message)
    began = time.perf_counter()
    updates.remove(index, ["secret"])
    removing = time.perf_counter() - began
    left = float(holds(index, MARKER))
    first = manifest.read(index).segments[0]
    began = time.perf_counter()
    updates.remove(index, [source.real[0][0].id])
    return {
        "add 100 s": adding,
        "add 100 MB written": written / 1e6,
        "remove 1 s": removing,
        "files with its text": left,
        "first segment passages": first.passages,
        "remove 1 of it s": time.perf_counter() - began,
    }


def holds(index: Path, text: str) -> int:
    """Return how many files hold a text."""
    found = subprocess.run(["grep", "-rlF", text, str(index)], capture_output=True, text=True, check=False)  # noqa: S607
    return len(found.stdout.split())


def memory() -> dict[str, float]:
    """Return this process's memory in MB: anonymous, and of files that are mapped."""
    rollup = Path("/proc/self/smaps_rollup").read_text(encoding="ascii")
    kilobytes = {name: int(value) for name, value in re.findall(r"^(\w+):\s+(\d+) kB", rollup, re.MULTILINE)}
    anonymous = kilobytes["Anonymous"] / 1000
    return {"anonymous MB": anonymous, "file-backed MB": kilobytes["Rss"] / 1000 - anonymous}


def measure(index: Path) -> dict[str, float]:
    """Open an index in this fresh process and ask the questions."""
    encoder = RECIPE.load_encoder(light=True)
    asked = encode_now(encoder, QUESTIONS)
    plugins.load("indexes", RECIPE.index), plugins.load("lexical", RECIPE.lexical)
    before = memory()
    began = time.perf_counter()
    collection, _ = storage.load(index, encoder)
    opening = time.perf_counter() - began
    spent: dict[str, list[float]] = {"": [], "dense": [], "lexical": [], "passages": []}
    worked = []
    for _ in range(3):
        for question, vector in zip(QUESTIONS, asked, strict=True):
            p0, t0 = time.process_time(), time.perf_counter()
            (places, _), (words, _) = search(question, vector, collection, DEPTH)
            t1 = time.perf_counter()
            worked.append(time.process_time() - p0)
            for place in {*places[:K].tolist(), *words[:K].tolist()}:
                collection.passages[place]
            t2 = time.perf_counter()
            collection.vectors.search(vector, DEPTH)
            t3 = time.perf_counter()
            collection.lexical.search(question, DEPTH)
            spent[""].append(t1 - t0)
            spent["passages"].append(t2 - t1)
            spent["dense"].append(t3 - t2)
            spent["lexical"].append(time.perf_counter() - t3)
    used = memory()
    both = np.array(spent.pop(""))
    figures = {"open s": opening, **used, "anonymous MB before": before["anonymous MB"]}
    figures |= {"p50 ms": float(np.median(both)) * 1e3, "p95 ms": float(np.percentile(both, 95)) * 1e3}
    figures["p50 processor ms"] = float(np.median(worked)) * 1e3
    figures["p95 processor ms"] = float(np.percentile(worked, 95)) * 1e3
    figures |= {f"p95 {name} ms": float(np.percentile(values, 95)) * 1e3 for name, values in spent.items()}
    return figures | {"recall@10": recall(collection, asked)}


def recall(collection: collections.Collection, asked: Vectors) -> float:
    """Return the mean share of the ten nearest vectors, by comparing all, that the search finds."""
    best = np.zeros((len(asked), 0), dtype=np.float32)
    for segment in updates.folder_segments(collection):
        for first in range(0, segment.passages, 50_000):
            rows = segment.rows(first, min(first + 50_000, segment.passages))
            best = -np.sort(-np.hstack((best, asked @ rows.T)), axis=1)[:, :K]
    shares = []
    for vector, exact in zip(asked, best, strict=True):
        _, scores = collection.vectors.search(vector, K)
        # By score, not by position: vectors that score the same are as good.
        shares.append(float(np.mean(scores >= exact[-1] - 2e-6)))
    return float(np.mean(shares))


def main() -> None:
    """Read the arguments, build each size and measure it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("encoded", type=Path, help="what benchmarks.rfcs wrote")
    parser.add_argument("work", type=Path, help="where the indexes are built")
    parser.add_argument("--passages", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--measure", action="store_true", help="measure the index WORK, for a fresh process")
    given = parser.parse_args()
    if given.measure:
        print(json.dumps(measure(given.work)))
        return
    indexes = plugins.load("lexical", RECIPE.lexical)
    slow = indexes.terms
    type(indexes).terms = staticmethod(lru_cache(500_000)(slow))
    rows = []
    for size in given.passages:
        index = given.work / str(size)
        figures = build(given.encoded, index, size)
        command = [sys.executable, "-m", "benchmarks.million", str(given.encoded), str(index), "--measure"]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        rows.append(figures | json.loads(done.stdout))
        print(json.dumps(rows[-1]), flush=True)
    for name in rows[0]:
        values = [row[name] for row in rows]
        line = "  ".join(f"{value:>14,.3f}" for value in values)
        slope = ""
        if len(rows) > 1 and min(values) > 0:
            ratio = math.log(rows[-1]["passages"] / rows[0]["passages"])
            slope = f"  slope {math.log(values[-1] / values[0]) / ratio:.2f}"
        print(f"{name:>22}  {line}{slope}")
    texts = [item.text for item in Source(given.encoded, 1000).real[0][1]][:200]
    began = time.process_time()
    for text in texts:
        slow(text)
    print(
        f"words of a text that is new: {(time.process_time() - began) / len(texts) * 1e6:.0f} µs of processor"
    )


if __name__ == "__main__":
    main()
