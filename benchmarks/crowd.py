"""Let many people ask at once, over HTTP, and print how long they wait and how much memory the server takes.

    python benchmarks/crowd.py [--people 20] [--questions 5] [--cores 2]
    python benchmarks/crowd.py --hostile [FILE ...] [--pairs 3]

Each person has a connection of their own and asks one question after another, follow-ups among them, with
their own history. Every answer must be the one that `Assistant.ask` gives to that question and that history:
an error, or somebody else's answer, ends the run. No question is asked twice, since what was read for the
last questions is remembered. --cores lets the server have so many cores of the machine.

With --hostile somebody beside them brings files that are small and dear to read, those of tests/hostile.py,
over and over. For each file the same people ask without it and with it, in turns; the table has the medians
of their waits and the ratio, with the lowest and the highest of the pairs.
"""

import argparse
import http.client
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

from gradio_client import Client  # type: ignore[import-untyped] # it ships no types

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests"))

import hostile  # noqa: E402 - of the tests
from citewell.answers.answer import Answer  # noqa: E402
from citewell.assistant import Assistant  # noqa: E402
from citewell.evaluation.questions import read  # noqa: E402
from visitor import Visitor  # noqa: E402

Crowd: TypeAlias = Callable[[], list[float]]
"""Lets all people ask, and returns what each answer took."""
ARTICLE = ROOT / "corpus" / "operation-disruptor.txt"
# People who ask one after the other, before the others ask at once.
ALONE = 2
# Let the neighbour's file be read already when the others begin, and the server be quiet again afterwards.
SETTLE_S = 1.0
# A server that is told to stop does so within this long, whatever it reads.
STOP_S = 5
# Those of tests/hostile.py that took most when they were found.
FIRST = 6


