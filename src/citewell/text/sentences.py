"""Find the sentences of a text, as offsets."""

import re
from collections.abc import Iterator

from citewell.text.abbreviations import LISTED, STARTERS
from citewell.text.full_stops import full_stop_ends, is_cased
from citewell.text.spans import Span

# The rules are our own, chosen after a trial: docs/design.md reports it, `benchmarks/sentences.py` runs it.
#
# Stops that end a sentence with or without white space behind them: Unicode's Sentence_Terminal in the
# scripts that have their own stops, and the shads of Tibetan, which end a clause or a sentence.
_STOPS_ALONE = frozenset(
    "࠷࠹࠽࠾⹠⹡︒︕︖։؝؞؟۔܀܁܂߹।॥။።፧፨᙮᜵᜶។៕᠃᠉᥄᥅᪨᪩᪪᪫᭎᭏᭚᭛᭞᭟᭽᭾᭿᰻᰼᱾᱿⳹⳺⳻。꓿꘎꘏꛳꛷꡶꡷꣎꣏꤯꧈꧉꩝꩞꩟꫰꫱꯫﹒﹖﹗！．？｡།༎༏༐༑༔"
)
_STOPS = ".․!?…‼‽⁇⁈⁉⸮⸼⹓⹔" + "".join(sorted(_STOPS_ALONE))
_GREEK_QUESTION = r"(?<=[\u0370-\u03ff\u1f00-\u1fff]);"  # NFC turns Greek's question mark into a semicolon
_TWO_WORDSPACES = "፡፡"  # Ethiopic's full stop, as it is often typed
_OPENERS = r"\"'“‘„‚«‹»(\[{「『【〈《（［｛¿¡*_`–—-"  # » opens in German; a dash opens a speech
_CLOSERS = r"\"'”’»›)\]}」』】〉》）］｝*_`"
_GOES_ON = frozenset(",;:，、；：|)]}.!?…&")
_STOP = re.compile(
    rf"((?:[{_STOPS}]|{_GREEK_QUESTION}|{_TWO_WORDSPACES})++)"
    rf"(?:[{_STOPS}{_CLOSERS}]++"
    r"|[“«](?!\w)"  # closing quotes in German
    r"|\[(?:\d[\d,–\- ]{0,20}|[a-z]|(?:note|n|nb) \d{1,3}|citation needed)\]"  # a footnote's number
    r"|[⁰¹²³⁴-⁹]++"
    r"|[ \u00a0\u202f][\"”»](?=\s|\Z))*"  # French sets a space before »
)
_NEXT = re.compile(rf"(\s*+)[{_OPENERS}]{{0,4}}\s?")
_BRAND = re.compile(r"[^\W\d_]{1,3}[A-Z\d]")  # names that begin with a small letter: iPhone, eBay, macOS, p53
_LOOK_BACK = 32  # characters searched for the last word before a stop; the limit keeps the work linear
# The start of a sentence without a space before it: the text before it is not part of an address or of code,
# and a word and a space follow.
_ADDRESS = frozenset("./@_:=\\#&%+`")
_SHORTEST = 2  # letters before the stop; fewer are an initial, as in U.S
_DOMAINS = frozenset({"com", "org", "net", "edu", "gov", "info"})
_GLUED_WORD = re.compile(r"([^\W\d_]{1,20}+)(?=[’'-]\w|[,;:.!?…]*+(?:\s|\Z))")


_ITEM = re.compile(
    r"\s*(?:[-*+•‣▪◦·]|(?P<number>\d{1,3}(?:\.\d{1,3})*)\.?[.)]|\(?(?P<letter>[A-Za-z]|[ivx]{1,4})\))\s+(?=\S)"
)
_FIRST_ITEMS = (None, "1", "a", "A", "i")  # as in CommonMark, "5. " inside a paragraph begins no list
_HEADING = re.compile(r"\s{0,3}#{1,6}\s+(?:\d[\d.]*\s+)?(?=\S)")
_RULE = re.compile(r"=+|-{3,}|\*{3,}|_{3,}")


