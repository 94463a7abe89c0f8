"""Find every sentence that states a thing, or that answers a question, over all articles.

In: a statement or a question. Out: the sentences, surest first, each with the exact place in its article. An
answer needs one proof, so `ask` may stop at the surest passage. Here, each sentence is judged by itself,
and the same sentence in two articles is found twice.
"""

import csv
import io
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from citewell.checking.citations import Citation, cite
from citewell.checking.schemas import read_schema
from citewell.documents.passages import Passage
from citewell.errors import ServerError
from citewell.index.collection import Collection
from citewell.index.filters import Selection
from citewell.index.protocols import Encoder
from citewell.index.retrieval import retrieve
from citewell.index.wordless import NoWords
from citewell.questions.condensing import is_about
from citewell.questions.dependence import names
from citewell.questions.intent import find_mentioned, is_question
from citewell.reading.reader import Reader
from citewell.text.spans import Span
from citewell.text.words import folded_words

# Passages that are read for a statement or question.
PASSAGES = 30
WORDLESS = (
    "the server of this index counts no words, so that who names a thing cannot be listed; "
    "ask it as a statement or a question, or use Milvus 2.5 or newer"
)
# Most passages that are looked at for a name, the best by its words first.
MOST_MENTIONING = 5000
# Most findings that are returned.
MOST = 200
DIGITS = 6


class Sought(StrEnum):
    """What is looked for: sentences that state a statement, answer a question, or name something."""

    STATEMENT = "statement"
    QUESTION = "question"
    MENTION = "mention"


# Least probability of a sentence that is returned (`python -m benchmarks.finding`).
THRESHOLDS = {Sought.STATEMENT: 0.6, Sought.QUESTION: 0.5, Sought.MENTION: 1.0}

# The columns of the CSV, named as in the JSON.
COLUMNS = (
    "number",
    "probability",
    "document_id",
    "document_title",
    "published",
    "source",
    "start_char_index",
    "end_char_index",
    "cited_text",
)


@dataclass(frozen=True, slots=True)
class Finding:
    """A sentence that states what was looked for.

    Attributes:
        citation: The sentence; its number is its rank, from 1.
        published: The article's date of publication, ISO 8601; "" when unknown.
        probability: For a statement, the probability that the sentence proves it; for a question, the
            calibrated probability that the sentence answers it; 1 for a sentence that names what is asked
            the mentions of.
    """

    citation: Citation
    published: str
    probability: float

    def to_dict(self) -> dict[str, object]:
        """Return the finding as JSON: its citation with the date and the probability."""
        return {**self.citation.to_dict(), "published": self.published, "probability": self.probability}


@dataclass(frozen=True, slots=True)
class Findings:
    """All sentences that were found.

    Attributes:
        text: The statement or question, on one line.
        sought: Which of the two the text was read as.
        found: The sentences, surest first; ties by place.
        read: Number of sentences that were read.
        left_out: Number of further sentences that were found, but are more than was asked for.
    """

    text: str
    sought: Sought
    found: tuple[Finding, ...]
    read: int = 0
    left_out: int = 0

    @property
    def by_article(self) -> list[tuple[Citation, int]]:
        """The surest citation of each article and the number of its sentences; most sentences first."""
        first = {item.citation.document_index: item.citation for item in reversed(self.found)}
        counts = Counter(item.citation.document_index for item in self.found)
        return [(first[place], n) for place, n in sorted(counts.items(), key=lambda at: (-at[1], at[0]))]

    @property
    def by_date(self) -> list[tuple[str, int]]:
        """The number of sentences by date of publication, oldest first; unknown dates ("") last."""
        counts = Counter(item.published for item in self.found)
        return sorted(counts.items(), key=lambda item: (not item[0], item[0]))

    def to_dict(self) -> dict[str, object]:
        """Return the findings as JSON, in the form that `json_schema` describes."""
        return {
            "text": self.text,
            "sought": self.sought.value,
            "count": len(self.found),
            "left_out": self.left_out,
            "sentences_read": self.read,
            "articles": [
                {
                    "document_id": citation.document_id,
                    "document_title": citation.document_title,
                    "source": citation.source,
                    "count": n,
                }
                for citation, n in self.by_article
            ],
            "dates": [{"published": day, "count": n} for day, n in self.by_date],
            "found": [item.to_dict() for item in self.found],
        }

    @staticmethod
    def json_schema() -> dict[str, Any]:
        """Return the JSON schema (draft 2020-12) of what `to_dict` gives."""
        return read_schema("answers", "findings")

    def to_json(self) -> str:
        """Return the findings as a JSON text in ASCII, with a line break at its end."""
        return json.dumps(self.to_dict(), ensure_ascii=True, indent=2) + "\n"

    def to_csv(self) -> str:
        """Return the findings as CSV (RFC 4180) with a header; every quote is exact."""
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow(COLUMNS)
        for item in self.found:
            row = item.to_dict()
            writer.writerow([row[column] for column in COLUMNS])
        return text.getvalue()


