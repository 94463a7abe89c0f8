"""Decode a file's bytes, whatever their encoding."""

import codecs
import re
import unicodedata
from contextlib import suppress
from typing import NamedTuple

from citewell.errors import LoadError
from citewell.text.alphabets import Fit, fit

# Control bytes: 1 in 10 of random bytes, and at most a stray byte of a text. Terminal escapes and the
# backspaces of manual pages count as text.
BINARY_BYTES = bytes(set(range(0x20)) - set(b"\t\n\v\f\r\b\x1b") | {0x7F})
BINARY_SHARE = 0.02

# Byte order marks. UTF-32 precedes UTF-16, because its little-endian mark begins with UTF-16's.
MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

# Encodings of files that are not UTF-8; if two fit equally well, the first is taken. Rarer encodings, and
# those that no program writes any more, are left out: a file in a listed encoding might be taken for them.
COMMON = (
    *("cp1252", "cp1250", "cp1251", "cp1254", "cp1253", "cp1255", "cp1256", "cp1257", "cp1258"),
    *("gb18030", "cp932", "euc_jp", "big5hkscs", "cp949"),
)
RARE = (
    *("koi8_r", "koi8_u", "mac_roman", "mac_cyrillic", "mac_latin2", "iso8859_2", "iso8859_5", "iso8859_16"),
    *("cp850", "cp852", "cp866", "cp437"),
)
ESCAPES = (b"\x1b$B", b"\x1b$@", b"\x1b$(D", b"\x1b$)C", b"\x1b$A")
STRANGE_SHARE = 0.05  # of the non-ASCII characters; Russian read as Windows-1252 has a quarter
UNTRUE_SHARE = 0.15  # of the non-ASCII characters; from this share on, a declared encoding is doubted
SAMPLE_BYTES = 20_000  # of the lines that are not ASCII; a larger sample adds nothing
BROKEN_SHARE = 0.01  # broken characters in a text that is otherwise UTF-8
FEW_BROKEN = 3
# Encodings that programs call by the name of a smaller encoding: smaller name, actual encoding.
WIDER = {"shift_jis": "cp932", "gb2312": "gb18030", "gbk": "gb18030", "euc_kr": "cp949", "big5": "big5hkscs"}
TAG = re.compile(rb"<[^<>]{1,500}>")
SAVE = "open it where it looks right and save it as UTF-8"


class Decoded(NamedTuple):
    """A file's text.

    Attributes:
        text: The text as stored in the file.
        warnings: Notes on guessed encodings and lost characters.
    """

    text: str
    warnings: tuple[str, ...] = ()


def decode(data: bytes, declared: str = "") -> Decoded:
    """Return the text of a file's bytes, with warnings about guesses.

    The first sign that applies decides: a byte order mark; the places of NUL bytes, which tell UTF-16; valid
    UTF-8, with U+FFFD where a few bytes are broken; the declared encoding. Otherwise the encoding is guessed.

    >>> decode("café".encode("cp1252")).warnings
    ('read as cp1252 (guessed: it is not UTF-8 and names no encoding that is true)',)

    Args:
        data: The bytes.
        declared: The encoding that the file or its sender names; an unknown or wrong name is ignored.

    Raises:
        LoadError: The bytes are not text, or their encoding cannot be told.
    """
    for mark, encoding in MARKS:
        if data.startswith(mark):
            text = data.removeprefix(mark).decode(encoding, errors="replace")
            return Decoded(text, _lost(text, data))
    strange = len(data) - len(data.translate(None, BINARY_BYTES))
    if strange > max(1, BINARY_SHARE * len(data)):
        if wide := _utf16(data):
            return Decoded(wide, ("read as UTF-16 (guessed by its NUL bytes)",))
        message = f"holds binary data, not text: {strange:,} of {len(data):,} bytes are control characters"
        raise LoadError(message)
    if escaped := _iso2022(data):
        return escaped
    try:
        return Decoded(data.decode())
    except UnicodeDecodeError:
        pass
    return _believed(data, declared) or _damaged(data) or _guessed(data)


def decode_declared(data: bytes, declared: str) -> str | None:
    """Return the text in the encoding that a file or its sender names; None for an unknown or wrong name.

    >>> decode_declared("橋".encode("cp932"), "x-sjis")
    '橋'
    """
    # Python does not know all encoding names of the web, such as x-sjis, windows-874 and iso-8859-8-i.
    plain = re.sub(r"^x-|-[ie]$", "", declared.strip().lower())
    for name in (declared, plain, re.sub(r"^windows-(?=\d)", "cp", plain)):
        try:
            codec = codecs.lookup(name).name
            # Programs that do not know the encoding declare Latin-1; the guess is the larger Windows-1252.
            if codec in {"utf-8", "iso8859-1", "ascii"} or codec.startswith(("utf-16", "utf-32")):
                return None  # files in the last two have a mark or NUL bytes
            return data.decode(WIDER.get(codec, codec))
        except (LookupError, ValueError):  # "undefined" is a codec that decodes nothing
            continue
    return None


def _believed(data: bytes, declared: str) -> Decoded | None:
    """Return the text in the declared encoding; None when it is wrong or another encoding is likelier."""
    text = decode_declared(data, declared)
    if text is None:
        return None
    found = fit(decode_declared(_sample(data), declared) or "")
    if found.strange > UNTRUE_SHARE * found.others:
        with suppress(LoadError):
            return _guessed(data)
    return Decoded(text)


