"""A damaged index is refused in one line, or still gives what was saved; never something else."""

import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import pytest

from citewell.errors import CollectionError, DamagedIndexError
from citewell.files import file_sha256
from citewell.index import generations, manifest, storage, updates
from small_index import HASHING, RECIPE, TIDE, WIND, refused, save, texts, update

pytestmark = pytest.mark.unix("links and pipes")


def every_file() -> list[str]:
    """Name the files of an index; the hashing encoder and these two articles give all kinds."""
    lexical = [f"{part}.csc.index.npy" for part in ("data", "indices", "indptr")]
    lexical += ["params.index.json", "size.json", "vocab.index.json"]
    return [
        "documents.jsonl",
        "passages.jsonl",
        "vectors/vectors.faiss",
        *(f"lexical/{name}" for name in lexical),
    ]


def test_every_file_is_among_those_that_are_damaged_below(index: Path) -> None:
    assert sorted(manifest.read(index).hashes) == sorted(every_file())


@pytest.mark.parametrize("name", [manifest.NAME, *every_file()])
def test_a_damaged_file_is_seen_by_everyone_and_a_rebuild_mends_it(
    name: str, index: Path, corpus: Path
) -> None:
    path = index / name if name == manifest.NAME else index / manifest.read(index).generation / name
    data = path.read_bytes()
    cuts = sorted({0, 1, len(data) // 3, len(data) // 2, len(data) - 1})
    places = range(0, len(data), max(1, len(data) // 25))
    flipped = [data[:at] + bytes([data[at] ^ 1 << at % 8]) + data[at + 1 :] for at in places]
    for damaged in (*(data[:end] for end in cuts), *flipped, data + b"\n"):
        path.write_bytes(damaged)
        refused(index, lambda: storage.load(index, HASHING))
    refused(index, lambda: storage.verify(index))
    refused(index, lambda: update(index, corpus))
    refused(index, lambda: updates.remove(index, ["tide"]))

    updates.update(index, [corpus], RECIPE, rebuild=True)
    assert texts(index) == {"tide": TIDE, "wind": WIND}
    assert len(list(index.iterdir())) == 3

    (index / manifest.read(index).generation / every_file()[0]).unlink()
    refused(index, lambda: storage.load(index, HASHING))
    updates.update(index, [corpus], RECIPE, rebuild=True)
    assert texts(index) == {"tide": TIDE, "wind": WIND}


def test_an_index_without_its_data_is_damaged(index: Path) -> None:
    generation = index / manifest.read(index).generation
    generation.rename(index / "elsewhere")

    refused(index, lambda: storage.load(index))


def test_a_passage_outside_its_article_is_found_by_verify(index: Path) -> None:
    collection, _ = storage.load(index)
    long = replace(collection.passages[0], end=10_000)
    save(index, replace(collection, passages=(long, *collection.passages[1:])))

    with pytest.raises(DamagedIndexError, match="a passage lies outside its article tide; rebuild it"):
        storage.verify(index)


def test_vectors_that_are_not_as_many_as_the_passages_are_damage(index: Path) -> None:
    collection, _ = storage.load(index)
    save(index, replace(collection, passages=collection.passages[:1]))

    with pytest.raises(DamagedIndexError, match=r"\(2, 512\) vectors for 1 passages .*--rebuild"):
        storage.load(index)


@pytest.mark.parametrize("line", ['["only an id"]', "{}", "[[], 1, 2, 3, 4]", "nonsense", '["a", "b"'])
def test_lines_that_fit_their_hash_but_are_no_articles_are_damage(line: str, index: Path) -> None:
    record = manifest.read(index)
    path = index / record.generation / "passages.jsonl"
    path.write_text(line + "\n")
    hashes = record.hashes | {"passages.jsonl": file_sha256(path)}
    generations.replace(index / manifest.NAME, replace(record, hashes=hashes))

    refused(index, lambda: storage.load(index))


# Something else in a file's place.


def in_place(path: Path, put: Callable[[Path], object]) -> None:
    """Put something else where a file was."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
    put(path)


def folder_with_a_file(path: Path) -> None:
    path.mkdir()
    (path / "file").write_text("x")


def hole(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(20_000_000)


REPLACEMENTS: dict[str, Callable[[Path], object]] = {
    "nothing": lambda _: None,
    "an empty file": lambda path: path.touch(),
    "zeros": lambda path: path.write_bytes(bytes(4096)),
    "a huge hole": hole,
    "a folder": lambda path: path.mkdir(),
    "a folder with a file": folder_with_a_file,
    "a link to itself": lambda path: path.symlink_to(path.name),
    "a link to nothing": lambda path: path.symlink_to("nowhere"),
    "a link to its folder": lambda path: path.symlink_to("."),
    "a link to another file": lambda path: path.symlink_to(__file__),
    "a link without an end": lambda path: path.symlink_to("/dev/zero"),
    "a pipe": os.mkfifo,
}


@pytest.mark.timeout(60)  # a pipe or a device is never waited for
@pytest.mark.parametrize("kind", REPLACEMENTS)
def test_something_else_in_a_file_s_place_is_seen_and_a_rebuild_mends_it(
    kind: str, index: Path, corpus: Path, tmp_path: Path
) -> None:
    generation = manifest.read(index).generation
    for number, name in enumerate((manifest.NAME, generation, *(f"{generation}/{n}" for n in every_file()))):
        damaged = tmp_path / f"damaged-{number}"
        shutil.copytree(index, damaged)
        in_place(damaged / name, REPLACEMENTS[kind])
        for act in (
            lambda folder=damaged: storage.load(folder, HASHING),
            lambda folder=damaged: storage.verify(folder),
            lambda folder=damaged: updates.remove(folder, ["tide"]),
        ):
            with pytest.raises(CollectionError) as error:
                act()
            assert str(damaged) in str(error.value)
            assert "\n" not in str(error.value)
        if name == manifest.NAME and Path(damaged / name).is_dir():
            continue  # somebody's folder, which is not ours to remove
        updates.update(damaged, [corpus], RECIPE, rebuild=True)
        assert texts(damaged) == {"tide": TIDE, "wind": WIND}, name


def test_files_of_one_index_that_change_places_are_damage(index: Path, tmp_path: Path) -> None:
    generation = manifest.read(index).generation
    names = [manifest.NAME, *(f"{generation}/{name}" for name in every_file())]
    damaged = tmp_path / "damaged"
    for one, other in combinations(names, 2):
        shutil.copytree(index, damaged)
        (damaged / one).rename(damaged / "aside")
        (damaged / other).rename(damaged / one)
        (damaged / "aside").rename(damaged / other)
        with pytest.raises(CollectionError):
            storage.load(damaged, HASHING)
        shutil.rmtree(damaged)


def test_a_file_of_another_index_is_damage_unless_it_is_the_same(index: Path, tmp_path: Path) -> None:
    corpus, another = tmp_path / "other", tmp_path / "another"
    corpus.mkdir()
    (corpus / "tide.txt").write_text(TIDE.replace("Nobody", "Everybody"))
    (corpus / "wind.txt").write_text(WIND)
    update(another, corpus)
    here, there = manifest.read(index), manifest.read(another)
    damaged = tmp_path / "damaged"
    differing = 0
    for name in every_file():
        shutil.copytree(index, damaged)
        shutil.copy(another / there.generation / name, damaged / here.generation / name)
        if here.hashes[name] == there.hashes[name]:
            assert texts(damaged) == {"tide": TIDE, "wind": WIND}
        else:
            differing += 1
            refused(damaged, lambda: storage.load(damaged, HASHING))
        shutil.rmtree(damaged)
    assert differing > 3
    shutil.copytree(index, damaged)
    shutil.copy(another / manifest.NAME, damaged / manifest.NAME)
    refused(damaged, lambda: storage.load(damaged, HASHING))


def test_links_to_the_same_content_give_what_was_saved(index: Path, tmp_path: Path) -> None:
    linked = tmp_path / "linked"
    linked.mkdir()
    generation = manifest.read(index).generation
    for name in (manifest.NAME, generation):
        (linked / name).symlink_to(index / name)
    assert texts(linked) == {"tide": TIDE, "wind": WIND}
