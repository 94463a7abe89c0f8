"""Keep answers and prompts within their limits, counted in tokens as tiktoken does."""

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass

from citewell.checking.citations import Source
from citewell.documents.passages import Passage
from citewell.index.collection import Collection
from citewell.index.retrieval import Hit
from citewell.reading.evidence import Evidence
from citewell.text import tokens
from citewell.text.spans import Span


@dataclass(frozen=True, slots=True)
class AnswerLimits:
    """Limits on a question, on the passages read for it, and on its answer.

    Attributes:
        passages: Passages that are read for a question.
        statements: Most statements in an answer.
        answer_tokens: Most tokens of evidence in an answer.
        question_characters: Most characters of the question as it is asked.
        question_tokens: Most tokens of the normalised question.
    """

    passages: int
    statements: int
    answer_tokens: int
    question_characters: int
    question_tokens: int


def fit_answer(evidence: Sequence[Evidence], limits: AnswerLimits) -> list[Evidence]:
    """Return the first pieces of evidence that fit into an answer; the first one is always kept."""
    kept: list[Evidence] = []
    texts: list[str] = []
    for item in evidence[: limits.statements]:
        text = item.hit.passage.document.text
        texts += [text[span.start : span.end] for span in item.reading.evidence]
        if kept and not tokens.fit(texts, limits.answer_tokens):
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
    """Return the passages to give a language model, in document order; none when it has no room.

    When all passages fit, all are returned: they are the same for every question, so the model reads them
    once. Otherwise the passages of the evidence and the hits are returned as far as they fit, at least one.

    Args:
        collection: The collection of the passages.
        chosen: Evidence of the answer; its passages are taken first.
        hits: The retrieved passages, best first.
        only: Ids of the articles asked about; all when None.
        room: Tokens of passages that the model can read.
    """
    if not room:
        return []
    passages = collection.passages_among(only)
    kept, is_whole = fit_passages(passages, room)
    if not is_whole:
        ranked = dict.fromkeys([item.hit.passage for item in chosen] + [hit.passage for hit in hits])
        kept = fit_passages(ranked, room)[0] or list(ranked)[:1]
    places = [
        Source(collection.document_index(item.document.id), Span(item.start, item.end)) for item in kept
    ]
    return sorted(places, key=lambda source: (source.document_index, source.span))


def fit_passages(passages: Iterable[Passage], room: int) -> tuple[list[Passage], bool]:
    """Return the first passages that together have at most `room` tokens, and whether these are all."""
    kept: list[Passage] = []
    for passage in passages:
        room -= tokens.count(passage.text)
        if room < 0:
            return kept, False
        kept.append(passage)
    return kept, True
