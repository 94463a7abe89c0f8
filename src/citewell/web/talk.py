"""Make HTML of a conversation: questions, answers with their citations, and why there are none."""

from collections.abc import Sequence
from dataclasses import dataclass

from citewell.answering import Abstention, Answer
from citewell.citations import Citation, Statement
from citewell.reading import Evidence
from citewell.web.markup import isolated, shown, steered

STARTERS = ("Summarise the article", "What are the key points?", "Who is mentioned?")

# From this probability on, these words; the figure stands behind them.
CONFIDENCE = ((0.9, "Very confident"), (0.75, "Confident"), (0.6, "Fairly confident"), (0.0, "Tentative"))

REASONS = {
    Abstention.NO_PASSAGE: "No passage is about this",
    Abstention.NOT_ANSWERED: "Not in the article",
    Abstention.UNSUPPORTED: "Not fully supported",
}

# Enough to recognise a passage by, in the trace.
SNIPPET_CHARACTERS = 90


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question and what came of it.

    Attributes:
        question: As asked.
        answer: None when the question was refused.
        error: Why it was refused; "" when it was not.
    """

    question: str
    answer: Answer | None = None
    error: str = ""

    @property
    def passages(self) -> tuple[Citation, ...]:
        """What it points to in articles: the citations, or the closest passages when abstaining."""
        if self.answer is None:
            return ()
        return self.answer.citations or self.answer.closest


def conversation(exchanges: Sequence[Exchange], pending: str | None = None) -> str:
    """Return the exchanges so far, oldest first, and the question being answered; a welcome when none."""
    turns = [turn(number, exchange) for number, exchange in enumerate(exchanges)]
    if pending is not None:
        reading = '<p class="reading">Reading the article…</p>'
        turns.append(f'<section class="turn pending">{question(pending)}{reading}</section>')
    return (
        '<div class="conversation" role="log" aria-label="Conversation" tabindex="0">'
        f"{''.join(turns) or welcome()}</div>"
    )


def welcome() -> str:
    """Return what stands where nothing has been asked yet."""
    starters = "".join(
        f'<li><button type="button" data-ask="{shown(text)}">{shown(text)}</button></li>' for text in STARTERS
    )
    return (
        '<section class="welcome"><h2>Ask the article</h2>'
        "<p>Every sentence of an answer points to the exact words that prove it. "
        "When the article does not say, you are told so.</p>"
        f'<ul class="starters">{starters}</ul></section>'
    )


def turn(number: int, exchange: Exchange) -> str:
    """Return one exchange; `number` counts from 0."""
    answer = exchange.answer
    if answer is None:
        said = f'<div class="refused" role="alert"><p>{isolated(exchange.error)}</p></div>'
    elif answer.statements:
        said = answered(number, answer)
    else:
        said = abstained(number, answer)
    asked = question(exchange.question) + resolved(answer)
    return f'<section class="turn" data-turn="{number}">{asked}{said}</section>'


def question(text: str) -> str:
    """Return what was asked."""
    return f'<h2 class="question">{isolated(text) if text.strip() else "(nothing)"}</h2>'


def resolved(answer: Answer | None) -> str:
    """Return how a follow-up was understood; "" when as asked."""
    if answer is None or answer.standalone == " ".join(answer.question.split()):
        return ""
    return f'<p class="resolved">Understood as: {isolated(answer.standalone)}</p>'


def answered(number: int, answer: Answer) -> str:
    """Return an answer: the short one if there is one, the statements with their chips, how sure it is."""
    brief = any(statement.short for statement in answer.statements)
    short = f'<p class="short">{isolated(answer.short)}</p>' if brief else ""
    statements = "".join(stated(number, statement) for statement in answer.statements)
    note = f'<p class="note">{isolated(answer.message)}</p>' if answer.message else ""
    return f'<div class="answer">{short}{statements}{note}{confidence(answer)}{why(answer)}</div>'


def stated(number: int, statement: Statement) -> str:
    """Return a statement with the short answer in it emphasised, and a chip for each citation."""
    parts = []
    at = 0
    for span in statement.short:
        parts.append(steered(statement.text[at : span.start]))
        parts.append(f"<strong>{steered(statement.text[span.start : span.end])}</strong>")
        at = span.end
    parts.append(steered(statement.text[at:]))
    chips = "".join(chip(number, citation) for citation in statement.citations)
    dangling = "".join(
        f'<span class="dangling" title="This number cites nothing">{loose}?</span>'
        for loose in statement.dangling
    )
    return f'<p class="statement"><bdi>{"".join(parts)}</bdi> {chips}{dangling}</p>'


def chip(number: int, citation: Citation) -> str:
    """Return the numbered button that shows a citation, with its quote to be read out and shown on hover."""
    quote = f"quote-{number}-{citation.number}"
    return (
        f'<button type="button" class="chip" {pointing(number, citation)} aria-describedby="{quote}"'
        f' aria-label="Citation {citation.number}">{citation.number}</button>'
        f'<span class="quote" id="{quote}" hidden>{isolated(citation.quote)}'
        f" <small>{isolated(citation.document_title)}</small></span>"
    )


def pointing(number: int, citation: Citation) -> str:
    """Return the attributes by which the page finds a citation's mark."""
    return (
        f'data-turn="{number}" data-number="{citation.number}" data-document="{shown(citation.document_id)}"'
        f' data-start="{citation.start}" data-end="{citation.end}"'
    )


