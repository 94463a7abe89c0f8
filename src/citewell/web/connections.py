"""Close connections that their clients do not use, and limit the number of connections.

uvicorn waits for ever for the rest of a request, and for a client that does not read the answer. A client
that opens a few hundred connections and leaves them idle would keep everybody else out.
"""

import asyncio
import importlib
import time
from collections import Counter
from typing import cast

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from citewell.web.networks import network_of

# Seconds from the opening until the last header has arrived; a slow phone takes two.
HEAD_S = 10.0
# The rest of a request may take this long, plus the time that its bytes take on a very slow line.
BODY_S = 20.0
SLOWEST_BYTES_PER_S = 10_000
# A client that reads nothing of an answer for this long is taken for gone.
STALL_S = 60.0
# Time for a refused request whose sender goes on sending, and for the last bytes of an answer.
LEAVE_S = 10.0

# The server uses some of its files otherwise. An open page takes two connections.
USUAL = 1024


def count_files() -> int:
    """Return how many files this process may have open; a usual number where the system does not say."""
    try:
        resource = importlib.import_module("resource")
    except ModuleNotFoundError:  # Windows
        return USUAL
    files: int = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return USUAL if files == resource.RLIM_INFINITY else files


MOST = min(800, count_files() * 3 // 4)
MOST_BY_NETWORK = MOST // 2
# Most connections of one network without a request under way; a browser keeps six.
MOST_WAITING_BY_NETWORK = 100

TOO_LATE = b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"


class Connection(H11Protocol):
    """A connection with time limits.

    Attributes:
        network: Network of the client.
        began: Time of the opening.
    """

    network = ""
    began = 0.0
    _stage = ""
    _end: asyncio.TimerHandle | None = None
    _stalled: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Take a connection; close another one first when there is no room."""
        super().connection_made(transport)
        self.network = network_of(self.client[0] if self.client else "")
        self.began = time.monotonic()
        others = [
            connection
            for connection in cast("set[Connection]", self.connections)
            if connection is not self and not connection.transport.is_closing()
        ]
        leaving = to_close(self, others)
        if leaving is not None:
            leaving.transport.abort()
        self._watch()

    def data_received(self, data: bytes) -> None:
        """Take a part of a request."""
        super().data_received(data)
        self._watch()

    def on_response_complete(self) -> None:
        """Go on to the next request."""
        super().on_response_complete()
        self._watch()

    def eof_received(self) -> None:
        """Note that the client sends no more; give the rest of the answer its time limit."""
        super().eof_received()
        self._expect("leaving", LEAVE_S)

    def timeout_keep_alive_handler(self) -> None:
        """Close the connection, because the client asks nothing more."""
        super().timeout_keep_alive_handler()
        self._watch()

    def pause_writing(self) -> None:
        """Start the time limit for a client that does not read."""
        super().pause_writing()
        if self._stalled is None:
            self._stalled = self.loop.call_later(STALL_S, self.transport.abort)

    def resume_writing(self) -> None:
        """Stop the time limit, because the client has read something."""
        super().resume_writing()
        if self._stalled is not None:
            self._stalled.cancel()
            self._stalled = None

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the time limits of the lost connection."""
        super().connection_lost(exc)
        for timer in (self._end, self._stalled):
            if timer is not None:
                timer.cancel()
        self._unset_keepalive_if_required()

    @property
    def waits(self) -> bool:
        """Whether no request is under way on the connection."""
        return self.conn.their_state is h11.IDLE

    def _watch(self) -> None:
        """Set the time limit of a new stage: later bytes of the stage do not extend the limit."""
        if self.transport.is_closing():
            self._expect("leaving", LEAVE_S)
        elif self.waits:
            self._expect("head", HEAD_S)
        elif self.conn.their_state is not h11.SEND_BODY:
            self._expect("", 0)
        elif self.cycle.response_complete:
            self._expect("refused", LEAVE_S)
        else:
            self._expect("body", BODY_S + read_length(self.headers) / SLOWEST_BYTES_PER_S)

    def _expect(self, stage: str, seconds: float) -> None:
        if stage == self._stage:
            return
        self._stage = stage
        if self._end is not None:
            self._end.cancel()
        self._end = self.loop.call_later(seconds, self._too_late) if stage else None

    def _too_late(self) -> None:
        if self._stage == "head" and not self.transport.is_closing():
            self.transport.write(TOO_LATE)
            self.transport.close()
            self._expect("leaving", LEAVE_S)
        else:
            self.transport.abort()


def read_length(headers: list[tuple[bytes, bytes]]) -> int:
    """Return the content length that a request declares."""
    value = next((value for name, value in headers if name == b"content-length"), b"")
    return int(value) if value.isdigit() else 0


def to_close(new: Connection, others: list[Connection]) -> Connection | None:
    """Return the connection to close for a new one: the oldest waiting one of the network with the most.

    Args:
        new: The new connection; it is closed itself when no other waits.
        others: The open connections.

    Returns:
        None when there is room.
    """
    here = [other for other in others if other.network == new.network]
    waiting = [other for other in here if other.waits]
    if len(waiting) < MOST_WAITING_BY_NETWORK and len(here) < MOST_BY_NETWORK:
        if len(others) < MOST:
            return None
        waiting = [other for other in others if other.waits]
    held = Counter(other.network for other in others)
    return max(waiting, key=lambda other: (held[other.network], -other.began), default=new)
