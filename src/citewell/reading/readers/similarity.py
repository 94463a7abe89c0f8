"""Read without trained weights: similarity by the encoder, shared words, and the form of an answer.

This reader is the baseline for every trained reader. A sentence's score is a weighted sum of the
encoder's similarity of sentence and question; the share of the question's words in the sentence or around it;
whether the sentence holds an expression of the form asked for; and how many of the question's names and
numbers the passage lacks. Rules for numbers and times find the short answer.
"""

import re
import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from citewell.documents.document import Document
from citewell.documents.passages import Passage
from citewell.documents.places import Part, place_parts, write_place
from citewell.index.protocols import Encoder, Vectors, encode_now
from citewell.reading.reader import Calibration, Judgement, Reading
from citewell.text.english import DAYS, FUNCTION_WORDS, MONTHS, SMALL_NUMBERS, TENS
from citewell.text.spans import Span
from citewell.text.stemming import stem
from citewell.text.words import folded_words, word_spans

# Chosen on the `dev` splits of corpus/questions.jsonl and tests/data/wikinews/questions.jsonl.
WEIGHTS = {"likeness": 4.0, "overlap": 1.8, "form": 1.3, "missing": -0.4, "unknown": -1.2}
# Shared words beside the sentence weigh less: they show its topic, not that the sentence answers.
BESIDE = 0.4
PLACE: tuple[Part, ...] = ("title", "headings")
# Number of passages whose sentence vectors are cached, about 10 kB each.
KEPT_PASSAGES = 4096

MONTH = rf"(?:{'|'.join(MONTHS)})"
DAY = rf"(?:{'|'.join(DAYS)})"
SMALL = rf"(?:{'|'.join((*SMALL_NUMBERS[:12], *TENS[:4]))})"
UNIT_WORDS = (
    r"(?:%|percent|per cent|million|billion|trillion|thousand|kilograms?|kg|tonnes?|tons?|km"
    r"|kilomet(?:re|er)s?|miles?|met(?:re|er)s?|years?|months?|weeks?|days?|hours?|minutes?|seconds?)"
)
NUMBER_FORM = re.compile(
    rf"(?<!\d)(?:[$€£¥][ \u00a0]?)?\d[\d,]*+(?:\.\d+)?(?:[ \u00a0]?{UNIT_WORDS})?\b%?|\b{SMALL}\b",
    re.IGNORECASE,
)
TIME_FORM = re.compile(
    rf"\b(?:\d{{1,2}}\s+)?{MONTH}(?:\s+\d{{1,2}}\b)?(?:,?\s+\d{{4}})?\b|\b(?:19|20)\d\d\b|\b{DAY}\b"
)
HOW_MANY = (
    r"\bhow (?:many|much|old|long|large|big|far|high|tall|often)\b"
    r"|\bwhat (?:number|amount|percentage|share|sum|age)\b"
)
# The first pattern that a question matches decides the form of its answer.
FORMS = tuple(
    (re.compile(pattern, re.IGNORECASE), form)
    for pattern, form in (
        (HOW_MANY, NUMBER_FORM),
        (r"\bwhen\b|\b(?:what|which) (?:year|month|day|date|time)\b|\bhow long ago\b", TIME_FORM),
    )
)


@dataclass(frozen=True, slots=True)
class Query:
    """A question, prepared for comparison with sentences.

    Attributes:
        vector: The question's vector [dimensions].
        words: The question's content words, stemmed.
        named: Stems of the question's numbers and of its capitalised words, except the first word.
        form: The form of an answer; None when any form is accepted.
    """

    vector: Vectors
    words: frozenset[str]
    named: frozenset[str]
    form: re.Pattern[str] | None


