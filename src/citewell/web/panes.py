"""Show a session: the conversation, the article in view, the list of articles, the question box."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import Any

import gradio as gr
import numpy as np

from citewell.assistant import Assistant
from citewell.checking.check import CheckedClaim
from citewell.checking.citations import Citation
from citewell.documents.catalogue import find_by_id
from citewell.documents.document import Document
from citewell.errors import FilterError
from citewell.index.filters import EVERY
from citewell.text.relative_dates import day_in_words
from citewell.text.spans import Span
from citewell.web import article_html, checking_html, conversation_html, finding_html
from citewell.web.conversation_html import Beside
from citewell.web.copying import write_copies
from citewell.web.session import CHECKED, FOUND, LINKED, Exchange, Scope, Session
from citewell.web.translations import Words, words

# From this many articles on, one can choose among them.
SEVERAL = 2
# Most articles in the list of articles; in a larger index, a filter brings others into it.
MOST_LISTED = 1000
# Characters of context that a citation shows before and behind its quote.
AROUND_CHARACTERS = 160


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
            proof=session.proof,
            editing=session.editing,
            words=self.words,
            beside=partial(self.describe_beside, session),
            articles=len(self.list_documents(session, session.view)),
        )

    def describe_beside(self, session: Session, exchange: Exchange) -> Beside:
        """Return what an exchange shows of its articles besides the answer."""
        if exchange.answer is None:
            return Beside()
        find = partial(self.find_cited, session, exchange)
        around = {
            citation.number: text_around(document, citation)
            for citation in exchange.answer.citations
            if (document := find(citation))
        }
        copies = write_copies(exchange.answer, find, self.words)
        title, searched = self.tell_searched(session, exchange)
        return Beside(copies, around, searched, title)

    def tell_searched(self, session: Session, exchange: Exchange) -> tuple[str, str]:
        """Return the title of the only article that was asked, and what else was asked, in words.

        Both are "" where there is but one article to ask.
        """
        scope, count = exchange.scope, exchange.answer.articles if exchange.answer else 0
        documents = self.list_documents(session, scope)
        if len(documents) < SEVERAL and not session.documents:
            return "", ""
        if scope.document and (article := find_by_id(documents, scope.document)):
            listed = tell_apart(documents) if len(documents) <= MOST_LISTED else [(article, article.title)]
            return next(name for item, name in listed if item.id == article.id), ""
        told = self.words("searched_own" if scope.own else "searched", count=count, of=len(documents))
        return "", f"{told} ({exchange.limits})" if exchange.limits else told

    def tell_limits(self, session: Session, scope: Scope) -> str:
        """Return the conditions and ticks that narrow the articles of a scope, in words; "" for none."""
        if scope.document:
            return ""
        typed = {(item.field, item.operator): item.value for item in session.where.conditions}
        told = [
            f"{self.words(f'filter_{name}')} “{typed[field, operator]}”"
            for name, field, operator in finding_html.FILTERS
            if (field, operator) in typed
        ]
        if self.is_narrowed(session, scope):
            told.append(self.words("filter_ticked"))
        return "; ".join(told)

    def is_narrowed(self, session: Session, scope: Scope) -> bool:
        """Whether an article of a scope is ticked off."""
        return any(Scope.of(value).own == scope.own for value in session.unticked)

    def narrow(self, session: Session, scope: Scope) -> list[str] | None:
        """Return the ids of the articles that are asked, beside the session's conditions; None for all.

        Raises:
            FilterError: No article is chosen.
        """
        if scope.document:
            return [scope.document]
        if not session.unticked and not session.where.conditions:
            return None
        places = self.places_chosen(session, scope)
        if not places:
            raise FilterError(self.words("filter_none"))
        documents = self.list_documents(session, scope)
        return [documents[place].id for place in places] if self.is_narrowed(session, scope) else None

    def find_cited(self, session: Session, exchange: Exchange, citation: Citation) -> Document | None:
        """Return the article of a citation; None when it is not there any more."""
        documents = self.list_documents(session, exchange.scope)
        at = citation.document_index
        if 0 <= at < len(documents) and documents[at].id == citation.document_id:
            return documents[at]
        return find_by_id(documents, citation.document_id)

    def render_article(self, session: Session) -> str:
        """Return the article; "" when there is none."""
        document = self.find_article(session)
        if document is None:
            return ""
        exchange = session.exchanges[session.turn] if session.turn >= 0 else Exchange("")
        if session.turn == CHECKED:
            return self.render_checked_article(session, document)
        passages, kind = exchange.passages, "closest"
        if exchange.answer and exchange.answer.statements:
            kind = "cited"
        if session.turn == FOUND:
            passages, kind = session.search.passages, "found"
        if session.turn == LINKED:
            passages, kind = session.linked, "found"
        earlier = [
            (turn, citation)
            for turn, other in enumerate(session.exchanges)
            if turn != session.turn and other.answer
            for citation in other.answer.citations
        ]
        return article_html.render_article(
            document,
            passages,
            kind=kind,
            turn=session.turn,
            focus=session.focus,
            earlier=earlier,
            warnings=self.list_warnings(session, document),
            is_shared=not session.view.own,
            is_removable=session.view.own,
            words=self.words,
        )

    def render_checked_article(self, session: Session, document: Document) -> str:
        """Return an article with what the claims of a text cite; that of the chosen claim is lit."""
        checked = session.checked
        chosen = checked.claim
        cited = [(number, replace(citation, number=number)) for number, citation in checked.passages]
        lit: list[Citation] = []
        for number, citation in cited:
            if number == checked.chosen and not any(overlaps(citation, other) for other in lit):
                lit.append(citation)
        return article_html.render_article(
            document,
            lit,
            kind="cited" if chosen is None or chosen.citations else "closest",
            turn=CHECKED,
            focus=session.focus,
            earlier=[(CHECKED, citation) for number, citation in cited if number != checked.chosen],
            differing=original_words(chosen, document) if chosen else (),
            leads_to="to_claim",
            warnings=self.list_warnings(session, document),
            words=self.words,
        )

    def render_check(self, session: Session) -> str:
        """Return the view that checks a text."""
        most = self.assistant.settings.max_check_characters
        return checking_html.render_check(session.checked, session.checks, most, self.words)

    def render_claim(self, session: Session) -> str:
        """Return what the articles say of the chosen claim; "" when none is chosen."""
        claim = session.checked.claim
        return checking_html.render_claim(session.checked.chosen, claim, self.words) if claim else ""

    def render_found(self, session: Session) -> str:
        """Return the view of what was looked for and found."""
        return finding_html.render_search(session.search, self.words)

    def render_filter(self, session: Session, error: str = "", *, unfolded: bool = False) -> str:
        """Return the form that chooses articles; "" where there is only one."""
        of = len(self.assistant.collection.documents) + len(session.documents)
        if of < SEVERAL:
            return ""
        ticks = [(value, name, value not in session.unticked) for value, name in self.list_ticks(session)]
        return finding_html.render_filter(session.where, ticks, of, error, self.words, unfolded=unfolded)

    def list_ticks(self, session: Session, *, every: bool = False) -> list[tuple[str, str]]:
        """Return (value, name) of each article that can be ticked: those that meet the conditions, or all."""
        asked = replace(session, unticked=frozenset(), where=EVERY if every else session.where)
        return [
            (Scope(own=scope.own, document=item.id).value, self.name(name, scope))
            for scope in (Scope(), Scope(own=True))
            for item, name in tell_apart(self.choose(asked, scope))
        ]

    def name(self, title: str, scope: Scope) -> str:
        """Return an article's title, which says whether it is the visitor's own."""
        return self.words("own_title", title=title) if scope.own else title

    def find_article(self, session: Session) -> Document | None:
        """Return the article in view; None when there is none."""
        documents = self.list_documents(session, session.view)
        named = find_by_id(documents, session.view.document)
        return named or next(iter(documents), None)

    def list_warnings(self, session: Session, document: Document) -> tuple[str, ...]:
        """Return the parts of the article's file that were not read, were withdrawn or were guessed."""
        asked = session.own if session.view.own and session.own else self.assistant
        return asked.collection.warnings(document.id)

    def list_documents(self, session: Session, scope: Scope) -> Sequence[Document]:
        """Return the articles of the index, or the visitor's own."""
        return session.documents if scope.own else self.assistant.collection.documents

    def list_choices(self, session: Session) -> list[tuple[str, str]]:
        """Return the choices of the list of articles: all, each article, and those of the visitor."""
        listed = []
        for scope in (Scope(), Scope(own=True)):
            count, documents = len(self.places_chosen(session, scope)), self.list_documents(session, scope)
            # All of one own article is that article.
            if not scope.own or len(documents) > 1:
                key = "all_own" if scope.own else "all_articles"
                is_all = count == len(documents)
                every = (
                    self.words(key) if is_all else self.words(f"{key}_chosen", count=count, of=len(documents))
                )
                listed.append((every, scope.value))
            listed += [
                (self.name(name, scope), Scope(own=scope.own, document=item.id).value)
                for item, name in tell_apart(self.choose(session, scope))
            ]
        return listed

    def places_chosen(self, session: Session, scope: Scope) -> list[int]:
        """Return where the articles stand that meet the conditions and are ticked, in order."""
        asked = session.own if scope.own else self.assistant
        if asked is None:
            return []
        columns = asked.collection.columns
        chosen = session.where.mask(columns)
        for value in session.unticked:
            off = Scope.of(value)
            place = columns.ids.get(off.document) if off.own == scope.own else None
            if place is not None:
                chosen[place] = False
        places: list[int] = np.flatnonzero(chosen).tolist()
        return places

    def choose(self, session: Session, scope: Scope) -> list[Document]:
        """Return the first articles that meet the conditions and are ticked, as many as are listed."""
        documents = self.list_documents(session, scope)
        return [documents[place] for place in self.places_chosen(session, scope)[:MOST_LISTED]]

    def describe_list(self, session: Session, scope: Scope) -> dict[str, Any]:
        """Return the list of articles with the chosen one selected; hide a list without a choice."""
        several = len(self.assistant.collection.documents) + len(session.documents) >= SEVERAL
        return {"choices": self.list_choices(session), "value": scope.value, "visible": several}

    def describe_box(self, *, busy: bool, **more: Any) -> dict[str, Any]:
        """Return the question box with the button that fits: ask, or stop."""
        return gr.update(
            submit_btn=False if busy else self.words("ask"),
            stop_btn=self.words("stop") if busy else False,
            **more,
        )


