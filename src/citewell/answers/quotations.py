"""Cite a quotation of several sentences whole, with the words that name its speaker."""

import re
from dataclasses import replace

from citewell.reading.evidence import Evidence
from citewell.text.quotations import find_quotations, paragraph_around
from citewell.text.sentences import sentences
from citewell.text.spans import Span

WORD = re.compile(r"\w")
# A longer quotation is an interview or a speech: its reader wants the sentence that answers.
MOST_SENTENCES = 4
MOST_CHARACTERS = 700


def cite_quotation(evidence: Evidence) -> Evidence:
    """Return evidence that cites the whole quotation that answers, and who says it.

    Evidence whose answer is in no quotation, is less than half a sentence of it, or stands in one of a single
    sentence, is returned as it is. When the sentences of the quotation have no words outside of it, the
    sentence before them names the speaker.
    """
    text, reading = evidence.hit.passage.document.text, evidence.reading
    cited = Span(reading.evidence[0].start, reading.evidence[-1].end)
    answer = Span(reading.short[0].start, reading.short[-1].end) if reading.short else cited
    if (answer.end - answer.start) * 2 < reading.evidence[0].end - reading.evidence[0].start:
        return evidence
    paragraph = paragraph_around(text, answer)
    quotation = next(
        (
            found
            for found in find_quotations(text, paragraph)
            if found.start < answer.end and answer.start < found.end
        ),
        None,
    )
    if quotation is None:
        return evidence
    parts = [
        Span(paragraph.start + span.start, paragraph.start + span.end)
        for span in sentences(text[paragraph.start : paragraph.end])
    ]
    inside = [
        place
        for place, span in enumerate(parts)
        if WORD.search(text, max(span.start, quotation.start), min(span.end, quotation.end))
    ]
    if len(inside) < 2:  # noqa: PLR2004 - several sentences
        return evidence
    first, last = inside[0], inside[-1]
    outside = text[parts[first].start : quotation.start] + text[quotation.end : parts[last].end]
    if not WORD.search(outside) and first > 0:
        first -= 1
    whole = [*parts[first : last + 1], *(span for span in reading.evidence if span.end > parts[last].end)]
    if len(whole) > MOST_SENTENCES or whole[-1].end - whole[0].start > MOST_CHARACTERS:
        return evidence
    # Without a shorter part the sentence that answers stays the short answer, not all that is cited with it.
    return replace(evidence, reading=replace(reading, evidence=tuple(whole), short=reading.short or (cited,)))
