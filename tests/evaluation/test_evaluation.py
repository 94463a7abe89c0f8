import json
import math
import os
import re
import subprocess
import sys
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import ir_measures
import numpy as np
import pytest
from ir_measures import RR, Qrel, R, ScoredDoc, nDCG

from citewell.answers.answer import Abstention, Answer, Trace
from citewell.assistant import Assistant
from citewell.checking.citations import Statement, cite
from citewell.documents import loading
from citewell.documents.document import Document, document
from citewell.documents.passages import Passage
from citewell.errors import QuestionsFileError, ReportError
from citewell.evaluation import comparison, questions, report, report_html, run
from citewell.evaluation.beir import JudgedQueries
from citewell.evaluation.figures import FIGURES, FIGURES_BY_PATH
from citewell.evaluation.questions import Question
from citewell.evaluation.records import Record
from citewell.evaluation.report import Report
from citewell.evaluation.run import Search, evaluate
from citewell.index.retrieval import Hit
from citewell.questions.history import History
from citewell.reading.evidence import Evidence
from citewell.reading.reader import Reading
from citewell.settings import Settings
from citewell.text.sentences import sentences
from citewell.text.spans import Span

ROOT = Path(__file__).parents[2]
CORPUS = ROOT / "corpus" / "operation-disruptor.txt"
QUESTIONS = ROOT / "corpus" / "questions.jsonl"
TIDE = document("The tide rose to 4 metres. Nobody was hurt. The mayor closed the bridge.", id="tide")
FIRST, SECOND, THIRD = sentences(TIDE.text)
THRESHOLD = 0.5
RANKED = ("recall@1", "recall@5", "mrr@10", "ndcg@10")


def passages(article: Document) -> list[Passage]:
    return [Passage(article, *span, (span,)) for span in sentences(article.text)]


def found(article: Document, place: int = 0) -> Hit:
    return Hit(passages(article)[place], place, 1 / 61)


def answer(
    question: str,
    short: str = "",
    *,
    article: Document = TIDE,
    span: Span | None = None,
    confidence: float = 0.9,
    read: Iterable[Evidence] = (),
) -> Answer:
    """Answer with a span of an article, or abstain without one."""
    citations = (cite(article, 0, span, 1),) if span else ()
    return Answer(
        question=question,
        standalone=question,
        statements=(Statement(short, citations),) if span else (),
        short=short,
        confidence=confidence,
        abstention=None if span else Abstention.NOT_ANSWERED,
        message="" if span else "The article does not say.",
        closest=(),
        trace=Trace(evidence=tuple(read), threshold=THRESHOLD, milliseconds=(("read", 1.0), ("total", 2.0))),
    )


class Scripted:
    """Give the answers of a script; a question that is not in it raises KeyError."""

    def __init__(self, *answers: Answer) -> None:
        self.script = {item.question: item for item in answers}
        self.asked: list[tuple[str, tuple[object, ...], object]] = []

    def ask(self, question: str, history: History = (), *, only: Collection[str] | None = None) -> Answer:
        self.asked.append((question, tuple(history), only))
        return self.script[question]


class Perfect:
    """Know the questions' answers, and cite their evidence."""

    def __init__(self, asked: Sequence[Question], article: Document) -> None:
        self.known = {item.question: item for item in asked}
        self.article = article

    def ask(self, question: str, history: History = (), *, only: Collection[str] | None = None) -> Answer:  # noqa: ARG002 - the protocol has them
        known = self.known[question]
        if not known.answerable:
            return answer(question, confidence=0.0)
        start = self.article.text.index(known.evidence[-1])
        span = Span(start, start + len(known.evidence[-1]))
        return answer(question, known.answers[-1], article=self.article, span=span, confidence=1.0)


class Silent:
    """Abstain, whatever is asked."""

    def ask(self, question: str, history: History = (), *, only: Collection[str] | None = None) -> Answer:  # noqa: ARG002 - the protocol has them
        return answer(question, confidence=0.0)


def shipped() -> tuple[tuple[Question, ...], Document]:
    (article,) = loading.load([CORPUS]).documents
    return questions.read(QUESTIONS).questions, article


def high(**changes: Any) -> Question:
    known = {"id": "high", "question": "How high?", "answers": ("4 metres",), "evidence": (at(FIRST),)}
    return Question(**{**known, **changes})


def at(span: Span) -> str:
    return TIDE.text[span.start : span.end]


def figures(found_report: Report) -> dict[str, Any]:
    return found_report.to_dict()


# Pencil and paper


