"""Turn one answer into its record: the answer, the places where it was found, and its scores."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from citewell.answers.answer import Answer
from citewell.answers.answer_builder import distinct
from citewell.checking.citations import Citation, Statement
from citewell.documents.document import Document
from citewell.documents.passages import Passage
from citewell.evaluation import metrics
from citewell.evaluation.metrics import Place
from citewell.evaluation.questions import GoldEvidence, Question
from citewell.evaluation.records import (
    CitationRecord,
    Guess,
    HitRecord,
    PassageRecord,
    Prediction,
    Record,
    StatementRecord,
)
from citewell.index.retrieval import Hit

# The number of ranked passages that are scored.
DEPTH = 10
# The kind of questions whose answers are whole lists.
LIST = "list"
# On one machine, a model's numbers are the same to six digits from run to run, and seldom to more.
DIGITS = 6


def blank(question: Question, gold: GoldEvidence, *, error: Exception | None = None) -> Record:
    """Return a record before anything is known of the answer."""
    return Record(
        id=question.id,
        kind=question.kind,
        split=question.split,
        question=question.question,
        history=list(question.history),
        standalone="",
        document_id=gold.document_id,
        answerable=question.answerable,
        answers=list(question.answers),
        evidence=list(question.evidence),
        gold=[
            {"document_id": place.document_id, "start": place.start, "end": place.end}
            for place in gold.places
        ],
        prediction=None,
        guess=None,
        closest=[],
        retrieved=[],
        relevant={},
        scores={},
        stage_failed="",
        error=f"{type(error).__name__}: {error}" if error else "",
        latency_ms={},
    )


@dataclass(frozen=True, slots=True)
class ScoredAnswer:
    """The answer that was given, or that would have been given without a threshold.

    Attributes:
        short: The short answer.
        cited: The ranges that support the short answer.
        confidence: The probability of the answer.
        score: The reader's score; None when nothing was read.
        grade: A language model's grade; None when none was asked.
    """

    short: str
    cited: tuple[Place, ...]
    confidence: float
    score: float | None
    grade: float | None


def best_answer(answer: Answer) -> ScoredAnswer | None:
    """Return the answer that was given or, where the assistant abstained, the one it would have given.

    Its short answer is made as that of an answer is. None where the assistant abstained and nothing was read.
    """
    surest = answer.trace.evidence[0] if answer.trace.evidence else None
    score, grade = (surest.reading.score, surest.grade) if surest else (None, None)
    if answer.abstention is None:
        cited = tuple(Place(item.document_id, item.start, item.end) for item in answer.citations)
        return ScoredAnswer(answer.short, cited, answer.confidence, score, grade)
    if surest is None:
        return None
    pieces = sorted(answer.trace.candidate or (surest,), key=lambda item: item.hit.position)
    places = tuple(Place(item.hit.passage.document.id, *span) for item in pieces for span in item.spans)
    short = ", ".join(distinct([item.short for item in pieces]))
    return ScoredAnswer(short, places, min(item.probability for item in pieces), score, grade)


class Recorder:
    """Turn answers into records, and keep the passages that they name."""

    def __init__(self, articles: Mapping[str, Document], passages: Sequence[Passage]) -> None:
        """Keep the articles by id, and their passages as the index retrieves them."""
        self._articles = articles
        self._of_article: dict[str, list[Passage]] = {}
        for passage in passages:
            self._of_article.setdefault(passage.document.id, []).append(passage)
        self.passages: dict[str, PassageRecord] = {}
        self.threshold: float | None = None

    def record(
        self, question: Question, gold: GoldEvidence, answer: Answer, hits: Sequence[Hit], milliseconds: float
    ) -> Record:
        """Return one question's record."""
        if self.threshold is None:
            self.threshold = answer.trace.threshold
        places = gold.places
        guess = best_answer(answer)
        right = guess is not None and metrics.is_right(
            guess.short, guess.cited, question.answers, places, is_list=question.kind == LIST
        )
        record = blank(question, gold)
        record["standalone"] = answer.standalone
        record["prediction"] = Prediction(
            short=answer.short,
            text=answer.text,
            statements=[_record_statement(statement) for statement in answer.statements],
            abstention=answer.abstention.value if answer.abstention else None,
            confidence=round(answer.confidence, DIGITS),
            citations=[self._record_citation(citation, places) for citation in answer.citations],
        )
        if guess:
            record["guess"] = Guess(
                short=guess.short,
                confidence=round(guess.confidence, DIGITS),
                score=None if guess.score is None else round(guess.score, DIGITS),
                grade=guess.grade,
                right=right,
            )
        record["closest"] = [self._record_citation(citation, places) for citation in answer.closest]
        record["retrieved"] = [self._record_hit(hit, answer, places) for hit in hits]
        record["relevant"] = {self._record_passage(passage): 1 for passage in self._find_holding(places)}
        record["scores"] = _scores(question, places, answer, right=right)
        if record["relevant"]:
            ranking = [found["passage"] for found in record["retrieved"]]
            record["scores"] |= ranking_scores(ranking, record["relevant"])
        record["stage_failed"] = _find_failed_stage(question, answer, places, hits, guess, right=right)
        stages = {stage: round(time_, 3) for stage, time_ in answer.trace.milliseconds if stage != "total"}
        record["latency_ms"] = {"total": milliseconds, **stages}
        return record

    def _record_citation(self, citation: Citation, gold: Sequence[Place]) -> CitationRecord:
        article = self._articles.get(citation.document_id)
        quoted = article.text[citation.start : citation.end] if article else None
        place = Place(citation.document_id, citation.start, citation.end)
        return CitationRecord(
            number=citation.number,
            document_id=citation.document_id,
            document_title=citation.document_title,
            start_char_index=citation.start,
            end_char_index=citation.end,
            cited_text=citation.quote,
            exact=quoted == citation.quote,
            gold=metrics.count_shared([place], gold) > 0,
        )

    def _record_hit(self, hit: Hit, answer: Answer, gold: Sequence[Place]) -> HitRecord:
        read = {_place(item.hit.passage): item.probability for item in answer.trace.evidence}
        place = _place(hit.passage)
        return HitRecord(
            passage=self._record_passage(hit.passage),
            score=round(hit.fused, 9),
            gold=metrics.count_shared([place], gold) > 0,
            probability=round(read[place], DIGITS) if place in read else None,
        )

    def _find_holding(self, gold: Sequence[Place]) -> list[Passage]:
        """Return the passages that hold a character of gold evidence, by article and place."""
        articles = dict.fromkeys(place.document_id for place in gold)
        near = [passage for id_ in articles for passage in self._of_article.get(id_, ())]
        return [passage for passage in near if metrics.count_shared([_place(passage)], gold)]

    def _record_passage(self, passage: Passage) -> str:
        """Return the report's id of a passage, and keep the passage's text for the report."""
        name = f"{passage.document.id}#{passage.start}-{passage.end}"
        self.passages[name] = PassageRecord(
            document_id=passage.document.id,
            document_title=passage.document.title,
            start=passage.start,
            end=passage.end,
            text=passage.text,
        )
        return name


