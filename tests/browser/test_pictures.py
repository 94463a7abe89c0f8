"""The pictures in the documentation, taken from the program as it is: `make pictures` writes them anew."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from citewell.assistant import Assistant
from citewell.evaluation import report_html
from citewell.evaluation.questions import read
from citewell.evaluation.run import Search, evaluate
from citewell.settings import Settings
from citewell.web import server

ROOT = Path(__file__).parents[2]
QUESTIONS = (
    "Who is the mayor of Berlin?",
    "How many vendors were arrested?",
    "Who coordinated the operation?",
)

DRAFT = """\
Agencies from all over the world announced the results of an operation called DisrupTor. 179 vendors were \
arrested across Europe and the United States, and over $8.5 million were seized in cash and virtual \
currencies.

Edvardas Šileris of Europol said that "the hidden internet is no longer safe, and your anonymous activity is \
not anonymous". The operation cost the police forces forty million euros. Is it over now?
"""


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where pictures go: the documentation when that is what the run is for, else nowhere that lasts."""
    wanted = os.environ.get("TAKE_PICTURES")
    return ROOT / "docs" / "pictures" if wanted else tmp_path_factory.mktemp("pictures")


@pytest.fixture(scope="module")
def shipped(assistant: Assistant) -> Assistant:
    """The assistant that a person has: from the threshold that ships, not from that of the tests."""
    return Assistant(assistant.collection, assistant.encoder, Settings(threshold=None))


@pytest.fixture(scope="module")
def address(shipped: Assistant) -> Iterator[str]:
    """The address of its chat."""
    running = server.start(shipped)
    yield running.url
    running.close()


def converse(page: Page) -> None:
    """Ask what the pictures show."""
    for number, question in enumerate(QUESTIONS):
        page.get_by_label("Your question").fill(question)
        page.keyboard.press("Enter")
        page.locator(f'.turn[data-turn="{number}"]').wait_for()
    expect(page.locator(".further button").first).to_be_visible()
    expect(page.locator(".turn .confidence").last).to_be_in_viewport()


@pytest.mark.parametrize(
    ("name", "look"),
    [
        ("chat", {"width": 1280, "height": 1010}),
        ("chat-dark", {"width": 1280, "height": 1010, "scheme": "dark"}),
        ("chat-phone", {"width": 390, "height": 780}),
    ],
)
def test_the_chat(
    visit: Callable[..., Page], address: str, pictures: Path, name: str, look: dict[str, int | str]
) -> None:
    page = visit(address, **look)
    converse(page)
    page.screenshot(path=pictures / f"{name}.png")
    assert (pictures / f"{name}.png").stat().st_size > 10_000


def test_a_checked_text(visit: Callable[..., Page], address: str, pictures: Path) -> None:
    page = visit(address, width=1280, height=800)
    page.get_by_role("button", name="Check a text", exact=True).click()
    page.get_by_label("The text to check").fill(DRAFT)
    page.get_by_role("button", name="Check", exact=True).click()
    expect(page.locator(".checking .saving")).to_be_visible()
    page.locator(".claim.contradicted").first.click()
    expect(page.locator("#paper mark.active")).to_be_in_viewport()
    page.screenshot(path=pictures / "check.png")
    assert (pictures / "check.png").stat().st_size > 10_000


def test_the_report(browser: Browser, shipped: Assistant, pictures: Path, tmp_path: Path) -> None:
    wanted = os.environ.get("TAKE_PICTURES")
    chosen = read(ROOT / "corpus" / "questions.jsonl").select("dev", limit=None if wanted else 5)
    found = evaluate(chosen.questions, shipped, shipped.collection.documents, search=Search.of(shipped))
    report_html.write(found.to_dict(), tmp_path / "report.html")
    page = browser.new_page(viewport={"width": 1280, "height": 860})
    page.goto((tmp_path / "report.html").as_uri())
    page.screenshot(path=pictures / "report.png")
    page.close()
    assert (pictures / "report.png").stat().st_size > 10_000
