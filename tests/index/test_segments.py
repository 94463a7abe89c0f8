"""A large index is kept in segments: it finds what one in memory finds, whatever was added and removed."""

import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from citewell import Assistant, plugins
from citewell.documents.document import Document, document
from citewell.errors import DamagedIndexError, LoadError
from citewell.index import collection as collections
from citewell.index import generations, manifest, storage, updates
from citewell.index.collection import Collection
from citewell.index.retrieval import retrieve
from citewell.index.segments import saving
from citewell.index.segments import words as words_of_segments
from citewell.index.segments.segment import Segment
from citewell.index.segments.words import count_terms, merge_terms
from citewell.progress import Stages
from small_index import HASHING, RECIPE

WORDS = ["tide", "harbour", "boat", "wind", "storm", "pier", "lantern", "crane", "ferry", "gull"]
QUESTIONS = ["Where is the harbour?", "boat boat wind", "the lantern of the ferry", "zebra"]


def article(name: int, words: Sequence[int]) -> Document:
    text = " ".join(f"The {WORDS[one % 10]} of {WORDS[one // 10 % 10]} rose {one} times." for one in words)
    return document(text, id=f"a{name}", title=f"Article {name}", published="2020-01-02")


def write(folder: Path, name: str, text: str) -> None:
    (folder / f"{name}.txt").write_text(text)


def update(index: Path, corpus: Path) -> collections.UpdateResult:
    """Bring a large index in line with a folder."""
    return updates.update(index, [corpus], RECIPE, large_from=0)[0]


def found(collection: Collection, question: str) -> list[tuple[str, int, float, float]]:
    """Return what a question finds, in an order that does not depend on where articles stand."""
    hits = retrieve(question, collection, HASHING, 10_000)
    return sorted(
        (hit.passage.document.id, hit.passage.start, hit.dense or 0.0, hit.lexical or 0.0) for hit in hits
    )


def assert_found_alike(first: Collection, second: Collection, question: str) -> None:
    """The same passages, with scores that differ in the last bits of a product at most."""
    one, other = found(first, question), found(second, question)
    assert [item[:2] for item in one] == [item[:2] for item in other]
    np.testing.assert_allclose([item[2:] for item in one], [item[2:] for item in other], atol=1e-4)


words = st.lists(st.integers(0, 99), min_size=1, max_size=30)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("write"), st.integers(0, 6), words), st.tuples(st.just("drop"), st.integers(0, 6))
    ),
    max_size=6,
)


@settings(max_examples=8, deadline=None)
@given(steps)
def test_what_is_found_does_not_depend_on_the_order_of_adding_and_removing(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, int] | tuple[str, int, list[int]]]
) -> None:
    base = tmp_path_factory.mktemp("any")
    corpus, index = base / "corpus", base / "index"
    corpus.mkdir()
    write(corpus, "always", "The lantern of the harbour is lit at nine. It burns until dawn.")
    update(index, corpus)
    for kind, name, *rest in steps:
        path = corpus / f"a{name}.txt"
        if kind == "drop":
            path.unlink(missing_ok=True)
        else:
            # Of two files with the same text, the one that came first is kept: each says its own number.
            path.write_text(f"Number {name}. {article(name, rest[0]).text}")
        update(index, corpus)
    update(base / "once", corpus)
    updates.update(base / "small", [corpus], RECIPE)

    changed, _ = storage.load(index, HASHING)
    once, _ = storage.load(base / "once", HASHING)
    small, _ = storage.load(base / "small", HASHING)
    storage.verify(index)
    assert manifest.read(index).segments
    assert not manifest.read(base / "small").segments
    assert sorted(item.id for item in changed.documents) == sorted(item.id for item in small.documents)
    for question in QUESTIONS:
        assert_found_alike(changed, once, question)
        assert_found_alike(changed, small, question)


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "corpus"
    folder.mkdir()
    for name in range(30):
        write(folder, f"a{name}", article(name, [name, name * 7 % 100, name * 3 % 100]).text)
    return folder


@pytest.fixture
def index(tmp_path: Path, corpus: Path) -> Path:
    update(tmp_path / "index", corpus)
    return tmp_path / "index"


