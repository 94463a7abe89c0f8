"""The web chat as a person sees it."""

from collections.abc import Callable
from typing import cast

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from citewell.answering import Answer
from citewell.assistant import Assistant
from citewell.documents import Document
from citewell.web import server
from citewell.web.talk import STARTERS

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
    mark = page.locator(f'mark[data-number="{number}"]')
    expect(mark).to_be_in_viewport()
    expect(page.locator("mark.active")).to_have_count(1)
    expect(mark).to_have_class("cited active")
    return mark.text_content() or ""


def test_a_question_is_answered_with_its_citation_in_view(
    visit: Visit, one: str, assistant: Assistant
) -> None:
    page = visit(one)
    turn = ask(page, GERMANY)
    expected = assistant.ask(GERMANY)
    expect(turn.locator(".short")).to_have_text(expected.short)
    expect(turn.locator(".figure")).to_have_text(f"{expected.confidence:.0%}")
    assert marked(page, 1) == expected.citations[0].quote
    expect(page.get_by_label("Your question")).to_have_value("")
    expect(page.get_by_label("Your question")).to_be_focused()


def test_a_chip_lights_exactly_the_characters_that_it_quotes(
    visit: Visit, one: str, assistant: Assistant
) -> None:
    page = visit(one)
    turn = ask(page, "Summarise the article")
    for citation in assistant.ask("Summarise the article").citations:
        chip = turn.get_by_role("button", name=f"Citation {citation.number}", exact=True)
        expect(chip).to_have_accessible_description(f"{citation.quote} {citation.document_title}")
        chip.click()
        assert marked(page, citation.number) == citation.quote


def test_a_chip_of_an_earlier_answer_brings_its_marks_back(
    visit: Visit, one: str, assistant: Assistant
) -> None:
    page = visit(one)
    first = ask(page, GERMANY)
    ask(page, "Summarise the article")
    first.locator(".chip").first.click()
    expect(page.locator(".paper")).to_have_attribute("data-turn", "0")
    assert marked(page, 1) == assistant.ask(GERMANY).citations[0].quote


def test_the_keyboard_goes_from_a_chip_to_its_words_and_back(visit: Visit, one: str) -> None:
    page = visit(one)
    chip = ask(page, GERMANY).locator(".chip").first
    chip.focus()
    expect(page.locator(".tip")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator('mark[data-number="1"]')).to_be_focused()
    expect(page.locator(".tip")).to_be_hidden()
    page.keyboard.press("Escape")
    expect(chip).to_be_focused()


def test_hovering_a_chip_shows_its_quote(visit: Visit, one: str, assistant: Assistant) -> None:
    page = visit(one)
    ask(page, GERMANY).locator(".chip").first.hover()
    expect(page.locator(".tip")).to_contain_text(assistant.ask(GERMANY).citations[0].quote)


def test_the_same_sentence_twice_is_two_places(visit: Visit, several: str, articles: list[Document]) -> None:
    page = visit(several)
    turn = ask(page, "Which boats were lost in the storm?")
    expect(turn.locator(".chip")).to_have_count(2)
    text = articles[0].text
    sentence = text[15 : text.index("storm.") + 6]
    starts = [text.index(sentence), text.rindex(sentence)]
    tops = []
    for number, start in enumerate(starts, start=1):
        turn.get_by_role("button", name=f"Citation {number}", exact=True).click()
        assert marked(page, number) == sentence
        mark = page.locator(f'mark[data-number="{number}"]')
        expect(mark).to_have_attribute("data-start", str(start))
        tops.append(mark.evaluate("mark => mark.offsetTop"))
    assert tops[0] < tops[1]


def test_what_the_article_does_not_say_looks_different(visit: Visit, one: str, assistant: Assistant) -> None:
    page = visit(one)
    turn = ask(page, NOWHERE)
    expected = assistant.ask(NOWHERE)
    expect(turn.locator(".abstention .message")).to_have_text(expected.message)
    expect(turn.get_by_text("Closest in the article, not an answer")).to_be_visible()
    expect(turn.locator(".near")).to_have_count(len(expected.closest))
    expect(turn.locator(".answer, .short, .chip, .confidence")).to_have_count(0)
    turn.locator(".near").last.click()
    last = expected.closest[-1]
    mark = page.locator(f'mark[data-number="{last.number}"].active')
    expect(mark).to_be_in_viewport()
    expect(mark).to_have_class("closest active")


def test_a_follow_up_is_understood_and_says_how(visit: Visit, one: str) -> None:
    page = visit(one)
    ask(page, GERMANY)
    turn = ask(page, "And in Sweden?")
    expect(turn.locator(".resolved")).to_have_text("Understood as: How many people were arrested in Sweden?")
    expect(turn.locator(".short")).to_have_text("1")


def test_a_new_conversation_forgets_the_old_one(visit: Visit, one: str) -> None:
    page = visit(one)
    ask(page, GERMANY)
    page.get_by_role("button", name="New conversation").click()
    expect(page.locator(".welcome")).to_be_visible()
    expect(page.locator("mark")).to_have_count(0)
    expect(ask(page, "And in Sweden?").locator(".resolved")).to_have_count(0)


