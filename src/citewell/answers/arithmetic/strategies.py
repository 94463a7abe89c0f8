"""Answer what a question wants of figures, one kind of question after another."""

import re
from collections.abc import Callable

from citewell.answers.arithmetic.checks import GREATEST, LEAST
from citewell.answers.arithmetic.fact import Fact
from citewell.answers.arithmetic.figures import PAIR
from citewell.answers.arithmetic.question import (
    COUNTS,
    DIFFERENCE,
    EUROPEAN,
    SUM,
)
from citewell.answers.arithmetic.table_question import LESS, MORE, TableQuestion, sum_of
from citewell.answers.arithmetic.wording import (
    answer_yes_or_no,
    describe_difference,
    describe_sum,
    figures_at_rank,
    has_or_have,
    rank_in_words,
    short_names,
)
from citewell.text.numbers import find_numbers

# "The two countries with the highest".
SOME = re.compile(
    r"\b(?P<n>two|three|four|[2-4])\b.{0,40}?"
    r"\b(?P<way>most|highest|largest|biggest|greatest|top|fewest|least|lowest|smallest)\b"
    r"|\b(?P<top>top|highest|largest|biggest|lowest|smallest|bottom) (?P<many>two|three|four|[2-4])\b",
    re.IGNORECASE,
)
AS_MANY = re.compile(r"\bas (?:many|much)\b.*\bas\b", re.IGNORECASE)
EQUAL = re.compile(r"\b(?:the same|equal\w*|tied?)\b", re.IGNORECASE)
ITS_FIGURE = re.compile(r"\b(?:figure|number|count|tally)\b", re.IGNORECASE)
ADDS = re.compile(r"\b(?:and|plus)\b", re.IGNORECASE)


def answer_comparison(table: TableQuestion) -> Fact | None:
    """Answer yes or no from figures."""
    by_more = MORE.search(table.asked.question)
    by_less = LESS.search(table.asked.question)
    is_more = bool(by_more) and not (by_less and by_more and by_less.start() < by_more.start())
    if table.is_against_rest and (by_more or by_less):
        one, rest = table.named[0], table.rest()
        return answer_yes_or_no(
            table,
            f"{table.add_article(one)} has {one.value}, the others together {rest}",
            holds=one.value > rest if is_more else one.value < rest,
        )
    if table.asked.rank and len(table.named) == 1 and not by_more and not by_less:
        best = figures_at_rank(table.known, *table.asked.rank)
        because = f"{table.names(best)} {has_or_have(best)} {rank_in_words(*table.asked.rank)}"
        return (
            answer_yes_or_no(table, f"{because} ({best[0].value})", holds=table.named[0] in best)
            if best
            else None
        )
    if len(table.named) < PAIR:
        return None
    first, others = table.named[0], table.named[1:]
    other = sum_of(others)
    together = " together" if len(others) > 1 else ""
    because = f"{table.add_article(first)} has {first.value}, {table.names(others)}{together} {other}"
    if by_more or by_less:
        holds = first.value > other if is_more else first.value < other
    elif table.says(AS_MANY) or table.says(EQUAL):
        holds = first.value >= other if table.says(AS_MANY) else first.value == other
    else:
        return None
    return answer_yes_or_no(table, because, holds=holds)


def answer_limit(table: TableQuestion) -> Fact | None:
    """Answer whether those who are named, or all together, pass a number."""
    limit = table.asked.limit
    chosen = table.named or table.known
    if not limit or table.asked.names_another(table.listing) or not (table.named or table.says(SUM)):
        return None
    value = sum_of(chosen)
    who = table.names(chosen, values=True) + (f", together {value}" if len(chosen) > 1 else "")
    return answer_yes_or_no(table, who, holds=limit.admits(value))


def answer_who_passes(table: TableQuestion) -> Fact | None:
    """Answer who passes a number, or how many do."""
    limit = table.asked.limit
    if not limit or table.is_of_named:
        return None
    found = [figure for figure in table.known if limit.admits(figure.value)]
    if table.asked.counts_names:
        who = table.names(found, values=True) or "none"
        return table.fact(f"{len(found)} {has_or_have(found)} {limit}: {who}.", str(len(found)))
    if not found or table.says(COUNTS):
        return None
    return table.fact(f"{table.names(found, values=True)} {has_or_have(found)} {limit}.", short_names(found))