def test_a_large_index_is_read_as_the_same_articles_and_passages(index: Path, corpus: Path) -> None:
    large, _ = storage.load(index, HASHING)
    updates.update(index.with_name("small"), [corpus], RECIPE)
    small, _ = storage.load(index.with_name("small"), HASHING)
    assert list(large.documents) == list(small.documents)
    assert list(large.passages) == list(small.passages)
    assert large.passages[-1] == small.passages[-1]
    assert large.passages[3:7:2] == small.passages[3:7:2]
    assert list(large.sources) == list(small.sources)
    assert large.document_index("a7") == small.document_index("a7")
    assert large.columns.texts == small.columns.texts
    assert large.columns.published.tolist() == small.columns.published.tolist()
    assert large.passages_of(4) == small.passages_of(4)
    chosen = large.select(["a3", "a9"])
    assert chosen is not None
    among = {hit.passage.document.id for hit in retrieve("harbour", large, HASHING, 50, only=chosen)}
    assert among == {"a3", "a9"}


@pytest.mark.parametrize("k", [1, 3, 1000])
@pytest.mark.parametrize("query", ["harbour", "boat boat of wind", "storm pier lantern crane", "zebra", ""])
def test_words_score_as_bm25s_scores_them_in_parts_or_whole(tmp_path: Path, query: str, k: int) -> None:
    rng = np.random.default_rng(0)
    articles = [article(place, rng.integers(0, 100, 12).tolist()) for place in range(60)]
    held = collections.build(articles, RECIPE, HASHING)
    parted = write_segments(tmp_path / "parted", [articles[:1], articles[1:40], articles[40:]])
    mask = rng.random(len(held.passages)) < 0.5
    for among in (None, mask):
        places, scores = held.lexical.search(query, k, among)
        found_places, found_scores = parted.lexical.search(query, k, among)
        assert np.allclose(found_scores, scores, rtol=1e-5)
        # Where two score the same, to the last bits of another order of adding, either may come first.
        every = dict(zip(*(one.tolist() for one in held.lexical.search(query, 10_000, among)), strict=True))
        assert [every[place] for place in found_places.tolist()] == pytest.approx(scores.tolist(), rel=1e-5)
        assert len(set(found_places.tolist())) == len(places)


