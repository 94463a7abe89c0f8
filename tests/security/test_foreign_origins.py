"""A page of another address makes this server do nothing, and reads nothing of it."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Browser

from citewell.web.origins import same_origin
from serving import JSON, PASSWORD, USER, ask, status, until

Address = tuple[str, int]
ASKED = json.dumps({"data": ["How high did the tide rise?", [], ""]}).encode()
FOREIGN = [
    "Origin: http://evil.example",
    "Origin: http://127.0.0.1:1",
    "Origin: http://localhost:3000",
    "Origin: null",
    "Origin: ",
    "Origin: file://",
    "Origin: http://127.0.0.1:{port}.evil.example",
    "Origin: http://127.0.0.1:{port}@evil.example",
    "Origin: http://127.0.0.1:{port}, http://evil.example",
    "Origin: http://127.0.0.1:{port}\r\nOrigin: http://evil.example",
    "Sec-Fetch-Site: cross-site",
    "Sec-Fetch-Site: same-site",
    "Origin: http://127.0.0.1:{port}\r\nSec-Fetch-Site: cross-site",
]
CHANGING = """POST /gradio_api/call/ask|POST /gradio_api/call/v2/ask|POST /gradio_api/queue/join
|POST /gradio_api/call/find|POST /gradio_api/call/check|POST /gradio_api/cancel|POST /gradio_api/reset
|POST /upload
|GET /gradio_api/heartbeat/abc
|GET /gradio_api/queue/data?session_hash=abc|GET /gradio_api/startup-events
|GET /gradio_api/call/ask/abc""".replace("\n", "").split("|")


@pytest.mark.parametrize("line", FOREIGN)
@pytest.mark.parametrize("first", CHANGING)
def test_nothing_is_done_for_a_page_elsewhere(open_to_all: Address, first: str, line: str) -> None:
    foreign = line.format(port=open_to_all[1])
    answer = ask(open_to_all, first, JSON, foreign, body=ASKED if first.startswith("POST") else b"")
    assert status(answer) in {403, 404}
    assert b"access-control" not in answer.lower()


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "[::1]"])
def test_its_own_page_and_a_program_are_heard(open_to_all: Address, name: str) -> None:
    host = f"{name}:{open_to_all[1]}"
    for lines in ([], [f"Origin: http://{host}"], [f"Origin: http://{host}", "Sec-Fetch-Site: same-origin"]):
        answer = ask(open_to_all, "POST /gradio_api/call/ask", JSON, *lines, body=ASKED, host=host)
        assert status(answer) == 200


@pytest.mark.parametrize("origin", ["http://localhost:3000", "http://127.0.0.1:{port}", "null"])
def test_no_page_is_given_leave_to_read(open_to_all: Address, origin: str) -> None:
    mine = f"Origin: {origin.format(port=open_to_all[1])}"
    for first in ("GET /", "GET /config", "GET /healthz", "GET /theme.css"):
        assert b"access-control" not in ask(open_to_all, first, mine).lower()
    asked = "Access-Control-Request-Method: POST"
    answer = ask(open_to_all, "OPTIONS /gradio_api/call/ask", mine, asked)
    assert status(answer) == 405
    assert b"access-control" not in answer.lower()


@pytest.mark.parametrize("method", ["OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "CONNECT", "PROPFIND"])
def test_what_nobody_needs_is_not_asked(open_to_all: Address, method: str) -> None:
    assert status(ask(open_to_all, f"{method} /config")) in {400, 405}


@pytest.mark.parametrize(
    ("origin", "host", "scheme", "same"),
    [
        ("https://chat.example", "chat.example", "http", True),  # a proxy speaks https
        ("https://chat.example:8443", "chat.example:8443", "http", True),
        ("https://chat.example", "chat.example:443", "https", True),
        ("https://CHAT.example", "chat.Example", "http", True),
        ("http://chat.example", "chat.example", "https", False),
        ("https://chat.example:8443", "chat.example", "http", False),
        ("https://chat.example", "chat.example:8000", "http", False),
        ("https://chat.example.", "chat.example", "http", False),
        ("https://chat.example", "", "http", False),
        ("ftp://chat.example", "chat.example", "http", False),
        ("https://chat.example/", "chat.example", "http", False),
    ],
)
def test_what_counts_as_the_same_origin(origin: str, host: str, scheme: str, *, same: bool) -> None:
    assert same_origin(origin, host, scheme) is same


def test_a_proxy_may_say_the_name_it_was_called_by(open_to_all: Address) -> None:
    lines = ["Origin: https://chat.example", "X-Forwarded-Host: chat.example"]
    assert status(ask(open_to_all, "POST /gradio_api/call/ask", JSON, *lines, body=ASKED)) == 200


EVIL = """<!doctype html><title>elsewhere</title><script>
const at = new URLSearchParams(location.search).get("at")
const form = (path, fields) => new Promise((done) => {
  const frame = Object.assign(document.createElement("iframe"), {name: "f" + Math.random()})
  const form = Object.assign(document.createElement("form"), {
    method: "post", action: at + path, target: frame.name, enctype: fields.enctype || ""})
  for (const [name, value] of Object.entries(fields))
    form.append(Object.assign(document.createElement("input"), {name, value}))
  frame.onload = () => frame.dataset.sent && done("sent")
  document.body.append(frame, form)
  frame.dataset.sent = 1
  form.submit()
})
const stream = (path) => new Promise((done) => {
  const source = new EventSource(at + path, {withCredentials: true})
  source.onopen = () => done("open")
  source.onerror = () => done("refused")
})
const image = (path) => new Promise((done) => {
  const image = new Image()
  image.onload = image.onerror = () => done("sent")
  image.src = at + path
})
const data = JSON.stringify({data: ["How high did the tide rise?", [], ""]})
const attempts = {
  post: () => fetch(at + "/gradio_api/call/ask", {method: "POST", mode: "no-cors", body: data}),
  cors: () => fetch(at + "/gradio_api/call/ask", {method: "POST", credentials: "include", body: data,
    headers: {"Content-Type": "application/json"}}),
  upload: () => { const sent = new FormData(); sent.append("files", new File(["x"], "x.txt"));
    return fetch(at + "/upload",
      {method: "POST", mode: "no-cors", credentials: "include", body: sent}) },
  beacon: () => navigator.sendBeacon(at + "/gradio_api/reset", "{}"),
  read: () => fetch(at + "/config", {credentials: "include"}).then((got) => got.text()),
  form: () => form("/gradio_api/queue/join", {data}),
  login: () => form("/login", {username: USER, password: PASSWORD}),
  heartbeat: () => stream("/gradio_api/heartbeat/abc"),
  startup: () => image("/gradio_api/startup-events"),
}
async function all() {
  const found = {}
  for (const [name, attempt] of Object.entries(attempts))
    found[name] = await Promise.resolve(attempt()).then((got) => String(got), () => "refused")
  return found
}
</script><body></body>"""


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[int]:
    """The port of a server of somebody else's page."""
    html = EVIL.replace("USER", json.dumps(USER)).replace("PASSWORD", json.dumps(PASSWORD)).encode()

    class Evil(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(html)

        def log_message(self, *_: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Evil) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


@pytest.mark.browser
@pytest.mark.parametrize("name", ["127.0.0.1", "localhost"])  # the same site, and another one
def test_a_real_page_elsewhere_does_nothing_and_reads_nothing(
    locked: Address, elsewhere: int, browser: Browser, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG", "citewell")
    context = browser.new_context()
    page = context.new_page()
    at = f"http://127.0.0.1:{locked[1]}"
    # The visitor is logged in.
    page.goto(at)
    page.fill("#username", USER)
    page.fill("#password", PASSWORD)
    page.click("button")
    page.wait_for_selector(".conversation", timeout=60_000)
    page.goto("about:blank")
    # The page's own stream ends, and is logged, a moment after the page.
    assert until(lambda: "/gradio_api/heartbeat/" in caplog.text)
    caplog.clear()
    page.goto(f"http://{name}:{elsewhere}/?at={at}")
    found = page.evaluate("all()")
    assert {key: found[key] for key in ("cors", "read", "heartbeat")} == dict.fromkeys(
        ("cors", "read", "heartbeat"), "refused"
    )
    served = [record.args for record in caplog.records if record.name == "citewell.web.guard"]
    seen = {str(line[2]): line[3] for line in served if isinstance(line, tuple)}
    assert {path: status for path, status in seen.items() if status not in {403, 405}} == {}
    assert {
        "/gradio_api/call/ask",
        "/gradio_api/reset",
        "/gradio_api/queue/join",
        "/login",
        "/config",
    } <= set(seen)
    assert len(context.cookies()) == 1
    context.close()
