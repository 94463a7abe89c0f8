"""Verdicts on answers: what each tells of the right answer, and that none is lost or torn."""

import json
import os
import stat
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from citewell.answers.answer import Abstention, Answer, Trace
from citewell.assistant import Assistant
from citewell.checking.citations import Statement, cite
from citewell.documents.document import Document, document
from citewell.errors import FeedbackError, QuestionsFileError
from citewell.evaluation import questions
from citewell.evaluation.questions import Question, locate_evidence
from citewell.evaluation.run import evaluate
from citewell.index.encoders import hashing
from citewell.settings import settings
from citewell.text.spans import Span
from citewell.web import feedback_file
from citewell.web.feedback import Feedback, keep, record, unlabelled_file

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
TIDE = document("The tide\n\nThe tide rose\nto 3.2 metres. Nobody was hurt.\n\nIt fell.", id="news/tide")
RAIN = document("It rained all day. Nobody was hurt.", id="rain")
ROSE = Span(10, 38)
ROSE_QUOTE = "The tide rose\nto 3.2 metres."


def answered(*, article: Document = TIDE, span: Span = ROSE, **changes: Any) -> Answer:
    citation = cite(article, 0, span, 1)
    made = Answer(
        question="How high?",
        standalone="How high did it rise?",
        statements=(Statement(citation.quote, (citation,), (Span(17, 27),)),),
        short="3.2 metres",
        confidence=0.8,
        abstention=None,
        message="",
        closest=(),
        trace=Trace(),
    )
    return replace(made, **changes)


def abstained(reason: Abstention = Abstention.NOT_ANSWERED, **changes: Any) -> Answer:
    silent = replace(
        answered(), statements=(), short="", abstention=reason, message="The article does not say."
    )
    return replace(silent, **changes)


def up(answer: Answer | None = None, **said: Any) -> Feedback:
    return Feedback(answer or answered(), "up", NOON, **said)


def down(answer: Answer | None = None, **said: Any) -> Feedback:
    return Feedback(answer or answered(), "down", NOON, **said)


def question_of(said: Feedback, folder: Path, *documents: Document) -> Question:
    """The question that a verdict becomes, as `citewell evaluate` reads it, with its evidence found."""
    articles = documents or (TIDE,)
    path = folder / "reported.jsonl"
    assert keep(said, articles, path) == path
    (question,) = questions.read(path).questions
    (gold,) = locate_evidence([question], articles)
    texts = {article.id: article.text for article in articles}
    assert {texts[place.document_id][place.start : place.end] for place in gold.places} == set(
        question.evidence
    )
    return question


def notes(said: Feedback, folder: Path, documents: Sequence[Document] = (TIDE,)) -> dict[str, Any]:
    """The line of a verdict that tells no right answer."""
    path = folder / "reported.jsonl"
    target = keep(said, documents, path)
    assert target == folder / "reported.unlabelled.jsonl"
    assert not path.exists()
    (line,) = target.read_text("ascii").splitlines()
    found: dict[str, Any] = json.loads(line)
    return found


# What a verdict tells


def test_a_thumbs_up_makes_the_answer_and_its_quotes_gold(tmp_path: Path) -> None:
    question = question_of(up(history=("Did the tide rise?",)), tmp_path)
    assert question == Question(
        id=question.id,
        question="How high?",
        answers=("3.2 metres",),
        evidence=(ROSE_QUOTE,),
        answerable=True,
        kind="reported",
        history=("Did the tide rise?",),
        document_id="news/tide",
        where=f"{tmp_path / 'reported.jsonl'}:1",
    )


def test_the_owner_finds_the_verdict_what_was_said_and_when(tmp_path: Path) -> None:
    keep(up(), [TIDE], tmp_path / "q.jsonl")
    line = json.loads((tmp_path / "q.jsonl").read_text("ascii"))
    assert (line["verdict"], line["said"], line["at"]) == (
        "up",
        f"{ROSE_QUOTE} [1]",
        "2026-11-24T12:00:00+00:00",
    )


