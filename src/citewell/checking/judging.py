"""Weigh what speaks for and against a claim in one sentence: the network, details, negations, hedges."""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from citewell.checking.claims import Claim
from citewell.checking.details import Finding, Kind, State, compare, find_details
from citewell.checking.evidence import Sentence
from citewell.checking.hedging import Hedge, find_hedge
from citewell.checking.opposites import find_opposites
from citewell.reading.reader import Judgement, Reader
from citewell.text.english import FUNCTION_WORDS, NEGATIONS
from citewell.text.stemming import stem
from citewell.text.words import folded_words

WEIGHTS = Path(__file__).with_suffix(".json")
VETOED = -4.0
LEAST = 0.004  # probabilities nearer to 0 or 1 say no more
DENYING = NEGATIONS | frozenset("fail failed fails refused refuses denied denies without lack lacked".split())


@dataclass(frozen=True, slots=True)
class Weighed:
    """A sentence weighed for a claim.

    Attributes:
        sentence: The sentence.
        judgement: What the network makes of it behind the article's title.
        findings: How it has the claim's details.
        hedge: As what it gives the claim, when the claim does not give it so.
        features: What counts for it, by name.
        proof: Log odds that it proves the claim.
        denial: Log odds that it denies the claim.
    """

    sentence: Sentence
    judgement: Judgement
    findings: tuple[Finding, ...]
    hedge: Hedge | None
    features: dict[str, float]
    proof: float
    denial: float


def weigh(claim: Claim, found: Sequence[Sentence], reader: Reader) -> list[Weighed]:
    """Weigh sentences for a claim, in the given order."""
    # The title and the sentence before say who "he" is.
    pairs = [(claim.plain, item.told) for item in found]
    weighed = []
    for sentence, judgement in zip(found, reader.judge(pairs) if pairs else [], strict=True):
        findings = tuple(compare(claim.details, sentence.text, sentence.around, sentence.days))
        hedge = find_hedge(claim.text, sentence.text)
        values = features(claim, sentence, judgement, findings, hedge)
        weights = read_weights()
        proof, denial = proof_of(values, weights["proof"]), score(values, weights["denial"])
        weighed.append(Weighed(sentence, judgement, findings, hedge, values, proof, denial))
    return weighed


def proof_of(values: dict[str, float], weights: dict[str, float]) -> float:
    """Return the log odds that a sentence with these features proves a claim."""
    return min(score(values, weights), VETOED if vetoes(values) else math.inf)


def chances(proof: float, denial: float, curves: dict[str, dict[str, float]]) -> dict[str, float]:
    """Return the probability of each outcome, from a claim's best proof and best denial."""
    powers = {
        name: math.exp(min(30.0, row["one"] + row["proof"] * proof + row["denial"] * denial))
        for name, row in curves.items()
    }
    return {name: power / sum(powers.values()) for name, power in powers.items()}


def vetoes(values: dict[str, float]) -> bool:
    """Whether a sentence cannot prove a claim, however sure the network is."""
    return any(values[name] for name in ("differs", "hedged", "turned"))


def features(
    claim: Claim, sentence: Sentence, judgement: Judgement, findings: Sequence[Finding], hedge: Hedge | None
) -> dict[str, float]:
    """Return what counts for a sentence, by name."""
    said = folded_words(claim.text)
    has = folded_words(sentence.text)
    is_denial = is_denying(said) != is_denying(has)
    numbers = [item for item in findings if item.detail.kind is not Kind.NAME]
    return {
        "one": 1.0,
        "entails": logit(judgement.entails),
        "contradicts": logit(judgement.contradicts),
        "covers": sentence.covers,
        "differs": float(any(item.state is State.DIFFERS for item in numbers)),
        "missing": float(any(item.state is State.MISSING for item in numbers)),
        "denied": float(is_denial),
        "opposed": float(not is_denial and bool(find_opposites(claim.text, sentence.text))),
        "hedged": float(hedge is not None),
        "turned": float(is_turned(claim.text, sentence.text)),
    }


def is_denying(words: Sequence[str]) -> bool:
    """Whether words deny something; two denials deny nothing."""
    return sum(word in DENYING or word.endswith("n't") for word in words) % 2 == 1


def is_turned(claim: str, sentence: str) -> bool:
    """Whether a sentence has the same verb between the same two names, the other way round.

    >>> is_turned("Ann Lee beat Bob Ray.", "In May Bob Ray beat Ann Lee, a miner.")
    True
    >>> is_turned("Ann Lee beat Bob Ray.", "Bob Ray was beat by Ann Lee.")
    False
    """
    names = [item for item in find_details(f". {claim}") if item.kind is Kind.NAME]
    for first, second in pairwise(names):
        between = claim[first.end - 2 : second.start - 2]
        a, b = (folded_words(item.text)[-1] for item in (first, second))
        words = folded_words(sentence)
        if a == b or a not in words or b not in words:
            continue
        # Where the sentence names both, one after the other, whichever comes first.
        is_swapped = words.index(b) < words.index(a)
        start, end = sorted((words.index(a), words.index(b)))
        within = words[start + 1 : end]
        verbs = {stem(word) for word in folded_words(between) if word not in FUNCTION_WORDS}
        is_passive = ("by" in folded_words(between)) != ("by" in within)
        if verbs & set(map(stem, within)) and is_swapped != is_passive:
            return True
    return False


def logit(probability: float) -> float:
    """Return ln(p / (1 - p)), for a probability that is not too near to 0 or 1."""
    kept = min(max(probability, LEAST), 1 - LEAST)
    return math.log(kept / (1 - kept))


def score(values: dict[str, float], weights: dict[str, float]) -> float:
    """Return the weighted sum of features."""
    return sum(weight * values[name] for name, weight in weights.items())


@cache
def read_weights() -> dict[str, Any]:
    """Return the weights that `python -m benchmarks.checks --fit` wrote."""
    found: dict[str, Any] = json.loads(WEIGHTS.read_text(encoding="utf-8"))
    return found
