"""Define valid messages to the tools of the Model Context Protocol.

The protocol's library logs messages that it cannot read. So only messages that it can read are passed on.
"""

import json
from typing import Any, Literal

from pydantic import JsonValue, ValidationError

from citewell.errors import RequestError
from citewell.web.inputs import ENDPOINTS, Input, Name
from citewell.web.inputs import check as hold_against
from citewell.web.plainjson import WHOLE, parse


class Meta(Input):
    """The metadata that a client adds."""

    progressToken: Name | int | None = None  # noqa: N815  # the protocol's own name


class Calling(Input):
    """The call of a tool."""

    name: Name
    arguments: dict[str, JsonValue]


class Call(Input):
    """A message that calls a tool."""

    jsonrpc: Literal["2.0"]
    id: Name | int
    method: Literal["tools/call"]
    params: dict[str, JsonValue]


class Other(Input):
    """Another message, which the library checks by itself."""

    jsonrpc: Literal["2.0"]
    id: Name | int | None = None
    method: Literal[
        "initialize",
        "ping",
        "tools/list",
        "resources/list",
        "resources/templates/list",
        "prompts/list",
        "notifications/initialized",
        "notifications/cancelled",
        "notifications/roots/list_changed",
    ]
    params: dict[str, JsonValue] | None = None


def check(body: bytes) -> bytes:
    """Check a message and return it written anew.

    Raises:
        RequestError: The message is not a valid one.
    """
    message = parse(body)
    if isinstance(message, dict) and message.get("method") == "tools/call":
        call = hold_against(Call, message).model_dump()
        params = dict(call["params"])
        meta = params.pop("_meta", None)
        asked = hold_against(Calling, params)
        if asked.name not in ENDPOINTS:  # the library would log the name
            where = "name"
            raise RequestError(where, "no tool of this server")
        arguments = hold_against(ENDPOINTS[asked.name], asked.arguments).model_dump(exclude_none=True)
        call["params"] = {"name": asked.name, "arguments": arguments}
        if meta is not None:
            call["params"]["_meta"] = hold_against(Meta, meta).model_dump(exclude_none=True)
        return dump_readable(call)
    return dump_readable(hold_against(Other, message).model_dump(exclude_unset=True))


def dump_readable(message: dict[str, Any]) -> bytes:
    """Return a message that the library can read.

    Raises:
        RequestError: The library cannot read the message, and would log its text.
    """
    from mcp import types  # noqa: PLC0415  # an optional package

    kind = types.ClientRequest if "id" in message else types.ClientNotification
    inner = {key: value for key, value in message.items() if key in {"method", "params"}}
    try:
        types.JSONRPCMessage.model_validate(message)
        kind.model_validate(inner)
    except ValidationError:
        raise RequestError(WHOLE, "not a message of the Model Context Protocol") from None
    return json.dumps(message).encode()
