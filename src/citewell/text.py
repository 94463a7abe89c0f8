"""Work on text by offsets: normalise it once, then only ever point into it."""

import codecs
import re
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from citewell.errors import LoadError


class Span(NamedTuple):
    """The half-open range [start, end) of a text, in Unicode code points.

    >>> span = Span(4, 7)
    >>> "the tide"[span.start : span.end]
    'tid'
    """

    start: int
    end: int


# A capital letter inside a pattern; `re` knows no class for it.
UPPER = r"[A-ZÀ-ÖØ-ÞŠŽŁČĆĐŚŹŻ]"


# Embeddings, overrides and isolates can make a text read other than it is (Boucher and Anderson 2021,
# "Trojan Source").
TURNING = frozenset(map(chr, [*range(0x202A, 0x202F), *range(0x2066, 0x206A)]))


def within(inner: Span, outer: Span) -> bool:
    """Whether one range lies in another."""
    return outer.start <= inner.start and inner.end <= outer.end


def joined(spans: Sequence[Span], text: str) -> list[Span]:
    """Join ranges between which only white space stands."""
    result: list[Span] = []
    for span in sorted(spans):
        if result and not text[result[-1].end : span.start].strip():
            result[-1] = Span(result[-1].start, max(result[-1].end, span.end))
        else:
            result.append(span)
    return result


# Random bytes hold 1 in 10 of these; a text holds a stray one. Terminal escapes and the backspaces
# of manual pages are text.
BINARY_BYTES = bytes(set(range(0x20)) - set(b"\t\n\v\f\r\b\x1b") | {0x7F})
BINARY_SHARE = 0.02

# The longer mark first: UTF-32's little-endian mark begins with UTF-16's.
MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def decode(data: bytes) -> str:
    """Return the text of a file's bytes, whatever its encoding: UTF-8, UTF-16, or Windows-1252.

    A byte order mark decides; else the places of NUL bytes tell UTF-16; else what is UTF-8 is UTF-8,
    with U+FFFD where a few bytes are broken; the rest is Windows-1252. Bytes that Windows-1252 leaves
    undefined become U+FFFD: read as Latin-1 they would be control characters, which `normalise`
    drops, and nobody would see that something stood there.

    >>> decode("café".encode("cp1252")) == decode("café".encode("utf-16")) == "café"
    True

    Raises:
        LoadError: The bytes are no text.
    """
    for mark, encoding in MARKS:
        if data.startswith(mark):
            return data.removeprefix(mark).decode(encoding, errors="replace")
    strange = len(data) - len(data.translate(None, BINARY_BYTES))
    if strange > max(1, BINARY_SHARE * len(data)):
        if wide := _utf16(data):
            return wide
        message = f"holds binary data, not text: {strange:,} of {len(data):,} bytes are control characters"
        raise LoadError(message)
    try:
        return data.decode()
    except UnicodeDecodeError:
        text = data.decode(errors="replace")
    # A text in Windows-1252 has next to no valid sequence of UTF-8; a damaged UTF-8 text has mostly those.
    broken = text.count("\ufffd")
    whole = sum(character > "\x7f" for character in text) - broken
    return text if whole > broken else data.decode("cp1252", errors="replace")


def _utf16(data: bytes) -> str:
    """Return the text if the bytes look like UTF-16 without a mark, else ""."""
    nuls = {"utf-16-be": data[::2].count(0), "utf-16-le": data[1::2].count(0)}
    encoding = max(nuls, key=lambda name: nuls[name])
    # In every script spaces, digits and line ends have a NUL, all in the same half.
    if len(data) % 2 or not nuls[encoding]:
        return ""
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        return ""
    strange = sum(unicodedata.category(character) in {"Cc", "Cn", "Co"} for character in text)
    lines = sum(map(text.count, "\t\n\r"))
    return text if strange - lines <= BINARY_SHARE * len(text) else ""


LINE_ENDS = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
# A byte order mark inside a text comes from files put together; Unicode 3.2 deprecated it as a joiner.
INVISIBLE = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ufeff]")
SURROGATES = re.compile("[\ud800-\udfff]+")
# The standard library's \w leaves out the marks that carry the vowels of Hindi or the accents of NFD.
_MARKS = "".join(mark for mark in map(chr, range(0x300, 0x1F000)) if unicodedata.category(mark)[0] == "M")
# No writing puts as many on one letter (UAX #15, Stream-Safe Text Format). Outside the first plane all
# characters are taken for marks, since `re` would go through the real ones one by one.
_LOW_MARKS = "".join(mark for mark in _MARKS if mark <= "\uffff")
MANY_MARKS = re.compile(rf"[{_LOW_MARKS}\U00010000-\U0001efff]{{31,}}")


