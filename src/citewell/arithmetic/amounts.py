"""Find the amounts in a text: each a value with its unit, and bounds when it is hedged."""

import re
from dataclasses import dataclass
from decimal import Decimal

from citewell.text.english import NUMBER_WORDS
from citewell.text.numbers import find_numbers

SCALES = {
    "hundred": 10**2, "k": 10**3, "thousand": 10**3, "m": 10**6, "mn": 10**6, "million": 10**6,
    "bn": 10**9, "billion": 10**9, "tn": 10**12, "trillion": 10**12,
}  # fmt: skip
UNITS = {
    "$": "$", "dollar": "$", "€": "€", "euro": "€", "£": "£", "pound": "£", "¥": "¥", "yen": "¥",
    "%": "%", "per cent": "%", "percent": "%", "percentage point": "%",
}  # fmt: skip
MEASURES = (
    "second minute hour day week month year mile kilometre kilometer km metre meter hectare acre kilo"
    " kilogram kilogramme kg ton tonne litre liter degree"
).split()
MONEY = frozenset("$€£¥")
# For each hedge before a number, the multiples of the number between which the amount lies. In news, "over"
# means a little over; "up to" may mean any smaller amount.
HEDGES = {
    hedge: (Decimal(least), Decimal(most))
    for hedges, least, most in (
        ("about,around,roughly,some,approximately,an estimated", "0.95", "1.05"),
        ("nearly,almost,just under", "0.9", "1"),
        ("just over", "1", "1.1"),
        ("over,more than,at least,above", "1", "1.25"),
        ("under,less than,fewer than", "0.8", "1"),
        ("up to,at most,as much as,as many as", "0", "1"),
    )
    for hedge in hedges.split(",")
}
EXACT = (Decimal(1), Decimal(1))
AMOUNT = re.compile(
    rf"(?:\b(?P<hedge>{'|'.join(sorted(HEDGES, key=len, reverse=True))})\s+)?"
    r"(?P<money>(?:US|A|C)?[$€£¥])?\s?(?<![\w.,-])"
    rf"(?P<number>\d+(?:[.,]\d+)*|(?:{'|'.join(NUMBER_WORDS)})(?:-\w+)?\b"
    r"|\ban?(?= (?:hundred|thousand|million|billion)\b)|\bone\b)"
    r"[\s-]?(?P<scale>hundred|thousand|million|billion|trillion|[km]n?|bn|tn)?(?!\w)"
    r"\s?(?P<unit>%|per ?cent\b|percentage points?|dollars?|euros?|pounds?|yen\b"
    rf"|(?:{'|'.join(MEASURES)})s?\b)?(?!-)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount that a text states, with its bounds.

    Attributes:
        value: The value as stated.
        unit: "$", "€", "£", "¥", "%" or a measure such as "hour"; "" for a bare number.
        least: Lower bound of the value.
        most: Upper bound of the value.
        start: Offset of the number in the text.
        end: Offset of the end of the amount.
    """

    value: Decimal
    unit: str
    least: Decimal
    most: Decimal
    start: int = 0
    end: int = 0

    @property
    def is_exact(self) -> bool:
        """Whether the amount is stated without a hedge."""
        return self.least == self.most

    def __add__(self, other: "Amount") -> "Amount":
        """Return the sum of both amounts, with its bounds."""
        return Amount(self.value + other.value, self.unit, self.least + other.least, self.most + other.most)

    def __sub__(self, other: "Amount") -> "Amount":
        """Return the difference of both amounts, with its bounds."""
        return Amount(self.value - other.value, self.unit, self.least - other.most, self.most - other.least)

    def exceeds(self, other: "Amount") -> bool | None:
        """Whether this amount is more than the other; None when the hedges leave that open.

        >>> over, million = find_amounts("over 850,000, or a million")
        >>> over.exceeds(million), million.exceeds(find_amounts("12")[0])
        (None, True)
        """
        if self.least > other.most:
            return True
        return False if self.most <= other.least else None

    def __str__(self) -> str:
        """Return the amount as a person would write it.

        >>> [str(amount) for amount in find_amounts("$6.5m, £6.5, 1,200 and about 30 per cent")]
        ['$6.5 million', '£6.50', '1,200', 'about 30%']
        """
        value, size = self.value, ""
        for word in ("trillion", "billion", "million"):
            if abs(value) >= SCALES[word]:
                value, size = value / SCALES[word], f" {word}"
                break
        money = self.unit if self.unit in MONEY else ""
        is_pence = money and not size and value != int(value)
        number = f"{value:,.2f}" if is_pence else f"{value.normalize():,f}"
        unit = "" if money or not self.unit else "%" if self.unit == "%" else f" {self.unit}s"
        return f"{'' if self.is_exact else 'about '}{money}{number}{size}{unit}"


def find_amounts(text: str) -> list[Amount]:
    """Return the amounts of a text, in order.

    >>> [(str(amount), amount.unit) for amount in find_amounts("two of 1.4m copies, or $3")]
    [('2', ''), ('1.4 million', ''), ('$3', '$')]
    """
    found = []
    for match in AMOUNT.finditer(text):
        digits = next(iter(find_numbers(match["number"])), "1")
        try:
            value = Decimal(digits) * SCALES.get((match["scale"] or "").casefold(), 1)
        except ArithmeticError:  # "1.2.3"
            continue
        unit = (match["unit"] or (match["money"] or "")[-1:]).casefold()
        unit = UNITS.get(unit, UNITS.get(unit.removesuffix("s"), unit.removesuffix("s")))
        least, most = HEDGES.get(" ".join((match["hedge"] or "").casefold().split()), EXACT)
        start, end = match.start("number"), match.end()
        found.append(Amount(value, unit, value * least, value * most, start, end))
    return found
