"""Lay the conversation and the article side by side in Gradio, and connect them to an Assistant."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from importlib.resources import files
from typing import Any, TypeVar

import gradio as gr
from gradio.events import api

from citewell.assistant import Assistant
from citewell.errors import CitewellError
from citewell.text import normalise
from citewell.web import paper, talk
from citewell.web.talk import Exchange

STATIC = files("citewell.web") / "static"

# Of a conversation; a page that is never closed must not grow for ever.
MOST_EXCHANGES = 100
# Questions that are read at once; reading is work for the processor, more would only wait for each other.
AT_ONCE = 4
# Questions that wait; past them the page says that it is busy.
MOST_WAITING = 64

FAILED = "Something went wrong while answering. The terminal that runs citewell says what; ask again."

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Session:
    """What one visitor sees.

    Attributes:
        exchanges: The conversation, oldest first.
        document: Place of the article that is shown.
        turn: The exchange whose passages are marked; -1 for none.
        focus: Number of the mark to scroll to; 0 for none.
        pending: The question that is being answered; None for none.
    """

    exchanges: tuple[Exchange, ...] = ()
    document: int = 0
    turn: int = -1
    focus: int = 0
    pending: str | None = None

    def add(self, exchange: Exchange) -> "Session":
        """Return it with one exchange more, whose first passage is pointed to."""
        exchanges = (*self.exchanges, exchange)[-MOST_EXCHANGES:]
        return replace(self, exchanges=exchanges, pending=None).point(len(exchanges) - 1, 1)

    def point(self, turn: int, number: int) -> "Session":
        """Return it with the passage of that number in view; without one, only the marks change."""
        if not 0 <= turn < len(self.exchanges):
            return self
        for citation in self.exchanges[turn].passages:
            if citation.number == number:
                return replace(self, document=citation.document_index, turn=turn, focus=number)
        return replace(self, turn=turn, focus=0)


@dataclass(frozen=True, slots=True)
class Chat:
    """What happens when a visitor does something; nothing of a visitor is kept here.

    Attributes:
        assistant: Who answers.
    """

    assistant: Assistant

    def talk(self, session: Session) -> str:
        """Return the conversation."""
        return talk.conversation(session.exchanges, session.pending)

    def paper(self, session: Session) -> str:
        """Return the article; "" when there is none."""
        documents = self.assistant.collection.documents
        if not documents:
            return ""
        exchange = session.exchanges[session.turn] if session.turn >= 0 else Exchange("")
        return paper.article(
            documents[session.document],
            exchange.passages,
            kind="cited" if exchange.answer and exchange.answer.statements else "closest",
            turn=session.turn,
            focus=session.focus,
        )

    def asked(
        self, event: gr.EventData, typed: str, only: str, session: Session
    ) -> Iterator[tuple[object, str, object, Session]]:
        """Show the question at once, and its answer when it is there."""
        starter = sent(event, "question", "")
        question = normalise(starter or typed)
        session = replace(session, pending=question)
        yield gr.skip() if starter else "", self.talk(session), gr.skip(), session
        session = session.add(self.exchange(question, only, session))
        yield gr.skip(), self.talk(session), self.paper(session), session

    def failed(self, session: Session) -> tuple[str, Session]:
        """Say that a question was left without an answer by a mistake of ours; Gradio prints which."""
        session = session.add(Exchange(session.pending or "", error=FAILED))
        return self.talk(session), session

    def exchange(self, question: str, only: str, session: Session) -> Exchange:
        """Answer the question, or say why it was not taken."""
        history = [exchange.answer for exchange in session.exchanges if exchange.answer]
        try:
            answer = self.assistant.ask(question, history, only=[only] if only else None)
        except CitewellError as error:
            return Exchange(question, error=str(error))
        return Exchange(question, answer)

    def pointed(self, event: gr.EventData, session: Session) -> tuple[str, Session]:
        """Show the passage that was pointed to, in whichever article it is."""
        session = session.point(sent(event, "turn", -1), sent(event, "number", 0))
        return self.paper(session), session

    def chosen(self, only: str, session: Session) -> tuple[str, Session]:
        """Show the article that questions are now asked of."""
        if only:
            session = replace(session, document=self.assistant.collection.document_index(only), focus=0)
        return self.paper(session), session

    def cleared(self, session: Session) -> tuple[str, str, Session]:
        """Begin a new conversation about the article that is shown."""
        session = Session(document=session.document)
        return self.talk(session), self.paper(session), session

    def ask(self, question: str, history: list[Any] | None = None, article: str = "") -> dict[str, object]:
        """Answer a question.

        Args:
            question: In any wording.
            history: Earlier questions, or messages with "role" and "content"; oldest first.
            article: Id of the article to answer from; all when empty.
        """
        # Gradio checks nothing of what comes over the network.
        kinds = ((question, str), (history or [], list), (article, str))
        fits = all(isinstance(value, kind) for value, kind in kinds)
        if not fits or not all(isinstance(item, str | dict) for item in history or []):
            message = "`question` and `article` are strings, `history` is a list of questions or messages"
            raise gr.Error(message, print_exception=False)
        try:
            answer = self.assistant.ask(
                normalise(question), history or [], only=[article] if article else None
            )
        except CitewellError as error:
            raise gr.Error(str(error), print_exception=False) from error
        return answer.to_dict()


def build(assistant: Assistant) -> gr.Blocks:
    """Return the page and its one API endpoint, `ask`."""
    chat = Chat(assistant)
    page = gr.Blocks(title="citewell", analytics_enabled=False, fill_width=True, fill_height=True)
    with page:
        # Each visitor has a copy, on the server; it is forgotten an hour after the page is closed.
        session = gr.State(Session())
        top = html("top", text_of("top.html"))
        with gr.Row(elem_id="panes"):
            with gr.Column(elem_id="chat"):
                talk_pane = html("talk", chat.talk(Session()))
                box = question_box()
            with gr.Column(elem_id="reader"):
                only = article_list(assistant)
                paper_pane = html("paper", chat.paper(Session()))
        seen = [talk_pane, paper_pane, session]
        asking = on(gr.on, [box.submit, talk_pane.submit], chat.asked, [box, only, session], [box, *seen])
        on(asking.failure, chat.failed, session, [talk_pane, session])
        on(talk_pane.select, chat.pointed, session, [paper_pane, session])
        on(only.input, chat.chosen, [only, session], [paper_pane, session])
        on(top.clear, chat.cleared, session, seen)
        api(chat.ask, api_name="ask", concurrency_limit=AT_ONCE)
    page.queue(max_size=MOST_WAITING)
    return page


def on(listen: Callable[..., Any], *what: Any) -> Any:
    """Connect an event of the page to what happens then; only the page itself may cause it."""
    return listen(*what, api_visibility="private", show_progress="hidden", concurrency_limit=AT_ONCE)


def html(name: str, content: str) -> gr.HTML:
    """Return a pane with its script, `static/<name>.js`."""
    return gr.HTML(content, elem_id=name, js_on_load=text_of(f"{name}.js"), apply_default_css=False)


def question_box() -> gr.Textbox:
    """Return where questions are typed."""
    return gr.Textbox(
        label="Your question",
        show_label=False,
        placeholder="Ask about the article",
        lines=1,
        max_lines=6,
        submit_btn="Ask",
        container=False,
        elem_id="box",
    )


def article_list(assistant: Assistant) -> gr.Dropdown:
    """Return where one of several articles is chosen; hidden when there is only one."""
    documents = assistant.collection.documents
    return gr.Dropdown(
        [("All articles", ""), *((document.title, document.id) for document in documents)],
        value="",
        label="Answer from",
        visible=len(documents) > 1,
        elem_id="chosen",
    )


def text_of(name: str) -> str:
    """Return a file of `static/`."""
    return (STATIC / name).read_text(encoding="utf-8")


def sent(event: gr.EventData, name: str, default: T) -> T:
    """Return what the page sent with an event; the default when it is missing or of another type."""
    data = event._data  # noqa: SLF001 - its attributes raise when the page sent nothing at all
    value = data.get(name, default) if isinstance(data, dict) else default
    return value if type(value) is type(default) else default
