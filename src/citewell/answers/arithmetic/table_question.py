"""Hold figures, and what a question wants of them."""

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal

from citewell.answers.arithmetic.checks import WITHOUT
from citewell.answers.arithmetic.fact import Fact
from citewell.answers.arithmetic.figures import Quantity
from citewell.answers.arithmetic.question import (
    EUROPEAN,
    SUM,
    NumericQuestion,
)
from citewell.answers.arithmetic.tables import Table

MORE = re.compile(
    r"\b(?:more|greater|higher|larger|bigger|outnumber\w*|exceed\w*|ahead of|beat|top)\b", re.IGNORECASE
)
LESS = re.compile(r"\b(?:fewer|less|lower|smaller|behind|trail\w*|below)\b", re.IGNORECASE)
OTHERS = re.compile(r"\b(?:others?|rest|everyone else)\b", re.IGNORECASE)
OTHERS_TOGETHER = re.compile(
    r"\bput together\b|\ball the other|\bthe rest\b|\btaken together\b", re.IGNORECASE
)


class TableQuestion:
    """Figures, and what a question wants of them."""

    def __init__(self, asked: NumericQuestion, listing: Table) -> None:
        """Take a question and what it is about."""
        self.asked = asked
        self.listing = listing
        self.named = asked.find_named(listing)
        self.is_without = bool(WITHOUT.search(asked.question))
        self.is_of_named = bool(self.named) and not self.is_without
        left = [figure for figure in listing.figures if not (self.is_without and figure in self.named)]
        self.known = asked.restrict_to_europe(left)

    def says(self, pattern: re.Pattern[str]) -> bool:
        """Whether the question has it."""
        return bool(pattern.search(self.asked.question))

    def fact(self, text: str, short: str) -> Fact:
        """Return what follows; a sentence begins with a capital."""
        return Fact(text[:1].upper() + text[1:], short, self.listing.sentences)

    def names(self, known: Iterable[Quantity], *, values: bool = False) -> str:
        """Return the names of figures as an enumeration, with or without their values."""
        texts = [
            f"{self.add_article(figure)} ({figure.value})" if values else self.add_article(figure)
            for figure in known
        ]
        return join_names(texts)

    def add_article(self, figure: Quantity) -> str:
        """Return a name with the article that the text gives it."""
        has_article = any(f"the {figure.name}" in sentence for sentence in self.listing.sentences)
        return f"the {figure.name}" if has_article else figure.name

    def rest(self) -> Decimal:
        """Return the total of all but the first that is named."""
        return sum_of(figure for figure in self.known if figure != self.named[0])

    @property
    def is_against_rest(self) -> bool:
        """Whether one is held against all the others together."""
        others = self.says(OTHERS) or self.says(EUROPEAN)
        together = self.says(SUM) or self.says(OTHERS_TOGETHER)
        return len(self.named) == 1 and not self.is_without and others and together


def sum_of(known: Iterable[Quantity]) -> Decimal:
    """Return the sum of figures."""
    return sum((figure.value for figure in known), Decimal(0))


def join_names(items: Sequence[str]) -> str:
    """Return an enumeration.

    >>> join_names(["Kiel", "Bremen", "Emden"])
    'Kiel, Bremen and Emden'
    """
    return " and ".join(filter(None, (", ".join(items[:-1]), *items[-1:])))
