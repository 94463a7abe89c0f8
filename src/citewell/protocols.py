"""Draw the six sockets that plugins fit, with shapes and units.

A plugin is one file in the family's folder. Its module-level `create(**options)` returns an object
that fits the family's protocol; nothing else of the file is used.
"""

import json
import math
from collections.abc import Generator as Yielding
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from citewell.documents.passages import Passage
from citewell.errors import SettingsError
from citewell.questions.rewriting import Turn
from citewell.text.spans import Span

Vectors: TypeAlias = NDArray[np.float32]
"""Shape [n, dimensions], rows of unit length."""


@dataclass(frozen=True, slots=True)
class Article:
    """What a loader found in a file, before it becomes a Document.

    Attributes:
        text: As found; the caller normalises it.
        title: "" when the file gives none.
        source: An address when the file gives one, else "".
        published: ISO 8601 date, or "".
        id: What the file itself calls the article, or "".
    """

    text: str
    title: str = ""
    source: str = ""
    published: str = ""
    id: str = ""


class Loader(Protocol):
    """Turn one file into articles."""

    @property
    def suffixes(self) -> tuple[str, ...]:
        """The endings it reads, in lower case with the dot."""
        ...

    def load(self, path: Path) -> Iterator[Article]:
        """Yield the file's articles in order.

        Raises:
            LoadError: The file is damaged, encrypted, malformed (with the line), or not of this kind.
            OSError: The file cannot be opened.
        """
        ...


