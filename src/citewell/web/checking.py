"""Handle the view that checks a text: check it claim by claim, stop, point to a claim, copy or save it."""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

import gradio as gr

from citewell.assistant import Assistant
from citewell.checking.check import Check
from citewell.checking.claims import find_claims
from citewell.errors import CitewellError
from citewell.text.normalisation import normalise
from citewell.web.blocks import give_file, log_mistake, read_sent
from citewell.web.export import checks
from citewell.web.panes import Panes
from citewell.web.session import Scope, Session, Stage, Visit

LOG = logging.getLogger(__name__)

# The view is drawn at most this often while claims are checked.
DRAWN_EVERY_S = 0.4
WRITERS: dict[str, Callable[[Check, str], str]] = {
    "md": checks.as_markdown,
    "html": checks.as_html,
    "json": checks.as_json,
}


@dataclass(frozen=True)
class Checking:
    """The handlers of the view; they keep no data of a visitor.

    Attributes:
        panes: The parts of the page that show a session.
        choose: Returns the assistant for a session and a choice of articles.
    """

    panes: Panes
    choose: Callable[[Session, Scope], Assistant]

    def verify(self, event: gr.EventData, only: str, visit: Visit) -> Iterator[tuple[object, object, object]]:
        """Check a text; yield (view, claim, article) at once, and again while more of it is checked.

        Something is yielded for each claim: Gradio ends what a visitor has stopped or left only there.
        """
        text, scope = normalise(read_sent(event, "text", "")), Scope.of(only)
        session = visit.change(lambda now: now.begin_check(text, scope, len(find_claims(text))))
        check, began, drawn, error = session.checks, time.monotonic(), 0.0, ""
        yield self.panes.render_check(session), "", self.panes.render_article(session)
        try:
            assistant = self.choose(session, scope)
            chosen = self.panes.narrow(session, scope)
            with closing(assistant.stream_check(text, only=chosen, where=session.where)) as claims:
                for claim in claims:
                    session = visit.change(partial(Session.add_claim, check=check, claim=claim))
                    if not session.waits_for_check(check):
                        return
                    if time.monotonic() - drawn > DRAWN_EVERY_S:
                        drawn = time.monotonic()
                        yield self.panes.render_check(session), gr.skip(), gr.skip()
                    else:
                        yield gr.skip(), gr.skip(), gr.skip()
        except CitewellError as refused:
            error = str(refused)
        except Exception as mistake:  # noqa: BLE001  # a bug of ours; the visitor is told of an error
            log_mistake("a check", mistake)
            error = self.panes.words("failed")
        finally:
            # The text is private to the visitor, so the log leaves it out.
            LOG.info(
                "check: %d claims in %.0f ms", len(session.checked.claims), (time.monotonic() - began) * 1000
            )
        session = visit.change(lambda now: now.end_check(check, error=error))
        if session.checks == check:
            yield self.panes.render_check(session), gr.skip(), self.panes.render_article(session)

    def stop_check(self, visit: Visit) -> tuple[str, str]:
        """End the check with the claims that are checked; return (view, article)."""
        session = visit.change(lambda now: now.end_check(now.checks, Stage.STOPPED))
        return self.panes.render_check(session), self.panes.render_article(session)

    def show_claim(self, event: gr.EventData, visit: Visit) -> tuple[str, str]:
        """Show what the articles say of the claim that was pointed to; return (claim, article)."""
        number, citation = read_sent(event, "number", 0), read_sent(event, "citation", 0)
        session = visit.change(lambda now: now.choose_claim(number, citation))
        return self.panes.render_claim(session), self.panes.render_article(session)

    def save_check(self, event: gr.EventData, visit: Visit) -> str:
        """Return the claims that are checked, for the page to copy or to save as a file."""
        kind, session = read_sent(event, "kind", ""), visit.session
        if kind not in WRITERS or not session.checked.claims:
            gr.Info(self.panes.words("check_nothing_yet"))
            return ""
        now = datetime.now(UTC)
        try:
            checker = self.choose(session, session.checked.scope).checker
        except CitewellError as error:
            raise gr.Error(str(error), print_exception=False) from error
        made = checker.whole(session.checked.text, session.checked.claims)
        text = WRITERS[kind](made, now.isoformat(timespec="seconds"))
        return give_file("citewell-check", kind, text, now, clip=read_sent(event, "clip", default=False))
