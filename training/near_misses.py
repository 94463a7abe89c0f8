"""Read the near misses: articles, and questions that they answer or only seem to.

A question is about a whole article, the network reads a passage: a question that the article answers is put
to the passage with its answer and, at times, to one without; one that it does not answer is put to the
passage most like it and, at times, to another.
"""

import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import bm25s
import Stemmer
from tokenizers import Tokenizer

from citewell.documents.document import Document, document
from citewell.documents.passages import Passage, TokenSpans, split
from citewell.documents.places import place_parts
from citewell.documents.structure import Mark
from citewell.reading.table_rows import Told, plainly, tell
from citewell.text.normalisation import normalise
from citewell.text.sentences import sentences
from citewell.text.spans import Span
from training.records import Question

# The number of a part's first question in citewell's own format.
FIRST = {"dev": 0, "test": 1000}


@dataclass(frozen=True, slots=True)
class Asked:
    """A question about an article.

    Attributes:
        article: It is asked of the whole of it.
        kind: Of question, or of near miss.
        question: As asked.
        answer: Its characters in the article; None when the article does not answer.
    """

    article: Document
    kind: str
    question: str
    answer: Span | None


def read(data: Path, part: str, written: Path | None = None) -> Iterator[Asked]:
    """Yield the questions of the articles that are for `train` or `dev`; the test articles are not read.

    Args:
        data: The folder of the data sets.
        part: `train` or `dev`.
        written: A folder with more of both files; its questions are also about articles of `data`.

    Raises:
        SystemExit: A folder lacks the files, or an answer does not stand in its article.
    """
    rows: list[dict[str, Any]] = []
    asked: list[dict[str, Any]] = []
    for folder in (data / "near_misses", *([written] if written else [])):
        rows += objects(folder / "articles.jsonl")
        asked += objects(folder / "questions.jsonl")
    articles = {
        row["id"]: document(
            row["text"],
            id=row["id"],
            title=row["title"],
            source=row["source"],
            published=row["date"],
            marks=tuple(Mark(*mark) for mark in row.get("marks", ())),
        )
        for row in rows
        if row["split"] == part
    }
    for row in asked:
        if row["article"] in articles:
            article = articles[row["article"]]
            answer = place(article, row["sentence"], row["answer"]) if row["answerable"] else None
            yield Asked(article, row["kind"], row["question"].strip(), answer)


def objects(file: Path) -> list[dict[str, Any]]:
    """Return the objects of a JSON Lines file.

    Raises:
        SystemExit: It is not there.
    """
    try:
        lines = file.read_text(encoding="utf-8").split("\n")
    except OSError as error:
        message = f"{file.parent} lacks {file.name}: training/README.md says what it must hold"
        raise SystemExit(message) from error
    return [json.loads(line) for line in lines if line]


def write(data: Path, folder: Path) -> None:
    """Write the questions for `dev` and `test`, and their articles, in citewell's own format."""
    rows, texts = [], []
    for part, first in FIRST.items():
        made, articles = in_own_format(data, part, first)
        rows += made
        texts += articles
    folder.mkdir(parents=True, exist_ok=True)
    for name, lines in (("articles", texts), ("questions", rows)):
        text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
        (folder / f"{name}.jsonl").write_text(text, encoding="utf-8")


def in_own_format(data: Path, part: str, first: int) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return a part's questions, numbered from the first, and its articles with their licences."""
    articles: dict[str, Document] = {}
    rows = []
    for number, one in enumerate(read(data, part), first):
        articles[one.article.id] = one.article
        found: dict[str, list[str]] = {"answers": [], "evidence": []}
        if one.answer:
            start, end = one.answer
            sentence = next(span for span in sentences(one.article.text) if span.start <= start < span.end)
            found["answers"] = [one.article.text[start:end]]
            found["evidence"] = [one.article.text[min(start, sentence.start) : max(end, sentence.end)]]
        row = {"id": f"near-{number:04}", "question": one.question, "kind": one.kind, "split": part}
        rows.append({**row, **found, "answerable": one.answer is not None, "document_id": one.article.id})
    licences = {row["id"]: row["licence"] for row in objects(data / "near_misses" / "articles.jsonl")}
    texts = [
        {"id": one.id, "title": one.title, "source": one.source, "published": one.published}
        | {"licence": licences[one.id], "text": one.text}
        for one in articles.values()
    ]
    return rows, texts


