"""The web chat without a browser: the HTML it makes, the server it runs, its HTTP API."""

import asyncio
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from string import Formatter
from typing import Any, TypeVar

import gradio as gr
import onnxruntime
import pytest
from gradio.state_holder import StateHolder
from gradio_client import Client  # type: ignore[import-untyped] # it ships no types
from hypothesis import given
from hypothesis import strategies as st

from citewell import plugins
from citewell.answers.answer import MESSAGES, Abstention, Answer, Trace, Withheld, message_about
from citewell.answers.pipeline import count_left_out
from citewell.answers.writer import NO_MODEL
from citewell.assistant import Assistant
from citewell.checking.check import Reason
from citewell.checking.citations import Citation, Statement, cite
from citewell.checking.claim_checks import find_broken_rule
from citewell.checking.verification import find_objection
from citewell.documents.document import Document, document
from citewell.documents.loading import known_suffixes
from citewell.documents.sample import sample_article
from citewell.documents.structure import Mark, MarkKind, TextBuilder
from citewell.errors import LoadError, SettingsError
from citewell.evaluation.questions import read
from citewell.index.encoders import hashing
from citewell.index.filters import Where
from citewell.questions.intent import REPLIES, REPLIES_ABOUT_SEVERAL
from citewell.reading.readers import cross_encoder
from citewell.settings import Settings, settings
from citewell.text.markup import escape
from citewell.text.normalisation import normalise
from citewell.text.spans import Span
from citewell.web import article_html, conversation_html, server
from citewell.web.access import Access, read_access, read_address, read_credentials
from citewell.web.chat import Chat
from citewell.web.finding_html import MOST_TICKS
from citewell.web.page import add_panel, build, forget, top_bar
from citewell.web.returning import Returning, keep
from citewell.web.session import Exchange, Scope, Session, Stage, Visit
from citewell.web.startup import Opening
from citewell.web.translations import languages, messages, rows, words

pytestmark = [
    # Gradio 6.31 counts its requests with pandas, in a way that pandas 3 dislikes.
    pytest.mark.filterwarnings("ignore:'future.no_silent_downcasting' is deprecated:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:The copy keyword is deprecated:DeprecationWarning"),
]

ROOT = Path(__file__).parents[2]
T = TypeVar("T")
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
ALPHABET = "ab. \n\t|-<>&\"'`${}/=\U0001f30a\u202e\u2066\u00a0é"
TEXTS = st.text(ALPHABET, max_size=120).map(normalise).filter(lambda text: any(map(str.isalnum, text)))


