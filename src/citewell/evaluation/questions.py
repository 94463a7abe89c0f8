"""Read questions with their gold answers, one JSON object a line, and find the evidence in the articles.

All errors of a file are reported at once, each as `file:line: what is wrong`, before any question is asked.
"""

import difflib
import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from citewell.documents.document import Document
from citewell.errors import QuestionsFileError
from citewell.evaluation.metrics import Place, squad_normalise
from citewell.text.normalisation import normalise

REQUIRED = ("id", "question", "answers", "answerable")
TEXTS = ("id", "question", "kind", "split", "document_id")
LISTS = ("answers", "evidence", "history")
# An unknown key of at least this similarity to a missing known key is a slip, such as "answer" for "answers".
# Other unknown keys are notes of the file's owner.
SLIP = 0.8


@dataclass(frozen=True, slots=True)
class Question:
    """A question, and the answers and evidence that a person found in the articles.

    Attributes:
        id: Unique in its file.
        question: As asked.
        answers: Short answers, normalised, any one of which is right; empty when unanswerable.
        evidence: Verbatim slices of an article, normalised, each enough to prove the answer.
        answerable: Whether the articles hold the answer.
        kind: What is hard about the question; "" when the file does not say.
        split: "dev", "test", or another name from the file; "" when the file does not say.
        history: Earlier questions, oldest first.
        document_id: The article that the question is about; "" when the file does not say.
        where: `file:line`, for messages.
    """

    id: str
    question: str
    answers: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    answerable: bool = True
    kind: str = ""
    split: str = ""
    history: tuple[str, ...] = ()
    document_id: str = ""
    where: str = ""


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """The questions of a file.

    Attributes:
        name: The file's name.
        sha256: The hash of the file's bytes, hexadecimal.
        questions: In the order of the file.
        documents: The articles, where the file brings its own (SQuAD); else empty.
    """

    name: str
    sha256: str
    questions: tuple[Question, ...]
    documents: tuple[Document, ...] = ()

    def select(self, split: str = "", limit: int | None = None) -> "QuestionSet":
        """Return the first `limit` questions of a split; of all splits when `split` is "".

        Raises:
            QuestionsFileError: There is no such question.
        """
        kept = tuple(question for question in self.questions if not split or question.split == split)
        if not kept:
            splits = ", ".join(sorted({question.split or "(none)" for question in self.questions}))
            message = f"{self.name}: has no questions of the split {split!r}; its splits are: {splits}"
            raise QuestionsFileError(message)
        return replace(self, questions=kept[:limit])


def read(path: Path) -> QuestionSet:
    """Read a file of questions.

    Raises:
        QuestionsFileError: The file cannot be opened, or its content is malformed.
    """
    data = file_bytes(path)
    problems: list[str] = []
    questions = []
    first: dict[str, str] = {}
    for where, record in records(path, data, problems):
        found = list(_objections(record))
        if not found and record["id"] in first:
            found = [f"the id {record['id']!r} is taken by {first[str(record['id'])]}"]
        problems += [f"{where}: {objection}" for objection in found]
        if not found:
            questions.append(_question(record, where))
            first[str(record["id"])] = where
    if not questions and not problems:
        problems = [f"{path}:1: holds no question; one JSON object a line is wanted"]
    if problems:
        raise QuestionsFileError(*problems)
    return QuestionSet(path.name, hashlib.sha256(data).hexdigest(), tuple(questions))


def file_bytes(path: Path) -> bytes:
    """Return a file's bytes.

    Raises:
        QuestionsFileError: The file cannot be opened.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        message = f"{path}: cannot be read: {error.strerror or error}; give a file of questions"
        raise QuestionsFileError(message) from error


def records(path: Path, data: bytes, problems: list[str]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the place and the object of each line that is not blank; add errors to `problems`."""
    # Not splitlines(): a JSON string may hold U+2028.
    for number, line in enumerate(data.removeprefix(b"\xef\xbb\xbf").split(b"\n"), start=1):
        where = f"{path}:{number}"
        if not line.strip():
            continue
        try:
            record = json.loads(line.decode())
        except UnicodeDecodeError as error:
            problems.append(f"{where}: is not UTF-8 at byte {error.start + 1}; save the file as UTF-8")
        except json.JSONDecodeError as error:
            problems.append(f"{where}: is not JSON: {error.msg} at character {error.pos + 1}")
        except (ValueError, RecursionError) as error:  # a number of 5,000 digits, 10,000 brackets
            problems.append(f"{where}: cannot be read as JSON: {error}")
        else:
            if isinstance(record, dict):
                yield where, record
            else:
                problems.append(f"{where}: is {_json_kind(record)}; an object is wanted")


def _json_kind(value: object) -> str:
    """Return JSON's name for a value's type."""
    names = {bool: "true or false", int: "a number", float: "a number", str: "a string", list: "a list"}
    return names.get(type(value), "null" if value is None else "an object")


