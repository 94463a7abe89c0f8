"""The passages that are read for a question."""

import threading
from dataclasses import replace
from typing import Any, cast

import pytest

from citewell import plugins
from citewell.documents.document import document
from citewell.index import collection as collections
from citewell.index import retrieval
from citewell.index.collection import IndexConfig
from citewell.index.protocols import Encoder, VectorIndex
from citewell.index.retrieval import retrieve

HASHING: Encoder = plugins.load("encoders", "hashing")


def test_a_passage_with_the_identifier_is_read_though_others_are_more_alike() -> None:
    alike = [f"In which week was the crack found by the night watch of ship {name}?" for name in "ABCDEF"]
    articles = [document(text, id=f"a{n}") for n, text in enumerate([*alike, "PQR-2420: rust."])]
    made = collections.build(articles, IndexConfig(encoder="hashing", index="exact"), HASHING)

    def found(question: str, k: int) -> list[str]:
        return [hit.passage.document.id for hit in retrieve(question, made, HASHING, k)]

    asked = "In which week was the crack {} found by the night watch?"
    assert found(asked.format("PQR-2420"), 2)[1:] == ["a6"]
    assert "a6" not in found(asked.format("PQR-2402"), 2)
    assert found(asked.format("PQR-2420"), 99) == found(asked.format("PQR-2420"), 7)


@pytest.mark.parametrize("few", [0, 1_000_000])
def test_a_large_index_is_searched_by_meaning_and_words_at_once(
    monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr(retrieval, "SIDE_BY_SIDE", few)
    articles = [document(f"The tide of day {n} rose to {n % 7} metres.", id=f"a{n}") for n in range(60)]
    made = collections.build(articles, IndexConfig(encoder="hashing", index="exact"), HASHING)
    threads: list[str] = []

    class Watched:
        def search(self, *given: Any) -> Any:
            threads.append(threading.current_thread().name)
            return made.vectors.search(*given)

    watched = replace(made, vectors=cast("VectorIndex", Watched()))
    hits = retrieve("How high was the tide of day 12?", watched, HASHING, 9)

    assert threads[0].startswith("citewell-search") is (few == 0)
    monkeypatch.setattr(retrieval, "SIDE_BY_SIDE", 1_000_000)
    assert hits == retrieve("How high was the tide of day 12?", made, HASHING, 9)
    only = made.select(["a3", "a12"])
    monkeypatch.setattr(retrieval, "SIDE_BY_SIDE", few)
    assert {hit.passage.document.id for hit in retrieve("the tide", watched, HASHING, 9, only=only)} == {
        "a3",
        "a12",
    }
