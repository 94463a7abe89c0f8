"""Write an answer for the clipboard: as text, as Markdown, and as notes in the style of a newsroom."""

from collections.abc import Callable
from datetime import date
from typing import TypeAlias
from urllib.parse import urlsplit

from citewell.answers.answer import Answer
from citewell.checking.citations import Citation
from citewell.documents.document import Document
from citewell.text.relative_dates import day_in_words
from citewell.text.spans import Span
from citewell.web.export.markdown import block, block_quote, inline
from citewell.web.export.record import number_controls
from citewell.web.fragments import is_web_address, link_to_quote
from citewell.web.translations import Words

FindDocument: TypeAlias = Callable[[Citation], Document | None]
"""Returns the article of a citation; None when it is not there any more."""


def write_copies(answer: Answer, find: FindDocument, words: Words) -> dict[str, str]:
    """Return an answer with its quotes and their places, in each form by its name; {} without an answer.

    Args:
        answer: The answer.
        find: Returns the article of a citation.
        words: The page's language.
    """
    if not answer.statements:
        return {}
    forms = {"text": as_text, "md": as_markdown, "note": as_notes}
    return {name: write(answer, find, words) for name, write in forms.items()}


def as_text(answer: Answer, find: FindDocument, words: Words) -> str:
    """Return an answer as plain text."""
    quotes = (
        f"[{citation.number}] “{citation.quote}”\n{describe(citation, find(citation), words)}"
        for citation in answer.citations
    )
    return number_controls("\n\n".join([answer.question, answer.text, *quotes]) + "\n")


def as_markdown(answer: Answer, find: FindDocument, words: Words) -> str:
    """Return an answer as Markdown, with every untrusted text escaped."""
    parts = [f"**{inline(answer.question)}**", block(answer.text)]
    for citation in answer.citations:
        document = find(citation)
        link = link_to_quote(document, Span(citation.start, citation.end)) if document else ""
        where = inline(f"[{citation.number}] {describe(citation, document, words, address=not link)}")
        # The characters that would end the address are written as their numbers.
        safe = link.replace("<", "%3C").replace(">", "%3E").replace(" ", "%20")
        parts += [
            block_quote(citation.quote),
            f"{where} ([{words('link_quote')}](<{safe}>))" if link else where,
        ]
    return "\n\n".join(parts) + "\n"


def as_notes(answer: Answer, find: FindDocument, words: Words) -> str:
    """Return each citation as a note of the Chicago Manual of Style, in which many newsrooms cite."""
    notes = (
        f"{citation.number}. “{' '.join(citation.quote.split())}” {note(citation, find(citation), words)}"
        for citation in answer.citations
    )
    return number_controls("\n".join(notes) + "\n")


def note(citation: Citation, document: Document | None, words: Words) -> str:
    """Return the place of a quote as a note: author, “title,” publication, date, page, address."""
    host = urlsplit(citation.source).hostname or "" if is_web_address(citation.source) else citation.source
    facts = (
        host,
        american_day(citation.published),
        page_of(citation, words),
        link_to_quote(document, Span(citation.start, citation.end)) if document else "",
    )
    known = [fact for fact in facts if fact]
    author = f"{' '.join(document.author.split())}, " if document and document.author.strip() else ""
    title = f"“{citation.document_title}{',' if known else '.'}”"
    return f"{author}{title} {', '.join(known)}{'.' if known else ''}".strip()


def american_day(published: str) -> str:
    """Return a day as the manual writes it; any other text unchanged.

    >>> american_day("2020-09-02")
    'September 2, 2020'
    """
    try:
        when = date.fromisoformat(published[:10])
    except ValueError:
        return published
    return f"{when:%B} {when.day}, {when.year}"


def describe(citation: Citation, document: Document | None, words: Words, *, address: bool = True) -> str:
    """Return the place of a quote: author, title, section, date, page, and the address that opens it."""
    facts = [
        " ".join(document.author.split()) if document else "",
        citation.document_title,
        *(heading for heading in citation.place.headings if heading != citation.document_title),
        day_in_words(citation.published) or citation.published,
        page_of(citation, words),
    ]
    if address:
        span = Span(citation.start, citation.end)
        facts.append((link_to_quote(document, span) if document else "") or citation.source)
    return ", ".join(filter(None, facts))


def page_of(citation: Citation, words: Words) -> str:
    """Return the page of a quote in words; "" in an article without pages."""
    return words("page_of", page=citation.page) if citation.page else ""
