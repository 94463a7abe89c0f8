"""Do what a visitor asks for: answer, point, take back, judge, save, read an article of their own."""

import logging
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property, partial
from typing import Any, TypeVar
from uuid import uuid4

import gradio as gr

from citewell.answers.answer import Answer, Withheld
from citewell.answers.writer import Draft
from citewell.assistant import Assistant
from citewell.documents.document import Document
from citewell.errors import CitewellError, LoadError
from citewell.text.markup import escape, fill_gap, isolate
from citewell.text.normalisation import normalise
from citewell.web import article_html, conversation_html, export, feedback, room, visitor_articles
from citewell.web.blocks import log_mistake
from citewell.web.session import Exchange, Scope, Session, Visit
from citewell.web.translations import Words, words
from citewell.web.uploads import Uploads

LOG = logging.getLogger(__name__)

# Questions that are shown to begin or to go on with.
SUGGESTED = 3
# The page is drawn anew at most so often while words come.
DRAWN_EVERY_S = 0.12
WRITERS: dict[str, Callable[[export.KeptConversation], str]] = {
    "md": export.as_markdown,
    "html": export.as_html,
    "json": export.as_json,
}

T = TypeVar("T")


@dataclass(frozen=True)
class Chat:
    """What happens when a visitor does something; nothing of a visitor is kept here.

    Attributes:
        assistant: Who answers.
        uploads: Where the files that visitors send wait to be read.
    """

    assistant: Assistant
    uploads: Uploads = field(default_factory=Uploads)

    @cached_property
    def words(self) -> Words:
        """The strings of the page's language."""
        return words(self.assistant.settings.language)

    @cached_property
    def room(self) -> room.Room:
        """Where visitors' articles are read."""
        return room.Room(self.assistant.settings)

    # What is shown

    def talk(self, session: Session) -> str:
        """Return the conversation."""
        return conversation_html.conversation(
            session.exchanges,
            pending=session.pending,
            written=session.written,
            draft=session.draft,
            editing=session.editing,
            words=self.words,
        )

    def paper(self, session: Session) -> str:
        """Return the article; "" when there is none."""
        document = self.viewed(session)
        if document is None:
            return ""
        exchange = session.exchanges[session.turn] if session.turn >= 0 else Exchange("")
        earlier = [
            (turn, citation)
            for turn, other in enumerate(session.exchanges)
            if turn != session.turn and other.answer
            for citation in other.answer.citations
        ]
        return article_html.article(
            document,
            exchange.passages,
            kind="cited" if exchange.answer and exchange.answer.statements else "closest",
            turn=session.turn,
            focus=session.focus,
            earlier=earlier,
            words=self.words,
        )

    def viewed(self, session: Session) -> Document | None:
        """Return the article in view; None when there is none."""
        documents = self.documents(session, session.view)
        named = (document for document in documents if document.id == session.view.document)
        return next(named, documents[0] if documents else None)

    def documents(self, session: Session, scope: Scope) -> tuple[Document, ...]:
        """Return the articles of the index, or the visitor's own."""
        return session.documents if scope.own else self.assistant.collection.documents

    def choices(self, session: Session) -> list[tuple[str, str]]:
        """Return what the list of articles offers: all, each, and those of the visitor."""
        listed = [(self.words("all_articles"), Scope().value)]
        listed += [
            (item.title, Scope(own=False, document=item.id).value)
            for item in self.assistant.collection.documents
        ]
        if len(session.documents) > 1:
            listed.append((self.words("all_own"), Scope(own=True).value))
        return listed + [
            (self.words("own_title", title=item.title), Scope(own=True, document=item.id).value)
            for item in session.documents
        ]

    def listed(self, session: Session, scope: Scope) -> dict[str, Any]:
        """Return what the list of articles is, with one chosen; hidden where there is nothing to choose."""
        several = len(self.assistant.collection.documents) + len(session.documents) > 1
        return {"choices": self.choices(session), "value": scope.value, "visible": several}

    def box(self, *, busy: bool, **more: Any) -> dict[str, Any]:
        """Return the question box with the button that fits: ask, or stop."""
        return gr.update(
            submit_btn=False if busy else self.words("ask"),
            stop_btn=self.words("stop") if busy else False,
            **more,
        )

    def suggested(self, only: str, visit: Visit) -> str:
        """Return questions to begin or to go on with: near what was cited last, or from the beginning."""
        session, scope = visit.session, Scope.of(only)
        asked = {item.answer.standalone if item.answer else item.question for item in session.exchanges}
        last = session.exchanges[-1] if session.exchanges else None
        near = last.answer.citations if last and last.answer and last.own == scope.own else ()
        if near and scope.document not in {"", near[0].document_id}:
            near = ()  # another article has been chosen since
        documents = self.documents(session, scope)
        first = near[0].document_id if near else scope.document or (documents[0].id if documents else "")
        if not first:
            return ""
        here = [citation for citation in near if citation.document_id == first]
        try:
            found = self.answering(session, scope).suggestions(first, SUGGESTED, near=here, asked=asked)
        except CitewellError:  # the article may have gone meanwhile; nothing depends on a suggestion
            return ""
        return conversation_html.render_further(found, self.words)

    # What is asked

    def asked(
        self, event: gr.EventData, typed: str, only: str, visit: Visit
    ) -> Iterator[tuple[object, str, object]]:
        """Show the question at once, what is written of its answer as it is, and the answer."""
        starter = read_sent(event, "question", "")
        kept = {} if starter else {"value": ""}
        if visit.session.pending is not None:  # one at a time; what was typed stays in the box
            yield gr.skip(), gr.skip(), gr.skip()
            return
        yield from self.answered(normalise(starter or typed), Scope.of(only), visit, **kept)

    def retried(self, visit: Visit) -> Iterator[tuple[object, str, object]]:
        """Ask the last question once more, in place of what came of it."""
        session = visit.session
        if not session.exchanges or session.pending is not None:
            yield gr.skip(), gr.skip(), gr.skip()
            return
        last = session.exchanges[-1]
        visit.change(lambda now: now.back_to(len(session.exchanges) - 1))
        yield from self.answered(last.question, last.scope, visit)

    def answered(
        self, question: str, scope: Scope, visit: Visit, **box: Any
    ) -> Iterator[tuple[object, str, object]]:
        """Answer a question: (box, conversation, article) whenever there is more of it."""
        session = visit.change(lambda now: now.begin(question, scope))
        ticket = session.ticket
        yield self.box(busy=True, **box), self.talk(session), gr.skip()
        ended = None
        drawn = 0.0
        # Closed when the visitor stops: that stops a language model too.
        with closing(self.exchange(question, scope, session)) as events:
            for event in events:
                if isinstance(event, Exchange):
                    ended = event
                    continue
                session = visit.change(partial(Session.wrote, ticket=ticket, more=event))
                if not session.waits_for(ticket):
                    break
                # Words come faster than a page is worth drawing anew.
                if not isinstance(event, Draft) or time.monotonic() - drawn > DRAWN_EVERY_S:
                    drawn = time.monotonic()
                    yield gr.skip(), self.talk(session), gr.skip()
        # A generator that ends without an answer is a mistake of ours, and no reason to wait for ever.
        ended = ended or Exchange(question, error=self.words("failed"), scope=scope)
        session = visit.change(partial(Session.ended, ticket=ticket, exchange=ended))
        if session.ticket == ticket:  # else another question is being answered, and the page shows that
            yield self.box(busy=False), self.talk(session), self.paper(session)

    def exchange(
        self, question: str, scope: Scope, session: Session
    ) -> Generator[str | Draft | Withheld | Exchange]:
        """Yield the statements as they are written, then what came of the question."""
        began, name = time.monotonic(), uuid4().hex[:8]
        only = [scope.document] if scope.document else None
        outcome = "refused"
        try:
            for event in self.answering(session, scope).stream(question, session.history(scope), only=only):
                if isinstance(event, Answer):
                    outcome = event.abstention.value if event.abstention else "answered"
                    yield Exchange(question, event, scope=scope)
                elif isinstance(event, str | Draft | Withheld):
                    yield event
        except CitewellError as error:
            yield Exchange(question, error=str(error), scope=scope)
        except Exception as error:  # noqa: BLE001  # a mistake of ours; the visitor is told that there is one
            outcome = "failed"
            log_mistake(f"question {name}", error)
            yield Exchange(question, error=self.words("failed"), scope=scope)
        finally:
            # What was asked is nobody's business but the visitor's.
            LOG.info("question %s: %s in %.0f ms", name, outcome, (time.monotonic() - began) * 1000)

    def answering(self, session: Session, scope: Scope) -> Assistant:
        """Return who answers."""
        if not scope.own:
            return self.assistant
        if session.own is None:
            message = "your articles are gone with the page that they were given to; give them again"
            raise LoadError(message)
        return session.own

    def stopped(self, visit: Visit) -> tuple[object, str]:
        """Leave the question without an answer, and say so."""
        error = self.words("stopped")
        session = visit.change(lambda now: now.broken_off(now.ticket, error))
        return self.box(busy=False), self.talk(session)

    # What is done with an exchange

    def acted(self, event: gr.EventData, visit: Visit) -> tuple[object, str, object]:
        """Take the last exchange back, or begin or end the editing of one: (box, conversation, article)."""
        what, turn = read_sent(event, "do", ""), read_sent(event, "turn", -1)
        session = visit.session
        if what == "keep":
            session = visit.change(lambda now: replace(now, editing=-1))
            return gr.update(value=""), self.talk(session), gr.skip()
        if not 0 <= turn < len(session.exchanges) or session.pending is not None:
            return gr.skip(), self.talk(session), gr.skip()
        question = session.exchanges[turn].question
        if what == "edit":
            session = visit.change(lambda now: replace(now, editing=turn))
            return gr.update(value=question), self.talk(session), gr.skip()
        session = visit.change(lambda now: now.back_to(turn))
        return gr.update(value=question), self.talk(session), self.paper(session)

    def judged(self, event: gr.EventData, visit: Visit) -> str:
        """Keep what the visitor says of an answer."""
        session = visit.session
        turn, verdict = read_sent(event, "turn", -1), read_sent(event, "verdict", "")
        exchange = session.exchanges[turn] if 0 <= turn < len(session.exchanges) else Exchange("")
        if exchange.answer is None or exchange.own or exchange.verdict or verdict not in {"up", "down"}:
            return self.talk(session)
        typed = read_sent(event, "answer", "").strip()
        given = feedback.Feedback(
            exchange.answer,
            "up" if verdict == "up" else "down",
            datetime.now(UTC),
            history=tuple(item.question for item in session.exchanges[:turn] if item.answer and not item.own),
            answers=(typed,) if typed else (),
            unsaid=read_sent(event, "unsaid", default=False),
        )
        settings = self.assistant.settings
        try:
            feedback.keep(given, self.assistant.collection.documents, settings.feedback)
        except CitewellError as error:
            raise gr.Error(str(error), print_exception=False) from error
        return self.talk(visit.change(lambda now: now.judged(turn, verdict)))

    def pointed(self, event: gr.EventData, visit: Visit) -> str:
        """Show the passage that was pointed to, in whichever article it is."""
        turn, number = read_sent(event, "turn", -1), read_sent(event, "number", 0)
        return self.paper(visit.change(lambda now: now.point(turn, number)))

    def chosen(self, only: str, visit: Visit) -> str:
        """Show the article that questions are now asked of."""
        scope = Scope.of(only)
        if scope.document or scope.own != visit.session.view.own:
            visit.change(lambda now: replace(now, view=scope, focus=0))
        return self.paper(visit.session)

    def cleared(self, visit: Visit) -> tuple[object, str, str]:
        """Begin a new conversation about the article that is shown."""
        session = visit.change(lambda now: Session(view=now.view, own=now.own, ticket=now.ticket))
        return self.box(busy=False, value=""), self.talk(session), self.paper(session)

    def saved(self, event: gr.EventData, visit: Visit) -> str:
        """Return the conversation in the format asked for, for the page to save as a file."""
        kind = read_sent(event, "kind", "")
        session = visit.session
        answers = [exchange.answer for exchange in session.exchanges if exchange.answer]
        if kind not in WRITERS or not answers:
            gr.Info(self.words("save_nothing"))
            return ""
        now = datetime.now(UTC)
        documents = (*self.assistant.collection.documents, *session.documents)
        cited = {item.document_id for answer in answers for item in (*answer.citations, *answer.closest)}
        if not session.documents:
            about = documents
        else:  # the articles that nothing points to are nobody's business
            about = tuple(document for document in documents if document.id in cited) or documents
        text = WRITERS[kind](export.keep(answers, about, now))
        name = f"citewell-{now:%Y-%m-%d-%H%M}.{kind}"
        return f'<pre hidden data-name="{name}" data-stamp="{now.timestamp()}">{escape(text)}</pre>'

    # Articles of the visitor's own

    def greeted(self, visit: Visit) -> str:
        """Return the key by which the page is known when it sends files."""
        return f'<span hidden data-visit="{visit.key}"></span>'

    def added(
        self, sending: gr.EventData, visit: Visit, request: gr.Request | None = None
    ) -> Iterator[tuple[str, object, object]]:
        """Read what the visitor brings: (how far it is, list of articles, article)."""
        settings = self.assistant.settings
        nothing: list[object] = []
        tokens, url = read_sent(sending, "tokens", nothing), read_sent(sending, "url", "").strip()
        host = request.client.host if request and request.client else ""
        yield self.told("add_reading"), gr.skip(), gr.skip()
        try:
            if url and settings.allow_urls:
                self.uploads.count(visit.key, host)
                claimed = []
            else:
                strings = [token for token in tokens if isinstance(token, str)]
                claimed = self.uploads.claim(strings, visit.key)

            def bring(told: room.Told) -> visitor_articles.BroughtArticles:
                load = partial(self.room.load, told=told)
                if url and settings.allow_urls:
                    return visitor_articles.fetch_article(url, settings.max_file_bytes, load)
                return visitor_articles.read_uploads(claimed, load)

            for event in room.watched(bring):
                if isinstance(event, visitor_articles.BroughtArticles):
                    yield from self.taken(event, visit, host)
                else:  # Gradio ends what is done for a page that has gone only where something is yielded
                    yield gr.skip(), gr.skip(), gr.skip()
        except room.UnwantedError:
            return
        except CitewellError as error:
            yield describe_problem(str(error)), gr.skip(), gr.skip()
        except Exception as error:  # noqa: BLE001  # a parser may raise anything; the visitor must not wait
            log_mistake("an article of a visitor's own", error)
            yield describe_problem(self.words("add_broken")), gr.skip(), gr.skip()

    def taken(
        self, brought: visitor_articles.BroughtArticles, visit: Visit, host: str
    ) -> Iterator[tuple[str, object, object]]:
        """Index the articles that were read, and show the first."""
        limit = self.assistant.settings.own_articles
        session = visit.session
        taken = {document.id for document in self.assistant.collection.documents}
        documents = visitor_articles.new_articles(brought.documents, session.documents, taken)
        reasons = [str(failure) for failure in brought.failures]
        if len(documents) + len(session.documents) > limit:
            found = len(documents) + len(session.documents)
            reasons.append(self.words("add_too_many", found=found, limit=limit))
            documents = ()
        elif not documents and not reasons:
            reasons.append(self.words("add_known" if brought.documents else "add_nothing"))
        if not documents:
            yield describe_problem(*reasons), gr.skip(), gr.skip()
            return
        asked = session.own or self.assistant
        whole = [*session.documents, *documents]
        self.uploads.hold(visit, host, sum(len(document.text) for document in whole))
        made = asked

        def index(told: room.Told) -> Assistant:
            with self.room.entered(told):
                return asked.beside(whole, progress=told, pace=self.room.pace(told))

        for event in room.watched(index):
            if isinstance(event, Assistant):
                made = event
            elif event is None:
                yield gr.skip(), gr.skip(), gr.skip()
            else:
                done, total = (f"{number:,}" for number in event)
                yield self.told("add_indexing", done=done, total=total), gr.skip(), gr.skip()
        scope = Scope(own=True, document=documents[0].id)
        session = visit.change(lambda now: replace(now, own=made, view=scope, focus=0))
        LOG.info("%d articles of a visitor's own", len(whole))
        status = describe_problem(*reasons) + self.ready(", ".join(document.title for document in documents))
        yield status, gr.update(**self.listed(session, scope)), self.paper(session)

    def told(self, key: str, **values: object) -> str:
        """Return how far the reading is."""
        return f'<p class="told">{escape(self.words(key, **values))}</p>'

    def ready(self, titles: str) -> str:
        """Return that articles can be asked now."""
        said = fill_gap(partial(self.words, "add_done"), "titles", titles)
        return f'<p class="told ready">{said}</p>'


def describe_problem(*reasons: str) -> str:
    """Return why something was not read."""
    return "".join(f'<p class="told problem" role="alert">{isolate(reason)}</p>' for reason in reasons)


def read_sent(event: gr.EventData, name: str, default: T) -> T:
    """Return what the page sent with an event; the default when it is missing or of another type."""
    data = event._data  # noqa: SLF001 - its attributes raise when the page sent nothing at all
    value = data.get(name, default) if isinstance(data, dict) else default
    return value if type(value) is type(default) else default
