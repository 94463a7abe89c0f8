"""Rewrite a follow-up as a question that stands alone."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from citewell.questions.dependence import (
    OPENER,
    OWN_WORDS,
    is_whole,
    names,
    own_words,
    points_back,
    stands_alone,
)
from citewell.questions.history import MOST_TURNS, History, Turn, clean_turn, message_text
from citewell.questions.intent import Intent, detect_intent
from citewell.text.english import AUXILIARIES, FUNCTION_WORDS, QUESTION_WORDS
from citewell.text.words import fold, folded_words, word_spans


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


WHAT_ABOUT = re.compile(r"\s*(?:what|how)\s+about\s+", re.IGNORECASE)
CORRECTION = re.compile(
    r"\s*(?:(?:no|nope|sorry|actually|wait)\b[\s,.!–—-]*)*\bI\s+(?:mean|meant|was\s+asking\s+about)\b[\s,:]*",
    re.IGNORECASE,
)
# "Pompeo: what is his office?" names the topic, then asks.
TOPIC = re.compile(r"\s*(?P<topic>[^:;.,?!–—]{1,80})[:;.,–—]\s*(?P<asked>.+)", re.DOTALL)
PREPOSITIONS = "in|at|on|from|of|by|for|to|with"
FRAGMENT = re.compile(rf"(?P<preposition>{PREPOSITIONS})\s+\S", re.IGNORECASE)
NAMES = r"(?:the\s+)?[A-Z][\w’'-]*(?:\s+(?:of\s+)?[A-Z][\w’'-]*)*"
PERSON = re.compile(r"\b(?P<subject>he|she|him)\b|\b(?P<whose>his)\b|\b(?P<her>her)\b", re.IGNORECASE)
THING = re.compile(r"\b(?:(?P<subject>it|they|them)|(?P<whose>its|their)|(?P<her>hers))\b", re.IGNORECASE)
# "In which year?", "Until when?", "How long?"
_ASKS = "|".join(sorted(QUESTION_WORDS))
BARE = re.compile(rf"\s*(?P<words>(?:\w+ )?(?:{_ASKS})(?: \w+)?(?: to (?:{_ASKS}))?)[\s?.!]*", re.IGNORECASE)
# A question word with what it asks of, the verb that asks, and the rest.
ASKED = re.compile(
    rf"(?:\w+ )?(?P<asks>{_ASKS})(?: (?:many|much|long|old|far))?(?P<thing>(?: [\w’'-]+){{0,4}}?)"
    rf" (?P<verb>{'|'.join(sorted(AUXILIARIES))}) (?P<rest>[^?\s][^?]*)\?*",
    re.IGNORECASE,
)
# A few words are enough to say what a question is about.
MOST_CONTEXT_WORDS = 12
CONTEXT = re.compile(r"\s\([^()]*\)$")
# Wordings that the reader chooses among.
MOST_WORDINGS = 5
MOST_NAMES = 2
# Who "he" is was named at most so many questions ago.
MOST_QUESTIONS = 4


@dataclass(frozen=True, slots=True)
class Rewritten:
    """What a follow-up may mean.

    Attributes:
        wordings: Questions that can be asked without the history, the likeliest by rule first.
        named: What the follow-up names in place of a part of the question before; an answer should name it
            too. "" when it names nothing.
        otherwise: Wordings to try when the article answers none of the others.
    """

    wordings: tuple[str, ...]
    named: str = ""
    otherwise: tuple[str, ...] = ()


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
    >>> rewrite_follow_up("No, I meant Hamar.", [Turn("How many people live in Lund?")])
    'How many people live in Hamar?'
    """
    return find_rewritings(question, earlier).wordings[0]


def last_questions(earlier: Sequence[Turn]) -> list[str]:
    """Return the last few questions of a history, as resolved, the last one first."""
    asked = [turn.question for turn in reversed(earlier)]
    return [said for said in asked if detect_intent(said) is Intent.QUESTION][:MOST_QUESTIONS]


