"""Make HTML of the sentences that were found: counted, by article and date, each leading to its place."""

from collections.abc import Iterable, Sequence

from citewell.answers.finding import Finding, Findings
from citewell.index.filters import DATE, Where
from citewell.text.markup import escape, isolate
from citewell.web.article_html import format_date
from citewell.web.session import FOUND, Search
from citewell.web.translations import Words

# The boxes of the form that chooses articles: name, field and operator.
FILTERS = (
    ("title", "title", ":"),
    ("source", "source", ":"),
    ("since", "published", ">="),
    ("until", "published", "<="),
)


# Most articles that are listed to be ticked; the conditions find the others.
MOST_TICKS = 100


def render_filter(
    where: Where,
    ticks: Sequence[tuple[str, str, bool]],
    of: int,
    error: str,
    words: Words,
    *,
    unfolded: bool = False,
) -> str:
    """Return the form that chooses articles by title, source and date, and by ticking them.

    Args:
        where: The conditions in force.
        ticks: The articles that meet them: value, name, and whether it is ticked.
        of: How many articles there are.
        error: Why what was typed is no condition; "" when it is one.
        words: The page's language.
        unfolded: Whether the form is open although all articles are chosen, as while it is used.
    """
    typed = {(item.field, item.operator): item.value for item in where.conditions}
    boxes = "".join(
        f'<label>{escape(words(f"filter_{name}"))} <input type="text" name="{name}"'
        f' value="{escape(typed.get((field, operator), ""))}" autocomplete="off"'
        f"{' placeholder=YYYY-MM-DD' if field == DATE else ''}></label>"
        for name, field, operator in FILTERS
    )
    chosen = sum(is_ticked for _, _, is_ticked in ticks)
    told_count = words("filter_count", chosen=chosen, of=of)
    told = f'<p class="refused" role="alert">{isolate(error)}</p>' if error else ""
    is_open = " open" if unfolded or where.conditions or error or chosen < len(ticks) else ""
    return (
        f'<details class="choosing"{is_open}><summary>{escape(told_count)}</summary>'
        f'<form>{boxes}<button type="submit">{escape(words("filter"))}</button></form>{told}'
        f"{render_ticks(ticks, words)}</details>"
    )


def render_ticks(ticks: Sequence[tuple[str, str, bool]], words: Words) -> str:
    """Return the articles to tick, with buttons that tick all or none."""
    label = escape(words("filter_tick"))
    buttons = "".join(
        f'<button type="button" data-tick="{name}">{escape(words(f"filter_{name}"))}</button>'
        for name in ("all", "no")
    )
    items = "".join(
        f'<li><label><input type="checkbox" value="{escape(value)}"{" checked" if is_ticked else ""}>'
        f" <span>{isolate(name)}</span></label></li>"
        for value, name, is_ticked in ticks[:MOST_TICKS]
    )
    rest = len(ticks) - MOST_TICKS
    more = f'<p class="how">{escape(words("filter_more", count=rest))}</p>' if rest > 0 else ""
    return (
        f'<fieldset class="ticks"><legend>{label}</legend><span class="both">{buttons}</span>'
        f"<ul>{items}</ul>{more}</fieldset>"
    )


def render_search(search: Search, words: Words) -> str:
    """Return the view: what was looked for, and what was found."""
    if search.error:
        result = f'<p class="refused" role="alert">{isolate(search.error)}</p>'
    elif search.findings is None:
        result = f'<p class="how">{escape(words("find_how"))}</p>'
    else:
        result = render_findings(search.findings, words)
    return (
        '<section class="finding" tabindex="0" aria-label="' + escape(words("view_find")) + '">'
        f'<form class="seek"><input type="text" name="text" value="{escape(search.text)}"'
        f' placeholder="{escape(words("find_placeholder"))}" aria-label="{escape(words("find_box"))}"'
        ' autocomplete="off" required>'
        f'<button type="submit">{escape(words("find"))}</button></form>'
        f'<p class="reading" role="status" hidden>{escape(words("find_reading"))}</p>'
        f'<div class="results">{result}</div></section>'
    )


def render_findings(findings: Findings, words: Words) -> str:
    """Return the sentences with their counts; or that there are none."""
    if not findings.found:
        return f'<p class="how" role="status">{escape(words("find_none", read=findings.read))}</p>'
    articles = findings.by_article
    count = words("find_count", count=len(findings.found), articles=len(articles), read=findings.read)
    more = f" {words('find_more', count=findings.left_out)}" if findings.left_out else ""
    kinds = "".join(
        f'<button type="button" data-export="{kind}"'
        f' aria-label="{escape(words("find_save"))}: {kind.upper()}">{kind.upper()}</button>'
        for kind in ("csv", "json")
    )
    by_article = render_counts(
        words("find_by_article"), ((isolate(first.document_title), n) for first, n in articles)
    )
    days = ((format_date(day) or escape(words("find_undated")), n) for day, n in findings.by_date)
    items = "".join(render_finding(item, words) for item in findings.found)
    return (
        f'<p class="count" role="status">{escape(count + more)}</p>'
        f'<p class="saving"><span>{escape(words("save"))}</span> {kinds}</p>'
        f"{by_article}{render_counts(words('find_by_date'), days)}"
        f'<ol class="found">{items}</ol>'
    )


def render_counts(label: str, counts: Iterable[tuple[str, int]]) -> str:
    """Return a folded table of counts; its names are HTML."""
    rows = "".join(f'<tr><th scope="row">{name}</th><td>{n}</td></tr>' for name, n in counts)
    return f"<details><summary>{escape(label)}</summary><table>{rows}</table></details>"


def render_finding(item: Finding, words: Words) -> str:
    """Return a sentence that leads to its place, with its article, date and probability."""
    citation = item.citation
    facts = [isolate(citation.document_title), format_date(item.published)]
    facts.append(escape(words("find_sure", share=f"{item.probability:.0%}")))
    return (
        f'<li><button type="button" class="hit" dir="auto" data-turn="{FOUND}"'
        f' data-number="{citation.number}" data-document="{escape(citation.document_id)}"'
        f' data-start="{citation.start}" data-end="{citation.end}">{isolate(citation.quote)}</button>'
        f'<p class="where">{" · ".join(fact for fact in facts if fact)}</p></li>'
    )
