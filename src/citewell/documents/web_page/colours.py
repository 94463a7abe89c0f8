"""Tell whether text has the colour of what is behind it."""

from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

import tinycss2
import tinycss2.color3
from lxml.etree import _Element as Element

from citewell.documents.web_page.styles import Declarations

Colour: TypeAlias = tuple[float, float, float, float]
BLACK: Colour = (0.0, 0.0, 0.0, 1.0)
WHITE: Colour = (1.0, 1.0, 1.0, 1.0)
# Share of a channel's range; on a screen, nobody can tell colours apart that differ by less.
CLOSE = 0.04
FAINT = 0.04  # of full opacity


@dataclass(frozen=True, slots=True)
class Colours:
    """The colours of text and its background; `behind` is None for a picture, gradient or mixed colour."""

    text: Colour = BLACK
    behind: Colour | None = WHITE

    @property
    def are_alike(self) -> bool:
        """Whether nobody can read the text."""
        if self.text[3] <= FAINT:
            return True
        return self.behind is not None and all(
            abs(one - other) <= CLOSE for one, other in zip(self.text[:3], self.behind[:3], strict=True)
        )

    def within(self, element: Element, declared: Declarations) -> "Colours":
        """Return the colours inside an element."""
        text, behind = self.text, self.behind
        if element.tag in {"font", "body"}:
            text = _parsed(element.get("color") or element.get("text") or "") or text
        if element.get("bgcolor"):
            behind = _parsed(element.get("bgcolor") or "") or behind
        if element.tag in {"body", "table", "td"} and element.get("background"):
            behind = None
        if not declared:
            return self if (text, behind) == (self.text, self.behind) else Colours(text, behind)
        text = _parsed(declared.get("-webkit-text-fill-color") or declared.get("color", "")) or text
        shorthand = declared.get("background", "")
        value = f"{shorthand} {declared.get('background-image', '')}".lower()
        if (
            "url(" in value
            or "gradient(" in value
            or "var(" in value
            or "var(" in declared.get("background-color", "")
        ):
            return Colours(text, None)
        found = _parsed(declared.get("background-color", "")) or _in_shorthand(shorthand)
        if found is not None and found[3] > FAINT:
            # The screen mixes a translucent background with what is behind it: the colour is not known.
            behind = found if found[3] > 1 - FAINT else None
        return Colours(text, behind)


@lru_cache(maxsize=1024)
def _parsed(value: str) -> Colour | None:
    """Return the colour that a value names; None where it names none, as `inherit` and `var(--x)`."""
    value = value.strip()
    if value and all(character in "0123456789abcdefABCDEF" for character in value) and len(value) in {3, 6}:
        value = f"#{value}"
    try:
        found = tinycss2.color3.parse_color(value) if value else None
    except (ValueError, RecursionError):
        return None
    return None if found is None or isinstance(found, str) else tuple(found)


@lru_cache(maxsize=1024)
def _in_shorthand(value: str) -> Colour | None:
    for token in tinycss2.parse_component_value_list(value) if value else ():
        found = tinycss2.color3.parse_color(token) if token.type in {"ident", "hash", "function"} else None
        if found is not None and not isinstance(found, str):
            return tuple(found)
    return None
