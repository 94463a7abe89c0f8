"""A row is told with its header, and what is found in it is cited where it stands."""

from hypothesis import given
from hypothesis import strategies as st

from citewell.documents.document import document
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


def test_the_reader_finds_the_cell_and_cites_its_row() -> None:
    passage = table("Skagen | 410 | 388", "Hirtshals | 295 | 301", "Thyboron | 95 | 88")
    (reading,) = create().read("What was the catch at Hirtshals in 2022?", [passage])
    text = passage.document.text
    assert [text[span.start : span.end] for span in reading.short] == ["301"]
    assert [text[span.start : span.end] for span in reading.evidence] == ["Hirtshals | 295 | 301"]
