"""A stemmer keeps state, so threads may not share one."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from citewell.checking.claim_checks import find_unexplained_words
from citewell.index.lexical.bm25 import terms
from citewell.reading.readers.similarity import content_stems
from citewell.text import stemming
from citewell.text.stemming import stem

WORDS = "arrests detained countries boats lost drowning fairest numbers".split()


class Watched:
    """A stemmer that knows which thread made it, and refuses every other."""

    def __init__(self, _language: str) -> None:
        self._thread = threading.get_ident()

    def stemWord(self, word: str) -> str:  # noqa: N802  # PyStemmer's name
        assert threading.get_ident() == self._thread, "a stemmer of another thread"
        return word


def test_every_thread_stems_with_a_stemmer_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("Stemmer.Stemmer", Watched)
    monkeypatch.setattr(stemming, "_OWN", threading.local())
    barrier = threading.Barrier(4)

    def work(_: int) -> None:
        barrier.wait(timeout=10)
        for word in WORDS:
            assert stem(word) == word
        assert terms("boats lost") == ["boats", "lost"]
        assert content_stems("boats lost") == {"boats", "lost"}
        assert find_unexplained_words("boats lost", "lost") == {"boats"}

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))


def test_threads_stem_as_one_does() -> None:
    alone = [stem(word) for word in WORDS]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: [stem(word) for word in WORDS], range(200)))
    assert all(stemmed == alone for stemmed in found)
