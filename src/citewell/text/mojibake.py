"""Find text that was decoded wrongly before it came here: "cafÃ©", "РњРѕСЃС‚", "鎴戜滑"."""

import re
from typing import NamedTuple

# Between two marks only what is not ASCII tells anything, so long runs of ASCII are cut before ftfy reads on.
ASCII_RUN = re.compile(r"(?<=[\x00-\x7f]{3})[\x00-\x7f]++(?<=[\x00-\x7f])")
NOT_ASCII = re.compile(r"[^\x00-\x7f]")
# What UTF-8 becomes when it is read as an encoding of East Asia; ftfy knows those of the West.
IDEOGRAPHS = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3\ue000-\uf8ff\uff61-\uff9f]+")
EASTERN = ("gb18030", "cp932", "big5", "cp949")
FEWEST_IDEOGRAPHS = 4  # by chance three may be UTF-8 in one of them
LARGEST_BROKEN_SHARE = 0.2  # of what such text gives as UTF-8 again; the ends of a line are cut characters
LONGEST_EXAMPLE = 20
# Of a longer text that many pieces are looked at, so that a data set does not wait for half a minute.
PIECES, LONGEST_PIECE = 20, 50_000


class Mojibake(NamedTuple):
    """What of a text was decoded wrongly.

    Attributes:
        places: How many there are.
        share: Of all characters but ASCII, how many are in them, from 0 to 1.
        example: The first place, "" when there is none.
    """

    places: int
    share: float
    example: str


def find_mojibake(text: str) -> Mojibake:
    """Count what was decoded wrongly in a text; in a text over a million characters in pieces of it.

    Takes linear time.

    >>> find_mojibake("Le cafÃ© est fermÃ©.").places, find_mojibake("Le café est fermé.").places
    (2, 0)
    """
    if text.isascii():
        return Mojibake(0, 0.0, "")
    from ftfy.badness import BADNESS_RE  # noqa: PLC0415 - a fifth of a second, for text that is not ASCII

    if len(text) > PIECES * LONGEST_PIECE:
        step = len(text) // PIECES
        text = "\n".join(text[start : start + LONGEST_PIECE] for start in range(0, len(text), step))
    strange = max(1, len(NOT_ASCII.findall(text)))
    found = [found[0] for found in BADNESS_RE.finditer(ASCII_RUN.sub(" ", text))]
    lines = [line for line in text.splitlines() if _is_eastern(line)]
    characters = sum(len(NOT_ASCII.findall(place)) for place in found)
    characters += sum(len("".join(IDEOGRAPHS.findall(line))) for line in lines)
    example = (found or [IDEOGRAPHS.findall(line)[0] for line in lines] or [""])[0]
    return Mojibake(len(found) + len(lines), min(1.0, characters / strange), example[:LONGEST_EXAMPLE])


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
