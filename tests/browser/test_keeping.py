"""What survives a new load, a drop of the network and a restart of the server, in a browser."""

import re
from collections.abc import Iterator
from threading import Event
from typing import cast

import pytest
from gradio.context import Context
from playwright.sync_api import Browser, BrowserContext, Page, Request, expect

from citewell.assistant import Assistant
from citewell.web import server

GERMANY = "How many people were arrested in Germany?"
OWN = "The tide in Kiel\n\nThe tide rose to nine metres in Kiel. Anna Berg measured it at noon on Monday."

# The streams of answers that pages have open.
streams: set[Request] = set()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A browser of its own; what fails on the way is no error here, because the network is cut."""
    made = browser.new_context(reduced_motion="reduce")
    made.set_default_timeout(60_000)
    yield made
    made.close()
    streams.clear()


def opened(context: BrowserContext, url: str) -> Page:
    page = context.new_page()
    page.on("request", lambda request: streams.add(request) if "/queue/data" in request.url else None)
    for ended in ("requestfinished", "requestfailed"):
        page.on(ended, lambda request: streams.difference_update([request]))
    page.goto(url)
    expect(page.locator("#key [data-visit]")).to_be_attached()
    return page


def settled(page: Page) -> None:
    """Return when the page waits for nothing: no stream of answers is open for a while."""
    calm = 0
    while calm < 5:
        calm = 0 if streams else calm + 1
        page.wait_for_timeout(200)


def ask(page: Page, question: str) -> None:
    page.get_by_label("Your question").fill(question)
    page.keyboard.press("Enter")


def test_a_new_load_keeps_the_conversation_and_the_typed_question(context: BrowserContext, one: str) -> None:
    page = opened(context, one)
    ask(page, GERMANY)
    expect(page.locator(".turn .short")).to_have_text("42")
    page.get_by_label("Your question").fill("And in the Neth")
    page.reload()
    expect(page.locator(".turn .short")).to_have_text("42")
    expect(page.get_by_label("Your question")).to_have_value("And in the Neth")
    ask(page, "And in the Netherlands?")
    expect(page.locator(".turn .resolved")).to_contain_text("arrested in the Netherlands")
    # Nothing was agreed to: another tab begins anew, and the browser keeps nothing.
    other = opened(context, one)
    expect(other.locator(".welcome")).to_be_visible()
    assert other.evaluate("indexedDB.databases()") == []


class Pausing:
    """An assistant that waits in the middle of its first answer."""

    def __init__(self, assistant: Assistant) -> None:
        self.collection = assistant.collection
        self.settings = assistant.settings
        self.suggestions = assistant.suggestions
        self.is_sample = False
        self.whole = assistant
        self.go = Event()
        self.asked = 0

    def stream(self, question: str, *_: object, **__: object) -> Iterator[object]:
        self.asked += 1
        if self.asked == 1:
            yield "Some words of a first answer"
            self.go.wait(60)
        yield self.whole.ask(question)


def test_a_drop_in_the_middle_of_an_answer_ends_in_the_answer(
    context: BrowserContext, assistant: Assistant
) -> None:
    pausing = Pausing(assistant)
    running = server.start(cast("Assistant", pausing))
    page = opened(context, running.url)
    ask(page, GERMANY)
    expect(page.locator(".pending .statement")).to_be_visible()
    page.get_by_label("Your question").fill("typed meanwhile")
    context.set_offline(offline=True)
    page.wait_for_timeout(500)
    context.set_offline(offline=False)
    pausing.go.set()
    expect(page.locator(".turn .short")).to_have_text("42")
    expect(page.locator(".pending")).to_have_count(0)
    expect(page.locator(".turn")).to_have_count(1)
    expect(page.get_by_label("Your question")).to_have_value("typed meanwhile")
    page.close()
    running.close()


def test_after_a_restart_the_browser_brings_everything_back_and_nothing_else_is_answered(
    context: BrowserContext, assistant: Assistant
) -> None:
    # In one process Gradio numbers a second page's parts on; a server that is started anew begins again.
    number = Context.id
    running = server.start(assistant)
    port = int(running.url.rstrip("/").rpartition(":")[2])
    page = opened(context, running.url)
    ask(page, GERMANY)
    page.get_by_role("button", name="Keep them").click()
    expect(page.locator(".keeping .kept")).to_be_visible()
    page.get_by_role("button", name="Your own article").click()
    page.get_by_label("Paste text").fill(OWN)
    page.get_by_role("button", name="Read it").click()
    expect(page.locator(".told.ready")).to_be_visible()
    ask(page, "Who measured the tide?")
    expect(page.locator(".turn .short").last).to_have_text("Anna Berg")
    expect(page.locator("#memo pre")).to_contain_text("Anna Berg")

    settled(page)
    running.close()
    Context.id = number
    running = server.start(assistant, port=port)
    # The page has not noticed. What it asks is not answered, but brings its articles back.
    ask(page, "Who measured the tide on Monday?")
    expect(page.get_by_text("this browser brought the conversation back")).to_be_visible()
    expect(page.get_by_label("Answer from")).to_have_value("The tide in Kiel (yours)")
    expect(page.locator(".turn")).to_have_count(2)
    expect(page.get_by_label("Your question")).to_have_value("Who measured the tide on Monday?")
    page.get_by_label("Your question").press("Enter")
    last = page.locator('.turn[data-turn="2"]')
    expect(last.locator(".chip, .near").first).to_have_attribute("data-document", re.compile("^The-tide"))

    # A server of another version has other parts.
    settled(page)
    running.close()
    running = server.start(assistant, port=port)
    ask(page, "Where did the tide rise?")
    expect(page.get_by_text("this browser brought the conversation back")).to_be_visible()
    expect(page.locator(".turn")).to_have_count(3)
    expect(page.get_by_label("Your question")).to_have_value("Where did the tide rise?")

    settled(page)
    page.close()
    later = opened(context, running.url)
    expect(later.locator(".turn")).to_have_count(3)
    expect(later.get_by_label("Answer from")).to_have_value("The tide in Kiel (yours)")
    later.get_by_role("button", name="Forget it").click()
    running.close()
    running = server.start(assistant, port=port)
    later.close()
    expect(opened(context, running.url).locator(".welcome")).to_be_visible()
    running.close()
