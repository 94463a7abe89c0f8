"""The interface for other programs: what it describes is what it takes and gives, by HTTP and as tools."""

import json
import re
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import onnxruntime
import pytest
from fastapi.openapi.models import OpenAPI
from jsonschema import Draft202012Validator
from mcp import ClientSession
from mcp.client.streamable_http import streamable_http_client
from mcp.types import CallToolResult, TextContent, Tool

from asynchrony import run_async
from citewell.answers import recording
from citewell.assistant import Assistant
from citewell.documents.document import document
from citewell.errors import ReportError
from citewell.reading.readers import cross_encoder
from citewell.web import openapi, page, server, turns
from citewell.web.access import Access
from citewell.web.chat import Chat
from citewell.web.session import Scope, Session
from serving import ask, status

pytestmark = [
    # Gradio 6.31 counts its requests with pandas, in a way that pandas 3 dislikes.
    pytest.mark.filterwarnings("ignore:'future.no_silent_downcasting' is deprecated:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:The copy keyword is deprecated:DeprecationWarning"),
]
TEXT = "The tide rose to 3.2 metres at Kiel on Monday. Nobody was hurt.\n\nAnn Lee closed the quay."
QUESTION = "How high did the tide rise at Kiel?"
KEY = "s3cret"
BEARER = {"Authorization": f"Bearer {KEY}"}
CALLED: dict[str, dict[str, Any]] = {
    "ask": {"question": QUESTION, "history": ["Who closed the quay?"], "article": "tide"},
    "find": {"text": "The tide rose at Kiel.", "where": "title:tide"},
    "check": {"text": "The tide rose to 3.2 metres at Kiel on Monday. Ann Lee opened the quay."},
}


