"""Mark the words in which a claim and a sentence differ: acquitted / convicted."""

from difflib import SequenceMatcher

from citewell.text.english import AUXILIARIES, FUNCTION_WORDS, NEGATIONS
from citewell.text.spans import Span
from citewell.text.stemming import stem
from citewell.text.words import fold, word_spans

MOST_WORDS = 6  # of a difference; a longer one is another wording


def differ(claim: str, sentence: str) -> list[tuple[Span, Span]]:
    """Return the ranges that stand in each other's place, those of the claim first.

    >>> claim, sentence = "A jury acquitted Lee.", "The jury convicted Lee on Monday."
    >>> [(claim[a:b], sentence[c:d]) for (a, b), (c, d) in differ(claim, sentence)]
    [('acquitted', 'convicted')]
    """
    here, there = word_spans(claim), word_spans(sentence)
    own = [stem(fold(claim[start:end])) for start, end in here]
    other = [stem(fold(sentence[start:end])) for start, end in there]
    if not here or not there:
        return []
    found = []
    for kind, a, b, c, d in SequenceMatcher(None, own, other, autojunk=False).get_opcodes():
        if kind == "equal" or max(b - a, d - c) > MOST_WORDS:
            continue
        says = set(own[a:b]) | set(other[c:d])
        if not says - FUNCTION_WORDS | says & (NEGATIONS | AUXILIARIES) or (
            kind == "insert" and not says & NEGATIONS
        ):
            continue
        first = Span(here[a].start, here[b - 1].end) if b > a else _beside(here, a)
        second = Span(there[c].start, there[d - 1].end) if d > c else _beside(there, c)
        found.append((first, second))
    return found


def _beside(spans: list[Span], place: int) -> Span:
    """Return the word beside a gap, which is marked where one side has nothing."""
    return spans[min(place, len(spans) - 1)]
