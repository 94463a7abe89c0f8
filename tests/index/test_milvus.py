"""What lies in Milvus comes back exactly, all readers see it at once, and no part is taken for the whole."""

import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

pytest.importorskip("pymilvus", reason="needs pymilvus: pip install 'citewell[milvus]'")
pytest.importorskip("milvus_lite", reason="needs milvus-lite: pip install 'citewell[milvus]'")

from citewell.assistant import Assistant
from citewell.documents.document import Document, document
from citewell.errors import (
    ChangedIndexError,
    CollectionError,
    DamagedIndexError,
    ForeignIndexError,
    LoadError,
    LockedIndexError,
    MissingIndexError,
    PartialIndexError,
    ServerError,
    SettingsError,
)
from citewell.index import collection as collections
from citewell.index.collection import Collection, UpdateResult
from citewell.index.filters import Where
from citewell.index.milvus.client import NO_VECTOR, Field, Server
from citewell.index.milvus.layout import PIECE_CHARACTERS, row_key
from citewell.index.milvus.reading import Articles
from citewell.index.milvus.record import Generation
from citewell.index.milvus.store import MilvusStore
from citewell.index.milvus.writing import Plan, lock, write
from citewell.index.retrieval import retrieve
from citewell.index.wordless import NoWords
from citewell.progress import silent
from citewell.settings import choose
from milvus_servers import GIVEN, lite_server, new_store, other_reader
from small_index import HASHING, RECIPE, TIDE, WIND
from small_index import write as write_files

IN_MILVUS = replace(RECIPE, index="milvus")


