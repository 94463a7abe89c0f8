"""Search with FAISS (Douze et al. 2024): exactly in small collections, by inverted lists in large ones."""

import math
from collections.abc import Iterable
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
# The vectors themselves lie in the lists, and not their distances to the centroids: a segment needs none.
BY_RESIDUAL = False
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


class Lists:
    """Inverted lists of 8-bit vectors, trained once: what every segment of a large index shares.

    A vector lies in the list of its nearest centroid, by inner product, and has one byte a number there.
    """

    def __init__(self, index: Any) -> None:
        """Keep a trained index without vectors."""
        self._index = index
        self._centroids = index.quantizer
        self.count: int = index.nlist

    @classmethod
    def train(cls, vectors: Vectors, lists: int) -> "Lists":
        """Train on a sample [n, dimensions], n >= lists; the same sample gives the same lists."""
        quantizer = faiss.IndexFlatIP(vectors.shape[1])
        kind = untyped.ScalarQuantizer.QT_8bit
        index: Any = untyped.IndexIVFScalarQuantizer(
            quantizer, vectors.shape[1], lists, kind, faiss.METRIC_INNER_PRODUCT, BY_RESIDUAL
        )
        index.cp.seed = 0
        index.cp.spherical = True  # else long centroids draw questions to them
        index.cp.min_points_per_centroid = 1  # a test's handful of passages need not be told of
        index.train(np.ascontiguousarray(vectors, dtype=np.float32))
        return cls(index)

    @classmethod
    def load(cls, path: Path) -> "Lists":
        """Read what `save` wrote."""
        try:
            with path.open("rb") as file:
                return cls(faiss.read_index(untyped.PyCallbackIOReader(file.read)))
        except (OSError, RuntimeError) as error:
            message = f"{path.name} holds no inverted lists"
            raise DamagedIndexError(message) from error

    def save(self, path: Path) -> None:
        """Write one file."""
        with path.open("wb") as file:
            faiss.write_index(self._index, untyped.PyCallbackIOWriter(file.write))

    def assign(self, vectors: Vectors) -> NDArray[np.int64]:
        """Return the list of each vector [n]."""
        _, nearest = self._centroids.search(np.ascontiguousarray(vectors, dtype=np.float32), 1)
        lists: NDArray[np.int64] = nearest[:, 0].astype(np.int64)
        return lists

    def nearest(self, query: Vectors, probed: int) -> tuple[NDArray[np.int64], Vectors]:
        """Return the lists to search for a query [dimensions], nearest first, and their inner products."""
        scores, lists = self._centroids.search(
            query.reshape(1, -1).astype(np.float32), min(probed, self.count)
        )
        return lists, scores

    def write(self, path: Path, blocks: Iterable[tuple[Vectors, NDArray[np.int64]]]) -> None:
        """Write blocks of vectors with their lists, in order of position, without the centroids."""
        filled = untyped.deserialize_index(faiss.serialize_index(self._index))
        filled.quantizer = faiss.IndexFlatIP(self._index.d)
        first = 0
        for vectors, lists in blocks:
            rows = np.ascontiguousarray(vectors, dtype=np.float32)
            ids = np.arange(first, first + len(rows), dtype=np.int64)
            pointers = (untyped.swig_ptr(one) for one in (rows, ids, lists))
            filled.add_core(len(rows), *pointers)
            first += len(rows)
        with path.open("wb") as file:
            faiss.write_index(filled, untyped.PyCallbackIOWriter(file.write))


class MappedLists:
    """The inverted lists of one segment; the operating system reads from the file what is searched."""

    def __init__(self, path: Path) -> None:
        """Map a file that `Lists.write` wrote."""
        try:
            flags = untyped.IO_FLAG_MMAP | untyped.IO_FLAG_READ_ONLY
            self._index: Any = untyped.read_index(str(path), flags)
        except (OSError, RuntimeError) as error:
            message = f"{path.name} holds no inverted lists"
            raise DamagedIndexError(message) from error
        self.size: int = self._index.ntotal

    def search(
        self,
        query: Vectors,
        k: int,
        nearest: tuple[NDArray[np.int64], Vectors],
        among: Mask | None = None,
    ) -> tuple[NDArray[np.int64], Vectors]:
        """Return at most k positions and inner products with the 8-bit vectors, in any order.

        Args:
            query: The query [dimensions].
            k: Largest number of results.
            nearest: What `Lists.nearest` returned.
            among: Which positions may be found [size]; all when None.
        """
        lists, distances = nearest
        chosen = {}
        if among is not None:
            chosen = {"sel": untyped.IDSelectorBitmap(np.packbits(among, bitorder="little"))}
        params = untyped.SearchParametersIVF(nprobe=lists.shape[1], **chosen)
        rows = query.reshape(1, -1).astype(np.float32)
        # subtle: FAISS's function for arrays takes no parameters here, so it is given pointers.
        k = min(k, self.size)
        lists, distances = np.ascontiguousarray(lists, dtype=np.int64), np.ascontiguousarray(distances)
        scores, positions = np.empty((1, k), dtype=np.float32), np.empty((1, k), dtype=np.int64)
        point = untyped.swig_ptr
        arrays = [point(one) for one in (lists, distances, scores, positions)]
        keep_pairs = False
        self._index.search_preassigned_c(1, point(rows), k, *arrays, keep_pairs, params)
        found = positions[0] >= 0
        return positions[0][found], scores[0][found]


class FaissIndexes:
    """Build a FAISS index from vectors, or load one from a folder."""

    def __init__(self, exact_up_to: int) -> None:
        """Keep the size above which inverted lists are used."""
        self._exact_up_to = exact_up_to

    # What an index in segments is made of; see `citewell.index.segments`.
    lists = Lists
    mapped = MappedLists

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
