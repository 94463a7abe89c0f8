"""Show a session: the conversation, the article in view, the list of articles, the question box."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import gradio as gr

from citewell.assistant import Assistant
from citewell.documents.document import Document
from citewell.web import article_html, conversation_html
from citewell.web.session import Exchange, Scope, Session
from citewell.web.translations import Words, words


@dataclass(frozen=True)
class Panes:
    """The parts of the page that show a visitor's session.

    Attributes:
        assistant: The assistant that answers about the articles of the index.
    """

    assistant: Assistant

    @cached_property
    def words(self) -> Words:
        """The strings of the page's language."""
        return words(self.assistant.settings.language)

    def render_conversation(self, session: Session) -> str:
        """Return the conversation."""
        return conversation_html.render_conversation(
            session.exchanges,
            pending=session.pending,
            written=session.written,
            draft=session.draft,
            editing=session.editing,
            words=self.words,
        )

    def render_article(self, session: Session) -> str:
        """Return the article; "" when there is none."""
        document = self.find_article(session)
        if document is None:
            return ""
        exchange = session.exchanges[session.turn] if session.turn >= 0 else Exchange("")
        earlier = [
            (turn, citation)
            for turn, other in enumerate(session.exchanges)
            if turn != session.turn and other.answer
            for citation in other.answer.citations
        ]
        return article_html.render_article(
            document,
            exchange.passages,
            kind="cited" if exchange.answer and exchange.answer.statements else "closest",
            turn=session.turn,
            focus=session.focus,
            earlier=earlier,
            warnings=self.list_warnings(session, document),
            words=self.words,
        )

    def find_article(self, session: Session) -> Document | None:
        """Return the article in view; None when there is none."""
        documents = self.list_documents(session, session.view)
        named = (document for document in documents if document.id == session.view.document)
        return next(named, documents[0] if documents else None)

    def list_warnings(self, session: Session, document: Document) -> tuple[str, ...]:
        """Return the parts of the article's file that were not read, were withdrawn or were guessed."""
        asked = session.own if session.view.own and session.own else self.assistant
        return asked.collection.warnings(document.id)

    def list_documents(self, session: Session, scope: Scope) -> tuple[Document, ...]:
        """Return the articles of the index, or the visitor's own."""
        return session.documents if scope.own else self.assistant.collection.documents

    def list_choices(self, session: Session) -> list[tuple[str, str]]:
        """Return the choices of the list of articles: all, each article, and those of the visitor."""
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

    def describe_list(self, session: Session, scope: Scope) -> dict[str, Any]:
        """Return the list of articles with the chosen one selected; hide a list without a choice."""
        several = len(self.assistant.collection.documents) + len(session.documents) > 1
        return {"choices": self.list_choices(session), "value": scope.value, "visible": several}

    def describe_box(self, *, busy: bool, **more: Any) -> dict[str, Any]:
        """Return the question box with the button that fits: ask, or stop."""
        return gr.update(
            submit_btn=False if busy else self.words("ask"),
            stop_btn=self.words("stop") if busy else False,
            **more,
        )
