"""Answers in time, beside other work, and to many questions at once."""

import asyncio
import threading
import time
from collections.abc import Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from typing import Any

import onnxruntime
import pytest

from asynchrony import run_async
from citewell import streams
from citewell.answers.answer import Answer
from citewell.answers.writer import Event, Retrieved
from citewell.assistant import Assistant
from citewell.documents.passages import Passage
from citewell.errors import LateError, LoadError, QuestionError
from citewell.questions.history import History
from citewell.reading.reader import Reading
from citewell.reading.readers import cross_encoder
from citewell.reading.readers.similarity import SimilarityReader

TEXT = "The tide rose to 3.2 metres at Kiel on Monday. Nobody was hurt. Ann Lee closed the quay."
QUESTION = "How high did the tide rise at Kiel?"


@pytest.fixture(scope="module")
def small() -> Assistant:
    return Assistant.from_text(TEXT, title="Tide", encoder="hashing", reader="similarity", threshold=0)


@pytest.fixture
def slow(small: Assistant, monkeypatch: pytest.MonkeyPatch) -> Assistant:
    """An assistant whose reader takes a second."""
    read = SimilarityReader.read

    def waiting(self: SimilarityReader, question: str, passages: Sequence[Passage]) -> list[Reading]:
        time.sleep(1)
        return read(self, question, passages)

    monkeypatch.setattr(SimilarityReader, "read", waiting)
    return small


def test_whoever_waits_too_long_is_told_in_time(slow: Assistant) -> None:
    began = time.monotonic()
    with pytest.raises(LateError, match=r"no answer within 0\.2 s"):
        slow.ask(QUESTION, timeout=0.2)
    assert time.monotonic() - began < 0.9
    with pytest.raises(TimeoutError):
        run_async(slow.aask(QUESTION, timeout=0.2))


def test_a_limit_of_time_changes_no_answer(small: Assistant) -> None:
    whole = small.ask(QUESTION)
    assert whole.short == "3.2 metres"
    assert small.ask(QUESTION, timeout=60) == whole == run_async(small.aask(QUESTION, timeout=60))
    assert list(small.stream(QUESTION, timeout=60)) == list(small.stream(QUESTION))


def test_the_event_loop_goes_on_while_a_question_is_answered(slow: Assistant) -> None:
    async def count() -> tuple[int, list[Event]]:
        ticks = 0

        async def tick() -> None:
            nonlocal ticks
            while True:
                await asyncio.sleep(0.01)
                ticks += 1

        ticking = asyncio.create_task(tick())
        events = [event async for event in slow.astream(QUESTION)]
        ticking.cancel()
        return ticks, events

    ticks, events = run_async(count())
    assert ticks > 2  # none or one, where the loop waits
    assert events == list(slow.stream(QUESTION))
    assert isinstance(events[-1], Answer)


def test_a_stream_shows_where_it_looks_before_it_has_read(slow: Assistant) -> None:
    began = time.monotonic()
    events = slow.stream(QUESTION)
    first = next(events)
    assert time.monotonic() - began < 0.9
    assert isinstance(first, Retrieved)
    assert [(item.number, item.quote) for item in first.passages] == [(1, TEXT)]
    assert all(TEXT[item.start : item.end] == item.quote for item in first.passages)


def test_an_error_is_raised_where_it_is_waited_for(small: Assistant) -> None:
    with pytest.raises(QuestionError):
        small.ask("a" * 100_000, timeout=60)
    with pytest.raises(QuestionError):
        run_async(small.aask("a" * 100_000))


def test_a_source_that_nobody_waits_for_any_more_is_closed_at_its_next_item() -> None:
    closed = threading.Event()

    def endless() -> Generator[int]:
        try:
            number = 0
            while True:
                time.sleep(0.01)
                yield (number := number + 1)
        finally:
            closed.set()

    first = streams.within(endless(), 60)
    assert next(first) == 1
    first.close()
    assert closed.wait(5)

    closed.clear()

    async def take_one() -> int:
        source = streams.beside(endless())
        async for number in source:
            await source.aclose()
            return number
        return 0

    assert run_async(take_one()) == 1
    assert closed.wait(5)


