"""Questions in German and Spanish: their texts hold what they ask for, and English ones refuse them."""

from pathlib import Path

import pytest

from citewell.assistant import Assistant
from citewell.documents.document import document
from citewell.documents.loading import load
from citewell.evaluation import questions

DATA = Path(__file__).parents[1] / "data" / "other_languages"


@pytest.mark.parametrize("name", ["german", "spanish"])
def test_each_question_has_its_evidence_in_its_article(name: str) -> None:
    texts = [article.text for article in load([DATA / name / "articles.jsonl"]).documents]
    asked = questions.read(DATA / name / "questions.jsonl").questions
    assert (len(asked), sum(question.answerable for question in asked)) == (20, 16)
    for question in asked:
        assert question.split == "test"
        assert all(any(part in text for text in texts) for part in question.evidence)
        assert all(any(said in part for part in question.evidence) for said in question.answers)


def test_a_german_question_is_refused_of_english_articles_and_read_of_german_ones() -> None:
    german = load([DATA / "german" / "articles.jsonl"]).documents
    english = document("The tide rose to 3.2 metres at Kiel on Monday. Nobody was hurt.", id="tide")
    # The shipped reader knows English; the other one has no language.
    of_german = Assistant.from_documents(german, encoder="hashing")
    of_english = Assistant.from_documents([english], encoder="hashing")
    for question in ("Wer warnte vor kürzerer Aufmerksamkeit?", "Wie lang ist die neue Brücke?"):
        assert of_german.ask(question).abstention != "language"
        assert of_english.ask(question).abstention == "language"
