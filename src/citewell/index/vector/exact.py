"""Search exactly, by one matrix product: the reference that other vector indexes are compared with."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from citewell.errors import DamagedIndexError
from citewell.index.filters import Mask
from citewell.index.protocols import Vectors

FILE = "vectors.npy"
# Decimals to which inner products are compared: their last bits depend on how the product is blocked.
DECIMALS = 6


class ExactIndex:
    """All vectors in one array."""

    def __init__(self, vectors: Vectors) -> None:
        """Keep the vectors [n, dimensions]."""
        self._vectors = np.ascontiguousarray(vectors, dtype=np.float32)

    def search(self, query: Vectors, k: int, among: Mask | None = None) -> tuple[NDArray[np.int64], Vectors]:
        """Return the k largest inner products, ties by position."""
        scores = np.round(self._vectors @ query.astype(np.float32), DECIMALS)
        order = np.argsort(-scores, kind="stable")
        order = (order if among is None else order[among[order]])[:k]
        return order.astype(np.int64), scores[order]

    def vectors(self) -> Vectors:
        """Return all vectors."""
        return self._vectors

    def save(self, folder: Path) -> None:
        """Write one .npy file."""
        np.save(folder / FILE, self._vectors, allow_pickle=False)


class ExactIndexes:
    """Build an exact index from vectors, or load one from a folder."""

    def build(self, vectors: Vectors) -> ExactIndex:
        """Index the vectors."""
        return ExactIndex(vectors)

    def load(self, folder: Path) -> ExactIndex:
        """Read what `save` wrote."""
        try:
            return ExactIndex(np.load(folder / FILE, allow_pickle=False))
        except (OSError, ValueError, EOFError) as error:
            message = f"{FILE} holds no vectors ({error})"
            raise DamagedIndexError(message) from error


def create() -> ExactIndexes:
    """Return the builder and loader of exact indexes."""
    return ExactIndexes()
