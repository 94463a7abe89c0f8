"""What a statement reckons from the text that it cites."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citewell.proving import rule_broken
from citewell.reckoning import facts, figures, left_out, lists, misjudged, numbers, reckoned

ARRESTS = (
    "The arrests were carried out in the United States (121), Germany (42), the Netherlands (8), "
    "United Kingdom (4), Austria (3), and Sweden (1)."
)
HELPED = (
    "It was the result of a collaborative effort between the authorities of Austria, Cyprus, Germany, the "
    "Netherlands, Sweden, Australia, Canada, the United Kingdom and the United States."
)


@pytest.mark.parametrize(
    ("number", "statement", "follows"),
    [
        ("6", "People were arrested in six countries.", True),
        ("9", "Nine countries took part.", True),
        ("179", "179 were arrested.", True),
        ("180", "180 were arrested.", False),
        ("58", "58 were arrested outside the United States.", True),
        ("58", "In all, 58 were arrested.", False),
        ("50", "The German and Dutch arrests are 50.", True),
        ("34", "Germany arrested 34 more than the Netherlands.", True),
        ("179", "The German and Dutch arrests add up to 179.", False),
        ("79", "79 were arrested.", False),
    ],
)
def test_totals_differences_and_counts(number: str, statement: str, follows: bool) -> None:  # noqa: FBT001
    assert reckoned(number, statement, f"{ARRESTS} {HELPED}") is follows


@given(st.lists(st.integers(1, 500), min_size=2, max_size=8))
def test_every_total_and_difference_follows(values: list[int]) -> None:
    places = [f"{chr(65 + place)}town" for place in range(len(values))]
    text = "Lost in " + ", ".join(f"{name} ({value})" for name, value in zip(places, values, strict=True))
    assert [int(figure.value) for figure in figures(text)] == values
    assert reckoned(str(sum(values)), "All that was lost.", text)
    assert reckoned(str(abs(values[0] - values[1])), "Atown lost more than Btown.", text)
    assert reckoned(str(sum(values) - values[0]), "Lost without Atown.", text)
    assert not reckoned(str(sum(values) + 10_000), "All that was lost.", text)


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
    assert misjudged(statement, ARRESTS) == wrong


def test_a_text_that_says_which_is_most_is_taken_at_its_word() -> None:
    assert (
        misjudged("Kiel (3) has the most boats.", "Kiel (3) has the most boats, more than Emden (7).") is None
    )


@pytest.mark.parametrize(
    ("statement", "follows"),
    [
        ("Cyprus, Australia and Canada made no arrests.", True),
        ("Cyprus and Canada made no arrests.", True),
        ("Only Cyprus and Canada made no arrests.", False),
        ("Cyprus, Australia and Canada did not collaborate.", False),
        ("Cyprus, Germany, Australia and Canada made no arrests.", False),
        ("Nobody was there.", False),
    ],
)
def test_who_is_left_out(statement: str, follows: bool) -> None:  # noqa: FBT001
    assert left_out(statement, f"{HELPED} {ARRESTS}") is follows


@given(st.text(max_size=300), st.text(max_size=300))
def test_any_text_is_read_without_a_fault(statement: str, text: str) -> None:
    numbers(text), lists(text), figures(text), reckoned("3", statement, text), left_out(statement, text)
    misjudged(statement, text)


@given(st.integers(2, 99))
def test_number_words_are_numbers(value: int) -> None:
    units = ["", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
    teens = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
    tens = "twenty thirty forty fifty sixty seventy eighty ninety".split()
    if value < 20:
        word = [*units, *teens][value]
    else:
        word = tens[value // 10 - 2] + (f"-{units[value % 10]}" if value % 10 else "")
    assert numbers(f"They took {word} boats.") == {str(value)}


@pytest.mark.parametrize(
    ("question", "reckons"),
    [
        ("Which country made the most arrests?", ["United States has the most."]),
        ("Which country made the second-most arrests?", ["Germany has the second most."]),
        ("Where were the fewest arrested?", ["Sweden has the fewest."]),
        ("What do the German and Dutch arrests add up to?", ["Germany and Netherlands together have 50."]),
        ("By how many did German arrests exceed Dutch ones?", ["Germany has 34 more than Netherlands."]),
        ("Leaving the US out, how many arrests were there?", ["Without United States the total is 58."]),
        (
            "Which countries are not in the arrest figures?",
            ["Cyprus, Australia, Canada are not in the list of “the arrests were carried out in”."],
        ),
        ("Who spoke of the most important market?", []),
        ("How many kilograms were seized?", []),
    ],
)
def test_what_a_question_asks_for_is_reckoned(question: str, reckons: list[str]) -> None:
    assert [fact.text for fact in facts(question, f"{HELPED} {ARRESTS}")] == reckons


@pytest.mark.parametrize(
    ("statement", "broken"),
    [
        ("The German and Dutch arrests add up to 50.", ""),
        ("Germany had the second-highest arrest count.", ""),
        ("Without the United States, 58 arrests were made.", ""),
        ("Cyprus, Australia and Canada are not in the list of “the arrests were carried out in”.", ""),
        ("Six people were hospitalised.", "its citation does not say hospitalis"),
        ("Germany convicted the second most people.", "its citation does not say convict"),
        ("Nine countries made arrests.", "its citation does not say arrest"),
        ("They said that “crime pays”.", "its citation does not have the words “crime pays”"),
        ("It is 42%.", "its citation has no 42 %"),
    ],
)
def test_what_is_reckoned_may_say_nothing_else(statement: str, broken: str) -> None:
    assert rule_broken(statement, f"{HELPED} {ARRESTS}")[0] == broken
