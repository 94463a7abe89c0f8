"""Several articles in the page: overviews, ticks, disagreement, removal; a low screen, and no colours."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from citewell.assistant import Assistant
from citewell.documents.document import document
from citewell.settings import Settings, settings
from citewell.web import server

Visit = Callable[..., Page]
FERRIES = [
    document(
        "The ferry to Oslo sank on Tuesday. Nine people were on board of the ferry when it sank.",
        id="nine",
        title="The ferry",
        published="2020-03-01",
    ),
    document(
        "The ferry to Oslo sank on Wednesday. Twelve people were on board of the ferry when it sank.",
        id="twelve",
        title="The ferry",
        published="2020-03-02",
    ),
    document(
        "A fair was held in Moss on Sunday. The mayor of Moss, Ida Lund, opened the fair at noon.",
        id="fair",
        title="A fair",
    ),
]
ON_BOARD = "How many people were on board of the ferry?"
NOWHERE = "What is the boiling point of tungsten?"


@pytest.fixture(scope="module")
def three(assistant: Assistant) -> Assistant:
    return Assistant.from_documents(FERRIES, settings=settings(), encoder=assistant.encoder)


@pytest.fixture(scope="module")
def url(three: Assistant) -> Iterator[str]:
    running = server.start(three)
    yield running.url
    running.close()


def ask(page: Page, question: str) -> Locator:
    turn = page.locator(f'.turn[data-turn="{page.locator(".turn").count()}"]')
    page.get_by_label("Your question").fill(question)
    page.get_by_label("Your question").press("Enter")
    turn.wait_for()
    return turn


def test_several_are_summed_up_one_by_one_and_disagree_side_by_side(visit: Visit, url: str) -> None:
    page = visit(url)
    page.get_by_role("button", name="Summarise the articles").click()
    turn = page.locator('.turn[data-turn="0"]')
    expect(turn.locator("h3.part")).to_have_text(
        ["The ferry, 1 March 2020", "The ferry, 2 March 2020", "A fair"]
    )
    expect(turn.locator(".chip")).to_have_count(6)
    turn.locator(".chip").last.click()
    expect(page.locator(".paper")).to_have_attribute("data-document", "fair")
    expect(page.locator("mark.active")).to_have_text("The mayor of Moss, Ida Lund, opened the fair at noon.")

    # Two of them disagree: both answers stand beside each other, each with its article.
    turn = ask(page, ON_BOARD)
    sides = turn.locator(".sides .statement")
    expect(sides).to_have_count(2)
    expect(sides.nth(0)).to_contain_text("Twelve")
    expect(sides.nth(0).locator(".from")).to_have_text("The ferry, 2 March 2020")
    expect(sides.nth(1).locator(".from")).to_have_text("The ferry, 1 March 2020")
    left, right = (side.bounding_box() for side in sides.all())
    assert left is not None
    assert right is not None
    assert left["y"] == right["y"]
    assert left["x"] + left["width"] <= right["x"]


def test_what_is_ticked_is_asked(visit: Visit, url: str) -> None:
    page = visit(url)
    # Ticked by keyboard: the form says so at once, keeps the focus and what is typed in it, and stays open.
    page.get_by_text("Chosen: 3 of 3 articles").click()
    page.get_by_label("Title holds").fill("ferry")
    tick = page.get_by_role("checkbox", name="The ferry (1 March 2020, nine)")
    tick.focus()
    page.keyboard.press("Space")
    expect(page.get_by_text("Chosen: 2 of 3 articles")).to_be_visible()
    expect(tick).not_to_be_checked()
    expect(tick).to_be_focused()
    expect(page.get_by_label("Title holds")).to_have_value("ferry")
    expect(page.get_by_label("Answer from")).to_have_value("The chosen 2 of 3 articles")
    assert not Axe().run(page, context="#filter").response["violations"]
    turn = ask(page, ON_BOARD)
    expect(turn.locator(".chip").first).to_have_attribute("data-document", "twelve")
    expect(turn.locator(".sides")).to_have_count(0)
    turn = ask(page, NOWHERE)
    expect(turn.locator(".message")).to_have_text(
        "Nothing in the 2 articles is about that, so I cannot answer it."
    )
    expect(turn.locator(".searched")).to_have_text("Searched: 2 of 3 articles (those that you ticked)")
    # One is chosen from the list, which holds those that are ticked; none at all is refused.
    page.get_by_label("Answer from").click()
    expect(page.get_by_role("option")).to_have_count(3)
    page.get_by_role("option", name="A fair").click()
    expect(ask(page, NOWHERE).locator(".message")).to_contain_text("Nothing in “A fair” is about that")
    page.get_by_label("Answer from").click()
    page.get_by_role("option", name="The chosen 2 of 3 articles").click()
    page.get_by_role("button", name="None").click()
    expect(page.get_by_text("Chosen: 0 of 3 articles")).to_be_visible()
    expect(ask(page, ON_BOARD).locator(".refused")).to_contain_text("No article is chosen")
    page.get_by_role("button", name="All", exact=True).click()
    expect(page.get_by_text("Chosen: 3 of 3 articles")).to_be_visible()
    boxes = page.locator(".ticks input")
    assert [box.is_checked() for box in boxes.all()] == [True, True, True]  # the one that was pressed too
    boxes.nth(0).click()
    expect(page.get_by_text("Chosen: 2 of 3 articles")).to_be_visible()
    boxes.nth(2).click()
    expect(page.get_by_text("Chosen: 1 of 3 articles")).to_be_visible()
    assert [box.is_checked() for box in boxes.all()] == [False, True, False]


def test_one_own_article_is_removed_and_asked_no_more(visit: Visit, url: str, tmp_path: Path) -> None:
    for name, metres in (("Kiel", "three"), ("Vik", "seven")):
        (tmp_path / f"{name}.txt").write_text(
            f"The tide at {name}\n\nThe tide rose to {metres} metres at {name}."
        )
    page = visit(url)
    page.get_by_role("button", name="Your own article").click()
    page.set_input_files("#add-files", [tmp_path / "Kiel.txt", tmp_path / "Vik.txt"])
    expect(page.locator("#status .ready")).to_be_visible()
    expect(page.get_by_text("Chosen: 5 of 5 articles")).to_be_visible()
    expect(ask(page, "How high did the tide rise at Kiel?").locator(".short")).to_contain_text("three")
    page.get_by_role("button", name="Remove this article").click()
    expect(page.get_by_text("Chosen: 4 of 4 articles")).to_be_visible()
    expect(page.get_by_label("Answer from")).to_have_value("The tide at Vik (yours)")
    page.get_by_label("Answer from").click()
    expect(page.get_by_role("option", name="(yours)")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.locator(".paper")).to_contain_text("seven metres at Vik")
    last = ask(page, "How high did the tide rise at Kiel?")
    expect(last.locator(".short").filter(has_text="three")).to_have_count(0)
    # The answer that quoted it stays to be read; its mark leads nowhere any more.
    expect(page.locator('.turn[data-turn="0"] .short')).to_contain_text("three")
    page.get_by_role("button", name="Remove this article").click()
    expect(page.get_by_label("Answer from")).to_have_value("All articles")
    expect(page.get_by_role("button", name="Remove this article")).to_have_count(0)


def test_a_low_screen_leaves_the_conversation_300_pixels(visit: Visit, url: str, one: str) -> None:
    page = visit(one, width=640, height=400)  # 1280 x 800 at a zoom of 200 %

    def height_seen() -> float:
        """How much of the conversation is neither covered nor off the screen."""
        seen, box, bar = (page.locator(name).bounding_box() for name in (".conversation", "#box", ".bar"))
        assert seen is not None
        assert box is not None
        assert bar is not None
        assert bar["y"] + bar["height"] <= seen["y"]
        return min(box["y"], 400) - seen["y"]

    assert height_seen() >= 300
    expect(page.get_by_role("button", name="New conversation")).to_be_in_viewport(ratio=1)
    turn = ask(page, "Summarise the article")
    expect(page.locator(".keeping .asks")).to_be_attached()
    assert height_seen() >= 300
    expect(turn.locator(".statement").first).to_be_in_viewport(ratio=1)
    assert page.evaluate("document.documentElement.scrollWidth") == 640
    # What gave way is scrolled to, and the question box stays.
    page.locator(".keeping [data-keep=no]").first.click()
    expect(page.locator(".keeping .unkept")).to_be_in_viewport()
    page.locator(".further button").first.scroll_into_view_if_needed()
    expect(page.get_by_label("Your question")).to_be_in_viewport(ratio=1)
    page.close()
    page = visit(url, width=640, height=400)
    page.get_by_role("button", name="Article", exact=True).click()
    page.get_by_text("Chosen: 3 of 3 articles").click()
    page.locator(".ticks input").last.scroll_into_view_if_needed()
    expect(page.locator(".ticks input").last).to_be_in_viewport(ratio=1)
    page.locator(".paper").scroll_into_view_if_needed()
    paper = page.locator(".paper").bounding_box()
    assert paper is not None
    assert paper["height"] >= 250
    assert [
        item["id"] for item in Axe().run(page).response["violations"] if item["impact"] == "critical"
    ] == []


def test_answer_possibly_and_silence_are_told_apart_without_colour(
    visit: Visit, url: str, three: Assistant
) -> None:
    strict = Assistant(three.collection, three.encoder, Settings(threshold=1))
    running = server.start(strict)
    sure, unsure = visit(url), visit(running.url)
    shown = {
        "answer": ask(sure, "Who opened the fair?").locator(".answer"),
        "possibly": ask(unsure, "Who opened the fair?").locator(".abstention"),
        "silence": ask(sure, NOWHERE).locator(".abstention"),
    }
    looks, words = set(), set()
    for page in (sure, unsure):
        page.emulate_media(forced_colors="active")  # the visitor's two or three colours, and no others
    for said in shown.values():
        line = said.evaluate(
            "box => { const s = getComputedStyle(box); return s.borderLeftStyle + s.borderLeftWidth; }"
        )
        looks.add(line)
        heading = said.locator(".reason, .short").first
        expect(heading).to_be_visible()
        words.add(heading.text_content())
    assert len(looks) == len(words) == 3
    expect(shown["answer"].locator(".short")).to_have_text("The mayor of Moss, Ida Lund")
    expect(shown["possibly"].locator(".reason")).to_have_text("Possibly in the articles")
    expect(shown["silence"].locator(".reason")).to_have_text("No passage is about this")
    expect(shown["answer"].locator(".chip")).to_have_count(1)
    expect(unsure.locator(".chip")).to_have_count(0)
    unsure.close()
    running.close()
