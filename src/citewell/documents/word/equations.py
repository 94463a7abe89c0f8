"""Write equations on one line."""

from collections.abc import Callable
from typing import Any

from citewell.documents.word.names import math
from citewell.text.raised import write_lowered

_PREFIX = math("")
_ROOTS = {"": "√", "2": "√", "3": "∛", "4": "∜"}
_PLAIN = frozenset("0123456789.,")


def linear(element: Any, text: Callable[[Any], str]) -> str:
    r"""Return an element of an equation as one line of text.

    "/" separates the parts of a fraction. Unicode's raised characters or "^" show a power. A term of several
    parts stands in brackets, so that none of its parts is read with a neighbouring term.

    Args:
        element: Element of Office's markup of mathematics.
        text: Gives the words of a run.
    """
    return " ".join(_linear(element, text).split())


def _linear(element: Any, text: Callable[[Any], str]) -> str:
    pieces = []
    for child in element:
        name = child.tag.removeprefix(_PREFIX) if isinstance(child.tag, str) else ""
        if name == "r":
            pieces.append(text(child))
        elif name in _WRITERS:
            pieces.append(_WRITERS[name](child, text))
        elif not name.endswith("Pr"):
            pieces.append(_linear(child, text))
    return "".join(pieces)


def _part(element: Any, name: str, text: Callable[[Any], str]) -> str:
    found = element.find(_PREFIX + name)
    return "" if found is None else _linear(found, text).strip()


def _setting(element: Any, properties: str, name: str, default: str) -> str:
    found = element.find(f"{_PREFIX}{properties}/{_PREFIX}{name}")
    if found is None:
        return default
    shown: str = found.get(_PREFIX + "val", default)
    return shown


def _grouped(text: str) -> str:
    """Return a part, in brackets unless it is a single number or word."""
    whole = (
        text.isalnum()
        or set(text) <= _PLAIN
        or ((text[:1], text[-1:]) == ("(", ")") and text.count("(") == 1)
    )
    return text if whole else f"({text})"


def _power(exponent: str) -> str:
    raised = {**dict(zip("0123456789+-−n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻ⁿ", strict=True))}
    if not exponent:
        return ""
    if all(character in raised for character in exponent):
        return "".join(map(raised.__getitem__, exponent))
    return f"^{_grouped(exponent)}"


def _index(lowered: str) -> str:
    written = write_lowered("", lowered)
    return written if written != lowered or not lowered else f"_{_grouped(lowered)}"


def _base(element: Any, text: Callable[[Any], str]) -> str:
    return _grouped(_part(element, "e", text))


def _fraction(element: Any, text: Callable[[Any], str]) -> str:
    return f"{_grouped(_part(element, 'num', text))}/{_grouped(_part(element, 'den', text))}"


def _root(element: Any, text: Callable[[Any], str]) -> str:
    degree = _part(element, "deg", text)
    sign = _ROOTS.get(degree) or f"{_power(degree)}√"
    return f"{sign}{_grouped(_part(element, 'e', text))}"


def _sum(element: Any, text: Callable[[Any], str]) -> str:
    sign = _setting(element, "naryPr", "chr", "∫")
    below, above = _part(element, "sub", text), _part(element, "sup", text)
    return f"{sign}{_index(below)}{_power(above)} {_part(element, 'e', text)}"


def _bracketed(element: Any, text: Callable[[Any], str]) -> str:
    begin, end = _setting(element, "dPr", "begChr", "("), _setting(element, "dPr", "endChr", ")")
    between = _setting(element, "dPr", "sepChr", "|")
    parts = [_linear(part, text).strip() for part in element.iterchildren(_PREFIX + "e")]
    return f"{begin}{between.join(parts)}{end}"


def _function(element: Any, text: Callable[[Any], str]) -> str:
    return f"{_part(element, 'fName', text)} {_part(element, 'e', text)}"


def _rows(element: Any, text: Callable[[Any], str]) -> str:
    rows = [_linear(part, text).strip() for part in element.iterchildren(_PREFIX + "e")]
    return "; ".join(rows)


def _matrix(element: Any, text: Callable[[Any], str]) -> str:
    rows = (
        ", ".join(_linear(cell, text).strip() for cell in row.iterchildren(_PREFIX + "e"))
        for row in element.iterchildren(_PREFIX + "mr")
    )
    return f"[{'; '.join(rows)}]"


def _accented(element: Any, text: Callable[[Any], str]) -> str:
    return f"{_part(element, 'e', text)}{_setting(element, 'accPr', 'chr', chr(0x302))}"


def _phantom(element: Any, text: Callable[[Any], str]) -> str:
    shown = _setting(element, "phantPr", "show", "1") not in {"0", "off", "false"}
    return _part(element, "e", text) if shown else ""


_WRITERS: dict[str, Callable[[Any, Callable[[Any], str]], str]] = {
    "f": _fraction,
    "rad": _root,
    "nary": _sum,
    "d": _bracketed,
    "func": _function,
    "eqArr": _rows,
    "m": _matrix,
    "acc": _accented,
    "phant": _phantom,
    "sSup": lambda one, text: _base(one, text) + _power(_part(one, "sup", text)),
    "sSub": lambda one, text: _base(one, text) + _index(_part(one, "sub", text)),
    "sSubSup": lambda one, text: (
        _base(one, text) + _index(_part(one, "sub", text)) + _power(_part(one, "sup", text))
    ),
    "sPre": lambda one, text: (
        _index(_part(one, "sub", text)) + _power(_part(one, "sup", text)) + _base(one, text)
    ),
    "limLow": lambda one, text: f"{_part(one, 'e', text)}_{_grouped(_part(one, 'lim', text))}",
    "limUpp": lambda one, text: f"{_part(one, 'e', text)}^{_grouped(_part(one, 'lim', text))}",
}
