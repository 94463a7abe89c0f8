"""Calculate what a question asks for from amounts that the reader finds, or leave it alone.

Whether one is more than another or than a number, by how much, and both together. Nothing else: what there
is to count, who ranks where, and which of two is asked for are left to the reader (`benchmarks/solver.py`
measures what each kind is worth).
"""

import math
import re
from collections.abc import Callable, Sequence

from citewell.answers.arithmetic.amounts import Amount, find_amounts
from citewell.answers.arithmetic.checks import WITHOUT
from citewell.answers.arithmetic.fact import NO, YES, Fact
from citewell.answers.arithmetic.question import Calculation, Kind, read_calculation
from citewell.reading.evidence import Evidence
from citewell.text.english import FUNCTION_WORDS
from citewell.text.stemming import stem
from citewell.text.words import folded_words

# How sure the reader must be of each amount, by its calibration: one that is fitted anew asks for
# `benchmarks/solver.py` anew.
SURE = 0.7
# Of all but some, of each, and shares are another calculation.
OTHERWISE = re.compile(r"\b(?:any|each|every|all|average|half|twice|double)\b", re.IGNORECASE)
# Numbers that may be a year.
YEARS = range(1800, 2100)


def solve(question: str, find: Callable[[str], Sequence[Evidence]]) -> Fact | None:
    """Calculate what a question asks for; None when it asks for nothing that two amounts give.

    Args:
        question: Standing alone.
        find: Reads the articles for another question; surest evidence first.
    """
    wanted = read_calculation(question)
    if wanted is None or OTHERWISE.search(question) or WITHOUT.search(question):
        return None
    owned = distinguishing_stems(wanted.names)
    if wanted.names and not all(owned):
        return None
    found: list[tuple[Amount, Evidence]] = []
    for part, own in zip(wanted.parts, owned, strict=True):
        evidence = find(part)
        amount = read_amount(evidence[0], own) if evidence else None
        if amount is None:
            return None
        found.append((amount, evidence[0]))
    said = compare_with_limit(wanted, found[0][0]) if wanted.limit else calculate(wanted, found)
    if said is None:
        return None
    proof = tuple(evidence for _, evidence in found)
    return Fact(*said, proof, math.prod(evidence.probability for evidence in proof))


def read_amount(evidence: Evidence, own: frozenset[str]) -> Amount | None:
    """Return the amount that was read; None when it is unsure, none, or in a sentence of something else.

    Args:
        evidence: What was read.
        own: Stems that the sentence must have.
    """
    short = evidence.reading.short
    if evidence.probability < SURE or len(short) != 1 or len(evidence.reading.evidence) != 1:
        return None
    (span,), (sentence,) = short, evidence.reading.evidence
    text = evidence.hit.passage.document.text[sentence.start : sentence.end]
    # Of the whole sentence: the hedge may stand before what the reader took.
    inside = [
        amount for amount in find_amounts(text) if span.start <= sentence.start + amount.start < span.end
    ]
    if len(inside) != 1 or (not inside[0].unit and inside[0].value in YEARS):
        return None
    return inside[0] if own <= stems(text) else None


def calculate(wanted: Calculation, found: Sequence[tuple[Amount, Evidence]]) -> tuple[str, str] | None:
    """Return the sentence and the short answer that two amounts give; None when they do not."""
    (one, first), (other, second) = found
    if one.unit != other.unit or first.reading.short == second.reading.short:
        return None
    exceeds = one.exceeds(other)
    amounts = [f"{name}: {amount}" for name, amount in zip(wanted.names, (one, other), strict=True)]
    if wanted.kind is Kind.SUM:
        return f"Together {one + other}: {'; '.join(amounts)}.", str(one + other)
    if exceeds is None or one.value == other.value:
        return None
    if wanted.kind is Kind.DIFFERENCE:
        ahead = one - other if exceeds else other - one
        return f"The difference is {ahead}: {'; '.join(amounts)}.", str(ahead)
    answer = YES if exceeds is not wanted.is_less else NO
    return f"{answer}: {'; '.join(amounts)}.", answer


def compare_with_limit(wanted: Calculation, amount: Amount) -> tuple[str, str] | None:
    """Return whether an amount passes the limit that is asked about; None when its hedge leaves that open."""
    limit = wanted.limit
    if limit is None or amount.unit != limit.unit:
        return None
    if amount.is_exact and amount.value == limit.value:
        return (f"{YES if wanted.is_enough else NO}: {amount}.", YES if wanted.is_enough else NO)
    exceeds = amount.exceeds(limit)
    if exceeds is None:
        return None
    answer = YES if exceeds is not wanted.is_less else NO
    return f"{answer}: {amount} is {'more' if exceeds else 'less'} than {limit}.", answer


def distinguishing_stems(names: Sequence[str]) -> list[frozenset[str]]:
    """Return for each of two names the stems that the other lacks; for none, one that is empty.

    >>> distinguishing_stems(["the first group", "the other group"])
    [frozenset({'first'}), frozenset({'other'})]
    """
    known = [stems(name) - FUNCTION_WORDS for name in names]
    return [one - other for one, other in zip(known, known[::-1], strict=True)] or [frozenset()]


def stems(text: str) -> frozenset[str]:
    """Return the stems of a text, without the endings of the genitive."""
    return frozenset(stem(word) for word in folded_words(re.sub(r"['’]s?\b", " ", text)))
