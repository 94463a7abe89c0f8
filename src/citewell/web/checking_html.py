"""Make HTML of a checked text: its claims underlined by outcome, and what the articles say of one of them."""

from collections.abc import Iterator

from citewell.checking.check import SIGNS, CheckedClaim, Outcome, Reason, summarise
from citewell.checking.details import Finding, State
from citewell.checking.speakers import Quoted
from citewell.text.markup import emphasise, escape, fill_gap, isolate, reveal_controls
from citewell.web.article_html import format_date
from citewell.web.session import CHECKED, CheckedText, Stage
from citewell.web.translations import Words

KINDS = ("md", "html", "json")


def render_check(checked: CheckedText, number: int, most: int, words: Words) -> str:
    """Return the view: the box for a text, or the text with its claims.

    Args:
        checked: The text.
        number: Number of the check: another text has another.
        most: Characters of the longest text.
        words: The page's language.
    """
    result = ""
    if checked.error:
        result = f'<p class="refused" role="alert">{isolate(checked.error)}</p>'
    elif checked.stage is not Stage.NONE:
        result = render_progress(checked, words) + render_text(checked, words)
    is_shown = bool(result) and not checked.error
    return (
        f'<section class="checking" tabindex="0" aria-label="{escape(words("view_check"))}"'
        f' data-check="{number}" data-told="{escape(tell(checked, words))}"'
        f' data-copied="{escape(words("check_copied"))}">'
        f'<form class="to-check"{" hidden" if is_shown else ""} data-most="{most}"'
        f' data-long="{escape(words.table["check_long"])}">'
        f'<label for="check-text">{escape(words("check_box"))}</label>'
        # A line break behind the tag is dropped by the parser, so that one of the text stays.
        f'<textarea id="check-text" name="text" rows="12" dir="auto"'
        f' placeholder="{escape(words("check_placeholder"))}">\n{escape(checked.text)}</textarea>'
        f'<div class="acts"><button type="submit">{escape(words("check"))}</button></div>'
        '<p class="refused" role="alert" hidden></p>'
        f'<p class="how">{escape(words("check_how"))}</p></form>'
        f'<div class="results">{result}</div></section>'
    )


def tell(checked: CheckedText, words: Words) -> str:
    """Return what is announced when a check has ended; "" before."""
    if checked.stage not in {Stage.DONE, Stage.STOPPED} or checked.error:
        return ""
    stopped = f" {words('check_stopped', done=len(checked.claims), total=checked.total)}"
    return summary(checked, words) + ("." + stopped if checked.stage is Stage.STOPPED else "")


def summary(checked: CheckedText, words: Words) -> str:
    """Return the outcomes in one line."""
    names = {outcome: words(f"outcome_{outcome.value}") for outcome in Outcome}
    table = words.table
    return summarise(checked.claims, names, table["check_summary_one"], table["check_summary"])


def render_progress(checked: CheckedText, words: Words) -> str:
    """Return how far the check is, with its outcomes so far; at its end what can be done with it."""
    done, total = len(checked.claims), checked.total
    counts = f'<p class="count">{escape(summary(checked, words))}</p>' if done else ""
    if checked.stage is Stage.RUNNING:
        told = escape(words("check_progress", done=done, total=total))
        return (
            f'<div class="going"><progress value="{done}" max="{max(total, 1)}" aria-label="{told}">'
            f"</progress><span>{told}</span>"
            f'<button type="button" data-do="stop">{escape(words("stop"))}</button></div>'
            f"{counts}"
        )
    stopped = (
        f'<p class="how">{escape(words("check_stopped", done=done, total=total))}</p>'
        if checked.stage is Stage.STOPPED
        else ""
    )
    groups = "".join(
        f'<span role="group" aria-label="{escape(words(f"check_{act}"))}"><span>{escape(words(act))}</span> '
        + "".join(
            f'<button type="button" data-{act}="{kind}"'
            f' aria-label="{escape(words(f"check_{act}"))}: {kind.upper()}">{kind.upper()}</button>'
            for kind in KINDS
        )
        + "</span>"
        for act in ("copy", "save")
    )
    edit = f'<button type="button" data-do="edit">{escape(words("check_edit"))}</button>'
    return f'{counts}{stopped}<p class="saving">{edit}{groups if done else ""}</p>'


def render_text(checked: CheckedText, words: Words) -> str:
    """Return the text: its claims underlined by outcome, each a button; what is not checked yet is dimmed."""
    parts, at = [], 0
    for number, claim in enumerate(checked.claims, start=1):
        parts.append(reveal_controls(checked.text[at : claim.start]))
        said = emphasise(claim.text, claim.start, claim.differing)
        at = claim.end
        if claim.outcome is Outcome.NOTHING_TO_CHECK:
            parts.append(said)
            continue
        outcome = words(f"outcome_{claim.outcome.value}")
        current = ' aria-current="true"' if number == checked.chosen else ""
        # No <button>: a browser would not break its lines with those of the text.
        parts.append(
            f'<span class="claim {claim.outcome.value}" role="button" tabindex="0" data-claim="{number}"'
            f' aria-label="{escape(f"{number}, {outcome}: {claim.text}")}"{current}>{said}'
            f'<span class="outcome"><span class="number">{number}</span> {SIGNS[claim.outcome]}'
            f" {escape(outcome)}</span></span>"
        )
    rest = checked.text[at:]
    if checked.stage is Stage.DONE:
        parts.append(reveal_controls(rest))
    elif rest:
        parts.append(f'<span class="unread">{reveal_controls(rest)}</span>')
    return f'<div class="claims" dir="auto">{"".join(parts)}</div>'


