"""Chat completions, asked with OpenAI's own client: what is annotated stands where it is said to stand."""

import json
import logging
from collections.abc import Iterator
from typing import Any

import openai
import pytest

from citewell.answers.answer import Answer
from citewell.assistant import Assistant
from citewell.documents.document import document
from citewell.web import login, server, turns
from citewell.web.access import Access
from serving import ask, status

pytestmark = [
    # Gradio 6.31 counts its requests with pandas, in a way that pandas 3 dislikes.
    pytest.mark.filterwarnings("ignore:'future.no_silent_downcasting' is deprecated:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:The copy keyword is deprecated:DeprecationWarning"),
]
TEXT = "The tide rose to 3.2 metres at Kiel on Monday. Nobody was hurt.\n\nAnn Lee closed the quay."
QUESTION = "How high did the tide rise at Kiel?"
KEY = "s3cret"
JSON = "Content-Type: application/json"


@pytest.fixture(scope="module")
def tide() -> Assistant:
    article = document(TEXT, id="tide", source="https://example.org/tide")
    return Assistant.from_documents([article], encoder="hashing", reader="similarity", threshold=0)


@pytest.fixture(scope="module")
def url(tide: Assistant) -> Iterator[str]:
    running = server.start(tide)
    yield running.url
    running.close()


@pytest.fixture(scope="module")
def locked(tide: Assistant) -> Iterator[str]:
    running = server.begin(lambda: tide, Access(credentials=("ann", KEY)))
    running.wait()
    yield running.url
    running.close()


def client(url: str, key: str = "none") -> openai.OpenAI:
    return openai.OpenAI(base_url=f"{url}v1", api_key=key, max_retries=0)


def untimed(answer: Any) -> Any:
    told: Any = answer.to_dict() if isinstance(answer, Answer) else answer
    return {**told, "trace": {**told["trace"], "latency_ms": {}}}


def holds(annotations: Any, content: str, answer: Answer) -> bool:
    """Whether each annotation ties a statement of the answer to the characters that prove it."""
    said = [(statement.text, item) for statement in answer.statements for item in statement.citations]
    found = [item if isinstance(item, dict) else item.model_dump() for item in annotations]
    for item, (text, citation) in zip(found, said, strict=True):
        shown, place = item["url_citation"], item["char_location"]
        assert content[shown["start_index"] : shown["end_index"]] == text
        assert (
            TEXT[place["start_char_index"] : place["end_char_index"]] == place["cited_text"] == citation.quote
        )
        assert (shown["url"], shown["title"]) == ("https://example.org/tide", "Tide")
    return bool(found)


def test_a_completion_is_the_answer_with_its_citations(url: str, tide: Assistant) -> None:
    answer = tide.ask(QUESTION)
    told = client(url).chat.completions.create(
        model="any", messages=[{"role": "user", "content": QUESTION}], temperature=0.7, max_tokens=5
    )
    message = told.choices[0].message
    assert (told.choices[0].finish_reason, message.role, message.content) == (
        "stop",
        "assistant",
        answer.text,
    )
    assert holds(message.annotations, answer.text, answer)
    assert untimed(told.citewell) == untimed(json.loads(json.dumps(answer.to_dict())))  # type: ignore[attr-defined]
    assert told.usage
    assert told.usage.completion_tokens > 5


def test_a_stream_sends_the_text_and_its_annotations(url: str, tide: Assistant) -> None:
    for question in (QUESTION, "Summarise the article"):
        answer = tide.ask(question)
        chunks = list(
            client(url).chat.completions.create(
                model="any",
                messages=[{"role": "user", "content": [{"type": "text", "text": question}]}],
                stream=True,
                stream_options={"include_usage": True},
            )
        )
        assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks[:-1]) == answer.text
        assert chunks[-2].choices[0].finish_reason == "stop"
        assert holds(chunks[-2].choices[0].delta.annotations, answer.text, answer)  # type: ignore[attr-defined]
        assert chunks[-1].usage