@pytest.mark.parametrize("reason", [Abstention.NOT_ANSWERED, Abstention.NO_PASSAGE, Abstention.UNSUPPORTED])
def test_a_thumbs_up_on_no_answer_says_that_the_article_does_not_say(
    tmp_path: Path, reason: Abstention
) -> None:
    question = question_of(up(abstained(reason)), tmp_path)
    assert (question.answerable, question.answers, question.evidence) == (False, (), ())


def test_a_thumbs_down_with_a_right_answer_makes_that_gold_and_not_what_was_cited(tmp_path: Path) -> None:
    question = question_of(down(answers=("nobody", " no one ")), tmp_path)
    assert (question.answerable, question.answers) == (True, ("nobody", "no one"))
    assert question.evidence == ()


def test_a_right_answer_typed_beside_a_thumbs_up_stands_in_place_of_the_short_one(tmp_path: Path) -> None:
    question = question_of(up(answers=("3.2 m",)), tmp_path)
    assert (question.answers, question.evidence) == (("3.2 m",), (ROSE_QUOTE,))


def test_a_thumbs_down_may_say_that_the_article_does_not_say(tmp_path: Path) -> None:
    question = question_of(down(unsaid=True), tmp_path)
    assert (question.answerable, question.answers, question.evidence) == (False, (), ())


def test_a_thumbs_down_alone_tells_no_right_answer_and_is_no_question(tmp_path: Path) -> None:
    line = notes(down(history=("Did the tide rise?",)), tmp_path)
    assert line == {
        "id": line["id"],
        "kind": "reported",
        "question": "How high?",
        "history": ["Did the tide rise?"],
        "evidence": [],
        "document_id": "news/tide",
        "verdict": "down",
        "said": f"{ROSE_QUOTE} [1]",
        "at": "2026-11-24T12:00:00+00:00",
    }
    with pytest.raises(QuestionsFileError, match="has no 'answers'"):
        questions.read(tmp_path / "reported.unlabelled.jsonl")


def test_what_is_unlabelled_is_a_question_once_somebody_adds_the_answer(tmp_path: Path) -> None:
    line = notes(down(), tmp_path)
    line |= {"answers": ["nobody"], "answerable": True, "evidence": ["Nobody was hurt."]}
    path = tmp_path / "mended.jsonl"
    path.write_text(json.dumps(line), "ascii")
    (question,) = questions.read(path).questions
    assert question.evidence == ("Nobody was hurt.",)


@pytest.mark.parametrize("asked", ["Summarise the article", "Who is mentioned?", "Hello"])
def test_a_thumbs_up_on_what_has_no_one_right_answer_is_no_question(tmp_path: Path, asked: str) -> None:
    assert notes(up(answered(question=asked, standalone=asked)), tmp_path)["verdict"] == "up"


def test_a_thumbs_up_on_a_greeting_does_not_say_that_the_article_does_not_say(tmp_path: Path) -> None:
    hello = abstained(Abstention.NOT_A_QUESTION, question="Hello", standalone="Hello", message="Hello!")
    assert "answerable" not in notes(up(hello), tmp_path)


def test_a_short_answer_without_a_word_to_compare_gives_way_to_the_whole(tmp_path: Path) -> None:
    assert question_of(up(answered(short="The")), tmp_path).answers == (ROSE_QUOTE,)


# Evidence and articles


def test_the_article_is_the_one_cited_though_another_has_the_same_words(tmp_path: Path) -> None:
    nobody = answered(article=RAIN, span=Span(19, 35), short="Nobody")
    assert question_of(up(nobody), tmp_path, TIDE, RAIN).document_id == "rain"


def test_a_thumbs_down_does_not_say_that_the_cited_article_is_the_right_one(tmp_path: Path) -> None:
    assert question_of(down(answers=("x",)), tmp_path, TIDE, RAIN).document_id == ""


def test_two_cited_articles_leave_the_article_open(tmp_path: Path) -> None:
    both = (*answered().statements, Statement("It rained.", (cite(RAIN, 1, Span(0, 18), 2),)))
    question = question_of(up(answered(statements=both)), tmp_path, TIDE, RAIN)
    assert (question.document_id, len(question.evidence)) == ("", 2)


# What is refused