def render_claim(number: int, claim: CheckedClaim, words: Words) -> str:
    """Return what the articles say of a claim: its outcome, its details, and the sentences."""
    outcome = escape(words(f"outcome_{claim.outcome.value}"))
    name = escape(words("check_claim", number=number))
    reason = words.said(claim.reason)
    # The list says which details are not proved, and how each quotation stands.
    is_listed = bool(claim.quoted) or (claim.findings and claim.reason not in set(Reason))
    told = f'<p class="reason">{isolate(reason)}</p>' if reason and not is_listed else ""
    found = [*details(claim, words), *(quotation(item, claim, words) for item in claim.quoted)]
    listed = f'<ul class="details">{"".join(found)}</ul>' if found else ""
    label = "" if claim.citations else f"<h3>{escape(words('check_closest'))}</h3>"
    passages = "".join(passage(number, place, claim, words) for place in range(len(claim.passages)))
    return (
        f'<section class="verdict {claim.outcome.value}" aria-label="{name}"'
        f' data-claim="{number}"><p class="outcome"><span>{SIGNS[claim.outcome]} {outcome}</span>'
        f'<span class="figure">{escape(words("find_sure", share=f"{claim.probability:.0%}"))}</span>'
        f'<button type="button" class="close" aria-label="{escape(words("add_close"))}">×</button></p>'
        f'{told}{listed}{label}<ol class="{"cited" if claim.citations else "nearby"}">{passages}</ol>'
        "</section>"
    )


def details(claim: CheckedClaim, words: Words) -> Iterator[str]:
    """Yield each detail of a claim: proved, not proved, or what the article has in its place."""
    for item in claim.findings:
        sign = "✓" if item.state is State.PROVED else "✗" if item.state is State.DIFFERS else "?"
        other = other_words(item, claim) if item.state is State.DIFFERS else ""
        said = (
            fill_gap(lambda **gap: words("detail_differs", **gap), "other", other)
            if other
            else escape(words(f"detail_{'missing' if item.state is State.DIFFERS else item.state.value}"))
        )
        yield f'<li class="{item.state.value}">{sign} <b>{isolate(item.detail.text)}</b> – {said}</li>'
    if any(item.state is State.DIFFERS for item in claim.findings):
        return
    for here, (number, there) in zip(claim.differing, claim.original, strict=False):
        cited = next((item for item in claim.citations if item.number == number), None)
        if cited is None or claim.quoted:
            continue
        mine = claim.text[here.start - claim.start : here.end - claim.start]
        theirs = cited.quote[there.start - cited.start : there.end - cited.start]
        said = fill_gap(lambda **gap: words("detail_differs", **gap), "other", theirs)
        yield f'<li class="differs">✗ <b>{isolate(mine)}</b> – {said}</li>'


def other_words(item: Finding, claim: CheckedClaim) -> str:
    """Return what the cited sentence has in the place of a detail; "" for nothing."""
    passages = claim.passages
    return passages[0].quote[item.other.start : item.other.end] if item.other and passages else ""


def quotation(item: Quoted, claim: CheckedClaim, words: Words) -> str:
    """Return how an article has a quotation, and whether the speaker is right."""
    said = claim.text[item.quotation.start - claim.start : item.quotation.end - claim.start]
    told = words(f"reason_{item.place.wording.value}")
    if item.speaker is not None:
        told += f"; {words('speaker_right' if item.speaker else 'reason_speaker')}"
    is_right = item.place.wording.value == "verbatim" and item.speaker is not False
    state, sign = ("proved", "✓") if is_right else ("differs", "✗")
    return f'<li class="{state}">{sign} <q>{isolate(said)}</q> – {escape(told)}</li>'


def passage(number: int, place: int, claim: CheckedClaim, words: Words) -> str:
    """Return a sentence that leads to its place in the article, with the words that differ."""
    citation = claim.passages[place]
    spans = [span for cited, span in claim.original if cited == citation.number and claim.citations]
    where = " · ".join(filter(None, (isolate(citation.document_title), format_date(citation.published))))
    return (
        f'<li><button type="button" class="hit" dir="auto" title="{escape(words("check_show"))}"'
        f' data-turn="{CHECKED}" data-number="{number}" data-citation="{place}"'
        f' data-document="{escape(citation.document_id)}" data-start="{citation.start}"'
        f' data-end="{citation.end}">{emphasise(citation.quote, citation.start, spans)}</button>'
        f'<p class="where">{where}</p></li>'
    )
