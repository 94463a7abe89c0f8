"""Make HTML of an answer's trace: the passages read, their confidence, and the withheld statements."""

import math
from functools import partial

from citewell.answers.answer import Answer
from citewell.reading.evidence import Evidence
from citewell.text.markup import escape, fill_gap, isolate
from citewell.web.translations import Words

# Length of text that is enough to recognise a passage in the trace.
SNIPPET_CHARACTERS = 90


def render_trace(answer: Answer, words: Words) -> str:
    """Return the trace: the passages read, their confidence, the withheld statements, and the time taken."""
    trace = answer.trace
    if not trace.evidence:
        return ""
    cited = {(item.document_id, item.start) for item in answer.citations}
    rows = "".join(
        render_weighed(item, use_key(item, cited, trace.threshold), words) for item in trace.evidence
    )
    withheld = "".join(
        f"<li>{isolate(item.text)} <small>{isolate(words.said(item.reason))}</small></li>"
        for item in trace.withheld
    )
    held = f"<p>{escape(words('why_held'))}</p><ul>{withheld}</ul>" if withheld else ""
    read = words(
        "why_read",
        count=len(trace.evidence),
        threshold=f"{trace.threshold:.0%}",
        surest=f"{trace.evidence[0].probability:.0%}",
    )
    grades = [item.grade for item in trace.evidence if item.grade is not None]
    if grades:
        read += " " + words("why_graded", grade=f"{1 / (1 + math.exp(-grades[0])):.0%}")
    # "extractive" is our own word for the article's own words, which the answer says already.
    is_named = trace.writer not in {"", "extractive"}
    writer = escape(words("why_writer", writer=trace.writer)) if is_named else ""
    if trace.fallback:
        writer += f" {fill_gap(partial(words, 'why_fallback'), 'reason', trace.fallback)}"
    took = dict(trace.milliseconds).get("total", 0)
    times = words("why_time", seconds=f"{took / 1000:.1f}") if took else ""
    heads = "".join(
        f'<th scope="col">{escape(words(key))}</th>'
        for key in ("col_passage", "col_sure", "col_meaning", "col_words", "col_use")
    )
    return (
        f"<details><summary>{escape(words('why' if answer.statements else 'why_not'))}</summary>"
        f"<p>{escape(read)}</p>{held}<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
        f"{f'<p>{writer}</p>' if writer else ''}{f'<p>{escape(times)}</p>' if times else ''}</details>"
    )


def use_key(item: Evidence, cited: set[tuple[str, int]], threshold: float) -> str:
    """Return the key for the use of a passage: cited, not needed, or too unsure to be used."""
    passage = item.hit.passage
    if any(id_ == passage.document.id and passage.start <= at < passage.end for id_, at in cited):
        return "use_cited"
    return "use_not_needed" if item.probability >= threshold else "use_below"


def render_weighed(item: Evidence, used: str, words: Words) -> str:
    """Return a passage's line in the trace."""
    text = " ".join(item.hit.passage.text.split())
    snippet = text if len(text) <= SNIPPET_CHARACTERS else f"{text[:SNIPPET_CHARACTERS].rpartition(' ')[0]}…"
    by_meaning = f"#{item.hit.dense_rank} ({item.hit.dense:.2f})" if item.hit.dense_rank else "–"
    by_words = f"#{item.hit.lexical_rank} ({item.hit.lexical:.1f})" if item.hit.lexical_rank else "–"
    return (
        f'<tr><th scope="row">{isolate(snippet)}</th><td>{item.probability:.0%}</td>'
        f"<td>{by_meaning}</td><td>{by_words}</td><td>{escape(words(used))}</td></tr>"
    )