def test_a_perfect_answerer_has_perfect_figures() -> None:
    asked, article = shipped()
    got = figures(evaluate(asked, Perfect(asked, article), [article]))
    n = sum(question.answerable for question in asked)
    assert got["n"] == len(asked)
    assert got["errors"] == 0
    assert got["answerable"] == {
        "n": n,
        "exact_match": 1,
        "f1": 1,
        "contains": 1,
        "evidence_recall": 1,
        "false_abstention": 0,
    }
    assert got["unanswerable"] == {"n": len(asked) - n, "abstention_recall": 1}
    assert got["answered"] == {"n": n, "right": 1}
    assert got["citations"] == {"n": n, "exact": 1, "precision": 1, "recall": 1}
    silence = pytest.approx((len(asked) - n) / len(asked))
    assert got["overall"] == {"n": len(asked), "exact_match": 1, "f1": 1, "f1_of_silence": silence}
    assert [got["calibration"][name] for name in ("n", "ece", "brier", "risk_coverage_auc")] == [n, 0, 0, 0]
    assert got["calibration"]["coverage@90"] == pytest.approx(n / len(asked))
    assert got["stages"] == {}
    assert got["questions_measured"]["citations.precision"] == n
    # How many questions have an answer hangs on which are drawn; what was made of them does not.
    drawn = {"overall.f1_of_silence", "calibration.coverage@90"}
    sure = {path: ends for path, ends in got["intervals"].items() if path not in drawn}
    assert all(low == high == got_at(got, path) for path, (low, high) in sure.items())


def test_an_answerer_that_always_abstains_is_right_about_the_unanswerable_alone() -> None:
    asked, article = shipped()
    got = figures(evaluate(asked, Silent(), [article]))
    n, nothing = sum(question.answerable for question in asked), sum(not item.answerable for item in asked)
    assert got["answerable"] == {
        "n": n,
        "exact_match": 0,
        "f1": 0,
        "contains": 0,
        "evidence_recall": 0,
        "false_abstention": 1,
    }
    assert got["unanswerable"] == {"n": nothing, "abstention_recall": 1}
    assert got["answered"] == {"n": 0, "right": None}
    assert got["citations"] == {"n": 0, "exact": None, "precision": None, "recall": None}
    share = pytest.approx(nothing / len(asked))
    assert got["overall"] == {"n": len(asked), "exact_match": share, "f1": share, "f1_of_silence": share}
    assert got["calibration"]["coverage@90"] == 0
    assert [got["calibration"][name] for name in ("ece", "brier", "risk_coverage_auc")] == [None] * 3
    assert got["retrieval"]["n"] == 0
    assert got["by_kind"]["hostile"]["false_abstention"] is None


def got_at(report_: Mapping[str, Any], path: str) -> float:
    section, _, name = path.partition(".")
    value: float = report_[section][name]
    return value


def test_a_question_with_two_evidence_places_counts_either() -> None:
    asked = [high(id="first", question="a", evidence=(at(FIRST), at(THIRD)))]
    asked.append(replace(asked[0], id="second", question="b"))
    answerer = Scripted(answer("a", "4 metres", span=FIRST), answer("b", "4 metres", span=THIRD))
    got = figures(evaluate(asked, answerer, [TIDE]))
    assert got["answerable"]["evidence_recall"] == 1
    assert (got["citations"]["precision"], got["citations"]["recall"]) == (1, 1)
    assert got["answered"]["right"] == 1


def test_a_false_premise_that_is_answered_is_no_abstention() -> None:
    asked = [Question("q", "Why did the tide fall?", answerable=False, kind="false_premise")]
    got = figures(evaluate(asked, Scripted(answer(asked[0].question, "4 metres", span=FIRST)), [TIDE]))
    assert got["unanswerable"]["abstention_recall"] == 0
    assert got["answered"] == {"n": 1, "right": 0}
    assert got["stages"] == {"answered_unanswerable": 1}
    assert got["calibration"]["brier"] == pytest.approx(0.81)


def test_a_citation_that_the_article_does_not_have_is_not_exact() -> None:
    wrong = answer("How high?", "4 metres", span=FIRST)
    moved = replace(wrong.citations[0], start=1)
    wrong = replace(wrong, statements=(Statement("4 metres", (moved,)),))
    got = figures(evaluate([high()], Scripted(wrong), [TIDE]))
    assert got["citations"]["exact"] == 0


def test_without_gold_evidence_no_citation_is_judged() -> None:
    got = figures(
        evaluate([high(evidence=())], Scripted(answer("How high?", "4 metres", span=THIRD)), [TIDE])
    )
    assert got["answerable"]["evidence_recall"] is None
    assert got["citations"] == {"n": 1, "exact": 1, "precision": None, "recall": None}
    assert got["answered"]["right"] == 1


