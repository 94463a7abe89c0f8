"""Tell what an article says happened from what it says was planned, supposed, denied or told by others.

The network that verifies statements does not tell them apart: it finds "The firm sacked 300 people" proved by
"The firm had planned to sack 300 people" (0.88). So the words are listed here, each with how far it reaches.
`benchmarks/said.py` counts what each is worth.
"""

import re
from dataclasses import dataclass
from enum import Enum

from citewell.text.english import FUNCTION_WORDS, PAST_TENSES
from citewell.text.spans import Span
from citewell.text.stemming import stem
from citewell.text.words import folded_words


class Modality(Enum):
    """How a sentence stands to what it tells."""

    REPORTED = "reported"
    """Others say it, or it may be so: "allegedly", "according to"."""
    UNREAL = "unreal"
    """It need not have happened: "planned to", "denied", "would have"."""


# How verbs that are listed by their beginnings end, before what is planned or denied.
_ENDINGS = r"(?:e?s|e?d|n?ed|n?ing|e)? (?:to|for|against|on|that|not)"
# These words hedge a claim of a text that is checked as well (`citewell.checking.hedging`).
ALLEGED = (
    r"alleg(?:ed|edly|es?|ing|ations?)|accus(?:ed|es?|ing|ations?)|suspect(?:ed|s|ing)?"
    r"|reportedly|supposedly|purportedly|apparently|presumably|possibly|perhaps|probably|rumou?r(?:s|ed)?"
    r"|claim(?:s|ed|ing)?|(?:is|are|was|were) (?:said|believed|thought|reported|understood|likely) to"
    r"|(?:may|might|could) (?:well )?have|charged with"
)
PLANNED = (
    r"(?:plan|intend|propos|hop|aim|want|wish|threaten|attempt|promis|vow|pledg|offer|consider|urg|demand"
    rf"|decid|agree|vot|expect|schedul){_ENDINGS}"
    r"|tr(?:y|ies|ied|ying) to|call(?:s|ed|ing)? (?:for|on)|propos(?:ed|es|al|als|ing)|plans"
    r"|will|shall|would|(?:is|are|was|were) (?:due )?to"
)
_DENIED = (
    rf"(?:refus|reject|fail){_ENDINGS}|den(?:y|ies|ied|ying)|refus(?:ed|es) to"
    r"|(?:did|does|do|has|have|had|was|were|is|are) (?:not|never)|(?:did|has|have|had|was|were|is|are)n['’]t"
    r"|never"
)
CUES = {
    Modality.REPORTED: re.compile(rf"\b(?:according to|{ALLEGED})\b", re.IGNORECASE),
    Modality.UNREAL: re.compile(rf"\b(?:{PLANNED}|{_DENIED}|should|if|unless)\b", re.IGNORECASE),
}
# Where the reach of a word ends.
_END = re.compile(r"[;:()—–]|[,.](?!\d)|\b(?:but|although|though|while|whereas|because)\b", re.IGNORECASE)
# "Not until 2019" and "not only" tell what did happen.
_HAPPENED = re.compile(r"\b(?:until|till|only|merely|just)\b", re.IGNORECASE)
_NOT = re.compile(r"\b(?:not|never)\b|n['’]t\b", re.IGNORECASE)
_ASKS_FOR_UNREAL = re.compile(
    r"\b(?:can|could|may|might|(?:plan|intend|propos|hop[ei]|aim|want|wish|threat|attempt|promis|refus|reject|fail|vot"
    r"|expect|try|tri[ei]|call|den[yi]|schedul|due)\w*)\b|n['’]t\b",
    re.IGNORECASE,
)
LONGEST = 140  # characters of a short answer with the words that hedge it


@dataclass(frozen=True, slots=True)
class Hedge:
    """Words that hedge an answer.

    Attributes:
        modality: What they make of it.
        cue: The word that hedges.
        span: The answer with the word, offsets into the sentence.
        denies_question: Whether what the question asks about stands in their reach, so that it need not have
            happened.
    """

    modality: Modality
    cue: str
    span: Span
    denies_question: bool


