"""The web chat without a browser: the HTML it makes, the server it runs, its HTTP API."""

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from gradio_client import Client  # type: ignore[import-untyped] # it ships no types
from hypothesis import given
from hypothesis import strategies as st

from citewell.answering import Abstention, Answer, Trace
from citewell.assistant import Assistant
from citewell.citations import Citation, Statement, cite
from citewell.documents import Document, document
from citewell.encoders import hashing
from citewell.errors import SettingsError
from citewell.settings import Settings, settings
from citewell.text import Span, normalise
from citewell.web import paper, server, talk
from citewell.web.page import Session
from citewell.web.talk import Exchange

pytestmark = [
    # Gradio 6.31 counts its requests with pandas, in a way that pandas 3 dislikes.
    pytest.mark.filterwarnings("ignore:'future.no_silent_downcasting' is deprecated:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:The copy keyword is deprecated:DeprecationWarning"),
]

ROOT = Path(__file__).parents[1]
HOSTILE = (
    "<script>window.__pwned=1</script>",
    '<img src=x onerror="window.__pwned=1">',
    "\"><svg onload='window.__pwned=1'>",
    "[click](javascript:window.__pwned=1)",
    "![x](https://example.org/x.png)",
    "</mark></p></article><iframe src=javascript:window.__pwned=1>",
    "${window.__pwned=1} {{constructor}} `${1}`",
    "&lt;script&gt; &amp;amp; &#x3c;",
    "\u202egnp.exe\u202c",
)
# White space, letters, markup, an emoji of two UTF-16 units, a control of direction, no-break space.
ALPHABET = "ab. \n\t<>&\"'`${}/=\U0001f30a\u202e\u2066\u00a0é"
TEXTS = st.text(ALPHABET, max_size=120).map(normalise).filter(lambda text: any(map(str.isalnum, text)))


