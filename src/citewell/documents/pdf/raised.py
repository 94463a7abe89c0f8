"""Tell the marks of notes from exponents among small raised characters."""

import re
from collections.abc import Collection, Sequence

from citewell.documents.pdf.lines import Run

SUPERSCRIPTS = str.maketrans(
    "0123456789+-−–=()abcdefghijklmnoprstuvwxyz",
    "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻ",
)
# Numbers and units that take an exponent: 10⁵, m², cm³, s⁻¹.
UNIT = re.compile(r"(?<![^\W\d_])(?:[kcdmµμn]?m|ft|yd|mi|k?g|mol)$|(?<![\d.,])10$")
# A letter, or two that are no word: x², mc².
VARIABLE = re.compile(r"(?<![^\W\d_])(?:[^\W\d_]|[b-df-hj-np-tv-xzα-ω]{2})$")
SIGN = re.compile(r"\[?(?:\d{1,3}|[*∗†‡§¶#]+|[a-z])\]?$")
SIGNS = frozenset("*∗†‡§¶#")
ORDINAL = re.compile(r"(?:st|nd|rd|th|er|re|ère|e|ème|o|a|os|as)$")
PARTED = re.compile(r"[\s,;]+")


def text_of(runs: Sequence[Run], signs: Collection[str]) -> str:
    """Return the text of runs without the marks of notes, and with exponents as Unicode has them.

    Args:
        runs: The characters on the line, and the raised ones.
        signs: The signs of the notes on the page.
    """
    text = ""
    for run in runs:
        text += run.text if run.level != 1 else _raised(text, run.text, signs)
    return text


def _raised(before: str, raised: str, signs: Collection[str]) -> str:  # noqa: PLR0911 - a case each
    """Return the text for raised characters."""
    shown = raised.strip()
    space = raised[: len(raised) - len(raised.lstrip())]
    parts = [part for part in PARTED.split(shown) if part]
    # Ranges of notes: 3–5.
    parts = [end for part in parts for end in re.split(r"(?<=\d)[-–](?=\d)", part)]
    if UNIT.search(before) and _is_exponent(shown):
        return space + shown.translate(SUPERSCRIPTS)
    if parts and all(part.strip("[]()") in signs for part in parts):
        return ""
    if before[-1:].isdigit() and ORDINAL.match(shown):
        return raised
    if parts and all(SIGN.match(part) for part in parts):
        is_number = all(part.strip("[]").isdigit() for part in parts)
        # A number that is no exponent is the mark of a note, wherever the note stands.
        if is_number and not (
            before[-1:].isdigit() or VARIABLE.search(before) or before[-1:] in {")", "]", ""}
        ):
            return ""
        if all(set(part) <= SIGNS for part in parts):
            return raised if before[-1:].isspace() or not before else shown
    if _is_exponent(shown):
        return space + shown.translate(SUPERSCRIPTS)
    return raised


def _is_exponent(shown: str) -> bool:
    """Whether Unicode has each character raised, and the characters are no word."""
    letters = sum(map(str.isalpha, shown))
    return letters < 2 and all(ord(character) in SUPERSCRIPTS for character in shown)
