"""Calculate the answer to a question from amounts that the reader finds, or leave the question to the reader.

The solver decides whether one amount is more than another or than a number, and computes a difference or a
sum. It does nothing else: questions that count, that rank, or that ask which of two are left to the reader
(`benchmarks/solver.py` measures the worth of each kind).
"""

import math
import re
from collections.abc import Callable, Sequence

from citewell.arithmetic.amounts import Amount, find_amounts
from citewell.arithmetic.checks import WITHOUT
from citewell.arithmetic.fact import NO, YES, Fact
from citewell.arithmetic.question import Calculation, Kind, read_calculation
from citewell.reading.evidence import Evidence
from citewell.text.english import FUNCTION_WORDS
from citewell.text.stemming import stem
from citewell.text.words import folded_words

# Least calibrated probability of the reader for each amount. Run `benchmarks/solver.py` again after the
# calibration is fitted anew.
SURE = 0.7
# Words of calculations that are not known here, such as an average or an amount for each.
OTHERWISE = re.compile(r"\b(?:any|each|every|all|average|half|twice|double)\b", re.IGNORECASE)
# Numbers that may be a year.
YEARS = range(1800, 2100)


def solve(question: str, find: Callable[[str], Sequence[Evidence]]) -> Fact | None:
    """Calculate the answer to a question; None when two amounts cannot answer it.

    Args:
        question: A question that stands alone.
        find: Function that reads the articles for a question and returns evidence, the surest first.
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
    """Return the amount in a piece of evidence; None when it is unsure, missing, or of another name.

    Args:
        evidence: The evidence that the reader found.
        own: Stems that the sentence must have, as proof that the amount is of the right name.
    """
    short = evidence.reading.short
    if evidence.probability < SURE or len(short) != 1 or len(evidence.reading.evidence) != 1:
        return None
    (span,), (sentence,) = short, evidence.reading.evidence
    text = evidence.hit.passage.document.text[sentence.start : sentence.end]
    # Amounts are read from the whole sentence, since a hedge may stand before the reader's short answer.
    inside = [
        amount for amount in find_amounts(text) if span.start <= sentence.start + amount.start < span.end
    ]
    if len(inside) != 1 or (not inside[0].unit and inside[0].value in YEARS):
        return None
    return inside[0] if own <= stems(text) else None


def calculate(wanted: Calculation, found: Sequence[tuple[Amount, Evidence]]) -> tuple[str, str] | None:
    """Return the sentence and the short answer that two amounts give; None when they give none."""
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
    """Say whether an amount passes the limit in a question; None when the hedge or unit leaves that open."""
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
    """Return for each of two names the stems that the other lacks; without names, one empty set.

    >>> distinguishing_stems(["the first group", "the other group"])
    [frozenset({'first'}), frozenset({'other'})]
    """
    known = [stems(name) - FUNCTION_WORDS for name in names]
    return [one - other for one, other in zip(known, known[::-1], strict=True)] or [frozenset()]


def stems(text: str) -> frozenset[str]:
    """Return the stems of a text, without the endings of the genitive."""
    return frozenset(stem(word) for word in folded_words(re.sub(r"['’]s?\b", " ", text)))
