"""A browser, and servers with the default encoder, made once for all tests here."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Dialog, Page, expect

from citewell.assistant import Assistant
from citewell.documents.document import Document, document
from citewell.settings import settings
from citewell.web import server

# What the page must show comes after a child process has read a file, or after a model has: on a machine with
# two cores and two tests at once that takes longer than the five seconds that an expectation waits by itself.
WAIT_MS = 60_000
expect.set_options(timeout=WAIT_MS)

PANDAS = (
    # Gradio 6.31 counts its requests with pandas, in a way that pandas 3 dislikes.
    "ignore:'future.no_silent_downcasting' is deprecated:DeprecationWarning",
    "ignore:The copy keyword is deprecated:DeprecationWarning",
)

# The first sentence of two paragraphs, each long enough to be a passage.
REPEATED = "The boats Anna and Bertha 🌊🌊 were lost in the storm."
TWICE = f"""\
The tide rose

{REPEATED} The harbour was closed for two days, and the market with it. Traders moved their stalls to the
old railway station, where the roof leaks and the light is poor. Nobody complained about it in public,
said the man who keeps the keys. On Thursday the council met behind closed doors and spoke about the
budget for the coming year, about a new school and about the price of bread. It came to no decision and
will meet again in a month.

A week later the sun shone and children played on the beach. The ice cream seller from the corner had the
best day of his year. In the evening there was music on the square, and people danced until midnight. The
mayor did not come because she had a cold. Her deputy gave a short speech about the weather, which many
found too long. The brass band played the same three songs again and again. The fire brigade went home at
one.

{REPEATED} The harbour was closed for three days, and the market with it. Farmers moved their stalls to
the old railway station, where the roof leaks and the light is poor. Nobody complained about it in
public, said the man who keeps the keys. On Thursday the council met behind closed doors and spoke about
the budget for the coming year, about a new school and about the price of bread. It came to no decision
and will meet again in a month.
"""
HOSTILE = """\
<script>window.__pwned=1</script>

Paul Marsh wrote <img src=x onerror="window.__pwned=1"> and ![x](https://example.org/x.png) on the wall.

Paul Marsh said "><svg onload='window.__pwned=1'> [x](javascript:window.__pwned=1) ${window.__pwned=1}.

Paul Marsh left </mark></article><iframe src="javascript:window.__pwned=1"></iframe> \u202ein a rush\u202c.
"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)
            for warning in PANDAS:
                item.add_marker(pytest.mark.filterwarnings(warning))


@pytest.fixture(scope="session")
def one(assistant: Assistant) -> Iterator[str]:
    """The address of a chat about the default article."""
    running = server.start(assistant)
    yield running.url
    running.close()


@pytest.fixture(scope="session")
def articles() -> list[Document]:
    return [
        document(TWICE, id="tide", source="https://news.example/tide", published="2020-09-22"),
        document(HOSTILE, id='"><script>window.__pwned=1</script>', source="javascript:window.__pwned=1"),
    ]


@pytest.fixture(scope="session")
def several(assistant: Assistant, articles: list[Document]) -> Iterator[str]:
    """The address of a chat about two articles."""
    made = Assistant.from_documents(articles, settings=settings(), encoder=assistant.encoder)
    running = server.start(made)
    yield running.url
    running.close()


@pytest.fixture
def visit(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Open an address as a new visitor; fail if the page asks others, opens a dialog or has an error."""
    asked: list[str] = []
    wrong: list[str] = []
    contexts = []

    def refuse(dialog: Dialog) -> None:
        wrong.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def listen(said: ConsoleMessage) -> None:
        if said.type == "error":
            wrong.append(said.text)

    def open_page(url: str, width: int = 1280, height: int = 800, scheme: str = "light") -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if scheme == "dark" else "light",
            reduced_motion="reduce",
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(WAIT_MS)
        page.on("request", lambda request: asked.append(request.url))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", listen)
        page.on("dialog", refuse)
        page.goto(url)
        page.wait_for_selector(".conversation")
        return page

    yield open_page
    for context in contexts:
        context.close()
    elsewhere = [url for url in asked if not url.startswith(("http://127.0.0.1:", "data:", "blob:"))]
    assert (elsewhere, wrong) == ([], [])
    assert asked
