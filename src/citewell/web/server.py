"""Serve the page on one address, and stop when asked to."""

import logging
import os
import secrets
import shutil
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from types import FrameType

import uvicorn

from citewell.assistant import Assistant
from citewell.errors import SettingsError
from citewell.web.access import Access, upload_bytes
from citewell.web.connections import Connection
from citewell.web.guard import Guard
from citewell.web.outlet import outlets
from citewell.web.startup import Opening
from citewell.web.workplace import workplace

LOG = logging.getLogger(__name__)

# An open page holds a connection open; a server that stops cuts the connection after this long.
GRACE_S = 2
# Whoever stops the server, such as the system's service manager, waits no longer than 5 s.
ENDS_S = 4.0
START_S = 30
# Loading a large index, or building one, may take long.
OPEN_S = 3600
LOOK_EVERY_S = 1.0
LINES = "%(asctime)s %(levelname)s %(message)s"


class Server(uvicorn.Server):
    """A server that tells Gradio before it stops."""

    def __init__(self, config: uvicorn.Config, opening: Opening) -> None:
        """Take the server's configuration and the application to serve."""
        super().__init__(config)
        self.opening = opening

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop the heartbeats, then the server."""
        self.opening.stopping()
        await super().shutdown(sockets)


@dataclass(frozen=True, slots=True)
class Running:
    """A server that runs beside its caller.

    Attributes:
        url: Address of the page, with a slash at the end.
        opening: The application that the server serves.
    """

    url: str
    opening: Opening
    _server: Server
    _thread: threading.Thread

    def wait(self, seconds: float = OPEN_S) -> None:
        """Return when the page is open.

        Raises:
            CitewellError: The page cannot be opened.
        """
        if not self.opening.done.wait(seconds):
            message = f"the web chat did not open within {seconds:.0f} s; try again"
            raise SettingsError(message)
        if self.opening.error is not None:
            raise self.opening.error

    def check(self) -> None:
        """Return if the server runs.

        Raises:
            SettingsError: The server has ended, though nobody stopped it.
        """
        if not self._thread.is_alive():
            message = "the web server stopped by itself, which is a mistake of citewell; start it again"
            raise SettingsError(message)

    def close(self) -> None:
        """Stop the server, and return when it has stopped."""
        self._server.should_exit = True
        self._thread.join(GRACE_S + 5)


def serve(make: Callable[[], Assistant], access: Access) -> None:
    """Serve the page until SIGTERM or Ctrl-C; call it from the main thread.

    Args:
        make: Opens the articles; called in the background, while the server says that it is loading.
        access: Who may reach the server.

    Raises:
        CitewellError: The address cannot be bound, or the articles cannot be opened.
    """
    stop = threading.Event()

    with outlets(), workplace() as folder, ending_in_time(stop, folder):
        log_to_stderr()
        running = begin(make, access)
        LOG.info("listening on %s, loading", running.url)
        try:
            attend(running, stop, share_it=access.share)
        finally:
            running.close()


def attend(running: Running, stop: threading.Event, *, share_it: bool) -> None:
    """Say when the page is open, and return when the server is to stop.

    Raises:
        CitewellError: The articles cannot be opened, or the server has ended by itself.
    """
    while not (stop.is_set() or running.opening.done.wait(0.1)):
        running.check()
    if stop.is_set():
        return
    running.wait()
    print(f"citewell is on {running.url} (Ctrl-C stops it)", flush=True)  # noqa: T201 - the server's line
    if share_it:
        share(running.url)
    warm_up(running)
    while not stop.wait(LOOK_EVERY_S):
        running.check()


@contextmanager
def ending_in_time(stop: threading.Event, folder: Path) -> Iterator[None]:
    """Stop the server on a signal, and end the program when stopping takes longer than promised.

    Args:
        stop: Event that the signal sets.
        folder: The server's temporary files, removed before the program is ended.
    """

    def end() -> None:
        LOG.warning("what was still being done is cut off")
        shutil.rmtree(folder, ignore_errors=True)
        os._exit(0)

    watchdog = threading.Timer(ENDS_S, end)
    watchdog.daemon = True

    def stop_serving(_signal: int, _frame: FrameType | None) -> None:
        if not stop.is_set():
            stop.set()
            watchdog.start()

    with handle_signals(stop_serving):
        try:
            yield
        finally:
            watchdog.cancel()


@contextmanager
def handle_signals(stopped: Callable[[int, FrameType | None], None]) -> Iterator[None]:
    """Stop the server on signals that end a program; ignore the signal of a client that hangs up."""
    ending = [signal.SIGINT, signal.SIGTERM]
    # A closed terminal sends SIGHUP. Under `nohup` the program ignores SIGHUP, and goes on ignoring it.
    hung_up = getattr(signal, "SIGHUP", None)  # Windows has neither this one nor SIGPIPE
    if hung_up is not None and signal.getsignal(hung_up) == signal.SIG_DFL:
        ending.append(hung_up)
    before = {number: signal.signal(number, stopped) for number in ending}
    # The caller may want to end when the program that takes its output ends; a socket is no such program.
    broken = getattr(signal, "SIGPIPE", None)
    if broken is not None:
        before[broken] = signal.signal(broken, signal.SIG_IGN)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def log_to_stderr() -> None:
    """Write our log lines to stderr, unless the caller has set another place."""
    ours = logging.getLogger("citewell")
    if not ours.handlers and not logging.getLogger().handlers:
        handler = logging.StreamHandler()
        handler.setFormatter(logging.Formatter(LINES))
        ours.addHandler(handler)
    if ours.level == logging.NOTSET:
        ours.setLevel(logging.INFO)


def warm_up(running: Running) -> None:
    """Find the suggested questions for the first visitor; this loads the models before the first question."""
    assistant = running.opening.assistant
    if assistant is not None and assistant.collection.documents:
        first = assistant.collection.documents[0].id
        threading.Thread(target=assistant.suggestions, args=(first, 1), daemon=True).start()


def share(url: str) -> None:
    """Make a public link to the server and print it; when that fails, the server goes on without one."""
    from gradio import networking  # noqa: PLC0415  # already loaded in the background

    host, _, port = url.removeprefix("http://").rstrip("/").rpartition(":")
    try:
        link = networking.setup_tunnel(host, int(port), secrets.token_urlsafe(32), None, None)
    except Exception as error:  # noqa: BLE001  # on any error the page works without the link
        LOG.warning("no public link could be made (%s); the page is on %s only", error, url)
    else:
        print(f"anybody with this link can reach the page: {link}", flush=True)  # noqa: T201


def start(assistant: Assistant, host: str = "127.0.0.1", port: int = 0) -> Running:
    """Serve the page in a thread and return when it answers.

    Args:
        assistant: The assistant that answers.
        host: Address to listen on.
        port: Port to listen on; 0 for a free one.

    Raises:
        SettingsError: The address cannot be bound.
    """
    access = Access(host, port, upload_bytes=upload_bytes(assistant.settings))
    running = begin(lambda: assistant, access)
    try:
        running.wait()
    except BaseException:
        running.close()
        raise
    return running


def begin(make: Callable[[], Assistant], access: Access) -> Running:
    """Listen in a thread and return at once; the page opens when the articles are loaded.

    Raises:
        SettingsError: The address cannot be bound.
    """
    listening = bind_socket(access.host, access.port)
    port = listening.getsockname()[1]
    access = replace(access, port=port)
    opening = Opening(make, access)
    guard = Guard(opening, access, lambda: opening.health)
    config = uvicorn.Config(
        guard,
        http=Connection,
        log_config=None,
        log_level="critical",
        ws="none",
        timeout_graceful_shutdown=GRACE_S,
        # A proxy's headers about the client are trusted only behind a proxy; otherwise anybody could
        # send them.
        proxy_headers="FORWARDED_ALLOW_IPS" in os.environ,
    )
    server = Server(config, opening)
    thread = threading.Thread(target=server.run, args=([listening],), daemon=True, name="citewell-web")
    thread.start()
    waited = threading.Event()
    for _ in range(START_S * 100):
        if server.started or not thread.is_alive():
            break
        waited.wait(0.01)
    if not server.started:
        message = f"the web chat did not start on {access.host}:{port} within {START_S} s; try again"
        raise SettingsError(message)
    name = "127.0.0.1" if access.host in {"0.0.0.0", "::"} else access.host  # noqa: S104 - compared, not bound
    url = f"http://{f'[{name}]' if ':' in name else name}:{port}/"
    return Running(url, opening, server, thread)


def bind_socket(host: str, port: int) -> socket.socket:
    """Return a socket that holds the address.

    Raises:
        SettingsError: The address is taken, or is not an address of this computer.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listening = socket.socket(family, kind, protocol)
    except OSError as error:
        message = (
            f"{host}:{port} is not an address to listen on ({error.strerror}); choose another with --host"
        )
        raise SettingsError(message) from error
    try:
        # Otherwise a restart has to wait a minute for connections of the server before.
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        listening.listen()
    except OSError as error:
        listening.close()
        taken = f"cannot listen on {host}:{port} ({error.strerror})"
        message = f"{taken}; choose another port, for example CITEWELL_PORT={port + 1}"
        raise SettingsError(message) from error
    return listening
