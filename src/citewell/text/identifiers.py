"""Find identifiers by their shape: AB-0078, CVE-2021-3354, KX5442, and names with a number, as in Town 57."""

import re
from dataclasses import dataclass

from citewell.text.english import DATE_WORDS, FUNCTION_WORDS, SENTENCE_OPENERS
from citewell.text.words import fold

# Letters and digits in one run, or in several with one of these signs between them.
_RUN = re.compile(r"[^\W_]+(?:[-‐‑–/._:#][^\W_]+)*")
_DIGITS, _LETTERS = re.compile(r"\d+"), re.compile(r"[^\W\d_]+")
_UNIT = re.compile(r"[\d.,]+[^\W\d_]{1,4}|[\d.,]+(?:[-‐‑–][^\W\d_]+)+")  # 400m, 10kg, 22-mile, 50-year-old
_WORD = re.compile(r"[a-zà-ÿ]{3,}")  # of mid-2019: in a code, letters are capitals or few
_BEFORE = re.compile(r"([^\W\d_]{2,})[ \u00a0]$")
_SEPARATORS = re.compile(r"[^\w]|_")
_YEAR = re.compile(r"(?:1[5-9]|20|21)\d\d")
_NO_KIND = (
    FUNCTION_WORDS | SENTENCE_OPENERS | DATE_WORDS
)  # before a number they say nothing of what it numbers


@dataclass(frozen=True, slots=True)
class Identifier:
    """An identifier in a text.

    Attributes:
        name: Its letters and digits, folded: two spellings of one identifier have the same name.
        kind: What it has in common with others of its kind: its shape, or the word before its number.
        start: Offset of its first character.
    """

    name: str
    kind: str
    start: int

    def is_like(self, other: "Identifier") -> bool:
        """Whether both are of a kind: the same word before a number, or the same shape and nearly as long."""
        is_word = self.kind[:2].isalpha()
        return self.kind == other.kind and (is_word or abs(len(self.name) - len(other.name)) <= 1)


def find_identifiers(text: str, *, typed: bool = False) -> list[Identifier]:
    """Return the identifiers of a text, in order.

    Args:
        text: The text.
        typed: Whether a person typed it, who may write a code in small letters.

    >>> [found.name for found in find_identifiers("AB-0078 lay in Room 12 for 22 days, 400m off.")]
    ['ab0078', 'room12']
    >>> [found.kind for found in find_identifiers("CVE-2021-3354 and KX5442 in May 2021")]
    ['a-9-9', 'a9']
    """
    found = []
    for match in _RUN.finditer(text):
        run = match[0]
        if not _DIGITS.search(run) or _UNIT.fullmatch(run):
            continue
        if _LETTERS.search(run):
            if typed or not _WORD.search(run):
                kind = _LETTERS.sub("a", _DIGITS.sub("9", run))
                found.append(Identifier(_SEPARATORS.sub("", fold(run)), kind, match.start()))
        elif run.isdecimal() and not _YEAR.fullmatch(run):
            word = _BEFORE.search(text, max(0, match.start() - 40), match.start())
            if word and (typed or word[1][0].isupper()) and (name := fold(word[1])) not in _NO_KIND:
                found.append(Identifier(f"{name}{int(run)}", name, word.start()))
    return found
