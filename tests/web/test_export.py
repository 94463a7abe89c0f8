"""A conversation that is kept: what the files say, and that no text in them is markup."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from citewell.answers.answer import Abstention, Answer, Trace
from citewell.checking.citations import Statement, cite
from citewell.documents.document import Document, document
from citewell.documents.passages import Passage
from citewell.index.retrieval import Hit
from citewell.reading.evidence import Evidence
from citewell.reading.gate import Sureness
from citewell.reading.reader import Reading
from citewell.text.normalisation import normalise
from citewell.text.spans import Span
from citewell.web.export import as_html, as_json, as_markdown, keep
from citewell.web.export.markdown import block, inline

NOON = datetime(2026, 11, 24, 12, 0, 0, 999, tzinfo=UTC)
TIDE = document(
    "The tide\n\nThe tide rose to 3.2 metres. 🌊 Nobody was hurt.",
    id="tide",
    source="https://news.example/tide",
    published="2020-09-22",
)
RAIN = document("It rained all day.", id="rain", title="Rain")
ROSE = Span(10, 38)
HOSTILE = (
    "[x](javascript:alert(1))",
    "![x](http://evil.example/x.png)",
    "<script>alert(1)</script>",
    "<http://evil.example> www.evil.example https://evil.example",
    "[x]: http://evil.example\n\n[x]",
    "# a\n## b #\n===\n---\n***\n- - -",
    "a|b\n:--\n1|2",
    "a|b\n-|-\n1|2",
    "```\ncode\n```\n~~~\n`x`",
    "- a\n+ b\n* c\n1. d\n2) e\n3.\n> f",
    "    code\n\tcode\n\n\n\n\u00a0\n        code",
    "&lt;b&gt; &amp;amp; &#x3c; &copy;",
    "\\*a\\ \\\\",
    "~~a~~ **b** _c_ $d$ @e {{ f }} {% g %}",
    "\u202egnp.exe\u202c \u2066x",
    "line \nend  \nend\\\nend",
    "</title></style><svg onload=alert(1)>",
    "\ud83d half\x00\x1b[31m",
)
# White space, letters, and whatever Markdown or HTML acts on.
TEXTS = st.text("ab1. \n\t#*_-+=~`\\[](){}<>!&;|:/'\"$@\u202e\u2066\u00a0é\U0001f30a", max_size=60)


class Page(HTMLParser):
    """Rendered HTML: its tags with their attributes, the text in each element, and all that is seen."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.texts: list[tuple[str, str]] = []
        self.seen = ""
        self._open: list[list[str]] = []
        self.feed(html)
        self.close()
        assert not self._open, "every element is closed"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in {"meta", "br"}:
            self._open.append([tag, ""])
        if tag not in {"strong", "a", "bdi", "span"}:
            self.seen += " "

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        name, text = self._open.pop()
        assert name == tag, "every element is closed"
        self.texts.append((name, text))

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element[1] += data
        if "head" not in [tag for tag, _ in self._open]:
            self.seen += data

    def of(self, tag: str) -> list[str]:
        return [text for name, text in self.texts if name == tag]

    @property
    def names(self) -> set[str]:
        return {name for name, _ in self.tags}


def rendered(markdown: str) -> Page:
    """What a reader sees where tables and strikethrough are on too, as on GitHub."""
    return Page(MarkdownIt("commonmark").enable(["table", "strikethrough"]).render(markdown))


def words(text: str) -> str:
    """A text as it is seen: normalised, controls of direction by their number, white space as one space."""
    for control in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069":
        text = text.replace(control, f"⟨U+{ord(control):04X}⟩")
    return " ".join(normalise(text).split())


def weighed(article: Document) -> Trace:
    """A trace of one passage that was read."""
    passage = Passage(article, 0, len(article.text), (Span(0, len(article.text)),))
    return Trace(
        evidence=(Evidence(Hit(passage, 0, 1.0), Reading((ROSE,), (), 0.0, 0.0), 0.3),), threshold=0.57
    )


def answered(article: Document = TIDE, span: Span = ROSE, **changes: Any) -> Answer:
    citation = cite(article, 0, span, 1)
    found = citation.quote.find("3.2 metres")
    short = (Span(found, found + 10),) if found >= 0 else ()
    made = Answer(
        question="How high did it rise?",
        standalone="How high did it rise?",
        statements=(Statement(citation.quote, (citation,), short),),
        short="3.2 metres" if short else citation.quote,
        confidence=0.82,
        abstention=None,
        message="",
        closest=(),
        trace=replace(weighed(article), sureness=Sureness.CONFIDENT),
    )
    return replace(made, **changes)


def abstained(reason: Abstention = Abstention.NOT_ANSWERED, **changes: Any) -> Answer:
    made = replace(
        answered(),
        statements=(),
        short="",
        confidence=0.3,
        abstention=reason,
        message="The article does not say.",
        closest=(cite(TIDE, 0, ROSE, 1),),
    )
    return replace(made, **changes)