# Asking


def test_history_is_passed_on_and_articles_are_chosen_only_when_given() -> None:
    question = high(history=("What rose?",), document_id="tide")
    answerer = Scripted(answer("How high?", "4 metres", span=FIRST))
    evaluate([question], answerer, [TIDE])
    evaluate([question], answerer, [TIDE], given_article=True)
    evaluate([high()], answerer, [TIDE], given_article=True)
    assert answerer.asked == [
        ("How high?", ("What rose?",), None),
        ("How high?", ("What rose?",), ("tide",)),
        ("How high?", (), None),
    ]


def test_an_error_while_answering_is_an_error_and_no_wrong_answer() -> None:
    asked = [high(), high(id="lost", question="not in the script")]
    made = evaluate(asked, Scripted(answer("How high?", "4 metres", span=FIRST)), [TIDE])
    got = figures(made)
    assert (got["n"], got["errors"], got["answerable"]["n"]) == (2, 1, 1)
    assert got["answerable"]["exact_match"] == 1
    record = got["questions"][1]
    assert record["error"] == "KeyError: 'not in the script'"
    assert (record["prediction"], record["scores"], record["stage_failed"]) == (None, {}, "")
    assert [item["id"] for item in made.errors] == ["lost"]


def test_an_error_while_searching_is_one_too() -> None:
    def broken(question: str, only: object, k: int) -> list[Hit]:
        raise OSError(question, only, k)

    answerer = Scripted(answer("How high?", "4 metres", span=FIRST))
    got = figures(evaluate([high()], answerer, [TIDE], search=Search((), broken)))
    assert (got["errors"], got["answerable"]["n"], got["answerable"]["exact_match"]) == (1, 0, None)


def test_a_person_who_stops_the_program_stops_it() -> None:
    class Stopped:
        def ask(self, question: str, history: History = (), *, only: Collection[str] | None = None) -> Answer:
            raise KeyboardInterrupt(question, history, only)

    with pytest.raises(KeyboardInterrupt):
        evaluate([high()], Stopped(), [TIDE])


def test_evidence_that_stands_nowhere_stops_before_anything_is_asked() -> None:
    answerer = Scripted()
    with pytest.raises(QuestionsFileError, match="does not stand in any article"):
        evaluate([high(evidence=("It fell.",), where="q.jsonl:1")], answerer, [TIDE])
    assert answerer.asked == []


def test_progress_is_told_after_every_question() -> None:
    told: list[tuple[int, int]] = []
    evaluate([high(), high(id="2")], Silent(), [TIDE], progress=lambda *step: told.append(step))
    assert told == [(1, 2), (2, 2)]


# Stages


def evidence(place: int, short: str, probability: float) -> Evidence:
    hit = found(TIDE, place)
    start = TIDE.text.index(short)
    reading = Reading((hit.passage.sentences[0],), (Span(start, start + len(short)),), 0.0, 0.0)
    return Evidence(hit, reading, probability)


RIGHT, ELSEWHERE = evidence(0, "4 metres", 0.4), evidence(2, "mayor", 0.3)


@pytest.mark.parametrize(
    ("given", "stage"),
    [
        (answer("How high?", "4 metres", span=FIRST, read=[RIGHT]), ""),
        (answer("How high?", "the tide", span=FIRST, read=[RIGHT]), "wrong"),
        (answer("How high?", "mayor", span=THIRD, read=[ELSEWHERE, RIGHT]), "not_read"),
        (answer("How high?", "mayor", span=THIRD, read=[ELSEWHERE]), "not_retrieved"),
        (answer("How high?", read=[RIGHT, ELSEWHERE]), "gated"),
        (answer("How high?", read=[ELSEWHERE, RIGHT]), "not_read"),
        (answer("How high?", read=[ELSEWHERE]), "not_retrieved"),
        (answer("How high?"), "not_retrieved"),
    ],
)
def test_the_stage_that_failed_is_the_first_that_went_wrong(given: Answer, stage: str) -> None:
    (record,) = evaluate([high()], Scripted(given), [TIDE]).records
    assert record["stage_failed"] == stage


def test_what_is_withheld_is_kept_as_a_guess() -> None:
    (record,) = evaluate([high()], Scripted(answer("How high?", read=[RIGHT])), [TIDE]).records
    assert record["guess"] == {
        "short": "4 metres",
        "confidence": 0.4,
        "score": 0.0,
        "grade": None,
        "right": True,
    }
    (record,) = evaluate([high()], Scripted(answer("How high?")), [TIDE]).records
    assert record["guess"] is None


# Retrieval


def rank(*places: int) -> Search:
    return Search(passages(TIDE), lambda question, only, k: [found(TIDE, place) for place in places][:k])  # noqa: ARG005


