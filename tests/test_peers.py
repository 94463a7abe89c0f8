"""The comparison with peers judges all systems alike; nothing is installed and no model is asked."""

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks import peers
from benchmarks.frameworks.asking import Answered, Article, Outcome, Said, Task, cite, do, read_numbers
from benchmarks.frameworks.judging import Verdict, fold, judge, locate, says_unknown
from citewell.answers.answer import Abstention, message_about
from citewell.evaluation.questions import Question
from citewell.questions.intent import REPLIES, Intent

TEXT = "The tide rose to 3.2 metres\n\nat Kiel on Monday. Nobody was hurt in the port. Ann Lee led the crews."
ARTICLES = [fold(TEXT)]
ASKED = Question(
    "q1", "How high did it rise?", ("3.2 metres",), ("The tide rose to 3.2 metres at Kiel on Monday.",)
)
NOT_THERE = Question("q2", "Who paid for the quay?", answerable=False)


def verdict(question: Question, text: str, cited: Sequence[str] = ()) -> Verdict:
    return judge(question, text, cited, [TEXT], ARTICLES)


@pytest.mark.parametrize(
    "text",
    [
        "I don't know.",
        "I do not know who led it.",
        "The article does not explicitly mention who led it.",
        "The provided context doesn’t contain any information about that.",
        "It is not mentioned in the text.",
        "The name of the leader is not specified in the given sources.",
        "None of the sources are helpful.",
        "Answering is not possible given the available information.",
        "There is no information about the leader.",
        "I cannot answer this question.",
        "I'm sorry, but I can't assist with that.",
        "Unknown.",
        "Not specified",
        "",
    ],
)
def test_an_answer_that_says_it_does_not_know_is_silent(text: str) -> None:
    assert says_unknown(text)


@pytest.mark.parametrize(
    "text",
    [
        "Nobody was hurt.",
        "The crews did not reach Kiel before Monday.",
        "They do not accept cash.",
        "Ann Lee said no arrests were made.",
        "3.2 metres",
        "No.",
    ],
)
def test_an_answer_that_denies_something_is_an_answer(text: str) -> None:
    assert not says_unknown(text)


@pytest.mark.parametrize("articles", [1, 3])
@pytest.mark.parametrize("reason", [one for one in Abstention if one != Abstention.NOT_A_QUESTION])
def test_our_own_abstentions_are_known_by_the_same_phrases(reason: Abstention, articles: int) -> None:
    assert says_unknown(message_about(reason, articles))


@pytest.mark.parametrize("intent", [Intent.THANKS, Intent.GOODBYE, Intent.MEANINGLESS])
def test_our_replies_to_what_is_no_question_are_too(intent: Intent) -> None:
    assert says_unknown(REPLIES[intent])


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("It rose to 3.2 metres at Kiel [1].", True),
        ("3.2 metres, as stated in Document[1].", True),
        ("Source 1: It rose to 3.2 metres.", True),
        ("It rose to 4 metres.", False),
        ("The article does not say.", False),
    ],
)
def test_an_answer_is_right_by_its_words_without_the_marks_of_its_citations(
    text: str, *, right: bool
) -> None:
    assert verdict(ASKED, text).right is right


def test_an_answer_that_names_the_answer_is_not_silent_whatever_else_it_says() -> None:
    found = verdict(ASKED, "It rose to 3.2 metres; the article does not say when it fell.")
    assert (found.right, found.silent, found.doubtful) == (True, False, True)


def test_nothing_is_right_where_there_is_no_answer() -> None:
    assert verdict(NOT_THERE, "The port paid for it.") == Verdict(
        right=False, silent=False, cited=False, found=False, doubtful=False
    )
    assert verdict(NOT_THERE, "The article does not say.").silent


def test_a_denial_where_there_is_no_answer_is_doubtful() -> None:
    assert verdict(NOT_THERE, "The port did not pay for it.").doubtful


@pytest.mark.parametrize(
    ("cited", "holds"),
    [
        ("The tide rose to 3.2 metres at Kiel on Monday. Nobody was hurt in the port.", True),
        ("rose to 3.2 metres", True),
        ("Nobody was hurt in the port.", False),
        ("The tide rose to 4 metres.", False),
    ],
)
def test_a_citation_holds_the_evidence_or_lies_in_it(cited: str, *, holds: bool) -> None:
    assert verdict(ASKED, "3.2 metres", [cited]).cited is holds


def test_a_text_is_found_at_each_place_where_it_stands_whatever_its_white_space() -> None:
    assert [place.start for place in locate(["on  Monday"], [fold("On Monday, on\nMonday.")])] == [9]
    assert len(locate(["tide"], [fold("A tide."), fold("The tide, a tide.")])) == 3