def one(answer: Answer, *documents: Document) -> Any:
    return keep([answer], documents or [TIDE], NOON)


def without_articles(html: str) -> str:
    """A saved page without the text of its articles."""
    return re.sub(r'<section class="paper".*</section>', "", html, flags=re.DOTALL)


FORMATS = pytest.mark.parametrize(
    "seen",
    [
        pytest.param(lambda record: rendered(as_markdown(record)), id="markdown"),
        pytest.param(lambda record: Page(without_articles(as_html(record))), id="html"),
    ],
)
Seen = Callable[[Any], Page]


def everything(page: Page) -> str:
    return " ".join(page.seen.split())


# What is said


@FORMATS
def test_an_answer_is_kept_with_its_quote_its_offsets_and_its_confidence(seen: Seen) -> None:
    page = seen(one(answered()))
    text = everything(page)
    assert page.of("h1") == ["Questions about “The tide”"]
    assert "Exported by citewell, 2026-11-24T12:00:00+00:00." in text
    assert any("How high did it rise?" in heading for heading in page.of("h2"))
    assert "The tide rose to 3.2 metres. [1]" in text
    assert [quote.strip() for quote in page.of("blockquote")] == ["The tide rose to 3.2 metres."]
    assert "The tide, 22 September 2020 · id tide · characters [10, 38)" in text
    assert "Confidence: Confident, 82%" in text
    assert "Understood as" not in text


@FORMATS
def test_an_article_is_kept_with_its_source_its_date_and_its_hash(seen: Seen) -> None:
    page = seen(one(answered()))
    item = [text for text in page.of("li") if TIDE.sha256 in text][-1]
    assert "The tide" in item
    assert "2020" in item
    assert ("a", "https://news.example/tide") in [
        (tag, attributes.get("href")) for tag, attributes in page.tags
    ]


@FORMATS
def test_a_follow_up_is_kept_as_it_was_understood(seen: Seen) -> None:
    page = seen(one(answered(question="And how high?", standalone="How high was it?")))
    assert "Understood as: How high was it?" in everything(page)


@FORMATS
def test_the_short_answer_is_kept_where_it_is_not_all_that_is_said(seen: Seen) -> None:
    assert everything(seen(one(answered()))).count("3.2 metres") == 3
    whole = everything(seen(one(answered(RAIN, Span(0, 18)), RAIN)))
    assert whole.count("It rained all day.") == 2


@FORMATS
def test_an_abstention_is_kept_with_its_reason_and_the_closest_passages_called_so(seen: Seen) -> None:
    text = everything(seen(one(abstained())))
    assert "Not in the article" in text
    assert "The article does not say." in text
    assert "Closest in the article, not an answer" in text
    assert "Not sure enough, 30%; an answer is given from 57% on" in text
    assert "Citations" not in text
    assert text.index("Closest") < text.index("The tide rose to 3.2 metres.")


@FORMATS
def test_a_reply_to_a_greeting_has_no_reason_and_no_confidence(seen: Seen) -> None:
    hello = abstained(
        Abstention.NOT_A_QUESTION, question="Hello", standalone="Hello", message="Hello!", closest=()
    )
    text = everything(seen(one(hello)))
    assert text.endswith("Hello Hello!")


@FORMATS
def test_what_is_withheld_as_unsupported_claims_no_confidence(seen: Seen) -> None:
    text = everything(seen(one(abstained(Abstention.UNSUPPORTED, confidence=0.9))))
    assert "Not fully supported" in text
    assert "90%" not in text


@FORMATS
def test_an_overview_says_that_nothing_was_guessed(seen: Seen) -> None:
    assert "In the article’s own words" in everything(seen(one(answered(trace=Trace()))))


@FORMATS
def test_a_note_beside_an_answer_and_a_number_that_cites_nothing_are_kept(seen: Seen) -> None:
    (statement,) = answered().statements
    noted = answered(
        statements=(replace(statement, dangling=(7,)),), message="The article does not say: when"
    )
    text = everything(seen(one(noted)))
    assert "[1][7?]" in text
    assert "The article does not say: when" in text


@FORMATS
def test_what_was_calculated_is_said_to_be_reckoned_from_what_it_cites(seen: Seen) -> None:
    (statement,) = answered().statements
    assert "reckoned" not in everything(seen(one(answered())))
    reckoned = answered(statements=(replace(statement, is_reckoned=True),))
    assert "reckoned from [1]" in everything(seen(one(reckoned)))


@FORMATS
def test_of_many_articles_only_those_that_are_quoted_are_listed(seen: Seen) -> None:
    page = seen(one(answered(), RAIN, TIDE))
    assert page.of("h1") == ["Questions about 2 articles"]
    assert "2 articles were asked, 1 of them quoted here." in everything(page)
    assert RAIN.sha256 not in everything(page)


