"""Keep the text of a page that a person sees; hidden and struck-out text leaves the tree, and is noted.

The page's own CSS, its attributes and the rules of HTML decide. Text that a click unfolds stays.
"""

import re
from dataclasses import dataclass, field

import cssselect2
from lxml.etree import _Element as Element

from citewell.documents.remarks import Remarks
from citewell.documents.web_page.colours import Colours
from citewell.documents.web_page.lengths import number, share
from citewell.documents.web_page.styles import Declarations, page_styles
from citewell.documents.web_page.unfolding import Openers

# The tag of the element that stands in the place of a part that left the tree, and keeps the text behind the
# part in place. No page has a tag of this name.
GONE = "{citewell}gone"
# The attributes of a GONE element. They hold the words that were struck out (WITHDRAWN), that only colour,
# size or place hide (UNSEEN), or that take no place on the page (HIDDEN); PICTURE marks a picture.
WITHDRAWN, UNSEEN, HIDDEN, PICTURE = "withdrawn", "unseen", "hidden", "picture"
# Elements that are never text of the page: those not shown, and controls, which a person uses.
NEVER = frozenset(
    "script style template head meta link title noscript noframes iframe object embed applet audio video"
    " canvas"
    " datalist select option optgroup textarea input button progress meter dialog map area param source track"
    " picture img base frameset frame portal menuitem".split()
)
# `picture` and `video` hold no text to read; their caption stands beside them.
STRUCK = frozenset({"del", "s", "strike"})
# The classes that frameworks give to struck text; their style sheets are separate files.
_STRUCK_CLASSES = frozenset({"line-through", "text-decoration-line-through", "strikethrough"})
# The classes that frameworks give to text for people who do not see the page; separate style sheets hide it.
_UNSEEN_CLASSES = frozenset(
    "sr-only visually-hidden visuallyhidden screen-reader-text screenreader-text screen-reader-only"
    " element-invisible a11y-hidden assistive-text u-visually-hidden is-visually-hidden"
    " visually-hidden-focusable"
    " sr-only-focusable".split()
)
_FAR = 500  # pixels beyond an edge of the page; text so far out is hidden
_SHOWN_TWICE = frozenset({"katex-html", "mjx-chtml", "mathjax_preview", "mathjax", "mjx-math"})


@dataclass(slots=True)
class _State:
    """The properties that the elements inside an element inherit.

    Attributes:
        is_visible: Whether `visibility` shows the element.
        size: Font size, in pixels.
        colours: The colours of the text and its background.
        can_be_read: Whether a person can read text in the element.
    """

    is_visible: bool
    size: float
    colours: Colours
    can_be_read: bool = field(init=False)

    def __post_init__(self) -> None:
        """Tell whether text can be read."""
        self.can_be_read = self.is_visible and self.size > 1 and not self.colours.are_alike


def keep_seen(root: Element, remarks: Remarks) -> None:
    """Take out of a page what nobody sees, and write the looks that CSS gives to the rest into its tags.

    Raised text becomes `sup`, lowered text `sub`, and an element that CSS shows as a block `div`. The
    attributes of `GONE` elements hold the words that left the tree. `remarks` notes the styles that were not
    read.
    """
    elements = list(root.iter())  # kept: lxml makes an element again each time that nothing holds it
    styles = page_styles(root)
    openers = Openers(elements)
    # Only rules of CSS need the wrappers of the elements.
    stack: list[tuple[Element, cssselect2.ElementWrapper | None, _State]] = [
        (
            root,
            cssselect2.ElementWrapper.from_html_root(root) if styles else None,
            _State(is_visible=True, size=16.0, colours=Colours()),
        )
    ]
    gone: list[tuple[Element, str]] = []
    while stack:
        element, wrapper, above = stack.pop()
        declared, later = styles.declared(element, wrapper)
        is_bare = not declared and not element.attrib
        if element.tag in NEVER and not _is_read(element):
            gone.append((element, PICTURE if element.tag == "img" else ""))
        elif element.tag in STRUCK or (not is_bare and _is_struck(element, declared)):
            gone.append((element, WITHDRAWN))
        elif is_bare and above.can_be_read:  # most elements
            stack += [(one, its, above) for one, its in reversed(_inside(element, wrapper))]
        elif _is_hidden(element, declared) and not openers.can_open(element, later):
            gone.append((element, HIDDEN))
        else:
            state = _state(element, declared, above)
            if _is_out_of_sight(element, declared) and not openers.can_open(element, later):
                gone.append((element, UNSEEN))
                continue
            is_lost = not state.can_be_read and _has_text(element)
            if is_lost and not openers.can_open(element, later):
                _drop_own_text(element, UNSEEN if state.is_visible else HIDDEN)
            _retag(element, declared)
            stack += [(one, its, state) for one, its in reversed(_inside(element, wrapper))]
    for element, how in gone:
        leave_out(element, how)
    for problem in styles.problems:
        remarks.tell(problem)


def leave_out(element: Element, how: str = "") -> None:
    """Replace an element by an empty GONE element, with its words in the attribute `how`; "" keeps none."""
    said = " ".join("".join(element.itertext()).split()) if how else ""
    element.clear(keep_tail=True)
    element.tag = GONE
    if said or how == PICTURE:
        element.set(how, said)


