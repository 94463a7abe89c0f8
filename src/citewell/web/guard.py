"""Let through what the page and its API need; Gradio can do more, and none of it is wanted here.

Gradio by itself serves files it has cached (`/gradio_api/file=`), fetches any address for a visitor
(`/gradio_api/file=https://…`, `/gradio_api/proxy=`), takes uploads, and shows who uses it. What is not
listed here does not exist.
"""

import re
from collections.abc import Iterable

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Found by watching the page and gradio_client; the browser tests fail when one is missing.
PATHS = re.compile(
    r"/|/config|/theme\.css|/favicon\.ico|/manifest\.json|/robots\.txt|/(?:assets|static)/[^?]*"
    r"|/gradio_api/(?:info|openapi\.json|startup-events|app_id|theme\.css|cancel|reset"
    r"|queue/(?:join|data)|heartbeat/\w+|call/(?:v2/)?ask(?:/\w+)?)"
)
HEALTH = "/healthz"

# A question has 4,000 characters at most; the rest is for the history that comes with it.
MOST_BYTES = 1_000_000

# The page may talk to its own server and to nobody else, whatever it is made to hold. Gradio builds
# its templates from strings, so it needs both 'unsafe-…'; what is shown is escaped before.
POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline';"
    " img-src 'self' data: blob:; font-src 'self' data:; object-src 'none'; base-uri 'self';"
    " form-action 'self'"
)


class Guard:
    """Answer for an ASGI application what it should not be asked, and add the headers of safety.

    Attributes:
        hosts: Names by which the server may be called; empty for any. A page elsewhere that makes its
            own name point here (DNS rebinding) calls it by that name.
    """

    def __init__(self, app: ASGIApp, hosts: Iterable[str] = ()) -> None:
        """Take the application to guard."""
        self.app = app
        self.hosts = frozenset(hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request, or refuse it in a line of text."""
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
            return
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["content-security-policy"] = self.policy
                headers["x-content-type-options"] = "nosniff"
                headers["referrer-policy"] = "no-referrer"
            await send(message)

        status, reason = self.refusal(scope)
        if status:
            await PlainTextResponse(reason, status)(scope, receive, safely)
        else:
            await self.app(scope, receive, safely)

    @property
    def policy(self) -> str:
        """The content policy; a page on its own computer stands in no other page's frame."""
        return f"{POLICY}; frame-ancestors 'self'" if self.hosts else POLICY

    def refusal(self, scope: Scope) -> tuple[int, str]:
        """Return the status and text with which a request is answered here; (0, "") lets it through."""
        headers = Headers(scope=scope)
        if self.hosts and host_of(headers.get("host", "")) not in self.hosts:
            return 421, "This server does not go by that name.\n"
        if scope["path"] == HEALTH:
            return 200, "ok\n"
        if not PATHS.fullmatch(scope["path"]):
            return 404, "There is nothing here.\n"
        if scope["method"] not in {"GET", "HEAD"}:
            length = headers.get("content-length", "")
            # A chunked request has no length that could be held against the limit, whatever it says.
            if not length.isdecimal() or "transfer-encoding" in headers:
                return 411, "Say how long the request is.\n"
            if int(length) > MOST_BYTES:
                return 413, f"A request may have {MOST_BYTES:,} bytes, this one has {int(length):,}.\n"
        return 0, ""


def host_of(host: str) -> str:
    """Return the name in a Host header, without the port.

    >>> host_of("localhost:7860"), host_of("[::1]:7860")
    ('localhost', '::1')
    """
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0]
