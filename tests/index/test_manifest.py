"""An index is committed in one step, and what is not one of ours, or not whole, is recognised."""

import errno
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from citewell.errors import (
    CollectionError,
    DamagedIndexError,
    ForeignIndexError,
    LockedIndexError,
    MissingIndexError,
)
from citewell.index import generations, manifest
from citewell.index.manifest import IndexedDocument, IndexedFile, Manifest

NOBODY = 65534
FILES = {"documents.jsonl": "[1]\n", "vectors/data": "\x00" * 50, "empty": ""}


def made(hashes: dict[str, str], generation: str, title: str = "Zürich \u202e\x01é") -> Manifest:
    return Manifest(
        encoder="hashing",
        encoder_model="hashing-512",
        encoder_sha256="e" * 64,
        dimensions=512,
        index="exact",
        lexical="bm25",
        splitting={"version": 1, "max_tokens": 180},
        sources=(IndexedFile("../corpus/a.txt", "a" * 64, ("a", "a/2")), IndexedFile("b.txt", "b" * 64, ())),
        documents=(
            IndexedDocument("a", title, "c" * 64, 14, 4, 1),
            IndexedDocument("a/2", "T", "d" * 64, 1, 1, 1),
        ),
        passages=2,
        hashes=hashes,
        generation=generation,
    )


def commit(folder: Path, files: dict[str, str] = FILES) -> Manifest:
    def write(aside: Path) -> None:
        for name, content in files.items():
            (aside / name).parent.mkdir(exist_ok=True)
            (aside / name).write_text(content)

    with generations.lock(folder):
        return generations.commit(folder, write, made)


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_what_was_committed_is_read(tmp_path: Path) -> None:
    written = commit(tmp_path / "new" / "index")

    assert manifest.read(tmp_path / "new" / "index") == written
    assert sorted(written.hashes) == sorted(FILES)
    assert manifest.find_damage(tmp_path / "new" / "index", written) == []


anything = st.text(st.characters(), max_size=40)


@given(title=anything, path=anything, ids=st.lists(anything, max_size=3))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_any_name_survives_the_round_trip_exactly(
    title: str, path: str, ids: list[str], tmp_path: Path
) -> None:
    written = made({"a": "b"}, "generation-0123456789abcdef", title)
    written = Manifest(
        **{name: getattr(written, name) for name in Manifest.__slots__}
        | {"sources": (IndexedFile(path, "", tuple(ids)),)}
    )
    generations.replace(tmp_path / manifest.NAME, written)

    assert manifest.read(tmp_path) == written


def test_the_file_says_what_it_is_and_has_a_hash_of_every_file_and_article(tmp_path: Path) -> None:
    commit(tmp_path)
    record = json.loads((tmp_path / manifest.NAME).read_text("ascii"))

    assert (record["program"], record["format"]) == ("citewell", 3)
    content = record["content"]
    assert content["encoder_sha256"] == "e" * 64
    assert content["dimensions"] == 512
    assert content["splitting"] == {"version": 1, "max_tokens": 180}
    assert [source["sha256"] for source in content["sources"]] == ["a" * 64, "b" * 64]
    assert [document["sha256"] for document in content["documents"]] == ["c" * 64, "d" * 64]
    assert content["hashes"].keys() == FILES.keys()


def test_the_same_files_have_the_same_name_and_others_another(tmp_path: Path) -> None:
    one, two = commit(tmp_path / "one"), commit(tmp_path / "two")

    assert one == two
    assert (tmp_path / "one" / manifest.NAME).read_bytes() == (tmp_path / "two" / manifest.NAME).read_bytes()
    assert commit(tmp_path / "two", FILES | {"empty": "1"}).generation != one.generation
    assert commit(tmp_path / "two", {"other": "", **FILES}).generation != one.generation


# What is not an index of ours.


def refused(folder: Path, kind: type[CollectionError]) -> str:
    with pytest.raises(kind) as error:
        manifest.read(folder)
    message = str(error.value)
    assert str(folder) in message
    assert "\n" not in message
    return message


def test_no_index_says_how_to_build_one(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "nowhere" / "index"):
        assert f"build one: citewell index PATH --index {folder}" in refused(folder, MissingIndexError)


