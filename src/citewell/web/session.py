"""Hold one visitor's session: the conversation, the article in view, and the visitor's own articles."""

import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from threading import Lock

from citewell.answers.answer import Answer, Withheld
from citewell.answers.finding import Findings
from citewell.answers.writer import Draft, Proof
from citewell.assistant import Assistant
from citewell.checking.check import CheckedClaim
from citewell.checking.citations import Citation
from citewell.documents.document import Document
from citewell.index.filters import EVERY, Where

# Most exchanges of a conversation; a page that is never closed must not grow for ever.
MOST_EXCHANGES = 100


@dataclass(frozen=True, slots=True)
class Scope:
    """A choice of articles.

    Attributes:
        own: True for the visitor's own articles, False for those of the index.
        document: Id of one article; "" for all.
    """

    own: bool = False
    document: str = ""

    @classmethod
    def of(cls, value: str) -> "Scope":
        """Read a value of the list of articles.

        >>> Scope.of(Scope(True, "a:b").value)
        Scope(own=True, document='a:b')
        """
        kind, _, document = value.partition(":")
        return cls(kind == "own", document)

    @property
    def value(self) -> str:
        """The value of this choice in the list of articles."""
        return f"{'own' if self.own else 'index'}:{self.document}"


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question and its answer or error.

    Attributes:
        question: As asked.
        answer: The answer; None when the question was refused or stopped.
        error: Why there is no answer; "" when there is one.
        scope: The articles that the question was asked of.
        limits: The conditions and ticks that narrowed them, in words; "" for none.
        verdict: "up" or "down"; "" before the visitor's verdict.
    """

    question: str
    answer: Answer | None = None
    error: str = ""
    scope: Scope = Scope()
    limits: str = ""
    verdict: str = ""

    @property
    def own(self) -> bool:
        """Whether the question was asked of the visitor's own articles."""
        return self.scope.own

    @property
    def passages(self) -> tuple[Citation, ...]:
        """The passages to show: the citations, or the closest passages when abstaining."""
        if self.answer is None:
            return ()
        return self.answer.citations or self.answer.closest

    def numbered_after(self, earlier: "Sequence[Exchange]") -> "Exchange":
        """Return the exchange with citations whose numbers go on from those of earlier exchanges."""
        numbers = (citation.number for one in earlier if one.answer for citation in one.answer.citations)
        last = max(numbers, default=0)
        if not last or self.answer is None:
            return self
        statements = tuple(
            replace(
                statement,
                citations=tuple(
                    replace(citation, number=citation.number + last) for citation in statement.citations
                ),
            )
            for statement in self.answer.statements
        )
        return replace(self, answer=replace(self.answer, statements=statements))


# The "turn" of marks that belong to no exchange but to the sentences that were found, or to a checked text.
FOUND = -2
CHECKED = -3
# That of the quote that the page's address names.
LINKED = -4


@dataclass(frozen=True, slots=True)
class Search:
    """What was looked for last.

    Attributes:
        text: As typed.
        findings: The sentences that were found; None when the search was refused.
        error: Why it was refused; "" when it was not.
        scope: The articles that were searched.
    """

    text: str = ""
    findings: Findings | None = None
    error: str = ""
    scope: Scope = Scope()

    @property
    def passages(self) -> tuple[Citation, ...]:
        """The sentences that were found."""
        return tuple(item.citation for item in self.findings.found) if self.findings else ()


class Stage(Enum):
    """How far a check is."""

    NONE = "none"
    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class CheckedText:
    """The text that was checked last.

    Attributes:
        text: The text.
        scope: The articles that it is checked against.
        claims: Its claims that are checked so far, in order.
        total: How many claims it has.
        stage: How far the check is.
        error: Why it was refused; "" when it was not.
        chosen: Number of the claim whose evidence is shown, from 1; 0 for none.
    """

    text: str = ""
    scope: Scope = Scope()
    claims: tuple[CheckedClaim, ...] = ()
    total: int = 0
    stage: Stage = Stage.NONE
    error: str = ""
    chosen: int = 0

    @property
    def claim(self) -> CheckedClaim | None:
        """The chosen claim."""
        return self.claims[self.chosen - 1] if 1 <= self.chosen <= len(self.claims) else None

    @property
    def passages(self) -> list[tuple[int, Citation]]:
        """What the claims cite, each with its claim's number; for the chosen one also what is closest."""
        return [
            (number, citation)
            for number, claim in enumerate(self.claims, start=1)
            for citation in (claim.passages if number == self.chosen else claim.citations)
        ]


