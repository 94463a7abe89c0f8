"""Encode by hashing words and their parts: no weights, no training, ready in milliseconds.

The encoder uses the hashing trick (Weinberger et al. 2009) over words and character trigrams. It captures
meaning far worse than a trained encoder. It is useful for tests, for a first look at a very large folder,
and as a second example of the encoder protocol.
"""

import hashlib
import re
from collections.abc import Sequence

import numpy as np

from citewell.errors import EncoderError
from citewell.index.protocols import Vectors
from citewell.text.spans import Span
from citewell.text.words import folded_words, word_spans

DEFAULT_MODEL = "hashing-512"
NAME = re.compile("hashing-[1-9][0-9]{0,5}")


class HashingEncoder:
    """Add each word and trigram, with a sign, to one of `dimensions` places of a vector."""

    max_tokens = 256

    def __init__(self, dimensions: int) -> None:
        """Keep the number of dimensions."""
        self.name = f"hashing-{dimensions}"
        self.dimensions = dimensions
        self.fingerprint = hashlib.sha256(f"hashing-1-{dimensions}".encode()).hexdigest()

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return unit vectors; a text without words gets the first axis, so that no row is zero."""
        vectors = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        for row, text in enumerate(texts):
            for word in folded_words(text):
                padded = f"^{word}$"
                for part in (word, *(padded[i : i + 3] for i in range(len(padded) - 2))):
                    digest = hashlib.blake2b(part.encode(), digest_size=8).digest()
                    place = int.from_bytes(digest[:7]) % self.dimensions
                    vectors[row, place] += 1.0 if digest[7] & 1 else -1.0
            norm = float(np.linalg.norm(vectors[row]))
            if norm == 0:
                vectors[row, 0] = norm = 1.0
            vectors[row] /= norm
        return vectors

    def token_spans(self, text: str) -> tuple[Span, ...]:
        """Return the spans of the words."""
        return tuple(word_spans(text))


def create(model: str = DEFAULT_MODEL) -> HashingEncoder:
    """Make the encoder; nothing is loaded.

    Args:
        model: "hashing-" and the number of dimensions.

    Raises:
        EncoderError: `model` has another form.
    """
    if not NAME.fullmatch(model):
        message = f"no encoder {model!r}; name it as {DEFAULT_MODEL!r}, with the number of dimensions"
        raise EncoderError(message)
    return HashingEncoder(int(model.removeprefix("hashing-")))
