"""Five tasks of a newcomer in a real browser: counted and timed, with pictures; `make pictures` keeps them.

With TAKE_PICTURES the pictures and the table in docs/tutorial.md are written anew. Without it the steps are
counted all the same, and must be those that the table tells.
"""

import os
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

import papers
from citewell.assistant import Assistant
from citewell.settings import Settings
from citewell.web import server

ROOT = Path(__file__).parents[2]
TUTORIAL = ROOT / "docs" / "tutorial.md"
TABLE = re.compile(r"(?<=<!-- newcomer -->\n).*?(?=<!-- end -->)", re.DOTALL)
HEAD = "| task | steps | seconds | picture |\n|---|---|---|---|\n"
LARGEST = 120_000
COLOURS = 64

CATCH = [
    ["Harbour", "Boats", "Catch in tonnes"],
    ["Kiel", "14", "812"],
    ["Emden", "9", "655"],
    ["Moss", "31", "1,240"],
]
SANK = "The ferry to Oslo sank on Tuesday. {} people were on board of the ferry when it sank."
PAPERS = {
    f"{title}.txt": f"{title}\n\n{SANK.format(count)}"
    for title, count in (
        ("The ferry is lost", "Nine"),
        ("After the ferry", "Twelve"),
        ("All we know", "Fourteen"),
    )
}
DRAFT = (
    "179 people were arrested in operation DisrupTor. 42 of them were arrested in Germany."
    " Police seized more than $9.5 million in cash and virtual currencies."
)


@dataclass
class Newcomer:
    """Someone who uses the page; what they do is counted, and how long it takes.

    Attributes:
        page: The page.
        steps: How many times they clicked, typed or chose something, or pressed a key.
        began: When they began.
        took: Seconds until what they wanted was there; 0 before.
    """

    page: Page
    steps: int = 0
    began: float = field(default_factory=time.monotonic)
    took: float = 0

    def click(self, what: Locator) -> None:
        what.click()
        self.steps += 1

    def type(self, what: Locator, text: str) -> None:
        what.fill(text)
        self.steps += 1

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)
        self.steps += 1

    def choose_files(self, *paths: Path) -> None:
        self.page.set_input_files("#add-files", paths)
        self.steps += 1

    def ask(self, question: str) -> Locator:
        turn = self.page.locator(f'.turn[data-turn="{self.page.locator(".turn").count()}"]')
        self.type(self.page.get_by_label("Your question"), question)
        self.press("Enter")
        turn.wait_for()
        return turn

    def is_done(self) -> None:
        self.took = time.monotonic() - self.began


def get_a_first_answer(newcomer: Newcomer, _folder: Path) -> None:
    turn = newcomer.ask("How many vendors were arrested?")
    expect(turn.locator(".short")).to_contain_text("179")
    expect(newcomer.page.locator("mark.active")).to_be_in_viewport()


def ask_a_pdf_with_a_table(newcomer: Newcomer, folder: Path) -> None:
    (folder / "catch.pdf").write_bytes(
        papers.flowing(
            [
                papers.paragraph("The catch of 2021", 18),
                papers.paragraph("The harbours of the north told the ministry what they landed."),
                papers.table(CATCH, [("GRID", (0, 0), (-1, -1), 0.5, "black")]),
            ]
        )
    )
    newcomer.click(newcomer.page.get_by_role("button", name="Your own article"))
    newcomer.choose_files(folder / "catch.pdf")
    expect(newcomer.page.locator("#status .ready")).to_be_visible()
    turn = newcomer.ask("How many boats does the harbour of Emden have?")
    expect(turn.locator(".short, .near").first).to_contain_text("9")
    expect(newcomer.page.locator(".paper table")).to_contain_text("Emden")


