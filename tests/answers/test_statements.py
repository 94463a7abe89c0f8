from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citewell import plugins
from citewell.answers.answer import is_rewritten
from citewell.answers.statements import mark_short_answer, parse_statements, renumber, source_texts
from citewell.checking.citations import Source, Statement, cite
from citewell.checking.verification import find_objection
from citewell.documents.document import document
from citewell.generation.generator import GenerationRequest, Marker
from citewell.index import collection as collections
from citewell.index.collection import Collection, IndexConfig
from citewell.text.spans import Span, join_overlapping

SAID = "Police said no one was held. They say Europol led the raid. It didn't pay 2,000 euros to three men."
SENTENCE = "The tide rose to 3 metres on Monday."
TEXT = f"{SENTENCE} Nobody was hurt. {SENTENCE} Ann Lee led it."
ONE, NOBODY, TWO, ANN = (Span(0, 36), Span(37, 53), Span(54, 90), Span(91, 106))


@pytest.fixture(scope="module")
def tide() -> Collection:
    encoder = plugins.load("encoders", "hashing")
    return collections.build(
        [document(TEXT, id="tide")], IndexConfig(encoder="hashing", index="exact"), encoder
    )


def written(tide: Collection, sources: Sequence[Span], *pieces: str | Marker) -> list[Statement]:
    made = parse_statements(pieces, [Source(0, span) for span in sources], tide)
    return [item for item in made if isinstance(item, Statement)]


def test_the_same_sentence_twice_is_two_citations(tide: Collection) -> None:
    extractive = plugins.load("generators", "extractive")
    task = GenerationRequest("?", source_texts([Source(0, ONE), Source(0, TWO)], tide))
    first, second = written(tide, [ONE, TWO], *extractive.generate(task))
    assert first.text == second.text
    assert [(c.start, c.end) for c in (*first.citations, *second.citations)] == [ONE, TWO]


@pytest.mark.parametrize("number", [0, -1, 3, 99])
def test_a_marker_that_numbers_no_source_dangles(tide: Collection, number: int) -> None:
    (statement,) = written(tide, [ONE, TWO], "The tide rose.", Marker(number), Marker(2))
    assert statement.dangling == (number,)
    assert [(c.number, c.start) for c in statement.citations] == [(2, TWO.start)]
    assert f"[{number}?]" in statement.markers


def test_a_statement_without_a_marker_is_not_shown(tide: Collection) -> None:
    reader = plugins.load("readers", "similarity", encoder=plugins.load("encoders", "hashing"))
    (statement,) = written(tide, [ONE], "The tide rose to 3 metres.")
    assert find_objection(statement, reader) == "it cites nothing"


@pytest.mark.parametrize(
    ("text", "span", "objected"),
    [
        ("The tide rose to 3 metres on Monday.", ONE, ""),
        ("The tide rose to 3 metres", ONE, ""),
        ("The tide rose", ONE, ""),
        ("The tide rose to three metres on Monday.", ONE, ""),
        ("The tide rose to four metres on Monday.", ONE, "its citation has no 4"),
        ("On Monday the tide rose to 3 metres.", ONE, ""),
        ("The tide rose to 4 metres on Monday.", ONE, "its citation has no 4"),
        ("The tide rose to 3 metres on Tuesday.", ONE, "its citation does not name Tuesday"),
        ("The hurricane destroyed several villages.", ONE, "its citation does not prove it"),
        ("Kiel rose to 3 metres on Monday.", ONE, "its citation does not name Kiel"),
        ("The tide rose to 3 metres at Šileris on Monday.", ONE, "its citation does not name Šileris"),
        ("It was led by Ann Lee.", ANN, ""),
        ("It was led by Ann Kim.", ANN, "its citation does not name Kim"),
    ],
)
def test_a_statement_must_be_proved_by_its_citation(
    tide: Collection, text: str, span: Span, objected: str
) -> None:
    reader = plugins.load("readers", "similarity", encoder=plugins.load("encoders", "hashing"))
    (statement,) = written(tide, [span], text, Marker(1))
    assert find_objection(statement, reader) == objected


