"""Serve the page on one address, and stop when asked to."""

import asyncio
import os
import signal
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from types import FrameType

import gradio as gr
import uvicorn
from fastapi import FastAPI

from citewell.assistant import Assistant
from citewell.errors import SettingsError
from citewell.settings import Settings
from citewell.web import page
from citewell.web.guard import MOST_BYTES, Guard
from citewell.web.theme import theme

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
# An open page holds a connection open; when the server stops, it is cut after this long.
GRACE_S = 2
START_S = 30


class Server(uvicorn.Server):
    """A server that tells Gradio first when it stops: its heartbeats would keep connections open for ever."""

    def __init__(self, config: uvicorn.Config, gradio_app: gr.routes.App) -> None:
        """Take the server's configuration and the application that Gradio made."""
        super().__init__(config)
        self.gradio_app = gradio_app

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop, the heartbeats first."""
        self.gradio_app.stop_event.set()
        await super().shutdown(sockets)


@dataclass(frozen=True, slots=True)
class Running:
    """A server that runs beside its caller.

    Attributes:
        url: Where it is reached, with a slash at the end.
    """

    url: str
    _server: Server
    _thread: threading.Thread

    def close(self) -> None:
        """Stop it, and return when it has stopped."""
        self._server.should_exit = True
        self._thread.join(GRACE_S + 5)


def serve(assistant: Assistant, host: str, port: int) -> None:
    """Serve the page until SIGTERM or Ctrl-C; call it from the main thread.

    Raises:
        SettingsError: The address cannot be had.
    """
    stop = threading.Event()

    def stopped(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    before = {number: signal.signal(number, stopped) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        running = start(assistant, host, port)
        print(f"citewell is on {running.url} (Ctrl-C stops it)", flush=True)  # noqa: T201 - what a server says
        stop.wait()
        running.close()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def start(assistant: Assistant, host: str = "127.0.0.1", port: int = 0) -> Running:
    """Serve the page in a thread and return when it answers.

    Args:
        assistant: Who answers.
        host: Address to listen on.
        port: 0 for a free one.

    Raises:
        SettingsError: The address cannot be had.
    """
    listening = bound(host, port)
    port = listening.getsockname()[1]
    hosts = LOOPBACK if host in LOOPBACK else frozenset[str]()
    # A thread of its own: the caller's may run a loop already, and then `asyncio.run` refuses.
    with ThreadPoolExecutor(1) as aside:
        gradio_app, app = aside.submit(lambda: asyncio.run(application(assistant, hosts))).result()
    config = uvicorn.Config(
        app, log_config=None, log_level="critical", ws="none", timeout_graceful_shutdown=GRACE_S
    )
    server = Server(config, gradio_app)
    thread = threading.Thread(target=server.run, args=([listening],), daemon=True, name="citewell-web")
    thread.start()
    waited = threading.Event()
    for _ in range(START_S * 100):
        if server.started or not thread.is_alive():
            break
        waited.wait(0.01)
    if not server.started:
        message = f"the web chat did not start on {host}:{port} within {START_S} s; try again"
        raise SettingsError(message)
    name = "127.0.0.1" if host in {"0.0.0.0", "::"} else host  # noqa: S104 - compared, not bound
    return Running(f"http://{f'[{name}]' if ':' in name else name}:{port}/", server, thread)


async def application(assistant: Assistant, hosts: frozenset[str]) -> tuple[gr.routes.App, Guard]:
    """Return Gradio's application, and the whole of it behind the guard.

    Awaits nothing; but without a loop that runs, Gradio would make some and never close them.
    """
    outer = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    gr.mount_gradio_app(
        outer,
        page.build(assistant),
        path="/",
        footer_links=[],
        run_history=False,  # else the browser keeps every question
        allowed_paths=[],
        favicon_path=str(page.STATIC / "icon.svg"),
        show_error=False,
        max_file_size=MOST_BYTES,
        ssr_mode=False,
        enable_monitoring=False,
        pwa=False,
        mcp_server=False,
        theme=theme(),
        # In the head, not as `css`: Gradio would rewrite its selectors.
        head=f"{page.text_of('head.html')}<style>{page.text_of('page.css')}</style>",
    )
    apps = (getattr(route, "app", None) for route in outer.routes)
    inner = next(app for app in apps if isinstance(app, gr.routes.App))
    return inner, Guard(outer, hosts)


def bound(host: str, port: int) -> socket.socket:
    """Return a socket that holds the address.

    Raises:
        SettingsError: It is taken, or not this computer's.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listening = socket.socket(family, kind, protocol)
    except OSError as error:
        message = f"{host}:{port} is no address to listen on ({error.strerror}); choose another with --host"
        raise SettingsError(message) from error
    try:
        # Else a restart has to wait a minute for connections of the one before.
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        listening.listen()
    except OSError as error:
        listening.close()
        taken = f"cannot listen on {host}:{port} ({error.strerror})"
        message = f"{taken}; choose another port, for example CITEWELL_PORT={port + 1}"
        raise SettingsError(message) from error
    return listening


def address(settings: Settings) -> tuple[str, int]:
    """Return host and port of the settings; where none is set, the host that a Hugging Face Space expects."""
    if "host" in settings.model_fields_set:
        return settings.host, settings.port
    hosted = "0.0.0.0" if os.environ.get("SPACE_ID") else settings.host  # noqa: S104 - a Space's proxy is outside
    return os.environ.get("GRADIO_SERVER_NAME") or hosted, settings.port
