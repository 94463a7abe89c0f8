"""Read JSON that every parser reads alike, within the limits of what our page sends."""

import json
import re
from typing import Any

from citewell.errors import RequestError
from citewell.text.normalisation import LONE_SURROGATE

# Our requests need five levels; deeper nesting is meant to exhaust the parser.
DEEPEST = 12
WHOLE = "the request"
STRINGS = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)
BRACKETS = re.compile(rb"[\[\]{}]")


def parse(body: bytes) -> object:
    """Return the value of unambiguous JSON; half a surrogate pair becomes U+FFFD.

    Raises:
        RequestError: The text is no JSON, or another parser could read another value.
    """
    if measure_depth(body) > DEEPEST:
        raise RequestError(WHOLE, f"nested deeper than {DEEPEST} levels")
    try:
        text = body.decode()
        return mend(
            json.loads(
                text, object_pairs_hook=refuse_twins, parse_constant=refuse_constant, parse_int=read_number
            )
        )
    except UnicodeDecodeError:
        what = "not UTF-8"
    except (ValueError, RecursionError):
        what = "not JSON"
    raise RequestError(WHOLE, what)


def measure_depth(body: bytes) -> int:
    """Return how deep objects and lists are nested; stop at one level too deep.

    >>> measure_depth(b'{"a[": [1, [2]], "b": {}}')
    3
    """
    deepest = now = 0
    for bracket in BRACKETS.findall(STRINGS.sub(b"", body)):
        now += 1 if bracket in b"[{" else -1
        deepest = max(deepest, now)
        if deepest > DEEPEST:
            break
    return deepest


def mend(value: Any) -> Any:
    """Return a value with half surrogate pairs in its strings replaced."""
    if isinstance(value, str):
        return LONE_SURROGATE.sub("\ufffd", value)
    if isinstance(value, list):
        return [mend(item) for item in value]
    if isinstance(value, dict):
        return {mend(key): mend(item) for key, item in value.items()}
    return value


def refuse_twins(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Return an object whose keys must differ; parsers disagree on which of two equal keys counts."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise RequestError(WHOLE, "has a key twice")
    return found


def refuse_constant(_constant: str) -> object:
    """Refuse NaN and the infinities, which JSON does not have."""
    raise RequestError(WHOLE, "has a number that JSON does not have")


def read_number(digits: str) -> int:
    """Return a whole number; refuse one with many digits, which our requests never have."""
    if len(digits) > len("-1000000000"):
        raise RequestError(WHOLE, "has a number that is too large")
    return int(digits)
