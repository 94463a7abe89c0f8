"""An index of many articles is built in a stream: few texts in memory, few files open, nothing done twice."""

import errno
import gc
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from citewell.documents import loading
from citewell.documents.document import Document, document
from citewell.errors import CollectionError
from citewell.index import generations, incoming, manifest, storage, updates
from citewell.index.collection import IndexConfig
from citewell.index.incoming import Spool
from citewell.index.segments import saving
from citewell.progress import Stages
from small_index import HASHING, RECIPE, run

ARTICLES = 40


class StoppedError(Exception):
    """In place of a kill."""


class Watched:
    """An encoder that counts, and stops when it is told to."""

    name, fingerprint, dimensions = HASHING.name, HASHING.fingerprint, HASHING.dimensions
    max_tokens, token_spans = HASHING.max_tokens, HASHING.token_spans

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.most = 10_000
        self.counts, self.alive = False, 0

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        if len(self.texts) + len(texts) > self.most:
            raise StoppedError
        self.texts += texts
        if self.counts:
            self.alive = max(self.alive, count_articles())
        return HASHING.encode(texts)


def count_articles() -> int:
    """Return how many articles with a text of this test are in memory."""
    # By `type`: isinstance makes the lazy objects of other packages load what they stand for.
    return sum(type(one) is Document and "nobody but" in one.text for one in gc.get_objects())


def text(number: int) -> str:
    return "\n\n".join(
        f"Paragraph {place} of article {number} names nobody but keeper {number * 100 + place}. " * 12
        for place in range(4)
    )


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "corpus"
    folder.mkdir()
    for number in range(ARTICLES):
        (folder / f"a{number:02}.txt").write_text(text(number))
    return folder


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> Watched:
    """Small parts, articles that wait on the disk, and an encoder that is watched."""
    encoder = Watched()
    monkeypatch.setattr(saving, "PART", 12)
    monkeypatch.setattr(incoming, "HELD_BYTES", 1)
    monkeypatch.setattr(IndexConfig, "load_encoder", lambda _self: encoder)
    return encoder


def test_few_texts_are_in_memory_at_once(tmp_path: Path, corpus: Path, watched: Watched) -> None:
    reading: list[int] = []

    def read(path: Path, name: str) -> loading.Found | loading.Failure:
        reading.append(count_articles())
        return loading.read_file(path, name)

    watched.counts = True
    updates.update(tmp_path / "index", [corpus], RECIPE, read=read, large_from=0)
    assert len(storage.load(tmp_path / "index", HASHING)[0].documents) == ARTICLES
    # An article has four passages, so a part of twelve takes three articles.
    assert max(reading) <= 1
    assert watched.alive <= 3


def test_what_was_encoded_before_a_kill_is_not_encoded_again(
    tmp_path: Path, corpus: Path, watched: Watched
) -> None:
    index = tmp_path / "index"
    watched.most = 100
    with pytest.raises(StoppedError):
        updates.update(index, [corpus], RECIPE, large_from=0)
    assert not manifest.is_there(index)
    before, watched.texts, watched.most = watched.texts, [], 10_000
    updates.update(index, [corpus], RECIPE, large_from=0)
    kept = len(before) // saving.PART * saving.PART
    assert kept >= 90
    assert not set(before[:kept]) & set(watched.texts)
    assert kept + len(watched.texts) == manifest.read(index).passages
    assert not (index / manifest.PARTS).exists()
    storage.verify(index)


def test_an_update_that_stops_leaves_the_old_index(tmp_path: Path, corpus: Path, watched: Watched) -> None:
    index = tmp_path / "index"
    (corpus / "a00.txt").rename(tmp_path / "first.txt")
    updates.update(index, [tmp_path / "first.txt"], RECIPE, large_from=0)
    before = (index / manifest.NAME).read_bytes()
    watched.most = len(watched.texts) + 50
    with pytest.raises(StoppedError):
        updates.update(index, [corpus], RECIPE)
    assert (index / manifest.NAME).read_bytes() == before
    assert [item.id for item in storage.load(index, HASHING)[0].documents] == ["first"]
    storage.verify(index)


def test_waiting_articles_lie_in_a_file_without_a_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(incoming, "HELD_BYTES", 1)
    articles = [document(text(number), id=f"a{number}", author="Ada \U0001f98a") for number in range(3)]
    with Spool(tmp_path / "index") as spool:
        arrivals = [spool.put(article) for article in articles]
        assert (tmp_path / "index").is_dir()
        assert list((tmp_path / "index").iterdir()) == []
        assert [spool.take(arrival) for arrival in arrivals[::-1]] == articles[::-1]


def test_a_small_index_needs_no_file_to_wait_in(tmp_path: Path) -> None:
    with Spool(tmp_path / "index") as spool:
        spool.put(document(text(1), id="a"))
        assert not (tmp_path / "index").exists()