class Page(HTMLParser):
    """What a browser makes of HTML: tags, their attributes, and text by mark."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.text = ""
        self.marks: dict[int, str] = {}
        self._body = False
        self._open: list[tuple[str, dict[str, str]]] = []
        self.feed(html)
        self.close()
        assert not self._open, "every element is closed"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = (tag, {name: value or "" for name, value in attrs})
        self.tags.append(found)
        self._open.append(found)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        if any(attributes.get("class") == "text" for _, attributes in self._open):
            self.text += data
        for tag, attributes in self._open:
            if tag == "mark":
                number = int(attributes["data-number"])
                self.marks[number] = self.marks.get(number, "") + data


def named(text: str, title: str = "Tide") -> Document:
    return Document(id="tide", title=title, text=text)


def answer(*statements: Statement, question: str = "Why?", **changes: Any) -> Answer:
    made = Answer(
        question=question,
        standalone=question,
        statements=statements,
        short=statements[0].text if statements else "",
        confidence=0.8,
        abstention=None if statements else Abstention.NOT_ANSWERED,
        message="" if statements else "The article does not say.",
        closest=(),
        trace=Trace(),
    )
    return replace(made, **changes)


def quoted(text: str, title: str = "Tide") -> Answer:
    article = named(text, title)
    citation = cite(article, 0, Span(0, len(text)), 1)
    return answer(Statement(text, (citation,), (Span(0, len(text)),)))


@st.composite
def articles_and_marks(draw: st.DrawFn) -> tuple[Document, list[Citation]]:
    text = draw(TEXTS)
    cuts = sorted(draw(st.sets(st.integers(0, len(text)), max_size=8)))
    spans = [Span(start, end) for start, end in zip(cuts[::2], cuts[1::2], strict=False)]
    article = named(text, title=draw(st.sampled_from(["Tide", text.strip().split("\n")[0]])))
    return article, [cite(article, 0, span, number) for number, span in enumerate(spans, start=1)]


@given(articles_and_marks())
def test_a_shown_article_says_the_article_and_each_mark_its_quote(
    drawn: tuple[Document, list[Citation]],
) -> None:
    article, citations = drawn
    page = Page(paper.article(article, citations))
    assert page.text == article.text
    assert page.marks == {citation.number: citation.quote for citation in citations}


@given(articles_and_marks())
def test_only_our_own_elements_stand_in_an_article(drawn: tuple[Document, list[Citation]]) -> None:
    page = Page(paper.article(*drawn))
    assert {tag for tag, _ in page.tags} <= {"article", "h2", "p", "div", "span", "bdi", "mark"}
    assert not [name for _, attributes in page.tags for name in attributes if name.startswith("on")]


@given(st.text(ALPHABET, min_size=1), st.text(ALPHABET))
def test_only_our_own_elements_stand_in_a_conversation(text: str, title: str) -> None:
    exchanges = [Exchange(text, quoted(text, title)), Exchange(text, error=text)]
    page = Page(talk.conversation(exchanges, pending=text))
    own = {"div", "section", "h2", "p", "bdi", "button", "span", "small", "strong"}
    assert {tag for tag, _ in page.tags} <= own
    assert not [name for _, attributes in page.tags for name in attributes if name.startswith("on")]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_text_is_shown_as_text(hostile: str) -> None:
    article = replace(named(hostile, title=hostile), id=hostile, source=hostile, published=hostile)
    citation = cite(article, 0, Span(0, len(hostile)), 1)
    near = answer(closest=(citation,), message=hostile, question=hostile)
    shown = [
        Page(paper.article(article, [citation])),
        Page(talk.conversation([Exchange(hostile, near), Exchange(hostile, quoted(hostile, hostile))])),
    ]
    for page in shown:
        assert not {"script", "img", "svg", "iframe", "a"} & {tag for tag, _ in page.tags}
    assert shown[0].text == hostile


def test_an_emoji_before_a_citation_does_not_move_its_mark() -> None:
    article = named("🌊🌊👩‍👩‍👧 Water. The tide rose.")
    start = article.text.index("The tide")
    page = Page(paper.article(article, [cite(article, 0, Span(start, start + 14), 1)]))
    assert page.marks == {1: "The tide rose."}


def test_the_same_sentence_twice_is_two_marks() -> None:
    article = named("It rose. It fell. It rose.")
    page = Page(paper.article(article, [cite(article, 0, Span(18, 26), 2), cite(article, 0, Span(0, 8), 1)]))
    marks = [attributes for tag, attributes in page.tags if tag == "mark"]
    assert [(mark["data-number"], mark["data-start"], mark["data-end"]) for mark in marks] == [
        ("1", "0", "8"),
        ("2", "18", "26"),
    ]
    assert page.marks == {1: "It rose.", 2: "It rose."}


def test_marks_that_overlap_are_a_mistake() -> None:
    article = named("It rose. It fell.")
    with pytest.raises(ValueError, match="marks 1 and 2 overlap at character 4"):
        paper.article(article, [cite(article, 0, Span(0, 8), 1), cite(article, 0, Span(4, 12), 2)])


def test_marks_of_another_article_are_left_out() -> None:
    other = replace(named("It rose."), id="other")
    assert not Page(paper.article(named("It fell."), [cite(other, 0, Span(0, 8), 1)])).marks


def test_a_title_that_stands_in_the_text_is_not_shown_twice() -> None:
    html = paper.article(named("The tide\nIt rose.\n\nIt fell.", title="The tide"))
    assert html.count("The tide</h2>") == 1
    assert '<p dir="auto">It rose.</p>' in html


def test_lines_broken_to_fit_a_screen_flow_together_and_a_list_does_not() -> None:
    wrapped = "A line that goes on until the edge of an old screen\nand then goes on."
    assert 'class="wrapped"' in paper.article(named(wrapped))
    assert 'class="wrapped"' not in paper.article(named("- one\n- two"))


def test_controls_of_direction_are_seen_and_shut_in() -> None:
    assert '<span class="control" title="U+202E">\u202e</span>' in paper.article(named("a\u202eb"))


@pytest.mark.parametrize(
    ("where", "link"),
    [
        ("https://news.example/tide", True),
        ("javascript:alert(1)", False),
        ("data:text/html,x", False),
        ("tide.txt", False),
        ("http://[", False),
        ('https://x" onmouseover="alert(1)', True),
    ],
)
def test_only_a_web_address_becomes_a_link(where: str, *, link: bool) -> None:
    page = Page(paper.article(replace(named("It rose."), source=where)))
    links = [attributes for tag, attributes in page.tags if tag == "a"]
    assert bool(links) == link
    for attributes in links:
        assert attributes["href"] == where
        assert set(attributes) == {"href", "target", "rel"}


def test_a_date_is_written_for_people() -> None:
    assert ">22 September 2020</time>" in paper.article(replace(named("It rose."), published="2020-09-22"))
    assert "<bdi>last week</bdi>" in paper.article(replace(named("It rose."), published="last week"))


def test_a_chip_names_its_characters_and_carries_its_quote() -> None:
    page = Page(talk.conversation([Exchange("Why?", quoted("It rose."))]))
    (chip,) = [attributes for _, attributes in page.tags if attributes.get("class") == "chip"]
    assert (chip["data-number"], chip["data-start"], chip["data-end"]) == ("1", "0", "8")
    (quote,) = [attributes for _, attributes in page.tags if attributes.get("class") == "quote"]
    assert chip["aria-describedby"] == quote["id"]


def test_a_marker_that_numbers_nothing_is_no_button() -> None:
    html = talk.conversation([Exchange("Why?", answer(Statement("It rose.", (), dangling=(7,))))])
    assert '<span class="dangling" title="This number cites nothing">7?</span>' in html
    assert "<button" not in html


def test_what_was_withheld_and_left_unanswered_is_said() -> None:
    article = named("It rose.")
    statement = Statement("It rose.", (cite(article, 0, Span(0, 8), 1),))
    html = talk.conversation([Exchange("Why?", answer(statement, message="The article does not say: when"))])
    assert "The article does not say: when" in html


def test_a_follow_up_shows_how_it_was_understood() -> None:
    asked = answer(question="And in Sweden?", standalone="How many in Sweden?")
    assert "Understood as: <bdi>How many in Sweden?</bdi>" in talk.conversation(
        [Exchange("And in Sweden?", asked)]
    )
    assert "Understood as" not in talk.conversation([Exchange("Why?", answer())])


def test_pointing_at_what_is_not_there_changes_nothing() -> None:
    session = Session().add(Exchange("Why?", quoted("It rose.")))
    assert (session.turn, session.focus) == (0, 1)
    assert session.point(7, 1) == session
    assert session.point(-1, 1) == session
    assert session.point(0, 99).focus == 0


# The server


def chosen() -> Settings:
    return settings(encoder="hashing")


def article() -> Document:
    text = (ROOT / "corpus" / "operation-disruptor.txt").read_text(encoding="utf-8")
    return document(text, id="operation-disruptor")


@pytest.fixture(scope="module")
def assistant() -> Assistant:
    tide = document("The tide\n\nThe tide rose to 3.2 metres. 🌊 Nobody was hurt.", id="tide")
    return Assistant.from_documents([article(), tide], settings=chosen(), encoder=hashing.create())


@pytest.fixture(scope="module")
def url(assistant: Assistant) -> Iterator[str]:
    running = server.start(assistant)
    yield running.url
    running.close()


@pytest.fixture
def client(url: str) -> Iterator[Client]:
    client = Client(url, verbose=False)
    yield client
    client.close()


def get(url: str, **headers: str) -> tuple[int, str, dict[str, str]]:
    request = urllib.request.Request(url, headers=headers)  # noqa: S310 - our own server
    try:
        with urllib.request.urlopen(request, timeout=20) as response:  # noqa: S310
            return response.status, response.read().decode(), dict(response.headers)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode(), dict(error.headers)


def test_the_server_says_that_it_is_well(url: str) -> None:
    assert get(f"{url}healthz")[:2] == (200, "ok\n")


def test_the_page_may_load_nothing_from_elsewhere(url: str) -> None:
    status, body, headers = get(url)
    assert status == 200
    assert "default-src 'self'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert "fonts.googleapis" not in body
    assert "fonts.googleapis" not in get(f"{url}theme.css")[1]


@pytest.mark.parametrize(
    "path",
    [
        "gradio_api/file=corpus/operation-disruptor.txt",
        "gradio_api/file=/etc/passwd",
        "gradio_api/file=https://example.org/",
        "gradio_api/file/pyproject.toml",
        "gradio_api/proxy=https://example.org/",
        "gradio_api/upload_progress?upload_id=x",
        "gradio_api/runs",
        "monitoring",
        "monitoring/summary",
        "assets/../../../../pyproject.toml",
        "static/..%2f..%2f..%2f..%2fpyproject.toml",
        "corpus/operation-disruptor.txt",
        "docs",
    ],
)
def test_no_file_and_no_other_service_of_gradio_is_served(url: str, path: str) -> None:
    assert get(url + path)[0] in {403, 404}


def test_uploads_are_not_taken(url: str) -> None:
    request = urllib.request.Request(f"{url}gradio_api/upload", b"x", method="POST")  # noqa: S310
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(request, timeout=20)  # noqa: S310
    caught.value.close()
    assert caught.value.code == 404


def test_a_request_of_any_size_is_not_taken(url: str) -> None:
    request = urllib.request.Request(f"{url}gradio_api/queue/join", b"x" * 1_000_001, method="POST")  # noqa: S310
    with pytest.raises(urllib.error.URLError) as caught:
        urllib.request.urlopen(request, timeout=20)  # noqa: S310
    if isinstance(caught.value, urllib.error.HTTPError):
        caught.value.close()
        assert caught.value.code == 413


def test_a_page_elsewhere_cannot_borrow_a_name_for_this_server(url: str) -> None:
    assert get(url, Host="evil.example:7860")[0] == 421
    assert get(url, Host="localhost:7860")[0] == 200


def test_the_api_has_one_endpoint_and_it_returns_the_answer(client: Client, assistant: Assistant) -> None:
    assert list(client.view_api(return_format="dict")["named_endpoints"]) == ["/ask"]
    question = "How many people were arrested in Germany?"
    got = client.predict(question, api_name="/ask")
    expected = json.loads(json.dumps(assistant.ask(question).to_dict()))
    for record in (got, expected):
        record["trace"].pop("latency_ms")
    assert got == expected


def test_the_api_takes_a_history_and_an_article(client: Client) -> None:
    got = client.predict(
        "And in Sweden?",
        ["How many people were arrested in Germany?"],
        "operation-disruptor",
        api_name="/ask",
    )
    assert got["standalone"] == "How many people were arrested in Sweden?"
    assert {citation["document_id"] for citation in got["citations"]} <= {"operation-disruptor"}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("x" * 5000,), "5,000 characters, the limit is 4,000"),
        (("Why?", [], "nowhere"), "no article has the id"),
        (("Why?", [7]), "`history` is a list of questions or messages"),
        ((7,), "`question` and `article` are strings"),
    ],
)
def test_the_api_says_what_is_wrong_with_a_request(
    client: Client, arguments: tuple[object, ...], message: str
) -> None:
    with pytest.raises(Exception, match=message):
        client.predict(*arguments, api_name="/ask")


def test_the_api_is_plain_http_and_half_a_surrogate_pair_does_no_harm(url: str) -> None:
    asked = urllib.request.Request(  # noqa: S310
        f"{url}gradio_api/call/ask",
        rb'{"data": ["Who is \ud83d?", [], ""]}',
        {"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(asked, timeout=20) as response:  # noqa: S310
        event = json.load(response)["event_id"]
    _, body, _ = get(f"{url}gradio_api/call/ask/{event}")
    (got,) = json.loads(body.partition("data: ")[2])
    assert got["question"] == "Who is \ufffd?"


def test_a_taken_port_is_one_clear_error(assistant: Assistant) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(SettingsError, match=f"cannot listen on 127.0.0.1:{port}"):
            server.start(assistant, "127.0.0.1", port)


def test_an_address_that_is_not_here_is_one_clear_error(assistant: Assistant) -> None:
    with pytest.raises(SettingsError, match=r"192\.0\.2\.1"):
        server.start(assistant, "192.0.2.1", 0)


def test_a_space_is_reached_from_outside_and_a_laptop_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SPACE_ID", "GRADIO_SERVER_NAME"):
        monkeypatch.delenv(name, raising=False)
    assert server.address(chosen())[0] == "127.0.0.1"
    monkeypatch.setenv("SPACE_ID", "someone/citewell")
    assert server.address(chosen())[0] == "0.0.0.0"  # noqa: S104
    monkeypatch.setenv("GRADIO_SERVER_NAME", "::")
    assert server.address(chosen())[0] == "::"


# The program


def run(folder: Path, **environment: str) -> subprocess.Popen[str]:
    (folder / "corpus").mkdir(exist_ok=True)
    (folder / "corpus" / "tide.txt").write_text("The tide rose to 3.2 metres.\n\nNobody was hurt.\n")
    return subprocess.Popen(
        [sys.executable, ROOT / "app.py"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src"), "CITEWELL_ENCODER": "hashing", **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_the_program_builds_its_index_serves_and_stops_when_told(tmp_path: Path, how: signal.Signals) -> None:
    with run(tmp_path, CITEWELL_PORT="0") as program:
        assert program.stdout is not None
        line = program.stdout.readline()
        assert line.startswith("citewell is on http://127.0.0.1:")
        client = Client(line.split()[3], verbose=False)  # it keeps a connection open, as a browser does
        assert client.predict("How high did the tide rise?", api_name="/ask")["question"]
        program.send_signal(how)
        _, errors = program.communicate(timeout=20)
        client.close()
    assert program.returncode == 0
    assert "Traceback" not in errors
    assert (tmp_path / "index" / "manifest.json").exists()


@pytest.mark.slow
def test_the_program_says_in_one_line_that_the_port_is_taken(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with run(tmp_path, CITEWELL_PORT=str(port)) as program:
            _, errors = program.communicate(timeout=120)
    assert program.returncode == 2
    *_, last = errors.splitlines()  # the ones before are the progress bar
    assert last.startswith(f"citewell: cannot listen on 127.0.0.1:{port}")
    assert "Traceback" not in errors


@pytest.mark.slow
def test_the_program_says_in_one_line_that_the_index_is_damaged(tmp_path: Path) -> None:
    (tmp_path / "index").mkdir()
    (tmp_path / "index" / "manifest.json").write_text("{")
    with run(tmp_path) as program:
        _, errors = program.communicate(timeout=120)
    assert program.returncode == 2
    assert "is damaged" in errors
    assert errors.count("\n") == 1


QUIET = """
import socket, sys
from citewell.encoders import hashing
asked = []
def watch(event, arguments):
    if event == "socket.getaddrinfo" and arguments[0] not in ("127.0.0.1", "localhost"):
        asked.append(arguments[0])
    if event == "socket.connect" and arguments[1][0] != "127.0.0.1":
        asked.append(arguments[1])
sys.addaudithook(watch)
from citewell.assistant import Assistant
from citewell.documents import document
from citewell.settings import settings
from citewell.web import server
made = Assistant.from_documents(
    [document("It rose.", id="tide")], settings=settings(encoder="hashing"), encoder=hashing.create()
)
running = server.start(made)
import time, urllib.request
urllib.request.urlopen(running.url).read()
time.sleep(1)
running.close()
print(asked)
"""


@pytest.mark.slow
def test_serving_the_page_asks_no_other_computer(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", QUIET],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    assert done.stdout == "[]\n"