def place(article: Document, sentence: str, answer: str) -> Span:
    """Return the characters of an answer that stands in a sentence that stands in an article."""
    sentence, answer = normalise(sentence), normalise(answer)
    at = article.text.find(sentence)
    inside = sentence.find(answer)
    if at < 0 or inside < 0:
        message = f"{article.id} does not say {answer!r} in {sentence!r}: the two files are not of one set"
        raise SystemExit(message)
    return Span(at + inside, at + inside + len(answer))


def pairs(
    asked: Sequence[Asked], settings: Mapping[str, Any], tokens: Tokenizer, rng: random.Random
) -> Iterator[Question]:
    """Yield questions on passages.

    Args:
        asked: About whole articles.
        settings: Section `near_misses` of the config.
        tokens: Counts what a passage may hold.
        rng: Says how long an article's passages are, and which of them are read.
    """
    counted = spans(tokens)
    near: dict[str, Nearest] = {}
    for one in asked:
        if one.article.id not in near:
            longest = rng.choice(settings["passage_tokens"])
            near[one.article.id] = Nearest(split(one.article, counted, max_tokens=longest))
        passages = near[one.article.id].first(one.question)
        if one.answer is None:
            chosen = passages[:1] + passages[1:2] * (rng.random() < settings["second"])
            for passage in chosen:
                yield on(one, passage, None)
            continue
        holding = [item for item in passages if item.start <= one.answer.start and one.answer.end <= item.end]
        said = one.article.text[one.answer.start : one.answer.end]
        for passage in holding:
            yield on(one, passage, Span(one.answer.start - passage.start, one.answer.end - passage.start))
        others = [item for item in passages if said.casefold() not in item.text.casefold()]
        if holding and others and rng.random() < settings["without_answer"]:
            yield on(one, others[0], None)


def on(one: Asked, passage: Passage, answer: Span | None) -> Question:
    """Return a question on a passage, which is told as citewell tells it to its reader."""
    told = tell(passage, one.question)
    found = answer and told_range(told, answer)
    if answer and not found:
        told, found = plainly(passage.text), answer
    texts = (passage.text[answer.start : answer.end],) if answer else ()
    place = place_parts(passage, ("title", "headings"))
    return Question(
        "near_misses",
        one.article.title,
        told.text,
        one.question,
        found,
        answers=texts,
        headings=tuple(part for part in place if part != one.article.title),
    )


def told_range(told: Told, answer: Span) -> Span | None:
    """Return where in a told text an answer stands; None where it is told in several parts or not at all."""
    for start, piece in zip(told.starts, told.pieces, strict=True):
        if piece.start <= answer.start and answer.end <= piece.end:
            return Span(start + answer.start - piece.start, start + answer.end - piece.start)
    return None


def spans(tokens: Tokenizer) -> TokenSpans:
    """Return what gives the characters of each token of a text, however long."""
    plain = Tokenizer.from_str(tokens.to_str())
    plain.no_truncation()
    return lambda text: [Span(*pair) for pair in plain.encode(text, add_special_tokens=False).offsets]


class Nearest:
    """Rank an article's passages by the words that they share with a question (BM25)."""

    def __init__(self, passages: Sequence[Passage]) -> None:
        """Index the passages."""
        self._passages = passages
        self._stemmer = Stemmer.Stemmer("english")
        self._index = bm25s.BM25()
        self._index.index(self._tokens([passage.text for passage in passages]), show_progress=False)

    def first(self, question: str) -> list[Passage]:
        """Return all passages, the most alike first."""
        tokens = self._tokens([question])
        if not tokens[0]:
            return list(self._passages)
        found, _ = self._index.retrieve(tokens, k=len(self._passages), show_progress=False)
        return [self._passages[place] for place in found[0]]

    def _tokens(self, texts: Sequence[str]) -> list[list[str]]:
        tokens = bm25s.tokenize(
            list(texts), stopwords="en", stemmer=self._stemmer, return_ids=False, show_progress=False
        )
        return [list(found) for found in tokens]
