import pytest
from hypothesis import given
from hypothesis import strategies as st

from citewell.assistant import Assistant
from citewell.documents.document import document
from citewell.index.protocols import Encoder
from citewell.questions.condensing import find_cores, is_about
from citewell.questions.history import History, Turn
from citewell.questions.rewriting import ask_again, find_rewritings, read_history, rewrite_follow_up
from citewell.settings import Settings

GERMANY = "How many people were arrested in Germany?"
FOLLOW_UPS = [
    (GERMANY, "And in Sweden?", "How many people were arrested in Sweden?"),
    (GERMANY, "What about Austria?", "How many people were arrested in Austria?"),
    (GERMANY, "in the Netherlands", "How many people were arrested in the Netherlands?"),
    (
        "How many people in Germany were arrested?",
        "And in Sweden?",
        "How many people in Sweden were arrested?",
    ),
    (GERMANY, "And by whom?", "And by whom? (people arrested Germany)"),
    ("Who led the operation?", "Since when?", "Since when? (led operation)"),
    ("Which market was taken down?", "Who led it?", "Who led it? (market taken down)"),
    (GERMANY, "Which drugs were seized by the police?", "Which drugs were seized by the police?"),
    (GERMANY, "How many people were there in the end?", "How many people were there in the end?"),
    (GERMANY, "What did they do?", "What did they do? (people arrested Germany)"),
    (GERMANY, "Thanks!", "Thanks!"),
    (GERMANY, "ok", "ok"),
    (GERMANY, "And?", "And?"),
    (GERMANY, "Summarise the article", "Summarise the article"),
    ("thanks", "And in Sweden?", "And in Sweden?"),
]


@pytest.mark.parametrize(("before", "said", "meant"), FOLLOW_UPS, ids=[said for _, said, _ in FOLLOW_UPS])
def test_a_follow_up_is_resolved_by_the_question_before_it(before: str, said: str, meant: str) -> None:
    assert rewrite_follow_up(said, [Turn(before)]) == meant


ALONE = [
    "Was Russia involved?",
    "Who is Ann Lee?",
    "Did Ann Lee say that she would resign?",
    "What did the ostriches do when they ran faster?",
    "Who was among those who left?",
    "Who was the prosecutor?",
]


@pytest.mark.parametrize("question", ALONE)
def test_what_stands_alone_borrows_nothing(question: str) -> None:
    assert rewrite_follow_up(question, [Turn(GERMANY)]) == question


@pytest.mark.parametrize(
    ("before", "said", "meant"),
    [
        ("Who is Ann Lee?", "What is her job?", ("What is her job? (Ann Lee)", "What is Ann Lee's job?")),
        ("Who is Ann Lee?", "And her debt?", ("What is her debt? (Ann Lee)", "What is Ann Lee's debt?")),
        ("How old is Ann Lee?", "No, I meant Per Dahl.", ("How old is Per Dahl?",)),
        (
            "How old is Ann Lee?",
            "Sorry, I meant Per Dahl. What is his job?",
            ("What is his job? (Per Dahl)", "What is Per Dahl's job?"),
        ),
        ("How big is Hamar?", "And its debt?", ("What is its debt? (big Hamar)", "What is Hamar's debt?")),
        ("How big is Hamar?", "Who runs it?", ("Who runs it? (big Hamar)", "Who runs Hamar?")),
        (
            "What does he say? (Ann Lee)",
            "And Per Dahl?",
            ("What does he say? (Per Dahl)", "What does Per Dahl say?"),
        ),
        (
            "Which songs did Lee write lyrics for?",
            "And for Dahl?",
            ("Which songs did Lee write lyrics for Dahl?",),
        ),
    ],
)
def test_a_name_takes_the_place_of_what_points_back(before: str, said: str, meant: tuple[str, ...]) -> None:
    assert find_rewritings(said, [Turn(before)]).wordings == meant


@pytest.mark.parametrize(
    ("before", "said", "meant"),
    [
        ("Which honour did Ann Lee get?", "In which year?", "In which year did Ann Lee get the honour?"),
        ("How many people were arrested?", "And by whom?", "By whom were people arrested?"),
        ("What was Ann Lee called?", "Until when?", "Until when was Ann Lee called?"),
        ("Which city was Ann Lee born in?", "When?", "When was Ann Lee born?"),
        ("When did she die? (Ann Lee)", "Why?", "Why did Ann Lee die?"),
    ],
)
def test_a_question_word_alone_asks_the_last_question_again(before: str, said: str, meant: str) -> None:
    assert find_rewritings(said, [Turn(before)]).wordings[1:] == (meant,)


@pytest.mark.parametrize(
    ("before", "said"),
    [
        ("Who was killed?", "Where?"),
        ("Who led it?", "Why?"),
        ("Why did Ann Lee go?", "And her debt?"),
        ("Who is  ?", "Why?"),
    ],
)
def test_a_question_that_cannot_be_turned_is_not(before: str, said: str) -> None:
    assert not [
        wording for wording in find_rewritings(said, [Turn(before)]).wordings if " was killed?" in wording
    ]
    assert ask_again(said, before) == []


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_two_questions_can_be_put_together(before: str, said: str) -> None:
    assert all(wording.strip() for wording in ask_again(said, before))


