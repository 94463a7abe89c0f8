"""What every vector index promises; brute force is the oracle."""

import pickle
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from citewell import plugins
from citewell.errors import DamagedIndexError
from citewell.index.protocols import VectorIndexModule, Vectors
from citewell.plugins import Family

Make = Callable[[Family, str], Any]
every_index = pytest.mark.parametrize("name", plugins.names("indexes"))
DIMENSIONS = 16


def signs(rows: list[int]) -> Vectors:
    """Make unit vectors of ±1/4, one a number: their inner products are exact, and many are equal."""
    bits = (np.array(rows, dtype=np.int64)[:, None] >> np.arange(DIMENSIONS)) & 1
    return ((bits * 2 - 1) / 4).astype(np.float32).reshape(len(rows), DIMENSIONS)


def normal(size: int, dimensions: int = 64, seed: int = 0) -> Vectors:
    vectors = np.random.default_rng(seed).standard_normal((size, dimensions)).astype(np.float32)
    unit: Vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return unit


def clustered(size: int, dimensions: int = 64, seed: int = 0) -> Vectors:
    """Make vectors that lie around a few hundred centres, as those of articles do."""
    random = np.random.default_rng(seed)
    centres = random.standard_normal((200, dimensions))
    vectors = centres[random.integers(200, size=size)] + 0.5 * random.standard_normal((size, dimensions))
    unit: Vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    return unit


def nearest(vectors: Vectors, query: Vectors, k: int) -> tuple[list[int], list[float]]:
    """Compare every vector; ties by position."""
    scores = vectors.astype(np.float64) @ query.astype(np.float64)
    order = np.lexsort((np.arange(len(vectors)), -scores))[:k]
    return order.tolist(), scores[order].tolist()


@every_index
@given(
    rows=st.lists(st.integers(0, 40) | st.integers(0, 2**DIMENSIONS - 1), max_size=120),
    asked=st.integers(0, 2**DIMENSIONS - 1),
    k=st.integers(0, 150),
)
@settings(max_examples=150, deadline=None)
def test_the_nearest_come_best_first_and_ties_by_position(
    name: str, make: Make, rows: list[int], asked: int, k: int
) -> None:
    vectors, query = signs(rows), signs([asked])[0]
    positions, scores = make("indexes", name).build(vectors).search(query, k)

    expected, products = nearest(vectors, query, k)
    assert positions.tolist() == expected
    assert np.allclose(scores, products, atol=1e-6)
    assert (positions.dtype, scores.dtype) == (np.int64, np.float32)


@every_index
@pytest.mark.parametrize("k", [1, 7, 400, 5000])
def test_a_thousand_equal_vectors_come_in_their_order(name: str, k: int, make: Make) -> None:
    vectors = np.concatenate([signs([1]), signs([2] * 1000), signs([3])])
    positions, scores = make("indexes", name).build(vectors).search(signs([2])[0], k)

    assert positions.tolist() == nearest(vectors, signs([2])[0], k)[0]
    assert scores.tolist() == sorted(scores.tolist(), reverse=True)


@every_index
@pytest.mark.parametrize("k", [1, 30, 200])
def test_equal_scores_of_thousands_come_in_their_order(name: str, k: int, make: Make) -> None:
    vectors = signs(np.random.default_rng(0).integers(2**DIMENSIONS, size=4000).tolist())
    index = make("indexes", name).build(vectors)

    for query in signs(list(range(0, 2**DIMENSIONS, 3001))):
        assert index.search(query, k)[0].tolist() == nearest(vectors, query, k)[0]


@every_index
def test_real_vectors_are_found_as_brute_force_finds_them(name: str, make: Make) -> None:
    vectors = normal(2000)
    index = make("indexes", name).build(vectors)

    for query in normal(50, seed=1):
        positions, scores = index.search(query, 20)
        expected, products = nearest(vectors, query, 20)
        assert positions.tolist() == expected
        assert np.allclose(scores, products, atol=2e-6)


@every_index
def test_an_empty_index_finds_nothing_and_can_be_saved(name: str, make: Make, tmp_path: Path) -> None:
    module: VectorIndexModule = make("indexes", name)
    module.build(np.zeros((0, DIMENSIONS), dtype=np.float32)).save(tmp_path)
    index = module.load(tmp_path)

    positions, scores = index.search(signs([5])[0], 3)
    assert (len(positions), len(scores)) == (0, 0)
    assert index.vectors().shape == (0, DIMENSIONS)


@every_index
def test_what_was_saved_is_loaded_to_the_last_bit(name: str, make: Make, tmp_path: Path) -> None:
    module: VectorIndexModule = make("indexes", name)
    vectors = normal(300)
    module.build(vectors).save(tmp_path)
    index = module.load(tmp_path)

    assert np.array_equal(index.vectors(), vectors)
    assert index.vectors().dtype == np.float32
    for query in vectors[:20]:
        before, after = module.build(vectors).search(query, 9), index.search(query, 9)
        assert np.array_equal(before[0], after[0])
        assert np.array_equal(before[1], after[1])


