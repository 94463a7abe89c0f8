"""Nothing that a client names is opened, listed, copied or fetched, whatever event or endpoint it uses."""

import asyncio
import json
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import gradio as gr
import pytest

from citewell.assistant import Assistant
from citewell.documents.document import document
from citewell.index.encoders import hashing
from citewell.settings import settings
from citewell.web import intake, server
from citewell.web.access import Access
from citewell.web.page import build
from visitor import JSON, Visitor

pytestmark = [
    # Gradio 6.31 counts its requests with pandas, in a way that pandas 3 dislikes.
    pytest.mark.filterwarnings("ignore:'future.no_silent_downcasting' is deprecated:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:The copy keyword is deprecated:DeprecationWarning"),
]

SECRET = "The key is under the mat."  # noqa: S105 - no password
FILE = {"_type": "gradio.FileData"}
TOUCHED: list[str] = []
OPENED = {"open", "os.listdir", "os.scandir", "shutil.copyfile", "shutil.move", "os.rename", "os.link"}


def watch(event: str, arguments: tuple[object, ...]) -> None:
    """Note what this process does to files, servers included; a hook cannot be taken away again."""
    if event in OPENED:
        TOUCHED.extend(str(argument) for argument in arguments[:2])


sys.addaudithook(watch)


class Listener:
    """Listens on a port, and notes who connects."""

    def __init__(self) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.asked = 0
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            self.asked += 1
            connection.close()


