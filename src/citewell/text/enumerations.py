"""Find the other items of an enumeration: "Germany (42), Austria (3) and Sweden (1)"."""

import re

from citewell.text.spans import Span

MAX_ITEM_WORDS = 8
CONJUNCTION = re.compile(r"\b(?:and|or|as well as)\b")
SEPARATOR = re.compile(r"\s*[,;]\s+(?:(?:and|or|as well as)\s+)?|\s+(?:and|or|as well as)\s+")
BRACKET = re.compile(r"\s*\([^()]*\)")
CLAUSE = re.compile(r"[.:!?–—]\s+")
CLOSING = ".!?:;,\"'”’"
WORD = re.compile(r"\S+")


def items_after(text: str) -> list[Span]:
    """Return the items with which an enumeration goes on at the beginning of a text; none when it does not.

    The last is cut at MAX_ITEM_WORDS: where it really ends, commas do not say.

    >>> text = " (42), Austria (3), and Sweden (1)."
    >>> [text[item.start : item.end] for item in items_after(text)]
    ['Austria (3)', 'Sweden (1)']
    """
    bracket = BRACKET.match(text)
    place = bracket.end() if bracket else 0
    found: list[Span] = []
    while separator := SEPARATOR.match(text, place):
        ends = [
            match.start()
            for pattern in (SEPARATOR, CLAUSE)
            if (match := pattern.search(text, separator.end()))
        ]
        place = min(ends, default=len(text))
        words = list(WORD.finditer(text, separator.end(), place))
        end = words[:MAX_ITEM_WORDS][-1].end() if words else separator.end()
        item = text[separator.end() : end].rstrip(CLOSING + " ")
        if not item:
            break
        found.append(Span(separator.end(), separator.end() + len(item)))
        if len(words) > MAX_ITEM_WORDS:
            break
    return found


def items_before(text: str) -> list[Span]:
    """Return the items of an enumeration that goes on behind a text; none when the text does not lead to one.

    The first is cut at MAX_ITEM_WORDS: where it really begins, commas do not say.

    >>> text = "They went to Kiel, to Bremen and "
    >>> [text[item.start : item.end] for item in items_before(text)]
    ['They went to Kiel', 'to Bremen']
    """
    clauses = [match.end() for match in CLAUSE.finditer(text)]
    begin = clauses[-1] if clauses else 0
    separators = list(SEPARATOR.finditer(text, begin))
    found: list[Span] = []
    end = len(text)
    while separators and separators[-1].end() == end:
        item_end = separators.pop().start()
        item_start = separators[-1].end() if separators else begin
        words = list(WORD.finditer(text, item_start, item_end))
        if not words:
            break
        start = words[-MAX_ITEM_WORDS:][0].start()
        found.insert(0, Span(start, item_end))
        if len(words) > MAX_ITEM_WORDS:
            break
        end = item_start
    return found
