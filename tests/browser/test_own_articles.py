"""A visitor's own articles in the page: pasted, dropped, refused, and what of them was not read."""

from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from citewell.assistant import Assistant
from citewell.settings import settings
from citewell.web import server
from conversing import GERMANY, Visit, ask, bring, marked

OWN = "The bridge of Riga\n\nThe bridge of Riga is 600 metres long. It was opened by Ann Lee on 3 May 1999."


def test_pasted_text_is_asked_and_only_its_owner_sees_it(visit: Visit, one: str) -> None:
    page, other = visit(one), visit(one)
    bring(page)
    expect(page.get_by_label("Paste text")).to_be_focused()
    page.get_by_label("Paste text").fill(OWN)
    page.get_by_role("button", name="Read it").click()
    expect(page.locator(".told.ready")).to_contain_text("The bridge of Riga")
    expect(page.locator(".adding")).to_be_hidden()
    expect(page.locator(".paper h2")).to_have_text("The bridge of Riga")
    turn = ask(page, "How long is the bridge of Riga?")
    expect(turn.locator(".short")).to_contain_text("600")
    assert marked(page, 1) == "The bridge of Riga is 600 metres long."
    expect(turn.get_by_role("button", name="Right", exact=True)).to_have_count(0)
    expect(ask(other, "How long is the bridge of Riga?").locator(".abstention")).to_be_visible()
    expect(other.get_by_label("Answer from")).to_be_hidden()
    # A new load of the page is no new visitor; a second way of looking at it is.
    page.reload()
    expect(page.locator(".paper")).to_contain_text("Riga")
    other.reload()
    expect(other.locator(".turn")).to_have_count(1)
    expect(other.locator(".paper")).not_to_contain_text("Riga")


STRUCK = """\
# The bridge of Riga

The bridge of Riga is 600 metres long. It cost ~~nine~~ two million euros. ~~Nobody paid.~~

![The bridge at night](bridge.png)
"""
WITHDRAWN = "What is struck out was left out: “nine”; “Nobody paid.”."


def opened(page: Page, told: str) -> None:
    """Open the list of what was not read by keyboard, and find a warning in it."""
    unread = page.locator(".paper .unread")
    expect(unread.locator("summary")).to_have_text("2 things in this file were not read, or were guessed")
    expect(unread.get_by_text(told)).to_be_hidden()
    unread.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(unread.get_by_role("listitem").get_by_text(told)).to_be_visible()


def test_what_was_not_read_of_an_article_unfolds_over_it(
    visit: Visit, one: str, assistant: Assistant, tmp_path: Path
) -> None:
    (tmp_path / "riga.md").write_text(STRUCK, encoding="utf-8")
    (tmp_path / "tide.txt").write_text("The tide\n\nThe tide of Kiel rose to 3 metres.", encoding="utf-8")
    running = server.start(Assistant.from_files([tmp_path], settings=assistant.settings))
    page = visit(running.url)
    opened(page, WITHDRAWN)
    assert "nine" not in (page.locator(".paper .text").text_content() or "")
    # Another answer about the article leaves the list open; another article has none.
    ask(page, "How long is the bridge of Riga?")
    expect(page.locator(".paper mark").first).to_be_attached()
    expect(page.locator(".unread").get_by_text(WITHDRAWN)).to_be_visible()
    violations = Axe().run(page, context=".unread").response["violations"]
    assert [violation["id"] for violation in violations] == []
    ask(page, "How high was the tide of Kiel?")
    expect(page.locator(".paper")).to_have_attribute("data-document", "tide")
    expect(page.locator(".unread")).to_have_count(0)
    page.close()
    running.close()
    page = visit(one)
    expect(page.locator(".unread")).to_have_count(0)
    bring(page)
    page.set_input_files("#add-files", [tmp_path / "riga.md"])
    expect(page.locator("#status .ready")).to_be_visible()
    opened(page, WITHDRAWN)


def test_dropped_files_are_asked_and_what_cannot_be_read_is_named(
    visit: Visit, one: str, tmp_path: Path
) -> None:
    (tmp_path / "riga.md").write_text(OWN, encoding="utf-8")
    (tmp_path / "broken.pdf").write_bytes(b"no pdf")
    page = visit(one)
    bring(page)
    page.set_input_files("#add-files", [tmp_path / "riga.md", tmp_path / "broken.pdf"])
    expect(page.locator("#status .problem")).to_contain_text("broken.pdf")
    expect(page.locator("#status .ready")).to_be_visible()
    turn = ask(page, "Who opened the bridge?")
    expect(turn.locator(".short")).to_contain_text("Ann Lee")
    page.get_by_label("Answer from").click()
    page.get_by_role("option", name="All articles").click()
    expect(ask(page, GERMANY).locator(".short")).to_have_text("42")


def test_a_file_that_is_too_large_is_not_sent(visit: Visit, assistant: Assistant, tmp_path: Path) -> None:
    small = Assistant(assistant.collection, assistant.encoder, settings(max_file_bytes=1000))
    running = server.start(small)
    (tmp_path / "large.txt").write_text("word " * 1000)
    page = visit(running.url)
    bring(page)
    page.set_input_files("#add-files", tmp_path / "large.txt")
    expect(page.locator(".adding .problem")).to_contain_text("large.txt has 0.0 MB")
    page.close()
    running.close()


def test_a_file_past_a_limit_is_refused_and_the_page_says_so(
    browser: Browser, assistant: Assistant, tmp_path: Path
) -> None:
    few = Assistant(assistant.collection, assistant.encoder, settings(uploads_visitor=2))
    running = server.start(few)
    page = browser.new_page()  # not by `visit`: a browser calls a refusal an error
    page.goto(running.url)
    page.wait_for_selector(".conversation")
    bring(page)
    for number in range(3):
        (tmp_path / f"{number}.txt").write_text(f"Quay {number} is closed.")
    page.set_input_files("#add-files", [tmp_path / f"{number}.txt" for number in range(3)])
    told = page.locator(".adding .problem")
    expect(told).to_have_text("2.txt: one page may send 2 files within 60 minutes; try again later")
    page.close()
    running.close()
