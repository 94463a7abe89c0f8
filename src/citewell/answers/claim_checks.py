"""Check by rules that a claim states no number, name, unit or negation that its citation lacks."""

import re

from citewell.answers.arithmetic.checks import (
    CALCULATION_WORDS,
    WITHOUT,
    find_calculation,
    find_wrong_comparison,
)
from citewell.answers.arithmetic.figures import WORD, find_figures, refers_to
from citewell.text.english import NEGATIONS, NUMBER_WORDS, PLAIN_WORDS, SENTENCE_OPENERS
from citewell.text.numbers import find_numbers
from citewell.text.sentences import sentence_texts
from citewell.text.stemming import stem
from citewell.text.words import folded_words


def find_broken_rule(text: str, quotes: str) -> tuple[str, bool]:
    """Return which rule a text breaks against its quotes, or "", and whether it reckons from them."""
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
    is_without = any(origins.values()) and bool(WITHOUT.search(text))
    # The network cannot tell whether what is reckoned is so: it may add only words of reckoning.
    parts = [
        min(origin, key=lambda part: len(find_unexplained_words(text, part)))
        for origin in origins.values()
        if origin
    ]
    parts += [quotes] if misjudgement == "" else []
    added = sorted(word for part in parts for word in find_unexplained_words(text, part))
    said = [words for words in QUOTED.findall(text) if padded_words(words) not in padded_words(quotes)]
    changed = sorted(find_units(text) - find_units(quotes))
    compares = [] if parts else find_new_comparisons(text, quotes)
    apart = [] if parts else [*find_new_pairs(text, quotes), *find_miscounts(text, quotes)]
    rules = (
        (unreckoned, f"its citation has no {''.join(unreckoned[:1])}"),
        (
            is_negated(text) != is_negated(relevant_clauses(text, quotes)) and not is_without,
            "it denies what its citation affirms, or the reverse",
        ),
        (said, f"its citation does not have the words “{''.join(said[:1])}”"),
        (changed and not new_numbers, f"its citation has no {' '.join(changed[0]) if changed else ''}"),
        (new_names, f"its citation does not name {''.join(new_names[:1])}"),
        (misjudgement, misjudgement or ""),
        (compares, f"its citation does not compare so: {''.join(compares[:1])}"),
        (apart, f"its citation does not say {''.join(apart[:1])} together"),
        (added, f"its citation does not say {''.join(added[:1])}"),
    )
    broken = next((reason for is_broken, reason in rules if is_broken), "")
    return broken, bool(parts)


COMPARISON = re.compile(
    r"\b(?P<word>most|fewest|highest|lowest|largest|smallest|biggest|greatest|fewer|higher|lower|larger"
    r"|smaller|bigger|greater|more)\b(?! than \W?\d| than (?:a |one )?(?:hundred|thousand|million))",
    re.IGNORECASE,
)


def find_new_comparisons(text: str, quotes: str) -> list[str]:
    """Return the words of a text that compare, where its quotes do not.

    >>> find_new_comparisons("The largest haul was of 3 kilos.", "They took more than 3 kilos.")
    ['largest']
    """
    said = {match["word"].casefold() for match in COMPARISON.finditer(quotes)}
    return [match[0] for match in COMPARISON.finditer(text) if said.isdisjoint({match["word"].casefold()})]


def find_new_pairs(text: str, quotes: str) -> list[str]:
    """Return a name and a number of a text that no sentence of its quotes has together.

    >>> find_new_pairs("Kiel lost 3 boats.", "Boats sailed from Kiel. They lost 3.")
    ['Kiel and 3']
    >>> find_new_pairs("Kiel lost 3 boats.", "Boats of Kiel sailed; it lost 3.")
    []
    """
    said = [(set(folded_words(part)), find_numbers(part)) for part in sentence_texts(quotes)]
    return [
        f"{name} and {number}"
        for name in capitalised_words(text)
        for number in sorted(find_numbers(text))
        if not any(set(folded_words(name)) <= words and number in known for words, known in said)
    ]


OF_WHAT = re.compile(r"(?P<number>\d[\d.,]*)(?: \w+)? of (?:the |its |their )?(?P<what>[a-z]\w+)")
HOW_MANY = re.compile(r"(?P<number>\d[\d.,]*) (?P<what>[a-z]\w+)")
# Of whom a number may be that is given for somebody in particular.
ANYBODY = frozenset("people person persons suspect suspects individual individuals others".split())


def find_miscounts(text: str, quotes: str) -> list[str]:
    """Return a number of a text with what it is of, where its quotes have it of something else.

    >>> find_miscounts("They took 500 kilos of heroin.", "500 kilos of drugs, with heroin, were taken.")
    ['500 of heroin']
    >>> (
    ...     find_miscounts("They took 12 boats.", "12 ships with boats."),
    ...     find_miscounts("12 people", "12 sailors"),
    ... )
    (['12 boats'], [])
    """
    return [
        match[0] if pattern is HOW_MANY else f"{match['number']} of {match['what']}"
        for pattern in (OF_WHAT, HOW_MANY)
        for match in pattern.finditer(text)
        if match["what"] not in ANYBODY | SENTENCE_OPENERS | PLAIN_WORDS
        and (said := counted_stems(pattern, match["number"], quotes))
        and stem(match["what"]) not in said
    ]