@pytest.fixture(scope="module")
def tide(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    """An assistant whose operator keeps a record."""
    return Assistant.from_documents(
        [document(TEXT, id="tide")],
        encoder="hashing",
        reader="similarity",
        threshold=0,
        record=tmp_path_factory.mktemp("kept") / "record.jsonl",
    )


@pytest.fixture(scope="module")
def url(tide: Assistant) -> Iterator[str]:
    """A server with a password and with the tools."""
    running = server.begin(lambda: tide, Access(credentials=("ann", KEY), mcp=True))
    running.wait()
    yield running.url
    running.close()


@pytest.fixture(scope="module")
def described(url: str) -> dict[str, Any]:
    told: dict[str, Any] = httpx.get(f"{url}v1/openapi.json", headers=BEARER).raise_for_status().json()
    return told


def untimed(told: Any) -> Any:
    """Return an object as JSON without the times that it took."""
    told = json.loads(json.dumps(told))
    if "trace" in told:
        told["trace"]["latency_ms"] = {}
    return told


def expected(tide: Assistant, name: str) -> Any:
    if name == "ask":
        return untimed(tide.ask(QUESTION, ["Who closed the quay?"]).to_dict())
    given = CALLED[name]["text"]
    return untimed((tide.find(given) if name == "find" else tide.check(given)).to_dict())


def cited(told: Any) -> list[Any]:
    """Return all citations of an object."""
    if isinstance(told, list):
        return [item for part in told for item in cited(part)]
    if not isinstance(told, dict):
        return []
    return [told] if told.get("type") == "char_location" else cited(list(told.values()))


def schema_of(described: dict[str, Any], part: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a request or response as a document of its own."""
    return {"components": described["components"], **part["content"]["application/json"]["schema"]}


@pytest.mark.parametrize("name", CALLED)
def test_a_call_is_answered_as_described(
    url: str, tide: Assistant, described: dict[str, Any], name: str
) -> None:
    told = httpx.post(f"{url}v1/{name}", json=CALLED[name], headers=BEARER, timeout=60)
    assert (told.status_code, told.headers["cache-control"]) == (200, "no-store")
    assert untimed(told.json()) == expected(tide, name)
    assert cited(told.json())
    for item in cited(told.json()):
        assert TEXT[item["start_char_index"] : item["end_char_index"]] == item["cited_text"]

    call = described["paths"][f"/v1/{name}"]["post"]
    assert Draft202012Validator(schema_of(described, call["requestBody"])).is_valid(CALLED[name])
    assert not Draft202012Validator(schema_of(described, call["requestBody"])).is_valid({"path": "/etc"})
    given = schema_of(described, call["responses"]["200"])
    assert list(Draft202012Validator(given).iter_errors(told.json())) == []
    assert not Draft202012Validator(given).is_valid({})


def test_the_description_is_openapi_and_its_references_lead_somewhere(described: dict[str, Any]) -> None:
    OpenAPI.model_validate(described)
    assert (described["openapi"], described["info"]["version"]) == ("3.1.0", "1.0")
    assert described["security"] == [{"password": []}]
    assert openapi.describe(locked=False)["security"] == []
    schemas = described["components"]["schemas"]
    for schema in schemas.values():
        Draft202012Validator.check_schema(schema)
    references = re.findall(r'"\$ref": "([^"]+)"', json.dumps(described))
    assert {item.removeprefix("#/components/schemas/") for item in references} <= set(schemas)
    assert "$defs" not in json.dumps(described)


def test_the_page_says_the_same_and_loads_nothing(url: str, described: dict[str, Any]) -> None:
    shown = httpx.get(f"{url}v1/", headers=BEARER)
    assert shown.headers["content-type"].startswith("text/html")
    assert not re.search(r"<script|<link|<img|src=|https?://(?!127\.0\.0\.1:7860/v1/)", shown.text)
    for address, methods in described["paths"].items():
        assert f"POST {address}" in shown.text
        for name in methods["post"]["requestBody"]["content"]["application/json"]["schema"]["properties"]:
            assert f"<code>{name}</code>" in shown.text
    linked = set(re.findall(r'href="#([^"]+)"', shown.text))
    assert linked <= set(re.findall(r'id="([^"]+)"', shown.text))
    assert {"Answer", "Findings", "Check", "citation"} <= linked


REFUSED: dict[str, tuple[str, bytes, int, str]] = {
    "another key": ("ask", b'{"question": "Why?", "path": "/etc/passwd"}', 422, "has a key that nothing"),
    "another type": ("find", b'{"text": ["Why?"]}', 422, "text: input should be a valid string"),
    "a key twice": ("ask", b'{"question": "Why?", "question": "How?"}', 422, "has a key twice"),
    "no JSON": ("check", b"{", 422, "not JSON"),
    "an unknown article": ("check", b'{"text": "Why.", "article": "none"}', 400, "no article has the id"),
    "a wrong condition": ("find", b'{"text": "Why?", "where": "size>3"}', 400, "size"),
    "a long question": ("ask", b'{"question": "%s"}' % (b"x" * 5000), 400, "the limit is 4,000"),
}


@pytest.mark.parametrize(("name", "body", "code", "message"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_answered_is_refused_in_a_line(
    url: str, described: dict[str, Any], name: str, body: bytes, code: int, message: str
) -> None:
    headers = {**BEARER, "Content-Type": "application/json"}
    told = httpx.post(f"{url}v1/{name}", content=body, headers=headers)
    assert told.status_code == code
    assert message in told.json()["error"]["message"]
    assert "\n" not in told.json()["error"]["message"]
    part = described["paths"][f"/v1/{name}"]["post"]["responses"][str(code)]
    assert Draft202012Validator(schema_of(described, part)).is_valid(told.json())


def test_the_walls_of_the_other_endpoints_stand_here_too(url: str) -> None:
    address = ("127.0.0.1", int(url.rstrip("/").rpartition(":")[2]))
    body = json.dumps(CALLED["find"]).encode()
    key, kind = f"Authorization: Bearer {KEY}", "Content-Type: application/json"
    assert status(ask(address, "POST /v1/find", key, kind, body=body)) == 200
    assert status(ask(address, "POST /v1/find", key, kind, "Origin: https://evil.example", body=body)) == 403
    assert status(ask(address, "POST /v1/find", key, "Content-Type: text/plain", body=body)) == 415
    assert status(ask(address, "GET /v1/find", key)) == 405
    assert status(ask(address, "POST /v1/openapi.json", key, kind, body=body)) == 405
    for path in ("POST /v1/find", "GET /v1/", "GET /v1/openapi.json", "POST /gradio_api/mcp/"):
        assert status(ask(address, path, kind, body=body)) == 401
    assert status(ask(address, "GET /v1/other", key)) == 404
    assert status(ask(address, "GET /gradio_api/mcp/", key)) == 405


def test_a_crowd_is_told_that_it_is_busy(url: str, tide: Assistant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "AT_ONCE", -tide.settings.queue)
    told = httpx.post(f"{url}v1/ask", json=CALLED["ask"], headers=BEARER)
    assert (told.status_code, told.json()["error"]["message"]) == (429, turns.BUSY)


def test_what_is_asked_of_the_index_is_recorded_where_the_operator_says_so(url: str, tide: Assistant) -> None:
    record = tide.settings.record
    assert record
    record.unlink(missing_ok=True)
    asked = ["Who closed the quay?", "Was anybody hurt?", "How high was it at Kiel?"]
    httpx.post(f"{url}v1/ask", json={"question": asked[0]}, headers=BEARER).raise_for_status()
    said = {"messages": [{"role": "user", "content": asked[1]}]}
    httpx.post(f"{url}v1/chat/completions", json=said, headers=BEARER).raise_for_status()
    chat = Chat(tide)
    list(chat.stream(asked[2], Scope(), Session()))
    list(chat.stream("Whose is this?", Scope(own=True), Session(own=tide)))
    lines = [json.loads(line) for line in record.read_text().splitlines()]
    assert [line["answer"]["question"] for line in lines] == asked
    assert tide.ask(asked[0]).text == lines[0]["answer"]["text"]
    assert "keeps a record of questions" in page.top_bar(tide, chat.words)
    quiet = Assistant.from_documents([document(TEXT, id="tide")], encoder="hashing", reader="similarity")
    assert quiet.settings.record is None
    assert "keeps a record" not in page.top_bar(quiet, chat.words)


def test_a_record_that_cannot_be_written_keeps_nobody_from_an_answer(
    url: str, tide: Assistant, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(_path: object, _line: bytes) -> None:
        message = "record.jsonl: cannot be written: no space"
        raise ReportError(message)

    monkeypatch.setattr(recording, "append", full)
    told = httpx.post(f"{url}v1/ask", json={"question": QUESTION}, headers=BEARER)
    assert told.json()["text"] == tide.ask(QUESTION).text
    assert "an answer was not recorded" in caplog.text
    assert QUESTION not in caplog.text


def test_the_tools_give_structured_content_of_the_schema_that_they_name(url: str, tide: Assistant) -> None:
    async def call() -> tuple[list[Tool], dict[str, CallToolResult], CallToolResult]:
        async with (
            httpx.AsyncClient(headers=BEARER, timeout=60) as client,
            streamable_http_client(f"{url}gradio_api/mcp/", http_client=client) as (reading, writing, _),
            ClientSession(reading, writing) as session,
        ):
            begun = await session.initialize()
            assert begun.serverInfo.name == "citewell"
            tools = (await session.list_tools()).tools
            # The client itself refuses a result that is not of the tool's schema.
            told = {name: await session.call_tool(name, arguments) for name, arguments in CALLED.items()}
            return tools, told, await session.call_tool("find", {"text": "Why?", "article": "none"})

    tools, told, wrong = run_async(call())
    assert [tool.name for tool in tools] == ["ask", "find", "check"]
    for tool in tools:
        assert tool.annotations
        assert tool.annotations.readOnlyHint
        assert tool.outputSchema
        assert Draft202012Validator(tool.inputSchema).is_valid(CALLED[tool.name])
        result = told[tool.name]
        assert untimed(result.structuredContent) == expected(tide, tool.name)
        assert not Draft202012Validator(tool.outputSchema).is_valid({})
        (content,) = result.content
        assert isinstance(content, TextContent)
        assert json.loads(content.text) == result.structuredContent
    assert (wrong.isError, wrong.structuredContent) == (True, None)
    (content,) = wrong.content
    assert isinstance(content, TextContent)
    assert "no article has the id" in content.text


def test_a_client_that_hangs_up_is_worked_for_no_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    text = " ".join(f"In town {number} the tide rose to {number}.2 metres." for number in range(200))
    long = Assistant.from_text(text, title="Tide", encoder="hashing", threshold=0, passage_tokens=64)
    run, runs = onnxruntime.InferenceSession.run, list[float]()

    def slow(self: onnxruntime.InferenceSession, *given: Any) -> Any:
        runs.append(time.monotonic())
        time.sleep(0.1)
        return run(self, *given)

    monkeypatch.setattr(onnxruntime.InferenceSession, "run", slow)
    monkeypatch.setattr(cross_encoder, "shared_pool", lambda: ThreadPoolExecutor(1))
    running = server.start(long)
    try:
        bodies: dict[str, dict[str, Any]] = {
            "ask": {"question": QUESTION},
            "chat/completions": {"messages": [{"role": "user", "content": f"Well, {QUESTION}"}]},
        }
        for path, asked in bodies.items():
            whole = httpx.post(f"{running.url}v1/{path}", json=asked, timeout=60)
            assert whole.status_code == 200
            needed = len(runs)
            assert needed >= 8
            runs.clear()
            other = json.loads(
                json.dumps(asked).replace("How high", "How far")
            )  # what was read is remembered
            with pytest.raises(httpx.ReadTimeout):
                httpx.post(f"{running.url}v1/{path}", json=other, timeout=0.25)
            time.sleep(0.5)  # the server notices
            for thread in threading.enumerate():
                if thread.name == "citewell-stream":
                    thread.join(60)
            assert 1 <= len(runs) < needed / 2
            runs.clear()
    finally:
        running.close()
