"""Answer requests about a whole article: its most central sentences, and the people in it."""

from bisect import bisect_left
from collections.abc import Sequence
from typing import TypeAlias

import numpy as np

from citewell.documents.document import Document
from citewell.documents.people import find_people
from citewell.index.collection import Collection
from citewell.index.protocols import Encoder, Vectors, encode_now
from citewell.questions.intent import Intent
from citewell.text.spans import Span

# Most sentences of an article that are compared: the matrix grows with the square of their number.
MAX_SENTENCES = 600
# A heading or a fragment is no statement.
MIN_WORDS = 6
DAMPING = 0.85  # Brin and Page 1998, as Erkan and Radev 2004 use it
SIMILAR = 0.75  # Two sentences nearer than this say the same; only the more central one is taken.
# Sentences of each overview. A summary is read in half a minute; key points are a few more.
SENTENCES = {Intent.SUMMARY: 4, Intent.KEY_POINTS: 5}
# The sentences are the article's own, and their choice as central claims nothing that could be wrong.
CONFIDENCE = 1.0

Overview: TypeAlias = list[tuple[Span, tuple[Span, ...]]]
"""Sentences with the short answers in them, in text order, offsets into the article."""


def find_central_sentences(
    article: Document, sentences: Sequence[Span], encoder: Encoder, n: int
) -> Overview:
    """Return the n most central of an article's sentences, without short answers.

    The method is LexRank (Erkan and Radev 2004) over the encoder's vectors. It prefers the beginning, where
    news says what matters. Of nearly equal sentences only the most central is returned.
    """
    texts = [article.text[span.start : span.end] for span in sentences]
    long_enough = [place for place, text in enumerate(texts) if len(text.split()) >= MIN_WORDS]
    candidates = (long_enough or [*range(len(texts))])[:MAX_SENTENCES]
    if not candidates:
        return []
    vectors = encode_now(encoder, [texts[place] for place in candidates])
    likeness = vectors @ vectors.T
    rank = centrality(likeness)
    chosen: list[int] = []
    for row in sorted(range(len(candidates)), key=lambda row: (-round(float(rank[row]), 9), row)):
        if all(likeness[row, other] < SIMILAR for other in chosen):
            chosen.append(row)
        if len(chosen) == n:
            break
    return [(sentences[candidates[row]], ()) for row in sorted(chosen)]


def centrality(likeness: Vectors) -> Vectors:
    """Return the stationary distribution [n] of a random walk along the likeness [n, n].

    The walk starts again at a sentence with a probability that falls with its place, as 1, 1/2, 1/3, …
    """
    weights = np.clip(likeness.astype(np.float64), 0, None)
    np.fill_diagonal(weights, 0)
    totals = weights.sum(axis=1, keepdims=True)
    size = len(weights)
    start = 1 / np.arange(1, size + 1)
    start /= start.sum()
    # From a sentence that is like no other, the walk starts again.
    steps = np.divide(weights, totals, out=np.tile(start, (size, 1)), where=totals > 0)
    rank = start
    for _ in range(100):
        following = (1 - DAMPING) * start + DAMPING * rank @ steps
        if np.abs(following - rank).sum() < 1e-10:  # noqa: PLR2004 - far below what orders two sentences
            break
        rank = following
    return rank.astype(np.float32)


def find_naming_sentences(article: Document, sentences: Sequence[Span]) -> Overview:
    """Return the sentences in which a person is first named in full, with the names."""
    named = find_people(article.text)
    starts = [name.start for name in named]
    found = []
    for span in sentences:
        here = named[bisect_left(starts, span.start) : bisect_left(starts, span.end)]
        names = tuple(name for name in here if name.end <= span.end)
        if names:
            found.append((span, names))
    return found


class Overviews:
    """Compute the overviews of a collection's articles, each once. Safe to use from many threads."""

    def __init__(self, collection: Collection, encoder: Encoder) -> None:
        """Take the articles and the encoder that made their vectors."""
        self._collection = collection
        self._encoder = encoder
        self._known: dict[tuple[str, Intent], Overview] = {}

    def find(self, article: Document, kind: Intent) -> Overview:
        """Return the sentences that answer a request of this kind."""
        key = (article.id, kind)
        if key not in self._known:
            sentences = [
                sentence
                for passage in self._collection.passages_of(self._collection.document_index(article.id))
                for sentence in passage.sentences
            ]
            # Two threads may both compute an overview; their results are the same.
            self._known[key] = (
                find_naming_sentences(article, sentences)
                if kind is Intent.PEOPLE
                else find_central_sentences(article, sentences, self._encoder, SENTENCES[kind])
            )
        return self._known[key]
