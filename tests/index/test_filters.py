"""Articles are chosen by what is known of them; trying every article by hand is the oracle."""

import re
from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from citewell import plugins
from citewell.documents.document import Document, document
from citewell.errors import FilterError
from citewell.index import collection as collections
from citewell.index.collection import Collection, IndexConfig
from citewell.index.filters import Columns, Condition, Where, days_of
from citewell.index.protocols import Encoder
from citewell.index.retrieval import retrieve

HASHING: Encoder = plugins.load("encoders", "hashing")
NAMES = ("Harbour", "harbour quay", "North Harbour", "Straße", "title:x")
WORDS = ("tide", "wind", "boat", "quay")


def articles(rows: list[tuple[str, str, str, str]]) -> list[Document]:
    return [
        document(
            f"The {word} rose at the {word} again.\n\n", id=f"a{n}", title=title, source=source, published=day
        )
        for n, (word, title, source, day) in enumerate(rows)
    ]


def chosen_by_hand(article: Document, condition: Condition) -> bool:
    """Say whether an article meets a condition, without columns."""
    field, operator, value = condition.field, condition.operator, condition.value
    if field != "published":
        text, wanted = getattr(article, field).casefold(), value.casefold()
        return bool({":": wanted in text, "=": text == wanted, "!=": text != wanted}[operator])
    try:
        day = date.fromisoformat(article.published)
    except ValueError:
        return False
    parts = tuple(map(int, value.split("-")))
    at = (day.year, day.month, day.day)[: len(parts)]
    return bool({
        ":": at == parts, "=": at == parts, "!=": at != parts,
        "<": at < parts, "<=": at <= parts, ">": at > parts, ">=": at >= parts,
    }[operator])  # fmt: skip


days = st.dates(date(2018, 11, 1), date(2020, 2, 29)).map(date.isoformat)
rows = st.tuples(
    st.sampled_from(WORDS),
    st.sampled_from(NAMES),
    st.sampled_from(["", "https://example.org/a", "b.pdf"]),
    days | st.sampled_from(["", "soon", "2019"]),
)
conditions = st.one_of(
    st.builds(
        Condition,
        st.sampled_from(["title", "source", "id"]),
        st.sampled_from([":", "=", "!="]),
        st.sampled_from([*NAMES, "HARBOUR", "strasse", "example", "a1"]),
    ),
    st.builds(
        Condition,
        st.just("published"),
        st.sampled_from([":", "=", "!=", "<", "<=", ">", ">="]),
        days | days.map(lambda day: day[:7]) | days.map(lambda day: day[:4]),
    ),
)


@given(st.lists(rows, max_size=12), st.lists(conditions, max_size=3))
@settings(deadline=None)
def test_a_choice_is_what_trying_every_article_gives(
    listed: list[tuple[str, str, str, str]], wanted: list[Condition]
) -> None:
    documents = [one for one in articles(listed) if one.published != "2019"]
    columns = Columns.of(documents, [])
    expected = [all(chosen_by_hand(one, item) for item in wanted) for one in documents]
    assert Where(tuple(wanted)).mask(columns).tolist() == expected


@given(st.lists(conditions, max_size=4))
def test_a_choice_is_read_as_it_is_written(wanted: list[Condition]) -> None:
    where = Where(tuple(wanted))
    assert Where.parse(str(where)) == where
    assert Where.parse([str(item) for item in wanted]) == where
    assert Where.parse(where) is where


@pytest.mark.parametrize("index", ["exact", "faiss"])
@given(listed=st.lists(rows, max_size=25), wanted=st.lists(conditions, max_size=2), k=st.integers(1, 30))
@settings(max_examples=60, deadline=None)
def test_a_search_within_a_choice_is_a_search_of_an_index_of_it(
    index: str, listed: list[tuple[str, str, str, str]], wanted: list[Condition], k: int
) -> None:
    documents = articles(listed)
    where = Where(tuple(wanted))
    whole = collections.build(documents, IndexConfig(encoder="hashing", index=index), HASHING)
    selection = whole.select(None, where)
    assert (selection is None) == (not wanted)
    inside = [one.id for one in documents if selection is None or one.id in selection]
    hits = retrieve("Where was the tide at the quay?", whole, HASHING, k, only=selection)
    assert {hit.passage.document.id for hit in hits} <= set(inside)
    # By meaning, the same passages as brute force over the chosen ones, in the same order.
    query = HASHING.encode(["Where was the tide at the quay?"])[0]
    among = np.array([passage.document.id in inside for passage in whole.passages], dtype=np.bool_)
    positions, scores = whole.vectors.search(query, k, among)
    products = np.round(whole.vectors.vectors() @ query, 6)
    expected = sorted(np.flatnonzero(among).tolist(), key=lambda place: (-products[place], place))[:k]
    assert positions.tolist() == expected
    assert np.allclose(scores, products[expected], atol=1e-5)
    # By words, those of the whole index that are chosen, in the same order.
    every, _ = whole.lexical.search("tide quay", len(whole.passages))
    found, _ = whole.lexical.search("tide quay", k, among)
    assert found.tolist() == [place for place in every.tolist() if among[place]][:k]


def made(*rows: tuple[str, str, str, str]) -> Collection:
    return collections.build(articles(list(rows)), IndexConfig(encoder="hashing", index="exact"), HASHING)


def test_ids_and_a_filter_choose_what_both_choose() -> None:
    whole = made(("tide", "Harbour", "", "2019-07-01"), ("wind", "Harbour", "", "2019-06-30"))
    where = Where.parse("published>=2019-07 title:harbour")
    both = whole.select(["a1", "a0"], where)
    assert both is not None
    assert ("a0" in both, "a1" in both, "nowhere" in both) == (True, False, False)
    assert both.passages.tolist() == [True, False]
    assert whole.select(None, Where()) is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("published>2019-13", "'2019-13' is no date; wanted: YYYY, YYYY-MM or YYYY-MM-DD"),
        ("published>=2019-02-30", "'2019-02-30' is no date"),
        ("published:yesterday", "'yesterday' is no date"),
        ("Harbour", "'Harbour' is no condition; wanted: FIELD OPERATOR VALUE"),
        ("tittle:Harbour", "'tittle:Harbour' is no condition"),
        ("title>Harbour", "title> compares a text; use title: (holds), title= or title!="),
        ("title:", "title: has no value"),
        ('source="" title:x', "source= has no value"),
        ("title:x " * 51, "the filter has 51 conditions, the limit is 50"),
        ("title:" + "x" * 2000, "the filter has 2,006 characters, the limit is 2,000"),
    ],
)
def test_what_is_no_filter_is_one_clear_error(text: str, said: str) -> None:
    with pytest.raises(FilterError, match=re.escape(said)):
        Where.parse(text)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("title:North Harbour published>=2019", ["title:North Harbour", "published>=2019"]),
        ('title:"a published>2019 b" source!=x', ["title:a published>2019 b", "source!=x"]),
        ("PUBLISHED <= 2019-07-01", ["published<=2019-07-01"]),
        ("", []),
    ],
)
def test_values_go_on_to_the_next_condition(text: str, read: list[str]) -> None:
    found = Where.parse(text).conditions
    assert [f"{one.field}{one.operator}{one.value}" for one in found] == read


@pytest.mark.parametrize("given_", [7, [7], [["title:x"]]])
def test_a_filter_of_another_type_is_a_mistake_of_the_programmer(given_: Any) -> None:
    with pytest.raises(TypeError):
        Where.parse(given_)


def test_a_leap_day_is_a_day() -> None:
    assert days_of("2020-02")[1] == days_of("2020-02-29")[0]
