"""Choose questions to suggest: those that the assistant answers rightly, surely and in whole phrases."""

import re
from collections.abc import Callable, Sequence
from typing import Protocol

from citewell.questions.candidates import Candidate
from citewell.text.english import FUNCTION_WORDS
from citewell.text.numbers import find_numbers
from citewell.text.spans import Span
from citewell.text.words import folded_words

# Beside a short answer: words that go on with it, and words that change what it says.
CUT_BEHIND = re.compile(r"\s(?:of|and|or|for|at|in|to|from|by|with|who|which|that)\b|\w|-\w|['’]s\b")
CUT_BEFORE = re.compile(
    r"(?:\b(?:not|no|never|non|then|late|of|and|or)[\s-]|\w|\w-|['’]s\s)\Z", re.IGNORECASE
)
WORD_BEFORE = re.compile(r"([\w’'-]+)\s\Z")
# Candidates tried for each suggested question; each candidate is read, which takes time.
TRIES = 3


class Cited(Protocol):
    """A range of the article that an answer cites."""

    @property
    def start(self) -> int:
        """First character."""
        ...

    @property
    def end(self) -> int:
        """Offset behind the last character."""
        ...

    @property
    def quote(self) -> str:
        """The characters."""
        ...


class Answered(Protocol):
    """The parts of an Answer that are used: the short answer and its citations."""

    @property
    def short(self) -> str:
        """The shortest string that answers."""
        ...

    @property
    def citations(self) -> Sequence[Cited]:
        """Ranges of the article that the answer cites."""
        ...


def sort_by_distance(found: Sequence[Candidate], spans: Sequence[Span]) -> list[Candidate]:
    """Sort candidates by the distance of their sentence to the nearest span; ties keep their order."""

    def distance(candidate: Candidate) -> int:
        return min(max(span.start - candidate.span.end, candidate.span.start - span.end, 0) for span in spans)

    return sorted(found, key=distance) if spans else list(found)


def choose(found: Sequence[Candidate], n: int, is_answered: Callable[[Candidate], bool]) -> list[str]:
    """Return the first n answered questions of the first n * TRIES candidates; fewer if fewer are answered.

    No sentence makes two of them, no rule more than half, and no two of a rule have the same answer.

    Args:
        found: Candidates, best first.
        n: Largest number of questions.
        is_answered: Function that tells whether a question is answered by the sentence it was made from.
    """
    chosen: list[Candidate] = []
    for candidate in found[: n * TRIES]:
        alike = [other for other in chosen if other.kind == candidate.kind]
        is_said = any(other.expected == candidate.expected != "" for other in alike)
        is_used = any(other.span == candidate.span for other in chosen)
        if len(chosen) < n and len(alike) < (n + 1) // 2 and not is_said and not is_used:
            chosen += [candidate] if is_answered(candidate) else []
    return [candidate.question for candidate in chosen]


def is_answered(candidate: Candidate, answer: Answered) -> bool:
    """Whether an answer cites the candidate's sentence, and its short answer says what the sentence answers.

    For example, "Ann Lee" and "Ann Lee, a baker" do not answer "Who is Ann Lee?": the short answer is to say
    something else than the question.
    """
    said, asked = set(folded_words(answer.short)), set(folded_words(candidate.question))
    if not said or said <= asked or is_echo(candidate, said):
        return False
    if candidate.kind in {"name", "thing"} and is_cut(answer):
        return False
    if not set(folded_words(candidate.expected)) <= said and not (
        find_numbers(candidate.expected) == find_numbers(answer.short) != set()
    ):
        return False
    return any(
        citation.start < candidate.span.end and citation.end > candidate.span.start
        for citation in answer.citations
    )


def is_cut(answer: Answered) -> bool:
    """Whether a short answer leaves out words of its sentence that complete it or change what it says."""
    for citation in answer.citations:
        at = citation.quote.find(answer.short)
        if at >= 0:
            before, behind = citation.quote[:at], citation.quote[at + len(answer.short) :]
            word = WORD_BEFORE.search(before)  # "former", "deputy", "NATO": any word that is no mere link
            is_changed = word is not None and word[1].casefold() not in FUNCTION_WORDS
            return is_changed or bool(CUT_BEFORE.search(before) or CUT_BEHIND.match(behind))
    return True


def is_echo(candidate: Candidate, said: set[str]) -> bool:
    """Whether a short answer repeats the name that a question asks about."""
    name = set(folded_words(candidate.question)) - FUNCTION_WORDS
    return candidate.kind in {"name", "thing"} and name <= said
