"""The passages that are read for a question."""

from citewell import plugins
from citewell.documents.document import document
from citewell.index import collection as collections
from citewell.index.collection import IndexConfig
from citewell.index.protocols import Encoder
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
