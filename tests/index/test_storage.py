"""An index opens whole or says how to mend it, and an update touches only what changed."""

import os
import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from citewell import plugins
from citewell.documents.document import Document, document
from citewell.errors import (
    CollectionError,
    ForeignIndexError,
    LoadError,
    LockedIndexError,
    MissingIndexError,
)
from citewell.index import collection as collections
from citewell.index import generations, manifest, storage, updates
from citewell.index.collection import IndexConfig, UpdateResult
from citewell.index.manifest import IndexedFile
from citewell.index.protocols import Vectors
from citewell.text.spans import Span
from small_index import HASHING, RECIPE, TIDE, WIND, run, save, texts, update


class Other:
    """The encoder without weights under another fingerprint, as if its weights had changed."""

    name, dimensions, max_tokens, fingerprint = HASHING.name, HASHING.dimensions, HASHING.max_tokens, "0" * 64

    def encode(self, texts: Sequence[str]) -> Vectors:
        return HASHING.encode(texts)

    def token_spans(self, text: str) -> tuple[Span, ...]:
        return HASHING.token_spans(text)


# What is saved comes back.

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


@given(articles, st.sampled_from(plugins.names("indexes")))
@example([Document("a", "\x01\x1f\x7f\x85\u2028", "x 👩‍👩‍👧 𝔘 \u0301\u0301. e\u0301 \U0010ffff")], "exact")
@example([Document("/\u202eb\r\n", "שלום \u202eעולם\u202c \x00", "\u0301 a\u2028\u2029\x1c\x85.")], "faiss")
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_every_character_of_every_article_survives_exactly(
    tmp_path_factory: pytest.TempPathFactory, documents: list[Document], vectors: str
) -> None:
    folder = tmp_path_factory.mktemp("index")
    sources = (IndexedFile("a/\udcff", "", tuple(document.id for document in documents)),)
    built = collections.build(documents, replace(RECIPE, index=vectors), HASHING, sources=sources)
    with generations.lock(folder):
        storage.save(built, HASHING, folder)
    opened, _ = storage.load(folder, HASHING)

    assert opened.documents == tuple(documents)
    assert opened.passages == built.passages
    assert opened.sources == sources
    assert np.array_equal(opened.vectors.vectors(), built.vectors.vectors())
    for text in (written.text for written in documents):
        assert opened.lexical.search(text, 9)[1].tolist() == built.lexical.search(text, 9)[1].tolist()
    assert storage.verify(folder).passages == len(built.passages)


def test_the_manifest_counts_what_is_there(index: Path) -> None:
    record = manifest.read(index)

    assert [(entry.id, entry.characters, entry.passages) for entry in record.documents] == [
        ("tide", len(TIDE), 1),
        ("wind", len(WIND), 1),
    ]
    assert [entry.sha256 for entry in record.documents] == [
        document(text, id="a").sha256 for text in (TIDE, WIND)
    ]
    assert [file.path for file in record.sources] == ["../corpus/tide.txt", "../corpus/wind.txt"]
    assert (record.encoder, record.encoder_model, record.dimensions) == ("hashing", "hashing-512", 512)


def test_no_file_of_an_index_is_a_pickle(index: Path) -> None:
    for path in index.rglob("*"):
        if path.is_file():
            assert path.suffix in {".json", ".jsonl", ".npy", ".faiss", ""}, path
            assert b"\x80\x04" not in path.read_bytes()[:2]
        if path.suffix == ".npy":
            np.load(path, allow_pickle=False)


def test_the_same_articles_give_the_same_bytes_in_every_process(tmp_path: Path, corpus: Path) -> None:
    code = (
        "import sys\nfrom pathlib import Path\nfrom citewell.index import updates\n"
        "from citewell.index.collection import IndexConfig\n"
        "folder, corpus = map(Path, sys.argv[1:])\n"
        "updates.update(folder, [corpus], IndexConfig(encoder='hashing'))\n"
    )
    written = []
    for seed in ("0", "1", "2"):
        folder = tmp_path / seed
        done = run(code, str(folder), str(corpus), PYTHONHASHSEED=seed)
        assert done.returncode == 0, done.stderr
        written.append((folder / manifest.NAME).read_bytes())
    updates.update(tmp_path / "here", [corpus], RECIPE)

    assert set(written) == {(tmp_path / "here" / manifest.NAME).read_bytes()}


