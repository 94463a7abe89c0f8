"""Let many people ask at once, over HTTP, and print how long they wait.

    python benchmarks/crowd.py [--people 20] [--questions 5]

Each person has a connection of their own and asks one question after another, follow-ups among them, with
their own history. Every answer must be the one that `Assistant.ask` gives to that question and that history:
an error, or somebody else's answer, ends the run.
"""

import argparse
import json
import statistics
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

from gradio_client import Client  # type: ignore[import-untyped] # it ships no types

from citewell.answering import Answer
from citewell.assistant import Assistant
from citewell.evaluation.questions import read
from citewell.web import server

ROOT = Path(__file__).parent.parent


def main() -> None:
    """Print a table of waiting times."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=20)
    parser.add_argument("--questions", type=int, default=5, help="of each person")
    given = parser.parse_args()
    assistant = Assistant.from_files([ROOT / "corpus" / "operation-disruptor.txt"])
    texts = [question.question for question in read(ROOT / "corpus" / "questions.jsonl").questions]
    running = server.start(assistant)
    try:
        talks = [
            [texts[(person * given.questions + turn) % len(texts)] for turn in range(given.questions)]
            for person in range(given.people)
        ]
        wanted = [
            [plain(assistant.ask(text, talk[:turn])) for turn, text in enumerate(talk)] for talk in talks
        ]
        alone = [asked(running.url, *pair) for pair in list(zip(talks, wanted, strict=True))[:2]]
        began = time.perf_counter()
        with ThreadPoolExecutor(given.people) as people:
            crowd = list(people.map(partial(asked, running.url), talks, wanted))
        took = time.perf_counter() - began
    finally:
        running.close()
    print(f"{given.people} people, {given.questions} questions each: no error, no answer of another's")
    for name, waits in (("one at a time", flat(alone)), ("all at once", flat(crowd))):
        ordered = sorted(waits)
        p95 = ordered[min(int(len(ordered) * 0.95), len(ordered) - 1)]
        median = statistics.median(waits)
        print(f"{name:14} median {median:6.2f} s   p95 {p95:6.2f} s   longest {max(waits):6.2f} s")
    print(f"{given.people * given.questions / took:.1f} answers a second")


def plain(answer: Answer) -> dict[str, Any]:
    """Return an answer as JSON has it, without what differs from time to time."""
    record: dict[str, Any] = json.loads(json.dumps(answer.to_dict()))
    record["trace"].pop("latency_ms")
    return record


def asked(url: str, talk: list[str], wanted: list[dict[str, Any]]) -> list[float]:
    """Ask one after another; return the seconds that each answer took."""
    client = Client(url, verbose=False)
    waits: list[float] = []
    for turn, (question, expected) in enumerate(zip(talk, wanted, strict=True)):
        began = time.perf_counter()
        got = client.predict(question, talk[:turn], api_name="/ask")
        waits.append(time.perf_counter() - began)
        got["trace"].pop("latency_ms")
        if got != expected:
            sys.exit(
                f"another answer than expected to {question!r}: {got['text']!r}, not {expected['text']!r}"
            )
    client.close()
    return waits


def flat(lists: list[list[float]]) -> list[float]:
    """Return all numbers of all lists."""
    return [number for numbers in lists for number in numbers]


if __name__ == "__main__":
    main()
