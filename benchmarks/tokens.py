"""Compare how many tokens of the articles a language model is given: what is right, and how long it takes.

    python -m benchmarks.tokens --model qwen2.5-coder-1.5b [--tokens 100 200 300 600 2520] [--articles 24]
        [--questions 24] [--set news|article]

`news`: questions of the dev splits of tests/data/wikinews and tests/data/near_misses, each set alike, with so
many of their articles loaded, and two answerable questions for one that is not. `article`: the dev questions
about the shipped article, all of whose passages fit, so that every row but the first is alike. The same
questions are asked in every row; the first row has the article's own sentences, without a language model. A
sample is the same every time.

right: of the answerable questions. cited: of the same, with evidence among the citations. written: of what is
answered, in the model's own words. given: tokens of the articles in the prompt, on average. proof: when the
sentences are shown that the answer is written from; without a model, the answer itself. The seconds are those
of answered questions, by the clock; "processor" is computing per answered question, which other programs on
the machine disturb less: on two idle cores an answer takes a little more than half of it.
"""

import argparse
import statistics
import time
from collections.abc import Iterator, Sequence
from hashlib import sha256
from itertools import chain, islice, zip_longest
from pathlib import Path
from typing import Any

from benchmarks.answers import percentile
from citewell import plugins
from citewell.answers.answer import Answer
from citewell.answers.writer import Draft, Proof
from citewell.assistant import Assistant
from citewell.documents.document import Document
from citewell.documents.loading import load
from citewell.evaluation import questions as question_sets
from citewell.evaluation import run
from citewell.evaluation.questions import Question
from citewell.evaluation.records import Record
from citewell.generation.generator import GenerationRequest, Generator, Pieces
from citewell.settings import Settings, settings
from citewell.text import tokens

ROOT = Path(__file__).parent.parent
SETS = ("wikinews", "near_misses")
TOKENS = (100, 200, 300, 600, 2520)
UNANSWERABLE = 3  # one question in so many is not answerable


class Watched:
    """A generator that notes how many tokens of the articles it was given."""

    def __init__(self, generator: Generator) -> None:
        """Take the generator that writes."""
        self._generator = generator
        self.name, self.room, self.grading = generator.name, generator.room, generator.grading
        self.grade, self.standalone = generator.grade, generator.standalone
        self.given: list[int] = []

    def generate(self, task: GenerationRequest) -> Pieces:
        """Write as the generator does."""
        self.given.append(sum(map(tokens.count, task.evidence)))
        yield from self._generator.generate(task)


class Timed:
    """An assistant that is asked by its stream, and the times of its answers, abstentions left out."""

    def __init__(self, assistant: Assistant) -> None:
        """Take the assistant."""
        self._assistant = assistant
        self.proof: list[float] = []
        self.first: list[float] = []
        self.whole: list[float] = []
        self.computing: list[float] = []
        self.writers: list[str] = []

    def ask(self, question: str, history: Sequence[Any] = (), *, only: Any = None) -> Answer:
        """Answer, and note when the first words came and when the answer did."""
        began, computed = time.perf_counter(), time.process_time()
        first = proof = 0.0
        answer = None
        for event in self._assistant.stream(question, history, only=only):
            if not first and isinstance(event, str | Draft):
                first = time.perf_counter() - began
            if isinstance(event, Proof):
                proof = time.perf_counter() - began
            if isinstance(event, Answer):
                answer = event
        if answer is None:
            message = "the stream ended without an answer"
            raise RuntimeError(message)
        if not answer.abstention:
            self.proof.append(proof or first)
            self.first.append(first)
            self.whole.append(time.perf_counter() - began)
            self.computing.append(time.process_time() - computed)
            self.writers.append(answer.trace.writer)
        return answer


def order(key: str) -> str:
    """Return a key to sort by that depends on nothing but a name, so that a sample is the same every time."""
    return sha256(key.encode()).hexdigest()


def mixed(asked: Sequence[Question]) -> Iterator[Question]:
    """Yield questions, the answerable and the unanswerable mixed at a fixed rate."""
    ordered = sorted(asked, key=lambda item: order(item.id))
    answerable = iter([item for item in ordered if item.answerable])
    others = iter([item for item in ordered if not item.answerable])
    while True:
        taken = [*islice(answerable, UNANSWERABLE - 1), *islice(others, 1)]
        if not taken:
            return
        yield from taken


