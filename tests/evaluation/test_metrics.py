import math
import re
import string
from collections import Counter
from random import Random

import ir_measures
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ir_measures import RR, Qrel, R, ScoredDoc, Success, nDCG
from numpy.typing import NDArray

from citewell.evaluation import metrics, reliability
from citewell.evaluation.metrics import Place


def outcomes(*pairs: tuple[float, float]) -> NDArray[np.float64]:
    return np.array(pairs, dtype=np.float64).reshape(-1, 2)


# SQuAD


def official_words(text: str) -> list[str]:
    """Follow evaluate-v2.0.py step by step, in its own order."""
    lowered = text.lower()
    bare = "".join(character for character in lowered if character not in set(string.punctuation))
    return re.sub(re.compile(r"\b(a|an|the)\b", re.UNICODE), " ", bare).split()


def official_f1(answer: str, prediction: str) -> float:
    wanted, said = official_words(answer), official_words(prediction)
    if len(wanted) == 0 or len(said) == 0:
        return int(wanted == said)
    same = sum((Counter(wanted) & Counter(said)).values())
    if same == 0:
        return 0
    precision = 1.0 * same / len(said)
    recall = 1.0 * same / len(wanted)
    return (2 * precision * recall) / (precision + recall)


WORDS = st.lists(
    st.sampled_from(["the", "a", "An", "42", "4.2", "U.S.", "tide,", "Tide", "’s", "--", "é"]), max_size=6
)
TEXTS = WORDS.map(" ".join) | st.text(max_size=12)


@pytest.mark.parametrize(
    ("text", "normalised"),
    [
        ("The  Norman\tpeople", "norman people"),
        ("an apple, a day", "apple day"),
        ("$6.5 million", "65 million"),
        ("U.S.", "us"),
        ("theatre", "theatre"),
        ("A-Team", "ateam"),
        ("l’été", "l’été"),
        ("the a an", ""),
        ("", ""),
    ],
)
def test_answers_are_normalised_as_squad_does(text: str, normalised: str) -> None:
    assert metrics.squad_normalise(text) == normalised


@pytest.mark.parametrize(
    ("prediction", "answers", "exact", "f1"),
    [
        ("42", ["42"], 1, 1),
        ("The 42.", ["42"], 1, 1),
        ("42 people", ["42"], 0, 2 / 3),
        ("in the 10th and 11th centuries", ["10th and 11th centuries"], 0, 8 / 9),
        ("10th", ["10th and 11th centuries"], 0, 2 / 5),
        ("a b b c", ["b b b"], 0, 2 * (2 / 3) * (2 / 3) / (4 / 3)),
        ("Paris", ["Rome", "Paris"], 1, 1),
        ("Oslo", ["Rome", "Paris"], 0, 0),
        ("", ["Paris"], 0, 0),
        ("", [], 1, 1),
        ("Paris", [], 0, 0),
        ("", ["the"], 1, 1),
        ("the", ["a"], 1, 1),
        ("", ["the", "Paris"], 0, 0),
    ],
)
def test_exact_match_and_f1_are_squads_on_worked_numbers(
    prediction: str, answers: list[str], exact: float, f1: float
) -> None:
    assert metrics.exact_match(prediction, answers) == exact
    assert metrics.f1(prediction, answers) == pytest.approx(f1, abs=1e-15)


@given(TEXTS, st.lists(TEXTS, max_size=3))
def test_exact_match_and_f1_follow_the_official_script_to_the_last_digit(
    prediction: str, answers: list[str]
) -> None:
    kept = [answer for answer in answers if official_words(answer)] or [""]
    assert metrics.f1(prediction, answers) == max(official_f1(answer, prediction) for answer in kept)
    assert metrics.exact_match(prediction, answers) == max(
        int(official_words(answer) == official_words(prediction)) for answer in kept
    )


@pytest.mark.parametrize(
    ("text", "answers", "held"),
    [
        ("Germany made 42 arrests.", ["2"], 0),
        ("Germany made 2 arrests.", ["2"], 1),
        ("Someone else", ["one"], 0),
        ("There was one.", ["one"], 1),
        ("The Wall Street Market closed", ["wall street market"], 1),
        ("Street Wall Market", ["wall street market"], 0),
        ("anything", ["the"], 0),
        ("anything", [], 0),
        ("", ["x"], 0),
        ("x", ["y", "X."], 1),
    ],
)
def test_an_answer_is_contained_only_as_whole_words(text: str, answers: list[str], held: float) -> None:
    assert metrics.contains(text, answers) == held


