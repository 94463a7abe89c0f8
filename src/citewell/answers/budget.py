"""Keep answers and prompts within their limits, counted in tokens as tiktoken does."""

from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass

from citewell.checking.citations import Source
from citewell.documents.passages import Passage
from citewell.index.collection import Collection
from citewell.reading.evidence import Evidence
from citewell.text import tokens
from citewell.text.spans import Span, join_adjacent

# Neighbours on either side that come before other passages, and beyond the longest passage.
NEAR, FAR = 2, 64


@dataclass(frozen=True, slots=True)
class AnswerLimits:
    """Limits on a question, on the passages read for it, and on its answer.

    Attributes:
        passages: Passages that are read for a question.
        statements: Most statements in an answer.
        answer_tokens: Most tokens of evidence in an answer.
        question_characters: Most characters of the question as it is asked.
        question_tokens: Most tokens of the normalised question.
        prompt_tokens: Tokens of the articles that a language model is given where not all of them fit.
    """

    passages: int
    statements: int
    answer_tokens: int
    question_characters: int
    question_tokens: int
    prompt_tokens: int


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
    evidence: Sequence[Evidence],
    only: Container[str] | None,
    room: int,
    most: int,
) -> list[Source]:
    """Return what a language model is given to answer from, in document order; nothing when it has no room.

    When all passages fit, all are returned: they are the same for every question, so the model reads them
    once. Otherwise it reads anew for every question, and what takes its time is the number of tokens: the
    sentences that the reader found are returned with their neighbours, see `excerpts`.

    Args:
        collection: The collection of the passages.
        chosen: Evidence of the answer; at least one.
        evidence: All evidence, surest first.
        only: Ids of the articles asked about; all when None.
        room: Tokens of passages that the model can read.
        most: Tokens that it is given where not all passages fit.
    """
    if not room:
        return []
    kept, is_whole = fit_passages(collection.passages_among(only), room)
    if is_whole:
        return locate(kept, collection)
    return excerpts(collection, chosen, evidence, min(room, most))


def fit_article(collection: Collection, article: str, room: int) -> list[Source]:
    """Return the first passages of an article, at least one, that a language model has room to read.

    Args:
        collection: The collection of the passages.
        article: Id of the article.
        room: Tokens that the model can read; nothing is returned when it is 0.
    """
    if not room:
        return []
    passages = list(collection.passages_among(collection.select([article])))
    return locate(fit_passages(passages, room)[0] or passages[:1], collection)


def locate(passages: Iterable[Passage], collection: Collection) -> list[Source]:
    """Return where passages stand, in document order."""
    places = [
        Source(collection.document_index(item.document.id), Span(item.start, item.end)) for item in passages
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


def excerpts(
    collection: Collection, chosen: Sequence[Evidence], evidence: Sequence[Evidence], room: int
) -> list[Source]:
    """Return the sentences that the reader found and their neighbours, as far as they fit.

    The sentences of the chosen evidence are always returned. Then come their neighbours, the sentences of
    the other evidence with theirs, and the rest of all these passages, up to the first sentence that does
    not fit.

    Args:
        collection: The collection of the passages.
        chosen: Evidence of the answer.
        evidence: All evidence, surest first.
        room: Tokens of all sentences together.

    Returns:
        Ranges of whole sentences, in document order; neighbouring sentences make one range.
    """
    own = {item.hit.position for item in chosen}
    others = [item for item in evidence if item.hit.position not in own]
    wanted = [
        *((item, span) for item in chosen for span in item.reading.evidence),
        *neighbours(chosen, range(1, NEAR + 1)),
        *(
            found
            for item in others
            for found in (*((item, span) for span in item.reading.evidence), *neighbours([item], range(1, 2)))
        ),
        *neighbours([*chosen, *others], range(2, FAR)),
    ]
    always = sum(len(item.reading.evidence) for item in chosen)
    kept: dict[int, list[Span]] = {}
    for number, (item, span) in enumerate(wanted):
        document = item.hit.passage.document
        there = kept.setdefault(collection.document_index(document.id), [])
        if any(span.start < other.end and other.start < span.end for other in there):
            continue
        room -= tokens.count(document.text[span.start : span.end])
        if room < 0 and number >= always:
            break
        there.append(span)
    return [
        Source(place, span)
        for place, spans in sorted(kept.items())
        for span in join_adjacent(sorted(spans), collection.documents[place].text)
    ]


def neighbours(evidence: Sequence[Evidence], distances: Sequence[int]) -> Iterator[tuple[Evidence, Span]]:
    """Yield the sentences so far before and behind those of evidence, in its passage; the nearest first."""
    for distance in distances:
        for item in evidence:
            sentences = item.hit.passage.sentences
            found = item.reading.evidence
            inside = [
                place
                for place, span in enumerate(sentences)
                if any(span.start < one.end and one.start < span.end for one in found)
            ]
            if inside:
                places = (inside[0] - distance, inside[-1] + distance)
                yield from ((item, sentences[place]) for place in places if 0 <= place < len(sentences))
