"""Find the claims of a text: its clauses, each with what is to be checked in it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from citewell.checking.details import Detail, find_details
from citewell.checking.quotations import MARKED, Quotation, find_quotations
from citewell.text.english import AUXILIARIES, FUNCTION_WORDS
from citewell.text.normalisation import SURROGATES
from citewell.text.sentences import sentences
from citewell.text.spans import Span
from citewell.text.words import folded_words

PRONOUNS = frozenset("he she it they we i you there this that these those everybody nobody".split())
# Past tenses that do not end in -ed, and forms of verbs that often follow a subject.
VERBS = AUXILIARIES | frozenset(
    (
        "began came fell found gave got grew held kept knew left led lost made met paid put ran rose said saw"
        " sent set shot sold spoke stood told took went won wrote may might must says wants plans became"
        " brought built bought broke chose cut drew felt fought hit spent cost"
    ).split()
)
# A clause that may follow a conjunction: a subject of at most this many words before its verb.
LONGEST_SUBJECT = 5
JOINT = re.compile(
    r"(?P<stop>[,;:–—]?)\s+(?:(?:and|but|while|whereas|yet|though|although)\s+)|;\s+", re.IGNORECASE
)
OPENS = re.compile(r"\b(?:that|which|both|between)\b", re.IGNORECASE)
LEAST_SUBJECT_AND_VERB = 3
OPINION = re.compile(
    r"\b(?:I|we) (?:think|believe|feel|hope|guess|suppose|wish|love|hate|like|doubt)\b"
    r"|\bin my (?:view|opinion)\b|\bpersonally\b|^\W*(?:what|how) (?:an? )?\w+.*!",
    re.IGNORECASE,
)
GREETING = re.compile(
    r"\W*(?:hello|hi|hey|dear|good (?:morning|afternoon|evening|day)|thanks|thank you|goodbye|bye|welcome"
    r"|kind regards|best wishes|best regards|regards|yours)\b(?:\W+\w+){0,3}\W*",
    re.IGNORECASE,
)
# Sentences that an open quotation joins to one claim, at most.
MOST_JOINED = 8
LEAST_WORDS = 2


class Nothing(StrEnum):
    """Why there is nothing to check in a claim."""

    QUESTION = "question"
    OPINION = "opinion"
    GREETING = "greeting"
    FRAGMENT = "fragment"


@dataclass(frozen=True, slots=True)
class Claim:
    """A clause of a text: `whole_text[start:end] == text`, always.

    Attributes:
        text: The clause.
        start: Offset of its first character in the text that is checked.
        end: Offset one past its last character.
        details: Its numbers, dates and names, with offsets into the whole text.
        quotations: What stands in quotation marks, with offsets into the whole text.
        nothing: Why there is nothing to check; None when there is something.
    """

    text: str
    start: int
    end: int
    details: tuple[Detail, ...] = ()
    quotations: tuple[Quotation, ...] = ()
    nothing: Nothing | None = None

    @property
    def plain(self) -> str:
        """The clause for a network: half a surrogate pair, which is no character, is replaced."""
        return SURROGATES.sub(lambda found: "\ufffd" * len(found[0]), self.text)


def find_claims(text: str) -> tuple[Claim, ...]:
    """Return the claims of a text, in order and without overlap. Takes linear time.

    >>> [claim.text for claim in find_claims("The tide rose, and two boats were lost. Why?")]
    ['The tide rose', 'two boats were lost.', 'Why?']
    """
    return tuple(
        _claim(text, span) for sentence in _whole_sentences(text) for span in _clauses(text, sentence)
    )


def _claim(text: str, span: Span) -> Claim:
    words = text[span.start : span.end]
    return Claim(
        words,
        span.start,
        span.end,
        find_details(text, span),
        find_quotations(text, span),
        _nothing(words),
    )


def _nothing(words: str) -> Nothing | None:
    if words.rstrip(' "”’»)').endswith("?"):
        return Nothing.QUESTION
    if GREETING.fullmatch(words):
        return Nothing.GREETING
    outside = MARKED.sub(" ", words)
    if OPINION.search(outside):
        return Nothing.OPINION
    content = [word for word in folded_words(words) if word not in FUNCTION_WORDS]
    return Nothing.FRAGMENT if len(content) < LEAST_WORDS and not find_quotations(words) else None


def _whole_sentences(text: str) -> Iterator[Span]:
    """Yield sentences; those that one quotation holds together are one."""
    begin, joined = None, 0
    found = sentences(text)
    for place, span in enumerate(found):
        begin = span.start if begin is None else begin
        joined += 1
        rest = text[begin : span.end]
        is_open = rest.count("“") > rest.count("”") or rest.count('"') % 2 == 1
        is_last = place + 1 == len(found) or "\n\n" in text[span.end : found[place + 1].start]
        if not is_open or is_last or joined == MOST_JOINED:
            yield Span(begin, span.end)
            begin, joined = None, 0


def _clauses(text: str, sentence: Span) -> list[Span]:
    """Part a sentence where a conjunction joins two clauses that each have a subject and a verb."""
    quoted = [Span(*found.span()) for found in MARKED.finditer(text, sentence.start, sentence.end)]
    parts, start = [], sentence.start
    for joint in JOINT.finditer(text, sentence.start, sentence.end):
        if any(span.start < joint.end() and joint.start() < span.end for span in quoted):
            continue
        before, after = text[start : joint.start()], text[joint.end() : sentence.end]
        has_stop = bool(joint["stop"]) or joint[0].startswith(";")
        is_clause = _has_verb(before) or (has_stop and len(before.split()) >= LEAST_SUBJECT_AND_VERB)
        if is_clause and _begins_clause(after, has_stop=has_stop):
            parts.append(Span(start, joint.start()))
            start = joint.end()
    return [*parts, Span(start, sentence.end)]


def _has_verb(words: str) -> bool:
    """Whether words hold a verb behind their last "that", which begins a clause of its own."""
    return any(_is_verb(word) for word in folded_words(OPENS.split(words)[-1])[1:])


def _is_verb(word: str) -> bool:
    return word in VERBS or (word.endswith("ed") and len(word) > len("need")) or word.endswith("n't")


def _begins_clause(words: str, *, has_stop: bool) -> bool:
    """Whether words begin with a subject and its verb; without a stop before them the verb is a plain one."""
    first = folded_words(words[:80])[: LONGEST_SUBJECT + 1]
    if not first:
        return False
    if first[0] in PRONOUNS:
        return any(map(_is_verb, first[1:3])) or has_stop
    subject_ends = 1 if words[:1].isupper() else 2
    verbs = [place for place, word in enumerate(first) if _is_verb(word)]
    if not verbs or verbs[0] < subject_ends or first[0] in AUXILIARIES:
        return False
    return has_stop or first[verbs[0]] in VERBS
