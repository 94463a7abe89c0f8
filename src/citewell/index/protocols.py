"""What the three families of an index are: encoders, vector indexes, lexical indexes."""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from citewell.text.spans import Span

Vectors: TypeAlias = NDArray[np.float32]
"""Shape [n, dimensions], rows of unit length."""


class Encoder(Protocol):
    """Turn texts into vectors whose inner product is their likeness."""

    @property
    def name(self) -> str:
        """What the manifest calls it; the plugin's `create(model=name)` gives the same encoder again."""
        ...

    @property
    def fingerprint(self) -> str:
        """SHA-256 of what decides its vectors, hexadecimal; a change makes an index stale."""
        ...

    @property
    def dimensions(self) -> int:
        """Length of a vector."""
        ...

    @property
    def max_tokens(self) -> int:
        """Tokens of text that it reads; what is past them is silently lost, so passages are shorter."""
        ...

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return float32 [len(texts), dimensions], unit rows, in order; from many threads at once."""
        ...

    def token_spans(self, text: str) -> tuple[Span, ...]:
        """Return the characters of each token, in order, without the special ones; in linear time."""
        ...


class VectorIndex(Protocol):
    """Find the vectors nearest to one. Positions count from 0 in the order in which vectors were given."""

    def search(self, query: Vectors, k: int) -> tuple[NDArray[np.int64], Vectors]:
        """Return positions [n] and inner products [n] for a query [dimensions]; n = min(k, size).

        Best first; ties by position.
        """
        ...

    def vectors(self) -> Vectors:
        """Return all vectors [size, dimensions], so that unchanged passages are not encoded again."""
        ...

    def save(self, folder: Path) -> None:
        """Write files into an existing empty folder; the caller makes them durable and hashes them."""
        ...


class VectorIndexModule(Protocol):
    """What `create()` of the family `indexes` returns: two ways to get a VectorIndex."""

    def build(self, vectors: Vectors) -> VectorIndex:
        """Index the vectors [n, dimensions]; n may be 0."""
        ...

    def load(self, folder: Path) -> VectorIndex:
        """Read what `save` wrote; the hashes have been checked.

        Raises:
            DamagedIndexError: The files do not hold an index of this kind.
        """
        ...


class LexicalIndex(Protocol):
    """Find the passages that share the query's words."""

    def search(self, query: str, k: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Return positions [n] and scores [n] > 0; n <= k. Best first; ties by position."""
        ...

    def save(self, folder: Path) -> None:
        """Write files into an existing empty folder; no pickle."""
        ...


class LexicalIndexModule(Protocol):
    """What `create()` of the family `lexical` returns."""

    def build(self, texts: Sequence[str]) -> LexicalIndex:
        """Index the texts in order; there may be none."""
        ...

    def load(self, folder: Path) -> LexicalIndex:
        """Read what `save` wrote; raises DamagedIndexError as above."""
        ...