class Page(HTMLParser):
    """What a browser makes of HTML: tags, their attributes, and text by mark."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.text = ""
        self.data = ""
        self.marks: dict[int, str] = {}
        self.unread: list[str] = []
        self._body = False
        self._open: list[tuple[str, dict[str, str]]] = []
        self.feed(html)
        self.close()
        assert not self._open, "every element is closed"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = (tag, {name: value or "" for name, value in attrs})
        self.tags.append(found)
        self._open.append(found)
        if tag == "li" and ("details", {"class": "unread"}) in self._open:
            self.unread.append("")

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        self.data += data
        if any(attributes.get("class") == "text" for _, attributes in self._open):
            self.text += data
        for tag, attributes in self._open:
            if tag == "li" and self.unread:
                self.unread[-1] += data
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
    if draw(st.booleans()):
        marked = sorted(draw(st.sets(st.integers(0, len(text)), max_size=6)))
        kinds: list[MarkKind] = ["heading", "table", "caption"]
        parts = [
            Mark(draw(st.sampled_from(kinds)), start, end, draw(st.sampled_from(["", text[:start]])), 1)
            for start, end in zip(marked[::2], marked[1::2], strict=False)
        ]
        article = replace(article, marks=tuple(parts))
    return article, [cite(article, 0, span, number) for number, span in enumerate(spans, start=1)]


@given(articles_and_marks())
def test_a_shown_article_says_the_article_and_each_mark_its_quote(
    drawn: tuple[Document, list[Citation]],
) -> None:
    article, citations = drawn
    page = Page(article_html.render_article(article, citations))
    assert page.text == article.text
    assert page.marks == {citation.number: citation.quote for citation in citations}


@given(articles_and_marks())
def test_only_our_own_elements_stand_in_an_article(drawn: tuple[Document, list[Citation]]) -> None:
    page = Page(article_html.render_article(*drawn))
    own = {
        "article",
        "h2",
        "h3",
        "p",
        "div",
        "span",
        "bdi",
        "mark",
        "ul",
        "li",
        "table",
        "tbody",
        "tr",
        "th",
        "td",
    }
    assert {tag for tag, _ in page.tags} <= own
    assert not [name for _, attributes in page.tags for name in attributes if name.startswith("on")]


@given(st.text(ALPHABET, min_size=1), st.text(ALPHABET))
def test_only_our_own_elements_stand_in_a_conversation(text: str, title: str) -> None:
    exchanges = [Exchange(text, quoted(text, title)), Exchange(text, error=text)]
    page = Page(conversation_html.render_conversation(exchanges, pending=text))
    own = {"div", "section", "h2", "p", "bdi", "button", "span", "small", "strong", "form", "label", "input"}
    assert {tag for tag, _ in page.tags} <= own
    assert not [name for _, attributes in page.tags for name in attributes if name.startswith("on")]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_text_is_shown_as_text(hostile: str) -> None:
    article = replace(named(hostile, title=hostile), id=hostile, source=hostile, published=hostile)
    citation = cite(article, 0, Span(0, len(hostile)), 1)
    near = answer(closest=(citation,), message=hostile, question=hostile)
    shown = [
        Page(article_html.render_article(article, [citation])),
        Page(
            conversation_html.render_conversation(
                [Exchange(hostile, near), Exchange(hostile, quoted(hostile, hostile))]
            )
        ),
    ]
    for page in shown:
        assert not {"script", "img", "svg", "iframe", "a"} & {tag for tag, _ in page.tags}
    assert shown[0].text == hostile


def test_an_emoji_before_a_citation_does_not_move_its_mark() -> None:
    article = named("🌊🌊👩‍👩‍👧 Water. The tide rose.")
    start = article.text.index("The tide")
    page = Page(article_html.render_article(article, [cite(article, 0, Span(start, start + 14), 1)]))
    assert page.marks == {1: "The tide rose."}


def test_the_same_sentence_twice_is_two_marks() -> None:
    article = named("It rose. It fell. It rose.")
    page = Page(
        article_html.render_article(
            article, [cite(article, 0, Span(18, 26), 2), cite(article, 0, Span(0, 8), 1)]
        )
    )
    marks = [attributes for tag, attributes in page.tags if tag == "mark"]
    assert [(mark["data-number"], mark["data-start"], mark["data-end"]) for mark in marks] == [
        ("1", "0", "8"),
        ("2", "18", "26"),
    ]
    assert page.marks == {1: "It rose.", 2: "It rose."}


def test_marks_that_overlap_are_a_mistake() -> None:
    article = named("It rose. It fell.")
    with pytest.raises(ValueError, match="marks 1 and 2 overlap at character 4"):
        article_html.render_article(
            article, [cite(article, 0, Span(0, 8), 1), cite(article, 0, Span(4, 12), 2)]
        )


def test_marks_of_another_article_are_left_out() -> None:
    other = replace(named("It rose."), id="other")
    assert not Page(article_html.render_article(named("It fell."), [cite(other, 0, Span(0, 8), 1)])).marks


def test_a_title_that_stands_in_the_text_is_not_shown_twice() -> None:
    html = article_html.render_article(named("The tide\nIt rose.\n\nIt fell.", title="The tide"))
    assert html.count("The tide</h2>") == 1
    assert '<p dir="auto">It rose.</p>' in html


def test_lines_broken_to_fit_a_screen_flow_together_and_a_list_does_not() -> None:
    wrapped = "A line that goes on until the edge of an old screen\nand then goes on."
    assert 'class="wrapped"' in article_html.render_article(named(wrapped))
    assert 'class="wrapped"' not in article_html.render_article(named("- one\n- two"))


def test_headings_lists_and_tables_are_shown_as_such_and_say_the_same_characters() -> None:
    made = TextBuilder()
    made.heading("Damage", 1)
    made.add("Two boats:\n- Anna\n  - her mast\n- Bertha")
    made.table(["Anna | 2", "Bertha |"], header="Boat | Holes", caption="Losses")
    article = replace(named(made.text), marks=made.marks)
    start = made.text.index("2\nBertha")
    page = Page(article_html.render_article(article, [cite(article, 0, Span(start, start + 8), 1)]))
    assert page.text == made.text
    assert page.marks == {1: "2\nBertha"}
    tags = [tag for tag, _ in page.tags]
    assert [tags.count(tag) for tag in ("h3", "ul", "li", "tr", "th", "td")] == [1, 1, 3, 3, 2, 4]
    # One number stands behind the mark, not one behind each of its pieces.
    assert [attributes["class"] for tag, attributes in page.tags if tag == "mark"] == [
        "cited part",
        "cited part",
        "cited",
    ]


def test_controls_of_direction_are_seen_and_shut_in() -> None:
    assert '<span class="control" title="U+202E">\u202e</span>' in article_html.render_article(
        named("a\u202eb")
    )


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
    page = Page(article_html.render_article(replace(named("It rose."), source=where)))
    links = [attributes for tag, attributes in page.tags if tag == "a"]
    assert bool(links) == link
    for attributes in links:
        assert attributes["href"] == where
        assert set(attributes) == {"href", "target", "rel"}


def test_a_date_is_written_for_people() -> None:
    assert ">22 September 2020</time>" in article_html.render_article(
        replace(named("It rose."), published="2020-09-22")
    )
    assert "<bdi>last week</bdi>" in article_html.render_article(
        replace(named("It rose."), published="last week")
    )


def test_a_chip_names_its_characters_and_carries_its_quote() -> None:
    page = Page(conversation_html.render_conversation([Exchange("Why?", quoted("It rose."))]))
    (chip,) = [attributes for _, attributes in page.tags if attributes.get("class") == "chip"]
    assert (chip["data-number"], chip["data-start"], chip["data-end"]) == ("1", "0", "8")
    (quote,) = [attributes for _, attributes in page.tags if attributes.get("class") == "quote"]
    assert chip["aria-describedby"] == quote["id"]


def test_a_marker_that_numbers_nothing_is_no_button() -> None:
    html = conversation_html.render_conversation(
        [Exchange("Why?", answer(Statement("It rose.", (), dangling=(7,))))]
    )
    assert '<span class="dangling" title="This number cites nothing">7?</span>' in html
    assert 'class="chip"' not in html


def test_what_was_calculated_is_marked_before_what_it_is_reckoned_from() -> None:
    cited = (cite(named("It rose 3."), 0, Span(0, 10), 1),)
    reckoned, said = Statement("Yes: 3.", cited, is_reckoned=True), Statement("It rose 3.", cited)
    html = conversation_html.render_conversation([Exchange("Did it?", answer(reckoned))])
    assert '<bdi>Yes: 3.</bdi> <small>reckoned from</small> <button type="button" class="chip"' in html
    assert "reckoned" not in conversation_html.render_conversation([Exchange("Did it?", answer(said))])


def test_what_was_withheld_and_left_unanswered_is_said() -> None:
    article = named("It rose.")
    statement = Statement("It rose.", (cite(article, 0, Span(0, 8), 1),))
    html = conversation_html.render_conversation(
        [Exchange("Why?", answer(statement, message="The article does not say: when"))]
    )
    assert "The article does not say: when" in html


FIGURES = "Lost were boats from Kiel (12), Bremen (7) and Emden (1)."


@pytest.mark.parametrize(
    ("statement", "quotes", "reason"),
    [
        ("", "It rose.", "sie sagt nichts"),
        ("It rose 3 metres.", "It rose.", "in ihrem Beleg steht nicht 3"),
        ("It rose, said Ann.", "It rose.", "ihr Beleg nennt nicht Ann"),
        ("“It sank”, they said.", "They said it rose.", "ihr Beleg hat nicht die Worte „It sank“"),
        ("Bremen lost the most boats.", FIGURES, "von den belegten Zahlen ist die größte die von Kiel"),
        ("Bremen lost more boats than Kiel.", FIGURES, "die belegten Zahlen sind Bremen 7, Kiel 12"),
        ("Not 20 boats were lost in all.", FIGURES, "sie verneint, was aus ihrem Beleg folgt"),
    ],
)
def test_why_a_statement_was_withheld_is_said_in_the_page_s_language(
    statement: str, quotes: str, reason: str
) -> None:
    broken, _ = find_broken_rule(statement, quotes)
    item = Withheld(statement, broken, drafted=True)
    html = conversation_html.render_withheld(item, words("de"))
    assert f"<bdi>{escape(reason)}</bdi>" in html


def test_a_statement_that_nothing_proves_is_withheld_in_the_page_s_language(assistant: Assistant) -> None:
    (article, *_) = assistant.collection.documents
    uncited = Statement("It rained in Kiel.", ())
    reader = plugins.load("readers", "similarity", encoder=assistant.encoder)
    cited = Statement("It rained for days in every harbour.", (cite(article, 0, Span(0, 20), 1),))
    reasons = [find_objection(statement, reader) for statement in (uncited, cited)]
    assert [words("de").said(reason) for reason in reasons] == [
        "sie belegt nichts",
        "ihr Beleg beweist sie nicht",
    ]


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (("2020-03-02", "2020-03-01"), "The newest comes first."),
        (("2020-03-02", ""), "of some the date is not known"),
        (("", ""), "Their dates are not known."),
    ],
)
def test_articles_that_disagree_are_said_to_be_in_the_order_that_is_known(
    days: tuple[str, str], said: str
) -> None:
    articles = [document("It rose.", id=f"a{n}", published=day) for n, day in enumerate(days)]
    sides = [Statement("It rose.", (cite(one, n, Span(0, 8), n + 1),)) for n, one in enumerate(articles)]
    html = conversation_html.render_answer(1, answer(*sides, disagrees=True), words("en"))
    assert said in html


def test_a_follow_up_shows_how_it_was_understood() -> None:
    asked = answer(question="And in Sweden?", standalone="How many in Sweden?")
    assert "Understood as: <bdi>How many in Sweden?</bdi>" in conversation_html.render_conversation(
        [Exchange("And in Sweden?", asked)]
    )
    assert "Understood as" not in conversation_html.render_conversation([Exchange("Why?", answer())])


def test_the_trace_says_what_a_language_model_made_of_what_was_found(assistant: Assistant) -> None:
    graded = assistant.with_generator(plugins.load("generators", "scripted", grades={"$6.5 million": 0.0}))
    asked = "What was the sum of cash and virtual currencies?"  # the reader is not sure of it
    said = "A language model graded the answer found there: right with a probability of 50%."
    assert said in conversation_html.render_conversation([Exchange(asked, graded.ask(asked))])
    assert "graded" not in conversation_html.render_conversation([Exchange(asked, assistant.ask(asked))])


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


def outside(work: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run a coroutine in a thread: Playwright leaves a loop running in this one."""
    with ThreadPoolExecutor(1) as aside:
        return aside.submit(lambda: asyncio.run(work())).result()


