"""Find the passages that may answer a question: search by meaning and by words, and fuse the ranks."""

from collections.abc import Container
from dataclasses import dataclass

from citewell.documents.passages import Passage
from citewell.index.collection import Collection
from citewell.index.protocols import Encoder, encode_now

RRF_K = 60  # from Cormack et al. 2009, who found that the value matters little
# Ranks used from each stage; a later rank adds less than 1 / (60 + 50) to a fused score.
DEPTH = 50


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
    question: str, collection: Collection, encoder: Encoder, k: int, *, only: Container[str] | None = None
) -> list[Hit]:
    """Return at most k hits, best first; ties by position, so the same input gives the same hits.

    Args:
        question: A question that stands alone.
        collection: The collection to search.
        encoder: The encoder that made the collection.
        k: Largest number of hits.
        only: Ids of the articles to search; None for all articles.
    """
    size = len(collection.passages)
    # The filter is applied to the ranking, so a filtered search needs the whole ranking.
    depth = size if only is not None else max(DEPTH, k)
    dense = collection.vectors.search(encode_now(encoder, [question])[0], depth)
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