def normalise(text: str) -> str:
    r"""Return the text that offsets count in: line ends are LF, no control characters but TAB, NFC.

    What a reader can see stays as it is: no-break spaces, marks of direction, joiners and emoji are
    kept. Lone halves of a surrogate pair become U+FFFD, so that the text can always be stored. Idempotent.
    Takes linear time, but for the sorting of very many marks on one letter.

    >>> normalise("\ufeffThe\x00 tide\r\nrose to Zu\u0308rich.")
    'The tide\nrose to Zürich.'
    """
    text = LINE_ENDS.sub("\n", text)
    text = INVISIBLE.sub("", text)
    text = SURROGATES.sub(
        lambda found: found[0].encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace"), text
    )
    return unicodedata.normalize("NFC", MANY_MARKS.sub(_in_order, text))


def _in_order(found: re.Match[str]) -> str:
    """Return marks apart and in Unicode's canonical order, which `unicodedata` is slow to find."""
    apart = "".join(unicodedata.normalize("NFD", mark) for mark in found[0])
    ordered: list[str] = []
    for is_mark, run in groupby(apart, key=lambda mark: unicodedata.combining(mark) > 0):
        # What combines with nothing keeps its place, and parts what is sorted.
        ordered += sorted(run, key=unicodedata.combining if is_mark else lambda _mark: 0)
    return "".join(ordered)


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


def _listed(words: str) -> frozenset[str]:
    return frozenset(words.split())


# English abbreviations, without their last full stop. First those that never end a sentence, then those
# that do unless a number follows, then those (and all of _DOTTED) that do only before a word of _STARTERS.
_NEVER_LAST = _listed("mr mrs ms mx dr prof messrs mme mlle e.g i.e eg ie cf viz vs v")
_BEFORE_NUMBER = _listed(
    "no nos nr fig figs p pp vol vols ch chap sec sect art eq para ed tab app ref refs approx ca est"
    " jan feb mar apr jun jul aug sep sept oct nov dec"
)
_BEFORE_NAME = _listed(
    "gen sen rep gov lt col sgt capt cmdr adm maj cpl pvt hon rev fr st mt ft pres supt insp det atty sr jr"
    " esq inc ltd co corp llc plc bros dept univ assn ave blvd rd al"
)
_STARTERS = _listed(
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
                found.append(_trimmed(text, begin, stop.end()))
                begin, word = stop.end(), following  # noqa: PLW2901 - the block's rest
        found.append(_trimmed(text, begin, end))
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


def _trimmed(text: str, start: int, end: int) -> Span:
    piece = text[start:end]
    return Span(end - len(piece.lstrip()), start + len(piece.rstrip()))


# Thai, Lao, Myanmar, Khmer, kana and Han write no space between words: each character stands for itself.
_SPACELESS = (
    r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3041-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    r"\uf900-\ufaff\uff66-\uff9f\U0001b000-\U0001b16f\U00020000-\U0003ffff"
)
_MARK = rf"[{_MARKS}\u00ad\u200c\u200d]"
# No part that repeats is possessive where it holds another: Python before 3.11.5 then matches too little.
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

    A word is a run of letters, digits and their marks with inner apostrophes; a number keeps its inner
    separators, an abbreviation in capitals its inner full stops; a hyphen divides. Scripts that write
    no space between words give one span a character.

    >>> text = "They’ll pay $6.5 million to the U.S. well-wishers. 東京"
    >>> [text[start:end] for start, end in word_spans(text)]
    ['They’ll', 'pay', '6.5', 'million', 'to', 'the', 'U.S', 'well', 'wishers', '東', '京']
    """
    return [Span(*found.span()) for found in _WORD.finditer(text)]


def fold(word: str) -> str:
    """Return what a word has in common with its other spellings, for matching and never for showing.

    Case, width and ligatures (NFKC), accents, points and joiners go, and so do a possessive 's, the
    full stops of U.S and commas before three digits. Letters that Unicode does not take apart stay
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
