"""Check by rules that a claim states no number, name or quotation that its citation lacks."""

import re

from citewell.arithmetic.checks import (
    CALCULATION_WORDS,
    WITHOUT,
    find_calculation,
    find_wrong_comparison,
)
from citewell.arithmetic.figures import WORD, find_figures, refers_to
from citewell.text.english import NEGATIONS, NUMBER_WORDS, PLAIN_WORDS, SENTENCE_OPENERS
from citewell.text.numbers import find_numbers
from citewell.text.stemming import stem
from citewell.text.words import folded_words


def find_broken_rule(text: str, quotes: str) -> tuple[str, bool]:
    """Return the rule that a text breaks against its quotes, or "", and whether it calculates from them."""
    if not text:
        return "it says nothing", False
    quoted = set(folded_words(quotes))
    new_numbers = sorted(find_numbers(text) - find_numbers(quotes))
    origins = {number: find_calculation(number, text, quotes) for number in new_numbers}
    unreckoned = [number for number, origin in origins.items() if not origin]
    new_names = [
        name
        for name in capitalised_words(text)
        if not set(folded_words(name)) <= quoted | PLAIN_WORDS | set(NUMBER_WORDS)
        and not names_people_of(name, quotes)
    ]
    misjudgement = find_wrong_comparison(text, quotes)
    # The network cannot judge a calculation, so a calculated statement may add only words of calculation.
    parts = [
        min(origin, key=lambda part: len(find_unexplained_words(text, part)))
        for origin in origins.values()
        if origin
    ]
    parts += [quotes] if misjudgement == "" else []
    added = sorted(word for part in parts for word in find_unexplained_words(text, part))
    said = [words for words in QUOTED.findall(text) if padded_words(words) not in padded_words(quotes)]
    rules = (
        (unreckoned, f"its citation has no {''.join(unreckoned[:1])}"),
        (said, f"its citation does not have the words “{''.join(said[:1])}”"),
        (new_names, f"its citation does not name {''.join(new_names[:1])}"),
        (misjudgement, misjudgement or ""),
        (
            parts and is_negated(WITHOUT.sub("", text)),
            "it denies what follows from its citation",
        ),
        (added, f"its citation does not say {''.join(added[:1])}"),
    )
    broken = next((reason for is_broken, reason in rules if is_broken), "")
    return broken, bool(parts)


QUOTED = re.compile(r"[“\"„]([^“”\"„]+)[”\"“]")


def padded_words(text: str) -> str:
    """Return the words of a text, folded, with one space around each."""
    return f" {' '.join(folded_words(text))} "


def states_answer(text: str, found: str) -> bool:
    """Whether a text states a found answer: it has all of its numbers and at least half of its words.

    >>> states_answer("It rose by 3 metres.", "3 metres"), states_answer("It rose by 4 metres.", "3 metres")
    (True, False)
    """
    if not find_numbers(found) <= find_numbers(text):
        return False
    wanted = {word for word in folded_words(found) if word not in SENTENCE_OPENERS}
    return len(wanted & set(folded_words(text))) * 2 >= len(wanted)


def find_new_words(text: str, quotes: str) -> set[str]:
    """Return the stems of a text's words that its quotes lack; numbers and plain words are left out."""
    known = {stem(word) for word in folded_words(quotes)}
    words = (word for word in folded_words(text) if word not in SENTENCE_OPENERS | PLAIN_WORDS | NEGATIONS)
    return {stem(word) for word in words if not word.isdigit() and word not in NUMBER_WORDS} - known


def find_unexplained_words(text: str, quotes: str) -> set[str]:
    """Return the new words of a text, without words of calculation and of the people of places in the quotes.

    >>> find_unexplained_words(
    ...     "In two towns more people drowned.", "Boats from Kiel (1) and Emden (3) were lost."
    ... )
    {'drown'}
    """
    places = {stem(name.casefold()) for name in capitalised_words(text) if names_people_of(name, quotes)}
    return find_new_words(text, quotes) - CALCULATION_WORDS - places


def names_people_of(name: str, quotes: str) -> bool:
    """Whether a word names the people of a place that the quotes give a figure for.

    >>> names_people_of("German", "Germany (8)"), names_people_of("Danish", "Germany (8)")
    (True, False)
    """
    return any(refers_to(name, figure.name) for figure in find_figures(quotes))


def capitalised_words(text: str) -> list[str]:
    """Return the capitalised words of a text, without words that merely begin sentences."""
    found = (word for word in WORD.findall(text) if word[0].isupper())
    return [word for word in found if word.casefold() not in SENTENCE_OPENERS]


def is_negated(text: str) -> bool:
    """Whether a text denies something."""
    return any(word in NEGATIONS or word.endswith("n't") for word in folded_words(text))
