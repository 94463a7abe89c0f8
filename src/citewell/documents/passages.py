"""Split an article into passages of whole sentences that the encoder can read to their end."""

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple, TypeAlias

from citewell.documents.document import Document
from citewell.documents.structure import Mark, Place
from citewell.text.sentences import sentences
from citewell.text.spans import Span

SPLITTING_VERSION = 3  # raise it when any rule here or in `sentences` changes: older indexes are then stale
MAX_TOKENS = 180  # with a question of 73 tokens and 3 special ones it fills the 256 that a reader takes in
MAX_CHARACTERS = 2000  # a word of any length is one [UNK] to WordPiece, and people read passages: half a page
TARGET = 0.5  # of max_tokens: from here on a paragraph's end ends the passage, so most hold one thought
LONGEST_HEADING = 80  # characters, of a line alone without a full stop

_HEADING = re.compile(r"#{1,6}\s")
_JOINER = "\u200d"  # zero-width joiner, of emoji and Indic scripts

TokenSpans: TypeAlias = Callable[[str], Sequence[Span]]
"""An encoder's `token_spans`: the characters of each token of a text, in order."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A range of an article: what is embedded, retrieved and read.

    Attributes:
        document: The article.
        start: Offset of the first character, in code points of the article's text.
        end: Offset one past the last character.
        sentences: The passage's sentences, in order, offsets into the article; a sentence that is
            too long for the encoder appears in pieces. They do not overlap.
    """

    document: Document
    start: int
    end: int
    sentences: tuple[Span, ...]

    @property
    def text(self) -> str:
        """The characters of the passage."""
        return self.document.text[self.start : self.end]

    @property
    def place(self) -> Place:
        """Where it stands in its article."""
        return self.document.outline.place(self.start)


class _Unit(NamedTuple):
    """A sentence, or a piece of one that is too long.

    Attributes:
        span: The range of its characters.
        tokens: Number of tokens of the unit alone; at least 1, so that 2 * max_tokens units are enough to
            look at.
        ends_paragraph: Whether a blank line or the end of the text follows.
        leads: Whether the unit is a heading or a lead-in ("He said:"), which belongs to the following unit.
        opens: Whether the unit is a heading by a mark of the loader: a section begins with it.
    """

    span: Span
    tokens: int
    ends_paragraph: bool
    leads: bool
    opens: bool


def split(document: Document, token_spans: TokenSpans, *, max_tokens: int = MAX_TOKENS) -> list[Passage]:
    """Return the passages in order, without overlap; each character but white space is in one passage.

    A passage holds whole sentences, at most max_tokens by the encoder's own count of its text and
    MAX_CHARACTERS; a longer sentence is cut between tokens, at white space where there is some. A
    single character is never cut, though it may be several tokens. Passages end with a section, so that a
    passage has one place, and prefer to end with a paragraph; a heading goes with what follows it where
    both fit. Takes linear time if token_spans does.

    Raises:
        ValueError: max_tokens is under 1.
    """
    if max_tokens < 1:
        message = f"max_tokens is {max_tokens}; a passage needs at least 1"
        raise ValueError(message)
    units = list(_units(document.text, document.marks, token_spans, max_tokens))
    passages = []
    first = 0
    while first < len(units):
        end = _end(document.text, units, first, token_spans, max_tokens)
        spans = tuple(unit.span for unit in units[first:end])
        passages.append(Passage(document, spans[0].start, spans[-1].end, spans))
        first = end
    return passages


def _end(text: str, units: Sequence[_Unit], first: int, token_spans: TokenSpans, max_tokens: int) -> int:
    """Return the place after the last unit of the passage that begins with the unit `first`."""
    start = units[first].span.start
    sums = [0]
    end = first + 1
    for place in range(first, len(units)):
        unit = units[place]
        sums.append(sums[-1] + unit.tokens)
        if sums[-1] <= max_tokens and unit.span.end - start <= MAX_CHARACTERS:
            end = place + 1
        elif sums[-1] > 2 * max_tokens:
            break
        ends_section = place + 1 < len(units) and units[place + 1].opens and not unit.opens
        if ends_section or (unit.ends_paragraph and sums[-1] >= TARGET * max_tokens):
            if end <= place:  # Halve what fits in two passages: else its last sentence might stand alone.
                end = min(end, first + bisect_left(sums, sums[-1] / 2))
            break
    ends = range(end, first, -1)
    tidy = [end for end in ends if end == len(units) or not units[end - 1].leads]
    for candidate in tidy or ends:
        # subtle: a text can have more tokens than its sentences, when they touch or the tokenizer joins them.
        if len(token_spans(text[start : units[candidate - 1].span.end])) <= max_tokens:
            return candidate
    return first + 1


