"""The program's server as a process of its own, and the raw requests of who does not mean it well."""

import os
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO
from urllib.parse import urlencode, urlsplit

from citewell.web.workplace import PREFIX

ROOT = Path(__file__).parents[1]
USER, PASSWORD = "ann", "s3cret é"
JSON, FORM = "Content-Type: application/json", "Content-Type: application/x-www-form-urlencoded"
TEXT = "The tide rose to 3.2 metres.\n\nNobody was hurt.\n"


@dataclass
class Served:
    """A server that runs.

    Attributes:
        program: Its process.
        url: Where it is reached, with a slash at the end.
        temporary: Where it puts temporary files.
        said: Its lines on stderr so far.
    """

    program: subprocess.Popen[bytes]
    url: str
    temporary: Path
    said: list[str] = field(default_factory=list)

    @property
    def address(self) -> tuple[str, int]:
        """Host and port."""
        parts = urlsplit(self.url)
        assert parts.hostname
        assert parts.port
        return parts.hostname, parts.port

    def folders(self) -> list[Path]:
        """Folders of servers that are there."""
        return sorted(self.temporary.glob(f"{PREFIX}*"))

    def is_well(self) -> bool:
        """Whether it still runs and answers."""
        return self.program.poll() is None and b"200 OK" in ask(self.address, "GET /healthz")

    def stop(self) -> int:
        """Stop it as an administrator does, and return its exit code."""
        self.program.send_signal(signal.SIGTERM)
        return self.program.wait(20)


@contextmanager
def served(folder: Path, *options: str, environment: dict[str, str] | None = None) -> Iterator[Served]:
    """Serve one short article from a folder, with the quick encoder; stop it at the end."""
    temporary = folder / "tmp"
    temporary.mkdir(exist_ok=True)
    (folder / "corpus").mkdir(exist_ok=True)
    (folder / "corpus" / "tide.txt").write_text(TEXT)
    program = subprocess.Popen(
        [sys.executable, "-m", "citewell", "serve", "--port", "0", *options],
        cwd=folder,
        env={
            **os.environ,
            "PYTHONPATH": str(ROOT / "src"),
            "CITEWELL_ENCODER": "hashing",
            "TMPDIR": str(temporary),
            **(environment or {}),
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        assert program.stdout
        assert program.stderr
        said: list[str] = []
        # Somebody has to read it: a pipe that is full is a test of its own.
        threading.Thread(target=keep, args=(program.stderr, said), daemon=True).start()
        line = program.stdout.readline().decode()
        assert line.startswith("citewell is on"), (line, said)
        yield Served(program, line.split()[3], temporary, said)
    finally:
        if program.poll() is None:
            program.kill()
        program.wait()
        for stream in (program.stdout, program.stderr):
            if stream and not stream.closed:
                stream.close()


def keep(stream: IO[bytes], said: list[str]) -> None:
    """Keep the lines of a stream until it ends, or the test has closed it."""
    with suppress(ValueError):
        said.extend(line.decode(errors="replace") for line in stream)


def ask(
    address: tuple[str, int], first: str, *lines: str, body: bytes = b"", host: str = "", source: str = ""
) -> bytes:
    """Send one request over a connection of its own and return all that comes back, for 10 s at most."""
    with connected(address, source) as connection:
        host = host or f"{address[0]}:{address[1]}"
        length = [f"Content-Length: {len(body)}"] if body or first.startswith("POST") else []
        head = [f"{first} HTTP/1.1", f"Host: {host}", "Connection: close", *length, *lines]
        connection.sendall("\r\n".join([*head, "", ""]).encode() + body)
        return rest(connection)


def guess(address: tuple[str, int], password: str, *lines: str, source: str = "") -> bytes:
    """Try a password, as a program unless the lines say otherwise."""
    body = urlencode({"username": USER, "password": password}).encode()
    return ask(address, "POST /login", FORM, *lines, body=body, source=source)


def cookie_of(answer: bytes) -> str:
    """Return the cookie that an answer sets, as a request sends it."""
    head = answer.partition(b"\r\n\r\n")[0].decode()
    (line,) = [line for line in head.splitlines() if line.lower().startswith("set-cookie:")]
    return "Cookie: " + line.partition(":")[2].partition(";")[0].strip()


def status(answer: bytes) -> int:
    """Return the status of an answer; 0 when there was none."""
    return int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/") else 0


def connected(address: tuple[str, int], source: str = "") -> socket.socket:
    """Connect, from another address of this computer if one is given."""
    return socket.create_connection(address, timeout=10, source_address=(source, 0) if source else None)


def rest(connection: socket.socket) -> bytes:
    """Return what comes until the other side closes."""
    parts = []
    try:
        while part := connection.recv(65536):
            parts.append(part)
    except OSError:
        pass
    return b"".join(parts)


def reset(connection: socket.socket) -> None:
    """Close a connection as one that crashes does, without a word."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def until(what: Callable[[], bool], seconds: float = 10) -> bool:
    """Wait until something holds, for so long at most, and return whether it does."""
    end = time.monotonic() + seconds
    while not what():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True
