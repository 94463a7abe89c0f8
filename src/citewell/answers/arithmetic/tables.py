"""Find what a text gives figures for, and what it lists."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import dropwhile

from citewell.answers.arithmetic.figures import (
    LEADING,
    MOST_FIGURES,
    PAIR,
    YEAR,
    Quantity,
    as_written,
    find_enumerations,
    find_figures,
)
from citewell.text.english import SENTENCE_OPENERS
from citewell.text.numbers import find_numbers
from citewell.text.sentences import sentence_texts
from citewell.text.stemming import stem
from citewell.text.words import folded_words

# What means the same where one counts or lists; the first stands for all.
GROUPS = (
    "arrest arrestee detain detainee detention nab apprehend custody capture catch caught collar held lock",
    "participate participant partner cooperate collaborate collaborative join involve effort contribute work",
    "win won victory",
    "seize confiscate seizure confiscation impound",
    "gun firearm weapon",
    "die dead death kill fatality",
    "visitor visit attendance attend",
    "buy purchase bought",
    "grow grew grown",
    "vendor seller dealer",
    "damage broken",
    "lose lost loss",
)
SAME = {stem(word): group.split()[0] for group in GROUPS for word in group.split()}
JOINED = re.compile(
    r"\b(?:t(?:ake|akes|ook|aking) part|work(?:ed|ing)? together|team(?:ed|ing)? up|part of|member)\b",
    re.IGNORECASE,
)
ANY_NUMBER = re.compile(r"(?<![\w.,])(?<!of the )(?<!of )\d[\d,.]*")
# What a figure counts.
COUNTED_UNIT = re.compile(
    r"\d (?:of the (?:\d+ )?)?(?!(?:in|from|at|for|to|by|and|of|on|or|while|after|with)\b)(?P<unit>[a-z]{3,})"
)


def meaning_stems(text: str) -> frozenset[str]:
    """Return the stems of a text's words, those of like meaning as one.

    >>> meaning_stems("They nabbed dealers") == meaning_stems("they arrest a vendor") - {"a"}
    True
    """
    return canonical_stems(folded_words(JOINED.sub("participate", text)))


def canonical_stems(words: Iterable[str]) -> frozenset[str]:
    """Return the stems of folded words, those of like meaning as one."""
    return frozenset(SAME.get(stem(word), stem(word)) for word in words)


@dataclass(frozen=True, slots=True)
class Table:
    """Sentences that give figures for names, or list names.

    Attributes:
        sentences: As they stand in the text: one, or several that go on with the figures.
        names: As the text writes them, in order.
        figures: Of the names, in order; empty for a list.
        about: Stems of the sentences and, of figures, of those that give their total.
        near: Stems of the sentence before.
    """

    sentences: tuple[str, ...]
    names: tuple[str, ...]
    figures: tuple[Quantity, ...]
    about: frozenset[str]
    near: frozenset[str]

    @property
    def lead(self) -> str:
        """The words before the first name, which say what is listed."""
        before = self.sentences[0][: self.sentences[0].find(self.names[0])].strip().removesuffix(" the")
        words = before.split()
        if len(words) > LEADING:
            words = list(dropwhile(lambda word: word in SENTENCE_OPENERS, words[-LEADING:]))
        found = " ".join(words).strip(" (,;:")
        return found[:1].lower() + found[1:]


def find_tables(texts: Sequence[str]) -> list[Table]:
    """Return the figures of texts, then their lists, each in order.

    >>> found = find_tables(["Lost were boats from Kiel (12), Bremen (7) and Emden (1)."])[0]
    >>> found.lead, found.names
    ('lost were boats from', ('Kiel', 'Bremen', 'Emden'))
    """
    paragraphs = [part for text in texts for part in text.split("\n") if part.strip()]
    stems: dict[str, frozenset[str]] = {}
    near: dict[str, frozenset[str]] = {}
    for paragraph in paragraphs:
        last = frozenset[str]()
        for sentence in sentence_texts(paragraph):
            near[sentence], last = last, meaning_stems(sentence)
            stems[sentence] = last
    found = []
    for chain in dict.fromkeys(chain for paragraph in paragraphs for chain in figure_chains(paragraph)):
        known = [figure for sentence in chain for figure in find_figures(sentence)]
        if len({figure.name for figure in known}) == len(known) and PAIR <= len(known) <= MOST_FIGURES:
            total = str(sum(figure.value for figure in known))
            about = [stems[other] for other in stems if other in chain or total in find_numbers(other)]
            names = tuple(figure.name for figure in known)
            found.append(Table(chain, names, tuple(known), frozenset().union(*about), near[chain[0]]))
    for sentence, about_it in stems.items():
        if len(find_figures(sentence)) < PAIR:
            found += [
                Table((sentence,), names, (), about_it, near[sentence])
                for names in enumerated_names(sentence)
            ]
    return found


def figure_chains(text: str) -> Iterator[tuple[str, ...]]:
    """Yield the sentences of a text that give figures: those that go on with figures of the same together.

    One that has other numbers besides is left out: some of its figures may have been missed.

    >>> list(figure_chains("Kiel lost 12 boats. Bremen lost 7. It rained. Emden (1) and Rum (3) lost some."))
    [('Kiel lost 12 boats.', 'Bremen lost 7.'), ('Emden (1) and Rum (3) lost some.',)]
    """
    chain: list[str] = []
    unit = ""
    for sentence in sentence_texts(text):
        known = find_figures(sentence)
        found = [match[0].rstrip(".,") for match in ANY_NUMBER.finditer(sentence)]
        is_complete = bool(known) and sum(not YEAR.fullmatch(value) for value in found) <= len(known)
        units = sorted({match["unit"] for match in COUNTED_UNIT.finditer(sentence)})
        goes_on = is_complete and (not units or units == [unit] or (not unit and len(units) == 1))
        if chain and not goes_on:
            yield tuple(chain)
            chain, unit = [], ""
        if is_complete:
            chain.append(sentence)
            unit = unit or "".join(units[:1])
    if chain:
        yield tuple(chain)


def enumerated_names(sentence: str) -> Iterator[tuple[str, ...]]:
    """Yield the names that each enumeration of a sentence lists, as it writes them, in order.

    >>> list(enumerated_names("Cider is made in Kiel, Bremen and Emden, and the fair is in November."))
    [('Kiel', 'Bremen', 'Emden')]
    """
    for _, group in find_enumerations(sentence):
        names = as_written(sentence, group)
        # What follows the item behind the "and" is of another clause; without one it is an apposition.
        while names and not re.search(rf"\b(?:and|or|as well as) (?:\w+ )?{re.escape(names[-1])}", sentence):
            names.pop()
        if len(names) > PAIR:
            yield tuple(names)
