import json
from collections import Counter
from pathlib import Path

import pytest

from citewell.documents import loading
from citewell.evaluation import questions
from citewell.evaluation.questions import Question, locate_evidence

ROOT = Path(__file__).parents[2]
ARTICLE = ROOT / "corpus" / "operation-disruptor.txt"
WIKINEWS = ROOT / "tests" / "data" / "wikinews"
LOOKALIKES = ROOT / "tests" / "data" / "lookalikes"
NEAR_MISSES = ROOT / "tests" / "data" / "near_misses"
REASONING = ROOT / "tests" / "data" / "reasoning"
FILES = {
    "corpus": ROOT / "corpus" / "questions.jsonl",
    "wikinews": WIKINEWS / "questions.jsonl",
    "lookalikes": LOOKALIKES / "questions.jsonl",
    "near_misses": NEAR_MISSES / "questions.jsonl",
    "reasoning": REASONING / "dev-questions.jsonl",
}
ARTICLES = {
    "corpus": ARTICLE,
    "wikinews": WIKINEWS / "articles.jsonl",
    "lookalikes": LOOKALIKES / "articles.jsonl",
    "near_misses": NEAR_MISSES / "articles.jsonl",
    "reasoning": NEAR_MISSES / "articles.jsonl",
}
BOTH = pytest.mark.parametrize("name", ["corpus", "wikinews"])
EVERY = pytest.mark.parametrize("name", FILES)
SAME_LINE = "each question is once in a file"
KINDS = {
    "factoid", "numeric", "list", "why_how", "attribution", "reasoning", "noisy", "follow_up",
    "near_miss", "false_premise", "off_topic", "hostile",
}  # fmt: skip
MISSES = {
    "other_entity", "not_named", "other_quantity", "other_time", "reversed", "false_premise",
    "missing_why_how", "missing_detail", "other_stage", "swapped_word",
}  # fmt: skip
NEVER_ANSWERABLE = {"near_miss", "off_topic", "hostile", *MISSES}
REASONED = {"count", "compare", "add", "rank", "yes_no"}


def asked(name: str) -> tuple[Question, ...]:
    return questions.read(FILES[name]).questions


@EVERY
def test_every_quote_of_the_evidence_is_a_verbatim_slice_of_its_article(name: str) -> None:
    documents = loading.load([ARTICLES[name]]).documents
    golds = locate_evidence(asked(name), documents)  # Raises where one is not.
    texts = {document.id: document.text for document in documents}
    for question, gold in zip(asked(name), golds, strict=True):
        assert {texts[place.document_id][place.start : place.end] for place in gold.places} == set(
            question.evidence
        )


@EVERY
def test_the_quotes_are_verbatim_before_anything_is_normalised_too(name: str) -> None:
    if name == "corpus":
        texts = {"": ARTICLE.read_text(encoding="utf-8")}
    else:
        lines = ARTICLES[name].read_text(encoding="utf-8").split("\n")
        texts = {record["id"]: record["text"] for record in map(json.loads, filter(None, lines))}
    for line in filter(None, FILES[name].read_text(encoding="utf-8").split("\n")):
        record = json.loads(line)
        assert all(quote in texts[record.get("document_id", "")] for quote in record["evidence"]), record[
            "id"
        ]


@EVERY
def test_an_answerable_question_has_answers_and_evidence_and_no_other_has(name: str) -> None:
    for question in asked(name):
        assert bool(question.answers) == bool(question.evidence) == question.answerable, question.id
        may_be_in_vain = NEVER_ANSWERABLE | REASONED | {"follow_up", "noisy"}
        assert question.answerable or question.kind in may_be_in_vain, question.id
        assert not (question.answerable and question.kind in NEVER_ANSWERABLE), question.id


@BOTH
def test_ids_and_questions_are_unique_and_every_kind_and_split_is_there(name: str) -> None:
    found = asked(name)
    assert len({question.id for question in found}) == len(found)
    assert len({(question.question, question.history) for question in found}) == len(found), SAME_LINE
    assert {question.kind for question in found} == KINDS
    assert {question.split for question in found} == {"dev", "test"}
    assert all(bool(question.history) == (question.kind == "follow_up") for question in found)


def test_the_shipped_article_has_160_questions_45_of_them_unanswerable() -> None:
    found = asked("corpus")
    assert len(found) >= 160
    assert sum(not question.answerable for question in found) >= 45
    splits = Counter((question.split, question.answerable) for question in found)
    assert min(splits.values()) >= 20


def test_wikinews_has_200_questions_a_third_unanswerable_on_40_articles() -> None:
    found = asked("wikinews")
    documents = loading.load([ARTICLES["wikinews"]]).documents
    assert len(documents) == 40
    assert len(found) >= 200
    assert sum(not question.answerable for question in found) >= len(found) / 3
    assert len({question.document_id for question in found if question.answerable}) == 40


@pytest.mark.parametrize("name", ["wikinews", "near_misses"])
def test_a_set_is_split_by_article_so_that_nothing_of_the_test_was_seen(name: str) -> None:
    splits: dict[str, set[str]] = {}
    for question in asked(name):
        if question.document_id:
            splits.setdefault(question.document_id, set()).add(question.split)
    assert all(len(found) == 1 for found in splits.values())


def test_half_of_the_near_misses_are_answered_and_every_way_to_miss_is_there() -> None:
    found = asked("near_misses")
    assert Counter((question.split, question.answerable) for question in found) == {
        ("dev", True): 387, ("dev", False): 386, ("test", True): 254, ("test", False): 255,
    }  # fmt: skip
    assert len({question.id for question in found}) == len(found)
    assert {question.kind for question in found if not question.answerable} == MISSES


def test_every_text_of_the_near_misses_names_its_licence() -> None:
    lines = ARTICLES["near_misses"].read_text(encoding="utf-8").splitlines()
    assert all(json.loads(line)["licence"] and json.loads(line)["source"] for line in lines)


def test_each_kind_of_reasoning_has_its_questions_to_write_on_and_others_to_measure_on_by_article() -> None:
    found = asked("reasoning")
    halves = Counter((question.kind, question.split) for question in found if question.split != "added")
    assert halves.keys() == {(kind, half) for kind in REASONED for half in ("written", "measured")}
    assert min(halves.values()) >= 16
    assert all(
        question.split in ({"written"} if int(question.document_id[1:]) % 2 else {"measured", "added"})
        for question in found
    )
    unanswerable = Counter(question.kind for question in found if not question.answerable)
    assert unanswerable.keys() == REASONED
    assert sum(unanswerable.values()) >= len(found) / 5


def test_the_reasoning_test_set_has_twelve_questions_of_each_kind_and_a_fifth_without_an_answer() -> None:
    found = questions.read(ROOT / "tests" / "data" / "reasoning" / "test-questions.jsonl").questions
    assert Counter(question.kind for question in found) == dict.fromkeys(
        ("count", "compare", "add", "rank", "yes_no"), 12
    )
    assert {question.split for question in found} == {"test"}
    assert len({question.question for question in found}) == len(found) == 60
    assert sum(not question.answerable for question in found) == len(found) / 5
    assert all(bool(question.evidence) == question.answerable for question in found)
    assert len({question.document_id for question in found}) == 34