def test_an_index_may_be_moved_with_its_articles(tmp_path: Path, index: Path, corpus: Path) -> None:
    moved = tmp_path / "elsewhere"
    moved.mkdir()
    index.rename(moved / "index")
    corpus.rename(moved / "corpus")

    change, _, encoded = update(moved / "index", moved / "corpus")
    assert (change.any, encoded) == (False, 0)


# An update.


def test_an_index_in_line_with_its_files_is_not_written_again(index: Path, corpus: Path) -> None:
    stamp = manifest.read_stamp(index)
    change, failures, encoded = update(index, corpus)

    assert change == UpdateResult(unchanged=("tide", "wind"))
    assert (failures, encoded) == ((), 0)
    assert manifest.read_stamp(index) == stamp


def test_one_article_is_added_replaced_and_removed_without_the_others(index: Path, corpus: Path) -> None:
    (corpus / "new.txt").write_text("A third article.")
    change, _, encoded = update(index, corpus)
    assert (change.added, change.unchanged, encoded) == (("new",), ("tide", "wind"), 1)

    (corpus / "wind.txt").write_text("No wind today.")
    change, _, encoded = update(index, corpus)
    assert (change.replaced, change.unchanged, encoded) == (("wind",), ("tide", "new"), 1)

    (corpus / "tide.txt").unlink()
    change, _, encoded = update(index, corpus)
    assert (change.removed, change.unchanged, encoded) == (("tide",), ("wind", "new"), 0)
    assert texts(index) == {"wind": "No wind today.", "new": "A third article."}

    updates.remove(index, ["wind"])
    assert texts(index) == {"new": "A third article."}


def test_an_article_whose_file_gets_another_name_is_found_by_it(index: Path, corpus: Path) -> None:
    (corpus / "tide.txt").rename(corpus / "flood.txt")
    change, _, encoded = update(index, corpus)

    # Its title is the file's name, which stands in front of its passages.
    assert (change.added, change.removed, encoded) == (("flood",), ("tide",), 1)
    assert texts(index) == {"wind": WIND, "flood": TIDE}


def test_the_same_text_twice_is_indexed_once_until_its_first_file_goes(index: Path, corpus: Path) -> None:
    (corpus / "copy.txt").write_text(TIDE)
    (corpus / "other.txt").write_text(TIDE + "\n")  # a character more: another text
    change, _, encoded = update(index, corpus)
    assert (change.added, change.removed, encoded) == (("other",), (), 1)
    assert change.duplicates == (("copy", "tide"),)
    assert update(index, corpus)[0].duplicates == (("copy", "tide"),)

    (corpus / "tide.txt").unlink()
    change, _, encoded = update(index, corpus)
    assert (change.added, change.removed, encoded) == (("copy",), ("tide",), 1)  # under its own name
    assert texts(index) == {"wind": WIND, "other": TIDE + "\n", "copy": TIDE}


def test_a_file_that_cannot_be_read_keeps_what_it_gave_before(index: Path, corpus: Path) -> None:
    (corpus / "tide.txt").write_bytes(bytes(range(256)) * 9)
    change, failures, _ = update(index, corpus)
    assert [failure.name for failure in failures] == ["tide.txt"]
    assert (change.any, texts(index)) == (False, {"tide": TIDE, "wind": WIND})

    (corpus / "new.txt").write_text("A third article.")
    update(index, corpus)
    assert texts(index).keys() == {"tide", "wind", "new"}

    (corpus / "tide.txt").write_text("It fell.")
    change, failures, _ = update(index, corpus)
    assert (change.replaced, failures) == (("tide",), ())


