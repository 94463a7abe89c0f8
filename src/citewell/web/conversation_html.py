"""Make HTML of a conversation: questions, answers with their citations, and reasons for missing answers."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import groupby

from citewell.answers.answer import Abstention, Answer, Withheld
from citewell.answers.writer import METADATA
from citewell.checking.citations import Citation, Statement
from citewell.questions.intent import MAX_CHARACTERS
from citewell.text.markup import escape, fill_gap, isolate, reveal_controls
from citewell.web.session import Exchange
from citewell.web.trace_html import render_trace
from citewell.web.translations import ENGLISH, Words

REASONS = frozenset(Abstention) - {Abstention.NOT_A_QUESTION}
# Reasons whose message says what was searched, and names the article where it was one of several.
SAYS_OF_ONE = frozenset({Abstention.NO_PASSAGE, Abstention.NOT_ANSWERED, Abstention.UNSUPPORTED})


@dataclass(frozen=True, slots=True)
class Beside:
    """What an exchange shows of its articles besides the answer.

    Attributes:
        copies: The answer for the clipboard, in each form by its name; empty without an answer.
        around: The text before and behind each quote in its article, by the number of its citation.
        searched: What was searched, in words; "" where that is one article.
        title: The title of the only article that was searched; "" where there is no other.
    """

    copies: Mapping[str, str] = field(default_factory=dict)
    around: Mapping[int, tuple[str, str]] = field(default_factory=dict)
    searched: str = ""
    title: str = ""


def render_conversation(  # noqa: PLR0913  # a session, and what it shows of its articles
    exchanges: Sequence[Exchange],
    *,
    pending: str | None = None,
    written: Sequence[str | Withheld] = (),
    draft: str = "",
    proof: Sequence[Citation] = (),
    editing: int = -1,
    words: Words = ENGLISH,
    beside: Callable[[Exchange], Beside] = lambda _: Beside(),
    articles: int = 1,
) -> str:
    """Return the exchanges, oldest first, and the pending question; return a welcome when there are none.

    Args:
        exchanges: The conversation.
        pending: The question that is being answered; None for none.
        written: The finished part of its answer: each statement that was checked or withheld.
        draft: The statement that is being written and is not checked yet.
        proof: The sentences that it is written from.
        editing: The exchange that the next question replaces, with all later ones; -1 for none.
        words: The page's language.
        beside: Returns what an exchange shows of its articles besides the answer.
        articles: How many articles there are to ask.
    """
    last = len(exchanges) - 1 if pending is None else -1
    turns = [
        render_turn(number, exchange, words, is_last=number == last, beside=beside(exchange))
        for number, exchange in enumerate(exchanges)
    ]
    if 0 <= editing < len(turns):
        turns[editing:] = [f'<div class="dimmed">{"".join(turns[editing:])}</div>', render_replacing(words)]
    elif pending is not None:
        turns.append(render_draft(pending, written, draft, words, proof))
    # The page's script says each answer once; a log would say all of them whenever they are drawn anew.
    return (
        f'<div class="conversation" role="region" aria-label="{escape(words("conversation"))}" tabindex="0">'
        f"{''.join(turns) or render_welcome(words, articles)}</div>"
    )


def render_welcome(words: Words, articles: int = 1) -> str:
    """Return the welcome of a conversation without questions, about so many articles."""
    many = "_many" if articles > 1 else ""
    starters = (words(f"starter_summary{many}"), words("starter_people"))
    how = escape(words(f"welcome_how{many}"))
    return (
        f'<section class="welcome"><h2>{escape(words(f"welcome{many}"))}</h2><p>{how}</p>'
        f"{render_questions(starters)}</section>"
    )


def render_further(suggested: Sequence[str], words: Words) -> str:
    """Return the suggested questions; "" when there are none."""
    if not suggested:
        return ""
    label = escape(words("suggested"))
    return f'<nav class="further" aria-label="{label}"><h3>{label}</h3>{render_questions(suggested)}</nav>'


def render_questions(texts: Sequence[str]) -> str:
    """Return buttons that ask questions."""
    buttons = "".join(
        f'<li><button type="button" data-ask="{escape(text)}">{isolate(text)}</button></li>' for text in texts
    )
    return f'<ul class="starters">{buttons}</ul>'


def render_draft(
    asked: str, written: Sequence[str | Withheld], draft: str, words: Words, proof: Sequence[Citation] = ()
) -> str:
    """Return the pending question with its proof and the part of its answer that is written."""
    said = "".join(render_proof(item, words) for item in proof)
    said += "".join(
        render_withheld(item, words)
        if isinstance(item, Withheld)
        else f'<p class="statement checked">{isolate(item)}</p>'
        for item in written
    )
    if draft.strip():
        said += f'<p class="statement draft" title="{escape(words("unchecked"))}">{isolate(draft)}</p>'
    doing = "checking" if draft.strip() else "writing" if proof else "reading"
    reading = f'<p class="reading">{escape(words(doing))}</p>'
    question = render_question(asked, words)
    return f'<section class="turn pending" aria-busy="true">{question}{said}{reading}</section>'


def render_proof(citation: Citation, words: Words) -> str:
    """Return a sentence that an answer is being written from, and its article."""
    said = escape(words("proof", title=citation.name))
    return f'<figure class="proof"><figcaption>{said}</figcaption><q>{isolate(citation.quote)}</q></figure>'


def render_withheld(item: Withheld, words: Words) -> str:
    """Return a withheld statement, struck out, and the reason; the visitor saw it while it was written."""
    reason = f"{escape(words('struck'))}: {isolate(words.said(item.reason))}"
    return f'<p class="statement struck"><del>{isolate(item.text)}</del> <small>{reason}</small></p>'


def render_replacing(words: Words) -> str:
    """Return the notice that a question is being edited."""
    keep = f'<button type="button" data-do="keep">{escape(words("keep_it"))}</button>'
    return f'<p class="replacing" role="status">{escape(words("editing"))} {keep}</p>'


def render_turn(
    number: int,
    exchange: Exchange,
    words: Words = ENGLISH,
    *,
    is_last: bool = False,
    beside: Beside | None = None,
) -> str:
    """Return one exchange; `number` counts from 0."""
    beside = beside or Beside()
    answer = exchange.answer
    if answer is None:
        said = f'<div class="refused"><p>{isolate(exchange.error)}</p></div>'
    elif answer.statements:
        said = render_answer(number, answer, words, beside.around)
    else:
        said = render_abstention(number, answer, words, beside)
    asked = render_question(exchange.question, words) + render_resolved(answer, words)
    acts = render_actions(number, exchange, words, is_last=is_last, copies=beside.copies)
    return f'<section class="turn" data-turn="{number}" tabindex="-1">{asked}{said}{acts}</section>'


def render_actions(
    number: int, exchange: Exchange, words: Words, *, is_last: bool, copies: Mapping[str, str]
) -> str:
    """Return the buttons of an exchange: ask it again, edit it, take it back, copy it, judge it."""
    named = ["edit", "retry", "undo"] if is_last else ["edit"]
    buttons = "".join(
        f'<button type="button" data-do="{name}" data-turn="{number}">{escape(words(name))}</button>'
        for name in named
    )
    copying = render_copying(copies, words)
    return f'<div class="actions">{buttons}{copying}{render_judging(number, exchange, words)}</div>'


def render_copying(copies: Mapping[str, str], words: Words) -> str:
    """Return a button for each form in which the answer is copied, with the text to copy; "" without one."""
    if not copies:
        return ""
    buttons = "".join(
        f'<button type="button" data-copy="{name}" aria-label="{escape(words("copy_label"))}:'
        f' {escape(words(f"copy_{name}"))}">{escape(words(f"copy_{name}"))}</button>'
        f'<pre hidden data-form="{name}">{escape(text)}</pre>'
        for name, text in copies.items()
    )
    return (
        f'<span class="copying" role="group" aria-label="{escape(words("copy_label"))}"'
        f' data-copied="{escape(words("copied"))}">'
        f'<span aria-hidden="true">{escape(words("copy"))}</span>{buttons}</span>'
    )


def render_judging(number: int, exchange: Exchange, words: Words) -> str:
    """Return thumbs up and down; the thumb down opens a form for the right answer."""
    if exchange.answer is None or exchange.answer.abstention is Abstention.NOT_A_QUESTION or exchange.own:
        return ""  # a verdict would store text of the visitor's own article, which may not be kept
    if exchange.verdict:
        return f'<span class="thanks" role="status">{escape(words("thanks"))}</span>'
    correct, unsaid = f"correct-{number}", f"unsaid-{number}"
    return (
        f'<span class="judging" role="group" aria-label="{escape(words("verdict_label"))}">'
        f'<button type="button" data-verdict="up" data-turn="{number}">{escape(words("right"))}</button>'
        f'<button type="button" data-verdict="down" data-turn="{number}" aria-expanded="false"'
        f' aria-controls="wrong-{number}">{escape(words("wrong"))}</button></span>'
        f'<form class="correcting" id="wrong-{number}" data-turn="{number}" hidden>'
        f'<label for="{correct}">{escape(words("correct"))}</label>'
        f'<input type="text" id="{correct}" name="answer" maxlength="{MAX_CHARACTERS}" autocomplete="off"/>'
        f'<label for="{unsaid}"><input type="checkbox" id="{unsaid}" name="unsaid"/>'
        f" {escape(words('unsaid'))}</label>"
        f'<button type="submit">{escape(words("send"))}</button></form>'
    )


def render_question(text: str, words: Words = ENGLISH) -> str:
    """Return what was asked."""
    said = isolate(text) if text.strip() else escape(words("nothing"))
    return f'<h2 class="question">{said}</h2>'


def render_resolved(answer: Answer | None, words: Words) -> str:
    """Return the resolved form of a follow-up; "" when it equals the question as asked."""
    if answer is None or not answer.is_rewritten:
        return ""
    said = fill_gap(partial(words, "understood"), "question", answer.standalone)
    return f'<p class="resolved">{said}</p>'


def render_answer(
    number: int, answer: Answer, words: Words, around: Mapping[int, tuple[str, str]] | None = None
) -> str:
    """Return an answer: the short answer if any, the statements with their chips, and the confidence."""
    brief = any(statement.short for statement in answer.statements)
    short = f'<p class="short">{isolate(answer.short)}</p>' if brief else ""
    is_named = answer.articles > 1
    statements = "".join(
        (f'<h3 class="part">{isolate(name)}</h3>' if name else "")
        + "".join(
            render_statement(number, statement, words, is_named=is_named and not name, around=around or {})
            for statement in part
        )
        for name, part in list_parts(answer)
    )
    statements += "".join(render_withheld(item, words) for item in answer.trace.withheld if item.drafted)
    note = f'<p class="note">{isolate(words.said(answer.message))}</p>' if answer.message else ""
    confidence, trace = render_confidence(answer, words), render_trace(answer, words)
    if answer.disagrees:
        statements = f'<div class="sides">{statements}</div>'
        dated = [bool(citation.published) for citation in answer.citations]
        key = "disagreement_partly" if any(dated) else "disagreement_undated"
        told = words("disagreement" if all(dated) else key)
        short = f'<p class="note">{escape(told)}</p>{short}'
    return f'<div class="answer">{short}{statements}{note}{confidence}{trace}</div>'


def list_parts(answer: Answer) -> list[tuple[str, list[Statement]]]:
    """Return the parts of an overview of several articles, each with its article's name; else one part, "".

    Behind a name that two articles have stands where each is from.
    """
    said = answer.statements
    if answer.disagrees or not all(one.origin and one.citations for one in said):
        return [("", list(said))]
    parts = [list(part) for _, part in groupby(said, lambda one: one.citations[0].document_id)]
    counts = Counter(part[0].origin for part in parts)
    firsts = [part[0].citations[0] for part in parts]
    names = [
        name if counts[name := part[0].origin] == 1 else f"{name} ({first.source or first.document_id})"
        for part, first in zip(parts, firsts, strict=True)
    ]
    return list(zip(names, parts, strict=True))


def render_statement(
    number: int,
    statement: Statement,
    words: Words,
    *,
    is_named: bool = False,
    around: Mapping[int, tuple[str, str]],
) -> str:
    """Return a statement with the short answer in it emphasised, and a chip for each citation.

    Behind the chips stand the resolved dates and, when `is_named`, the articles that are cited.
    """
    parts = []
    at = 0
    for span in statement.short:
        parts.append(reveal_controls(statement.text[at : span.start]))
        parts.append(f"<strong>{reveal_controls(statement.text[span.start : span.end])}</strong>")
        at = span.end
    parts.append(reveal_controls(statement.text[at:]))
    chips = "".join(
        render_chip(number, citation, words, around.get(citation.number, ("", "")))
        for citation in statement.citations
    )
    dangling = "".join(
        f'<span class="dangling" title="{escape(words("dangling"))}">{loose}?</span>'
        for loose in statement.dangling
    )
    reckoned = f"<small>{escape(words('reckoned'))}</small> " if statement.is_reckoned else ""
    beside = render_beside(statement, words, is_named=is_named)
    return f'<p class="statement"><bdi>{"".join(parts)}</bdi> {reckoned}{chips}{dangling}{beside}</p>'


def render_beside(statement: Statement, words: Words, *, is_named: bool) -> str:
    """Return what stands beside a statement's chips: its articles, pages, resolved dates, and its origin."""
    named = dict.fromkeys(citation.name for citation in statement.citations) if is_named else {}
    pages = dict.fromkeys(citation.page for citation in statement.citations if citation.page)
    notes = dict.fromkeys(found.note for citation in statement.citations for found in citation.dates)
    said = [
        *(f'<small class="from">{isolate(name)}</small>' for name in named),
        *(f'<small class="page">{escape(words("page_of", page=page))}</small>' for page in pages),
        *(
            f'<small class="date">{fill_gap(partial(words, "resolved_date"), "note", note)}</small>'
            for note in notes
        ),
        *(
            [f"<small>{isolate(statement.origin)}</small>"]
            if statement.origin and not statement.citations
            else []
        ),
    ]
    return "".join(f" {part}" for part in said)


