"""Dates and authors: what metadata say, what the dateline does not say, and resolved dates in every door."""

import json
from datetime import UTC, datetime

import pytest

from citewell.answers.answer import Abstention, Answer
from citewell.assistant import Assistant
from citewell.cli.printing import print_answer
from citewell.documents.document import Document, document
from citewell.web.conversation_html import render_conversation
from citewell.web.export.markdown import as_markdown
from citewell.web.export.page import as_html
from citewell.web.export.record import keep
from citewell.web.session import Exchange

FERRY = document(
    "Ferry sinks\n\nBy Anna Berg, 13 October 2019\n\nA ferry sank off Bergen yesterday. Twelve people died.",
    id="ferry",
    published="2019-10-13",
)
MILL = document(
    "Mill burns\n\nThe mill at Vik burnt last Tuesday.", id="mill", published="2019-11-03", author="Jon Holm"
)
UNKNOWN = document("The old bridge\n\nThe bridge was built of stone.", id="bridge")


@pytest.fixture(scope="module")
def both(assistant: Assistant) -> Assistant:
    return assistant.beside([FERRY, MILL])


def exact(answer: Answer, *documents: Document) -> bool:
    texts = {item.id: item.text for item in documents}
    return all(texts[item.document_id][item.start : item.end] == item.quote for item in answer.citations)


def test_a_dateline_does_not_say_when_something_happened(assistant: Assistant) -> None:
    for text in (
        "BERGEN, 13 October 2019 — A ferry sank off Bergen yesterday.",
        "Ferry sinks\n\n13 October 2019\n\nA ferry sank off Bergen yesterday.",
        FERRY.text,
    ):
        article = document(text, id="ferry", published="2019-10-13")
        answer = assistant.beside([article]).ask("When did the ferry sink?")
        assert answer.short == "yesterday (12 October 2019)"
        assert [item.quote for item in answer.citations] == ["A ferry sank off Bergen yesterday."]
        assert exact(answer, article)
        (found,) = answer.citations[0].dates
        assert article.text[found.start : found.end] == found.words == "yesterday"
        assert "yesterday: 12 October 2019" in answer.text


def test_an_article_is_asked_when_it_was_published_and_by_whom(both: Assistant) -> None:
    answer = both.ask("When was the article about the ferry published?")
    assert answer.short == "13 October 2019"
    assert [item.quote for item in answer.citations] == ["By Anna Berg, 13 October 2019"]
    answer = both.ask("Who wrote the article about the mill?")
    assert answer.short == "Jon Holm"
    assert answer.citations == ()
    assert "from the metadata of “Mill burns”" in answer.text
    answer = both.ask("Who wrote this?")
    assert answer.short == "Anna Berg, Jon Holm"
    assert exact(answer, FERRY, MILL)


def test_what_metadata_do_not_hold_is_not_made_up(assistant: Assistant) -> None:
    alone = assistant.beside([UNKNOWN])
    for question in ("When was this article published?", "Who wrote this?"):
        assert alone.ask(question).abstention is Abstention.NOT_ANSWERED


def test_every_door_shows_what_was_resolved_and_names_the_article(
    both: Assistant, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = both.ask("When did the mill at Vik burn?")
    note = "last Tuesday: 29 October 2019"
    print_answer(answer)
    page = render_conversation([Exchange(answer.question, answer)])
    kept = keep([answer], [FERRY, MILL], datetime(2026, 1, 1, tzinfo=UTC))
    for said in (answer.text, capsys.readouterr().out, page, as_html(kept), as_markdown(kept)):
        assert note in said
    assert "Mill burns, 3 November 2019" in page
    (cited,) = json.loads(json.dumps(answer.to_dict()))["citations"]
    assert cited["published"] == "2019-11-03"
    assert [found["first_day"] for found in cited["resolved_dates"]] == ["2019-10-29"]
