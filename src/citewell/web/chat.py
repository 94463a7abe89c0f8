"""Handle the visitor's actions: ask, point to a citation, take back, judge, save."""

import logging
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property, partial
from typing import Any
from uuid import uuid4

import gradio as gr

from citewell.answers.answer import Answer, Withheld
from citewell.answers.recording import record_for_visitor
from citewell.answers.writer import Draft, Proof
from citewell.assistant import Assistant
from citewell.checking.citations import cite
from citewell.documents.catalogue import place_of
from citewell.documents.document import Document
from citewell.errors import CitewellError, LoadError
from citewell.streams import AbandonedError, while_wanted
from citewell.text.normalisation import normalise
from citewell.text.spans import Span
from citewell.web import conversation_html, export, feedback
from citewell.web.additions import Additions
from citewell.web.blocks import give_file, log_mistake, read_sent
from citewell.web.checking import Checking
from citewell.web.panes import Panes
from citewell.web.reading_queue import ReadingQueue
from citewell.web.searching import Searching
from citewell.web.session import LINKED, Exchange, Scope, Session, Visit
from citewell.web.translations import Words
from citewell.web.uploads import Uploads

LOG = logging.getLogger(__name__)

# Number of suggested questions.
SUGGESTED = 3
# The page is redrawn at most this often while words arrive.
DRAWN_EVERY_S = 0.12
WRITERS: dict[str, Callable[[export.KeptConversation], str]] = {
    "md": export.as_markdown,
    "html": export.as_html,
    "json": export.as_json,
}


