"""An answer in the page while it is written, stopped, waited for, or broken by a mistake of ours."""

from collections.abc import Iterator
from threading import Event
from typing import cast

from playwright.sync_api import expect

from citewell.assistant import Assistant
from citewell.generation.generator import GenerationRequest, Pieces
from citewell.generation.parsing import parse_pieces
from citewell.web import server
from conversing import GERMANY, Visit, answered, ask


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
    expect(page.locator(".pending .proof q")).to_contain_text("42")
    pausing.go[0].set()
    expect(page.locator(".pending .struck del")).to_have_text("Six judges wept")
    pausing.go[1].set()
    turn = answered(page, 0)
    expect(turn.locator(".statement:not(.struck)")).to_contain_text("In Germany 42 people were arrested")
    expect(turn.locator(".struck")).to_contain_text("its citation")
    expect(turn.locator(".draft, .proof")).to_have_count(0)
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
