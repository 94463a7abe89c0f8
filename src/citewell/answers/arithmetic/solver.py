"""Solve what a question asks for from the figures and lists of a text, or leave it alone.

Who has the most, the fewest, the third most; totals, with all or without some; sums and differences; how
many there are, or pass a number; who is missing from a list; yes or no to any of these. What is solved is
true of the sentences that it names as its proof, whatever was asked; `citewell.answers.arithmetic.question`
says whether it is what was asked for.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from citewell.answers.arithmetic.checks import GREATEST, LEAST, WITHOUT
from citewell.answers.arithmetic.figures import DEMONYMS, PAIR, Quantity, refers_to
from citewell.answers.arithmetic.question import (
    COUNTS,
    DIFFERENCE,
    EUROPE,
    EUROPEAN,
    EVERYWHERE,
    SUM,
    NumericQuestion,
)
from citewell.answers.arithmetic.tables import Table, canonical_stems
from citewell.questions.intent import is_yes_or_no
from citewell.text.english import NUMBER_WORDS, ORDINALS, SENTENCE_OPENERS
from citewell.text.numbers import find_numbers
from citewell.text.sentences import sentence_texts
from citewell.text.words import folded_words

YES, NO = "Yes", "No"


@dataclass(frozen=True, slots=True)
class Fact:
    """What follows from a text.

    Attributes:
        text: A sentence.
        short: What of it answers: a yes or no, a number, or names.
        proof: The sentences of the text that it follows from, in order.
    """

    text: str
    short: str
    proof: tuple[str, ...] = ()

    def is_said(self, statement: str) -> bool:
        """Whether a statement gives the same answer, wholly.

        >>> fact = Fact("Yes, Kiel has_or_have 3, Emden 2.", "Yes")
        >>> fact.is_said("Yes, Kiel has_or_have more."), fact.is_said("Kiel has_or_have more.")
        (True, False)
        """
        said = folded_words(statement)
        if self.short in (YES, NO):
            return said[:1] == [self.short.casefold()]
        if self.short.isdigit():
            return self.short in find_numbers(statement)
        return set(folded_words(self.short)) - SENTENCE_OPENERS <= set(said)


# "The two countries with the highest".
SOME = re.compile(
    r"\b(?P<n>two|three|four|[2-4])\b.{0,40}?"
    r"\b(?P<way>most|highest|largest|biggest|greatest|top|fewest|least|lowest|smallest)\b"
    r"|\b(?P<top>top|highest|largest|biggest|lowest|smallest|bottom) (?P<many>two|three|four|[2-4])\b",
    re.IGNORECASE,
)
MORE = re.compile(
    r"\b(?:more|greater|higher|larger|bigger|outnumber\w*|exceed\w*|ahead of|beat|top)\b", re.IGNORECASE
)
LESS = re.compile(r"\b(?:fewer|less|lower|smaller|behind|trail\w*|below)\b", re.IGNORECASE)
AS_MANY = re.compile(r"\bas (?:many|much)\b.*\bas\b", re.IGNORECASE)
EQUAL = re.compile(r"\b(?:the same|equal\w*|tied?)\b", re.IGNORECASE)
# Shares and multiples are not reckoned, nor what each has.
TOO_MUCH = re.compile(
    r"\b(?:each|respectively|times|twice|double|half|percent|average|mean)\b|%", re.IGNORECASE
)
OTHERS = re.compile(r"\b(?:others?|rest|everyone else)\b", re.IGNORECASE)
OTHERS_TOGETHER = re.compile(
    r"\bput together\b|\ball the other|\bthe rest\b|\btaken together\b", re.IGNORECASE
)
LACKS = re.compile(
    r"\b(?:not|no|never|none|neither|without|absent|missing|zero|lacks?|left out|nothing)\b|n['’]t\b",
    re.IGNORECASE,
)
BOTH = re.compile(r"\b(?:both|also|as well|too)\b", re.IGNORECASE)
ITS_FIGURE = re.compile(r"\b(?:figure|number|count|tally)\b", re.IGNORECASE)
ADDS = re.compile(r"\b(?:and|plus)\b", re.IGNORECASE)
SIZES = frozenset("thousand million billion trillion".split())


def solve(question: str, texts: Sequence[str]) -> Fact | None:
    """Solve what a question asks for; None when it asks for nothing that figures and lists give.

    The one door to what reckons: called once for an answer.

    Args:
        question: Standing alone.
        texts: Passages.

    >>> text = ["Lost were boats from Kiel (12), Bremen (7) and Emden (1)."]
    >>> asked = ("How many more did Kiel lose than Emden?", "Which lost the most?")
    >>> [solve(each, text).text for each in asked]
    ['Kiel has 11 more than Emden.', 'Kiel has the most (12).']
    >>> solve("Which town lost the most men?", text), solve("When were they lost?", text)
    (None, None)
    """
    if TOO_MUCH.search(question):
        return None
    return next(filter(None, try_strategies(NumericQuestion(question, tuple(texts)))), None)


def weigh(question: str, texts: Sequence[str], found: str) -> Fact | None:
    """Answer whether what a reader found passes the number that a question asks about, if it asks for one.

    >>> weigh("Did they lose more than 9 boats?", ["They lost 12 boats."], "12 boats").text
    'Yes: 12 boats.'
    """
    if TOO_MUCH.search(question) or not is_yes_or_no(question):
        return None
    return answer_limit_of_found(NumericQuestion(question, tuple(texts)), found)


def try_strategies(asked: NumericQuestion) -> Iterator[Fact | None]:
    """Yield what each way makes of a question, the surest first; None where it does not apply."""
    tables = [listing for listing in asked.fitting() if listing.figures]
    if is_yes_or_no(asked.question):
        answered = answer_limit if asked.limit else answer_comparison
        yield from (answered(TableQuestion(asked, listing)) for listing in tables)
        yield answer_membership(asked)
        return
    for listing in tables:
        if not asked.names_another(listing):
            table = TableQuestion(asked, listing)
            way = next((way for applies, way in STRATEGIES if applies(table)), None)
            yield way(table) if way else None
    yield answer_left_out_or_both(asked)
    yield answer_list_length(asked)


class TableQuestion:
    """Figures, and what a question wants of them."""

    def __init__(self, asked: NumericQuestion, listing: Table) -> None:
        """Take a question and what it is about."""
        self.asked = asked
        self.listing = listing
        self.named = asked.named(listing)
        self.is_without = bool(WITHOUT.search(asked.question))
        self.is_of_named = bool(self.named) and not self.is_without
        left = [figure for figure in listing.figures if not (self.is_without and figure in self.named)]
        self.known = asked.of_europe(left)

    def says(self, pattern: re.Pattern[str]) -> bool:
        """Whether the question has it."""
        return bool(pattern.search(self.asked.question))

    def fact(self, text: str, short: str) -> Fact:
        """Return what follows; a sentence begins with a capital."""
        return Fact(text[:1].upper() + text[1:], short, self.listing.sentences)

    def names(self, known: Iterable[Quantity], *, values: bool = False) -> str:
        """Return the names of figures as an enumeration, with or without their values."""
        texts = [
            f"{self.called(figure)} ({figure.value})" if values else self.called(figure) for figure in known
        ]
        return join_names(texts)

    def called(self, figure: Quantity) -> str:
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


def answer_comparison(table: TableQuestion) -> Fact | None:
    """Answer yes or no from figures."""
    by_more = MORE.search(table.asked.question)
    by_less = LESS.search(table.asked.question)
    is_more = bool(by_more) and not (by_less and by_more and by_less.start() < by_more.start())
    if table.is_against_rest and (by_more or by_less):
        one, rest = table.named[0], table.rest()
        return answer_yes_or_no(
            table,
            f"{table.called(one)} has {one.value}, the others together {rest}",
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
    because = f"{table.called(first)} has {first.value}, {table.names(others)}{together} {other}"
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


def answer_limit_of_found(asked: NumericQuestion, found: str) -> Fact | None:
    """Answer whether what a reader found passes a number."""
    said = find_numbers(found)
    if not asked.limit or len(said) != 1 or NUMBER_WORDS.keys() & set(folded_words(found)):
        return None
    if SIZES & set(folded_words(found)) != SIZES & set(asked.words):
        return None
    proof = [part for text in asked.texts for part in sentence_texts(text) if found in part]
    answer = YES if asked.limit.admits(Decimal(next(iter(said)))) else NO
    return Fact(f"{answer}: {found}.", answer, tuple(proof[:1])) if proof else None


def answer_membership(asked: NumericQuestion) -> Fact | None:
    """Answer whether a name is in a list, or all of several are."""
    compares = MORE.search(asked.question) or LESS.search(asked.question) or asked.rank or asked.limit
    if compares or LACKS.search(asked.clause.question):
        return None
    besides = canonical_stems(word for name in asked.clause.names for word in folded_words(name))
    fitting = [
        listing for listing in asked.clause.fitting(besides) if asked.clause.content(listing) - besides
    ]
    if len({listing.names for listing in fitting}) != 1:
        return None
    listing = fitting[0]
    alike = [other for other in asked.listings if len(set(other.names) & set(listing.names)) >= PAIR]
    inside = [name for name in listing.names if refers_to(asked.question, name)]
    elsewhere = {name for other in alike for name in other.names} - set(listing.names)
    known = {word for text in asked.texts for word in folded_words(text)}
    outside = [name for name in sorted(elsewhere) if refers_to(asked.question, name)]
    outside += [
        name
        for name in asked.names
        if not (set(folded_words(name)) & known or name in EVERYWHERE or name.casefold() in DEMONYMS)
    ]
    table = TableQuestion(asked, listing)
    if inside and not outside:
        are = "is" if len(inside) == 1 else "are"
        return answer_yes_or_no(
            table, f"{join_names(inside)} {are} in the list of “{listing.lead}”", holds=True
        )
    if len(outside) == 1 and not inside:
        return answer_yes_or_no(table, f"{outside[0]} is not in the list of “{listing.lead}”", holds=False)
    return None


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
        return table.fact(
            f"{table.called(one)} has {one.value}, the others together {rest}; the difference is {ahead}.",
            str(ahead),
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
            table.fact(f"{table.called(one)} has {one.value}.", str(one.value))
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


def answer_left_out_or_both(asked: NumericQuestion) -> Fact | None:
    """Answer who is in one list and not in another, or in both."""
    lacks = bool(LACKS.search(asked.question))
    if not lacks and not BOTH.search(asked.question):
        return None
    pairs = []
    for one in asked.listings:
        content = asked.content(one)
        for other in asked.listings:
            shared = set(other.names) & set(one.names)
            is_spoken_of = content & one.about - other.about and content <= one.about | other.about
            if one is not other and PAIR <= len(shared) < len(other.names) and is_spoken_of:
                pairs.append((len(content & one.about - other.about), one, other))
    most = max((about for about, _, _ in pairs), default=0)
    best = [(one, other) for about, one, other in pairs if about == most]
    found = {tuple(name for name in other.names if (name in one.names) is not lacks) for one, other in best}
    if len(found) != 1:
        return None
    one, other = best[0]
    names = found.pop()
    proof = (*one.sentences, *other.sentences)
    are = "is" if len(names) == 1 else "are"
    where = f"not in the list of “{one.lead}”" if lacks else "in both lists"
    if COUNTS.search(asked.question):
        return Fact(f"{len(names)} {are} {where}: {', '.join(names)}.", str(len(names)), proof)
    return Fact(f"{join_names(names)} {are} {where}.", ", ".join(names), proof)


def answer_list_length(asked: NumericQuestion) -> Fact | None:
    """Answer how many a list has."""
    question = asked.question
    if not asked.counts_names or asked.limit or WITHOUT.search(question) or LACKS.search(question):
        return None
    fitting = [listing for listing in asked.fitting() if asked.content(listing) and not listing.figures]
    if len({listing.names for listing in fitting}) != 1:
        return None
    names = [name for name in fitting[0].names if not EUROPEAN.search(question) or name in EUROPE]
    return Fact(f"{len(names)} are named: {', '.join(names)}.", str(len(names)), fitting[0].sentences)


def sum_of(known: Iterable[Quantity]) -> Decimal:
    """Return the sum of figures."""
    return sum((figure.value for figure in known), Decimal(0))


def figures_at_rank(known: Sequence[Quantity], place: int, is_least: bool) -> list[Quantity]:  # noqa: FBT001  # of a rank
    """Return those at a place among figures, several where they are equal; [] when there is none.

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


def join_names(items: Sequence[str]) -> str:
    """Return an enumeration.

    >>> join_names(["Kiel", "Bremen", "Emden"])
    'Kiel, Bremen and Emden'
    """
    return " and ".join(filter(None, (", ".join(items[:-1]), *items[-1:])))


def describe_sum(table: TableQuestion, chosen: Sequence[Quantity]) -> Fact:
    """Return what some have together."""
    value = sum_of(chosen)
    return table.fact(f"{table.names(chosen, values=True)} together have {value}.", str(value))


def describe_difference(table: TableQuestion, first: Quantity, second: Quantity) -> Fact:
    """Return by how many one has more than another."""
    more, less = sorted((first, second), key=lambda figure: -figure.value)
    ahead = more.value - less.value
    return table.fact(f"{table.called(more)} has {ahead} more than {table.called(less)}.", str(ahead))


def answer_yes_or_no(table: TableQuestion, because: str, *, holds: bool) -> Fact:
    """Return a yes or no, and why."""
    answer = YES if holds else NO
    return table.fact(f"{answer}, {because}.", answer)
