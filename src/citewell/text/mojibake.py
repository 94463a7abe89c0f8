"""Find text that another program decoded wrongly: "cafÃ©", "РњРѕСЃС‚", "鎴戜滑"."""

import re
from typing import NamedTuple

# Text that is certainly none: ASCII, and the signs that most English texts have besides. Every pattern of
# ftfy wants some other character.
USUAL = re.compile(r"[\x00-\x7f‘’“”–—…]*+")
# Only characters that are not ASCII show mojibake, so long runs of ASCII are cut out before ftfy searches.
ASCII_RUN = re.compile(r"(?<=[\x00-\x7f]{3})[\x00-\x7f]++(?<=[\x00-\x7f])")
# Characters that UTF-8 becomes when decoded in an encoding of East Asia; ftfy knows only Western encodings.
IDEOGRAPHS = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3\ue000-\uf8ff\uff61-\uff9f]+")
EASTERN = ("gb18030", "cp932", "big5", "cp949")
FEWEST_IDEOGRAPHS = 4  # three ideographs may by chance be valid UTF-8 in one of these encodings
LARGEST_BROKEN_SHARE = 0.2  # of the characters, decoded again as UTF-8; a line's ends are cut characters
LONGEST_EXAMPLE = 20
# Number and length of the pieces checked in a longer text, so that a data set does not take half a minute.
PIECES, LONGEST_PIECE = 20, 50_000


class Mojibake(NamedTuple):
    """The parts of a text that were decoded wrongly.

    Attributes:
        places: Number of wrongly decoded places.
        share: Share of the non-ASCII characters that lie in these places, from 0 to 1.
        example: Text of the first place, "" when there is none.
    """

    places: int
    share: float
    example: str


def find_mojibake(text: str) -> Mojibake:
    """Count the places of a text that were decoded wrongly.

    Only pieces of a text over a million characters are checked. Takes linear time.

    >>> find_mojibake("Le cafÃ© est fermÃ©.").places, find_mojibake("Le café est fermé.").places
    (2, 0)
    """
    if USUAL.fullmatch(text):
        return Mojibake(0, 0.0, "")
    from ftfy.badness import BADNESS_RE  # noqa: PLC0415 - a fifth of a second, for text that is not ASCII

    if len(text) > PIECES * LONGEST_PIECE:
        step = len(text) // PIECES
        text = "\n".join(text[start : start + LONGEST_PIECE] for start in range(0, len(text), step))
    strange = max(1, _not_ascii(text))
    short = ASCII_RUN.sub(" ", text)
    found = [found[0] for found in BADNESS_RE.finditer(short)]
    lines = [line for line in text.splitlines() if _is_eastern(line)] if IDEOGRAPHS.search(short) else []
    characters = sum(map(_not_ascii, found))
    characters += sum(len("".join(IDEOGRAPHS.findall(line))) for line in lines)
    example = (found or [IDEOGRAPHS.findall(line)[0] for line in lines] or [""])[0]
    return Mojibake(len(found) + len(lines), min(1.0, characters / strange), example[:LONGEST_EXAMPLE])


def _not_ascii(text: str) -> int:
    """Count the characters that are not ASCII."""
    return len(text) - len(text.encode("ascii", errors="ignore"))


def _is_eastern(line: str) -> bool:
    """Tell whether a line's ideographs are UTF-8 that was read as an encoding of East Asia."""
    found = "".join(IDEOGRAPHS.findall(line))
    if len(found) < FEWEST_IDEOGRAPHS:
        return False
    for encoding in EASTERN:
        again = found.encode(encoding, errors="ignore").decode(errors="replace")
        if len(again) > 1 and again.count("\ufffd") < LARGEST_BROKEN_SHARE * len(again):
            return True
    return False