def overlaps(first: Citation, second: Citation) -> bool:
    """Whether two citations share characters of one article."""
    is_same = first.document_id == second.document_id
    return is_same and first.start < second.end and second.start < first.end


def original_words(claim: CheckedClaim, document: Document) -> list[Span]:
    """Return the ranges of an article that a claim has otherwise."""
    cited = {item.number for item in claim.citations if item.document_id == document.id}
    return [span for number, span in claim.original if number in cited]


def text_around(document: Document, citation: Citation) -> tuple[str, str]:
    """Return the text before and behind a quote, each cut at a word; "" at an end of the article."""
    first = max(0, citation.start - AROUND_CHARACTERS)
    before = " ".join(document.text[first : citation.start].split())
    behind = " ".join(document.text[citation.end : citation.end + AROUND_CHARACTERS].split())
    if first:
        before = f"…{before.partition(' ')[2]}"
    if citation.end + AROUND_CHARACTERS < len(document.text):
        behind = f"{behind.rpartition(' ')[0]}…"
    return before, behind


def tell_apart(documents: Sequence[Document]) -> list[tuple[Document, str]]:
    """Return each article with its title; where two have the same, with its day and source too.

    >>> ids = [Document(id, "Tide", "It rose.", source=f"{id}.txt") for id in ("a", "b")]
    >>> [name for _, name in tell_apart(ids)]
    ['Tide (a.txt)', 'Tide (b.txt)']
    """
    counts = Counter(document.title for document in documents)

    def name(document: Document) -> str:
        if counts[document.title] == 1:
            return document.title
        facts = filter(None, (day_in_words(document.published), document.source or document.id))
        return f"{document.title} ({', '.join(facts)})"

    return [(document, name(document)) for document in documents]