# What is right

GOLD = [Place("a", 100, 150), Place("a", 300, 320)]


@pytest.mark.parametrize(
    ("short", "cited", "answers", "right"),
    [
        ("42", [Place("a", 90, 160)], ["42"], True),
        ("the figure was 42 in all", [Place("a", 90, 160)], ["42"], True),
        ("142", [Place("a", 90, 160)], ["42"], False),
        ("42", [Place("a", 319, 400)], ["42"], True),
        ("42", [Place("a", 320, 400)], ["42"], False),
        ("42", [Place("b", 100, 150)], ["42"], False),
        ("42", [], ["42"], False),
        ("52 arrests", [Place("a", 90, 160)], ["42 arrests"], False),
        ("three arrests", [Place("a", 90, 160)], ["two arrests"], False),
        ("vendors and buyers", [Place("a", 90, 160)], ["vendors and some buyers online"], True),
        ("vendors", [Place("a", 90, 160)], ["vendors and some buyers online"], False),
        ("42", [Place("a", 90, 160)], [], False),
        ("42-acre", [Place("a", 90, 160)], ["42"], True),
        ("a 42-year-old man", [Place("a", 90, 160)], ["42"], True),
        ("up to 30-year", [Place("a", 90, 160)], ["up to 30 years"], True),
        ("142-acre", [Place("a", 90, 160)], ["42"], False),
        ("42-45", [Place("a", 90, 160)], ["42"], False),
    ],
)
def test_an_answer_is_right_when_it_says_so_and_shows_where(
    short: str,
    cited: list[Place],
    answers: list[str],
    right: bool,  # noqa: FBT001 - a column of the table
) -> None:
    assert metrics.is_right(short, cited, answers, GOLD) is right


def test_without_gold_evidence_only_the_words_decide_what_is_right() -> None:
    assert metrics.is_right("42", [], ["42"], [])
    assert not metrics.is_right("43", [], ["42"], [])


# Citations


@pytest.mark.parametrize(
    ("cited", "found"),
    [
        ([Place("a", 100, 150)], 1),
        ([Place("a", 100, 125)], 1),
        ([Place("a", 90, 124)], 0),
        ([Place("a", 90, 125)], 1),
        ([Place("a", 140, 145)], 1),
        ([Place("a", 90, 112), Place("a", 138, 160)], 0),
        ([Place("a", 90, 113), Place("a", 138, 160)], 1),
        ([Place("a", 305, 306)], 1),
        ([Place("b", 100, 150)], 0),
        ([Place("a", 120, 120)], 0),
        ([], 0),
    ],
)
def test_evidence_is_found_when_half_of_a_place_is_cited_or_a_citation_lies_inside(
    cited: list[Place], found: float
) -> None:
    assert metrics.evidence_found(cited, GOLD) == found


def test_citation_precision_and_recall_count_characters_by_hand() -> None:
    cited = [Place("a", 90, 125), Place("a", 400, 415)]
    assert metrics.citation_precision(cited, GOLD) == 25 / 50
    assert metrics.citation_recall(cited, GOLD) == 25 / 50


def test_either_of_two_evidence_places_is_full_recall() -> None:
    for place in GOLD:
        assert metrics.citation_recall([place], GOLD) == 1
        assert metrics.citation_precision([place], GOLD) == 1


def test_nothing_cited_is_neither_precise_nor_complete() -> None:
    assert metrics.citation_precision([], GOLD) == 0
    assert metrics.citation_recall([], GOLD) == 0
    assert metrics.citation_recall([Place("a", 0, 5)], []) == 0


PLACES = st.lists(
    st.builds(
        lambda id_, start, length: Place(id_, start, start + length),
        st.sampled_from("ab"),
        st.integers(0, 30),
        st.integers(1, 9),
    ),
    max_size=5,
)


@given(PLACES, PLACES)
def test_shared_characters_are_those_of_both_sets(places: list[Place], others: list[Place]) -> None:
    def characters(of: list[Place]) -> set[tuple[str, int]]:
        return {(place.document_id, at) for place in of for at in range(place.start, place.end)}

    assert metrics.count_shared(places, others) == len(characters(places) & characters(others))
    assert metrics.count_characters(places) == len(characters(places))


# Retrieval

