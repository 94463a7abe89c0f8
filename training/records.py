"""Read the data sets: questions on contexts, and statements with what they are held against."""

import gzip
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from citewell.text.spans import Span


@dataclass(frozen=True, slots=True)
class Question:
    """A question on a context.

    Attributes:
        source: The set that it is from.
        title: Of the article; may be the set's name where the set gives none.
        context: What is read.
        question: As asked.
        answer: Its characters in the context; None when the context does not answer.
        within: The answer is a clause that any right span lies inside.
        answers: What all annotators gave; empty when the context does not answer.
        headings: Of the sections that the context is in, the outermost first.
    """

    source: str
    title: str
    context: str
    question: str
    answer: Span | None
    within: bool = False
    answers: tuple[str, ...] = ()
    headings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement and its evidence.

    Attributes:
        source: The set that it is from.
        evidence: What it is held against.
        text: The statement.
        label: entail, neutral, contradict, or unsupported where neutral and contradict are not told apart.
    """

    source: str
    evidence: str
    text: str
    label: str


def questions(data: Path, source: str, *, within: bool = False) -> Iterator[Question]:
    """Yield a set's questions in order."""
    if source == "squad2-dev-part-a":
        rows: Iterator[dict[str, Any]] = squad(data / f"{source}.json.gz")
    else:
        rows = lines(data / "reader" / "qa" / f"{source}.jsonl.gz")
    for row in rows:
        answer = None if row["is_impossible"] else common(row["answers"])
        texts = () if row["is_impossible"] else tuple(found["text"] for found in row["answers"])
        yield Question(source, row["title"], row["context"], row["question"].strip(), answer, within, texts)


def statements(data: Path, source: str) -> Iterator[Statement]:
    """Yield a set's statements in order."""
    two_way = source.endswith("_2way")
    for row in lines(data / "reader" / "nli" / f"{source}.jsonl.gz"):
        label = "unsupported" if two_way and row["label"] == "neutral" else row["label"]
        yield Statement(source, row["premise"].strip(), row["hypothesis"].strip(), label)


def lines(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the objects of a compressed JSON Lines file."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


def squad(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the questions of a compressed SQuAD 2.0 file (Rajpurkar et al. 2018) as flat objects."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        articles = json.load(file)["data"]
    for article in articles:
        for paragraph in article["paragraphs"]:
            for question in paragraph["qas"]:
                yield {**question, "title": article["title"], "context": paragraph["context"]}


def common(answers: list[dict[str, Any]]) -> Span:
    """Return the answer that most annotators gave; of equals the first."""
    counts = Counter((answer["answer_start"], answer["text"]) for answer in answers)
    start, text = max(counts, key=lambda answer: counts[answer])
    return Span(start, start + len(text))
