import pytest
from hypothesis import given
from hypothesis import strategies as st

from citewell.assistant import Assistant
from citewell.conversation import History, Turn, parts, standalone, turns

GERMANY = "How many people were arrested in Germany?"
FOLLOW_UPS = [
    (GERMANY, "And in Sweden?", "How many people were arrested in Sweden?"),
    (GERMANY, "What about Austria?", "How many people were arrested in Austria?"),
    (GERMANY, "in the Netherlands", "How many people were arrested in the Netherlands?"),
    (GERMANY, "And by whom?", "How many people were arrested in Germany? And by whom?"),
    ("Who led the operation?", "Since when?", "Who led the operation? Since when?"),
    ("Which market was taken down?", "Who led it?", "Which market was taken down? Who led it?"),
    (GERMANY, "Which drugs were seized by the police?", "Which drugs were seized by the police?"),
    (GERMANY, "Thanks!", "Thanks!"),
    (GERMANY, "Summarise the article", "Summarise the article"),
]


@pytest.mark.parametrize(("before", "said", "meant"), FOLLOW_UPS, ids=[said for _, said, _ in FOLLOW_UPS])
def test_a_follow_up_is_resolved_by_the_question_before_it(before: str, said: str, meant: str) -> None:
    assert standalone(said, [Turn(before)]) == meant


@given(st.text(max_size=200))
def test_without_a_history_a_question_stays_as_it_is(question: str) -> None:
    assert standalone(question, []) == question


@given(st.text(max_size=100), st.text(max_size=100))
def test_any_two_utterances_can_follow_each_other(first: str, second: str) -> None:
    assert isinstance(standalone(second, [Turn(first)]), str)


def test_follow_ups_can_follow_follow_ups() -> None:
    assert turns([GERMANY, "And in Sweden?", "And in Austria?"])[-1].question == (
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


def test_two_questions_in_one_are_asked_apart() -> None:
    assert parts("Who led the takedown and when did it happen?") == [
        "Who led the takedown",
        "Who led the takedown when did it happen?",
    ]
    assert parts("How many were arrested? Which drugs were seized by the police?") == [
        "How many were arrested",
        "Which drugs were seized by the police?",
    ]
    assert parts("Which vendors and buyers were arrested?") == ["Which vendors and buyers were arrested?"]


def test_a_history_of_anything_else_is_a_mistake_of_the_programmer() -> None:
    with pytest.raises(TypeError, match="history holds int"):
        turns([7])  # type: ignore[list-item]