def main() -> None:
    """Print tables of waiting times and of memory."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--people", type=int, default=20)
    parser.add_argument("--questions", type=int, default=5, help="of each person")
    parser.add_argument("--cores", type=int, help="of the server [all]")
    parser.add_argument("--hostile", nargs="*", metavar="FILE", help="of tests/hostile.py [the first six]")
    parser.add_argument("--pairs", type=int, default=3, help="without and with, of each file")
    given = parser.parse_args()
    known = list(hostile.FILES)
    files = given.hostile or (known[:FIRST] if given.hostile is not None else [])
    if unknown := [name for name in files if name not in known]:
        parser.error(f"unknown {', '.join(unknown)}; there are: {', '.join(known)}")
    assistant = Assistant.from_files([ARTICLE])
    texts = [question.question for question in read(ROOT / "corpus" / "questions.jsonl").questions]
    talks = [
        [texts[(person * given.questions + turn) % len(texts)] for turn in range(given.questions)]
        for person in range(given.people + ALONE)
    ]
    wanted = [[plain(assistant.ask(text, talk[:turn])) for turn, text in enumerate(talk)] for talk in talks]
    with tempfile.TemporaryDirectory() as name, serving(Path(name), given.cores) as (process, url):
        crowd = partial(ask_all, url, talks[ALONE:], wanted[ALONE:])
        if files:
            beside(process, url, files, given.pairs, crowd)
        else:
            usual(process, url, talks, wanted, crowd)


def usual(
    process: int, url: str, talks: list[list[str]], wanted: list[list[dict[str, Any]]], crowd: Crowd
) -> None:
    """Print what twenty people wait for, and what memory the server takes before and after."""
    memory = [("before", taken(process))]
    alone = [asked(url, *pair) for pair in list(zip(talks, wanted, strict=True))[:ALONE]]
    memory.append(("after two", taken(process)))
    began = time.perf_counter()
    waits = crowd()
    took = time.perf_counter() - began
    memory.append(("after all", taken(process)))
    people = f"{len(talks) - ALONE} people, {len(talks[0])} questions each"
    print(f"{people}: no error, no answer of another's")
    for name, found in (("one at a time", flat(alone)), ("all at once", waits)):
        ordered = sorted(found)
        p95 = ordered[min(int(len(ordered) * 0.95), len(ordered) - 1)]
        median = statistics.median(found)
        print(f"{name:14} median {median:6.2f} s   p95 {p95:6.2f} s   longest {max(found):6.2f} s")
    print(f"{len(waits) / took:.1f} answers a second")
    for name, record in memory:
        print(f"memory {name:10} {told(record)}")


def beside(process: int, url: str, files: Sequence[str], pairs: int, crowd: Crowd) -> None:
    """Print what people wait for while somebody brings each file, against the same without."""
    crowd()  # the first questions load what the others find loaded
    heads = f"{'without':>8} {'with':>8} {'ratio':>6} {'lowest':>7} {'highest':>7}"
    print(f"{'file':24} {heads}  sent  what the first was told")
    print(f"memory before: {told(taken(process))}")
    with tempfile.TemporaryDirectory() as name:
        for file in files:
            data = hostile.write(Path(name), file).read_bytes()
            without: list[float] = []
            with_: list[float] = []
            ratios = []
            said: list[str] = []
            for _ in range(pairs):
                one = crowd()
                with bringing(url, file, data, said):
                    other = crowd()
                without += one
                with_ += other
                ratios.append(statistics.median(other) / statistics.median(one))
            medians = [statistics.median(waits) for waits in (without, with_)]
            ratio = medians[1] / medians[0]
            figures = (
                f"{medians[0]:7.2f}s {medians[1]:7.2f}s {ratio:6.2f} {min(ratios):7.2f} {max(ratios):7.2f}"
            )
            print(f"{file:24} {figures} {len(said):5}  {said[0] if said else 'nothing yet'}", flush=True)
    print(f"memory after:  {told(taken(process))}")


@contextmanager
def bringing(url: str, name: str, data: bytes, said: list[str]) -> Iterator[None]:
    """Let somebody bring a file over and over, each time as a visitor who has just come."""
    done = threading.Event()

    def bring() -> None:
        while not done.is_set():
            said.append(upload(url, name, data))

    neighbour = threading.Thread(target=bring, daemon=True)
    neighbour.start()
    time.sleep(SETTLE_S)
    yield
    done.set()
    neighbour.join(120)
    time.sleep(SETTLE_S)


def upload(url: str, name: str, data: bytes) -> str:
    """Send a file as the page does and have it read; return what the visitor is told."""
    try:
        visitor = Visitor(url)
        status, token = visitor.upload(name, data)
        if status != http.client.OK:
            time.sleep(SETTLE_S)
            return f"{status} {token}"
        return problem(visitor.read(token))
    except (OSError, http.client.HTTPException) as error:
        return f"hung up: {error}"


def problem(stream: str) -> str:
    """Return the sentence that a stream of events ends with."""
    found = [part.partition("<")[0] for part in stream.replace("\\u003c", "<").split(">")]
    sentences = [part.strip() for part in found if " " in part.strip() and "{" not in part]
    return sentences[-1][:100] if sentences else stream[-100:]


@contextmanager
def serving(folder: Path, cores: int | None) -> Iterator[tuple[int, str]]:
    """Run the server on the default article as a process of its own, on so many cores: number and address."""
    index = folder / "index"
    base = [sys.executable, "-m", "citewell"]
    # One network address brings everything here, so its limits are those of all.
    limits = {f"CITEWELL_{key}": "100000" for key in ("UPLOADS_VISITOR", "UPLOADS_ADDRESS", "UPLOADS_ALL")}
    limits |= {
        f"CITEWELL_{key}": str(10**12)
        for key in ("UPLOAD_BYTES_VISITOR", "UPLOAD_BYTES_ADDRESS", "UPLOAD_BYTES_ALL")
    }
    environment = os.environ | limits
    subprocess.run([*base, "index", str(ARTICLE), "--index", str(index)], check=True, capture_output=True)
    if cores:  # the server inherits them
        own = os.sched_getaffinity(0)
        os.sched_setaffinity(0, sorted(own)[:cores])
    command = [*base, "serve", "--port", "0", "--index", str(index), "--queue", "1000"]
    log = (folder / "log").open("wb")
    process = subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=log)
    if cores:
        os.sched_setaffinity(0, own)
    try:
        assert process.stdout  # noqa: S101 - asked for above
        line = process.stdout.readline().decode()
        if not line.startswith("citewell is on "):
            message = f"the server did not start: {(folder / 'log').read_text(encoding='utf-8')}"
            sys.exit(message)
        yield process.pid, line.split()[3]
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            print(f"SIGTERM did not end the server within {STOP_S} s")
            process.kill()
            process.wait()
        log.close()


def taken(process: int) -> dict[str, float]:
    """Return the memory of a process in megabytes: resident, its peak, and what no file stands behind."""
    fields = dict(
        line.split(":", 1)
        for line in Path(f"/proc/{process}/status").read_text(encoding="utf-8").splitlines()
    )
    names = {"resident": "VmRSS", "peak": "VmHWM", "anonymous": "RssAnon"}
    return {name: int(fields[key].split()[0]) / 1024 for name, key in names.items()}


def told(record: dict[str, float]) -> str:
    """Return memory as it is printed."""
    return "   ".join(f"{name} {megabytes:7.0f} MB" for name, megabytes in record.items())


def plain(answer: Answer) -> dict[str, Any]:
    """Return an answer as JSON has it, without what differs from time to time."""
    record: dict[str, Any] = json.loads(json.dumps(answer.to_dict()))
    record["trace"].pop("latency_ms")
    return record


def ask_all(url: str, talks: list[list[str]], wanted: list[list[dict[str, Any]]]) -> list[float]:
    """Let everybody ask at once; return the seconds that each answer took."""
    with ThreadPoolExecutor(len(talks)) as people:
        return flat(list(people.map(partial(asked, url), talks, wanted)))


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
            message = (
                f"another answer than expected to {question!r}: {got['text']!r}, not {expected['text']!r}"
            )
            sys.exit(message)
    client.close()
    return waits


def flat(lists: list[list[float]]) -> list[float]:
    """Return all numbers of all lists."""
    return [number for numbers in lists for number in numbers]


if __name__ == "__main__":
    main()
