"""Connections that do nothing are closed, and never keep out who does something."""

import socket
import time
from collections.abc import Iterator

import pytest

from citewell.web import connections
from serving import ask as ask_once
from serving import connected, reset, rest, status, until

Address = tuple[str, int]
HEAD = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """What takes seconds takes tenths here."""
    for name in ("HEAD_S", "BODY_S", "LEAVE_S", "STALL_S"):
        monkeypatch.setattr(connections, name, 0.4)


@pytest.fixture
def held() -> Iterator[list[socket.socket]]:
    """Connections that are closed at the end."""
    held: list[socket.socket] = []
    yield held
    for connection in held:
        connection.close()


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"GET",
        HEAD,
        HEAD + b"\r\n" + b"GET /healthz HT",
        b"POST /gradio_api/call/ask HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{",
        b"POST /gradio_api/call/ask HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9999999\r\n\r\n{",
        b"POST /nothing HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{",
    ],
)
def test_what_is_not_finished_is_not_waited_for(open_to_all: Address, said: bytes) -> None:
    with connected(open_to_all) as connection:
        began = time.monotonic()
        connection.sendall(said)
        rest(connection)
        assert time.monotonic() - began < 5


def test_a_byte_now_and_then_does_not_keep_a_connection(open_to_all: Address) -> None:
    with connected(open_to_all) as connection:
        connection.sendall(HEAD)
        with pytest.raises(OSError, match=r".*"):  # noqa: PT012 - whichever byte finds it closed
            for _ in range(100):
                connection.sendall(b"x")
                time.sleep(0.05)


def test_a_slow_request_that_is_finished_in_time_is_answered(open_to_all: Address) -> None:
    with connected(open_to_all) as connection:
        for part in (HEAD[:10], HEAD[10:], b"Connection: close\r\n", b"\r\n"):
            connection.sendall(part)
            time.sleep(0.02)
        assert status(rest(connection)) == 200


def test_an_open_page_s_stream_is_not_cut(open_to_all: Address) -> None:
    with connected(open_to_all) as stream:
        stream.sendall(b"GET /gradio_api/heartbeat/abc HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert stream.recv(1000)
        time.sleep(1)
        stream.settimeout(0)
        assert not is_closed(stream)


def test_a_reader_that_takes_nothing_is_gone(open_to_all: Address) -> None:
    request = b"GET /config HTTP/1.1\r\nHost: localhost\r\n\r\n"
    taken = []
    # A busy computer writes its answers late, and only a reader who lets it wait is gone.
    for seconds in (1.5, 6, 20):
        with connected(open_to_all) as connection:
            connection.sendall(request * 300)
            time.sleep(seconds)
            taken.append(len(rest(connection)))
        if taken[-1] < 300 * 20_000:  # not all of it, and then the end
            return
    pytest.fail(f"all was taken each time: {taken}")


def test_hundreds_of_half_open_connections_keep_nobody_out(
    open_to_all: Address, held: list[socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "HEAD_S", 60.0)
    for _ in range(300):
        connection = connected(open_to_all)
        connection.sendall(HEAD)
        held.append(connection)
    for source in ("", "127.0.0.9"):
        assert status(ask_once(open_to_all, "GET /healthz", source=source)) == 200
    # The oldest went, and what is left is what one address may have.
    assert until(lambda: is_closed(held[0]))
    assert not is_closed(held[-1])


def is_closed(connection: socket.socket) -> bool:
    connection.settimeout(0)
    try:
        return connection.recv(65536) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True


def test_one_address_cannot_take_all_the_room(
    open_to_all: Address, held: list[socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "MOST_BY_NETWORK", 30)
    monkeypatch.setattr(connections, "MOST", 40)
    for _ in range(60):
        stream = connected(open_to_all, "127.0.0.7")
        held.append(stream)
        try:
            stream.sendall(b"GET /gradio_api/heartbeat/abc HTTP/1.1\r\nHost: localhost\r\n\r\n")
            stream.recv(100)
        except OSError:
            continue
    assert status(ask_once(open_to_all, "GET /healthz", source="127.0.0.8")) == 200
    assert status(ask_once(open_to_all, "GET /healthz", source="127.0.0.7")) == 0
    for stream in held:
        reset(stream)
    held.clear()
    assert until(lambda: status(ask_once(open_to_all, "GET /healthz", source="127.0.0.7")) == 200)
