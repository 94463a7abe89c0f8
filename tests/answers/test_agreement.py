"""Several articles: the same answer is one with several citations, different ones are shown as such."""

import json
from datetime import UTC, datetime

import pytest

from citewell.answers.answer import DISAGREEMENT, Answer
from citewell.assistant import Assistant
from citewell.cli.printing import print_answer
from citewell.documents.document import Document, document
from citewell.web.conversation_html import render_conversation
from citewell.web.export.markdown import as_markdown
from citewell.web.export.page import as_html
from citewell.web.export.record import keep
from citewell.web.session import Exchange

Text = tuple[str, str, str]

TOLL: tuple[Text, Text] = (
    (
        "Ferry sinks off Bergen",
        "2019-10-13",
        "A ferry sank off Bergen on 12 October 2019. Twelve people died in the accident.",
    ),
    (
        "Toll of the Bergen ferry rises",
        "2019-10-15",
        "The death toll of the ferry that sank off Bergen on 12 October 2019 rose to 14, the police said.",
    ),
)


def documents_of(*texts: Text) -> list[Document]:
    return [
        document(text, id=f"article-{number}", title=title, published=day)
        for number, (title, day, text) in enumerate(texts)
    ]


def ask(assistant: Assistant, question: str, *texts: Text) -> Answer:
    """Ask both ways round: the order of the articles decides nothing."""
    documents = documents_of(*texts)
    answers = [assistant.beside(order).ask(question) for order in (documents, documents[::-1])]
    assert answers[0].short == answers[1].short
    by_id = {item.id: item.text for item in documents}
    for item in answers[0].citations:
        assert by_id[item.document_id][item.start : item.end] == item.quote
    return answers[0]


def test_both_sides_are_shown_the_newest_first(assistant: Assistant) -> None:
    answer = ask(assistant, "How many people died in the ferry accident?", *TOLL)
    assert answer.disagrees
    assert [item.document_title for item in answer.citations] == [TOLL[1][0], TOLL[0][0]]
    assert [item.text for item in answer.statements] == [item.quote for item in answer.citations]
    assert answer.short == (
        "14 (Toll of the Bergen ferry rises, 15 October 2019);"
        " Twelve (Ferry sinks off Bergen, 13 October 2019)"
    )


def test_every_door_says_that_the_articles_disagree(
    assistant: Assistant, capsys: pytest.CaptureFixture[str]
) -> None:
    documents = documents_of(*TOLL)
    question = "How many people died in the ferry accident?"
    events = list(assistant.beside(documents).stream(question))
    answer = events[-1]
    assert isinstance(answer, Answer)
    assert "".join(event for event in events if isinstance(event, str)) == answer.text
    assert answer.text.startswith(DISAGREEMENT)
    print_answer(answer)
    page = render_conversation([Exchange(question, answer)])
    kept = keep([answer], documents, datetime(2026, 1, 1, tzinfo=UTC))
    for said in (capsys.readouterr().out, page, as_html(kept), as_markdown(kept)):
        assert "The articles disagree" in said
        for title, _, _ in TOLL:
            assert title in said
    for day in ("15 October 2019", "13 October 2019"):
        assert day in page
    assert json.loads(json.dumps(answer.to_dict()))["disagrees"] is True


def test_a_question_for_the_newest_has_the_newest_alone(assistant: Assistant) -> None:
    answer = ask(assistant, "What is the latest death toll of the ferry accident?", *TOLL)
    assert not answer.disagrees
    assert answer.short == "14"


def test_one_answer_of_two_articles_is_cited_twice(assistant: Assistant) -> None:
    answer = ask(assistant, "When did the ferry sink?", *TOLL)
    assert not answer.disagrees
    assert len(answer.statements) == 1
    assert {item.document_title for item in answer.citations} == {TOLL[0][0], TOLL[1][0]}


@pytest.mark.parametrize(
    ("question", "first", "second"),
    [
        # Other words, a hedge, or another form of the same.
        (
            "How many people marched in Vik?",
            ("March in Vik", "2019-05-02", "About 100 people marched in Vik against the mine."),
            ("Protest", "2019-05-03", "A crowd of 98 people marched in Vik against the mine on Sunday."),
        ),
        (
            "Who was arrested after the robbery in Vik?",
            ("Robbery", "2019-05-02", "Two men were arrested after the robbery in Vik."),
            ("Robbery", "2019-05-03", "John and Jim Smith were arrested after the robbery in Vik."),
        ),
        # Articles of two subjects: what a title names, or the question.
        (
            "How many tonnes of fish did the harbour land?",
            ("Report of Skagen Harbour", "2019-05-02", "The harbour landed 410 tonnes of fish."),
            ("Report of Vik Harbour", "2019-05-02", "The harbour landed 388 tonnes of fish."),
        ),
        # Two years.
        (
            "How many tonnes of fish did the harbour land?",
            ("The catch", "2019-05-02", "In 2018 the harbour landed 410 tonnes of fish."),
            ("The new catch", "2020-05-02", "In 2019 the harbour landed 388 tonnes of fish."),
        ),
    ],
)
def test_what_need_not_disagree_is_not_said_to(
    assistant: Assistant, question: str, first: Text, second: Text
) -> None:
    answer = ask(assistant, question, first, second)
    assert answer.statements
    assert not answer.disagrees


@pytest.mark.parametrize(
    ("question", "first", "second"),
    [
        (
            "How much did the bridge at Vik cost?",
            ("Bridge opens", "2018-05-02", "The new bridge at Vik was opened. It cost 40 million euros."),
            ("Audit", "2019-01-20", "An audit found that the bridge at Vik cost 52 million euros."),
        ),
        (
            "When does the trial of Per Dahl begin?",
            ("Trial", "2019-11-02", "The trial of Per Dahl begins on 3 March 2020."),
            ("Trial put off", "2020-02-09", "The trial of Per Dahl will begin on 17 March 2020."),
        ),
        (
            "Who leads the company Norsk Vind?",
            ("Norsk Vind", "2018-05-02", "The chief executive of the company Norsk Vind is Eva Lund."),
            ("New chief", "2019-01-20", "Per Dahl leads the company Norsk Vind."),
        ),
    ],
)
def test_amounts_days_and_names_that_differ_disagree(
    assistant: Assistant, question: str, first: Text, second: Text
) -> None:
    assert ask(assistant, question, first, second).disagrees