def test_a_folder_that_cannot_be_listed_keeps_what_it_gave_before(tmp_path: Path) -> None:
    corpus, index = tmp_path / "corpus", tmp_path / "index"
    (corpus / "inner").mkdir(parents=True)
    (corpus / "tide.txt").write_text(TIDE)
    (corpus / "inner" / "wind.txt").write_text(WIND)
    update(index, corpus)

    (corpus / "inner").rename(tmp_path / "away")
    (corpus / "inner").write_bytes(b"now a file without a suffix, which no loader reads")
    change, failures, _ = update(index, corpus)
    assert ([failure.name for failure in failures], change.any) == (["inner"], False)
    assert texts(index) == {"tide": TIDE, "inner/wind": WIND}

    (corpus / "inner").unlink()
    change, _, _ = update(index, corpus)
    assert change.removed == ("inner/wind",)


@pytest.mark.parametrize("place", ["index", "corpus/index", "corpus/deep/index", "corpus"])
def test_articles_from_elsewhere_stay(place: str, tmp_path: Path, corpus: Path) -> None:
    index, elsewhere = tmp_path / place, tmp_path / "elsewhere.txt"
    elsewhere.write_text("It came from elsewhere.")
    update(index, elsewhere)
    update(index, corpus)
    assert texts(index).keys() == {"elsewhere", "tide", "wind"}

    (corpus / "wind.txt").unlink()
    change, failures, _ = update(index, corpus)
    assert (change.removed, failures) == (("wind",), ())
    change, failures, _ = update(index, corpus / "tide.txt")
    assert (change.any, failures) == (False, ())
    assert texts(index).keys() == {"elsewhere", "tide"}


def test_an_index_among_the_articles_is_not_read_as_one(corpus: Path) -> None:
    for _ in range(3):
        _, failures, _ = update(corpus / "index", corpus)
        assert failures == ()
    assert texts(corpus / "index") == {"tide": TIDE, "wind": WIND}


@pytest.mark.unix("links")
def test_a_link_to_a_file_is_an_article_of_the_folder_that_it_stands_in(
    tmp_path: Path, corpus: Path, index: Path
) -> None:
    (tmp_path / "outside.txt").write_text("It stands outside.")
    (corpus / "link.txt").symlink_to(tmp_path / "outside.txt")
    change, _, _ = update(index, corpus)
    assert change.added == ("link",)

    (corpus / "link.txt").unlink()
    change, _, _ = update(index, corpus)
    assert change.removed == ("link",)


def test_a_name_that_is_no_text_is_a_name_too(tmp_path: Path, corpus: Path) -> None:
    index = Path(os.fsdecode(bytes(tmp_path) + b"/index\xff"))
    name = os.fsdecode(b"caf\xe9.txt")
    (corpus / name).write_text("A name in Latin-1.")
    update(index, corpus)
    assert sorted(texts(index).values()) == sorted([TIDE, WIND, "A name in Latin-1."])

    assert update(index, corpus)[0].any is False
    (corpus / name).unlink()
    assert len(update(index, corpus)[0].removed) == 1


@pytest.mark.parametrize(
    "recipe",
    [
        replace(RECIPE, passage_tokens=20),
        replace(RECIPE, encoder_model="hashing-64"),
        replace(RECIPE, index="exact"),
    ],
    ids=["passages", "encoder", "index"],
)
def test_another_recipe_makes_all_anew_and_loses_no_article(
    recipe: IndexConfig, tmp_path: Path, index: Path, corpus: Path
) -> None:
    elsewhere = tmp_path / "elsewhere.txt"
    elsewhere.write_text("It came from elsewhere.")
    update(index, elsewhere)
    before = texts(index)
    (corpus / "wind.txt").unlink()
    _, _, encoded = update(index, corpus / "tide.txt", recipe=recipe)

    record = manifest.read(index)
    assert texts(index) == before
    assert encoded == record.passages
    assert updates.was_made_by(record, recipe)
    assert not updates.was_made_by(record, RECIPE) or recipe.encoder_model  # "" takes the model that is there


