"""Answers that a language model writes: what is shown of them, and what stands in when it cannot."""

from collections.abc import Callable

import pytest

from citewell import plugins
from citewell.answers.answer import Abstention, Answer, Withheld
from citewell.answers.pipeline import Pipeline
from citewell.answers.writer import NOTHING_SUPPORTED, Draft, Event, Proof, Retrieved
from citewell.assistant import Assistant
from citewell.checking.citations import Citation
from citewell.documents.document import Document, document
from citewell.errors import GeneratorError, PluginError
from citewell.index.retrieval import Hit
from citewell.settings import Settings
from shipped import ARRESTS

GERMANY = "How many people were arrested in Germany?"
Writes = Callable[..., Assistant]


@pytest.fixture
def writes(assistant: Assistant) -> Writes:
    """Return the assistant with a generator that writes what it is told."""

    def make(*texts: str, **options: object) -> Assistant:
        return assistant.with_generator(plugins.load("generators", "scripted", texts=texts, **options))

    return make


def script(made: Assistant) -> object:
    return made._pipeline.generator  # noqa: SLF001  # what it was asked is the point


def test_a_statement_in_other_words_cites_the_sentence_that_proves_it(writes: Writes) -> None:
    answer = writes("In Germany 42 people were arrested [4].\nShort: 42").ask(GERMANY)
    (statement,) = answer.statements
    assert statement.text == "In Germany 42 people were arrested"
    assert [citation.quote for citation in statement.citations] == [ARRESTS]
    assert answer.short == "42"
    assert answer.trace.writer == "scripted"
    assert not answer.trace.fallback


def test_a_wrong_marker_is_put_right(writes: Writes) -> None:
    answer = writes("In Germany 42 people were arrested [1].\nShort: 42").ask(GERMANY)
    assert [citation.quote for citation in answer.citations] == [ARRESTS]


@pytest.mark.parametrize(
    "said",
    [
        "In Germany 43 people were arrested [4].",
        "In France 42 people were arrested [4].",
        "In Germany 42 people were not arrested [4].",
        "The judge was a dentist from Hamburg [4].",
        "[4]",
        "",
        "In Germany 42 people were arrested [99].",
        "In Germany 42 people were arrested.",
    ],
)
def test_what_is_not_proved_is_withheld_and_the_article_speaks(writes: Writes, said: str) -> None:
    answer = writes(f"{said}\nShort: 43").ask(GERMANY)
    assert answer.text == f"{ARRESTS} [1]"
    assert answer.short == "42"
    assert answer.trace.fallback == NOTHING_SUPPORTED
    assert answer.trace.writer == "extractive"
    assert answer.message == ""


@pytest.mark.parametrize(
    ("question", "said", "short"),
    [
        (
            "Which country had the most arrests?",
            "The United States had the most arrests [4].\nShort: United States",
            "United States",
        ),
    ],
)
def test_what_follows_from_the_figures_is_proved_by_them(
    writes: Writes, question: str, said: str, short: str
) -> None:
    answer = writes(said).ask(question)
    assert answer.short == short
    assert [citation.quote for citation in answer.citations] == [ARRESTS]


def test_a_wrong_comparison_is_withheld(writes: Writes) -> None:
    answer = writes("Germany had the most arrests [4].\nShort: Germany").ask(
        "Which country had the most arrests?"
    )
    (withheld,) = answer.trace.withheld
    assert withheld.reason == "of the cited figures the greatest is that of United States"


def test_no_model_is_asked_when_nothing_answers(writes: Writes) -> None:
    made = writes("The moon is made of cheese [1].")
    assert made.ask("What is the boiling point of tungsten?").abstention
    assert made.ask("hello").abstention
    assert script(made).tasks == []  # type: ignore[attr-defined]