def confidence(answer: Answer) -> str:
    """Return how sure the answer is, in words with the figure behind."""
    if not answer.trace.evidence:  # a summary or a list: nothing was weighed
        return '<p class="confidence">In the article’s own words</p>'
    words = next(words for least, words in CONFIDENCE if answer.confidence >= least)
    return f'<p class="confidence">{words} <span class="figure">{answer.confidence:.0%}</span></p>'


def abstained(number: int, answer: Answer) -> str:
    """Return why there is no answer, and the closest passages as what they are."""
    if answer.abstention is None or answer.abstention is Abstention.NOT_A_QUESTION:
        return f'<div class="reply"><p>{isolated(answer.message)}</p></div>'
    closest = "".join(
        f'<li><button type="button" class="near" {pointing(number, citation)}>'
        f"{isolated(citation.quote)}</button></li>"
        for citation in answer.closest
    )
    label = "<h3>Closest in the article, not an answer</h3>"
    near = f'{label}<ol class="nearby">{closest}</ol>' if closest else ""
    return (
        f'<div class="abstention"><p class="reason">{REASONS[answer.abstention]}</p>'
        f'<p class="message">{isolated(answer.message)}</p>{near}{why(answer)}</div>'
    )


def why(answer: Answer) -> str:
    """Return the trace: what was read, how sure each passage was, what was held back, how long it took."""
    trace = answer.trace
    if not trace.evidence:
        return ""
    rows = "".join(weighed(item) for item in trace.evidence)
    withheld = "".join(
        f"<li>{isolated(item.text)} <small>{isolated(item.reason)}</small></li>" for item in trace.withheld
    )
    held = f"<p>Written, but not shown:</p><ul>{withheld}</ul>" if withheld else ""
    total = dict(trace.milliseconds).get("total", 0.0)
    read = len(trace.evidence)
    surest = trace.evidence[0].probability
    return (
        f"<details><summary>Why this {'answer' if answer.statements else 'is not answered'}</summary>"
        f"<p>{read} passage{'s were' if read > 1 else ' was'} read in {total:,.0f} ms. An answer is given"
        f" from {trace.threshold:.0%} on; the surest passage reached {surest:.0%}.</p>{held}"
        '<table><thead><tr><th scope="col">Passage</th><th scope="col">Sure</th>'
        '<th scope="col">By meaning</th><th scope="col">By words</th></tr></thead>'
        f"<tbody>{rows}</tbody></table></details>"
    )


def weighed(item: Evidence) -> str:
    """Return a passage's line in the trace."""
    text = " ".join(item.hit.passage.text.split())
    snippet = text if len(text) <= SNIPPET_CHARACTERS else f"{text[:SNIPPET_CHARACTERS].rpartition(' ')[0]}…"
    by_meaning, by_words = (
        f"#{rank}" if rank else "–" for rank in (item.hit.dense_rank, item.hit.lexical_rank)
    )
    return (
        f'<tr><th scope="row">{isolated(snippet)}</th><td>{item.probability:.0%}</td>'
        f"<td>{by_meaning}</td><td>{by_words}</td></tr>"
    )
