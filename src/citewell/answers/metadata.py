"""Answer when an article was published and who wrote it, from its metadata and where its text says so."""

from citewell.checking.citations import Statement, cite
from citewell.documents.dates import find_dateline
from citewell.documents.document import Document
from citewell.documents.people import find_byline
from citewell.questions.intent import Intent
from citewell.text.relative_dates import day_in_words
from citewell.text.spans import Span


def state_metadata(document: Document, place: int, kind: Intent, number: int) -> Statement | None:
    """Return what an article's metadata say; None where they do not say it.

    Where the text has the dateline or byline, the statement is that line, cited. Otherwise the statement has
    no citation, and says that it is metadata.

    Args:
        document: The article.
        place: Its place in the collection.
        kind: `Intent.PUBLISHED` or `Intent.AUTHOR`.
        number: The number of its citation.
    """
    found = _in_text(document, kind)
    if found:
        line, part = found
        citation = cite(document, place, line, number)
        short = () if line == part else (Span(part.start - line.start, part.end - line.start),)
        return Statement(citation.quote, (citation,), short)
    said = _in_metadata(document, kind)
    if not said:
        return None
    label = "Published on " if kind is Intent.PUBLISHED else "Written by "
    short = (Span(len(label), len(label) + len(said)),)
    return Statement(f"{label}{said}.", (), short, origin=f"from the metadata of “{document.title}”")


def _in_text(document: Document, kind: Intent) -> tuple[Span, Span] | None:
    """Return the line of the text that says it, and the part of the line that answers."""
    if kind is Intent.AUTHOR:
        return find_byline(document.text, document.author)
    found = find_dateline(document.text, document.published)
    if found is None or (document.published and found.date != document.published):
        return None
    line = document.text[found.span.start : found.span.end].rstrip(" \t\n—–-")
    return Span(found.span.start, found.span.start + len(line)), found.day


def _in_metadata(document: Document, kind: Intent) -> str:
    """Return what the metadata say, in words; "" for nothing."""
    if kind is Intent.AUTHOR:
        return document.author
    return day_in_words(document.published)
