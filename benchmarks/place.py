"""Measure what a passage's place is worth to the encoder, to BM25 and to the reader.

    python -m benchmarks.place                 # how well passages are found, by the parts of their place
    python -m benchmarks.place --read          # what is shown, by the parts that the reader is given
    python -m benchmarks.place --read --unchecked  # the same without the check of what a question names
    python -m benchmarks.place --read --shipped    # what is shown, with the parts that ship alone

Asked are the development questions of the pooled sets and of the made sets in `tests/data/places`, each of
all articles of its set. Found: the share of the relevant passages among the first five (recall@5), and
MRR@10. Behind the table stands what the shipped place gains over all sets, each question asked with and
without it, with the 95 % interval of a bootstrap over questions. Shown, at the threshold that ships: how many
answers are right, are wrong, and cite an article without evidence, and how many of the questions without an
answer get one.
"""

import argparse
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from unittest.mock import patch

import numpy as np
from rich.console import Console
from rich.table import Table

from citewell import plugins
from citewell.assistant import Assistant
from citewell.documents.document import Document
from citewell.documents.loading import load
from citewell.documents.passages import Passage
from citewell.documents.places import Part, place_parts, write_place
from citewell.evaluation import metrics, questions, run
from citewell.evaluation.metrics import Place
from citewell.evaluation.questions import Question, locate_evidence
from citewell.evaluation.report import Report
from citewell.index import collection as collections
from citewell.index.protocols import Encoder
from citewell.index.retrieval import retrieve
from citewell.reading import named
from citewell.settings import Settings

ROOT = Path(__file__).parents[1]
DATA = ROOT / "tests" / "data"
PLACES = DATA / "places"
WAYS: Mapping[str, tuple[Part, ...]] = {
    "text alone": (),
    "title": ("title",),
    "title, headings": ("title", "headings"),
    "title, headings, date": ("title", "headings", "date"),
    "title, headings, table": ("title", "headings", "table"),
}
READ = 4  # of the ways: the reader tells a table's rows with their header anyway
SHIPPED = "title, headings"
DEPTH = 10


@dataclass(frozen=True, slots=True)
class Set:
    """Questions about articles.

    Attributes:
        name: Its name.
        asked: The questions.
        documents: All articles of the set.
    """

    name: str
    asked: tuple[Question, ...]
    documents: tuple[Document, ...]


