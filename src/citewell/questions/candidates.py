"""Make questions out of an article's own sentences, without a language model.

Simple rules find facts that a sentence states outright: how many people or objects were affected, when an
event happened, who a person is (Heilman and Smith 2010 call this method overgenerate and rank). A question
keeps all the words of its clause, so that it asks for what the sentence says and for no more; a sentence that
doubts or denies makes none. The rules do not decide whether the article answers a question: `suggestions`
has each asked before it is shown.
"""

import re
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass

from citewell.documents.document import Document
from citewell.documents.people import find_people
from citewell.text.english import (
    DAYS,
    FUNCTION_WORDS,
    MONTHS,
    NEGATIONS,
    NO_NAME,
    SMALL_NUMBERS,
)
from citewell.text.sentences import sentences
from citewell.text.spans import Span
from citewell.text.words import UPPER

NUMBER = rf"(?:\d[\d,]*(?:\.\d+)?|{'|'.join(SMALL_NUMBERS[1:12])})"
QUALIFIER = r"(?:a total of |more than |over |at least |some |about |around |nearly |almost |up to )?"
DONE = r"(?:[a-z]{2,}ed|held|made|sold|built|shot|hurt|found|sent)"
# Verbs whose object is affected: "seized 64 guns" says that 64 guns were seized; "reached 64 towns" does not.
AFFECTS = (
    r"(?:arrested|killed|injured|wounded|seized|detained|rescued|evacuated|charged|closed|destroyed|damaged"
    r"|recorded|confirmed|planted|jailed|sentenced|fined|trained|interviewed|vaccinated|tested|discovered"
    r"|recovered|deployed|cancelled|released)"
)
NOUN = r"(?:[a-z][a-z-]+ ){0,2}?(?:[a-z][a-z-]+s|people|men|women|children)"
MONTH_OR_DAY = "|".join((*DAYS, *MONTHS))
DAY = rf"\d{{1,2}}(?:st|nd|rd|th)? (?:{'|'.join(MONTHS)})"
WHEN = rf"(?:on|in) (?P<answer>(?:{DAY}|(?:{MONTH_OR_DAY})(?: \d{{1,2}})?|[12]\d{{3}})(?:,? [12]\d{{3}})?)"
NAME = rf"(?:the )?{UPPER}[\w’'-]*(?: (?:of (?:the )?)?{UPPER}[\w’'-]*)*"
# Characters of an article that are read; questions about its beginning are enough.
MOST_CHARACTERS = 60_000
LONGEST_SENTENCE = 600
# A longer question is a sentence turned round, which nobody reads.
LONGEST_QUESTION = 120
# Words that end in s between a number and a verb, but are not a counted noun.
NOT_COUNTED = re.compile(
    r"\b(?:was|is|has|this|its|his|does|percent|which|who|that|years|times|days|hours|more|other|further)\b"
)
# A sentence with one of these does not state its fact outright.
DOUBTED = re.compile(
    rf"\b(?:{'|'.join(sorted(NEGATIONS))}|if|unless|would|could|might|(?-i:may)|should|whether|reportedly|allegedly"
    r"|alleged|claim(?:s|ed)?|den(?:y|ies|ied)|expect(?:s|ed)?|plan(?:s|ned)?|rumou?rs?|supposed(?:ly)?|false"
    r"|falsely|hoax|except|initially|originally|threatened|hop(?:es|ed))\b|n['’]t\b|\?",
    re.IGNORECASE,
)
# Before a number: part of a larger one, or not all.
PARTIAL = re.compile(
    r"\b(?:of|another|other|further|additional|every|first|last|or|and|to)\s(?:the\s)?\Z", re.IGNORECASE
)
# Behind a clause: words that go on with it.
GOES_ON = re.compile(r"\s*(?:and|or|nor|but|to|until|through|[–—-]|as well)(?!\w)|\s+\w")
# The end of a sentence or a clause; not the full stop of an abbreviation.
ENDS = re.compile(r"[.!?”\")\]]*\Z|[;:]\s")
IN_MARKS = re.compile(r"[“”\"()]")
_WHO = rf"(?:{NAME}|the [a-z]+|police|officials|he|she|they)"
SAID = re.compile(
    rf",\s(?:{_WHO}\s)?(?:said|says|told|according to|reported)\b.*",
    re.IGNORECASE,
)

