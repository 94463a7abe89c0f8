"""Recompute what a statement reckons: totals, differences, counts, most and fewest, who is left out."""

import re
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from decimal import Decimal

import Stemmer

from citewell.enumerations import CLAUSE, MAX_ITEM_WORDS, SEPARATOR
from citewell.text import folded_words, sentences

STEMMER = Stemmer.Stemmer("english")
NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
WORD = re.compile(r"(?<!\w)[^\W\d_][\w’'-]+")
# In order from two; "one" is left out, it is a pronoun more often.
COUNTED = (
    "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
    " eighteen nineteen"
)
TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
NUMBER_WORDS = {
    **{word: value for value, word in enumerate(COUNTED.split(), start=2)},
    **{word: 10 * value for value, word in enumerate(TENS.split(), start=2)},
    "hundred": 100,
    "dozen": 12,
}
UNITS = {"one": 1, **{word: NUMBER_WORDS[word] for word in COUNTED.split()[:8]}}
NAME = r"[A-Z][\w’'-]*(?: (?:of (?:the )?)?[A-Z][\w’'-]*)*"
# "Germany (42)"; "42 in Germany", "42 people in the north of Germany" is too far.
FIGURES = (
    re.compile(rf"(?P<name>{NAME}) \((?P<value>\d[\d,.]*)\)"),
    re.compile(
        rf"(?P<value>\d[\d,.]*|{'|'.join(NUMBER_WORDS)})(?: \w+)?"
        rf" (?:in|from|at|for|to) (?:the )?(?P<name>{NAME})"
    ),
)
GREATEST = frozenset("most highest largest biggest greatest".split())
LEAST = frozenset("fewest least lowest smallest".split())
COMPARED = re.compile(
    r"\b(?P<more>more|fewer|less|higher|lower|larger|smaller|greater)\b.*?\bthan\b", re.IGNORECASE
)
LESS = frozenset("fewer less lower smaller".split())
# Totals and differences are looked for among so many figures; more are a table, which this cannot read.
MOST_FIGURES = 12
# Fewer words between commas are an apposition more often than a list.
LISTED = 3
PAIR = 2
# Words before an enumeration that say what it lists.
LEADING = 8


@dataclass(frozen=True, slots=True)
class Figure:
    """A number that a text gives for a name."""

    name: str
    value: Decimal


@dataclass(frozen=True, slots=True)
class Fact:
    """What follows from a text.

    Attributes:
        text: A sentence.
        short: What of it answers; "" when a question may ask for this or for that.
    """

    text: str
    short: str = ""


def numbers(text: str) -> set[str]:
    """Return the numbers of a text in digits, without the commas of thousands.

    >>> sorted(numbers("Twenty-one of 1,200 boats"))
    ['1200', '21']
    """
    found = {match.replace(",", "").rstrip(".") for match in NUMBER.findall(text)}
    for word in re.findall(r"[a-z]+(?:-[a-z]+)?", text.casefold()):
        tens, _, unit = word.partition("-")
        if unit in UNITS and tens in TENS.split():
            found.add(str(NUMBER_WORDS[tens] + UNITS[unit]))
        else:
            found |= {str(NUMBER_WORDS[part]) for part in (tens, unit) if part in NUMBER_WORDS}
    return found


def names(text: str) -> list[str]:
    """Return the names of a text, folded, in order: words with a capital that stand together."""
    return [match.casefold().removeprefix("the ") for match in re.findall(NAME, text)]


def listed(items: list[str]) -> set[str]:
    """Return the names that an enumeration lists: of its first item the last one, of its last the first.

    >>> sorted(listed(["This was the work of the people", "the boats of Kiel", "Bremen", "Emden in May"]))
    ['bremen', 'emden', 'kiel']
    """
    begins = re.sub(r"^[A-Z]\w* (?=[a-z])", "", items[0])  # a capital there is that of the sentence
    first, last = names(begins)[-1:], names(items[-1])[:1]
    return {*first, *last, *(name for item in items[1:-1] for name in names(item))}


