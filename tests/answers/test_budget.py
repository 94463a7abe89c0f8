"""What a language model is given: the sentences that were found, their neighbours, and no more than fits."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citewell.answers import budget
from citewell.answers.statements import merge_sources, source_texts
from citewell.assistant import Assistant
from citewell.documents.document import document
from citewell.index.retrieval import retrieve
from citewell.reading.evidence import Evidence, read
from citewell.reading.readers import similarity
from citewell.text import tokens
from citewell.text.sentences import sentences
from citewell.text.spans import lies_within

TOWNS = ("Kiel", "Emden", "Bremen", "Husum", "Stade", "Varel", "Leer", "Norden")


@pytest.fixture(scope="module")
def made() -> Assistant:
    """Eight articles, each of several passages."""
    articles = [
        document(
            " ".join(
                f"In week {week} the tide at {town} rose to {week}.{place} metres. Nobody there was hurt."
                for week in range(1, 12)
            ),
            id=town.lower(),
        )
        for place, town in enumerate(TOWNS)
    ]
    return Assistant.from_documents(
        articles, encoder="hashing", reader="similarity", threshold=0, passage_tokens=64
    )


def find(made: Assistant, question: str) -> list[Evidence]:
    hits = retrieve(question, made.collection, made.encoder, 8)
    return read(question, hits, similarity.create(made.encoder))


@given(town=st.sampled_from(TOWNS), week=st.integers(1, 11), room=st.integers(1, 600), n=st.integers(1, 3))
def test_excerpts_are_whole_sentences_with_the_evidence_and_within_the_room(
    made: Assistant, town: str, week: int, room: int, n: int
) -> None:
    evidence = find(made, f"How high did the tide at {town} rise in week {week}?")
    chosen = evidence[:n]
    given_to_it = budget.excerpts(made.collection, chosen, evidence, room)
    for source in merge_sources(chosen, made.collection):
        assert any(
            source.document_index == other.document_index and lies_within(source.span, other.span)
            for other in given_to_it
        )
    texts = source_texts(given_to_it, made.collection)
    sizes = [tokens.count(text[span.start : span.end]) for text in texts for span in sentences(text)]
    least = sum(
        tokens.count(item.hit.passage.document.text[span.start : span.end])
        for item in chosen
        for span in item.reading.evidence
    )
    assert sum(sizes) <= max(room, least)
    for source in given_to_it:
        bounds = sentences(made.collection.documents[source.document_index].text)
        assert source.span.start in {span.start for span in bounds}
        assert source.span.end in {span.end for span in bounds}
    assert given_to_it == sorted(given_to_it, key=lambda source: (source.document_index, source.span))
    assert not any(one.overlaps(other) for one in given_to_it for other in given_to_it if one is not other)


def test_the_neighbours_of_the_answer_come_before_other_passages(made: Assistant) -> None:
    evidence = find(made, "How high did the tide at Kiel rise in week 3?")
    (only,) = budget.excerpts(made.collection, evidence[:1], evidence, 60)
    (said,) = source_texts([only], made.collection)
    assert evidence[0].quote in said
    assert len(sentences(said)) > 1


def test_all_passages_are_given_where_they_fit(made: Assistant) -> None:
    evidence = find(made, "How high did the tide at Kiel rise in week 3?")
    size = sum(tokens.count(passage.text) for passage in made.collection.passages)
    whole = budget.fit_prompt(made.collection, evidence[:1], evidence, None, size, 50)
    assert len(whole) == len(made.collection.passages)
    part = budget.fit_prompt(made.collection, evidence[:1], evidence, None, size - 1, 50)
    assert part == budget.excerpts(made.collection, evidence[:1], evidence, 50)
    assert budget.fit_prompt(made.collection, evidence[:1], evidence, None, 0, 50) == []