def get(url: str, **headers: str) -> tuple[int, str, dict[str, str]]:
    request = urllib.request.Request(url, headers=headers)  # noqa: S310 - our own server
    try:
        with urllib.request.urlopen(request, timeout=20) as response:  # noqa: S310
            return response.status, response.read().decode(), dict(response.headers)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode(), dict(error.headers)


def test_the_server_says_that_it_is_well(url: str) -> None:
    status, body, _ = get(f"{url}healthz")
    assert (status, json.loads(body)) == (200, {"status": "ok", "loading": ""})


@pytest.mark.parametrize(("language", "says"), [("en", "the sample article"), ("de", "Beispielartikel")])
def test_the_page_says_that_it_answers_from_the_sample_and_only_then(
    assistant: Assistant, language: str, says: str
) -> None:
    chosen = settings(encoder="hashing", language=language)
    sample = Assistant.from_documents([sample_article()], settings=chosen, encoder=hashing.create())
    assert says in top_bar(sample, words(language))
    assert says not in top_bar(assistant, words(language))


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


def test_uploads_are_not_taken_where_visitors_bring_nothing(assistant: Assistant) -> None:
    closed = Assistant(assistant.collection, assistant.encoder, settings(encoder="hashing", own_articles=0))
    running = server.start(closed)
    for path in ("upload", "gradio_api/upload"):
        request = urllib.request.Request(f"{running.url}{path}", b"x", method="POST")  # noqa: S310
        with pytest.raises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(request, timeout=20)  # noqa: S310
        caught.value.close()
        assert caught.value.code == 404
    running.close()


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


def test_the_api_has_three_endpoints_and_one_returns_the_answer(client: Client, assistant: Assistant) -> None:
    assert list(client.view_api(return_format="dict")["named_endpoints"]) == ["/ask", "/find", "/check"]
    question = "How many people were arrested in Germany?"
    got = client.predict(question, api_name="/ask")
    expected = json.loads(json.dumps(assistant.ask(question).to_dict()))
    for record in (got, expected):
        record["trace"].pop("latency_ms")
    assert got == expected