@FORMATS
def test_the_only_article_is_listed_though_nothing_is_quoted(seen: Seen) -> None:
    text = everything(seen(one(abstained(Abstention.NO_PASSAGE, closest=(), trace=Trace()))))
    assert TIDE.sha256 in text
    assert "Confidence" not in text


@FORMATS
def test_an_empty_conversation_is_kept_too(seen: Seen) -> None:
    assert seen(keep([], [TIDE], NOON)).of("h1") == ["Questions about “The tide”"]


@FORMATS
def test_the_paragraphs_and_lines_of_a_quote_stay(seen: Seen) -> None:
    poem = document("It rose:\n- once\n- twice\n\nIt fell.", id="poem", title="Poem")
    (quote,) = seen(one(answered(poem, Span(0, len(poem.text))), poem)).of("blockquote")
    lines = [line for line in quote.split("\n") if line]
    assert lines == ["It rose:", "- once", "- twice", "It fell."]


def test_lines_do_not_flow_together_in_markdown() -> None:
    assert [tag for tag, _ in rendered(block("It rose:\nonce\ntwice\n\nIt fell.")).tags] == [
        "p",
        "br",
        "br",
        "p",
    ]


def test_json_has_every_answer_as_it_is() -> None:
    answers = [answered(question="\ud83d?"), abstained()]
    record = json.loads(as_json(keep(answers, [RAIN, TIDE], NOON)))
    assert record == {
        "version": 1,
        "exported": "2026-11-24T12:00:00+00:00",
        "articles": [
            {
                "id": "tide",
                "title": "The tide",
                "source": "https://news.example/tide",
                "published": "2020-09-22",
                "sha256": TIDE.sha256,
            }
        ],
        "turns": json.loads(json.dumps([answer.to_dict() for answer in answers])),
    }


def test_json_is_ascii_so_that_no_control_of_direction_turns_it() -> None:
    assert as_json(one(answered(question="\u202e?"))).isascii()


def test_a_saved_page_holds_the_article_and_leads_from_quotes_to_marks_and_back() -> None:
    first, second = answered(), answered(span=Span(10, 41))  # the second quote holds the first one
    second = replace(
        second,
        statements=(replace(second.statements[0], citations=(replace(second.citations[0], number=2),)),),
    )
    html = as_html(keep([first, second, abstained()], [RAIN, TIDE], NOON))
    page = Page(html)
    assert TIDE.text in page.of("div")
    assert RAIN.text not in page.of("div")
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    inside = {
        attributes["href"][1:] for _, attributes in page.tags if attributes.get("href", "").startswith("#")
    }
    assert inside <= set(ids)
    for turn, number in ((1, 1), (2, 2), (3, 1)):
        assert {f"at-{turn}-{number}", f"turn-{turn}-quote-{number}"} <= inside
    assert "".join(page.of("mark")) == TIDE.text[10:41]
    assert 'href="https://news.example/tide#:~:text=The%20tide%20rose%20to%203.2%20metres."' in html


# What is refused


def test_a_quote_that_does_not_stand_in_the_article_is_not_kept() -> None:
    other = replace(TIDE, text=TIDE.text.replace("rose", "fell"))
    with pytest.raises(ValueError, match=r"a citation of 'tide' \[10, 38\) is not what stands there"):
        keep([answered()], [other], NOON)
    with pytest.raises(ValueError, match="is not what stands there"):
        keep([abstained()], [RAIN], NOON)


def test_a_time_without_a_zone_is_not_kept() -> None:
    with pytest.raises(ValueError, match="has no time zone"):
        keep([], [TIDE], NOON.replace(tzinfo=None))


# No text is markup


def hostile_record(text: str) -> tuple[Any, Document]:
    """A conversation in which everything that can be the text is the text."""
    article = Document(id=text, title=text, text=normalise(text), source=text, published=text)
    whole = Span(0, len(article.text))
    said = answered(article, whole, question=text, standalone=text + "?", message=text)
    (statement,) = said.statements
    brief = replace(said, statements=(replace(statement, text=text, short=(whole,)),))
    near = replace(said, statements=(), abstention=Abstention.NOT_ANSWERED, closest=said.citations)
    return keep([brief, near], [article], NOON), article


def each_hostile(test: Callable[[str], None]) -> Callable[[str], None]:
    for text in HOSTILE:
        test = example(text)(test)
    return test