def _objections(record: Mapping[str, Any]) -> Iterator[str]:
    """Yield the errors of one object; where there are none, `_question` can be called."""
    known = (*REQUIRED, *TEXTS, *LISTS)
    missing = [key for key in dict.fromkeys(known) if record.get(key) is None]
    slips = {}
    for key in record:
        near = difflib.get_close_matches(key.lower(), missing, n=1, cutoff=SLIP)
        if key not in known and near:
            slips[near[0]] = key
    for key in missing:
        if key in slips:
            yield f"has {slips[key]!r}; did you mean {key!r}?"
        elif key in REQUIRED:
            yield f"has no {key!r}"
    is_typed = not missing or not set(missing) & set(REQUIRED)
    for key in (*TEXTS, *LISTS, "answerable"):
        objection = _wrong_type(key, record[key]) if record.get(key) is not None else ""
        if objection:
            is_typed = False
            yield objection
    if is_typed:
        yield from _contradictions(record)


def _wrong_type(key: str, value: object) -> str:
    """Say what is wrong with one value; "" when nothing is."""
    if key == "answerable":
        return (
            "" if isinstance(value, bool) else f"'answerable' is {_json_kind(value)}; true or false is wanted"
        )
    if key in TEXTS:
        if not isinstance(value, str):
            return f"{key!r} is {_json_kind(value)}; a string is wanted"
        return f"{key!r} is empty" if key in REQUIRED and not value.strip() else ""
    if not isinstance(value, list):
        return f"{key!r} is {_json_kind(value)}; a list of strings is wanted"
    for place, item in enumerate(value, start=1):
        if not isinstance(item, str) or not normalise(item).strip():
            found = "empty" if isinstance(item, str) else _json_kind(item)
            return f"item {place} of {key!r} is {found}; a string is wanted"
    return ""


def _contradictions(record: Mapping[str, Any]) -> Iterator[str]:
    if not record["answerable"]:
        for key in ("answers", "evidence"):
            if record.get(key):
                yield f"is not answerable but has {key!r}; leave them empty, or set 'answerable' to true"
    elif not record["answers"]:
        yield "is answerable but 'answers' is empty; give at least one, or set 'answerable' to false"
    elif not any(map(squad_normalise, record["answers"])):
        what = "without punctuation and 'a', 'an', 'the'; give a longer one"
        yield f"'answers' hold no word that is compared, {what}"


def _question(record: Mapping[str, Any], where: str) -> Question:
    return Question(
        id=record["id"],
        question=record["question"],
        answers=tuple(normalise(answer) for answer in record["answers"]),
        evidence=tuple(normalise(quote) for quote in record.get("evidence") or ()),
        answerable=record["answerable"],
        kind=record.get("kind") or "",
        split=record.get("split") or "",
        history=tuple(record.get("history") or ()),
        document_id=record.get("document_id") or "",
        where=where,
    )


@dataclass(frozen=True, slots=True)
class GoldEvidence:
    """Where a question's answer stands.

    Attributes:
        document_id: The collection's id of the article that the question is about; "" when not known.
        places: Every place where a quote of the evidence stands; any one place is enough.
    """

    document_id: str
    places: tuple[Place, ...]


def locate_evidence(questions: Sequence[Question], documents: Iterable[Document]) -> list[GoldEvidence]:
    """Find the gold evidence of each question, in order.

    A question may name its article by the id in the index, or by the part of that id behind a slash: the
    articles of one file have the ids `file/id`. Where a question names no article, all are searched. A quote
    may differ from the article in its white space.

    Raises:
        QuestionsFileError: A quote stands in no article, or an article's name fits no article or several.
    """
    by_id = {article.id: article for article in documents}
    by_end: dict[str, list[str]] = {}
    for id_ in by_id:
        by_end.setdefault(id_.rpartition("/")[2], []).append(id_)
    golds, problems = [], []
    for question in questions:
        known = (
            [question.document_id] if question.document_id in by_id else by_end.get(question.document_id, [])
        )
        if question.document_id and len(known) != 1:
            found = (
                f"may be {', '.join(known[:3])}" if known else f"is not among {', '.join([*by_id][:3])}, …"
            )
            problems.append(f"{question.where}: the article {question.document_id!r} {found}")
            continue
        places = []
        for quote in question.evidence:
            found_at = [place for id_ in (known or by_id) for place in _occurrences(quote, by_id[id_])]
            if not found_at:
                where = f"the article {known[0]!r}" if known else "any article"
                what = f"the evidence {_cut(quote)!r} does not stand in {where}; copy it verbatim"
                problems.append(f"{question.where}: {what}")
            places += found_at
        golds.append(GoldEvidence(known[0] if known else "", tuple(places)))
    if problems:
        raise QuestionsFileError(*problems)
    return golds


def _occurrences(quote: str, article: Document) -> Iterator[Place]:
    """Yield each place of a quote; where there is none, each place that differs only in white space.

    A browser copies a no-break space as a space, and a line break in the middle of a sentence too.
    """
    start = article.text.find(quote)
    if start < 0:
        same = re.compile(r"\s+".join(map(re.escape, quote.split())))
        yield from (Place(article.id, *found.span()) for found in same.finditer(article.text))
    while start >= 0:
        yield Place(article.id, start, start + len(quote))
        start = article.text.find(quote, start + 1)


def _cut(quote: str) -> str:
    return quote if len(quote) <= 60 else f"{quote[:59]}…"  # noqa: PLR2004 - what one line of a message holds