def find_rewritings(question: str, earlier: Sequence[Turn]) -> Rewritten:
    """Return the wordings that a follow-up may stand for; where rules cannot tell, several."""
    lasts = last_questions(earlier)
    if detect_intent(question) is not Intent.QUESTION or not lasts:
        return Rewritten((question,))
    last = lasts[0]
    if correction := CORRECTION.match(question):
        return correct(question[correction.end() :], last) or Rewritten((question,))
    opener = OPENER.match(question)
    rest = question[opener.end() :] if opener else question
    about = WHAT_ABOUT.match(rest)
    rest = (rest[about.end() :] if about else rest).strip(" ?.!")
    if not rest:
        return Rewritten((question,))
    is_fragment = not is_whole(folded_words(question))
    if about or ((opener or FRAGMENT.match(rest)) and is_fragment):
        return Rewritten(tuple(replacements(last, rest)), rest)
    if stands_alone(question[opener.end() :] if opener else question):
        return Rewritten((question,))
    return with_context(question, lasts)


def correct(rest: str, last: str) -> Rewritten | None:
    """Return what a correction asks ("No, I meant Hamar"); None when it says nothing."""
    found = TOPIC.fullmatch(rest)
    if found and is_whole(folded_words(found["asked"])):
        topic, asked = found["topic"].strip(), found["asked"].strip()
        wordings = (asked,) if stands_alone(asked) else (f"{asked} ({topic})", put_name(asked, topic))
        return Rewritten(tuple(dict.fromkeys(wordings)), topic)
    topic = rest.strip(" ?.!")
    return Rewritten(tuple(replacements(last, topic)), topic) if topic else None


def with_context(question: str, lasts: Sequence[str]) -> Rewritten:
    """Return a question that points back, with what the last one was about in brackets or in its place.

    Args:
        question: The question.
        lasts: The questions before it, at least one, the last one first.
    """
    if PERSON.search(question):
        known = [found for last in lasts if (found := known_names(last))]
        if known:
            first = [f"{question.strip()} ({' '.join(known[0])})"]
            first += [put_name(question, name) for name in known[0][:MOST_NAMES]]
            others = [name for found in known[1:] for name in found if name not in known[0]]
            otherwise = [put_name(question, name) for name in dict.fromkeys(others)][:MOST_NAMES]
            return Rewritten(tuple(first), otherwise=tuple(otherwise))
    here = set(folded_words(question))
    context = [word for word in context_words(lasts[0]) if fold(word) not in here]
    about = f" ({' '.join(context[:MOST_CONTEXT_WORDS])})" if context else ""
    bracketed = f"{question.strip()}{about}" if about else question
    named = [put_name(question, name) for name in known_names(lasts[0])[:1] if THING.search(question)]
    return Rewritten(tuple(dict.fromkeys([bracketed, *named, *ask_again(question, lasts[0])])))


def ask_again(question: str, last: str) -> list[str]:
    """Return the last question with another question word, where only a question word is asked; else nothing.

    >>> ask_again("In which year?", "Which honour did Ann Lee receive?")
    ['In which year did Ann Lee receive the honour?']
    >>> ask_again("And by whom?", "How many people were arrested?")
    ['By whom were people arrested?']
    """
    opener = OPENER.match(question)
    asked = BARE.fullmatch(question[opener.end() :] if opener else question)
    found = ASKED.fullmatch(drop_context(last).strip())
    if not asked or not found:
        return []
    begin, verb, thing, rest = asked["words"], found["verb"], found["thing"].strip(), found["rest"].strip()
    has_subject = bool(names(f", {rest.split()[0]}")) or rest.split()[0].casefold() in {"the", "a", "an"}
    if verb.casefold() in {"do", "does", "did"}:
        rest = f"{rest} the {thing}" if thing else rest
    elif has_subject:  # "Which city was Ann Lee born in?"
        rest = re.sub(rf" (?:{PREPOSITIONS})$", "", rest)
    elif thing:  # "How many people were arrested?"
        rest = f"{thing} {rest}"
    elif found["asks"].casefold() in {"who", "what", "which"}:  # "Who was arrested?"
        return []
    said = f"{begin} {verb} {rest}?"
    said = next((put_name(said, name) for name in known_names(last)), said)
    return [f"{said[:1].upper()}{said[1:]}"]


def known_names(last: str) -> list[str]:
    """Return the names in a resolved question, those in its brackets too."""
    base = drop_context(last)
    context = last[len(base) :].strip(" ()")
    # The comma keeps the first word of the brackets from looking like the first word of a question.
    return list(dict.fromkeys([*names(base), *names(f", {context}")]))


