"""Lay the conversation and the article side by side in Gradio, and connect the page's events to handlers."""

import string
import threading
from collections.abc import Callable, Sequence
from datetime import datetime
from importlib.resources import files
from typing import Any

import gradio as gr
from gradio.events import api

from citewell.assistant import Assistant
from citewell.documents import loading, sample
from citewell.text.markup import escape
from citewell.web.blocks import Page
from citewell.web.chat import Chat
from citewell.web.endpoints import Endpoints
from citewell.web.inputs import (
    ENDPOINTS,
    Act,
    Agreeing,
    Bringing,
    Checking,
    CheckSaving,
    Claimed,
    Event,
    Exporting,
    Input,
    Inputs,
    Limiting,
    Nothing,
    Opening,
    Pointing,
    Removing,
    Restoring,
    Returned,
    Saving,
    Seeking,
    Showing,
    Starter,
    Ticking,
    Verdict,
)
from citewell.web.returning import Returning
from citewell.web.session import Scope, Session, Visit
from citewell.web.translations import Words
from citewell.web.uploads import Uploads

STATIC = files("citewell.web") / "static"
STYLES = ("check.css", "page.css", "article.css", "keep.css", "print.css")

# Questions answered at once; answering is work for the processor, so more would only wait for each other.
AT_ONCE = 4
QUESTIONS: dict[str, Any] = {"concurrency_id": "reading", "concurrency_limit": AT_ONCE}
# A text takes as long to check as many questions to answer, and those must not wait for it.
TEXTS: dict[str, Any] = {"concurrency_id": "checking", "concurrency_limit": 2}
# A closed page may be a sleeping laptop; the visitor's session is kept for this long.
KEPT_S = 3600


def build(  # noqa: PLR0915  # one page: its parts, and what connects them
    assistant: Assistant, uploads: Uploads | None = None
) -> Page:
    """Return the page and its API endpoints, `ask`, `find` and `check`.

    Args:
        assistant: The assistant that answers.
        uploads: The store of uploaded files that are not read yet.
    """
    chat = Chat(assistant, uploads or Uploads())
    returning = Returning(chat)
    page = Page(
        title="citewell",
        analytics_enabled=False,
        fill_width=True,
        fill_height=True,
    )
    with page:
        # Each visitor has a copy on the server; the copy is deleted an hour after the page is closed.
        visit = gr.State(Visit())
        top = html("top", top_bar(assistant, chat.words))
        with gr.Row(elem_id="panes"):
            with gr.Column(elem_id="chat"):
                talk_pane = html("talk", chat.panes.render_conversation(Session()))
                further = html("further", "")
                box = question_box(chat)
                keep_line = html("keep", fill_template("keep.html", chat.words))
                find_pane = html("find", chat.panes.render_found(Session()))
                check_pane = html("check", chat.panes.render_check(Session()))
                claim_pane = html("claim", "")
            with gr.Column(elem_id="reader"):
                add = html("add", add_panel(assistant, chat.words))
                status = html("status", "")
                filter_pane = html("filter", chat.panes.render_filter(Session()))
                only = article_list(chat)
                paper_pane = html("paper", chat.panes.render_article(Session()))
        saved = html("saved", "")
        key, memo = html("key", "", script="told"), html("memo", "", script="told")
        shows = [box, talk_pane, paper_pane]
        suggest = (chat.suggest, [only, visit], further)
        asks = [box.submit, talk_pane.submit, further.submit]
        # Shown is the number of questions that wait before the visitor's own.
        reading: dict[str, Any] = {
            "show_progress": "minimal",
            "show_progress_on": talk_pane,
            **QUESTIONS,
        }
        asking = on(gr.on, asks, returning.submit, [box, only, key, visit], [*shows, key], **reading)
        again = on(talk_pane.retry, returning.retry, [key, visit], [*shows, key], **reading)
        everything = [key, visit, *shows, only, find_pane, check_pane, filter_pane, status]
        coming = on(keep_line.submit, returning.come_back, visit, everything, **reading)
        restoring = on(keep_line.upload, returning.restore, visit, everything)
        on(keep_line.download, returning.agree, [only, visit], memo)
        on(box.stop, chat.stop, visit, [box, talk_pane], cancels=[asking, again, coming])
        acting = on(talk_pane.edit, chat.act, visit, shows)
        on(talk_pane.like, chat.judge, visit, talk_pane)
        on(talk_pane.select, chat.point, visit, paper_pane)
        on(paper_pane.select, chat.open_at, visit, paper_pane)
        on(find_pane.submit, returning.seek, [only, key, visit], [find_pane, paper_pane, key], **reading)
        on(filter_pane.submit, chat.searching.limit, [only, visit], [filter_pane, only])
        ticked = (chat.searching.tick, [only, visit], [filter_pane, only])
        # One at a time: of two ticks in a row both count, and the later one last.
        on(filter_pane.select, *ticked, trigger_mode="multiple", concurrency_id="ticks", concurrency_limit=1)
        on(find_pane.select, chat.searching.show, visit, paper_pane)
        on(find_pane.download, chat.searching.export, visit, saved)
        connect_check(returning, [only, key, visit], [check_pane, claim_pane, paper_pane], saved)
        choosing = on(only.input, chat.choose, [only, visit], paper_pane)
        clearing = on(top.clear, chat.clear, visit, shows, cancels=[asking, again, coming])
        on(top.download, chat.save, visit, saved)
        adding = on(add.upload, chat.additions.add, visit, [status, only, paper_pane])
        removing = on(paper_pane.delete, chat.additions.remove, [only, visit], [only, paper_pane])
        follow([adding.then, removing.then], (chat.searching.recount, visit, filter_pane))
        afterwards = (removing, asking, again, choosing, clearing, adding, coming, restoring)
        remember = (returning.remember, [only, visit], memo)
        follow([event.then for event in (*afterwards, acting)], remember)
        follow([page.load, *(event.then for event in afterwards)], suggest, "suggesting")
        on(page.load, returning.greet, visit, key)
        page.unload(forget_when_left(page))
        offer(Endpoints(assistant))
    page.queue(max_size=assistant.settings.queue)
    return page


