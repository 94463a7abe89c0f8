"""Ask every question and make one record of its outcome; nothing is averaged here."""

import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Protocol, TypeAlias, TypeVar

from citewell.answers.answer import Answer
from citewell.assistant import Assistant
from citewell.documents.document import Document
from citewell.documents.passages import Passage
from citewell.evaluation.beir import JudgedQueries
from citewell.evaluation.questions import GoldEvidence, Question, locate_evidence
from citewell.evaluation.records import HitRecord
from citewell.evaluation.report import Report
from citewell.evaluation.scoring import DEPTH, Recorder, blank, ranking_scores
from citewell.index.retrieval import Hit, retrieve
from citewell.progress import Progress, silent
from citewell.questions.history import History

# The number of passages that are ranked to find ten articles.
PASSAGES_FOR_ARTICLES = 100

T = TypeVar("T")


class Answerer(Protocol):
    """An object that answers: an Assistant, or any other object with the same `ask`."""

    def ask(self, question: str, history: History = (), *, only: Collection[str] | None = None) -> Answer:
        """Answer a question; see `Assistant.ask`."""
        ...


Find: TypeAlias = Callable[[str, Collection[str] | None, int], Sequence[Hit]]
"""Return at most so many hits for a question that stands alone, best first, in all articles or only some."""


@dataclass(frozen=True, slots=True)
class Search:
    """The search for passages, to score the ranking by itself.

    Attributes:
        passages: All passages of the collection.
        find: Returns the ranking of passages for a question.
    """

    passages: Sequence[Passage]
    find: Find

    @classmethod
    def of(cls, assistant: Assistant) -> "Search":
        """Return the search of an Assistant."""
        collection, encoder = assistant.collection, assistant.encoder
        return cls(
            collection.passages,
            lambda question, only, k: retrieve(question, collection, encoder, k, only=only),
        )


def evaluate(  # noqa: PLR0913 - what is asked, who answers, and how it is watched
    questions: Sequence[Question],
    assistant: Answerer,
    documents: Iterable[Document],
    *,
    search: Search | None = None,
    given_article: bool = False,
    about: Mapping[str, object] | None = None,
    progress: Progress = silent,
) -> Report:
    """Ask each question, in order, and return the report.

    Args:
        questions: The questions with their gold answers.
        assistant: The assistant that answers.
        documents: The articles that the assistant answers from.
        search: The search whose ranking is scored too; None gives no figures of retrieval.
        given_article: Answer each question from its own article alone, where the question names one.
        about: A description of what is evaluated, kept in the report.
        progress: Called after every question.

    Raises:
        QuestionsFileError: Evidence stands in no article. All such evidence is named before any question
            is asked.
    """
    articles = {document.id: document for document in documents}
    golds = locate_evidence(questions, articles.values())
    recorder = Recorder(articles, search.passages if search else ())
    records = []
    for number, (question, gold) in enumerate(zip(questions, golds, strict=True), start=1):
        only = (gold.document_id,) if given_article and gold.document_id else None
        outcome = _outcome(partial(_ask, question, assistant, search, only))
        if isinstance(outcome, Exception):
            records.append(blank(question, gold, error=outcome))
        else:
            records.append(recorder.record(question, gold, *outcome))
        progress(number, len(questions))
    return Report(records, recorder.passages, recorder.threshold, about or {})


def judge(
    judged: JudgedQueries,
    search: Search,
    *,
    about: Mapping[str, object] | None = None,
    progress: Progress = silent,
) -> Report:
    """Rank the articles for each query by their best passage, and score only the ranking."""
    records = []
    for number, (id_, text) in enumerate(judged.queries.items(), start=1):
        gains = judged.qrels[id_]
        started = time.perf_counter()
        hits = _outcome(partial(search.find, text, None, PASSAGES_FOR_ARTICLES))
        error = hits if isinstance(hits, Exception) else None
        record = blank(Question(id_, text), GoldEvidence("", ()), error=error)
        if not isinstance(hits, Exception):
            record["latency_ms"] = {"total": _milliseconds(started)}
            best = {hit.passage.document.id: hit.fused for hit in reversed(hits)}
            ranking = list(dict.fromkeys(hit.passage.document.id for hit in hits))[:DEPTH]
            record["retrieved"] = [
                HitRecord(
                    passage=article, score=best[article], gold=gains.get(article, 0) > 0, probability=None
                )
                for article in ranking
            ]
            record["relevant"] = {article: gain for article, gain in gains.items() if gain > 0}
            record["scores"] = ranking_scores(ranking, gains)
        records.append(record)
        progress(number, len(judged.queries))
    return Report(records, about=about or {})


def _outcome(work: Callable[[], T]) -> T | Exception:
    """Return the result of `work`, or the exception that it raises.

    Only here does citewell catch every kind of exception. A reader or generator may come from another
    package, and its failure at question 200 must not lose the 199 before, nor count as an abstention.
    The report names the exception, and the command line exits with an error.
    """
    try:
        return work()
    except Exception as error:  # noqa: BLE001 - see above
        return error


def _ask(
    question: Question, assistant: Answerer, search: Search | None, only: tuple[str, ...] | None
) -> tuple[Answer, Sequence[Hit], float]:
    """Return the answer, the ranking of passages, and the time of the answer in milliseconds."""
    started = time.perf_counter()
    if only:
        answer = assistant.ask(question.question, question.history, only=only)
    else:
        answer = assistant.ask(question.question, question.history)
    took = _milliseconds(started)
    return answer, search.find(answer.standalone, only, DEPTH) if search else (), took


def _milliseconds(started: float) -> float:
    return round((time.perf_counter() - started) * 1000, 3)
