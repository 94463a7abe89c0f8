"""Find nothing by words: for an index on a server that counts none."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from citewell.index.filters import Mask


class NoWords:
    """A lexical index that finds nothing; passages are then found by meaning alone."""

    def search(
        self,
        query: str,  # noqa: ARG002  # the protocol's
        k: int,  # noqa: ARG002
        among: Mask | None = None,  # noqa: ARG002
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Return no passage."""
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32)

    def save(self, folder: Path) -> None:
        """Write nothing."""
