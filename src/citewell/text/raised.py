"""Write raised and lowered characters into a line of text, so that no number becomes another.

A raised 5 behind 10 is an exponent; a raised 3 behind 1,250 is the mark of a note. If the meaning of a raised
figure is uncertain, Unicode's raised figure is written, as the page shows it.
"""

import re

_RAISED = str.maketrans("0123456789+-−–=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁻⁼⁽⁾ⁿⁱ")
_LOWERED = str.maketrans("0123456789+-−–=()aehijklmnoprstuvxβγρφχ", "₀₁₂₃₄₅₆₇₈₉₊₋₋₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓᵦᵧᵨᵩᵪ")
_RAISABLE = re.compile(r"[0-9+\-−–=()ni\s]+")
_LOWERABLE = re.compile(r"[0-9+\-−–=()aehijklmnoprstuvxβγρφχ\s]+")
_VULGAR = {
    (1, 2): "½", (1, 3): "⅓", (2, 3): "⅔", (1, 4): "¼", (3, 4): "¾", (1, 5): "⅕", (2, 5): "⅖", (3, 5): "⅗",
    (4, 5): "⅘", (1, 6): "⅙", (5, 6): "⅚", (1, 7): "⅐", (1, 8): "⅛", (3, 8): "⅜", (5, 8): "⅝", (7, 8): "⅞",
    (1, 9): "⅑", (1, 10): "⅒",
}  # fmt: skip
# Marks of notes: *, † or ‡, alone or in a row, and text in brackets: [4], [a], [citation needed].
_SIGNS = re.compile(r"[*∗⁎†‡§¶#‖\s]+|\[[^\[\]]{1,40}\](?:[,\s]*\[[^\[\]]{1,40}\])*|\(\w{1,3}\)")
_MANY = re.compile(r"\w{1,3}(?:\s?[,;–-]\s?\w{1,3})+")
_SIGNED = re.compile(r"[+\-−–]\s?\d+|\d*[+\-−–]")
_LAST = re.compile(r"\d[\d.,'’\u00a0\u202f]*\Z|[^\W\d_]+\Z|\S\Z")
_SYMBOLS = {
    "tm": "™",
    "sm": "℠",
    "®": "®",
    "©": "©",
    "™": "™",
    "℠": "℠",
    "(r)": "®",
    "(c)": "©",
    "°": "°",
    "′": "′",
    "″": "″",
}
_UNITS = frozenset(
    "m cm mm dm km nm µm μm pm s sec ms h hr kg g mg in ft yd mi nmi ha l ml px pc au ly mol ev kev mev"
    " meter metre meters metres centimetres kilometres kilometers miles feet inches yards".split()
)
_FUNCTIONS = frozenset(
    "sin cos tan cot sec csc log ln lg exp sinh cosh tanh arcsin arccos arctan det".split()
)
_ISOTOPE = re.compile(r"(?:<[^>]*>)?[A-Z][a-z]?(?![a-z])")
_ELEMENTS = frozenset(
    "He Li Be Ne Na Mg Al Si Cl Ar Ca Sc Ti Cr Mn Fe Co Ni Cu Zn Ga Ge As Se Br Kr Rb Sr Zr Nb Mo Tc Ru Rh Pd"
    " Ag Cd In Sn Sb Te Xe Cs Ba La Ce Pr Nd Pm Sm Eu Gd Tb Dy Ho Er Tm Yb Lu Hf Ta Re Os Ir Pt Au Hg Tl Pb"
    " Bi Po At Rn Fr Ra Ac Th Pa Np Pu Am Cm Bk Cf Es Fm Md No Lr".split()
)
_ORDINALS = frozenset("st nd rd th er ère ere re e è ème eme de nde ᵉ o a os as º ª ter te le".split())
# Bases of powers; a raised number behind 2 or 10 is more often an exponent than a note.
_BASES = frozenset({"2", "10"})
_OPERATOR_BEFORE = re.compile(r"[=+×·*/^√±(−<>≈~]\s?\Z")
_OPERATOR_AFTER = re.compile(r"\s?[=+×·*/^±)−<>≈]|\s?-\s?\d")
_LONGEST = 40
# Text that is raised only for its appearance: no exponent holds a long word, or letters with white space.
_WORDS = re.compile(r"[^\W\d_]{4}|[^\W\d_].*\s|\s.*[^\W\d_]")


def write_raised(before: str, raised: str, after: str = "", *, language: str = "") -> str:
    """Return the text to write for raised characters; "" when they are the mark of a note.

    White space around the raised characters stays.

    Args:
        before: The line before the raised characters; its last 60 characters are enough.
        raised: The raised characters.
        after: The line behind the raised characters; its first characters are enough.
        language: Language of the text, as in BCP 47; "" when unknown.

    >>> [write_raised(*line) for line in [("10", "5"), ("40 m", "2 "), ("the 4", "th"), ("", "14", "C")]]
    ['⁵', '² ', 'th', '¹⁴']
    >>> [write_raised(*line) for line in [("1,250", "3"), ("in Oslo.", "12"), ("18", "a"), ("1921", "[4]")]]
    ['', '', '', '']
    """
    sign = " ".join(raised.split())
    if not sign:
        return raised
    left, _, right = raised.partition(raised.strip())
    return f"{left}{_raised(before + left, sign, right + after, language)}{right}"


