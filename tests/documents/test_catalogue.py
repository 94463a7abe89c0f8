"""An article is found by its id or its text, in a list and in a sequence that knows where each one is."""

from collections.abc import Sequence
from typing import overload

import pytest

from citewell.documents.catalogue import find_by_id, find_by_text, place_of
from citewell.documents.document import Document

ARTICLES = [Document(name, name.title(), f"The {name} rose.") for name in ("tide", "wind", "moon")]


class Known(Sequence[Document]):
    """Articles that are never walked over."""

    def __len__(self) -> int:
        return len(ARTICLES)

    @overload
    def __getitem__(self, place: int) -> Document: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Document]: ...
    def __getitem__(self, place: int | slice) -> Document | Sequence[Document]:
        assert place == 1
        return ARTICLES[place]

    def place_of(self, id: str) -> int | None:
        return {"wind": 1}.get(id)

    def place_of_text(self, sha256: str) -> int | None:
        return {ARTICLES[1].sha256: 1}.get(sha256)


@pytest.mark.parametrize("articles", [ARTICLES, Known()])
def test_an_article_is_found_by_its_id_and_by_its_text(articles: Sequence[Document]) -> None:
    assert place_of(articles, "wind") == 1
    assert find_by_id(articles, "wind") == ARTICLES[1]
    assert find_by_text(articles, ARTICLES[1].sha256) == ARTICLES[1]
    assert find_by_id(articles, "fog") is None
    assert find_by_text(articles, "0" * 64) is None