def render_chip(number: int, citation: Citation, words: Words, around: tuple[str, str] = ("", "")) -> str:
    """Return the numbered button of a citation; its quote is read out, and its context shown on hover."""
    quote = f"quote-{number}-{citation.number}"
    before, behind = (f"<span>{isolate(text)}</span>" if text else "" for text in around)
    context = f'<span class="around" hidden>{before} <b>{isolate(citation.quote)}</b> {behind}</span>'
    return (
        f'<button type="button" class="chip" {mark_attributes(number, citation)} aria-describedby="{quote}"'
        f' aria-label="{escape(words("citation", number=citation.number))}">{citation.number}</button>'
        f'<span class="quote" id="{quote}" data-note="{citation.number}" hidden>{isolate(citation.quote)}'
        f" <small>{isolate(citation.where)}</small></span>{context if before or behind else ''}"
    )


def mark_attributes(number: int, citation: Citation) -> str:
    """Return the attributes by which the page finds a citation's mark."""
    return (
        f'data-turn="{number}" data-number="{citation.number}" data-document="{escape(citation.document_id)}"'
        f' data-start="{citation.start}" data-end="{citation.end}"'
    )


def render_confidence(answer: Answer, words: Words) -> str:
    """Return the confidence of the answer, in words followed by the figure."""
    if answer.trace.sureness is None:  # a summary: nothing was weighed
        return f'<p class="confidence">{escape(words(wording_key(answer)))}</p>'
    said = escape(words(answer.trace.sureness.value))
    return f'<p class="confidence">{said} <span class="figure">{answer.confidence:.0%}</span></p>'