@each_hostile
@given(TEXTS)
def test_markdown_of_any_text_renders_as_that_text_and_as_nothing_else(text: str) -> None:
    record, article = hostile_record(text)
    page = rendered(as_markdown(record))
    assert page.names <= {"h1", "h2", "p", "ol", "ul", "li", "blockquote", "strong", "br", "a"}
    links = [attributes for tag, attributes in page.tags if tag == "a"]
    assert len(links) <= 1
    assert all(link["href"].startswith(("http://", "https://")) for link in links)
    assert all(article.source.lower().startswith("http") for _ in links)
    assert {name for _, attributes in page.tags for name in attributes} <= {"href"}
    counts = [len(page.of(tag)) for tag in ("h1", "h2", "ol", "ul", "li")]
    facts = 1 + 3 * bool(words(text))
    assert counts == [1, 3, 1, 1, 1 + facts]
    assert [words(quote) for quote in page.of("blockquote")] == [words(text)] * 2
    assert [words(heading) for heading in page.of("h2")[1:]] == [
        f"{number}. {words(text) or '(nothing)'}" for number in (1, 2)
    ]


@each_hostile
@given(TEXTS)
def test_html_of_any_text_shows_that_text_and_no_element_of_it(text: str) -> None:
    record, article = hostile_record(text)
    html = as_html(record)
    page = Page(html)
    own = (
        "html head meta title style body main header h1 h2 h3 p time section ol li cite dl dt dd bdi code a"
        " article blockquote span div mark ul"
    )
    assert page.names <= set(own.split())
    assert {name for _, attributes in page.tags for name in attributes} <= set(
        (
            "lang charset http-equiv content name datetime class id value dir href title target rel"
            " data-number data-depth aria-label"
        ).split()
    )
    links = {attributes["href"] for tag, attributes in page.tags if tag == "a"}
    assert all(link.startswith("#") or link == article.source or ":~:text=" in link for link in links)
    assert page.of("blockquote") == [article.text] * 2
    assert html.encode()


@each_hostile
@given(TEXTS)
def test_a_block_and_a_line_of_markdown_say_their_text(text: str) -> None:
    assert words(" ".join(rendered(block(text)).of("p"))) == words(text)
    assert rendered(f"x\n{inline(text)}\ny").names <= {"p"}


def test_markdown_turns_no_text_around_it() -> None:
    assert "\u202e" not in as_markdown(hostile_record("\u202egnp.exe")[0])


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("$x$ or @name", r"\$x\$ or \@name"),
        ("{{ page }} and {% raw %}", r"\{\{ page \}\} and \{% raw %\}"),
        ("https://evil.example", r"https\://evil.example"),
        ("WWW.evil.example", r"WWW\.evil.example"),
        ("a|b", r"a\|b"),
        (":--", r"\:--"),
        ("[a]", r"\[a\]"),
    ],
)
def test_what_only_other_renderers_act_on_is_escaped_too(text: str, escaped: str) -> None:
    assert inline(text) == escaped


def test_plain_prose_stays_readable_in_markdown() -> None:
    prose = "The tide rose to 3.2 metres (10 ft) - a record! “Never,” she said: it's 9:30."
    assert inline(prose) == prose


@pytest.mark.parametrize(
    "source", ["javascript:alert(1)", "https://x.example/a b", "https://x.example/>x", "a.txt"]
)
def test_only_a_whole_web_address_becomes_a_link_in_markdown(source: str) -> None:
    assert (
        "a"
        not in rendered(
            as_markdown(one(answered(replace(TIDE, source=source)), replace(TIDE, source=source)))
        ).names
    )


# The page


def test_each_link_inside_the_page_leads_somewhere() -> None:
    page = Page(as_html(keep([answered(), abstained(), answered(RAIN, Span(0, 18))], [RAIN, TIDE], NOON)))
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    links = [attributes["href"] for tag, attributes in page.tags if tag == "a"]
    inside = {link.removeprefix("#") for link in links if link.startswith("#")}
    assert len(ids) == len(set(ids))
    assert {"turn-1-quote-1", "turn-3-quote-1", "article-1", "article-2"} <= inside <= set(ids)


def test_the_page_loads_and_runs_nothing() -> None:
    page = Page(as_html(one(answered())))
    (policy,) = [attributes["content"] for _, attributes in page.tags if attributes.get("http-equiv")]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert not page.names & {"script", "link", "img", "iframe"}
    assert "url(" not in page.of("style")[0]
    assert "prefers-color-scheme: dark" in page.of("style")[0]


def test_controls_of_direction_are_seen_in_the_page() -> None:
    html = as_html(hostile_record("\u202egnp.exe")[0])
    assert "⟨U+202E⟩gnp.exe" in Page(html).of("title")[0]
    assert html.count("\u202e") == html.count('<span class="control" title="U+202E">\u202e</span>') > 0


def test_the_same_conversation_gives_the_same_files() -> None:
    first, second = (keep([answered(), abstained()], [TIDE], NOON) for _ in range(2))
    for write in (as_markdown, as_html, as_json):
        assert write(first) == write(second)
