"""Measure one answer, one ranking, and the certainty of a mean; every measure names its source.

All functions are pure. `citewell.evaluation.figures` takes the means over questions.
"""

import math
import re
import string
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from citewell.text.english import ORDINALS, SCALES, SMALL_NUMBERS, TENS
from citewell.text.spans import Span

# Citations that cover a smaller share of the gold evidence show a person the wrong place, or too little.
COVERED = 0.5
# The share of words that a short answer and a gold answer must have in common to be called the same.
SAME_ANSWER = 0.5
# The share of the words of a list's item that an answer must have.
SAME_ITEM = 2 / 3
RESAMPLES = 2000  # Efron and Tibshirani 1993, chapter 14: 1,000 to 2,000 for the ends of a 95 % interval
SEED = 20170612

Interval = tuple[float, float]


class Place(NamedTuple):
    """The characters [start, end) of one article."""

    document_id: str
    start: int
    end: int


# Answers

_ARTICLES = re.compile(r"\b(a|an|the)\b")
_PUNCTUATION = str.maketrans("", "", string.punctuation)


def squad_normalise(text: str) -> str:
    """Return a text as SQuAD's scripts compare it: no case, ASCII punctuation, articles or extra white space.

    As in evaluate-v1.1.py (Rajpurkar et al. 2016) and evaluate-v2.0.py. Typographic quotes stay.

    >>> squad_normalise("The  U.S. dollar")
    'us dollar'
    """
    return " ".join(_ARTICLES.sub(" ", text.lower().translate(_PUNCTUATION)).split())


def exact_match(prediction: str, answers: Iterable[str]) -> float:
    """Return 1 when the prediction is one of the answers, normalised; else 0.

    Where there are no answers, only "" is right (Rajpurkar et al. 2018, evaluate-v2.0.py).
    """
    return float(
        squad_normalise(prediction) in [squad_normalise(answer) for answer in _list_compared(answers)]
    )


def f1(prediction: str, answers: Iterable[str]) -> float:
    """Return the harmonic mean of precision and recall in words, for the answer that fits best.

    Rajpurkar et al. 2016. Where a side has no words, F1 is 1 if neither has any and else 0, as in
    evaluate-v2.0.py.

    >>> f1("42 people", ["42", "forty-two"])
    0.6666666666666666
    """
    return max(_f1(prediction, answer) for answer in _list_compared(answers))


def _f1(prediction: str, answer: str) -> float:
    said, wanted = squad_normalise(prediction).split(), squad_normalise(answer).split()
    if not said or not wanted:
        return float(said == wanted)
    shared = sum((Counter(said) & Counter(wanted)).values())
    if not shared:
        return 0.0
    # subtle: the official order of operations, so that the last digit is the same.
    precision, recall = 1.0 * shared / len(said), 1.0 * shared / len(wanted)
    return (2 * precision * recall) / (precision + recall)


def _list_compared(answers: Iterable[str]) -> list[str]:
    """Return the answers that still have a word when normalised, else [""], as evaluate-v2.0.py does."""
    return [answer for answer in answers if squad_normalise(answer)] or [""]


def contains(text: str, answers: Iterable[str]) -> float:
    """Return 1 when the text holds one of the answers as whole words, both normalised; else 0.

    Recall of answers in longer text (Stelmakh et al. 2022, ALCE's correctness in Gao et al. 2023), but
    by words: "42" does not hold "2". Where there are no answers, the result is 0.

    >>> contains("Germany made 42 arrests.", ["2"]), contains("Germany made 2 arrests.", ["2"])
    (0.0, 1.0)
    """
    said = f" {squad_normalise(text)} "
    wanted = [words for answer in answers if (words := squad_normalise(answer))]
    return float(any(f" {words} " in said for words in wanted))


_NUMBER_WORDS = frozenset((*SMALL_NUMBERS, *TENS, *SCALES, *ORDINALS[:3]))


