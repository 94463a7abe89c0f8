"""Write raised and lowered characters so that they are told from those on the line."""

import re

_RAISED = dict(
    zip(
        "0123456789+-−=()abcdefghijklmnoprstuvwxyzABDEGHIJKLMNOPRTUVW",
        "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᴬᴮᴰᴱᴳᴴᴵᴶᴷᴸᴹᴺᴼᴾᴿᵀᵁⱽᵂ",
        strict=True,
    )
)
_LOWERED = dict(
    zip("0123456789+-−=()aehijklmnoprstuvxβγρφχ", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓᵦᵧᵨᵩᵪ", strict=True)
)
_SIGNS = re.compile(r"[\d*†‡§¶#,;\s–-]*[\d*†‡§¶#]|\[?[a-z\d]{1,3}\]")
# After these a raised number is no power: a full stop, a closing quote, a number in groups of three.
_ENDED = re.compile(r"[.,;:!?…”’»)\]]\Z|\d,\d{3}\Z")
_WORD = re.compile(r"[^\W\d_]+\Z")
# Words of more than two letters that are raised to a power: units, and functions of mathematics.
_POWERS = frozenset(
    "mol rad lux sin cos tan cot sec csc log sinh cosh tanh exp chi det yds yd inch feet".split()
)
_SHORT = 2
# "st", "th", "er", "TM", "MC": longer words are raised for their looks.
_LONGEST_POWER = 6


def is_note_sign(before: str, raised: str) -> bool:
    """Whether raised characters are the sign of a note, and no power.

    They are if they are a number or sign behind a word that is no unit, or behind the end of one.

    >>> is_note_sign("in Oslo", "3"), is_note_sign("1,250", "3"), is_note_sign("9 km", "2")
    (True, True, False)
    """
    if not _SIGNS.fullmatch(raised.strip()):
        return False
    word = _WORD.search(before[-40:])
    if word:
        return len(word[0]) > _SHORT and word[0].lower() not in _POWERS
    return bool(_ENDED.search(before[-6:]))


def write_raised(before: str, raised: str, _after: str) -> str:
    """Return raised characters as they are written behind what stands before them.

    A power has Unicode's raised characters, or "^" where it has none; the sign of a note goes; the letters
    of an ordinal stay as they are.

    >>> [write_raised(*line, "") for line in [("10", "5"), ("10", "n/2"), ("1", "st"), ("Oslo", "3")]]
    ['⁵', '^(n/2)', 'st', '']
    """
    words = raised.strip()
    if not any(map(str.isalnum, words)) and not set(words) & {*"+-−"}:
        return raised if set(words) - {*"*†‡§¶#,;"} or not before.strip() else ""
    if is_note_sign(before, raised):
        return ""
    if len(words) > _LONGEST_POWER or (words.isalpha() and len(words) > 1):
        return raised
    if all(character in _RAISED for character in words):
        return raised.replace(words, "".join(map(_RAISED.__getitem__, words)))
    return raised.replace(words, f"^({words})") if before[-1:].isalnum() and len(words) > 1 else raised


def write_lowered(_before: str, lowered: str, _after: str) -> str:
    """Return lowered characters: digits and a single letter as Unicode's, longer words as they are.

    >>> [write_lowered(*line, "") for line in [("CO", "2"), ("x", "i"), ("T", "max")]]
    ['₂', 'ᵢ', 'max']
    """
    words = lowered.strip()
    if all(character in _LOWERED for character in words) and not (words.isalpha() and len(words) > 1):
        return lowered.replace(words, "".join(map(_LOWERED.__getitem__, words))) if words else lowered
    return lowered