class SimilarityReader:
    """Score sentences by similarity, shared words and form, as the module describes."""

    languages: frozenset[str] = frozenset()  # those of the model

    def __init__(self, encoder: Encoder) -> None:
        """Keep the collection's encoder."""
        self.calibration = Calibration.beside(Path(__file__))
        self._encoder = encoder
        self._kept: OrderedDict[tuple[Document, int, int], Vectors] = OrderedDict()
        self._lock = threading.Lock()

    def read(self, question: str, passages: Sequence[Passage]) -> list[Reading]:
        """Return the best sentence of each passage."""
        if not passages:
            return []
        asked = self._encode_question(question)
        # The place is compared with, never cited: only the passage's own sentences are scored.
        around = [
            content_stems(passage.text) | content_stems(write_place(place_parts(passage, PLACE)))
            for passage in passages
        ]
        unknown = asked.named - frozenset().union(*around)
        return [
            self._read_one(asked, passage, words, len(unknown))
            for passage, words in zip(passages, around, strict=True)
        ]

    def supports(self, claims: Sequence[tuple[str, str]]) -> list[float]:
        """Return the share of each statement's content words that occur in its evidence."""
        shares = []
        for text, evidence in claims:
            said = content_stems(text)
            shares.append(len(said & content_stems(evidence)) / len(said) if said else 0.0)
        return shares

    def judge(self, claims: Sequence[tuple[str, str]]) -> list[Judgement]:
        """Return the same share; likeness cannot tell what is denied from what is left open."""
        return [Judgement(share, 1 - share, 0.0) for share in self.supports(claims)]

    def _encode_question(self, question: str) -> Query:
        """Prepare a question once for all passages."""
        shouts = question.isupper()
        words = [(span.start, question[span.start : span.end]) for span in word_spans(question)]
        named = " ".join(
            word
            for start, word in words
            if word[0].isdigit() or (word[0].isupper() and not shouts and (start > 0 or word[1:].isupper()))
        )
        return Query(
            vector=encode_now(self._encoder, [question])[0],
            words=content_stems(question),
            named=content_stems(named),
            form=next((form for pattern, form in FORMS if pattern.search(question)), None),
        )

    def _read_one(self, asked: Query, passage: Passage, around: frozenset[str], unknown: int) -> Reading:
        """Score every sentence of a passage and take the best; ties by position.

        Args:
            asked: The question.
            passage: The passage.
            around: The content words of the passage and its title.
            unknown: Number of the question's `named` stems that occur in none of the passages.
        """
        article = passage.document.text
        texts = [article[span.start : span.end] for span in passage.sentences]
        likeness = self._vectors(passage, texts) @ asked.vector
        missing = len(asked.named - around)
        scores = []
        for text, near in zip(texts, likeness, strict=True):
            here = content_stems(text)
            overlap = sum(
                1.0 if word in here else BESIDE if word in around else 0.0 for word in asked.words
            ) / max(len(asked.words), 1)
            fits = asked.form is None or asked.form.search(text) is not None
            scores.append(
                WEIGHTS["likeness"] * round(float(near), 6)
                + WEIGHTS["overlap"] * overlap
                + WEIGHTS["form"] * fits
                + WEIGHTS["missing"] * missing
                + WEIGHTS["unknown"] * unknown
            )
        best = int(np.argmax(scores))
        sentence = passage.sentences[best]
        short = short_answer(article, sentence, asked)
        return Reading(evidence=(sentence,), short=short, score=scores[best], relevance=float(likeness.max()))

    def _vectors(self, passage: Passage, texts: Sequence[str]) -> Vectors:
        """Return the vectors of a passage's sentences; each passage is encoded by itself, once.

        Encoding a passage by itself keeps its vectors independent of the other passages of a request.
        """
        key = (passage.document, passage.start, passage.end)
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        vectors = encode_now(self._encoder, texts)
        with self._lock:
            self._kept[key] = vectors
            while len(self._kept) > KEPT_PASSAGES:
                self._kept.popitem(last=False)
        return vectors


def content_stems(text: str) -> frozenset[str]:
    """Return a text's content words, folded and stemmed."""
    return frozenset(stem(word) for word in folded_words(text) if word not in FUNCTION_WORDS)


def short_answer(article: str, sentence: Span, asked: Query) -> tuple[Span, ...]:
    """Find the expression of the form asked for; among several, the one nearest to a name in the question.

    The result is empty when no form is asked for, or when the sentence holds no expression of that form.
    """
    if asked.form is None:
        return ()
    text = article[sentence.start : sentence.end]
    # An expression from the question is not an answer to the question.
    found = [
        span
        for match in asked.form.finditer(text)
        if not content_stems(text[(span := Span(*match.span())).start : span.end]) & asked.words
    ]
    words = [(span, content_stems(text[span.start : span.end])) for span in word_spans(text)]
    anchors = [span for span, stem in words if stem & asked.named] or [
        span for span, stem in words if stem & asked.words
    ]
    found.sort(key=lambda span: (sum(distance(span, anchor) for anchor in anchors), span.start))
    return tuple(Span(sentence.start + span.start, sentence.start + span.end) for span in found[:1])


def distance(span: Span, anchor: Span) -> float:
    """Return the characters between an answer and a word asked about, at most 200.

    The distance of an answer before the word counts one and a half times: in "Germany (42), Austria (3)",
    the number of Austria is 3.
    """
    gap = span.start - anchor.end if anchor.end <= span.start else 1.5 * (anchor.start - span.end)
    return min(max(gap, 0.0), 200.0)


def create(encoder: Encoder) -> SimilarityReader:
    """Make the reader with the collection's encoder."""
    return SimilarityReader(encoder)
