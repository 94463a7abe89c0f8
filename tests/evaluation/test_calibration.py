import json
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from citewell import plugins
from citewell.answers.answer import Abstention, Answer, Trace
from citewell.checking.citations import Statement, cite
from citewell.documents.document import document
from citewell.documents.passages import Passage
from citewell.errors import CalibrationError, CitewellError, SettingsError
from citewell.evaluation import calibration, operating_points, platt, questions
from citewell.evaluation.operating_points import Operation, Target
from citewell.evaluation.questions import Question, QuestionSet
from citewell.evaluation.records import Record
from citewell.evaluation.run import evaluate
from citewell.generation.generators import extractive
from citewell.index.encoders import hashing
from citewell.index.retrieval import Hit
from citewell.reading.evidence import Evidence
from citewell.reading.reader import Calibration, Reading
from citewell.reading.readers import cross_encoder, similarity
from citewell.text.spans import Span

ROOT = Path(__file__).parents[2]
CORPUS = ROOT / "corpus" / "operation-disruptor.txt"
TIDE = document("The tide rose to 4 metres.", id="tide")
SPAN = Span(0, len(TIDE.text))


# The curve


def test_the_fit_is_platt_s_on_worked_numbers() -> None:
    # At score 0 one of two is right, at score 1 two of three: with two levels the curve goes through
    # the means of Platt's targets, 4/5 for right and 1/4 for wrong.
    scores = np.array([0.0, 0, 1, 1, 1])
    right = np.array([True, False, True, True, False])
    low, high = (4 / 5 + 1 / 4) / 2, (4 / 5 + 4 / 5 + 1 / 4) / 3
    slope, intercept = platt.platt(scores, right)
    assert intercept == pytest.approx(np.log(low / (1 - low)), abs=1e-6)
    assert slope + intercept == pytest.approx(np.log(high / (1 - high)), abs=1e-6)


def test_a_score_that_parts_right_from_wrong_gives_a_finite_curve() -> None:
    slope, intercept = platt.platt(np.array([-1.0, 1.0] * 10), np.array([False, True] * 10))
    curve = Calibration(slope, intercept, 0.5)
    assert curve.probability(1.0) == pytest.approx(11 / 12)
    assert curve.probability(-1.0) == pytest.approx(1 / 12)


def test_the_fit_finds_the_curve_that_made_the_data() -> None:
    generator = np.random.default_rng(7)
    scores = generator.normal(3, 2, 20_000)
    right = generator.random(20_000) < 1 / (1 + np.exp(-(1.5 * scores - 4)))
    assert platt.platt(scores, right) == pytest.approx((1.5, -4), abs=0.1)


@given(
    st.lists(st.tuples(st.floats(-1e3, 1e3), st.booleans()), min_size=2, max_size=30).filter(
        lambda pairs: len({right for _, right in pairs}) == 2
    )
)
def test_no_small_step_makes_what_happened_likelier(pairs: list[tuple[float, bool]]) -> None:
    scores, right = np.array([score for score, _ in pairs]), np.array([right for _, right in pairs])
    positives, negatives = right.sum(), (~right).sum()
    targets = np.where(right, (positives + 1) / (positives + 2), 1 / (negatives + 2))

    def loss(slope: float, intercept: float) -> float:
        logits = slope * scores + intercept
        return float(np.sum(np.logaddexp(0, logits) - targets * logits))

    slope, intercept = platt.platt(scores, right)
    best = loss(slope, intercept)
    for step in (1e-3, -1e-3):
        scale = max(1.0, float(np.abs(scores).max()))
        assert loss(slope + step / scale, intercept) >= best - 1e-6
        assert loss(slope, intercept + step) >= best - 1e-6


# The threshold


def operation(threshold: float, answered: int, *figures: float) -> Operation:
    return Operation(threshold, answered, *figures)


CHOICES = [
    operation(0.0, 100, 0.0, 0.0, 0.50),
    operation(0.3, 80, 0.05, 0.4, 0.70),
    operation(0.5, 60, 0.10, 0.7, 0.90),
    operation(0.7, 40, 0.30, 0.9, 0.85),
    operation(0.9, 20, 0.60, 1.0, 0.95),
    operation(1.0, 5, 0.95, 1.0, 1.00),
]


@pytest.mark.parametrize(
    ("target", "threshold"),
    [
        ("false_abstention=0.10", 0.5),
        ("false_abstention=0.09", 0.3),
        ("false_abstention=0", 0.0),
        ("false_abstention=1", 0.9),
        ("precision=0.85", 0.5),
        ("precision=0.91", 0.9),
        ("abstention_recall=0.7", 0.5),
        ("abstention_recall=0.71", 0.7),
    ],
)
def test_the_threshold_meets_the_target_and_gives_most_besides(target: str, threshold: float) -> None:
    assert operating_points.choose(CHOICES, operating_points.target(target)).threshold == threshold