def wording_key(answer: Answer) -> str:
    """Return the translation key that says whose words the answer uses."""
    if answer.trace.writer == METADATA:
        return "from_metadata"
    return "own_words" if answer.trace.writer in {"", "extractive"} else "other_words"


def render_abstention(number: int, answer: Answer, words: Words, beside: Beside) -> str:
    """Return the reason for the missing answer, what was searched, and the closest passages, labelled so."""
    if answer.abstention not in REASONS:
        return f'<div class="reply"><p>{isolate(words.said(answer.message))}</p></div>'
    first = 1 if answer.abstention is Abstention.POSSIBLY else 0
    is_named = answer.articles > 1
    near = render_passages(number, answer.closest[:first], "candidate", words, is_named=is_named)
    near += render_passages(number, answer.closest[first:], "closest", words, is_named=is_named)
    looked = f'<p class="searched">{isolate(beside.searched)}</p>' if beside.searched else ""
    said = isolate(words.said(answer.message))
    if beside.title and answer.abstention in SAYS_OF_ONE:
        said = fill_gap(partial(words, f"one_{answer.abstention.value}"), "title", beside.title)
    elif answer.abstention in {Abstention.LANGUAGE, Abstention.NOT_A_TASK}:
        looked = ""  # nothing was searched
    return (
        f'<div class="abstention {answer.abstention.value}">'
        f'<p class="reason">{escape(words(reason_key(answer)))}</p>'
        f'<p class="message">{said}</p>{looked}{near}{render_trace(answer, words)}</div>'
    )


def reason_key(answer: Answer) -> str:
    """Return the translation key of the reason for a missing answer."""
    several = {Abstention.NOT_ANSWERED: "not_answered_many", Abstention.POSSIBLY: "possibly_many"}
    reason = Abstention(answer.abstention or Abstention.NOT_ANSWERED)
    return several.get(reason, reason.value) if answer.articles > 1 else reason.value


def render_passages(
    number: int, passages: Sequence[Citation], label: str, words: Words, *, is_named: bool = False
) -> str:
    """Return passages under a label, which is a translation key; "" without passages."""
    items = "".join(
        f'<li><button type="button" class="near" {mark_attributes(number, citation)}>'
        f"{isolate(citation.quote)}</button>"
        f"{f'<small>{isolate(citation.where)}</small>' if is_named else ''}</li>"
        for citation in passages
    )
    return f'<h3>{escape(words(label))}</h3><ol class="nearby {label}">{items}</ol>' if items else ""