def test_a_passage_is_relevant_when_it_holds_a_character_of_the_evidence() -> None:
    across = TIDE.text[FIRST.end - 2 : SECOND.start + 3]
    made = evaluate([high(evidence=(across,))], Silent(), [TIDE], search=rank(2, 1, 0))
    (record,) = made.records
    names = ["tide#44-72", "tide#27-43", "tide#0-26"]
    assert [(item["passage"], item["gold"]) for item in record["retrieved"]] == list(
        zip(names, [False, True, True], strict=True)
    )
    assert record["relevant"] == {names[2]: 1, names[1]: 1}
    assert figures(made)["retrieval"] == {
        "n": 1,
        "recall@1": 0,
        "recall@5": 1,
        "success@1": 0,
        "success@5": 1,
        "mrr@10": 1 / 2,
        "ndcg@10": pytest.approx((1 / math.log2(3) + 1 / math.log2(4)) / (1 + 1 / math.log2(3))),
    }
    assert made.passages[names[2]]["text"] == "The tide rose to 4 metres."


def test_a_relevant_passage_that_is_not_found_counts() -> None:
    made = evaluate([high()], Silent(), [TIDE], search=rank(2))
    assert figures(made)["retrieval"]["recall@5"] == 0
    assert "tide#0-26" in made.passages
    assert made.to_qrels() == "high 0 tide#0-26 1\n"
    assert made.to_trec() == "high Q0 tide#44-72 1 0.016393443 citewell\n"


def in_ir_measures(qrels: str, run: str) -> list[float]:
    """Return recall@1, recall@5, MRR@10 and nDCG@10 of two files of trec_eval."""
    judged = [line.split() for line in qrels.splitlines()]
    ranked = [line.split() for line in run.splitlines()]
    measures = [R @ 1, R @ 5, RR @ 10, nDCG @ 10]
    values = ir_measures.calc_aggregate(
        measures,
        [Qrel(query, id_, int(gain)) for query, _, id_, gain in judged],
        [ScoredDoc(query, id_, float(score)) for query, _, id_, _, score, _ in ranked],
    )
    return [values[measure] for measure in measures]


def test_the_run_file_keeps_our_order_of_ties_and_gives_our_figures_in_ir_measures() -> None:
    asked = [high(id="a b", evidence=(at(THIRD),)), high(id="c", evidence=(at(FIRST), at(SECOND)))]
    asked.append(Question("x", "How high?", answerable=False))
    made = evaluate(asked, Silent(), [TIDE], search=rank(0, 1, 2))
    wanted = in_ir_measures(made.to_qrels(), made.to_trec())
    got = figures(made)["retrieval"]
    assert [got[name] for name in RANKED] == pytest.approx(wanted)
    assert "a%20b Q0" in made.to_trec()


def test_beir_is_judged_by_the_best_passage_of_each_article() -> None:
    wind = document("The wind fell. It rose. It fell.", id="wind")
    hits = [found(wind, 1), found(TIDE, 2), found(wind, 0), found(TIDE, 0)]
    search = Search([], lambda question, only, k: hits[:k])  # noqa: ARG005
    judged = JudgedQueries(
        "b", "", (TIDE, wind), {"q": "?", "none": "?"}, {"q": {"tide": 2, "wind": 0}, "none": {}}
    )
    got = figures(run.judge(judged, search))
    assert [item["passage"] for item in got["questions"][0]["retrieved"]] == ["wind", "tide"]
    assert (got["retrieval"]["n"], got["retrieval"]["mrr@10"]) == (2, 1 / 4)
    assert (got["answerable"]["n"], got["answerable"]["f1"]) == (0, None)


# The worked example of the docs


def test_the_worked_example_of_the_docs_is_right(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "evaluation.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```(text|jsonl|json)\n(.*?)```", page, re.DOTALL)
    article_text, asked_text, replies_text, wanted_text = (body for _, body in blocks[:4])
    article = document(article_text.strip(), id="tide")
    path = tmp_path / "questions.jsonl"
    path.write_text(asked_text)
    asked = questions.read(path).questions
    replies = [json.loads(line) for line in replies_text.splitlines()]
    rankings = {}
    script = []
    for question, reply in zip(asked, replies, strict=True):
        hits = [found(article, place - 1) for place in reply["ranking"]]
        rankings[question.question] = hits
        span = hits[0].passage.sentences[0] if reply["answered"] else None
        start = article.text.index(reply["short"])
        sentence = passages(article)[reply["sentence"] - 1].sentences[0]
        reading = Reading((sentence,), (Span(start, start + len(reply["short"])),), 0.0, 0.0)
        script.append(
            answer(
                question.question,
                reply["short"] if reply["answered"] else "",
                article=article,
                span=sentence if span else None,
                confidence=reply["confidence"],
                read=[Evidence(found(article, reply["sentence"] - 1), reading, reply["confidence"])],
            )
        )
    search = Search(passages(article), lambda question, only, k: rankings[question][:k])  # noqa: ARG005
    got = figures(evaluate(asked, Scripted(*script), [article], search=search))
    for section, wanted in json.loads(wanted_text).items():
        assert {name: got[section][name] for name in wanted} == pytest.approx(wanted, abs=5e-4), section