@pytest.mark.parametrize(
    ("said", "what"),
    [
        (down(answers=("x",), unsaid=True), "a right answer is given"),
        (up(abstained(), answers=("x",)), "it was right to give none"),
        (up(unsaid=True), "the answer is right, and the article does not say"),
        (down(answered(question=" "), answers=("x",)), "nothing was asked"),
    ],
)
def test_what_contradicts_itself_is_refused(said: Feedback, what: str) -> None:
    with pytest.raises(FeedbackError, match=f"the feedback contradicts itself: .*{what}"):
        record(said, [TIDE])


@pytest.mark.parametrize(
    ("said", "what"),
    [
        (down(answers=("the ...",)), "holds no word that is compared"),
        (down(answers=("x" * 4_001,)), "has 4,001 characters, the limit is 4,000"),
        (down(answers=("x",) * 21), "21 right answers were given, the limit is 20"),
    ],
)
def test_what_cannot_be_gold_is_refused(said: Feedback, what: str) -> None:
    with pytest.raises(FeedbackError, match=what):
        record(said, [TIDE])


def test_a_time_without_a_zone_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="has no time zone"):
        record(replace(up(), at=NOON.replace(tzinfo=None)), [TIDE])


# The line


def test_the_id_tells_question_history_and_time_apart() -> None:
    said = [
        up(),
        replace(up(), at=NOON + timedelta(microseconds=1)),
        up(history=("Why?",)),
        up(answered(question="How low?")),
        down(),
    ]
    ids = [record(item, [TIDE])["id"] for item in said]
    assert len(set(ids)) == len(ids)
    assert ids[0] == record(up(), [TIDE])["id"]


def test_a_long_history_is_cut_where_a_follow_up_does_not_look(tmp_path: Path) -> None:
    asked = (*(f"What is {number}?" for number in range(30)), " ", "x" * 3_000, "Did\u2028it\n rise?")
    history = question_of(up(history=asked), tmp_path).history
    assert (len(history), history[0], len(history[-2]), history[-1]) == (
        19,
        "What is 13?",
        2_000,
        "Did it rise?",
    )


@given(st.tuples(st.text(), st.text(), st.text()), st.sampled_from(["up", "down"]), st.data())
@hypothesis_settings(deadline=None)
def test_any_text_makes_a_line_that_is_read_or_is_left_unlabelled(
    tmp_path_factory: pytest.TempPathFactory, texts: tuple[str, str, str], verdict: Any, data: st.DataObject
) -> None:
    asked, short, typed = texts
    answer = answered(question=asked, standalone=asked, short=short)
    said = Feedback(answer, verdict, NOON, (asked, typed), (typed,), unsaid=data.draw(st.booleans()))
    path = tmp_path_factory.mktemp("any") / "q.jsonl"
    try:
        target = keep(said, [TIDE], path)
    except FeedbackError:
        assert not path.exists()
        return
    assert target.read_bytes().count(b"\n") == 1
    if target == path:
        assert len(questions.read(path).questions) == 1


def test_what_was_reported_is_evaluated_as_it_was_said(tmp_path: Path) -> None:
    tide = document("The tide\n\nThe tide rose to 3.2 metres on Monday. Nobody was hurt.", id="tide")
    assistant = Assistant.from_documents(
        [tide], settings=settings(encoder="hashing"), encoder=hashing.create()
    )
    asked = ("How high did the tide rise?", "And on Monday?")
    path = tmp_path / "reported.jsonl"
    answers: list[Answer] = []
    for number, question in enumerate(asked):
        answers.append(assistant.ask(question, answers))
        said = Feedback(answers[-1], "up", NOON, asked[:number])
        assert keep(said, assistant.collection.documents, path) == path
    assert answers[0].short
    report = evaluate(questions.read(path).questions, assistant, assistant.collection.documents)
    for found, answer in zip(report.records, answers, strict=True):
        assert (found["error"], found["stage_failed"], found["standalone"]) == ("", "", answer.standalone)


# The file


def test_threads_that_write_at_once_lose_no_line(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "q.jsonl"

    def one(number: int) -> None:
        keep(replace(up(), at=NOON + timedelta(seconds=number)), [TIDE], path)

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(one, range(200)))
    assert len({question.id for question in questions.read(path).questions}) == 200


