"""Find the sentences of a text, by offsets."""

import re
from collections.abc import Iterator

from citewell.text.spans import Span

# Sentences are found by our own rules, after a trial of what there is: sentencex 1.0.32 is quick and exact,
# but keeps a quotation of ten sentences whole, lets a sentence begin with the quote that closed the one
# before, and must be told the language; pysbd (2021) and syntok (2022) are no longer kept up.
_STOPS = ".!?…‼⁇⁈⁉。！？｡؟۔।॥"
_STOPS_ALONE = frozenset("。！？｡؟۔।॥")  # end a sentence with or without white space after them
_OPENERS = r"\"'“‘„‚«‹»(\[{「『【〈《（［｛¿¡*_`–—-"  # » opens in German; a dash opens a speech
_CLOSERS = r"\"'”’»›)\]}」』】〉》）］｝*_`"
_GOES_ON = frozenset(",;:，、；：|)]}.!?…&")
_STOP = re.compile(
    rf"([{_STOPS}]++)"
    rf"(?:[{_STOPS}{_CLOSERS}]++"
    r"|[“«](?!\w)"  # German closes with them
    r"|\[(?:\d[\d,–\- ]{0,20}|[a-z]|(?:note|n|nb) \d{1,3}|citation needed)\]"  # a footnote's number
    r"|[⁰¹²³⁴-⁹]++"
    r"|[ \u00a0\u202f][\"”»](?=\s|\Z))*"  # French sets a space before »
)
_NEXT = re.compile(rf"(\s*+)[{_OPENERS}]{{0,4}}\s?")
_NEXT_WORD = re.compile(r"[^\W_]{1,20}+\.?")
_BRAND = re.compile(r"[^\W\d_]{1,3}[A-Z\d]")  # iPhone, eBay, macOS, p53, when its first letter is small
_LAST_WORD = re.compile(r"[\w.]*\Z")
_DOTTED = re.compile(r"(?:[^\W\d_]{1,2}\.)+[^\W\d_]{1,2}|[^\W\d_]")  # U.S, a.m, Ph.D, z.B, an initial
_LOOK_BACK = 12  # characters before a full stop that are searched for an abbreviation, so that work is linear
_SHORTEST_WORD = 5  # before a small letter: what is shorter is likelier an abbreviation that is not listed


def _read_list(words: str) -> frozenset[str]:
    return frozenset(words.split())


# English abbreviations, without their last full stop. First those that never end a sentence, then those
# that do unless a number follows, then those (and all of _DOTTED) that do only before a word of _STARTERS.
_NEVER_LAST = _read_list("mr mrs ms mx dr prof messrs mme mlle e.g i.e eg ie cf viz vs v")
_BEFORE_NUMBER = _read_list(
    "no nos nr fig figs p pp vol vols ch chap sec sect art eq para ed tab app ref refs approx ca est"
    " jan feb mar apr jun jul aug sep sept oct nov dec"
)
_BEFORE_NAME = _read_list(
    "gen sen rep gov lt col sgt capt cmdr adm maj cpl pvt hon rev fr st mt ft pres supt insp det atty sr jr"
    " esq inc ltd co corp llc plc bros dept univ assn ave blvd rd al"
)
_STARTERS = _read_list(
    "the a an this that these those he she it they we i you his her its their our my your there here"
    " in on at by for from with to of and but or nor so yet as if when while where who what why how which"
    " after before since until during although though because however meanwhile then now also not no yes"
)

_ITEM = re.compile(
    r"\s*(?:[-*+•‣▪◦·]|(?P<number>\d{1,3}(?:\.\d{1,3})*)[.)]|\(?(?P<letter>[A-Za-z]|[ivx]{1,4})\))\s+(?=\S)"
)
_FIRST_ITEMS = (None, "1", "a", "A", "i")  # as in CommonMark, "5. " inside a paragraph begins no list
_HEADING = re.compile(r"\s{0,3}#{1,6}\s+(?:\d[\d.]*\s+)?(?=\S)")
_RULE = re.compile(r"=+|-{3,}|\*{3,}|_{3,}")