# Intervals


def test_every_figure_has_an_interval_that_holds_it() -> None:
    asked, article = shipped()
    half = {question.question: question for question in asked}

    class Half(Perfect):
        def ask(self, question: str, history: History = (), *, only: Collection[str] | None = None) -> Answer:
            if len(question) % 2:
                return answer(question, "nonsense", article=article, span=Span(0, 20), confidence=0.6)
            return super().ask(question, history, only=only)

    got = figures(evaluate(asked, Half(asked, article), [article]))
    assert half
    measured = [figure.path for figure in FIGURES if got_at(got, figure.path) is not None]
    assert list(got["intervals"]) == measured
    for path in measured:
        low, high_ = got["intervals"][path]
        assert low <= got_at(got, path) <= high_
    low, high_ = got["intervals"]["answerable.f1"]
    assert high_ - low == pytest.approx(2 * 1.96 * math.sqrt(0.25 / got["answerable"]["n"]), rel=0.1)


# Two reports


def records(**shorts: str) -> list[Record]:
    """Answer questions named by id; "" abstains."""
    asked = [high(id=id_, question=id_) for id_ in shorts]
    answers = [answer(id_, short, span=FIRST if short else None) for id_, short in shorts.items()]
    return list(evaluate(asked, Scripted(*answers), [TIDE]).records)


def test_two_reports_are_compared_question_by_question() -> None:
    before = records(a="4 metres", b="", c="", d="the tide", e="4 metres")
    after = records(a="4 metres", b="4 metres", c="", d="", e="")
    found_ = comparison.compare(before, after)
    assert [(one["id"], comparison.change(one, two)) for one, two in found_.changed] == [
        ("b", "better"),
        ("d", "other"),
        ("e", "worse"),
    ]
    f1 = next(item for item in found_.differences if item.path == "answerable.f1")
    assert (f1.n, f1.first, f1.second) == (5, 2 / 5, 2 / 5)
    assert f1.interval is not None
    assert f1.interval[0] < 0 < f1.interval[1]
    assert not f1.is_certain
    json.dumps(found_.to_dict(), allow_nan=False)


def test_the_page_of_a_comparison_says_what_changed_and_runs_nothing() -> None:
    before, after = records(a="4 metres", b="", c="x"), records(a="4 metres", b="4 metres", c="")
    before[1]["question"] = after[1]["question"] = "<script>alert(1)</script>"
    page = report_html.render_comparison(
        comparison.compare(before, after).to_dict(), ("<b>before</b>.json", "after.json")
    )
    assert "<script" not in page
    assert "<b>before" not in page
    assert "script-src" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert "Of 3 questions in both, 2 changed: 0 worse, 1 better, 1 other." in page
    assert re.search(r"<td>better</td><td>.*\(not answered\).*</td><td>.*4 metres.*</td>", page)


def test_figures_are_given_by_article_and_failures_can_be_asked_again(tmp_path: Path) -> None:
    here, there = high(id="a", question="a"), replace(high(id="b", question="b"), evidence=())
    asked = [here, replace(there, document_id="wind"), high(id="c", question="c")]
    answers = [answer(id_, short, span=FIRST) for id_, short in (("a", "4 metres"), ("b", "x"), ("c", "x"))]
    wind = document("The wind fell.", id="wind")
    report = evaluate(asked, Scripted(*answers), [TIDE, wind])
    by_article = report.to_dict()["by_article"]
    assert isinstance(by_article, dict)
    assert {name: row["n"] for name, row in by_article.items()} == {TIDE.id: 2, "wind": 1}
    assert by_article[TIDE.id]["contains"] == 0.5

    path = tmp_path / "failed.jsonl"
    path.write_text(report.to_questions())
    again = questions.read(path).questions
    assert [item.id for item in again] == ["b", "c"]
    assert replace(again[1], where="", document_id="") == replace(asked[2], where="", document_id="")
    told = json.loads(path.read_text().splitlines()[1])
    assert (told["stage_failed"], told["said"]) == (report.records[2]["stage_failed"], "x [1]")