def _is_read(element: Element) -> bool:
    """Whether a control holds text to read here: an open dialog, or a button in a heading of an accordion."""
    if element.tag == "button":
        parent = element.getparent()
        return parent is not None and parent.tag in {"h1", "h2", "h3", "h4", "h5", "h6", "dt", "summary"}
    return element.tag == "dialog" and element.get("open") is not None


def _inside(
    element: Element, wrapper: cssselect2.ElementWrapper | None
) -> list[tuple[Element, cssselect2.ElementWrapper | None]]:
    """Return the elements in an element with their wrappers."""
    if wrapper is None:
        return [(inner, None) for inner in element if isinstance(inner.tag, str)]
    return [(inner.etree_element, inner) for inner in wrapper.iter_children()]


def _is_struck(element: Element, declared: Declarations) -> bool:
    """Whether the style or a class of an element strikes its text out."""
    # The later of the two wins in CSS; both rarely stand on one element.
    line = f"{declared.get('text-decoration', '')} {declared.get('text-decoration-line', '')}".lower()
    return "line-through" in line or not _STRUCK_CLASSES.isdisjoint(
        (element.get("class") or "").lower().split()
    )


def _is_hidden(element: Element, declared: Declarations) -> bool:
    """Whether an element takes no place on the page; never for a whole page, which its scripts will show."""
    if element.tag in {"html", "body"}:
        return False
    display = declared.get("display", "").lower()
    if display == "none" or declared.get("content-visibility", "").lower() == "hidden":
        return True
    hidden = element.get("hidden")
    if hidden is not None and hidden.lower() != "until-found" and not display:
        return True
    classes = (element.get("class") or "").lower().split()
    return not _UNSEEN_CLASSES.isdisjoint(classes) or not _SHOWN_TWICE.isdisjoint(classes)


def _is_out_of_sight(  # noqa: PLR0911  # one way of hiding after another
    element: Element, declared: Declarations
) -> bool:
    """Whether an element is placed, cut or shrunk so that nothing of it is seen."""
    if not declared or element.tag in {"html", "body"}:
        return False
    if (
        "opacity(0)" in declared.get("filter", "")
        or number(declared.get("opacity")) == 0
        or number(declared.get("text-indent"), 0) <= -_FAR
    ):
        return True
    position = declared.get("position", "").lower()
    if position in {"absolute", "fixed", "relative"} and (
        any(number(declared.get(side), 0) <= -_FAR for side in ("left", "top", "right", "bottom"))
        or any(number(declared.get(side), 0) >= 20 * _FAR for side in ("left", "top"))
    ):
        return True
    if any(number(declared.get(side), 0) <= -_FAR for side in ("margin-left", "margin-top")):
        return True
    clip, path = declared.get("clip", "").lower(), declared.get("clip-path", "").lower()
    if position in {"absolute", "fixed"} and re.fullmatch(r"rect\((?:[01](?:px)?[\s,]*){4}\)", clip):
        return True
    if re.match(r"inset\((?:50|100)%|circle\(0|polygon\(0(?:px)? 0(?:px)?(?:, ?0(?:px)? 0(?:px)?)*\)", path):
        return True
    if re.search(
        r"scale(?:[xy]|3d)?\(0[,)]|scale\(0(?:\.0+)?\)|translate[xy]?\(-\d{4,}px",
        declared.get("transform", "").lower(),
    ):
        return True
    cut = any(
        value in {"hidden", "clip"}
        for name in ("overflow", "overflow-x", "overflow-y")
        for value in declared.get(name, "").lower().split()
    )
    small = (number(declared.get(name), 99) <= 1 for name in ("width", "height", "max-height", "max-width"))
    return cut and any(small)


def _state(element: Element, declared: Declarations, above: _State) -> _State:
    visibility = "" if element.tag in {"html", "body"} else declared.get("visibility", "").lower()
    visible = visibility == "visible" if visibility in {"visible", "hidden", "collapse"} else above.is_visible
    size = above.size
    if found := (declared.get("font-size") or _size_in_font(declared.get("font", ""))):
        relative = found.endswith(("em", "%")) and not found.endswith("rem")
        size = above.size * share(found) if relative else number(found, above.size)
    return _State(visible, size, above.colours.within(element, declared))


def _size_in_font(font: str) -> str:
    """Return the font size in a `font` shorthand: `0/0 a`, `bold 12px serif`."""
    found = re.search(r"(?:^|\s)([\d.]+(?:px|pt|em|rem|%)|0)(?:/|\s)", font)
    return found[1] if found else ""


def _has_text(element: Element) -> bool:
    return bool((element.text or "").strip()) or any((inner.tail or "").strip() for inner in element)


def _drop_own_text(element: Element, how: str) -> None:
    """Drop an element's own text, but not the elements inside, which may have another colour or size."""
    own = " ".join(" ".join([element.text or "", *(inner.tail or "" for inner in element)]).split())
    element.text = " "
    for inner in element:
        inner.tail = " "
    element.insert(0, element.makeelement(GONE, {how: own}))


def _retag(element: Element, declared: Declarations) -> None:
    """Change the tag of an inline element to match its CSS."""
    if element.tag not in {"span", "a", "small", "font", "i", "b", "em", "strong"}:
        return
    place = declared.get("vertical-align", "").lower()
    if place in {"super", "text-top"}:
        element.tag = "sup"
    elif place == "sub":
        element.tag = "sub"
    elif element.tag == "span" and declared.get("display", "").lower() in {
        "block",
        "flex",
        "grid",
        "table",
        "list-item",
    }:
        element.tag = "div"
