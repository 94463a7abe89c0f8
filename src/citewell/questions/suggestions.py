"""Make questions out of an article's own sentences, without a language model.

Simple rules find facts that a sentence states outright: how many people or objects were affected, when an
event happened, who a person is (Heilman and Smith 2010 call this method overgenerate and rank). The rules do
not decide whether the article answers a question: each question is asked before it is shown.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Protocol

from citewell.documents.document import Document
from citewell.documents.people import find_people
from citewell.text.english import DAYS, MONTHS, SMALL_NUMBERS
from citewell.text.sentences import sentences
from citewell.text.spans import Span
from citewell.text.words import folded_words

NUMBER = rf"(?:\d[\d,]*(?:\.\d+)?|{'|'.join(SMALL_NUMBERS[1:12])}|dozens of|hundreds of|thousands of)"
DONE = r"(?:[a-z]{2,}ed|held|made|sold)"
NOUN = r"(?:[a-z][a-z-]+ ){0,2}[a-z][a-z-]+s|people|men|women|children"
PLACE = r"(?: (?:in|across) (?:the )?[A-Z][\w’'-]+(?: (?:of )?[A-Z][\w’'-]+)*)?"
WHEN = rf"(?:on|in|since) (?:{'|'.join((*DAYS, *MONTHS))}|[12]\d{{3}}|\d{{1,2}} [A-Z][a-z]+)"
# Characters of an article that are read; questions about its beginning are enough.
MOST_CHARACTERS = 60_000
LONGEST_SENTENCE = 600
# Words that end in s between a number and a verb, but are not a counted noun.
NOT_COUNTED = re.compile(
    r"\b(?:was|is|has|this|its|his|does|percent|which|who|that|years|times|days|hours)\b"
)

COUNTED_NOUN = re.compile(
    rf"\b{NUMBER} (?P<noun>{NOUN})(?: (?:who|that|which) [^,.;]{{1,80}}?)? (?:were|have been|had been)"
    rf" (?P<done>{DONE})(?P<place>{PLACE})"
)
COUNTING = re.compile(
    rf"\b(?P<done>[a-z]+ed) (?:a total of |more than |over |at least |some )?{NUMBER} (?P<noun>{NOUN})"
    rf"(?P<place>{PLACE})"
)
DATED = re.compile(
    rf"\b(?P<thing>[Tt]he (?:[a-z][\w-]* ){{0,2}}[a-z][\w-]+) (?P<verb>was|were) (?P<done>{DONE})\b"
    rf"[^.;]*? {WHEN}"
)
# Words in names that are not a person's name.
BODY = re.compile(
    r"\b(?:The|News|TV|Press|Post|Times|Herald|University|College|Council|Agency|Department|Ministry|Party|Court"
    r"|Police|Office|Commission|Committee|Institute|Association|Union|Group|Company|Bank|Reuters|Geographic)\b"
)
SITED = re.compile(
    rf"\b(?P<thing>[Tt]he (?:[a-z][\w-]* ){{0,2}}[a-z][\w-]+) (?P<verb>was|were) (?P<done>{DONE})"
    rf" (?:in|at) (?:the )?[A-Z]"
)
NAMED_THING = re.compile(r"\b(?P<name>(?:[A-Z][\w’'-]+ ){1,3}[A-Z][\w’'-]+), (?:an?|the) [a-z]")


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


@dataclass(frozen=True, slots=True)
class Candidate:
    """A question that a sentence of the article may answer.

    Attributes:
        question: The question.
        span: The sentence, as offsets into the article.
        kind: The rule that made the question.
    """

    question: str
    span: Span
    kind: str


def candidates(article: Document) -> list[Candidate]:
    """Return each question once; the rules take turns, each in the order of its sentences.

    >>> from citewell.documents.document import document
    >>> [found.question for found in candidates(document("In Berlin 42 people were arrested.", id="a"))]
    ['How many people were arrested?']
    """
    by_kind: dict[str, list[Candidate]] = {}
    seen: set[str] = set()
    for found in make_candidates(article):
        if found.question not in seen:
            seen.add(found.question)
            by_kind.setdefault(found.kind, []).append(found)
    rows = [[found[place] for found in by_kind.values() if place < len(found)] for place in range(len(seen))]
    return [found for row in rows for found in row]


def make_candidates(article: Document) -> Iterator[Candidate]:
    """Yield every question that the rules make, by sentence."""
    beginning = article.text[:MOST_CHARACTERS]
    named = find_people(beginning)
    for span in sentences(beginning):
        if span.end - span.start > LONGEST_SENTENCE:
            continue
        text = " ".join(article.text[span.start : span.end].split())
        for kind, question in (*ask_how_many(text), *ask_when_and_where(text)):
            yield Candidate(question, span, kind)
        names = [
            " ".join(article.text[name.start : name.end].split())
            for name in named
            if span.start <= name.start < span.end
        ]
        for name in names:
            yield Candidate(f"{'What' if BODY.search(name) else 'Who'} is {name}?", span, "name")
        for match in NAMED_THING.finditer(text):
            if not any(match["name"] in name for name in names):
                yield Candidate(f"What is {match['name']}?", span, "thing")


def ask_how_many(text: str) -> Iterator[tuple[str, str]]:
    """Yield the kind and text of questions for a number."""
    for match in (*COUNTED_NOUN.finditer(text), *COUNTING.finditer(text)):
        if not NOT_COUNTED.search(match["noun"]):
            yield "counted", f"How many {match['noun']} were {match['done']}{match['place']}?"


def ask_when_and_where(text: str) -> Iterator[tuple[str, str]]:
    """Yield the kind and text of questions for a time or a place."""
    for kind, word, pattern in (("dated", "When", DATED), ("sited", "Where", SITED)):
        for match in pattern.finditer(text):
            thing = match["thing"][0].lower() + match["thing"][1:]
            yield kind, f"{word} {match['verb']} {thing} {match['done']}?"


def sort_by_distance(found: Sequence[Candidate], spans: Sequence[Span]) -> list[Candidate]:
    """Sort candidates by the distance of their sentence to the nearest span; ties keep their order."""

    def distance(candidate: Candidate) -> int:
        return min(max(span.start - candidate.span.end, candidate.span.start - span.end, 0) for span in spans)

    return sorted(found, key=distance) if spans else list(found)


def choose(found: Sequence[Candidate], n: int, is_answered: Callable[[Candidate], bool]) -> list[str]:
    """Return the first n answered questions of the first n * TRIES candidates; fewer if fewer are answered.

    Args:
        found: Candidates, best first.
        n: Largest number of questions.
        is_answered: Function that tells whether a question is answered by the sentence it was made from.
    """
    answered = (candidate.question for candidate in found[: n * TRIES] if is_answered(candidate))
    return list(islice(answered, n))


def is_cited(candidate: Candidate, answer: Answered) -> bool:
    """Whether an answer cites the candidate's sentence and says more than the question itself.

    For example, "Ann Lee" does not answer "Who is Ann Lee?".
    """
    if set(folded_words(answer.short)) <= set(folded_words(candidate.question)):
        return False
    return any(
        citation.start < candidate.span.end and citation.end > candidate.span.start
        for citation in answer.citations
    )
