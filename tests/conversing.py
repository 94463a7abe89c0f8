"""What tests in a browser do with the page: ask, wait for the answer, look at a mark, bring an article."""

from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

Visit = Callable[..., Page]
GERMANY = "How many people were arrested in Germany?"
NOWHERE = "How many people were arrested in Spain?"


def ask(page: Page, question: str) -> Locator:
    """Ask by keyboard; return the exchange when it is answered."""
    number = page.locator(".turn").count()
    page.get_by_label("Your question").fill(question)
    page.keyboard.press("Enter")
    return answered(page, number)


def answered(page: Page, number: int) -> Locator:
    turn = page.locator(f'.turn[data-turn="{number}"]')
    turn.wait_for()
    return turn


def marked(page: Page, number: int) -> str:
    """Return the characters of a mark, asserting that it is in view and lit, and that no other is."""
    mark = page.locator(f'mark.active[data-number="{number}"]')
    expect(mark).to_be_in_viewport()
    expect(page.locator("mark.active")).to_have_count(1)
    expect(mark).to_have_class("cited active")
    return mark.text_content() or ""


def bring(page: Page) -> None:
    page.get_by_role("button", name="Your own article").click()