def _numbers(text: str) -> set[str]:
    """Return the words of a text that are numbers."""
    words = squad_normalise(text).split()
    return {word for word in words if word in _NUMBER_WORDS or any(map(str.isdigit, word))}


_BETWEEN_ITEMS = re.compile(r"[,;]|\b(?:and|or|as well as)\b")


def holds_list(short: str, answer: str) -> bool:
    """Whether a short answer holds every item of a list: two thirds of its words, and all of its numbers.

    >>> [holds_list(said, "guns, drugs and cash") for said in ("guns, cash, some drugs", "guns and cash")]
    [True, False]
    """
    said = set(squad_normalise(short).split())
    items = [set(squad_normalise(item).split()) for item in _BETWEEN_ITEMS.split(answer.casefold())]
    return all(
        len(item & said) >= SAME_ITEM * len(item) and _numbers(" ".join(item)) <= said for item in items
    )


# A hyphen between a figure and a letter; SQuAD's normalisation would make one word of both.
_HANGING = re.compile(r"(?<=\d)[-‐‑](?=[^\W\d_])")


def _apart(text: str) -> str:
    return _HANGING.sub(" ", text)


def is_right(
    short: str,
    cited: Sequence[Place],
    answers: Collection[str],
    gold: Sequence[Place],
    *,
    is_list: bool = False,
) -> bool:
    """Whether an answer counts as right, for calibration and for the risk of an answer.

    Both must hold. (1) The short answer holds a gold answer as whole words, or its F1 with one is at
    least SAME_ANSWER while both have the same numbers: "52 arrests" is wrong where "42 arrests" is
    right, and not half right. Half a list is not right either: every item is needed. (2) A citation shares
    a character with gold evidence; this is waived where no gold evidence is known. An unanswerable question
    has no right answer. What hangs on a figure by a hyphen is a word of its own: "48-acre" holds "48".

    Args:
        short: The short answer that was given.
        cited: The ranges that were cited.
        answers: Gold answers; empty for an unanswerable question.
        gold: Gold evidence; any one of these places is enough.
        is_list: Whether a list is asked for; each of `answers` is a whole list.
    """
    short, answers = _apart(short), [_apart(answer) for answer in answers]
    said = bool(contains(short, answers)) or any(
        holds_list(short, answer)
        if is_list
        else _f1(short, answer) >= SAME_ANSWER and _numbers(short) == _numbers(answer)
        for answer in answers
    )
    return said and (not gold or any(count_shared([place], cited) for place in gold))


# Citations


def count_shared(places: Sequence[Place], others: Sequence[Place]) -> int:
    """Return the number of characters in both `places` and `others`; each counts once.

    >>> count_shared([Place("a", 0, 10), Place("a", 5, 20)], [Place("a", 8, 12), Place("b", 0, 5)])
    4
    """
    total = 0
    theirs = _unite(others)
    for document_id, spans in _unite(places).items():
        for span in spans:
            for other in theirs.get(document_id, ()):
                total += max(0, min(span.end, other.end) - max(span.start, other.start))
    return total


def count_characters(places: Sequence[Place]) -> int:
    """Return the number of characters in the places; each counts once."""
    return count_shared(places, places)


def _unite(places: Iterable[Place]) -> dict[str, list[Span]]:
    """Return each article's ranges, in order; ranges that overlap or touch are merged."""
    found: dict[str, list[Span]] = {}
    for place in sorted(places):
        spans = found.setdefault(place.document_id, [])
        if spans and place.start <= spans[-1].end:
            spans[-1] = Span(spans[-1].start, max(spans[-1].end, place.end))
        else:
            spans.append(Span(place.start, place.end))
    return found


def evidence_found(cited: Sequence[Place], gold: Sequence[Place]) -> float:
    """Return 1 when the citations show a place of gold evidence, else 0.

    Citations show a place when they cover at least COVERED of its characters, or when a citation lies
    inside the place. One place is enough, since each place proves the answer. The sentence-level recall
    of HotpotQA's supporting facts (Yang et al. 2018), in characters.
    """
    return float(
        any(
            count_shared([place], cited) >= COVERED * (place.end - place.start)
            or any(
                0 < count_shared([place], [citation]) == citation.end - citation.start for citation in cited
            )
            for place in gold
        )
    )


