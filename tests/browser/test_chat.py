"""The web chat as a person sees it."""

import json
import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from citewell.assistant import Assistant
from citewell.documents.document import Document, document
from citewell.evaluation.questions import read
from citewell.index.encoders import hashing
from citewell.settings import settings
from citewell.web import server
from conversing import GERMANY, NOWHERE, Visit, answered, ask, bring, marked


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
    # The other answer's marks stay, dimmer.
    expect(page.locator('mark.earlier[data-turn="1"]').first).to_be_attached()


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


def test_a_sentence_that_stands_twice_is_marked_where_it_is_cited(
    visit: Visit, several: str, articles: list[Document]
) -> None:
    page = visit(several)
    turn = ask(page, "Which boats were lost in the storm?")
    expect(turn.locator(".chip")).to_have_count(1)
    text = articles[0].text
    sentence = text[15 : text.index("storm.") + 6]
    starts = [str(text.index(sentence)), str(text.rindex(sentence))]
    assert starts[0] != starts[1]
    turn.get_by_role("button", name="Citation 1", exact=True).click()
    assert marked(page, 1) == sentence
    mark = page.locator('mark[data-number="1"]')
    assert mark.get_attribute("data-start") in starts
    assert mark.get_attribute("data-start") == turn.locator(".chip").get_attribute("data-start")


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
    turn = ask(page, "And in the Netherlands?")
    expect(turn.locator(".resolved")).to_have_text(
        "Understood as: How many people were arrested in the Netherlands?"
    )
    expect(turn.locator(".short")).to_have_text("8")


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
    page = visit(one)
    expect(page.locator(".further button").first).to_be_visible()
    starters = page.locator("[data-ask]").evaluate_all("buttons => buttons.map(button => button.dataset.ask)")
    assert 3 <= len(set(starters)) == len(starters) <= 5  # fewer, where fewer are surely answered
    for starter in starters:
        page = visit(one)
        page.locator(f"[data-ask={json.dumps(starter, ensure_ascii=False)}]").click()
        expect(answered(page, 0).locator(".answer .chip").first).to_be_visible()


def test_questions_to_go_on_with_are_new_and_answered(visit: Visit, one: str, assistant: Assistant) -> None:
    page = visit(one)
    ask(page, GERMANY)
    near = assistant.ask(GERMANY).citations
    text, *_ = assistant.suggestions(near[0].document_id, 3, near=near, asked={GERMANY})
    further = page.locator(".further button")
    # The starters stand there until these are found.
    expect(further.first).to_have_text(text)
    further.first.click()
    turn = answered(page, 1)
    expect(turn.locator(".question")).to_have_text(text)
    expect(turn.locator(".chip").first).to_be_visible()
    expect(page.locator(".further button").filter(has_text=re.compile(f"^{re.escape(text)}$"))).to_have_count(
        0
    )


def test_a_mark_leads_back_to_the_answer_that_cites_it(visit: Visit, one: str) -> None:
    page = visit(one)
    first = ask(page, GERMANY)
    ask(page, "Summarise the article")
    page.locator('mark.earlier[data-turn="0"]').first.click()
    expect(first.locator(".chip").first).to_be_focused()
    expect(first).to_be_in_viewport()


def test_edit_retry_and_undo(visit: Visit, one: str) -> None:
    page = visit(one)
    box = page.get_by_label("Your question")
    ask(page, GERMANY)
    turn = ask(page, "And in the Netherlands?")
    # The answer that was there is shown until the new one is being made; what is undone must be the new one.
    turn.evaluate("turn => { turn.dataset.old = ''; }")
    turn.get_by_role("button", name="Ask again").click()
    expect(page.locator(".turn[data-old]")).to_have_count(0)
    expect(page.locator(".pending")).to_have_count(0)
    expect(page.locator(".turn")).to_have_count(2)
    expect(turn.locator(".short")).to_have_text("8")
    turn.get_by_role("button", name="Undo").click()
    expect(page.locator(".turn")).to_have_count(1)
    expect(box).to_have_value("And in the Netherlands?")
    page.locator('.turn[data-turn="0"]').get_by_role("button", name="Edit").click()
    expect(page.locator(".dimmed .turn")).to_have_count(1)
    expect(box).to_have_value(GERMANY)
    box.fill("How many people were arrested in the Netherlands?")
    page.keyboard.press("Enter")
    expect(page.locator(".turn .question")).to_have_text(
        ["How many people were arrested in the Netherlands?"]
    )
    expect(page.locator(".pending, .dimmed")).to_have_count(0)


def test_enter_sends_and_shift_enter_breaks_the_line(visit: Visit, one: str) -> None:
    page = visit(one)
    box = page.get_by_label("Your question")
    box.fill("How many people were")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("arrested in Germany?")
    expect(box).to_have_value("How many people were\narrested in Germany?")
    page.keyboard.press("Enter")
    expect(answered(page, 0).locator(".short")).to_have_text("42")


