"""What the question names must be there: an identifier, a year, an amount, an article's subject."""

from collections.abc import Sequence

import pytest

from citewell.documents.document import Document, document
from citewell.documents.passages import Passage, split
from citewell.documents.structure import TextBuilder
from citewell.reading.named import WEIGHTS, Named, Signs, about_names, find_signs, narrow
from citewell.reading.reader import Reading
from citewell.reading.subjects import Subjects
from citewell.text.identifiers import find_identifiers
from citewell.text.sentences import sentences
from citewell.text.spans import Span
from citewell.text.words import word_spans

LIST = "AB-0078 carried 7 tonnes. It was late. AB-0087 carried 16 tonnes. ab-0079 and AB-0078 were empty."


def whole(text: str, title: str = "The list") -> Passage:
    article = document(text, id="a", title=title)
    return Passage(article, 0, len(article.text), tuple(sentences(article.text)))


def signs(question: str, passage: Passage, sentence: int, subjects: Sequence[Document] = ()) -> set[str]:
    reading = Reading((passage.sentences[sentence],), (), 1.0, 1.0)
    found = find_signs(Named.of(question), passage, reading, Subjects([passage.document, *subjects]))
    return {name for name, count in zip(Signs._fields, found, strict=True) if count}


# Identifiers


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("AB-0078, CVE-2021-3354 and KX5442.", ["ab0078", "cve20213354", "kx5442"]),
        ("V-123/A; lot 2021-4711-Q; AB\N{NON-BREAKING HYPHEN}12", ["v123a", "20214711q", "ab12"]),
        ("Room 12, Town 057", ["room12", "town57"]),
        ("22-mile, 50-year-old, 400m, 10kg, mid-2019, on 3 May 2021, May 3, in 2021, 1,200.5, 3rd", []),
    ],
)
def test_identifiers_are_known_by_their_shape(text: str, names: list[str]) -> None:
    assert [found.name for found in find_identifiers(text)] == names


@pytest.mark.parametrize("code", ["ab-0078", "AB-0078", "Ab-0078", "pqr-0078"])
def test_a_code_may_be_typed_in_small_letters(code: str) -> None:
    assert [found.kind for found in find_identifiers(f"Where is {code}?", typed=True)] == ["a-9"]


def test_a_passage_is_read_where_it_is_about_the_identifier() -> None:
    passage = whole(LIST)
    parts = narrow(Named.of("How many tonnes did AB-0078 carry?"), passage)
    assert [part.text for part in parts] == [
        "AB-0078 carried 7 tonnes. It was late.",
        "ab-0079 and AB-0078 were empty.",
    ]
    assert all(part.document is passage.document for part in parts)
    assert narrow(Named.of("What was late?"), passage) == [passage]
    assert narrow(Named.of("How many tonnes did AB-0099 carry?"), passage) == [passage]


HARBOURS = (
    "Karl Vik runs Moss. He earns 9.\n\nAnn Lie runs Hamar. She earns 6.\n\n"
    "The pier of Hamar is old. It is grey."
)


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        (
            "What is earned in Hamar?",
            ["Ann Lie runs Hamar. She earns 6.", "The pier of Hamar is old. It is grey."],
        ),
        (
            "what does ann lie of hamar earn?",
            ["Ann Lie runs Hamar. She earns 6.", "The pier of Hamar is old. It is grey."],
        ),
        ("How much does Karl Vik earn?", ["Karl Vik runs Moss. He earns 9."]),
        ("How much is earned?", []),
        ("How much is earned in Lund?", []),
    ],
)
def test_a_passage_is_read_again_from_where_it_names_what_is_asked(question: str, parts: list[str]) -> None:
    found = about_names(Named.of(question), whole(HARBOURS))
    assert [part.text for part in found] == parts


def test_a_passage_that_names_it_in_each_sentence_is_not_read_again() -> None:
    assert about_names(Named.of("How old is Hamar?"), whole("Hamar is old. Hamar is grey.")) == []


@pytest.mark.parametrize(
    ("asked", "sentence", "is_fault"),
    [
        ("AB-0078", 0, False),
        ("AB-0078", 1, False),  # the nearest before it
        ("AB-0087", 1, True),
        ("AB-0078", 2, True),
        ("AB-0078", 3, False),
        ("AB-0001", 0, True),
        ("XYZ", 0, False),
    ],
)
def test_another_identifier_in_its_place_is_a_fault(asked: str, sentence: int, is_fault: bool) -> None:  # noqa: FBT001
    found = signs(f"How many tonnes did {asked} carry?", whole(LIST), sentence)
    assert ("identifier" in found) is is_fault


