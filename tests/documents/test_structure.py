"""Marks stand where the text has what they say, whatever a loader puts together."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citewell.documents.document import document
from citewell.documents.passages import split
from citewell.documents.structure import Mark, Outline, Place, TextBuilder
from citewell.errors import LoadError
from citewell.text.normalisation import normalise
from citewell.text.spans import Span

PIECES = st.text(alphabet="ab \n\t\r\u0301\u2028\ufeff\ud800é🙂", max_size=12)
GAPS = st.sampled_from(["\n\n", "\n", " "])


def words(text: str) -> list[Span]:
    return [Span(place, place + 1) for place, character in enumerate(text) if not character.isspace()]


@given(st.lists(st.tuples(PIECES, GAPS), max_size=8))
def test_what_was_added_stands_where_it_is_said_to_stand(blocks: list[tuple[str, str]]) -> None:
    builder = TextBuilder()
    spans = [(builder.add(text, gap=gap), text) for text, gap in blocks]
    for span, text in spans:
        assert builder.text[span.start : span.end] == normalise(text).strip()
    assert normalise(builder.text) == builder.text


def report() -> TextBuilder:
    builder = TextBuilder()
    first = builder.add("The storm came at night.")
    builder.heading("Damage", 1)
    builder.add("Two boats sank.")
    builder.heading("In the north", 2)
    builder.table(["Anna | 2", "Bertha | 3"], label="Holes: Boat | Number")
    builder.mark("page", Span(first.start, builder.end), "iv", 1)
    builder.heading("Help", 1)
    on_two = builder.add("Nobody came.")
    builder.mark("page", on_two, level=2)
    return builder


@pytest.mark.parametrize(
    ("words", "place"),
    [
        ("The storm", Place(page="iv", page_number=1)),
        ("Damage", Place(page="iv", page_number=1)),
        ("Two boats", Place(("Damage",), page="iv", page_number=1)),
        ("In the north", Place(("Damage",), page="iv", page_number=1)),
        ("Bertha", Place(("Damage", "In the north"), "Holes: Boat | Number", "iv", 1)),
        ("Help", Place()),
        ("Nobody", Place(("Help",), page="", page_number=2)),
    ],
)
def test_a_character_stands_below_the_headings_above_it(words: str, place: Place) -> None:
    made = report()
    assert Outline(made.text, made.marks).place(made.text.index(words)) == place


def test_a_passage_knows_its_place() -> None:
    made = report()
    article = document(made.text, id="storm", marks=made.marks)
    places = [passage.place for passage in split(article, words, max_tokens=20)]
    assert Place(("Damage", "In the north"), "Holes: Boat | Number", "iv", 1) in places


@pytest.mark.parametrize(
    "mark",
    [Mark("page", 0, 99), Mark("page", 3, 3), Mark("page", -1, 2), Mark("footer", 0, 2)],  # type: ignore[arg-type]
)
def test_marks_of_another_text_are_refused(mark: Mark) -> None:
    with pytest.raises(LoadError, match="marks are of another text"):
        document("The tide rose.", id="tide", marks=(mark,))


def test_marks_of_a_text_that_is_not_normalised_are_refused() -> None:
    with pytest.raises(LoadError, match="marks are of another text"):
        document("The tide\r\nrose.", id="tide", marks=(Mark("page", 0, 3),))


def test_the_header_of_a_table_stands_once_and_is_known_further_down() -> None:
    builder = TextBuilder()
    builder.add("Before.")
    builder.table(["Anna | 2", "", "Bertha | 3"], header="Boat | Holes", caption="Damage,  in holes")
    assert builder.text == "Before.\n\nDamage, in holes\nBoat | Holes\nAnna | 2\nBertha | 3"
    outline = Outline(builder.text, builder.marks)
    assert outline.place(builder.text.index("Boat")).table == ""
    assert outline.place(builder.text.index("Bertha")).table == "Damage, in holes: Boat | Holes"