def test_the_interval_of_a_difference_is_paired() -> None:
    # Alone, each share is certain to 0.2; the difference is the same for every question.
    ids = [f"q{n}" for n in range(40)]
    before = records(**dict.fromkeys(ids, ""))
    after = records(**dict.fromkeys(ids, "4 metres"))
    found_ = comparison.compare(before, after)
    difference = next(item for item in found_.differences if item.path == "answerable.false_abstention")
    assert difference.interval == (-1.0, -1.0)
    assert difference.is_certain
    assert "citations.precision" not in [item.path for item in found_.differences]


def test_questions_of_one_report_alone_or_with_an_error_are_left_out() -> None:
    before, after = records(a="x", b="x", c="x"), records(b="x", c="4 metres", d="x")
    before[1]["error"] = "OSError: gone"
    found_ = comparison.compare(before, after)
    assert (found_.n, found_.left_out) == (1, ("a", "b", "d"))


def test_reports_that_ask_something_else_are_not_compared() -> None:
    before, after = records(a="x"), records(a="x")
    after[0]["answers"] = ["5 metres"]
    with pytest.raises(ReportError, match="differ in the 'answers' of 'a'"):
        comparison.compare(before, after)
    with pytest.raises(ReportError, match="no answered question in common"):
        comparison.compare(before, records(b="x"))


@pytest.mark.parametrize("text", ["{", "[]", '{"questions": [{"id": "a"}]}', None])
def test_a_file_that_is_no_report_is_named(tmp_path: Path, text: str | None) -> None:
    path = tmp_path / "a.json"
    if text is not None:
        path.write_text(text)
    with pytest.raises(ReportError, match=r"a\.json: .*citewell evaluate --json"):
        comparison.read_records(path)


# Bounds


def test_a_bare_name_is_that_of_the_first_section() -> None:
    paths = [item.path for item in comparison.bounds("f1=0.8, recall=0.5,overall.f1=.3,p95=900,ece=0")]
    assert paths == ["answerable.f1", "citations.recall", "overall.f1", "latency_ms.p95", "calibration.ece"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("f2=0.8", "no figure is called 'f2'; did you mean 'f1'?"),
        ("abstention_recal=0.8", "did you mean 'abstention_recall'?"),
        ("by_kind.lists.f1=0.8", "did you mean 'by_kind.list.f1'?"),
        ("f1", "the bound of 'f1' is ''; a number from 0 to 1 is wanted, as in f1=0.8"),
        ("f1=80", "the bound of 'f1' is '80'; a number from 0 to 1 is wanted"),
        ("f1=nan", "the bound of 'f1' is 'nan'"),
        ("f1=0.8,,", "no figure is called ''"),
        ("p95=fast", "milliseconds is wanted"),
    ],
)
def test_a_bound_that_cannot_be_read_is_named(text: str, problem: str) -> None:
    with pytest.raises(ReportError) as caught:
        comparison.bounds(text, ["list"])
    assert problem in str(caught.value)


def test_bounds_are_floors_and_where_lower_is_better_ceilings() -> None:
    asked = [high(kind="a.b"), high(id="2", question="?", kind="a.b")]
    got = figures(evaluate(asked, Scripted(answer("How high?", "4 metres", span=FIRST), answer("?")), [TIDE]))

    def lines(text: str) -> list[str]:
        return comparison.missed_bounds(comparison.bounds(text, ["a.b"]), got)

    assert lines("f1=0.5,false_abstention=0.5,by_kind.a.b.f1=0.5,p95=60000") == []
    assert lines("f1=0.51") == ["answerable.f1 is 0.5000; at least 0.51 is wanted"]
    assert lines("false_abstention=0.49,by_kind.a.b.right=1") == [
        "answerable.false_abstention is 0.5000; at most 0.49 is wanted"
    ]
    assert lines("abstention_recall=0") == [
        "unanswerable.abstention_recall has nothing to measure; at least 0 is wanted"
    ]


# Files


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    report.write(path, "old")
    with pytest.raises(UnicodeEncodeError):
        report.write(path, "new \ud800")
    assert path.read_text() == "old"
    with path.open() as reader:
        report.write(path, "new")
        assert reader.read() == "old"  # whoever had it open sees the old one to its end
    assert path.read_text() == "new"
    assert os.listdir(tmp_path) == ["report.json"]  # noqa: PTH208 - hidden files too


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ReportError, match=r"none/report\.json: cannot be written: No such file"):
        report.write(tmp_path / "none" / "report.json", "")
    with pytest.raises(ReportError, match="cannot be written"):
        report.write(tmp_path, "")