def test_two_visitors_do_not_share_a_history(visit: Visit, one: str) -> None:
    first, second = visit(one), visit(one)
    ask(first, GERMANY)
    turn = ask(second, "And in Sweden?")
    expect(turn.locator(".resolved")).to_have_count(0)
    expect(second.locator(".turn")).to_have_count(1)
    expect(ask(first, "And in Sweden?").locator(".resolved")).to_have_count(1)


def test_every_starter_is_answered(visit: Visit, one: str) -> None:
    for starter in STARTERS:
        page = visit(one)
        page.get_by_role("button", name=starter).click()
        expect(answered(page, 0).locator(".answer .chip").first).to_be_visible()


def test_a_question_that_is_refused_says_why_in_the_chat(visit: Visit, one: str) -> None:
    page = visit(one)
    turn = ask(page, "why " * 1200)
    expect(turn.get_by_role("alert")).to_contain_text("the limit is 4,000")
    expect(ask(page, GERMANY).locator(".short")).to_have_text("42")


class Broken:
    """An assistant with a mistake in it."""

    def __init__(self, assistant: Assistant) -> None:
        self.collection = assistant.collection

    def ask(self, question: str, *_: object, **__: object) -> Answer:
        raise ZeroDivisionError(question)


def test_a_mistake_of_ours_is_said_in_the_chat_without_its_traceback(
    visit: Visit, assistant: Assistant
) -> None:
    running = server.start(cast("Assistant", Broken(assistant)))
    page = visit(running.url)
    turn = ask(page, GERMANY)
    expect(turn.get_by_role("alert")).to_contain_text("Something went wrong")
    expect(turn.locator(".question")).to_have_text(GERMANY)
    expect(page.locator(".pending")).to_have_count(0)
    expect(page.get_by_text("ZeroDivisionError")).to_have_count(0)
    page.close()
    running.close()


def test_the_trace_says_how_an_answer_came_about(visit: Visit, one: str) -> None:
    page = visit(one)
    turn = ask(page, GERMANY)
    turn.get_by_text("Why this answer").click()
    expect(turn.locator("details tbody tr").first).to_contain_text("The arrests were carried out")


def test_a_citation_in_another_article_opens_it(visit: Visit, several: str, articles: list[Document]) -> None:
    page = visit(several)
    choose = page.get_by_label("Answer from")
    choose.click()
    page.get_by_role("option", name=articles[1].title).click()
    expect(page.locator(".paper")).to_have_attribute("data-document", articles[1].id)
    ask(page, "Who is mentioned?")
    choose.click()
    page.get_by_role("option", name=articles[0].title).click()
    expect(page.locator(".paper")).to_have_attribute("data-document", articles[0].id)
    page.locator(".chip").first.click()
    expect(page.locator(".paper")).to_have_attribute("data-document", articles[1].id)
    expect(page.locator('mark[data-number="1"]')).to_be_in_viewport()


def test_a_hostile_article_runs_nothing_and_is_read_as_it_stands(
    visit: Visit, several: str, articles: list[Document]
) -> None:
    page = visit(several)
    hostile = articles[1]
    page.get_by_label("Answer from").click()
    page.get_by_role("option", name=hostile.title).click()
    turn = ask(page, "Who is mentioned?")
    expect(turn.locator(".statement").first).to_contain_text("onerror=")
    for chip in turn.locator(".chip").all():
        chip.hover()
        chip.click()
    assert page.locator(".text").text_content() == hostile.text
    ask(page, '<img src=x onerror="window.__pwned=1"> ${window.__pwned=1} [x](javascript:window.__pwned=1)')
    assert page.locator(":is(.paper, .conversation) :is(script, img, svg, iframe, a)").count() == 0
    assert page.evaluate("window.__pwned") is None


@pytest.mark.parametrize("width", [320, 390, 768])
def test_a_narrow_screen_shows_one_pane_and_scrolls_only_down(visit: Visit, one: str, width: int) -> None:
    page = visit(one, width=width, height=700)
    turn = ask(page, GERMANY)
    expect(page.locator(".paper")).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth") == width
    turn.locator(".chip").first.click()
    expect(page.locator('mark[data-number="1"]')).to_be_in_viewport()
    expect(page.locator(".conversation")).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth") == width
    page.get_by_role("button", name="Chat").click()
    expect(page.locator(".conversation")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_nothing_serious(visit: Visit, one: str, several: str, scheme: str, width: int) -> None:
    page = visit(one, width=width, scheme=scheme)
    found = serious(page)
    turn = ask(page, GERMANY)
    turn.get_by_text("Why this answer").click()
    ask(page, NOWHERE)
    ask(page, "why " * 1200)
    found += serious(page)
    turn.locator(".chip").first.click()
    page.locator('mark[data-number="1"]').wait_for()
    found += serious(page)
    found += serious(visit(several, width=width, scheme=scheme))
    assert found == []


def serious(page: Page) -> list[str]:
    """Return what keeps people out, with the first place where it stands."""
    violations = Axe().run(page).response["violations"]
    return [
        f"{violation['id']}: {violation['nodes'][0]['html'][:200]}"
        for violation in violations
        if violation["impact"] in {"serious", "critical"}
    ]
