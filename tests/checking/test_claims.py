"""Claims are clauses of the text, exact to the character."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from citewell.checking.claims import Nothing, find_claims

PIECES = st.lists(
    st.sampled_from(
        [
            "The tide rose",
            ", and ",
            "it fell",
            ". ",
            "“No",
            "” ",
            "\n\n",
            "Ann Lee paid $3m",
            "; ",
            "? ",
            "7",
            "– ",
            "🌊",
        ]
    ),
    max_size=20,
).map("".join)


@settings(deadline=None)
@given(PIECES | st.text(max_size=200))
def test_claims_stand_in_order_do_not_overlap_and_are_the_text_s_characters(text: str) -> None:
    claims = find_claims(text)

    end = 0
    for claim in claims:
        assert end <= claim.start < claim.end <= len(text)
        assert text[claim.start : claim.end] == claim.text
        end = claim.end
        found = [(item.start, item.end, item.text) for item in claim.details]
        found += [(item.start, item.end, item.text) for item in claim.quotations]
        for start, stop, said in found:
            assert claim.start <= start < stop <= claim.end
            assert text[start:stop] == said


@settings(deadline=None)
@given(PIECES)
def test_every_word_is_in_a_claim_or_a_conjunction_between_two(text: str) -> None:
    rest, at = [], 0
    for claim in find_claims(text):
        rest.append(text[at : claim.start])
        at = claim.end
    rest.append(text[at:])

    assert {word for part in rest for word in part.split()} <= {",", ";", "–", "and"}


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("The trial was held in Kiel, and the jury convicted him.", 2),
        ("It cost $60m, but it took less than $250m.", 2),
        ("Kiel lost 3 boats while Emden lost 4.", 2),
        ("The sales rose; the profit fell.", 2),
        ("Lions, tigers and bears were seen in the zoo.", 1),
        ("He left early and won.", 1),
        ("Lee said that Ray and he always agreed.", 1),
        ("She said: “It rose. It fell, and nobody saw it.”", 1),
    ],
)
def test_both_halves_of_a_compound_sentence_are_claims(text: str, parts: int) -> None:
    assert len(find_claims(text)) == parts


@pytest.mark.parametrize(
    ("text", "nothing"),
    [
        ("Was it worth it?", Nothing.QUESTION),
        ("I think this is a disgrace.", Nothing.OPINION),
        ("What a wonderful day it was!", Nothing.OPINION),
        ("Good morning!", Nothing.GREETING),
        ("Dear all,", Nothing.GREETING),
        ("Really.", Nothing.FRAGMENT),
        ("The tide rose by 3 metres.", None),
        ("The minister said: “I think we lost.”", None),
    ],
)
def test_what_states_no_fact_is_nothing_to_check(text: str, nothing: Nothing | None) -> None:
    (claim,) = find_claims(text)

    assert claim.nothing is nothing
