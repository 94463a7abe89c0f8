"""Find the figures that a text gives for names, and the names that it lists."""

import re
from dataclasses import dataclass
from decimal import Decimal

from citewell.text.english import DATE_WORDS, NUMBER_WORDS, SENTENCE_OPENERS
from citewell.text.numbers import find_numbers

MAX_ITEM_WORDS = 8
SEPARATOR = re.compile(r"\s*[,;]\s+(?:(?:and|or|as well as)\s+)?|\s+(?:and|or|as well as)\s+")
CLAUSE = re.compile(r"[.:!?–—]\s+")
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

# Totals and differences are looked for among this many figures. More figures are a table, which these rules
# cannot read.
MOST_FIGURES = 12
# Least items of a list; fewer items between commas are more often an apposition.
LISTED = 3
PAIR = 2


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number that a text gives for a name."""

    name: str
    value: Decimal


def find_figures(text: str) -> list[Quantity]:
    """Return the numbers that a text gives for names, in order.

    >>> [
    ...     (figure.name, int(figure.value))
    ...     for figure in find_figures("in Kiel (12), Bremen (7) and Emden (1)")
    ... ]
    [('Kiel', 12), ('Bremen', 7), ('Emden', 1)]
    >>> [
    ...     (figure.name, int(figure.value))
    ...     for figure in find_figures("Kiel won 12 of them, Bremen 7, 1 in Emden")
    ... ]
    [('Kiel', 12), ('Bremen', 7), ('Emden', 1)]
    """
    found: dict[int, Quantity] = {}
    for match in (match for pattern in FIGURES for match in pattern.finditer(text)):
        words = match["name"].split()
        name = " ".join(words[1:] if words[0].casefold() in SENTENCE_OPENERS else words)
        is_date = YEAR.fullmatch(match["value"].rstrip(".,")) or DATE_WORDS & set(name.casefold().split())
        if name and not is_date:
            value = Decimal(next(iter(find_numbers(match["value"])), "0"))
            found.setdefault(match.start("value"), Quantity(name, value))
    return [found[place] for place in sorted(found)]


def find_lists(text: str) -> list[list[str]]:
    """Return the lists in a text, each as its items; the first and last may include words around the list.

    >>> [len(items) for items in find_lists("Boats from Kiel, Bremen and Emden were lost. It rained.")]
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


def refers_to(text: str, name: str) -> bool:
    """Whether a text has a name, or the word for its people: "German" for the name "Germany"."""
    beginning = re.escape(shared_beginning(name))
    return bool(re.search(rf"\b(?:{beginning}|(?i:{re.escape(name)})\b)", text))


def shared_beginning(name: str) -> str:
    """Return the beginning that a place's name shares with the word for its people.

    >>> [shared_beginning(name) for name in ("Germany", "Austria", "Belgium", "Europol", "United States")]
    ['German', 'Austri', 'Belgi', 'Europol', 'United States']
    """
    return re.sub(r"(?<=\w{4})(?:[aeiouy]|u[ms])$", "", name) if " " not in name else name