def citation_precision(cited: Sequence[Place], gold: Sequence[Place]) -> float:
    """Return the share of the cited characters that are gold evidence; 0 when nothing is cited.

    ALCE's citation precision (Gao et al. 2023) with gold evidence in the place of its entailment model.
    """
    total = count_characters(cited)
    return count_shared(cited, gold) / total if total else 0.0


def citation_recall(cited: Sequence[Place], gold: Sequence[Place]) -> float:
    """Return the cited share of the gold evidence, for the place that is covered best; 0 without a place.

    ALCE's citation recall (Gao et al. 2023), likewise. Only the best place counts, since each place proves
    the answer.
    """
    return max((count_shared([place], cited) / (place.end - place.start) for place in gold), default=0.0)


# Retrieval


def recall_at(k: int, ranking: Sequence[str], relevant: Collection[str]) -> float:
    """Return the share of the relevant ids that are among the first k; 0 when no id is relevant.

    Manning et al. 2008, chapter 8; `R@k` of ir-measures.
    """
    return len(set(ranking[:k]) & set(relevant)) / len(set(relevant)) if relevant else 0.0


def success_at(k: int, ranking: Sequence[str], relevant: Collection[str]) -> float:
    """Return 1 when a relevant id is among the first k, else 0; `Success@k` of ir-measures."""
    return float(not set(ranking[:k]).isdisjoint(relevant))


def reciprocal_rank(k: int, ranking: Sequence[str], relevant: Collection[str]) -> float:
    """Return 1 / the rank of the first relevant id; 0 when none is among the first k.

    Kantor and Voorhees 2000; `RR@k` of ir-measures, MRR@k when it is a mean.
    """
    return next((1 / rank for rank, id_ in enumerate(ranking[:k], start=1) if id_ in relevant), 0.0)


def ndcg(k: int, ranking: Sequence[str], gains: Mapping[str, int]) -> float:
    """Return the discounted gain of the first k, divided by the best ranking's; 0 when no id has a gain.

    Järvelin and Kekäläinen 2002, with the gain itself and the discount log2(rank + 1), as in trec_eval and
    `nDCG@k` of ir-measures. A gain below 0 counts as 0.
    """
    got = [max(gains.get(id_, 0), 0) for id_ in ranking[:k]]
    best = sorted((max(gain, 0) for gain in gains.values()), reverse=True)[:k]
    ideal = _discount(best)
    return _discount(got) / ideal if ideal else 0.0


def _discount(gains: Sequence[int]) -> float:
    return sum(gain / math.log2(rank + 1) for rank, gain in enumerate(gains, start=1))


# Certainty


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value below which a share of the values lies, interpolated linearly; NaN without values."""
    return float(np.quantile(np.asarray(values, dtype=np.float64), share)) if values else math.nan


def interval(
    rows: NDArray[np.float64], statistic: Callable[[NDArray[np.float64]], float], *, seed: int = SEED
) -> Interval | None:
    """Return the percentile bootstrap's 95 % interval of a statistic; None without rows.

    Efron and Tibshirani 1993, chapter 13. A resample for which the statistic is NaN is left out.

    Args:
        rows: One row a question [n, …]; the bootstrap draws questions.
        statistic: Computes the statistic from rows.
        seed: Seed of the draws; the same rows and seed give the same interval.
    """
    n = len(rows)
    if not n:
        return None
    generator = np.random.default_rng(seed)
    drawn = [statistic(rows[generator.integers(0, n, n)]) for _ in range(RESAMPLES)]
    values = [value for value in drawn if not math.isnan(value)]
    return (percentile(values, 0.025), percentile(values, 0.975)) if values else None