@pytest.mark.unix("links")
def test_a_link_is_followed(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "target")
    report.write(tmp_path / "link", "text")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "target").read_text() == "text"


# An Assistant


def assistant() -> Assistant:
    return Assistant.from_files([CORPUS], settings=Settings(encoder="hashing", vector_index="exact"))


def without_times(text: str) -> str:
    return re.sub(r'("latency_ms": )\{[^{}]*(?:\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}[^{}]*)*\}', r"\1{}", text)


def test_two_runs_differ_in_times_alone() -> None:
    asked = questions.read(QUESTIONS).select("dev", 20).questions
    texts = []
    for _ in range(2):
        answerer = assistant()
        made = evaluate(asked, answerer, answerer.collection.documents, search=Search.of(answerer))
        texts.append(made.to_json())
    assert without_times(texts[0]) == without_times(texts[1])
    assert '"read": ' not in without_times(texts[0])
    assert json.loads(texts[0])["latency_ms"]["by_stage"]["read"]["p50"] > 0


def test_a_report_holds_all_that_a_page_needs() -> None:
    answerer = assistant()
    asked = questions.read(QUESTIONS).select("dev", 30).questions
    got = json.loads(
        evaluate(asked, answerer, answerer.collection.documents, search=Search.of(answerer)).to_json()
    )
    article = answerer.collection.documents[0].text
    assert got["calibration"]["threshold"] == answerer.threshold
    for record in got["questions"]:
        assert set(record) == set(Record.__annotations__)
        assert record["retrieved"]
        assert {item["passage"] for item in record["retrieved"]} <= set(got["passages"])
        for citation in [*record["prediction"]["citations"], *record["closest"]]:
            assert citation["exact"]
            assert (
                article[citation["start_char_index"] : citation["end_char_index"]] == citation["cited_text"]
            )
        for place in record["gold"]:
            assert article[place["start"] : place["end"]] in record["evidence"]
    for passage in got["passages"].values():
        assert article[passage["start"] : passage["end"]] == passage["text"]


# The command line


def citewell(folder: Path, *arguments: object, code: int = 0) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "-m", "citewell", *map(str, arguments)],
        cwd=folder,
        env=os.environ | {"CITEWELL_ENCODER": "hashing", "CITEWELL_VECTOR_INDEX": "exact", "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code, done.stdout + done.stderr
    return done


def test_evaluate_prints_a_table_and_writes_what_is_asked_for(tmp_path: Path) -> None:
    outputs = {name: tmp_path / name for name in ("report.json", "run", "qrels")}
    done = citewell(
        tmp_path, "evaluate", QUESTIONS, "--corpus", CORPUS, "--split", "dev", "--limit", 12,
        "--json", outputs["report.json"], "--trec", outputs["run"], "--qrels", outputs["qrels"],
        "--failures", tmp_path / "failed.jsonl", "--fail-under", "f1=0,exact=1,false_abstention=1",
    )  # fmt: skip
    assert re.search(r"^answerable\.f1 +0\.\d{3} +0\.\d{3} to [01]\.\d{3} +\d+$", done.stdout, re.MULTILINE)
    assert "12 questions, 0 errors" in done.stdout
    got = json.loads(outputs["report.json"].read_text())
    assert got["about"]["questions"]["name"] == "questions.jsonl"
    assert got["about"]["settings"]["encoder"] == "hashing-512"
    assert len(outputs["run"].read_text().splitlines()) == sum(
        len(item["retrieved"]) for item in got["questions"]
    )
    wanted = in_ir_measures(outputs["qrels"].read_text(), outputs["run"].read_text())
    assert [got["retrieval"][name] for name in RANKED] == pytest.approx(wanted)
    changes = citewell(
        tmp_path, "evaluate", "--compare", outputs["report.json"], outputs["report.json"],
        "--html", tmp_path / "changes.html",
    )  # fmt: skip
    assert "12 questions; 0 changed" in changes.stdout
    page = (tmp_path / "changes.html").read_text()
    assert "Of 12 questions in both, 0 changed" in page
    failed = questions.read(tmp_path / "failed.jsonl").questions
    assert [item.id for item in failed] == [item["id"] for item in got["questions"] if item["stage_failed"]]
    assert set(got["by_article"]) == {"operation-disruptor"}


def test_a_bound_that_is_missed_exits_3_and_says_which(tmp_path: Path) -> None:
    done = citewell(
        tmp_path, "evaluate", QUESTIONS, "--corpus", CORPUS, "--limit", 3, "--fail-under", "f1=1", code=3
    )
    assert re.fullmatch(r"citewell: answerable\.f1 is 0\.\d+; at least 1 is wanted", last_line(done))


def last_line(done: subprocess.CompletedProcess[str]) -> str:
    return done.stderr.splitlines()[-1]


def test_a_question_that_cannot_be_asked_exits_3_and_is_named(tmp_path: Path) -> None:
    path = tmp_path / "q.jsonl"
    long = {"id": "long", "question": "why " * 2000, "answers": [], "answerable": False}
    path.write_text(json.dumps(long) + "\n")
    done = citewell(tmp_path, "evaluate", path, "--corpus", CORPUS, "--json", "-", code=3)
    assert last_line(done).startswith("citewell: long: QuestionError: the question has")
    assert json.loads(done.stdout)["errors"] == 1


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["evaluate"], "no FILE of questions was given"),
        (["evaluate", "q.jsonl", "--json", "none/x.json"], "none/x.json: cannot be written"),
        (["evaluate", "q.jsonl", "--fail-under", "f3=1"], "did you mean 'f1'?"),
        (["evaluate", "none.jsonl"], "none.jsonl: cannot be read: No such file"),
        (["evaluate", "q.jsonl", "--split", "test"], "no questions of the split 'test'"),
        (["evaluate", "--compare", "q.jsonl", "q.jsonl"], "q.jsonl: is not a report"),
    ],
)
def test_what_a_user_can_mend_is_one_line_and_exit_code_2(
    tmp_path: Path, arguments: list[str], problem: str
) -> None:
    (tmp_path / "q.jsonl").write_text('{"id": "a", "question": "?", "answers": [], "answerable": false}\n')
    done = citewell(tmp_path, *arguments, code=2)
    (line,) = done.stderr.splitlines()
    assert line.startswith("citewell: ")
    assert problem in line


