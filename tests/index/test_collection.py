"""Passages, vectors and words belong together, and one article changes without the others."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from citewell import plugins
from citewell.documents.document import Document, document
from citewell.errors import LoadError
from citewell.index import collection as collections
from citewell.index.collection import Collection, IndexConfig
from citewell.index.manifest import IndexedFile
from citewell.index.protocols import Encoder, Vectors
from citewell.text.spans import Span

RECIPE = IndexConfig(encoder="hashing", index="exact")
HASHING: Encoder = plugins.load("encoders", "hashing")


class Counting:
    """The encoder without weights, which remembers what it was given."""

    def __init__(self, max_tokens: int = 256) -> None:
        self.name, self.fingerprint, self.dimensions = HASHING.name, HASHING.fingerprint, HASHING.dimensions
        self.max_tokens = max_tokens
        self.encoded: list[str] = []

    def encode(self, texts: Sequence[str]) -> Vectors:
        self.encoded += texts
        return HASHING.encode(texts)

    def token_spans(self, text: str) -> tuple[Span, ...]:
        return HASHING.token_spans(text)


def article(id: str, sentences: int = 30, about: str = "tide") -> Document:
    text = " ".join(f"The {about} number {n} of {id} rose to {n} metres." for n in range(sentences))
    return document(text, id=id)


def same(one: Collection, other: Collection) -> bool:
    return (
        one.documents == other.documents
        and one.passages == other.passages
        and np.array_equal(one.vectors.vectors(), other.vectors.vectors())
        and one.lexical.search("tide number 7", 99)[0].tolist()
        == other.lexical.search("tide number 7", 99)[0].tolist()
    )


def encoded(built: Collection, id: str) -> list[str]:
    """Return what is encoded of an article."""
    return [
        collections.encoded_text(passage, HASHING) for passage in built.passages if passage.document.id == id
    ]


def test_every_passage_has_its_vector_and_its_words_at_its_place() -> None:
    built = collections.build([article("a"), article("b", about="wind")], RECIPE, HASHING)

    assert len(built.passages) == 4
    assert [passage.document.id for passage in built.passages] == sorted(
        passage.document.id for passage in built.passages
    )
    expected = HASHING.encode([collections.encoded_text(passage, HASHING) for passage in built.passages])
    assert np.array_equal(built.vectors.vectors(), expected)
    for place, passage in enumerate(built.passages):
        assert place in built.lexical.search(passage.text, len(built.passages))[0]
    assert {built.passages[place].document.id for place in built.lexical.search("wind", 99)[0]} == {"b"}


def test_nothing_makes_an_empty_collection() -> None:
    empty = collections.build([], RECIPE, HASHING)

    assert (empty.documents, empty.passages) == ((), ())
    assert empty.vectors.vectors().shape == (0, HASHING.dimensions)


def test_passages_are_within_the_recipes_limit_and_the_encoders() -> None:
    for recipe, encoder, limit in (
        (replace(RECIPE, passage_tokens=40), Counting(), 40),
        (RECIPE, Counting(max_tokens=25), 25),
    ):
        built = collections.build([article("a")], recipe, encoder)
        assert max(len(encoder.token_spans(passage.text)) for passage in built.passages) <= limit


def test_only_a_new_article_is_encoded() -> None:
    encoder = Counting()
    old = collections.build([article("a"), article("b")], RECIPE, encoder)
    encoder.encoded.clear()
    added = [article("a"), article("new"), article("b")]
    built = collections.build(added, RECIPE, encoder, reuse=old)

    assert encoder.encoded == encoded(built, "new")
    assert same(built, collections.build(added, RECIPE, HASHING))


def test_a_replaced_article_is_encoded_and_a_removed_one_encodes_nothing() -> None:
    encoder = Counting()
    old = collections.build([article("a"), article("b"), article("c")], RECIPE, encoder)
    encoder.encoded.clear()

    less = collections.build([article("a"), article("c")], RECIPE, encoder, reuse=old)
    assert encoder.encoded == []
    assert same(less, collections.build([article("a"), article("c")], RECIPE, HASHING))

    changed = [article("a"), replace(article("b", about="wind"), id="b"), article("c")]
    built = collections.build(changed, RECIPE, encoder, reuse=old)
    assert encoder.encoded == encoded(built, "b")
    assert same(built, collections.build(changed, RECIPE, HASHING))


def test_an_article_with_another_id_keeps_its_vectors_and_one_of_another_name_is_found_by_it() -> None:
    encoder = Counting()
    old = collections.build([article("a")], RECIPE, encoder)
    encoder.encoded.clear()
    moved = replace(article("a"), id="z")
    built = collections.build([moved], RECIPE, encoder, reuse=old)
    assert encoder.encoded == []
    assert all(passage.document == moved for passage in built.passages)

    renamed = replace(article("a"), title="Another")
    built = collections.build([renamed], RECIPE, encoder, reuse=old)
    assert encoder.encoded == encoded(built, "a")
    assert all(text.startswith("Another | ") for text in encoder.encoded)
    assert len(built.lexical.search("another", 99)[0]) == len(built.passages)


def test_a_place_leaves_room_for_the_whole_passage() -> None:
    encoder = Counting(max_tokens=25)
    named = replace(
        article("a"), title="The report of the harbour of the town of Kiel on the tide of the year"
    )
    built = collections.build([named], RECIPE, encoder)
    for passage, text in zip(built.passages, encoder.encoded, strict=True):
        assert text.endswith(passage.text)
        assert text.startswith("The report")
        assert len(encoder.token_spans(text)) <= 25


def test_two_articles_with_one_text_are_each_reused_once() -> None:
    twins = [article("a"), replace(article("a"), id="b")]
    old = collections.build(twins, RECIPE, HASHING)

    assert same(collections.build(twins, RECIPE, HASHING, reuse=old), old)


def test_progress_is_told_up_to_the_end() -> None:
    told: list[tuple[int, int]] = []
    built = collections.build(
        [article("a", sentences=1500)], RECIPE, HASHING, progress=lambda *step: told.append(step)
    )

    size = len(built.passages)
    batch = collections.STEADY.batch
    assert size > batch
    assert told == [(min(done, size), size) for done in range(batch, size + batch, batch)]


def test_an_articles_place_is_found_by_its_id_and_an_unknown_id_lists_known_ones() -> None:
    built = collections.build([article("a", 1), article("b", 1)], RECIPE, HASHING)

    assert built.document_index("b") == 1
    with pytest.raises(LoadError, match="no article has the id 'x'; the first ones are: a, b"):
        built.document_index("x")


def test_recipes_that_differ_in_the_splitter_have_other_splitting() -> None:
    assert RECIPE.splitting != replace(RECIPE, passage_tokens=40).splitting
    assert "version" in RECIPE.splitting


# merge: a few files, each with a few articles, read again and again.

texts = st.sampled_from(["The tide rose.", "Nobody was hurt.", "It fell.", "The wind blew.", "A boat sank."])
articles = st.lists(
    st.builds(lambda id_, text: document(text, id=id_), st.sampled_from("abc"), texts),
    max_size=3,
    unique_by=lambda document: document.id,
)
incoming = st.dictionaries(st.sampled_from(["x.txt", "y.txt", "z.txt"]), articles, max_size=3)
gone = st.sets(st.sampled_from(["x.txt", "y.txt", "z.txt"]), max_size=1)


@given(st.lists(st.tuples(incoming, gone), min_size=1, max_size=6))
@settings(max_examples=200, deadline=None)
def test_whatever_files_come_and_go_every_article_has_one_file_one_id_and_one_text(
    steps: list[tuple[dict[str, list[Document]], set[str]]],
) -> None:
    held: Collection | None = None
    for files, missing in steps:
        read = [(IndexedFile(path, "hash", ()), listed) for path, listed in files.items()]
        before = {document.id: document for document in held.documents} if held else {}
        documents, sources, change = collections.plan_update(held, read, sorted(missing - files.keys()))

        after = {document.id: document for document in documents}
        assert len(after) == len(documents)
        assert len({document.text for document in documents}) == len(documents)
        owned = [id_ for file in sources for id_ in file.documents]
        assert sorted(owned) == sorted(after)
        assert {file.path for file in sources}.isdisjoint(missing - files.keys())
        # What was read is there, under its own id or as another's duplicate.
        assert {document.text for listed in files.values() for document in listed} <= {
            document.text for document in documents
        }
        # What was neither read nor gone stays as it was; what its file still has stays that file's.
        if held:
            for file in held.sources:
                still = {before[id_].text for id_ in file.documents} & {
                    document.text for document in files.get(file.path, [])
                }
                now = next((new.documents for new in sources if new.path == file.path), ())
                assert still <= {after[id_].text for id_ in now}
                if file.path not in files and file.path not in missing:
                    assert all(after[id_] == before[id_] for id_ in file.documents)
        assert set(change.added) == after.keys() - before.keys()
        assert set(change.removed) == before.keys() - after.keys()
        assert set(change.replaced) == {id_ for id_ in after if id_ in before and after[id_] != before[id_]}
        assert set(change.unchanged) == {id_ for id_ in after if before.get(id_) == after[id_]}
        assert change.any == (after != before)
        # Those that stay keep their order.
        stayed = [id_ for id_ in before if id_ in after]
        assert [document.id for document in documents][: len(stayed)] == stayed
        held = collections.build(documents, RECIPE, HASHING, sources=sources, reuse=held)


def test_an_id_that_another_file_has_gets_a_number() -> None:
    first = collections.plan_update(None, [(IndexedFile("x/a.txt", "", ()), [document("One.", id="a")])], [])
    held = collections.build(first[0], RECIPE, HASHING, sources=first[1])
    documents, sources, change = collections.plan_update(
        held, [(IndexedFile("y/a.txt", "", ()), [document("Two.", id="a")])], []
    )

    assert [document.id for document in documents] == ["a", "a-2"]
    assert [file.documents for file in sources] == [("a",), ("a-2",)]
    assert change.added == ("a-2",)


def test_the_same_text_in_another_file_is_told_and_not_indexed_twice() -> None:
    one, two = (IndexedFile(path, "", ()) for path in ("a.txt", "b.txt"))
    documents, sources, change = collections.plan_update(
        None, [(one, [document("The tide rose.", id="a")]), (two, [document("The tide rose.", id="b")])], []
    )

    assert [document.id for document in documents] == ["a"]
    assert [(file.path, file.documents) for file in sources] == [("a.txt", ("a",)), ("b.txt", ())]
    assert change.duplicates == (("b", "a"),)
