"""Normalise a text once; all offsets count in the normalised text."""

import re
import unicodedata
from itertools import groupby

from citewell.text.words import _MARKS

# Embeddings, overrides and isolates can make a text look different from its characters (Boucher and Anderson
# 2021, "Trojan Source").
TURNING = frozenset(map(chr, [*range(0x202A, 0x202F), *range(0x2066, 0x206A)]))

LINE_ENDS = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
# A byte order mark inside a text comes from joined files; Unicode 3.2 deprecated its use as a joiner.
INVISIBLE = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ufeff]")
SURROGATES = re.compile("[\ud800-\udfff]+")
# Text that needs no change: loaders normalise each paragraph, and most paragraphs hold only such characters.
# They are letters, digits and signs that NFC changes neither alone nor beside each other.
_PLAIN = re.compile(
    r"[\t\n -~\xa0-\u02ff\u0388-\u0482\u048a-\u052f\u2010-\u2027\u2030-\u205e\u20a0-\u20bf\u3000-\u3029"
    r"\u3030-\u3098\u309b-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uff01-\uff5e]*+"
)
# A lone half of a surrogate pair, which no encoding can store.
LONE_SURROGATE = re.compile("[\ud800-\udfff]")

# More combining marks than any writing puts on one letter (UAX #15, Stream-Safe Text Format). Outside the
# first plane all characters count as marks, since `re` would test the real marks one by one.
_LOW_MARKS = "".join(mark for mark in _MARKS if mark <= "\uffff")
MANY_MARKS = re.compile(rf"[{_LOW_MARKS}\U00010000-\U0001efff]{{31,}}")


def normalise(text: str) -> str:
    r"""Return the text that offsets count in: line ends are LF, no control characters but TAB, NFC.

    Characters that a person can see stay as they are: no-break spaces, direction marks, joiners and emoji are
    kept. Lone halves of a surrogate pair become U+FFFD, so that the text can always be stored. Idempotent.
    Takes linear time, except for sorting very many marks on one letter.

    >>> normalise("\ufeffThe\x00 tide\r\nrose to Zu\u0308rich.")
    'The tide\nrose to Zürich.'
    """
    if _PLAIN.fullmatch(text):
        return text
    text = LINE_ENDS.sub("\n", text)
    text = INVISIBLE.sub("", text)
    text = SURROGATES.sub(
        lambda found: found[0].encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace"), text
    )
    return unicodedata.normalize("NFC", MANY_MARKS.sub(_in_order, text))


def _in_order(found: re.Match[str]) -> str:
    """Return marks decomposed and in Unicode's canonical order, which `unicodedata` finds slowly."""
    apart = "".join(unicodedata.normalize("NFD", mark) for mark in found[0])
    ordered: list[str] = []
    for is_mark, run in groupby(apart, key=lambda mark: unicodedata.combining(mark) > 0):
        # A character with combining class 0 keeps its place; marks are sorted only between such characters.
        ordered += sorted(run, key=unicodedata.combining if is_mark else lambda _mark: 0)
    return "".join(ordered)
