"""The view that finds sentences, in a browser."""

import csv
import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from citewell.assistant import Assistant
from citewell.documents.document import document
from citewell.index.encoders import hashing
from citewell.settings import settings
from citewell.web import server

Visit = Callable[..., Page]
QUOTE = "Anna Berg was arrested in Kiel on Monday."
ARTICLES = [
    document(f"🚢 The harbour reopened. {QUOTE}", id="one", title="Harbour", published="2019-10-12"),
    document(f"<b>{QUOTE}</b> Nothing else. {QUOTE}", id="two", title="<i>Police</i>"),
]


@pytest.fixture(scope="module")
def finder() -> Assistant:
    return Assistant.from_documents(ARTICLES, settings=settings(encoder="hashing"), encoder=hashing.create())


@pytest.fixture(scope="module")
def url(finder: Assistant) -> Iterator[str]:
    running = server.start(finder)
    yield running.url
    running.close()


def test_what_is_found_leads_to_its_mark_and_is_saved_as_a_file(
    visit: Visit, url: str, finder: Assistant
) -> None:
    findings = finder.find("Anna Berg was arrested.")
    assert len(findings.found) == 3
    page = visit(url)
    page.get_by_role("button", name="Find", exact=True).click()
    expect(page.locator("#talk")).to_be_hidden()
    page.get_by_label("What to find: a statement or a question").fill("Anna Berg was arrested.")
    page.keyboard.press("Enter")
    hits = page.locator(".finding .hit")
    expect(hits).to_have_count(3)
    for place, item in enumerate(findings.found):
        hits.nth(place).click()
        lit = page.locator("mark.found.active")
        expect(lit).to_have_attribute("data-number", str(item.citation.number))
        expect(lit).to_have_text(item.citation.quote)
        expect(lit).to_be_focused()
    page.keyboard.press("Escape")
    expect(hits.last).to_be_focused()
    for kind in ("csv", "json"):
        with page.expect_download() as waited:
            page.get_by_role("button", name=f"Save what was found: {kind.upper()}").click()
        text = Path(waited.value.path()).read_bytes().decode()
        rows = (
            json.loads(text)["found"]
            if kind == "json"
            else list(csv.DictReader(io.StringIO(text, newline="")))
        )
        assert [row["cited_text"] for row in rows] == [item.citation.quote for item in findings.found]
        assert [int(row["start_char_index"]) for row in rows] == [
            item.citation.start for item in findings.found
        ]


def test_the_conversation_comes_back_and_a_search_of_nothing_is_not_sent(visit: Visit, url: str) -> None:
    page = visit(url)
    page.get_by_role("button", name="Find", exact=True).click()
    page.keyboard.press("Enter")
    expect(page.locator(".finding .how")).to_be_visible()
    page.get_by_role("button", name="Chat", exact=True).click()
    expect(page.locator("#find")).to_be_hidden()
    expect(page.locator("#box textarea")).to_be_visible()
