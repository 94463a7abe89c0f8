"""Whatever is asked, after whatever conversation: an exact answer, or an error that says what is wrong."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import exactness
from citewell import plugins
from citewell.answers.answer import Answer
from citewell.assistant import Assistant
from citewell.documents.document import Document, document
from citewell.errors import CitewellError, LoadError
from citewell.settings import Settings, settings
from citewell.text.normalisation import normalise
from fuzzing import ANY_TEXT, tried

HASHING = plugins.load("encoders", "hashing")
WORDS = """
who what when where why how many much which is was are did does do the a an of in on by to and or
not no than more most fewer total difference between percent million thousand euros people arrested
Germany Sweden it they them that this there summarise the article key points list all name countries
Operation DisrupTor hello thanks ? . ! , ; : - ’ ' ( ) $ 42 6.5 1,000 2020 September one two half
third first last [1] Short:
""".split()
ASKED = st.one_of(ANY_TEXT, st.lists(st.one_of(st.sampled_from(WORDS), ANY_TEXT), max_size=30).map(" ".join))
SAID = st.one_of(
    ASKED,
    st.fixed_dictionaries(
        {},
        optional={
            "role": st.sampled_from(["user", "assistant", "system", "", None, 7]),
            "content": st.one_of(
                ASKED, st.none(), st.integers(), st.lists(st.one_of(ASKED, st.none()), max_size=2)
            ),
        },
    ),
)


def chosen() -> Settings:
    """Return settings that need no weights: what is tried here is our own code, not a model's."""
    return settings(encoder="hashing", reader="similarity", threshold=0.3)


@pytest.fixture(scope="module")
def light(article: Document) -> Assistant:
    other = document(
        "The tide\n\nThe tide rose to 3.2 metres. 🌊 Nobody was hurt.\n\n- Anna\n- Bertha", id="tide"
    )
    return Assistant.from_documents([article, other], settings=chosen(), encoder=HASHING)


def check(assistant: Assistant, question: str, history: Sequence[object] = ()) -> None:
    """Ask twice: the same answer, exact; or the same refusal."""
    answers: list[Answer | str] = []
    for _ in range(2):
        try:
            answer = assistant.ask(question, history)  # type: ignore[arg-type] # any is tried
        except CitewellError as error:
            answers.append(str(error))
        else:
            exactness.check(answer, assistant.collection)
            assert answer.question == question
            answers.append(answer)
    assert answers[0] == answers[1]
    assert isinstance(answers[0], Answer) or (answers[0] and "\n" not in answers[0])


@given(ASKED, st.lists(SAID, max_size=4))
@example("\ud83d", ["\udc00"])
@example("x" * 4001, [])
@example("🌊" * 4000, [])
@example("And in Sweden?", [{}])
@tried(60)
def test_any_question_has_an_exact_answer_or_an_error(
    light: Assistant, question: str, history: list[object]
) -> None:
    check(light, question, history)


@given(ASKED, st.lists(SAID, max_size=2))
@tried(6)
def test_any_question_has_an_exact_answer_or_an_error_from_the_trained_reader_too(
    assistant: Assistant, question: str, history: list[object]
) -> None:
    check(assistant, question, history)


@given(
    st.lists(st.one_of(ANY_TEXT, ASKED), min_size=1, max_size=12),
    st.sampled_from(["\n", "\n\n", " ", ". "]),
    ASKED,
)
@tried(40)
def test_any_article_is_answered_from_exactly_or_refused(
    parts: list[str], between: str, question: str
) -> None:
    text = between.join(parts)
    try:
        made = Assistant.from_documents([document(text, id="any")], settings=chosen(), encoder=HASHING)
    except LoadError:
        assert not any(map(str.isalnum, normalise(text)))
        return
    assert made.collection.documents[0].text == normalise(text)
    for asked in (question, parts[0], "Summarise the article", "Who is mentioned?"):
        check(made, asked)


@given(st.lists(ASKED, min_size=1, max_size=5))
@tried(20)
def test_a_conversation_goes_on_from_any_answers(light: Assistant, questions: list[str]) -> None:
    history: list[Answer] = []
    for question in questions:
        try:
            history.append(light.ask(question, history))
        except CitewellError:
            continue
        exactness.check(history[-1], light.collection)
        history[-1] = replace(history[-1])