def write_lowered(before: str, lowered: str, after: str = "") -> str:
    """Return the text to write for lowered characters: CO₂, xᵢ, log₂8, and x_max.

    Figures, signs and single letters become Unicode's lowered characters, if Unicode has them. White space
    around the lowered characters stays.

    >>> [write_lowered(*line) for line in [("CO", "2", " fell"), ("log", "2", "8"), ("x", "max")]]
    ['₂', '₂', '_max']
    """
    sign = " ".join(lowered.split())
    if not sign:
        return lowered
    left, _, right = lowered.partition(lowered.strip())
    if _LOWERABLE.fullmatch(sign) and not (len(sign) > 1 and sign.isalpha()):
        sign = sign.translate(_LOWERED).replace(" ", "")
    elif before[-1:].isdecimal() or after[:1].isdecimal():
        sign = f"_({sign})"
    elif len(sign) > 1 and sign.isalpha() and before[-1:].isalpha() and not before[-2:-1].isalpha():
        sign = f"_{sign}"
    return f"{left}{sign}{right}"


def write_fraction(above: str, below: str) -> str:
    """Return the text of a fraction that a page sets as a raised and a lowered number.

    >>> write_fraction("1", "2"), write_fraction("13", "16")
    ('½', '¹³⁄₁₆')
    """
    if above.isdecimal() and below.isdecimal() and len(above) + len(below) <= 3:  # noqa: PLR2004 - the table's
        known = _VULGAR.get((int(above), int(below)))
        if known:
            return known
    return f"{above.translate(_RAISED)}⁄{below.translate(_LOWERED)}"


def _raised(  # noqa: PLR0911  # one rule a kind of sign
    before: str, sign: str, after: str, language: str
) -> str:
    """Return the text to write for raised characters that have no white space around them."""
    if sign.casefold() in _SYMBOLS:
        return _SYMBOLS[sign.casefold()]
    if _SIGNS.fullmatch(sign):
        return ""
    found = _LAST.search(before[-_LONGEST:])
    base = found[0] if found else ""
    if _SIGNED.fullmatch(sign):
        return sign.translate(_RAISED).replace(" ", "")
    if sign.isdecimal() and sign.isascii():
        return sign.translate(_RAISED) if _is_power(before, base, sign, after) else ""
    if _MANY.fullmatch(sign) and base not in _BASES:
        return ""
    if sign.isalpha():
        return _letters(base, sign, language)
    if _WORDS.search(sign):
        return f" {sign}" if base else sign
    return sign.translate(_RAISED).replace(" ", "") if _RAISABLE.fullmatch(sign) else f"^({sign})"


def _is_power(before: str, base: str, sign: str, after: str) -> bool:  # noqa: PLR0911  # one rule a kind of base
    """Tell whether a raised number is an exponent or an isotope's mass number, not the mark of a note."""
    if not base:
        return _ISOTOPE.match(after) is not None
    in_formula = (
        _OPERATOR_BEFORE.search(before[: len(before) - len(base)]) is not None
        or _OPERATOR_AFTER.match(after) is not None
    )
    if base[0].isdecimal():
        if base in _BASES or in_formula:
            return True
        # Behind the mark of a note, the sentence goes on with a word: "61 people".
        plain = base.isdecimal() and len(base) <= 3  # noqa: PLR2004 - longer are years and counts
        return plain and not re.match(r"\s+[^\W\d_]{2}|[.,;:]?\s*\Z", after)
    if base.isalpha():
        if len(base) == 1 or base.casefold() in _FUNCTIONS or (in_formula and len(base) <= 3):  # noqa: PLR2004
            return True
        if base.casefold() in _UNITS:
            return sign in {"1", "2", "3", "4"}
        return base in _ELEMENTS and len(sign) > 1
    if base in {")", "]"}:
        opened = before.rfind("(" if base == ")" else "[", -_LONGEST)
        return opened >= 0 and not re.search(r"[^\W\d_]{2}", before[opened:])
    return False


def _letters(base: str, sign: str, language: str) -> str:  # noqa: PLR0911  # one rule a kind of base
    """Return the text to write for raised letters."""
    if base[:1].isdecimal():
        if len(sign) == 1 and base in _BASES and sign in "nmkxyNMi":
            return "ⁿ" if sign == "n" else "ⁱ" if sign == "i" else f"^{sign}"
        if len(sign) == 1 and (not language or language.casefold().startswith("en")) and sign != "o":
            return ""
        return {"o": "º", "a": "ª"}.get(sign, sign) if sign.casefold() in _ORDINALS else f"^{sign}"
    if len(sign) == 1 and base.isalpha():
        if len(base) == 1 and base not in {"N", "n"}:
            return "ⁿ" if sign == "n" else "ⁱ" if sign == "i" else f"^{sign}"
        return sign if sign in "oº" and len(base) == 1 else ""
    if len(sign) == 1:
        return ""
    # Short raised letters continue the word (Mlle, Dr); longer raised letters are a word of their own.
    return f" {sign}" if base and not (base.isalpha() and len(sign) <= 4) else sign  # noqa: PLR2004
