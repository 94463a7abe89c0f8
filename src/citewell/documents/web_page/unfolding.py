"""Find the parts of a page that a click or a pointer unfolds: tabs, accordions, parts that a button names."""

import re
from collections.abc import Iterable, Iterator

from lxml.etree import _Element as Element

from citewell.documents.web_page.lengths import number
from citewell.documents.web_page.styles import Declarations

_CONTROLS = frozenset({"a", "button", "summary", "label", "input", "option", "li"})
_NAMES = re.compile(r"[#.]?[A-Za-z_][\w:.-]*")
_LONGEST_NAMES = 200


class Openers:
    """The parts of a page that a person can unfold: those a control names, and those CSS shows on a click."""

    def __init__(self, elements: Iterable[Element]) -> None:
        """Find the controls among the elements of a page."""
        self._ids: set[str] = set()
        self._classes: set[str] = set()
        for control in elements:
            if isinstance(control.tag, str) and (
                control.tag in _CONTROLS or control.get("role") or control.get("onclick")
            ):
                for name in _named(control):
                    (self._classes if name.startswith(".") else self._ids).add(name.lstrip("#."))

    def can_open(self, element: Element, later: Declarations) -> bool:
        """Whether a person can unfold a hidden element; `later` is what CSS declares after a click."""
        if element.get("role") == "tabpanel" or element.get("id") in self._ids:
            return True
        if self._classes and not self._classes.isdisjoint((element.get("class") or "").split()):
            return True
        return bool(later) and (
            later.get("display", "none") != "none"
            or later.get("visibility") == "visible"
            or number(later.get("opacity"), 0) > 0
            or number(later.get("max-height"), 0) > 1
            or (later.get("max-height") == "none")
            or number(later.get("height"), 0) > 1
            or later.get("height") in {"auto", "fit-content"}
        )


def _named(control: Element) -> Iterator[str]:
    """Yield the names in a control: `aria-controls="a"`, `data-bs-target="#a"`, `onclick="show('a')"`."""
    is_toggle = False
    for name, value in control.attrib.items():
        if name == "aria-controls" or (name == "for" and control.tag == "label"):
            yield from str(value).split()
        elif name.startswith("data-"):
            is_toggle = is_toggle or "toggle" in name or "tab" in name
            if len(value) < _LONGEST_NAMES:
                yield from _NAMES.findall(str(value))
        elif name == "onclick":
            yield from re.findall(r"['\"]([#.]?[\w:-]{1,80})['\"]", str(value)[:2000])
    href = control.get("href") or ""
    if href.startswith("#") and (
        is_toggle or control.get("role") in {"tab", "button"} or control.get("aria-expanded")
    ):
        yield href