def news(articles: int, most: int) -> tuple[list[Document], list[Question]]:
    """Return articles of the news sets, and questions of their dev splits about these."""
    documents: list[Document] = []
    asked: list[Iterator[Question]] = []
    for name in SETS:
        folder = ROOT / "tests" / "data" / name
        # An id is that of the file's article: "articles/n140".
        found = {item.id.rpartition("/")[2]: item for item in load([folder / "articles.jsonl"]).documents}
        every = [
            item
            for item in question_sets.read(folder / "questions.jsonl").questions
            if item.split == "dev" and item.document_id in found
        ]
        chosen = sorted({item.document_id for item in every}, key=order)[: articles // len(SETS)]
        documents += [found[id_] for id_ in chosen]
        asked.append(mixed([item for item in every if item.document_id in chosen]))
    both = (item for item in chain.from_iterable(zip_longest(*asked)) if item is not None)
    return documents, list(islice(both, most))


def article(most: int) -> tuple[list[Document], list[Question]]:
    """Return the shipped article and dev questions about it."""
    every = question_sets.read(ROOT / "corpus" / "questions.jsonl").questions
    asked = mixed([item for item in every if item.split == "dev"])
    return [*load([ROOT / "corpus" / "operation-disruptor.txt"]).documents], list(islice(asked, most))


def is_cited(record: Record) -> bool:
    """Whether a question was answered, and a citation has evidence."""
    prediction = record["prediction"]
    return prediction is not None and any(citation["gold"] for citation in prediction["citations"])


def is_silent(record: Record) -> bool:
    """Whether a question was not answered."""
    prediction = record["prediction"]
    return prediction is not None and prediction["abstention"] is not None


def measure(name: str, assistant: Assistant, asked: Sequence[Question], watched: Watched | None) -> list[str]:
    """Ask everything; return a line of the table."""
    timed = Timed(assistant)
    timed.ask(asked[0].question)  # loads what the others find loaded, and has the prompt's beginning read
    for noted in (timed.proof, timed.first, timed.whole, timed.computing, timed.writers):
        noted.clear()
    if watched:
        watched.given.clear()
    records = run.evaluate(asked, timed, assistant.collection.documents).records
    answerable = [item for item in records if item["answerable"]]
    others = [item for item in records if not item["answerable"]]
    silent = sum(is_silent(item) for item in others)
    n = len(timed.whole)
    own = timed.writers.count(watched.name) if watched else 0
    return [
        name,
        f"{sum(item['scores'].get('right') == 1.0 for item in answerable)}/{len(answerable)}",
        f"{sum(map(is_cited, answerable))}/{len(answerable)}",
        f"{silent}/{len(others)}",
        f"{own}/{n}" if watched else "–",
        f"{statistics.mean(watched.given):.0f}" if watched and watched.given else "–",
        *(
            f"{statistics.median(values):.2f} / {percentile(values, 0.95):.2f}" if values else "–"
            for values in (timed.proof, timed.first, timed.whole)
        ),
        f"{statistics.mean(timed.computing):.2f}" if n else "–",
    ]


def main() -> None:
    """Read the arguments and print the table, a line as soon as it is measured."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", required=True, help="GGUF file or name")
    parser.add_argument("--tokens", type=int, nargs="+", default=list(TOKENS))
    parser.add_argument("--articles", type=int, default=24)
    parser.add_argument("--questions", type=int, default=24)
    parser.add_argument("--set", choices=("news", "article"), default="news")
    given = parser.parse_args()
    documents, asked = (
        news(given.articles, given.questions) if given.set == "news" else article(given.questions)
    )
    plain = Assistant.from_documents(documents, settings=Settings())
    size = sum(tokens.count(document.text) for document in documents)
    print(f"{len(documents)} articles of {size} tokens, {len(asked)} questions")
    heads = ["tokens", "right", "cited", "abstained", "written", "given", "proof, p50 / p95 s"]
    heads += ["first words, p50 / p95 s", "whole, p50 / p95 s", "processor, s"]
    print(f"| {' | '.join(heads)} |\n{'|---' * len(heads)}|", flush=True)
    print(f"| {' | '.join(measure('none: extractive', plain, asked, None))} |", flush=True)
    generator = plugins.load("generators", "llama_cpp", model=given.model)
    for most in given.tokens:
        made = Assistant(plain.collection, plain.encoder, settings(prompt_tokens=most))
        watched = Watched(generator)
        line = measure(str(most), made.with_generator(watched), asked, watched)
        print(f"| {' | '.join(line)} |", flush=True)


if __name__ == "__main__":
    main()
