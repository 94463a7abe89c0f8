"""Compare generators on the same questions: extractive, a language model, and that with each guard off.

    .venv/bin/python benchmarks/generators.py --model FILE.gguf [--model FILE.gguf] [--split dev] [--json OUT]

Guards: the gate (the reader decides whether anything answers), grades (the model's own, where the reader is
not sure), the grammar (only statements with markers of passages that there are), the verifier (each statement
against its citation). Prints a table; `--json` keeps every answer, to be read by hand. Run it on an idle
machine.
"""

import argparse
import json
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

from citewell import plugins
from citewell.answers.answer import Answer
from citewell.answers.writer import Draft
from citewell.assistant import Assistant
from citewell.documents.loading import load
from citewell.evaluation import questions as question_sets
from citewell.evaluation import run
from citewell.evaluation.questions import Question
from citewell.evaluation.records import Record
from citewell.generation.generator import Generator
from citewell.settings import Settings

ROOT = Path(__file__).parent.parent
QUESTIONS = ROOT / "corpus" / "questions.jsonl"
ARTICLE = ROOT / "corpus" / "operation-disruptor.txt"
SILENT = ("off_topic", "hostile")


class Timed:
    """An assistant whose answers are streamed, with the time of the first word."""

    def __init__(self, assistant: Assistant) -> None:
        """Take an assistant."""
        self.assistant = assistant
        self.first: list[float] = []
        self.whole: list[float] = []

    def ask(self, question: str, history: Sequence[Any] = (), *, only: Any = None) -> Answer:
        """Answer, and note the times of answers that are none of them abstentions."""
        began, first = time.perf_counter(), 0.0
        for event in self.assistant.stream(question, history, only=only):
            if not first and isinstance(event, str | Draft):
                first = time.perf_counter() - began
            if isinstance(event, Answer):
                answer = event
                break
        else:
            message = "the stream ended without an answer"
            raise RuntimeError(message)
        if not answer.abstention:
            self.first.append(first)
            self.whole.append(time.perf_counter() - began)
        return answer


def share(records: Sequence[Record], is_so: Callable[[Record], bool]) -> str:
    """Return how many of some records are so."""
    return f"{sum(map(is_so, records))}/{len(records)}" if records else "–"


def right(record: Record) -> bool:
    """Whether a question was answered rightly."""
    return record["scores"].get("right") == 1.0


def silent(record: Record) -> bool:
    """Whether it was not answered."""
    return record["prediction"] is not None and record["prediction"]["abstention"] is not None


@contextmanager
def unverified(*, off: bool) -> Iterator[None]:
    """Show whatever a model writes with a marker, citing the passages that it names."""

    def unnarrowed(written: Any, *_: object) -> tuple[Any, str]:
        return written, "" if written.citations else "it cites nothing"

    with patch("citewell.answers.writer.narrow_citations", unnarrowed) if off else patch.dict({}):
        yield


def measured(
    name: str, assistant: Assistant, asked: Sequence[Question], *, verifier: bool = True
) -> dict[str, Any]:
    """Ask everything; print one line of the table, and return the records."""
    timed = Timed(assistant)
    with unverified(off=not verifier):
        timed.ask(asked[0].question)  # reads the prompt
        timed.first.clear()
        timed.whole.clear()
        report = run.evaluate(asked, timed, assistant.collection.documents)
    records = report.records
    answerable = [record for record in records if record["answerable"]]
    by_kind = {
        kind: [record for record in records if record["kind"] == kind]
        for kind in {r["kind"] for r in records}
    }
    quiet = [record for kind in SILENT for record in by_kind.get(kind, ())]
    dangling = sum(
        len(statement["dangling"])
        for record in records
        for statement in (record["prediction"] or {"statements": []})["statements"]
    )
    cells = (
        name,
        share(answerable, right),
        share([record for record in answerable if record["kind"] != "reasoning"], right),
        share([record for record in by_kind.get("reasoning", ()) if record["answerable"]], right),
        share(answerable, silent),
        share(by_kind.get("near_miss", ()), silent),
        share(quiet, silent),
        str(dangling),
        f"{statistics.median(timed.first):.2f} / {statistics.median(timed.whole):.2f}"
        if timed.first
        else "–",
    )
    print(f"| {' | '.join(cells)} |", flush=True)
    return {"name": name, "records": records}


def main() -> None:
    """Read the arguments and print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", action="append", default=[], help="GGUF file or name; repeatable")
    parser.add_argument("--split", default="dev")
    parser.add_argument("--only", action="append", help="only the row of this name; repeatable")
    parser.add_argument("--json", type=Path, help="write every record there")
    given = parser.parse_args()
    asked = [item for item in question_sets.read(QUESTIONS).questions if item.split == given.split]
    documents = load([ARTICLE]).documents
    assistant = Assistant.from_documents(documents, settings=Settings())
    open_gate = Assistant.from_documents(documents, settings=Settings(threshold=0), encoder=assistant.encoder)
    print(f"{len(asked)} questions of the split {given.split}")
    print(
        "| generator | right | all but reasoning | reasoning | false abstention | near misses abstained "
        "| off topic, hostile abstained | dangling | first word / whole, s |"
    )
    print(f"{'|---' * 9}|")
    rows: list[tuple[str, Callable[[], dict[str, Any]]]] = [
        ("extractive", lambda: measured("extractive", assistant, asked)),
        ("extractive, no gate", lambda: measured("extractive, no gate", open_gate, asked)),
    ]
    for model in given.model:
        rows += model_rows(model, assistant, open_gate, asked)
    found = [make() for name, make in rows if not given.only or name in given.only]
    if given.json:
        given.json.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def model_rows(
    model: str, assistant: Assistant, open_gate: Assistant, asked: Sequence[Question]
) -> list[tuple[str, Callable[[], dict[str, Any]]]]:
    """Return the rows of one model; it is loaded when the first of them is measured."""
    loaded: dict[bool, Generator] = {}

    def writer(*, grammar: bool = True) -> Generator:
        if grammar not in loaded:
            loaded.clear()  # two at a time are a lot of memory
            loaded[grammar] = plugins.load("generators", "llama_cpp", model=model, grammar=grammar)
        return loaded[grammar]

    def row(
        without: Sequence[str], asked_of: Assistant, *, grammar: bool = True, verifier: bool = True
    ) -> tuple[str, Callable[[], dict[str, Any]]]:
        name = ", ".join([Path(model).name.removesuffix(".gguf"), *(f"no {guard}" for guard in without)])

        def ask() -> dict[str, Any]:
            generator = writer(grammar=grammar)
            made = asked_of.with_generator(generator)
            made = made.graded_by(generator, None) if "grades" in without else made
            return measured(name, made, asked, verifier=verifier)

        return name, ask

    # A gate that is off lets through whatever the grades are; the others are held against "no grades".
    return [
        row([], assistant),
        row(["grades"], assistant),
        row(["grades", "gate"], open_gate),
        row(["grades", "verifier"], assistant, verifier=False),
        row(["grades", "grammar"], assistant, grammar=False),
    ]


if __name__ == "__main__":
    main()
