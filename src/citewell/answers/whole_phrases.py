"""Widen the short answer that a reader found to a whole phrase: "Over $6.5 million", "about 2.4 times".

A reader's span is the start. It is seldom beside the point, but it often leaves out the word that makes a
number true, or the unit. Each rule looks only at the characters beside the span, within the sentence, so the
widened answer is still a part of the article. `benchmarks/headlines.py` measures each rule.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from citewell.arithmetic.amounts import HEDGES, MEASURES
from citewell.reading.evidence import Evidence
from citewell.text.english import (
    FUNCTION_WORDS,
    NO_NAME,
    NUMBER_WORDS,
    PLAIN_WORDS,
)
from citewell.text.spans import Span
from citewell.text.stemming import stem
from citewell.text.words import UPPER, fold, folded_words

_GAP = r"[ \u00a0\u202f]"
_MONEY = r"(?:\b[A-Z]{1,3})?[$€£¥₹]"
_WORDS = "|".join(sorted({*NUMBER_WORDS, "one", "a dozen", "half a"}, key=len, reverse=True))
_NUMBER = rf"(?:{_MONEY}{_GAP}?)?(?:(?<![\w.,])\d[\d.,]*(?<![.,])|\b(?:{_WORDS})(?:-\w+)?\b)"
_QUALIFIERS = (
    *HEDGES, "just over", "well over", "little more than", "slightly more than", "slightly less than",
    "no more than", "no fewer than", "no less than", "not more than", "as few as", "as little as", "close to",
    "upwards of", "an average of", "a maximum of", "a minimum of",
)  # fmt: skip
_QUALIFIER = "|".join(re.escape(words) for words in sorted(_QUALIFIERS, key=len, reverse=True))
QUALIFIED = re.compile(rf"\b(?:(?:{_QUALIFIER}){_GAP})+{_NUMBER}", re.IGNORECASE)
WORD_BEGINNING = re.compile(rf"(?:{_MONEY}{_GAP}?)?\w*\Z")
WORD_END = re.compile(r"\w*(?:(?<=\d)[.,]\d+)*")
IN_NUMBER = re.compile(rf"{_NUMBER}(?:{_GAP}(?:hundred|thousand|million|billion|trillion))?\Z", re.IGNORECASE)
SCALE = re.compile(r"[ \u00a0\u202f-]?(?:hundred|thousand|million|billion|trillion|bn|tn)\b", re.IGNORECASE)
PERCENT = re.compile(rf"{_GAP}?%|{_GAP}(?:per{_GAP}?cent|percentage points?)\b")
# The noun behind a number: a measure, or up to three words of which the last is in the plural.
_STOP = "|".join(sorted((FUNCTION_WORDS | PLAIN_WORDS | {"than"}) - {"people"}))
_OTHER = rf"(?!(?:{_STOP})\b)"
_PLURAL = r"(?:people|men|women|children|feet|[a-z][a-z’'-]*[a-rt-z]s)"
NOUN = re.compile(
    rf"{_GAP}(?P<measure>(?:{'|'.join(MEASURES)})s?(?:{_GAP}old)?|cm|mm|mph|°[CF])\b"
    rf"|(?P<noun>(?:{_GAP}{_OTHER}[a-z][\w’'-]*){{0,2}}?{_GAP}{_OTHER}{_PLURAL})\b"
)
COUNTS = re.compile(r"\bhow (?:many|much)\b", re.IGNORECASE)
_WHOSE_AMOUNT = rf"(?P<of>{_GAP}of{_GAP}(?:the{_GAP})?(?P<thing>[\w’'-]+))"
AMOUNT_OF = re.compile(rf"{_GAP}(?P<unit>[\w’'-]+){_WHOSE_AMOUNT}")
YEAR = re.compile(r"(?<!\d)(?:1[0-9]|20)\d\d\Z")
# "Who is Ann Lee?", "What is her role?"; not "Who is credited?".
ASKS_TITLE = re.compile(
    rf"\b[Ww]ho(?:['’]s| is| was| are| were) (?:the )?{UPPER}|\b(?:job|role|position|title|post|profession)\b"
)
_HEAD = (
    "head|chief|chair|chairman|chairwoman|chairperson|director|president|leader|mayor|minister|secretary|governor"
    "|member|founder|owner|editor|manager|commissioner|chancellor|ambassador|captain|professor|bishop"
    r"|spokes\w+|king|queen|widow|wife|husband|son|daughter|brother|sister|mother|father"
)
HEAD_OF = re.compile(
    rf"(?:\b(?:deputy|former|vice|acting|general){_GAP})?\b(?:{_HEAD}){_GAP}(?:of|for|at){_GAP}(?:the{_GAP})?\Z",
    re.IGNORECASE,
)
# A title that is found without a name: what changes it, and whose it is.
_CHANGES = (
    "former|acting|deputy|vice|assistant|interim|then|late|first|current|senior|chief|ex|incumbent|outgoing"
    "|retired"
)
TITLE_BEFORE = re.compile(
    rf"(?:(?:\b[Tt]he{_GAP})?(?:{_OTHER}\b[a-z-]+{_GAP})?\b{_OTHER}[\w-]+['’]s{_GAP})?"
    rf"(?:\b(?:{_CHANGES})[ \u00a0\u202f-])*\Z"
)
_NAME = rf"{UPPER}[\w’'&-]*"
TITLE_BEHIND = re.compile(
    rf"{_GAP}(?:of|at|for|with){_GAP}(?:the{_GAP})?{_NAME}"
    rf"(?:{_GAP}(?:(?:of|and|for){_GAP}(?:the{_GAP})?)?{_NAME})*"
)
# "NATO Secretary-General"
_NO_NAME = "|".join(sorted(NO_NAME))
BODY_BEFORE = re.compile(rf"(?:(?!(?i:{_NO_NAME})\b){_NAME}{_GAP}){{1,3}}\Z")
OWNED = re.compile(rf"['’]s?(?:{_GAP}{UPPER}[\w’'-]*)+")
SHORT_FORM = re.compile(rf"{_GAP}\((?P<letters>[A-Z][A-Z0-9&.-]{{1,9}})\)")
BRACKETS = {"(": ")", "[": "]", "“": "”"}
# Farther than this, the other half of a bracket belongs to something else.
MOST_FAR = 40


@dataclass(frozen=True, slots=True)
class Phrase:
    """A short answer while it is widened.

    Attributes:
        text: The article.
        sentence: The sentences that hold the answer.
        found: The answer.
        question: The question.
        is_part: Whether the question is one of two in one.
    """

    text: str
    sentence: Span
    found: Span
    question: str
    is_part: bool = False

    @property
    def said(self) -> str:
        """The characters of the answer."""
        return self.text[self.found.start : self.found.end]

    def before(self, pattern: re.Pattern[str]) -> "Phrase":
        """Return the phrase from a match that ends where the answer begins; the same without a match."""
        match = pattern.search(self.text[self.sentence.start : self.found.start])
        start = self.sentence.start + match.start() if match else self.found.start
        return replace(self, found=Span(start, self.found.end))

    def behind(self, pattern: re.Pattern[str]) -> "Phrase":
        """Return the phrase up to the end of a match right behind the answer; the same without a match."""
        return self.until(pattern.match(self.text, self.found.end, self.sentence.end))

    def until(self, match: re.Match[str] | None) -> "Phrase":
        """Return the phrase up to the end of a match in the article; the same without a match."""
        return replace(self, found=Span(self.found.start, match.end())) if match else self


def finish_words(phrase: Phrase) -> Phrase:
    """Widen to whole words, numbers and amounts of money: "6.5" in "$6.5"."""
    whole = phrase.behind(WORD_END) if phrase.said[-1:].isalnum() else phrase
    return whole.before(WORD_BEGINNING) if phrase.said[:1].isalnum() else whole


def finish_amount(phrase: Phrase) -> Phrase:
    """Widen to the right by what makes a number whole: million, per cent."""
    return phrase.behind(SCALE).behind(PERCENT) if IN_NUMBER.search(phrase.said) else phrase


def add_noun(phrase: Phrase) -> Phrase:
    """Widen a number by its measure and, where a number is asked for, by the noun that is counted.

    A noun that the question has said is not said again: to "How many firearms?", "64" is whole. But to "How
    many firearms and how many vendors?", "64" is not.
    """
    is_year = YEAR.search(phrase.said) and not COUNTS.search(phrase.question)
    if not IN_NUMBER.search(phrase.said) or is_year or re.search(r"[$€£¥₹%]", phrase.said):
        return phrase
    noun = NOUN.match(phrase.text, phrase.found.end, phrase.sentence.end)
    if not noun or (noun["noun"] and not COUNTS.search(phrase.question)):
        return phrase
    asked = {stem(word) for word in folded_words(phrase.question)} if not phrase.is_part else set()
    return phrase.until(noun) if asked.isdisjoint(map(stem, folded_words(noun[0]))) else phrase


def add_other_thing(phrase: Phrase) -> Phrase:
    """Widen a number by what it is of, where the question says another thing: "40 kilograms of drugs".

    To "How many kilograms of heroin?", "40" would say that it was heroin.
    """
    found = AMOUNT_OF.match(phrase.text, phrase.found.end, phrase.sentence.end)
    if not found or not IN_NUMBER.search(phrase.said):
        return phrase
    asked = re.search(rf"\b{re.escape(found['unit'])}{_WHOSE_AMOUNT}", phrase.question, re.IGNORECASE)
    said = map(stem, folded_words(phrase.text[phrase.sentence.start : phrase.sentence.end]))
    is_other = asked and stem(fold(asked["thing"])) not in set(said)
    return phrase.until(found) if is_other else phrase


def add_qualifier(phrase: Phrase) -> Phrase:
    """Widen to the left by what a number is qualified with: over, at least, nearly, up to."""
    for match in QUALIFIED.finditer(phrase.text, *phrase.sentence):
        if match.start() < phrase.found.start < match.end():
            return replace(phrase, found=Span(match.start(), phrase.found.end))
    return phrase


def add_head(phrase: Phrase) -> Phrase:
    """Widen an answer that says who somebody is to the whole title: "Head of Europol’s Centre (EC3)"."""
    if not phrase.said or not ASKS_TITLE.search(phrase.question):
        return phrase
    is_bare = phrase.said.islower() or phrase.said in {"CEO", "CFO", "CTO", "COO"}
    if phrase.said[0].islower() or is_bare:
        phrase = phrase.before(TITLE_BEFORE)
    else:
        phrase = phrase.before(BODY_BEFORE).before(HEAD_OF)
    if is_bare:
        return phrase.behind(TITLE_BEHIND)
    if " of " in phrase.said:
        phrase = phrase.behind(OWNED)
    capitals = set(filter(str.isupper, phrase.said))
    short = SHORT_FORM.match(phrase.text, phrase.found.end, phrase.sentence.end)
    return phrase.until(short) if short and set(filter(str.isupper, short["letters"])) <= capitals else phrase


def close_brackets(phrase: Phrase) -> Phrase:
    """Widen to the other half of a bracket or a pair of quotation marks that is near."""
    (start, end), text = phrase.found, phrase.text
    earliest, latest = max(phrase.sentence.start, start - MOST_FAR), min(phrase.sentence.end, end + MOST_FAR)
    for opening, closing in BRACKETS.items():
        surplus = text.count(opening, start, end) - text.count(closing, start, end)
        if surplus > 0 and (at := text.find(closing, end, latest)) >= 0:
            end = at + 1
        elif surplus < 0 and (at := text.rfind(opening, earliest, start)) >= 0:
            start = at
    if text.count('"', start, end) % 2:
        is_opened = text.count('"', phrase.sentence.start, start) % 2
        at = text.rfind('"', earliest, start) if is_opened else text.find('"', end, latest)
        start, end = (min(start, at), max(end, at + 1)) if at >= 0 else (start, end)
    return replace(phrase, found=Span(start, end))


Rule = Callable[[Phrase], Phrase]
# In this order: an amount is whole before its noun is looked for.
RULES: tuple[Rule, ...] = (
    finish_words,
    finish_amount,
    add_noun,
    add_other_thing,
    add_qualifier,
    add_head,
    close_brackets,
)


def widen(phrase: Phrase, rules: Sequence[Rule] = RULES) -> Span:
    """Return a short answer widened to a whole phrase of its sentence, as a range of the article.

    >>> text = "Police seized over $6.5 million in cash."
    >>> start, end = widen(Phrase(text, Span(0, 40), Span(20, 31), "How much was seized?"))
    >>> text[start:end]
    'over $6.5 million'
    """
    for rule in rules:
        phrase = rule(phrase)
    return phrase.found


def widen_short(
    question: str, evidence: Evidence, *, is_part: bool = False, rules: Sequence[Rule] = RULES
) -> Evidence:
    """Return evidence with its short answers widened by rules; `is_part` is as in Phrase."""
    text, reading = evidence.hit.passage.document.text, evidence.reading
    if not reading.short:
        return evidence
    within = Span(reading.evidence[0].start, reading.evidence[-1].end)
    short = tuple(widen(Phrase(text, within, span, question, is_part), rules) for span in reading.short)
    return replace(evidence, reading=replace(reading, short=short))
