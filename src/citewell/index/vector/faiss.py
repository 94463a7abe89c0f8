"""Search with FAISS (Douze et al. 2024): exact while that is fast, inverted lists beyond."""

import math
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

from citewell.errors import DamagedIndexError
from citewell.index.protocols import Vectors

untyped: Any = faiss  # some releases bring type stubs, which leave out what is asked of this name

FILE = "vectors.faiss"
# Up to here a flat search of 384 dimensions takes about 15 ms on two cores (benchmarks/indexes.py).
EXACT_UP_TO = 100_000
# Searched inverted lists out of 4 * sqrt(n): benchmarks/indexes.py prints the recall that this buys.
PROBED = 64
# Asked for beyond k: where one of them is less than the k-th, a second search is not needed.
SPARE = 16
# Inner products closer than this are equal: the last bits depend on how FAISS blocks the product.
DECIMALS = 6


class FaissIndex:
    """A FAISS index of inner products."""

    def __init__(self, index: Any) -> None:
        """Keep an index whose ids are positions."""
        self._index = index

    def search(self, query: Vectors, k: int) -> tuple[NDArray[np.int64], Vectors]:
        """Return the k largest inner products, ties by position."""
        wanted = min(k, self._index.ntotal)
        if wanted <= 0:
            return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32)
        asked = wanted + SPARE
        positions, scores = self._nearest(query, asked)
        # subtle: more scores may be equal at the edge than were asked for, and FAISS picks any of them.
        while len(scores) == asked and scores[-1] == scores[wanted - 1]:
            asked *= 4
            positions, scores = self._nearest(query, asked)
        if len(scores) < wanted:  # the lists that were searched hold no more
            every = untyped.SearchParametersIVF(nprobe=self._index.nlist)
            positions, scores = self._nearest(query, wanted, params=every)
        return positions[:wanted], scores[:wanted]

    def _nearest(
        self, query: Vectors, k: int, params: Any | None = None
    ) -> tuple[NDArray[np.int64], Vectors]:
        """Return what FAISS finds, ordered."""
        rows = query.reshape(1, -1).astype(np.float32)
        scores, positions = self._index.search(rows, min(k, self._index.ntotal), params=params)
        found = positions[0] >= 0
        scores, positions = np.round(scores[0][found], DECIMALS), positions[0][found]
        order = np.lexsort((positions, -scores))
        return positions[order].astype(np.int64), scores[order]

    def vectors(self) -> Vectors:
        """Return all vectors, read back from FAISS."""
        if self._index.ntotal == 0:
            return np.zeros((0, self._index.d), dtype=np.float32)
        vectors: Vectors = self._index.reconstruct_n(0, self._index.ntotal)
        return vectors

    def save(self, folder: Path) -> None:
        """Write one FAISS file."""
        # Through Python's own file: FAISS takes no path that is not UTF-8, and hides why a write failed.
        with (folder / FILE).open("wb") as file:
            faiss.write_index(self._index, untyped.PyCallbackIOWriter(file.write))


class FaissIndexes:
    """The two ways to get one."""

    def __init__(self, exact_up_to: int) -> None:
        """Keep the size above which inverted lists are used."""
        self._exact_up_to = exact_up_to

    def build(self, vectors: Vectors) -> FaissIndex:
        """Index the vectors; the same vectors give the same index (k-means has a fixed seed)."""
        size, dimensions = vectors.shape
        index: Any
        if size <= self._exact_up_to:
            index = faiss.IndexFlatIP(dimensions)
        else:
            lists = min(int(4 * math.sqrt(size)), size)
            quantizer = faiss.IndexFlatIP(dimensions)
            index = faiss.IndexIVFFlat(quantizer, dimensions, lists, faiss.METRIC_INNER_PRODUCT)
            index.cp.seed = 0
            index.train(vectors)
            index.nprobe = min(PROBED, lists)
        index.add(vectors)
        if size > self._exact_up_to:
            index.make_direct_map()
        return FaissIndex(index)

    def load(self, folder: Path) -> FaissIndex:
        """Read what `save` wrote."""
        try:
            with (folder / FILE).open("rb") as file:
                return FaissIndex(faiss.read_index(untyped.PyCallbackIOReader(file.read)))
        except (OSError, RuntimeError) as error:
            message = f"{FILE} holds no FAISS index"
            raise DamagedIndexError(message) from error


def create(exact_up_to: int = EXACT_UP_TO) -> FaissIndexes:
    """Return the door.

    Args:
        exact_up_to: Number of vectors up to which every one is compared.
    """
    return FaissIndexes(exact_up_to)
