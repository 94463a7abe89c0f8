"""Describe the interface for other programs: as OpenAPI 3.1, and as a page without scripts."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel

from citewell.text.markup import escape
from citewell.web.addresses import CALLS, COMPLETIONS, OPENAPI, VERSION
from citewell.web.calls import GIVEN
from citewell.web.inputs import ENDPOINTS, Completion

ABOUT = (
    "Answers about the articles of this server. Every sentence cites the exact characters that prove it;"
    " offsets are Unicode code points. Fields may join without a new version."
)
JSON = "application/json"
COMPLETED: dict[str, Any] = {
    "type": "object",
    "description": "A chat completion of OpenAI's interface. With `stream`, its chunks come as events.",
    "properties": {
        "object": {"const": "chat.completion"},
        "choices": {"type": "array", "items": {"type": "object"}, "description": "One choice."},
        "usage": {"type": "object", "description": "Tokens of question and answer."},
        "citewell": {"$ref": "#/components/schemas/Answer"},
    },
    "required": ["object", "choices", "usage", "citewell"],
}
ERROR: dict[str, Any] = {
    "type": "object",
    "description": "Why there is no answer.",
    "properties": {
        "error": {
            "type": "object",
            "properties": {
                "message": {"type": "string", "description": "One line."},
                "type": {"type": "string"},
                "param": {"type": ["string", "null"], "description": "The key that is wrong."},
                "code": {"type": ["string", "null"]},
            },
            "required": ["message", "type", "param", "code"],
        }
    },
    "required": ["error"],
}
# What is refused before a call is read, is refused in a line of text.
REFUSED = {
    "400": "It cannot be answered as it is: it is too long, or an article or condition is unknown.",
    "401": "The password is missing or wrong.",
    "422": "A key or value is not one of the schema.",
    "429": "Too many questions wait, or too many passwords were wrong; ask again in a moment.",
}
REFUSED_UNREAD = {
    "403": "A page of another address sent it.",
    "413": "It is too large.",
    "415": "It is not sent as JSON.",
    "503": "Articles and models are being loaded.",
}


def describe(*, locked: bool) -> dict[str, Any]:
    """Return the description.

    Args:
        locked: Whether the server has a password.
    """
    schemas: dict[str, Any] = {"Error": ERROR}
    paths: dict[str, Any] = {}
    for name, address in CALLS.items():
        given = GIVEN[name]()
        title = str(given["title"])
        schemas[title] = hoist(given, schemas)
        paths[address] = operation(name, ENDPOINTS[name], {"$ref": f"#/components/schemas/{title}"}, schemas)
    paths[COMPLETIONS] = operation("complete", Completion, COMPLETED, schemas)
    return {
        "openapi": "3.1.0",
        "info": {"title": "citewell", "version": VERSION, "description": ABOUT},
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {
            "schemas": dict(sorted(schemas.items())),
            "securitySchemes": {
                "password": {"type": "http", "scheme": "bearer", "description": "The server's password."}
            },
        },
        "security": [{"password": []}] if locked else [],
    }


def operation(
    name: str, call: type[BaseModel], given: dict[str, Any], schemas: dict[str, Any]
) -> dict[str, Any]:
    """Return the description of a call, and add the schemas that it refers to."""
    what = " ".join((call.__doc__ or "").split())
    error = {JSON: {"schema": {"$ref": "#/components/schemas/Error"}}}
    text = {"text/plain": {"schema": {"type": "string"}}}
    sent = {key: value for key, value in hoist(call.model_json_schema(), schemas).items() if key != "title"}
    return {
        "post": {
            "operationId": name,
            "summary": what,
            "requestBody": {"required": True, "content": {JSON: {"schema": sent}}},
            "responses": {
                "200": {"description": "The answer.", "content": {JSON: {"schema": given}}},
                **{code: {"description": why, "content": error} for code, why in REFUSED.items()},
                **{code: {"description": why, "content": text} for code, why in REFUSED_UNREAD.items()},
            },
        }
    }


def hoist(schema: Mapping[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    """Return a schema whose definitions stand among the others; there references lead to them."""
    for name, definition in schema.get("$defs", {}).items():
        schemas[name] = refer(definition)
    own = {key: value for key, value in schema.items() if key not in {"$defs", "$id", "$schema"}}
    moved: dict[str, Any] = refer(own)
    return moved


def refer(value: Any) -> Any:
    """Return a schema with its references to definitions led to where these stand."""
    if isinstance(value, str):
        return value.replace("#/$defs/", "#/components/schemas/") if value.startswith("#/$defs/") else value
    if isinstance(value, list):
        return [refer(item) for item in value]
    return {key: refer(item) for key, item in value.items()} if isinstance(value, dict) else value


# The page

PAGE = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>citewell: interface {version}</title>
<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">
<style>
body{{font:1rem/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}}
pre{{overflow-x:auto;padding:.7rem;border:1px solid GrayText;border-radius:.4rem}}
table{{border-collapse:collapse;width:100%}}
td,th{{text-align:left;vertical-align:top;padding:.2rem .8rem .2rem 0;border-top:1px solid GrayText}}
</style></head>
<body><main><h1>citewell: interface {version}</h1>
<p>{about} For programs: <a href="{openapi}">{openapi}</a>.</p>
{operations}
<h2>Schemas</h2>
{schemas}
</main></body>
</html>
"""


