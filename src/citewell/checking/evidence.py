"""Find the sentences of the articles that may prove or deny a claim."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache

from citewell.checking.claims import Claim
from citewell.checking.quotations import Words
from citewell.documents.document import Document
from citewell.documents.passages import part_rows
from citewell.index.collection import Collection
from citewell.index.filters import Selection
from citewell.index.protocols import Encoder
from citewell.index.retrieval import Hit, retrieve
from citewell.text.english import FUNCTION_WORDS
from citewell.text.relative_dates import resolve_dates
from citewell.text.sentences import sentences
from citewell.text.spans import Span
from citewell.text.stemming import stem
from citewell.text.words import folded_words

PASSAGES = 5  # of all articles, whose sentences are weighed for a claim
CANDIDATES = 3  # sentences that the network reads for a claim
MOST_SENTENCES = 600  # of the text's own article, which is searched whole
KEPT = 2000  # articles whose sentences and words are kept in memory
OPENING = 20  # claims of a text that say which article it is about


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of an article that may prove or deny a claim.

    Attributes:
        place: The article's place in the collection.
        span: The sentence's characters in the article.
        text: Its characters.
        around: The article's title and the sentence before.
        days: Its relative words for days, offsets into it, each with the day that it means.
        covers: Share of the claim's words that it has, each weighed by its rarity; in [0, 1].
    """

    place: int
    span: Span
    text: str
    around: str
    covers: float
    days: tuple[tuple[Span, date], ...] = ()

    @property
    def told(self) -> str:
        """The sentence as the network reads it: behind what is around it, and with its days by name."""
        parts, at = [], 0
        for span, day in self.days:
            parts += [self.text[at : span.end], f" ({day:%A})"]
            at = span.end
        return f"{self.around} {''.join(parts)}{self.text[at:]}"


class Library:
    """The sentences and words of the articles of a collection; those of the last articles are kept."""

    def __init__(self, documents: Sequence[Document]) -> None:
        """Take the articles."""
        self._documents = documents
        # Two threads may cut up the same article; their results are the same.
        self.sentences = lru_cache(KEPT)(self._cut_up)
        self.words = lru_cache(KEPT)(self._read_words)

    def _cut_up(self, place: int) -> tuple[tuple[Span, frozenset[str]], ...]:
        """Return the sentences of an article, each with the stems of its words."""
        document = self._documents[place]
        spans = part_rows(sentences(document.text), document.text, document.marks)
        return tuple((span, stems(document.text[span.start : span.end])) for span in spans)

    def _read_words(self, place: int) -> Words:
        """Return the words of an article, for its quotations."""
        return Words(self._documents[place].text)


def stems(text: str) -> frozenset[str]:
    """Return the stems of the words that name something."""
    return frozenset(stem(word) for word in folded_words(text) if word not in FUNCTION_WORDS)


@dataclass(frozen=True, slots=True)
class Search:
    """The search for evidence in a collection.

    Attributes:
        collection: The articles.
        encoder: The encoder that made their vectors.
        library: Their sentences and words.
        only: Ids of the articles to look in; None for all.
        main: Places of the articles that the text is about; they are searched whole.
        hits: The passages nearest to a claim, by its words: each claim is looked for once.
    """

    collection: Collection
    encoder: Encoder
    library: Library
    only: Selection | None = None
    main: tuple[int, ...] = ()
    hits: dict[str, list[Hit]] = field(default_factory=dict)

    def _nearest(self, claim: Claim) -> list[Hit]:
        """Return the passages nearest to a claim."""
        if claim.plain not in self.hits:
            self.hits[claim.plain] = retrieve(
                claim.plain, self.collection, self.encoder, PASSAGES, only=self.only
            )
        return self.hits[claim.plain]

    def of_text(self, claims: Sequence[Claim]) -> "Search":
        """Return the same search, with the article that most claims at the text's beginning find first."""
        votes: dict[int, float] = {}
        for claim in [claim for claim in claims if not claim.nothing][:OPENING]:
            for hit in self._nearest(claim):
                place = self.collection.document_index(hit.passage.document.id)
                votes[place] = votes.get(place, 0.0) + hit.fused
        best = sorted(votes, key=lambda place: (-votes[place], place))[:1]
        return replace(self, main=tuple(best))

    def find(self, claim: Claim) -> list[Sentence]:
        """Return the sentences that share most with a claim, best first; ties by article and place."""
        found: dict[tuple[int, Span], frozenset[str]] = {}
        for place in self.main:
            for span, words in self.library.sentences(place)[:MOST_SENTENCES]:
                found[place, span] = words
        for hit in self._nearest(claim):
            place = self.collection.document_index(hit.passage.document.id)
            for span, words in self.library.sentences(place):
                if span.start < hit.passage.end and hit.passage.start < span.end:
                    found[place, span] = words
        said = stems(claim.text)
        frequency = Counter(word for words in found.values() for word in words & said)
        weights = {word: math.log(1 + (len(found) + 1) / (frequency[word] + 0.5)) for word in said}
        total = sum(weights.values()) or 1.0
        ranked = sorted(
            ((round(sum(weights[word] for word in words & said) / total, 6), place, span))
            for (place, span), words in found.items()
        )
        ranked.sort(key=lambda item: (-item[0], item[1], item[2]))
        return [self._sentence(place, span, covers) for covers, place, span in ranked[:CANDIDATES]]

    def _sentence(self, place: int, span: Span, covers: float) -> Sentence:
        document = self.collection.documents[place]
        spans = [known for known, _ in self.library.sentences(place)]
        at = spans.index(span)
        before = document.text[spans[at - 1].start : spans[at - 1].end] if at else ""
        return Sentence(
            place,
            span,
            document.text[span.start : span.end],
            f"{document.title}. {before}",
            covers,
            tuple(
                (Span(found.start - span.start, found.end - span.start), date.fromisoformat(found.first))
                for found in resolve_dates(document.text, span, document.published)
                if found.first == found.last
            ),
        )
