"""Answer `ask`, `find` and `check` by addresses of their own: JSON in, JSON out, in one request."""

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from citewell.web import openapi
from citewell.web.addresses import CALLS, OPENAPI, ROOT
from citewell.web.calls import Calls
from citewell.web.inputs import ENDPOINTS, check
from citewell.web.leaving import while_here
from citewell.web.plainjson import parse
from citewell.web.refusals import refuse_for

# An answer is for the one who asked: no proxy may keep it.
HEADERS = {"cache-control": "no-store"}
NAMES: Mapping[str, str] = {address: name for name, address in CALLS.items()}


@dataclass(frozen=True, slots=True)
class Api:
    """The interface for other programs.

    Attributes:
        calls: Answers the calls.
        locked: Whether the server has a password.
    """

    calls: Calls
    locked: bool

    async def answer(self, body: bytes, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request whose body has been read; a client that hangs up is worked for no longer."""
        response = await while_here(receive, self.respond(NAMES[scope["path"]], body))
        if response is not None:
            await response(scope, receive, send)

    async def respond(self, name: str, body: bytes) -> Response:
        """Return the response to a body."""
        try:
            return JSONResponse(await self.calls.answer(check(ENDPOINTS[name], parse(body))), headers=HEADERS)
        except Exception as error:  # noqa: BLE001  # the client is told, or the log
            return refuse_for(error)

    def routes(self) -> list[BaseRoute]:
        """Return the routes of the description, which the server makes once."""
        described = openapi.describe(locked=self.locked)
        shown = openapi.page(described)

        async def give_openapi(_request: Request) -> Response:
            return JSONResponse(described)

        async def give_page(_request: Request) -> Response:
            return HTMLResponse(shown)

        return [Route(OPENAPI, give_openapi), Route(ROOT, give_page)]
