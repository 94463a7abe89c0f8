"""Nobody fills the disk or the memory: what is sent and kept has limits by page, by address and in all."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from citewell.assistant import Assistant
from citewell.documents.document import document
from citewell.errors import UploadError
from citewell.index.encoders import hashing
from citewell.settings import settings
from citewell.web import server
from citewell.web.networks import network_of
from citewell.web.server import Running
from citewell.web.session import Visit
from citewell.web.uploads import UploadLimits, Uploads
from visitor import Visitor

pytestmark = [
    # Gradio 6.31 counts its requests with pandas, in a way that pandas 3 dislikes.
    pytest.mark.filterwarnings("ignore:'future.no_silent_downcasting' is deprecated:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:The copy keyword is deprecated:DeprecationWarning"),
]

Start = Callable[..., str]


@pytest.fixture
def start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    """Serve with some limits lower than they are."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    running: list[Running] = []

    def begin(**given: Any) -> str:
        tide = document("The tide rose to 3.2 metres. Nobody was hurt.", id="tide")
        chosen = settings(encoder="hashing", **given)
        running.append(
            server.start(Assistant.from_documents([tide], settings=chosen, encoder=hashing.create()))
        )
        return running[-1].url

    yield begin
    for one in running:
        one.close()


def text(number: int) -> bytes:
    return f"Quay {number:03} is closed.".encode()


LONG = len(text(0))
CASES = [
    ({"uploads_visitor": 3}, "one page may send 3 files within 60 minutes; try again later"),
    (
        {"upload_bytes_visitor": 3 * LONG},
        f"one page may send {3 * LONG} bytes within 60 minutes; try again later",
    ),
    ({"uploads_address": 3}, "one network address may send 3 files within 60 minutes; try again later"),
    ({"upload_bytes_address": 3 * LONG}, f"one network address may send {3 * LONG} bytes within"),
    ({"uploads_all": 3}, "all visitors together may send 3 files within 60 minutes; try again later"),
    ({"upload_bytes_all": 3 * LONG}, f"all visitors together may send {3 * LONG} bytes within"),
]
WAITING = [
    ({"unread_address": 3}, "from one network address may wait to be read 3 files at once"),
    ({"unread_bytes_address": 3 * LONG}, f"from one network address may wait to be read {3 * LONG} bytes at"),
    ({"unread_all": 3}, "of all visitors together may wait to be read 3 files at once"),
    (
        {"unread_bytes_all": 3 * LONG},
        f"of all visitors together may wait to be read {3 * LONG} bytes at once",
    ),
]


@pytest.mark.parametrize(("given", "sentence"), [*CASES, *WAITING])
def test_past_a_limit_a_file_is_refused_with_a_sentence_that_names_it(
    start: Start, given: dict[str, int], sentence: str
) -> None:
    visitor = Visitor(start(**given))
    key = visitor.key
    assert [visitor.upload("a.txt", text(number), key)[0] for number in range(3)] == [200] * 3
    status, said = visitor.upload("a.txt", text(3), key)
    assert (status, len(said.splitlines())) == (429, 1)
    assert sentence in said


@pytest.mark.parametrize(("given", "sentence"), [*CASES[2:], *WAITING])
def test_a_new_session_is_no_new_limit(start: Start, given: dict[str, int], sentence: str) -> None:
    url = start(**given)
    assert [Visitor(url).upload("a.txt", text(number))[0] for number in range(3)] == [200] * 3
    status, said = Visitor(url).upload("a.txt", text(3))
    assert (status, sentence in said) == (429, True)


@pytest.mark.parametrize("header", ["X-Forwarded-For", "X-Real-IP", "Forwarded", "X-Client-IP"])
def test_an_address_that_a_client_claims_is_not_believed(start: Start, header: str) -> None:
    url = start(uploads_address=1)
    assert Visitor(url).upload("a.txt", text(0), **{header: "for=192.0.2.1"})[0] == 200
    assert Visitor(url).upload("a.txt", text(1), **{header: "192.0.2.2"})[0] == 429


def test_what_was_read_waits_no_longer(start: Start) -> None:
    visitor = Visitor(start(unread_all=1))
    key = visitor.key
    for number in range(3):
        status, token = visitor.upload("a.txt", text(number), key)
        assert status == 200
        assert "Ready" in visitor.read(token)