def test_a_file_is_no_index_folder(tmp_path: Path) -> None:
    file = tmp_path / "index"
    file.write_text("no folder")

    assert "is a file, and an index is a folder; name another with --index" in refused(
        file, MissingIndexError
    )
    with pytest.raises(DamagedIndexError, match="cannot be written"):
        commit(file)
    assert file.read_text() == "no folder"


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"", DamagedIndexError),
        (b"\x00\xff", DamagedIndexError),
        (b"[" * 200_000, DamagedIndexError),
        (b"[]", ForeignIndexError),
        (b"3", ForeignIndexError),
        (b'{"name": "a web app", "icons": []}', ForeignIndexError),
        (b'{"program": "other", "format": 3}', ForeignIndexError),
        (b'{"program": "citewell"}', ForeignIndexError),
        (b'{"program": "citewell", "format": 2, "more": 1}', ForeignIndexError),
        (b'{"program": "citewell", "format": 3}', DamagedIndexError),
        (b'{"program": "citewell", "format": 3, "checksum": 7}', DamagedIndexError),
    ],
    ids=range(11),
)
def test_a_manifest_of_another_kind_is_told_apart(
    content: bytes, kind: type[CollectionError], tmp_path: Path
) -> None:
    (tmp_path / manifest.NAME).write_bytes(content)

    assert "--rebuild" in refused(tmp_path, kind)


@pytest.mark.parametrize(
    "content", [{}, [], None, {"sources": [], "documents": [], "passages": 1}, {"sources": 3}]
)
def test_a_checksum_that_fits_other_fields_is_another_format(content: object, tmp_path: Path) -> None:
    record: dict[str, object] = {"program": "citewell", "format": 3, "content": content}
    record["checksum"] = manifest.checksum(record)
    (tmp_path / manifest.NAME).write_bytes(manifest.dump(record))

    assert "--rebuild" in refused(tmp_path, ForeignIndexError)


def test_a_flipped_bit_is_seen_at_every_byte_of_a_manifest(tmp_path: Path) -> None:
    commit(tmp_path)
    path = tmp_path / manifest.NAME
    data = path.read_bytes()
    for place in range(len(data)):
        path.write_bytes(data[:place] + bytes([data[place] ^ 1 << place % 8]) + data[place + 1 :])
        with pytest.raises(CollectionError, match="--rebuild"):
            manifest.read(tmp_path)


@pytest.mark.parametrize(("written", "other"), [(b"\\u00e9", b"\\u00E9"), (b": 512", b":  512")])
def test_another_spelling_of_the_same_json_is_seen(written: bytes, other: bytes, tmp_path: Path) -> None:
    commit(tmp_path)
    path = tmp_path / manifest.NAME
    data = path.read_bytes()
    assert written in data
    path.write_bytes(data.replace(written, other))

    assert "--rebuild" in refused(tmp_path, DamagedIndexError)


def test_a_manifest_cut_anywhere_or_longer_is_seen(tmp_path: Path) -> None:
    commit(tmp_path)
    path = tmp_path / manifest.NAME
    data = path.read_bytes()
    for damaged in (*(data[:end] for end in range(len(data))), data + b"\n", data + data):
        path.write_bytes(damaged)
        with pytest.raises(DamagedIndexError, match="--rebuild"):
            manifest.read(tmp_path)


def test_a_folder_in_the_manifests_place_is_damage(tmp_path: Path) -> None:
    (tmp_path / manifest.NAME).mkdir()

    assert "--rebuild" in refused(tmp_path, DamagedIndexError)


@pytest.mark.parametrize("name", FILES)
def test_each_file_is_compared_with_its_hash(name: str, tmp_path: Path) -> None:
    written = commit(tmp_path)
    path = tmp_path / written.generation / name
    path.write_text(path.read_text() + " ")

    with pytest.raises(DamagedIndexError, match=f"index {tmp_path}: {name} is damaged .*--rebuild"):
        manifest.check(tmp_path, written)
    path.unlink()
    with pytest.raises(DamagedIndexError, match=f"index {tmp_path}: {name} is missing; .*--rebuild"):
        manifest.check(tmp_path, written)
    path.mkdir()
    with pytest.raises(DamagedIndexError, match=f"{name} cannot be read"):
        manifest.check(tmp_path, written)


