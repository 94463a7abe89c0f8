"""What is taken away from the page: copies, links, paper and the saved page, in a browser."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from citewell.assistant import Assistant
from citewell.documents.document import document
from citewell.documents.structure import TextBuilder
from citewell.settings import settings
from citewell.web import server

Visit = Callable[..., Page]
FIRST, SECOND = "How many cranes did the port lose?", "How many boats does the harbour keep?"
QUOTE = "The port lost four cranes in the autumn of 2020."


@pytest.fixture(scope="module")
def assistant_of_two(assistant: Assistant) -> Assistant:
    made = TextBuilder()
    made.heading("Annual report", 1)
    made.add("The port earned 3 million crowns in 2020.")
    before = made.end
    made.add(f"{QUOTE} Nobody was hurt.")
    made.mark_since("page", before, label="12", level=2)
    report = document(made.text, id="report", source="report.pdf", published="2021-01-10", marks=made.marks)
    fleet = document(
        "The fleet\n\nThe harbour of Kiel keeps twelve boats.",
        id="fleet",
        source="https://news.example/fleet",
        author="Ida Lund",
    )
    return Assistant.from_documents([report, fleet], settings=settings(), encoder=assistant.encoder)


@pytest.fixture(scope="module")
def url(assistant_of_two: Assistant) -> Iterator[str]:
    running = server.start(assistant_of_two)
    yield running.url
    running.close()


def ask(page: Page, question: str) -> Locator:
    turn = page.locator(f'.turn[data-turn="{page.locator(".turn").count()}"]')
    page.get_by_label("Your question").fill(question)
    page.keyboard.press("Enter")
    turn.wait_for()
    return turn


def test_answers_are_copied_printed_and_saved_with_numbers_that_run_on(
    visit: Visit, url: str, tmp_path: Path
) -> None:
    page = visit(url)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    first, second = ask(page, FIRST), ask(page, SECOND)
    expect(second.locator(".chip")).to_have_text("2")
    expect(page.locator(".voice")).to_contain_text("twelve")
    copies: dict[str, str] = {}
    for form in ("Text", "Markdown", "Citation"):
        for turn in (first, second):
            turn.get_by_role("button", name=f"Copy the answer with its quotes: {form}").click()
            expect(page.locator(".voice")).to_have_text("Copied")
            copies[form] = copies.get(form, "") + page.evaluate("navigator.clipboard.readText()")
    assert f"[1] “{QUOTE}”\nAnnual report, 10 January 2021, page 12, report.pdf" in copies["Text"]
    assert f"> {QUOTE}" in copies["Markdown"]
    link = "https://news.example/fleet#:~:text=The%20harbour%20of%20Kiel%20keeps%20twelve%20boats."
    assert f"[Link to the quote](<{link}>)" in copies["Markdown"]
    assert f"1. “{QUOTE}” “Annual report,” report.pdf, January 10, 2021, page 12." in copies["Citation"]
    assert f"Ida Lund, “The fleet,” news.example, {link}." in copies["Citation"]

    first.locator(".chip").hover()
    expect(page.locator(".tip")).to_contain_text("Nobody was hurt.")

    page.emulate_media(media="print")
    expect(page.locator(".bar")).to_be_hidden()
    expect(first.locator(".quote")).to_be_visible()
    expect(page.locator("#reader")).to_be_hidden()
    assert page.locator(".conversation").evaluate("box => box.scrollHeight <= box.clientHeight + 1")
    page.emulate_media(media="screen")

    with page.expect_download() as waited:
        page.get_by_role("button", name="Save the conversation: HTML").click()
    waited.value.save_as(tmp_path / "saved.html")
    saved = page.context.new_page()
    saved.goto((tmp_path / "saved.html").as_uri())
    saved.get_by_role("link", name="[2]").first.click()
    saved.locator("#turn-2-quote-2 a").first.click()
    expect(saved.locator("mark:has(:target)")).to_have_text("The harbour of Kiel keeps twelve boats.")
    saved.locator("mark:has(:target) + a").click()
    expect(saved.locator("#turn-2-quote-2:target")).to_be_visible()


def test_a_link_opens_the_article_at_the_quote(visit: Visit, url: str) -> None:
    page = visit(url)
    ask(page, FIRST).locator(".chip").click()
    link = page.locator(".facts").get_by_role("link", name="Link to the quote").get_attribute("href")
    assert link
    other = visit(url + link)
    expect(other.locator("mark.active")).to_have_text(QUOTE)
    expect(other.locator(".paper")).to_have_attribute("data-document", "report")
    wrong = visit(f"{url}#cite=%FF:1-2")
    expect(wrong.locator(".paper")).to_be_visible()
