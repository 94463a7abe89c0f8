"""The view that checks a text, in a browser."""

import json
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from threading import Event

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from citewell.assistant import Assistant
from citewell.checking.check import CheckedClaim, Outcome
from citewell.documents.document import document
from citewell.index.encoders import hashing
from citewell.settings import settings
from citewell.web import server

Visit = Callable[..., Page]
STORM = "🌊 The tide rose to 3.2 metres at Kiel. Two boats sank in the harbour. <b>Nobody</b> was hurt."
TEXT = (
    "🚢 The tide rose to 3.2 metres at Kiel.\n\nThe tide rose to 2.3 metres at Kiel. <img src=x> Is that so?"
)


class Slow(Assistant):
    """An assistant that checks one claim of a text, and goes on when it is told to."""

    go_on: Event
    ended: Event
    checked: int

    def stream_check(self, text: str, **named: object) -> Generator[CheckedClaim]:
        """Yield the first claim at once."""
        self.checked = 0
        try:
            for claim in super().stream_check(text, **named):  # type: ignore[arg-type]
                self.checked += 1
                yield claim
                self.go_on.wait(20)
        finally:
            self.ended.set()


@pytest.fixture(scope="module")
def checker() -> Slow:
    articles = [
        document(STORM, id="storm", title="Storm", published="2020-09-22"),
        document("A fair was held in Moss.", id="fair", title="Fair"),
    ]
    made = Slow.from_documents(articles, settings=settings(encoder="hashing"), encoder=hashing.create())
    assert isinstance(made, Slow)
    made.go_on, made.ended = Event(), Event()
    return made


@pytest.fixture(scope="module")
def url(checker: Slow) -> Iterator[str]:
    running = server.start(checker)
    yield running.url
    running.close()


def check(page: Page, text: str) -> None:
    page.get_by_role("button", name="Check a text", exact=True).click()
    page.get_by_label("The text to check").fill(text)
    page.keyboard.press("Control+Enter")


def test_claims_lead_to_their_marks_and_marks_back_and_all_is_saved(
    visit: Visit, url: str, checker: Slow
) -> None:
    checker.go_on.set()
    made = checker.check(TEXT)
    assert [item.outcome for item in made.claims][:2] == [Outcome.SUPPORTED, Outcome.CONTRADICTED]
    page = visit(url)
    check(page, TEXT)
    expect(page.locator(".checking .count")).to_have_text(made.summary)
    expect(page.locator(".unseen")).to_have_text(made.summary)
    assert page.locator(".claims").inner_text().count("supported") == 1
    for number, item in enumerate(made.claims[:2], start=1):
        claim = page.get_by_role("button", name=f"{number}, {item.outcome.value}: {item.text}")
        claim.focus()
        page.keyboard.press("Enter")
        lit = page.locator("#paper mark.active")
        expect(lit).to_have_text(item.citations[0].quote)
        expect(lit).to_have_attribute("data-start", str(item.citations[0].start))
        expect(page.locator(".verdict .hit")).to_have_text(item.citations[0].quote)
    expect(page.locator(".claim b.differs")).to_have_text("2.3 metres")
    expect(page.locator("#paper b.differs")).to_have_text("3.2 metres")
    assert not Axe().run(page).response["violations"]
    page.locator(".verdict .hit").click()
    expect(page.locator("#paper mark.active")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator('.claim[data-claim="2"]')).to_be_focused()
    for kind in ("md", "html", "json"):
        with page.expect_download() as waited:
            page.get_by_role("button", name=f"Save the check: {kind.upper()}").click()
        saved = Path(waited.value.path()).read_text(encoding="utf-8")
        assert made.summary in saved
        if kind == "json":
            assert json.loads(saved) | made.to_dict() == json.loads(saved)


def test_a_check_shows_its_first_claim_is_stopped_and_costs_nothing_when_it_is_left(
    visit: Visit, url: str, checker: Slow
) -> None:
    page = visit(url, width=390, height=780)
    for leaves in (False, True):
        checker.go_on.clear()
        checker.ended.clear()
        check(page, "The tide rose to 3.2 metres at Kiel. " * 40)
        expect(page.locator(".claim")).to_have_count(1)
        expect(page.locator(".going")).to_contain_text("1 of 40 claims")
        if leaves:
            page.close()
        else:
            page.get_by_role("button", name="Stop").click()
            expect(page.locator(".checking .how").last).to_have_text("Stopped after 1 of 40 claims.")
        checker.go_on.set()
        assert checker.ended.wait(20)
        assert checker.checked < 40, "it goes on for nobody"
        if not leaves:
            page.locator(".claim").click()
            expect(page.locator(".verdict")).to_be_in_viewport()
            assert page.evaluate("document.documentElement.scrollWidth") <= 390
            page.get_by_role("button", name="Change the text").click()
