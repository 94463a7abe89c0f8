"""A passage's place: what is read in front of it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from citewell.documents.document import Document
from citewell.documents.passages import Passage, split
from citewell.documents.places import fit_place, place_parts, write_place
from citewell.documents.structure import TextBuilder
from citewell.text.words import word_spans
from training import places

TITLES = st.lists(st.sampled_from(["Report", "Report of Lund Harbour", "2021", "Damage to the eastern pier"]))


def harbours() -> list[Passage]:
    builder = TextBuilder()
    builder.heading("Harbours", 1)
    builder.heading("Lund", 2)
    builder.add("It earned 14 million crowns. It employs 61 people. " * 5)
    builder.heading("Moss", 2)
    builder.add("It earned 9 million crowns.")
    article = Document("a", "Report of the coast", builder.text, published="2022-05-03", marks=builder.marks)
    return split(article, word_spans, max_tokens=30)


def test_a_passage_is_in_one_section_and_its_place_tells_which() -> None:
    found = [
        (passage.text.split("\n")[0][:14], place_parts(passage, ("headings",))) for passage in harbours()
    ]
    assert found == [
        ("Harbours", []),
        ("It employs 61 ", ["Harbours", "Lund"]),
        ("Moss", ["Harbours"]),
    ]


def test_the_parts_stand_in_the_order_asked_for_and_each_once() -> None:
    passage = harbours()[1]
    assert place_parts(passage, ("date", "title")) == ["2022-05-03", "Report of the coast"]
    assert place_parts(passage, ("title", "title")) == ["Report of the coast"]


def test_a_passage_that_begins_with_its_title_is_not_told_it_again() -> None:
    text = "The tide\n\nIt rose. " + "Nobody was hurt. " * 20
    first, *others = split(Document("a", "The tide", text), word_spans, max_tokens=30)
    assert place_parts(first, ("title",)) == []
    assert {tuple(place_parts(passage, ("title",))) for passage in others} == {("The tide",)}


def test_the_first_words_of_an_article_are_no_name_of_it() -> None:
    text = "It rose. " * 40
    passage = split(Document("a", "It rose. " * 9 + "It rose.…", text), word_spans)[-1]
    assert place_parts(passage, ("title",)) == []


@pytest.mark.parametrize(
    ("room", "written"),
    [
        (9, "Annual report | Fleet | Tugs | "),
        (3, "Annual report | Tugs | "),
        (2, "Annual report | "),
        (0, ""),
    ],
)
def test_what_does_not_fit_is_left_out_from_the_middle(room: int, written: str) -> None:
    assert fit_place(["Annual report", "Fleet", "Tugs"], word_spans, room) == written


@settings(deadline=None)  # the machine may be busy
@given(TITLES, st.integers(0, 20))
def test_a_place_is_never_longer_than_its_room(parts: list[str], room: int) -> None:
    written = fit_place(parts, word_spans, room)
    assert len(word_spans(written)) <= room
    assert not parts or written == "" or parts[0].startswith(written.split(" | ")[0])


def test_the_reader_is_trained_with_the_form_in_which_it_reads() -> None:
    assert places.place("Lund_Harbour", "Damage") == write_place(["Lund Harbour", "Damage"])
