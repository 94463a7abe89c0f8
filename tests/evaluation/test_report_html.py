import base64
import hashlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from citewell.evaluation import report_html
from citewell.evaluation.records import (
    CitationRecord,
    Guess,
    HitRecord,
    PassageRecord,
    Prediction,
    Range,
    Record,
    StatementRecord,
)
from citewell.evaluation.report import Report
from citewell.evaluation.report_html.outcomes import ENDINGS
from citewell.evaluation.report_html.questions import anchor
from citewell.text.normalisation import normalise
from citewell.text.spans import Span

TEXT = "Die Flut 🌊 stieg. The tide rose to 4 metres. Nobody was hurt."
TIDE = Span(18, 44)
METRES = Span(17, 25)  # of the statement
HOSTILE = (
    "<script>window.__pwned=1</script>",
    '"><img src=x onerror="window.__pwned=1">',
    "' onmouseover='window.__pwned=1",
    "</style></title></mark></blockquote><iframe src=javascript:window.__pwned=1>",
    "<!-- --><![CDATA[ &lt;b&gt; &amp;lt; {{ 7 * 7 }} {% raw %} \u0000 \u2028",
)
# An element that is never closed.
VOID = {"meta", "input"}


class Page(HTMLParser):
    """What a browser makes of a page: its elements in order, and the text of each."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str], list[str]]] = []
        self.open: list[int] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}, []))
        if tag not in VOID:
            self.open.append(len(self.elements) - 1)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}, []))

    def handle_endtag(self, tag: str) -> None:
        assert self.elements[self.open.pop()][0] == tag

    def handle_data(self, data: str) -> None:
        for place in self.open:
            self.elements[place][2].append(data)

    def texts(self, tag: str, **attributes: str) -> list[str]:
        return [
            "".join(data)
            for found, given, data in self.elements
            if found == tag
            and all(given.get(name.rstrip("_")) == value for name, value in attributes.items())
        ]

    @property
    def structure(self) -> list[tuple[str, list[str]]]:
        return [(tag, list(attributes)) for tag, attributes, _ in self.elements]

    @property
    def marks(self) -> dict[str, str]:
        """The marked characters of each citation."""
        found: dict[str, str] = {}
        for tag, attributes, data in self.elements:
            if tag == "mark":
                for number in attributes.get("data-number", "").split():
                    found[number] = found.get(number, "") + "".join(data)
        return found


def passage(text: str = TEXT, start: int = 0) -> PassageRecord:
    return PassageRecord(
        document_id="tide", document_title="Tide", start=start, end=start + len(text), text=text
    )


def cited(
    span: Span, text: str = TEXT, *, number: int = 1, exact: bool = True, offset: int = 0
) -> CitationRecord:
    return CitationRecord(
        number=number,
        document_id="tide",
        document_title="Tide",
        start_char_index=span.start + offset,
        end_char_index=span.end + offset,
        cited_text=text[span.start : span.end],
        exact=exact,
        gold=True,
    )


def record(  # noqa: PLR0913 - the fields that tests differ in
    id_: str = "q1",
    *,
    question: str = "How high did the tide rise?",
    citations: Sequence[CitationRecord] = (),
    statements: Sequence[StatementRecord] = (),
    abstention: str | None = None,
    stage: str = "",
    gold: Sequence[Span] = (TIDE,),
    error: str = "",
    **changed: Any,
) -> Record:
    prediction = Prediction(
        short="4 metres" if not abstention else "",
        text="The tide rose to 4 metres. [1]" if not abstention else "The article does not say.",
        statements=list(statements),
        abstention=abstention,
        confidence=0.8,
        citations=list(citations),
    )
    made = Record(
        id=id_,
        kind="numeric",
        split="dev",
        question=question,
        history=[],
        standalone=question,
        document_id="tide",
        answerable=True,
        answers=["4 metres"],
        evidence=[TEXT[TIDE.start : TIDE.end]],
        gold=[Range(document_id="tide", start=span.start, end=span.end) for span in gold],
        prediction=None if error else prediction,
        guess=None
        if error
        else Guess(short="4 metres", confidence=0.8, score=1.0, grade=None, right=not stage),
        closest=[],
        retrieved=[] if error else [HitRecord(passage="tide#0", score=0.03, gold=True, probability=0.8)],
        relevant={"tide#0": 1},
        scores={} if error else {"f1": 1.0, "exact_match": 1.0, "contains": 1.0, "right": float(not stage)},
        stage_failed=stage,
        error=error,
        latency_ms={} if error else {"total": 12.0},
    )
    return Record(**{**made, **changed})  # type: ignore[typeddict-item]


def answered(id_: str = "q1", **changed: Any) -> Record:
    stated = StatementRecord(
        text="The tide rose to 4 metres.", citations=[1], short=[list(METRES)], dangling=[]
    )
    return record(id_, citations=[cited(TIDE)], statements=[stated], **changed)


def report(*records: Record, passages: dict[str, PassageRecord] | None = None) -> dict[str, Any]:
    made = Report(records, {"tide#0": passage()} if passages is None else passages, 0.5, {"citewell": "0"})
    found: dict[str, Any] = json.loads(made.to_json())
    return found


def bare(*records: Record, passages: dict[str, PassageRecord] | None = None) -> dict[str, Any]:
    """A report without figures, which take their time."""
    return {"n": len(records), "questions": records, "passages": passages or {"tide#0": passage()}}


def rendered(*records: Record, passages: dict[str, PassageRecord] | None = None) -> Page:
    return Page(report_html.render(report(*records, passages=passages)))


EVERY = (
    answered("right"),
    record("kept", abstention="not_answered", answerable=False, answers=[], evidence=[], gold=[]),
    record("gated", abstention="not_answered", stage="gated"),
    answered("not-read", stage="not_read"),
    answered("not-retrieved", stage="not_retrieved"),
    answered("wrong", stage="wrong"),
    answered("invented", stage="answered_unanswerable", answerable=False, answers=[], evidence=[], gold=[]),
    record("ranked", prediction=None, guess=None, scores={"recall@5": 1.0, "ndcg@10": 1.0}),
    record("error", error="ReaderError: the model is gone"),
)

spans = st.tuples(st.integers(-5, 80), st.integers(1, 40)).map(lambda pair: Span(pair[0], sum(pair)))


@settings(deadline=None)
@given(
    text=st.text(min_size=1, max_size=60).map(normalise).filter(bool),
    ranges=st.lists(spans, min_size=1, max_size=4),
    gold=st.lists(spans, max_size=3),
    offset=st.integers(10, 1_000_000),
)
def test_a_highlighted_passage_is_the_passage_and_its_marks_are_what_is_cited(
    text: str, ranges: list[Span], gold: list[Span], offset: int
) -> None:
    inside = [Span(max(span.start, 0), min(span.end, len(text))) for span in ranges]
    citations = [
        cited(span, text, number=number, offset=offset)
        for number, span in enumerate((span for span in inside if span.start < span.end), start=1)
    ]
    golden = [Span(max(span.start + offset, 0), span.end + offset) for span in gold]
    given = bare(record(citations=citations, gold=golden), passages={"tide#0": passage(text, offset)})
    page = Page(report_html.render(given))
    assert set(page.texts("blockquote")) <= {text}
    assert page.marks == {str(item["number"]): item["cited_text"] for item in citations}
    underlined = {
        place
        for span in golden
        for place in range(max(span.start - offset, 0), min(span.end - offset, len(text)))
    }
    if page.texts("blockquote"):
        found = [
            "".join(data)
            for tag, attributes, data in page.elements
            if tag in {"mark", "span"} and "gold" in attributes.get("class", "").split()
        ]
        assert "".join(found[2:]) == "".join(
            text[place] for place in sorted(underlined)
        )  # the legend is first


def test_offsets_count_code_points_whatever_stands_before() -> None:
    assert rendered(answered()).marks == {"1": "The tide rose to 4 metres."}


hostile = st.lists(st.sampled_from((*HOSTILE, "a", " ")) | st.text(max_size=8), max_size=4).map("".join)


@settings(deadline=None)
@given(texts=st.lists(hostile, min_size=9, max_size=9))
def test_no_text_becomes_markup(texts: list[str]) -> None:
    def filled(texts: list[str]) -> dict[str, Any]:
        id_, question, history, answer, evidence, short, statement, kind, split = (
            f"{text}x" for text in texts
        )
        stated = StatementRecord(text=statement, citations=[1], short=[[0, 1]], dangling=[7])
        made = answered(
            id_,
            question=question,
            kind=kind,
            split=split,
            history=[history],
            answers=[answer],
            evidence=[evidence],
        )
        assert made["prediction"]
        made["prediction"] |= {"short": short, "statements": [stated]}
        found = bare(made, record("e", error=f"Error: {statement}", question=question))
        return found | {"about": {"questions": {"name": question, statement: answer}, split: "x"}}

    # What steers the reading direction is put into an element of its own; a question is not resolved here.
    steering = re.compile("[\u202a-\u202e\u2066-\u2069]")
    texts = [" ".join(steering.sub("", text).split()) for text in texts]
    page, plain = (
        Page(report_html.render(filled(given)))
        for given in (texts, [re.sub(r"[^\w.]", "y", text) for text in texts])
    )
    assert page.structure == plain.structure


def test_what_turns_the_reading_direction_is_shown_and_turns_nothing() -> None:
    page = rendered(answered(question="Who \u202ewas it?"))
    assert page.texts("span", class_="control") == ["\u202e"]


def test_every_question_has_an_anchor_and_every_link_on_the_page_leads_somewhere() -> None:
    ids = ["q 1", "a/b#c", '"><b>', "ä🌊", "%20", "q%201", " ", *(item["id"] for item in EVERY)]
    page = rendered(*(answered(id_) for id_ in ids), record("lost", error="Error: gone"))
    places = [attributes["id"] for _, attributes, _ in page.elements if "id" in attributes]
    assert {anchor(id_) for id_ in ids} <= set(places)
    assert len(places) == len(set(places))
    assert not [place for place in places if re.search(r"\s", place)]  # HTML allows none in an id
    links = [attributes["href"] for tag, attributes, _ in page.elements if tag == "a"]
    assert {link[0] for link in links} == {"#"}
    assert {link[1:] for link in links} <= set(places)


def test_every_ending_is_said_in_plain_words() -> None:
    page = rendered(*EVERY)
    endings = page.texts("p", class_="ending good") + page.texts("p", class_="ending bad")
    assert sorted(endings) == sorted(ending.said for ending in ENDINGS)
    assert len([1 for tag, attributes, _ in page.elements if attributes.get("class") == "question"]) == len(
        EVERY
    )


def test_a_short_answer_is_emphasised_where_it_stands_in_the_statement() -> None:
    page = rendered(answered())
    assert page.texts("p", class_="short") == ["4 metres"]
    assert "4 metres" in page.texts("strong")
    assert page.texts("p", class_="statement") == ["The tide rose to 4 metres. 1"]


def test_a_citation_that_the_article_does_not_bear_out_is_said_and_not_marked() -> None:
    page = rendered(record(citations=[cited(TIDE, exact=False)]))
    assert page.marks == {}
    assert "is not in the article at characters 18 to 44" in page.texts("p", class_="fault")[0]


def test_a_citation_whose_passage_is_not_in_the_report_is_shown_as_a_quote() -> None:
    page = rendered(answered(retrieved=[], relevant={}), passages={})
    assert page.texts("blockquote") == ["The tide rose to 4 metres."]
    assert page.marks == {"1": "The tide rose to 4 metres."}
    assert page.texts("dd")[1] == "The tide rose to 4 metres."  # the evidence, which nothing underlines


def test_an_abstention_shows_what_was_closest_as_no_answer() -> None:
    page = rendered(
        record(
            abstention="not_answered",
            answerable=False,
            answers=[],
            evidence=[],
            gold=[],
            closest=[cited(TIDE)],
        )
    )
    assert "".join(page.texts("mark", class_="near")) == "The tide rose to 4 metres."
    assert page.texts("figcaption")[-1].startswith("Closest, not an answer")
    assert "Surest reading, at 80%: 4 metres" in page.texts("p", class_="guess")


def test_an_error_has_a_place_of_its_own_and_is_in_no_figure() -> None:
    page = rendered(answered(), record("lost", error="ReaderError: the model is gone"))
    assert page.texts("h2", id="errors") == ["1 question could not be asked"]
    assert "ReaderError: the model is gone" in page.texts("code")
    assert page.texts("span", class_="of")[0] == "1 answer"
    assert not rendered(answered()).texts("h2", id="errors")


def test_the_headline_figures_have_their_intervals_and_names() -> None:
    given = report(*(answered(f"q{place}", stage="wrong" if place % 4 else "") for place in range(40)))
    page = Page(report_html.render(given))
    low, high = given["intervals"]["answered.right"]
    assert page.texts("p", class_="value")[0] == "25%"
    assert page.texts("p", class_="span")[0] == f"{low:.0%} to {high:.0%} 40 answers"
    named = page.texts("p", class_="path")
    assert {"answerable.f1", "unanswerable.abstention_recall", "citations.exact", "latency_ms.p95"} <= set(
        named
    )
    defined = (Path(__file__).parents[2] / "docs" / "evaluation.md").read_text(encoding="utf-8")
    assert "## What each figure means" in defined
    table = defined.replace("`latency_ms.p50`, `p95`", "`latency_ms.p50`, `latency_ms.p95`").replace(
        "`retrieval.recall@1`, `@5`", "`retrieval.recall@1`, `retrieval.recall@5`"
    )
    assert [path for path in named if f"`{path}`" not in table] == []


@pytest.mark.parametrize(
    "records",
    [(), (EVERY[-1],), (EVERY[-2],), (EVERY[1],), EVERY],
    ids=["none", "error", "ranked", "kept", "all"],
)
def test_figures_that_had_nothing_to_measure_do_not_break_the_page(records: tuple[Record, ...]) -> None:
    page = rendered(*records)
    assert len(page.texts("p", class_="value")) == 12
    bare = {"questions": list(records), "n": len(records)}
    assert "–" in Page(report_html.render(bare)).texts("p", class_="value")[0]


def test_a_report_of_before_statements_were_kept_still_shows_its_answers() -> None:
    old = answered()
    assert old["prediction"]
    del old["prediction"]["statements"]  # type: ignore[misc]
    assert rendered(old).texts("p", class_="statement") == ["The tide rose to 4 metres. [1]"]


def test_the_plots_are_sound_svg_that_says_what_it_shows() -> None:
    page = report_html.render(report(*EVERY))
    plots = re.findall(r'<svg class="plot".*?</svg>', page, re.DOTALL)
    assert len(plots) == 2
    risk, reliability = (ET.fromstring(plot) for plot in plots)  # noqa: S314 - our own
    for plot in (risk, reliability):
        assert plot.get("role") == "img"
        named = (plot.get("aria-labelledby") or "").split()
        assert [child.get("id") for child in plot[:2]] == named
        assert "threshold 0.5" in [text.text for text in plot.iter("text")]
    assert (risk[1].text or "").startswith("At the threshold 0.5, 88% answered")
    assert [text.text for text in reliability.iter("text") if text.get("class") == "n"] == ["5"]
    assert reliability[1].text == "Of 5 answers at about 80% confidence, 20% are right."


def test_the_page_may_load_nothing_and_run_only_its_own_script() -> None:
    page = Page(report_html.render(report(*EVERY)))
    policy = next(
        attributes["content"]
        for _, attributes, _ in page.elements
        if attributes.get("http-equiv") == "Content-Security-Policy"
    )
    assert policy.startswith("default-src 'none';")
    for name in ("style", "script"):
        (text,) = page.texts(name)
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{name}-src 'sha256-{digest}'" in policy
    assert not [
        attributes
        for _, attributes, _ in page.elements
        if {"src", "style", "srcset", "action"} & set(attributes)
        or any(name.startswith("on") for name in attributes)
    ]
    assert not re.search(r"url\(|@import|https?:", page.texts("style")[0])


def test_the_same_report_gives_the_same_bytes(tmp_path: Path) -> None:
    given = report(*EVERY)
    report_html.write(given, tmp_path / "a.html")
    report_html.write(json.loads(json.dumps(given)), tmp_path / "b.html")
    assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.html", "b.html"]


def test_half_a_surrogate_pair_can_be_written(tmp_path: Path) -> None:
    report_html.write(report(answered(question="Who \ud83c?")), tmp_path / "a.html")
    assert "Who \ufffd?" in (tmp_path / "a.html").read_text(encoding="utf-8")


def test_evaluate_writes_the_page(tmp_path: Path) -> None:
    (tmp_path / "tide.txt").write_text(TEXT, encoding="utf-8")
    asked = {
        "id": "q1",
        "question": "How high did the tide rise?",
        "answers": ["4 metres"],
        "answerable": True,
    }
    (tmp_path / "asked.jsonl").write_text(json.dumps(asked), encoding="utf-8")
    files = ["--corpus", "tide.txt", "--json", "out.json", "--html", "out.html"]
    subprocess.run(
        [sys.executable, "-m", "citewell", "evaluate", "asked.jsonl", "--threshold", "0", *files],
        cwd=tmp_path,
        env=os.environ | {"CITEWELL_ENCODER": "hashing", "CITEWELL_VECTOR_INDEX": "exact"},
        check=True,
        timeout=120,
    )
    written = (tmp_path / "out.html").read_text(encoding="utf-8")
    assert written == report_html.render(json.loads((tmp_path / "out.json").read_text(encoding="utf-8")))
    assert "The tide rose to 4 metres." in "".join(Page(written).marks.values())


def test_the_table_counts_what_the_threshold_shows_by_kind() -> None:
    page = rendered(*EVERY)
    headings = ("Shown", "Right, of those shown", "Not answered")
    cells = [page.texts("td", role="cell", **{"data-heading": heading}) for heading in headings]
    # Of the nine questions one failed and one was only searched for. The readings of the others all reach the
    # threshold, two are right, and all are of one kind.
    assert cells == [["7", "7"], ["29%", "29%"], ["0", "0"]]


def test_every_question_carries_what_the_slider_counts() -> None:
    page = rendered(*EVERY, record("silent", guess=None, abstention="no_passage", stage="not_retrieved"))
    cards = [given for tag, given, _ in page.elements if tag == "article"]
    asked = [card for card in cards if "data-asked" in card]
    assert len(asked) == 8
    assert {card["data-confidence"] for card in asked if "data-confidence" in card} == {"0.8"}
    assert sum("data-confidence" in card for card in asked) == 7
    assert sum("data-right" in card for card in asked) == sum(
        bool(r["guess"] and r["guess"]["right"]) for r in EVERY
    )


def test_a_report_without_answers_has_no_slider() -> None:
    assert not rendered(EVERY[-2]).texts("form", id="threshold")