def copy_a_citation(newcomer: Newcomer, _folder: Path) -> None:
    page = newcomer.page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    turn = newcomer.ask("How many vendors were arrested?")
    newcomer.click(turn.get_by_role("button", name="Copy the answer with its quotes: Citation"))
    expect(page.locator(".voice")).to_have_text("Copied")
    assert "179 vendors" in page.evaluate("navigator.clipboard.readText()")


def compare_three_articles(newcomer: Newcomer, folder: Path) -> None:
    page = newcomer.page
    for name, text in PAPERS.items():
        (folder / name).write_text(text, encoding="utf-8")
    newcomer.click(page.get_by_role("button", name="Your own article"))
    newcomer.choose_files(*(folder / name for name in PAPERS))
    expect(page.locator("#status .ready")).to_be_visible()
    newcomer.click(page.get_by_label("Answer from"))
    newcomer.click(page.get_by_role("option", name="All of your own articles"))
    turn = newcomer.ask("How many people were on board of the ferry?")
    expect(turn.locator(".sides .statement")).to_have_count(3)


def check_a_text(newcomer: Newcomer, _folder: Path) -> None:
    page = newcomer.page
    newcomer.click(page.get_by_role("button", name="Check a text", exact=True))
    newcomer.type(page.get_by_label("The text to check"), DRAFT)
    newcomer.click(page.get_by_role("button", name="Check", exact=True))
    expect(page.locator(".checking .saving")).to_be_visible()
    newcomer.click(page.locator(".claim.contradicted").first)
    expect(page.locator("#paper mark.active")).to_be_in_viewport()


TASKS: dict[str, tuple[str, Callable[[Newcomer, Path], None]]] = {
    "first-answer": ("get a first answer", get_a_first_answer),
    "own-pdf": ("ask a PDF of one's own about its table", ask_a_pdf_with_a_table),
    "citation": ("copy an answer's citation", copy_a_citation),
    "disagreement": ("see where three articles disagree", compare_three_articles),
    "check-text": ("check a text", check_a_text),
}


@pytest.fixture(scope="module")
def address(assistant: Assistant) -> Iterator[str]:
    """The address of the chat that a person has: with the threshold that ships, not that of the tests."""
    running = server.start(Assistant(assistant.collection, assistant.encoder, Settings(threshold=None)))
    yield running.url
    running.close()


def test_five_tasks_take_as_many_steps_as_the_tutorial_says(
    visit: Callable[..., Page], address: str, tmp_path: Path
) -> None:
    wanted = os.environ.get("TAKE_PICTURES")
    pictures = ROOT / "docs" / "pictures" if wanted else tmp_path
    rows = []
    for name, (told, do) in TASKS.items():
        newcomer = Newcomer(visit(address, width=1100, height=640))
        do(newcomer, tmp_path)
        newcomer.is_done()
        newcomer.page.screenshot(path=pictures / f"task-{name}.png", animations="disabled")
        shrink(pictures / f"task-{name}.png")
        picture = f"[picture](pictures/task-{name}.png)"
        rows.append(f"| {told} | {newcomer.steps} | {newcomer.took:.0f} | {picture} |\n")
        newcomer.page.context.close()
    text = TUTORIAL.read_text(encoding="utf-8")
    if wanted:
        TUTORIAL.write_text(TABLE.sub(HEAD + "".join(rows), text), encoding="utf-8")
        return
    found = TABLE.search(text)
    assert found is not None
    assert without_seconds(HEAD + "".join(rows)) == without_seconds(found[0])


def without_seconds(table: str) -> list[list[str]]:
    """Return the cells of a table without those that hang on the machine."""
    rows = [[cell.strip() for cell in row.split("|")[1:-1]] for row in table.strip().splitlines()]
    return [row[:2] + row[3:] for row in rows]


def shrink(path: Path) -> None:
    """Leave a picture as many colours as a page of text needs."""
    with Image.open(path) as picture:
        small = picture.convert("RGB").quantize(COLOURS)
    small.save(path, optimize=True)
    assert 5_000 < path.stat().st_size < LARGEST
