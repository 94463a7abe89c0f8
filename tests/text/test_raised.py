"""Raised and lowered characters make no other number of what they stand at."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citewell.text.raised import write_fraction, write_lowered, write_raised

EXPONENTS = [
    ("The reactor holds 10", "5", " becquerels", "⁵"),
    ("The probe flew 4.2 × 10", "7", " km", "⁷"),
    ("A charge of 1.6 × 10", "−19", " C", "⁻¹⁹"),
    ("It took 10", "-9", " seconds", "⁻⁹"),
    ("The plot measures 40 m", "2", ".", "²"),
    ("It rains 900 kg/m", "3", " there", "³"),
    ("A rate of 5 s", "-1", "", "⁻¹"),
    ("The energy is E = mc", "2", ".", "²"),
    ("The sum is (a + b)", "2", ".", "²"),
    ("It holds 2", "10", " bytes", "¹⁰"),
    ("It holds 2", "n", " bytes", "ⁿ"),
    ("", "14", "C dating", "¹⁴"),
    ("found Pu", "239", " there", "²³⁹"),
    ("The ion Ca", "2+", " is", "²⁺"),
    ("e", "x/2", "", "^(x/2)"),
    ("The 4", "th", " of July", "th"),
    ("M", "lle", " Blanc", "lle"),
    ("Windows", "TM", "", "™"),
    ("It holds 10", "5 ", "litres", "⁵ "),
    ("The harbour", "of Moss", "", " of Moss"),
]
LOWERED = [
    ("CO", "2", " fell", "₂"),
    ("CO", "2 ", "fell", "₂ "),
    ("log", "2", "8", "₂"),
    ("x", "i", " and", "ᵢ"),
    ("a", "n+1", " is", "ₙ₊₁"),
    ("T", "max", " is", "_max"),
    ("7", "kg", " is", "_(kg)"),
]
NOTES = [
    ("The firm employs 1,250", "3", " people"),
    ("It employs 61", "2", " people"),
    ("It grew by 3.5", "1", " percent"),
    ("It was built in 1921", "4", " by monks"),
    ("It was built in 1921", "[4]", " by monks"),
    ("Sales rose to 18", "a", " million"),
    ("a court heard.", "12", " The firm"),
    ("in Oslo", "7", ", he said"),
    ("the containers", "1", " were lost"),
    ("the report", "1,2", " says"),
    ("the report", "*", " says"),
    ("the report", "†", ""),
    ("as he said”", "5", " in May"),
    ("(see there)", "2", " for more"),
    ("of the ferry", "b", " says"),
    ("the claim", "[citation needed]", ""),
    ("the harbour", "3\n", "of Moss"),
]


@pytest.mark.parametrize(("before", "raised", "after", "written"), EXPONENTS)
def test_an_exponent_is_written_raised(before: str, raised: str, after: str, written: str) -> None:
    assert write_raised(before, raised, after, language="en") == written


@pytest.mark.parametrize(("before", "raised", "after"), NOTES)
def test_the_mark_of_a_note_is_no_part_of_the_text(before: str, raised: str, after: str) -> None:
    _, _, white = raised.partition(raised.strip())
    assert write_raised(before, raised, after, language="en") == white


@pytest.mark.parametrize(("before", "lowered", "after", "written"), LOWERED)
def test_figures_and_letters_are_lowered(before: str, lowered: str, after: str, written: str) -> None:
    assert write_lowered(before, lowered, after) == written


@given(st.text(max_size=8), st.from_regex(r"[0-9]{1,3}", fullmatch=True), st.text(max_size=8))
def test_raised_and_lowered_figures_never_join_a_number(before: str, figures: str, after: str) -> None:
    raised = write_raised(f"{before}7", figures, after)
    assert not any(map(str.isdecimal, raised))
    assert not any(map(str.isdecimal, write_lowered(f"{before}7", figures, after)))


@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=60))
def test_anything_can_be_raised_or_lowered(before: str, raised: str, after: str) -> None:
    written = [write_raised(before, raised, after), write_lowered(before, raised, after)]
    assert len("".join(written)) <= 2 * (len(raised) + 4)


def test_a_fraction_is_one_sign() -> None:
    assert [write_fraction("1", "2"), write_fraction("3", "16")] == ["½", "³⁄₁₆"]
