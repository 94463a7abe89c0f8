"""Word what follows from figures."""

from collections.abc import Iterable, Sequence

from citewell.answers.arithmetic.fact import NO, YES, Fact
from citewell.answers.arithmetic.figures import Quantity
from citewell.answers.arithmetic.table_question import TableQuestion, sum_of
from citewell.text.english import ORDINALS


def figures_at_rank(known: Sequence[Quantity], place: int, is_least: bool) -> list[Quantity]:  # noqa: FBT001  # of a rank
    """Return those at a place among figures, several where they are equal; [] when there is none.

    >>> from decimal import Decimal
    >>> known = [Quantity("Kiel", Decimal(12)), Quantity("Bremen", Decimal(7)), Quantity("Emden", Decimal(1))]
    >>> [figure.name for figure in figures_at_rank(known, 2, True)]
    ['Bremen']
    """
    ordered = sorted(known, key=lambda figure: figure.value, reverse=not is_least)
    if place > len(ordered):
        return []
    return [figure for figure in known if figure.value == ordered[place - 1].value]


def rank_in_words(place: int, is_least: bool) -> str:  # noqa: FBT001  # of a rank
    """Return what a place is called.

    >>> rank_in_words(1, True), rank_in_words(3, False)
    ('the fewest', 'the third most')
    """
    ordinal = f"{ORDINALS[place - 1]} " if place > 1 else ""
    return f"the {ordinal}{'fewest' if is_least else 'most'}"


def has_or_have(known: Sequence[Quantity]) -> str:
    """Return the verb of one or of several."""
    return "has" if len(known) == 1 else "have"


def short_names(known: Iterable[Quantity]) -> str:
    """Return names as a short answer."""
    return ", ".join(figure.name for figure in known)


def describe_sum(table: TableQuestion, chosen: Sequence[Quantity]) -> Fact:
    """Return what some have together."""
    value = sum_of(chosen)
    return table.fact(f"{table.names(chosen, values=True)} together have {value}.", str(value))


def describe_difference(table: TableQuestion, first: Quantity, second: Quantity) -> Fact:
    """Return by how many one has more than another."""
    more, less = sorted((first, second), key=lambda figure: -figure.value)
    ahead = more.value - less.value
    return table.fact(
        f"{table.add_article(more)} has {ahead} more than {table.add_article(less)}.", str(ahead)
    )


def answer_yes_or_no(table: TableQuestion, because: str, *, holds: bool) -> Fact:
    """Return a yes or no, and why."""
    answer = YES if holds else NO
    return table.fact(f"{answer}, {because}.", answer)
