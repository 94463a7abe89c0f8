"""Make HTML of an article, with marks around exactly the characters that were cited.

Offsets count code points. This module cuts the text at the offsets, so that the page's scripts count no
characters: JavaScript counts UTF-16 units, and an emoji would move every mark behind it.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

from citewell.checking.citations import Citation
from citewell.documents.document import Document
from citewell.text.markup import emphasise, escape, isolate, reveal_controls
from citewell.text.relative_dates import in_words
from citewell.text.spans import Span
from citewell.web.article_blocks import render_blocks
from citewell.web.fragments import is_web_address, link_in_page, link_to_quote
from citewell.web.translations import ENGLISH, Words


@dataclass(frozen=True, slots=True)
class Mark:
    """A range of the article that is marked.

    Attributes:
        start: First character.
        end: Offset behind the last character.
        citation: The citation that the mark shows.
        turn: The exchange whose citation it is.
        kind: "cited", "closest" or "found"; followed by "earlier" where another exchange, or another claim
            of a checked text, is selected.
        title: Tooltip of the mark.
    """

    start: int
    end: int
    citation: Citation
    turn: int
    kind: str
    title: str = ""


def render_article(  # noqa: PLR0913  # one article, and all that is marked in it
    document: Document,
    marks: Sequence[Citation] = (),
    *,
    kind: str = "cited",
    turn: int = -1,
    focus: int = 0,
    earlier: Sequence[tuple[int, Citation]] = (),
    differing: Sequence[Span] = (),
    leads_to: str = "to_answer",
    warnings: Sequence[str] = (),
    is_shared: bool = False,
    is_removable: bool = False,
    words: Words = ENGLISH,
) -> str:
    """Return the article for reading, with each mark around exactly its characters.

    A range that crosses a paragraph's end is marked in several pieces with one number. The white space
    between the paragraphs is marked too: all pieces together are the quote.

    Args:
        document: The article.
        marks: What to mark; those of other articles are left out.
        kind: "cited", "closest" or "found"; they look different.
        turn: The exchange that the marks belong to.
        focus: Number of the mark to scroll to; 0 for none.
        earlier: Citations of other exchanges with their numbers, shown dimmer where no mark is. Where two
            of them overlap, that of the later exchange is shown whole, and the first of one exchange.
        differing: Ranges inside the marks that a checked text has otherwise.
        leads_to: Key of the string that says where a click on a mark leads.
        warnings: The parts of the file that were not read, were withdrawn or were guessed.
        is_shared: Whether other visitors have the article too, so that a link to the quote is of use.
        is_removable: Whether the article is the visitor's own, who may remove it.
        words: The page's language.

    Raises:
        ValueError: Two marks overlap.
    """
    own = sorted((mark for mark in marks if mark.document_id == document.id), key=lambda mark: mark.start)
    for first, second in pairwise(own):
        if second.start < first.end:
            message = f"marks {first.number} and {second.number} overlap at character {second.start}"
            raise ValueError(message)
    own_marks = [Mark(mark.start, mark.end, mark, turn, kind) for mark in own]
    there = [(number, mark) for number, mark in earlier if mark.document_id == document.id]
    painted_marks = [
        replace(mark, title=words(leads_to)) if mark.kind.startswith("cited") else mark
        for mark in dim_earlier(own_marks, there)
    ]
    titled = first_line(document.text)
    has_title = document.text[titled.start : titled.end] == document.title
    heading = "" if has_title else f"<h2>{isolate(document.title)}</h2>"
    lit = next((Span(mark.start, mark.end) for mark in own if focus and mark.number == focus), None)
    page = document.outline.place(lit.start).page if lit else ""
    facts_known = (
        source_html(document.source, link_to_quote(document, lit) if lit else ""),
        format_date(document.published),
        escape(words("page_of", page=page)) if page else "",
        f'<a href="{escape(link_in_page(document.id, lit))}">{escape(words("link_quote"))}</a>'
        if lit and is_shared
        else "",
        f'<button type="button" data-remove="{escape(document.id)}">{escape(words("remove"))}</button>'
        if is_removable
        else "",
    )
    known = " · ".join(part for part in facts_known if part)
    facts = f'<p class="facts">{known}</p>' if known else ""
    body = "".join(
        render_blocks(
            document,
            titled if has_title else None,
            lambda span: paint(document.text, span, painted_marks, differing),
        )
    )
    return (
        f'<article class="paper" tabindex="0" aria-label="{escape(document.title)}"'
        f' data-document="{escape(document.id)}" data-turn="{turn}" data-focus="{focus}">'
        f'{facts}{render_warnings(warnings, words)}{heading}<div class="text">{body}</div></article>'
    )


def render_warnings(warnings: Sequence[str], words: Words) -> str:
    """Return a folded list of the warnings of an article's file; "" without one."""
    if not warnings:
        return ""
    summary = words("unread") if len(warnings) == 1 else words("unread_many", count=len(warnings))
    items = "".join(f"<li>{isolate(text)}</li>" for text in warnings)
    return f'<details class="unread"><summary>{escape(summary)}</summary><ul>{items}</ul></details>'