def test_a_target_out_of_reach_is_named_with_what_can_be_had() -> None:
    with pytest.raises(
        CalibrationError, match=r"no threshold reaches precision=0\.99.*the best is precision=0\.950"
    ):
        operating_points.choose(CHOICES, Target("precision", 0.99))


def test_a_target_without_questions_to_measure_it_is_named() -> None:
    nothing = [operation(0.0, 30, 0.0, float("nan"), 1.0)]
    with pytest.raises(CalibrationError, match="abstention_recall cannot be measured on these questions"):
        operating_points.choose(nothing, Target("abstention_recall", 0.5))


@pytest.mark.parametrize(
    "text", ["f1=0.9", "precision", "precision=95", "precision=nan", "precision=high", ""]
)
def test_a_target_that_cannot_be_read_is_named_with_those_there_are(text: str) -> None:
    with pytest.raises(CalibrationError, match="there are: false_abstention=<0 to 1>"):
        operating_points.target(text)


# All of it


class Scored:
    """Answer with the score that stands behind the colon of a question, right when it says so."""

    def ask(self, question: str, history: object = (), *, only: object = None) -> Answer:  # noqa: ARG002 - the protocol has them
        word, _, score = question.partition(":")
        score, _, grade = score.partition("/")
        short = "4 metres" if word == "right" else "the tide"
        reading = Reading((SPAN,), (SPAN,), float(score or 0), 0.0)
        hit = Hit(Passage(TIDE, *SPAN, (SPAN,)), 0, 0.1)
        confidence = 1 / (1 + np.exp(-float(grade))) if grade else 0.5
        read = (Evidence(hit, reading, confidence, float(grade) if grade else None),) if score else ()
        return Answer(
            question=question,
            standalone=question,
            statements=(Statement(short, (cite(TIDE, 0, SPAN, 1),)),) if score else (),
            short=short if score else "",
            confidence=confidence,
            abstention=None if score else Abstention.NOT_A_QUESTION,
            message="",
            closest=(),
            trace=Trace(evidence=read, threshold=0.0),
        )


def asked(*lines: str, answerable: bool = True, split: str = "dev") -> list[Question]:
    gold = {"answers": ("4 metres",), "evidence": (TIDE.text,)} if answerable else {}
    return [
        Question(f"{line}{number}{answerable}", line, answerable=answerable, split=split, **gold)  # type: ignore[arg-type]
        for number, line in enumerate(lines)
    ]


def records(*questions_: Question) -> list[Record]:
    return list(evaluate(questions_, Scored(), [TIDE]).records)


EASY = [
    *asked(*[f"right:{score}" for score in (2, 3, 4, 5) for _ in range(8)]),
    *asked(*[f"wrong:{score}" for score in (0, 1, 2) for _ in range(4)]),
    *asked(*[f"wrong:{score}" for score in (-1, 0, 1) for _ in range(4)], answerable=False),
]


def test_the_fit_is_on_every_answer_and_its_figures_are_those_at_the_threshold() -> None:
    fit = calibration.calibrate(records(*EASY), Target("precision", 0.9), fitted_on="here")
    assert (fit.n, fit.right, fit.calibration.fitted_on) == (56, 32, "here")
    assert fit.calibration.threshold == fit.operation.threshold
    # From score 2 on 32 of 36 are right: too little, so it begins at score 3.
    assert fit.operation.answered == 24
    assert fit.operation.precision == 1
    assert fit.operation.false_abstention == pytest.approx(1 - 24 / 44)
    assert fit.operation.abstention_recall == 1
    below, above = (fit.calibration.probability(score) for score in (2, 3))
    assert below < fit.operation.threshold <= above
    assert fit.ece < 0.2


def test_unanswerable_questions_count_as_the_share_that_is_said() -> None:
    as_they_are = calibration.calibrate(records(*EASY), Target("precision", 0.8), fitted_on="")
    half = calibration.calibrate(records(*EASY), Target("precision", 0.8), fitted_on="", unanswerable=0.5)
    # From score 1 on 32 are right, 8 answerable ones wrong and 4 near misses answered, of 44 and 12: 32 of 44
    # answers are right, and with half unanswerable 32/44 of (40/44 + 4/12) = 0.585; from 2 on 32/44 of 36/44.
    assert as_they_are.operation.answered == half.operation.answered == 36
    found = operating_points.operations(
        records(*EASY),
        records(*EASY),
        np.array([float(record["guess"]["score"] or 0) / 10 for record in records(*EASY) if record["guess"]]),
        np.array([bool(record["guess"] and record["guess"]["right"]) for record in records(*EASY)]),
        calibration.weigh_answers(records(*EASY), records(*EASY), 0.5),
    )
    assert next(item for item in found if item.answered == 44).precision == pytest.approx(
        (32 / 44) / (40 / 44 + 4 / 12)
    )
    # What is wrong more often is less sure.
    assert half.calibration.probability(1) < as_they_are.calibration.probability(1)
    assert half.unanswerable == 0.5
    with pytest.raises(CalibrationError, match="0 of 32 questions are unanswerable"):
        calibration.weigh_answers(records(*EASY[:32]), records(*EASY[:32]), 0.5)


