"""Read SQuAD 1.1 and 2.0 (Rajpurkar et al. 2016, 2018): the contexts are the articles.

Gold evidence is the sentence around the answer's characters.
"""

import hashlib
import json
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from citewell.documents.document import Document, document
from citewell.errors import QuestionsFileError
from citewell.evaluation.questions import Question, QuestionSet, file_bytes
from citewell.text.normalisation import normalise
from citewell.text.sentences import sentences


class Context(StrEnum):
    """The part of a SQuAD file that becomes one article."""

    PARAGRAPH = "paragraph"
    ARTICLE = "article"


def read(path: Path, *, context: Context = Context.PARAGRAPH) -> QuestionSet:
    """Read a file of SQuAD's JSON.

    Raises:
        QuestionsFileError: The file cannot be opened, or its content is malformed.
    """
    data = file_bytes(path)
    try:
        loaded = json.loads(data.decode("utf-8-sig"))
        articles = loaded["data"]
    except UnicodeDecodeError as error:
        message = f"{path}:1: is not UTF-8 at byte {error.start + 1}; save the file as UTF-8"
        raise QuestionsFileError(message) from error
    except json.JSONDecodeError as error:
        message = f"{path}:{error.lineno}: is not JSON: {error.msg}"
        raise QuestionsFileError(message) from error
    except (RecursionError, KeyError, TypeError, ValueError) as error:
        message = f"{path}:1: has no list 'data' as SQuAD has; a file of one object a line is named .jsonl"
        raise QuestionsFileError(message) from error
    reading = _Squad(path, context)
    for place, article in enumerate(articles if isinstance(articles, list) else [articles]):
        reading.article(article, f"data[{place}]")
    if not reading.questions and not reading.problems:
        reading.problems.append(f"{path}:1: holds no question")
    if reading.problems:
        raise QuestionsFileError(*reading.problems)
    sha256 = hashlib.sha256(data).hexdigest()
    return QuestionSet(path.name, sha256, tuple(reading.questions), tuple(reading.documents.values()))


@dataclass(slots=True)
class _Squad:
    """The articles, questions and problems read so far from a SQuAD file."""

    path: Path
    context: Context
    questions: list[Question] = field(default_factory=list)
    documents: dict[str, Document] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)

    def article(self, article: object, where: str) -> None:
        """Read one article: all its paragraphs as one document, or each paragraph as a document."""
        paragraphs = self.read_list(article, "paragraphs", where)
        title = str(article.get("title") or "") if isinstance(article, dict) else ""
        id_ = title or where
        while any(known == id_ or known.startswith(f"{id_}/") for known in self.documents):
            id_ += "-2"
        texts = []
        for place, paragraph in enumerate(paragraphs):
            text = paragraph.get("context") if isinstance(paragraph, dict) else None
            if not isinstance(text, str) or not any(map(str.isalnum, text)):
                self.problem(f"{where}.paragraphs[{place}]", "has no text under 'context'")
                return
            texts.append(text)
        clean = [normalise(text) for text in texts]
        if self.context is Context.ARTICLE and clean:
            self.documents[id_] = document("\n\n".join(clean), id=id_, title=title)
        start = 0
        for place, (paragraph, raw) in enumerate(zip(paragraphs, texts, strict=True)):
            own = id_
            if self.context is Context.PARAGRAPH:
                own, start = f"{id_}/{place + 1}", 0
                self.documents[own] = document(clean[place], id=own, title=title)
            self.paragraph(paragraph, f"{where}.paragraphs[{place}]", raw, self.documents[own], start)
            start += len(clean[place]) + 2

    def paragraph(self, paragraph: object, where: str, raw: str, article: Document, start: int) -> None:
        """Read a paragraph's questions.

        Args:
            paragraph: The paragraph with its 'qas'.
            where: The paragraph's place in the file.
            raw: The paragraph's text as in the file; `answer_start` is an offset in this text.
            article: The document that the paragraph is part of.
            start: The offset of the paragraph in the document.
        """
        spans = sentences(article.text) if self.context is Context.PARAGRAPH else None
        for place, qa in enumerate(self.read_list(paragraph, "qas", where)):
            here = f"{where}.qas[{place}]"
            id_, asked = (qa.get("id"), qa.get("question")) if isinstance(qa, dict) else (None, None)
            if not isinstance(id_, str) or not isinstance(asked, str) or not asked.strip():
                self.problem(here, "has no 'id' and 'question'")
                continue
            if id_ in self.ids:
                self.problem(here, f"the id {id_!r} is taken")
            self.ids.add(id_)
            answers, evidence = [], []
            for answer in self.read_list(qa, "answers", here):
                found = self.answer(answer, here, raw, article.text, start)
                if found:
                    spans = spans or sentences(article.text)
                    said, at = found
                    around = [span for span in spans if span.start < at + len(said) and at < span.end]
                    answers.append(said)
                    evidence.append(article.text[around[0].start : around[-1].end])
            self.questions.append(
                Question(
                    id=id_,
                    question=asked,
                    answers=tuple(dict.fromkeys(answers)),
                    evidence=tuple(dict.fromkeys(evidence)),
                    answerable=bool(answers),
                    document_id=article.id,
                    where=f"{self.path}: {here}",
                )
            )

    def answer(self, answer: object, where: str, raw: str, text: str, start: int) -> tuple[str, int] | None:
        """Return an answer's text and place in the article; None, with a problem noted, if not there."""
        said, at = (
            (answer.get("text"), answer.get("answer_start")) if isinstance(answer, dict) else (None, None)
        )
        if not isinstance(said, str) or not isinstance(at, int) or not said.strip():
            self.problem(where, "an answer has no 'text' and 'answer_start'")
            return None
        clean = normalise(said)
        here = start + len(normalise(raw[:at]))
        if text[here : here + len(clean)] != clean:
            found = raw[at : at + len(said)]
            self.problem(where, f"the answer {said!r} does not stand at {at}, where {found!r} is")
            return None
        return clean, here

    def read_list(self, holder: object, key: str, where: str) -> list[Any]:
        """Return the list under a key of an object; note a problem and return [] if there is no list."""
        value = holder.get(key) if isinstance(holder, dict) else None
        if isinstance(value, list):
            return value
        self.problem(where, f"has no list {key!r}")
        return []

    def problem(self, where: str, what: str) -> None:
        """Note a problem by its place in the JSON, since the whole file is one line."""
        self.problems.append(f"{self.path}:1: {where}: {what}")