GAINS = st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 3), min_size=1)
SCORES = st.dictionaries(
    st.sampled_from("abcdefghijkl"), st.integers(0, 4).map(float), min_size=1, max_size=10
)
QRELS = st.dictionaries(st.sampled_from(["q1", "q2", "q3"]), GAINS, min_size=1)
RUNS = st.dictionaries(st.sampled_from(["q1", "q2", "q3", "q4"]), SCORES, min_size=1)
# RR without a cutoff is trec_eval's; ir-measures' own RR@10 breaks ties the other way round.
ORACLES = (R @ 1, R @ 5, nDCG @ 10, Success @ 5, RR)


def rank_ids(scores: dict[str, float]) -> list[str]:
    """Return the ids of a run, best first; in a tie the larger id is first, as in trec_eval.

    ir-measures breaks ties the same way through pytrec_eval, except for its RR@k, which puts the smaller id
    first.
    """
    return [id_ for _, id_ in sorted(((score, id_) for id_, score in scores.items()), reverse=True)]


@given(QRELS, RUNS)
def test_rankings_score_as_in_ir_measures_with_ties_and_missing_queries(
    qrels: dict[str, dict[str, int]], run: dict[str, dict[str, float]]
) -> None:
    wanted = {
        (metric.query_id, str(metric.measure)): metric.value
        for metric in ir_measures.iter_calc(
            ORACLES,
            [Qrel(query, id_, gain) for query, gains in qrels.items() for id_, gain in gains.items()],
            [ScoredDoc(query, id_, score) for query, scores in run.items() for id_, score in scores.items()],
        )
    }
    got = {}
    for query, gains in qrels.items():
        ranking = rank_ids(run.get(query, {}))
        relevant = {id_ for id_, gain in gains.items() if gain > 0}
        got[query, "R@1"] = metrics.recall_at(1, ranking, relevant)
        got[query, "R@5"] = metrics.recall_at(5, ranking, relevant)
        got[query, "nDCG@10"] = metrics.ndcg(10, ranking, gains)
        got[query, "Success@5"] = metrics.success_at(5, ranking, relevant)
        got[query, "RR"] = metrics.reciprocal_rank(10, ranking, relevant)
    assert got == pytest.approx(wanted, abs=1e-9)


def test_reciprocal_rank_stops_at_k_as_in_ir_measures() -> None:
    qrels = [Qrel("q", "l", 1)]
    ids = "abcdefghijkl"
    run = [ScoredDoc("q", id_, float(-place)) for place, id_ in enumerate(ids)]
    for k in (10, 11, 12):
        wanted = ir_measures.calc_aggregate([RR @ k], qrels, run)[RR @ k]
        assert metrics.reciprocal_rank(k, list(ids), {"l"}) == pytest.approx(wanted)


def test_ndcg_is_right_on_worked_numbers() -> None:
    gains = {"a": 3, "b": 2, "c": 0}
    got = 2 / math.log2(2) + 0 + 3 / math.log2(4)
    best = 3 / math.log2(2) + 2 / math.log2(3)
    assert metrics.ndcg(10, ["b", "c", "a"], gains) == pytest.approx(got / best)
    assert metrics.ndcg(1, ["c", "a"], gains) == 0


def test_a_ranking_without_anything_relevant_scores_nothing() -> None:
    assert metrics.recall_at(5, ["a"], set()) == 0
    assert metrics.ndcg(10, ["a"], {}) == 0
    assert metrics.reciprocal_rank(10, [], {"a"}) == 0


# Calibration

WORKED = outcomes((0.9, 1), (0.9, 0), (0.6, 1), (0.3, 0))


def test_brier_and_calibration_error_on_worked_numbers() -> None:
    assert reliability.brier(WORKED) == pytest.approx((0.01 + 0.81 + 0.16 + 0.09) / 4)
    # Three bins hold something: |0.9 - 0.5| twice, |0.6 - 1| and |0.3 - 0|.
    assert reliability.expected_calibration_error(WORKED) == pytest.approx((2 * 0.4 + 0.4 + 0.3) / 4)


def test_risk_and_coverage_on_worked_numbers() -> None:
    assert reliability.risk_coverage(WORKED, 5) == [
        reliability.Risk(0.9, 2 / 5, 1 / 2),
        reliability.Risk(0.6, 3 / 5, 1 / 3),
        reliability.Risk(0.3, 4 / 5, 2 / 4),
    ]
    assert reliability.risk_coverage_area(WORKED) == pytest.approx((0.5 + 0.5 + 1 / 3 + 0.5) / 4)


