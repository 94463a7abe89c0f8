"""Details, quotations, hedges and turned relations are compared exactly."""

import pytest

from citewell.checking.details import State, compare, find_details
from citewell.checking.difference import differ
from citewell.checking.hedging import Hedge, find_hedge
from citewell.checking.judging import is_turned
from citewell.checking.quotations import Wording, Words, find_quotations, locate


@pytest.mark.parametrize(
    ("claim", "text", "states"),
    [
        ("It rose by 12%.", "Profit increased by 12 per cent.", ["proved"]),
        ("It rose by 13%.", "Profit increased by 12 per cent.", ["differs"]),
        ("They went 500 km.", "They went more than 500 miles (800 km).", ["differs"]),
        ("They went 800 kilometres.", "They went more than 500 miles (800 km).", ["proved"]),
        ("It weighed ten kilograms.", "It weighed about ten lbs (five kg).", ["differs"]),
        ("Thousands fled.", "Hundreds of them fled.", ["differs"]),
        ("It began at 2:20 p.m. there.", "It began at 2:20 a.m.", ["differs"]),
        ("It was paid on 3 May 2014.", "On May 3, 2014, it was paid.", ["proved"]),
        ("It was paid in 2014.", "In 2016 it was paid.", ["differs"]),
        ("It cost $6.5m.", "The price was $6.5 million.", ["proved"]),
        ("It was paid by Ann Lee.", "Lee paid it.", ["proved"]),
        ("It was paid by Bob Ray.", "Lee paid it.", ["missing"]),
        ("It was in Slovakia then.", "The Slovak prime minister resigned.", ["proved"]),
    ],
)
def test_details_are_compared_with_their_units(claim: str, text: str, states: list[str]) -> None:
    assert [found.state.value for found in compare(find_details(claim), text)] == states


def test_the_rival_of_a_detail_is_marked_in_the_article() -> None:
    text = "The number rose to 78 last year."
    (found,) = compare(find_details("It rose to 87."), text)

    assert found.state is State.DIFFERS
    assert found.other is not None
    assert text[found.other.start : found.other.end] == "78"


ARTICLE = "Lee said, “It is a propaganda stunt that no-one takes seriously”. Ray was deeply disturbed."


@pytest.mark.parametrize(
    ("quotation", "wording"),
    [
        ("a propaganda stunt that no-one takes seriously", Wording.VERBATIM),
        ("A Propaganda stunt", Wording.VERBATIM),
        ("a propaganda stunt that everyone takes seriously", Wording.ALTERED),
        ("a stunt that no-one takes seriously", Wording.ALTERED),
        ("deeply disturbed", Wording.VERBATIM),
        ("deeply pleased", Wording.NOT_FOUND),
        ("we shall fight on the beaches", Wording.NOT_FOUND),
    ],
)
def test_a_quotation_is_verbatim_altered_or_not_found(quotation: str, wording: Wording) -> None:
    assert locate(quotation, Words(ARTICLE)).wording is wording


def test_an_altered_quotation_shows_both_wordings() -> None:
    quotation = "a propaganda stunt that everyone takes seriously"
    found = locate(quotation, Words(ARTICLE))

    assert [quotation[start:end] for start, end in found.changed] == ["everyone"]
    assert [ARTICLE[start:end] for start, end in found.original] == ["no-one"]


def test_what_a_quotation_leaves_out_parts_it() -> None:
    found = find_quotations("He said: “It rose [...] and [the boat] sank … at night.”")

    assert [item.text for item in found] == ["It rose", "and", "sank", "at night"]


@pytest.mark.parametrize(
    ("claim", "sentence", "hedge"),
    [
        (
            "The range was widened to 600 acres.",
            "The tribe has plans to widen the range to 600 acres.",
            Hedge.PLANNED,
        ),
        ("They plan to widen the range.", "The tribe has plans to widen the range.", None),
        ("Lee beat his wife.", "Lee was arrested after an allegation he beat his wife.", Hedge.ALLEGED),
        ("Lee allegedly beat his wife.", "Lee was arrested after an allegation he beat his wife.", None),
        ("The fire was caused by a fault.", "“The fire was caused by a fault,” Lee said.", Hedge.SAID),
        ("Lee said the fire was caused by a fault.", "“The fire was caused by a fault,” Lee said.", None),
        ("Lee was arrested.", "Lee was arrested after an allegation he beat his wife.", None),
    ],
)
def test_what_is_said_alleged_or_planned_supports_only_that(
    claim: str, sentence: str, hedge: Hedge | None
) -> None:
    assert find_hedge(claim, sentence) is hedge


@pytest.mark.parametrize(
    ("claim", "sentence", "turned"),
    [
        ("In 2008 Ann Lee defeated Bob Ray.", "In 2008, Ray defeated Senator Ann Lee.", True),
        ("In 2008 Ann Lee defeated Bob Ray.", "In 2008, Lee defeated Senator Bob Ray.", False),
        ("Ann Lee defeated Bob Ray.", "Bob Ray was defeated by Ann Lee.", False),
        ("Ann Lee was defeated by Bob Ray.", "Lee defeated Ray.", True),
    ],
)
def test_a_relation_that_is_turned_round_is_seen(claim: str, sentence: str, *, turned: bool) -> None:
    assert is_turned(claim, sentence) is turned


def test_the_words_that_differ_are_marked_on_both_sides() -> None:
    claim, sentence = "A federal jury acquitted Lee.", "Yesterday a federal jury convicted Lee of fraud."

    assert [(claim[a:b], sentence[c:d]) for (a, b), (c, d) in differ(claim, sentence)] == [
        ("acquitted", "convicted")
    ]
