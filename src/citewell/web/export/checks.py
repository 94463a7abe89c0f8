"""Write a checked text as one page of HTML without a script, as Markdown or as JSON."""

import base64
import hashlib
import json
from collections.abc import Iterator
from importlib.resources import files

from citewell.checking.check import SIGNS, WORDS, Check, CheckedClaim, Outcome
from citewell.checking.citations import Citation
from citewell.text.markup import emphasise, escape, isolate, reveal_controls
from citewell.text.normalisation import SURROGATES
from citewell.web.export.markdown import block, block_quote, inline, proof

STATIC = files("citewell.web") / "static"
CLOSEST = "Closest in the article, no proof"


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
        f'<section class="claims" dir="auto">{underlined(made)}</section>\n{sections}'
        f'<section class="articles"><h2>Articles</h2><ul>{articles}</ul></section>\n'
        "</main>\n</body>\n</html>\n"
    )
    return SURROGATES.sub("\ufffd", page)


def underlined(made: Check) -> str:
    """Return the text with its claims underlined by outcome, each a link to its evidence."""
    parts, at = [], 0
    for number, claim in enumerate(made.claims, start=1):
        parts.append(reveal_controls(made.text[at : claim.start]))
        words = emphasise(claim.text, claim.start, claim.differing)
        if claim.outcome is Outcome.NOTHING_TO_CHECK:
            parts.append(words)
        else:
            word = f"{SIGNS[claim.outcome]} {WORDS[claim.outcome]}"
            parts.append(
                f'<a class="claim {claim.outcome.value}" id="text-{number}" href="#claim-{number}">{words}'
                f'<span class="outcome"> {word}</span></a>'
            )
        at = claim.end
    return "".join([*parts, reveal_controls(made.text[at:])])


def evidence(number: int, claim: CheckedClaim) -> str:
    """Return a claim's outcome with its citations."""
    if claim.outcome is Outcome.NOTHING_TO_CHECK:
        return ""
    reason = f": {escape(claim.reason)}" if claim.reason else ""
    quotes = "".join(quote(citation, claim) for citation in claim.passages)
    kind = "cited" if claim.citations else "closest"
    label = "" if claim.citations else f"<h3>{CLOSEST}</h3>"
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
        f'<li><blockquote dir="auto">{emphasise(citation.quote, citation.start, spans)}</blockquote>'
        f"<p>{isolate(citation.document_title)} · id {isolate(citation.document_id)} · characters "
        f"[{citation.start}, {citation.end})</p></li>"
    )


def as_json(made: Check, when: str) -> str:
    """Return a check as ASCII JSON: `Check.to_dict`, and the time of the check in ISO 8601."""
    return json.dumps({"checked": when, **made.to_dict()}, ensure_ascii=True, indent=2) + "\n"


def as_markdown(made: Check, when: str) -> str:
    """Return a check as CommonMark, with every untrusted text escaped; claims have their numbers.

    Args:
        made: The check.
        when: The time of the check, in ISO 8601.
    """
    parts = [f"# {inline(made.summary)}", f"Checked by citewell, {when}.", "## Text", block_quote(made.text)]
    for number, claim in enumerate(made.claims, start=1):
        if claim.outcome is not Outcome.NOTHING_TO_CHECK:
            parts += markdown_evidence(number, claim)
    articles = (
        f"- {inline(item.title)} · id {inline(item.document_id)} · SHA-256 {item.sha256}"
        for item in made.articles
    )
    if made.articles:
        parts += ["## Articles", "\n".join(articles)]
    return "\n\n".join(parts) + "\n"


def markdown_evidence(number: int, claim: CheckedClaim) -> Iterator[str]:
    """Yield the blocks of one claim."""
    reason = f": {inline(claim.reason)}" if claim.reason else ""
    yield f"## {number}. {SIGNS[claim.outcome]} {WORDS[claim.outcome]}, {claim.probability:.0%}{reason}"
    yield block(claim.text)
    if claim.differing:
        said = "; ".join(
            inline(claim.text[max(0, span.start - claim.start) : span.end - claim.start])
            for span in claim.differing
        )
        yield f"**Differs:** {said}"
    if claim.closest and not claim.citations:
        yield f"**{CLOSEST}:**"
    for citation in claim.passages:
        yield block_quote(citation.quote)
        yield proof(citation)
