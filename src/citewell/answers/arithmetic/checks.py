"""Recompute what a statement reckons: totals, differences, counts, most and fewest, who is left out."""

import re
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from decimal import Decimal

from citewell.text.english import BEGINNINGS, DAYS, MONTHS, NUMBER_WORDS, TENS, UNITS
from citewell.text.enumerations import CLAUSE, MAX_ITEM_WORDS, SEPARATOR
from citewell.text.sentences import sentences
from citewell.text.stemming import stem
from citewell.text.words import folded_words

NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
WORD = re.compile(r"(?<!\w)[^\W\d_][\w’'-]+")
NAME = r"[A-Z][\w’'-]*(?: (?:of (?:the )?)?[A-Z][\w’'-]*)*"
VALUE = rf"(?<!of the )(?<!of )(?<![\d.,])(?P<value>\d[\d,.]*|\b(?:{'|'.join(NUMBER_WORDS)})\b)"
GOT = (
    r"(?:had|has|have|won|took|takes|got|gets|made|lost|saw|drew|sold|brought|caught|sent|gave|kept|holds?|held|with"
    r"|came|stood|rose|fell|[a-z]+ed)(?: in| to| at| out)?"
)
FIGURES = (
    # A number in brackets, as in: Germany (42).
    re.compile(rf"(?P<name>{NAME}) \({VALUE}(?: \w+)?\)"),
    # "42 in Germany"; "42 people in the north of Germany" is too far.
    re.compile(
        rf"{VALUE}(?: (?!(?:in|of|from|at|for|to|by|and|on|with)\b)[a-z]\w*){{0,4}}"
        rf" (?:in|from|at|for|to|by) (?:the )?(?P<name>{NAME})"
    ),
    # "42 of the seats went to the Greens"
    re.compile(
        rf"{VALUE}(?: of (?:the|its) \d[\d,.]*)?(?: [a-z]\w*){{0,4}}"
        rf" (?:went|goes|go|fell|belong\w*|came) (?:to|from) (?:the )?(?P<name>{NAME})"
    ),
    # "In Kiel, 12 boats"
    re.compile(rf"\b[Ii]n (?P<name>{NAME}),? {VALUE}"),
    # "Spain won 12 medals, France 7 and Italy 3"
    re.compile(
        rf"(?P<name>{NAME})(?: {GOT})?(?: (?:only|about|some|just))? {VALUE}(?!\w|\s*(?:%|percent\b))"
    ),
)
YEAR = re.compile(r"(?:1[89]|20)\d\d")
DATES = frozenset(word.casefold() for word in (*MONTHS, *DAYS))
GREATEST = frozenset("most highest largest biggest greatest".split())
LEAST = frozenset("fewest least lowest smallest".split())
COMPARED = re.compile(
    r"\b(?P<more>more|fewer|less|higher|lower|larger|smaller|greater)\b.*?\bthan\b", re.IGNORECASE
)
COUNT_OF = re.compile(rf"\b(?:\d+|{'|'.join(NUMBER_WORDS)}) (?P<what>[a-z]\w+)")
LESS = frozenset("fewer less lower smaller".split())
# Totals and differences are looked for among so many figures; more are a table, which this cannot read.
MOST_FIGURES = 12
# Fewer words between commas are an apposition more often than a list.
LISTED = 3
PAIR = 2
# Words before an enumeration that say what it lists.
LEADING = 8


