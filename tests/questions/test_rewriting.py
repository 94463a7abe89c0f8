import pytest
from hypothesis import given
from hypothesis import strategies as st

from citewell.assistant import Assistant
from citewell.questions.history import History, Turn
from citewell.questions.rewriting import read_history, rewrite_follow_up

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