def connect_check(returning: Returning, asked: list[Any], shows: list[Any], saved: gr.HTML) -> None:
    """Connect the view that checks a text.

    Args:
        returning: The handlers.
        asked: The list of articles, the page's key and the state.
        shows: The view, what the articles say of a claim, and the article.
        saved: The pane through which a file goes.
    """
    (view, claim, paper), (_, key, visit), chat = shows, asked, returning.chat
    verifying = on(view.submit, returning.verify, asked, [*shows, key], **TEXTS)
    on(view.stop, chat.checking.stop_check, visit, [view, paper], cancels=[verifying])
    for pane in (view, claim):
        on(pane.select, chat.checking.show_claim, visit, [claim, paper])
    on(view.download, chat.checking.save_check, visit, saved)


def follow(events: Sequence[Callable[..., Any]], what: Sequence[Any], name: str = "") -> None:
    """Let what changes the conversation be followed by something, which only the last of them needs.

    Args:
        events: What is followed.
        what: Handler, inputs and outputs.
        name: Name under which one is run at a time; "" for as many as of any event.
    """
    once = {"concurrency_id": name, "concurrency_limit": 1} if name else {}
    for event in events:
        on(event, *what, trigger_mode="always_last", **once)


def offer(endpoints: Endpoints) -> None:
    """Let other programs call the endpoints."""
    for name in ENDPOINTS:
        queue = TEXTS if name == "check" else QUESTIONS
        api(getattr(endpoints, name), api_name=name, **queue)


# The data that comes with each event; `inputs` refuses all other data.
SENDS: dict[str, type[Input]] = {
    "submit": Starter,
    "retry": Act,
    "stop": Nothing,
    "act": Act,
    "judge": Verdict,
    "point": Pointing,
    "open_at": Opening,
    "choose": Nothing,
    "clear": Nothing,
    "save": Saving,
    "seek": Seeking,
    "show": Showing,
    "export": Exporting,
    "limit": Limiting,
    "tick": Ticking,
    "recount": Nothing,
    "verify": Checking,
    "stop_check": Nothing,
    "show_claim": Claimed,
    "save_check": CheckSaving,
    "add": Bringing,
    "remove": Removing,
    "suggest": Nothing,
    "greet": Nothing,
    "come_back": Returned,
    "restore": Restoring,
    "remember": Nothing,
    "agree": Agreeing,
}
KINDS: dict[type, str] = {gr.Textbox: "question", gr.Dropdown: "choice", gr.State: "state", gr.HTML: "key"}


def inputs(page: Page) -> Inputs:
    """Return the inputs that may be sent to a page: those that its connected events take.

    Events without a Python function run in the browser alone. The connection reports that a page is closed.
    """
    events: dict[int, Event] = {}
    endpoints: dict[int, str] = {}
    for number, event in page.fns.items():
        if event.api_visibility == "public":
            endpoints[number] = str(event.api_name)
        elif event.fn is not None and event.name != "left":
            kinds = tuple(KINDS[type(block)] for block in event.inputs)
            events[number] = Event(kinds, SENDS[str(event.name)], triggers(page, number))
    return Inputs(events, endpoints)


