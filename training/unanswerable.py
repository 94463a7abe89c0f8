"""Make questions that their passage does not answer, out of questions that some passage answers.

Three ways: put the question against the most alike passage that does not hold its answer; cut the
sentence with the answer out of its passage; swap a name or number of the question for another.
"""

import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import bm25s
import Stemmer

from citewell.text.sentences import sentences
from training.records import Question

NUMBER = re.compile(r"(?<![\w.,])\d[\d,]*(?:\.\d+)?(?![\w]|[.,]\d)")
# Two or more words with a capital, or one that does not begin a sentence.
NAME = re.compile(r"(?<=[\w,;] )[A-Z][\w’'-]+(?: [A-Z][\w’'-]+)*")
MIN_SENTENCES = 3
Way = Callable[[Question], Question | None]
NEAR = 12  # passages looked through for the most alike one


def made(questions: Sequence[Question], wanted: dict[str, int], rng: random.Random) -> Iterator[Question]:
    """Yield unanswerable questions; `wanted` says how many of each way, `rng` which."""
    answered = [question for question in questions if question.answer is not None]
    rng.shuffle(answered)
    ways: dict[str, Way] = {"foreign": Foreign(answered), "cut": cut, "swap": Swap(answered, rng)}
    for way, make in ways.items():
        left = wanted[way]
        for question in rng.sample(answered, len(answered)):
            if not left:
                break
            found = make(question)
            if found is not None:
                left -= 1
                yield replace(found, source=f"made:{way}", answer=None)


class Foreign:
    """Put a question against another passage."""

    def __init__(self, questions: Sequence[Question]) -> None:
        """Index the contexts."""
        self._contexts = sorted({question.context for question in questions})
        self._stemmer = Stemmer.Stemmer("english")
        self._index = bm25s.BM25()
        self._index.index(self._tokens(self._contexts), show_progress=False)

    def __call__(self, question: Question) -> Question | None:
        """Return it against the passage most like it that lacks its answer."""
        answer = said(question)
        near = min(NEAR, len(self._contexts))
        found, _ = self._index.retrieve(self._tokens([question.question]), k=near, show_progress=False)
        for position in found[0]:
            context = self._contexts[position]
            if context != question.context and answer not in context.casefold():
                return replace(question, context=context)
        return None

    def _tokens(self, texts: Sequence[str]) -> list[list[str]]:
        tokens = bm25s.tokenize(
            list(texts), stopwords="en", stemmer=self._stemmer, return_ids=False, show_progress=False
        )
        return [list(found) for found in tokens]


def cut(question: Question) -> Question | None:
    """Return it against its passage without the sentence that answers; None when that still answers."""
    spans = sentences(question.context)
    if question.answer is None or len(spans) < MIN_SENTENCES:
        return None
    answer = question.answer
    kept = [span for span in spans if span.end <= answer.start or span.start >= answer.end]
    context = " ".join(question.context[span.start : span.end] for span in kept)
    if not kept or len(kept) == len(spans) or said(question) in context.casefold():
        return None
    return replace(question, context=context)


class Swap:
    """Ask about another name or number than the passage tells of."""

    def __init__(self, questions: Sequence[Question], rng: random.Random) -> None:
        """Gather names from the questions."""
        self._names = [name for question in questions for name in NAME.findall(question.question)]
        self._rng = rng

    def __call__(self, question: Question) -> Question | None:
        """Return it with one name or number swapped for one that is not in it; None when it has none.

        Half of the names come from the same passage: the ones that are hard to see through.
        """
        found = [*NAME.finditer(question.question), *NUMBER.finditer(question.question)]
        if not found:
            return None
        match = self._rng.choice(found)
        other = self._number(match[0]) if match[0][0].isdigit() else self._name(question, match[0])
        if other is None:
            return None
        asked = question.question[: match.start()] + other + question.question[match.end() :]
        return replace(question, question=asked)

    def _number(self, number: str) -> str | None:
        digits = [place for place, letter in enumerate(number) if letter.isdigit()]
        place = self._rng.choice(digits[1:] or digits)
        other = self._rng.choice([digit for digit in "123456789" if digit != number[place]])
        return number[:place] + other + number[place + 1 :]

    def _name(self, question: Question, name: str) -> str | None:
        answer, words = said(question), set(name.casefold().split())
        here = NAME.findall(question.context) if self._rng.random() < 0.5 else self._names
        fitting = [
            other
            for other in self._rng.sample(here, min(len(here), 20))
            if not words & set(other.casefold().split())
            and other.casefold() not in answer
            and answer not in other.casefold()
            and other not in question.question
        ]
        return fitting[0] if fitting else None


def said(question: Question) -> str:
    """Return the answer's text, folded."""
    if question.answer is None:
        return ""
    return question.context[question.answer.start : question.answer.end].casefold()
