"""Find the passages that may answer a question: search by meaning and by words, and fuse the ranks."""

from collections.abc import Collection as AbstractCollection
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from citewell.documents.passages import Passage
from citewell.index.collection import Collection
from citewell.index.filters import Mask, Selection
from citewell.index.protocols import Encoder, Fetching, Vectors, encode_now
from citewell.text.identifiers import find_identifiers

RRF_K = 60  # from Cormack et al. 2009, who found that the value matters little
# Ranks used from each stage; a later rank adds less than 1 / (60 + 50) to a fused score.
DEPTH = 50
# From so many passages on, a search takes longer than it takes to start a thread for it.
SIDE_BY_SIDE = 20_000


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that was found, and how.

    Attributes:
        passage: The passage.
        position: The passage's position in the collection.
        fused: Reciprocal rank fusion of both stages; at most 2 / 61. Higher is better.
        dense: Inner product with the question, in [-1, 1]; None when the passage was not among the nearest.
        dense_rank: Rank by `dense`, from 1; None when `dense` is None.
        lexical: BM25 score, > 0; None when the passage was not among the best.
        lexical_rank: Rank by `lexical`, from 1; None when `lexical` is None.
    """

    passage: Passage
    position: int
    fused: float
    dense: float | None = None
    dense_rank: int | None = None
    lexical: float | None = None
    lexical_rank: int | None = None


def retrieve(
    question: str,
    collection: Collection,
    encoder: Encoder,
    k: int,
    *,
    only: Selection | AbstractCollection[str] | None = None,
) -> list[Hit]:
    """Return at most k hits, best first; ties by position, so the same input gives the same hits.

    Args:
        question: A question that stands alone.
        collection: The collection to search.
        encoder: The encoder that made the collection.
        k: Largest number of hits.
        only: The articles to search, chosen or by their ids; None for all articles.
    """
    chosen = only if only is None or isinstance(only, Selection) else collection.select(only)
    within = () if chosen is None else (chosen.passages,)
    depth = max(DEPTH, k)
    found = search(question, encode_now(encoder, [question])[0], collection, depth, *within)
    by_meaning, by_words = (
        {
            int(position): (rank, float(score))
            for rank, (position, score) in enumerate(zip(positions, scores, strict=True), start=1)
        }
        for positions, scores in found
    )
    ranked = []
    for position in by_meaning.keys() | by_words.keys():
        ranks = (found[position][0] for found in (by_meaning, by_words) if position in found)
        ranked.append((-sum(1 / (RRF_K + rank) for rank in ranks), position))
    ranked.sort()

    def hit(fused: float, position: int, passage: Passage) -> Hit:
        dense_rank, dense_score = by_meaning.get(position, (None, None))
        lexical_rank, lexical_score = by_words.get(position, (None, None))
        return Hit(
            passage=passage,
            position=position,
            fused=fused,
            dense=dense_score,
            dense_rank=dense_rank,
            lexical=lexical_score,
            lexical_rank=lexical_rank,
        )

    # A passage may be read from disk: those behind the k best only where a code is asked for.
    needed = ranked if any(find_identifiers(question, typed=True)) else ranked[:k]
    passages = fetch(collection.passages, [position for _, position in needed])
    hits = [
        hit(-fused, position, passage) for (fused, position), passage in zip(needed, passages, strict=True)
    ]
    return keep_identified(question, hits, k)


Found: TypeAlias = tuple[NDArray[np.int64], NDArray[np.float32]]
"""Positions [n] and scores [n] of passages, best first."""


def search(
    question: str, query: Vectors, collection: Collection, depth: int, *within: Mask
) -> tuple[Found, Found]:
    """Return what is nearest to a question's vector and what has its words.

    Args:
        question: The question.
        query: Its vector [dimensions].
        collection: The collection to search.
        depth: Most passages of each kind.
        within: Which passages may be found [passages]; all when it is left out.
    """
    if len(collection.passages) < SIDE_BY_SIDE:
        near = collection.vectors.search(query, depth, *within)
        return near, collection.lexical.search(question, depth, *within)
    with ThreadPoolExecutor(1, thread_name_prefix="citewell-search") as beside:
        searching = beside.submit(collection.vectors.search, query, depth, *within)
        words = collection.lexical.search(question, depth, *within)
        return searching.result(), words


def fetch(passages: Sequence[Passage], positions: Sequence[int]) -> Sequence[Passage]:
    """Return the passages at some positions, in few calls where they lie on a server."""
    if isinstance(passages, Fetching):
        return passages.fetch(positions)
    return [passages[position] for position in positions]


def keep_identified(question: str, hits: list[Hit], k: int) -> list[Hit]:
    """Return the k best hits; up to half make room for others that have an identifier of the question.

    A code says nothing to an encoder: the list that has it may be found by its words alone, behind passages
    that were found twice.
    """
    asked = {one.name for one in find_identifiers(question, typed=True)}
    if not asked or len(hits) <= k:
        return hits[:k]
    has_one = [not asked.isdisjoint(one.name for one in find_identifiers(hit.passage.text)) for hit in hits]
    missed = [hit for hit, is_about in zip(hits[k:], has_one[k:], strict=True) if is_about][: k // 2]
    spare = [place for place in range(k) if not has_one[place]][::-1][: len(missed)]
    kept = [hit for place, hit in enumerate(hits[:k]) if place not in spare]
    return [*kept, *missed][:k]
