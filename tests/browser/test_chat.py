"""The web chat as a person sees it."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event
from typing import cast

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect

from citewell.assistant import Assistant
from citewell.documents.document import Document, document
from citewell.evaluation.questions import read
from citewell.generation.generator import GenerationRequest, Pieces
from citewell.generation.parsing import parse_pieces
from citewell.index.encoders import hashing
from citewell.settings import settings
from citewell.web import server

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


class Slow:
    """An assistant that writes one statement and then thinks for long."""

    def __init__(self, assistant: Assistant) -> None:
        self.collection = assistant.collection
        self.settings = assistant.settings
        self.suggestions = assistant.suggestions
        self.is_sample = False
        self.go = Event()

    def stream(self, question: str, *_: object, **__: object) -> Iterator[object]:
        yield f"A first statement about {question[:4]}"
        self.go.wait(30)
        yield " and a second one."


def test_an_answer_is_shown_as_it_is_written_and_can_be_stopped(visit: Visit, assistant: Assistant) -> None:
    slow = Slow(assistant)
    running = server.start(cast("Assistant", slow))
    page = visit(running.url)
    page.get_by_label("Your question").fill("Why was it?")
    page.keyboard.press("Enter")
    expect(page.locator(".pending .statement")).to_have_text("A first statement about Why ")
    page.get_by_role("button", name="Stop").click()
    expect(page.locator(".turn .refused")).to_have_text("Stopped before there was an answer.")
    expect(page.locator(".pending")).to_have_count(0)
    expect(page.get_by_role("button", name="Ask", exact=True)).to_be_visible()
    slow.go.set()
    page.close()
    running.close()


class Pausing:
    """A language model that stops in the middle of each of its statements until it may go on."""

    name = "pausing"
    room = 10_000
    grading = None

    def __init__(self) -> None:
        self.go = [Event(), Event()]
        self.closed = Event()

    def generate(self, _task: GenerationRequest) -> Pieces:
        try:
            yield from parse_pieces(["Six jud"])
            self.go[0].wait(30)
            yield from parse_pieces(["ges wept [1", "]. In Germany 42 "])
            self.go[1].wait(30)
            yield from parse_pieces(["people were arrested [", "1]."])
        finally:
            self.closed.set()

    def grade(self, _question: str, _answer: str, _text: str) -> None:
        return None

    def standalone(self, _question: str, _earlier: object) -> str:
        return ""


def test_what_a_language_model_writes_is_seen_checked_and_struck_out(
    visit: Visit, assistant: Assistant
) -> None:
    pausing = Pausing()
    running = server.start(assistant.with_generator(pausing))
    page = visit(running.url)
    page.get_by_label("Your question").fill(GERMANY)
    page.keyboard.press("Enter")
    draft = page.locator(".pending .draft")
    expect(draft).to_have_text("Six jud")
    expect(page.locator(".pending .chip")).to_have_count(0)
    pausing.go[0].set()
    expect(page.locator(".pending .struck del")).to_have_text("Six judges wept")
    pausing.go[1].set()
    turn = answered(page, 0)
    expect(turn.locator(".statement:not(.struck)")).to_contain_text("In Germany 42 people were arrested")
    expect(turn.locator(".struck")).to_contain_text("its citation")
    expect(turn.locator(".draft")).to_have_count(0)
    expect(turn.locator(".short")).to_have_text("42")
    page.close()
    running.close()


def test_stopping_stops_the_language_model(visit: Visit, assistant: Assistant) -> None:
    pausing = Pausing()
    running = server.start(assistant.with_generator(pausing))
    page = visit(running.url)
    page.get_by_label("Your question").fill(GERMANY)
    page.keyboard.press("Enter")
    expect(page.locator(".pending .draft")).to_have_text("Six jud")
    page.get_by_role("button", name="Stop").click()
    expect(page.locator(".turn .refused")).to_have_text("Stopped before there was an answer.")
    pausing.go[0].set()
    assert pausing.closed.wait(10)
    assert not pausing.go[1].is_set()
    page.close()
    running.close()


def test_who_waits_for_others_sees_how_many(visit: Visit, assistant: Assistant) -> None:
    slow = Slow(assistant)
    running = server.start(cast("Assistant", slow))
    pages = [visit(running.url) for _ in range(5)]
    for page in pages:
        page.get_by_label("Your question").fill("Why was it?")
        page.keyboard.press("Enter")
    expect(pages[3].locator(".pending .statement")).to_be_visible()
    expect(pages[4].locator("#talk").get_by_text("queue: 1/1")).to_be_visible()
    slow.go.set()
    expect(pages[4].locator(".turn .refused, .turn .answer").first).to_be_visible()
    for page in pages:
        page.close()
    running.close()


OWN = "The bridge of Riga\n\nThe bridge of Riga is 600 metres long. It was opened by Ann Lee on 3 May 1999."


def bring(page: Page) -> None:
    page.get_by_role("button", name="Your own article").click()


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


class Broken:
    """An assistant with a mistake in it."""

    def __init__(self, assistant: Assistant) -> None:
        self.collection = assistant.collection
        self.settings = assistant.settings
        self.suggestions = assistant.suggestions
        self.is_sample = False

    def stream(self, question: str, *_: object, **__: object) -> Iterator[object]:
        raise ZeroDivisionError(question)


def test_a_mistake_of_ours_is_said_in_the_chat_without_its_traceback(
    visit: Visit, assistant: Assistant
) -> None:
    running = server.start(cast("Assistant", Broken(assistant)))
    page = visit(running.url)
    turn = ask(page, GERMANY)
    expect(turn.locator(".refused")).to_contain_text("Something went wrong")
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