def read_sets(split: str, only: str, every: int = 1, sample: int = 0) -> Iterator[Set]:
    """Yield the sets that have questions of a split.

    Args:
        split: `dev` or `test`.
        only: A part of the names of the sets.
        every: Of a set of more than a hundred questions each n-th is asked.
        sample: Of each set so many questions are asked; 0 for all.
    """
    pooled = {
        "near misses": (DATA / "near_misses" / "questions.jsonl", [DATA / "near_misses" / "articles.jsonl"]),
        "Wikinews": (DATA / "wikinews" / "questions.jsonl", [DATA / "wikinews" / "articles.jsonl"]),
        "the article": (ROOT / "corpus" / "questions.jsonl", [ROOT / "corpus" / "operation-disruptor.txt"]),
        "look-alikes": (DATA / "lookalikes" / "questions.jsonl", [DATA / "lookalikes" / "articles.jsonl"]),
    }
    made = {
        folder.name: (
            folder / "questions.jsonl",
            sorted(path for path in folder.iterdir() if path.name != "questions.jsonl"),
        )
        for folder in sorted(PLACES.iterdir())
        if folder.is_dir()
    }
    for name, (path, articles) in {**pooled, **made}.items():
        asked = [question for question in questions.read(path).questions if question.split == split]
        if asked and only in name:
            step = every if len(asked) > 100 else 1  # noqa: PLR2004 - a small set is asked whole
            if sample:
                step = max(1, len(asked) // sample)
            yield Set(name, tuple(asked[::step][: sample or None]), load(articles).documents)


def found(ranking: Sequence[int], relevant: Sequence[int]) -> tuple[float, float]:
    """Return recall@5 and MRR@10 of a ranking of passages."""
    ids, wanted = [str(place) for place in ranking], {str(place) for place in relevant}
    return metrics.recall_at(5, ids, wanted), metrics.reciprocal_rank(DEPTH, ids, wanted)


def relevant_passages(passages: Sequence[Passage], places: Sequence[Place]) -> list[int]:
    """Return the passages that share a character with a place."""
    return [
        number
        for number, passage in enumerate(passages)
        if any(
            place.document_id == passage.document.id
            and place.start < passage.end
            and passage.start < place.end
            for place in places
        )
    ]


def measure_finding(asked: Set, encoder: Encoder, table: Table) -> list[list[float]]:
    """Add the rows of a set: the encoder alone, BM25 alone, and both with the same parts and with others.

    Returns:
        By question, what both gain by the shipped place in recall@5 and MRR@10.
    """
    made = collections.build(asked.documents, Settings().recipe, encoder)
    golds = locate_evidence(asked.asked, asked.documents)
    wanted = [
        (question, relevant)
        for question, gold in zip(asked.asked, golds, strict=True)
        if question.answerable and (relevant := relevant_passages(made.passages, gold.places))
    ]
    if not wanted:
        return []
    vectors, words = {}, {}
    for name, kinds in WAYS.items():
        texts = [collections.encoded_text(passage, encoder, kinds) for passage in made.passages]
        vectors[name] = plugins.load("indexes", "exact").build(encoder.encode(texts))
        texts = [write_place(place_parts(passage, kinds)) + passage.text for passage in made.passages]
        words[name] = plugins.load("lexical", "bm25").build(texts)
    queries = [encoder.encode([question.question])[0] for question, _ in wanted]
    rows = {
        f"encoder: {name}": [
            found(index.search(query, DEPTH)[0].tolist(), relevant)
            for query, (_, relevant) in zip(queries, wanted, strict=True)
        ]
        for name, index in vectors.items()
    }
    rows |= {
        f"BM25: {name}": [
            found(index.search(question.question, DEPTH)[0].tolist(), relevant)
            for question, relevant in wanted
        ]
        for name, index in words.items()
    }
    none, both = "text alone", SHIPPED
    for dense, lexical in ((none, none), (both, none), (none, both), (both, both)):
        with_these = replace(made, vectors=vectors[dense], lexical=words[lexical])
        rows[f"fused: {dense} + {lexical}"] = [
            found([hit.position for hit in retrieve(question.question, with_these, encoder, DEPTH)], relevant)
            for question, relevant in wanted
        ]
    for name, scores in rows.items():
        recall, rank = (sum(score) / len(scores) for score in zip(*scores, strict=True))
        table.add_row(asked.name, str(len(wanted)), name, f"{recall:.3f}", f"{rank:.3f}")
    table.add_section()
    before, after = (rows[f"fused: {kind} + {kind}"] for kind in (none, both))
    gained: list[list[float]] = (np.array(after) - np.array(before)).tolist()
    return gained


def show_gain(gained: Sequence[Sequence[float]]) -> None:
    """Print what the shipped place gains over all questions, with its interval."""
    rows = np.array(gained)
    for place, name in enumerate(("recall@5", "MRR@10")):
        low, high = metrics.interval(rows[:, [place]], lambda drawn: float(drawn.mean())) or (0.0, 0.0)
        print(f"{name}: {rows[:, place].mean():+.3f} ({low:+.3f} to {high:+.3f}), {len(rows)} questions")


def measure_reading(asked: Set, encoder: Encoder, table: Table, ways: Sequence[str]) -> None:
    """Add the rows of a set: what is shown by each of the ways."""
    settings = Settings(generator="extractive")
    assistant = Assistant.from_documents(asked.documents, settings=settings, encoder=encoder)
    for name in ways:
        with patch("citewell.reading.readers.cross_encoder.PLACE", WAYS[name]):
            report = run.evaluate(asked.asked, assistant, asked.documents)
        table.add_row(asked.name, name, *counts(report))
    table.add_section()


@contextmanager
def unchecked() -> Iterator[None]:
    """Take nothing off a score, and read passages whole."""
    with (
        patch.dict(named.WEIGHTS, dict.fromkeys(named.WEIGHTS, 0.0)),
        patch("citewell.reading.evidence.narrow", lambda _, passage: [passage]),
    ):
        yield


def counts(report: Report) -> tuple[str, ...]:
    """Return how many answers are right, wrong, of a wrong article, and given to a question without one."""
    right = wrong = elsewhere = answered = strangers = 0
    for record in report.records:
        prediction = record["prediction"]
        if prediction is None:
            raise RuntimeError(record["error"])
        shown = prediction["abstention"] is None
        if not record["answerable"]:
            strangers += 1
            answered += shown
        elif shown:
            is_right = record["scores"].get("right") == 1.0
            right += is_right
            wrong += not is_right
            own = {place["document_id"] for place in record["gold"]}
            elsewhere += not any(citation["document_id"] in own for citation in prediction["citations"])
    answerable = len(report.records) - strangers
    return f"{right} of {answerable}", str(wrong), str(elsewhere), f"{answered} of {strangers}"


def main() -> None:
    """Read the arguments and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--split", default="dev", help="of the questions")
    parser.add_argument("--set", default="", help="a part of the names of the sets to ask")
    parser.add_argument("--every", type=int, default=1, help="ask each n-th question of a large set")
    parser.add_argument("--sample", type=int, default=0, help="ask so many questions of each set")
    parser.add_argument("--unchecked", action="store_true", help="without the check of what is named")
    parser.add_argument("--read", action="store_true", help="measure what is shown")
    parser.add_argument("--shipped", action="store_true", help="read with the parts that ship alone")
    given = parser.parse_args()
    if given.read:
        table = Table("set", "read with", "right", "wrong", "wrong article", "answered without an answer")
    else:
        table = Table("set", "questions", "found by", "recall@5", "MRR@10")
    encoder = Settings().recipe.load_encoder()
    gained: list[list[float]] = []
    for asked in read_sets(given.split, given.set, given.every, given.sample):
        if given.read:
            with unchecked() if given.unchecked else nullcontext():
                measure_reading(asked, encoder, table, [SHIPPED] if given.shipped else list(WAYS)[:READ])
        else:
            gained += measure_finding(asked, encoder, table)
    Console(width=130).print(table)
    if gained:
        show_gain(gained)


if __name__ == "__main__":
    main()
