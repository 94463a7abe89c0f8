"""Check the calculations in a statement against the figures of the text that it cites."""

import re
from decimal import Decimal

from citewell.arithmetic.figures import (
    MOST_FIGURES,
    PAIR,
    find_figures,
    find_lists,
    refers_to,
)
from citewell.text.english import NUMBER_WORDS
from citewell.text.sentences import sentence_texts
from citewell.text.stemming import stem
from citewell.text.words import folded_words

GREATEST = frozenset("most highest largest biggest greatest".split())
LEAST = frozenset("fewest least lowest smallest".split())
COMPARED = re.compile(
    r"\b(?P<more>more|fewer|less|higher|lower|larger|smaller|greater)\b.*?\bthan\b", re.IGNORECASE
)
COUNT_OF = re.compile(rf"\b(?:\d+|{'|'.join(NUMBER_WORDS)}) (?P<what>[a-z]\w+)")
LESS = frozenset("fewer less lower smaller".split())

# Stems of the words that a statement uses to count, add up and compare.
CALCULATION_WORDS = frozenset(
    stem(word)
    for word in (
        "total sum altogether together combined add added up difference exceed more less fewer most fewest "
        "least highest lowest largest smallest greatest second third than of count counted figure number "
        "times country nation state place city town region other others each except outside apart excluding "
        "take took taken place happen occur make made record recorded report reported appear list listed "
        "mention have had carry out people one"
    ).split()
)


def is_calculable(number: str, statement: str, text: str) -> bool:
    """Whether a number of a statement follows from the figures and lists of a text that does not state it.

    The number may be a count of the items that the text lists, or the total of its figures. When the
    statement names two names with figures, the number may be their sum or difference. When the statement
    excludes some names, the number may be the total of the others.

    >>> text = "Lost were boats from Kiel (12), Bremen (7) and Emden (1)."
    >>> (
    ...     is_calculable("20", "20 boats were lost.", text),
    ...     is_calculable("3", "They came from three towns.", text),
    ... )
    (True, True)
    >>> (
    ...     is_calculable("8", "8 boats from outside Kiel were lost.", text),
    ...     is_calculable("8", "8 boats were lost.", text),
    ... )
    (True, False)
    >>> (
    ...     is_calculable("5", "Kiel lost 5 more than Bremen.", text),
    ...     is_calculable("20", "Kiel and Emden lost 20.", text),
    ... )
    (True, False)
    """
    try:
        wanted = Decimal(number)
    except ArithmeticError:
        return False
    known = find_figures(text)[:MOST_FIGURES]
    named = [figure.value for figure in known if refers_to(statement, figure.name)]
    total = sum(figure.value for figure in known)
    if named and WITHOUT.search(statement):
        return wanted == total - sum(named)
    if len(named) == PAIR:
        return wanted in {named[0] + named[1], abs(named[0] - named[1])}
    if named or (len(known) > 1 and wanted == total):
        return not named
    counts = {len(items) for items in find_lists(text)} | ({len(known)} if len(known) > 1 else set())
    return wanted in counts and not counts_things(statement, text)


def counts_things(statement: str, text: str) -> bool:
    """Whether a statement counts a kind of object that the text itself mentions, not the listed names.

    >>> text = "Boats were lost in Kiel (12), Bremen (7) and Emden (1)."
    >>> counts_things("3 boats were lost.", text), counts_things("They were lost in 3 towns.", text)
    (True, False)
    """
    said = {stem(word) for word in folded_words(text)}
    return any(stem(match["what"]) in said for match in COUNT_OF.finditer(statement.casefold()))


def find_calculation(number: str, statement: str, text: str) -> list[str]:
    """Return the sentences that a statement's number follows from; for a pair of names, also the whole text.

    >>> find_calculation(
    ...     "2", "Two towns lost boats.", "It rained. Lost were boats from Kiel (1) and Emden (3)."
    ... )
    ['Lost were boats from Kiel (1) and Emden (3).']
    """
    parts = sentence_texts(text)
    if sum(refers_to(statement, figure.name) for figure in find_figures(text)) == PAIR:
        parts.append(text)
    return [part for part in parts if is_calculable(number, statement, part)]


WITHOUT = re.compile(
    r"\b(?:without|outside|except(?:ing)?|excluding|exclud(?:e|es)|leav(?:e|es|ing)|apart from|aside from"
    r"|set(?:ting)? aside|other than|besides|beyond|ignor(?:e|ing)|not counting|(?:don't|not) count"
    r"|minus|bar)\b",
    re.IGNORECASE,
)

# Words of a question whose answer may have to be calculated from figures.
TOTALS = frozenset("total altogether combined together sum difference more fewer less".split())


def asks_for_calculation(question: str) -> bool:
    """Whether the answer to a question may have to be calculated from figures.

    >>> [asks_for_calculation(asked) for asked in ("How many without Kiel?", "How many has Kiel?")]
    [True, False]
    """
    words = set(folded_words(question))
    return bool(WITHOUT.search(question) or words & (GREATEST | LEAST | TOTALS))


def find_wrong_comparison(statement: str, text: str) -> str | None:
    """Return the mistake in a statement that compares the figures of a text.

    Returns:
        The mistake; "" when the figures bear the comparison out; None when the statement does not compare
        names that the text gives figures for.

    >>> text = "Lost were boats from Kiel (12), Bremen (7) and Emden (1)."
    >>> (
    ...     find_wrong_comparison("Kiel lost the most boats.", text),
    ...     find_wrong_comparison("It rained in Kiel.", text),
    ... )
    ('', None)
    >>> find_wrong_comparison("Bremen lost the most boats.", text)
    'of the cited figures the greatest is that of Kiel'
    """
    known = find_figures(text)
    words = set(folded_words(statement))
    if len(known) < PAIR or any(words & extreme & set(folded_words(text)) for extreme in (GREATEST, LEAST)):
        return None
    said = [figure for figure in known if re.search(rf"\b{re.escape(figure.name)}\b", statement)]
    if words & (GREATEST | LEAST):
        ordered = sorted(known, key=lambda figure: figure.value, reverse=bool(words & GREATEST))
        place = 1 if "second" in " ".join(words) else 0
        best = [figure.name for figure in known if figure.value == ordered[place].value]
        if not said:
            return None
        rank = ("second " if place else "") + ("greatest" if words & GREATEST else "least")
        return (
            ""
            if any(figure.name in best for figure in said)
            else f"of the cited figures the {rank} is that of {best[0]}"
        )
    compared = COMPARED.search(statement)
    if compared and len(said) == PAIR:
        first, second = sorted(said, key=lambda figure: statement.find(figure.name))
        less = compared["more"].casefold() in LESS
        holds = first.value < second.value if less else first.value > second.value
        return (
            "" if holds else f"the cited figures are {first.name} {first.value}, {second.name} {second.value}"
        )
    return None