@dataclass(frozen=True, slots=True)
class Finder:
    """Find sentences in a collection.

    Attributes:
        collection: The articles.
        encoder: The encoder that made their vectors.
        reader: Judges the sentences.
        passages: Number of passages whose sentences are judged.
    """

    collection: Collection
    encoder: Encoder
    reader: Reader
    passages: int = PASSAGES

    def find(self, text: str, only: Selection | None = None, most: int = MOST) -> Findings:
        """Return the sentences that state or answer a text.

        Args:
            text: A statement or question, on one line.
            only: The articles to search; all when None.
            most: Most sentences to return.
        """
        mentioned = find_mentioned(text)
        sought = Sought.QUESTION if is_question(text) else Sought.STATEMENT
        if mentioned:
            # Who named it is a matter of words: every passage with these words is looked at.
            sought = Sought.MENTION
            if isinstance(self.collection.lexical, NoWords):
                raise ServerError(WORDLESS)
            among = () if only is None else (only.passages,)
            found_in, _ = self.collection.lexical.search(mentioned, MOST_MENTIONING, *among)
            near = [self.collection.passages[place] for place in sorted(found_in.tolist())]
        else:
            hits = retrieve(text, self.collection, self.encoder, self.passages, only=only)
            # What is said of others is not looked at, however like it sounds.
            named = tuple(names(text))
            near = [hit.passage for hit in hits if is_about(hit.passage.document.text, named)]
        sentences = list_sentences(near)
        judges = {
            Sought.QUESTION: self.judge_answers,
            Sought.STATEMENT: self.judge_proofs,
            Sought.MENTION: judge_mentions,
        }
        scored = zip(judges[sought](mentioned or text, sentences), sentences, strict=True)
        places = self.collection.columns.ids
        passed = sorted(
            (
                (-round(probability, DIGITS), places[sentence.document.id], sentence)
                for probability, sentence in scored
                if probability >= THRESHOLDS[sought]
            ),
            key=lambda item: (item[0], item[1], item[2].start),
        )
        found = tuple(
            Finding(
                cite(sentence.document, place, Span(sentence.start, sentence.end), number),
                sentence.document.published,
                -negative,
            )
            for number, (negative, place, sentence) in enumerate(passed[:most], start=1)
        )
        return Findings(text, sought, found, len(sentences), len(passed) - len(found))

    def judge_proofs(self, text: str, sentences: Sequence[Passage]) -> list[float]:
        """Return for each sentence the probability that it states a text.

        Each sentence is read alone. With the sentence before it, a sentence mostly states what that one
        states, and was found for it.
        """
        return self.reader.supports([(text, sentence.text) for sentence in sentences])

    def judge_answers(self, question: str, sentences: Sequence[Passage]) -> list[float]:
        """Return for each sentence the probability that it answers a question."""
        readings = self.reader.read(question, sentences)
        return [self.reader.calibration.probability(reading.score) for reading in readings]


def judge_mentions(mentioned: str, sentences: Sequence[Passage]) -> list[float]:
    """Return 1 for each sentence that has the words of a text, in their order, and 0 for the others."""
    wanted = f" {' '.join(folded_words(mentioned))} "
    return [float(wanted in f" {' '.join(folded_words(sentence.text))} ") for sentence in sentences]


def list_sentences(passages: Iterable[Passage]) -> list[Passage]:
    """Return the sentences of passages in their order, each as a passage of its own."""
    return [
        Passage(passage.document, span.start, span.end, (span,))
        for passage in passages
        for span in passage.sentences
    ]
