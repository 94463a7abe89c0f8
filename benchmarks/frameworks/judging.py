"""Judge what any system said, all by the same rules: right, silent, and whether it cites the evidence.

Systems give text and no offsets. Where a text stands is found by its letters: white space is left out, since
splitters trim it.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from citewell.evaluation.metrics import Place, evidence_found, is_right
from citewell.evaluation.questions import Question
from citewell.evaluation.scoring import LIST

# Marks of citations; they are no part of an answer.
MARKS = re.compile(
    r"(?:\bDocument)?\s?\[(?:source )?\d+(?:\s*[,-]\s*(?:source )?\d+)*\]|\bSource \d+\b:?", re.IGNORECASE
)

# What an answer calls what it was given, what it says that this does not do, and how it says not.
SOURCES = r"(?:articles?|text|context|passages?|sources?|documents?|snippets?|information|excerpts?)"
TELLS = (
    r"(?:say|said|mention|specif|stat|provid|contain|includ|indicat|giv|address|answer|disclos|discuss|nam"
    r"|list|reveal|explain|clarif|detail|cover|describ|identif|report|refer|support|help)\w*"
)
NOT = r"(?:\s+not|n['’]t)"
# Each says that the answer is not known. --verbose prints the answers that hold one and say more besides.
PHRASES = tuple(
    re.compile(phrase, re.IGNORECASE)
    for phrase in (
        # The article does not (explicitly) say; the sources are not helpful; it is not mentioned.
        rf"\b(?:{SOURCES}\b[^.;]{{0,60}}?|it)\s(?:do|does|did|is|are|was|were){NOT}(?:\s+\w+)??\s+{TELLS}",
        # ... is not mentioned in the article
        rf"{NOT}(?:\s+\w+)??\s+{TELLS}\s+(?:in|by|within|from)\s+(?:the|this|any)\s+(?:\w+\s+)?{SOURCES}\b",
        rf"\b(?:none|neither)\s+of\s+the\s+(?:\w+\s+)?{SOURCES}\b",
        rf"\bnothing\s+in\s+the\s+(?:\w+\s+)?{SOURCES}\b",
        rf"\b(?:do|does|did){NOT}\s+know\b",
        r"\bno\s+(?:\w+\s+){0,3}?(?:information|mention|indication|details?|evidence|answer)\b",
        r"\b(?:not\s+enough|insufficient|lacks?)\s+(?:\w+\s+)?(?:information|context|details?)\b",
        r"\b(?:can(?:not|['’]t|\s+not)|(?:un|not\s+)able\s+to)\s+(?:be\s+)?(?:answer|determin|provid|find|tell)",
        r"\b(?:can(?:not|['’]t|\s+not)|unable\s+to)\s+(?:say|give|assist|help|write|translate)",
        r"\bnot\s+possible\b",
        r"\bnot\s+sure\s+enough\b|\bgive\s+no\s+answer\b|\bin\s+English\s+only\b",
        # Nothing is claimed by a refusal or a courtesy either.
        r"^\W*(?:I['’]m|I\s+am)\s+sorry\b|\bI\s+apologi[sz]e\b|\byou(?:['’]re|\s+are)\s+welcome\b",
        r"\bnot\s+make\s+out\s+a\s+question\b|^\W*goodbye\W*$",
        rf"^\W*(?:unknown|unclear|n/?a|none|not\s+(?:known|available|{TELLS}))\W*$",
    )
)
# A word that may stand in an answer that says it does not know: worth a look where no phrase was found.
HINT = re.compile(r"\b(?:not|no|never|none|unclear|unknown|sorry|however|without)\b|n['’]t\b", re.IGNORECASE)
# Longer texts that hold a phrase may say something besides.
LONG = 25


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an answer is.

    Attributes:
        right: It holds the answer.
        silent: It says that it does not know, and nothing that is right.
        cited: It cites the evidence.
        found: The passages that were found hold the evidence.
        doubtful: Read it before you believe the figures.
    """

    right: bool
    silent: bool
    cited: bool
    found: bool
    doubtful: bool


def judge(
    question: Question, text: str, cited: Sequence[str], found: Sequence[str], articles: Sequence[str]
) -> Verdict:
    """Judge an answer.

    Args:
        question: The question, with its answers and evidence.
        text: What was said.
        cited: The texts that were cited.
        found: The passages that were found.
        articles: The texts of all articles, folded.
    """
    said = MARKS.sub("", text)
    right = question.answerable and is_right(said, (), question.answers, (), is_list=question.kind == LIST)
    phrase = says_unknown(said)
    silent = phrase and not right
    doubtful = (phrase and (right or len(said.split()) > LONG)) or (
        not question.answerable and not silent and bool(HINT.search(said))
    )
    gold = locate(question.evidence, articles)
    return Verdict(
        right=right,
        silent=silent,
        cited=not silent and bool(evidence_found(locate(cited, articles), gold)),
        found=bool(evidence_found(locate(found, articles), gold)),
        doubtful=doubtful,
    )


def says_unknown(text: str) -> bool:
    """Whether a text says that the answer is not known, or says nothing.

    >>> says_unknown("The article does not mention who led it."), says_unknown("Nobody was hurt.")
    (True, False)
    """
    return not text.strip() or any(phrase.search(text) for phrase in PHRASES)


def fold(text: str) -> str:
    """Return a text without white space."""
    return "".join(text.split())


def locate(texts: Iterable[str], articles: Sequence[str]) -> list[Place]:
    r"""Return every place of some texts in folded articles; a text that stands in none has no place.

    >>> locate(["rose to 3.2"], [fold("The tide rose\nto 3.2 metres.")])
    [Place(document_id='0', start=7, end=16)]
    """
    places = []
    for text in map(fold, texts):
        for number, article in enumerate(articles):
            start = article.find(text) if text else -1
            while start >= 0:
                places.append(Place(str(number), start, start + len(text)))
                start = article.find(text, start + 1)
    return places