def test_a_question_that_is_never_answered_is_an_abstention_at_any_threshold() -> None:
    silent = [*asked(*["hello"] * 12), *asked(*["hello"] * 6, answerable=False)]
    fit = calibration.calibrate(records(*EASY, *silent), Target("precision", 0.0), fitted_on="")
    assert (fit.n, fit.operation.answered) == (56, 56)
    assert fit.operation.false_abstention == pytest.approx(12 / 56)
    assert fit.operation.abstention_recall == pytest.approx(6 / 18)


def test_where_some_were_graded_those_are_fitted_and_the_others_are_given_at_any_threshold() -> None:
    lines = [f"right:{-grade}/{grade}" for grade in (1, 2, 3) for _ in range(8)]
    wrong = [f"wrong:{grade}/{-grade}" for grade in (1, 2, 3) for _ in range(4)]
    sure = asked("right:9", "wrong:-9")
    replies = records(*asked(*lines), *asked(*wrong, answerable=False), *sure)
    fit = calibration.calibrate(replies, Target("precision", 0.9), fitted_on="")
    # Their confidence is what is fitted, not the reader's score, which says the opposite.
    assert (fit.n, fit.right) == (36, 24)
    assert fit.operation.precision == pytest.approx(25 / 26)  # both of the sure ones are given


def test_a_generator_that_grades_nothing_is_named() -> None:
    with pytest.raises(CalibrationError, match="the generator extractive gives no grades"):
        calibration.grades_file(extractive.create())


def test_a_question_of_the_test_split_is_refused() -> None:
    with pytest.raises(CalibrationError, match="is marked 'test'; give questions of the split 'dev'"):
        calibration.calibrate(
            records(*EASY, *asked("right:3", split="test")), Target("precision", 0.9), fitted_on=""
        )


def test_a_question_that_could_not_be_asked_is_refused() -> None:
    with pytest.raises(CalibrationError, match="could not be asked: ValueError"):
        calibration.calibrate(records(*EASY, *asked("right:high")), Target("precision", 0.9), fitted_on="")


def test_scores_that_fall_with_what_is_right_are_refused() -> None:
    upside_down = [*asked(*["right:0"] * 15), *asked(*["wrong:5"] * 15)]
    with pytest.raises(CalibrationError, match="right answers have no higher scores than wrong ones"):
        calibration.calibrate(records(*upside_down), Target("precision", 0.5), fitted_on="")


@pytest.mark.parametrize("lines", [["right:1"] * 10 + ["wrong:0"] * 9, ["right:1"] * 30, ["wrong:1"] * 30])
def test_too_few_answers_or_of_one_kind_are_refused(lines: list[str]) -> None:
    with pytest.raises(CalibrationError, match="20 are needed, some right and some wrong"):
        calibration.calibrate(records(*asked(*lines)), Target("precision", 0.5), fitted_on="")


def test_dev_questions_are_used_and_a_set_of_test_questions_is_refused() -> None:
    dev, test, unmarked = (asked("right:1", split=split) for split in ("dev", "test", ""))
    both = QuestionSet("both.jsonl", "", (*dev, *test))
    assert calibration.usable(both).questions == tuple(dev)
    assert calibration.usable(QuestionSet("plain.jsonl", "", tuple(unmarked))).questions == tuple(unmarked)
    for refused in (test, [*test, *unmarked]):
        with pytest.raises(CalibrationError, match=r"t\.jsonl is marked 'test'"):
            calibration.usable(QuestionSet("t.jsonl", "", tuple(refused)))


# The file beside the reader


