"""What holds of every answer of the extractive writer, whatever was asked of whatever article."""

import json

from citewell.answers.answer import Answer
from citewell.answers.writer import RECKONER
from citewell.index.collection import Collection


def check_citations(answer: Answer, collection: Collection) -> None:
    """Check that each citation is the characters of its article that it says it is; so with any writer."""
    articles = {document.id: document for document in collection.documents}
    for number, citation in enumerate(answer.citations, start=1):
        assert citation.number == number
    for citation in (*answer.citations, *answer.closest):
        text = articles[citation.document_id].text
        assert 0 <= citation.start < citation.end <= len(text)
        assert text[citation.start : citation.end] == citation.quote
        assert citation.document_title == articles[citation.document_id].title


def check(answer: Answer, collection: Collection) -> None:
    """Check that an answer says nothing but what its articles say, or what is reckoned from it, cited."""
    check_citations(answer, collection)
    for statement in answer.statements:
        assert statement.citations
        if statement.is_reckoned:
            assert answer.trace.writer == RECKONER
        else:
            assert statement.text in {citation.quote for citation in statement.citations}
    if answer.abstention:
        assert not answer.statements
        assert answer.message
        assert not answer.short
    else:
        assert answer.statements
        marked = [item.text[span.start : span.end] for item in answer.statements for span in item.short]
        assert answer.short == (
            ", ".join(dict.fromkeys(marked)) or " ".join(s.text for s in answer.statements)
        )
    assert 0 <= answer.confidence <= 1
    assert json.loads(json.dumps(answer.to_dict(), allow_nan=False))
