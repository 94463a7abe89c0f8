"""A file that is small to send and dear to read is refused or read within limits, and harms nobody else."""

import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

import hostile
from citewell import plugins
from citewell.assistant import Assistant
from citewell.documents.confinement import RUNNING, Allowance, Confinement
from citewell.documents.document import Document, Ids, document
from citewell.documents.loading import Failure, FileLimits, load
from citewell.documents.passages import split
from citewell.documents.pdf import joining
from citewell.errors import LoadError
from citewell.index.collection import Pace
from citewell.settings import settings
from citewell.text.normalisation import normalise
from citewell.web import reading_queue
from citewell.web.chat import Chat

pytestmark = pytest.mark.unix("limits of a process")
resource = pytest.importorskip("resource")

ALLOWED = Allowance(memory_mb=400, seconds=2)
LIMITS = FileLimits(characters=1_000_000, articles=10)
UNIT = 1 if sys.platform == "darwin" else 1024
# What these are refused for; each of the others may be read, or be told as damaged.
REFUSED = {
    "paragraphs.docx": ("seconds of computing", "MB of memory"),
    "attributes.html": ("seconds of computing",),
    "unclosed.html": ("seconds of computing",),
    "page.html": ("seconds of computing", "MB of memory"),
    "lines.jsonl": ("more than 10 articles",),
    "same.jsonl": ("more than 10 articles",),
    "word.txt": ("more than 1,000,000 characters",),
    "sentences.txt": ("more than 1,000,000 characters",),
    "brackets.md": ("seconds of computing", "more than 1,000,000 characters"),
    "lies.docx": ("MB of memory", "damaged"),
    "corner.xlsx": ("spans 17,179,869,184 cells",),
    "repeats.pdf": ("seconds of computing", "MB of memory"),
}
# Each takes seconds to make, or is refused for the same as another.
LEFT_OUT = {"bomb.pdf", "cells.csv", "field.csv", "lies.docx", "parts.docx", "pages.pdf", "sentences.txt"}


@pytest.mark.parametrize("name", sorted(set(hostile.FILES) - LEFT_OUT))
def test_a_hostile_file_is_refused_or_read_within_limits(tmp_path: Path, name: str) -> None:
    path = hostile.write(tmp_path, name)
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    with Confinement(ALLOWED, LIMITS) as confinement:
        got = confinement.read(path, name)

    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert not list(RUNNING)
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 2 * ALLOWED.seconds + 3
    assert time.monotonic() - began < 60
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - own) * UNIT < 20_000_000
    if name in REFUSED:
        assert isinstance(got, Failure)
        assert any(limit in got.reason for limit in REFUSED[name]), got.reason


def test_one_file_that_kills_its_reader_does_not_stop_a_folder(tmp_path: Path) -> None:
    hostile.write(tmp_path, "attributes.html")
    for place in range(3):
        (tmp_path / f"{place}.txt").write_text("It rose.")
        (tmp_path / f"z{place}.txt").write_text("It fell.")

    with Confinement(Allowance(400, 1), FileLimits()) as confinement:
        loaded = load([tmp_path], read=confinement.read)

    assert len(loaded.documents) == 6
    assert [failure.name for failure in loaded.failures] == ["attributes.html"]


# A visitor's own articles.


class Sent:
    """What the page sends with an event."""

    def __init__(self, **data: object) -> None:
        self._data = data


@pytest.fixture(scope="module")
def few() -> Assistant:
    """An assistant whose visitors may bring little."""
    tide = document("The tide rose to 3.2 metres.", id="tide")
    return Assistant.from_documents(
        [tide],
        settings=settings(encoder="hashing", reader="similarity", own_passages=20, own_seconds=2),
    )


def test_a_visitor_who_leaves_stops_the_reading(few: Assistant, tmp_path: Path) -> None:
    path = hostile.write(tmp_path, "attributes.html")
    chat = Chat(few)
    reading = reading_queue.run_for_page(lambda link: chat.additions.queue.load([path], link))
    until = time.monotonic() + 10
    while not list(RUNNING) and time.monotonic() < until:
        next(reading)
    assert list(RUNNING)

    reading.close()

    until = time.monotonic() + 5
    while list(RUNNING) and time.monotonic() < until:
        time.sleep(0.05)
    assert not list(RUNNING)


