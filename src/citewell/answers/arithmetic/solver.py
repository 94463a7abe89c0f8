"""Solve what a question asks for from the figures and lists of a text, or leave it alone.

Who has the most, the fewest, the third most; totals, with all or without some; sums and differences; how
many there are, or pass a number; who is missing from a list; yes or no to any of these. What is solved is
true of the sentences that it names as its proof, whatever was asked; `citewell.answers.arithmetic.question`
says whether it is what was asked for.
"""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from citewell.answers.arithmetic.fact import NO, YES, Fact
from citewell.answers.arithmetic.membership import (
    answer_left_out_or_both,
    answer_list_length,
    answer_membership,
)
from citewell.answers.arithmetic.question import (
    NumericQuestion,
)
from citewell.answers.arithmetic.strategies import STRATEGIES, answer_comparison, answer_limit
from citewell.answers.arithmetic.table_question import TableQuestion
from citewell.questions.intent import is_yes_or_no
from citewell.text.english import NUMBER_WORDS
from citewell.text.numbers import find_numbers
from citewell.text.sentences import sentence_texts
from citewell.text.words import folded_words

# Shares and multiples are not reckoned, nor what each has.
TOO_MUCH = re.compile(
    r"\b(?:each|respectively|times|twice|double|half|percent|average|mean)\b|%", re.IGNORECASE
)
SIZES = frozenset("thousand million billion trillion".split())


def solve(question: str, texts: Sequence[str]) -> Fact | None:
    """Solve what a question asks for; None when it asks for nothing that figures and lists give.

    The one door to what reckons: called once for an answer.

    Args:
        question: Standing alone.
        texts: Passages.

    >>> text = ["Lost were boats from Kiel (12), Bremen (7) and Emden (1)."]
    >>> asked = ("How many more did Kiel lose than Emden?", "Which lost the most?")
    >>> [solve(each, text).text for each in asked]
    ['Kiel has 11 more than Emden.', 'Kiel has the most (12).']
    >>> solve("Which town lost the most men?", text), solve("When were they lost?", text)
    (None, None)
    """
    if TOO_MUCH.search(question):
        return None
    return next(filter(None, try_strategies(NumericQuestion(question, tuple(texts)))), None)


def weigh(question: str, texts: Sequence[str], found: str) -> Fact | None:
    """Answer whether what a reader found passes the number that a question asks about, if it asks for one.

    >>> weigh("Did they lose more than 9 boats?", ["They lost 12 boats."], "12 boats").text
    'Yes: 12 boats.'
    """
    if TOO_MUCH.search(question) or not is_yes_or_no(question):
        return None
    return answer_limit_of_found(NumericQuestion(question, tuple(texts)), found)


def try_strategies(asked: NumericQuestion) -> Iterator[Fact | None]:
    """Yield what each way makes of a question, the surest first; None where it does not apply."""
    tables = [listing for listing in asked.find_fitting() if listing.figures]
    if is_yes_or_no(asked.question):
        answered = answer_limit if asked.limit else answer_comparison
        yield from (answered(TableQuestion(asked, listing)) for listing in tables)
        yield answer_membership(asked)
        return
    for listing in tables:
        if not asked.names_another(listing):
            table = TableQuestion(asked, listing)
            way = next((way for applies, way in STRATEGIES if applies(table)), None)
            yield way(table) if way else None
    yield answer_left_out_or_both(asked)
    yield answer_list_length(asked)


def answer_limit_of_found(asked: NumericQuestion, found: str) -> Fact | None:
    """Answer whether what a reader found passes a number."""
    said = find_numbers(found)
    if not asked.limit or len(said) != 1 or NUMBER_WORDS.keys() & set(folded_words(found)):
        return None
    if SIZES & set(folded_words(found)) != SIZES & set(asked.words):
        return None
    proof = [part for text in asked.texts for part in sentence_texts(text) if found in part]
    answer = YES if asked.limit.admits(Decimal(next(iter(said)))) else NO
    return Fact(f"{answer}: {found}.", answer, tuple(proof[:1])) if proof else None
