"""What counts as an upload is what this very page sent: once, for a while, and for nobody else."""

import os
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from citewell.assistant import Assistant
from citewell.documents.document import document
from citewell.index.encoders import hashing
from citewell.settings import settings
from citewell.web import receiving, server, uploads
from citewell.web.access import Access
from citewell.web.server import Running
from visitor import Visitor

pytestmark = [
    # Gradio 6.31 counts its requests with pandas, in a way that pandas 3 dislikes.
    pytest.mark.filterwarnings("ignore:'future.no_silent_downcasting' is deprecated:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:The copy keyword is deprecated:DeprecationWarning"),
]

TEXT = b"The bridge of Riga is 600 metres long."
GONE = "it is not there, or not any more"
MOST = 100_000


def made(**given: Any) -> Assistant:
    chosen = settings(encoder="hashing", max_file_bytes=MOST, **given)
    tide = document("The tide rose to 3.2 metres. Nobody was hurt.", id="tide")
    return Assistant.from_documents([tide], settings=chosen, encoder=hashing.create())


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the server puts what pages send."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return tmp_path


@pytest.fixture
def running(folder: Path) -> Iterator[Running]:
    assert folder.exists()
    running = server.start(made())
    yield running
    running.close()


@pytest.fixture
def url(running: Running) -> str:
    return running.url


