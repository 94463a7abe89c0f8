"""Know letters and digits by their plain forms: "４５" is 45, "𝐀𝐧𝐧𝐚" is Anna, "①" is 1."""

import sys
import unicodedata
from functools import cache

# Unicode's compatibility forms that only look otherwise. A raised or lowered one means something else: 10³.
LOOKS = {
    *("<wide>", "<narrow>", "<font>", "<circle>", "<square>"),
    *("<initial>", "<medial>", "<final>", "<isolated>"),
}


def plain_forms(text: str) -> str:
    """Return a text of the same length with letters and digits in the forms that a network has learnt.

    What has no plain form of one character stays, and so does all that is no letter or digit. It is for
    reading alone: offsets into it are offsets into the text, which is shown as it is.

    >>> plain_forms("４５ ｅｕｒｏｓ for 𝐀𝐧𝐧𝐚, 10³ of ①")
    '45 euros for Anna, 10³ of 1'
    """
    return text if text.isascii() else text.translate(_plain())


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