def test_a_model_that_is_not_named_is_the_one_that_the_index_has(index: Path, corpus: Path) -> None:
    update(index, corpus, recipe=replace(RECIPE, encoder_model="hashing-64"))
    (corpus / "new.txt").write_text("A third article.")
    _, _, encoded = update(index, corpus, recipe=RECIPE)

    assert encoded == 1
    assert manifest.read(index).dimensions == 64


def test_vectors_of_other_weights_are_made_anew(index: Path, corpus: Path) -> None:
    collection, _ = storage.load(index)
    with generations.lock(index):
        storage.save(collection, Other(), index)
    (corpus / "new.txt").write_text("A third article.")
    _, _, encoded = update(index, corpus)

    assert encoded == 3
    assert texts(index).keys() == {"tide", "wind", "new"}


def test_an_index_of_another_encoder_is_foreign(index: Path) -> None:
    with pytest.raises(ForeignIndexError) as refused:
        storage.load(index, Other())

    assert str(refused.value).startswith(f"the index {index} was made with hashing-512 ")
    assert "the encoder here is hashing-512 000000000000…; rebuild it: citewell index PATH" in str(
        refused.value
    )


def test_without_an_article_nothing_is_written(tmp_path: Path, index: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    (empty / "a.bin").write_bytes(b"\x00")
    with pytest.raises(LoadError, match=r"no article found in .*empty \(a.bin: unknown kind"):
        update(tmp_path / "new", empty)
    assert not (tmp_path / "new" / manifest.NAME).exists()

    for path in (tmp_path / "corpus").iterdir():
        path.unlink()
    with pytest.raises(LoadError, match="no article found"):
        update(index, tmp_path / "corpus")
    assert texts(index) == {"tide": TIDE, "wind": WIND}


def test_what_cannot_be_removed_is_told(tmp_path: Path, index: Path) -> None:
    with pytest.raises(LoadError, match="no article has the id 'x'; the first ones are: tide, wind"):
        updates.remove(index, ["tide", "x"])
    with pytest.raises(LoadError, match="delete the folder"):
        updates.remove(index, ["tide", "wind"])
    with pytest.raises(MissingIndexError, match="build one"):
        updates.remove(tmp_path / "nowhere", ["tide"])
    assert texts(index) == {"tide": TIDE, "wind": WIND}


# Others at work at the same time.


def test_who_opens_while_others_save_gets_one_of_the_saves_whole(tmp_path: Path) -> None:
    index, saves = tmp_path / "index", 40
    built = [
        collections.build([document(f"{text} " * 30, id=text[:8])], RECIPE, HASHING) for text in (TIDE, WIND)
    ]
    save(index, built[0])
    wrong: list[str] = []
    seen: list[str] = []
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            try:
                opened, _ = storage.load(index, HASHING)
                storage.verify(index)
            except CollectionError as error:
                wrong.append(str(error))
                continue
            seen.append(opened.documents[0].id)
            if opened.passages not in (built[0].passages, built[1].passages):
                wrong.append("mixed")

    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    for number in range(saves):
        save(index, built[number % 2])  # each time the content of the save before the last comes back
    done.set()
    for reader in readers:
        reader.join()

    assert wrong == []
    assert set(seen) == {"The tide", "The wind"}


def test_a_second_writer_is_refused_and_the_first_goes_on(index: Path, corpus: Path) -> None:
    refusals: list[str] = []

    def second() -> None:
        for act in (lambda: update(index, corpus), lambda: updates.remove(index, ["tide"])):
            try:
                act()
            except LockedIndexError as error:
                refusals.append(str(error))

    with generations.lock(index):
        thread = threading.Thread(target=second)
        thread.start()
        thread.join()
    assert len(refusals) == 2
    assert all("another process is writing" in message for message in refusals)
    assert texts(index) == {"tide": TIDE, "wind": WIND}
