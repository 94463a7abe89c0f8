"""Say whether two articles give the same answer to a question, different ones, or whether that is open.

Values are compared, not strings: amounts with their hedges, days, names. That two answers differ is claimed
only when the reader says so as well: each sentence must prove the question with its own answer, and must not
prove it with the other's. Articles of different subjects or times do not disagree.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from citewell.arithmetic.amounts import Amount, find_amounts
from citewell.checking.claim_checks import capitalised_words
from citewell.documents.document import Document
from citewell.questions.claims import put_in
from citewell.questions.intent import asks_for_newest
from citewell.reading.evidence import Evidence
from citewell.reading.reader import Reader
from citewell.text.dates import Days, find_days
from citewell.text.english import DATE_WORDS, MONTHS, QUESTION_WORDS, SENTENCE_OPENERS
from citewell.text.spans import Span
from citewell.text.words import folded_words

# From this probability of the reader on, a sentence proves the question with an answer put into it.
PROVED = 0.5
YEAR = re.compile(r"\b(?:19|20)\d\d\b")


class Verdict(Enum):
    """How two answers to one question stand to each other."""

    SAME = "same"
    DIFFERENT = "different"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Said:
    """An answer in its sentence.

    Attributes:
        document: The article.
        span: The sentence, offsets into the article.
        answer: The short answer in it, offsets into the article.
    """

    document: Document
    span: Span
    answer: Span

    @property
    def sentence(self) -> str:
        """The sentence."""
        return self.document.text[self.span.start : self.span.end]

    @property
    def words(self) -> str:
        """The short answer."""
        return self.document.text[self.answer.start : self.answer.end]

    @property
    def days(self) -> list[Days]:
        """The days that the answer names."""
        found = find_days(self.document.text, self.span, self.document.published)
        return [item for item in found if item.start < self.answer.end and self.answer.start < item.end]

    @property
    def amounts(self) -> list[Amount]:
        """The amounts that the answer names, with the hedges that stand before them."""
        inside = Span(self.answer.start - self.span.start, self.answer.end - self.span.start)
        found = find_amounts(self.sentence)
        return [item for item in found if item.start < inside.end and inside.start < item.end]

    @property
    def times(self) -> set[str]:
        """The years and months that the sentence names outside of its answer."""
        text = self.document.text
        rest = f"{text[self.span.start : self.answer.start]} {text[self.answer.end : self.span.end]}"
        return {*YEAR.findall(rest), *(word for word in re.findall(r"[A-Z][a-z]+", rest) if word in MONTHS)}


def find_sides(
    question: str, evidence: Sequence[Evidence], reader: Reader, threshold: float
) -> list[list[Evidence]]:
    """Return the answers of several articles, each with the evidence of all articles that give it.

    Evidence that neither agrees with an answer nor surely differs is left out. A question for the newest has
    the newest article's answer alone.

    Args:
        question: A question that stands alone.
        evidence: Evidence, surest first; the first answers, the others may say the same or otherwise.
        reader: The reader that judges whether a sentence is proved.
        threshold: Least probability of the newest article's answer.

    Returns:
        The newest answer first; in each, the surest evidence first.
    """
    firsts: dict[str, Evidence] = {}
    for item in evidence:
        firsts.setdefault(item.hit.passage.document.id, item)
    best, *others = firsts.values()
    others = [item for item in others if is_of_one_subject(question, document_of(best), document_of(item))]
    if asks_for_newest(question) and document_of(best).published:
        sure = [item for item in others if item.probability >= threshold]
        best = max([best, *sure], key=lambda item: document_of(item).published)
        others = [item for item in firsts.values() if item in others and item is not best]
        return [[best, *(item for item in others if compare(question, best, item, reader) is Verdict.SAME)]]
    sides = [[best]]
    for item in others:
        verdicts = [compare(question, side[0], item, reader) for side in sides]
        if Verdict.SAME in verdicts:
            sides[verdicts.index(Verdict.SAME)].append(item)
        elif all(verdict is Verdict.DIFFERENT for verdict in verdicts):
            sides.append([item])
    return sorted(sides, key=lambda side: max(document_of(item).published for item in side), reverse=True)


def compare(question: str, first: Evidence, second: Evidence, reader: Reader) -> Verdict:
    """Return whether two pieces of evidence give the same answer to a question."""
    one, other = said(first), said(second)
    verdict, is_value = compare_values(one, other)
    if verdict is not Verdict.DIFFERENT:
        return verdict
    claims = [put_in(question, item.words) for item in (one, other)]
    if not all(claims) or (one.times and other.times and not one.times & other.times):
        return Verdict.OPEN
    pairs = [(claim, item.sentence) for item in (one, other) for claim in claims]
    own, crossed, crossed_back, own_of_other = reader.supports(pairs)
    if is_value:  # a sentence proves no value that it does not name; the network is not exact in this
        crossed *= names_value(one, other)
        crossed_back *= names_value(other, one)
    if min(own, own_of_other) < PROVED:
        return Verdict.OPEN
    if max(crossed, crossed_back) <= PROVED:
        return Verdict.DIFFERENT
    is_same = min(crossed, crossed_back) > PROVED and not is_value
    return Verdict.SAME if is_same else Verdict.OPEN


def compare_values(one: Said, other: Said) -> tuple[Verdict, bool]:
    """Compare two answers by what they name, and say whether both name amounts or days."""
    for mine, others in ((one.days, other.days), (one.amounts, other.amounts)):
        if len(mine) == len(others) == 1:
            return compare_ranges(mine[0], others[0]), True
        if mine or others:
            return (Verdict.SAME if words_of(one) == words_of(other) else Verdict.OPEN), True
    mine_words, other_words = words_of(one), words_of(other)
    if mine_words <= other_words or other_words <= mine_words:
        return Verdict.SAME, False
    names = [bool(capitalised_words(item.words)) for item in (one, other)]
    is_apart = not mine_words & other_words and not are_named_together(one, other)
    return (Verdict.DIFFERENT if names[0] == names[1] and is_apart else Verdict.OPEN), False


def names_value(one: Said, other: Said) -> bool:
    """Whether the sentence of one answer also names the other's day or amount."""
    days = find_days(one.document.text, one.span, one.document.published)
    at = one.span.start
    amounts = [
        item
        for item in find_amounts(one.sentence)
        if not any(day.start < item.end + at and item.start + at < day.end for day in days)
    ]
    mine: list[Days | Amount] = [*days, *amounts]
    theirs: list[Days | Amount] = [*other.days, *other.amounts]
    return any(compare_ranges(a, b) is Verdict.SAME for a in mine for b in theirs)


