"""Search by words with BM25 (Robertson and Zaragoza 2009), as bm25s computes it (Lù 2024)."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import bm25s
import numpy as np
from bm25s.stopwords import STOPWORDS_EN
from bm25s.tokenization import Tokenized
from numpy.typing import NDArray

from citewell.errors import DamagedIndexError
from citewell.index.filters import Mask
from citewell.text.english import QUESTION_WORDS
from citewell.text.stemming import stem
from citewell.text.words import folded_words

# Words that questions have and articles rarely have; unless they are left out, "how" counts as a rare word.
STOPWORDS = frozenset(STOPWORDS_EN) | QUESTION_WORDS | {"did", "does", "do", "were", "was"}
SIZE_FILE = "size.json"


def terms(text: str) -> list[str]:
    """Return a text's index terms: words folded and stemmed, without stopwords.

    Scripts that do not put spaces between words give one-character words. Neighbouring characters are
    joined to bigrams, the usual unit of lexical search in these scripts (Nie et al. 2000).
    """
    found: list[str] = []
    words = folded_words(text)
    for place, word in enumerate(words):
        if word.isascii() or len(word) > 1:
            if word not in STOPWORDS:
                found.append(stem(word))
        else:
            found.append(word)
            if place + 1 < len(words) and len(words[place + 1]) == 1 and not words[place + 1].isascii():
                found.append(word + words[place + 1])
    return found


class BM25Index:
    """bm25s scores in memory; the scorer is `None` when no text had a term."""

    def __init__(self, scorer: Any, size: int) -> None:
        """Keep the scorer and the number of texts."""
        self._scorer = scorer
        self._size = size

    def search(
        self, query: str, k: int, among: Mask | None = None
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Return the k best texts that share a term with the query."""
        known = self._scorer.vocab_dict if self._scorer is not None else {}
        # Unknown terms cannot match; bm25s takes only the ids of known terms.
        asked = [known[term] for term in terms(query) if term in known]
        if not asked:
            return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32)
        scores = np.asarray(self._scorer.get_scores_from_ids(asked), dtype=np.float32)
        # Few texts share a word with a query: only these are sorted.
        found = np.flatnonzero(scores > 0 if among is None else (scores > 0) & among)
        order = found[np.argsort(-scores[found], kind="stable")[:k]]
        return order.astype(np.int64), scores[order]

    def save(self, folder: Path) -> None:
        """Write bm25s's arrays (.npy) and vocabulary (.json), and the number of texts."""
        (folder / SIZE_FILE).write_text(json.dumps({"size": self._size, "empty": self._scorer is None}))
        if self._scorer is not None:
            self._scorer.save(str(folder), show_progress=False)


class BM25Indexes:
    """Build a BM25 index from texts, or load one from a folder."""

    # The words of a text, for an index in segments; see `citewell.index.segments`.
    terms = staticmethod(terms)

    def build(self, texts: Sequence[str]) -> BM25Index:
        """Index the texts with k1 = 1.5, b = 0.75 and Lucene's form of the weights."""
        listed = [terms(text) for text in texts]
        if not any(listed):
            return BM25Index(None, len(texts))
        # Terms are numbered here, in alphabetical order. bm25s would number them in the order of a set, which
        # changes from one process to the next; the files and their hashes would then change too.
        vocabulary = {term: number for number, term in enumerate(sorted(set().union(*listed)))}
        numbered = [[vocabulary[term] for term in found] for found in listed]
        scorer = bm25s.BM25(k1=1.5, b=0.75, method="lucene")
        scorer.index(Tokenized(ids=numbered, vocab=vocabulary), show_progress=False)
        return BM25Index(scorer, len(texts))

    def load(self, folder: Path) -> BM25Index:
        """Read what `save` wrote; no pickle is read."""
        try:
            record = json.loads((folder / SIZE_FILE).read_text())
            scorer = (
                None
                if record["empty"]
                else bm25s.BM25.load(str(folder), allow_pickle=False, show_progress=False)
            )
            return BM25Index(scorer, int(record["size"]))
        except (OSError, EOFError, ValueError, KeyError, TypeError) as error:
            message = f"the lexical index cannot be read ({error})"
            raise DamagedIndexError(message) from error


def create() -> BM25Indexes:
    """Return the builder and loader of BM25 indexes."""
    return BM25Indexes()