def test_a_visitor_who_leaves_stops_the_indexing(few: Assistant) -> None:
    texts = [document(f"It rose {place}. " * 200, id=str(place)) for place in range(100)]
    seen: list[int] = []

    def work(link: reading_queue.PageLink) -> Assistant:
        def progress(done: int, total: int) -> None:
            seen.append(done)
            link(done, total)

        return few.beside(texts, progress=progress, pace=Pace(batch=1, check=link.check))

    reading = reading_queue.run_for_page(work)
    while not seen:
        next(reading)
    reading.close()
    time.sleep(1)
    stopped = len(seen)
    time.sleep(0.5)

    assert len(seen) == stopped < 100


def test_the_passages_of_a_visitor_are_limited(few: Assistant) -> None:
    long = document("\n\n".join(f"On day {place} the tide rose. " * 12 for place in range(60)), id="long")

    with pytest.raises(LoadError, match="more than 20 passages, the limit"):
        few.beside([long], pace=Chat(few).additions.queue.pace(reading_queue.PageLink()))
    assert few.beside(
        [document("It rose.", id="short")], pace=Chat(few).additions.queue.pace(reading_queue.PageLink())
    )


def test_so_many_are_read_at_once_and_the_others_wait(few: Assistant) -> None:
    queue, link = reading_queue.ReadingQueue(few.settings), reading_queue.PageLink()
    with queue.hold_place(link):
        waiting = reading_queue.PageLink()
        waiting.unwanted.set()
        with pytest.raises(reading_queue.UnwantedError), queue.hold_place(waiting):
            pass
    with queue.hold_place(link):
        pass


# Work that grows with the file and not faster.


class Counted(str):
    """A string that counts how often it is compared, as each look into a set or dict does."""

    __slots__ = ()
    compared = 0

    def __hash__(self) -> int:
        Counted.compared += 1
        return super().__hash__()

    def __eq__(self, other: object) -> bool:
        return super().__eq__(other)


def test_ids_that_all_meet_take_a_few_looks_each() -> None:
    ids = Ids()
    for _ in range(2000):
        ids.free(Counted("tide"))

    assert Counted.compared < 2000 * 8
    assert ids.free("tide") == "tide-2001"


def seconds(work: Callable[[str], object], text: str) -> float:
    """Return the lesser time of two that something takes."""
    times = []
    for _ in range(2):
        began = time.process_time()
        work(text)
        times.append(time.process_time() - began)
    return min(times)


def cut(text: str) -> object:
    encoder = plugins.load("encoders", "hashing")
    made = Document(id="a", title="a", text=text)
    return split(made, encoder.token_spans)


@pytest.mark.parametrize("line", ["the tide rose and", "investi-", "a-"])
def test_a_paragraph_of_very_many_lines_is_joined_in_linear_time(line: str) -> None:
    def join(text: str) -> object:
        return joining.join(text.split("\n"), Counter())

    once, eightfold = (seconds(join, "\n".join([line] * size)) for size in (4_000, 32_000))

    assert eightfold < 24 * once


# What a page may hold very much of; each piece is repeated.
PAINTED = {
    "raised": b"BT /F1 10 Tf 50 700 Td (a) Tj 4 Ts /F1 6 Tf (1) Tj 0 Ts ET ",
    "cells": b"BT /F1 1 Tf 4 0 0 4 50 700 Tm (a) Tj 40 0 Td (b) Tj ET ",
    "areas": b"0.5 g 0 0 600 800 re f 0 g BT /F1 9 Tf 50 700 Td (a b c) Tj ET ",
    "lines": b"0 5 m 600 5 l S 5 0 m 5 800 l S BT /F1 9 Tf 50 700 Td (a b c) Tj ET ",
}


@pytest.mark.parametrize("name", PAINTED)
def test_a_page_that_is_painted_on_very_often_is_read_in_linear_time(name: str, tmp_path: Path) -> None:
    path = tmp_path / "often.pdf"
    loader = plugins.load("loaders", "pdf")

    def load_repeated(times: str) -> object:
        path.write_bytes(hostile.pdf_of_content(PAINTED[name] * len(times)))
        return list(loader.load(path))

    once, eightfold = (seconds(load_repeated, "x" * size) for size in (500, 4_000))

    assert eightfold < 24 * once


@pytest.mark.parametrize("work", [normalise, cut])
@pytest.mark.parametrize(
    "piece",
    ["\u0301\u0323", "a", "It rose. ", "Mr. ", '"', "a\n\n", "\n", " ", "東。", "🌊\u200d", "[", "- a\n"],
)
def test_twice_the_text_takes_twice_the_time(work: Callable[[str], object], piece: str) -> None:
    size = 4_000 // len(piece)
    once, eightfold = (seconds(work, "a" + piece * (size * times) + "b") for times in (1, 8))

    # Quadratic work would take 64 times as long.
    assert eightfold < max(24 * once, 0.05)