def figures(text: str) -> list[Figure]:
    """Return the numbers that a text gives for names, in order.

    >>> [(figure.name, int(figure.value)) for figure in figures("in Kiel (12), Bremen (7) and Emden (1)")]
    [('Kiel', 12), ('Bremen', 7), ('Emden', 1)]
    """
    found = {
        match.start(): Figure(match["name"], Decimal(str(next(iter(numbers(match["value"])), "0"))))
        for pattern in FIGURES
        for match in pattern.finditer(text)
    }
    return [found[place] for place in sorted(found)]


def lists(text: str) -> list[list[str]]:
    """Return the enumerations of a text, each as its items; the first and last may hold words around it.

    >>> [len(items) for items in lists("Boats from Kiel, Bremen and Emden were lost. It rained.")]
    [3]
    """
    found = []
    for clause in CLAUSE.split(text):
        run: list[str] = []
        items = SEPARATOR.split(clause)
        for place, item in enumerate(items):
            inner = 0 < place < len(items) - 1
            if inner and len(item.split()) > MAX_ITEM_WORDS:
                found.append([*run, item])
                run = []
            run.append(item)
        found.append(run)
    return [items for items in found if len(items) >= LISTED]


def sentences_of(text: str) -> list[str]:
    """Return the sentences of a text, in order."""
    return [text[span.start : span.end] for span in sentences(text)]


def enumerated(text: str) -> list[tuple[str, set[str]]]:
    """Return the names that each enumeration of a text lists, in order, with the sentence around it."""
    return [(sentence, listed(items)) for sentence in sentences_of(text) for items in lists(sentence)]


def reckoned(number: str, statement: str, text: str) -> bool:
    """Whether a number of a statement, which its text does not state, follows from the text.

    As a count of what it enumerates, or as the total of its figures; where the statement names two that have
    figures, as their sum or difference; where it leaves some out, as the total of the others.

    >>> text = "Lost were boats from Kiel (12), Bremen (7) and Emden (1)."
    >>> reckoned("20", "20 boats were lost.", text), reckoned("3", "They came from three towns.", text)
    (True, True)
    >>> reckoned("8", "8 boats from outside Kiel were lost.", text), reckoned("8", "8 boats were lost.", text)
    (True, False)
    >>> reckoned("5", "Kiel lost 5 more than Bremen.", text), reckoned("20", "Kiel and Emden lost 20.", text)
    (True, False)
    """
    try:
        wanted = Decimal(number)
    except ArithmeticError:
        return False
    known = figures(text)[:MOST_FIGURES]
    named = [figure.value for figure in known if asks_for(statement, figure.name)]
    total = sum(figure.value for figure in known)
    if named and WITHOUT.search(statement):
        return wanted == total - sum(named)
    if len(named) == PAIR:
        return wanted in {named[0] + named[1], abs(named[0] - named[1])}
    counts = {len(items) for items in lists(text)}
    return not named and (wanted in counts or (len(known) > 1 and wanted in {total, len(known)}))


def reckoned_from(number: str, statement: str, text: str) -> list[str]:
    """Return what a number of a statement follows from: sentences of a text, for a pair of names all of it.

    >>> reckoned_from("2", "Two towns lost boats.", "It rained. Lost were boats from Kiel (1) and Emden (3).")
    ['Lost were boats from Kiel (1) and Emden (3).']
    """
    parts = sentences_of(text)
    if sum(asks_for(statement, figure.name) for figure in figures(text)) == PAIR:
        parts.append(text)
    return [part for part in parts if reckoned(number, statement, part)]


