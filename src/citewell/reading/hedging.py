"""Keep what was planned, denied or supposed from answering what happened, and say the rest as it is said."""

from collections.abc import Sequence
from dataclasses import replace

from citewell.questions.intent import is_yes_or_no
from citewell.reading.evidence import Evidence, read, surest_first, without, without_dateline
from citewell.reading.modality import Hedge, find_hedge
from citewell.reading.reader import Reader
from citewell.reading.subjects import NOWHERE, Subjects
from citewell.text.spans import Span

# How many sentences of one passage are set aside in search of one that tells what happened.
ROUNDS = 3
# Probability of evidence for what need not have happened, where no other sentence of its passage answers.
NOT_SO = 0.01


def hedge_of(question: str, evidence: Evidence) -> tuple[Span, Hedge] | None:
    """Return the sentence of the short answer, with what hedges it; None for an answer told as a fact."""
    answer = next(iter(evidence.reading.short), evidence.reading.evidence[0])
    span = next((item for item in evidence.spans if item.start <= answer.start < item.end), evidence.spans[0])
    sentence = evidence.hit.passage.document.text[span.start : span.end]
    hedge = find_hedge(
        question, sentence, Span(answer.start - span.start, min(answer.end, span.end) - span.start)
    )
    return (span, hedge) if hedge else None


def prefer_facts(
    question: str,
    evidence: Sequence[Evidence],
    reader: Reader,
    threshold: float,
    subjects: Subjects = NOWHERE,
) -> list[Evidence]:
    """Read again, without it, what answers with a thing that need not have happened.

    "How many did the firm sack?" is not answered by "It had planned to sack 300", but may be by another
    sentence of the passage. Where there is none, the evidence stays, as unsure as the next best sentence.

    Args:
        question: The question.
        evidence: The evidence, surest first.
        reader: The reader.
        threshold: Least probability of evidence that is looked at.
        subjects: Names of the articles.

    Returns:
        The evidence, surest first.
    """
    if is_yes_or_no(question):
        return [*evidence]  # that it was denied is an answer
    return surest_first(
        _fact(question, item, reader, threshold, subjects) if item.probability >= threshold else item
        for item in evidence
    )


def _fact(question: str, item: Evidence, reader: Reader, threshold: float, subjects: Subjects) -> Evidence:
    """Return the evidence of a passage's first sentence that tells what happened."""
    current, passage = item, without_dateline(item.hit.passage)
    for _ in range(ROUNDS):
        found = hedge_of(question, current)
        if found is None or not found[1].denies_question:
            return current
        rest = without(passage, found[0])
        if rest is None:
            return replace(item, probability=NOT_SO)
        passage = rest
        (again,) = read(question, [replace(item.hit, passage=rest)], reader, subjects)
        current = replace(again, hit=item.hit)
        if current.probability < threshold:
            return replace(item, probability=current.probability)
    return replace(item, probability=NOT_SO)


def as_said(question: str, evidence: Evidence) -> Evidence:
    """Return evidence whose short answer has the words that hedge it: "planned to sack 300"."""
    found = hedge_of(question, evidence)
    if found is None or len(evidence.reading.short) != 1:
        return evidence
    span, hedge = found
    short = Span(span.start + hedge.span.start, span.start + hedge.span.end)
    return replace(evidence, reading=replace(evidence.reading, short=(short,)))