def compare_ranges(one: Days | Amount, other: Days | Amount) -> Verdict:
    """Compare two ranges of days, or two amounts with their bounds."""
    if isinstance(one, Amount) and isinstance(other, Amount):
        if one.unit and other.unit and one.unit != other.unit:
            return Verdict.OPEN
        overlap = one.least <= other.most and other.least <= one.most
        return Verdict.SAME if overlap else Verdict.DIFFERENT
    if isinstance(one, Days) and isinstance(other, Days):
        overlap = one.first <= other.last and other.first <= one.last
        return Verdict.SAME if overlap else Verdict.DIFFERENT
    return Verdict.OPEN


def are_named_together(one: Said, other: Said) -> bool:
    """Whether a sentence of either article names both answers, so that one may be part of the other."""
    both = words_of(one) | words_of(other)
    texts = (one.document.text, other.document.text)
    lines = (line for text in texts for line in re.split(r"(?<=[.!?])\s|\n", text))
    return any(both <= set(folded_words(line)) for line in lines)


def words_of(item: Said) -> set[str]:
    """Return the words of an answer that name something."""
    return {word for word in folded_words(item.words) if word not in SENTENCE_OPENERS}


def is_of_one_subject(question: str, one: Document, other: Document) -> bool:
    """Whether two articles can be meant by the same question.

    They are not when the question names what only one of them has, or when their titles differ by a name or
    number that the other article does not have: "Report of Skagen Harbour", "Report of Vik Harbour".
    """
    articles = [set(folded_words(f"{item.title} {item.text}")) for item in (one, other)]
    asked = [word for name in capitalised_words(question) for word in folded_words(name)]
    for word in asked:
        if word not in QUESTION_WORDS | DATE_WORDS and (word in articles[0]) != (word in articles[1]):
            return False
    own = [names_of_title(item.title) - articles[place] for item, place in ((one, 1), (other, 0))]
    return not (all(own) or is_of_one_form(one.title, other.title))


def names_of_title(title: str) -> set[str]:
    """Return the names and numbers in a title; none of a title whose words all have capitals."""
    words = title.split()[1:]
    plain = [word for word in words if len(word) > len("and")]
    if plain and all(word[0].isupper() for word in plain):
        return set()
    return {folded for word in words if not word[0].islower() for folded in folded_words(word)}


def is_of_one_form(one: str, other: str) -> bool:
    """Whether two titles differ by a name or number in one place only."""
    first, second = one.split(), other.split()
    most = min(len(first), len(second))
    start = next((place for place in range(most) if first[place] != second[place]), most)
    end = next(
        (place for place in range(most - start) if first[-1 - place] != second[-1 - place]), most - start
    )
    middles = (first[start : len(first) - end], second[start : len(second) - end])
    longest = max(map(len, middles))
    named = all(middle and all(not word[0].islower() for word in middle) for middle in middles)
    return named and start + end >= longest


def said(evidence: Evidence) -> Said:
    """Return the first sentence of evidence, with the answer in it."""
    span = evidence.spans[0]
    answer = next(iter(evidence.reading.short), span)
    return Said(document_of(evidence), span, answer)


def document_of(evidence: Evidence) -> Document:
    """Return the article of evidence."""
    return evidence.hit.passage.document