@pytest.fixture(scope="module")
def assistant() -> Assistant:
    tide = document("The tide rose to 3.2 metres. Nobody was hurt.", id="tide")
    return Assistant.from_documents([tide], settings=settings(encoder="hashing"), encoder=hashing.create())


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Where the server puts what pages send, and beside it what it must not touch."""
    folder = tmp_path_factory.mktemp("server")
    (folder / "uploads").mkdir()
    outside = folder / "outside"
    (outside / "folder").mkdir(parents=True)
    (outside / "secret.txt").write_text(SECRET)
    (outside / "folder" / "secret.md").write_text(SECRET)
    (outside / "link.txt").symlink_to(outside / "secret.txt")
    with pytest.MonkeyPatch.context() as patched:
        # Where Gradio would put what it copies or fetches, and where we put what is sent to us.
        patched.setenv("GRADIO_TEMP_DIR", str(folder / "uploads"))
        patched.setattr("tempfile.tempdir", str(folder / "uploads"))
        yield folder


@pytest.fixture(scope="module")
def url(assistant: Assistant, place: Path) -> Iterator[str]:
    assert place.exists()
    running = server.begin(lambda: assistant, Access(mcp=True, upload_bytes=1_000_000))
    running.wait()
    yield running.url
    running.close()


@pytest.fixture(scope="module")
def listener() -> Iterator[Listener]:
    listener = Listener()
    yield listener
    listener.socket.close()


@pytest.fixture(params=["file", "folder", "link", "proc", "url", "file-url", "upload", "nowhere", "up"])
def target(request: pytest.FixtureRequest, place: Path, url: str, listener: Listener) -> Iterator[str]:
    """Something that a client may name; afterwards nobody has touched it."""
    kind: str = request.param
    outside = place / "outside"
    other = token = ""
    owner = None
    if kind == "upload":  # another visitor's, which the server itself wrote
        owner = Visitor(url)
        status, token = owner.upload("mine.txt", SECRET.encode())
        assert status == 200
        other = str(next(path for path in (place / "uploads").rglob("*") if path.is_file()))
    named = {
        "file": str(outside / "secret.txt"),
        "folder": str(outside / "folder"),
        "link": str(outside / "link.txt"),
        "proc": "/proc/self/environ",
        "url": f"http://127.0.0.1:{listener.socket.getsockname()[1]}/secret.txt",
        "file-url": (outside / "secret.txt").as_uri(),
        "upload": other,
        "nowhere": str(outside / "nowhere.txt"),
        "up": "../outside/secret.txt",
    }[kind]
    files = sorted(path for path in (place / "uploads").rglob("*") if path.is_file())
    TOUCHED.clear()
    yield named
    assert not [path for path in TOUCHED if "/outside" in path or "/environ" in path or path == other != ""]
    assert listener.asked == 0
    assert sorted(path for path in (place / "uploads").rglob("*") if path.is_file()) == files
    if owner is not None:
        assert SECRET in owner.read(token)


def shapes(target: str) -> list[object]:
    """Return what Gradio, its clients and its tool server know as a file."""
    whole = {"path": target, "url": target, "orig_name": "a.txt", "size": 3, "is_stream": False, "meta": FILE}
    return [
        {"path": target, "meta": FILE},
        whole,
        {**whole, "is_stream": True},
        {"path": "a.txt", "url": target, "meta": FILE},
        {"path": target},
        {"url": target},
        {"video": {"path": target, "meta": FILE}, "subtitles": None},
        {"value": {"path": target, "meta": FILE}, "__type__": "update"},
        [{"path": target, "meta": FILE}],
        [[{"path": target, "meta": FILE}]],
        {"files": [{"path": target, "meta": FILE}], "text": "Why?"},
    ]


def refused(answer: tuple[int, str], target: str) -> None:
    status, said = answer
    assert status == 422, (status, said)
    assert len(said.splitlines()) == 1
    assert target not in said
    assert SECRET not in said


def test_no_event_of_the_page_takes_a_file_for_a_value(url: str, target: str) -> None:
    visitor = Visitor(url)
    for name, event in visitor.events.items():
        values: list[object] = [None] * len(event["inputs"])
        for shape in shapes(target):
            for at in range(len(values)):
                refused(visitor.join(name, [*values[:at], shape, *values[at + 1 :]]), target)
            refused(visitor.join(name, shape), target)


def test_no_event_of_the_page_takes_a_file_for_what_comes_with_it(url: str, target: str) -> None:
    visitor = Visitor(url)
    for name, event in visitor.events.items():
        values = ["" if "submit" in name and at == 0 else None for at in range(len(event["inputs"]))]
        for shape in shapes(target):
            if name == "add" and shape == {"url": target}:  # an address may be asked for; it is not fetched
                assert SECRET not in visitor.join(name, values, shape)[1]
            else:
                refused(visitor.join(name, values, shape), target)
            for key in ("question", "turn", "answer", "tokens", "paths", "url", "kind", "target", "value"):
                refused(visitor.join(name, values, {key: shape}), target)
        for given in ({"paths": [target]}, {"tokens": [target]}, {"files": target}, {"path": target}):
            refused(visitor.join(name, values, given), target)


@pytest.mark.parametrize(
    "key",
    [
        "session_hash",
        "trigger_id",
        "fn_index",
        "event_id",
        "oauth_token",
        "batched",
        "simple_format",
        "request",
    ],
)
def test_no_other_key_of_a_request_takes_one(url: str, target: str, key: str) -> None:
    visitor = Visitor(url)
    for shape in (*shapes(target), target):
        refused(visitor.join("submit", ["Why?", "index:", "", None], **{key: shape}), target)


def test_no_argument_of_the_endpoint_takes_one(url: str, target: str) -> None:
    visitor = Visitor(url)
    for shape in shapes(target):
        for data in ([shape], ["Why?", [shape]], ["Why?", shape], ["Why?", [], shape]):
            refused(visitor.call(*data), target)
            refused(visitor.join("ask", data), target)
            named = dict(zip(("question", "history", "article"), data, strict=False))
            refused(visitor.post("/gradio_api/call/v2/ask", named), target)
        content = {"role": "user", "content": shape}
        refused(visitor.call("Why?", [content]), target)


def test_no_argument_of_the_tool_takes_one(url: str, target: str) -> None:
    for shape in shapes(target):
        for arguments in (
            {"question": shape},
            {"question": "Why?", "history": [shape]},
            {"question": "Why?", "history": shape},
            {"question": "Why?", "article": shape},
            {"question": "Why?", "path": shape},
        ):
            refused(tool_called(url, arguments), target)


def tool_called(url: str, arguments: object, **more: object) -> tuple[int, str]:
    """Call the tool of the Model Context Protocol."""
    message = {
        "jsonrpc": "2.0",
        "id": 1,
        "method": "tools/call",
        "params": {"name": "ask", "arguments": arguments, **more},
    }
    headers = {**JSON, "Accept": "application/json, text/event-stream"}
    return Visitor(url).request("POST", "/gradio_api/mcp/", json.dumps(message).encode(), headers)


def test_a_path_in_the_place_of_words_is_words(url: str, target: str) -> None:
    visitor = Visitor(url)
    answers = [
        visitor.join("submit", [target, "index:", "", None]),
        visitor.call(target),
        visitor.call("Why?", [target, {"role": "user", "content": target}]),
        tool_called(url, {"question": target}),
        visitor.join("choose", [f"own:{target}", None]),
        visitor.call("Why?", [], target),
    ]
    for status, said in answers:
        assert status == 200
        assert SECRET not in said


@pytest.mark.parametrize("method", ["GET", "POST", "HEAD"])
@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/file={}",
        "/gradio_api/file/{}",
        "/gradio_api/proxy={}",
        "/gradio_api/upload?upload_id={}",
        "/gradio_api/component_server?path={}",
        "/gradio_api/stream/{}",
        "/gradio_api/deep_link?session_hash={}",
        "/gradio_api/custom_component/{}",
        "/gradio_api/run/ask",
        "/gradio_api/api/ask",
        "/gradio_api/mcp/messages/?session_id={}",
        "/gradio_api/mcp/sse",
        "/svelte/{}",
        "/static/{}",
        "/assets/{}",
    ],
)
def test_no_route_of_gradio_takes_one(url: str, target: str, method: str, path: str) -> None:
    body = json.dumps({"data": [{"path": target, "meta": FILE}]}).encode() if method == "POST" else None
    status, said = Visitor(url).request(method, path.format(target), body, JSON)
    assert status in {403, 404, 405, 422}
    assert SECRET not in said


@pytest.mark.parametrize(
    "path", ["/?deep_link={}", "/config?deep_link={}&page={}", "/gradio_api/info?page={}"]
)
def test_what_stands_behind_a_question_mark_is_no_path(url: str, target: str, path: str) -> None:
    status, said = Visitor(url).request("GET", path.format(target, target))
    assert status == 200
    assert SECRET not in said
    assert '"deep_link_state":"invalid"' not in said.replace(" ", "")


def test_the_upload_route_takes_no_name_for_a_path(url: str, place: Path) -> None:
    visitor = Visitor(url)
    key = visitor.key
    for name in ("../../outside/secret.txt", "/etc/passwd", "..", "", "\0", "a/b\\c.txt", "x" * 1300):
        status, token = visitor.upload(name, b"The quay is closed.", key)
        assert status == 200
        assert "/" not in token
        visitor.read(token)
    assert (place / "outside" / "secret.txt").read_text() == SECRET
    names = {path.name for path in (place / "uploads").rglob("*") if path.is_file()}
    assert not [name for name in names if not set(name) <= set("0123456789abcdef")]


def test_behind_the_gate_stands_a_second_wall(
    assistant: Assistant, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def through(_self: object, scope: Any, receive: Any) -> tuple[Any, Any]:
        return scope, receive

    monkeypatch.setattr(intake.Intake, "rewrite", through)
    running = server.start(assistant)
    visitor = Visitor(running.url)
    secret = str(place / "outside" / "secret.txt")
    TOUCHED.clear()
    for shape in shapes(secret):
        for answer in (visitor.join("submit", [shape, "index:", "", None]), visitor.call(shape)):
            assert SECRET not in answer[1]
            assert secret not in answer[1]
            assert '"success":true' not in answer[1]
    running.close()
    assert not [path for path in TOUCHED if "/outside" in path]


def test_the_page_itself_gives_gradio_no_file(assistant: Assistant, place: Path) -> None:
    given = {"path": str(place / "outside" / "secret.txt"), "meta": FILE}

    async def attempt() -> None:
        page = build(assistant)
        event = next(event for event in page.fns.values() if event.name == "submit")
        with pytest.raises(gr.Error, match="no files are taken here"):
            await page.preprocess_data(event, [[{"deep": given}], "index:", None], None)

    outside(lambda: asyncio.run(attempt()))


def outside(work: Callable[[], None]) -> None:
    """Do something in a thread: Playwright leaves a loop running in this one."""
    with ThreadPoolExecutor(1) as aside:
        aside.submit(work).result()