def test_coverage_is_the_most_that_can_be_answered_so_rightly() -> None:
    # The surest two are one right and one wrong; with the third two of three are right; the last is wrong.
    assert reliability.coverage_at(WORKED, 0.9) == 0
    assert reliability.coverage_at(WORKED, 2 / 3) == 3 / 4
    assert reliability.coverage_at(WORKED, 0.5) == 1
    without = np.vstack([WORKED, [-1.0, 0.0]])
    assert reliability.coverage_at(without, 0.5) == 4 / 5


def test_without_answers_calibration_has_no_figure() -> None:
    assert math.isnan(reliability.brier(outcomes()))
    assert math.isnan(reliability.expected_calibration_error(outcomes()))
    assert math.isnan(reliability.risk_coverage_area(outcomes()))
    assert reliability.risk_coverage(outcomes(), 3) == []


@pytest.mark.parametrize(("confidence", "place"), [(0.0, 0), (1 / 15, 0), (0.07, 1), (0.99, 14), (1.0, 14)])
def test_a_bin_holds_its_upper_end_and_the_first_one_holds_zero(confidence: float, place: int) -> None:
    bins = reliability.reliability(outcomes((confidence, 1)))
    assert [item.n for item in bins] == [int(number == place) for number in range(15)]


ANY_OUTCOMES = st.lists(
    st.tuples(st.sampled_from([0.0, 0.2, 0.5, 0.51, 0.9, 1.0]), st.sampled_from([0.0, 1.0])),
    min_size=1,
    max_size=20,
)


@given(ANY_OUTCOMES, st.randoms(use_true_random=False))
def test_the_order_of_ties_changes_no_figure(pairs: list[tuple[float, float]], random: Random) -> None:
    shuffled = list(pairs)
    random.shuffle(shuffled)
    for measure in (
        reliability.brier,
        reliability.expected_calibration_error,
        reliability.risk_coverage_area,
    ):
        assert measure(outcomes(*pairs)) == pytest.approx(measure(outcomes(*shuffled)))


@given(ANY_OUTCOMES)
def test_the_area_is_the_mean_risk_by_the_definition(pairs: list[tuple[float, float]]) -> None:
    risks = []
    for confidence, _ in pairs:
        given_ = [right for other, right in pairs if other >= confidence]
        risks.append(1 - sum(given_) / len(given_))
    assert reliability.risk_coverage_area(outcomes(*pairs)) == pytest.approx(sum(risks) / len(risks))


# Certainty


def test_the_bootstrap_is_seeded_and_contains_the_mean() -> None:
    values = np.array([0.0, 1.0] * 50)
    low, high = metrics.interval(values, np.mean) or (math.nan, math.nan)
    assert (low, high) == metrics.interval(values, np.mean)
    # The normal approximation of a share of 1/2 among 100 is 0.5 ± 0.098.
    assert low == pytest.approx(0.402, abs=0.015)
    assert high == pytest.approx(0.598, abs=0.015)


def test_no_questions_have_no_interval() -> None:
    assert metrics.interval(np.zeros(0), np.mean) is None


def test_a_resample_without_a_figure_is_left_out() -> None:
    rows = outcomes((0, 0), (1, 2))

    def ratio(drawn: NDArray[np.float64]) -> float:
        total = float(drawn[:, 0].sum())
        return float(drawn[:, 1].sum()) / total if total else math.nan

    assert metrics.interval(rows, ratio) == (2.0, 2.0)


def test_percentiles_are_linear_between_two_values() -> None:
    assert metrics.percentile([10.0, 20.0], 0.5) == 15
    assert metrics.percentile([30.0, 10.0, 20.0], 0.95) == pytest.approx(29)
    assert math.isnan(metrics.percentile([], 0.5))


@pytest.mark.parametrize(
    ("short", "right"),
    [
        ("guns, drugs and $5 in cash", True),
        ("cash ($5), drugs, guns", True),
        ("guns and drugs", False),
        ("guns, drugs and $6 in cash", False),
    ],
)
def test_a_list_is_right_when_it_has_every_item(short: str, *, right: bool) -> None:
    wanted = ["guns, drugs and $5 in cash"]
    assert metrics.is_right(short, [], wanted, [], is_list=True) is right
    assert metrics.is_right("guns and drugs, $5", [], wanted, [])