def _record_statement(statement: Statement) -> StatementRecord:
    return StatementRecord(
        text=statement.text,
        citations=[citation.number for citation in statement.citations],
        short=[list(span) for span in statement.short],
        dangling=list(statement.dangling),
    )


def _place(passage: Passage) -> Place:
    return Place(passage.document.id, passage.start, passage.end)


def _scores(question: Question, gold: Sequence[Place], answer: Answer, *, right: bool) -> dict[str, float]:
    """Score an answer; a score that does not apply to the question is left out."""
    abstained = answer.abstention is not None
    cited = [Place(item.document_id, item.start, item.end) for item in answer.citations]
    scores = {
        "exact_match": metrics.exact_match(answer.short, question.answers),
        "f1": metrics.f1(answer.short, question.answers),
    }
    if question.answerable:
        shown = " ".join(statement.text for statement in answer.statements)
        scores["contains"] = metrics.contains(shown, question.answers)
        scores["false_abstention"] = float(abstained)
        if gold:
            scores["evidence_recall"] = metrics.evidence_found(cited, gold)
    else:
        scores["abstention_recall"] = float(abstained)
    if not abstained:
        scores["right"] = float(right)
        if gold:
            scores["citation_precision"] = metrics.citation_precision(cited, gold)
            scores["citation_recall"] = metrics.citation_recall(cited, gold)
    return scores


def ranking_scores(ranking: Sequence[str], gains: Mapping[str, int]) -> dict[str, float]:
    """Score a ranking of ids, best first, by the gain of each id."""
    relevant = {id_ for id_, gain in gains.items() if gain > 0}
    return {
        "recall@1": metrics.recall_at(1, ranking, relevant),
        "recall@5": metrics.recall_at(5, ranking, relevant),
        "success@1": metrics.success_at(1, ranking, relevant),
        "success@5": metrics.success_at(5, ranking, relevant),
        "mrr@10": metrics.reciprocal_rank(DEPTH, ranking, relevant),
        "ndcg@10": metrics.ndcg(DEPTH, ranking, gains),
    }


def _find_failed_stage(
    question: Question,
    answer: Answer,
    gold: Sequence[Place],
    hits: Sequence[Hit],
    guess: ScoredAnswer | None,
    *,
    right: bool,
) -> str:
    """Return the first stage that failed, by its name in Record; "" when no stage failed."""
    abstained = answer.abstention is not None
    if not question.answerable:
        return "" if abstained else "answered_unanswerable"
    if right and not abstained:
        return ""
    read = [item.hit.passage for item in answer.trace.evidence] or [hit.passage for hit in hits]
    if gold and not metrics.count_shared(gold, [_place(passage) for passage in read]):
        return "not_retrieved"
    if gold and not metrics.count_shared(gold, guess.cited if guess else ()):
        return "not_read"
    return "gated" if abstained else "wrong"
