"""Find what stands in quotation marks."""

import re
from collections.abc import Iterator

from citewell.text.spans import Span

PARAGRAPH = re.compile(r"\n[ \t]*\n")
# A straight mark opens a quotation where a word follows it and no word stands before it.
OPENING = re.compile(r"[“„«]|(?<![^\s(\[“—–-])\"(?=\S)")
MARK = re.compile(r"[“”„\"«»]")


def find_quotations(text: str, paragraph: Span) -> Iterator[Span]:
    """Yield the quotations of a paragraph, with their marks, as ranges of the article; none inside another.

    >>> text = 'He said, "They ask "Why?" a lot. Nobody knows."'
    >>> [text[start:end] for start, end in find_quotations(text, Span(0, len(text)))]
    ['"They ask "Why?" a lot. Nobody knows."']
    """
    opened: list[int] = []
    for mark in MARK.finditer(text, *paragraph):
        if OPENING.match(text, mark.start()):
            opened.append(mark.start())
        elif opened:
            start = opened.pop()
            if not opened:
                yield Span(start, mark.end())


def paragraph_around(text: str, span: Span) -> Span:
    """Return the paragraph that holds the beginning of a range: the text between two blank lines."""
    start = max((found.end() for found in PARAGRAPH.finditer(text, 0, span.start)), default=0)
    end = PARAGRAPH.search(text, span.start)
    return Span(start, end.start() if end else len(text))