@dataclass(frozen=True)
class Chat:
    """The handlers of the visitor's actions; they keep no data of a visitor.

    Attributes:
        assistant: The assistant that answers from the index.
        uploads: The store of uploaded files that are not read yet.
    """

    assistant: Assistant
    uploads: Uploads = field(default_factory=Uploads)

    @cached_property
    def panes(self) -> Panes:
        """The parts of the page that show a session."""
        return Panes(self.assistant)

    @cached_property
    def additions(self) -> Additions:
        """The handler for articles that a visitor adds."""
        return Additions(self.panes, self.uploads, ReadingQueue(self.assistant.settings))

    @cached_property
    def searching(self) -> Searching:
        """The handler of the view that finds sentences."""
        return Searching(self.panes, self.choose_assistant)

    @cached_property
    def checking(self) -> Checking:
        """The handler of the view that checks a text."""
        return Checking(self.panes, self.choose_assistant)

    @property
    def words(self) -> Words:
        """The strings of the page's language."""
        return self.panes.words

    def suggest(self, only: str, visit: Visit) -> str:
        """Return suggested questions: from near the last citation, or from the beginning of the article."""
        session, scope = visit.session, Scope.of(only)
        asked = {item.answer.standalone if item.answer else item.question for item in session.exchanges}
        last = session.exchanges[-1] if session.exchanges else None
        near = last.answer.citations if last and last.answer and last.own == scope.own else ()
        if near and scope.document not in {"", near[0].document_id}:
            near = ()  # another article has been chosen since
        documents = self.panes.list_documents(session, scope)
        first = near[0].document_id if near else scope.document or (documents[0].id if documents else "")
        if not first:
            return ""
        here = [citation for citation in near if citation.document_id == first]
        try:
            found = self.choose_assistant(session, scope).suggestions(
                first, SUGGESTED, near=here, asked=asked
            )
        except CitewellError:  # the article may have been removed meanwhile; a suggestion may be left out
            return ""
        return conversation_html.render_further(found, self.words)

    def choose_assistant(self, session: Session, scope: Scope) -> Assistant:
        """Return the assistant that answers."""
        if not scope.own:
            return self.assistant
        if session.own is None:
            message = "your articles are no longer here, as their page was closed; add them again"
            raise LoadError(message)
        return session.own

    # What is asked

    def submit(
        self, event: gr.EventData, typed: str, only: str, visit: Visit
    ) -> Iterator[tuple[object, str, object]]:
        """Show the question at once, then the answer while it is written, then the whole answer."""
        starter = read_sent(event, "question", "")
        kept = {} if starter else {"value": ""}
        if visit.session.pending is not None:  # one question at a time; the typed text stays in the box
            yield gr.skip(), gr.skip(), gr.skip()
            return
        yield from self.answer(normalise(starter or typed), Scope.of(only), visit, **kept)

    def retry(self, visit: Visit) -> Iterator[tuple[object, str, object]]:
        """Ask the last question once more; the new exchange replaces the old one."""
        session = visit.session
        if not session.exchanges or session.pending is not None:
            yield gr.skip(), gr.skip(), gr.skip()
            return
        last = session.exchanges[-1]
        visit.change(lambda now: now.go_back_to(len(session.exchanges) - 1))
        yield from self.answer(last.question, last.scope, visit)

    def answer(
        self, question: str, scope: Scope, visit: Visit, **box: Any
    ) -> Iterator[tuple[object, str, object]]:
        """Answer a question; yield (box, conversation, article) whenever more of the answer is written."""
        session = visit.change(lambda now: now.begin(question, scope))
        ticket = session.ticket
        yield self.panes.describe_box(busy=True, **box), self.panes.render_conversation(session), gr.skip()
        ended = None
        drawn = 0.0
        # The generator ends when the visitor stops, within a step too, and a language model with it.
        answering = self.stream(question, scope, session)
        with closing(while_wanted(answering, lambda: not visit.session.waits_for(ticket))) as events:
            for event in events:
                if isinstance(event, Exchange):
                    ended = event
                    continue
                session = visit.change(partial(Session.write, ticket=ticket, more=event))
                if not session.waits_for(ticket):
                    break
                # Words arrive faster than the page needs to be redrawn; the first are shown at once.
                is_draft = isinstance(event, Draft)
                if not is_draft or time.monotonic() - drawn > DRAWN_EVERY_S:
                    drawn = time.monotonic() if is_draft else 0.0
                    yield gr.skip(), self.panes.render_conversation(session), gr.skip()
        # A generator that ends without an answer is a bug of ours; the page must not wait for ever then.
        ended = ended or Exchange(question, error=self.words("failed"), scope=scope)
        session = visit.change(partial(Session.end, ticket=ticket, exchange=ended))
        if session.ticket == ticket:  # otherwise the page shows the other question that is being answered
            yield (
                self.panes.describe_box(busy=False),
                self.panes.render_conversation(session),
                self.panes.render_article(session),
            )

    def stream(
        self, question: str, scope: Scope, session: Session
    ) -> Generator[str | Draft | Proof | Withheld | Exchange]:
        """Yield the statements as they are written, then the exchange."""
        began, name = time.monotonic(), uuid4().hex[:8]
        limits = self.panes.tell_limits(session, scope)
        outcome = "refused"
        try:
            assistant = self.choose_assistant(session, scope)
            only = self.panes.narrow(session, scope)
            for event in assistant.stream(question, session.history(scope), only=only, where=session.where):
                if isinstance(event, Answer):
                    outcome = event.abstention.value if event.abstention else "answered"
                    if not scope.own:  # what is asked of a visitor's own article is nobody else's
                        record_for_visitor(self.assistant.settings.record, event)
                    yield Exchange(question, event, scope=scope, limits=limits)
                elif isinstance(event, str | Draft | Proof | Withheld):
                    yield event
        except AbandonedError:
            outcome = "stopped"
        except CitewellError as error:
            yield Exchange(question, error=str(error), scope=scope)
        except Exception as error:  # noqa: BLE001  # a bug of ours; the visitor is told of an error
            outcome = "failed"
            log_mistake(f"question {name}", error)
            yield Exchange(question, error=self.words("failed"), scope=scope)
        finally:
            # The question is private to the visitor, so the log leaves it out.
            LOG.info("question %s: %s in %.0f ms", name, outcome, (time.monotonic() - began) * 1000)

    def stop(self, visit: Visit) -> tuple[object, str]:
        """Stop the answer and show that the question has none."""
        error = self.words("stopped")
        session = visit.change(lambda now: now.break_off(now.ticket, error))
        return self.panes.describe_box(busy=False), self.panes.render_conversation(session)

    # What is done with an exchange

    def act(self, event: gr.EventData, visit: Visit) -> tuple[object, str, object]:
        """Take the last exchange back, or begin or end editing one; return (box, conversation, article)."""
        what, turn = read_sent(event, "do", ""), read_sent(event, "turn", -1)
        session = visit.session
        if what == "keep":
            session = visit.change(lambda now: replace(now, editing=-1))
            return gr.update(value=""), self.panes.render_conversation(session), gr.skip()
        if not 0 <= turn < len(session.exchanges) or session.pending is not None:
            return gr.skip(), self.panes.render_conversation(session), gr.skip()
        question = session.exchanges[turn].question
        if what == "edit":
            session = visit.change(lambda now: replace(now, editing=turn))
            return gr.update(value=question), self.panes.render_conversation(session), gr.skip()
        session = visit.change(lambda now: now.go_back_to(turn))
        return (
            gr.update(value=question),
            self.panes.render_conversation(session),
            self.panes.render_article(session),
        )

    def judge(self, event: gr.EventData, visit: Visit) -> str:
        """Keep the visitor's verdict on an answer."""
        session = visit.session
        turn, verdict = read_sent(event, "turn", -1), read_sent(event, "verdict", "")
        exchange = session.exchanges[turn] if 0 <= turn < len(session.exchanges) else Exchange("")
        if exchange.answer is None or exchange.own or exchange.verdict or verdict not in {"up", "down"}:
            return self.panes.render_conversation(session)
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
        return self.panes.render_conversation(visit.change(lambda now: now.judge(turn, verdict)))

    def point(self, event: gr.EventData, visit: Visit) -> str:
        """Show the passage that the visitor pointed to, in the article that holds the passage."""
        turn, number = read_sent(event, "turn", -1), read_sent(event, "number", 0)
        return self.panes.render_article(visit.change(lambda now: now.point(turn, number)))

    def open_at(self, event: gr.EventData, visit: Visit) -> object:
        """Show the quote that the page's address names, where an article of the index has it."""
        name, start, end = (
            read_sent(event, "document", ""),
            read_sent(event, "start", 0),
            read_sent(event, "end", 0),
        )
        documents = self.assistant.collection.documents
        at = place_of(documents, name)
        document = None if at is None else documents[at]
        if at is None or document is None or not 0 <= start < end <= len(document.text):
            return gr.skip()
        linked = (cite(document, at, Span(start, end), 1),)
        view = Scope(own=False, document=name)
        session = visit.change(lambda now: replace(now, linked=linked, view=view, turn=LINKED, focus=1))
        return self.panes.render_article(session)

    def choose(self, only: str, visit: Visit) -> str:
        """Show the chosen article; further questions are asked of it."""
        scope = Scope.of(only)
        if scope.document or scope.own != visit.session.view.own:
            visit.change(lambda now: replace(now, view=scope, focus=0))
        return self.panes.render_article(visit.session)

    def clear(self, visit: Visit) -> tuple[object, str, str]:
        """Begin a new conversation about the article that is shown."""
        session = visit.change(
            lambda now: Session(
                view=now.view,
                own=now.own,
                ticket=now.ticket,
                search=now.search,
                where=now.where,
                unticked=now.unticked,
                checked=now.checked,
                checks=now.checks,
                keeps=now.keeps,
            )
        )
        return (
            self.panes.describe_box(busy=False, value=""),
            self.panes.render_conversation(session),
            self.panes.render_article(session),
        )

    def save(self, event: gr.EventData, visit: Visit) -> str:
        """Return the conversation in the format asked for, for the page to save as a file."""
        kind = read_sent(event, "kind", "")
        session = visit.session
        answers = [exchange.answer for exchange in session.exchanges if exchange.answer]
        if kind not in WRITERS or not answers:
            gr.Info(self.words("save_nothing"))
            return ""
        now = datetime.now(UTC)
        documents = self.assistant.collection.documents
        about: Sequence[Document] = documents
        if session.documents:  # uncited articles stay private
            cited = {item.document_id for answer in answers for item in (*answer.citations, *answer.closest)}
            places = sorted(at for id_ in cited if (at := place_of(documents, id_)) is not None)
            own = [document for document in session.documents if document.id in cited]
            about = [*(documents[at] for at in places), *own] or documents
        return give_file("citewell", kind, WRITERS[kind](export.keep(answers, about, now)), now)