COUNTED_NOUN = re.compile(
    rf"(?<![\w.,$€£-])(?P<answer>{NUMBER}) (?P<noun>{NOUN})(?P<who> who [^,.;]{{1,80}}?)?"
    rf" (?P<verb>were|have been|had been) (?P<done>{DONE})\b(?P<tail>[^.;:?!]*)"
)
COUNTING = re.compile(
    rf"\b(?P<done>{AFFECTS}) {QUALIFIER}(?P<answer>{NUMBER}) (?P<noun>{NOUN})\b(?P<who>)(?P<tail>[^.;:?!]*)"
)
# The subject of a clause begins it, so no part of the subject is cut off.
SUBJECT = (
    r"(?:^|[,;:] |\b(?:after|when|before|because|while|that) )"
    r"(?P<thing>[Tt]he (?:[a-z][\w-]* ){0,2}?[a-z][\w-]+)"
)
_OTHER_CLAUSE = r"\b(?:and|or|but|after|before|when|who|which|that|while|because|was|were|had|has|is|are)\b"
_SAME_CLAUSE = rf"(?:(?!{_OTHER_CLAUSE})[^.;:?!])*?"
DATED = re.compile(
    rf"{SUBJECT} (?P<verb>was|were) (?P<done>{DONE})\b(?P<tail>{_SAME_CLAUSE}) {WHEN}(?P<rest>.?.?.?.?)"
)
SITED = re.compile(
    rf"{SUBJECT} (?P<verb>was|were) (?P<done>{DONE}) (?:in|at) (?P<answer>{NAME})(?P<rest>.?.?.?.?)"
)
# A sentence about a person, to be asked whole: "Ann Lee led the talks in May." Words that point back would
# ask in a circle.
DID = (
    r"(?:[a-z]{3,}ed|was|is|has|had|will|won|wrote|made|became|took|began|led|held|built|sold|gave|sent|found|lost"
    r"|left|met|beat|founded|ran|spent|came|went|grew|drew|broke|brought|bought|taught|paid|put|set)"
)
ABOUT_PERSON = re.compile(
    rf"(?P<name>{UPPER}[\w’'-]+(?: {UPPER}[\w’'.-]+){{0,3}}) (?P<tail>{DID} [^.;:?!“”\"()]+)\.?\Z"
)
POINTS_BACK = re.compile(
    r"\b(?:he|she|they|it|him|them|his|her|their|its|this|these|those|that|there|also|then"
    r"|later|too|such|so|same|other|another)\b",
    re.IGNORECASE,
)
# A quotation that is whole in its sentence, and who says it.
SPOKEN = r"[“\"](?P<said>[^“”\"]{20,100}?)[,.!]?[”\"]"
_SPEAKER = rf"(?P<name>{UPPER}[\w’'-]+(?: {UPPER}[\w’'.-]+){{1,3}})"
QUOTED = (
    re.compile(rf"{SPOKEN},? (?:said|says|added|adds) {_SPEAKER}\b"),
    re.compile(rf"{_SPEAKER}(?:, [^“”\"]{{1,60}},)? (?:said|says)[,:]? {SPOKEN}\Z"),
)
# Words in names that are not a person's name.
BODY = re.compile(
    r"\b(?:The|News|TV|Press|Post|Times|Herald|University|College|Council|Agency|Department|Ministry|Party|Court"
    r"|Police|Office|Commission|Committee|Institute|Association|Union|Group|Company|Bank|Reuters|Geographic"
    r"|Market|Project|Act|Festival|Award|Prize|Museum|Bridge|Programme|Program|League|Operation|Society)\b"
)
NAMED_THING = re.compile(rf"\b(?P<name>(?:{UPPER}[\w’'-]+ ){{1,3}}{UPPER}[\w’'-]+), (?:an?|the) [a-z]")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A question that a sentence of the article may answer.

    Attributes:
        question: The question.
        span: The sentence, as offsets into the article.
        kind: The rule that made the question.
        expected: What the sentence answers, in its own words; "" when the rule does not know.
    """

    question: str
    span: Span
    kind: str
    expected: str = ""


def candidates(article: Document) -> list[Candidate]:
    """Return each question once; the rules take turns, each in the order of its sentences.

    >>> from citewell.documents.document import document
    >>> [found.question for found in candidates(document("In Berlin 42 people were arrested.", id="a"))]
    ['How many people were arrested?']
    """
    by_kind: dict[str, list[Candidate]] = {}
    seen: set[str] = set()
    for found in make_candidates(article):
        if found.question not in seen:
            seen.add(found.question)
            by_kind.setdefault(found.kind, []).append(found)
    rows = [[found[place] for found in by_kind.values() if place < len(found)] for place in range(len(seen))]
    return [found for row in rows for found in row]


def make_candidates(article: Document) -> Iterator[Candidate]:
    """Yield every question that the rules make, by sentence."""
    beginning = article.text[:MOST_CHARACTERS]
    found = [(span, " ".join(beginning[span.start : span.end].split())) for span in find_people(beginning)]
    named = [(span, name) for span, name in found if not NO_NAME & set(name.casefold().split())]
    full = {name for _, name in named}
    people = {name for name in full | {name.split()[-1] for name in full} if not BODY.search(name)}
    for span in sentences(beginning):
        if span.end - span.start > LONGEST_SENTENCE:
            continue
        text = " ".join(article.text[span.start : span.end].split())
        names = [name for place, name in named if span.start <= place.start < span.end]
        asked = [*ask_who(text, people), *ask_who_is(text, names)]
        if not DOUBTED.search(text):
            asked = [*ask_how_many(text), *ask_when_and_where(text), *asked]
        for kind, question, expected in asked:
            if len(question) <= LONGEST_QUESTION:
                yield Candidate(question, span, kind, expected)


def ask_who(text: str, people: Container[str]) -> Iterator[tuple[str, str, str]]:
    """Yield the kind, the text and the name of questions for the person who did or said something."""
    about = ABOUT_PERSON.fullmatch(text)
    if (
        about
        and about["name"] in people
        and not DOUBTED.search(text)
        and not POINTS_BACK.search(about["tail"])
    ):
        yield "person", f"Who {about['tail'].strip()}?", about["name"]
    for match in (found for pattern in QUOTED for found in pattern.finditer(text)):
        if match["name"] in people:
            yield "quoted", f"Who said “{match['said']}”?", match["name"]


def ask_who_is(text: str, names: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    """Yield the kind and the text of questions for what a name stands for."""
    for name in names:
        if re.search(rf"{re.escape(name)} {UPPER}", text):
            continue  # a longer name or a title
        yield "name", f"{'What' if BODY.search(name) else 'Who'} is {name}?", ""
    for match in NAMED_THING.finditer(text):
        if BODY.search(match["name"]) and not any(match["name"] in name for name in names):
            yield "thing", f"What is {match['name']}?", ""


def ask_how_many(text: str) -> Iterator[tuple[str, str, str]]:
    """Yield the kind, the text and the number of questions for a number.

    >>> [asked for _, asked, _ in ask_how_many("In May 42 men were killed or hurt in Kiel and Emden.")]
    ['How many men were killed or hurt in Kiel and Emden?']
    """
    for match in (*COUNTED_NOUN.finditer(text), *COUNTING.finditer(text)):
        words = set(match["noun"].split())
        start = match.start("answer") if match.re is COUNTED_NOUN else match.start("done")
        if NOT_COUNTED.search(match["noun"]) or words & FUNCTION_WORDS or PARTIAL.search(text[:start]):
            continue
        tail = SAID.sub("", match["tail"]).rstrip(" ,")
        if not tail.startswith(",") and not IN_MARKS.search(tail) and ENDS.match(text, match.end()):
            noun = match["noun"] + (match["who"] or "")
            yield "counted", f"How many {noun} were {match['done']}{tail}?", match["answer"]


def ask_when_and_where(text: str) -> Iterator[tuple[str, str, str]]:
    """Yield the kind, the text and the answer of questions for a time or a place."""
    for kind, word, pattern in (("dated", "When", DATED), ("sited", "Where", SITED)):
        for match in pattern.finditer(text):
            if not GOES_ON.match(match["rest"]):
                thing = match["thing"][0].lower() + match["thing"][1:]
                tail = match["tail"].rstrip(" ,") if kind == "dated" else ""
                yield kind, f"{word} {match['verb']} {thing} {match['done']}{tail}?", match["answer"]