@pytest.mark.parametrize(
    ("asked", "sentence", "text", "is_stated"),
    [
        ("AB-0078", 0, LIST, True),
        ("AB-0087", 2, LIST, True),
        ("AB-0078", 1, LIST, False),  # it is not in the sentence
        ("AB-0078", 3, LIST, False),  # so is another
        ("AB-0087", 0, LIST, False),
        ("COVID-19", 0, "COVID-19 closed the school in 2020.", False),  # nothing there to be taken for it
    ],
)
def test_one_of_several_identifiers_is_stated_by_its_own_sentence(
    asked: str,
    sentence: int,
    text: str,
    is_stated: bool,  # noqa: FBT001
) -> None:
    found = signs(f"How many tonnes did {asked} carry?", whole(text), sentence)
    assert ("stated" in found) is is_stated


def test_what_is_stated_is_surer() -> None:
    assert WEIGHTS["stated"] < 0 < min(weight for name, weight in WEIGHTS.items() if name != "stated")


def test_an_identifier_in_the_title_is_there() -> None:
    passage = whole("It carried 7 tonnes.", title="The voyage of AB-0078")
    assert "identifier" not in signs("How many tonnes did AB-0078 carry?", passage, 0)
    assert "identifier" in signs("How many tonnes did AB-0079 carry?", passage, 0)


# Years and amounts


@pytest.mark.parametrize(
    ("text", "title", "is_fault"),
    [
        ("It was signed in Oslo in 2019.", "The treaty", True),
        ("It was signed in Oslo in 2020.", "The treaty", False),
        ("It was signed in Oslo.", "Report for 2019", True),
        ("It was signed in Oslo.", "Report for 2020", False),
        ("It was signed in Oslo.", "The treaty", False),
        ("It was signed in 2019.", "Report for 2020", True),
        ("It was signed by 1783 people.", "Report for 2020", False),
        ("In 2020 people signed it.", "Report for 2019", False),
    ],
)
def test_another_year_in_its_place_is_a_fault(text: str, title: str, is_fault: bool) -> None:  # noqa: FBT001
    assert ("year" in signs("Where was it signed in 2020?", whole(text, title), 0)) is is_fault


def test_another_number_with_the_unit_is_a_fault() -> None:
    passage = whole("He ran 800 metres. She ran 400 metres.")
    assert "amount" not in signs("Who ran 400 metres?", passage, 1)
    assert "amount" in signs("Who ran 200 metres?", passage, 1)


# Subjects

REPORTS = [
    Document(
        name, f"Report of {name} Harbour", "The harbour earned 14 million crowns. Its director is Karl Vik."
    )
    for name in ("Lund", "Moss")
]


@pytest.mark.parametrize(
    ("question", "fault"),
    [
        ("Who is the director of Lund Harbour?", set()),
        ("who is the director of lund harbour?", set()),
        ("Who is the director of Moss Harbour?", {"subject"}),
        ("who is the director of moss harbour?", {"subject"}),
        ("Who is the director of Bergen Harbour?", {"absent"}),
        ("Do Lund Harbour and Moss Harbour have directors?", set()),
        ("Who is the director?", set()),
    ],
)
def test_the_name_of_another_article_is_a_fault(question: str, fault: set[str]) -> None:
    passage = split(REPORTS[0], word_spans)[0]
    assert signs(question, passage, 1, REPORTS[1:]) == fault


def test_a_word_of_a_name_is_not_the_name_of_another_article() -> None:
    passage = whole("The coating was made at a university.", "A new coating")
    question = "Who made the coating at Penn State?"
    assert "subject" not in signs(question, passage, 0, [Document("s", "The state of the sea", "It rose.")])
    assert "subject" in signs(question, passage, 0, [Document("s", "Penn State wins again", "It rose.")])


def test_the_name_of_another_section_is_a_fault() -> None:
    builder = TextBuilder()
    for name in ("Lund", "Moss"):
        builder.heading(name, 1)
        builder.add("It is led by Karl Vik.")
    article = Document("a", "Harbours", builder.text, marks=builder.marks)
    lund, moss = split(article, word_spans)
    assert signs("Who leads Lund?", lund, 1) == set()
    assert signs("Who leads Lund?", moss, 1) == {"subject"}


def test_a_name_in_another_form_is_there() -> None:
    passage = whole("Norwegian boats sank.", "Boats")
    assert "absent" not in signs("How many boats of Norway sank?", passage, 0)
    assert Span(0, 21) in passage.sentences
