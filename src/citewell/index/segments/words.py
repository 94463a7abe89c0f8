"""Search by words with BM25 over segments: the same scores, however the passages are parted.

Each segment keeps, for each term, the passages that have it and how often. What the whole collection decides,
how many passages have a term and how long passages are, is summed when a question is asked.
"""

from collections.abc import Callable, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from citewell.index.filters import Mask
from citewell.index.segments.layout import Arrays, hash64

# As bm25s has them for the smaller collections: Lucene's form (Robertson and Zaragoza 2009).
K1 = 1.5
B = 0.75
MOST = 65_535
# Postings that are sorted at a time when segments are joined.
BAND = 1_000_000

Terms = Callable[[str], Sequence[str]]


def count_terms(texts: Iterable[str], terms: Terms, known: dict[str, int]) -> Arrays:
    """Return the postings of texts.

    Args:
        texts: The texts, in order.
        terms: Returns the terms of a text.
        known: Hashes of the terms so far; new ones are added.
    """
    lengths: list[int] = []
    hashed: list[int] = []
    for text in texts:
        found = terms(text)
        lengths.append(len(found))
        for term in found:
            if term not in known:
                known[term] = hash64(term)
            hashed.append(known[term])
    owners = np.repeat(np.arange(len(lengths), dtype=np.int32), lengths)
    order = np.lexsort((owners, values := np.array(hashed, dtype=np.uint64)))
    owners, values = owners[order], values[order]
    is_first = np.ones(len(values), dtype=np.bool_)
    is_first[1:] = (values[1:] != values[:-1]) | (owners[1:] != owners[:-1])
    at = np.flatnonzero(is_first)
    counts = np.diff(np.append(at, len(values)))
    return index_terms(values[at], owners[at], np.minimum(counts, MOST), np.array(lengths, dtype=np.int32))


def index_terms(
    values: NDArray[np.uint64],
    owners: NDArray[np.int32],
    counts: NDArray[np.int64],
    lengths: NDArray[np.int32],
) -> Arrays:
    """Return the arrays of postings that are sorted by term, then passage."""
    is_first = np.ones(len(values), dtype=np.bool_)
    is_first[1:] = values[1:] != values[:-1]
    starts = np.append(np.flatnonzero(is_first), len(values))
    return {
        "terms": values[is_first],
        "starts": starts,
        "postings": owners,
        "counts": counts,
        "lengths": lengths,
    }


