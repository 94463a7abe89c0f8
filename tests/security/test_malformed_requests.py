"""A request that is not what is taken gets a 4xx that says what is wrong, and nothing of it is logged."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from citewell.assistant import Assistant
from citewell.documents.document import document
from citewell.index import updates
from citewell.index.collection import IndexConfig
from citewell.index.encoders import hashing
from citewell.settings import settings
from citewell.web import intake, server
from visitor import JSON, Visitor

pytestmark = [
    # Gradio 6.31 counts its requests with pandas, in a way that pandas 3 dislikes.
    pytest.mark.filterwarnings("ignore:'future.no_silent_downcasting' is deprecated:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:The copy keyword is deprecated:DeprecationWarning"),
]

ROOT = Path(__file__).parents[2]
CANARY = "Zq7canary"
ASK = "/gradio_api/call/ask"
ASK_2 = "/gradio_api/call/v2/ask"
JOIN = "/gradio_api/queue/join"
CANCEL = "/gradio_api/cancel"
RESET = "/gradio_api/reset"
FIND, FIND_2 = "/gradio_api/call/find", "/gradio_api/call/v2/find"
CHECK, CHECK_2 = "/gradio_api/call/check", "/gradio_api/call/v2/check"
V1 = ("/v1/ask", "/v1/find", "/v1/check", "/v1/chat/completions")
POSTED = (ASK, ASK_2, FIND, FIND_2, CHECK, CHECK_2, JOIN, CANCEL, RESET, *V1)


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    tide = document("The tide rose to 3.2 metres. Nobody was hurt.", id="tide")
    made = Assistant.from_documents([tide], settings=settings(encoder="hashing"), encoder=hashing.create())
    running = server.start(made)
    yield running.url
    running.close()


@pytest.fixture(scope="module")
def visitor(url: str) -> Visitor:
    return Visitor(url)


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (["Why?", [7]], "history.0"),
        ([7], "question: input should be a valid string"),
        ([None], "question: input should be a valid string"),
        ([["Why?"]], "question: input should be a valid string"),
        (["Why?", "Who?"], "history"),
        (["Why?", [], 7], "article: input should be a valid string"),
        (["Why?", [], "", "", CANARY], "data: list should have at most 4 items"),
        (["Why?", [], "", 7], "where: input should be a valid string"),
        ([], "data: list should have at least 1 item"),
        (["Why?", [{"role": CANARY, "content": "x"}]], "history.0"),
        (["Why?", [{"role": "user"}]], "history.0"),
        (["Why?", [{"role": "user", "content": "x", CANARY: 1}]], "history.0"),
        (["x" * 100_001], "question: string should have at most 100000 characters"),
    ],
)
def test_a_wrong_call_of_the_endpoint_says_what_is_wrong(
    visitor: Visitor, data: list[object], what: str
) -> None:
    for status, said in (visitor.call(*data), visitor.join("ask", data)):
        assert status == 422
        assert what in json.loads(said)["error"]
        assert CANARY not in said


@pytest.mark.parametrize(
    ("body", "what"),
    [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b'{"data": ["Why?"]} x', "not JSON"),
        (b'{"data": ["Why?"], "data": ["Who?"]}', "a key twice"),
        (b'{"data": [NaN]}', "a number that JSON does not have"),
        (b'{"data": [-Infinity]}', "a number that JSON does not have"),
        (b'{"data": [1' + b"0" * 5000 + b"]}", "a number that is too large"),
        (b'{"data": ["\xff"]}', "not UTF-8"),
        ('{"data": ["Why?"]}'.encode("utf-16"), "not UTF-8"),
        (b"[" * 100_000, "nested deeper"),
        (b'{"data": ' + b"[" * 500 + b"]" * 500 + b"}", "nested deeper"),
        (b'{"data": ["\\"[[[[[[[[[[[[[[["]}', ""),
        (b"[]", "the request"),
        (b"null", "the request"),
        (b'"Why?"', "the request"),
    ],
)
@pytest.mark.parametrize("path", POSTED)
def test_what_is_no_plain_json_is_refused_everywhere(
    visitor: Visitor, path: str, body: bytes, what: str
) -> None:
    status, said = visitor.request("POST", path, body, JSON)
    if what or path not in {ASK, FIND, CHECK}:  # brackets in a question are no nesting
        assert status == 422
        error = json.loads(said)["error"]
        assert what in (error["message"] if path in V1 else error) or path == JOIN
    else:
        assert status == 200


@pytest.mark.parametrize("path", POSTED)
@pytest.mark.parametrize(
    "kind", ["", "text/plain", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded"]
)
def test_what_is_not_called_json_is_refused(visitor: Visitor, path: str, kind: str) -> None:
    status, said = visitor.request("POST", path, b'{"data": ["Why?"]}', {"Content-Type": kind})
    assert (status, said) == (415, "Send JSON, with the header Content-Type: application/json.\n")


@pytest.mark.parametrize("path", [*POSTED, "/config", "/", "/theme.css", "/gradio_api/info"])
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_what_cannot_be_done_is_refused(visitor: Visitor, path: str, method: str) -> None:
    if method == "POST" and path in POSTED:
        return
    status, said = visitor.request(method, path, b"{}", JSON)
    assert status == 405
    assert said.count("\n") == 1
    assert "cannot be done" in said or "is not asked of this server" in said


def test_every_event_takes_its_own_keys_and_no_other(visitor: Visitor) -> None:
    for name, event in visitor.events.items():
        values: list[object] = [None] * len(event["inputs"])
        for wrong in (
            visitor.join(name, values, None, **{CANARY: 1}),
            visitor.join(name, values, {CANARY: 1}),
            visitor.join(name, values, CANARY),
            visitor.join(name, values, [CANARY]),
            visitor.join(name, [*values, CANARY, CANARY]),
            visitor.join(name, {"data": values}),
            visitor.join(name, values, session_hash=f"{CANARY} /../"),
            visitor.join(name, values, session_hash=None),
            visitor.join(name, values, trigger_id=987_654),
            visitor.join(name, values, trigger_id=str(event["id"])),
            visitor.join(name, values, fn_index=987_654),
            visitor.join(name, values, fn_index=-1),
            visitor.join(name, values, fn_index=True),
            visitor.join(name, values, fn_index=str(event["id"])),
            visitor.join(name, values, fn_index=float(event["id"])),
        ):
            assert wrong[0] == 422, (name, wrong)
            assert CANARY not in wrong[1]


WRONG: tuple[object, ...] = ({}, "x", [], 0, False, {"session": {}})


def test_no_client_gives_the_state(visitor: Visitor) -> None:
    for name, event in visitor.events.items():
        for at, block in enumerate(event["inputs"]):
            values: list[object] = [None] * len(event["inputs"])
            for given in WRONG:
                values[at] = given
                is_text = isinstance(given, str) and block != 1
                if not is_text:
                    assert visitor.join(name, values)[0] == 422


def test_what_only_a_browser_or_the_connection_does_is_no_event(visitor: Visitor) -> None:
    others = [name for name in visitor.events if name.startswith("unnamed") or name == "left"]
    assert others
    for name in others:
        assert visitor.join(name, [])[0] == 422


@pytest.mark.parametrize(
    "query", ["", "?session_hash=", "?session_hash=a&session_hash=b", f"?session_hash={CANARY}%20/..", "?x=1"]
)
def test_a_stream_of_events_is_asked_for_by_one_session(visitor: Visitor, query: str) -> None:
    status, said = visitor.request("GET", f"/gradio_api/queue/data{query}")
    assert status == 422
    assert CANARY not in said


def test_a_choice_that_is_not_there_is_refused_and_not_printed(
    visitor: Visitor, capfd: pytest.CaptureFixture[str]
) -> None:
    visitor.join("choose", [f"index:{CANARY}", None])
    visitor.join("submit", ["Why?", f"own:{CANARY}", "", None])
    said = capfd.readouterr()
    assert CANARY not in said.out + said.err


def test_a_body_that_does_not_come_is_not_waited_for(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "ARRIVES_S", 0.5)
    host, port = url.removeprefix("http://").rstrip("/").split(":")
    with socket.create_connection((host, int(port)), timeout=20) as slow:
        slow.sendall(
            f"POST {ASK} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n"
            "Content-Length: 100\r\n\r\n{".encode()
        )
        assert slow.recv(1000).startswith(b"HTTP/1.1 408 ")


SERVE = """
import logging, sys
logging.basicConfig(level=logging.DEBUG, format="%(name)s %(levelname)s %(message)s")
sys.argv = ["citewell", "serve", "--port", "0", *sys.argv[1:]]
from citewell.cli.commands import main
main()
"""


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[Visitor, Callable[[], str]]]:
    """A real server that logs all that can be logged, and what it has printed when it is stopped."""
    (tmp_path / "tide.txt").write_text("The tide rose to 3.2 metres. Nobody was hurt.")
    updates.update(tmp_path / "index", [tmp_path / "tide.txt"], IndexConfig(encoder="hashing"))
    log = tmp_path / "log"
    with log.open("wb") as out:
        program = subprocess.Popen(
            [sys.executable, "-X", "dev", "-W", "default", "-c", SERVE, "--mcp"],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(ROOT / "src"), "CITEWELL_ENCODER": "hashing"},
            stdout=out,
            stderr=subprocess.STDOUT,
        )
        until = time.monotonic() + 120
        while not (found := re.search(r"citewell is on (http://\S+)", log.read_text(errors="replace"))):
            assert program.poll() is None, log.read_text(errors="replace")
            assert time.monotonic() < until
            time.sleep(0.2)

        def stopped() -> str:
            program.send_signal(signal.SIGTERM)
            program.wait(30)
            return log.read_text(errors="replace")

        yield Visitor(found[1]), stopped
        if program.poll() is None:
            program.kill()
            program.wait(30)


SHAPES: tuple[object, ...] = (
    CANARY,
    [CANARY],
    {CANARY: CANARY},
    {"path": CANARY, "meta": {"_type": "gradio.FileData"}},
    [[CANARY, {"role": CANARY, "content": CANARY}]],
)


def posted(visitor: Visitor) -> Iterator[tuple[int, str]]:
    """Send to every route what is no JSON, or not what the route takes."""
    bodies = [json.dumps(shape).encode() for shape in SHAPES]
    bodies += [CANARY.encode(), b'{"data": ["%s' % CANARY.encode(), b'{"data": ["%s\xff"]}' % CANARY.encode()]
    bodies += [b'{"data": ["%s"], "data": 1}' % CANARY.encode(), b"[" * 99 + CANARY.encode()]
    for key in ("x", "data ", "fn_index", "event_id"):
        bodies.append(json.dumps({key: CANARY, "data": [CANARY]}).encode())
    others = ("/gradio_api/mcp/", "/gradio_api/mcp/http", "/gradio_api/run/ask", f"/{CANARY}", "/upload")
    for path in (*POSTED, *others):
        for body in bodies:
            for kind in ("application/json", "text/plain", "multipart/form-data; boundary=x", CANARY):
                headers = {"Content-Type": kind, "X-Name": CANARY, "Cookie": CANARY}
                yield visitor.request("POST", path, body, headers)
        yield visitor.request("POST", f"{path}?{CANARY}={CANARY}", b"{}", JSON)


def caused(visitor: Visitor) -> Iterator[tuple[int, str]]:
    """Cause every event with what it does not take."""
    for name, event in visitor.events.items():
        values: list[object] = [None] * len(event["inputs"])
        for shape in SHAPES:
            for at in range(len(values)):
                yield visitor.join(name, [*values[:at], shape, *values[at + 1 :]])
            yield visitor.join(name, values, {"question": shape, CANARY: shape})
            yield visitor.join(name, values, shape)
            for key in ("session_hash", "trigger_id", "fn_index", "oauth_token", CANARY):
                yield visitor.join(name, values, **{key: shape})


def called(visitor: Visitor) -> Iterator[tuple[int, str]]:
    """Call the endpoint and the tool with what they do not take."""
    for shape in SHAPES:
        for data in ([shape, [shape]], ["Why?", [], shape], ["Why?", {CANARY: shape}]):
            yield visitor.call(*data)
            yield visitor.post(ASK_2, dict(zip(("question", "history", "article"), data, strict=False)))
            yield visitor.post(FIND, {"data": [shape, *data[2:]]})
            yield visitor.post(FIND_2, {"text": shape, "article": data[0]})
            yield visitor.post(CHECK, {"data": [shape, *data[2:]]})
            yield visitor.post(CHECK_2, {"text": shape, "article": data[0]})
        yield tool(visitor, "tools/call", {"name": "ask", "arguments": {"question": shape, CANARY: 1}})
        yield tool(visitor, "tools/call", {"name": "find", "arguments": {"text": shape, CANARY: 1}})
        yield tool(visitor, "tools/call", {"name": "check", "arguments": {"text": shape, CANARY: 1}})
        yield tool(visitor, "tools/call", {"name": CANARY, "arguments": {"question": CANARY}})
        for method in ("initialize", "tools/list", "notifications/cancelled", "resources/read", CANARY):
            yield tool(visitor, method, {CANARY: shape, "uri": shape, "protocolVersion": shape})


def fetched(visitor: Visitor) -> Iterator[tuple[int, str]]:
    """Ask for what is not there."""
    for path in ("/gradio_api/file={}", "/{}", "/gradio_api/queue/data?session_hash={}.", "/upload?{}"):
        yield visitor.request("GET", path.format(CANARY), None, {"X-Forwarded-Host": CANARY})
    yield visitor.request(CANARY, f"/{CANARY}")


def tool(visitor: Visitor, method: str, params: object) -> tuple[int, str]:
    """Send a message of the Model Context Protocol."""
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).encode()
    headers = {**JSON, "Accept": "application/json, text/event-stream"}
    return visitor.request("POST", "/gradio_api/mcp/", body, headers)


@pytest.mark.slow(reason="a real server logs all it can, and hundreds of requests are sent to it")
def test_nothing_of_a_malformed_request_is_logged_at_any_level(
    served: tuple[Visitor, Callable[[], str]],
) -> None:
    visitor, stopped = served
    statuses = set()
    for send in (posted, caused, called, fetched):
        statuses |= {status for status, _ in send(visitor)}
    assert statuses <= {200, 404, 405, 411, 415, 422}
    printed = stopped()
    assert "asyncio DEBUG" in printed, "the log is open"
    assert "Traceback" not in printed
    assert CANARY.lower() not in printed.lower()


@pytest.mark.slow(reason="a real server logs all it can, and hundreds of requests are sent to it")
def test_nothing_of_what_is_asked_answered_or_brought_is_logged_at_any_level(
    served: tuple[Visitor, Callable[[], str]],
) -> None:
    visitor, stopped = served
    assert "3.2" in visitor.call(f"How high did the tide rise, {CANARY}?")[1]
    assert CANARY in visitor.call("Why?", [], CANARY)[1]
    assert visitor.call(CANARY * 2000)[0] == 200
    assert visitor.post(FIND, {"data": [f"The tide rose to 3.2 metres, {CANARY}."]})[0] == 200
    assert CANARY in visitor.join("verify", ["index:", "", None], {"text": f"The tide rose, {CANARY}."})[1]
    for kind in ("md", "html", "json"):
        assert CANARY in visitor.join("save_check", [None], {"kind": kind, "clip": True})[1]
    assert visitor.join("show_claim", [None], {"number": 1, "citation": 7})[0] == 200
    assert CANARY in visitor.join("seek", ["index:", "", None], {"text": f"The tide rose, {CANARY}."})[1]
    assert visitor.post(CHECK, {"data": [f"The tide rose to 3.2 metres, {CANARY}."]})[0] == 200
    assert (
        "3.2"
        in tool(
            visitor,
            "tools/call",
            {"name": "ask", "arguments": {"question": f"How high did the tide rise, {CANARY}?"}},
        )[1]
    )
    assert CANARY in visitor.join("submit", [f"What is {CANARY}?", "index:", "", None])[1]
    key = visitor.key
    for name, content in (
        (f"{CANARY}.txt", f"{CANARY} rose to 3.2 metres."),
        (f"{CANARY}.pdf", CANARY),
        (f"{CANARY}.docx", CANARY),
        (f"{CANARY}.jsonl", f'{{"{CANARY}'),
        (f"{CANARY}.csv", f'"{CANARY}\n'),
        (f"{CANARY}.exe", CANARY),
    ):
        status, token = visitor.upload(name, content.encode(), key)
        assert status == 200
        assert CANARY in visitor.read(token)
    assert CANARY in visitor.join("submit", [f"How high did {CANARY} rise?", "own:", "", None])[1]
    for kind in ("md", "html", "json"):
        assert CANARY in visitor.join("save", [None], {"kind": kind})[1]
    visitor.join("judge", [None], {"turn": 0, "verdict": "down", "answer": CANARY, "unsaid": True})
    visitor.join("judge", [None], {"turn": 0, "verdict": "down", "answer": CANARY})
    visitor.join("choose", [f"own:{CANARY}", None])
    printed = stopped()
    assert "asyncio DEBUG" in printed, "the log is open"
    assert "Traceback" not in printed
    assert CANARY.lower() not in printed.lower()
