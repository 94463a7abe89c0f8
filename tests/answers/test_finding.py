"""Every sentence that states a thing: each where it stands, counted, and the same in every format."""

import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from citewell.answers.finding import COLUMNS, Finding, Findings, Sought, list_sentences
from citewell.assistant import Assistant
from citewell.checking.citations import cite
from citewell.documents.document import document
from citewell.documents.passages import split
from citewell.errors import LoadError, QuestionError
from citewell.index.encoders import hashing
from citewell.settings import settings
from citewell.text.spans import Span
from schemas import breaches

ARRESTED = "Anna Berg was arrested in Kiel on Monday."
ARTICLES = [
    document(
        f"🚢 The harbour reopened. {ARRESTED} Ferries ran again.",
        id="one",
        title="Kiel",
        published="2019-10-12",
    ),
    document(
        f"{ARRESTED}\n\nThe weather was fine, and the harbour quiet.",
        id="two",
        title="Kiel",
        published="2019-10-13",
    ),
    document("A museum in Oslo bought three paintings. Nobody said for how much.", id="three"),
]


@pytest.fixture(scope="module")
def finder() -> Assistant:
    """The shipped reader, with the encoder that needs no weights."""
    chosen = settings(encoder="hashing")
    return Assistant.from_documents(ARTICLES, settings=chosen, encoder=hashing.create())


@pytest.mark.parametrize("text", ["Anna Berg was arrested.", "Who was arrested in Kiel?"])
def test_the_same_sentence_in_two_articles_is_found_in_each(finder: Assistant, text: str) -> None:
    found = finder.find(text)

    assert sorted((item.citation.document_id, item.citation.quote) for item in found.found) == [
        ("one", ARRESTED),
        ("two", ARRESTED),
    ]
    # To answer a question, a sentence is read with its article's title in front.
    assert found.found[0].probability == pytest.approx(found.found[1].probability, abs=0.02)
    for item in found.found:
        text_of = ARTICLES[item.citation.document_index].text
        assert text_of[item.citation.start : item.citation.end] == item.citation.quote
    assert found.by_date == [("2019-10-12", 1), ("2019-10-13", 1)]
    assert sorted((first.document_id, n) for first, n in found.by_article) == [("one", 1), ("two", 1)]


def test_every_sentence_that_names_it_is_found_for_who_mentioned_it(finder: Assistant) -> None:
    for text in ("Who mentioned the harbour?", "Where is the harbour mentioned?"):
        found = finder.find(text)
        assert found.sought is Sought.MENTION
        quotes = [item.citation.quote for item in found.found]
        assert quotes == ["🚢 The harbour reopened.", "The weather was fine, and the harbour quiet."]
    assert finder.find("Who mentioned Berg Anna?").found == ()
    inside = finder.find("Who mentioned Anna Berg?", where="published>2019-10-12").found
    assert [item.citation.document_id for item in inside] == ["two"]


def test_a_statement_and_a_question_are_told_apart(finder: Assistant) -> None:
    assert finder.find("Anna Berg was arrested").sought is Sought.STATEMENT
    assert finder.find("Who was arrested").sought is Sought.QUESTION


def test_what_no_article_states_is_not_found(finder: Assistant) -> None:
    assert finder.find("The president of France was arrested.").found == ()
    assert finder.find("Anna Berg was not arrested.").found == ()


def test_what_is_left_out_is_counted(finder: Assistant) -> None:
    cut = finder.find("Anna Berg was arrested.", most=1)

    assert (len(cut.found), cut.left_out) == (1, 1)
    assert cut.found == finder.find("Anna Berg was arrested.").found[:1]


def test_only_the_chosen_articles_are_searched(finder: Assistant) -> None:
    found = finder.find("Anna Berg was arrested.", only=["two"]).found

    assert {item.citation.document_id for item in found} == {"two"}
    with pytest.raises(LoadError, match="no article has the id 'four'"):
        finder.find("Anna Berg was arrested.", only=["four"])


@pytest.mark.parametrize("text", ["", "  ", "?", "Who?"])
def test_nothing_to_find_is_one_clear_error(finder: Assistant, text: str) -> None:
    with pytest.raises(QuestionError, match="give a statement or a question"):
        finder.find(text)


def test_every_sentence_of_a_passage_is_read_alone() -> None:
    passages = split(ARTICLES[0], hashing.create().token_spans)
    listed = list_sentences(passages)

    assert [item.text for item in listed] == ["🚢 The harbour reopened.", ARRESTED, "Ferries ran again."]
    assert all(item.sentences == (Span(item.start, item.end),) for item in listed)


@hypothesis_settings(deadline=None)
@given(
    st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from('\n",;=🚢'), min_size=3),
    st.data(),
)
def test_csv_and_json_give_back_every_quote_and_its_place(text: str, data: st.DataObject) -> None:
    article = document(f"{text} x", id="a", title=f'"{text}', published="2020-01-01")
    start = data.draw(st.integers(0, len(article.text) - 1))
    span = Span(start, data.draw(st.integers(start + 1, len(article.text))))
    findings = Findings(
        text, Sought.STATEMENT, (Finding(cite(article, 0, span, 1), article.published, 0.75),), 1
    )

    header, row = csv.reader(io.StringIO(findings.to_csv(), newline=""))
    made = json.loads(findings.to_json())
    assert tuple(header) == COLUMNS
    for found in (dict(zip(header, row, strict=True)), made["found"][0]):
        assert (
            found["cited_text"] == article.text[int(found["start_char_index"]) : int(found["end_char_index"])]
        )
        assert (found["document_title"], float(found["probability"])) == (article.title, 0.75)
    assert (made["count"], made["articles"][0]["count"], made["dates"][0]["count"]) == (1, 1, 1)


@pytest.mark.parametrize("text", ["Anna Berg was arrested.", "Who was arrested in Kiel?", "A comet fell."])
def test_findings_keep_to_the_published_schema_and_to_no_more(finder: Assistant, text: str) -> None:
    told = finder.find(text).to_dict()
    schema = Findings.json_schema()
    assert list(Draft202012Validator(schema).iter_errors(json.loads(json.dumps(told)))) == []
    citation = {"$ref": "#/$defs/citation", "$defs": schema["$defs"]}
    found = json.loads(json.dumps(told["found"]))
    assert [0 <= item.pop("probability") <= 1 for item in found] == [True] * told["count"]  # type: ignore[operator]
    assert [breach for item in found for breach in breaches(citation, item)] == []
    assert breaches(schema, {**told, "found": []}) == []
    assert not Draft202012Validator(schema).is_valid({**told, "sought": "rumours"})
