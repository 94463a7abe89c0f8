"""Search with FAISS (Douze et al. 2024): exactly in small collections, by inverted lists in large ones."""

import math
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

from citewell.errors import DamagedIndexError
from citewell.index.filters import Mask
from citewell.index.protocols import Vectors

untyped: Any = faiss  # the type stubs of some releases lack the attributes used here

FILE = "vectors.faiss"
# Number of vectors up to which a flat search of 384 dimensions takes about 15 ms on two cores
# (benchmarks/indexes.py).
EXACT_UP_TO = 100_000
# Number of inverted lists searched, out of 4 * sqrt(n); benchmarks/indexes.py prints the recall.
PROBED = 64
# Results asked for beyond k: when one of them scores less than the k-th, no second search is needed.
SPARE = 16
# Decimals to which inner products are compared: the last bits depend on how FAISS blocks the product.
DECIMALS = 6


class FaissIndex:
    """A FAISS index of inner products."""

    def __init__(self, index: Any) -> None:
        """Keep an index whose ids are positions."""
        self._index = index

    def search(self, query: Vectors, k: int, among: Mask | None = None) -> tuple[NDArray[np.int64], Vectors]:
        """Return the k largest inner products, ties by position."""
        size = self._index.ntotal if among is None else int(among.sum())
        wanted = min(k, size)
        if wanted <= 0:
            return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32)
        # Among few vectors, every list is searched: a list may hold none of them, and comparing all is quick.
        params = self._params(among, every=among is not None and size <= EXACT_UP_TO)
        asked = wanted + SPARE
        positions, scores = self._nearest(query, asked, params)
        # subtle: more results may tie with the k-th than were asked for, and FAISS returns any of them.
        while len(scores) == asked and scores[-1] == scores[wanted - 1]:
            asked *= 4
            positions, scores = self._nearest(query, asked, params)
        if len(scores) < wanted:  # the searched lists hold fewer vectors than wanted
            positions, scores = self._nearest(query, wanted, self._params(among, every=True))
        return positions[:wanted], scores[:wanted]

    def _params(self, among: Mask | None, *, every: bool) -> Any | None:
        """Return how to search: within a mask [size] or everywhere, in every inverted list or in some."""
        lists = getattr(self._index, "nlist", 0)
        if among is None and not (every and lists):
            return None
        # One bit for each vector, the first one lowest.
        packed = None if among is None else np.packbits(among, bitorder="little")
        chosen = {} if packed is None else {"sel": untyped.IDSelectorBitmap(packed)}
        if lists:
            return untyped.SearchParametersIVF(nprobe=lists if every else self._index.nprobe, **chosen)
        return untyped.SearchParameters(**chosen)

    def _nearest(self, query: Vectors, k: int, params: Any | None) -> tuple[NDArray[np.int64], Vectors]:
        """Return the positions and scores that FAISS finds, best first, ties by position."""
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
        # Write through a Python file: FAISS takes only UTF-8 paths, and hides why a write failed.
        with (folder / FILE).open("wb") as file:
            faiss.write_index(self._index, untyped.PyCallbackIOWriter(file.write))


class FaissIndexes:
    """Build a FAISS index from vectors, or load one from a folder."""

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
    """Return the builder and loader of FAISS indexes.

    Args:
        exact_up_to: Largest number of vectors for which the search compares every vector.
    """
    return FaissIndexes(exact_up_to)