def test_a_citation_of_a_source_that_is_not_there_dangles() -> None:
    assert cite("Yes [1][4].", [1, 1, 4], ["one", "two"]) == Said("Yes [1][4].", ("one",), 1)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [("It rose [2][1].", [2, 1]), ("It rose [1, 3].", [1, 3]), ("Source 2: it rose.", [2]), ("42 boats", [])],
)
def test_the_numbers_of_sources_are_read_as_models_write_them(text: str, numbers: list[int]) -> None:
    assert read_numbers(text) == numbers


class Index:
    """Finds everything and fails at one question."""

    def __init__(self, articles: Sequence[Article]) -> None:
        self.passages = len(articles)
        self._texts = [article.text for article in articles]

    def find(self, question: str) -> list[str]:
        assert question
        return self._texts

    def answer(self, question: str) -> Said:
        if "paid" in question:
            message = "the model is gone"
            raise RuntimeError(message)
        return Said("3.2 metres", tuple(self._texts[:1]))


class System:
    packages = ("pytest",)

    def __init__(self, task: Task) -> None:
        assert task.article.text == TEXT

    def index(self, articles: Sequence[Article]) -> Index:
        return Index(articles)


TASK = Task(
    encoder="folder",
    answering=True,
    base_url="",
    key="",
    model="",
    context_tokens=1,
    most_tokens=1,
    citing=True,
    article=Article("A tide", TEXT),
    others=(Article("Another", "Nothing happened."),),
    among=False,
    questions={item.id: item.question for item in (ASKED, NOT_THERE)},
)


def test_a_task_and_its_outcome_are_read_back_as_they_were_written() -> None:
    assert Task.from_dict(TASK.to_dict()) == TASK


def test_one_failure_loses_no_other_answer() -> None:
    outcome = do(TASK, System, 0.0)
    assert (outcome.passages, outcome.among_passages) == (1, 2)
    assert outcome.answers["q1"].text == "3.2 metres"
    assert outcome.answers["q1"].found_among == [TEXT, "Nothing happened."]
    assert outcome.answers["q2"].error == "RuntimeError: the model is gone"
    verdicts = peers.judge_all(outcome, [ASKED, NOT_THERE], ARTICLES)
    assert not verdicts[1].silent
    row = peers.answer_row(peers.OURS[0], outcome, [ASKED, NOT_THERE], verdicts, citing=True)
    assert (row[5:7], row[-1]) == (["0 of 1", "1 of 1"], "1")


def test_nothing_is_asked_where_only_indexing_is_measured() -> None:
    assert not do(replace(TASK, answering=False), System, 0.0).answers["q1"].text


def test_the_tables_count_the_answers() -> None:
    said = {
        "q1": Answered([TEXT], 0.5, text="3.2 metres", cited=[TEXT], seconds=2.0),
        "q2": Answered([TEXT], 0.5, text="The port paid.", seconds=4.0),
    }
    outcome = Outcome({"pytest": "9"}, 1.0, 1, 0.25, answers=said)
    verdicts = peers.judge_all(outcome, [ASKED, NOT_THERE], ARTICLES)
    assert peers.index_row(peers.OURS[0], outcome, [ASKED, NOT_THERE], ARTICLES) == [
        "citewell", "1.0", "1", "0.25", "500", "1 of 1"
    ]  # fmt: skip
    row = peers.answer_row(peers.OURS[0], outcome, [ASKED, NOT_THERE], verdicts, citing=True)
    assert row[1:7] == ["1 of 1", "1 of 1", "1 of 1", "0 of 1", "0 of 1", "1 of 2"]


def test_the_arguments_choose_peers_and_questions() -> None:
    given = peers.read_arguments([])
    assert given.peers == ["langchain", "llama_index", "haystack"]
    assert (given.questions, given.split, given.plain, given.among) == (None, "test", False, False)
    few = peers.read_arguments(["--peers", "haystack", "--questions", "12", "--envs", "here"])
    assert (few.peers, few.questions, few.envs) == (["haystack"], 12, Path("here"))


def test_a_peer_that_is_not_known_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        peers.read_arguments(["--peers", "other"])
    assert "langchain" in capsys.readouterr().err


def test_the_questions_need_no_conversation_and_a_sample_has_both_kinds() -> None:
    every = peers.choose("test", None)
    assert {item.split for item in every} == {"test"}
    assert not any(item.history for item in every)
    sample = peers.choose("test", 6)
    assert sum(item.answerable for item in sample) == 4
    assert sample == peers.choose("test", 6)


def test_every_system_has_its_program() -> None:
    for system in (*peers.OURS, *peers.PEERS.values()):
        program = peers.ROOT / "benchmarks" / "frameworks" / f"{system.module}.py"
        assert re.search(r'^if __name__ == "__main__":\n    run\(', program.read_text("utf-8"), re.MULTILINE)