@pytest.mark.parametrize(
    ("text", "objected"),
    [
        ("Police said no one was held.", ""),
        ("They say Europol led the raid. It didn't pay 2,000 euros to three men.", ""),
        ("They say Interpol led the raid.", "does not name Interpol"),
        ("", "it says nothing"),
        ("It didn't pay 2,00", "has no 2"),
        ("It didn't pay 2,000 euros to four men.", "has no 4"),
    ],
)
def test_a_part_of_a_sentence_can_say_the_opposite(text: str, objected: str) -> None:
    article = document(SAID, id="said")
    reader = plugins.load("readers", "similarity", encoder=plugins.load("encoders", "hashing"))
    shown = Statement(text, (cite(article, 0, Span(0, len(SAID)), 1),))
    assert objected in find_objection(shown, reader)


def test_a_marker_before_any_text_makes_no_statement(tide: Collection) -> None:
    (statement,) = written(tide, [ONE], Marker(1), "The tide rose to 3 metres.")
    assert statement.text == "The tide rose to 3 metres."


def test_what_is_marked_twice_is_shown_once() -> None:
    assert join_overlapping([Span(23, 81), Span(49, 51), Span(90, 95)]) == (Span(23, 81), Span(90, 95))


def test_statements_end_at_their_markers_however_the_text_is_cut(tide: Collection) -> None:
    pieces = ("The tide ", "rose.", Marker(1), " ", "Ann Lee ", "led it.", Marker(2), Marker(1))
    statements = written(tide, [ONE, ANN], *pieces)
    assert [statement.text for statement in statements] == ["The tide rose.", "Ann Lee led it."]
    assert [[c.number for c in statement.citations] for statement in statements] == [[1], [2, 1]]


def test_citations_are_numbered_in_order_of_first_use(tide: Collection) -> None:
    statements = written(
        tide, [ONE, ANN], "Ann Lee led it.", Marker(2), "The tide rose.", Marker(1), Marker(2)
    )
    numbers: dict[int, int] = {}
    shown = [renumber(statement, numbers) for statement in statements]
    assert [[(c.number, c.start) for c in statement.citations] for statement in shown] == [
        [(1, ANN.start)],
        [(2, ONE.start), (1, ANN.start)],
    ]


@given(st.text(min_size=1, max_size=50), st.data())
def test_a_quote_is_the_slice_that_it_names(text: str, data: st.DataObject) -> None:
    article = document(f"word {text}", id="any")
    start = data.draw(st.integers(0, len(article.text)))
    end = data.draw(st.integers(start, len(article.text)))
    citation = cite(article, 0, Span(start, end), 1)
    assert article.text[citation.start : citation.end] == citation.quote
    shown = citation.to_dict()
    assert (shown["start_char_index"], shown["end_char_index"]) == (start, end)
    assert shown["cited_text"] == citation.quote


@pytest.mark.parametrize(
    ("text", "said", "short"),
    [
        ("No, 42 were held in Kiel.", ["no"], ["No"]),
        ("42 were held.", ["420", "42"], ["42"]),
        ("Kiel, Bremen and Emden sent boats.", ["Emden, Bremen, Kiel"], ["Kiel", "Bremen", "Emden"]),
        ("Kiel, Bremen and Emden sent boats.", ["Kiel, Rum"], []),
        ("It rose.", ["", "  "], []),
    ],
)
def test_the_short_answer_is_marked_only_where_a_statement_says_it(
    text: str, said: list[str], short: list[str]
) -> None:
    (statement,) = mark_short_answer([Statement(text, ())], said)
    assert [text[span.start : span.end] for span in statement.short] == short


@given(st.text(max_size=60), st.lists(st.text(max_size=10), max_size=3))
def test_what_is_marked_lies_inside_the_text(text: str, said: list[str]) -> None:
    (statement,) = mark_short_answer([Statement(text, ())], said)
    assert all(0 <= span.start < span.end <= len(text) for span in statement.short)


@pytest.mark.parametrize("asked", ["Who won\nin  Zu\u0308rich?", "Who won in\x05 Zürich?"])
def test_a_question_in_another_form_of_unicode_is_not_rewritten(asked: str) -> None:
    assert not is_rewritten(asked, "Who won in Zürich?")
    assert is_rewritten(asked, "Who won in Kiel?")
