"""Tell which characters the codes of a font stand for.

The sources, in this order: the font's own table of characters (ToUnicode), the names of its glyphs
(Encoding), the font program in the file. A code that no source knows becomes UNKNOWN, so that no character
vanishes.
"""

import io
import logging
import re
import struct
from collections.abc import Mapping
from typing import Any

from fontTools.cffLib import CFFFontSet
from fontTools.ttLib import TTFont, TTLibError
from pdfminer.encodingdb import EncodingDB, name2unicode
from pdfminer.glyphlist import glyphname2unicode
from pdfminer.pdffont import PDFCIDFont, PDFFont, PDFUnicodeNotDefined
from pdfminer.pdftypes import PDFStream, dict_value, list_value, resolve1, stream_value
from pdfminer.psparser import PSLiteral

from citewell.documents.pdf.symbols import DINGBATS, SYMBOL

# Messages of fontTools about repaired tables are no news: a code gets its characters, or UNKNOWN.
logging.getLogger("fontTools").addHandler(logging.NullHandler())

UNKNOWN = "\ufffd"
# Ligatures: a printed sign for two or three letters. People type the letters.
LIGATURES = {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
# Private-use characters with a common meaning: the list points of Word and Symbol, and Apple's ligatures.
PRIVATE = {
    "\uf0b7": "•", "\uf0a7": "▪", "\uf0d8": "➢", "\uf0fc": "✓", "\uf0e0": "→", "\uf0a8": "◦", "\uf02d": "-",
    "\uf001": "fi", "\uf002": "fl",
}  # fmt: skip
# The suffixes in Adobe's list for another shape of a letter or digit.
SHAPES = re.compile(r"(?:oldstyle|superior|inferior|small|fitted)$")
# How TeX's fonts call the sizes of brackets and operators, and what Adobe's list lacks of them.
SIZES = re.compile(r"(?:[bB]ig{1,2}|display|text|wide[rst]*|tp|bt|ex|mid)$")
TEX = {
    "circlecopyrt": "◯", "lscript": "ℓ", "negationslash": "/", "prime": "′", "star": "⋆", "mapsto": "↦",
    "floorleft": "⌊", "floorright": "⌋", "ceilingleft": "⌈", "ceilingright": "⌉", "vector": "→",
    "bardbl": "‖", "hatwide": "^", "tildewide": "~", "arrowhookright": "↪", "arrowhookleft": "↩",
    "element": "∈", "precedesequal": "≼", "followsequal": "≽", "asteriskmath": "∗",
    "equivasymptotic": "≍", "similarequal": "≃", "contintegral": "∮", "coproduct": "∐",
    "uniontext": "⋃", "intersectiontext": "⋂",
}  # fmt: skip
TYPE1_CODE = re.compile(rb"dup\s+(\d{1,3})\s*/([\w.]+)\s+put")
# The errors that fontTools raises for a damaged font program.
DAMAGE = (
    TTLibError, ArithmeticError, AssertionError, AttributeError, LookupError, NotImplementedError, OSError,
    RecursionError, TypeError, ValueError, struct.error,
)  # fmt: skip


class Glyphs:
    """The characters of the codes of one font, and the widths of the codes."""

    def __init__(self, font: PDFFont, spec: Mapping[str, Any]) -> None:
        """Keep the font; look nothing up yet.

        Args:
            font: The font as pdfminer reads it.
            spec: The font's dictionary in the file.
        """
        self.font = font
        self._spec = spec
        self._known: dict[int, tuple[str, float]] = {}
        self._names: dict[int, str] | None = None
        self._program: dict[int, str] | None = None
        name = str(getattr(font, "basefont", "") or font.fontname or "").rsplit("+", 1)[-1]
        self.name = name
        low = name.lower()
        forced = int(font.flags or 0) & (1 << 18)
        self.bold = bool(forced) or any(word in low for word in ("bold", "black", "heavy", "cmbx", "sfbx"))
        self._widths = widths_of(spec)

    def __getitem__(self, code: int) -> tuple[str, float]:
        """Return a code's characters, and its width in text space for a size of 1."""
        found = self._known.get(code)
        if found is None:
            width = self._widths.get(code)
            size = width * self.font.hscale if width is not None else float(self.font.char_width(code))
            found = self._known[code] = (self._characters(code), size)
        return found

    def _characters(self, code: int) -> str:
        stated = getattr(self.font, "unicode_map", None)
        private = ""
        if stated:
            try:
                text = str(stated.get_unichr(code))
            except (KeyError, ValueError, TypeError):
                text = ""
            if is_sound(text):
                return plain(text)
            private = text if len(text) == 1 and "\ue000" <= text <= "\uf8ff" else ""
        for found in (self._named(code), self._programmed(code)):
            if is_sound(found):
                return plain(found)
            private = private or found
        if private in PRIVATE:
            return PRIVATE[private]
        return known_shape(private) or UNKNOWN

    def _named(self, code: int) -> str:
        """Return a code's characters by the encoding; "" where it has none, or only a name of its own."""
        if isinstance(self.font, PDFCIDFont):
            try:
                return self.font.to_unichr(code)
            except (PDFUnicodeNotDefined, KeyError, ValueError, TypeError):
                return ""
        if self._names is None:
            self._names = self._encoding()
        return self._names.get(code, "")

    def _encoding(self) -> dict[int, str]:
        """Return the characters of a simple font's codes, as far as its encoding tells."""
        encoding = resolve1(self._spec.get("Encoding"))
        base = encoding if isinstance(encoding, PSLiteral) else None
        differences: list[Any] | tuple[Any, ...] = []
        if isinstance(encoding, dict):
            base = resolve1(encoding.get("BaseEncoding"))
            differences = list_value(encoding.get("Differences", []))
        names = self._base(base)
        code = 0
        for item in map(resolve1, differences):
            if isinstance(item, int):
                code = item
            elif isinstance(item, PSLiteral):
                # A name that is the font's own replaces the letter that the base encoding has there.
                names[code] = of_name(str(item.name))
                code += 1
        return names

    def _base(self, base: object) -> dict[int, str]:
        if isinstance(base, PSLiteral) and str(base.name) in EncodingDB.encodings:
            return encoding_of(str(base.name))
        for name, table in (("Symbol", SYMBOL), ("Dingbats", DINGBATS)):
            if self.name.startswith(name) or self.name == f"Zapf{name}":
                return dict(table)
        own = self._from_program()
        if own:
            return dict(own)
        is_true_type = str(getattr(resolve1(self._spec.get("Subtype")), "name", "")) == "TrueType"
        return encoding_of("WinAnsiEncoding" if is_true_type else "StandardEncoding")

    def _programmed(self, code: int) -> str:
        return self._from_program().get(code, "")

    def _from_program(self) -> dict[int, str]:
        """Return the characters of codes by the font program in the file; none where there is no program."""
        if self._program is None:
            try:
                self._program = self._read_program()
            except DAMAGE:
                self._program = {}
        return self._program

    def _read_program(self) -> dict[int, str]:
        descriptor = dict_value(self._spec.get("FontDescriptor", {})) or dict(self.font.descriptor)
        for key, read in (("FontFile3", of_cff), ("FontFile", of_type1), ("FontFile2", of_true_type)):
            stream = resolve1(descriptor.get(key))
            if isinstance(stream, PDFStream):
                data = stream_value(stream).get_data()
                by_glyph = isinstance(self.font, PDFCIDFont)
                return of_true_type(data, by_glyph) if data[:4] in OPENTYPE else read(data, by_glyph)
        return {}


def encoding_of(name: str) -> dict[int, str]:
    """Return one of PDF's encodings; the codes that Windows leaves free are bullets (annex D.2)."""
    known = dict(EncodingDB.encodings[name])
    if name == "WinAnsiEncoding":
        return {**dict.fromkeys(range(0x7F, 0xA0), "•"), 0xA0: " ", 0xAD: "-", **known}
    return known


OPENTYPE = {b"OTTO", b"\x00\x01\x00\x00", b"true"}


def of_cff(data: bytes, by_glyph: bool) -> dict[int, str]:  # noqa: FBT001 - one of two tables of one program
    """Return the characters of a CFF program's codes, or of its glyphs by number."""
    fonts = CFFFontSet()
    fonts.decompile(io.BytesIO(data), None)
    top = fonts[0]
    if by_glyph:
        return {} if hasattr(top, "ROS") else dict(enumerate(map(of_name, top.charset)))
    encoding = top.Encoding
    if encoding == "StandardEncoding":
        return dict(EncodingDB.encodings["StandardEncoding"])
    if isinstance(encoding, str):
        return {}
    return {code: of_name(name) for code, name in enumerate(encoding) if name != ".notdef"}


def of_type1(data: bytes, _by_glyph: bool) -> dict[int, str]:  # noqa: FBT001 - as of_cff
    """Return the characters of a Type 1 program's codes: its clear part gives them in PostScript."""
    head = data.split(b"eexec", 1)[0]
    if b"StandardEncoding def" in head:
        return dict(EncodingDB.encodings["StandardEncoding"])
    return {int(code): of_name(name.decode("ascii", "replace")) for code, name in TYPE1_CODE.findall(head)}


def of_true_type(data: bytes, by_glyph: bool) -> dict[int, str]:  # noqa: FBT001 - as of_cff
    """Return the characters of a TrueType program's codes, or of its glyphs by number."""
    with TTFont(io.BytesIO(data), lazy=True) as font:
        order = font.getGlyphOrder()
        named: dict[str, str] = {}
        codes: dict[int, str] = {}
        for table in font["cmap"].tables if "cmap" in font else ():
            if table.isUnicode() and (table.platformID, table.platEncID) != (3, 0):
                named |= {glyph: chr(code) for code, glyph in sorted(table.cmap.items(), reverse=True)}
            if (table.platformID, table.platEncID) in {(3, 0), (1, 0)}:
                codes = {code & 0xFF: glyph for code, glyph in table.cmap.items()} | codes

        def character(glyph: str) -> str:
            return named.get(glyph, "") or of_name(glyph)

        if by_glyph:
            return {number: character(glyph) for number, glyph in enumerate(order)}
        return {code: character(glyph) for code, glyph in codes.items()}


def of_name(name: str) -> str:
    """Return the characters of a glyph's name by Adobe's list; "" for a name of the font's own.

    >>> of_name("f_i"), of_name("plusminus"), of_name("threeoldstyle"), of_name("g17")
    ('fi', '±', '3', '')
    """
    try:
        found = str(name2unicode(name))
    except (KeyError, ValueError, OverflowError):
        base = SIZES.sub("", name)
        return TEX.get(name) or TEX.get(base) or str(glyphname2unicode.get(base, ""))
    if len(found) == 1 and "\ue000" <= found <= "\uf8ff":
        return known_shape(found)
    return found


def known_shape(private: str) -> str:
    """Return the letter of which a private-use character is another shape in Adobe's list; else ""."""
    if not private:
        return ""
    name = SHAPE_NAMES.get(private, "")
    base = SHAPES.sub("", name)
    if base == name:
        return PRIVATE.get(private, "")
    for spelled in (base, base.lower()):
        found = glyphname2unicode.get(spelled, "")
        if found and not "\ue000" <= found <= "\uf8ff":
            return str(found)
    return ""


SHAPE_NAMES = {
    character: name
    for name, character in glyphname2unicode.items()
    if len(character) == 1 and "\ue000" <= character <= "\uf8ff"
}


def is_sound(text: str) -> bool:
    """Whether characters can stand in a text: at least one, and no control, private or unknown one."""
    if not text:
        return False
    return not any(
        (character < " " and character not in "\t\n\r")
        or "\x7f" <= character < "\xa0"
        or "\ud800" <= character <= "\uf8ff"
        or character in "\ufffd\ufeff\uffff"
        for character in text
    )


def plain(text: str) -> str:
    """Return characters with ligatures as the letters that people type."""
    return LIGATURES.get(text, text)


def widths_of(spec: Mapping[str, Any]) -> dict[int, float]:
    """Return a simple font's stated widths, in thousandths; pdfminer has its own for some font names."""
    stated = resolve1(spec.get("Widths"))
    first = resolve1(spec.get("FirstChar", 0))
    if not isinstance(stated, list) or not isinstance(first, int):
        return {}
    widths = map(resolve1, stated)
    return {
        first + place: float(width) for place, width in enumerate(widths) if isinstance(width, int | float)
    }
