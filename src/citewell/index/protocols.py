"""Define the three plugin families of an index: encoders, vector indexes, lexical indexes."""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol, TypeAlias, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from citewell.documents.passages import Passage
from citewell.index.filters import Mask
from citewell.text.spans import Span

Vectors: TypeAlias = NDArray[np.float32]
"""Shape [n, dimensions], rows of unit length."""


class Encoder(Protocol):
    """Turn texts into vectors; the inner product of two vectors is the similarity of the texts."""

    @property
    def name(self) -> str:
        """Model name in the manifest; the plugin's `create(model=name)` returns the same encoder."""
        ...

    @property
    def fingerprint(self) -> str:
        """SHA-256, hexadecimal, of all that the vectors depend on; a change makes an index stale."""
        ...

    @property
    def dimensions(self) -> int:
        """Length of a vector."""
        ...

    @property
    def max_tokens(self) -> int:
        """Most tokens of a text that are encoded; the rest is silently lost, so passages are shorter."""
        ...

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return float32 [len(texts), dimensions], unit rows, in order; many threads may call it at once."""
        ...

    def token_spans(self, text: str) -> tuple[Span, ...]:
        """Return the span of each token, in order, without special tokens; in linear time."""
        ...


@runtime_checkable
class PromptEncoder(Protocol):
    """What an encoder may have beside `encode`: a way that starts sooner, for what somebody waits for."""

    def encode_now(self, texts: Sequence[str]) -> Vectors:
        """Return what `encode` does; no number differs by more than 1e-3."""
        ...


def encode_now(encoder: Encoder, texts: Sequence[str]) -> Vectors:
    """Encode a question, or a few sentences, in the way of an encoder that starts soonest."""
    return encoder.encode_now(texts) if isinstance(encoder, PromptEncoder) else encoder.encode(texts)


@runtime_checkable
class Fetching(Protocol):
    """What a list of passages may have beside its items: a way to read many at once."""

    def fetch(self, positions: Sequence[int]) -> Sequence[Passage]:
        """Return the passages at these positions, in order."""
        ...


class VectorIndex(Protocol):
    """Find the vectors nearest to a query. Positions count from 0, in the order of the indexed vectors."""

    def search(self, query: Vectors, k: int, among: Mask | None = None) -> tuple[NDArray[np.int64], Vectors]:
        """Return positions [n] and inner products [n] for a query [dimensions].

        Best first; ties by position. With `among` [size], only positions that it is true for; n = min(k,
        number of these).
        """
        ...

    def vectors(self) -> Vectors:
        """Return all vectors [size, dimensions], so that unchanged passages are not encoded again."""
        ...

    def save(self, folder: Path) -> None:
        """Write files into an existing empty folder; the caller makes the files durable and hashes them."""
        ...


class VectorIndexModule(Protocol):
    """Build or load a VectorIndex; `create()` of the family `indexes` returns such an object."""

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

    def search(
        self, query: str, k: int, among: Mask | None = None
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Return positions [n] and scores [n] > 0; n <= k. Best first; ties by position.

        With `among` [size], only positions that it is true for, with the same scores.
        """
        ...

    def save(self, folder: Path) -> None:
        """Write files into an existing empty folder; no pickle."""
        ...


class LexicalIndexModule(Protocol):
    """Build or load a LexicalIndex; `create()` of the family `lexical` returns such an object."""

    def build(self, texts: Sequence[str]) -> LexicalIndex:
        """Index the texts in order; there may be none."""
        ...

    def load(self, folder: Path) -> LexicalIndex:
        """Read what `save` wrote; raises DamagedIndexError when the files hold no index of this kind."""
        ...
