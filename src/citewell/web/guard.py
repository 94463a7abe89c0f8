"""Let through only the requests that the page and its API need; block Gradio's other routes.

Gradio by itself serves files it has cached (`/gradio_api/file=`), fetches any address for a visitor
(`/gradio_api/file=https://…`, `/gradio_api/proxy=`), takes uploads into a folder that it
serves, and shows who uses it. A route that is not listed here is answered as missing.
"""

import logging
import re
import time
from collections.abc import Callable
from uuid import uuid4

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from citewell.web.access import Access
from citewell.web.addresses import PUBLIC, ROOT, TOOLS
from citewell.web.intake import MOST_BYTES
from citewell.web.login import LOGIN, LOGOUT, Login
from citewell.web.login import MOST_BYTES as MOST_LOGIN_BYTES
from citewell.web.origins import asked_host, is_foreign
from citewell.web.receiving import UPLOAD

LOG = logging.getLogger(__name__)
OK = 200
NOT_ALLOWED = 405
FOREIGN = (
    "A page of another address may not ask this server. If this is its own page behind a proxy: let the"
    " proxy pass on the Host header as it came, with the port.\n"
)

# Found by watching the page and gradio_client; the browser tests fail when one is missing.
PATHS = re.compile(
    r"/|/config|/theme\.css|/favicon\.ico|/manifest\.json|/robots\.txt|/(?:assets|static)/[^?]*"
    r"|/gradio_api/(?:info|openapi\.json|startup-events|app_id|theme\.css|cancel|reset"
    r"|queue/(?:join|data)|heartbeat/[\w-]+|call/(?:v2/)?(?:ask|find|check)(?:/[\w-]+)?)"
    rf"|{PUBLIC.pattern}"
)
# The rest of such a path names a visitor or an event, or is arbitrary text; the log leaves the rest out.
NAMES = re.compile(
    r"(?<=/heartbeat/)[\w-]+|(?<=/ask/)[\w-]+|(?<=/find/)[\w-]+|(?<=/check/)[\w-]+"
    r"|(?<=^/assets/).*|(?<=^/static/).*"
)
NOISE = re.compile(r"/(?:assets|static)/.*|/healthz|/theme\.css|/favicon\.ico|/gradio_api/heartbeat/.*")
HEALTH = "/healthz"
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
# Routes that answer without a login where a login is required; the page itself then leads to the login.
WITHOUT_LOGIN = frozenset({LOGIN, HEALTH, "/robots.txt", "/favicon.ico"})
# Routes that another site may link to. Every other route can change data, or take a place in the queue.
FROM_ANYWHERE = WITHOUT_LOGIN | {"/"}
READING = frozenset({"GET", "HEAD"})

# The page may talk only to its own server, whatever content gets into the page. Gradio builds its templates
# from strings, so Gradio needs both 'unsafe-…'; the content that is shown is escaped before.
POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline';"
    " img-src 'self' data: blob:; font-src 'self' data:; object-src 'none'; base-uri 'self';"
    " form-action 'self'"
)


