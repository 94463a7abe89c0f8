"""Read how characters of Rich Text look: its tables of fonts and colours, and the words that set a look."""

import re
from collections.abc import Callable
from dataclasses import dataclass

_FONT = re.compile(r"\\f(\d{1,5})((?:\\[a-z]{1,20}-?\d{0,9} ?|\{[^{}]{0,99}\}){0,20})([^;{}\\]{0,60});")
_CODE_PAGES = {
    0: "cp1252", 77: "mac_roman", 128: "cp932", 129: "cp949", 134: "gbk", 136: "cp950", 161: "cp1253",
    162: "cp1254", 163: "cp1258", 177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251", 222: "cp874",
    238: "cp1250",
}  # fmt: skip
_SYMBOL_SET = 2


@dataclass(slots=True)
class State:
    """The settings that hold inside a group."""

    hidden: bool = False
    struck: bool = False
    deleted: bool = False
    raised: int = 0
    font: int = -1
    size: int = 24
    colour: int = 0
    behind: bool = False
    skipped: bool = False
    about: str = ""
    uc: int = 1


@dataclass(slots=True)
class Font:
    """A font: its name, and the encoding of its characters, "" where the file gives none."""

    name: str = ""
    page: str = ""


def read_fonts(text: str) -> dict[int, Font]:
    """Return the fonts of a file by their numbers."""
    begin = text.find("\\fonttbl")
    table = text[begin : begin + 20_000] if begin >= 0 else ""
    fonts = {}
    for found in _FONT.finditer(table):
        charset = re.search(r"\\fcharset(\d{1,3})", found[2])
        kind = int(charset[1]) if charset else 0
        page = "" if kind == _SYMBOL_SET else _CODE_PAGES.get(kind, "")
        fonts[int(found[1])] = Font(found[3].strip(), page)
    return fonts


def read_whites(text: str) -> set[int]:
    """Return the numbers of the colours that are as white as white."""
    colours = re.search(r"\\colortbl([^{}]{0,5000})", text)
    whites = set()
    for place, one in enumerate(colours[1].split(";") if colours else ()):
        channels = [int(value) for value in re.findall(r"\\(?:red|green|blue)(\d{1,3})", one)]
        if len(channels) == 3 and min(channels) > 243:  # noqa: PLR2004
            whites.add(place)
    return whites


def _set(name: str) -> Callable[[State, bool, int], None]:
    return lambda state, on, _number: setattr(state, name, on)


def _number(name: str, of: Callable[[int], int] = int) -> Callable[[State, bool, int], None]:
    return lambda state, _on, number: setattr(state, name, of(number))


def _plain(state: State, _on: bool, _number: int) -> None:  # noqa: FBT001
    state.hidden = state.struck = state.deleted = state.behind = False
    state.raised, state.size, state.colour = 0, 24, 0


# Each control word with its effect on the look, given its switch and its number.
SETTERS: dict[str, Callable[[State, bool, int], None]] = {
    "v": _set("hidden"),
    "strike": _set("struck"),
    "striked": _set("struck"),
    "deleted": _set("deleted"),
    "super": lambda state, on, _number: setattr(state, "raised", int(on)),
    "sub": lambda state, on, _number: setattr(state, "raised", -int(on)),
    "up": lambda state, on, _number: setattr(state, "raised", int(on)),
    "dn": lambda state, on, _number: setattr(state, "raised", -int(on)),
    "nosupersub": lambda state, _on, _number: setattr(state, "raised", 0),
    "plain": _plain,
    "f": _number("font"),
    "fs": _number("size"),
    "cf": _number("colour"),
    "uc": _number("uc", lambda number: min(max(number, 0), 100)),
    **{name: _set("behind") for name in ("cb", "chcbpat", "highlight")},
}
