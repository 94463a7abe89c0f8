"""Rewrite a follow-up as a question that stands alone."""

import re
from collections.abc import Mapping, Sequence

from citewell.questions.history import MOST_TURNS, History, Turn, clean_turn, message_text
from citewell.questions.intent import Intent, detect_intent
from citewell.text.english import AUXILIARIES, FUNCTION_WORDS, QUESTION_WORDS
from citewell.text.words import folded_words, word_spans


def read_history(history: History) -> list[Turn]:
    """Convert any history to a list of turns, oldest first.

    Questions in messages and plain questions are resolved here, each from the questions before it. Very
    long text is cut: a turn is only used to resolve the next question, and a few words are enough for that.

    Raises:
        TypeError: The history is not a sequence of Answers, messages or questions.
    """
    if isinstance(history, str | Mapping):
        message = (
            f"history is one {type(history).__name__}; it takes a list of Answers, messages or questions"
        )
        raise TypeError(message)
    found: list[Turn] = []
    for item in history[-MOST_TURNS:]:
        if isinstance(item, str):
            found.append(Turn(rewrite_follow_up(clean_turn(item), found)))
        elif isinstance(item, Mapping):
            role, content = item.get("role"), clean_turn(message_text(item.get("content")))
            if role == "user":
                found.append(Turn(rewrite_follow_up(content, found)))
            elif role == "assistant" and found:
                found[-1] = Turn(found[-1].question, content)
        else:
            try:
                found.append(Turn(clean_turn(item.standalone), clean_turn(item.text)))
            except AttributeError as error:
                message = f"history holds {type(item).__name__}; it takes Answers, messages or questions"
                raise TypeError(message) from error
    return found


OPENER = re.compile(r"\s*(?:and|but|so|then|also|ok(?:ay)?)\b[\s,]*", re.IGNORECASE)
WHAT_ABOUT = re.compile(r"\s*(?:what|how)\s+about\s+", re.IGNORECASE)
PREPOSITIONS = "in|at|on|from|of|by|for|to|with"
FRAGMENT = re.compile(rf"(?P<preposition>{PREPOSITIONS})\s+\S", re.IGNORECASE)
NAMES = r"(?:the\s+)?[A-Z][\w’'-]*(?:\s+(?:of\s+)?[A-Z][\w’'-]*)*"
POINTS_BACK = frozenset("it its he him his she her they them their this that these those".split())
# A question with at most this many words refers to the one before it: "Why?", "Since when?", "How many?".
SHORT_WORDS = 3
# A question with this many words of its own can be understood without the question before it.
OWN_WORDS = 2
# A few words are enough to say what a question is about.
MOST_CONTEXT_WORDS = 12
CONTEXT = re.compile(r"\s\([^()]*\)$")


def rewrite_follow_up(question: str, earlier: Sequence[Turn]) -> str:
    """Return a question that can be asked without its history.

    A follow-up that names only the part that changes ("And in Sweden?") replaces that part of the previous
    question. A follow-up that points back ("Who led it?") is followed by words of the previous question, in
    brackets. A question that stands alone, or has no history, is returned unchanged. Greetings and thanks
    in the history are skipped.

    >>> rewrite_follow_up("And in Sweden?", [Turn("How many people were arrested in Germany?")])
    'How many people were arrested in Sweden?'
    >>> rewrite_follow_up("Who led it?", [Turn("When was the market taken down?")])
    'Who led it? (market taken down)'
    """
    if detect_intent(question) is not Intent.QUESTION:
        return question
    asked = (turn.question for turn in reversed(earlier))
    last = next((said for said in asked if detect_intent(said) is Intent.QUESTION), "")
    opener = OPENER.match(question)
    rest = question[opener.end() :] if opener else question
    about = WHAT_ABOUT.match(rest)
    rest = (rest[about.end() :] if about else rest).strip(" ?.!")
    if not last or not rest:
        return question
    here = set(folded_words(question))
    if about or ((opener or FRAGMENT.match(rest)) and here.isdisjoint(QUESTION_WORDS | AUXILIARIES)):
        return substitute(drop_context(last), rest)
    if opener or here & POINTS_BACK or len(here) <= SHORT_WORDS:
        words = [last[span.start : span.end] for span in word_spans(last)]
        context = [word for word in words if not set(folded_words(word)) & (FUNCTION_WORDS | here)]
        return f"{question.strip()} ({' '.join(context[:MOST_CONTEXT_WORDS])})" if context else question
    return question


def drop_context(question: str) -> str:
    """Return a resolved question without the words that `rewrite_follow_up` put behind it.

    >>> drop_context("Who led it? (market taken down)")
    'Who led it?'
    """
    return CONTEXT.sub("", question)


def variants(question: str) -> list[str]:
    """Return the wordings of a resolved question: as it is and, where enough words are left, without context.

    >>> variants("Which agencies coordinated it? (firearms seized)")
    ['Which agencies coordinated it? (firearms seized)', 'Which agencies coordinated it?']
    >>> variants("How old is he? (CEO Digital Shadows)")
    ['How old is he? (CEO Digital Shadows)']
    """
    alone = drop_context(question)
    own = [word for word in folded_words(alone) if word not in FUNCTION_WORDS]
    return [question, alone] if alone != question and len(own) >= OWN_WORDS else [question]


def substitute(last: str, fragment: str) -> str:
    """Replace the part of the last question that a fragment stands for.

    A fragment with a preposition replaces the last name behind that preposition, or else the last phrase. A
    fragment without a preposition replaces the last name. When the question has no such part, the fragment
    is appended.
    """
    mark = "?" if last.rstrip().endswith("?") else ""
    match = FRAGMENT.match(fragment)
    if match:
        preposition = rf"\b(?i:{re.escape(match['preposition'])})\s+"
        phrase = rf"{preposition}[^?.!,]+?(?=\s+(?:{PREPOSITIONS})\b|[?.!,]|$)"
        places = [*re.finditer(preposition + NAMES, last)] or [*re.finditer(phrase, last)]
    else:
        places = [place for place in re.finditer(rf"\b{NAMES}", last) if place.start() > 0]
    if places:
        return f"{last[: places[-1].start()]}{fragment}{last[places[-1].end() :]}"
    return f"{last.rstrip(' ?.!')} {fragment}{mark}"