@pytest.fixture(scope="module")
def uri(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of a Milvus."""
    return GIVEN or str(tmp_path_factory.mktemp("milvus") / "index.db")


@pytest.fixture
def store(uri: str) -> MilvusStore:
    """An index that is not there yet."""
    return new_store(uri)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a Milvus for several processes."""
    with lite_server(tmp_path_factory.mktemp("server") / "index.db") as address:
        yield address


def put(store: MilvusStore, documents: Sequence[Document], **chosen: object) -> Generation:
    """Make an index of articles."""
    plan = Plan(documents, (), IN_MILVUS, kind=str(chosen.get("kind", "FLAT")), shards=1, anew=True)
    with lock(store.server, store.names) as writer:
        return write(writer, None, plan, HASHING, silent)


def in_memory(documents: Sequence[Document]) -> Collection:
    """Return the same articles in memory, searched exactly."""
    return collections.build(documents, replace(RECIPE, index="exact"), HASHING)


def same(found: Collection, wanted: Collection) -> None:
    """Check that two collections hold the same, to the last character and offset."""
    assert tuple(found.documents) == tuple(wanted.documents)
    assert tuple(found.passages) == tuple(wanted.passages)
    assert np.allclose(found.vectors.vectors(), wanted.vectors.vectors(), atol=1e-6)
    assert np.array_equal(found.columns.owners, wanted.columns.owners)
    for passage in found.passages:
        assert passage.document.text[passage.start : passage.end] == passage.text


# What is written comes back.

character = st.characters(exclude_categories=["Cs"])
articles = st.lists(
    st.builds(
        Document,
        id=st.text(character, min_size=1, max_size=12),
        title=st.text(character, min_size=1, max_size=30),
        text=st.builds("a {}.\n{}".format, st.text(character, max_size=60), st.text(character, max_size=60)),
        source=st.text(character, max_size=20),
        published=st.sampled_from(["", "2020-09-22"]),
    ),
    min_size=1,
    max_size=4,
    unique_by=(lambda document: document.id, lambda document: document.text),
)


@given(articles, st.text(character, max_size=20))
@settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_character_comes_back_and_the_nearest_passages_are_those_of_an_exact_search(
    uri: str, documents: list[Document], question: str
) -> None:
    store = new_store(uri)
    put(store, documents)
    found, wanted = other_reader(store).open(other_reader(store).present()), in_memory(documents)
    same(found, wanted)
    query = HASHING.encode([question])[0]
    size = len(wanted.passages)
    for among in (None, np.arange(size) % 2 == 0, np.zeros(size, dtype=np.bool_)):
        places, scores = found.vectors.search(query, 3, among)
        exact_places, exact_scores = wanted.vectors.search(query, 3, among)
        assert np.allclose(scores, exact_scores, atol=2e-6)
        # Equal scores may be told apart by their last bits.
        if len(set(np.round(exact_scores, 4))) == len(exact_scores):
            assert np.array_equal(places, exact_places)


def test_a_long_article_in_any_script_is_put_together_again(store: MilvusStore) -> None:
    edge = "🚢" * (PIECE_CHARACTERS - 3)
    text = f'{edge}\n\n"\\ é e\u0301 漢字. ' + "The tide rose. " * 4000
    written = document(text, id="long")
    put(store, [written])
    found = other_reader(store).open(store.present())
    assert found.documents[0] == written
    assert found.documents[-1:] == (written,)
    assert found.passages[len(found.passages) - 1].document.text == written.text
    with pytest.raises(IndexError):
        found.passages[len(found.passages)]


def test_words_find_what_they_find_in_memory(store: MilvusStore) -> None:
    if not store.server.has_words:
        pytest.skip(f"Milvus {store.server.version} counts no words")
    documents = [document(f"{'Tide ' * (n % 4)}rose at harbour {n}.", id=f"a{n}") for n in range(12)]
    put(store, documents)
    found, wanted = store.open(store.present()), in_memory(documents)
    for query in ("tides at the harbour", "harbour 7", "nothing of it"):
        places, scores = found.lexical.search(query, 5)
        exact_places, exact_scores = wanted.lexical.search(query, 5)
        assert places.tolist() == exact_places.tolist()
        assert np.all(np.diff(scores) <= 0)
        assert len(scores) == len(exact_scores)


def test_where_no_words_are_counted_it_is_not_said_that_nothing_is_about_a_question() -> None:
    wordless = replace(in_memory([document(TIDE, id="tide")]), lexical=NoWords())
    assistant = Assistant(wordless, HASHING, choose(reader="similarity", threshold=1.0))
    assert assistant.ask("Who is the mayor of Paris?").abstention in {"not_answered", "possibly"}
    with pytest.raises(ServerError, match="counts no words"):
        assistant.find("Who mentioned Kiel?")


def test_a_filter_chooses_the_same_articles_as_in_memory(store: MilvusStore) -> None:
    documents = [
        document(f"The tide rose to {n} metres.", id=f"a{n}", published=f"20{10 + n}-01-01") for n in range(9)
    ]
    put(store, documents)
    found, wanted = store.open(store.present()), in_memory(documents)
    for where in ("published>=2015", "published<2012", "id:a7", 'id="none"'):
        chosen = found.select(None, Where.parse(where))
        assert chosen is not None
        hits = retrieve("How high was the tide?", found, HASHING, 20, only=chosen)
        exact = retrieve("How high was the tide?", wanted, HASHING, 20, only=wanted.select(None, where))
        assert {hit.passage for hit in hits} == {hit.passage for hit in exact}


@pytest.mark.parametrize("kind", ["FLAT", "HNSW", "IVF_FLAT", "IVF_SQ8", "AUTOINDEX"])
def test_every_kind_of_index_finds_the_passage_that_says_it(store: MilvusStore, kind: str) -> None:
    documents = [document(f"Boat {n} sank at quay {n * 7}.", id=f"a{n}") for n in range(40)]
    put(store, documents, kind=kind)
    found = store.open(store.present())
    places, scores = found.vectors.search(HASHING.encode(["Boat 17 sank at quay 119."])[0], 3)
    assert places[0] == 17
    assert np.all(np.diff(scores) <= 0)


def test_an_article_is_found_by_its_id_and_text_and_with_its_vectors(store: MilvusStore) -> None:
    documents = [document(TIDE, id="tide"), document(WIND, id="wind")]
    put(store, documents)
    found = store.open(store.present())
    assert isinstance(found.documents, Articles)
    assert (found.documents.place_of("wind"), found.documents.place_of("rain")) == (1, None)
    assert found.documents.place_of_text(documents[1].sha256) == 1
    again = found.documents.encoded(replace(documents[1], id="another"))
    assert again is not None
    wanted = in_memory([documents[1]])
    assert list(again[0]) == list(wanted.passages)
    assert np.allclose(again[1], wanted.vectors.vectors(), atol=1e-6)
    assert found.documents.encoded(replace(documents[1], title="Another")) is None


# An update changes what changed, and all readers see it.


def test_an_update_leaves_what_a_new_index_would_hold_and_encodes_only_what_is_new(
    store: MilvusStore, tmp_path: Path
) -> None:
    folder = write_files(tmp_path / "articles")
    assert update(store, folder).added == ("tide", "wind")
    keys = {article.id: article.key for article in store.present().articles}
    assert not update(store, folder).any
    (folder / "wind.txt").write_text("The wind fell. All boats were found.")
    (folder / "rain.txt").write_text("It rained for two days.")
    change = update(store, folder)
    assert (change.added, change.replaced, change.unchanged) == (("rain",), ("wind",), ("tide",))
    after = {article.id: article.key for article in store.present().articles}
    assert after["tide"] == keys["tide"]
    assert after["wind"] not in keys.values()
    (folder / "tide.txt").unlink()
    assert update(store, folder).removed == ("tide",)
    store.remove(["rain"])
    left = store.open(store.present())
    same(
        left,
        in_memory(
            [document("The wind fell. All boats were found.", id="wind", source=left.documents[0].source)]
        ),
    )
    record = store.verify()
    assert [entry.id for entry in record.documents] == ["wind"]
    with pytest.raises(LoadError, match="holds at least one article"):
        store.remove(["wind"])
    with pytest.raises(LoadError, match="no article has the id 'tide'"):
        store.remove(["tide"])


def update(store: MilvusStore, folder: Path) -> UpdateResult:
    """Bring an index in line with a folder."""
    change, failures = other_reader(store).update([folder], IN_MILVUS)
    assert not failures
    return change


def test_what_was_removed_is_in_no_row_of_any_collection(store: MilvusStore) -> None:
    put(store, [document(TIDE, id="tide"), document(WIND, id="wind")])
    old = store.present()
    store.remove(["tide"])
    present = store.present()
    names = [name for name in store.server.names() if name.startswith(f"{store.name}__")]
    assert sorted(names) == sorted([present.name, present.passages_in, present.texts_in])
    assert old.name not in names
    gone = old.articles[0].key
    for name in (present.passages_in, present.texts_in):
        assert store.server.count(name, f"article == {gone}", strong=True) == 0


def test_a_reader_with_nothing_but_the_address_and_the_name_sees_a_new_generation_at_its_next_question(
    store: MilvusStore,
) -> None:
    put(store, [document(TIDE, id="tide")])
    reader = Assistant.open(
        vector_index="milvus",
        milvus_uri=store.uri,
        milvus_collection=store.name,
        reader="similarity",
        threshold=0,
    )
    assert "3.2 metres" in reader.ask("How high was the tide at Kiel?").text
    other = document("The tide rose to 9.9 metres at Kiel on Friday.", id="tide")
    with lock(store.server, store.names) as writer:
        write(writer, store.present(), Plan([other], (), IN_MILVUS, "FLAT", 1), HASHING, silent)
    answer = reader.ask("How high was the tide at Kiel?")
    assert "9.9 metres" in answer.text
    for citation in answer.citations:
        text = reader.collection.documents[citation.document_index].text
        assert text[citation.start : citation.end] == citation.quote


def test_a_reader_in_the_midst_of_the_old_generation_is_told_that_it_changed(store: MilvusStore) -> None:
    put(store, [document(TIDE, id="tide"), document(WIND, id="wind")])
    old = other_reader(store).open(store.present())
    store.remove(["tide"])
    with pytest.raises(ChangedIndexError, match="changed while it was read; ask again"):
        old.vectors.search(HASHING.encode(["tide"])[0], 2)
    with pytest.raises(ChangedIndexError):
        old.documents[0]


# A writer that is killed, and two writers.

KILLED = """
import os, sys
from pathlib import Path
from citewell.index.milvus.client import Server
from citewell.index.milvus.store import MilvusStore
from citewell.index.collection import IndexConfig
uri, name, folder, method, number = sys.argv[1:]
left = int(number)
act = getattr(Server, method)
def dying(self, *arguments, **named):
    global left
    left -= 1
    if left < 0:
        os._exit(9)
    return act(self, *arguments, **named)
setattr(Server, method, dying)
MilvusStore(uri, name).update([Path(folder)], IndexConfig(encoder="hashing", index="milvus"))
"""


@pytest.mark.slow(reason="each step is a process of its own, which is killed there")
@pytest.mark.parametrize(
    ("method", "number", "is_new"),
    [
        ("insert", 0, False),
        ("insert", 1, False),
        ("insert", 2, False),
        ("point", 0, False),
        ("delete", 0, True),
    ],
)
def test_a_killed_writer_leaves_the_old_generation_or_the_new_one_whole(
    server: str,
    tmp_path: Path,
    method: str,
    number: int,
    is_new: bool,  # noqa: FBT001 - a parameter
) -> None:
    store = new_store(server)
    folder = write_files(tmp_path / "articles")
    update(store, folder)
    before = {one.id: one.text for one in store.open(store.present()).documents}
    (folder / "wind.txt").write_text("The wind fell. All boats were found.")
    after = before | {"wind": "The wind fell. All boats were found."}
    variables = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, server, store.name, str(folder), method, str(number)],
        env=variables,
        check=False,
    )
    assert killed.returncode == 9
    reader = other_reader(store)
    assert {one.id: one.text for one in reader.open(reader.present()).documents} == (
        after if is_new else before
    )
    reader.verify()
    assert update(store, folder).any is not is_new
    assert {one.id: one.text for one in store.open(store.present()).documents} == after
    # The next writer removed what the killed one left.
    names = [name for name in store.server.names() if name.startswith(f"{store.name}__")]
    assert len(names) == 3