def test_what_is_saved_is_what_the_reader_ships_with(tmp_path: Path) -> None:
    fit = calibration.calibrate(
        records(*EASY), Target("precision", 0.9), fitted_on="q.jsonl, dev", unanswerable=0.333
    )
    path = tmp_path / "reader.json"
    calibration.save(path, fit, [QuestionSet("q.jsonl", "ab" * 32, ())], [TIDE])
    saved = json.loads(path.read_text())
    shipped = json.loads(Path(similarity.__file__).with_suffix(".json").read_text(encoding="utf-8"))
    assert set(saved) == set(shipped)
    calibration.save(
        tmp_path / "pool.json", fit, [QuestionSet("", "a", ()), QuestionSet("", "b", ())], [TIDE]
    )
    assert json.loads((tmp_path / "pool.json").read_text())["questions_sha256"] == ["a", "b"]
    assert saved["questions_sha256"] == "ab" * 32
    assert len(saved["articles_sha256"]) == 64
    assert (saved["target"], saved["n"], saved["figures"]["precision"]) == ("precision=0.9", 56, 1)
    assert calibration.settings_file(
        plugins.load("readers", "similarity", encoder=hashing.create())
    ).is_file()


@pytest.mark.parametrize("module", [similarity, cross_encoder], ids=lambda module: module.__name__)
def test_the_shipped_calibration_names_data_that_is_there(module: ModuleType) -> None:
    shipped = json.loads(Path(str(module.__file__)).with_suffix(".json").read_text(encoding="utf-8"))
    hashes = {
        questions.read(path).sha256
        for path in (
            ROOT / "corpus" / "questions.jsonl",
            ROOT / "tests" / "data" / "wikinews" / "questions.jsonl",
            ROOT / "tests" / "data" / "near_misses" / "questions.jsonl",
        )
    }
    fitted = shipped["questions_sha256"]
    assert ({fitted} if isinstance(fitted, str) else set(fitted)) <= hashes
    assert shipped["slope"] > 0
    reader = module.create(hashing.create())
    assert reader.calibration == Calibration(
        shipped["slope"], shipped["intercept"], shipped["threshold"], shipped["fitted_on"],
        shipped["possible"], shipped["sure"], shipped.get("alone", 0.0),
    )  # fmt: skip


def test_a_reader_without_such_a_file_is_named() -> None:
    with pytest.raises(CalibrationError, match=r"extractive\.py has no extractive\.json beside it"):
        calibration.settings_file(extractive.create())  # type: ignore[arg-type]


def test_the_errors_are_citewell_s() -> None:
    assert issubclass(CalibrationError, CitewellError)
    assert issubclass(SettingsError, CitewellError)


# The command line


def run(
    folder: Path, *arguments: object, code: int = 0, **variables: str
) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "-m", "citewell", "calibrate", *map(str, arguments)],
        cwd=folder,
        env=os.environ | {"CITEWELL_ENCODER": "hashing", "CITEWELL_VECTOR_INDEX": "exact"} | variables,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code, done.stdout + done.stderr
    return done


def test_calibrate_prints_what_it_fitted_and_a_dry_run_writes_nothing(tmp_path: Path) -> None:
    path = Path(cross_encoder.__file__).with_suffix(".json")
    before = path.read_bytes()
    # A model that is set is for the generators that take one; calibrating a reader needs none.
    done = run(
        tmp_path,
        ROOT / "corpus" / "questions.jsonl",
        "--corpus",
        CORPUS,
        "--dry-run",
        CITEWELL_MODEL="any.gguf",
    )
    assert "questions.jsonl, dev" in done.stdout
    assert "threshold for false_abstention=0.1" in done.stdout
    assert f"not written (--dry-run): {path}" in done.stdout
    assert path.read_bytes() == before


def test_several_sets_are_pooled_each_asked_of_its_own_articles(tmp_path: Path) -> None:
    wikinews = ROOT / "tests" / "data" / "wikinews"
    files = (ROOT / "corpus" / "questions.jsonl", wikinews / "questions.jsonl")
    corpora = ("--corpus", CORPUS, "--corpus", wikinews / "articles.jsonl")
    done = run(tmp_path, *files, *corpora, "--reader", "similarity", "--unanswerable", "0.333", "--dry-run")
    assert "corpus/questions.jsonl, dev; wikinews/questions.jsonl, dev" in " ".join(done.stdout.split())
    done = run(tmp_path, files[0], *corpora, "--dry-run", code=2)
    assert "there are 1 files of questions and 2 times --corpus" in done.stderr


def test_calibrate_refuses_a_file_marked_test(tmp_path: Path) -> None:
    line = {"id": "a", "question": "?", "answers": [], "answerable": False, "split": "test"}
    (tmp_path / "q.jsonl").write_text(json.dumps(line) + "\n")
    done = run(tmp_path, "q.jsonl", "--corpus", CORPUS, code=2)
    (message,) = done.stderr.splitlines()
    assert message.startswith("citewell: q.jsonl is marked 'test'")


def test_calibrate_refuses_a_target_that_it_does_not_know(tmp_path: Path) -> None:
    done = run(tmp_path, "q.jsonl", "--target", "f1=0.9", code=2)
    assert done.stderr.startswith("citewell: the target 'f1=0.9' is not known")
