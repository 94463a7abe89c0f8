"""Decode a file's bytes, whatever their encoding."""

import codecs
import unicodedata

from citewell.errors import LoadError

# Random bytes hold 1 in 10 of these; a text holds a stray one. Terminal escapes and the backspaces
# of manual pages are text.
BINARY_BYTES = bytes(set(range(0x20)) - set(b"\t\n\v\f\r\b\x1b") | {0x7F})
BINARY_SHARE = 0.02

# The longer mark first: UTF-32's little-endian mark begins with UTF-16's.
MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def decode(data: bytes) -> str:
    """Return the text of a file's bytes, whatever its encoding: UTF-8, UTF-16, or Windows-1252.

    A byte order mark decides; else the places of NUL bytes tell UTF-16; else what is UTF-8 is UTF-8,
    with U+FFFD where a few bytes are broken; the rest is Windows-1252. Bytes that Windows-1252 leaves
    undefined become U+FFFD: read as Latin-1 they would be control characters, which `normalise`
    drops, and nobody would see that something stood there.

    >>> decode("café".encode("cp1252")) == decode("café".encode("utf-16")) == "café"
    True

    Raises:
        LoadError: The bytes are no text.
    """
    for mark, encoding in MARKS:
        if data.startswith(mark):
            return data.removeprefix(mark).decode(encoding, errors="replace")
    strange = len(data) - len(data.translate(None, BINARY_BYTES))
    if strange > max(1, BINARY_SHARE * len(data)):
        if wide := _utf16(data):
            return wide
        message = f"holds binary data, not text: {strange:,} of {len(data):,} bytes are control characters"
        raise LoadError(message)
    try:
        return data.decode()
    except UnicodeDecodeError:
        text = data.decode(errors="replace")
    # A text in Windows-1252 has next to no valid sequence of UTF-8; a damaged UTF-8 text has mostly those.
    broken = text.count("\ufffd")
    whole = sum(character > "\x7f" for character in text) - broken
    return text if whole > broken else data.decode("cp1252", errors="replace")


def _utf16(data: bytes) -> str:
    """Return the text if the bytes look like UTF-16 without a mark, else ""."""
    nuls = {"utf-16-be": data[::2].count(0), "utf-16-le": data[1::2].count(0)}
    encoding = max(nuls, key=lambda name: nuls[name])
    # In every script spaces, digits and line ends have a NUL, all in the same half.
    if len(data) % 2 or not nuls[encoding]:
        return ""
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        return ""
    strange = sum(unicodedata.category(character) in {"Cc", "Cn", "Co"} for character in text)
    lines = sum(map(text.count, "\t\n\r"))
    return text if strange - lines <= BINARY_SHARE * len(text) else ""