def test_a_refused_file_does_not_count(start: Start) -> None:
    visitor = Visitor(start(upload_bytes_visitor=2 * LONG))
    key = visitor.key
    for _ in range(5):
        assert visitor.upload("a.txt", b"x" * (2 * LONG + 1), key)[0] == 429
    assert visitor.upload("a.txt", text(0), key)[0] == 200


@pytest.mark.parametrize("name", ["own_text_address", "own_text_all"])
def test_the_text_that_is_kept_for_visitors_has_a_limit(start: Start, name: str) -> None:
    url = start(**{name: 2 * LONG})
    for number in range(2):
        visitor = Visitor(url)
        assert "Ready" in visitor.read(visitor.upload("a.txt", text(number))[1])
    visitor = Visitor(url)
    said = visitor.read(visitor.upload("a.txt", text(3))[1])
    assert "Ready" not in said
    assert re.search(rf"may have {2 * LONG} characters of articles kept at once", said)


def test_an_address_that_is_fetched_counts_like_a_file(start: Start) -> None:
    visitor = Visitor(start(uploads_visitor=2, allow_urls=True))
    said = [visitor.join("add", [None], {"url": "http://127.0.0.1:9/"})[1] for _ in range(3)]
    assert ["one page may send 2 files" in one for one in said] == [False, False, True]


# The reckoning, with a clock of its own


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def limited(clock: Clock, **given: Any) -> Uploads:
    return Uploads(UploadLimits.of(settings(**given)), clock)


def test_what_was_sent_long_ago_counts_no_longer() -> None:
    clock = Clock()
    uploads = limited(clock, uploads_address=2, upload_minutes=10)
    for minute in (0, 5):
        clock.now = minute * 60
        uploads.begin("a.txt", 1, "me", "192.0.2.1")
    with pytest.raises(UploadError, match="2 files within 10 minutes"):
        uploads.begin("a.txt", 1, "me", "192.0.2.1")
    clock.now = 10 * 60 + 1
    uploads.begin("a.txt", 1, "me", "192.0.2.1")
    with pytest.raises(UploadError):
        uploads.begin("a.txt", 1, "me", "192.0.2.1")


def test_one_address_at_its_limit_leaves_the_others_alone() -> None:
    uploads = limited(Clock(), uploads_address=2)
    for host in ("192.0.2.1", "192.0.2.1", "192.0.2.2", "192.0.2.2"):
        uploads.begin("a.txt", 1, host, host)
    for host in ("192.0.2.1", "192.0.2.2"):
        with pytest.raises(UploadError):
            uploads.begin("a.txt", 1, "new", host)


def test_a_household_has_many_addresses_of_ipv6_and_one_limit() -> None:
    uploads = limited(Clock(), uploads_address=2)
    for number in range(2):
        uploads.begin("a.txt", 1, "me", f"2001:db8::{number}")
    with pytest.raises(UploadError):
        uploads.begin("a.txt", 1, "me", "2001:db8::ffff:1")
    uploads.begin("a.txt", 1, "me", "2001:db8:0:1::1")
    assert network_of("2001:db8::1") == network_of("2001:db8::2") != network_of("2001:db8:0:1::1")


def test_text_counts_for_as_long_as_its_visitor_is_there() -> None:
    uploads = limited(Clock(), own_text_all=10)
    here, gone = Visit(), Visit()
    uploads.hold(here, "192.0.2.1", 5)
    uploads.hold(gone, "192.0.2.2", 5)
    with pytest.raises(UploadError, match="all visitors together may have 10 characters"):
        uploads.hold(here, "192.0.2.1", 6)
    del gone
    uploads.hold(here, "192.0.2.1", 10)


def test_more_text_of_the_same_visitor_is_not_counted_twice() -> None:
    uploads = limited(Clock(), own_text_address=10)
    visit = Visit()
    for characters in (4, 8, 10):
        uploads.hold(visit, "192.0.2.1", characters)
    with pytest.raises(UploadError, match="one network address may have 10 characters"):
        uploads.hold(visit, "192.0.2.1", 11)
