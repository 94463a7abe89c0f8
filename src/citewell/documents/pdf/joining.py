"""Join printed lines to a paragraph; join the words and numbers that line ends split."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from citewell.text.tokens import is_common_word

WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
LETTERS = re.compile(r"[^\W\d_]+")
HYPHEN = re.compile(r"\w[-‐\u00ad]$")
# What is parted by more hyphens than fit in it is no word.
LONGEST_WORD = 1000
# A number that continues after its point, or with the three digits after a comma.
POINT_AT_END = re.compile(r"(?<![\d.,\w])[-+−±]?[\d,]{0,9}\d\.$")
COMMA_AT_END = re.compile(r"(?<![\d.,\w])[-+−±]?\d{1,3}(?:,\d{3})*,$")
DIGITS_FIRST = re.compile(r"\d+(?:\s*[%‰°€$£]|\s+(?:[^\W\d_A-Z]|$)|[)\];,]|\.?$)")
THREE_DIGITS_FIRST = re.compile(r"\d{3}(?!\d)")
YEAR = re.compile(r"(?:1[5-9]|20)\d\d\.$")
ADDRESS = re.compile(r"(?:https?://|www\.)\S*$", re.IGNORECASE)


def count_words(texts: Iterable[str]) -> Counter[str]:
    """Return how often each word stands in texts; a word with a hyphen counts as one word."""
    return Counter(word for text in texts for word in WORD.findall(text))


def join(lines: Sequence[str], words: Counter[str]) -> str:
    """Return printed lines as one text. Takes linear time."""
    pieces: list[str] = []
    tail = ""
    for line in filter(None, (" ".join(line.split()) for line in lines)):
        if not tail:
            tail = line
            continue
        # Only the last word of the text so far decides, so only that word is copied.
        joined = join_lines(tail, line, words)
        cut = max(len(joined) - len(line) - LONGEST_WORD, joined.rfind(" ", 0, max(0, len(joined) - 1)) + 1)
        cut = min(cut, joined.rfind(" ", 0, cut - 1) + 1) if cut > 1 else 0
        cut = max(cut, len(joined) - len(line) - LONGEST_WORD, 0)
        pieces.append(joined[:cut])
        tail = joined[cut:]
    return "".join([*pieces, tail])


def join_lines(before: str, after: str, words: Counter[str]) -> str:
    """Join two lines, and the word or number that the line end splits.

    A hyphen stays where the file elsewhere writes the word more often with the hyphen than without. Where the
    file does not tell, the hyphen stays when both halves are common words and the whole is none. The hyphen
    stays before a capital or digit, after a single letter and in an address. A soft hyphen never stays.

    >>> join_lines("the investi-", "gation went on", Counter())
    'the investigation went on'
    >>> join_lines("a well-", "known vendor", Counter())
    'a well-known vendor'
    >>> join_lines("it got 3.", "5 million euros", Counter())
    'it got 3.5 million euros'
    """
    if before.endswith("\u00ad"):
        return before[:-1] + after
    if HYPHEN.search(before) and re.match(r"\w", after):
        return before + after if _keeps_hyphen(before, after, words) else before[:-1] + after
    last = before.rsplit(" ", 1)[-1]
    if ADDRESS.search(last) and last[-1] in "/-_=&?#%.":
        return before + after
    return before + after if number_goes_on(before, after) else f"{before} {after}"


def number_goes_on(before: str, after: str) -> bool:
    """Whether a line's end splits a number: 3.|5 million, 1,|200, 3–|5."""
    if not after[:1].isdigit():
        return False
    last = before[before.rfind(" ") + 1 :]
    if last[-1:] in "–‑" and last[-2:-1].isdigit():
        return True
    if COMMA_AT_END.search(last) and THREE_DIGITS_FIRST.match(after):
        return not re.search(r"\d,\s+\d[\d,]*,$", before[-40:])  # one of several with commas between them
    is_point = POINT_AT_END.search(last) and not YEAR.search(last)
    return bool(is_point) and last != before and bool(DIGITS_FIRST.match(after))


def _keeps_hyphen(before: str, after: str, words: Counter[str]) -> bool:
    head = re.split(r"\s", before)[-1].lstrip("\"'“‘«([")
    tail = WORD.match(after)
    # In capitals the second part of a split word looks like a name.
    capitals = tail is not None and len(tail[0]) > 1 and tail[0].isupper() and head.isupper()
    if (
        after[0].isdigit()
        or before[-2].isdigit()
        or ADDRESS.search(head)
        or (after[0].isupper() and not capitals)
    ):
        return True
    if tail is None:
        return False
    hyphened, whole = words[head + tail[0]], words[head[:-1] + tail[0]]
    if hyphened != whole:
        return hyphened > whole
    first, second = re.split(r"[^\w]+", head[:-1])[-1], LETTERS.match(after)
    if len(first) == 1:
        return True
    if len(first) == 2 or second is None or is_common_word(first + second[0]):
        return False
    return is_common_word(first) and is_common_word(second[0])
