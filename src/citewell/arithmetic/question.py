"""Find the calculation that a question asks for, and the questions that a reader must answer for it.

"Did Kiel lose more boats than Emden?" needs two amounts: "How many boats did Kiel lose?" and "How many boats
did Emden lose?". A reader finds both amounts in any wording, so this module reads no article.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from citewell.arithmetic.amounts import Amount, find_amounts
from citewell.questions.intent import is_yes_or_no


class Kind(StrEnum):
    """The kind of calculation."""

    COMPARISON = "comparison"
    DIFFERENCE = "difference"
    SUM = "sum"
    LIMIT = "limit"


@dataclass(frozen=True, slots=True)
class Calculation:
    """The calculation that a question asks for.

    Attributes:
        kind: The kind of calculation.
        parts: A question for each amount.
        names: What each amount belongs to, as the question words it; empty for a limit.
        is_less: Whether the question asks for the smaller amount, or for an amount below the limit.
        limit: The number that the amount is compared with; None when the question gives none.
        is_enough: Whether an amount equal to the limit counts: "at least", "no more than".
    """

    kind: Kind
    parts: tuple[str, ...]
    names: tuple[str, ...] = ()
    is_less: bool = False
    limit: Amount | None = None
    is_enough: bool = False


COMPARATIVE = re.compile(
    r"\b(?:(?P<more>more|greater|larger|bigger|longer|heavier|dearer|costlier)"
    r"|(?P<less>fewer|less|smaller|shorter|lighter|cheaper))\b",
    re.IGNORECASE,
)
HOW_MUCH = re.compile(r"\s*(?:by )?how (?:many|much)\b\s*", re.IGNORECASE)
# The noun that is counted: up to three words, of which the last is in the plural.
COUNTED = re.compile(r"\s*(?P<noun>(?:[\w-]+ ){0,2}?(?:[a-z-]{2,}[a-rt-z]s|people|men|women|children))\b")
AUXILIARY = re.compile(r"(?<!^)\b(?:Do|Does|Did|Is|Are|Was|Were|Has|Have|Had)\b")
PREPOSITION = r"(?:in|on|at|by|from|for|to|of|with|during)"
NAME = r"(?:the )?[A-Z][\w’'&-]*(?: (?:(?:of|and) (?:the )?)?[A-Z][\w’'&-]*)*"
TOGETHER = re.compile(r"\s*\b(?:together|combined|altogether|in total|in all)\b", re.IGNORECASE)
PAIR_TOGETHER = re.compile(rf"(?P<one>{NAME}) and (?P<other>{NAME})")
LIMIT = re.compile(
    r"\b(?P<no>no |not )?(?P<way>more than|over|above|at least|less than|fewer than|under|below|at most)\s+",
    re.IGNORECASE,
)
MOST_OPERAND_WORDS = 4


def read_calculation(question: str) -> Calculation | None:
    """Return the calculation that a question asks for; None when it asks for none that is known here.

    >>> read_calculation("Did Kiel lose more boats than Emden?").parts
    ('How many boats did Kiel lose?', 'How many boats did Emden lose?')
    >>> read_calculation("Did Kiel lose more than 9 boats?").parts
    ('How many boats did Kiel lose?',)
    >>> read_calculation("Who lost the most?")
    """
    question = question.strip().rstrip("?. ")
    if is_yes_or_no(question) and (found := read_limit(question)):
        return found
    compared = COMPARATIVE.search(question)
    if compared and " than " in question:
        return read_than(question, is_less=bool(compared["less"]))
    return read_sum(question)


def read_limit(question: str) -> Calculation | None:
    """Read a question that compares an amount with a limit: "Did Kiel lose more than 9 boats"."""
    for match in LIMIT.finditer(question):
        behind = question[match.end() :]
        limit = next(iter(find_amounts(behind)), None)
        if limit is None or behind[: limit.start].strip(" $€£¥") or " than " in behind:
            continue
        before, rest = question[: match.start()], behind[limit.end :]
        counted = None if limit.unit else COUNTED.match(rest)
        if counted:
            rest = rest[counted.end() :]
        is_less = match["way"].casefold() in ("less than", "fewer than", "under", "below", "at most")
        is_enough = match["way"].casefold() in ("at least", "at most")
        if match["no"]:
            is_less, is_enough = not is_less, not is_enough
        asked = ask_amount(f"{before}{rest}", counted["noun"] if counted else "")
        return Calculation(Kind.LIMIT, (asked,), (), is_less, limit, is_enough)
    return None


def read_than(question: str, *, is_less: bool) -> Calculation | None:
    """Read a comparison, "Did Kiel lose more than Emden", or a difference, "How many more did Kiel lose"."""
    kind = Kind.DIFFERENCE if HOW_MUCH.match(question) else Kind.COMPARISON
    left, _, other = question.rpartition(" than ")
    one = find_like(other, left)
    if not one or (kind is Kind.COMPARISON and not is_yes_or_no(question)):
        return None
    parts = tuple(ask_compared(left.replace(one, name, 1)) for name in (one, other))
    return Calculation(kind, parts, (one, other), is_less)


def read_sum(question: str) -> Calculation | None:
    """Read a question for a sum: "How many did Kiel and Emden lose together"."""
    pair = PAIR_TOGETHER.search(question, 1)
    if not pair or not TOGETHER.search(question):
        return None
    names = (pair["one"], pair["other"])
    parts = tuple(
        f"{TOGETHER.sub('', question[: pair.start()] + name + question[pair.end() :])}?" for name in names
    )
    return Calculation(Kind.SUM, parts, names)


def find_like(other: str, left: str) -> str:
    """Return the words left of "than" that correspond to those on its right; "" when that is not clear.

    The words correspond when both stand behind the same preposition, when the right is a name and the left
    has only one name, or when both have the same last word.

    >>> find_like("in May", "Did more boats sail in June"), find_like("Emden", "Did Kiel lose more")
    ('in June', 'Kiel')
    >>> find_like("the other group", "Did the first group lose more")
    'the first group'
    """
    preposition = re.match(rf"{PREPOSITION}\b", other, re.IGNORECASE)
    if preposition:
        found = re.search(rf"\b{preposition[0]} (?!.*\b{preposition[0]} )[\w’' -]+$", left, re.IGNORECASE)
        return found[0] if found and len(found[0].split()) <= MOST_OPERAND_WORDS else ""
    _, _, behind = left.partition(" ")
    if re.fullmatch(rf"{NAME}", other):
        names = list(re.finditer(NAME, behind))
        return names[0][0] if len(names) == 1 else ""
    head = other.rsplit(maxsplit=1)[-1] if other.strip() else ""
    alike = list(re.finditer(rf"\b(?:the|this|that) (?:\w+ )?{re.escape(head)}\b", behind)) if head else []
    if len(alike) == 1:
        return alike[0][0]
    count = len(other.split())
    last = left.split()[-count:]
    return " ".join(last) if last[-1:] == [head] else ""


def ask_compared(text: str) -> str:
    """Turn one side of a comparison into a question for its amount.

    >>> ask_compared("Did Kiel lose more boats")
    'How many boats did Kiel lose?'
    """
    compared = COMPARATIVE.search(text)
    if not compared:
        return f"{text}?"
    before, behind = text[: compared.start()], text[compared.end() :]
    is_of_many = "many" in before.casefold() or not HOW_MUCH.match(before)
    counted = COUNTED.match(behind) if is_of_many else None
    if counted:
        behind = behind[counted.end() :]
    return ask_amount(f"{before}{behind}", counted["noun"] if counted else "")


def ask_amount(text: str, counted: str) -> str:
    """Return a question that begins with "How much", or with "How many" and the noun that is counted."""
    much = f"many {counted}" if counted else "much"
    asked = " ".join(f"How {much} {HOW_MUCH.sub('', text, count=1)}".split())
    return f"{AUXILIARY.sub(lambda match: match[0].lower(), asked)}?"