@pytest.mark.parametrize("place", ["waiting", "part"])
def test_a_full_disk_is_told_in_one_line(
    place: str, tmp_path: Path, corpus: Path, watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = tmp_path / "index"
    updates.update(index, [corpus / "a00.txt"], RECIPE, large_from=0)

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    if place == "waiting":
        monkeypatch.setattr(Path, "mkdir", full)
    else:
        monkeypatch.setattr(saving, "write_part", full)
    with pytest.raises(CollectionError, match=r"No space left on device.*run the command again") as error:
        updates.update(index, [corpus], RECIPE)
    monkeypatch.undo()
    assert "\n" not in str(error.value)
    assert watched.texts
    assert len(storage.load(index, HASHING)[0].documents) == 1


def test_removing_from_a_full_segment_writes_that_segment_and_no_other(
    tmp_path: Path, corpus: Path, watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = tmp_path / "index"
    monkeypatch.setattr(saving, "SEGMENT", 48)
    monkeypatch.setattr(saving, "SMALL", 6)
    updates.update(index, [corpus], RECIPE, large_from=0)
    before = manifest.read(index).segments
    assert [one.passages for one in before] == [48, 48, 48, 16]
    assert holds(index, "keeper 1300")
    watched.texts.clear()
    written: list[tuple[int, int]] = []
    updates.remove(index, ["a13"], Stages(writing=lambda *told: written.append(told)))
    after = manifest.read(index).segments
    assert [one.passages for one in after] == [48, 44, 48, 16]
    assert [one.name == was.name for one, was in zip(after, before, strict=True)] == [True, False, True, True]
    assert written == [(48, 48)]
    assert watched.texts == []
    assert not holds(index, "keeper 1300")
    assert not holds(index, '"a13"')
    large, _ = storage.load(index, HASHING)
    assert [item.id for item in large.documents] == [f"a{one:02}" for one in range(ARTICLES) if one != 13]
    storage.verify(index)


def holds(index: Path, words: str) -> bool:
    return any(words.encode() in path.read_bytes() for path in index.rglob("*") if path.is_file())


def test_each_stage_is_told_up_to_its_end(tmp_path: Path, corpus: Path, watched: Watched) -> None:
    reading: list[tuple[int, int]] = []
    encoding: list[tuple[int, int]] = []
    writing: list[tuple[int, int]] = []
    stages = Stages(
        lambda *told: reading.append(told),
        lambda *told: encoding.append(told),
        lambda *told: writing.append(told),
    )
    updates.update(tmp_path / "index", [corpus], RECIPE, stages=stages, large_from=0)
    size = sum(path.stat().st_size for path in corpus.iterdir())
    assert (reading[0], reading[-1]) == ((0, size), (size, size))
    passages = len(watched.texts)
    assert encoding[-1] == writing[-1] == (passages, passages)
    assert all(done <= total for done, total in encoding)
    assert encoding[3][1] == pytest.approx(passages, rel=0.1)


FEW_FILES = """
import os, resource, sys
from pathlib import Path
from citewell.index import collection, incoming, storage, updates; from citewell import plugins
from citewell.index.segments import saving

index, corpus = map(Path, sys.argv[1:3])
recipe = collection.IndexConfig(encoder="hashing")
saving.PART, saving.SEGMENT, incoming.HELD_BYTES = 4, 64, 1
for family, name in (("encoders", "hashing"), ("indexes", "faiss"), ("lexical", "bm25"), ("loaders", "txt")):
    plugins.load(family, name)
open_files = len(os.listdir("/proc/self/fd"))
resource.setrlimit(resource.RLIMIT_NOFILE, (open_files + 50, open_files + 50))
write_part, left = saving.write_part, 38
def stop(*args):
    global left
    left -= 1
    if left == 0:
        raise KeyboardInterrupt
    write_part(*args)
saving.write_part = stop
try:
    updates.update(index, [corpus], recipe, large_from=0)
except KeyboardInterrupt:
    print(len(os.listdir(index / ".parts")))
updates.update(index, [corpus], recipe, large_from=0)
print(storage.verify(index).articles)
"""


@pytest.mark.unix("limits of open files")
@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="counts open files in /proc")
def test_more_parts_than_open_files_are_written_and_taken_up(tmp_path: Path, corpus: Path) -> None:
    done = run(FEW_FILES, str(tmp_path / "index"), str(corpus))
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["38", str(ARTICLES)]


@pytest.mark.usefixtures("watched")
def test_a_file_of_the_index_itself_is_not_told_as_a_failure(corpus: Path) -> None:
    index = corpus / "index"
    updates.update(index, [corpus], RECIPE, large_from=0)
    change, failures = updates.update(index, [corpus], RECIPE, large_from=0)
    assert not change.any
    assert failures == ()
    assert {path.name for path in index.iterdir()} >= {manifest.NAME, generations.LOCK}