def test_a_second_writer_is_refused_while_the_first_lives_and_takes_over_when_it_does_not(
    store: MilvusStore,
) -> None:
    put(store, [document(TIDE, id="tide")])
    server, names = store.server, store.names
    with (
        lock(server, names, beat_s=0.2),
        pytest.raises(LockedIndexError, match="is writing"),
        lock(server, names, beat_s=0.5),
    ):
        pytest.fail("two writers at once")
    # A process of another machine that beats no more.
    marker = names.marker("dead", 0)
    server.mark(marker, json.dumps({"host": "elsewhere", "pid": 1}))
    assert server.claim(names.lock, marker)
    with lock(server, names, beat_s=0.1) as writer:
        assert writer.holds()
    assert server.target(names.lock) is None
    assert [name for name in server.names() if "__writer_" in name and name.startswith(store.name)] == []


def test_a_writer_whose_lock_was_taken_writes_and_commits_nothing(store: MilvusStore) -> None:
    before = put(store, [document(TIDE, id="tide")])
    plan = Plan([document(WIND, id="wind")], (), IN_MILVUS, "FLAT", 1)
    with lock(store.server, store.names) as writer:
        store.server.unname(store.names.lock)
        with pytest.raises(LockedIndexError, match="another process is writing"):
            write(writer, before, plan, HASHING, silent)
    assert store.present() == before
    assert store.server.count(before.passages_in, f"article >= {before.next_key}", strong=True) == 0