# With which one counts, adds up and compares.
RECKONING = frozenset(
    stem(word)
    for word in (
        "total sum altogether together combined add added up difference exceed more less fewer most fewest "
        "least highest lowest largest smallest greatest second third than of count counted figure number "
        "times country nation state place city town region other others each except outside apart excluding "
        "take took taken place happen occur make made record recorded report reported appear list listed "
        "mention have had carry out people one"
    ).split()
)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number that a text gives for a name."""

    name: str
    value: Decimal


def numbers(text: str) -> set[str]:
    """Return the numbers of a text in digits, without the commas of thousands.

    >>> sorted(numbers("Twenty-one of 1,200 boats"))
    ['1200', '21']
    """
    found = {match.replace(",", "").rstrip(".") for match in NUMBER.findall(text)}
    for word in re.findall(r"[a-z]+(?:-[a-z]+)?", text.casefold()):
        tens, _, unit = word.partition("-")
        if unit in UNITS and tens in TENS:
            found.add(str(NUMBER_WORDS[tens] + UNITS[unit]))
        else:
            found |= {str(NUMBER_WORDS[part]) for part in (tens, unit) if part in NUMBER_WORDS}
    return found


def folded_names(text: str) -> list[str]:
    """Return the names of a text, folded, in order: words with a capital that stand together."""
    return [match.casefold().removeprefix("the ") for match in re.findall(NAME, text)]


def listed(items: list[str]) -> set[str]:
    """Return the names that an enumeration lists: of its first item the last one, of its last the first.

    >>> sorted(listed(["This was the work of the people", "the boats of Kiel", "Bremen", "Emden in May"]))
    ['bremen', 'emden', 'kiel']
    """
    begins = re.sub(r"^[A-Z]\w* (?=[a-z])", "", items[0])  # a capital there is that of the sentence
    first, last = folded_names(begins)[-1:], folded_names(items[-1])[:1]
    return {*first, *last, *(name for item in items[1:-1] for name in folded_names(item))}


def figures(text: str) -> list[Quantity]:
    """Return the numbers that a text gives for names, in order.

    >>> [(figure.name, int(figure.value)) for figure in figures("in Kiel (12), Bremen (7) and Emden (1)")]
    [('Kiel', 12), ('Bremen', 7), ('Emden', 1)]
    >>> [(figure.name, int(figure.value)) for figure in figures("Kiel won 12 of them, Bremen 7, 1 in Emden")]
    [('Kiel', 12), ('Bremen', 7), ('Emden', 1)]
    """
    found: dict[int, Quantity] = {}
    for match in (match for pattern in FIGURES for match in pattern.finditer(text)):
        words = match["name"].split()
        name = " ".join(words[1:] if words[0].casefold() in BEGINNINGS else words)
        is_date = YEAR.fullmatch(match["value"].rstrip(".,")) or DATES & set(name.casefold().split())
        if name and not is_date:
            value = Decimal(next(iter(numbers(match["value"])), "0"))
            found.setdefault(match.start("value"), Quantity(name, value))
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
    if named or (len(known) > 1 and wanted == total):
        return not named
    counts = {len(items) for items in lists(text)} | ({len(known)} if len(known) > 1 else set())
    return wanted in counts and not counts_more(statement, text)


def counts_more(statement: str, text: str) -> bool:
    """Whether a statement says of a count of names that it is one of what the text speaks of.

    >>> text = "Boats were lost in Kiel (12), Bremen (7) and Emden (1)."
    >>> counts_more("3 boats were lost.", text), counts_more("They were lost in 3 towns.", text)
    (True, False)
    """
    said = {stem(word) for word in folded_words(text)}
    return any(stem(match["what"]) in said for match in COUNT_OF.finditer(statement.casefold()))


def reckoned_from(number: str, statement: str, text: str) -> list[str]:
    """Return what a number of a statement follows from: sentences of a text, for a pair of names all of it.

    >>> reckoned_from("2", "Two towns lost boats.", "It rained. Lost were boats from Kiel (1) and Emden (3).")
    ['Lost were boats from Kiel (1) and Emden (3).']
    """
    parts = sentences_of(text)
    if sum(asks_for(statement, figure.name) for figure in figures(text)) == PAIR:
        parts.append(text)
    return [part for part in parts if reckoned(number, statement, part)]


WITHOUT = re.compile(
    r"\b(?:without|outside|except(?:ing)?|excluding|exclud(?:e|es)|leav(?:e|es|ing)|apart from|aside from"
    r"|set(?:ting)? aside|other than|besides|beyond|ignor(?:e|ing)|not counting|(?:don't|not) count"
    r"|minus|bar)\b",
    re.IGNORECASE,
)
# What people call a place whose name begins otherwise.
CALLED = {
    "america": "United States", "american": "United States", "usa": "United States",
    "british": "United Kingdom", "britain": "United Kingdom", "uk": "United Kingdom",
    "danish": "Denmark", "dutch": "Netherlands", "finnish": "Finland", "french": "France",
    "greek": "Greece", "holland": "Netherlands", "irish": "Ireland", "norwegian": "Norway",
    "polish": "Poland", "spanish": "Spain", "swedish": "Sweden", "swiss": "Switzerland",
    "turkish": "Turkey", "welsh": "Wales", "italian": "Italy", "portuguese": "Portugal",
    "spaniard": "Spain", "dane": "Denmark", "swede": "Sweden", "briton": "United Kingdom",
}  # fmt: skip


def written_as(text: str, folded: AbstractSet[str]) -> list[str]:
    """Return folded names as a text writes them, in its order."""
    found = re.findall(NAME, text)
    return list(dict.fromkeys(name for name in found if name.casefold().removeprefix("the ") in folded))


def asks_for(question: str, name: str) -> bool:
    """Whether a question names something, or somebody from there."""
    called = {CALLED.get(word.casefold().removesuffix("s"), "") for word in WORD.findall(question)}
    if re.search(r"\bU\.?S\b", question):  # in small letters it is a pronoun
        called.add("United States")
    return name in called or bool(
        re.search(rf"\b(?:{re.escape(beginning(name))}|(?i:{re.escape(name)})\b)", question)
    )


def beginning(name: str) -> str:
    """Return what a name shares with what is from there.

    >>> [beginning(name) for name in ("Germany", "Austria", "Belgium", "Europol", "United States")]
    ['German', 'Austri', 'Belgi', 'Europol', 'United States']
    """
    return re.sub(r"(?<=\w{4})(?:[aeiouy]|u[ms])$", "", name) if " " not in name else name


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
    said = set(folded_names(statement))
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