class Encoder(Protocol):
    """Turn texts into vectors whose inner product is their likeness."""

    @property
    def name(self) -> str:
        """What the manifest calls it; the plugin's `create(model=name)` gives the same encoder again."""
        ...

    @property
    def fingerprint(self) -> str:
        """SHA-256 of what decides its vectors, hexadecimal; a change makes an index stale."""
        ...

    @property
    def dimensions(self) -> int:
        """Length of a vector."""
        ...

    @property
    def max_tokens(self) -> int:
        """Tokens of text that it reads; what is past them is silently lost, so passages are shorter."""
        ...

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return float32 [len(texts), dimensions], unit rows, in order; from many threads at once."""
        ...

    def token_spans(self, text: str) -> tuple[Span, ...]:
        """Return the characters of each token, in order, without the special ones; in linear time."""
        ...


class VectorIndex(Protocol):
    """Find the vectors nearest to one. Positions count from 0 in the order in which vectors were given."""

    def search(self, query: Vectors, k: int) -> tuple[NDArray[np.int64], Vectors]:
        """Return positions [n] and inner products [n] for a query [dimensions]; n = min(k, size).

        Best first; ties by position.
        """
        ...

    def vectors(self) -> Vectors:
        """Return all vectors [size, dimensions], so that unchanged passages are not encoded again."""
        ...

    def save(self, folder: Path) -> None:
        """Write files into an existing empty folder; the caller makes them durable and hashes them."""
        ...


class VectorIndexModule(Protocol):
    """What `create()` of the family `indexes` returns: two ways to get a VectorIndex."""

    def build(self, vectors: Vectors) -> VectorIndex:
        """Index the vectors [n, dimensions]; n may be 0."""
        ...

    def load(self, folder: Path) -> VectorIndex:
        """Read what `save` wrote; the hashes have been checked.

        Raises:
            DamagedIndexError: The files do not hold an index of this kind.
        """
        ...


class LexicalIndex(Protocol):
    """Find the passages that share the query's words."""

    def search(self, query: str, k: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Return positions [n] and scores [n] > 0; n <= k. Best first; ties by position."""
        ...

    def save(self, folder: Path) -> None:
        """Write files into an existing empty folder; no pickle."""
        ...


class LexicalIndexModule(Protocol):
    """What `create()` of the family `lexical` returns."""

    def build(self, texts: Sequence[str]) -> LexicalIndex:
        """Index the texts in order; there may be none."""
        ...

    def load(self, folder: Path) -> LexicalIndex:
        """Read what `save` wrote; raises DamagedIndexError as above."""
        ...


@dataclass(frozen=True, slots=True)
class Calibration:
    """The map from a reader's score to a probability, and where answers begin (Platt 1999).

    Attributes:
        slope: Of the logistic curve, per unit of score; > 0.
        intercept: Of the logistic curve.
        threshold: Probability below which citewell abstains, in [0, 1].
        fitted_on: What it was fitted on, for the record.
    """

    slope: float
    intercept: float
    threshold: float
    fitted_on: str = ""

    @classmethod
    def beside(cls, module: Path) -> "Calibration":
        """Return what `citewell calibrate` wrote beside a reader's module, under the module's name.

        Raises:
            SettingsError: The file is gone or damaged.
        """
        return cls.read(module.with_suffix(".json"))

    @classmethod
    def read(cls, path: Path) -> "Calibration":
        """Return what `citewell calibrate` wrote.

        Raises:
            SettingsError: The file is gone or damaged.
        """
        try:
            record = json.loads(path.read_text(encoding="utf-8"))
            return cls(record["slope"], record["intercept"], record["threshold"], record["fitted_on"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            message = f"{path} holds no calibration ({error!r}): install citewell again"
            raise SettingsError(message) from error

    def probability(self, score: float) -> float:
        """Return the probability that an answer with this score is right, in (0, 1)."""
        return float(1 / (1 + np.exp(-np.clip(self.slope * score + self.intercept, -30, 30))))


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader found in one passage for one question.

    Attributes:
        evidence: The sentences that answer, in document order, offsets into the article; the
            citations. At least one.
        short: The shortest characters that answer, inside `evidence`, in document order; may be
            empty when no part shorter than the evidence answers.
        score: How surely this passage answers the question; any scale, higher is surer. The
            reader's Calibration makes it a probability.
        relevance: How much the passage is about the question; any scale, higher is more.
    """

    evidence: tuple[Span, ...]
    short: tuple[Span, ...]
    score: float
    relevance: float


# What a language model's log odds weigh against the reader's. On the article's dev questions and on SQuAD's
# that were held back, half and twice of it part right answers from wrong ones about as well.
GRADE_WEIGHT = 0.93


def graded(probability: float, grade: float) -> float:
    """Return a reader's probability of an answer and a language model's grade of it as one score, log odds.

    >>> graded(0.5, 0.0), graded(0.2, 1.0) > graded(0.2, -1.0)
    (0.0, True)
    """
    return log_odds(probability) + GRADE_WEIGHT * grade


def log_odds(probability: float) -> float:
    """Return ln(p / (1 - p)) of a probability in (0, 1)."""
    return math.log(probability / (1 - probability))


class Reader(Protocol):
    """Read a question and passages together."""

    @property
    def calibration(self) -> Calibration:
        """The one that ships with the reader."""
        ...

    def read(self, question: str, passages: Sequence[Passage]) -> list[Reading]:
        """Return one Reading a passage, in the order given; from many threads at once."""
        ...

    def supports(self, claims: Sequence[tuple[str, str]]) -> list[float]:
        """Return for each (statement, quoted evidence) the probability that the evidence proves it."""
        ...


@dataclass(frozen=True, slots=True)
class Marker:
    """A reference written by a generator: the number of an evidence item, from 1; any other dangles."""

    number: int


@dataclass(frozen=True, slots=True)
class Short:
    """What of the statements answers in the fewest words; kept only where they say it."""

    text: str


@dataclass(frozen=True, slots=True)
class Task:
    """What a generator is asked to put into words.

    Attributes:
        question: Standing alone.
        evidence: Verbatim texts of the articles, in document order; a marker's number is the place
            here, from 1. Sentences that answer or, for a generator with room for passages, passages.
        likely: Numbers of those in which a reader found an answer; may be empty.
        found: What a reader took to be the answer, in few words; may be empty.
        facts: Sentences that follow from figures of the evidence, reckoned for the writer; may be empty.
        statements: How many the answer may have at most.
        whole: Whether all of the evidence is asked about, as for a summary.
    """

    question: str
    evidence: tuple[str, ...]
    likely: tuple[int, ...] = ()
    found: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    statements: int = 1
    whole: bool = False


Pieces: TypeAlias = Yielding[str | Marker | Short]
"""What a generator yields; a function with `yield` gives one, which can be closed."""


class Generator(Protocol):
    """Put evidence into words."""

    @property
    def name(self) -> str:
        """What the trace says wrote the answer, with the model; no address and no key."""
        ...

    @property
    def room(self) -> int:
        """Tokens of passages that it can read, as tiktoken counts them.

        0 for one that adds no words of its own: it is given the sentences that answer, and nothing else.
        """
        ...

    @property
    def grading(self) -> Calibration | None:
        """The map from `graded` scores to probabilities; None when its grades are not to be used."""
        ...

    def grade(self, question: str, answer: str, text: str) -> float | None:
        """Return how much likelier an answer is right than wrong, as log odds; None when it cannot say.

        Args:
            question: Standing alone.
            answer: In few words, taken from the text.
            text: Sentences of an article.

        Raises:
            GeneratorError: It cannot be asked.
        """
        ...

    def generate(self, task: Task) -> Pieces:
        """Yield pieces of text and markers; a statement is the text up to its markers.

        The text needs no truth: whatever it says is verified against what its markers number. Closing
        the iterator stops the writing at once.

        Raises:
            GeneratorError: It cannot write, or broke off; what it wrote before stands.
        """
        ...

    def standalone(self, question: str, earlier: Sequence[Turn]) -> str:
        """Return a follow-up as a question that can be asked by itself; "" when it does not know how.

        Args:
            question: As asked.
            earlier: What was said before, oldest first; not empty.

        Raises:
            GeneratorError: As above.
        """
        ...
