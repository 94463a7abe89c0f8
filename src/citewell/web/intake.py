"""Pass only checked and rewritten bodies and query strings on to Gradio.

This module reads each request whole, within limits of size and time, before Gradio sees a byte of it.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import TypeAlias
from urllib.parse import parse_qsl, urlencode

from starlette.datastructures import Headers
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from citewell.errors import RequestError
from citewell.web import toolcalls
from citewell.web.addresses import TOOLS
from citewell.web.inputs import SESSION, Inputs
from citewell.web.receiving import UPLOAD

# A question has 4,000 characters at most; the rest is for the history that comes with it.
MOST_BYTES = 1_000_000
# A request of that size takes half a minute on a line of 250 kbit/s; a slower sender only occupies a place.
ARRIVES_S = 30.0

# An application that is given the body, which has been read, beside the rest of the request.
Answering: TypeAlias = Callable[[bytes, Scope, Receive, Send], Awaitable[None]]
# The query parameters that each route reads. Gradio would read more, among them a link to a folder of the
# server's disk. Unlisted parameters are dropped: a link to the page may carry any query string.
QUERIES: Mapping[str, Mapping[str, re.Pattern[str]]] = {
    "/gradio_api/queue/data": {"session_hash": re.compile(SESSION)},
    "/gradio_api/info": {"serialize": re.compile("True|False|true|false")},
}


class Intake:
    """An ASGI application that passes only valid requests on to another application.

    Attributes:
        app: The other application.
        inputs: The inputs that its routes take.
        receiving: The application that receives files.
        programs: The applications that answer other programs, by their addresses.
    """

    def __init__(
        self,
        app: ASGIApp,
        inputs: Inputs,
        receiving: ASGIApp,
        programs: Mapping[str, Answering],
    ) -> None:
        """Take the application."""
        self.app = app
        self.inputs = inputs
        self.receiving = receiving
        self.programs = programs

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer with the error in it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        try:
            if scope["path"] == UPLOAD:
                await self.receiving(scope, receive, send)
                return
            if answering := self.programs.get(scope["path"]):
                await answering(await self.receive_json(scope, receive), scope, receive, send)
                return
            scope = {**scope, "query_string": read_query(scope)}
            if scope["method"] not in {"GET", "HEAD"}:
                scope, receive = await self.rewrite(scope, receive)
        except RequestError as error:
            await refuse(error)(scope, receive, send)
        except RefusedError as refused:
            await PlainTextResponse(f"{refused}\n", refused.status)(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def rewrite(self, scope: Scope, receive: Receive) -> tuple[Scope, Receive]:
        """Return a request with its body rewritten to the schema.

        Raises:
            RequestError: The body does not match the schema of the route.
            RefusedError: The route takes no body, or not in this form.
        """
        path = scope["path"]
        is_tool = path in TOOLS
        if not (is_tool or self.inputs.takes(path)):
            raise RefusedError(405, "That cannot be done here.")
        body = await self.receive_json(scope, receive)
        new = toolcalls.check(body) if is_tool else self.inputs.rewrite(path, body)
        headers = [
            (key, value)
            for key, value in scope["headers"]
            if key not in {b"content-length", b"content-type", b"content-encoding"}
        ]
        headers += [(b"content-type", b"application/json"), (b"content-length", str(len(new)).encode())]
        return {**scope, "headers": headers}, replay(new, receive)

    async def receive_json(self, scope: Scope, receive: Receive) -> bytes:
        """Return the body of a POST that says it is JSON.

        Raises:
            RefusedError: The method or the type is another, or `receive_body` refuses the body.
        """
        if scope["method"] != "POST":
            raise RefusedError(405, "That cannot be done here.")
        kind = Headers(scope=scope).get("content-type", "").partition(";")[0].strip().lower()
        if kind != "application/json":
            raise RefusedError(415, "Send JSON, with the header Content-Type: application/json.")
        return await receive_body(receive)


class RefusedError(Exception):
    """A request is refused as a whole.

    Attributes:
        status: The HTTP status code.
    """

    def __init__(self, status: int, message: str) -> None:
        """Take the message to the client."""
        super().__init__(message)
        self.status = status


def read_query(scope: Scope) -> bytes:
    """Return the query string with only the parameters that the route reads.

    Raises:
        RequestError: A parameter occurs twice, or its value has the wrong form.
    """
    known = QUERIES.get(scope["path"], {})
    found: dict[str, str] = {}
    for key, value in parse_qsl(scope["query_string"].decode("latin-1"), max_num_fields=20) if known else ():
        if key in known:
            if key in found or not known[key].fullmatch(value):
                raise RequestError(key, "not what is read there")
            found[key] = value
    return urlencode(found).encode()


async def receive_body(receive: Receive) -> bytes:
    """Return a body.

    Raises:
        RefusedError: The body is too large or too slow, or the connection broke off.
    """
    parts: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(ARRIVES_S):
            more = True
            while more:
                message = await receive()
                if message["type"] != "http.request":
                    raise RefusedError(400, "The request broke off.")
                parts.append(message.get("body", b""))
                size += len(parts[-1])
                if size > MOST_BYTES:
                    raise RefusedError(413, f"A request may have {MOST_BYTES:,} bytes.")
                more = message.get("more_body", False)
    except TimeoutError:
        raise RefusedError(408, f"A request must arrive within {ARRIVES_S:.0f} seconds.") from None
    return b"".join(parts)


def replay(body: bytes, receive: Receive) -> Receive:
    """Return a receive function that gives the body already read, then all further messages."""
    given = False

    async def again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again


def refuse(error: RequestError) -> JSONResponse:
    """Return the error as one line of text, and again in the form that gradio_client reads."""
    told = {
        "__type__": "validate",
        "is_valid": False,
        "parameter_name": error.where,
        "message": error.what,
    }
    return JSONResponse({"error": str(error), "detail": [told]}, 422)
