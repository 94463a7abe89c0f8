"""Handle the view that finds sentences: look for them, point to one, save them as a file."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import gradio as gr

from citewell.answers.finding import Findings
from citewell.assistant import Assistant
from citewell.errors import CitewellError, FilterError
from citewell.index.filters import Where, read_condition
from citewell.text.normalisation import normalise
from citewell.web.blocks import give_file, log_mistake, read_sent
from citewell.web.finding_html import FILTERS
from citewell.web.panes import Panes
from citewell.web.session import Scope, Search, Session, Visit

LOG = logging.getLogger(__name__)

WRITERS: dict[str, Callable[[Findings], str]] = {"csv": Findings.to_csv, "json": Findings.to_json}


@dataclass(frozen=True)
class Searching:
    """The handlers of the view; they keep no data of a visitor.

    Attributes:
        panes: The parts of the page that show a session.
        choose: Returns the assistant for a session and a choice of articles.
    """

    panes: Panes
    choose: Callable[[Session, Scope], Assistant]

    def seek(self, event: gr.EventData, only: str, visit: Visit) -> tuple[str, str]:
        """Find what was typed in the chosen articles; return (view, article)."""
        text, scope = normalise(read_sent(event, "text", "")), Scope.of(only)
        searched = self.search(text, scope, visit.session)
        session = visit.change(lambda now: replace(now, search=searched).show(1))
        return self.panes.render_found(session), self.panes.render_article(session)

    def search(self, text: str, scope: Scope, session: Session) -> Search:
        """Return the sentences that were found, or why nothing was looked for."""
        began = time.monotonic()
        try:
            assistant = self.choose(session, scope)
            only = self.panes.narrow(session, scope)
            findings = assistant.find(text, only=only, where=session.where)
        except CitewellError as error:
            return Search(text, error=str(error), scope=scope)
        except Exception as error:  # noqa: BLE001  # a bug of ours; the visitor is told of an error
            log_mistake("a search", error)
            return Search(text, error=self.panes.words("failed"), scope=scope)
        LOG.info("search: %d found in %.0f ms", len(findings.found), (time.monotonic() - began) * 1000)
        return Search(text, findings, scope=scope)

    def show(self, event: gr.EventData, visit: Visit) -> str:
        """Show the sentence that the visitor pointed to, in its article."""
        number = read_sent(event, "number", 0)
        return self.panes.render_article(visit.change(lambda now: now.show(number)))

    def limit(self, event: gr.EventData, only: str, visit: Visit) -> tuple[str, object]:
        """Ask and search only articles that meet what was typed; return (form, list of articles)."""
        try:
            where = Where(
                tuple(
                    read_condition(field, operator, value)
                    for name, field, operator in FILTERS
                    if (value := " ".join(normalise(read_sent(event, name, "")).split()))
                )
            )
        except FilterError as error:
            return self.panes.render_filter(visit.session, str(error)), gr.skip()
        return self.redraw(visit.change(lambda now: replace(now, where=where)), Scope.of(only))

    def tick(self, event: gr.EventData, only: str, visit: Visit) -> tuple[str, object]:
        """Ask and search only articles that are ticked; return (form, list of articles)."""
        nothing: list[str] = []
        given, is_on = read_sent(event, "articles", nothing), read_sent(event, "on", default=True)
        values = given or [value for value, _ in self.panes.list_ticks(visit.session)]
        return self.redraw(visit.change(lambda now: now.tick(values, on=is_on)), Scope.of(only))

    def redraw(self, session: Session, scope: Scope) -> tuple[str, object]:
        """Return (form, list of articles), of which the chosen one stays where it is still there."""
        listed = {value for _, value in self.panes.list_choices(session)}
        kept = scope if scope.value in listed else Scope(scope.own and Scope(own=True).value in listed)
        form = self.panes.render_filter(session, unfolded=True)
        return form, gr.update(**self.panes.describe_list(session, kept))

    def recount(self, visit: Visit) -> str:
        """Show how many articles are chosen, now that there are others."""
        listed = {value for value, _ in self.panes.list_ticks(visit.session, every=True)}
        visit.change(lambda now: replace(now, unticked=now.unticked & listed))
        return self.panes.render_filter(visit.session)

    def export(self, event: gr.EventData, visit: Visit) -> str:
        """Return the sentences that were found, for the page to save as a file."""
        kind, findings = read_sent(event, "kind", ""), visit.session.search.findings
        if kind not in WRITERS or findings is None:
            gr.Info(self.panes.words("find_nothing_yet"))
            return ""
        return give_file("citewell-found", kind, WRITERS[kind](findings), datetime.now(UTC))