def sentences(text: str) -> list[Span]:
    """Find the sentences, in order, trimmed of white space; every other character is in exactly one.

    A sentence includes its closing quotes, brackets and footnote numbers; a quotation of several
    sentences is split inside. A blank line ends a sentence, and so do both ends of a list item, of a
    heading with "#" and of a table's row with "|"; any other line break is white space. Abbreviations
    of Europe's languages are known. In a script without full stops (Thai), each paragraph is one sentence.
    The space between two sentences may be missing, unless an address or code is likelier. Takes linear time.

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
    """Yield the start, the words' start and the end of each block of lines that no sentence crosses."""
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
    """Return where the next sentence begins after a stop; None when the sentence from `begin` goes on."""
    gap = _NEXT.match(text, stop.end(), end)
    if gap is None or gap.end() == end or text[gap.end(1)] in _GOES_ON:
        return None
    initial = text[gap.end()]
    if not _STOPS_ALONE.isdisjoint(stop[0]):
        if initial.isdecimal() and text[stop.start() - 1].isdecimal():
            return None  # ３．５
        return None if initial == "と" and stop[0] != stop[1] else gap.end()  # 「はい。」と言った
    is_small = _is_small(initial) and not _BRAND.match(text, gap.end(), end)
    before, after = Span(begin, stop.start()), Span(gap.end(), end)
    if stop[0][0] in "!?" and text[stop.start() - 1] in "([" and stop[0][-1] in ")]":
        ends = False  # he said (!) that
    elif not gap[1]:
        ends = _is_glued(text, stop[0], before, after)
    elif is_small and stop[0] != ".":
        ends = False  # "Really?" he asked
    else:
        ends = stop[1] != "." or full_stop_ends(text, before, after, is_small=is_small)
    return gap.end() if ends else None


def _is_small(letter: str) -> bool:
    """Whether a letter is small; not for Georgian, whose letters are small in Unicode yet begin sentences."""
    return letter.islower() and not "\N{GEORGIAN LETTER AN}" <= letter <= "\N{GEORGIAN LETTER LABIAL SIGN}"


def _is_glued(text: str, stop: str, before: Span, after: Span) -> bool:
    """Whether a sentence begins behind a stop without a space; not in 3.5, example.org or System.Text.

    Args:
        text: The text.
        stop: The stop with the closing quotes and brackets behind it.
        before: The sentence, up to the stop.
        after: The text from the next word to the block's end.
    """
    found = _GLUED_WORD.match(text, *after)
    around = text[max(before.start, before.end - _LOOK_BACK) : before.end]
    last = re.split(r"\s", around)[-1].strip("\"'“‘„”’«»()[]")
    if not found or len(last) < _SHORTEST or not last[-1].isalnum() or not _ADDRESS.isdisjoint(last):
        return False
    word = found[1]
    if not is_cased(word[0]):
        # Not Thai and Lao, which use full stops only for abbreviations.
        return last[-1].isalpha() and not is_cased(last[-1]) and not "\u0e00" <= word[0] <= "\u0eff"
    is_word = word[0].isupper() and (word[1:].islower() or (word in {"A", "I"} and last.islower()))
    if not is_word or word.casefold() in _DOMAINS:
        return False
    is_known = word.casefold() in STARTERS and last.casefold() not in LISTED
    return stop != "." or is_known or (last.islower() and last.isalpha() and last not in LISTED)


def _trim(text: str, start: int, end: int) -> Span:
    piece = text[start:end]
    return Span(end - len(piece.lstrip()), start + len(piece.rstrip()))


def sentence_texts(text: str) -> list[str]:
    """Return the sentences of a text, in order."""
    return [text[span.start : span.end] for span in sentences(text)]
