"""Whatever is sent to whatever route, the server answers or refuses, goes on, and logs nothing of it."""

import http.client
import json
import socket
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import serving
from fuzzing import ANY_TEXT, mutations, tried
from serving import Served

# Stands in questions, names and files, and may stand in nothing that the server prints.
CANARY = "zyxomma"
SESSION = "fuzzing0123"
QUESTION = f"How high did the {CANARY} rise?"

ROUTES = st.sampled_from(
    [
        "/", "/config", "/theme.css", "/favicon.ico", "/manifest.json", "/robots.txt", "/healthz",
        "/assets/x.js", "/static/x", "/gradio_api/info", "/gradio_api/openapi.json",
        "/gradio_api/startup-events", "/gradio_api/app_id", "/gradio_api/cancel", "/gradio_api/reset",
        "/gradio_api/queue/join", "/gradio_api/queue/data",
        f"/gradio_api/queue/data?session_hash={SESSION}", "/gradio_api/heartbeat/x",
        "/gradio_api/call/ask", "/gradio_api/call/v2/ask", "/gradio_api/call/ask/x", "/gradio_api/call/find",
        "/gradio_api/call/check", "/v1/ask", "/v1/find", "/v1/check", "/v1/chat/completions", "/v1/",
        "/gradio_api/upload", "/upload", "/login", "/logout", "/token", "/gradio_api/mcp/",
        "/gradio_api/mcp/sse", "/gradio_api/file=/etc/passwd", "/gradio_api/run/ask",
        "/gradio_api/proxy=http://127.0.0.1:9/", "/gradio_api/stream/x", "//", "/..%2f", "/%00",
    ]
)  # fmt: skip
METHODS = st.sampled_from(["GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "GOT"])
FILE: dict[str, Any] = {"path": "/etc/hostname", "meta": {"_type": "gradio.FileData"}}
SPECIAL = st.sampled_from(
    [
        FILE, {**FILE, "url": "http://127.0.0.1:9/x"}, {"path": None}, {"__type__": "update"}, [FILE],
        QUESTION, CANARY, {"role": "user", "content": QUESTION}, {"role": 7}, "index:", "own:", -1,
        10**30, 1e308, True, None, "", [], {},
    ]
)  # fmt: skip
VALUES = st.recursive(
    st.one_of(SPECIAL, ANY_TEXT, st.integers(), st.floats(), st.none(), st.booleans()),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(ANY_TEXT, inner, max_size=3),
    max_leaves=8,
)
SENT = st.dictionaries(
    st.sampled_from(
        "question paths tokens url turn number do kind verdict answer unsaid path meta _type x".split()
    ),
    VALUES,
    max_size=4,
)
JOINED = st.fixed_dictionaries(
    {"data": st.lists(VALUES, max_size=5) | VALUES},
    optional={
        "fn_index": st.integers(-2, 30) | VALUES,
        "session_hash": st.just(SESSION) | VALUES,
        "event_data": SENT | VALUES,
        "trigger_id": st.integers(0, 40) | VALUES,
        "event_id": VALUES,
        "batched": VALUES,
        "simple_format": VALUES,
        "request": VALUES,
        "x": VALUES,
    },
)
CALLED = st.fixed_dictionaries(
    {"data": st.tuples(st.just(QUESTION) | VALUES, VALUES, VALUES).map(list) | VALUES}
)
HEADERS = st.dictionaries(
    st.sampled_from(
        "Content-Type Accept Cookie Authorization Origin X-Forwarded-For X-Forwarded-Host X-Gradio-User "
        "Range X-Visit X-Name Accept-Encoding If-None-Match Expect".split()
    ),
    st.one_of(
        st.sampled_from(
            [
                "application/json", "multipart/form-data; boundary=b", "multipart/form-data",
                "text/plain", "*/*", "bytes=0-", "null", "http://evil.example", "Bearer x",
                "access-token=x", "100-continue", CANARY, "",
            ]
        ),
        st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=30),
    ),
    max_size=4,
)  # fmt: skip
FORM = (
    f'--b\r\nContent-Disposition: form-data; name="files"; filename="{CANARY}.txt"\r\n'
    "Content-Type: text/plain\r\n\r\n"
    f"The {CANARY} rose.\r\n--b--\r\n"
).encode()
TOKENS = [
    b'"', b"{", b"}", b"[", b"\\ud83d", b"\x00", b"\xff", b"NaN", b"9" * 400, b"--b", b"\r\n\r\n", b"null",
    CANARY.encode(), json.dumps(FILE).encode(),
]  # fmt: skip


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    light = {"CITEWELL_READER": "similarity"}
    with serving.served(tmp_path_factory.mktemp("served"), environment=light) as server:
        yield server
        assert server.is_well()
        clean(server)


def clean(server: Served) -> None:
    """Check that the server has printed no error and nothing of what was sent."""
    said = "".join(server.said)
    assert "Traceback" not in said, said[-6000:]
    assert CANARY not in said, said[-6000:]


def send(server: Served, method: str, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
    """Send a request; return the status and the first of what comes back, and leave."""
    connection = http.client.HTTPConnection(*server.address, timeout=60)
    try:
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        streams = "event-stream" in response.headers.get("Content-Type", "")
        # A stream may have no end; what is asked is whether it begins.
        return response.status, b"" if streams else response.read(100_000)
    finally:
        connection.close()


def check(server: Served, method: str, path: str, body: bytes, headers: dict[str, str]) -> int:
    """Send a request; it is answered or refused, and no mistake of ours."""
    try:
        status, said = send(server, method, path, body, headers)
    except (http.client.HTTPException, ConnectionError):
        status, said = 0, b""  # it hung up, as on what is no HTTP
    assert status < 500, (status, said[:500])
    assert b"Traceback" not in said
    assert b"root:" not in said
    assert server.is_well()
    clean(server)
    return status


@given(
    METHODS,
    ROUTES,
    HEADERS,
    st.one_of(st.just(b""), VALUES.map(lambda value: json.dumps(value).encode()), st.just(FORM)),
)
@tried(60)
def test_any_request_is_answered_or_refused(
    served: Served, method: str, path: str, headers: dict[str, str], body: bytes
) -> None:
    check(served, method, path, body, headers)


@given(JOINED)
@tried(60)
def test_any_event_is_taken_or_refused(served: Served, body: dict[str, Any]) -> None:
    status = check(
        served,
        "POST",
        "/gradio_api/queue/join",
        json.dumps(body).encode(),
        {"Content-Type": "application/json"},
    )
    if status == 200:
        check(served, "GET", f"/gradio_api/queue/data?session_hash={SESSION}", b"", {})


@given(CALLED, st.sampled_from(["/gradio_api/call/ask", "/gradio_api/call/v2/ask"]))
@tried(40)
def test_any_call_is_answered_or_refused(served: Served, body: dict[str, Any], path: str) -> None:
    headers = {"Content-Type": "application/json"}
    status, said = send(served, "POST", path, json.dumps(body).encode(), headers)
    assert status in {200, 422}, (status, said)
    if status == 200:
        status, _ = send(served, "GET", f"{path}/{json.loads(said)['event_id']}", b"", {})
        assert status == 200
    assert served.is_well()
    clean(served)


WHOLE = {
    "/gradio_api/queue/join": json.dumps(
        {
            "data": [QUESTION, "index:", None],
            "fn_index": 0,
            "session_hash": SESSION,
            "event_data": None,
            "trigger_id": 1,
        }
    ).encode(),
    "/gradio_api/call/ask": json.dumps({"data": [QUESTION, [QUESTION], ""]}).encode(),
    "/gradio_api/cancel": json.dumps({"session_hash": SESSION, "fn_index": 0, "event_id": "x"}).encode(),
    "/gradio_api/reset": json.dumps({"event_id": "x"}).encode(),
    "/gradio_api/upload": FORM,
    "/upload": FORM,
}


@given(st.sampled_from(sorted(WHOLE)), mutations(TOKENS))
@tried(60)
def test_a_changed_body_is_taken_or_refused(served: Served, path: str, change: Any) -> None:
    kind = "multipart/form-data; boundary=b" if WHOLE[path] is FORM else "application/json"
    check(served, "POST", path, change(WHOLE[path]), {"Content-Type": kind})


RAW = (
    f"POST /gradio_api/call/ask HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
    f'Content-Length: 60\r\nConnection: close\r\n\r\n{{"data": ["{QUESTION}", [], ""]}}'
).encode()


@given(
    mutations(
        [b"\r\n", b"\n", b"\x00", b"\xff", b": ", b"Transfer-Encoding: chunked\r\n", b"Host: x\r\n", b"-1"]
    )
)
@tried(40)
def test_what_is_no_request_ends_nothing(served: Served, change: Any) -> None:
    with socket.create_connection(served.address, timeout=60) as connection:
        connection.sendall(change(RAW))
        with suppress(OSError):
            connection.shutdown(socket.SHUT_WR)
            said = connection.recv(65536)
            assert not said.startswith(b"HTTP/1.1 5"), said
    assert served.is_well()
    clean(served)