def test_a_follow_up_is_resolved_and_a_system_message_changes_nothing(url: str, tide: Assistant) -> None:
    first = tide.ask(QUESTION)
    told = client(url).chat.completions.create(
        model="any",
        messages=[
            {"role": "system", "content": "Say that nobody knows."},
            {"role": "user", "content": QUESTION},
            {"role": "assistant", "content": first.text},
            {"role": "user", "content": "And in Paris?"},
        ],
    )
    assert told.choices[0].message.content == tide.ask("And in Paris?", [first]).text
    assert told.citewell["standalone"] == "How high did the tide rise at Kiel in Paris?"  # type: ignore[attr-defined]


REFUSED = {
    "tools": ({"tools": [{"type": "function"}]}, 422),
    "choices": ({"n": 2}, 422),
    "a picture": (
        {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": "/etc"}]}]},
        422,
    ),
    "no question": ({"messages": [{"role": "assistant", "content": "Yes."}]}, 422),
    "nothing": ({"messages": []}, 422),
    "too long": ({"messages": [{"role": "user", "content": "why " * 10_000}]}, 400),
}


@pytest.mark.parametrize(("changed", "code"), REFUSED.values(), ids=REFUSED)
@pytest.mark.parametrize("streamed", [False, True])
def test_what_cannot_be_answered_is_refused_in_a_line(
    url: str, changed: dict[str, Any], code: int, *, streamed: bool, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "citewell")
    given = {
        "model": "any",
        "messages": [{"role": "user", "content": "sesame"}],
        "stream": streamed,
        **changed,
    }
    with pytest.raises(openai.APIStatusError) as refused:
        client(url).post("/chat/completions", body=given, cast_to=object)
    assert refused.value.status_code == code
    error = refused.value.body
    assert isinstance(error, dict)
    assert "\n" not in error["message"]
    assert "sesame" not in caplog.text


def test_the_walls_of_the_other_endpoints_stand_here_too(url: str) -> None:
    address = ("127.0.0.1", int(url.rstrip("/").rpartition(":")[2]))
    body = json.dumps({"messages": [{"role": "user", "content": QUESTION}]}).encode()
    post = "POST /v1/chat/completions"
    assert status(ask(address, post, JSON, body=body)) == 200
    assert status(ask(address, post, JSON, "Origin: https://evil.example", body=body)) == 403
    assert status(ask(address, post, "Content-Type: text/plain", body=body)) == 415
    assert status(ask(address, post, JSON, body=b'{"messages": [], "messages": []}')) == 422
    assert status(ask(address, "GET /v1/chat/completions")) == 405
    assert status(ask(address, "POST /v1/other", JSON, body=body)) == 404


def test_with_a_password_it_is_the_key_and_a_wrong_one_waits(
    locked: str, tide: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: Any = {"model": "any", "messages": [{"role": "user", "content": QUESTION}]}
    right = client(locked, KEY).chat.completions.create(**asked)
    assert right.choices[0].message.content == tide.ask(QUESTION).text
    address = ("127.0.0.1", int(locked.rstrip("/").rpartition(":")[2]))
    assert status(ask(address, "POST /v1/chat/completions", JSON, body=json.dumps(asked).encode())) == 401
    assert status(ask(address, "GET /config", f"Authorization: Bearer {KEY}")) == 401
    with pytest.raises(openai.AuthenticationError, match="the API key is not the password"):
        client(locked, "wrong").chat.completions.create(**asked)
    monkeypatch.setattr(login, "FREE_GUESSES", -9)  # the longest wait, after one guess
    with pytest.raises(openai.RateLimitError) as waits:
        client(locked, KEY).chat.completions.create(**asked)
    assert int(waits.value.response.headers["retry-after"]) >= 1


def test_a_crowd_is_told_that_it_is_busy(url: str, tide: Assistant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "AT_ONCE", -tide.settings.queue)
    with pytest.raises(openai.RateLimitError, match="too many questions wait here"):
        client(url).chat.completions.create(model="any", messages=[{"role": "user", "content": QUESTION}])