class Guard:
    """Refuse unwanted requests to an ASGI application, and add security headers to its answers.

    Attributes:
        access: Who may reach the application, and which optional routes exist.
        health: Returns the state of the server.
    """

    def __init__(self, app: ASGIApp, access: Access, health: Callable[[], str]) -> None:
        """Take the application to guard."""
        self.app = app
        self.access = access
        self.health = health
        self.login = Login(access) if access.credentials else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request, or refuse it in a line of text."""
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
            return
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        began, name, status_sent = time.monotonic(), uuid4().hex[:12], 0

        async def safely(message: Message) -> None:
            nonlocal status_sent
            if message["type"] == "http.response.start":
                status_sent = message["status"]
                headers = MutableHeaders(scope=message)
                headers["x-request-id"] = name
                headers["content-security-policy"] = self.policy
                headers["x-content-type-options"] = "nosniff"
                # Other sites get no referrer. Our own server gets one: without a referrer browsers
                # send a form's origin as "null".
                headers["referrer-policy"] = "same-origin"
                headers["cross-origin-resource-policy"] = "same-origin"
                if status_sent == NOT_ALLOWED:
                    headers["allow"] = "GET, HEAD, POST"
                drop_foreign(headers)
            await send(message)

        status, reason = self.refuse(scope)
        try:
            if scope["path"] == HEALTH and status == OK:
                await Response(reason, status, media_type="application/json")(scope, receive, safely)
            elif status:
                await PlainTextResponse(reason, status)(scope, receive, safely)
            else:
                await self.choose_answerer(scope)(scope, receive, safely)
        finally:
            # The query string may name a visitor, and an unknown path may hold any text.
            path = NAMES.sub("…", scope["path"]) if self.is_known(scope["path"]) else "…"
            method = scope["method"] if scope["method"] in METHODS else "…"
            level = logging.DEBUG if NOISE.fullmatch(scope["path"]) else logging.INFO
            took = (time.monotonic() - began) * 1000
            LOG.log(level, "%s %s %r %d %.0f ms", name, method, path, status_sent, took)

    @property
    def policy(self) -> str:
        """The content policy; no other page may frame a page that is served on the visitor's own computer."""
        return f"{POLICY}; frame-ancestors 'self'" if self.access.names else POLICY

    def refuse(self, scope: Scope) -> tuple[int, str]:
        """Return the status and text that answer a request here; (0, "") lets the request through."""
        headers = Headers(scope=scope)
        refused = self.refuse_by_sender(scope, headers)
        if refused[0]:
            return refused
        if scope["path"] == HEALTH:
            return OK, self.health()
        if not self.is_known(scope["path"]):
            return 404, "There is nothing here.\n"
        if scope["method"] not in READING:
            length = headers.get("content-length", "")
            # A chunked request has no reliable length to compare with the limit.
            if not length.isdecimal() or "transfer-encoding" in headers:
                return 411, "Say how long the request is.\n"
            is_file = scope["path"] == UPLOAD
            most = self.access.upload_bytes if is_file else MOST_BYTES
            if scope["path"] in {LOGIN, LOGOUT}:
                most = MOST_LOGIN_BYTES
            if int(length) > most:
                return 413, f"A request may have {most:,} bytes, this one has {int(length):,}.\n"
        return 0, ""

    def refuse_by_sender(self, scope: Scope, headers: Headers) -> tuple[int, str]:
        """Return status and text for a request to another server's name, or from another site's page."""
        host = asked_host(headers)
        if host is None:
            return 400, "Say once to which host the request goes, as in Host: localhost:7860.\n"
        # A site whose own name points to this server (DNS rebinding) sends that name as the host.
        if self.access.names and host.name not in self.access.names:
            return 421, "This server does not go by that name.\n"
        if scope["method"] not in READING | {"POST"}:
            return (
                NOT_ALLOWED,
                f"{scope['method'][:20]} is not asked of this server; GET, HEAD and POST are.\n",
            )
        linked = scope["method"] in READING and scope["path"] in FROM_ANYWHERE
        if not linked and is_foreign(headers, scope["scheme"]):
            return 403, FOREIGN
        return 0, ""

    def choose_answerer(self, scope: Scope) -> ASGIApp:
        """Return the application that answers an accepted request; the login form when a login is missing."""
        headers = Headers(scope=scope)
        # The application behind this guard reads no cookies, so a cookie gives a request no rights.
        scope["headers"] = [
            (key, value) for key, value in scope["headers"] if key not in {b"cookie", b"authorization"}
        ]
        if self.login is None:
            return self.app
        if scope["path"] in {LOGIN, LOGOUT}:
            scope["headers"] = headers.raw
            return self.login.answer
        if scope["path"] in WITHOUT_LOGIN or self.login.admits(
            headers, changes=scope["method"] not in READING
        ):
            return self.app
        if scope["path"].startswith(ROOT) or scope["path"] in TOOLS:
            client = scope.get("client")
            return self.login.refuse_key(headers, client[0] if client else "") or self.app
        if scope["path"] == "/" and scope["method"] in READING:
            return RedirectResponse(LOGIN.removeprefix("/"), 303)
        return PlainTextResponse("Log in first, at /login.\n", 401)

    def is_known(self, path: str) -> bool:
        """Whether a path is a known route."""
        return bool(
            path == HEALTH
            or PATHS.fullmatch(path)
            or (self.access.upload_bytes and path == UPLOAD)
            or (self.login is not None and path in {LOGIN, LOGOUT})
            or (self.access.mcp and path in TOOLS)
        )


def drop_foreign(headers: MutableHeaders) -> None:
    """Remove the headers that would let other sites read an answer.

    Gradio lets any page of this computer read answers with the visitor's cookies. Our page does not need
    this permission.
    """
    for name in [name for name in headers if name.startswith("access-control-")]:
        del headers[name]