@pytest.mark.parametrize("kind", ["MD", "HTML", "JSON"])
def test_a_conversation_is_saved_as_a_file(visit: Visit, one: str, kind: str, assistant: Assistant) -> None:
    page = visit(one)
    ask(page, GERMANY)
    citation = assistant.ask(GERMANY).citations[0]
    with page.expect_download() as waited:
        page.get_by_role(
            "button", name=f"Save the conversation: {'Markdown' if kind == 'MD' else kind}"
        ).click()
    assert waited.value.suggested_filename.endswith(f".{kind.lower()}")
    text = Path(waited.value.path()).read_text(encoding="utf-8")
    assert str(citation.start) in text
    if kind == "JSON":
        assert json.loads(text)["turns"][0]["citations"][0]["cited_text"] == citation.quote


def test_a_verdict_becomes_a_question_that_evaluate_reads(
    visit: Visit, assistant: Assistant, tmp_path: Path
) -> None:
    path = tmp_path / "reported.jsonl"
    running = server.start(Assistant(assistant.collection, assistant.encoder, settings(feedback=path)))
    page = visit(running.url)
    turn = ask(page, GERMANY)
    turn.get_by_role("button", name="Wrong", exact=True).click()
    turn.get_by_label("What is the right answer?").fill("42 people")
    turn.get_by_role("button", name="Send").click()
    expect(turn.locator(".thanks")).to_be_visible()
    turn = ask(page, NOWHERE)
    turn.get_by_role("button", name="Right", exact=True).click()
    expect(turn.locator(".thanks")).to_be_visible()
    first, second = read(path).questions
    assert (first.question, first.answers) == (GERMANY, ("42 people",))
    assert (second.question, second.answerable, second.history) == (NOWHERE, False, (GERMANY,))
    page.close()
    running.close()


def test_the_page_speaks_german(visit: Visit, assistant: Assistant) -> None:
    running = server.start(Assistant(assistant.collection, assistant.encoder, settings(language="de")))
    page = visit(running.url)
    expect(page.locator(".welcome h2")).to_have_text("Fragen Sie den Artikel")
    page.get_by_label("Ihre Frage").fill(NOWHERE)
    page.keyboard.press("Enter")
    expect(answered(page, 0).locator(".reason")).to_have_text("Nicht im Artikel")
    page.close()
    running.close()


@pytest.mark.parametrize("paragraphs", [1, 5000])
def test_a_huge_article_is_shown_and_the_page_stays_quick(visit: Visit, paragraphs: int) -> None:
    sentence = "The lamp in the harbour was lit again, and nobody knew by whom. "
    filler = sentence * max(2_000_000 // len(sentence) // paragraphs, 1)
    text = "The lamp\n\n" + "\n\n".join([filler.strip()] * paragraphs)
    article = document(text, id="lamp")
    # Vectors of a hash: the pane is looked at here, and 40,000 sentences take the other encoder minutes.
    made = Assistant.from_documents([article], settings=settings(encoder="hashing"), encoder=hashing.create())
    running = server.start(made)
    page = visit(running.url)
    assert page.locator(".text").evaluate("text => text.textContent.length") == len(article.text)
    # What is typed is painted before a person would call it slow.
    page.evaluate(
        "() => { window.late = []; document.addEventListener('input', event => requestAnimationFrame("
        "() => setTimeout(() => window.late.push(performance.now() - event.timeStamp))), true); }"
    )
    page.get_by_label("Your question").press_sequentially("Who lit the lamp?")
    page.wait_for_function("window.late.length === 17")
    took = max(page.evaluate("window.late"))
    assert took < 1000
    page.close()
    running.close()


def test_a_question_that_is_refused_says_why_in_the_chat(visit: Visit, one: str) -> None:
    page = visit(one)
    turn = ask(page, "why " * 1200)
    expect(turn.locator(".refused")).to_contain_text("the limit is 4,000")
    expect(ask(page, GERMANY).locator(".short")).to_have_text("42")


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
    # The only link is ours, to the quote.
    foreign = 'script, img, svg, iframe, a:not([href^="#cite="])'
    assert page.locator(f":is(.paper, .conversation) :is({foreign})").count() == 0
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
    page.locator('[data-view="chat"]').evaluate("button => button.click()")
    turn.get_by_role("button", name="Wrong", exact=True).click()
    turn.get_by_role("button", name="Edit").click()
    page.locator(".replacing").wait_for()
    found += serious(page)
    bring(page)
    page.locator(".adding").wait_for()
    found += serious(page)
    assert found == []


def serious(page: Page) -> list[str]:
    """Return what keeps people out, with the first place where it stands."""
    violations = Axe().run(page).response["violations"]
    return [
        f"{violation['id']}: {violation['nodes'][0]['html'][:200]}"
        for violation in violations
        if violation["impact"] in {"serious", "critical"}
    ]
