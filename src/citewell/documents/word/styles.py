"""Tell how words look: by their own properties, their styles, and the styles these are based on."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from citewell.documents.word.names import child, is_on, number, value, w

# A switch that both the character's and the paragraph's style turn on is off (ISO/IEC 29500-1, 17.7.3).
_TOGGLES = frozenset({"vanish", "strike"})
# In half points: nobody reads letters below three points.
_SMALLEST = 6
# Two colours whose channels differ by less look the same. The lightest grey in use differs more from white.
_SAME = 12
# In half points: the least distance of a raised or lowered character from the line.
_OFF_LINE = 3
_ALIGNED = {"superscript": 1, "subscript": -1, "baseline": 0}
# A background of unknown colour.
UNKNOWN = "?"
WHITE = "FFFFFF"
_HIGHLIGHTS = {
    "black": "000000", "blue": "0000FF", "cyan": "00FFFF", "green": "00FF00", "magenta": "FF00FF",
    "red": "FF0000", "yellow": "FFFF00", "white": "FFFFFF", "darkBlue": "000080", "darkCyan": "008080",
    "darkGreen": "008000", "darkMagenta": "800080", "darkRed": "800000", "darkYellow": "808000",
    "darkGray": "808080", "lightGray": "C0C0C0",
}  # fmt: skip
Properties = dict[str, Any]
# A chain of this many styles is a circle.
_LONGEST_CHAIN = 30


class Look(NamedTuple):
    """How characters look.

    Attributes:
        hidden: Whether they are invisible.
        struck: A line goes through them.
        raised: 1 above the line, -1 below it, 0 on it.
        font: Name of the font, "" where no property names one.
    """

    hidden: bool = False
    struck: bool = False
    raised: int = 0
    font: str = ""


class Style(NamedTuple):
    """A paragraph's or character's style, with the values of the styles that it is based on.

    Attributes:
        name: Word's English name of the style, in lower case; "" for none.
        run: Properties of its characters.
        level: Level of a heading, from 1; 0 for other styles.
        numbering: Its list and the level in that list; None without a list.
        shade: The colour behind it; "" for none.
    """

    name: str = ""
    run: Mapping[str, Any] = {}
    level: int = 0
    numbering: tuple[str, int] | None = None
    shade: str = ""


class Styles:
    """The styles of a document."""

    def __init__(self, root: Any) -> None:
        """Read the styles.

        Args:
            root: The element of the part of styles, or None.
        """
        self._found: dict[str, Any] = {}
        self.default = ""
        self._defaults: Properties = {}
        self._made: dict[str, Style] = {}
        self._looks: dict[tuple[str, str, str], Look] = {}
        self._shaded: dict[str, bool] = {}
        if root is None:
            return
        self._defaults = read_run(child(root, "docDefaults", "rPrDefault", "rPr"))
        for style in root.iterchildren(w("style")):
            self._found.setdefault(value(style, "styleId"), style)
            if value(style, "type") == "paragraph" and value(style, "default") in {"1", "true", "on"}:
                self.default = value(style, "styleId")

    def style(self, id_: str) -> Style:
        """Return the style of an id; an empty style where the document lacks the id."""
        if id_ not in self._made:
            self._made[id_] = self._make(id_)
        return self._made[id_]

    def look(self, paragraph: str, own: Properties | None, background: str) -> Look:
        """Return how characters look.

        Args:
            paragraph: The id of their paragraph's style.
            own: Their own properties, as of `read_run`; None for none.
            background: The colour behind their paragraph.
        """
        plain = own is None or own.keys() <= {"rStyle"}
        key = (paragraph, own.get("rStyle", "") if own else "", background)
        if plain and key in self._looks:
            return self._looks[key]
        look = self._look(key[0], key[1], own or {}, background)
        if plain:
            self._looks[key] = look
        return look

    def has_shade(self, id_: str) -> bool:
        """Whether a table's style, or a style it is based on, sets a colour behind any part of the table."""
        if id_ not in self._shaded:
            self._shaded[id_] = any(
                next(style.iter(w("shd")), None) is not None for style in self._chain(id_)
            )
        return self._shaded[id_]

    def _look(self, paragraph: str, character: str, own: Properties, background: str) -> Look:
        of_paragraph = self.style(paragraph or self.default).run
        of_character = self.style(character).run
        all_ = {**self._defaults, **of_paragraph, **of_character, **own}
        for name in _TOGGLES - own.keys():
            styled = of_paragraph.get(name, False) != of_character.get(name, False)
            all_[name] = styled or self._defaults.get(name, False)
        tiny = 0 <= all_.get("size", _SMALLEST) < _SMALLEST
        behind = _HIGHLIGHTS.get(all_.get("highlight", ""), "") or all_.get("shade", "") or background
        unseen = is_same_colour(all_.get("colour", ""), behind or WHITE)
        return Look(
            hidden=bool(all_["vanish"] or all_.get("webHidden") or tiny or unseen),
            struck=bool(all_["strike"] or all_.get("dstrike")),
            raised=_raised(all_),
            font=all_.get("font", ""),
        )

    def _chain(self, id_: str) -> list[Any]:
        """Return the elements of a style and of the styles it is based on, the nearest first."""
        chain: list[Any] = []
        while id_ in self._found and len(chain) < _LONGEST_CHAIN:
            chain.append(self._found[id_])
            id_ = value(child(chain[-1], "basedOn"))
        return chain

    def _make(self, id_: str) -> Style:
        chain = self._chain(id_)
        run: Properties = {}
        level: int | None = None
        numbering: tuple[str, int] | None = None
        shade = ""
        for element in reversed(chain):
            run.update(read_run(child(element, "rPr")))
            properties = child(element, "pPr")
            name = value(child(element, "name")).lower()
            if (outline := child(properties, "outlineLvl")) is not None:
                level = level_of(outline)
            elif level is None and name.startswith("heading ") and name[8:].isdecimal():
                level = int(name[8:])
            elif level is None and name == "title":
                level = 1
            numbering = numbering_of(child(properties, "numPr"), numbering)
            shade = shade_of(child(properties, "shd")) or shade
        run.pop("rStyle", None)
        name = value(child(chain[0], "name")).lower() if chain else id_.lower()
        if not chain and (name[:7] == "heading" and name[7:].strip().isdecimal()):
            level = int(name[7:])
        return Style(name, run, level or 0, numbering, shade)