def test_of_many_that_want_the_lock_at_once_one_has_it(store: MilvusStore) -> None:
    at_once, most = [0], [0]

    def write_a_little() -> None:
        try:
            with lock(store.server, store.names, beat_s=1.0):
                at_once[0] += 1
                most[0] = max(most[0], at_once[0])
                threading.Event().wait(0.5)
                at_once[0] -= 1
        except LockedIndexError:
            pass

    threads = [threading.Thread(target=write_a_little) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1]


# A part is not taken for the whole.


def test_when_some_passages_do_not_answer_this_is_said_and_no_answer_given(store: MilvusStore) -> None:
    put(store, [document(TIDE, id="tide"), document(WIND, id="wind"), document("It rained.", id="rain")])
    present = store.present()
    reader = Assistant.of_store(other_reader(store), choose(reader="similarity", threshold=0.0))
    assert reader.ask("How high was the tide?").citations
    # As when a query node is gone: its rows are not found, and no error says so.
    store.server.delete(present.passages_in, f"id in [{row_key(present.articles[0].key, 0)}]")
    # Until a node has read the deletion, the row still answers, and so does the reader.
    assert store.server.count(present.passages_in, present.rows, strong=True) == 2
    reader.collection.vectors._view._counted = -1e9  # type: ignore[attr-defined]  # noqa: SLF001 - as after a second
    with pytest.raises(PartialIndexError, match=r"answers in part: 2 of 3 passages answer; .* ask again"):
        reader.ask("How high was the tide?")