def context_words(last: str) -> list[str]:
    """Return what a resolved question is about: its own words, and the names in its brackets."""
    base = drop_context(last)
    words = [re.sub(r"['’]s$", "", base[span.start : span.end]) for span in word_spans(base)]
    own = [word for word in words if fold(word) not in FUNCTION_WORDS]
    behind = [word for name in names(f", {last[len(base) :].strip(' ()')}") for word in name.split()]
    if len(own) < OWN_WORDS and not behind:
        behind = last[len(base) :].strip(" ()").split()
    return list(dict.fromkeys([*own, *behind]))


def put_name(question: str, name: str) -> str:
    """Return a question with a name in the place of each "he" or "her", or else of each "it" or "they".

    >>> put_name("Who is her mother, and when did she die?", "Ann Lee")
    "Who is Ann Lee's mother, and when did Ann Lee die?"
    """

    def named(found: re.Match[str]) -> str:
        following = folded_words(question[found.end() :])[:1]
        is_whose = found["whose"] or (found["her"] and following and following[0] not in FUNCTION_WORDS)
        return f"{name}'s" if is_whose else name

    return THING.sub(named, question) if not PERSON.search(question) else PERSON.sub(named, question)


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
    least = OWN_WORDS if points_back(alone) else 1
    return [question, alone] if alone != question and len(own_words(alone)) >= least else [question]


def replacements(last: str, fragment: str) -> list[str]:
    """Return the last question with a fragment in the place that it may stand for, the likeliest first."""
    base = drop_context(last)
    behind = last[len(base) :]
    if points_back(fragment):  # "And its debt?"
        known = known_names(last)
        asked = f"What is {fragment}?"
        named = [put_name(asked, name) for name in known[:1]]
        return [f"{asked} ({' '.join(context_words(last)[:MOST_CONTEXT_WORDS])})", *named]
    is_named = bool(names(f", {fragment}"))
    if points_back(base) and (is_named or fragment.casefold().startswith("the ")):  # who "he" is changes
        return list(dict.fromkeys([f"{base} ({fragment})", put_name(base, fragment)]))
    first = substitute(base, fragment)
    places = [place for place in re.finditer(rf"\b{NAMES}", base) if place.start() > 0]
    if FRAGMENT.match(fragment) or (is_named and len(places) == 1):
        return [first + behind]
    # A name takes the place of a name, other words that of any word.
    spans = [place.span() for place in reversed(places) if is_named] or [
        (span.start, span.end)
        for span in reversed(word_spans(base))
        if fold(base[span.start : span.end]) not in FUNCTION_WORDS
    ]
    others = [f"{base[:start]}{fragment}{base[end:]}{behind}" for start, end in spans]
    asks = "Who" if is_named else "What"
    listed = [first + behind, *others[: MOST_WORDINGS - 2], f"{asks} is {fragment}?"]
    return list(dict.fromkeys(listed))


def substitute(last: str, fragment: str) -> str:
    """Replace the part of the last question that a fragment stands for.

    A fragment with a preposition replaces the last name behind that preposition, or else the last phrase. A
    fragment without a preposition replaces the last name. When the question has no such part, the fragment
    is appended.
    """
    mark = "?" if last.rstrip().endswith("?") else ""
    match = FRAGMENT.match(fragment)
    if match and last.rstrip(" ?.!").casefold().endswith(f" {match['preposition'].casefold()}"):
        return f"{last.rstrip(' ?.!')} {fragment[match.end('preposition') :].strip()}{mark}"
    if match:
        preposition = rf"\b(?i:{re.escape(match['preposition'])})\s+"
        phrase = rf"{preposition}[^?.!,]+?(?=\s+(?:{PREPOSITIONS})\b|[?.!,]|$)"
        places = [*re.finditer(preposition + NAMES, last)] or [*re.finditer(phrase, last)]
    else:
        places = [place for place in re.finditer(rf"\b{NAMES}", last) if place.start() > 0]
    if places:
        return f"{last[: places[-1].start()]}{fragment}{last[places[-1].end() :]}"
    return f"{last.rstrip(' ?.!')} {fragment}{mark}"