def dim_earlier(marks: Sequence[Mark], earlier: Sequence[tuple[int, Citation]]) -> list[Mark]:
    """Return the marks, and those of earlier exchanges in the gaps; sorted and without overlap."""
    found = list(marks)
    for number, citation in sorted(earlier, key=lambda item: (-item[0], item[1].start)):
        free = [Span(citation.start, citation.end)]
        for mark in found:
            free = [
                part
                for span in free
                for part in (
                    Span(span.start, min(span.end, mark.start)),
                    Span(max(span.start, mark.end), span.end),
                )
                if part.start < part.end
            ]
        found += [Mark(span.start, span.end, citation, number, "cited earlier") for span in free]
    return sorted(found, key=lambda mark: mark.start)


def first_line(text: str) -> Span:
    """Return the first line that is not blank, without white space around it."""
    start = len(text) - len(text.lstrip())
    end = text.find("\n", start)
    line = text[start : end if end >= 0 else len(text)].rstrip()
    return Span(start, start + len(line))


def source_html(where: str, link: str = "") -> str:
    """Return where an article comes from; a web address as a link, anything else as text.

    Args:
        where: The source.
        link: What the link opens instead: the same page at a quote; "" for the page itself.
    """
    if is_web_address(where):
        opened = escape(link or where)
        return f'<a href="{opened}" target="_blank" rel="noopener noreferrer">{isolate(where)}</a>'
    return isolate(where) if where else ""


def format_date(day: str) -> str:
    """Return an ISO date as a person writes it; any other text unchanged."""
    try:
        when = date.fromisoformat(day[:10])
    except ValueError:
        return isolate(day) if day else ""
    return f'<time datetime="{when.isoformat()}">{in_words(when)}</time>'


def paint(text: str, span: Span, marks: Sequence[Mark], differing: Sequence[Span] = ()) -> str:
    """Return a range of a text with the marks that touch it."""
    parts = []
    at = span.start
    first = bisect_right(marks, span.start, key=lambda mark: mark.end)
    for mark in marks[first:]:
        start, end = max(mark.start, span.start), min(mark.end, span.end)
        if start >= end:
            break
        parts.append(reveal_controls(text[at:start]))
        told = f' title="{escape(mark.title)}"' if mark.title else ""
        # The number of a mark in several pieces stands behind the last one.
        piece = "" if end == mark.end else " part"
        parts.append(
            f'<mark class="{mark.kind}{piece}" tabindex="-1" data-turn="{mark.turn}"'
            f' data-number="{mark.citation.number}" data-start="{mark.citation.start}"'
            f' data-end="{mark.citation.end}"{told}>{emphasise(text[start:end], start, differing)}</mark>'
        )
        at = end
    parts.append(reveal_controls(text[at : span.end]))
    return "".join(parts)
