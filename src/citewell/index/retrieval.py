"""Find the passages that may answer: by meaning and by words, fused by rank."""

from collections.abc import Container
from dataclasses import dataclass

from citewell.documents.passages import Passage
from citewell.index.collection import Collection
from citewell.index.protocols import Encoder

RRF_K = 60  # Cormack et al. 2009, who found the value to matter little
# How far each stage is read; beyond it a rank adds less than 1 / (60 + 50) to a fused score.
DEPTH = 50


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that was found, and how.

    Attributes:
        passage: The passage.
        position: Its place in the collection.
        fused: Reciprocal rank fusion of both stages; at most 2 / 61. Higher is better.
        dense: Inner product with the question, in [-1, 1]; None when it was not among the nearest.
        dense_rank: From 1; None likewise.
        lexical: BM25 score, > 0; None when it was not among the best.
        lexical_rank: From 1; None likewise.
    """

    passage: Passage
    position: int
    fused: float
    dense: float | None = None
    dense_rank: int | None = None
    lexical: float | None = None
    lexical_rank: int | None = None


def retrieve(
    question: str, collection: Collection, encoder: Encoder, k: int, *, only: Container[str] | None = None
) -> list[Hit]:
    """Return at most k hits, best first; ties by position, so the same input gives the same hits.

    Args:
        question: Standing alone.
        collection: Where to look.
        encoder: The one that made the collection.
        k: Number of hits.
        only: Ids of the articles to look in; all when None.
    """
    size = len(collection.passages)
    # A filter is applied to the ranking, so with one the whole ranking is needed.
    depth = size if only is not None else max(DEPTH, k)
    dense = collection.vectors.search(encoder.encode([question])[0], depth)
    lexical = collection.lexical.search(question, depth)
    stages = []
    for positions, scores in (dense, lexical):
        pairs = [
            (int(position), float(score))
            for position, score in zip(positions, scores, strict=True)
            if only is None or collection.passages[int(position)].document.id in only
        ]
        stages.append({position: (rank, score) for rank, (position, score) in enumerate(pairs, start=1)})
    by_meaning, by_words = stages
    hits = []
    for position in by_meaning.keys() | by_words.keys():
        dense_rank, dense_score = by_meaning.get(position, (None, None))
        lexical_rank, lexical_score = by_words.get(position, (None, None))
        fused = sum(1 / (RRF_K + rank) for rank in (dense_rank, lexical_rank) if rank is not None)
        hits.append(
            Hit(
                passage=collection.passages[position],
                position=position,
                fused=fused,
                dense=dense_score,
                dense_rank=dense_rank,
                lexical=lexical_score,
                lexical_rank=lexical_rank,
            )
        )
    return sorted(hits, key=lambda hit: (-hit.fused, hit.position))[:k]