def _lost(text: str, data: bytes) -> tuple[str, ...]:
    """Say how many characters could not be read, leaving out each U+FFFD that the file itself holds."""
    broken = text.count("\ufffd") - data.count("\ufffd".encode())
    return (f"{broken:,} characters could not be read and stand as \ufffd",) if broken > 0 else ()


def _damaged(data: bytes) -> Decoded | None:
    """Return a text that is UTF-8 except for some bytes; None when the bytes are not UTF-8.

    Raises:
        LoadError: The text is UTF-8 in some places and another encoding in others.
    """
    text = data.decode(errors="replace")
    # Text in another encoding has almost no valid UTF-8 sequences; damaged UTF-8 has mostly valid ones.
    broken = text.count("\ufffd") - data.count("\ufffd".encode())
    whole = sum(character > "\x7f" for character in text) - broken
    if whole <= broken:
        return None
    if broken > max(FEW_BROKEN, BROKEN_SHARE * whole):
        message = f"mixes UTF-8 with another encoding: {broken:,} places are not UTF-8; {SAVE}"
        raise LoadError(message)
    return Decoded(text, _lost(text, data))


def _guessed(data: bytes) -> Decoded:
    """Return the text in the encoding that fits best.

    Raises:
        LoadError: No encoding fits.
    """
    sample = _sample(data)
    readings = {name: _reading(sample, name) for name in (*COMMON, *RARE)}
    fits: dict[str, Fit] = {text: fit(text) for text in set(readings.values())}
    fewest = min(found.strange for found in fits.values())
    best = {name: fits[text] for name, text in readings.items() if fits[text].strange == fewest}
    most = max(found.hits for found in best.values())
    fitting = [
        name
        for name, found in best.items()
        if found.hits == most and found.strange <= STRANGE_SHARE * found.others
    ]
    if len({readings[name] for name in fitting}) > 1:
        fitting = _ranked(sample, fitting, is_known=most > 0)
    if not fitting:
        message = f"is not UTF-8, and no other encoding fits; {SAVE}"
        raise LoadError(message)
    text = data.decode(fitting[0], errors="replace")
    guess = f"read as {fitting[0]} (guessed: it is not UTF-8 and names no encoding that is true)"
    return Decoded(text, (guess, *_lost(text, b"")))


def _sample(data: bytes) -> bytes:
    """Return lines that are not ASCII, without tags, up to SAMPLE_BYTES; a longer line is cut."""
    if len(data) <= SAMPLE_BYTES:
        return TAG.sub(b" ", data)
    kept, size = [], 0
    for line in data.splitlines(keepends=True):
        if not line.isascii():
            kept.append(line[:SAMPLE_BYTES])
            size += len(kept[-1])
        if size >= SAMPLE_BYTES:
            break
    return TAG.sub(b" ", b"".join(kept))


def _reading(sample: bytes, encoding: str) -> str:
    return unicodedata.normalize("NFC", sample.decode(encoding, errors="replace"))


def _ranked(sample: bytes, names: list[str], *, is_known: bool) -> list[str]:
    """Sort encodings that fit: return the commonest alone, else sort by the scores of charset-normalizer.

    Args:
        sample: Bytes that the encodings decode to different texts.
        names: The encodings.
        is_known: Whether the texts hold known words. If not, only a clear winner is returned.
    """
    if COMMON[0] in names:
        return [COMMON[0]]
    from charset_normalizer import from_bytes  # noqa: PLC0415 - few files need it

    found = from_bytes(sample, cp_isolation=list(names), enable_fallback=False)
    scores = {
        name: round(match.chaos - match.coherence, 1)
        for match in found
        for name in match.could_be_from_charset
    }
    ranked = sorted(names, key=lambda name: (name in RARE, scores.get(name, 1.0)))
    if not is_known:
        second = next((name for name in ranked if _reading(sample, name) != _reading(sample, ranked[0])), "")
        return ranked if scores.get(ranked[0], 1.0) < scores.get(second, 1.0) else []
    return ranked


def _iso2022(data: bytes) -> Decoded | None:
    """Return a text in ISO-2022 (mail of Japan and Korea): all bytes are ASCII, escapes name the encoding."""
    if b"\x1b" not in data or not any(escape in data for escape in ESCAPES):
        return None
    for encoding in ("iso2022_jp_2", "iso2022_kr"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return Decoded(text, (f"read as {encoding} (guessed by its escape sequences)",))
    return None


def _utf16(data: bytes) -> str:
    """Return the text if the bytes look like UTF-16 without a mark, else ""."""
    nuls = {"utf-16-be": data[::2].count(0), "utf-16-le": data[1::2].count(0)}
    encoding = max(nuls, key=lambda name: nuls[name])
    # In every script, spaces, digits and line ends have a NUL byte, always in the same half of the unit.
    if len(data) % 2 or not nuls[encoding]:
        return ""
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        return ""
    strange = sum(unicodedata.category(character) in {"Cc", "Cn", "Co"} for character in text)
    lines = sum(map(text.count, "\t\n\r"))
    return text if strange - lines <= BINARY_SHARE * len(text) else ""