@pytest.mark.parametrize("band", [1, 50, 1_000_000])
def test_postings_joined_in_bands_are_those_of_all_texts(band: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(words_of_segments, "BAND", band)
    rng = np.random.default_rng(2)
    texts = [" ".join(rng.choice(WORDS, 12)) for _ in range(40)]
    keeps = [rng.random(15) < 0.7, np.zeros(5, dtype=np.bool_), np.ones(20, dtype=np.bool_)]
    counted = [count_terms(texts[begin:end], str.split, {}) for begin, end in ((0, 15), (15, 20), (20, 40))]
    joined = merge_terms(list(zip(counted, keeps, strict=True)))
    kept = [text for text, stays in zip(texts, np.concatenate(keeps), strict=True) if stays]
    whole = count_terms(kept, str.split, {})
    assert joined.keys() == whole.keys()
    for name, array in whole.items():
        assert np.array_equal(joined[name], array), name


def write_segments(folder: Path, groups: list[list[Document]]) -> Collection:
    """Write each group of articles as a segment, one after the other."""
    folder.mkdir()
    for group in groups:
        with generations.lock(folder):
            before = manifest.read(folder) if (folder / manifest.NAME).exists() else None
            kept = [
                (one, np.ones(one.articles, dtype=np.bool_)) for one in (before.segments if before else ())
            ]
            saving.write(folder, saving.Change(kept, group, len(group), ()), RECIPE, HASHING, before)
    assert len(manifest.read(folder).segments) == len(groups)
    return storage.load(folder, HASHING)[0]


def test_vectors_are_found_as_by_comparing_all(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    articles = [article(place, rng.integers(0, 100, 20).tolist()) for place in range(80)]
    exact = collections.build(articles, RECIPE, HASHING).vectors
    parted = write_segments(tmp_path / "parted", [articles[:30], articles[30:]])
    for query in HASHING.encode(["boat of wind", "the pier rose 12 times"]):
        for among in (None, rng.random(len(parted.passages)) < 0.3):
            places, scores = exact.search(query, 10, among)
            found_places, found_scores = parted.vectors.search(query, 10, among)
            assert found_scores == pytest.approx(scores, abs=2e-6)
            assert len(set(found_places.tolist()) & set(places.tolist())) >= 9  # a tie may fall either way


def test_adding_writes_one_segment_and_leaves_the_others(index: Path, corpus: Path) -> None:
    (before,) = manifest.read(index).segments
    written = (index / before.name / "vectors.bin").stat().st_mtime_ns
    write(corpus, "new", "A walrus lay on the pier.")
    encoded: list[str] = []
    stages = Stages(encoding=lambda *_: encoded.append(""))
    change = updates.update(index, [corpus], RECIPE, stages=stages)[0]
    assert change.added == ("new",)
    kept, added = manifest.read(index).segments
    assert kept == before
    assert (index / before.name / "vectors.bin").stat().st_mtime_ns == written
    assert (added.articles, added.passages, len(encoded)) == (1, 1, 1)


def test_what_is_removed_is_in_no_file_afterwards(index: Path, corpus: Path) -> None:
    write(corpus, "secret", "The password of the lighthouse is xylophone.")
    update(index, corpus)
    assert holds(index, b"xylophone")
    updates.remove(index, ["secret"])
    assert not holds(index, b"xylophone")
    assert not holds(index, b"secret")
    assert len(storage.load(index, HASHING)[0].documents) == 30
    updates.remove(index, ["a3", "a4"])
    assert len(storage.load(index, HASHING)[0].documents) == 28
    storage.verify(index)


def holds(index: Path, words: bytes) -> bool:
    return any(words in path.read_bytes() for path in index.rglob("*") if path.is_file())


def test_many_small_segments_are_joined(index: Path, corpus: Path) -> None:
    for place in range(saving.MANY):
        write(corpus, f"more{place}", f"The walrus number {place} lay on the pier.")
        update(index, corpus)
    assert len(manifest.read(index).segments) < saving.MANY
    storage.verify(index)
    large, _ = storage.load(index, HASHING)
    assert [item.id for item in large.documents][-2:] == ["more6", "more7"]


def test_parts_of_a_killed_run_are_not_encoded_again(tmp_path: Path) -> None:
    class StoppedError(Exception):
        pass

    calls: list[int] = []

    class Encoder:
        name, fingerprint, dimensions = HASHING.name, HASHING.fingerprint, HASHING.dimensions
        max_tokens, token_spans = HASHING.max_tokens, HASHING.token_spans
        most = 15

        def encode(self, texts: Sequence[str]) -> np.ndarray:
            if len(calls) >= self.most:
                raise StoppedError
            calls.append(len(texts))
            return HASHING.encode(texts)

    encoder, index = Encoder(), tmp_path / "index"
    articles = [article(place, [place, *range(40)]) for place in range(30)]
    monkey = pytest.MonkeyPatch()
    monkey.setattr(saving, "PART", 8)
    try:
        with generations.lock(index), pytest.raises(StoppedError):
            saving.write(index, saving.Change((), articles, 30, ()), RECIPE, encoder, None)
        assert list((index / manifest.PARTS).iterdir())
        calls.clear()
        Encoder.most = 1000
        with generations.lock(index):
            saving.write(index, saving.Change((), articles, 30, ()), RECIPE, encoder, None)
    finally:
        monkey.undo()
    assert 15 <= len(calls) < 25
    assert not (index / manifest.PARTS).exists()
    assert len(storage.load(index, HASHING)[0].documents) == 30


@pytest.mark.parametrize(
    "name", ["articles.bin", "vectors.bin", "postings.npy", "vectors.faiss", "columns.jsonl"]
)
def test_verify_names_a_damaged_file_of_a_segment(index: Path, name: str) -> None:
    (segment,) = manifest.read(index).segments
    path = index / segment.name / name
    raw = bytearray(path.read_bytes())
    raw[-3] ^= 1
    path.write_bytes(raw)
    with pytest.raises(DamagedIndexError, match=f"{name} is damaged .*--rebuild"):
        storage.verify(index)


def test_a_damaged_article_is_never_cited(index: Path) -> None:
    (segment,) = manifest.read(index).segments
    path = index / segment.name / "articles.bin"
    path.write_bytes(path.read_bytes().replace(b"rose 0 times", b"rose 9 times", 1))
    large, _ = storage.load(index, HASHING)
    with pytest.raises(DamagedIndexError, match="damaged"):
        list(large.documents)


@pytest.mark.parametrize(
    "name", ["articles.bin", "vectors.bin", "owners.npy", "vectors.faiss", "postings.npy"]
)
@pytest.mark.parametrize("how", ["removed", "cut", "emptied"])
def test_a_file_that_is_not_whole_is_refused_when_the_index_is_opened(
    index: Path, name: str, how: str
) -> None:
    (segment,) = manifest.read(index).segments
    path = index / segment.name / name
    raw = path.read_bytes()
    path.unlink()
    if how != "removed":
        path.write_bytes(raw[: len(raw) // 2] if how == "cut" else b"")
    with pytest.raises(DamagedIndexError, match="--rebuild"):
        storage.load(index, HASHING)


def test_an_index_grows_large_without_encoding_again(tmp_path: Path, corpus: Path) -> None:
    index = tmp_path / "grown"
    updates.update(index, [corpus], RECIPE)
    old, _ = storage.load(index, HASHING)
    write(corpus, "new", "A walrus lay on the pier.")
    update(index, corpus)
    large, _ = storage.load(index, HASHING)
    assert manifest.read(index).segments
    assert np.array_equal(large.vectors.vectors()[:-1], old.vectors.vectors())
    assert [item.id for item in large.documents] == [*(item.id for item in old.documents), "new"]


def test_a_reader_goes_on_while_its_segments_are_replaced(index: Path, corpus: Path) -> None:
    large, _ = storage.load(index, HASHING)
    before = found(large, QUESTIONS[0])
    shutil.rmtree(corpus)
    corpus.mkdir()
    write(corpus, "other", "A walrus lay on the pier.")
    update(index, corpus)
    assert found(large, QUESTIONS[0]) == before
    assert [item.id for item in storage.load(index, HASHING)[0].documents] == ["other"]


def test_a_segment_says_when_its_files_do_not_belong_together(index: Path) -> None:
    (segment,) = manifest.read(index).segments
    with pytest.raises(DamagedIndexError, match="do not belong together"):
        Segment(index / segment.name, HASHING.dimensions + 1)


def test_the_plugins_that_have_no_segments_keep_the_small_form(tmp_path: Path, corpus: Path) -> None:
    recipe = collections.IndexConfig(encoder="hashing", index="exact")
    assert not hasattr(plugins.load("indexes", "exact"), "lists")
    updates.update(tmp_path / "exact", [corpus], recipe, large_from=0)
    assert not manifest.read(tmp_path / "exact").segments


def test_articles_beside_a_large_index_take_over_what_it_holds_and_read_no_other(
    index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    large, _ = storage.load(index, HASHING)
    same = replace(large.documents[3], id="mine", source="")
    reads: list[int] = []
    read = Segment.read

    def watch(self: Segment, place: int) -> object:
        reads.append(place)
        return read(self, place)

    monkeypatch.setattr(Segment, "read", watch)
    encoded: list[int] = []
    new = document("A walrus lay on the pier.", id="new")
    made = collections.build(
        [same, new], RECIPE, HASHING, reuse=large, progress=lambda _, total: encoded.append(total)
    )
    assert encoded == [1]
    assert reads == [3]
    assert np.array_equal(made.vectors.vectors()[0], large.vectors.vectors()[3])
    assert made.passages[0].document is same


def test_a_large_index_is_not_changed_in_memory(index: Path) -> None:
    assistant = Assistant.open(index)

    with pytest.raises(LoadError, match="30 articles are read as they are needed, and cannot be changed"):
        assistant.add([document("It rose.", id="b")])
    with pytest.raises(LoadError, match="with citewell index"):
        assistant.remove(["a3"])
