"""Give a page its conversation back: after a new load from memory, after a restart from the browser.

The server writes nothing down. It holds what is said as long as the page is open, and an hour longer. Who
shows the key of a page gets that page's session. When the server has forgotten the session, the browser may
bring the conversation as JSON, beside the articles, which are uploads like any other. Quotes are cut from the
articles anew; an answer whose quotes do not stand there is not shown.
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from weakref import WeakValueDictionary

import gradio as gr

from citewell.answers.answer import Answer
from citewell.checking.citations import Citation, cite
from citewell.documents.catalogue import place_of
from citewell.documents.document import Document
from citewell.errors import CitewellError
from citewell.text.markup import escape
from citewell.text.spans import Span
from citewell.web import conversation_html
from citewell.web.blocks import read_sent
from citewell.web.chat import Chat
from citewell.web.plainjson import parse
from citewell.web.session import MOST_EXCHANGES, Exchange, Scope, Session, Visit

# A request may have 1,000,000 bytes; the rest is for its other values.
MOST_KEPT_CHARACTERS = 800_000
KEY = re.compile(r'data-visit="([\w-]{43})"')
# How many values the handlers of a return give: see `Returning.show`.
SHOWN = 10


@dataclass(frozen=True)
class Returning:
    """The handlers of a page that comes back, and those that refuse a page whose session is gone.

    Attributes:
        chat: The handlers of all that is asked.
        visits: The visits that the server remembers, by their keys.
    """

    chat: Chat
    visits: "WeakValueDictionary[str, Visit]" = field(default_factory=WeakValueDictionary)

    def greet(self, visit: Visit) -> str:
        """Return the key that identifies the page when the page sends something."""
        self.visits[visit.key] = visit
        return render_key(visit)

    def is_gone(self, key: str, visit: Visit) -> bool:
        """Whether a page shows a session that the server has forgotten, so that its scope means nothing."""
        found = KEY.search(key or "")
        return found is not None and found[1] != visit.key

    def unless_gone(
        self, key: str, visit: Visit, shown: Iterator[tuple[object, object, object]]
    ) -> Iterator[tuple[object, ...]]:
        """Yield what a handler shows in three panes, with the key; a session that is gone asks nothing."""
        if self.is_gone(key, visit):
            yield gr.skip(), gr.skip(), gr.skip(), render_lost(key, visit)
            return
        for panes in shown:
            yield (*panes, gr.skip())

    # What is asked, unless the session is gone

    def submit(
        self, event: gr.EventData, typed: str, only: str, key: str, visit: Visit
    ) -> Iterator[tuple[object, ...]]:
        """Ask a question; yield (box, conversation, article, key)."""
        yield from self.unless_gone(key, visit, self.chat.submit(event, typed, only, visit))

    def retry(self, key: str, visit: Visit) -> Iterator[tuple[object, ...]]:
        """Ask the last question once more; yield (box, conversation, article, key)."""
        yield from self.unless_gone(key, visit, self.chat.retry(visit))

    def seek(self, event: gr.EventData, only: str, key: str, visit: Visit) -> tuple[object, ...]:
        """Find sentences; return (view, article, key)."""
        if self.is_gone(key, visit):
            return gr.skip(), gr.skip(), render_lost(key, visit)
        return (*self.chat.searching.seek(event, only, visit), gr.skip())

    def verify(self, event: gr.EventData, only: str, key: str, visit: Visit) -> Iterator[tuple[object, ...]]:
        """Check a text; yield (view, claim, article, key)."""
        yield from self.unless_gone(key, visit, self.chat.checking.verify(event, only, visit))

    # A page that comes back

    def come_back(self, event: gr.EventData, visit: Visit) -> Iterator[tuple[object, ...]]:
        """Give a page the session of an earlier page, and ask the question that was being answered."""
        key = read_sent(event, "key", "")
        if key == visit.key:
            yield (gr.skip(),) * SHOWN
            return
        old = self.visits.get(key)
        if old is None:
            self.visits[visit.key] = visit
            shown = render_key(visit) if read_sent(event, "here", default=False) else ""
            yield (render_lost(shown.replace(visit.key, key), visit), *(gr.skip(),) * (SHOWN - 1))
            return
        asked, scope = old.session.pending, old.session.asking
        # The page that asked is gone, and what it still gets is no more than thrown away.
        session = old.change(
            lambda now: replace(now, pending=None, written=(), draft="", proof=(), editing=-1)
        )
        chosen = scope if asked is not None else last_scope(session)
        yield self.show(old, session, chosen)
        if asked is not None:
            for box, talk, paper in self.chat.answer(asked, scope, old):
                yield gr.skip(), gr.skip(), box, talk, paper, *(gr.skip(),) * (SHOWN - 5)

    def restore(
        self, event: gr.EventData, visit: Visit, request: gr.Request | None = None
    ) -> Iterator[tuple[object, ...]]:
        """Take the articles and the conversation that a browser has kept, under the limits of any visitor."""
        nothing: list[str] = []
        gone = read_sent(event, "without", nothing)
        additions = self.chat.additions
        tokens = read_sent(event, "tokens", nothing)
        brought = [(tokens, "")] if tokens else []
        brought += [(nothing, url) for url in read_sent(event, "urls", nothing)]
        problems = ""
        for files, url in brought:
            for status, _, _ in additions.bring(files, url, visit, request):
                problems += status if isinstance(status, str) and 'class="told problem"' in status else ""
                yield (*(gr.skip(),) * (SHOWN - 1), status)
        if gone:
            additions.remove_all(gone, visit)
        kept = read_kept(read_sent(event, "talk", ""))
        exchanges = [self.check(item, visit.session) for item in kept[-MOST_EXCHANGES:]]
        shown = [exchange for exchange in exchanges if exchange is not None]
        chosen = self.choose_again(Scope.of(read_sent(event, "chosen", "")), visit.session)
        session = visit.change(
            lambda now: replace(now, exchanges=tuple(shown), view=chosen, keeps=True).go_back_to(-1)
        )
        yield (*self.show(visit, session, chosen)[:-1], problems or "")

    def show(self, visit: Visit, session: Session, chosen: Scope) -> tuple[object, ...]:
        """Return (key, visit, box, conversation, article, list of articles, found, checked, form, status)."""
        panes = self.chat.panes
        return (
            render_key(visit, "back"),
            visit,
            panes.describe_box(busy=False),
            panes.render_conversation(session),
            panes.render_article(session),
            gr.update(**panes.describe_list(session, chosen)),
            panes.render_found(session),
            panes.render_check(session),
            panes.render_filter(session),
            "",
        )

    def choose_again(self, chosen: Scope, session: Session) -> Scope:
        """Return what was chosen, where it is there; else the visitor's own articles, else all."""
        listed = {value for _, value in self.chat.panes.list_choices(session)}
        own = [Scope(own=True), *(Scope(own=True, document=item.id) for item in session.documents)]
        wanted = (chosen, *(own if chosen.own else ()))
        return next((scope for scope in wanted if scope.value in listed), Scope())

    def agree(self, event: gr.EventData, only: str, visit: Visit) -> object:
        """Take note whether the browser keeps the conversation, and return what it keeps."""
        visit.change(lambda now: replace(now, keeps=read_sent(event, "yes", default=False)))
        return self.remember(only, visit)

    def remember(self, only: str, visit: Visit) -> object:
        """Return the conversation as JSON, for the browser to keep where the visitor agreed."""
        if not visit.session.keeps:
            return gr.skip()
        kept = [keep(exchange) for exchange in visit.session.exchanges]
        text = json.dumps(kept)
        while len(text) > MOST_KEPT_CHARACTERS:
            kept = kept[1:]
            text = json.dumps(kept)
        return f'<pre hidden data-key="{visit.key}" data-chosen="{escape(only)}">{escape(text)}</pre>'

    def check(self, told: Any, session: Session) -> Exchange | None:
        """Return an exchange that a browser has kept, with its quotes cut anew; None for anything else."""
        panes = self.chat.panes
        try:
            scope = Scope(bool(told["own"]), str(told["document"]))
            exchange = Exchange(
                str(told["question"]),
                error=str(told["error"]),
                scope=scope,
                limits=str(told.get("limits", "")),
            )
        except (KeyError, TypeError):
            return None
        if told.get("answer") is None:
            return exchange
        changed = replace(exchange, error=self.chat.words("kept_changed"))
        try:
            answer = cite_anew(Answer.from_dict(told["answer"]), panes.list_documents(session, scope))
            whole = replace(exchange, answer=answer, error="")
            # What JSON says may have any type; an answer that cannot be shown is none.
            conversation_html.render_turn(
                0, whole, self.chat.words, beside=panes.describe_beside(session, whole)
            )
        except (CitewellError, ValueError, TypeError, KeyError, AttributeError, IndexError, OverflowError):
            return changed
        return whole


