"""A server that speaks OpenAI's chat completions and does wrong what it is told to."""

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any

TEXT = "In Germany 42 people were arrested [4].\nShort: 42"


@dataclass
class Behaviour:
    """What is done with one request.

    Attributes:
        status: HTTP status.
        headers: Sent with it.
        body: Of an error.
        lines: Sent as the stream, each behind `data: `; the text in chunks when None.
        text: What is written.
        wait: Seconds before anything is sent.
        cut: Lines after which the connection is broken off; None: never.
    """

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""
    lines: list[str] | None = None
    text: str = TEXT
    wait: float = 0.0
    cut: int | None = None


def chunk(text: str | None, reason: str | None = None) -> str:
    """Return one line of a stream."""
    delta = {} if text is None else {"content": text}
    return json.dumps(
        {
            "id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m",
            "choices": [{"index": 0, "delta": delta, "finish_reason": reason}],
        }
    )  # fmt: skip


def failing(status: int, message: str, **headers: str) -> Behaviour:
    """Return an error as OpenAI's servers word it."""
    body = json.dumps({"error": {"message": message, "type": "error", "code": None}})
    return Behaviour(status, {name.replace("_", "-"): value for name, value in headers.items()}, body)


class Server(ThreadingHTTPServer):
    """Hand one behaviour after the other to the requests; the last stays."""

    daemon_threads = True

    def __init__(self, *behaviours: Behaviour) -> None:
        """Listen on a free port of 127.0.0.1."""
        super().__init__(("127.0.0.1", 0), Handler)
        self.behaviours = list(behaviours)
        self.requests: list[dict[str, Any]] = []
        self.keys: list[str] = []
        self.hung_up = Event()

    @property
    def url(self) -> str:
        """The base address."""
        return f"http://127.0.0.1:{self.server_address[1]}/v1"


class Handler(BaseHTTPRequestHandler):
    """Answer one request."""

    server: Server

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_POST(self) -> None:
        """Behave as told."""
        size = int(self.headers["Content-Length"])
        self.server.requests.append(json.loads(self.rfile.read(size)))
        self.server.keys.append(self.headers.get("Authorization", ""))
        done = self.server.behaviours
        behaviour = done.pop(0) if len(done) > 1 else done[0]
        time.sleep(behaviour.wait)
        try:
            self.behave(behaviour)
        except OSError:
            self.server.hung_up.set()

    def behave(self, behaviour: Behaviour) -> None:
        """Send status, headers and body or stream."""
        self.send_response(behaviour.status)
        kind = "text/event-stream" if behaviour.status == 200 else "application/json"
        for name, value in {"Content-Type": kind, "Connection": "close", **behaviour.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        if behaviour.body or behaviour.status != 200:
            self.wfile.write(behaviour.body.encode())
            return
        lines = behaviour.lines
        if lines is None:
            parts = [behaviour.text[at : at + 5] for at in range(0, len(behaviour.text), 5)]
            lines = [*map(chunk, parts), chunk(None, "stop"), "[DONE]"]
        for line in lines[: behaviour.cut]:
            self.wfile.write(f"data: {line}\n\n".encode())
            self.wfile.flush()
            if len(lines) > 1000:  # so long that somebody will hang up
                time.sleep(0.01)


@contextmanager
def serving(*behaviours: Behaviour) -> Iterator[Server]:
    """Run a server for a while."""
    server = Server(*behaviours)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
