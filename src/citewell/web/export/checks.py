"""Write a checked text as one page of HTML without a script, or as Markdown."""

import base64
import hashlib
from collections.abc import Sequence
from importlib.resources import files

from citewell.checking.check import WORDS, Check, CheckedClaim, Outcome
from citewell.checking.citations import Citation
from citewell.text.markup import escape, isolate, reveal_controls
from citewell.text.normalisation import SURROGATES
from citewell.text.spans import Span, join_overlapping

STATIC = files("citewell.web") / "static"
SIGNS = {
    Outcome.SUPPORTED: "✓",
    Outcome.CONTRADICTED: "✗",
    Outcome.PARTLY: "~",
    Outcome.DISPUTED: "≠",
    Outcome.NOT_FOUND: "?",
    Outcome.NOTHING_TO_CHECK: "·",
}


def as_html(made: Check, when: str) -> str:
    """Return a check as a page: each claim leads to its evidence, and the evidence back to its claim.

    Every untrusted text is escaped. The page's content policy forbids loading files and running scripts.

    Args:
        made: The check.
        when: The time of the check, in ISO 8601.
    """
    style = "".join((STATIC / name).read_text(encoding="utf-8") for name in ("export.css", "check.css"))
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    sections = "".join(evidence(number, claim) for number, claim in enumerate(made.claims, start=1))
    articles = "".join(
        f"<li><cite>{isolate(item.title)}</cite> · id {isolate(item.document_id)} · SHA-256 "
        f"<code>{item.sha256}</code></li>"
        for item in made.articles
    )
    page = (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n<meta name="referrer" content="no-referrer">\n'
        f"<title>{escape(made.summary)}</title>\n<style>{style}</style>\n</head>\n<body>\n<main>\n"
        f"<header><h1>{escape(made.summary)}</h1>"
        f'<p>Checked by citewell, <time datetime="{when}">{when}</time>.</p></header>\n'
        f'<section class="checked" dir="auto">{underlined(made)}</section>\n{sections}'
        f'<section class="articles"><h2>Articles</h2><ul>{articles}</ul></section>\n'
        "</main>\n</body>\n</html>\n"
    )
    return SURROGATES.sub("\ufffd", page)


def underlined(made: Check) -> str:
    """Return the text with its claims underlined by outcome, each a link to its evidence."""
    parts, at = [], 0
    for number, claim in enumerate(made.claims, start=1):
        parts.append(reveal_controls(made.text[at : claim.start]))
        words = marked(claim.text, claim.start, claim.differing)
        if claim.outcome is Outcome.NOTHING_TO_CHECK:
            parts.append(words)
        else:
            word = f"{SIGNS[claim.outcome]} {WORDS[claim.outcome]}"
            parts.append(
                f'<a class="claim {claim.outcome.value}" id="text-{number}" href="#claim-{number}">{words}'
                f"<sup> {word}</sup></a>"
            )
        at = claim.end
    return "".join([*parts, reveal_controls(made.text[at:])])


def marked(text: str, start: int, spans: Sequence[Span]) -> str:
    """Return a text as HTML with ranges marked; `start` is the offset of its first character in them."""
    parts, at = [], 0
    for span in join_overlapping(spans):
        begin, end = max(span.start - start, at), min(span.end - start, len(text))
        if begin < end:
            parts.append(f"{reveal_controls(text[at:begin])}<mark>{reveal_controls(text[begin:end])}</mark>")
            at = end
    return "".join([*parts, reveal_controls(text[at:])])


def evidence(number: int, claim: CheckedClaim) -> str:
    """Return a claim's outcome with its citations."""
    if claim.outcome is Outcome.NOTHING_TO_CHECK:
        return ""
    reason = f": {escape(claim.reason)}" if claim.reason else ""
    quotes = "".join(quote(citation, claim) for citation in (*claim.citations, *claim.closest))
    kind = "cited" if claim.citations else "closest"
    label = "" if claim.citations else "<h3>Closest in the article, no proof</h3>"
    return (
        f'<article id="claim-{number}"><p><a href="#text-{number}">{reveal_controls(claim.text)}</a></p>'
        f'<p class="reason">{SIGNS[claim.outcome]} {WORDS[claim.outcome]}, '
        f"{claim.probability:.0%}{reason}</p>"
        f'{label}<ol class="{kind}">{quotes}</ol></article>\n'
    )


def quote(citation: Citation, claim: CheckedClaim) -> str:
    """Return a quote, unchanged in every character, with the words that the claim has otherwise marked."""
    spans = [span for number, span in claim.original if number == citation.number]
    return (
        f'<li><blockquote dir="auto">{marked(citation.quote, citation.start, spans)}</blockquote>'
        f"<p>{isolate(citation.document_title)} · id {isolate(citation.document_id)} · characters "
        f"[{citation.start}, {citation.end})</p></li>"
    )
