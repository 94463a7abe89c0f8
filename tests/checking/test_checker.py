"""Whole texts are checked against articles: outcomes, exact offsets, citations."""

import pytest

from citewell.assistant import Assistant
from citewell.checking.check import Check, CheckedClaim, Outcome
from citewell.documents.document import document
from citewell.errors import QuestionError
from citewell.index.protocols import Encoder
from citewell.settings import Settings
from schemas import breaches

ARTICLE = """The trial of Ann Lee

On Tuesday a federal jury in Kiel convicted Ann Lee of trying to extort the Nord Company. Lee pleaded not
guilty to the charges. She could face up to 42 years in prison. Prosecutors said that Lee was in debt.

Judge Ray called it "a sad day for the law". The tribe has plans to widen the park to 600 acres. The herd
was moved more than 500 miles (800 km) to Kiel."""
OTHER = """A verdict

Ann Lee could face up to 24 years in prison."""


@pytest.fixture(scope="module")
def assistant(encoder: Encoder) -> Assistant:
    return Assistant.from_documents([document(ARTICLE, id="trial")], encoder=encoder)


def check_one(assistant: Assistant, text: str) -> CheckedClaim:
    (claim,) = assistant.check(text).claims
    return claim


def assert_exact(check: Check, assistant: Assistant) -> None:
    for claim in check.claims:
        assert check.text[claim.start : claim.end] == claim.text
        for span in claim.differing:
            assert claim.start <= span.start < span.end <= claim.end
        for citation in (*claim.citations, *claim.closest):
            article = assistant.collection.documents[citation.document_index]
            assert article.text[citation.start : citation.end] == citation.quote
        for number, span in claim.original:
            (citation,) = (item for item in claim.citations if item.number == number)
            assert citation.start <= span.start < span.end <= citation.end


@pytest.mark.parametrize(
    ("text", "outcome", "quote"),
    [
        ("A jury in Kiel convicted Ann Lee of trying to extort a company.", Outcome.SUPPORTED, "convicted"),
        ("She could face up to 24 years in prison.", Outcome.CONTRADICTED, "up to 42"),
        ("Judge Ray called it “a sad day for the law”.", Outcome.SUPPORTED, "sad day"),
        ("Judge Ray called it “a great day for the law”.", Outcome.CONTRADICTED, "sad day"),
        ("Ann Lee called it “a sad day for the law”.", Outcome.CONTRADICTED, "sad day"),
        ("The tribe has widened the park to 600 acres.", Outcome.PARTLY, "plans to widen"),
        ("The herd was moved more than 500 kilometres to Kiel.", Outcome.CONTRADICTED, "500 miles"),
        ("The museum of Oslo opened a new wing for glass.", Outcome.NOT_FOUND, ""),
        ("Was she guilty?", Outcome.NOTHING_TO_CHECK, ""),
    ],
)
def test_a_claim_has_its_outcome_and_the_sentence_that_says_so(
    assistant: Assistant, text: str, outcome: Outcome, quote: str
) -> None:
    check = assistant.check(text)

    assert_exact(check, assistant)
    (claim,) = check.claims
    assert claim.outcome is outcome
    assert 0 <= claim.probability <= 1
    assert not quote or quote in claim.citations[0].quote
    assert check.is_doubtful is (outcome not in (Outcome.SUPPORTED, Outcome.NOTHING_TO_CHECK))


def test_the_differing_words_are_marked_on_both_sides(assistant: Assistant) -> None:
    text = "Judge Ray called it “a great day for the law”."
    claim = check_one(assistant, text)

    assert [text[start:end] for start, end in claim.differing] == ["great"]
    assert [assistant.collection.documents[0].text[start:end] for _, (start, end) in claim.original] == [
        "sad"
    ]


@pytest.mark.parametrize(
    ("text", "outcome", "said", "has"),
    [
        ("A jury acquitted Ann Lee.", Outcome.CONTRADICTED, "acquitted", "convicted"),
        ("The court opened on Monday.", Outcome.SUPPORTED, "", ""),
        ("The court opened on Wednesday.", Outcome.CONTRADICTED, "Wednesday", "yesterday"),
    ],
)
def test_opposites_and_the_day_that_yesterday_was_decide(
    assistant: Assistant, text: str, outcome: Outcome, said: str, has: str
) -> None:
    dated = document(f"{ARTICLE}\n\nThe court opened yesterday.", id="trial", published="2019-10-15")
    both = assistant.beside([dated])
    check = both.check(text)

    assert_exact(check, both)
    (claim,) = check.claims
    assert claim.outcome is outcome
    assert [text[start:end] for start, end in claim.differing] == ([said] if said else [])
    assert [dated.text[start:end] for _, (start, end) in claim.original] == ([has] if has else [])


def test_articles_that_disagree_are_both_cited(assistant: Assistant) -> None:
    both = assistant.beside([document(ARTICLE, id="trial"), document(OTHER, id="verdict")])
    check = both.check("She could face up to 42 years in prison.")

    assert_exact(check, both)
    (claim,) = check.claims
    assert claim.outcome is Outcome.DISPUTED
    assert {citation.document_id for citation in claim.citations} == {"trial", "verdict"}
    alone = both.check("She could face up to 42 years in prison.", only=["trial"])
    assert alone.claims[0].outcome is Outcome.SUPPORTED


def test_the_same_text_is_checked_the_same_and_a_stream_gives_the_same_claims(assistant: Assistant) -> None:
    text = f"{ARTICLE} I think so. Nobody knows whether she paid, and the herd is fine."
    check = assistant.check(text)

    assert_exact(check, assistant)
    assert check == assistant.check(text)
    assert tuple(assistant.stream_check(text)) == check.claims
    assert check.to_dict()["summary"] == check.summary
    assert [item.sha256 for item in check.articles] == [assistant.collection.documents[0].sha256]


def test_sentences_copied_from_the_article_are_supported(assistant: Assistant) -> None:
    check = assistant.check("Lee pleaded not guilty to the charges. She could face up to 42 years in prison.")

    assert [claim.outcome for claim in check.claims] == [Outcome.SUPPORTED, Outcome.SUPPORTED]
    assert check.summary == "2 of 2 claims supported"


@pytest.mark.parametrize("text", ["", " \n", "?", "“”", "\ud800 rose by 3.", "1" * 500])
def test_any_text_has_a_check(assistant: Assistant, text: str) -> None:
    assert_exact(assistant.check(text), assistant)


def test_a_text_that_is_too_long_is_refused(encoder: Encoder) -> None:
    short = Assistant.from_documents(
        [document(ARTICLE, id="trial")], encoder=encoder, settings=Settings(max_check_characters=20)
    )
    with pytest.raises(QuestionError, match="21 characters; at most 20"):
        short.check("x" * 21)


def test_a_check_keeps_to_the_published_schema_and_to_no_more(assistant: Assistant) -> None:
    check = assistant.check(
        "She could face up to 24 years in prison. Judge Ray called it “a great day for the law”. Was she"
        " guilty? A museum of Oslo opened a new wing for glass in May."
    )
    assert breaches(Check.json_schema(), check.to_dict()) == []
    assert {claim.outcome for claim in check.claims} >= {Outcome.CONTRADICTED, Outcome.NOTHING_TO_CHECK}
    assert any(claim.quoted for claim in check.claims)
    assert breaches(Check.json_schema(), {**check.to_dict(), "claims": [{"outcome": "rumour"}]})
    assert set(Check.json_schema()["properties"]["counts"]["required"]) == set(Outcome)
