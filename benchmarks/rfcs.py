"""Encode real passages of the Internet's standards (RFCs), for the benchmark of a million passages.

    mkdir rfc && cd rfc
    apt-get download doc-rfc-std doc-rfc-std-proposed doc-rfc-experimental   # Debian, component non-free
    for package in *.deb; do dpkg-deb -x $package .; done
    nice python -m benchmarks.rfcs rfc encoded [--passages 100000]

Texts are not shipped. A run that was stopped goes on where it was: each RFC's passages and vectors are a file
of their own, and RFCs are taken in an order that is mixed but always the same.
"""

import argparse
import gzip
import hashlib
import json
import re
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from citewell.documents.document import Document, document
from citewell.documents.passages import Passage
from citewell.index import collection as collections
from citewell.index.collection import IndexConfig
from citewell.index.protocols import Vectors, encode_now
from citewell.text.spans import Span

# What a printed page of an RFC adds: the foot, a form feed and the head.
PAGE_BREAK = re.compile(r"\n+[^\n]*\[Page \d+\]\s*\f?\n?(?:RFC \d+[^\n]*\n)?\s*\n")
CONTENTS = re.compile(r"^[^\n]*(?:\. ?){4,}[^\n]*\n", re.MULTILINE)


def find_rfcs(folder: Path) -> list[Path]:
    """Return the RFCs of a folder, in a mixed order that is always the same."""
    found = {path.name: path for path in folder.rglob("rfc[0-9]*.txt*")}
    return [found[name] for name in sorted(found, key=lambda name: hashlib.sha256(name.encode()).digest())]


def read_rfc(path: Path) -> Document:
    """Return an RFC without page breaks and contents, its title the first line that stands alone."""
    raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    text = CONTENTS.sub("", PAGE_BREAK.sub("\n", raw.decode("latin-1")))
    number = path.name.partition(".")[0]
    titles = re.findall(r"\n\n[ ]{3,}(\S[^\n]{5,70})\n\n", text[:4000])
    title = f"{number.upper()} {titles[0].strip()}" if titles else number.upper()
    return document(text.replace("\f", ""), id=number, title=title, source=path.name)


def encode_all(rfcs: Path, out: Path, most: int) -> None:
    """Encode RFC after RFC until there are enough passages."""
    out.mkdir(parents=True, exist_ok=True)
    recipe = IndexConfig()
    encoder = recipe.load_encoder()
    done = encoded = 0
    began = time.perf_counter()
    for path in find_rfcs(rfcs):
        target = out / f"{path.name.partition('.')[0]}.npz"
        if target.exists():
            done += len(np.load(target)["vectors"])
        else:
            article = read_rfc(path)
            passages = collections.split_article(article, recipe, encoder)
            texts = [collections.encoded_text(passage, encoder) for passage in passages]
            rows = [encode_now(encoder, texts[first : first + 64]) for first in range(0, len(texts), 64)]
            record = [[item.start, item.end, item.sentences] for item in passages]
            aside = target.with_suffix(".aside")
            with aside.open("wb") as file:
                np.savez(
                    file,
                    vectors=np.concatenate(rows).astype(np.float16),
                    passages=np.frombuffer(json.dumps(record).encode(), dtype=np.uint8),
                    article=np.frombuffer(
                        json.dumps([article.id, article.title, article.text, article.source]).encode(),
                        dtype=np.uint8,
                    ),
                )
            aside.replace(target)
            done += len(passages)
            encoded += len(passages)
        if done >= most:
            break
        if encoded:
            speed = encoded / (time.perf_counter() - began)
            print(f"{done:,} passages, {speed:.0f} a second", flush=True)


def read_encoded(folder: Path) -> Iterator[tuple[Document, list[Passage], Vectors]]:
    """Yield the RFCs that were encoded, with their passages and unit vectors, in order of name."""
    for path in sorted(folder.glob("*.npz")):
        held = np.load(path)
        id_, title, text, source = json.loads(held["article"].tobytes())
        article = Document(id_, title, text, source)
        passages = [
            Passage(article, start, end, tuple(Span(*one) for one in sentences))
            for start, end, sentences in json.loads(held["passages"].tobytes())
        ]
        vectors = held["vectors"].astype(np.float32)
        yield article, passages, vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def main() -> None:
    """Read the arguments and encode."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("rfcs", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--passages", type=int, default=100_000)
    given = parser.parse_args()
    encode_all(given.rfcs, given.out, given.passages)


if __name__ == "__main__":
    main()
