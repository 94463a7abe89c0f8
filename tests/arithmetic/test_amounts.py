"""How much a text says."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citewell.arithmetic.amounts import find_amounts


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("US$400 million", 400_000_000, "$"),
        ("£31.01", Decimal("31.01"), "£"),
        ("€10,000", 10_000, "€"),
        ("1.4m copies", 1_400_000, ""),
        ("a million dollars", 1_000_000, "$"),
        ("twenty-one boats", 21, ""),
        ("15 per cent", 15, "%"),
        ("five hours", 5, "hour"),
        ("6.05 hectares", Decimal("6.05"), "hectare"),
    ],
)
def test_an_amount_is_its_number_at_its_scale_with_its_unit(
    text: str, value: Decimal | int, unit: str
) -> None:
    (amount,) = find_amounts(text)
    assert (amount.value, amount.unit) == (value, unit)
    assert amount.is_exact


@pytest.mark.parametrize("text", ["a 10-minute walk", "version 1.2.3", "the m4 road", "nobody", "one-off"])
def test_what_is_no_amount_is_none(text: str) -> None:
    assert find_amounts(text) == []


@pytest.mark.parametrize(
    ("text", "exceeds"),
    [
        ("12 or 7", True),
        ("7 or 12", False),
        ("over 850,000, not a million", None),
        ("up to 800, not 700", None),
        ("over 850,000, not 2 million", False),
        ("about 100, not 101", None),
        ("nearly 30, not 13", True),
    ],
)
def test_what_a_hedge_leaves_open_is_not_compared(text: str, exceeds: bool | None) -> None:  # noqa: FBT001
    first, second = find_amounts(text)
    assert first.exceeds(second) is exceeds


@given(st.integers(0, 10**13), st.integers(0, 10**13))
def test_amounts_add_up_and_differ_as_numbers_do(first: int, second: int) -> None:
    one, other = find_amounts(f"${first:,} / ${second:,}")
    assert (one + other).value == first + second
    assert (one - other).value == first - second
    assert one.exceeds(other) is (first > second)


@given(st.decimals(0, 10**12, places=2, allow_nan=False))
def test_an_amount_in_words_is_the_amount_again(value: Decimal) -> None:
    (amount,) = find_amounts(f"${value:,f}")
    (again,) = find_amounts(str(amount))
    assert (again.value, again.unit) == (amount.value, amount.unit)


@given(st.text(max_size=300))
def test_any_text_is_read_without_a_fault(text: str) -> None:
    assert all(text[amount.start : amount.end] for amount in find_amounts(text))