def page(described: Mapping[str, Any]) -> str:
    """Return the description as a page of HTML, without scripts."""
    schemas = described["components"]["schemas"]
    return PAGE.format(
        version=escape(described["info"]["version"]),
        about=escape(described["info"]["description"]),
        openapi=escape(OPENAPI.rpartition("/")[2]),
        operations="\n".join(
            show_operation(address, methods["post"]) for address, methods in described["paths"].items()
        ),
        schemas="\n".join(
            f'<h3 id="{escape(name)}">{escape(name)}</h3>\n{show_fields(schema)}'
            for name, schema in schemas.items()
        ),
    )


def show_operation(address: str, told: Mapping[str, Any]) -> str:
    """Return a call as HTML, with an example for the command line."""
    sent = told["requestBody"]["content"][JSON]["schema"]
    word = {"text": "Vendors were arrested.", "messages": [{"role": "user", "content": "Who was arrested?"}]}
    example = {key: word.get(key, "Who was arrested?") for key in sent["required"]}
    call = f"curl http://127.0.0.1:7860{address} -H 'Content-Type: {JSON}' -d '{json.dumps(example)}'"
    codes = "".join(
        f"<tr><td>{escape(code)}</td><td>{escape(response['description'])}</td>"
        f"<td>{', '.join(show_kind(content['schema']) for content in response['content'].values())}</td></tr>"
        for code, response in told["responses"].items()
    )
    return (
        f"<h2>POST {escape(address)}</h2>\n<p>{escape(told['summary'])}</p>\n<pre>{escape(call)}</pre>\n"
        f"<h3>Takes</h3>\n{show_fields(sent)}\n<h3>Gives</h3>\n<table>{codes}</table>"
    )


def show_fields(schema: Mapping[str, Any]) -> str:
    """Return the fields of an object as a table of HTML."""
    needed = schema.get("required", ())
    rows = "".join(
        f"<tr><td><code>{escape(name)}</code>{'' if name in needed else ' (optional)'}</td>"
        f"<td>{show_kind(field)}</td><td>{escape(field.get('description', ''))}</td></tr>"
        for name, field in schema.get("properties", {}).items()
    )
    about = escape(schema.get("description", ""))
    return f"<p>{about}</p>\n<table>{rows}</table>"


def show_kind(schema: Mapping[str, Any]) -> str:
    """Return the kind of a value as HTML; a schema by its name, with a link."""
    return " or ".join(dict.fromkeys(kinds(schema)))


def kinds(schema: Mapping[str, Any]) -> Iterator[str]:
    """Yield each kind that a value may have, as HTML."""
    if "$ref" in schema:
        name = escape(schema["$ref"].rpartition("/")[2])
        yield f'<a href="#{name}">{name}</a>'
        return
    for part in (*schema.get("anyOf", ()), *schema.get("allOf", ())):
        yield from kinds(part)
    if "const" in schema or "enum" in schema:
        yield escape(", ".join(json.dumps(value) for value in schema.get("enum", [schema.get("const")])))
    elif schema.get("type") == "array":
        yield f"list of {show_kind(schema['items'])}"
    elif "type" in schema:
        named = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
        yield from map(escape, named)
