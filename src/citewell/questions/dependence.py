"""Say whether a question can be understood without the question before it."""

import re

from citewell.text.english import AUXILIARIES, FUNCTION_WORDS, QUESTION_WORDS
from citewell.text.words import folded_words, word_spans

OPENER = re.compile(r"\s*(?:and|but|so|then|also|ok(?:ay)?)\b[\s,]*", re.IGNORECASE)
# Words that stand for something named before; these may be named in the same question.
PERSONS = frozenset("he his she her its they their".split())
SEVERAL = frozenset("they their".split())
# These may not: in "What did Ann call him?" he is not Ann.
OTHERS = frozenset("it him them this these".split())
# What is pointed to may be described behind the word: "those who left".
DESCRIBED = re.compile(r"\bthose\s+(?:who|whom|that|which|in|on|of|from|with)\b", re.IGNORECASE)
# "That" points back unless it begins a clause: "said that it rose", "the man that left".
POINTING_THAT = re.compile(
    rf"(?:^|\b(?:{'|'.join(sorted(AUXILIARIES))}|about|after|at|before|by|for|from|in|like|of|on|to|with)\s+)"
    r"that\b|\bthat\W*$",
    re.IGNORECASE,
)
# Two or more letters: "I" and initials name nobody.
NAME = re.compile(r"\b[A-Z][\w’'-]+(?:\s+(?:of\s+(?:the\s+)?)?[A-Z][\w’'-]+)*")
# A question with at most this many words refers to the one before it: "Why?", "Since when?", "How many?".
SHORT_WORDS = 3
# A question with fewer words of its own asks of something that was named before: "How many were arrested?"
OWN_WORDS = 2


def names(text: str) -> list[str]:
    """Return the names in a question: runs of words with capitals, but no lone word that it begins with.

    >>> names("Was Russia involved in the arrest of Ann Lee?"), names("Who led it?")
    (['Russia', 'Ann Lee'], [])
    """
    found = []
    for match in NAME.finditer(text):
        words = match[0].split()
        while words and (words[0].casefold() in FUNCTION_WORDS or words[0] == "I"):
            words = words[1:]
        words = [*words[:-1], re.sub(r"['’]s$", "", words[-1])] if words else []
        # A lone word at the beginning has its capital from there.
        if words and (match.start() > 0 or len(match[0].split()) > 1):
            found.append(" ".join(words))
    return found


def own_words(text: str) -> list[str]:
    """Return the words of a question that say what it is about."""
    return [word for word in folded_words(text) if word not in FUNCTION_WORDS]


def points_back(question: str) -> bool:
    """Whether a word of a question stands for something that the question does not name.

    >>> [points_back(asked) for asked in ("What is his job?", "Did Ann say that she left?", "Who said that?")]
    [True, False, True]
    """
    words = [re.sub(r"['’]s$", "", word) for word in folded_words(question)]
    if any(word in OTHERS for word in words) or POINTING_THAT.search(question):
        return True
    if "those" in words and not DESCRIBED.search(question):
        return True
    for place, word in enumerate(words):
        if word in PERSONS:
            before = question[: word_spans(question)[place].start]
            is_several = word in SEVERAL and any(is_plural(one) for one in own_words(before))
            return not names(before) and not is_several
    return False


def is_plural(word: str) -> bool:
    """Whether a word looks like a plural, which "they" may stand for."""
    return word.endswith("s") and not word.endswith("ss")


def stands_alone(question: str) -> bool:
    """Whether a question can be understood without the one before it.

    >>> [stands_alone(asked) for asked in ("Was Russia involved?", "What is his job?", "Why?")]
    [True, False, False]
    """
    words = folded_words(question)
    if OPENER.match(question) or points_back(question):
        return False
    if names(question) and not AUXILIARIES.isdisjoint(words):
        return True
    least = 1 if words[:1] == ["who"] else OWN_WORDS  # "Who was the prosecutor?" asks of one person
    return len(words) > SHORT_WORDS and len(own_words(question)) >= least and is_whole(words)


def is_whole(words: list[str]) -> bool:
    """Whether words hold a question word or a verb that asks; a fragment has neither."""
    return not (QUESTION_WORDS | AUXILIARIES).isdisjoint(words)