def test_where_rules_cannot_tell_the_reader_may_choose() -> None:
    found = find_rewritings("And the navy?", [Turn("How many people did fishermen rescue?")])
    assert "How many people did the navy rescue?" in found.wordings
    assert "What is the navy?" in found.wordings
    assert found.named == "the navy"
    later = find_rewritings("How old is she?", [Turn("Who is Ann Lee?"), Turn("Who is Per Dahl?")])
    assert later.otherwise == ("How old is Ann Lee?",)


def test_the_reader_chooses_the_wording_whose_answer_names_it(encoder: Encoder) -> None:
    text = "Fishermen rescued 700 people on Friday. The Indonesian navy saved 200 more on Sunday."
    made = Assistant.from_documents([document(text, id="a")], settings=Settings(threshold=0), encoder=encoder)
    first = made.ask("How many people did fishermen rescue?")
    second = made.ask("And the navy?", [first])
    assert (first.short, second.citations[0].quote[:21]) == ("700", "The Indonesian navy s")


def test_more_is_told_from_beside_the_answer(assistant: Assistant) -> None:
    first = assistant.ask(GERMANY)
    more = assistant.ask("Tell me more about that.", [first])
    assert more.standalone == GERMANY
    assert more.citations
    assert {item.start for item in more.citations}.isdisjoint(item.start for item in first.citations)
    assert assistant.ask("Tell me more.").abstention == "not_a_question"


WORDY = "I have read much about the life of the former Senator Kay Hagan of North Carolina by now, so {}"


@pytest.mark.parametrize(
    ("asked", "core"),
    [
        ("could you tell me where she was born?", "Where she was born?"),
        ("please give me the name of her mother.", "What is the name of her mother?"),
        ("what I need is in which year it was that she lost.", "In which year it was that she lost?"),
        ("I wonder: who was it that she lost to in the end?", "Who was it that she lost to in the end?"),
    ],
)
def test_the_question_in_a_wordy_request_is_found_with_whom_it_is_about(asked: str, core: str) -> None:
    first = find_cores(WORDY.format(asked))[0]
    assert (first.wording, first.names) == (core, ("Senator Kay Hagan of North Carolina",))
    assert is_about("Kay Hagan of Carolina", first.names)
    assert not is_about("Don Imus died in Texas.", first.names)


def test_a_question_word_within_a_question_does_not_begin_another() -> None:
    wordy = "It is for a piece on harbours that I am writing: tell me "
    wordy += "how much does the man who runs it earn? Or who does?"
    assert [core.wording for core in find_cores(wordy)] == [
        "Who does?",
        "How much does the man who runs it earn?",
    ]


@pytest.mark.parametrize(
    "question",
    ["Where was Kay Hagan born?", "In which year was " + "the daughter of " * 6 + "Kay Hagan born?"],
)
def test_a_plain_question_is_read_as_it_is(question: str) -> None:
    assert find_cores(question) == []


@given(st.text(max_size=400))
def test_any_text_has_cores_or_none(text: str) -> None:
    assert all(core.wording.endswith("?") for core in find_cores(text))


@given(st.text(max_size=200))
def test_without_a_history_a_question_stays_as_it_is(question: str) -> None:
    assert rewrite_follow_up(question, []) == question


@given(st.text(max_size=100), st.text(max_size=100))
def test_any_two_utterances_can_follow_each_other(first: str, second: str) -> None:
    assert isinstance(rewrite_follow_up(second, [Turn(first)]), str)


def test_follow_ups_can_follow_follow_ups() -> None:
    assert read_history([GERMANY, "And in Sweden?", "And in Austria?"])[-1].question == (
        "How many people were arrested in Austria?"
    )


def test_messages_questions_and_answers_are_the_same_history(assistant: Assistant) -> None:
    answer = assistant.ask(GERMANY)
    messages: History = [
        {"role": "user", "content": [{"type": "text", "text": GERMANY}]},
        {"role": "assistant", "content": answer.text},
    ]
    histories: tuple[History, ...] = ([answer], messages, [GERMANY])
    for history in histories:
        resolved = assistant.ask("And in Sweden?", history).standalone
        assert resolved == "How many people were arrested in Sweden?"


def test_a_history_of_anything_else_is_a_mistake_of_the_programmer() -> None:
    with pytest.raises(TypeError, match="history holds int"):
        read_history([7])  # type: ignore[list-item]


def test_a_greeting_in_between_is_passed_over() -> None:
    assert (
        rewrite_follow_up("And in Sweden?", read_history([GERMANY, "thanks!"]))
        == "How many people were arrested in Sweden?"
    )


def test_a_long_conversation_does_not_grow_into_its_questions() -> None:
    assert len(read_history([GERMANY, *["Who announced it?"] * 25])[-1].question) < 100


def test_the_question_before_is_not_asked_again(assistant: Assistant) -> None:
    first = assistant.ask("How many firearms were seized?")
    second = assistant.ask("Which agencies coordinated it?", [first])
    assert "64" not in second.short


@pytest.mark.parametrize(
    "said", ["in " + "?" * 20_000 + "x", "who and " * 3_000, "\ud800 When did it\n end?"]
)
def test_an_odd_history_is_only_a_history(assistant: Assistant, said: str) -> None:
    answer = assistant.ask("Why?", [said, {"role": "user", "content": said}] * 50)
    assert len(answer.standalone) < 200


@pytest.mark.parametrize("history", ["Who?", {"role": "user", "content": "Who?"}])
def test_one_item_is_no_history(history: object) -> None:
    with pytest.raises(TypeError, match="it takes a list"):
        read_history(history)  # type: ignore[arg-type]
