"""Find who says what stands in quotation marks, where the sentence itself does not name the speaker.

'"It was a blow," says Clark. "Trust is gone."' The second sentence names nobody. The reader is given "Clark
says:" in front of it, so that it can answer who says it. The name is cited from where the paragraph has it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from citewell.documents import people
from citewell.documents.passages import Passage
from citewell.text.english import NO_NAME
from citewell.text.quotations import PARAGRAPH, find_quotations
from citewell.text.sentences import sentences
from citewell.text.spans import Span
from citewell.text.words import UPPER, fold, folded_words

# Verbs that in a report stand beside a speaker's name and a quotation.
SPEAKS = (
    rf"(?:{people.SPEAKS}|tells|add(?:s|ed)|not(?:es|ed)|explain(?:s|ed)|warn(?:s|ed)|states|writes|tweets"
    r"|argu(?:es|ed)|continu(?:es|ed)|recall(?:s|ed)|insist(?:s|ed)|comment(?:s|ed)|remark(?:s|ed)|announces"
    r"|declar(?:es|ed)|conclud(?:es|ed))"
)
_LINK = rf"[ \u00a0](?:{UPPER}\.[ \u00a0])?(?:(?:de|van|von|der|al|bin|la|di)[ \u00a0])?"
# Each repetition has a bound: a stranger's file may have a paragraph of names.
_NAME = rf"(?P<name>{people.NAME_WORD}(?:{_LINK}{people.NAME_WORD}){{0,9}})"
_NOUN = r"(?!(?:of|at|in|on|from|for|to|with|by|and|who|that|as)\b)"
_ROLE = rf"(?:(?:{_NOUN}[\w’-]{{1,40}}+[ \u00a0]){{0,5}}{_NOUN}[a-z][\w’-]{{0,40}}+[ \u00a0])?"
BESIDE = (
    re.compile(rf"{_NAME}(?:,[^,.;:“”\"]{{1,80}},)?,?[ \u00a0]{SPEAKS}\b"),
    # said Ann Lee — said the Dutch astronomer Ann Lee; but: said Ann Lee of the Dutch Institute
    re.compile(rf"\b{SPEAKS}[ \u00a0]{_ROLE}{_NAME}"),
)
# Another speaker, who is not named: then nobody knows whose words are whose.
UNNAMED = re.compile(
    rf"\b(?:[Hh]e|[Ss]he|[Tt]hey|[a-z]\w+)[ \u00a0]{SPEAKS}\b|\b{SPEAKS}[ \u00a0](?:he|she|they|an?|one)\b"
)
# A question with one of these may ask for a speaker.
ASKS = frozenset("who whose whom which person".split())
# Before a name that is not a person's: "at the Deakin University, said".
OF_A_THING = re.compile(rf"\bthe[ \u00a0](?:{UPPER}[\w’'-]+[ \u00a0])*\Z")
LETTER = re.compile(r"\w")
NEAR = 80  # characters between a name and the quotation, and before a name
MOST_CHARACTERS = 8_000  # of a paragraph; a longer one has more than one speech


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence of a quotation, and who says it.

    Attributes:
        sentence: Its range in the article.
        speaker: The speaker's name, elsewhere in the same paragraph.
        naming: The sentence that has the name.
    """

    sentence: Span
    speaker: Span
    naming: Span


def said_in(passage: Passage, question: str) -> list[Said]:
    """Return the sentences of a passage whose speaker another sentence names, where a question is about him.

    It is where it asks for a person, or names the speaker.
    """
    text, asked = passage.document.text, set(folded_words(question))
    around = Span(max(0, passage.start - MOST_CHARACTERS), min(len(text), passage.end + MOST_CHARACTERS))
    return [
        said
        for said in find_said(text, around)
        if said.sentence in passage.sentences and (asked & ASKS or fold(surname(text, said.speaker)) in asked)
    ]


def surname(text: str, name: Span) -> str:
    """Return the last word of a name."""
    return text[slice(*name)].rsplit(maxsplit=1)[-1]


def find_said(text: str, within: Span | None = None) -> tuple[Said, ...]:
    r"""Return the quoted sentences whose speaker another sentence of their paragraph names, in order.

    A paragraph with two speakers, with one who is not named, or of more than MOST_CHARACTERS has none.

    Args:
        text: An article.
        within: Where paragraphs are looked at that begin and end there; None for all.

    >>> text = '"It was a blow," says Clark. "Trust is gone."'
    >>> [(text[said.sentence.start:], text[slice(*said.speaker)]) for said in find_said(text)]
    [('"Trust is gone."', 'Clark')]
    >>> find_said('"It was a blow," says Clark. "Trust is gone," says Lee. "It was good."')
    ()
    """
    whole = Span(0, len(text))
    start, end = within or whole
    ends = [match.start() for match in PARAGRAPH.finditer(text, start, end)]
    ends = [*([0] if start == 0 else []), *ends, *([end] if end == whole.end else [])]
    paragraphs = (Span(*pair) for pair in pairwise(ends) if pair[1] - pair[0] <= MOST_CHARACTERS)
    return tuple(said for paragraph in paragraphs for said in _in_paragraph(text, paragraph))


def _in_paragraph(text: str, paragraph: Span) -> Iterator[Said]:
    quotations = list(find_quotations(text, paragraph))
    if not quotations:
        return
    outside = _blank(text, paragraph, quotations)
    named = [
        Span(paragraph.start + match.start("name"), paragraph.start + match.end("name"))
        for pattern in BESIDE
        for match in pattern.finditer(outside)
        if fold(match["name"].split()[0]) not in NO_NAME
        and not OF_A_THING.search(outside, max(0, match.start("name") - NEAR), match.start("name"))
    ]
    near = [name for name in named if any(_distance(name, quotation) <= NEAR for quotation in quotations)]
    # The same person is called by the full name first and by the surname then.
    last = {fold(surname(text, name)) for name in named}
    if not near or len(last) != 1 or UNNAMED.search(outside):
        return
    speaker = min(near)
    parts = [
        Span(paragraph.start + part.start, paragraph.start + part.end)
        for part in sentences(text[paragraph.start : paragraph.end])
    ]
    naming = next(part for part in parts if part.start <= speaker.start < part.end)
    for part in parts:
        is_named = any(part.start <= name.start < part.end for name in named)
        # A sentence that says something of its own may be another's.
        own = outside[part.start - paragraph.start : part.end - paragraph.start]
        if not is_named and not LETTER.search(own) and '"' in own:
            yield Said(part, speaker, naming)


def _blank(text: str, paragraph: Span, quotations: list[Span]) -> str:
    """Return a paragraph with quotation marks alone in the place of its quotations."""
    kept, at = [], paragraph.start
    for quotation in quotations:
        kept += [text[at : quotation.start], '"' * (quotation.end - quotation.start)]
        at = quotation.end
    return "".join([*kept, text[at : paragraph.end]])


def _distance(one: Span, other: Span) -> int:
    return max(one.start - other.end, other.start - one.end, 0)