def lying(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_what_a_page_sends_it_can_have_read_once(url: str, folder: Path) -> None:
    visitor = Visitor(url)
    status, token = visitor.upload("riga.txt", TEXT)
    assert (status, len(token)) == (200, 43)
    (file,) = lying(folder)
    assert "riga" not in str(file)
    assert file.stat().st_mode & 0o077 == 0 or file.parent.stat().st_mode & 0o077 == 0
    said = visitor.read(token)
    assert "Ready" in said
    assert str(folder) not in said
    assert lying(folder) == []
    assert GONE in visitor.read(token)
    assert "600" in visitor.join("submit", ["How long is the bridge of Riga?", "own:riga", "", None])[1]


def test_a_token_is_good_for_the_page_that_sent_it_and_no_other(url: str, folder: Path) -> None:
    owner, thief = Visitor(url), Visitor(url)
    _, token = owner.upload("riga.txt", TEXT)
    assert GONE in thief.read(token)
    assert "600" not in thief.join("submit", ["How long is the bridge of Riga?", "own:", "", None])[1]
    assert len(lying(folder)) == 1
    assert "Ready" in owner.read(token)


def test_a_key_of_the_page_that_is_not_its_own_brings_nothing(url: str) -> None:
    owner, other = Visitor(url), Visitor(url)
    # Who sends a file in another's name cannot have it read, and the other does not get to see it unasked.
    _, token = other.upload("riga.txt", TEXT, key=owner.key)
    assert GONE in other.read(token)


@pytest.mark.parametrize(
    "wrong",
    ["", "x", "x" * 43, "../" * 14 + "x", "/etc/passwd", "x" * 10_000],
)
def test_what_is_no_token_is_nothing(url: str, folder: Path, wrong: str) -> None:
    visitor = Visitor(url)
    visitor.upload("riga.txt", TEXT)
    status, said = visitor.join("add", [None], {"tokens": [wrong]})
    assert status == 422 or GONE in said
    assert len(lying(folder)) == 1


def test_tokens_and_keys_differ_and_are_long(url: str) -> None:
    visitors = [Visitor(url) for _ in range(5)]
    names = [visitor.key for visitor in visitors]
    names += [visitor.upload("riga.txt", TEXT, key)[1] for visitor, key in zip(visitors, names, strict=True)]
    assert len(set(names)) == 10
    assert {len(name) for name in names} == {43}


def test_an_old_token_is_nothing_and_the_file_is_gone(
    url: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "KEPT_S", 0.3)
    visitor = Visitor(url)
    _, token = visitor.upload("riga.txt", TEXT)
    time.sleep(0.5)
    assert GONE in visitor.read(token)
    assert lying(folder) == []


def test_what_nobody_has_read_is_swept_by_itself(
    url: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "KEPT_S", 0.3)
    monkeypatch.setattr(receiving, "KEPT_S", -0.5)
    visitor = Visitor(url)
    visitor.upload("riga.txt", TEXT)
    until = time.monotonic() + 10
    while lying(folder):
        assert time.monotonic() < until
        time.sleep(0.1)


def test_nothing_is_left_when_the_server_has_stopped(folder: Path) -> None:
    running = server.start(made())
    Visitor(running.url).upload("riga.txt", TEXT)
    assert len(lying(folder)) == 1
    running.close()
    assert [*folder.iterdir()] == []


@pytest.mark.parametrize(
    ("headers", "status", "what"),
    [
        ({"Content-Type": "multipart/form-data; boundary=x"}, 415, "send the file's bytes alone"),
        ({"Content-Type": "text/plain"}, 415, "send the file's bytes alone"),
        ({"X-Visit": ""}, 422, "send the page's key"),
        ({"X-Visit": "x" * 65}, 422, "send the page's key"),
        ({"X-Name": "x" * 4_001}, 422, "send the page's key"),
    ],
)
def test_a_file_that_is_sent_otherwise_is_refused(
    url: str, folder: Path, headers: dict[str, str], status: int, what: str
) -> None:
    got, said = Visitor(url).upload("riga.txt", TEXT, **headers)
    assert (got, what in said) == (status, True)
    assert lying(folder) == []


def test_a_file_that_is_too_large_is_refused_with_the_limit(url: str, folder: Path) -> None:
    status, said = Visitor(url).upload("riga.txt", b"x" * (MOST + 1))
    assert status == 413
    assert "100,000 bytes" in said
    assert lying(folder) == []


def test_the_upload_route_of_gradio_is_gone(url: str, folder: Path) -> None:
    for path in ("/gradio_api/upload", "/gradio_api/upload/", "/gradio_api/upload?upload_id=x"):
        body = (
            b'--x\r\nContent-Disposition: form-data; name="files"; filename="a.txt"\r\n\r\nhello\r\n--x--\r\n'
        )
        kind = {"Content-Type": "multipart/form-data; boundary=x"}
        assert Visitor(url).request("POST", path, body, kind)[0] == 404
    assert lying(folder) == []


def half(url: str, size: int, sent: bytes) -> socket.socket:
    """Begin to send a file."""
    host, port = url.removeprefix("http://").rstrip("/").split(":")
    connection = socket.create_connection((host, int(port)), timeout=20)
    connection.sendall(
        f"POST /upload HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/octet-stream\r\nX-Visit: x\r\n"
        f"X-Name: a.txt\r\nContent-Length: {size}\r\n\r\n".encode()
        + sent
    )
    return connection


def test_a_file_that_breaks_off_leaves_nothing(url: str, folder: Path) -> None:
    connection = half(url, 1000, TEXT)
    until = time.monotonic() + 10
    while not lying(folder):
        assert time.monotonic() < until
        time.sleep(0.05)
    connection.close()
    while lying(folder):
        assert time.monotonic() < until
        time.sleep(0.05)


def test_a_file_that_does_not_come_is_not_waited_for(
    url: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receiving, "SILENT_S", 0.3)
    with half(url, 1000, TEXT) as connection:
        assert connection.recv(1000).startswith(b"HTTP/1.1 408 ")
    assert lying(folder) == []


def test_with_a_password_nobody_sends_a_file_without_it(folder: Path) -> None:
    running = server.begin(made, Access(credentials=("ann", "s3cret"), upload_bytes=MOST))
    running.wait()
    headers = {"Content-Type": "application/octet-stream", "X-Visit": "x", "X-Name": "a.txt"}
    stranger = Visitor.__new__(Visitor)
    stranger.url = running.url
    assert stranger.request("POST", "/upload", TEXT, headers)[0] == 401
    running.close()
    assert lying(folder) == []


def test_only_this_account_may_look_where_files_wait(url: str, folder: Path) -> None:
    Visitor(url).upload("riga.txt", TEXT)
    (file,) = lying(folder)
    assert file.parent.stat().st_mode & 0o777 == 0o700
    assert os.access(file, os.R_OK)
