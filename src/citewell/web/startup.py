"""Answer requests at once, while the articles and models are loaded in the background."""

import asyncio
import json
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any, TypeVar

from starlette.responses import HTMLResponse, PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from citewell.assistant import Assistant
from citewell.web import reading_queue
from citewell.web.access import Access

WAITING = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>citewell</title><meta http-equiv="refresh" content="1">
<meta name="color-scheme" content="light dark">
<style>body{{font:1rem/1.6 system-ui,sans-serif;display:grid;place-items:center;min-height:90vh}}</style>
</head>
<body><main role="status"><h1>citewell</h1><p>Loading: {step}. This page opens by itself.</p></main></body>
</html>
"""
LATER = {"retry-after": "1"}
T = TypeVar("T")
STEPS = ("articles and models", "the page")


class Opening:
    """An ASGI application that passes requests to the page as soon as the page is made.

    Attributes:
        step: The part that is being loaded; "" when all is loaded.
        error: The error that kept the page from opening; None without one.
        done: Event that is set when the page is open or cannot be opened.
        assistant: The assistant that answers; None before it is loaded.
    """

    def __init__(self, make: Callable[[], Assistant], access: Access) -> None:
        """Take the function that makes the assistant, which runs in the background when the server starts."""
        self.step = STEPS[0]
        self.error: BaseException | None = None
        self.done = threading.Event()
        self.assistant: Assistant | None = None
        self._make = make
        self._access = access
        self._app: ASGIApp | None = None
        self._gradio: Any = None

    @property
    def health(self) -> str:
        """Whether all is loaded, and which part is being loaded, as JSON."""
        return json.dumps({"status": "loading" if self.step else "ok", "loading": self.step}) + "\n"

    def stopping(self) -> None:
        """Tell Gradio that the server stops: Gradio's heartbeats would keep connections open for ever."""
        reading_queue.stop_all()
        if self._gradio is not None:
            self._gradio.stop_event.set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif self._app is not None:
            await self._app(scope, receive, send)
        elif scope["type"] == "http" and scope["path"] == "/":
            await HTMLResponse(WAITING.format(step=self.step), 503, LATER)(scope, receive, send)
        elif scope["type"] == "http":
            await PlainTextResponse(f"Loading: {self.step}.\n", 503, LATER)(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        """Open the page when the server has started, close it when the server stops."""
        await receive()
        await send({"type": "lifespan.startup.complete"})
        closing = asyncio.Event()
        # One task must both enter and leave the application's lifespan: MCP's task group requires this.
        opened = asyncio.create_task(self._open(closing))
        await receive()
        closing.set()
        if self.done.is_set():
            await opened
        else:
            opened.cancel()
        await send({"type": "lifespan.shutdown.complete"})

    async def _open(self, closing: asyncio.Event) -> None:
        """Load everything in threads beside the event loop; keep the page open until told to close."""
        try:
            self.assistant = await run_aside(self._make)
            self.step = STEPS[1]
            self._gradio, app = await run_aside(partial(page_of, self.assistant, self._access))
            async with app.router.lifespan_context(app):
                self._app, self.step = app, ""
                self.done.set()
                await closing.wait()
        except BaseException as error:  # noqa: BLE001  # whoever started the server is told
            self.error = error
        finally:
            self.done.set()


def page_of(assistant: Assistant, access: Access) -> Any:
    """Return Gradio's application, and the application that it is mounted in."""
    from citewell.web.application import application  # noqa: PLC0415  # Gradio takes seconds

    # A new thread has no event loop yet.
    return asyncio.run(application(assistant, access))


async def run_aside(work: Callable[[], T]) -> T:
    """Run work in a daemon thread, which does not keep the program from ending."""
    loop = asyncio.get_running_loop()
    found: asyncio.Future[T] = loop.create_future()

    def tell(how: Callable[[], None]) -> None:
        with suppress(RuntimeError):  # the loop may be closed, and then nobody waits
            loop.call_soon_threadsafe(lambda: None if found.done() else how())

    def run() -> None:
        try:
            result = work()
        except BaseException as error:  # noqa: BLE001  # raised where it is waited for
            failed = error
            tell(lambda: found.set_exception(failed))
        else:
            tell(lambda: found.set_result(result))

    threading.Thread(target=run, daemon=True).start()
    return await found
