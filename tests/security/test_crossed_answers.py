"""Many visitors ask at once, each about an article of their own: nobody is shown another's answer."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from random import Random

import pytest
from gradio_client import Client  # type: ignore[import-untyped] # it ships no types

from citewell.assistant import Assistant
from citewell.documents.document import document
from citewell.index.encoders import hashing
from citewell.settings import settings
from citewell.web import server

VISITORS, QUESTIONS = 12, 5
TOWNS = "Kiel Riga Bergen Turku Lund Gdansk Tartu Malmo Narva Visby Odense Rostock".split()
COUNTED = "boats bridges towers cranes ferries".split()


def told(town: str) -> dict[str, int]:
    """Return what an article says of a town: figures that no other town has."""
    place = TOWNS.index(town)
    return {what: 1000 + 37 * (place * len(COUNTED) + number) for number, what in enumerate(COUNTED)}


@pytest.fixture(scope="module")
def assistant() -> Assistant:
    articles = [
        document(" ".join(f"{town} has {count} {what}." for what, count in told(town).items()), id=town)
        for town in TOWNS
    ]
    chosen = settings(encoder="hashing", reader="similarity", threshold=0.0)
    return Assistant.from_documents(articles, settings=chosen, encoder=hashing.create())


@pytest.fixture
def url(assistant: Assistant) -> Iterator[str]:
    running = server.start(assistant)
    yield running.url
    running.close()


def test_no_answer_of_many_at_once_is_another_s(url: str) -> None:
    together = threading.Barrier(VISITORS)

    def visit(number: int) -> list[tuple[str, str, set[str], str]]:
        town = TOWNS[number]
        asked = Random(number).sample(COUNTED, QUESTIONS)
        client = Client(url, verbose=False)
        together.wait(60)
        found = []
        for turn, what in enumerate(asked):
            question = f"How many {what} has {town}?"
            got = client.predict(question, [f"What has {town}?"][:turn], town, api_name="/ask")
            ids = {citation["document_id"] for citation in got["citations"]}
            found.append((question, got["question"], ids, got["text"]))
        client.close()
        return found

    with ThreadPoolExecutor(VISITORS) as people:
        every = list(people.map(visit, range(VISITORS)))

    assert sum(map(len, every)) == VISITORS * QUESTIONS
    for town, found in zip(TOWNS, every, strict=True):
        for question, echoed, ids, text in found:
            assert echoed == question
            assert ids == {town}
            assert not [other for other in TOWNS if other != town and other in text]
            what = question.split()[2]
            assert str(told(town)[what]) in text, (question, text)