WRITE = """
import sys
from pathlib import Path
from citewell.web import feedback_file
for number in range(30):
    feedback_file.append(Path(sys.argv[1]), {"id": f"{sys.argv[2]}-{number}", "said": "x" * 5000}, 10**7)
"""


def test_processes_that_write_at_once_lose_no_line(tmp_path: Path) -> None:
    path = tmp_path / "q.jsonl"
    writers = [subprocess.Popen([sys.executable, "-c", WRITE, str(path), str(name)]) for name in range(3)]
    assert [writer.wait(120) for writer in writers] == [0, 0, 0]
    lines = path.read_text("ascii").splitlines()
    assert len({json.loads(line)["id"] for line in lines}) == len(lines) == 90


def test_the_same_verdict_from_many_threads_is_one_line(tmp_path: Path) -> None:
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda _: keep(up(), [TIDE], tmp_path / "q.jsonl"), range(50)))
    assert len(questions.read(tmp_path / "q.jsonl").questions) == 1


def test_a_file_that_is_made_is_its_owners_alone(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        keep(up(), [TIDE], tmp_path / "new" / "q.jsonl")
    finally:
        os.umask(before)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "new").iterdir()}
    assert modes["q.jsonl"] == 0o600
    assert set(modes.values()) == {0o600}
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o700


def test_a_full_file_is_a_clear_error_and_stays_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "q.jsonl"
    keep(up(), [TIDE], path)
    before = path.read_bytes()
    limit = len(before) + 100
    with pytest.raises(
        FeedbackError, match=f"holds {len(before)} bytes, with this line the limit of {limit} is"
    ):
        keep(down(unsaid=True), [TIDE], path, most_bytes=limit)
    assert path.read_bytes() == before


FILL = """
import resource, sys
from pathlib import Path
from citewell.errors import FeedbackError
from citewell.web import feedback_file
resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))
try:
    feedback_file.append(Path(sys.argv[1]), {"id": "b", "said": "x" * 500}, 10**7)
except FeedbackError as error:
    print(error)
"""


@pytest.mark.unix("limits of a process")
def test_a_line_that_the_disk_has_no_room_for_leaves_no_part_behind(tmp_path: Path) -> None:
    path = tmp_path / "q.jsonl"
    feedback_file.append(path, {"id": "a"}, 10**7)
    done = subprocess.run([sys.executable, "-c", FILL, path], capture_output=True, text=True, check=True)
    assert f"{path} cannot be written (" in done.stdout
    assert path.read_bytes() == b'{"id": "a"}\n'


def test_what_a_crash_left_of_a_line_is_removed(tmp_path: Path) -> None:
    path = tmp_path / "q.jsonl"
    path.write_bytes(b'{"id": "a"}\n{"id": "b", "said": "half')
    feedback_file.append(path, {"id": "c"}, 10**7)
    assert path.read_bytes() == b'{"id": "a"}\n{"id": "c"}\n'


def test_a_whole_last_line_without_its_end_stays(tmp_path: Path) -> None:
    path = tmp_path / "q.jsonl"
    path.write_bytes(b'{"id": "a"}')
    feedback_file.append(path, {"id": "b"}, 10**7)
    assert path.read_bytes() == b'{"id": "a"}\n{"id": "b"}\n'


def test_a_folder_in_the_place_of_the_file_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(FeedbackError, match="cannot be written"):
        feedback_file.append(tmp_path, {"id": "a"}, 10**7)


def test_a_file_that_somebody_holds_for_too_long_is_a_clear_error(tmp_path: Path) -> None:
    path = tmp_path / "q.jsonl"
    with FileLock(f"{path}.lock"), pytest.raises(FeedbackError, match=r"another process holds .* 0\.1 s"):
        feedback_file.append(path, {"id": "a"}, 10**7, wait_s=0.1)


def test_what_tells_no_right_answer_goes_beside_whatever_the_file_is_called() -> None:
    assert unlabelled_file(Path("a/b.c.jsonl")) == Path("a/b.c.unlabelled.jsonl")