def test_one_file_is_named_and_the_others_counted(tmp_path: Path) -> None:
    written = commit(tmp_path)
    for name in FILES:
        (tmp_path / written.generation / name).unlink()

    with pytest.raises(DamagedIndexError, match=r"documents\.jsonl is missing and 2 more; rebuild it"):
        manifest.check(tmp_path, written)


# Writing.


def test_files_are_durable_before_the_manifest_names_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[tuple[str, object]] = []
    fsync, replace = os.fsync, os.replace

    def watched_fsync(descriptor: int) -> None:
        fsync(descriptor)
        steps.append(("sync", os.fstat(descriptor).st_ino))

    def watched_replace(source: Path, target: Path) -> None:
        replace(source, target)
        steps.append(("replace", Path(target).name))

    monkeypatch.setattr(os, "fsync", watched_fsync)
    monkeypatch.setattr(os, "replace", watched_replace)
    written = commit(tmp_path)

    named = steps.index(("replace", manifest.NAME))
    before, after = steps[:named], steps[named:]
    generation = tmp_path / written.generation
    for path in (*generation.rglob("*"), generation, tmp_path, tmp_path / manifest.NAME):
        assert ("sync", path.stat().st_ino) in before, path
    assert ("sync", tmp_path.stat().st_ino) in after


def test_what_no_manifest_names_is_removed_and_what_is_not_ours_stays(tmp_path: Path) -> None:
    first = commit(tmp_path)
    for name in ("generation-notes", "generation-0123456789abcdeX", "generation-", "other"):
        (tmp_path / name).mkdir()
    for name in (".aside", ".aside-damaged", "generation-0123456789abcdef"):
        (tmp_path / name / "inside").mkdir(parents=True)
    (tmp_path / ".aside-manifest.json").write_text("half")
    (tmp_path / "README.md").write_text("stays")
    second = commit(tmp_path, {"a": "b"})

    assert first.generation != second.generation
    assert names(tmp_path) == {
        *("generation-notes", "generation-0123456789abcdeX", "generation-", "other", "README.md"),
        *(manifest.NAME, generations.LOCK, second.generation),
    }


def test_nothing_is_removed_while_no_manifest_says_what_is_old(tmp_path: Path) -> None:
    written = commit(tmp_path)
    (tmp_path / manifest.NAME).write_text("damaged")
    with generations.lock(tmp_path):
        pass

    assert written.generation in names(tmp_path)


def test_the_same_content_is_left_in_place_for_those_who_read_it(tmp_path: Path) -> None:
    written = commit(tmp_path)
    inode = (tmp_path / written.generation).stat().st_ino
    stamp = manifest.read_stamp(tmp_path)

    assert commit(tmp_path) == written
    assert (tmp_path / written.generation).stat().st_ino == inode
    assert manifest.read_stamp(tmp_path) != stamp


def test_the_same_content_replaces_a_damaged_one(tmp_path: Path) -> None:
    written = commit(tmp_path)
    (tmp_path / written.generation / "vectors" / "data").write_text("damaged")

    assert commit(tmp_path) == written
    assert manifest.find_damage(tmp_path, written) == []
    assert names(tmp_path) == {manifest.NAME, generations.LOCK, written.generation}


@pytest.mark.parametrize("old", [True, False])
def test_a_full_disk_leaves_what_was_there_and_is_told(old: bool, tmp_path: Path) -> None:  # noqa: FBT001
    before = commit(tmp_path) if old else None

    def write(aside: Path) -> None:
        (aside / "part").write_text("part")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with (
        pytest.raises(
            CollectionError,
            match=f"{tmp_path} cannot be saved .No space left on device.; the old one",
        ),
        generations.lock(tmp_path),
    ):
        generations.commit(tmp_path, write, made)
    assert names(tmp_path) == {generations.LOCK, *({manifest.NAME, before.generation} if before else ())}
    if before:
        assert manifest.read(tmp_path) == before