def test_the_documented_examples_of_the_api_work(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    page = (ROOT / "docs" / "web.md").read_text(encoding="utf-8")
    examples = re.findall(r"^```python\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    assert len(examples) == 2
    for code in examples:
        assert "http://127.0.0.1:7860/" in code
        exec(code.replace("http://127.0.0.1:7860/", url), {})  # noqa: S102  # our own page
        assert "How many people were arrested in Sweden?" in capsys.readouterr().out


def test_the_other_endpoint_returns_every_sentence_that_says_it(client: Client, assistant: Assistant) -> None:
    got = client.predict(ARRESTS, api_name="/find")
    assert got == json.loads(json.dumps(assistant.find(ARRESTS).to_dict()))
    text = assistant.collection.documents[0].text
    assert got["found"]
    for found in got["found"]:
        assert text[found["start_char_index"] : found["end_char_index"]] == found["cited_text"]
    with pytest.raises(Exception, match="no article has the id"):
        client.predict(ARRESTS, "nowhere", api_name="/find")
    with pytest.raises(Exception, match="text: input should be a valid string"):
        client.predict(7, api_name="/find")


CLAIM = "People were arrested in Germany. Is that so?"


def test_the_api_checks_a_text(client: Client, assistant: Assistant) -> None:
    got = client.predict(CLAIM, api_name="/check")

    assert got == json.loads(json.dumps(assistant.check(CLAIM).to_dict()))
    assert [CLAIM[item["start"] : item["end"]] for item in got["claims"]] == [
        item["text"] for item in got["claims"]
    ]
    assert got["claims"][1]["outcome"] == "nothing_to_check"
    for arguments, message in (
        (("x" * 50_000,), "50,000 characters; at most 40,000"),
        ((CLAIM, "nowhere"), "no article has the id"),
        ((7,), "text: input should be a valid string"),
    ):
        with pytest.raises(Exception, match=message):
            client.predict(*arguments, api_name="/check")


def test_the_tool_is_not_there_unless_it_is_wanted(url: str) -> None:
    assert get(f"{url}gradio_api/mcp/")[0] == 404


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
        (("Why?", [7]), "history.0: input should be a valid string"),
        ((7,), "question: input should be a valid string"),
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
    assert read_address(chosen())[0] == "127.0.0.1"
    monkeypatch.setenv("SPACE_ID", "someone/citewell")
    assert read_address(chosen())[0] == "0.0.0.0"  # noqa: S104
    assert read_access(chosen()).host == "0.0.0.0"  # noqa: S104  # its proxy stands outside
    monkeypatch.setenv("GRADIO_SERVER_NAME", "::")
    assert read_address(chosen())[0] == "::"


# Who may reach it


@pytest.mark.parametrize("given", [{"host": "0.0.0.0"}, {"host": "192.168.1.7"}, {"share": True}])  # noqa: S104
def test_a_server_that_others_reach_wants_a_password_or_to_be_told_twice(
    given: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SPACE_ID", raising=False)
    with pytest.raises(SettingsError, match="give --auth USER:FILE, or --without-auth"):
        read_access(settings(**given))
    assert read_access(settings(**given, without_auth=True)).credentials is None
    (tmp_path / "password").write_text("s3cret\n")
    made = read_access(settings(**given, auth=f"ann:{tmp_path / 'password'}"))
    assert made.credentials == ("ann", "s3cret")
    assert made.names == frozenset()


@pytest.mark.parametrize(
    ("auth", "message"),
    [
        ("ann", "give USER:FILE"),
        (":file", "give USER:FILE"),
        ("ann:nowhere", "cannot be read from nowhere"),
        ("ann:empty", "has no password on its first line"),
    ],
)
def test_a_password_that_is_not_there_is_one_clear_error(
    auth: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("empty").write_text("\n")
    with pytest.raises(SettingsError, match=message):
        read_credentials(auth)


def test_with_a_password_nothing_is_shown_without_it(assistant: Assistant) -> None:
    running = server.begin(lambda: assistant, Access(credentials=("ann", "s3cret")))
    running.wait()
    asked = urllib.request.Request(  # noqa: S310
        f"{running.url}gradio_api/call/ask", b'{"data": ["Why?"]}', {"Content-Type": "application/json"}
    )
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(asked, timeout=20)  # noqa: S310
    caught.value.close()
    assert caught.value.code == 401
    assert "operation-disruptor" not in get(running.url)[1]
    assert get(f"{running.url}healthz")[0] == 200
    with pytest.raises(Exception, match=r"Could not login"):
        Client(running.url, auth=("ann", "wrong"), verbose=False)
    client = Client(running.url, auth=("ann", "s3cret"), verbose=False)
    assert client.predict("How high did the tide rise?", api_name="/ask")["question"]
    client.close()
    running.close()


# Before it is open


def test_the_server_answers_while_it_loads_and_then_serves(assistant: Assistant) -> None:
    go = threading.Event()

    def slowly() -> Assistant:
        go.wait(20)
        return assistant

    running = server.begin(slowly, Access())
    status, body, _ = get(f"{running.url}healthz")
    assert (status, json.loads(body)["status"]) == (200, "loading")
    status, body, headers = get(running.url)
    assert (status, headers["retry-after"]) == (503, "1")
    assert "Loading: articles and models" in body
    assert get(f"{running.url}config")[0] == 503
    go.set()
    running.wait(60)
    assert json.loads(get(f"{running.url}healthz")[1])["status"] == "ok"
    assert get(running.url)[0] == 200
    running.close()


def test_what_keeps_it_from_opening_reaches_the_caller() -> None:
    def broken() -> Assistant:
        message = "no index"
        raise LoadError(message)

    running = server.begin(broken, Access())
    with pytest.raises(LoadError, match="no index"):
        running.wait(20)
    running.close()
    assert isinstance(running.opening, Opening)


def test_the_log_has_a_number_for_each_request_and_no_question(
    assistant: Assistant, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "citewell")
    running = server.start(assistant)
    _, _, headers = get(f"{running.url}config")
    client = Client(running.url, verbose=False)
    client.predict("Who is Zebedee?", api_name="/ask")
    client.close()
    running.close()
    assert headers["x-request-id"] in caplog.text
    assert "Zebedee" not in caplog.text
    assert "/gradio_api/queue/join" in caplog.text


# What a visitor does


class Sent(gr.EventData):
    def __init__(self, **data: Any) -> None:
        super().__init__(None, data)


QUESTION = "How high did the tide rise?"
ALL = Scope().value
ARRESTS = "How many people were arrested in Germany?"


def upload(chat: Chat, visit: Visit, name: str, text: str) -> tuple[str, Path]:
    """Send a file as the page does; return its token, and where it waits."""
    token, sent = chat.uploads.begin(name, len(text.encode()), visit.key, "127.0.0.1")
    sent.path.write_text(text, encoding="utf-8")
    return token, sent.path


def asked(chat: Chat, visit: Visit, question: str, only: str = ALL) -> Exchange:
    list(chat.submit(Sent(), question, only, visit))
    return visit.session.exchanges[-1]


def test_an_edited_question_takes_the_place_of_what_came_after(assistant: Assistant) -> None:
    chat, visit = Chat(assistant), Visit()
    for text in (QUESTION, "And in Sweden?", "Was anybody hurt?"):
        asked(chat, visit, text)
    box, html, _ = chat.act(Sent(do="edit", turn=1), visit)
    assert "dimmed" in html
    assert isinstance(box, dict)
    assert box["value"] == "And in Sweden?"
    assert len(visit.session.exchanges) == 3
    chat.act(Sent(do="keep"), visit)
    assert visit.session.editing == -1
    chat.act(Sent(do="edit", turn=1), visit)
    asked(chat, visit, "Who was hurt?")
    assert [item.question for item in visit.session.exchanges] == [QUESTION, "Who was hurt?"]


def test_undo_takes_the_last_one_back_and_retry_asks_it_again(assistant: Assistant) -> None:
    chat, visit = Chat(assistant), Visit()
    asked(chat, visit, QUESTION)
    asked(chat, visit, "Was anybody hurt?")
    list(chat.retry(visit))
    assert [item.question for item in visit.session.exchanges] == [QUESTION, "Was anybody hurt?"]
    chat.act(Sent(do="undo", turn=1), visit)
    assert [item.question for item in visit.session.exchanges] == [QUESTION]
    chat.act(Sent(do="undo", turn=9), visit)
    assert len(visit.session.exchanges) == 1


def test_what_comes_after_a_stop_is_not_shown(assistant: Assistant) -> None:
    chat, visit = Chat(assistant), Visit()
    answering = chat.submit(Sent(), QUESTION, ALL, visit)
    next(answering)
    _, html = chat.stop(visit)
    assert "Stopped before there was an answer." in html
    list(answering)
    (only,) = visit.session.exchanges
    assert only.answer is None


def test_a_stop_ends_the_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    text = " ".join(f"In town {number} the tide rose to {number}.2 metres." for number in range(200))
    long = Assistant.from_text(text, title="Tide", encoder="hashing", threshold=0, passage_tokens=64)
    chat, visit = Chat(long), Visit()
    run, runs = onnxruntime.InferenceSession.run, list[int]()

    def stopping(self: onnxruntime.InferenceSession, *given: Any) -> Any:
        runs.append(1)
        if len(runs) == 2:
            chat.stop(visit)
        return run(self, *given)

    monkeypatch.setattr(onnxruntime.InferenceSession, "run", stopping)
    monkeypatch.setattr(cross_encoder, "shared_pool", lambda: ThreadPoolExecutor(1))
    list(chat.submit(Sent(), QUESTION, ALL, visit))
    assert len(runs) == 2
    (only,) = visit.session.exchanges
    assert only.answer is None
    assert "Stopped" in only.error


def test_an_article_of_one_s_own_is_asked_and_leaves_nothing_behind(assistant: Assistant) -> None:
    chat, visit = Chat(assistant), Visit()
    token, path = upload(chat, visit, "tide.txt", "The bridge\n\nThe bridge of Riga is 600 metres long.")
    *_, (status, choices, article_html) = chat.additions.add(Sent(tokens=[token]), visit)
    assert not path.exists()
    assert "Ready" in status
    assert isinstance(choices, dict)
    scope = choices["value"]
    assert Scope.of(scope).own
    # The index has an article of that name; what is cited must not be mistaken for it.
    assert Scope.of(scope).document == "tide-2"
    assert "The bridge of Riga" in str(article_html)
    exchange = asked(chat, visit, "How long is the bridge of Riga?", scope)
    assert exchange.own
    assert "data-verdict" not in chat.panes.render_conversation(visit.session)
    other = Visit()
    assert all("bridge" not in label for label, _ in chat.panes.list_choices(other.session))
    assert asked(chat, other, "How long is the bridge?", scope).error


def test_warnings_of_a_visitor_s_file_stand_over_its_articles_alone(assistant: Assistant) -> None:
    chat, visit = Chat(assistant), Visit()
    rows = '{"id": "a", "text": "It rose."}\n{"id": "b", "text": "It fell."}\nnone\n'
    tokens = [
        upload(chat, visit, name, text)[0]
        for name, text in (("tide.jsonl", rows), ("tide.md", "It ~~rose~~ fell <b>twice</b>."))
    ]
    list(chat.additions.add(Sent(tokens=tokens), visit))
    warnings = {}
    for own in visit.session.documents:
        scope = Scope(own=True, document=own.id)
        warnings[own.id] = Page(chat.panes.render_article(replace(visit.session, view=scope))).unread
    assert [len(told) for told in warnings.values()] == [1, 1, 1]
    assert "line 3" in warnings["tide/a"][0]
    assert warnings["tide/a"] == warnings["tide/b"]
    assert "“rose”" in warnings["tide-2"][0]
    # A second file of the same name keeps its own, and the first its.
    token, _ = upload(chat, visit, "tide.md", "# Wind\n\nIt ~~fell~~ blew.")
    list(chat.additions.add(Sent(tokens=[token]), visit))
    assert [len(Page(chat.panes.render_article(visit.session)).unread), len(visit.session.documents)] == [
        1,
        4,
    ]
    assert visit.session.own is not None
    assert visit.session.own.collection.warnings("tide-2") == tuple(warnings["tide-2"])
    assert not assistant.collection.warnings("tide")


def test_a_warning_is_text_on_the_page() -> None:
    hostile = "<img src=x onerror=alert(1)> \u202e"
    page = Page(article_html.render_article(named("It rose."), warnings=[hostile]))
    assert page.unread == [hostile]
    assert "<img" not in article_html.render_article(named("It rose."), warnings=[hostile])
    assert not Page(article_html.render_article(named("It rose."))).unread


def test_a_stopped_question_is_asked_again_of_the_same_articles(assistant: Assistant) -> None:
    chat, visit = Chat(assistant), Visit()
    token, _ = upload(chat, visit, "riga.txt", "The bridge of Riga is 600 metres long.")
    list(chat.additions.add(Sent(tokens=[token]), visit))
    answering = chat.submit(Sent(), "How long is the bridge of Riga?", Scope(own=True).value, visit)
    next(answering)
    chat.stop(visit)
    list(answering)
    list(chat.retry(visit))
    (only,) = visit.session.exchanges
    assert only.own
    assert only.answer is not None


def test_while_a_question_is_answered_no_other_is_taken(assistant: Assistant) -> None:
    chat, visit = Chat(assistant), Visit()
    answering = chat.submit(Sent(), QUESTION, ALL, visit)
    next(answering)
    assert asked_nothing(chat, visit)
    list(answering)
    assert [item.question for item in visit.session.exchanges] == [QUESTION]


def asked_nothing(chat: Chat, visit: Visit) -> bool:
    shown = [*chat.submit(Sent(), "Was anybody hurt?", ALL, visit), *chat.retry(visit)]
    return shown == [(gr.skip(), gr.skip(), gr.skip())] * 2


def test_a_visitor_who_has_left_is_forgotten_and_one_who_came_back_is_not(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("citewell.web.page.KEPT_S", 0.5)

    async def made() -> gr.Blocks:  # outside of a loop Gradio makes some, and closes none
        return build(assistant)

    blocks = outside(made)
    holder = StateHolder()  # type: ignore[no-untyped-call]
    holder.set_blocks(blocks)
    assert holder["gone"]
    time.sleep(0.6)
    assert holder["here"]
    forget(blocks, "gone")
    forget(blocks, "here")
    assert list(holder.session_data) == ["here"]


def test_the_form_offers_every_kind_of_file_that_is_read(assistant: Assistant) -> None:
    panel = Page(add_panel(assistant, words()))
    (accept,) = [attributes["accept"] for _, attributes in panel.tags if "accept" in attributes]
    assert accept.split(",") == known_suffixes()
    assert {".htm", ".html", ".pdf", ".tsv"} <= set(known_suffixes())


def test_a_page_cannot_have_files_of_the_server_read(assistant: Assistant, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("The key is under the mat.")
    chat, visit = Chat(assistant), Visit()
    *_, (status, _, _) = chat.additions.add(Sent(tokens=[str(secret), 7]), visit)
    assert "it is not there, or not any more" in status
    assert visit.session.own is None
    assert secret.exists()


def test_an_address_is_not_fetched_unless_the_operator_allows_it(assistant: Assistant) -> None:
    chat, visit = Chat(assistant), Visit()
    *_, (status, _, _) = chat.additions.add(Sent(url="https://example.org/"), visit)
    assert "There is nothing to read" in status
    open_ = Assistant(assistant.collection, assistant.encoder, settings(encoder="hashing", allow_urls=True))
    *_, (status, _, _) = Chat(open_).additions.add(Sent(url="http://127.0.0.1:9/"), visit)
    assert "problem" in status


def test_more_articles_than_allowed_are_refused_with_the_number(assistant: Assistant) -> None:
    few = Assistant(assistant.collection, assistant.encoder, settings(encoder="hashing", own_articles=1))
    chat, visit = Chat(few), Visit()
    tokens = [upload(chat, visit, f"{name}.txt", f"The quay {name} is closed.")[0] for name in ("a", "b")]
    *_, (status, _, _) = chat.additions.add(Sent(tokens=tokens), visit)
    assert "2 articles are too many: the limit is 1" in status
    assert visit.session.own is None


def test_a_verdict_is_kept_as_a_question(assistant: Assistant, tmp_path: Path) -> None:
    path = tmp_path / "reported.jsonl"
    noted = Assistant(assistant.collection, assistant.encoder, settings(encoder="hashing", feedback=path))
    chat, visit = Chat(noted), Visit()
    asked(chat, visit, QUESTION)
    html = chat.judge(Sent(turn=0, verdict="down", answer="3.2 metres", unsaid=False), visit)
    assert "Thank you" in html
    (found,) = read(path).questions
    assert (found.question, found.answers) == (QUESTION, ("3.2 metres",))
    asked(chat, visit, QUESTION)
    with pytest.raises(gr.Error, match="contradicts itself"):
        chat.judge(Sent(turn=1, verdict="down", answer="4 metres", unsaid=True), visit)


@pytest.mark.parametrize("kind", ["md", "html", "json"])
def test_a_conversation_is_saved_with_quotes_and_offsets(assistant: Assistant, kind: str) -> None:
    chat, visit = Chat(assistant), Visit()
    exchange = asked(chat, visit, "Summarise the article")
    assert exchange.answer is not None
    saved = Page(chat.save(Sent(kind=kind), visit))
    ((tag, attributes),) = saved.tags
    assert (tag, attributes["data-name"].rpartition(".")[2]) == ("pre", kind)
    for citation in exchange.answer.citations:
        assert str(citation.start) in saved.data
    if kind == "json":
        assert json.loads(saved.data)["turns"][0]["text"] == exchange.answer.text


def test_found_sentences_lead_into_their_article_and_are_saved(assistant: Assistant) -> None:
    chat, visit = Chat(assistant), Visit()
    asked(chat, visit, QUESTION)
    view, paper = chat.searching.seek(Sent(text=ARRESTS), ALL, visit)
    findings = assistant.find(ARRESTS)
    assert view.count('class="hit"') == len(findings.found) == paper.count('<mark class="found"')
    first = findings.found[0].citation
    assert f'data-start="{first.start}" data-end="{first.end}"' in view
    assert 'data-turn="-2" data-focus="1"' in paper
    shown = chat.searching.show(Sent(number=len(findings.found)), visit)
    assert f'data-focus="{len(findings.found)}"' in shown
    # Asking on takes the article back to the answer's own marks.
    assert chat.searching.show(Sent(number=99), visit) == shown
    asked(chat, visit, QUESTION)
    assert '<mark class="found"' not in chat.panes.render_article(visit.session)
    for kind, text in (("csv", findings.to_csv()), ("json", findings.to_json())):
        assert escape(text) in chat.searching.export(Sent(kind=kind), visit)


def test_a_text_is_checked_claim_by_claim_and_its_marks_lead_both_ways(assistant: Assistant) -> None:
    chat, visit = Chat(assistant), Visit()
    hostile = "</textarea><script>alert(1)</script>"
    text = f"Over $8.5 million were seized. 179 vendors were arrested across Europe.\n{hostile} It is over?"
    first, *_, last = chat.checking.verify(Sent(text=text), ALL, visit)
    assert "0 of 3 claims" in str(first[0])
    made = assistant.check(text)
    assert visit.session.checked.claims == made.claims
    assert f'<p class="count">{made.summary}</p>' in str(last[0])
    for shown in (*first, *last):
        assert "<script>" not in str(shown)
    for number, claim in enumerate(made.claims[:2], start=1):
        said, paper = chat.checking.show_claim(Sent(number=number), visit)
        (citation,) = claim.citations
        here = f'data-number="{number}" data-start="{citation.start}" data-end="{citation.end}"'
        assert f'<mark class="cited" tabindex="-1" data-turn="-3" {here}' in paper
        assert f'data-start="{citation.start}" data-end="{citation.end}"' in said
    # Another claim's evidence is marked as well, dimmer; pointing to no claim changes nothing.
    assert paper.count('<mark class="cited earlier"') == 1
    assert chat.checking.show_claim(Sent(number=4), visit)[1] == paper
    for kind in ("md", "html", "json"):
        saved = Page(chat.checking.save_check(Sent(kind=kind, clip=True), visit))
        assert "data-copy" in dict(saved.tags[0][1])
        assert made.summary in saved.data.replace("\\", "")
        assert kind == "json" or "<script>" not in saved.data
        assert all(str(claim.citations[0].start) in saved.data for claim in made.claims[:2])


def test_a_text_is_checked_against_the_chosen_articles_alone(assistant: Assistant) -> None:
    tides = [
        document("The tide rose to 3 metres at Kiel.", id="kiel", title="Kiel", published="2019-07-01"),
        document("The tide rose to 5 metres at Moss.", id="moss", title="Moss", published="2019-06-30"),
    ]
    chat, visit = Chat(assistant.beside(tides)), Visit()

    def cited(only: str) -> set[str]:
        *_, _last = chat.checking.verify(Sent(text="The tide rose to 5 metres at Moss."), only, visit)
        return {citation.document_id for claim in visit.session.checked.claims for citation in claim.passages}

    assert cited(ALL) == cited("index:moss") == {"moss"}
    assert cited("index:kiel") == {"kiel"}
    chat.searching.limit(Sent(since="2019-07"), ALL, visit)
    assert cited(ALL) == {"kiel"}
    # What is too long is refused, and a new text ends the check of another.
    *_, (view, _, _) = chat.checking.verify(Sent(text="x" * 50_000), ALL, visit)
    assert "at most 40,000 can be checked" in str(view)
    older = chat.checking.verify(Sent(text="The tide rose. It fell."), ALL, visit)
    next(older)
    chat.checking.stop_check(visit)
    assert list(older) == []
    assert visit.session.checked.stage is Stage.STOPPED


def test_a_search_of_nothing_says_why_and_of_what_is_not_there_that_nothing_was_found(
    assistant: Assistant,
) -> None:
    chat, visit = Chat(assistant), Visit()
    assert chat.searching.export(Sent(kind="csv"), visit) == ""
    assert "give a statement or a question" in chat.searching.seek(Sent(text="?"), ALL, visit)[0]
    view, paper = chat.searching.seek(Sent(text="The Pope won the chess championship."), ALL, visit)
    assert "No sentence was found" in view
    assert "<mark" not in paper
    hostile = chat.searching.seek(Sent(text='"><script>alert(1)</script>'), ALL, visit)[0]
    assert "<script>" not in hostile


def test_articles_are_chosen_by_title_source_and_date(assistant: Assistant) -> None:
    tides = [
        document("The tide rose to 3 metres at Kiel.", id="kiel", title="Kiel", published="2019-07-01"),
        document("The tide rose to 5 metres at Moss.", id="moss", title="Moss", published="2019-06-30"),
    ]
    chat, visit = Chat(assistant.beside(tides)), Visit()
    assert "Chosen: 2 of 2 articles" in chat.panes.render_filter(visit.session)
    form, listed = chat.searching.limit(Sent(since="2019-07"), "index:moss", visit)
    assert "Chosen: 1 of 2 articles" in form
    assert isinstance(listed, dict)
    assert (listed["value"], [value for _, value in listed["choices"]]) == (ALL, [ALL, "index:kiel"])
    exchange = asked(chat, visit, "How high did the tide rise?")
    assert {item.document_id for item in exchange.passages} == {"kiel"}
    view, _ = chat.searching.seek(Sent(text="The tide rose to 5 metres."), ALL, visit)
    assert "at Moss" not in view
    form, _ = chat.searching.limit(Sent(since="2019-13"), ALL, visit)
    assert "is no date; wanted: YYYY" in form
    assert "Chosen: 1 of 2 articles" in form, "what was in force stays"
    form, listed = chat.searching.limit(Sent(title='<b>"'), ALL, visit)
    assert "Chosen: 0 of 2 articles" in form
    assert "<b>" not in form
    assert asked(chat, visit, "How high did the tide rise?").passages == ()
    form, _ = chat.searching.limit(Sent(title="", since=""), ALL, visit)
    assert form == chat.searching.recount(visit).replace('"choosing"', '"choosing" open'), (
        "it stays open in use"
    )
    assert "Chosen: 2 of 2 articles" in form
    assert Chat(assistant.beside(tides[:1])).panes.render_filter(Session()) == "", "one article is no choice"


def test_only_ticked_articles_are_asked_found_and_checked(assistant: Assistant) -> None:
    tides = [
        document(f"The tide rose to {metres} metres at {name}.", id=name.lower(), title=name)
        for name, metres in (("Kiel", 3), ("Moss", 5), ("Vik", 7))
    ]
    chat, visit = Chat(assistant.beside(tides)), Visit()
    assert chat.panes.narrow(visit.session, Scope()) is None
    form, listed = chat.searching.tick(Sent(articles=["index:moss"], on=False), "index:moss", visit)
    assert "Chosen: 2 of 3 articles" in form
    assert form.count(" checked") == 2
    assert isinstance(listed, dict)
    assert listed["value"] == ALL, "what is ticked off is not chosen any more"
    assert [value for _, value in listed["choices"]] == [ALL, "index:kiel", "index:vik"]
    assert listed["choices"][0][0] == "The chosen 2 of 3 articles"
    for question in ("How high did the tide rise?", "Summarise the articles"):
        exchange = asked(chat, visit, question)
        assert exchange.answer is not None
        assert exchange.answer.articles == 2
        assert {item.document_id for item in exchange.passages} <= {"kiel", "vik"}
    assert "at Moss" not in chat.searching.seek(Sent(text="The tide rose to 5 metres."), ALL, visit)[0]
    *_, _ = chat.checking.verify(Sent(text="The tide rose to 5 metres at Moss."), ALL, visit)
    assert all(item.document_id != "moss" for _, item in visit.session.checked.passages)

    # A refusal says what was searched, in the conversation and after it was kept by the browser.
    asked(chat, visit, "What is the boiling point of tungsten?")
    said = chat.panes.render_conversation(visit.session)
    assert "Nothing in the 2 articles is about that" in said
    assert "Searched: 2 of 3 articles (those that you ticked)" in said
    asked(chat, visit, "What is the boiling point of tungsten?", "index:vik")
    assert "Nothing in “<bdi>Vik</bdi>” is about that" in chat.panes.render_conversation(visit.session)
    chat.searching.limit(Sent(title="k"), ALL, visit)
    asked(chat, visit, "What is the boiling point of tungsten?")
    told = "Searched: 2 of 3 articles (Title holds “k”; those that you ticked)"
    assert told in chat.panes.render_conversation(visit.session)
    back = Returning(chat).check(keep(visit.session.exchanges[-1]), visit.session)
    assert back is not None
    assert back.limits == "Title holds “k”; those that you ticked"
    chat.searching.limit(Sent(), ALL, visit)

    form, _ = chat.searching.tick(Sent(articles=[], on=False), ALL, visit)
    assert "Chosen: 0 of 3 articles" in form
    refused = "No article is chosen. Tick one, or change what you chose by."
    assert asked(chat, visit, "How high did the tide rise?").error == refused
    assert refused in chat.searching.seek(Sent(text="The tide rose."), ALL, visit)[0]
    assert asked(chat, visit, "How high did the tide rise?", "index:vik").passages, "it is chosen by name"
    form, _ = chat.searching.tick(Sent(articles=[], on=True), ALL, visit)
    assert "Chosen: 3 of 3 articles" in form
    chat.searching.tick(Sent(articles=["index:moss", "own:gone"], on=False), ALL, visit)
    chat.searching.recount(visit)
    assert visit.session.unticked == {"index:moss"}, "an article that is gone leaves no tick behind"


def test_only_so_many_articles_are_listed_to_be_ticked(assistant: Assistant) -> None:
    many = [document(f"Quay {n} is closed.", id=f"q{n}", title=f"Quay {n}") for n in range(MOST_TICKS + 3)]
    panes = Chat(assistant.beside(many)).panes
    form = panes.render_filter(Session())
    assert form.count('type="checkbox"') == MOST_TICKS
    assert "3 more are not listed" in form
    assert "not listed" not in panes.render_filter(Session(where=Where.parse("title:1")))


def test_an_overview_of_several_articles_names_each_over_its_sentences(assistant: Assistant) -> None:
    twice = [
        document(
            f"The ferry to {town} sank on a night in May. Nobody there was hurt at all.",
            id=town,
            title="<i>Ferry</i>",
            source=f"{town}.txt",
        )
        for town in ("Oslo", "Moss")
    ]
    chat, visit = Chat(assistant.beside(twice)), Visit()
    asked(chat, visit, "Summarise the articles")
    shown = chat.panes.render_conversation(visit.session)
    heads = re.findall(r'<h3 class="part"><bdi>(.*?)</bdi></h3>', shown)
    assert heads == ["&lt;i&gt;Ferry&lt;/i&gt; (Oslo.txt)", "&lt;i&gt;Ferry&lt;/i&gt; (Moss.txt)"]
    first, second = shown.split('<h3 class="part">')[1:]
    assert first.count('class="chip"') == second.count('class="chip"') == 2
    assert "Oslo" in first
    assert "Oslo" not in second.partition("confidence")[0]


def test_the_api_chooses_articles_by_conditions(client: Client) -> None:
    for name in ("ask", "find"):
        rest: tuple[object, ...] = ([], "") if name == "ask" else ("",)
        inside = client.predict(ARRESTS, *rest, "title:Operation", api_name=f"/{name}")
        outside_ = client.predict(ARRESTS, *rest, "title:Nowhere", api_name=f"/{name}")
        key = "citations" if name == "ask" else "found"
        assert inside[key]
        assert outside_[key] == []
        with pytest.raises(Exception, match="'2019-13' is no date"):
            client.predict(ARRESTS, *rest, "published>2019-13", api_name=f"/{name}")


def test_two_events_at_once_do_not_undo_each_other() -> None:
    visit = Visit()
    many = [
        threading.Thread(target=visit.change, args=(lambda now: replace(now, ticket=now.ticket + 1),))
        for _ in range(50)
    ]
    for thread in many:
        thread.start()
    for thread in many:
        thread.join()
    assert visit.session.ticket == 50
    assert deepcopy(visit).session.ticket == 0


# The words


def test_every_language_has_every_string_with_the_same_gaps() -> None:
    assert languages() == ["en", "de"]
    for key, row in rows().items():
        gaps = {
            tuple(sorted(name for _, name, _, _ in Formatter().parse(text) if name)) for text in row.values()
        }
        assert len(gaps) == 1, key
        assert set(row) == set(languages()), key


def test_the_page_speaks_another_language(assistant: Assistant) -> None:
    german = Assistant(assistant.collection, assistant.encoder, settings(encoder="hashing", language="de"))
    assert "Fragen Sie die Artikel" in Chat(german).panes.render_conversation(Session())
    with pytest.raises(SettingsError, match="the page speaks en, de"):
        words("tlh")


# Marks of earlier answers


@given(
    articles_and_marks(),
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 60), st.integers(1, 40)), max_size=4),
)
def test_earlier_marks_leave_the_article_and_its_marks_as_they_are(
    drawn: tuple[Document, list[Citation]], others: list[tuple[int, int, int]]
) -> None:
    article, citations = drawn
    end = len(article.text)
    earlier = [
        (turn, cite(article, 0, Span(start, min(start + size, end)), 100 + place))
        for place, (turn, start, size) in enumerate(others)
        if start < min(start + size, end)
    ]
    page = Page(article_html.render_article(article, citations, turn=9, earlier=earlier))
    assert page.text == article.text
    assert {number: quote for number, quote in page.marks.items() if number < 100} == {
        citation.number: citation.quote for citation in citations
    }
    latest = max(earlier, key=lambda item: item[0], default=None)
    if latest and not citations:
        firsts = [citation for turn, citation in earlier if turn == latest[0]]
        first = min(firsts, key=lambda citation: citation.start)
        assert page.marks[first.number] == first.quote


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


@pytest.mark.slow(reason="the whole program builds an index, serves and stops")
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


@pytest.mark.slow(reason="the whole program is started")
def test_the_program_says_in_one_line_that_the_port_is_taken(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with run(tmp_path, CITEWELL_PORT=str(port)) as program:
            _, errors = program.communicate(timeout=120)
    assert program.returncode == 2
    *_, last = errors.splitlines()  # the ones before are the progress bar
    assert last.startswith(f"citewell: cannot listen on 127.0.0.1:{port}")
    assert "Traceback" not in errors


@pytest.mark.slow(reason="the whole program is started")
def test_the_program_says_in_one_line_that_the_index_is_damaged(tmp_path: Path) -> None:
    (tmp_path / "index").mkdir()
    (tmp_path / "index" / "manifest.json").write_text("{")
    with run(tmp_path) as program:
        _, errors = program.communicate(timeout=120)
    assert program.returncode == 2
    *_, last = errors.splitlines()  # the one before says where it listens
    assert last.startswith("citewell: index/manifest.json is damaged")
    assert "Traceback" not in errors


QUIET = """
import socket, sys
from citewell.index.encoders import hashing
asked = []
def watch(event, arguments):
    if event == "socket.getaddrinfo" and arguments[0] not in ("127.0.0.1", "localhost"):
        asked.append(arguments[0])
    if event == "socket.connect" and arguments[1][0] != "127.0.0.1":
        asked.append(arguments[1])
sys.addaudithook(watch)
from citewell.assistant import Assistant
from citewell.documents.document import document
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


@pytest.mark.slow(reason="a page is served in a process of its own, with every socket watched")
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


def test_every_fixed_reply_is_said_in_every_language_of_the_page() -> None:
    fixed = {*MESSAGES.values(), *REPLIES.values(), *REPLIES_ABOUT_SEVERAL.values(), *Reason}
    made = [message_about(reason, 3) for reason in MESSAGES]
    made += [count_left_out(n, what) for n in (1, 3) for what in ("articles", "sentences")]
    made.append(f"{NO_MODEL} (it timed out)")
    german = words("de")
    for reply in (*fixed, *made):
        assert german.said(reply) != reply
        assert words("en").said(reply) == reply
    note = f"{count_left_out(12, 'articles')}. {count_left_out(1, 'sentences')}"
    assert german.said(note) == (
        "12 weitere Artikel wurden der Länge wegen weggelassen."
        " 1 weiterer Satz wurde der Länge wegen weggelassen"
    )
    # And the table has no message that nothing says.
    assert {german.said(reply) for reply in (*fixed, *made)} == {
        german(key, count=12 if "left_out" in key else 3, reason="it timed out").replace(
            "12 weitere", "3 weitere"
        )
        for key in messages().values()
        if "withheld" not in key
    }
    assert german.said("3 more are left out") == "3 more are left out"
