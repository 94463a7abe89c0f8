"""Name the elements and attributes of WordprocessingML that are read."""

from typing import Any

_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def w(name: str) -> str:
    """Return a name of the namespace of Word as lxml writes it."""
    return _WORD + name


def value(element: Any, attribute: str = "val") -> str:
    """Return an attribute of Word, "" where the element or the attribute is not there."""
    return "" if element is None else element.get(_WORD + attribute) or ""


def number(element: Any, attribute: str = "val", default: int = 0) -> int:
    """Return the number in an attribute; the default where its value is no number."""
    text = value(element, attribute)
    try:
        return int(text)
    except ValueError:
        return default


def is_on(element: Any) -> bool:
    """Whether a switch is on; a switch without a value is on."""
    return value(element).lower() not in {"0", "false", "off", "none"}


def child(element: Any, *names: str) -> Any:
    """Return the element at the end of a path of first children, or None."""
    for name in names:
        if element is None:
            return None
        # This is several times as quick as `find`, and it is called for every run.
        element = next(element.iterchildren(_WORD + name), None)
    return element


def children(element: Any) -> dict[str, Any]:
    """Return an element's children by tag, the last of each tag; no children for None."""
    return {} if element is None else {one.tag: one for one in element}


def math(name: str) -> str:
    """Return a name of the namespace of equations."""
    return "{http://schemas.openxmlformats.org/officeDocument/2006/math}" + name


PARAGRAPH, RUN, TEXT, TABLE, ROW, CELL = map(w, ("p", "r", "t", "tbl", "tr", "tc"))
RUN_PROPERTIES = w("rPr")
BOX = w("txbxContent")
ALTERNATIVES = "{http://schemas.openxmlformats.org/markup-compatibility/2006}AlternateContent"
CHOICE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Choice"
FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
EQUATION = math("oMath")
# The text that tracked changes deleted, and the old place of text that they moved.
TAKEN_OUT = frozenset({w("del"), w("moveFrom")})
# Properties: the words in them are no text of the document.
PROPERTIES = frozenset(
    {
        *map(w, "pPr rPr tblPr tblGrid trPr tcPr sectPr sdtPr sdtEndPr smartTagPr customXmlPr".split()),
        FALLBACK,
    }
)
