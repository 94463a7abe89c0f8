"""A row is told with its header, and what is found in it is cited where it stands."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citewell.documents.document import Document, document
from citewell.documents.passages import Passage, split
from citewell.documents.structure import TextBuilder
from citewell.reading.readers.cross_encoder import create
from citewell.reading.table_rows import put_together, tell
from citewell.text.spans import Span

WORDS = st.text("ab |\n\t:.", max_size=8)


def table(*rows: str, header: str = "Harbour | 2021 | 2022", caption: str = "") -> Passage:
    builder = TextBuilder()
    builder.add("The ministry counts.")
    builder.table(rows, header=header, caption=caption)
    made = document(builder.text, id="catch", marks=builder.marks)
    (passage,) = split(made, lambda text: [Span(0, len(text))], max_tokens=100)
    return passage


def test_each_cell_is_told_with_its_row_and_column() -> None:
    told = tell(table("Skagen | 410 | 388", caption="Catch in tonnes")).text
    assert "Harbour Skagen, 2021: 410. Harbour Skagen, 2022: 388. " in told


def test_what_is_read_is_cited_where_it_stands() -> None:
    passage = table("Skagen | 410 | 388", "Hirtshals | 295 | 301")
    told = tell(passage)
    start = told.text.index("388")
    found = told.locate(Span(start, start + 3))
    assert found
    assert passage.text[found.start : found.end] == "388"
    named = told.text.index("2022: 301")
    assert told.locate(Span(named, named + 4)) is None


def test_a_row_with_other_cells_than_the_header_is_read_as_it_stands() -> None:
    assert "Skagen | 410\n" in tell(table("Skagen | 410", "Moss | 1 | 2")).text


def test_an_empty_cell_is_not_told_and_the_others_keep_their_columns() -> None:
    told = tell(table("Skagen |  | 388")).text
    assert "Harbour Skagen, 2022: 388. " in told
    assert "2021:" not in told


def test_a_passage_without_a_table_is_read_as_it_is() -> None:
    made = document("The tide rose. A | B | C", id="tide")
    (passage,) = split(made, lambda text: [Span(0, len(text))], max_tokens=100)
    assert tell(passage).text == passage.text


def whole(text: str, **more: Any) -> Passage:
    made = document(text, id="prices", **more)
    (passage,) = split(made, lambda text: [Span(0, len(text))], max_tokens=100)
    return passage


def test_a_row_of_two_cells_without_a_header_is_a_pair() -> None:
    builder = TextBuilder()
    builder.add("It is open:")
    builder.table(["Monday | 10:00; 18:30", "Tuesday | closed.", "Sunday |", "Inn | 1 | 2"])
    passage = whole(builder.text, marks=builder.marks)
    told = tell(passage)
    assert "Monday: 10:00; 18:30.\nTuesday: closed.\nSunday |\nInn | 1 | 2" in told.text
    start = told.text.index("18:30")
    assert told.locate(Span(start, start + 5)) == Span(start - 1 + 2, start + 4 + 2)


def test_a_caption_is_told_where_the_passage_does_not_have_it() -> None:
    made = table("Skagen | 410 | 388", "Moss | 1 | 2", "Lund | 3 | 4", caption="Catch in tonnes").document
    for row in ("Skagen", "Moss"):
        start = made.text.index(row)
        told = tell(Passage(made, start, len(made.text), ()))
        assert told.text.startswith(f"Catch in tonnes. Harbour {row}, 2021: ")
        assert told.text.count("Catch") == 1
        assert told.locate(Span(0, 5)) is None
    assert tell(Passage(made, 0, len(made.text), ())).text.count("Catch") == 1


LIST = """\
Prices:

- Adults pay 12 crowns.
- A bicycle:
  - in July 9 crowns
    1. on Sundays free!
  - else 7 crowns
