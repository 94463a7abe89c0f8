"""Check what stands in quotation marks against the articles: its words, and who says them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from citewell.checking.claims import Claim
from citewell.checking.details import Kind, find_details
from citewell.checking.evidence import Library, Sentence
from citewell.checking.hedging import ALLOWED, HEDGES, Hedge
from citewell.checking.quotations import MARKED, Place, Quotation, Wording, locate
from citewell.documents.document import Document
from citewell.text.english import SENTENCE_OPENERS
from citewell.text.spans import Span
from citewell.text.words import folded_words

SPEECH, SPEAKS = HEDGES[Hedge.SAID], ALLOWED[Hedge.SAID]
BESIDE = 20  # characters between a speaker's name and the verb
MARKS = '“”"„«»'
# Characters of the article before and behind a quotation in which its speaker is named.
NEAR = 160
SOON = 40  # characters behind a quotation in which a verb of speech follows it


@dataclass(frozen=True, slots=True)
class Quoted:
    """A quotation of a claim, as an article has it.

    Attributes:
        quotation: The quotation, with offsets into the text that is checked.
        document: The article's place in the collection.
        place: How and where the article has it.
        speaker: Whether the claim's speaker is the article's; None when either names nobody.
        named: Where the article names the speaker, when it is another one.
    """

    quotation: Quotation
    document: int
    place: Place
    speaker: bool | None = None
    named: Span | None = None

    def to_dict(self) -> dict[str, object]:
        """Return the quotation as JSON; changed words by their offsets in the text and in the article."""
        start = self.quotation.start
        return {
            "start": start,
            "end": self.quotation.end,
            "wording": self.place.wording.value,
            "changed": [[start + span.start, start + span.end] for span in self.place.changed],
            "original": [list(span) for span in self.place.original],
            "speaker": self.speaker,
        }


def check_quotations(
    claim: Claim, found: list[Sentence], library: Library, documents: Sequence[Document]
) -> list[Quoted]:
    """Find each quotation of a claim in the articles of its evidence, the best wording first."""
    places = list(dict.fromkeys(item.place for item in found))
    checked = []
    for quotation in claim.quotations:
        tried = [(locate(quotation.text, library.words(place)), -place) for place in places]
        best, document = max(
            tried, key=lambda item: (item[0].likeness, item[1]), default=(Place(Wording.NOT_FOUND), 0)
        )
        speaker, named = (
            _compare_speakers(claim, documents[-document].text, best.span) if best.span else (None, None)
        )
        checked.append(Quoted(quotation, -document, best, speaker, named))
    return checked


def _compare_speakers(claim: Claim, article: str, span: Span) -> tuple[bool | None, Span | None]:
    """Return whether a claim names the one whom the article has say a quotation, and the other's place."""
    outside = MARKED.sub(lambda match: " " * len(match[0]), claim.text)
    said = {folded_words(item.text)[-1] for item in find_details(outside) if item.kind is Kind.NAME}
    first = folded_words(outside)[:1] if outside.lstrip()[:1].isupper() else []
    said |= {word for word in first if word not in SENTENCE_OPENERS}
    begin = max(article.rfind(mark, 0, span.start) for mark in MARKS)
    ends = [at for mark in MARKS if (at := article.find(mark, span.end)) >= 0]
    begin, end = (begin if begin >= 0 else span.start), min(ends, default=span.end)
    before = re.split(r"[.!?][”\")\]]*\s|\n", article[max(0, begin - NEAR) : begin])[-1]
    behind = re.split(r"[.!?](?=\s|$)|\n", article[end : end + NEAR])[0]
    around = Span(begin - len(before), begin)
    if SPEECH.search(behind[:SOON]):
        around = Span(end, end + len(behind))
    words = set(folded_words(article[around.start : around.end]))
    # Another name counts only beside a verb of speech: it may be of whom the quotation is about.
    named = [
        item
        for item in find_details(article, around)
        if item.kind is Kind.NAME and SPEAKS.search(article[max(0, item.start - BESIDE) : item.end + BESIDE])
    ]
    if not said or said & words:
        return (True, None) if said else (None, None)
    if not named or words & {"he", "she", "they"}:
        return None, None
    return False, Span(named[0].start, named[0].end)
