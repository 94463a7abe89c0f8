"""A page that comes back: whose session it gets, and what is believed of what a browser has kept."""

import json
from typing import Any

import gradio as gr
import pytest

from citewell.assistant import Assistant
from citewell.documents.document import document
from citewell.index.encoders import hashing
from citewell.settings import settings
from citewell.web.chat import Chat
from citewell.web.returning import Returning
from citewell.web.session import Scope, Visit

ARTICLE = document("The tide\n\nThe tide rose to nine metres in Kiel.", id="tide")
QUESTION = "How many metres did the tide rise?"


@pytest.fixture(scope="module")
def assistant() -> Assistant:
    return Assistant.from_documents([ARTICLE], settings=settings(encoder="hashing"), encoder=hashing.create())


@pytest.fixture
def returning(assistant: Assistant) -> Returning:
    return Returning(Chat(assistant))


def sent(**data: object) -> gr.EventData:
    return gr.EventData(None, data)


def asked(
    returning: Returning, visit: Visit, only: str = "index:", key: str = ""
) -> list[tuple[object, ...]]:
    return list(returning.submit(sent(), QUESTION, only, key or returning.greet(visit), visit))


def kept(returning: Returning, visit: Visit) -> Any:
    returning.agree(sent(yes=True), "index:", visit)
    text = str(returning.remember("index:", visit))
    return json.loads(
        text[text.index(">") + 1 : text.rindex("<")].replace("&quot;", '"').replace("&#x27;", "'")
    )


def brought(returning: Returning, talk: object, **more: object) -> Visit:
    visit = Visit()
    list(returning.restore(sent(talk=json.dumps(talk), **more), visit))
    return visit


def test_a_key_gives_the_session_of_its_page_and_another_gives_none(returning: Returning) -> None:
    old, new = Visit(), Visit()
    asked(returning, old)
    (shown,) = returning.come_back(sent(key=old.key), new)
    assert shown[1] is old
    (lost,) = returning.come_back(sent(key="A" * 43), new)
    assert 'data-state="lost"' in str(lost[0])
    assert QUESTION not in str(lost)


def test_a_page_whose_session_is_gone_gets_no_answer(returning: Returning, assistant: Assistant) -> None:
    key = returning.greet(Visit())
    visit = Visit()
    (shown,) = asked(returning, visit, "own:tide", key)
    assert visit.session.exchanges == ()
    assert 'data-state="lost"' in str(shown[-1])
    assert assistant.ask(QUESTION).short not in str(shown)
    assert 'data-state="lost"' in str(returning.seek(sent(text="The tide rose."), "index:", key, visit)[-1])
    assert 'data-state="lost"' in str(next(returning.retry(key, visit))[-1])


def test_what_a_browser_kept_comes_back_as_it_was(returning: Returning) -> None:
    visit = Visit()
    asked(returning, visit)
    first = visit.session.exchanges[0].answer
    again = brought(returning, kept(returning, visit)).session.exchanges[0].answer
    assert first
    assert again
    assert first.citations
    assert (again.text, again.citations, again.confidence) == (first.text, first.citations, first.confidence)


def test_nothing_is_told_to_a_browser_before_the_visitor_agrees(returning: Returning) -> None:
    visit = Visit()
    asked(returning, visit)
    assert "<pre" not in str(returning.remember("index:", visit))


@pytest.mark.parametrize(
    "forge",
    [
        lambda answer: answer["citations"][0].update(cited_text="The tide fell."),
        lambda answer: answer["citations"][0].update(document_id="other"),
        lambda answer: answer["citations"][0].update(start_char_index=-3),
        lambda answer: answer.update(confidence="sure"),
        lambda answer: answer.update(statements=7),
        lambda answer: answer.update(schema_version=99),
    ],
)
def test_a_kept_answer_whose_quotes_do_not_stand_there_is_not_shown(returning: Returning, forge: Any) -> None:
    visit = Visit()
    asked(returning, visit)
    talk = kept(returning, visit)
    forge(talk[0]["answer"])
    (exchange,) = brought(returning, talk).session.exchanges
    assert exchange.answer is None
    assert "is not here as it was" in exchange.error


@pytest.mark.parametrize("talk", [7, [7, None, {}], {"question": "?"}, [{"question": 1}]])
def test_what_is_no_conversation_is_left_out(returning: Returning, talk: object) -> None:
    assert brought(returning, talk).session.exchanges == ()


def test_what_was_chosen_is_chosen_again_only_where_it_is_there(returning: Returning) -> None:
    assert brought(returning, [], chosen="own:gone").session.view == Scope()