def merge_terms(parts: Sequence[tuple[Arrays, NDArray[np.bool_]]]) -> Arrays:
    """Return the postings of those passages of several segments that are kept, renumbered in order.

    Terms are hashes, so a band of their values holds about its share of the postings: band after band is
    sorted, and little is in memory beside the result.
    """
    first, renumbered = 0, []
    for arrays, kept in parts:
        numbers = np.cumsum(kept, dtype=np.int32) - 1 + first
        renumbered.append((arrays, kept, numbers.astype(np.int32)))
        first += int(kept.sum())
    bands = max(1, sum(len(arrays["postings"]) for arrays, _ in parts) // BAND)
    edges = [band * 2**64 // bands for band in range(bands)]
    ends = [*edges[1:], 2**64]
    merged = [merge_band(renumbered, low, high) for low, high in zip(edges, ends, strict=True)]
    before = np.cumsum([0, *(len(band["postings"]) for band in merged)])
    starts = [band["starts"][:-1] + begin for band, begin in zip(merged, before, strict=False)]
    return {
        **{name: np.concatenate([band[name] for band in merged]) for name in ("terms", "postings", "counts")},
        "starts": np.concatenate([*starts, before[-1:]]),
        "lengths": np.concatenate([arrays["lengths"][kept] for arrays, kept in parts]),
    }


def merge_band(
    parts: Sequence[tuple[Arrays, NDArray[np.bool_], NDArray[np.int32]]], low: int, high: int
) -> Arrays:
    """Return the postings of the terms in [low, high), but no lengths.

    Args:
        parts: Segments, which passages are kept, and the new number of each.
        low: The lowest term.
        high: One more than the highest.
    """
    values, owners, counts = [], [], []
    for arrays, kept, numbers in parts:
        terms, starts = arrays["terms"], arrays["starts"]
        begin = int(np.searchsorted(terms, np.uint64(low)))
        end = int(np.searchsorted(terms, np.uint64(high - 1), side="right"))
        held = slice(int(starts[begin]), int(starts[end]))
        postings = arrays["postings"][held]
        stays = kept[postings]
        values.append(np.repeat(terms[begin:end], np.diff(starts[begin : end + 1]))[stays])
        owners.append(numbers[postings[stays]])
        counts.append(arrays["counts"][held][stays])
    joined, places = np.concatenate(values), np.concatenate(owners)
    # The parts come in order, so that a stable sort by term keeps the passages in order.
    order = np.argsort(joined, kind="stable")
    no_lengths = np.zeros(0, dtype=np.int32)
    return index_terms(joined[order], places[order], np.concatenate(counts)[order], no_lengths)


class Words:
    """The lexical index of a collection in segments."""

    def __init__(self, segments: Sequence[Arrays], terms: Terms) -> None:
        """Take the arrays of the segments, in order."""
        self._segments = segments
        self._terms = terms
        self._sizes = [len(one["lengths"]) for one in segments]
        self._total = sum(int(one["lengths"].sum(dtype=np.int64)) for one in segments)

    def search(
        self, query: str, k: int, among: Mask | None = None
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Return the k best passages that share a term with the query."""
        asked = [hash64(term) for term in self._terms(query)]
        size = sum(self._sizes)
        if not asked or not self._total:
            return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32)
        times = {term: asked.count(term) for term in asked}
        ranges = [{term: find_range(one, term) for term in times} for one in self._segments]
        frequency = {term: sum(end - start for start, end in (one[term] for one in ranges)) for term in times}
        # The rarest first: once k passages are better than what the common terms can add, no other can join.
        weights = {
            term: times[term] * float(np.log1p((size - frequency[term] + 0.5) / (frequency[term] + 0.5)))
            for term in sorted(times, key=lambda term: (frequency[term], term))
            if frequency[term]
        }
        mean = self._total / size
        best = Best(k)
        first = 0
        for arrays, found, count in zip(self._segments, ranges, self._sizes, strict=True):
            wanted = None if among is None else among[first : first + count]
            postings = [(weights[term], *found[term]) for term in weights]
            best.take(*score(arrays, postings, mean, k, wanted, best.least), first)
            first += count
        return best.sorted()

    def save(self, folder: object) -> None:
        """Refuse: an index in segments is saved by `citewell.index.segments.saving`."""
        raise NotImplementedError(folder)


class Best:
    """The best results so far."""

    def __init__(self, k: int) -> None:
        """Keep at most k."""
        self._k = k
        self._places = np.zeros(0, dtype=np.int64)
        self._scores = np.zeros(0, dtype=np.float32)

    @property
    def least(self) -> float:
        """What the last of k results scores; 0 while there are fewer."""
        return float(self._scores.min()) if len(self._scores) == self._k and self._k else 0.0

    def take(self, places: NDArray[np.int64], scores: NDArray[np.float32], first: int) -> None:
        """Add the results of a segment, whose positions count from its own beginning."""
        self._places = np.concatenate((self._places, places + first))
        self._scores = np.concatenate((self._scores, scores))
        order = np.lexsort((self._places, -self._scores))[: self._k]
        self._places, self._scores = self._places[order], self._scores[order]

    def sorted(self) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Return positions and scores, best first; ties by position."""
        return self._places, self._scores


def find_range(arrays: Arrays, term: int) -> tuple[int, int]:
    """Return where a term's postings lie."""
    terms = arrays["terms"]
    at = int(np.searchsorted(terms, np.uint64(term)))
    if at == len(terms) or int(terms[at]) != term:
        return 0, 0
    return int(arrays["starts"][at]), int(arrays["starts"][at + 1])


def score(
    arrays: Arrays,
    postings: Sequence[tuple[float, int, int]],
    mean: float,
    k: int,
    among: Mask | None,
    least: float,
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Return the k best positions of a segment and their scores, in any order.

    A passage whose terms cannot reach the k best is not scored to its end (Turtle and Flood 1995, MaxScore).

    Args:
        arrays: The segment.
        postings: For each term its weight and where its postings begin and end, the rarest term first.
        mean: Mean number of terms of a passage.
        k: Largest number of results.
        among: Which positions may be found; all when None.
        least: A score that the result must reach.
    """
    lengths = arrays["lengths"]
    scores = np.zeros(len(lengths), dtype=np.float64)
    found = np.zeros(0, dtype=np.int64)  # of a closed search
    marked = np.zeros(len(lengths), dtype=np.bool_)  # sought through ten times as fast as the scores
    left = sum(weight for weight, _, _ in postings)
    is_closed = False  # whether passages without a term so far can still be among the best
    for weight, start, end in postings:
        owners, counts = arrays["postings"][start:end], arrays["counts"][start:end]
        if is_closed:
            # Only what was found can still win: look these up, and not the others.
            at = np.minimum(np.searchsorted(owners, found), max(len(owners) - 1, 0))
            has = owners[at] == found if len(owners) else np.zeros(len(found), dtype=np.bool_)
            owners, counts = found[has], counts[at[has]]
        elif among is not None:
            stays = among[owners]
            owners, counts = owners[stays], counts[stays]
        times = counts.astype(np.float64)
        scores[owners] += weight * (times / (times + K1 * (1 - B + B * lengths[owners] / mean)))
        left -= weight
        if not is_closed:
            marked[owners] = True
            found = np.flatnonzero(marked)
        held = scores[found]
        edge = max(least, float(np.partition(held, -k)[-k]) if len(held) >= k else 0.0)
        # subtle: scores are compared as they are rounded at the end, so a tie must not be lost to a last bit.
        if edge > left * (1 + 1e-6) + 1e-6:
            is_closed = True
            found = found[held + left >= edge * (1 - 1e-6) - 1e-6]
    rounded = scores[found].astype(np.float32)
    if len(found) > k:
        likely = rounded >= np.partition(rounded, -k)[-k]
        found, rounded = found[likely], rounded[likely]
    order = np.lexsort((found, -rounded))[:k]
    return found[order].astype(np.int64), rounded[order]
