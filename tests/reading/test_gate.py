"""An answer, a place to look at, or silence: by the probabilities that a calibration names."""

import pytest

from citewell.documents.document import document
from citewell.documents.passages import Passage
from citewell.generation.generators import extractive
from citewell.index.retrieval import Hit
from citewell.reading.evidence import Evidence
from citewell.reading.gate import Gate, Sureness
from citewell.reading.reader import Calibration, Reading
from citewell.text.spans import Span

TIDE = document("The tide rose to 4 metres.", id="tide")
SPAN = Span(0, len(TIDE.text))
CALIBRATION = Calibration(1.0, 0.0, threshold=0.7, possible=0.4, sure=0.9)


def found(probability: float, grade: float | None = None) -> list[Evidence]:
    hit = Hit(Passage(TIDE, *SPAN, (SPAN,)), 0, 0, None, None, None, None)
    return [Evidence(hit, Reading((SPAN,), (), 0.0, 0.0), probability, grade)]


def gate(own: float | None = None, calibration: Calibration = CALIBRATION) -> Gate:
    return Gate(calibration, extractive.create(), Calibration(1.0, 0.0, 0.2, possible=0.1), own)


@pytest.mark.parametrize(
    ("probability", "own", "is_answer", "is_possible"),
    [
        (0.7, None, True, False),
        (0.69, None, False, True),
        (0.4, None, False, True),
        (0.39, None, False, False),
        (0.69, 0.5, True, False),
        (0.45, 0.5, False, True),
        (0.39, 0.3, True, False),
        (0.35, 0.36, False, False),
        (0.99, 1.0, False, True),
    ],
)
def test_below_an_answer_lies_what_is_possible_and_below_that_silence(
    probability: float, own: float | None, *, is_answer: bool, is_possible: bool
) -> None:
    evidence = found(probability)
    assert bool(gate(own).select("When?", evidence)) == is_answer
    assert gate(own).is_possible(evidence) == is_possible


def test_nothing_found_is_not_possible() -> None:
    assert not gate().is_possible([])


def test_a_calibration_without_a_middle_has_none() -> None:
    assert not gate(calibration=Calibration(1.0, 0.0, 0.7)).is_possible(found(0.69))


def test_what_was_graded_is_held_against_the_grades_calibration() -> None:
    assert gate().select("When?", found(0.25, grade=1.0))
    assert gate().is_possible(found(0.15, grade=1.0))


@pytest.mark.parametrize(
    ("probability", "words"),
    [
        (0.9, Sureness.VERY_CONFIDENT),
        (0.89, Sureness.CONFIDENT),
        (0.7, Sureness.CONFIDENT),
        (0.69, Sureness.TENTATIVE),
    ],
)
def test_the_words_follow_the_calibration_whatever_threshold_is_set(
    probability: float, words: Sureness
) -> None:
    assert gate(own=0.1).sureness(found(probability)) is words


def test_an_answer_is_as_sure_as_the_least_of_what_it_rests_on() -> None:
    assert gate().sureness([*found(0.95), *found(0.75)]) is Sureness.CONFIDENT
