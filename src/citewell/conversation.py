"""Read a conversation: what was asked before, and what a follow-up asks on its own."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from citewell.asking import Ask, kind_of
from citewell.text import folded_words


@dataclass(frozen=True, slots=True)
class Turn:
    """One earlier exchange.

    Attributes:
        question: As resolved then, or as asked.
        answer: What was shown; "" when unknown.
    """

    question: str
    answer: str = ""


class Answered(Protocol):
    """What an earlier Answer gives: its question as resolved, and its text."""

    @property
    def standalone(self) -> str:
        """The question as resolved."""
        ...

    @property
    def text(self) -> str:
        """What was shown."""
        ...


History: TypeAlias = Sequence[Answered | Mapping[str, object] | str]
"""Earlier Answers, or `{"role", "content"}` messages, or earlier questions; oldest first."""


def turns(history: History) -> list[Turn]:
    """Bring any history into one shape, oldest first.

    Questions of messages and plain questions are resolved here, each by those before it.

    Raises:
        TypeError: An item is none of the three kinds.
    """
    found: list[Turn] = []
    for item in history:
        if isinstance(item, str):
            found.append(Turn(standalone(item, found)))
        elif isinstance(item, Mapping):
            role, content = item.get("role"), plain(item.get("content"))
            if role == "user":
                found.append(Turn(standalone(content, found)))
            elif role == "assistant" and found:
                found[-1] = Turn(found[-1].question, content)
        else:
            try:
                found.append(Turn(item.standalone, item.text))
            except AttributeError as error:
                message = f"history holds {type(item).__name__}; it takes Answers, messages or questions"
                raise TypeError(message) from error
    return found


def plain(content: object) -> str:
    """Return a message's text: a string, or the text blocks of a list."""
    if isinstance(content, str):
        return content
    if isinstance(content, Sequence):
        blocks = [block.get("text", "") if isinstance(block, Mapping) else block for block in content]
        return " ".join(block for block in blocks if isinstance(block, str))
    return ""


OPENERS = re.compile(r"^\s*(?:and|but|so|ok(?:ay)?|then|also)\b[\s,]*", re.IGNORECASE)
WHAT_ABOUT = re.compile(r"^\s*(?:what|how)\s+about\s+", re.IGNORECASE)
PREPOSITIONS = "in|at|on|from|of|by|for|to|with|during|since|before|after|under|against"
FRAGMENT = re.compile(rf"^(?P<preposition>{PREPOSITIONS})\s+(?P<rest>.+?)[\s?.!]*$", re.IGNORECASE)
ASKS = re.compile(
    r"\b(who|whom|whose|what|which|when|where|why|how|is|are|was|were|do|does|did|has|have|had|can|could|will|would"
    r"|list|name|tell|give|show|explain|describe)\b",
    re.IGNORECASE,
)
POINTS_BACK = re.compile(
    r"\b(it|its|he|him|his|she|her|hers|they|them|their|theirs|that|those|these|this one|there|then|one|ones"
    r"|the same|the others?|the former|the latter)\b",
    re.IGNORECASE,
)
# A question this short leans on what was said before: "Why?", "Since when?", "How many?".
SHORT_WORDS = 3


def standalone(question: str, earlier: Sequence[Turn]) -> str:
    """Return a question that can be asked without its history.

    A follow-up that names only what changes ("And in Sweden?") is put into the question before it;
    one that points back ("Who led it?") is put behind that question. Without a history, or when it
    stands on its own, the question comes back as it is.

    >>> standalone("And in Sweden?", [Turn("How many people were arrested in Germany?")])
    'How many people were arrested in Sweden?'
    """
    if not earlier or kind_of(question) is not Ask.QUESTION:
        return question
    last = earlier[-1].question
    opener = OPENERS.match(question)
    rest = OPENERS.sub("", question)
    about = WHAT_ABOUT.match(rest)
    rest = WHAT_ABOUT.sub("", rest)
    if about or (opener and not ASKS.search(rest)) or (FRAGMENT.match(rest) and not ASKS.search(rest)):
        return substituted(last, rest.strip())
    if opener or POINTS_BACK.search(question) or len(folded_words(question)) <= SHORT_WORDS:
        return f"{last.rstrip()} {question.strip()}"
    return question


def substituted(last: str, fragment: str) -> str:
    """Put a fragment into the place of what it replaces in the last question.

    The last phrase with the fragment's preposition is replaced; without a preposition, the last run of
    capitalised words is. When there is no such place, the fragment is put behind.
    """
    mark = "?" if last.rstrip().endswith("?") else ""
    match = FRAGMENT.match(fragment)
    bare = fragment.strip(" ?.!")
    if match:
        preposition = re.escape(match["preposition"])
        places = list(
            re.finditer(
                rf"\b{preposition}\s+[^?.!,]+?(?=\s+(?:{PREPOSITIONS})\b|[?.!,]|$)", last, re.IGNORECASE
            )
        )
        if places:
            return f"{last[: places[-1].start()]}{bare}{last[places[-1].end() :]}"
        return f"{last.rstrip(' ?.!')} {bare}{mark}"
    names = [
        m
        for m in re.finditer(r"(?:the\s+)?\b[A-Z][\w’'-]*(?:\s+(?:of\s+)?[A-Z][\w’'-]*)*", last)
        if m.start() > 0
    ]
    if names:
        return f"{last[: names[-1].start()]}{bare}{last[names[-1].end() :]}"
    return f"{last.rstrip(' ?.!')} {bare}{mark}"


# "… and who led it?" begins a second question; "bread and what it costs" does not end one.
SECOND = re.compile(
    r"(?:\?\s+|[,;]?\s+and\s+(?:also\s+)?)(?=(?:who|what|which|when|where|why|how)\b)", re.IGNORECASE
)
BEGINS = re.compile(r"\s*(?:who|whom|whose|what|which|when|where|why|how|in which|on which)\b", re.IGNORECASE)


def parts(question: str) -> list[str]:
    """Split a question that asks for several facts; each part can be asked alone.

    >>> parts("Who led it and when did it end?")
    ['Who led it', 'Who led it when did it end?']
    """
    pieces = [piece.strip() for piece in SECOND.split(question) if piece.strip()]
    if len(pieces) < 2 or not all(BEGINS.match(piece) for piece in pieces):  # noqa: PLR2004 - one is no list
        return [question]
    return [pieces[0], *(standalone(piece, [Turn(pieces[0])]) for piece in pieces[1:])]