def test_the_passages_come_in_order_and_are_the_same_for_every_question(writes: Writes) -> None:
    made = writes("So it is [1].")
    made.ask(GERMANY)
    made.ask("Who is the head of EC3?")
    first, second = script(made).tasks  # type: ignore[attr-defined]
    assert first.evidence == second.evidence
    article = made.collection.documents[0].text
    places = [article.find(text) for text in first.evidence]
    assert places == sorted(places)
    assert first.found == ("42",)
    assert second.found != first.found


def test_passages_that_do_not_fit_are_left_out(writes: Writes) -> None:
    made = writes("So it is [1].", room=200)
    made.ask(GERMANY)
    (task,) = script(made).tasks  # type: ignore[attr-defined]
    assert 1 <= len(task.evidence) < len(made.collection.passages)
    assert any(ARRESTS in text for text in task.evidence)


# Grades


# The reader is neither sure that this is answered nor that it is not.
UNSURE = "How many people did the Germans arrest?"
SAID = "In Germany 42 people were arrested [4]."


def test_a_low_grade_withholds_what_the_reader_is_not_sure_of(writes: Writes) -> None:
    made = writes(SAID, grades={"42": -4.0})
    answer = made.ask(UNSURE)
    assert answer.abstention is Abstention.NOT_ANSWERED
    assert answer.trace.evidence[0].grade == -4.0
    assert answer.confidence < answer.trace.threshold
    assert all(item.probability <= answer.confidence for item in answer.trace.evidence)
    assert all(item.grade is None for item in answer.trace.evidence[1:])
    assert script(made).tasks == []  # type: ignore[attr-defined]
    evidence = answer.trace.evidence[0].quote
    assert script(made).graded == [(UNSURE, "42", evidence)]  # type: ignore[attr-defined]


def test_a_high_grade_makes_an_answer_surer(writes: Writes) -> None:
    plain, graded = writes(SAID), writes(SAID, grades={"42": 4.0})
    assert graded.ask(UNSURE).confidence > plain.ask(UNSURE).confidence
    assert graded.ask(UNSURE).short == "42"


@pytest.mark.parametrize(
    "question",
    [
        "Who is the head of EC3?",  # the reader is sure
        "What is the boiling point of tungsten?",  # the reader is sure that nothing answers
        "Was anybody arrested in Germany?",
    ],
)
def test_what_is_sure_or_a_yes_or_no_is_not_graded(writes: Writes, question: str) -> None:
    made = writes("So it is [1].", grades={})
    assert all(item.grade is None for item in made.ask(question).trace.evidence)
    assert script(made).graded == []  # type: ignore[attr-defined]


def test_without_a_grade_the_reader_decides(assistant: Assistant, writes: Writes) -> None:
    answer = writes(SAID, grades={}).ask(UNSURE)
    assert answer.confidence == assistant.ask(UNSURE).confidence
    assert answer.trace.threshold == assistant.threshold