def find_hedge(question: str, sentence: str, answer: Span) -> Hedge | None:
    """Return what hedges an answer in its sentence; None for an answer that is told as a fact.

    Args:
        question: The question.
        sentence: The sentence.
        answer: The short answer, offsets into the sentence.

    >>> said = "It had planned to sack 300."
    >>> hedge = find_hedge("How many did it sack?", said, Span(23, 26))
    >>> hedge.cue, said[hedge.span.start : hedge.span.end], hedge.denies_question
    ('planned to', 'planned to sack 300', True)
    >>> find_hedge("How many did it plan to sack?", said, Span(23, 26)) is None
    True
    """
    for modality in (Modality.UNREAL, Modality.REPORTED):
        if asks_for(question, modality):
            continue
        for cue in CUES[modality].finditer(sentence):
            hedge = _hedge(question, sentence, answer, modality, Span(*cue.span()))
            if hedge:
                return hedge
    return None


def asks_for(question: str, modality: Modality) -> bool:
    """Whether a question asks for what is planned, denied or supposed itself."""
    if modality is Modality.REPORTED:
        return bool(CUES[modality].search(question))
    return bool(CUES[modality].search(question) or _ASKS_FOR_UNREAL.search(question))


def _hedge(question: str, sentence: str, answer: Span, modality: Modality, cue: Span) -> Hedge | None:
    """Return the hedge that one word makes; None when the answer is out of its reach."""
    if answer.start <= cue.start < answer.end:
        return None  # the answer says it itself
    words = sentence[cue.start : cue.end].casefold()
    ending = _END.search(sentence, cue.end)
    reach = Span(cue.end, ending.start() if ending else len(sentence.rstrip()))
    if words == "according to":
        is_outside = not sentence[: cue.start].strip('"“ ') or not sentence[reach.end :].strip('."” )')
        names_source = reach.start <= answer.start < reach.end
        if names_source or not (is_outside or answer.start > cue.start):
            return None
        return Hedge(modality, words, _widened(sentence, answer, cue), denies_question=False)
    begin = max((match.end() for match in _END.finditer(sentence, 0, cue.start)), default=0)
    is_behind = reach.start <= answer.start < reach.end
    is_before = begin <= answer.start < cue.start
    asked = {stem(word) for word in folded_words(question) if word not in FUNCTION_WORDS}
    told = {stem(word) for word in folded_words(sentence[reach.start : reach.end])}
    named = {stem(word) for word in folded_words(sentence[answer.start : answer.end])}
    is_asked = bool((asked & told) - named)
    if words in {"if", "unless"}:
        is_before = False
    if not is_behind and not (is_before and is_asked):
        return None
    is_negation = bool(_NOT.search(words))
    if is_negation and (not (is_behind and is_asked) or _HAPPENED.search(sentence, reach.start, reach.end)):
        return None
    happened = modality is Modality.UNREAL and is_asked and asks_what_happened(question)
    return Hedge(modality, words, _widened(sentence, answer, cue), happened)


def asks_what_happened(question: str) -> bool:
    """Whether a question asks for something in the past.

    >>> asks_what_happened("Who took the money?"), asks_what_happened("What does it cost?")
    (True, False)
    """
    words = re.findall(r"[a-z]+", question.casefold())
    return any(word in PAST_TENSES or re.fullmatch(r"\w+[^e]ed|\w*ied", word) for word in words)


def _widened(sentence: str, answer: Span, cue: Span) -> Span:
    """Return an answer with the words that hedge it; the bare answer when that is too long for one."""
    if cue.start < answer.start:
        widened = Span(cue.start, answer.end)
    else:
        ending = _END.search(sentence, cue.end)
        end = ending.start() if ending else len(sentence)
        widened = Span(answer.start, len(sentence[:end].rstrip()))
    return widened if widened.end - widened.start <= LONGEST else answer
