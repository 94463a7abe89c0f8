"""A server that dies leaves files of visitors behind; the next one removes them, and nothing else."""

import os
from pathlib import Path

import pytest
from filelock import FileLock

from citewell.web import workplace
from serving import ask, served, status

pytestmark = pytest.mark.unix("links and mode bits")

SECRET = b"Nobody else's business."


def test_what_a_killed_server_left_is_gone_after_the_next_start(tmp_path: Path) -> None:
    with served(tmp_path) as killed:
        lines = ["Content-Type: application/octet-stream", "X-Visit: a-page", "X-Name: secret.txt"]
        assert status(ask(killed.address, "POST /upload", *lines, body=SECRET)) == 200
        (left,) = killed.folders()
        assert [path for path in left.rglob("*") if path.is_file() and path.read_bytes() == SECRET]
        killed.program.kill()
        killed.program.wait()
        assert left.exists()
    with served(tmp_path) as second:
        assert left not in second.folders()
        assert len(second.folders()) == 1
        assert second.stop() == 0
        assert not list(second.temporary.iterdir())


def leftover(home: Path, name: str = "abcdefgh") -> Path:
    folder = home / f"{workplace.PREFIX}{name}"
    folder.mkdir(mode=0o700)
    (folder / workplace.LOCK).touch(mode=0o600)
    (folder / "uploads").mkdir()
    (folder / "uploads" / "tide.txt").write_text("It rose.")
    return folder


def test_a_folder_whose_lock_nobody_holds_is_removed(tmp_path: Path) -> None:
    folder = leftover(tmp_path)
    workplace.clear(tmp_path)
    assert not folder.exists()


def test_a_folder_that_a_server_holds_is_left(tmp_path: Path) -> None:
    folder = leftover(tmp_path)
    with FileLock(folder / workplace.LOCK):
        workplace.clear(tmp_path)
        assert (folder / "uploads" / "tide.txt").exists()


def test_links_are_not_followed(tmp_path: Path) -> None:
    home, elsewhere = tmp_path / "home", tmp_path / "elsewhere"
    home.mkdir()
    elsewhere.mkdir()
    (elsewhere / "kept.txt").write_text("Keep me.")
    target = leftover(elsewhere)
    (home / f"{workplace.PREFIX}linkedto").symlink_to(target)
    folder = leftover(home)
    (folder / "uploads" / "link").symlink_to(elsewhere)
    (folder / "out").symlink_to(elsewhere)
    locked = leftover(home, "ijklmnop")
    (locked / workplace.LOCK).unlink()
    (locked / workplace.LOCK).symlink_to(elsewhere / "kept.txt")
    workplace.clear(home)
    assert (elsewhere / "kept.txt").read_text() == "Keep me."
    assert target.exists()
    assert not folder.exists()
    assert locked.exists()


@pytest.mark.parametrize(
    "name", ["citewell-server-", "citewell-server-ABCDEFGH", "citewell-server-abcdefgh.bak", "other-abcdefgh"]
)
def test_other_names_are_left(tmp_path: Path, name: str) -> None:
    folder = leftover(tmp_path).rename(tmp_path / name)
    workplace.clear(tmp_path)
    assert folder.exists()


def test_a_folder_of_somebody_else_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = leftover(tmp_path)
    mine = os.getuid()
    monkeypatch.setattr(os, "getuid", lambda: mine + 1)
    workplace.clear(tmp_path)
    assert folder.exists()


def test_a_folder_that_others_can_write_to_is_left(tmp_path: Path) -> None:
    folder = leftover(tmp_path)
    folder.chmod(0o777)
    workplace.clear(tmp_path)
    assert folder.exists()


def test_temporary_files_lie_in_the_server_s_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    from citewell.web import visitor_articles  # noqa: PLC0415  # Gradio is loaded by it

    with workplace.workplace() as folder:
        with visitor_articles.temporary_folder() as place:
            assert folder in place.parents
        assert os.environ["TMPDIR"] == str(folder)
        workplace.clear(tmp_path)
        assert folder.exists()
    assert not list(tmp_path.iterdir())
