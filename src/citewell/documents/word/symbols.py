"""Turn the characters of symbol fonts into Unicode."""

import re
from collections.abc import Mapping
from functools import cache

# The character for a symbol without a known meaning.
UNKNOWN = "\ufffd"
_PRIVATE = (0xE000, 0xF8FF)
_ALONE = re.compile("[\ue000-\uf8ff]")
# Symbol fonts put their characters at these code points, and at the ASCII codes.
_SHIFTED = (0xF000, 0xF0FF)
_BYTE = 0xFF
_OTHER_NAMES = {
    "symbolmt": "Symbol",
    "symbolps": "Symbol",
    "standardsymbolsl": "Symbol",
    "opensymbol": "Symbol",
}


@cache
def _table() -> Mapping[tuple[str, int], int]:
    # Imported at the first symbol: most documents have none.
    from mammoth.docx.dingbats import dingbats  # noqa: PLC0415

    return dict(dingbats)


@cache
def _font(name: str) -> str:
    """Return the name of a font if it is in the table; "" for any other font."""
    fonts = {font.lower(): font for font, _ in _table()}
    squeezed = name.strip().lower()
    return fonts.get(squeezed) or _OTHER_NAMES.get(squeezed.replace(" ", ""), "")


def is_symbol_font(name: str) -> bool:
    """Whether a font is a known one that has symbols in place of letters."""
    return name[:3].lower() in {"sym", "win", "web", "sta", "ope"} and bool(_font(name))


def symbol(font: str, code: int) -> str:
    """Return the Unicode character of a symbol font's code; U+FFFD for an unknown meaning.

    >>> symbol("Symbol", 0xF06D), symbol("Wingdings", 0xFC), symbol("House font", 0xF041)
    ('μ', '✓', '�')
    """
    known = _font(font)
    if not known and not _PRIVATE[0] <= code <= _PRIVATE[1]:
        return chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else UNKNOWN  # noqa: PLR2004
    low = code & _BYTE if _SHIFTED[0] <= code <= _SHIFTED[1] else code
    found = _table().get((known, low), 0)
    return chr(found) if found and not _PRIVATE[0] <= found <= _PRIVATE[1] else UNKNOWN


def plain(text: str, font: str) -> str:
    """Return text set in a font as the characters that a person sees.

    In a symbol font the letters of the text are symbols. In any other font a private-use character has no
    known meaning.
    """
    if is_symbol_font(font):
        return "".join(
            character if character.isspace() else symbol(font, ord(character)) for character in text
        )
    return text if text.isascii() else _ALONE.sub(UNKNOWN, text)
