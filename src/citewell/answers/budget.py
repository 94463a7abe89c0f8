"""Keep answers and prompts within their limits, counted in tokens as tiktoken does."""

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass

from citewell.answers.citations import Source
from citewell.documents.passages import Passage
from citewell.index.collection import Collection
from citewell.index.retrieval import Hit
from citewell.reading.evidence import Evidence
from citewell.text import tokens
from citewell.text.spans import Span


@dataclass(frozen=True, slots=True)
class AnswerLimits:
    """How much is asked, read and said.

    Attributes:
        passages: That are read for a question.
        statements: In an answer.
        answer_tokens: Of evidence in an answer.
        question_characters: As the question comes.
        question_tokens: Of the normalised question.
    """

    passages: int
    statements: int
    answer_tokens: int
    question_characters: int
    question_tokens: int


def fit_answer(evidence: Sequence[Evidence], limits: AnswerLimits) -> list[Evidence]:
    """Return the first pieces of evidence that fit an answer; the first one always does."""
    kept: list[Evidence] = []
    spent = 0
    for item in evidence[: limits.statements]:
        text = item.hit.passage.document.text
        spent += sum(tokens.count(text[span.start : span.end]) for span in item.reading.evidence)
        if kept and spent > limits.answer_tokens:
            break
        kept.append(item)
    return kept


def fit_prompt(
    collection: Collection,
    chosen: Sequence[Evidence],
    hits: Sequence[Hit],
    only: Container[str] | None,
    room: int,
) -> list[Source]:
    """Return the passages that a language model is given, in document order; none for one without room.

    All there are, where they fit: the same for every question, so that the model reads them once.
    Else those that were chosen and found, one at least.

    Args:
        collection: Where the passages are.
        chosen: Evidence of the answer; its passages come first.
        hits: What was retrieved, best first.
        only: Ids of the articles asked about; all when None.
        room: Tokens that the model can read.
    """
    if not room:
        return []
    passages = [item for item in collection.passages if only is None or item.document.id in only]
    kept = fit_passages(passages, room)
    if len(kept) < len(passages):
        ranked = dict.fromkeys([item.hit.passage for item in chosen] + [hit.passage for hit in hits])
        kept = fit_passages(ranked, room) or list(ranked)[:1]
    places = [
        Source(collection.document_index(item.document.id), Span(item.start, item.end)) for item in kept
    ]
    return sorted(places, key=lambda source: (source.document_index, source.span))


def fit_passages(passages: Iterable[Passage], room: int) -> list[Passage]:
    """Return the first passages that together have at most so many tokens."""
    kept = []
    for passage in passages:
        room -= tokens.count(passage.text)
        if room < 0:
            break
        kept.append(passage)
    return kept
