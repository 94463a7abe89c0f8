import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citewell.text.full_stops import ordinal_start
from citewell.text.variants import plain_forms

PLAIN = {
    "wide": ("４５ ｅｕｒｏｓ", "45 euros"),
    "narrow": ("ｱﾝﾅ", "アンナ"),
    "bold": ("𝐀𝐧𝐧𝐚 𝟓", "Anna 5"),
    "in circles": ("①⑦⑨② Ⓐ", "1792 A"),
    "Arabic as it is joined": ("\ufeb3\ufe8e", "سا"),
    "raised": ("10³ m² ³⁄₁₆", "10³ m² ³⁄₁₆"),
    "lowered": ("C₆H₁₂O₆ and CO₂ (OH)₂ x₁", "C6H12O6 and CO2 (OH)2 x1"),
    "lowered beside a figure": ("log₂8, log₁₀2, 101₂", "log₂8, log₁₀2, 101₂"),
    "signs": ("“…” ½ ™ ～ Ⅲ", "“…” ½ ™ ～ Ⅲ"),
}


@pytest.mark.parametrize(("text", "plain"), PLAIN.values(), ids=PLAIN)
def test_letters_and_digits_have_plain_forms(text: str, plain: str) -> None:
    assert plain_forms(text) == plain


@given(st.text())
def test_plain_forms_stand_where_the_letters_stand(text: str) -> None:
    plain = plain_forms(text)
    assert len(plain) == len(text)
    assert unicodedata.normalize("NFKC", plain) == unicodedata.normalize("NFKC", text)


@pytest.mark.parametrize(
    ("text", "start", "begins"),
    [
        ("Am 3. Mai kam er.", 6, 3),
        ("Im 19.\u00a0Jahrhundert", 7, 3),
        ("It cost 3.5. Mai left.", 13, 13),
        ("In Mai", 3, 3),
        ("Mai", 0, 0),
    ],
)
def test_a_german_date_begins_with_its_day(text: str, start: int, begins: int) -> None:
    assert ordinal_start(text, start) == begins