def answer_several_ranks(table: TableQuestion) -> Fact | None:
    """Answer about the two, three or four that have the most or fewest."""
    asked = SOME.search(table.asked.question)
    if not asked:
        return None
    number = int(next(iter(find_numbers(asked["n"] or asked["many"]))))
    is_least = (asked["way"] or asked["top"]).casefold() in LEAST | {"bottom"}
    ordered = sorted(table.known, key=lambda figure: figure.value, reverse=not is_least)
    chosen = ordered[:number]
    if len(ordered) < number or any(figure.value == chosen[-1].value for figure in ordered[number:]):
        return None
    if table.says(DIFFERENCE):
        return describe_difference(table, *chosen) if number == PAIR else None
    if table.says(SUM) or table.says(COUNTS):
        return describe_sum(table, chosen)
    end = rank_in_words(1, is_least)
    return table.fact(f"{table.names(chosen, values=True)} have {end}.", short_names(chosen))


def answer_difference(table: TableQuestion) -> Fact | None:
    """Answer by how many one has more than another, than all others, or the first than the last."""
    if table.is_against_rest:
        one, rest = table.named[0], table.rest()
        ahead = abs(one.value - rest)
        who = table.add_article(one)
        return table.fact(
            f"{who} has {one.value}, the others together {rest}; the difference is {ahead}.", str(ahead)
        )
    words = set(table.asked.words)
    if words & GREATEST and words & LEAST and not table.named:
        ordered = sorted(table.known, key=lambda figure: -figure.value)
        return describe_difference(table, ordered[0], ordered[-1])
    return (
        describe_difference(table, *table.named) if len(table.named) == PAIR and table.is_of_named else None
    )


def answer_named(table: TableQuestion) -> Fact | None:
    """Answer what the one that is named has, which of several has more, or what they have together."""
    by_less, rank = table.says(LESS), table.asked.rank
    if len(table.named) < PAIR:
        one = table.named[0]
        compares = rank or by_less or table.says(MORE) or table.asked.counts_names
        is_asked = table.says(COUNTS) or table.says(ITS_FIGURE)
        return (
            table.fact(f"{table.add_article(one)} has {one.value}.", str(one.value))
            if is_asked and not compares
            else None
        )
    if rank or by_less or table.says(MORE):
        is_least = by_less or bool(rank and rank[1])
        best = figures_at_rank(table.named, rank[0] if rank else 1, is_least)
        if table.says(COUNTS) or len(best) != 1:
            return (
                describe_difference(table, *table.named)
                if table.says(COUNTS) and len(table.named) == PAIR
                else None
            )
        more = "fewer" if is_least else "more"
        others = [figure for figure in table.named if figure not in best]
        text = f"{table.names(best, values=True)} has {more} than {table.names(others, values=True)}."
        return table.fact(text, short_names(best))
    adds = table.says(SUM) or table.says(COUNTS) or table.says(ADDS)
    return describe_sum(table, table.named) if adds else None


def answer_rank(table: TableQuestion) -> Fact | None:
    """Answer who has the most, second most, fewest, or how many that is."""
    rank = table.asked.rank
    best = figures_at_rank(table.known, *rank) if rank else []
    if not rank or not best:
        return None
    text = f"{table.names(best)} {has_or_have(best)} {rank_in_words(*rank)} ({best[0].value})."
    if table.says(COUNTS) and not table.says(SUM):
        return table.fact(text, str(best[0].value)) if len(best) == 1 else None
    return table.fact(text, short_names(best))


def answer_count(table: TableQuestion) -> Fact | None:
    """Answer how many have figures."""
    who = table.names(table.known, values=True)
    return table.fact(f"There are figures of {len(table.known)}: {who}.", str(len(table.known)))


def answer_total(table: TableQuestion) -> Fact | None:
    """Answer what all have, or all but some."""
    value = sum_of(table.known)
    if table.named:
        return table.fact(f"Without {table.names(table.named)} the total is {value}.", str(value))
    return describe_sum(table, table.known)


def leave_alone(_table: TableQuestion) -> Fact | None:
    """Leave a question alone."""
    return None


def is_unclear(table: TableQuestion) -> bool:
    """Whether a question leaves out somebody who has no figure."""
    return not table.known or (table.is_without and not table.named and not table.says(EUROPEAN))


def is_total(table: TableQuestion) -> bool:
    """Whether a question asks for what all have, or all but some."""
    is_part = len(table.known) < len(table.listing.figures) and table.says(COUNTS)
    return bool(table.is_without and table.named) or table.says(SUM) or is_part


# The first that applies is taken.
STRATEGIES: tuple[tuple[Callable[[TableQuestion], bool], Callable[[TableQuestion], Fact | None]], ...] = (
    (is_unclear, leave_alone),
    (lambda table: bool(table.asked.limit), answer_who_passes),
    (lambda table: table.says(SOME) and not table.is_of_named, answer_several_ranks),
    (lambda table: table.says(DIFFERENCE), answer_difference),
    (lambda table: table.is_of_named, answer_named),
    (lambda table: bool(table.asked.rank) and not table.asked.counts_names, answer_rank),
    (lambda table: table.asked.counts_names, answer_count),
    (is_total, answer_total),
)
