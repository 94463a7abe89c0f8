"""Find quotations in a text, and where an article has them: verbatim, or with which words changed."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from citewell.text.spans import Span
from citewell.text.words import fold, word_spans

# One kind of mark opens and its own closes: an apostrophe is none, and neither is an inch.
MARKED = re.compile(r"“([^“”]+)”|\"([^\"]+)\"|„([^„“”]+)[“”]|«([^«»]+)»")
# What a quotation leaves out or says in other words: its parts are quotations of their own.
LEFT_OUT = re.compile(r"\[[^\[\]]*\]|…|\.{3,}")
# Least share of words, in order, that a passage has in common with a quotation that was altered.
LIKE = 0.6
LEAST_WORDS = 3


class Wording(StrEnum):
    """How an article has a quotation."""

    VERBATIM = "verbatim"
    ALTERED = "altered"
    NOT_FOUND = "not_found"


@dataclass(frozen=True, slots=True)
class Quotation:
    """The words between quotation marks: `text[start:end]`.

    Attributes:
        text: The words.
        start: Offset of the first.
        end: Offset one past the last.
    """

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Place:
    """Where an article has a quotation.

    Attributes:
        wording: How it has it.
        span: The article's characters; None when it does not have it.
        changed: Ranges of the quotation that the article has otherwise, offsets into the quotation's text.
        original: Ranges of the article that the quotation has otherwise.
        likeness: Share of the words that are the same, in [0, 1].
    """

    wording: Wording
    span: Span | None = None
    changed: tuple[Span, ...] = ()
    original: tuple[Span, ...] = ()
    likeness: float = 0.0


class Words:
    """The folded words of an article, with their offsets."""

    def __init__(self, text: str) -> None:
        """Cut a text into words, once."""
        self.spans = word_spans(text)
        self.folded = [fold(text[start:end]) for start, end in self.spans]
        self.places: dict[str, list[int]] = {}
        for place, word in enumerate(self.folded):
            self.places.setdefault(word, []).append(place)


def find_quotations(text: str, within: Span | None = None) -> tuple[Quotation, ...]:
    """Return what stands in quotation marks, in order.

    >>> [found.text for found in find_quotations('He said "it rose" and “it fell”.')]
    ['it rose', 'it fell']
    """
    start, end = within or (0, len(text))
    found = []
    for match in MARKED.finditer(text, start, end):
        group = next(number for number in range(1, 5) if match[number] is not None)
        at = match.start(group)
        for gap in [*LEFT_OUT.finditer(text, at, match.end(group)), None]:
            part = text[at : gap.start() if gap else match.end(group)]
            words = part.strip(" ,.;:!?")
            if words:
                begin = at + part.index(words)
                found.append(Quotation(words, begin, begin + len(words)))
            at = gap.end() if gap else at
    return tuple(found)


def locate(quotation: str, words: Words) -> Place:
    """Find a quotation in an article; letters' case, marks and spaces do not count.

    >>> article = Words("It is a stunt that no-one takes seriously, he said.")
    >>> locate("a stunt that no-one takes", article).wording.value
    'verbatim'
    >>> found = locate("a stunt that everyone takes seriously", article)
    >>> found.wording.value, found.changed, found.original
    ('altered', (Span(start=13, end=21),), (Span(start=19, end=25),))
    """
    own = word_spans(quotation)
    wanted = [fold(quotation[start:end]) for start, end in own]
    if not wanted:
        return Place(Wording.NOT_FOUND)
    n = len(wanted)
    for place in words.places.get(wanted[0], ()):
        if words.folded[place : place + n] == wanted:
            span = Span(words.spans[place].start, words.spans[place + n - 1].end)
            return Place(Wording.VERBATIM, span, likeness=1.0)
    return _nearest(wanted, own, words)


def _nearest(wanted: Sequence[str], own: Sequence[Span], words: Words) -> Place:
    """Return the part of an article that is most like a quotation."""
    n = len(wanted)
    if n < LEAST_WORDS:
        return Place(Wording.NOT_FOUND)
    starts: dict[int, int] = {}
    for offset, word in enumerate(wanted):
        for place in words.places.get(word, ())[:200]:
            starts[place - offset] = starts.get(place - offset, 0) + 1
    best = Place(Wording.NOT_FOUND)
    for start in sorted(starts, key=lambda start: (-starts[start], start))[:5]:
        first, last = max(0, start - 2), min(len(words.folded), start + n + 3)
        blocks = SequenceMatcher(None, wanted, words.folded[first:last], autojunk=False).get_matching_blocks()
        likeness = sum(block.size for block in blocks) / n
        if likeness >= LIKE and likeness > best.likeness:
            best = _differences(
                wanted, own, words, first, [block for block in blocks if block.size], likeness
            )
    return best


def _differences(
    wanted: Sequence[str],
    own: Sequence[Span],
    words: Words,
    first: int,
    blocks: Sequence[object],
    likeness: float,
) -> Place:
    """Return the place with the words between the blocks that both sides share."""
    pairs = [(block.a, first + block.b, block.size) for block in blocks]  # type: ignore[attr-defined]
    begin, end = pairs[0][1] - pairs[0][0], pairs[-1][1] + len(wanted) - pairs[-1][0]
    begin, end = max(0, begin), min(len(words.folded), end)
    changed, original = [], []
    here, there = 0, begin
    for a, b, size in [*pairs, (len(wanted), end, 0)]:
        if a > here:
            changed.append(Span(own[here].start, own[a - 1].end))
        if b > there:
            original.append(Span(words.spans[there].start, words.spans[b - 1].end))
        here, there = a + size, b + size
    span = Span(words.spans[begin].start, words.spans[end - 1].end)
    return Place(Wording.ALTERED, span, tuple(changed), tuple(original), likeness)
