"""Find the words of a text, and fold their spellings together."""

import re
import unicodedata

from citewell.text.spans import Span

# A capital letter inside a pattern; `re` knows no class for it.
UPPER = r"[A-ZÀ-ÖØ-ÞŠŽŁČĆĐŚŹŻ]"

# The standard library's \w leaves out combining marks, such as the vowels of Hindi and the accents of NFD.
_MARKS = "".join(mark for mark in map(chr, range(0x300, 0x1F000)) if unicodedata.category(mark)[0] == "M")

# Thai, Lao, Myanmar, Khmer, kana and Han write no space between words: each character stands for itself.
_SPACELESS = (
    r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3041-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    r"\uf900-\ufaff\uff66-\uff9f\U0001b000-\U0001b16f\U00020000-\U0003ffff"
)
_MARK = rf"[{_MARKS}\u00ad\u200c\u200d]"
# A repeated part that holds another repeated part is not possessive: Python before 3.11.5 then matches too
# little.
_LETTERS = rf"(?:[^\W_{_SPACELESS}]{_MARK}*+)+"
_WORD = re.compile(
    r"[A-Z](?:\.[A-Z])+(?![^\W_]|\.[A-Z])"  # U.S
    rf"|(?=\w)[{_SPACELESS}]{_MARK}*+"
    rf"|{_LETTERS}(?:['’]{_LETTERS}|(?<=\d)[.,](?=\d){_LETTERS})*",
)
_FOLDED_AWAY = re.compile(
    r"[\u0300-\u036f\u0591-\u05bd\u064b-\u065f\u0670\u20d0-\u20ff\ufe00-\ufe0f\u00ad\u200c\u200d]"
    r"|(?<=[a-z])\.|(?<=\d),(?=\d{3}(?!\d))",  # U.S, 1,234
)


def word_spans(text: str) -> list[Span]:
    """Find the words, in order: every letter and digit is in exactly one. Takes linear time.

    A word is a run of letters, digits and their marks, with inner apostrophes. A number keeps its inner
    separators, and an abbreviation in capitals keeps its inner full stops. A hyphen separates words. Scripts
    that write no space between words give one span per character.

    >>> text = "They’ll pay $6.5 million to the U.S. well-wishers. 東京"
    >>> [text[start:end] for start, end in word_spans(text)]
    ['They’ll', 'pay', '6.5', 'million', 'to', 'the', 'U.S', 'well', 'wishers', '東', '京']
    """
    return [Span(*found.span()) for found in _WORD.finditer(text)]


def fold(word: str) -> str:
    """Return the form that a word shares with its other spellings, for matching and never for showing.

    The form has no case, width or ligatures (NFKC), no accents, points or joiners, no possessive 's, no
    full stops as in U.S, and no commas before three digits. Letters that Unicode does not decompose stay
    (ø, ł), and so do the vowels of Indic scripts.

    >>> [fold(word) for word in ("Šileris", "Europol’s", "U.S", "1,234", "ﬁnd")]
    ['sileris', 'europol', 'us', '1234', 'find']
    """
    plain = unicodedata.normalize("NFKC", word).casefold()
    kept = _FOLDED_AWAY.sub("", unicodedata.normalize("NFD", plain))
    return unicodedata.normalize("NFC", kept).replace("’", "'").removesuffix("'s")


def folded_words(text: str) -> list[str]:
    """Return the words of `word_spans`, each as `fold` gives it."""
    return [fold(text[start:end]) for start, end in word_spans(text)]
