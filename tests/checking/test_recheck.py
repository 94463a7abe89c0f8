"""A saved citation is held against the article as it is now."""

import json

from citewell.checking.recheck import Standing, recheck
from citewell.documents.document import Document, document

TEXT = "The tide rose. Two boats sank. The tide rose."


def saved(article: Document, quote: str, start: int) -> object:
    citation = {
        "type": "char_location",
        "document_id": article.id,
        "cited_text": quote,
        "start_char_index": start,
        "end_char_index": start + len(quote),
    }
    record = {
        "claims": [{"citations": [citation]}],
        "articles": [{"document_id": article.id, "sha256": article.sha256}],
    }
    return json.loads(json.dumps(record))


def test_a_quote_stands_moves_or_goes() -> None:
    was = document(TEXT, id="tide")
    record = saved(was, "Two boats sank.", 15)

    (same,) = recheck(record, [was])
    (moved,) = recheck(record, [document(f"Late news. {TEXT}", id="tide")])
    (gone,) = recheck(record, [document("The tide rose. Three boats sank.", id="tide")])
    (lost,) = recheck(record, [document("Another article.", id="other")])

    assert (same.standing, same.is_changed) == (Standing.HOLDS, False)
    assert (moved.standing, moved.now, moved.is_changed) == (Standing.MOVED, (26, 41), True)
    assert (gone.standing, gone.now) == (Standing.GONE, None)
    assert lost.standing is Standing.NO_ARTICLE


def test_a_renamed_article_is_known_by_its_hash() -> None:
    was = document(TEXT, id="tide")

    (found,) = recheck(saved(was, "Two boats sank.", 15), [document(TEXT, id="moved/tide")])

    assert found.standing is Standing.HOLDS


def test_the_nearest_copy_counts_and_an_empty_or_odd_record_gives_nothing() -> None:
    was = document(TEXT, id="tide")
    (found,) = recheck(saved(was, "The tide rose.", 29), [was])

    assert found.now == (31, 45)
    nested: object = []
    for _ in range(5000):
        nested = [nested]
    for record in (
        nested,
        None,
        {"document_id": 3},
        [{"document_id": "x", "cited_text": "y", "start_char_index": True}],
    ):
        assert recheck(record, [was]) == []
