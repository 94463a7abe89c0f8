"""Read lengths of CSS."""

import re

_SIZE = re.compile(r"(-?[\d.]+)(px|pt|em|rem|%|vw|vh|ch|ex|cm|mm|in)?", re.IGNORECASE)
_IN_PX = {
    "px": 1,
    "pt": 1.33,
    "em": 16,
    "rem": 16,
    "%": 10,
    "vw": 12.8,
    "vh": 8,
    "ch": 8,
    "ex": 8,
    "cm": 38,
    "mm": 4,
    "in": 96,
}


def number(value: str | None, default: float = -1) -> float:
    """Return a length in pixels or a plain number; the default where there is none."""
    found = _SIZE.match(value.strip()) if value else None
    if not found:
        return default
    try:
        return float(found[1]) * _IN_PX.get((found[2] or "px").lower(), 1)
    except ValueError:
        return default


def share(value: str) -> float:
    """Return a font size as a share of the size around it: 0.8 for "80%" and "0.8em"."""
    return number(value, 16) / 16 if value.endswith("em") else number(value, 1000) / 1000