def test_a_model_that_cannot_be_asked_for_a_grade_leaves_it_to_the_reader(
    assistant: Assistant, writes: Writes, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = writes(SAID, grades={})

    def fail(*_: object) -> None:
        message = "gone"
        raise GeneratorError(message)

    monkeypatch.setattr(script(made), "grade", fail)
    assert made.ask(UNSURE).confidence == assistant.ask(UNSURE).confidence


def test_a_threshold_of_one_s_own_holds_for_graded_answers_too(assistant: Assistant) -> None:
    made = Assistant.from_documents(
        assistant.collection.documents, settings=Settings(threshold=0.0), encoder=assistant.encoder
    ).with_generator(plugins.load("generators", "scripted", grades={"42": -4.0}))
    assert not made.ask(UNSURE).abstention


# The stream


def test_words_come_first_and_are_replaced_by_what_is_checked(writes: Writes) -> None:
    made = writes("Six judges wept [4]. In Germany 42 people were arrested [4][77].\nShort: 42")
    events: list[Event] = list(made.stream(GERMANY))
    drafts = "".join(event.text for event in events if isinstance(event, Draft))
    assert "".join(drafts.split()) == "SixjudgesweptInGermany42peoplewerearrested"
    assert "[" not in drafts
    kinds = [type(event) for event in events if not isinstance(event, Draft)]
    assert kinds == [Retrieved, Proof, Withheld, str, Citation, Answer]
    proof = events[1]
    assert isinstance(proof, Proof)
    document = made.collection.documents[0]
    assert [item.quote for item in proof.citations] == [
        document.text[item.start : item.end] for item in proof.citations
    ]
    assert "42" in proof.citations[0].quote
    answer = events[-1]
    assert isinstance(answer, Answer)
    assert answer.text == "In Germany 42 people were arrested [1][77?]"
    assert answer.statements[0].dangling == (77,)
    checked = "".join(event for event in events if isinstance(event, str))
    assert checked == answer.text


def test_stopping_stops_the_writing(writes: Writes) -> None:
    made = writes("In Germany 42 people were arrested [4]. " * 50)
    closed = []
    generator = script(made)
    inner = generator._chunks  # type: ignore[attr-defined]  # noqa: SLF001

    def watched(text: str) -> object:
        try:
            yield from inner(text)
        finally:
            closed.append(True)

    generator._chunks = watched  # type: ignore[attr-defined]  # noqa: SLF001
    stream = made.stream(GERMANY)
    assert isinstance(next(stream), Retrieved)
    assert isinstance(next(stream), Proof)
    assert isinstance(next(stream), Draft)
    stream.close()
    assert closed == [True]


# Faults


@pytest.mark.parametrize("after", [0, 10])
def test_a_model_that_breaks_off_before_anything_is_checked_leaves_the_article_s_words(
    writes: Writes, after: int
) -> None:
    answer = writes("In Germany 42 people were arrested [4].", fails_after=after).ask(GERMANY)
    assert answer.text == f"{ARRESTS} [1]"
    assert "the script ends here" in answer.message
    assert answer.trace.fallback == "the script ends here"


def test_what_was_checked_before_it_broke_off_stands(writes: Writes) -> None:
    said = "In Germany 42 people were arrested [4]. And then"
    answer = writes(said, fails_after=len(said)).ask(GERMANY)
    assert answer.text == "In Germany 42 people were arrested [1]"
    assert "did not finish (the script ends here)" in answer.message


@pytest.mark.parametrize("asked", ["What are the key points?", "Who is mentioned?"])
@pytest.mark.parametrize("options", [{}, {"fails_after": 0}], ids=["unsupported", "fails"])
def test_an_overview_in_the_article_s_own_sentences_asks_no_model(
    writes: Writes, assistant: Assistant, asked: str, options: dict[str, object]
) -> None:
    made = writes("The judge was a dentist from Hamburg [1].\nShort: dentist", **options)
    answer, plain = made.ask(asked), assistant.ask(asked)
    assert answer.statements
    assert (answer.text, answer.short, answer.message) == (plain.text, plain.short, plain.message)
    assert (answer.trace.writer, answer.trace.fallback, answer.trace.withheld) == ("extractive", "", ())
    assert script(made).tasks == []  # type: ignore[attr-defined]


def test_a_generator_without_room_is_checked_too(writes: Writes) -> None:
    answer = writes("The judge was a dentist from Hamburg [1].", room=0).ask(GERMANY)
    assert answer.abstention is Abstention.UNSUPPORTED
    assert [item.text for item in answer.trace.withheld] == ["The judge was a dentist from Hamburg"]


# Follow-ups


def test_the_reader_decides_which_wording_of_a_follow_up_counts(writes: Writes) -> None:
    better = writes("So it is [1].", standalone=GERMANY)
    asked = "What did they do south of Denmark, in numbers?"
    answer = better.ask(asked, ["Which countries arrested people?"])
    assert (answer.standalone, answer.question) == (GERMANY, asked)
    worse = writes("So it is [1].", standalone="What is the capital of Peru?")
    assert worse.ask("And in Germany?", [GERMANY.replace("Germany", "Sweden")]).standalone == GERMANY


def test_a_question_that_stands_alone_is_not_rewritten(writes: Writes) -> None:
    made = writes("So it is [1].", standalone="What is the capital of Peru?")
    assert made.ask(GERMANY, ["Who is Kacey Clark?"]).standalone == GERMANY
    assert script(made).followed == []  # type: ignore[attr-defined]


# Settings


@pytest.mark.parametrize("given", [{"model": "any.gguf"}, {"base_url": "http://127.0.0.1:1/v1"}])
def test_settings_of_another_generator_stay_away_from_this_one(
    given: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in given.items():
        monkeypatch.setenv(f"CITEWELL_{name.upper()}", value)
    made = Assistant.from_text(
        "The tide rose by 3 metres.", settings=Settings(encoder="hashing", reader="similarity", threshold=0)
    )
    assert made.ask("How far did the tide rise?").text == "The tide rose by 3 metres. [1]"


def test_a_misspelt_option_of_a_generator_is_refused() -> None:
    with pytest.raises(PluginError, match=r"extractive.*does not take.*modle.*it takes: none"):
        plugins.load("generators", "extractive", {"model": "any.gguf"}, modle="any.gguf")
    with pytest.raises(PluginError, match=r"scripted.*does not take.*rooms"):
        plugins.load("generators", "scripted", {"model": "any.gguf", "room": 7}, rooms=7)


def test_a_statement_that_was_broken_off_is_withheld(writes: Writes) -> None:
    long = f"In Germany 42 people were arrested, {'and so on and so forth, ' * 20}"
    answer = writes(f"{long} [4].").ask(GERMANY)
    assert answer.trace.withheld
    assert all(statement.text == ARRESTS for statement in answer.statements)


def test_what_follows_from_figures_answers_only_what_asks_for_it(writes: Writes) -> None:
    answer = writes("179 people were arrested [4].\nShort: 179").ask(GERMANY)
    assert answer.short == "42"
    assert [item.reason for item in answer.trace.withheld] == ["it does not say what the reader found: 42"]


SHIPS = document(
    "The Anna carried 120 passengers on Monday. The Bertha carried 45 passengers on Monday.", id="ships"
)


def test_what_amounts_give_is_stated_with_its_proof_and_no_model_is_asked(
    assistant: Assistant, writes: Writes
) -> None:
    asked = "How many more passengers did the Anna carry than the Bertha?"
    made = writes("It is so [1].")
    for each in (assistant.beside([SHIPS]), made.beside([SHIPS])):
        answer = each.ask(asked)
        (statement,) = answer.statements
        assert answer.short == "75"
        assert statement.is_reckoned
        assert " ".join(citation.quote for citation in statement.citations) == SHIPS.text
        assert answer.text.endswith(" (reckoned from [1][2])")
        assert answer.trace.writer == "reckoning"
        assert answer.confidence >= answer.trace.threshold
        assert answer.to_dict()["statements"][0]["reckoned"] is True  # type: ignore[index]
    assert script(made).tasks == []  # type: ignore[attr-defined]


def test_what_is_calculated_is_held_against_a_threshold_of_ones_own(article: Document) -> None:
    strict = Assistant.from_documents([article], settings=Settings(threshold=0.99))
    answer = strict.ask("How many more arrests did Germany make than Austria?")
    assert answer.trace.writer != "reckoning"


def test_what_asks_for_no_amounts_is_read_once(assistant: Assistant, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def retrieve(_: Pipeline, question: str, _only: object) -> list[Hit]:
        asked.append(question)
        return []

    monkeypatch.setattr(Pipeline, "retrieve", retrieve)
    assistant.ask(GERMANY)
    assert asked == [GERMANY]


def test_a_yes_that_figures_deny_is_not_shown(writes: Writes) -> None:
    made = writes("Yes, the Bertha carried 45 passengers [1].").beside([SHIPS])
    answer = made.ask("Did the Bertha carry more passengers than the Anna?")
    assert answer.short == "No"
    assert answer.trace.writer == "reckoning"