def counted_stems(pattern: re.Pattern[str], number: str, quotes: str) -> frozenset[str]:
    """Return the stems of what quotes have a number of."""
    words = {match["what"] for match in pattern.finditer(quotes) if match["number"] == number}
    return frozenset(stem(word) for word in words - SENTENCE_OPENERS - PLAIN_WORDS)


QUOTED = re.compile(r"[“\"„]([^“”\"„]+)[”\"“]")
MEASURE = re.compile(
    r"(?P<money>[$€£¥])?\s?(?P<number>\d[\d,.]*|\b(?:one|"
    + "|".join(NUMBER_WORDS)
    + r")\b)[\s-]?(?P<unit>%|per ?cent|percent|thousand|million|billion|trillion"
    r"|kg|kilo\w*|tons?|tonnes?|km|metres?|meters?|miles?|hours?|days?|weeks?|months?|years?)?(?!\w)",
    re.IGNORECASE,
)
# Written so or so.
SAME_UNIT = {
    "per cent": "%",
    "percent": "%",
    "kg": "kilo",
    "kilograms": "kilo",
    "kilogrammes": "kilo",
    "kilos": "kilo",
}


def find_units(text: str) -> set[tuple[str, str]]:
    """Return the numbers of a text that have a unit, each with it: of money, share, size, weight, time.

    >>> sorted(find_units("$6.5 million, or 30 percent, in 2 days"))
    [('2', 'day'), ('30', '%'), ('6.5', '$'), ('6.5', 'million')]
    """
    found = set()
    for match in MEASURE.finditer(text):
        number = next(iter(find_numbers(match["number"])), "1")
        unit = (match["unit"] or "").casefold()
        unit = SAME_UNIT.get(unit, unit.removesuffix("s"))
        found |= {(number, kind) for kind in (match["money"], unit) if kind}
    return found


def padded_words(text: str) -> str:
    """Return the words of a text, folded, with one space around each."""
    return f" {' '.join(folded_words(text))} "


CLAUSE = re.compile(r"[,;:()\"“”–—.?!]\s|\s[–—-]\s|\b(?:but|while|whereas|although)\b")
CLAUSE_SHARE = 0.5


def relevant_clauses(text: str, quotes: str) -> str:
    """Return the clauses of a quote that a text is about: a long sentence may deny something else.

    Those that share at least half as many words with it as the one that shares the most.

    >>> relevant_clauses("The head spoke.", "The head of it spoke, and nobody is safe")
    'The head of it spoke'
    """
    words = {word for word in folded_words(text) if word not in SENTENCE_OPENERS | NEGATIONS}
    clauses = [clause for clause in CLAUSE.split(quotes) if clause.strip()]
    shared = [len(words & set(folded_words(clause))) for clause in clauses]
    most = max(shared, default=0)
    if not most:
        return quotes
    return " ".join(
        clause for clause, count in zip(clauses, shared, strict=True) if count >= CLAUSE_SHARE * most
    )


def states_answer(text: str, found: str) -> bool:
    """Whether a statement says what was found: all of its numbers, and at least half of its words.

    >>> states_answer("It rose by 3 metres.", "3 metres"), states_answer("It rose by 4 metres.", "3 metres")
    (True, False)
    """
    if not find_numbers(found) <= find_numbers(text):
        return False
    wanted = {word for word in folded_words(found) if word not in SENTENCE_OPENERS}
    return len(wanted & set(folded_words(text))) * 2 >= len(wanted)


def find_new_words(text: str, quotes: str) -> set[str]:
    """Return the stems of the words of a text that its quotes lack, but for numbers and plain words."""
    known = {stem(word) for word in folded_words(quotes)}
    words = (word for word in folded_words(text) if word not in SENTENCE_OPENERS | PLAIN_WORDS | NEGATIONS)
    return {stem(word) for word in words if not word.isdigit() and word not in NUMBER_WORDS} - known


def find_unexplained_words(text: str, quotes: str) -> set[str]:
    """Return the new words of a text that are no words of reckoning and call no place that its quotes name.

    >>> find_unexplained_words(
    ...     "In two towns more people drowned.", "Boats from Kiel (1) and Emden (3) were lost."
    ... )
    {'drown'}
    """
    places = {stem(name.casefold()) for name in capitalised_words(text) if names_people_of(name, quotes)}
    return find_new_words(text, quotes) - CALCULATION_WORDS - places


def names_people_of(name: str, quotes: str) -> bool:
    """Whether a name is that of the people of a place that quotes give a figure for.

    >>> names_people_of("German", "Germany (8)"), names_people_of("Danish", "Germany (8)")
    (True, False)
    """
    return any(refers_to(name, figure.name) for figure in find_figures(quotes))


def capitalised_words(text: str) -> list[str]:
    """Return the words with a capital, but for those that begin sentences and name nothing."""
    found = (word for word in WORD.findall(text) if word[0].isupper())
    return [word for word in found if word.casefold() not in SENTENCE_OPENERS]


def is_negated(text: str) -> bool:
    """Whether a text denies something."""
    return any(word in NEGATIONS or word.endswith("n't") for word in folded_words(text))