- Children pay 5 crowns

   Not an item. - And no other."""


def test_an_item_is_told_after_the_items_that_it_is_in() -> None:
    passage = whole(LIST)
    told = tell(passage)
    assert told.text.splitlines()[2:8] == [
        "- Adults pay 12 crowns.",
        "- A bicycle:",
        "A bicycle: in July 9 crowns.",
        "A bicycle: in July 9 crowns, but on Sundays free!",
        "A bicycle: else 7 crowns.",
        "- Children pay 5 crowns",
    ]
    assert told.text.endswith(LIST[-32:])
    start = told.text.index("7 crowns")
    found = told.locate(Span(start, start + 8))
    assert found
    assert (passage.text[found.start : found.end], found.start) == ("7 crowns", LIST.index("7 crowns"))


@pytest.mark.parametrize("cut", ["  - in July", "in July", "    1. on", "- Children"])
def test_an_item_is_told_after_those_that_stand_before_its_passage(cut: str) -> None:
    made = document(LIST, id="prices")
    at = LIST.index(cut) + len(cut) - len(cut.lstrip())
    told = tell(Passage(made, at, len(LIST), (Span(at, len(LIST)),)))
    first = told.text.splitlines()[0]
    after = {
        "1. on": "A bicycle: in July 9 crowns, but on Sundays free!",
        "- Children": "- Children pay 5 crowns",
    }
    assert first == after.get(
        cut.strip(), "A bicycle: in July 9 crowns." if "-" in cut else "in July 9 crowns"
    )
    # The article's words outside the passage are read, and are no part of an answer.
    assert told.locate(Span(0, 1)) == (None if first[0] == "A" else Span(0, 1))


def test_long_items_and_items_far_above_are_not_repeated() -> None:
    long = f"- {'word ' * 80}\n  - in July 9 crowns"
    assert tell(whole(long)).text.endswith("\nin July 9 crowns.")
    far = f"- A bicycle\n{'  - in July 9 crowns' + chr(10)}" * 2
    far = "- A bicycle\n" + "  - in July 9 crowns\n" * 200
    made = document(far, id="prices")
    at = far.rindex("- in July")
    assert tell(Passage(made, at, len(far), (Span(at, len(far)),))).text == "- in July 9 crowns\n"


@given(
    st.lists(st.tuples(st.integers(0, 5), st.sampled_from(["- ", "1. ", "b) ", "", "| "]), WORDS), max_size=8)
)
def test_a_telling_holds_every_word_and_locates_each_in_the_passage(
    lines: list[tuple[int, str, str]],
) -> None:
    made = Document("a", "a", "\n".join(f"{' ' * indent}{sign}{words}" for indent, sign, words in lines))
    passage = Passage(made, 0, len(made.text), ())
    told = tell(passage)
    found = {
        place
        for at in range(len(told.text))
        if (span := told.locate(Span(at, at + 1)))
        for place in range(span.start, span.end)
    }
    # The signs of inner items are left out.
    text = re.sub(r"^ *[ab][.)](?![^ \n])", lambda sign: " " * len(sign[0]), made.text, flags=re.MULTILINE)
    assert {place for place, character in enumerate(text) if character in "ab"} <= found
    for at in range(len(told.text)):
        if span := told.locate(Span(at, at + 1)):
            assert told.text[at] == made.text[span.start]


@given(st.lists(st.one_of(WORDS, st.tuples(st.integers(0, 8), st.integers(0, 8))), max_size=6))
def test_every_character_of_a_piece_is_found_again(parts: list[str | tuple[int, int]]) -> None:
    text = "abcdefgh"
    pieces = [part if isinstance(part, str) else Span(min(part), max(part)) for part in parts]
    told = put_together(text, pieces)
    at = 0
    for piece in pieces:
        length = len(piece) if isinstance(piece, str) else piece.end - piece.start
        for place in range(at, at + length):
            found = told.locate(Span(place, place + 1))
            if isinstance(piece, str):
                assert found is None
            else:
                assert found == Span(piece.start + place - at, piece.start + place - at + 1)
        at += length


def test_the_reader_finds_what_an_inner_item_and_a_pair_say() -> None:
    prices = "Prices:\n\n- A bicycle costs 7 crowns\n  - in July 9 crowns\n- A horse costs 31 crowns"
    (reading,) = create().read("What does a bicycle cost in July?", [whole(prices)])
    assert [prices[span.start : span.end] for span in reading.short] == ["9 crowns"]
    builder = TextBuilder()
    builder.add("The museum stands near the harbour.")
    builder.table(["Monday | 10:00 to 18:30", "Tuesday | Closed", "Sunday | 12:00 to 15:00"])
    (reading,) = create().read("When is it open on Monday?", [whole(builder.text, marks=builder.marks)])
    assert [builder.text[span.start : span.end] for span in reading.short] == ["10:00 to 18:30"]


@pytest.mark.parametrize("column", ["2020", "2021", "2022"])
def test_an_answer_is_one_cell_and_not_two(column: str) -> None:
    lines = "A | 557 | 94 | 325", "B | 43 | 746 | 403", "C | 68 | 117 | 680", "D | 557 | 255 | 94"
    passage = table(
        *lines, header="Line | 2020 | 2021 | 2022", caption="Passengers of the tram, in thousands"
    )
    (reading,) = create().read(f"How many passengers did line B carry in {column}?", [passage])
    (found,) = (passage.document.text[span.start : span.end] for span in reading.short)
    assert found in {"43", "746", "403"}


def test_the_reader_finds_the_cell_and_cites_its_row() -> None:
    passage = table("Skagen | 410 | 388", "Hirtshals | 295 | 301", "Thyboron | 95 | 88")
    (reading,) = create().read("What was the catch at Hirtshals in 2022?", [passage])
    text = passage.document.text
    assert [text[span.start : span.end] for span in reading.short] == ["301"]
    assert [text[span.start : span.end] for span in reading.evidence] == ["Hirtshals | 295 | 301"]