def test_malformed_lines_are_named_and_nothing_is_written(tmp_path: Path) -> None:
    (tmp_path / "q.jsonl").write_text('{"id": 3}\n[]\n')
    done = citewell(tmp_path, "evaluate", "q.jsonl", "--corpus", CORPUS, "--json", "report.json", code=2)
    assert done.stderr.splitlines()[-1] == "citewell: q.jsonl:2: is a list; an object is wanted"
    assert all(line.startswith("citewell: q.jsonl:") for line in done.stderr.splitlines())
    assert sorted(os.listdir(tmp_path)) == ["q.jsonl"]  # noqa: PTH208 - hidden files too


def test_squad_and_beir_are_evaluated_on_their_own_articles(tmp_path: Path) -> None:
    paragraphs = [
        {"context": text, "qas": [{"id": text[4:8], "question": question, "answers": [answer_]}]}
        for text, question, answer_ in (
            (
                "The tide rose to 4 metres.",
                "How high did the tide rise?",
                {"text": "4 metres", "answer_start": 17},
            ),
            ("The wind fell at noon.", "When did the wind fall?", {"text": "noon", "answer_start": 17}),
        )
    ]
    (tmp_path / "s.json").write_text(json.dumps({"data": [{"title": "Sea", "paragraphs": paragraphs}]}))
    citewell(tmp_path, "evaluate", "s.json", "--given-article", "--threshold", 0, "--json", "given.json")
    got = json.loads((tmp_path / "given.json").read_text())
    assert (got["about"]["articles"]["n"], got["answerable"]["evidence_recall"]) == (2, 1)
    assert [len(record["retrieved"]) for record in got["questions"]] == [1, 1]
    done = citewell(tmp_path, "evaluate", "s.json", "--context", "article", "--json", "-")
    assert json.loads(done.stdout)["about"]["articles"]["n"] == 1

    beir_folder = tmp_path / "beir"
    (beir_folder / "qrels").mkdir(parents=True)
    lines = [{"_id": "d1", "text": "The tide rose."}, {"_id": "d2", "text": "The wind fell."}]
    (beir_folder / "corpus.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    (beir_folder / "queries.jsonl").write_text('{"_id": "q", "text": "Did the wind fall?"}\n')
    (beir_folder / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\nq\td2\t1\n")
    done = citewell(tmp_path, "evaluate", "beir", "--fail-under", "mrr@10=1")
    assert re.search(r"^retrieval\.ndcg@10 +1\.000", done.stdout, re.MULTILINE)


def test_help_loads_no_heavy_library() -> None:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "citewell", "evaluate", "--help"],
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = {line.rpartition("|")[2].strip().partition(".")[0] for line in done.stderr.splitlines()}
    assert not loaded & {"torch", "faiss", "gradio", "sentence_transformers", "transformers"}


def test_the_mean_of_shares_is_numpy_s() -> None:
    assert FIGURES_BY_PATH["answerable.f1"].statistic(np.array([[0.5], [1.0]])) == 0.75