@dataclass(frozen=True, slots=True)
class Session:
    """The state of one visitor's page.

    Attributes:
        exchanges: The conversation, oldest first.
        view: The article that is shown; its document is "" for the first one.
        turn: The exchange whose passages are lit; -1 for none, FOUND for the sentences that were found,
            CHECKED for what the claims of a checked text cite, LINKED for the quote that the page's address
            names.
        focus: Number of the mark to scroll to; 0 for none.
        pending: The question that is being answered; None for none.
        written: The finished part of its answer: each statement that was checked or withheld.
        draft: The statement that is being written and is not checked yet.
        proof: The sentences that it is written from, until the answer is there.
        editing: The exchange that the next question replaces, with all later ones; -1 for none.
        asking: The articles that the pending question is asked of.
        ticket: Number of the pending question or, without one, of the last question.
        own: The assistant for the visitor's own articles; None while there are none.
        search: What was looked for last.
        where: The conditions that articles meet to be asked or searched.
        unticked: Values of the articles that the visitor has ticked off; they are not asked or searched.
        checked: The text that was checked last.
        checks: How many texts were checked; the number of the last one.
        linked: The quote that the page's address names; empty for none.
        keeps: Whether the visitor agreed that the browser keeps the conversation.
    """

    exchanges: tuple[Exchange, ...] = ()
    view: Scope = Scope()
    turn: int = -1
    focus: int = 0
    pending: str | None = None
    written: tuple[str | Withheld, ...] = ()
    draft: str = ""
    proof: tuple[Citation, ...] = ()
    editing: int = -1
    asking: Scope = Scope()
    ticket: int = 0
    own: Assistant | None = None
    search: Search = Search()
    where: Where = EVERY
    unticked: frozenset[str] = frozenset()
    checked: CheckedText = CheckedText()
    checks: int = 0
    linked: tuple[Citation, ...] = ()
    keeps: bool = False

    @property
    def documents(self) -> Sequence[Document]:
        """The visitor's own articles."""
        return self.own.collection.documents if self.own else ()

    def begin(self, question: str, scope: Scope) -> "Session":
        """Return the session with a pending question, which replaces the exchanges being edited."""
        kept = self.exchanges[: self.editing] if self.editing >= 0 else self.exchanges
        turn = self.turn if self.turn < len(kept) else -1
        return replace(
            self,
            exchanges=kept,
            turn=turn,
            pending=question,
            written=(),
            draft="",
            proof=(),
            editing=-1,
            asking=scope,
            ticket=self.ticket + 1,
        )

    def write(self, ticket: int, more: str | Draft | Proof | Withheld) -> "Session":
        """Return the session with more of the answer; unchanged when the question was stopped.

        A statement that was checked or withheld takes the place of its draft.
        """
        if not self.waits_for(ticket):
            return self
        if isinstance(more, Draft):
            return replace(self, draft=self.draft + more.text)
        if isinstance(more, Proof):
            return replace(self, proof=more.citations)
        return replace(self, written=(*self.written, more), draft="")

    def end(self, ticket: int, exchange: Exchange) -> "Session":
        """Return the session with the question's exchange; unchanged when the question was stopped."""
        return self.add(exchange) if self.waits_for(ticket) else self

    def tick(self, values: Iterable[str], *, on: bool) -> "Session":
        """Return the session with articles ticked or ticked off, given by the values of their scopes."""
        given = frozenset(values)
        return replace(self, unticked=self.unticked - given if on else self.unticked | given)

    def break_off(self, ticket: int, error: str) -> "Session":
        """Return the session with the pending question ended by an error."""
        return self.end(ticket, Exchange(self.pending or "", error=error, scope=self.asking))

    def waits_for(self, ticket: int) -> bool:
        """Whether that question is still being answered."""
        return self.pending is not None and self.ticket == ticket

    def add(self, exchange: Exchange) -> "Session":
        """Return the session with one more exchange, its citations numbered on, and its first in view."""
        exchange = exchange.numbered_after(self.exchanges)
        exchanges = (*self.exchanges, exchange)[-MOST_EXCHANGES:]
        added = replace(self, exchanges=exchanges, pending=None, written=(), draft="", proof=())
        first = exchange.passages[0].number if exchange.passages else 0
        return added.point(len(exchanges) - 1, first)

    def point(self, turn: int, number: int) -> "Session":
        """Return the session with a numbered passage in view; without the passage, change only the marks."""
        if not 0 <= turn < len(self.exchanges):
            return self
        exchange = self.exchanges[turn]
        for citation in exchange.passages:
            if citation.number == number:
                view = Scope(exchange.own, citation.document_id)
                return replace(self, view=view, turn=turn, focus=number)
        return replace(self, turn=turn, focus=0)

    def show(self, number: int) -> "Session":
        """Return the session with a sentence that was found in view; without the sentence, unchanged."""
        for citation in self.search.passages:
            if citation.number == number:
                view = Scope(self.search.scope.own, citation.document_id)
                return replace(self, view=view, turn=FOUND, focus=number)
        return self

    def begin_check(self, text: str, scope: Scope, total: int) -> "Session":
        """Return the session with a text that is being checked."""
        checked = CheckedText(text, scope, total=total, stage=Stage.RUNNING)
        turn = -1 if self.turn == CHECKED else self.turn
        return replace(self, checked=checked, checks=self.checks + 1, turn=turn, focus=0)

    def add_claim(self, check: int, claim: CheckedClaim) -> "Session":
        """Return the session with one more claim; unchanged when that check was stopped."""
        if not self.waits_for_check(check):
            return self
        return replace(self, checked=replace(self.checked, claims=(*self.checked.claims, claim)))

    def end_check(self, check: int, stage: Stage = Stage.DONE, error: str = "") -> "Session":
        """Return the session with a check ended; unchanged when it was stopped before.

        What the claims cite is then marked in the article, unless a claim was pointed to meanwhile.
        """
        if not self.waits_for_check(check):
            return self
        ended = replace(self, checked=replace(self.checked, stage=stage, error=error))
        cited = ended.checked.passages
        if not cited or self.turn == CHECKED:
            return ended
        view = Scope(self.checked.scope.own, cited[0][1].document_id)
        return replace(ended, view=view, turn=CHECKED, focus=0)

    def waits_for_check(self, check: int) -> bool:
        """Whether that text is still being checked."""
        return self.checks == check and self.checked.stage is Stage.RUNNING

    def choose_claim(self, number: int, citation: int = 0) -> "Session":
        """Return the session with a claim chosen and one of its passages in view; unchanged without it."""
        if not 1 <= number <= len(self.checked.claims):
            return self
        chosen = replace(self, checked=replace(self.checked, chosen=number), turn=CHECKED)
        passages = self.checked.claims[number - 1].passages
        if not passages:
            return replace(chosen, focus=0)
        passage = passages[min(citation, len(passages) - 1)]
        view = Scope(self.checked.scope.own, passage.document_id)
        return replace(chosen, view=view, focus=number)

    def go_back_to(self, turn: int) -> "Session":
        """Return the session without an exchange and all later ones."""
        kept = self.exchanges[:turn] if 0 <= turn < len(self.exchanges) else self.exchanges
        cut = replace(self, exchanges=kept, editing=-1, turn=-1, focus=0)
        return cut.point(len(kept) - 1, 0) if kept else cut

    def judge(self, turn: int, verdict: str) -> "Session":
        """Return the session with the visitor's verdict on an answer."""
        exchanges = list(self.exchanges)
        exchanges[turn] = replace(exchanges[turn], verdict=verdict)
        return replace(self, exchanges=tuple(exchanges))

    def history(self, scope: Scope) -> Sequence[Answer]:
        """Return the answers so far that a follow-up may lean on, oldest first."""
        return [item.answer for item in self.exchanges if item.answer and item.own == scope.own]


class Visit:
    """A visitor's session on the server, changed by one event at a time.

    Events of one visitor may overlap: a chip is clicked while an answer is written. Each event changes the
    present session, so no event undoes the change of another.

    Attributes:
        key: Secret of the visitor's page, which the page sends with its requests.
    """

    def __init__(self) -> None:
        """Begin with an empty session."""
        self._lock = Lock()
        self._session = Session()
        self.key = secrets.token_urlsafe(32)

    def __deepcopy__(self, _memo: object) -> "Visit":
        """Return a new visit: Gradio copies the first visit for every visitor."""
        return Visit()

    @property
    def session(self) -> Session:
        """The present session."""
        return self._session

    def change(self, how: Callable[[Session], Session]) -> Session:
        """Change the session and return the new one."""
        with self._lock:
            self._session = how(self._session)
            return self._session
