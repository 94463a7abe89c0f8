"""Published JSON schemas, held against what is really given."""

import json
from typing import Any

from jsonschema import Draft202012Validator


def strict(schema: Any) -> Any:
    """Return the schema with every key that it does not name forbidden."""
    if isinstance(schema, list):
        return [strict(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {key: strict(value) for key, value in schema.items()}
    return closed | ({"additionalProperties": False} if "properties" in schema else {})


def breaches(schema: dict[str, Any], told: object) -> list[str]:
    """Return where an object, as JSON, has other keys or values than its schema names."""
    Draft202012Validator.check_schema(schema)
    errors = Draft202012Validator(strict(schema)).iter_errors(json.loads(json.dumps(told)))
    return [f"{error.json_path}: {error.message}" for error in errors]
