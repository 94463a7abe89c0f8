"""Add a visitor's articles: read them, index them and show the first one."""

import json
import logging
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

import gradio as gr

from citewell.assistant import Assistant
from citewell.documents.document import Document
from citewell.errors import CitewellError
from citewell.text.markup import escape, fill_gap, isolate
from citewell.web import reading_queue, visitor_articles
from citewell.web.blocks import log_mistake, read_sent
from citewell.web.panes import Panes
from citewell.web.session import Scope, Visit
from citewell.web.uploads import Uploads

LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Additions:
    """The handler for articles that a visitor adds.

    Attributes:
        panes: The parts of the page that show a session.
        uploads: The store of uploaded files that are not read yet.
        queue: Reads the articles, a limited number of visitors' at once.
    """

    panes: Panes
    uploads: Uploads
    queue: reading_queue.ReadingQueue

    @property
    def assistant(self) -> Assistant:
        """The assistant that answers about the articles of the index."""
        return self.panes.assistant

    def add(
        self, sending: gr.EventData, visit: Visit, request: gr.Request | None = None
    ) -> Iterator[tuple[str, object, object]]:
        """Read the visitor's articles and yield (progress, list of articles, article)."""
        nothing: list[str] = []
        tokens, url = read_sent(sending, "tokens", nothing), read_sent(sending, "url", "").strip()
        yield from self.bring(tokens, url, visit, request)

    def bring(
        self, tokens: Sequence[str], url: str, visit: Visit, request: gr.Request | None
    ) -> Iterator[tuple[str, object, object]]:
        """Read the articles of uploads or of an address; yield (progress, list of articles, article)."""
        settings = self.assistant.settings
        host = request.client.host if request and request.client else ""
        yield self.tell("add_reading"), gr.skip(), gr.skip()
        try:
            if url and settings.allow_urls:
                self.uploads.count(visit.key, host)
                claimed = []
            else:
                claimed = self.uploads.claim(tokens, visit.key)

            def bring(link: reading_queue.PageLink) -> visitor_articles.BroughtArticles:
                load = partial(self.queue.load, link=link)
                if url and settings.allow_urls:
                    return visitor_articles.fetch_article(url, settings.max_file_bytes, load)
                return visitor_articles.read_uploads(claimed, load)

            for event in reading_queue.run_for_page(bring):
                if isinstance(event, visitor_articles.BroughtArticles):
                    yield from self.take(event, visit, host)
                else:  # Gradio ends an event of a closed page only where the event yields something
                    yield gr.skip(), gr.skip(), gr.skip()
        except reading_queue.UnwantedError:
            return
        except CitewellError as error:
            yield describe_problem(str(error)), gr.skip(), gr.skip()
        except Exception as error:  # noqa: BLE001  # a parser may raise anything; the visitor must not wait
            log_mistake("an article of a visitor's own", error)
            yield describe_problem(self.panes.words("add_broken")), gr.skip(), gr.skip()

    def take(
        self, brought: visitor_articles.BroughtArticles, visit: Visit, host: str
    ) -> Iterator[tuple[str, object, object]]:
        """Index the articles that were read, and show the first."""
        limit = self.assistant.settings.own_articles
        session = visit.session
        taken = self.assistant.collection.columns.ids
        new = visitor_articles.new_articles(brought, session.documents, taken)
        documents = new.documents
        reasons = [str(failure) for failure in brought.failures]
        if len(documents) + len(session.documents) > limit:
            found = len(documents) + len(session.documents)
            reasons.append(self.panes.words("add_too_many", found=found, limit=limit))
            documents = ()
        elif not documents and not reasons:
            reasons.append(self.panes.words("add_known" if brought.documents else "add_nothing"))
        if not documents:
            yield describe_problem(*reasons), gr.skip(), gr.skip()
            return
        asked = session.own or self.assistant
        whole = [*session.documents, *documents]
        sources = [*asked.collection.sources, *new.sources] if session.own else new.sources
        self.uploads.hold(visit, host, sum(len(document.text) for document in whole))
        made = asked

        def index(link: reading_queue.PageLink) -> Assistant:
            with self.queue.hold_place(link):
                return asked.beside(whole, sources=sources, progress=link, pace=self.queue.pace(link))

        for event in reading_queue.run_for_page(index):
            if isinstance(event, Assistant):
                made = event
            elif event is None:
                yield gr.skip(), gr.skip(), gr.skip()
            else:
                done, total = (f"{number:,}" for number in event)
                yield self.tell("add_indexing", done=done, total=total), gr.skip(), gr.skip()
        scope = Scope(own=True, document=documents[0].id)
        session = visit.change(lambda now: replace(now, own=made, view=scope, focus=0))
        LOG.info("%d articles of a visitor's own", len(whole))
        status = describe_problem(*reasons) + self.tell_ready(documents)
        yield (
            status,
            gr.update(**self.panes.describe_list(session, scope)),
            self.panes.render_article(session),
        )

    def remove(self, sending: gr.EventData, only: str, visit: Visit) -> tuple[object, str]:
        """Forget one of the visitor's own articles; return (list of articles, article)."""
        self.remove_all([read_sent(sending, "document", "")], visit)
        own = visit.session.documents
        scope = Scope.of(only)
        if scope.own and scope.document not in {"", *(document.id for document in own)}:
            scope = Scope(own=True, document=own[0].id) if own else Scope()
        session = visit.change(lambda now: replace(now, view=scope, focus=0))
        return gr.update(**self.panes.describe_list(session, scope)), self.panes.render_article(session)

    def remove_all(self, ids: Collection[str], visit: Visit) -> None:
        """Forget articles of the visitor's own."""
        session = visit.session
        kept = [document for document in session.documents if document.id not in ids]
        if session.own is None or len(kept) == len(session.documents):
            return
        sources = [
            replace(file, documents=tuple(id_ for id_ in file.documents if id_ not in ids))
            for file in session.own.collection.sources
        ]
        named = [file for file in sources if file.documents]
        own = session.own.beside(kept, sources=named) if kept else None
        visit.change(lambda now: replace(now, own=own))
        self.uploads.release(visit, sum(len(document.text) for document in kept))

    def tell(self, key: str, **values: object) -> str:
        """Return the progress of the reading."""
        return f'<p class="told">{escape(self.panes.words(key, **values))}</p>'

    def tell_ready(self, documents: Sequence[Document]) -> str:
        """Return the message that the visitor can now ask these articles, with their ids for the page."""
        titles = ", ".join(document.title for document in documents)
        said = fill_gap(partial(self.panes.words, "add_done"), "titles", titles)
        ids = escape(json.dumps([document.id for document in documents]))
        return f'<p class="told ready" data-ids="{ids}">{said}</p>'


def describe_problem(*reasons: str) -> str:
    """Return the reason why an article was not read."""
    return "".join(f'<p class="told problem" role="alert">{isolate(reason)}</p>' for reason in reasons)
