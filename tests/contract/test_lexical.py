"""What every lexical index promises; BM25 written out is the oracle."""

import math
import pickle
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from citewell import plugins
from citewell.errors import DamagedIndexError
from citewell.index.protocols import LexicalIndexModule
from citewell.plugins import Family

Make = Callable[[Family, str], Any]
every_lexical = pytest.mark.parametrize("name", plugins.names("lexical"))

# Words that are their own stem and no stopword.
words = st.sampled_from(["tide", "kiel", "boat", "harbour", "wind", "42", "zurich", "quay"])
texts = st.lists(st.lists(words, max_size=12).map(" ".join), max_size=25)


def bm25(texts: Sequence[str], query: str, k1: float = 1.5, b: float = 0.75) -> list[float]:
    """Score every text as Lucene does since 8.0: without the constant factor k1 + 1."""
    listed = [text.split() for text in texts]
    mean = sum(map(len, listed)) / max(len(listed), 1)
    scores = [0.0] * len(listed)
    for word in query.split():
        holding = sum(word in text for text in listed)
        idf = math.log(1 + (len(listed) - holding + 0.5) / (holding + 0.5))
        for place, text in enumerate(listed):
            if word in text:
                often = text.count(word)
                scores[place] += idf * often / (often + k1 * (1 - b + b * len(text) / mean))
    return scores


@given(texts=texts, query=st.lists(words, max_size=5).map(" ".join), k=st.integers(0, 30))
@settings(max_examples=200, deadline=None)
def test_bm25_scores_as_its_formula_does(texts: list[str], query: str, k: int) -> None:
    positions, scores = plugins.load("lexical", "bm25").build(texts).search(query, k)

    expected = bm25(texts, query)
    assert np.allclose(scores, [expected[place] for place in positions], rtol=1e-4)
    best = sorted((score for score in expected if score > 0), reverse=True)[:k]
    assert np.allclose(scores, best, rtol=1e-4)


@every_lexical
@given(texts=texts, query=st.lists(words, max_size=5).map(" ".join), k=st.integers(0, 30))
@settings(max_examples=100, deadline=None)
def test_only_what_shares_a_word_is_found_best_first_and_ties_by_position(
    name: str, make: Make, texts: list[str], query: str, k: int
) -> None:
    positions, scores = make("lexical", name).build(texts).search(query, k)

    sharing = [place for place, text in enumerate(texts) if set(text.split()) & set(query.split())]
    assert len(positions) == len(scores) == min(k, len(sharing))
    assert set(positions.tolist()) <= set(sharing)
    pairs = list(zip((-scores).tolist(), positions.tolist(), strict=True))
    assert pairs == sorted(pairs)
    assert all(scores > 0)
    assert (positions.dtype, scores.dtype) == (np.int64, np.float32)


@every_lexical
def test_a_hundred_equal_texts_come_in_their_order(name: str, make: Make) -> None:
    index = make("lexical", name).build(["wind", *["the tide rose at kiel"] * 100, "quay"])

    assert index.search("tide", 40)[0].tolist() == list(range(1, 41))


@every_lexical
@pytest.mark.parametrize("texts", [[], [""], ["the of and", "?!"], ["\u0301", " \n"]])
def test_an_index_without_a_word_finds_nothing_and_can_be_saved(
    name: str, texts: list[str], make: Make, tmp_path: Path
) -> None:
    module: LexicalIndexModule = make("lexical", name)
    module.build(texts).save(tmp_path)

    for index in (module.build(texts), module.load(tmp_path)):
        positions, scores = index.search("the tide", 5)
        assert (positions.tolist(), scores.tolist()) == ([], [])


@every_lexical
@pytest.mark.parametrize("query", ["", "?", "zeppelin", "the", "\u202e\u0301", "🌊", "a" * 100_000])
def test_a_query_without_a_known_word_finds_nothing(name: str, query: str, make: Make) -> None:
    assert len(make("lexical", name).build(["The tide rose.", "It fell."]).search(query, 5)[0]) == 0


