"""Offer the calls as tools of the Model Context Protocol; a result is text and structured content."""

import json
from contextlib import AbstractAsyncContextManager
from typing import Any

from mcp.server.lowlevel import Server
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp.types import CallToolResult, TextContent, Tool, ToolAnnotations
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from citewell.errors import CitewellError
from citewell.web.addresses import VERSION
from citewell.web.blocks import log_mistake
from citewell.web.calls import GIVEN, Calls
from citewell.web.inputs import ENDPOINTS
from citewell.web.inputs import check as hold_against
from citewell.web.refusals import BROKEN

ABOUT = (
    "Answers from articles. Each sentence of an answer cites the characters that prove it. When `abstention`"
    " is not null, the articles do not say; then do not answer from them."
)
SAFE = ToolAnnotations(readOnlyHint=True, idempotentHint=True, openWorldHint=False)


class Tools:
    """An ASGI application that answers the protocol's messages, each by itself, without sessions."""

    def __init__(self, calls: Calls) -> None:
        """Take what answers the calls."""
        self._calls = calls
        server: Server[Any, Any] = Server("citewell", version=VERSION, instructions=ABOUT)
        tools = make_tools()  # once: no request opens a file

        async def list_tools() -> list[Tool]:
            return tools

        server.list_tools()(list_tools)  # type: ignore[no-untyped-call]
        # The intake has checked the arguments, and the tests hold the results against their schemas.
        server.call_tool(validate_input=False)(self.call)
        self._manager = StreamableHTTPSessionManager(server, json_response=True, stateless=True)

    def running(self) -> AbstractAsyncContextManager[None]:
        """Return the time in which messages are answered; it can be entered once."""
        return self._manager.run()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a message."""
        if scope["method"] != "POST":  # the server says nothing unasked, so there is no stream to open
            await PlainTextResponse("That cannot be done here.\n", 405)(scope, receive, send)
            return
        await self._manager.handle_request(scope, receive, send)

    async def call(self, name: str, arguments: dict[str, Any]) -> CallToolResult:
        """Return the result of a tool, or what is wrong with the call."""
        try:
            given = await self._calls.answer(hold_against(ENDPOINTS[name], arguments))
        except CitewellError as error:
            return CallToolResult(content=[text(str(error))], isError=True)
        except Exception as error:  # noqa: BLE001  # a mistake of ours; its message may repeat the question
            log_mistake("a tool", error)
            return CallToolResult(content=[text(BROKEN)], isError=True)
        return CallToolResult(content=[text(json.dumps(given))], structuredContent=given)


def make_tools() -> list[Tool]:
    """Return the tools, with the schemas of what each takes and gives."""
    return [
        Tool(
            name=name,
            description=call.__doc__,
            inputSchema=call.model_json_schema(),
            outputSchema=GIVEN[name](),
            annotations=SAFE,
        )
        for name, call in ENDPOINTS.items()
    ]


def text(what: str) -> TextContent:
    """Return a text as the protocol has it."""
    return TextContent(type="text", text=what)