def render_key(visit: Visit, state: str = "") -> str:
    """Return the page's key; the state is "back" for a session that came back."""
    return f'<span hidden data-visit="{visit.key}" data-fresh="{visit.key}" data-state="{state}"></span>'


def render_lost(shown: str, visit: Visit) -> str:
    """Return that the session is lost, with the key of what the page shows and the key of the new session."""
    found = KEY.search(shown)
    key = found[1] if found else visit.key
    return f'<span hidden data-visit="{key}" data-fresh="{visit.key}" data-state="lost"></span>'


def last_scope(session: Session) -> Scope:
    """Return the articles that were asked last."""
    if session.exchanges:
        return session.exchanges[-1].scope
    return session.view if session.view.own else Scope()


def keep(exchange: Exchange) -> dict[str, object]:
    """Return an exchange as JSON, without the passages that were weighed."""
    answer = exchange.answer.to_dict() if exchange.answer else None
    if answer is not None and isinstance(answer["trace"], dict):
        answer["trace"] = {**answer["trace"], "evidence": []}
    scope = exchange.scope
    return {
        "question": exchange.question,
        "error": exchange.error,
        "own": scope.own,
        "document": scope.document,
        "limits": exchange.limits,
        "answer": answer,
    }


def read_kept(text: str) -> list[Any]:
    """Return the exchanges of a kept conversation; none where the text is no such conversation."""
    try:
        kept = parse(text.encode()) if text else []
    except CitewellError:
        return []
    return kept if isinstance(kept, list) else []


def cite_anew(answer: Answer, documents: Sequence[Document]) -> Answer:
    """Return an answer with every quote cut from the articles.

    Raises:
        ValueError: A quote does not stand where its citation says.
    """

    def anew(citation: Citation) -> Citation:
        at = place_of(documents, citation.document_id)
        if at is not None and 0 <= citation.start < citation.end <= len(documents[at].text):
            made = cite(documents[at], at, Span(citation.start, citation.end), citation.number)
            if made.quote == citation.quote:
                return made
        message = "a quote does not stand in the article"
        raise ValueError(message)

    statements = tuple(
        replace(statement, citations=tuple(map(anew, statement.citations))) for statement in answer.statements
    )
    return replace(answer, statements=statements, closest=tuple(map(anew, answer.closest)))
