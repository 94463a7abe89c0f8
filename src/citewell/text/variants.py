"""Replace letters and digits by their plain forms: "４５" is 45, "𝐀𝐧𝐧𝐚" is Anna, "①" is 1."""

import re
import sys
import unicodedata
from functools import cache

# Unicode's compatibility forms that differ only in looks. Raised forms differ in meaning: 10³ is not 103.
LOOKS = {
    *("<wide>", "<narrow>", "<font>", "<circle>", "<square>"),
    *("<initial>", "<medial>", "<final>", "<isolated>"),
}
# Lowered figures behind a letter name a substance or a member: other texts write CO₂ as CO2. Beside another
# figure, a plain form would make another number: log₂8.
_LOWERED = re.compile(r"(?<=[A-Za-zΑ-Ωα-ω)\]])[₀-₉]+(?![\d₀-₉])")
_FIGURES = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")


def plain_forms(text: str) -> str:
    """Return a text of the same length, with letters and digits in the forms that a network was trained on.

    A character without a plain form of one character stays, and so does one that is no letter or digit.
    The result is for the reader only: offsets into it are offsets into the original text, which is shown.

    >>> plain_forms("４５ ｅｕｒｏｓ for 𝐀𝐧𝐧𝐚, 10³ of ①, CO₂, log₂8")
    '45 euros for Anna, 10³ of 1, CO2, log₂8'
    """
    if text.isascii():
        return text
    return _LOWERED.sub(lambda found: found[0].translate(_FIGURES), text.translate(_plain()))


@cache
def _plain() -> dict[int, str]:
    """Map each code point to its plain form."""
    found = {}
    for code in range(0x80, sys.maxunicode + 1):
        look, _, rest = unicodedata.decomposition(chr(code)).partition(" ")
        if look in LOOKS and rest:
            plain = unicodedata.normalize("NFKC", chr(code))
            if len(plain) == 1 and plain.isalnum():
                found[code] = plain
    return found