def test_an_interruption_leaves_what_was_there(tmp_path: Path) -> None:
    before = commit(tmp_path)

    def write(aside: Path) -> None:
        (aside / "part").write_text("part")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), generations.lock(tmp_path):
        generations.commit(tmp_path, write, made)
    assert names(tmp_path) == {manifest.NAME, generations.LOCK, before.generation}
    commit(tmp_path, {"a": "b"})


def test_files_have_the_rights_that_the_umask_leaves(tmp_path: Path) -> None:
    old = os.umask(0o027)
    try:
        written = commit(tmp_path / "index")
    finally:
        os.umask(old)

    generation = tmp_path / "index" / written.generation
    assert {oct(path.stat().st_mode & 0o777) for path in (generation, generation / "vectors")} == {"0o750"}
    assert {
        oct(path.stat().st_mode & 0o777)
        for path in (generation / "empty", tmp_path / "index" / manifest.NAME)
    } == {"0o640"}


# Two writers.


def test_a_second_writer_is_told_to_wait_and_changes_nothing(tmp_path: Path) -> None:
    told: list[str] = []

    def second() -> None:
        try:
            commit(tmp_path, {"a": "b"})
        except LockedIndexError as error:
            told.append(str(error))

    before = commit(tmp_path)
    with generations.lock(tmp_path):
        thread = threading.Thread(target=second)
        thread.start()
        thread.join()
        done = elsewhere(tmp_path, "pass")
    assert told == [f"another process is writing the index {tmp_path}; wait for it to end and try again"]
    assert "LockedIndexError" in done.stderr
    assert manifest.read(tmp_path) == before


@pytest.mark.unix("SIGKILL")
def test_a_killed_writer_leaves_no_lock(tmp_path: Path) -> None:
    done = elsewhere(tmp_path, "os.kill(os.getpid(), 9)")

    assert done.returncode == -9, done.stderr
    commit(tmp_path)


def elsewhere(folder: Path, code: str) -> subprocess.CompletedProcess[str]:
    """Run code in another process that holds the lock."""
    program = (
        "import os\nfrom pathlib import Path\nfrom citewell.index import generations\n"
        f"with generations.lock(Path({str(folder)!r})): {code}"
    )
    return subprocess.run(
        [sys.executable, "-c", program],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=False,
    )


# Rights.


@pytest.fixture
def own() -> Iterator[Path]:
    """Give a folder and be its owner without the rights of root, which may read and write all."""
    folder = Path(tempfile.mkdtemp(dir="/tmp"))  # pytest's own folder is closed to others
    is_root = os.geteuid() == 0
    if is_root:
        os.chown(folder, NOBODY, NOBODY)
        os.seteuid(NOBODY)
    try:
        yield folder
    finally:
        if is_root:
            os.seteuid(0)
        shutil.rmtree(folder)


def test_what_may_not_be_read_or_written_is_told(own: Path) -> None:
    index = own / "index"
    written = commit(index)

    (index / manifest.NAME).chmod(0)
    assert "Permission denied" in refused(index, DamagedIndexError)
    (index / manifest.NAME).chmod(0o644)
    (index / written.generation / "empty").chmod(0)
    assert manifest.find_damage(index, written) == ["empty cannot be read (Permission denied)"]
    (index / written.generation / "empty").chmod(0o644)

    index.chmod(0o555)
    try:
        assert manifest.read(index) == written
        with pytest.raises(CollectionError, match=f"{index} cannot be saved .Permission denied"):
            commit(index, {"a": "b"})
        with pytest.raises(DamagedIndexError, match=r"cannot be written .Permission denied.; name another"):
            commit(index / "inside")
        (index / generations.LOCK).chmod(0)
        with pytest.raises(DamagedIndexError, match=r"cannot be written .Permission denied.; name another"):
            commit(index, {"a": "b"})
    finally:
        index.chmod(0o755)
    assert manifest.read(index) == written


def test_an_indexs_own_files_are_known(tmp_path: Path) -> None:
    own = ("manifest.json", "generation-0123456789abcdef/documents.jsonl")
    other = ("a.txt", "generation-x/a.txt", "corpus/manifest.json", "../manifest.json", ".")

    assert [manifest.owns(tmp_path, (tmp_path / name).resolve()) for name in own] == [True, True]
    assert not any(manifest.owns(tmp_path, (tmp_path / name).resolve()) for name in other)