def triggers(page: Page, number: int) -> frozenset[int]:
    """Return the ids of the components that can cause an event, directly or through other events."""
    event = page.fns[number]
    own = frozenset(block for block, _ in event.targets if block is not None)
    return own if event.trigger_after is None else own | triggers(page, event.trigger_after)


def on(listen: Callable[..., Any], *what: Any, **more: Any) -> Any:
    """Connect an event of the page to its handler; only the page itself may cause the event."""
    usual = {"show_progress": "hidden", "concurrency_limit": AT_ONCE}
    return listen(*what, api_visibility="private", **{**usual, **more})


def forget_when_left(page: gr.Blocks) -> Callable[[gr.Request], None]:
    """Return the handler of a closed page, which forgets the visitor after a while."""

    def left(request: gr.Request) -> None:
        later(KEPT_S, page, str(request.session_hash))

    return left


def later(seconds: float, page: gr.Blocks, session: str) -> None:
    """Forget a visitor after a while."""
    timer = threading.Timer(seconds, forget, (page, session))
    timer.daemon = True
    timer.start()


def forget(page: gr.Blocks, session: str) -> None:
    """Forget a visitor and the visitor's articles, unless the visitor has returned since."""
    holder = page.state_holder
    used = holder.time_last_used.get(session)
    since = (datetime.now() - used).total_seconds() if used else KEPT_S  # noqa: DTZ005  # Gradio's clock
    if since < KEPT_S:
        later(KEPT_S - since + 1, page, session)
        return
    holder.session_data.pop(session, None)
    holder.time_last_used.pop(session, None)


def html(name: str, content: str, script: str = "") -> gr.HTML:
    """Return a pane with its script, `static/<name>.js` where it has no other."""
    code = text_of(f"{script or name}.js")
    return gr.HTML(content, elem_id=name, js_on_load=code, apply_default_css=False)


def top_bar(assistant: Assistant, words: Words) -> str:
    """Return the bar, and lines that say what a visitor must know: whose article it is, and what is kept."""
    own_button = fill_template("own.html", words) if assistant.settings.own_articles else ""
    notice = words("sample", title=sample.TITLE)
    line = fill_template("sample.html", words, notice=notice) if assistant.is_sample else ""
    if assistant.settings.record:
        line += fill_template("recorded.html", words)
    return fill_template("top.html", words).replace("<!-- own -->", own_button) + line


def question_box(chat: Chat) -> gr.Textbox:
    """Return the question box."""
    words, many = chat.words, "_many" if len(chat.assistant.collection.documents) > 1 else ""
    return gr.Textbox(
        label=words("box"),
        show_label=False,
        placeholder=words(f"placeholder{many}"),
        lines=1,
        max_lines=6,
        submit_btn=words("ask"),
        container=False,
        elem_id="box",
    )


def article_list(chat: Chat) -> gr.Dropdown:
    """Return the list for choosing an article; hidden while there is only one."""
    listed = chat.panes.describe_list(Session(), Scope())
    made = gr.Dropdown(label=chat.words("answer_from"), elem_id="chosen", **listed)
    # A page that has outlived its server sends a choice that is not in the list. The handlers say what comes
    # of it; Gradio would only call it an error. The intake has checked that it is a short text.
    vars(made)["preprocess"] = lambda choice: choice
    return made


def add_panel(assistant: Assistant, words: Words) -> str:
    """Return the panel for adding the visitor's own articles; "" where adding is not allowed."""
    settings = assistant.settings
    if not settings.own_articles:
        return ""
    kinds = loading.known_suffixes()
    limits = words(
        "add_kinds",
        kinds=" ".join(kinds),
        size=f"{settings.max_file_bytes / 1e6:.0f}",
        count=settings.own_articles,
    )
    url = fill_template("url.html", words) if settings.allow_urls else ""
    panel = fill_template(
        "add.html", words, limits=limits, accept=",".join(kinds), bytes=settings.max_file_bytes
    )
    return panel.replace("<!-- url -->", url)


def fill_template(name: str, words: Words, **values: object) -> str:
    """Return a file of `static/` with each `$key` replaced by the string of that key, or the value."""
    strings = {key: escape(text) for key, text in words.table.items()}
    return string.Template(text_of(name)).substitute(
        strings, **{key: escape(str(value)) for key, value in values.items()}
    )


def text_of(name: str) -> str:
    """Return a file of `static/`."""
    return (STATIC / name).read_text(encoding="utf-8")
