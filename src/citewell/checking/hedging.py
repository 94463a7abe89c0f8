"""Find what an article gives as said, alleged or planned, so that it proves no more than that.

The words that hedge an answer are those of `citewell.reading.modality`. Here are only those that hedge a
claim besides: a claim is a whole clause, so more of a sentence can be compared with it than with an answer.
"""

import re
from enum import StrEnum

from citewell.reading.modality import ALLEGED, PLANNED
from citewell.text.english import FUNCTION_WORDS
from citewell.text.spans import Span
from citewell.text.stemming import stem
from citewell.text.words import folded_words


class Hedge(StrEnum):
    """As what an article gives a fact."""

    SAID = "said"
    ALLEGED = "alleged"
    PLANNED = "planned"


# A hedge before what it hedges. A verb of speech behind it ("…, he said") hedges what is before.
HEDGES = {
    Hedge.SAID: re.compile(
        r"\b(?:said|says|say|saying|told|tells|argue[sd]?|insist(?:s|ed)?|wrote|tweeted|according to)\b",
        re.IGNORECASE,
    ),
    Hedge.ALLEGED: re.compile(
        rf"\b(?:{ALLEGED}|alleg\w+|purport\w+|possib(?:le|ility)|(?-i:may)|might|could|suggest\w*|believed"
        r"|appear(?:s|ed)? to|charges? of|hypothesis\w*|proposed that)\b",
        re.IGNORECASE,
    ),
    Hedge.PLANNED: re.compile(
        rf"\b(?:{PLANNED}|plans?|planned|planning|intend\w*|intention|to be|expected|propose|requested"
        r"|considering|pending|hopes?|hoping|nominat\w+|going to|due to be|forecast|promis\w+|seeks?|sought"
        r"|wants?|aims?|called for|ready with|prepared|about to|scheduled)\b",
        re.IGNORECASE,
    ),
}
# What a text may say for what an article says of each kind.
ALLOWED = {
    Hedge.SAID: re.compile(
        rf"{HEDGES[Hedge.SAID].pattern}|\b(?:estimat\w+|report\w*|announc\w+|call(?:s|ed)|describ\w+|think\w*|thought"
        rf"|state[sd]?|deni\w+|doubt\w*|apologi\w+|thank\w*|ask\w*|added|explain\w*|blam\w+|prais\w+|warn\w*)\b",
        re.IGNORECASE,
    ),
    Hedge.ALLEGED: re.compile(
        rf"{HEDGES[Hedge.ALLEGED].pattern}|{HEDGES[Hedge.SAID].pattern}", re.IGNORECASE
    ),
    Hedge.PLANNED: re.compile(
        rf"{HEDGES[Hedge.PLANNED].pattern}|\b(?:would|(?-i:may)|might|could|can|chosen|agreed|announced)\b",
        re.IGNORECASE,
    ),
}
QUOTED = re.compile(r"[“\"«„]([^“”\"«»„]+)[”\"»“]")
# Where what was alleged or planned ends: at another clause.
ENDS = re.compile(r";|[.!?]\s|,? (?:who|which|where|while|but)\b|, and\b")
# Characters in which a speaker's name stands between what was said and the verb.
NEAR = 40


def find_hedge(claim: str, sentence: str) -> Hedge | None:
    """Return as what a sentence gives a claim, when the claim does not give it so; None else.

    >>> find_hedge("The range was widened.", "The tribe has plans to widen the range.").value
    'planned'
    >>> find_hedge("They plan to widen the range.", "The tribe has plans to widen the range.")
    """
    said = _stems(claim)
    for hedge in (Hedge.ALLEGED, Hedge.PLANNED, Hedge.SAID):
        if ALLOWED[hedge].search(QUOTED.sub(" ", claim)):
            continue
        for match in HEDGES[hedge].finditer(QUOTED.sub(lambda found: "_" * len(found[0]), sentence)):
            scope = _scope(sentence, Span(*match.span()), hedge)
            inside = _stems(sentence[scope.start : scope.end])
            outside = _stems(sentence[: scope.start] + " " + sentence[scope.end :])
            if len(said & inside - outside) > len(said & outside - inside):
                return hedge
    return None


def _scope(sentence: str, verb: Span, hedge: Hedge) -> Span:
    """Return the range that a hedging word hedges."""
    if hedge is not Hedge.SAID:
        stop = ENDS.search(sentence, verb.end)
        return Span(verb.end, stop.start() if stop else len(sentence))
    if sentence[verb.start : verb.end].casefold() == "according to":
        comma = sentence.find(",", verb.end)
        return Span(comma, len(sentence)) if comma >= 0 and verb.start < NEAR else Span(0, verb.start)
    before = sentence[max(0, verb.start - NEAR) : verb.start]
    is_behind = re.search(r"[,”\"]", before) and not re.match(r"\W*(?:that\b|[“\"„])", sentence[verb.end :])
    return Span(0, verb.start) if is_behind else Span(verb.end, len(sentence))


def _stems(text: str) -> set[str]:
    return {stem(word) for word in folded_words(text) if word not in FUNCTION_WORDS}