def test_many_questions_are_answered_in_order_with_their_histories(small: Assistant) -> None:
    first = small.ask(QUESTION)
    asked: list[str | tuple[str, History]] = [QUESTION, ("And in Paris?", [first]), "Who closed the quay?"]
    found = list(small.ask_many(asked))
    assert found == [first, small.ask("And in Paris?", [first]), small.ask("Who closed the quay?")]
    assert found[1].is_rewritten
    with pytest.raises(LoadError, match="no article has the id 'ferry'"):
        next(small.ask_many([QUESTION], only=["ferry"]))


# Work that nobody waits for any more

LONG = " ".join(
    f"In town {number} the tide rose to {number}.2 metres and nobody was hurt." for number in range(200)
)
STEP_S = 0.1


@pytest.fixture(scope="module")
def reading() -> Assistant:
    """An assistant with our network, which reads five passages for a question."""
    made = Assistant.from_text(LONG, title="Tide", encoder="hashing", threshold=0, passage_tokens=64)
    assert len(made.collection.passages) > 8
    return made


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """When the network ran; each time takes a while longer."""
    run, times = onnxruntime.InferenceSession.run, list[float]()

    def slow(self: onnxruntime.InferenceSession, *given: Any) -> Any:
        times.append(time.monotonic())
        time.sleep(STEP_S)
        return run(self, *given)

    monkeypatch.setattr(onnxruntime.InferenceSession, "run", slow)
    monkeypatch.setattr(cross_encoder, "shared_pool", lambda: ThreadPoolExecutor(1))
    return times


def wait_for_threads() -> None:
    """Wait until every thread that a stream began has ended."""
    for thread in threading.enumerate():
        if thread.name == "citewell-stream":
            thread.join(60)


def test_work_ends_within_a_step_once_its_time_has_passed(reading: Assistant, runs: list[float]) -> None:
    assert len(list(reading.stream(QUESTION))) > 1
    whole = len(runs)
    assert whole >= 8
    runs.clear()
    with pytest.raises(LateError):
        reading.ask(f"Really: {QUESTION}", timeout=2 * STEP_S)  # what was read is remembered
    wait_for_threads()
    assert 1 <= len(runs) < whole / 2


def test_work_ends_within_a_step_once_a_stream_is_closed(reading: Assistant, runs: list[float]) -> None:
    async def leave() -> None:
        async with aclosing(reading.astream(f"Say, {QUESTION}")) as events:
            assert isinstance(await anext(events), Retrieved)
            await asyncio.sleep(STEP_S / 2)

    run_async(leave())
    wait_for_threads()
    assert 1 <= len(runs) < 4


def test_work_in_the_same_thread_ends_within_a_step_once_it_is_unwanted(
    reading: Assistant, runs: list[float]
) -> None:
    asked = reading.stream(f"Well, {QUESTION}")
    events = list(streams.while_wanted(asked, lambda: len(runs) >= 2))
    assert [type(event) for event in events] == [Retrieved]
    assert len(runs) == 2
    streams.check()  # nothing is left behind in this thread


def test_wanted_work_is_whole(reading: Assistant) -> None:
    assert list(streams.while_wanted(reading.stream(QUESTION), lambda: False)) == list(
        reading.stream(QUESTION)
    )


def test_work_of_a_caller_who_is_unwanted_is_unwanted_too() -> None:
    ended = threading.Event()

    def inner() -> Generator[int]:
        yield 1
        try:
            for _ in range(6000):
                time.sleep(0.01)
                streams.check()
        except streams.AbandonedError:
            ended.set()
            raise

    def outer() -> Generator[int]:
        yield 0
        yield from streams.within(inner(), 60)

    asked = streams.within(outer(), 60)
    assert next(asked) == 0
    with pytest.raises(LateError):
        list(streams.within(outer(), 0.2))
    assert ended.wait(5)
    asked.close()
