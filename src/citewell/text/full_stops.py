"""Tell a full stop that ends a sentence from one behind an abbreviation, an initial or a number."""

import re
from typing import NamedTuple

from citewell.text import abbreviations as known
from citewell.text.spans import Span

LOOK_BACK = 32  # characters searched for the last words before a full stop; the limit keeps the work linear
# The word before the last word, a comma behind it, and the last word with the initials before it.
LAST_WORDS = re.compile(r"(?:(\w++)(,?)\s{1,3})?((?:\b[^\W\d_]\.\s)*[\w.'’°º-]*)\Z")
NEXT_WORD = re.compile(r"[^\W_]{1,20}+\.?")
ELIDED = re.compile(r"\A(?:[dl]|qu)['’](?=\w)", re.IGNORECASE)  # l'éd., d'A. Dumas
DOTTED = re.compile(r"(?:[^\W\d_]{1,2}\.-?)+[^\W\d_]{1,2}|[^\W\d_]")  # U.S, a.m, Ph.D, z.B, an initial
ORDINAL = re.compile(r"(?<![\w.,])\d{1,2}\.\s?\Z")
ROMAN = re.compile(r"[IVXLCDM]{2,}")
SUBJECT = re.compile(r"[A-Z][\w'’-]{0,30}(?:,|\s+[a-z])")  # "Employees were", not "Mayor Muriel Bowser"

SHORTEST_WORD = 5  # letters; before a small letter, a shorter word is likely an unlisted abbreviation
LONGEST_ORDINAL = 2  # digits of a German ordinal number
# Characters and words that are too few for a sentence: "At 5 p.m." and "In March, D.C." only begin one.
TOO_SHORT = (40, 3)


class Around(NamedTuple):
    """The words around a full stop.

    Attributes:
        previous: The word before `last`, or "".
        is_listed: A comma stands behind `previous`.
        last: The word before the full stop, with the initials before the word, without white space.
        following: The word behind the full stop, with its own full stop if it has one.
        is_short: The text before the full stop is too short for a sentence.
        has_verb: A word in small letters or a comma stands behind `following`.
    """

    previous: str
    is_listed: bool
    last: str
    following: str
    is_short: bool
    has_verb: bool

    @property
    def next_(self) -> str:
        """The word behind the full stop, folded, without a full stop of its own."""
        return self.following.rstrip(".").casefold()

    @property
    def is_started(self) -> bool:
        """Whether the word behind the full stop often begins a sentence."""
        return self.following.casefold() in known.STARTERS


def full_stop_ends(text: str, before: Span, after: Span, *, is_small: bool) -> bool:
    """Tell whether a full stop between two words ends a sentence.

    Args:
        text: The text.
        before: The sentence, up to the full stop.
        after: The text from the next word on.
        is_small: Whether the next word begins with a small letter.
    """
    around = _around(text, before, after)
    word = around.last.casefold()
    if word in known.NEVER_LAST:
        return False
    if is_small:
        return len(word) >= SHORTEST_WORD and word not in known.LISTED and not DOTTED.fullmatch(around.last)
    return _ends_before_capital(around)


def ordinal_start(text: str, start: int) -> int:
    """Return the start of a German date or ordinal whose noun is at `start`; `start` when there is none.

    >>> ordinal_start("Am 3. Mai", 6)
    3
    """
    noun = NEXT_WORD.match(text, start)
    number = ORDINAL.search(text, max(0, start - LOOK_BACK), start)
    is_ordinal = noun and number and noun[0].rstrip(".").casefold() in known.AFTER_ORDINAL
    return number.start() if number and is_ordinal else start


def is_cased(letter: str) -> bool:
    """Whether a letter has a small and a capital form."""
    return letter.lower() != letter.upper()


def _around(text: str, before: Span, after: Span) -> Around:
    words = LAST_WORDS.search(text, max(before.start, before.end - LOOK_BACK), before.end)
    following = NEXT_WORD.match(text, *after)
    characters, number = TOO_SHORT
    is_short = before.end - before.start <= characters and len(text[slice(*before)].split()) <= number
    return Around(
        previous=(words[1] or "") if words else "",
        is_listed=bool(words and words[2]),
        last=ELIDED.sub("", "".join(words[3].split())) if words else "",
        following=following[0] if following else "",
        is_short=is_short,
        has_verb=SUBJECT.match(text, *after) is not None,
    )


def _ends_before_capital(around: Around) -> bool:
    """Tell whether a full stop ends a sentence when no small letter follows."""
    last, following = around.last, around.following
    # In capitals, a listed abbreviation is an acronym instead: SR, CO.
    is_acronym = len(last) > 1 and last.isalpha() and last.isupper() and following[1:2].islower()
    word = "" if is_acronym else last.casefold()
    if word in known.BEFORE_NUMBER:
        return not (following[:1].isdigit() or ROMAN.fullmatch(following))
    if word in known.CLOCK:
        return not (around.is_short or following[:1].isdigit() or around.next_ in known.AFTER_CLOCK)
    if word in known.BEFORE_NAME:
        return around.is_started
    if last.isdecimal():
        return not _is_ordinal(around)
    if word and DOTTED.fullmatch(last) and is_cased(last[0]) and word not in known.OFTEN_LAST:
        return _initial_ends(around)
    return True


def _is_ordinal(around: Around) -> bool:
    """Whether the last word is a German ordinal number: 3. Mai, der 1. FC."""
    if len(around.last) > LONGEST_ORDINAL:
        return False
    is_after_article = around.previous.casefold() in known.BEFORE_ORDINAL and not around.is_started
    return around.next_ in known.AFTER_ORDINAL or is_after_article


def _initial_ends(around: Around) -> bool:
    """Whether a word that looks like an initial, such as U.S or J, ends a sentence."""
    word = around.last.casefold()
    if len(word) == 1 and around.previous[-1:].isdecimal() and word not in known.UNITS_BUT:
        return True  # 30 m
    if around.is_started and around.next_ not in known.NAMES:
        return True
    is_place = around.previous.casefold() in known.IN_PLACES or (
        around.is_listed and around.previous[:1].isupper()
    )
    is_name = word not in known.REGIONS or not is_place or around.next_ in known.AFTER_REGIONS
    return not is_name and not around.is_short and around.has_verb