def part_rows(spans: Sequence[Span], text: str, marks: Sequence[Mark]) -> list[Span]:
    """Return sentences with each row of a table as one of its own: a citation of a table is a row."""
    ends = [
        place
        for mark in marks
        if mark.kind == "table"
        for place in (mark.start - 1, *find_line_ends(text, mark.start, mark.end))
    ]
    ends.sort()
    parted = []
    for span in spans:
        start = span.start
        for place in ends[bisect_right(ends, span.start) : bisect_left(ends, span.end)]:
            words = text[start:place]
            if words.strip():
                parted.append(Span(start + len(words) - len(words.lstrip()), start + len(words.rstrip())))
            start = place
        words = text[start : span.end]
        if words.strip():
            parted.append(Span(start + len(words) - len(words.lstrip()), span.end))
    return parted


def find_line_ends(text: str, start: int, end: int) -> Iterator[int]:
    """Yield the ends of the lines of a range, except the last line."""
    place = text.find("\n", start, end)
    while place >= 0:
        yield place
        place = text.find("\n", place + 1, end)


def _units(text: str, marks: Sequence[Mark], token_spans: TokenSpans, max_tokens: int) -> Iterator[_Unit]:
    spans = part_rows(sentences(text), text, marks)
    headings = {mark.start for mark in marks if mark.kind == "heading"}
    starts_paragraph = True
    for span, following in pairwise([*spans, Span(len(text), len(text))]):
        ends_paragraph = following.start == len(text) or text.count("\n", span.end, following.start) > 1
        leads = _leads(text[span.start : span.end], is_alone=starts_paragraph and ends_paragraph)
        opens = span.start in headings
        *others, last = _pieces(text, span, token_spans, max_tokens)
        for piece in others:
            yield _Unit(*piece, ends_paragraph=False, leads=False, opens=opens)
        yield _Unit(*last, ends_paragraph=ends_paragraph, leads=leads or opens, opens=opens)
        starts_paragraph = ends_paragraph


def _leads(sentence: str, *, is_alone: bool) -> bool:
    is_line = is_alone and len(sentence) <= LONGEST_HEADING
    return _HEADING.match(sentence) is not None or (
        is_line and (sentence[-1].isalnum() or sentence[-1] in ":)*")
    )


def _pieces(text: str, span: Span, token_spans: TokenSpans, max_tokens: int) -> list[tuple[Span, int]]:
    """Cut a sentence into pieces that fit, each with its number of tokens."""
    tokens = token_spans(text[span.start : span.end])
    if len(tokens) <= max_tokens and span.end - span.start <= MAX_CHARACTERS:
        return [(span, max(1, len(tokens)))]
    starts = [span.start + token.start for token in tokens]
    pieces = []
    begin = span.start
    while begin < span.end:
        after = bisect_left(starts, begin) + max_tokens
        limit = min(starts[after] if after < len(starts) else span.end, begin + MAX_CHARACTERS)
        end = _cut(text, Span(begin, span.end), limit, starts)
        # A part of a word that was cut may have more tokens than it had within the whole word.
        while len(tokens := token_spans(text[begin:end])) > max_tokens and end - begin > 1:
            end = _cut(text, Span(begin, span.end), begin + tokens[max_tokens].start, starts)
        pieces.append((Span(begin, end), max(1, len(tokens))))
        begin = end
        while begin < span.end and text[begin].isspace():
            begin += 1
    return pieces


def _cut(text: str, span: Span, limit: int, starts: Sequence[int]) -> int:
    """Return the best end, at most `limit`, of the first piece of a span; its tokens begin at `starts`.

    White space in the second half is best: a cut in the first half makes a small piece. A token's start in
    the second half is next best, then any place that parts no character from its marks.
    """
    if limit >= span.end:
        return span.end
    middle = (span.start + limit) // 2
    end = next((place for place in range(limit, middle, -1) if text[place].isspace()), None)
    if end is None:
        tokens = bisect_right(starts, limit)
        end = starts[tokens - 1] if tokens and starts[tokens - 1] > middle else limit
        end = next((place for place in range(end, middle, -1) if not _is_joined(text, place)), end)
    end = max(end, span.start + 1)
    while text[end - 1].isspace():
        end -= 1
    return end


def _is_joined(text: str, place: int) -> bool:
    """Tell whether a cut would part a character from its marks or split a joined emoji."""
    mark = text[place]
    return (
        unicodedata.category(mark)[0] == "M"
        or _JOINER in text[place - 1 : place + 1]
        or "\N{EMOJI MODIFIER FITZPATRICK TYPE-1-2}" <= mark <= "\N{EMOJI MODIFIER FITZPATRICK TYPE-6}"
    )
