"""Number the items of lists as their page shows them, and find the elements around an element."""

from collections.abc import Container, Sequence
from dataclasses import dataclass

from lxml.etree import _Element as Element

HEADINGS = {f"h{level}": level for level in range(1, 7)}
# The elements that begin and end a line of their own.
BLOCKS = frozenset(
    "address article aside blockquote body center dd details dialog dir div dl dt fieldset figcaption"
    " figure footer"
    " form header hgroup hr html legend li main menu nav ol p pre section summary table tbody td tfoot th"
    " thead tr"
    " ul caption listing xmp plaintext".split()
) | {*HEADINGS}


@dataclass(slots=True)
class OpenList:
    """A list that is open: its kind and the next number."""

    is_ordered: bool
    number: int
    step: int
    kind: str


def open_list(element: Element, tag: str) -> OpenList:
    """Return a list with the kind and the first number that its attributes give."""
    start = (element.get("start") or "").strip()
    number = int(start) if start.lstrip("-").isdecimal() and len(start) < 8 else 1  # noqa: PLR2004
    if element.get("reversed") is not None:
        items = sum(child.tag == "li" for child in element)
        return OpenList(tag == "ol", number if start else items, -1, element.get("type") or "1")
    return OpenList(tag == "ol", number, 1, element.get("type") or "1")


def numeral(number: int, kind: str) -> str:
    """Write the number of an item as its list does."""
    if kind in {"a", "A"} and 0 < number <= 26:  # noqa: PLR2004
        return chr(ord(kind) + number - 1)
    if kind in {"i", "I"} and 0 < number < 40:  # noqa: PLR2004
        tens, ones = divmod(number, 10)
        units: Sequence[str] = ("", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix")
        written = "x" * tens + units[ones]
        return written if kind == "i" else written.upper()
    return str(number)


def is_bare_reading(element: Element) -> bool:
    """Whether a ruby reading has no `rp` brackets, so that a line of text must add them."""
    ruby = element.getparent()
    return ruby is not None and next(ruby.iter("rp"), None) is None


def element_around(element: Element, tags: Container[str]) -> Element | None:
    """Return the nearest element around this one that has one of some tags; None where there is none."""
    around = element.getparent()
    while around is not None and around.tag not in tags:
        around = around.getparent()
    return around
