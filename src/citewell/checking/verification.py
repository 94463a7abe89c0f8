"""Verify each statement by the sentences that it cites, or say why it may not be shown."""

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations

from citewell.checking.citations import Source, Statement, cite
from citewell.checking.claim_checks import find_broken_rule, find_new_words
from citewell.index.collection import Collection
from citewell.reading.reader import Reader
from citewell.text.english import SENTENCE_OPENERS
from citewell.text.sentences import sentences
from citewell.text.spans import Span
from citewell.text.words import folded_words

# Least probability of the reader that a statement is proved, by the number of its words that its citation
# lacks. More new words need a higher probability: a network that has learnt likeness often accepts a wrong
# verb among right nouns. Chosen on statements about the shipped article that its dev questions brought up.
NEEDED = (0.4, 0.75, 0.85, 0.95)
# Least probability when only several sentences together prove a statement: the network easily mixes up which
# sentence says what.
NEEDED_TOGETHER = 0.9


def find_objection(statement: Statement, reader: Reader) -> str:
    """Return why a statement may not be shown; "" when its citations prove it.

    A citation proves whole sentences that are copied from it. Any other statement must have no number, name
    or quotation that its citations lack, and the reader must find it supported. A number that follows from
    the figures of the citations is allowed. The figures must bear out a comparison
    (`citewell.arithmetic.checks`).
    """
    if not statement.text:
        return "it says nothing"
    if not statement.citations:
        return "it cites nothing"
    if any(is_copied(statement.text, citation.quote) for citation in statement.citations):
        return ""
    text = drop_yes_or_no(statement.text)
    quotes = " ".join(citation.quote for citation in statement.citations)
    broken, is_reckoned = find_broken_rule(text, quotes)
    if (
        not broken
        and not is_reckoned
        and reader.supports([(text, quotes)])[0] < needed_probability(text, quotes)
    ):
        return "its citation does not prove it"
    return broken


def needed_probability(text: str, quotes: str) -> float:
    """Return the least probability of proof for a text: higher, the more of its words the quotes lack.

    >>> needed_probability("It rises.", "It was rising."), needed_probability("It fell.", "It was rising.")
    (0.4, 0.75)
    """
    return NEEDED[min(len(find_new_words(text, quotes)), len(NEEDED) - 1)]


YES = re.compile(r"(?:yes|no)\b\s*[,.:;–—-]*\s*", re.IGNORECASE)


def drop_yes_or_no(text: str) -> str:
    """Return a statement without a yes or no at its beginning: only the rest can be proved.

    >>> drop_yes_or_no("No, it rose."), drop_yes_or_no("Nobody came.")
    ('it rose.', 'Nobody came.')
    """
    return YES.sub("", text, count=1) if YES.match(text) else text


def narrow_citations(
    written: Statement, sources: Sequence[Source], collection: Collection, reader: Reader
) -> tuple[Statement, str]:
    """Narrow a statement's citations from passages to the sentences that prove it.

    The sentences of the cited passages are tried first, then those of all passages: this corrects a model
    that writes a true statement but cites the wrong passage. The smallest set of sentences wins. Of sets of
    the same size, the one that the reader finds the likeliest proof wins.

    Args:
        written: The statement, which cites passages by their number among `sources`.
        sources: The passages.
        collection: The collection of their articles.
        reader: The reader that judges whether sentences prove a statement.

    Returns:
        The statement with citations of sentences, numbered by place as in `number_of_span`, and ""; or the
        statement as written, and why it may not be shown.
    """
    if not written.citations:
        return written, find_objection(written, reader)
    cited = {citation.number for citation in written.citations}
    near = [source for number, source in enumerate(sources, start=1) if number in cited]
    far = [source for number, source in enumerate(sources, start=1) if number not in cited]
    reasons = []
    for group in (near, [*near, *far] if far else []):
        found, reason = find_support(drop_yes_or_no(written.text), group, collection, reader)
        if found:
            citations = tuple(
                cite(collection.documents[place], place, span, number_of_span(sources, place, span))
                for place, span in found
            )
            return replace(written, citations=citations), ""
        reasons.append(reason)
    return written, reasons[-1]


def number_of_span(sources: Sequence[Source], place: int, span: Span) -> int:
    """Return a unique number for a span: its start, plus the ends of the passages of earlier articles."""
    return 1 + span.start + sum(source.span.end for source in sources if source.document_index < place)


# How many sentences are tried as proof of a statement, and how many of them may prove it together.
TRIED = 5
TOGETHER = 3


def find_support(
    text: str, sources: Sequence[Source], collection: Collection, reader: Reader
) -> tuple[tuple[tuple[int, Span], ...], str]:
    """Return the fewest sentences that prove a text, each with its article's place; or why none do."""
    words = {word for word in folded_words(text) if word not in SENTENCE_OPENERS}
    ranked: list[tuple[int, int, Span, str]] = []
    for source in sources:
        article = collection.documents[source.document_index].text
        for span in sentences(article[source.span.start : source.span.end]):
            start, end = source.span.start + span.start, source.span.start + span.end
            shared = len(words & set(folded_words(article[start:end])))
            ranked.append((-shared, source.document_index, Span(start, end), article[start:end]))
    ranked.sort(key=lambda item: item[:3])
    tried = [item for item in ranked[:TRIED] if item[0] < 0]
    reason = "its citation does not prove it"
    for size in range(1, TOGETHER + 1):
        candidates = []
        for chosen in combinations(tried, size):
            ordered = sorted(chosen, key=lambda item: item[1:3])
            quotes = " ".join(item[3] for item in ordered)
            broken, is_reckoned = ("", True) if is_copied(text, quotes) else find_broken_rule(text, quotes)
            if not broken:
                candidates.append((ordered, quotes, is_reckoned))
            elif size == 1 and chosen[0] is tried[0]:
                reason = broken
        shares = reader.supports([(text, quotes) for _, quotes, _ in candidates]) if candidates else []
        proved = [
            (share, -place, ordered)
            for place, ((ordered, quotes, is_reckoned), share) in enumerate(
                zip(candidates, shares, strict=True)
            )
            if is_reckoned
            or share >= max(needed_probability(text, quotes), NEEDED_TOGETHER if size > 1 else 0)
        ]
        if proved:
            return tuple((item[1], item[2]) for item in max(proved, key=lambda found: found[:2])[2]), ""
    return (), reason


def is_copied(text: str, quote: str) -> bool:
    """Whether a text is the quote or whole sentences of it; part of a sentence may mean the opposite."""
    if text == quote:
        return True
    spans = sentences(quote)
    starts, ends = {span.start for span in spans}, {span.end for span in spans}
    places = (match.start() for match in re.finditer(re.escape(text), quote))
    return any(place in starts and place + len(text) in ends for place in places)
