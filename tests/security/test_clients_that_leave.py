"""Whoever hangs up, whenever and however: the server goes on, and says nothing of it."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from serving import Served, ask, connected, reset, served, status, until

pytestmark = pytest.mark.unix("SIGTERM and SIGHUP")

JOIN = json.dumps({"data": ["How high did the tide rise?", [], ""]}).encode()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("leaving")) as server:
        yield server
        assert server.stop() == 0
        assert not server.folders()
        assert "Traceback" not in "".join(server.said)


def post(path: str, length: int, *more: str, kind: str = "application/json") -> bytes:
    lines = [f"POST {path} HTTP/1.1", "Host: 127.0.0.1", f"Content-Type: {kind}", f"Content-Length: {length}"]
    lines += more
    return "\r\n".join([*lines, "", ""]).encode()


# What was said before the client leaves, and how often the server is heard first.
MOMENTS: dict[str, tuple[bytes, bool]] = {
    "after connecting": (b"", False),
    "in the first line": (b"GET /conf", False),
    "in a header": (b"GET /config HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Ag", False),
    "before the body": (post("/gradio_api/call/ask", len(JOIN)), False),
    "in a question": (post("/gradio_api/call/ask", len(JOIN)) + JOIN[:20], False),
    "in an upload": (
        post("/upload", 5_000_000, "X-Visit: a", "X-Name: a.txt", kind="application/octet-stream")
        + b"a" * 100_000,
        False,
    ),
    "after a question": (post("/gradio_api/call/ask", len(JOIN)) + JOIN, False),
    "in a stream": (b"GET /gradio_api/heartbeat/abc HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", True),
    "in a large answer": (b"GET /config HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" * 20, False),
    "after nonsense": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" * 30, False),
}


def half(connection: socket.socket) -> None:
    """Say that nothing more comes, then crash: what the server still sends meets nobody."""
    connection.shutdown(socket.SHUT_WR)
    time.sleep(0.1)
    reset(connection)


WAYS: dict[str, Callable[[socket.socket], None]] = {
    "closes": lambda connection: connection.close(),
    "crashes": reset,
    "closes half": half,
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("moment", MOMENTS)
def test_a_client_that_leaves_leaves_the_server_alone(server: Served, moment: str, way: str) -> None:
    said, hears = MOMENTS[moment]
    for _ in range(3):
        connection = connected(server.address)
        connection.sendall(said)
        if hears:
            connection.recv(100)
        WAYS[way](connection)
        connection.close()
    assert server.is_well()


def test_a_stream_whose_reader_leaves_in_the_middle_ends_nothing(server: Served) -> None:
    streams = []
    for _ in range(20):
        answer = ask(server.address, "POST /gradio_api/call/ask", "Content-Type: application/json", body=JOIN)
        event = json.loads(answer.partition(b"\r\n\r\n")[2])["event_id"]
        stream = connected(server.address)
        stream.sendall(f"GET /gradio_api/call/ask/{event} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
        streams.append(stream)
    for stream in streams:
        reset(stream)
    assert until(server.is_well)
    assert status(ask(server.address, "GET /config")) == 200


def test_nobody_reads_what_the_server_says(tmp_path: Path) -> None:
    with served(tmp_path) as server, Path(os.devnull).open() as nothing:
        for stream in (server.program.stdout, server.program.stderr):
            assert stream
            os.dup2(nothing.fileno(), stream.fileno())  # the pipe has no reader any more
        for _ in range(5):
            assert status(ask(server.address, "GET /config")) == 200
        assert server.is_well()
        assert server.stop() == 0
        assert not server.folders()


FULL = """
import sys
from citewell.web.outlet import outlets
with outlets():
    for number in range(300_000):
        print(number, file=sys.stderr)
    print("done", flush=True)
"""


def test_a_reader_that_does_not_read_stops_nobody() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", FULL], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as program:
        assert program.stdout
        assert program.stdout.readline() == "done\n"
        assert program.wait(20) == 0  # nor does it keep the program from ending


def test_a_command_whose_reader_leaves_ends_without_a_word(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with subprocess.Popen(
        [sys.executable, "-m", "citewell", "plugins"], cwd=tmp_path, stdout=writing, stderr=subprocess.PIPE
    ) as program:
        os.close(writing)
        _, errors = program.communicate(timeout=60)
    assert (program.returncode, errors) == (128 + signal.SIGPIPE, b"")


def test_a_connection_that_breaks_ends_no_command(tmp_path: Path) -> None:
    """A language model's server that hangs up is told of, where SIGPIPE would end the program in silence."""
    script = """
import socket, sys
from citewell.cli import commands
def hang_up() -> None:
    here, there = socket.socketpair()
    there.close()
    try:
        here.sendall(b"x")
    except BrokenPipeError:
        print("broken, and told")
commands.list_plugins = commands.app.command(name="hang-up")(hang_up)
sys.argv = ["citewell", "hang-up"]
commands.main()
"""
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stdout) == (0, "broken, and told\n")


def test_a_terminal_that_is_closed_stops_the_server_cleanly(tmp_path: Path) -> None:
    with served(tmp_path) as server:
        server.program.send_signal(signal.SIGHUP)
        assert server.program.wait(20) == 0
        assert not server.folders()