# What asks for more than a figure that the text states.
RECKONS = re.compile(
    r"\b(?:total|altogether|combined|together|sum|add(?:s|ed)? up|differences?|exceed(?:s|ed)?"
    r"|by how (?:many|much)"
    r"|more|most|fewer|fewest|less|least|higher|highest|lower|lowest|larger|largest|smaller|smallest|biggest"
    r"|second|third|rank(?:s|ed)?|runner-up|compared?|versus|without (?:the|counting)|outside|except"
    r"|excluding|leaving|apart from|other than|besides|not appear|took no part|added)\b"
    r"|\bwithout (?-i:[A-Z])|\bhow many (?:different )?(?:countries|states|places|towns)\b",
    re.IGNORECASE,
)
WITHOUT = re.compile(
    r"\b(?:without|outside|except|excluding|leaving|apart from|other than|besides)\b", re.IGNORECASE
)
WHETHER = re.compile(r"\b(?:any|did|does|do|was|were|how many)\b", re.IGNORECASE)
LACKS = re.compile(
    r"\b(?:not|no|n't|never|none|neither|without|absent|missing|except|other than|besides|only)\b|n't\b",
    re.IGNORECASE,
)
SUM = re.compile(
    r"\b(?:total|altogether|combined|together|sum|add(?:s|ed)? up|added|and .* have)\b", re.IGNORECASE
)
DIFFERENCE = re.compile(
    r"\b(?:differences?|exceed(?:s|ed)?|by how (?:many|much)|more|fewer|less|gap|ahead)\b", re.IGNORECASE
)
COUNTS = re.compile(r"\bhow many\b|\bnumber of\b", re.IGNORECASE)
# What people call a place whose name begins otherwise.
CALLED = {
    "dutch": "Netherlands", "american": "United States", "us": "United States", "usa": "United States",
    "british": "United Kingdom", "uk": "United Kingdom",
}  # fmt: skip
STEM = 5


def reckons(question: str, found: str, text: str) -> bool:
    """Whether a question asks for more than a text states.

    Args:
        question: Standing alone.
        found: What a reader took to be the answer.
        text: Where.

    >>> text = "Lost were boats from Kiel (12), Bremen (7) and Emden (1)."
    >>> [reckons(asked, "12", text) for asked in ("Which town lost the most?", "How many did Kiel lose?")]
    [True, False]
    >>> reckons("In how many towns were boats lost?", "12", text)
    True
    """
    if RECKONS.search(question):
        return True
    absent = (name for _, group in lacking(question, text) for name in group)
    if WHETHER.search(question) and any(asks_for(question, name.title()) for name in absent):
        return True
    known = figures(text)
    named = any(asks_for(question, figure.name) for figure in known)
    return bool(COUNTS.search(question)) and (not numbers(found) or (len(known) > PAIR and not named))


def facts(question: str, text: str) -> tuple[Fact, ...]:
    """Reckon what a question asks for from the figures and enumerations of a text; () when it asks for none.

    >>> text = "Lost were boats from Kiel (12), Bremen (7) and Emden (1)."
    >>> facts("How many more did Kiel lose than Emden?", text)
    (Fact(text='Kiel has 11 more than Emden.', short='11'),)
    >>> facts("Which town lost the second most boats?", text), facts("When were they lost?", text)
    ((Fact(text='Bremen has the second most.', short='Bremen'),), ())
    """
    found: list[Fact] = []
    for known in tables(question, text):
        ordered = sorted(known, key=lambda figure: -figure.value)
        named = [item for item in ordered if asks_for(question, item.name)]
        if len(named) == PAIR:
            found += between(question, *named)
        elif named and WITHOUT.search(question):
            left = sum(item.value for item in known if item not in named)
            without = " and ".join(item.name for item in named)
            found.append(Fact(f"Without {without} the total is {left}.", str(left)))
        else:
            found += ranking(question, ordered)
    for place, group in lacking(question, text):
        if LACKS.search(question) or any(asks_for(question, name.title()) for name in group):
            absent = ", ".join(written_as(text, group))
            found.append(Fact(f"{absent} are not in the list of “{place}”.", absent))
    return tuple(found)


def lacking(question: str, text: str) -> list[tuple[str, set[str]]]:
    """Return the lists of a text that a question speaks of, and what another, which shares much, has besides.

    >>> text = "The crews were from Kiel, Bremen and Emden. There drowned men of Kiel, Bremen and Rum."
    >>> lacking("From where did nobody drown?", text)
    [('there drowned men of', {'emden'})]
    """
    asked = {stem(word) for word in folded_words(question)}
    sets = enumerated(text)
    found = {}
    for sentence, one in sets:
        spoken = {stem(word) for word in folded_words(sentence) if len(word) >= STEM}
        for _, other in sets:
            if other - one and len(one & other) >= PAIR and asked & spoken:
                start = min(sentence.casefold().find(name) for name in one)
                lead = " ".join(sentence[:start].removesuffix("the ").split()[-LEADING:])
                found[lead[:1].lower() + lead[1:]] = other - one
    return list(found.items())


