"""Make HTML of an article, with marks around exactly the characters that were cited.

Offsets are code points and are cut here, so the page's scripts count no characters: JavaScript counts
UTF-16 units, and an emoji would move every mark behind it.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import pairwise
from urllib.parse import urlsplit

from citewell.citations import Citation
from citewell.documents import Document
from citewell.text import Span
from citewell.web.markup import isolated, shown, steered

# A line of plain text this long was broken to fit a screen, not for its meaning.
WRAPPED_CHARACTERS = 50


def article(
    document: Document,
    marks: Sequence[Citation] = (),
    *,
    kind: str = "cited",
    turn: int = -1,
    focus: int = 0,
) -> str:
    """Return the article for reading, with each mark around exactly its characters.

    A range that goes over a paragraph's end is marked in pieces with one number, the white space
    between the paragraphs included: all pieces together are the quote.

    Args:
        document: The article.
        marks: What to mark; those of other articles are left out.
        kind: "cited" or "closest"; they look different.
        turn: The exchange that the marks belong to.
        focus: Number of the mark to scroll to; 0 for none.

    Raises:
        ValueError: Two marks overlap.
    """
    own = sorted((mark for mark in marks if mark.document_id == document.id), key=lambda mark: mark.start)
    for first, second in pairwise(own):
        if second.start < first.end:
            message = f"marks {first.number} and {second.number} overlap at character {second.start}"
            raise ValueError(message)
    titled = first_line(document.text)
    has_title = document.text[titled.start : titled.end] == document.title
    heading = "" if has_title else f"<h2>{isolated(document.title)}</h2>"
    known = " · ".join(part for part in (source(document.source), published(document.published)) if part)
    facts = f'<p class="facts">{known}</p>' if known else ""
    body = "".join(blocks(document.text, titled if has_title else None, own, kind))
    return (
        f'<article class="paper" tabindex="0" aria-label="{shown(document.title)}"'
        f' data-document="{shown(document.id)}" data-turn="{turn}" data-focus="{focus}">'
        f'{facts}{heading}<div class="text">{body}</div></article>'
    )


def first_line(text: str) -> Span:
    """Return the first line that holds anything, without white space around it."""
    start = len(text) - len(text.lstrip())
    end = text.find("\n", start)
    line = text[start : end if end >= 0 else len(text)].rstrip()
    return Span(start, start + len(line))


def source(where: str) -> str:
    """Return where an article comes from; a web address as a link, anything else as text."""
    try:
        scheme = urlsplit(where).scheme
    except ValueError:
        scheme = ""
    if scheme in {"http", "https"}:
        return f'<a href="{shown(where)}" target="_blank" rel="noopener noreferrer">{isolated(where)}</a>'
    return isolated(where) if where else ""


def published(day: str) -> str:
    """Return a date as a person writes it; as it stands when it is no ISO date."""
    try:
        when = date.fromisoformat(day[:10])
    except ValueError:
        return isolated(day) if day else ""
    return f'<time datetime="{when.isoformat()}">{when.day} {when:%B %Y}</time>'


def blocks(text: str, title: Span | None, marks: Sequence[Citation], kind: str) -> Iterator[str]:
    """Yield the text as headings, paragraphs and the white space between them; nothing is left out."""
    at = 0
    for span in paragraphs(text, title):
        yield between(text, Span(at, span.start), marks, kind)
        inner = painted(text, span, marks, kind)
        if span == title:
            yield f'<h2 dir="auto">{inner}</h2>'
        else:
            wrapped = ' class="wrapped"' if is_wrapped(text[span.start : span.end]) else ""
            yield f'<p dir="auto"{wrapped}>{inner}</p>'
        at = span.end
    yield between(text, Span(at, len(text)), marks, kind)


def between(text: str, span: Span, marks: Sequence[Citation], kind: str) -> str:
    """Return the white space between two paragraphs: part of the text, and never to be seen."""
    inner = painted(text, span, marks, kind)
    return f'<span class="break">{inner}</span>' if inner else ""


def paragraphs(text: str, title: Span | None) -> Iterator[Span]:
    """Yield the runs of lines between blank lines; the title, when it is in the text, by itself."""
    start = at = end = 0
    for line in text.split("\n"):
        held = line.rstrip()
        if held and start == end:
            start = at + len(line) - len(line.lstrip())
        if held:
            end = at + len(held)
        elif start < end:
            yield Span(start, end)
            start = end
        if title and end == title.end and start < end:
            yield Span(start, end)
            start = end
        at += len(line) + 1
    if start < end:
        yield Span(start, end)


def is_wrapped(paragraph: str) -> bool:
    """Whether the lines were broken only to fit a screen, so that they may flow together."""
    lines = paragraph.split("\n")
    return len(lines) > 1 and min(map(len, lines[:-1])) >= WRAPPED_CHARACTERS


def painted(text: str, span: Span, marks: Sequence[Citation], kind: str) -> str:
    """Return a range of a text with the marks that touch it."""
    parts = []
    at = span.start
    for mark in marks:
        start, end = max(mark.start, span.start), min(mark.end, span.end)
        if start >= end:
            continue
        parts.append(steered(text[at:start]))
        parts.append(
            f'<mark class="{kind}" tabindex="-1" data-number="{mark.number}"'
            f' data-start="{mark.start}" data-end="{mark.end}">{steered(text[start:end])}</mark>'
        )
        at = end
    parts.append(steered(text[at : span.end]))
    return "".join(parts)
