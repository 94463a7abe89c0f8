"""Read the JSON schemas of what citewell gives; each contains the definition of a citation."""

import json
from importlib.resources import files
from typing import Any


def read_schema(room: str, name: str) -> dict[str, Any]:
    """Return the schema (draft 2020-12) that a room publishes as `name.schema.json`.

    >>> sorted(read_schema("checking", "check")["$defs"])
    ['citation']
    """
    schema = load(room, name)
    return {**schema, "$defs": {"citation": load("checking", "citation"), **schema.get("$defs", {})}}


def load(room: str, name: str) -> dict[str, Any]:
    """Return the content of a schema's file."""
    text = (files(f"citewell.{room}") / f"{name}.schema.json").read_text(encoding="utf-8")
    content: dict[str, Any] = json.loads(text)
    return content
