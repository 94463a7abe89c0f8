"""Write a conversation as one page of HTML that needs no other file, no network and no script."""

import base64
import hashlib
from importlib.resources import files

from citewell.checking.citations import Citation, Statement
from citewell.documents.document import Document
from citewell.text.markup import escape, isolate, reveal_controls
from citewell.text.normalisation import SURROGATES
from citewell.text.spans import Span
from citewell.web import article_html
from citewell.web.export.article_text import render_text
from citewell.web.export.record import (
    OFFSETS,
    KeptConversation,
    WordedAnswer,
    number_controls,
    resolved,
    word_answer,
)
from citewell.web.fragments import link_to_quote
from citewell.web.translations import ENGLISH

STYLE = files("citewell.web") / "static" / "export.css"


def as_html(kept: KeptConversation) -> str:
    """Return a conversation as a page; markers lead to their quotes, and quotes into the articles' text.

    Every untrusted text is escaped. The page's content policy forbids loading files and running scripts.
    """
    style = STYLE.read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    turns = (turn(number, word_answer(answer), kept) for number, answer in enumerate(kept.answers, start=1))
    page = (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n<meta name="referrer" content="no-referrer">\n'
        f"<title>{escape(number_controls(kept.title))}</title>\n<style>{style}</style>\n</head>\n<body>\n<main>\n"
        f"<header><h1>{isolate(kept.title)}</h1>"
        f'<p>Exported by citewell, <time datetime="{kept.exported}">{kept.exported}</time>.</p></header>\n'
        f"{articles(kept)}{''.join(turns)}{texts(kept)}</main>\n</body>\n</html>\n"
    )
    # A question from Python may hold half a surrogate pair, which UTF-8 cannot encode.
    return SURROGATES.sub("\ufffd", page)


def articles(kept: KeptConversation) -> str:
    """Return the list of articles."""
    scope = f"<p>{kept.scope}</p>" if kept.scope else ""
    items = "".join(
        render_article(number, document) for number, document in enumerate(kept.documents, start=1)
    )
    return (
        f'<section class="articles"><h2>Articles</h2>{scope}{f"<ol>{items}</ol>" if items else ""}'
        f"<p>{OFFSETS}</p></section>\n"
    )


def render_article(number: int, document: Document) -> str:
    """Return the metadata of an article."""
    facts = (
        ("Source", article_html.source_html(document.source)),
        ("Published", article_html.format_date(document.published)),
        ("Id", isolate(document.id)),
        ("SHA-256", f"<code>{document.sha256}</code>"),
    )
    known = "".join(f"<dt>{label}</dt><dd>{fact}</dd>" for label, fact in facts if fact)
    title = f'<cite><a href="#text-{number}">{isolate(document.title)}</a></cite>'
    return f'<li id="article-{number}">{title}<dl>{known}</dl></li>'


def texts(kept: KeptConversation) -> str:
    """Return the text of each article, with every quote marked."""
    quotes = [
        (number, citation, f"[{citation.number}]" if answer.statements else "[–]")
        for number, answer in enumerate(kept.answers, start=1)
        for citation in word_answer(answer).passages
    ]
    return "".join(
        f'<section class="paper" id="text-{number}">{render_text(document, quotes)}'
        f'<p><a href="#article-{number}">↑</a></p></section>\n'
        for number, document in enumerate(kept.documents, start=1)
    )


def turn(number: int, said: WordedAnswer, kept: KeptConversation) -> str:
    """Return one exchange."""
    parts = [f"<h2>{isolate(said.question)}</h2>"]
    if said.understood:
        parts.append(f'<p class="understood">Understood as: {isolate(said.understood)}</p>')
    if said.short:
        parts.append(f'<p class="short" dir="auto">{reveal_controls(said.short)}</p>')
    parts += [render_statement(number, statement) for statement in said.statements]
    if said.reason:
        parts.append(f'<p class="reason">{said.reason}</p>')
    if said.message:
        parts.append(f"<p>{isolate(said.message)}</p>")
    if said.passages:
        quotes = "".join(render_quote(number, citation, kept) for citation in said.passages)
        kind = "cited" if said.statements else "closest"
        parts.append(f'<h3>{said.label}</h3><ol class="{kind}">{quotes}</ol>')
    if said.sure:
        parts.append(f'<p class="sure">Confidence: {said.sure}</p>')
    return f'<article id="turn-{number}">{"".join(parts)}</article>\n'


def render_statement(number: int, statement: Statement) -> str:
    """Return a statement with its markers, each a link to its quote."""
    markers = "".join(
        f'<a href="#turn-{number}-quote-{citation.number}">[{citation.number}]</a>'
        for citation in statement.citations
    )
    dangling = "".join(
        f'<span title="This number cites nothing">[{loose}?]</span>' for loose in statement.dangling
    )
    reckoned = "reckoned from " if statement.is_reckoned else ""
    said = reveal_controls(statement.text)
    origin = f"({isolate(statement.origin)})" if statement.origin else ""
    return f'<p class="statement" dir="auto">{said} {reckoned}{markers}{dangling}{origin}</p>'


def render_quote(number: int, citation: Citation, kept: KeptConversation) -> str:
    """Return a quote, unchanged in every character, its place in the article, and its resolved dates."""
    dates = "".join(f"<p>{isolate(resolved(found))}</p>" for found in citation.dates)
    document = kept.documents[kept.place(citation) - 1]
    link = link_to_quote(document, Span(citation.start, citation.end))
    source = f' · <a href="{escape(link)}" rel="noreferrer">{ENGLISH("link_quote")}</a>' if link else ""
    return (
        f'<li id="turn-{number}-quote-{citation.number}" value="{citation.number}">'
        f'<blockquote dir="auto">{reveal_controls(citation.quote)}</blockquote>'
        f'<p><a href="#at-{number}-{citation.number}">{isolate(citation.where)}</a>'
        f" · id {isolate(citation.document_id)} · characters [{citation.start}, {citation.end}){source}</p>"
        f"{dates}</li>"
    )