def test_a_missing_piece_of_a_text_and_another_text_are_refused(store: MilvusStore) -> None:
    generation = put(store, [document(TIDE, id="tide"), document(WIND, id="wind")])
    found = store.open(store.present())
    first, second = (row_key(article.key, 0) for article in generation.articles)
    store.server.delete(generation.texts_in, f"id in [{first}, {second}]")
    with pytest.raises(PartialIndexError, match="0 of 1 pieces"):
        found.documents[0]
    row = {"id": second, "article": generation.articles[1].key, "piece": '["The wind fell.",[]]'}
    store.server.insert(generation.texts_in, [row | {"vector": NO_VECTOR}])
    with pytest.raises(DamagedIndexError, match="the text of wind is not the one that was indexed"):
        found.documents[1]
    with pytest.raises(CollectionError):
        store.verify()


# What is wrong is said in one line.


def test_a_server_that_does_not_answer_is_named(store: MilvusStore) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        uri = f"http://127.0.0.1:{unused.getsockname()[1]}"
        with pytest.raises(
            ServerError, match=f"Milvus at {uri} cannot connect to it: .*--milvus-uri"
        ) as error:
            MilvusStore(uri, store.name, seconds=1).present()
    assert "\n" not in str(error.value)


def test_a_missing_index_a_foreign_collection_and_another_encoder_are_refused(store: MilvusStore) -> None:
    with pytest.raises(MissingIndexError, match=f"build one: citewell index PATH .*{store.name}"):
        store.present()
    store.server.make(store.name, [Field("text", 1000)])
    with pytest.raises(ForeignIndexError, match="not written by citewell"):
        store.present()
    store.server.drop(store.name)
    put(store, [document(TIDE, id="tide")])
    other = type("Other", (), {"fingerprint": "0" * 64, "name": "other", "dimensions": HASHING.dimensions})()
    with pytest.raises(ForeignIndexError, match=r"was made with hashing-512 .* the encoder here is other"):
        store.load(other)
    with pytest.raises(SettingsError, match="letters, digits"):
        MilvusStore(store.uri, "two words").is_there()


def test_settings_name_milvus_whole_or_not_at_all(uri: str) -> None:
    with pytest.raises(SettingsError, match="needs an address: --milvus-uri"):
        _ = choose(vector_index="milvus").store
    with pytest.raises(SettingsError, match="add --vector-index milvus"):
        choose(milvus_uri=uri)
    with pytest.raises(SettingsError, match="has none; give one of them"):
        choose(index=Path("index"), vector_index="milvus", milvus_uri=uri)
    with pytest.raises(SettingsError, match="milvus_index"):
        choose(vector_index="milvus", milvus_index="BEST")


def test_a_server_is_asked_for_no_more_than_it_gives(store: MilvusStore) -> None:
    documents = [document(f"Boat {n} sank.", id=f"a{n}") for n in range(30)]
    put(store, documents)
    found = store.open(store.present())
    places, _ = found.vectors.search(HASHING.encode(["boat"])[0], 10**6)
    assert sorted(places.tolist()) == list(range(30))
    assert isinstance(found.documents, Articles)
    assert [one.id for one in found.documents] == [one.id for one in documents]
    assert isinstance(Server(store.uri).version, str)
