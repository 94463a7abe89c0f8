"""Write a whole article into a saved page: every quote is marked in it, and each mark leads to its quote."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from citewell.checking.citations import Citation
from citewell.documents.document import Document
from citewell.text.markup import isolate, reveal_controls
from citewell.text.spans import Span
from citewell.web import article_html
from citewell.web.article_blocks import render_blocks


@dataclass(frozen=True, slots=True)
class Piece:
    """A marked range in which no quote begins or ends.

    Attributes:
        start: First character.
        end: Offset behind the last character.
        begin: Names of the quotes that begin here.
        finish: The quotes that end here: name, number and what is shown of it.
    """

    start: int
    end: int
    begin: tuple[str, ...]
    finish: tuple[tuple[str, int, str], ...]


def render_text(document: Document, quotes: Sequence[tuple[int, Citation, str]]) -> str:
    """Return an article with the quotes of a conversation marked, under its title.

    Args:
        document: The article.
        quotes: The quotes, each with the number of its exchange and the sign that stands behind it; those of
            other articles are left out.
    """
    pieces = cut(
        [
            (f"{turn}-{item.number}", item, sign)
            for turn, item, sign in quotes
            if item.document_id == document.id
        ]
    )
    title = article_html.first_line(document.text)
    has_title = document.text[title.start : title.end] == document.title
    heading = "" if has_title else f"<h2>{isolate(document.title)}</h2>"
    blocks = render_blocks(
        document, title if has_title else None, lambda span: paint(document.text, span, pieces)
    )
    return f'{heading}<div class="text">{"".join(blocks)}</div>'


def cut(quotes: Sequence[tuple[str, Citation, str]]) -> list[Piece]:
    """Return the marked ranges in order, without overlap; two quotes may share characters."""
    at = sorted({offset for _, item, _ in quotes for offset in (item.start, item.end)})
    pieces = []
    for start, end in pairwise(at):
        if any(item.start <= start and end <= item.end for _, item, _ in quotes):
            begin = tuple(name for name, item, _ in quotes if item.start == start)
            finish = tuple((name, item.number, sign) for name, item, sign in quotes if item.end == end)
            pieces.append(Piece(start, end, begin, finish))
    return pieces


def paint(text: str, span: Span, pieces: Sequence[Piece]) -> str:
    """Return a range of a text with the marks that touch it."""
    parts, at = [], span.start
    for piece in pieces[bisect_right(pieces, span.start, key=lambda piece: piece.end) :]:
        start, end = max(piece.start, span.start), min(piece.end, span.end)
        if start >= end:
            break
        anchors = "".join(f'<span id="at-{name}"></span>' for name in piece.begin if start == piece.start)
        # The number is drawn by the style: the text stays that of the article.
        ways = "".join(
            f'<a class="back" href="#turn-{name.partition("-")[0]}-quote-{number}" data-number="{sign}"'
            f' aria-label="{sign}"></a>'
            for name, number, sign in piece.finish
            if end == piece.end
        )
        parts.append(
            f"{reveal_controls(text[at:start])}<mark>{anchors}{reveal_controls(text[start:end])}</mark>{ways}"
        )
        at = end
    parts.append(reveal_controls(text[at : span.end]))
    return "".join(parts)