def tables(question: str, text: str) -> Iterator[list[Figure]]:
    """Yield the figures of each sentence that has several, where a question speaks of what it does."""
    asked = {stem(word) for word in folded_words(question)}
    for sentence in sentences_of(text):
        known = figures(sentence)
        if PAIR < len(known) <= MOST_FIGURES:
            spoken = {stem(word) for word in folded_words(sentence) if len(word) >= STEM}
            if spoken & asked or sum(asks_for(question, item.name) for item in known) == PAIR:
                yield known


def stem(word: str) -> str:
    """Return a word's stem, by Snowball's rules for English."""
    stemmed: str = STEMMER.stemWord(word)
    return stemmed


def between(question: str, more: Figure, less: Figure) -> tuple[Fact, ...]:
    """Return the sum or the difference of two figures, as asked for; both when that is not clear."""
    both, ahead = str(more.value + less.value), str(more.value - less.value)
    total = Fact(f"{more.name} and {less.name} together have {both}.", both)
    difference = Fact(f"{more.name} has {ahead} more than {less.name}.", ahead)
    asks = (bool(SUM.search(question)), bool(DIFFERENCE.search(question)))
    return {(True, False): (total,), (False, True): (difference,)}.get(asks, (total, difference))


def ranking(question: str, ordered: Sequence[Figure]) -> Iterator[Fact]:
    """Yield who has the most, second most or fewest, or how many there are and their total, as asked."""
    words = set(folded_words(question))
    is_second = bool(words & {"second", "runner"})
    if words & LEAST:
        yield Fact(f"{ordered[-1].name} has the fewest.", ordered[-1].name)
    elif words & GREATEST or is_second:
        place = 1 if is_second else 0
        yield Fact(f"{ordered[place].name} has the {'second ' if place else ''}most.", ordered[place].name)
    elif COUNTS.search(question) or SUM.search(question):
        names_of = ", ".join(figure.name for figure in ordered)
        total = sum(item.value for item in ordered)
        yield Fact(f"{len(ordered)} have figures ({names_of}); the total is {total}.")


def written_as(text: str, folded: AbstractSet[str]) -> list[str]:
    """Return folded names as a text writes them, in its order."""
    found = re.findall(NAME, text)
    return list(dict.fromkeys(name for name in found if name.casefold().removeprefix("the ") in folded))


def asks_for(question: str, name: str) -> bool:
    """Whether a question names something, or somebody from there."""
    called = {CALLED[word] for word in re.findall(r"\w+", question.casefold()) if word in CALLED}
    # "German" is from Germany; "United" may be of several.
    beginning = re.escape(name) if " " in name else re.escape(name[:STEM])
    return name in called or bool(re.search(rf"\b{beginning}", question))


def misjudged(statement: str, text: str) -> str | None:
    """Say what is wrong with a comparison that a statement makes of the figures of a text.

    Returns:
        What is wrong; "" when the figures bear it out; None when it compares nothing that the text gives
        figures for.

    >>> text = "Lost were boats from Kiel (12), Bremen (7) and Emden (1)."
    >>> misjudged("Kiel lost the most boats.", text), misjudged("It rained in Kiel.", text)
    ('', None)
    >>> misjudged("Bremen lost the most boats.", text)
    'of the cited figures the greatest is that of Kiel'
    """
    known = figures(text)
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


def left_out(statement: str, text: str) -> bool:
    """Whether a statement names only what one enumeration of a text has and another lacks, and is about that.

    It is about the sentence that it shares more words with.

    >>> text = "Kiel, Bremen and Emden helped. Kiel, Bremen and Rum sent boats."
    >>> left_out("Emden sent no boats.", text), left_out("Emden did not help.", text)
    (True, False)
    """
    said = set(names(statement))
    words = {stem(word) for word in folded_words(statement)}
    words -= {stem(word) for name in said for word in name.split()}
    is_all = bool({"only", "all"} & set(folded_words(statement)))
    found = [
        (listing, len(words & {stem(word) for word in folded_words(sentence)}))
        for sentence, listing in enumerated(text)
    ]
    return bool(said) and any(
        (said == listing - others if is_all else said <= listing - others)
        and len(listing & others) >= PAIR
        and about > near
        for listing, near in found
        for others, about in found
    )
