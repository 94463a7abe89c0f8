"""What belongs to an enumeration."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citewell.text.enumerations import MAX_ITEM_WORDS, items_after, items_before
from citewell.text.spans import Span

texts = st.lists(
    st.sampled_from(["Kiel", ",", ";", "and", "or", "(4)", "the port", ".", "as well as", " ", "\n", "3,5"])
).map(" ".join) | st.text(max_size=60)


def said(text: str, spans: list[Span]) -> list[str]:
    return [text[span.start : span.end] for span in spans]


@pytest.mark.parametrize(
    ("text", "items"),
    [
        (", oxycodone, heroin; and 64 firearms.", ["oxycodone", "heroin", "64 firearms"]),
        (" and virtual currencies", ["virtual currencies"]),
        (" were seized, and more", []),
        (". And then, more", []),
        (",500 kilograms", []),
        ("", []),
    ],
)
def test_an_enumeration_goes_on_as_long_as_its_separators_do(text: str, items: list[str]) -> None:
    assert said(text, items_after(text)) == items


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("Seized were drugs, cash and ", ["Seized were drugs", "cash"]),
        ("It began. Then Kiel, ", ["Then Kiel"]),
        ("They went to ", []),
        ("", []),
    ],
)
def test_it_is_followed_back_to_where_its_clause_begins(text: str, items: list[str]) -> None:
    assert said(text, items_before(text)) == items


@given(texts)
def test_items_are_apart_in_order_and_short(text: str) -> None:
    for items in (items_after(text), items_before(text)):
        assert all(0 <= item.start < item.end <= len(text) for item in items)
        assert all(before.end < after.start for before, after in pairwise(items))
        assert all(1 <= len(piece.split()) <= MAX_ITEM_WORDS for piece in said(text, items))
