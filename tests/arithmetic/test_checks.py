"""What a statement reckons from the text that it cites."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citewell.arithmetic.checks import find_wrong_comparison, is_calculable
from citewell.arithmetic.figures import find_figures, find_lists
from citewell.checking.claim_checks import find_broken_rule
from citewell.text.numbers import find_numbers
from shipped import ARRESTS, HELPED


@pytest.mark.parametrize(
    ("number", "statement", "follows"),
    [
        ("6", "People were arrested in six countries.", True),
        ("9", "Nine countries took part.", True),
        ("179", "179 were arrested.", True),
        ("180", "180 were arrested.", False),
        ("58", "58 were arrested outside the United States.", True),
        ("58", "In all, 58 were arrested.", False),
        ("45", "The German and Austrian arrests are 45.", True),
        ("34", "Germany arrested 34 more than the Netherlands.", True),
        ("179", "The German and Austrian arrests add up to 179.", False),
        ("79", "79 were arrested.", False),
    ],
)
def test_totals_differences_and_counts(number: str, statement: str, follows: bool) -> None:  # noqa: FBT001
    assert is_calculable(number, statement, f"{ARRESTS} {HELPED}") is follows


@given(st.lists(st.integers(1, 500), min_size=2, max_size=8))
def test_every_total_and_difference_follows(values: list[int]) -> None:
    places = [f"{chr(65 + place)}town" for place in range(len(values))]
    text = "Lost in " + ", ".join(f"{name} ({value})" for name, value in zip(places, values, strict=True))
    assert [int(figure.value) for figure in find_figures(text)] == values
    assert is_calculable(str(sum(values)), "All that was lost.", text)
    assert is_calculable(str(abs(values[0] - values[1])), "Atown lost more than Btown.", text)
    assert is_calculable(str(sum(values) - values[0]), "Lost without Atown.", text)
    assert not is_calculable(str(sum(values) + 10_000), "All that was lost.", text)


@pytest.mark.parametrize(
    ("statement", "wrong"),
    [
        ("The United States made the most arrests.", ""),
        ("Germany made the most arrests.", "of the cited figures the greatest is that of United States"),
        ("Sweden had the fewest arrests.", ""),
        ("Austria had the fewest arrests.", "of the cited figures the least is that of Sweden"),
        ("Germany had the second most arrests.", ""),
        (
            "Austria had the second most arrests.",
            "of the cited figures the second greatest is that of Germany",
        ),
        ("Germany made more arrests than Austria.", ""),
        ("Austria made more arrests than Germany.", "the cited figures are Austria 3, Germany 42"),
        ("Austria made fewer arrests than Germany.", ""),
        ("Germany made 42 arrests.", None),
        ("Nobody knows the most of it.", None),
    ],
)
def test_comparisons_are_recomputed(statement: str, wrong: str | None) -> None:
    assert find_wrong_comparison(statement, ARRESTS) == wrong


def test_a_text_that_says_which_is_most_is_taken_at_its_word() -> None:
    assert (
        find_wrong_comparison(
            "Kiel (3) has the most boats.", "Kiel (3) has the most boats, more than Emden (7)."
        )
        is None
    )


@given(st.text(max_size=300), st.text(max_size=300))
def test_any_text_is_read_without_a_fault(statement: str, text: str) -> None:
    (
        find_numbers(text),
        find_lists(text),
        find_figures(text),
        is_calculable("3", statement, text),
    )
    find_wrong_comparison(statement, text)


@given(st.integers(2, 99))
def test_number_words_are_numbers(value: int) -> None:
    units = ["", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
    teens = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
    tens = "twenty thirty forty fifty sixty seventy eighty ninety".split()
    if value < 20:
        word = [*units, *teens][value]
    else:
        word = tens[value // 10 - 2] + (f"-{units[value % 10]}" if value % 10 else "")
    assert find_numbers(f"They took {word} boats.") == {str(value)}


@pytest.mark.parametrize(
    ("statement", "broken"),
    [
        ("The German and Austrian arrests add up to 45.", ""),
        ("Germany had the second-highest arrest count.", ""),
        ("Without the United States, 58 arrests were made.", ""),
        ("Six people were hospitalised.", "its citation does not say hospitalis"),
        ("Germany convicted the second most people.", "its citation does not say convict"),
        ("Nine countries made arrests.", "its citation does not say arrest"),
        ("They said that “crime pays”.", "its citation does not have the words “crime pays”"),
        ("Germany did not have the second-highest arrest count.", "it denies what follows from its citation"),
        ("There were 6 arrests in 6 countries.", "its citation has no 6"),
    ],
)
def test_what_is_reckoned_may_say_nothing_else(statement: str, broken: str) -> None:
    assert find_broken_rule(statement, f"{HELPED} {ARRESTS}")[0] == broken
