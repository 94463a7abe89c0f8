"""Make statements that their evidence contradicts: a number, a name or a negation changed."""

import random
import re
from collections.abc import Callable, Iterator, Sequence

from citewell.text.sentences import sentences
from training.records import Question, Statement
from training.unanswerable import NAME, NUMBER

WORDS = (
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "twelve",
    "twenty",
    "hundred",
)
NUMBER_WORD = re.compile(rf"\b(?:{'|'.join(WORDS)})\b")
VERB = re.compile(r"\b(?:is|are|was|were|has|have|had|can|could|will|would|should|may|must)\b(?! not|n't)")
NOT = re.compile(
    r"\b(is|are|was|were|has|have|had|can|could|will|would|should|may|must|did|do|does)(?: not\b|n't\b)"
)
MIN_WORDS, MAX_WORDS = 6, 45
VERBATIM = 0.4  # share of the pairs from contexts that stay as they are, so that a quote is supported


def made(
    questions: Sequence[Question], entailed: Sequence[Statement], wanted: int, rng: random.Random
) -> Iterator[Statement]:
    """Yield statements from sentences of contexts and from entailed statements, half each."""
    contexts = sorted({question.context for question in questions})
    names = [name for context in contexts[:2000] for name in NAME.findall(context)]
    left = wanted // 2
    for context in rng.sample(contexts, len(contexts)):
        spans = sentences(context)
        at = rng.randrange(len(spans)) if spans else 0
        text = context[spans[at].start : spans[at].end] if spans else ""
        if not MIN_WORDS <= len(text.split()) <= MAX_WORDS:
            continue
        # The evidence is the sentence, at times with its neighbours.
        low, high = (at, at) if rng.random() < 0.7 else (max(at - 1, 0), min(at + 1, len(spans) - 1))
        evidence = context[spans[low].start : spans[high].end]
        if rng.random() < VERBATIM:
            yield Statement("made:verbatim", evidence, text, "entail")
        elif (changed := change(text, names, rng)) is not None:
            yield Statement("made:context", evidence, changed, "contradict")
        else:
            continue
        left -= 1
        if not left:
            break
    left = wanted - wanted // 2
    for statement in rng.sample(entailed, len(entailed)):
        changed = change(statement.text, names, rng)
        if changed is not None:
            yield Statement("made:entailed", statement.evidence, changed, "contradict")
            left -= 1
            if not left:
                break


def change(text: str, names: Sequence[str], rng: random.Random) -> str | None:
    """Return the text with one thing changed so that it says something else; None when nothing can be."""
    ways: list[Callable[[], str | None]] = [
        lambda: number(text, rng),
        lambda: name(text, names, rng),
        lambda: negation(text, rng),
    ]
    rng.shuffle(ways)
    return next((changed for way in ways if (changed := way()) is not None), None)


def number(text: str, rng: random.Random) -> str | None:
    """Return the text with one number changed."""
    found = [*NUMBER.finditer(text), *NUMBER_WORD.finditer(text)]
    if not found:
        return None
    match = rng.choice(found)
    if match[0][0].isdigit():
        place = rng.choice([place for place, letter in enumerate(match[0]) if letter.isdigit()])
        digit = rng.choice([digit for digit in "123456789" if digit != match[0][place]])
        other = match[0][:place] + digit + match[0][place + 1 :]
    else:
        other = rng.choice([word for word in WORDS if word != match[0]])
    return text[: match.start()] + other + text[match.end() :]


def name(text: str, names: Sequence[str], rng: random.Random) -> str | None:
    """Return the text with one name swapped, for another of its own half of the time where there are two."""
    found = list(NAME.finditer(text))
    if not found:
        return None
    match = rng.choice(found)
    near = [other[0] for other in found if other[0] != match[0]]
    other = rng.choice(near) if near and rng.random() < 0.5 else rng.choice(names)
    if other.casefold() in text.casefold() and other not in near:
        return None
    return text[: match.start()] + other + text[match.end() :]


def negation(text: str, rng: random.Random) -> str | None:
    """Return the text with a negation taken out, or one put in after a verb that takes it."""
    found = list(NOT.finditer(text))
    if found:
        match = rng.choice(found)
        return text[: match.start()] + match[1] + text[match.end() :]
    verbs = list(VERB.finditer(text))
    if not verbs:
        return None
    match = rng.choice(verbs)
    return text[: match.end()] + " not" + text[match.end() :]