@every_index
def test_the_same_vectors_are_saved_as_the_same_bytes(name: str, make: Make, tmp_path: Path) -> None:
    for folder in (tmp_path / "one", tmp_path / "two"):
        folder.mkdir()
        make("indexes", name).build(normal(300)).save(folder)

    assert contents(tmp_path / "one") == contents(tmp_path / "two")


@every_index
def test_files_that_hold_no_index_are_damage(name: str, make: Make, tmp_path: Path) -> None:
    module: VectorIndexModule = make("indexes", name)
    module.build(normal(40)).save(tmp_path)
    for path, data in contents(tmp_path).items():
        bomb = pickle.dumps(Bomb(tmp_path / "exploded"))
        for damaged in (b"", b"\xff" * 64, *(data[: len(data) * part // 7] for part in range(1, 7)), bomb):
            (tmp_path / path).write_bytes(damaged)
            with pytest.raises(DamagedIndexError, match=path):
                module.load(tmp_path)
        (tmp_path / path).unlink()
        with pytest.raises(DamagedIndexError, match=path):
            module.load(tmp_path)
        (tmp_path / path).write_bytes(data)
    assert not (tmp_path / "exploded").exists()


@every_index
def test_a_folder_may_have_any_name(name: str, make: Make, tmp_path: Path) -> None:
    for folder in (tmp_path / "東京 'a\"\n", Path(bytes(tmp_path).decode() + "/\udcff")):
        folder.mkdir()
        make("indexes", name).build(normal(9)).save(folder)
        assert len(make("indexes", name).load(folder).vectors()) == 9


@pytest.mark.unix("/dev/full")
@every_index
def test_a_full_disk_is_an_os_error(name: str, make: Make, tmp_path: Path) -> None:
    make("indexes", name).build(normal(9)).save(tmp_path)
    (path,) = tmp_path.iterdir()
    path.unlink()
    path.symlink_to("/dev/full")

    with pytest.raises(OSError, match="No space left"):
        make("indexes", name).build(normal(900)).save(tmp_path)


@every_index
def test_sixteen_threads_find_what_one_finds(name: str, make: Make) -> None:
    index = make("indexes", name).build(normal(500))
    queries = list(normal(64, seed=2))
    expected = [index.search(query, 10)[0].tolist() for query in queries]

    with ThreadPoolExecutor(16) as pool:
        assert list(pool.map(lambda query: index.search(query, 10)[0].tolist(), queries)) == expected


# FAISS above its limit for flat indexes: inverted lists.


def lists() -> VectorIndexModule:
    module: VectorIndexModule = plugins.load("indexes", "faiss", exact_up_to=100)
    return module


def test_inverted_lists_find_at_least_95_percent_of_the_ten_nearest() -> None:
    vectors, queries = clustered(8000), clustered(200, seed=1)
    index = lists().build(vectors)
    found = [
        len(set(index.search(query, 10)[0].tolist()) & set(nearest(vectors, query, 10)[0]))
        for query in queries
    ]

    assert sum(found) / (10 * len(queries)) >= 0.95


def test_inverted_lists_give_as_many_as_are_asked_for() -> None:
    vectors = clustered(3000)
    index = lists().build(vectors)

    positions, scores = index.search(vectors[0], 3000)
    assert sorted(positions.tolist()) == list(range(3000))
    assert scores.tolist() == sorted(scores.tolist(), reverse=True)
    assert len(index.search(vectors[0], 5000)[0]) == 3000
    assert len(index.search(vectors[0], 2000)[0]) == 2000


@pytest.mark.parametrize("k", [1, 5, 40, 150])
def test_inverted_lists_order_ties_by_position(k: int) -> None:
    # So few vectors that every list is searched: what is found is exact, and equal scores lie in many lists.
    vectors = signs(np.random.default_rng(0).integers(2**DIMENSIONS, size=250).tolist())
    index = plugins.load("indexes", "faiss", exact_up_to=0).build(vectors)

    for query in signs(list(range(0, 2**DIMENSIONS, 3001))):
        assert index.search(query, k)[0].tolist() == nearest(vectors, query, k)[0]


def test_inverted_lists_are_saved_whole_and_always_the_same(tmp_path: Path) -> None:
    vectors = clustered(2000)
    for folder in (tmp_path / "one", tmp_path / "two"):
        folder.mkdir()
        lists().build(vectors).save(folder)
    index = lists().load(tmp_path / "one")

    assert contents(tmp_path / "one") == contents(tmp_path / "two")
    assert np.array_equal(index.vectors(), vectors)
    assert index.search(vectors[7], 5)[0].tolist() == lists().build(vectors).search(vectors[7], 5)[0].tolist()
    assert len(index.search(vectors[7], 2000)[0]) == 2000


@pytest.mark.parametrize("size", [0, 1, 5, 20])
def test_inverted_lists_are_no_more_than_the_vectors(size: int) -> None:
    index = plugins.load("indexes", "faiss", exact_up_to=0).build(signs(list(range(size))))

    assert len(index.search(signs([0])[0], 50)[0]) == size


class Bomb:
    """A pickle of this leaves a file behind when it is read."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[Path]]:
        return Path.touch, (self.path,)


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}