def sentences(text: str) -> list[Span]:
    """Find the sentences, in order, trimmed of white space; every other character is in exactly one.

    A sentence ends with its closing quotes, brackets and footnote numbers; a quotation of several
    sentences is split inside. A blank line ends a sentence, and so do both ends of a list item, of a
    heading with "#" and of a table's row with "|"; any other line break is white space. Abbreviations
    are English; a script without full stops (Thai) gives a sentence a paragraph. Takes linear time.

    >>> text = '"Go," said Dr. X. "Now!" He left.'
    >>> [text[start:end] for start, end in sentences(text)]
    ['"Go," said Dr. X.', '"Now!"', 'He left.']
    """
    found = []
    for begin, body, end in _blocks(text):
        word = body
        for stop in _STOP.finditer(text, body, end):
            following = _next_sentence(text, stop, begin, end) if stop.start() > word else None
            if following is not None:
                found.append(_trim(text, begin, stop.end()))
                begin, word = stop.end(), following  # noqa: PLW2901 - the block's rest
        found.append(_trim(text, begin, end))
    return [span for span in found if span.start < span.end]


def _blocks(text: str) -> Iterator[tuple[int, int, int]]:
    """Yield the start, the start of the words, and the end of runs of lines that no sentence crosses."""
    start = body = at = 0
    is_open = in_list = False
    for line in text.splitlines(keepends=True):
        item = _ITEM.match(line)
        if item and is_open and not in_list and (item["number"] or item["letter"]) not in _FIRST_ITEMS:
            item = None  # the end of a wrapped line
        heading = _HEADING.match(line)
        marker = max(found.end() if found else 0 for found in (item, heading))
        bare = line[marker:].strip()
        is_alone = bare.startswith("|") or " | " in bare or heading is not None
        if is_open and (not bare or item or is_alone):
            yield start, body, at
            is_open = False
        if bare and not is_open:
            start, body = at, at + marker
            is_open, in_list = True, item is not None
        at += len(line)
        if is_open and (is_alone or _RULE.fullmatch(bare)):
            yield start, body, at
            is_open = False
    if is_open:
        yield start, body, at


def _next_sentence(text: str, stop: re.Match[str], begin: int, end: int) -> int | None:
    """Return where the words after a stop begin, or None when they go on with the sentence from `begin`."""
    gap = _NEXT.match(text, stop.end(), end)
    if gap is None or gap.end() == end or text[gap.end(1)] in _GOES_ON:
        return None
    initial = text[gap.end()]
    if not _STOPS_ALONE.isdisjoint(stop[0]):
        return None if initial == "と" and stop[0] != stop[1] else gap.end()  # 「はい。」と言った
    if not gap[1]:
        return None  # 3.5, example.org
    is_small = initial.islower() and not _BRAND.match(text, gap.end(), end)
    if is_small and stop[0] != ".":
        return None  # "Really?" he asked
    if stop[1] == ".":
        last = _LAST_WORD.search(text, max(begin, stop.start() - _LOOK_BACK), stop.start())
        following = _NEXT_WORD.match(text, gap.end(), end)
        if not _full_stop_ends(last[0] if last else "", following[0] if following else "", is_small=is_small):
            return None
    return gap.end()


def _full_stop_ends(last: str, following: str, *, is_small: bool) -> bool:
    """Tell whether a full stop between two words ends a sentence."""
    word = last.casefold()
    if word in _NEVER_LAST:
        return False
    if word in _BEFORE_NUMBER:
        return not is_small and not following[:1].isdigit()
    if word in _BEFORE_NAME or _DOTTED.fullmatch(last):
        return not is_small and following.casefold() in _STARTERS
    return not is_small or len(last) >= _SHORTEST_WORD


def _trim(text: str, start: int, end: int) -> Span:
    piece = text[start:end]
    return Span(end - len(piece.lstrip()), start + len(piece.rstrip()))


def sentence_texts(text: str) -> list[str]:
    """Return the sentences of a text, in order."""
    return [text[span.start : span.end] for span in sentences(text)]