@every_lexical
@pytest.mark.parametrize(
    ("query", "place"),
    [
        ("ZÜRICH", 0),
        ("zurich", 0),
        ("Zu\u0308rich’s", 0),
        ("arrested", 1),
        ("How many arrests?", 1),
        ("东京", 2),
        ("潮水", 2),
        ("ｔｏｋｙｏ", 3),
        ("$6,500", 4),
        ("the U.S.", 4),
        ("прилив", 5),
    ],
)
def test_a_word_is_found_in_its_other_spellings(name: str, query: str, place: int, make: Make) -> None:
    index = make("lexical", name).build(
        [
            "The quay of Zürich.",
            "Police arrest a man.",
            "东京的潮水上涨了。",
            "京东 is a shop. Tokyo is a city.",
            "The US paid 6500 dollars.",
            "Прилив поднялся.",
        ]
    )

    assert index.search(query, 3)[0].tolist()[:1] == [place]


@every_lexical
def test_two_characters_side_by_side_count_for_more_than_apart(name: str, make: Make) -> None:
    index = make("lexical", name).build(["京都和东方", "东京的潮水", "方和都"])

    assert index.search("东京", 3)[0].tolist() == [1, 0]


@every_lexical
@given(texts=st.lists(st.text(max_size=60), max_size=6), query=st.text(max_size=30))
@settings(max_examples=100, deadline=None)
def test_any_text_can_be_indexed_and_asked_for(name: str, make: Make, texts: list[str], query: str) -> None:
    index = make("lexical", name).build([*texts, query])
    positions, _ = index.search(query, 10)

    assert len(positions) == 0 or len(texts) in positions.tolist()


@every_lexical
@given(texts=st.lists(st.text(max_size=40), max_size=5))
@settings(max_examples=30, deadline=None)
def test_what_was_saved_is_loaded(
    name: str, make: Make, tmp_path_factory: pytest.TempPathFactory, texts: list[str]
) -> None:
    folder = tmp_path_factory.mktemp("lexical")
    module: LexicalIndexModule = make("lexical", name)
    built = module.build([*texts, "the tide"])
    built.save(folder)
    loaded = module.load(folder)

    for query in (*texts, "tide"):
        before, after = built.search(query, 9), loaded.search(query, 9)
        assert np.array_equal(before[0], after[0])
        assert np.array_equal(before[1], after[1])


@every_lexical
def test_files_that_hold_no_index_are_damage_and_no_pickle_is_read(
    name: str, make: Make, tmp_path: Path
) -> None:
    module: LexicalIndexModule = make("lexical", name)
    module.build(["The tide rose.", "It fell."]).save(tmp_path)
    for path in sorted(tmp_path.iterdir()):
        data = path.read_bytes()
        for damaged in (b"", b"\xff" * 64, data[: len(data) // 2], pickle.dumps(Bomb(tmp_path / "exploded"))):
            path.write_bytes(damaged)
            with pytest.raises(DamagedIndexError):
                module.load(tmp_path)
        path.unlink()
        with pytest.raises(DamagedIndexError):
            module.load(tmp_path)
        path.write_bytes(data)
    assert module.load(tmp_path).search("tide", 1)[0].tolist() == [0]
    assert not (tmp_path / "exploded").exists()


@every_lexical
def test_a_folder_may_have_any_name(name: str, make: Make, tmp_path: Path) -> None:
    for folder in (tmp_path / "東京 'a\"\n", Path(bytes(tmp_path).decode() + "/\udcff")):
        folder.mkdir()
        make("lexical", name).build(["The tide rose."]).save(folder)
        assert make("lexical", name).load(folder).search("tide", 1)[0].tolist() == [0]


@every_lexical
def test_sixteen_threads_find_what_one_finds(name: str, make: Make) -> None:
    index = make("lexical", name).build([f"the tide rose to {n} metres" for n in range(50)])
    queries = [f"tides rising {n}" for n in range(100)]
    expected = [index.search(query, 10)[0].tolist() for query in queries]

    with ThreadPoolExecutor(16) as pool:
        assert list(pool.map(lambda query: index.search(query, 10)[0].tolist(), queries)) == expected


class Bomb:
    """A pickle of this leaves a file behind when it is read."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[Path]]:
        return Path.touch, (self.path,)
