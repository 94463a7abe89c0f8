"""What the programs of all systems share: read a task, index, find, answer, and write what came of it.

It imports nothing but Python's own, since it runs in each system's environment.
"""

import json
import re
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any, Protocol, TypeVar

# Asked before anything is timed, so that all is loaded. It is none of the questions.
WARM = "How many people live in Kiel?"
TRIED = "The tide at Kiel rose to 3.2 metres."

# Seconds to wait for the language model. Their own limits differ, and would count a slow machine as silence.
PATIENCE = 600.0
# As prompts ask for numbers of sources, and as small models write them besides.
MARKERS = re.compile(r"\[(?:source )?(\d+(?:\s*,\s*(?:source )?\d+)*)\]|\bsource (\d+)\b", re.IGNORECASE)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Article:
    """An article as all systems get it.

    Attributes:
        title: Its title.
        text: Its text.
    """

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Task:
    """What a system is to do.

    Attributes:
        encoder: Folder of the encoder, as sentence-transformers reads it.
        answering: Whether the questions are answered; passages are found in any case.
        base_url: Address of the language model's server; "" without one.
        key: The server's key.
        model: Name of the model on the server.
        context_tokens: The model's context.
        most_tokens: Most tokens of an answer.
        citing: Whether answers are to cite.
        article: The article that is asked about.
        others: Articles that are indexed besides it.
        among: Whether the questions are asked of all articles, and not of the one alone.
        questions: Each question by its id.
    """

    encoder: str
    answering: bool
    base_url: str
    key: str
    model: str
    context_tokens: int
    most_tokens: int
    citing: bool
    article: Article
    others: tuple[Article, ...]
    among: bool
    questions: Mapping[str, str]

    def to_dict(self) -> dict[str, Any]:
        """Return the task as JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, told: Mapping[str, Any]) -> "Task":
        """Return the task that `to_dict` wrote."""
        others = tuple(Article(**one) for one in told["others"])
        return cls(**{**told, "article": Article(**told["article"]), "others": others})


@dataclass(frozen=True, slots=True)
class Said:
    """An answer.

    Attributes:
        text: Its words.
        cited: The texts that it cites.
        dangling: Citations of sources that there are not.
    """

    text: str
    cited: tuple[str, ...] = ()
    dangling: int = 0


def cite(text: str, numbers: Sequence[int], sources: Sequence[str]) -> Said:
    """Return an answer that cites sources by their numbers; the first is 1.

    >>> cite("Of 3.2 metres [2][4].", [2, 4], ["Nobody was hurt.", "It rose to 3.2 metres."])
    Said(text='Of 3.2 metres [2][4].', cited=('It rose to 3.2 metres.',), dangling=1)
    """
    distinct = dict.fromkeys(numbers)
    there = [number for number in distinct if 1 <= number <= len(sources)]
    return Said(text, tuple(sources[number - 1] for number in there), len(distinct) - len(there))


def read_numbers(text: str) -> list[int]:
    """Return the numbers of the sources that an answer names.

    >>> read_numbers("It rose [1, 3], says Source 2."), read_numbers("It rose to 3.2 metres.")
    ([1, 3, 2], [])
    """
    found = [bracketed or named for bracketed, named in MARKERS.findall(text)]
    return [int(number) for one in found for number in re.findall(r"\d+", one)]


class Index(Protocol):
    """Articles, indexed."""

    @property
    def passages(self) -> int:
        """How many passages there are."""
        ...

    def find(self, question: str) -> list[str]:
        """Return the passages that the system takes for a question, best first."""
        ...

    def answer(self, question: str) -> Said:
        """Answer a question."""
        ...


class System(Protocol):
    """A system, with its encoder loaded."""

    @property
    def packages(self) -> Sequence[str]:
        """The packages whose versions are told."""
        ...

    def index(self, articles: Sequence[Article]) -> Index:
        """Split, encode and store articles, in memory."""
        ...


@dataclass(slots=True)
class Answered:
    """What came of one question.

    Attributes:
        found: The passages that were found in the article alone.
        found_seconds: How long that took.
        found_among: The same in all articles.
        found_among_seconds: How long that took.
        text: The answer.
        cited: The texts that it cites.
        dangling: Citations of sources that there are not.
        seconds: How long the answer took.
        error: What the system failed with; "" when it did not.
    """

    found: list[str]
    found_seconds: float
    found_among: list[str] = field(default_factory=list)
    found_among_seconds: float = 0.0
    text: str = ""
    cited: list[str] = field(default_factory=list)
    dangling: int = 0
    seconds: float = 0.0
    error: str = ""


@dataclass(slots=True)
class Outcome:
    """What came of a task.

    Attributes:
        versions: The system's packages and their versions.
        load_seconds: From the program's start until a first text was indexed and found.
        passages: Passages of the article.
        index_seconds: How long it took to index it.
        among_passages: Passages of all articles.
        among_seconds: How long it took to index them.
        answers: What came of each question, by its id.
    """

    versions: dict[str, str]
    load_seconds: float
    passages: int
    index_seconds: float
    among_passages: int = 0
    among_seconds: float = 0.0
    answers: dict[str, Answered] = field(default_factory=dict)

    @classmethod
    def from_dict(cls, told: Mapping[str, Any]) -> "Outcome":
        """Return the outcome that was written as JSON."""
        answers = {id_: Answered(**one) for id_, one in told["answers"].items()}
        return cls(**{**told, "answers": answers})


def do(task: Task, make: Callable[[Task], System], began: float) -> Outcome:
    """Do a task.

    Args:
        task: The task.
        make: Makes the system.
        began: When the program began, in seconds since the epoch.
    """
    system = make(task)
    system.index([Article("A tide", TRIED)]).find(WARM)
    loaded = time.time() - began
    article, seconds = timed(partial(system.index, [task.article]))
    versions = {name: version(name) for name in system.packages}
    outcome = Outcome(versions, loaded, article.passages, seconds)
    among = None
    if task.others:
        among, outcome.among_seconds = timed(partial(system.index, [task.article, *task.others]))
        outcome.among_passages = among.passages
        among.find(WARM)
    article.find(WARM)
    for id_, question in task.questions.items():
        found, seconds = timed(partial(article.find, question))
        outcome.answers[id_] = noted = Answered(found, seconds)
        if among:
            noted.found_among, noted.found_among_seconds = timed(partial(among.find, question))
    if task.answering:
        write(task, outcome, among if among and task.among else article)
    return outcome


def write(task: Task, outcome: Outcome, index: Index) -> None:
    """Have every question answered, and note the answers."""
    answer(index, WARM)
    for number, (id_, question) in enumerate(task.questions.items(), start=1):
        said, seconds = timed(partial(answer, index, question))
        noted = outcome.answers[id_]
        noted.seconds = seconds
        if isinstance(said, Said):
            noted.text, noted.cited, noted.dangling = said.text, list(said.cited), said.dangling
        else:
            noted.error = said
        sys.stderr.write(f"\r{number} of {len(task.questions)}")
    sys.stderr.write("\r")


def answer(index: Index, question: str) -> Said | str:
    """Return an answer, or what the system failed with: one failure must not lose the other answers."""
    try:
        return index.answer(question)
    except Exception as error:  # noqa: BLE001  # see above
        return f"{type(error).__name__}: {error}"


def timed(work: Callable[[], T]) -> tuple[T, float]:
    """Return what some work gives, and the seconds that it took."""
    began = time.perf_counter()
    return work(), time.perf_counter() - began


def run(make: Callable[[Task], System]) -> None:
    """Read the task from the first file named, and write the outcome to the second.

    The third argument is the time at which the program was started.
    """
    source, target, began = sys.argv[1:]
    task = Task.from_dict(json.loads(Path(source).read_text(encoding="utf-8")))
    outcome = do(task, make, float(began))
    Path(target).write_text(json.dumps(asdict(outcome), ensure_ascii=False), encoding="utf-8")