def read_run(properties: Any) -> Properties:
    """Read the properties of an rPr element that decide how its characters look."""
    found: Properties = {}
    for one in () if properties is None else properties:
        if one.tag in _READ:
            name, read = _READ[one.tag]
            found[name] = read(one)
    if not found.get("font", "?"):
        del found["font"]
    return found


def level_of(outline: Any) -> int:
    """Return the heading level of an outlineLvl element, from 1; 0 for body text."""
    level = number(outline, default=9)
    return level + 1 if 0 <= level < 9 else 0  # noqa: PLR2004  # the format has nine levels


def numbering_of(element: Any, before: tuple[str, int] | None) -> tuple[str, int] | None:
    """Return the list and level that a numPr element gives, or None; `before` fills missing values."""
    if element is None:
        return before
    id_ = value(child(element, "numId")) or (before[0] if before else "")
    return id_, number(child(element, "ilvl"), default=before[1] if before else 0)


def shade_of(element: Any) -> str:
    """Return the background colour of a shd element; "" for none, "?" for an unknown colour."""
    if element is None:
        return ""
    pattern, fill = value(element) or "clear", value(element, "fill")
    if pattern == "solid":
        fill = value(element, "color")
    elif pattern not in {"clear", "nil"}:
        return UNKNOWN
    if fill in {"", "auto"}:
        return UNKNOWN if value(element, "themeFill") else ""
    return fill


def _raised(properties: Properties) -> int:
    aligned: int | None = _ALIGNED.get(properties.get("vertAlign", ""))
    if aligned is not None:
        return aligned
    position: int = properties.get("position", 0)
    return (position >= _OFF_LINE) - (position <= -_OFF_LINE)


def is_same_colour(colour: str, behind: str) -> bool:
    """Whether two colours look the same; an unknown colour differs from every other."""
    try:
        pairs = zip(bytes.fromhex(colour), bytes.fromhex(behind), strict=True)
        return len(colour) == len(WHITE) and all(abs(one - other) < _SAME for one, other in pairs)
    except ValueError:
        return False


# The elements of an rPr element that are read, and what of them. Of a colour of the theme the value is the
# colour that it was when the document was saved.
_READ: dict[str, tuple[str, Callable[[Any], Any]]] = {
    **{w(name): (name, is_on) for name in ("vanish", "strike", "dstrike", "webHidden")},
    **{w(name): (name, value) for name in ("vertAlign", "highlight", "rStyle")},
    w("specVanish"): ("vanish", is_on),
    w("color"): ("colour", value),
    w("shd"): ("shade", shade_of),
    w("sz"): ("size", lambda one: number(one, default=_SMALLEST)),
    w("position"): ("position", number),
    w("rFonts"): ("font", lambda one: value(one, "ascii") or value(one, "hAnsi")),
}
