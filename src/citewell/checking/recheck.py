"""Check saved citations again: does the article still hold those characters there, elsewhere, or no more?"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from citewell.documents.catalogue import find_by_id, find_by_text
from citewell.documents.document import Document
from citewell.text.spans import Span

# Objects inside objects that are searched for citations: a saved conversation has six.
DEEPEST = 40


class Standing(StrEnum):
    """What has become of a citation."""

    HOLDS = "holds"
    MOVED = "moved"
    GONE = "gone"
    NO_ARTICLE = "no_article"


@dataclass(frozen=True, slots=True)
class Rechecked:
    """A saved citation and what has become of it.

    Attributes:
        document_id: Id of the article, as saved.
        quote: The characters, as saved.
        start: Offset of the first, as saved.
        end: Offset one past the last, as saved.
        standing: What has become of them.
        now: Where the article holds them now; None when it does not.
        is_changed: Whether the article's text is another one than when it was cited; None when nothing tells.
    """

    document_id: str
    quote: str
    start: int
    end: int
    standing: Standing
    now: Span | None
    is_changed: bool | None

    def to_dict(self) -> dict[str, object]:
        """Return it as JSON."""
        return {
            "document_id": self.document_id,
            "cited_text": self.quote,
            "start_char_index": self.start,
            "end_char_index": self.end,
            "standing": self.standing.value,
            "now": list(self.now) if self.now else None,
            "article_changed": self.is_changed,
        }


def recheck(record: object, documents: Sequence[Document]) -> list[Rechecked]:
    """Return what has become of each citation of a saved answer, check or conversation, each place once.

    Args:
        record: The saved JSON, parsed. Citations are its objects of type `char_location`, at any depth.
        documents: The articles as they are now.
    """
    hashes = dict(find_hashes(record))
    found = {}
    for id_, start, end, quote in find_citations(record):
        saved = hashes.get(id_, "")
        document = find_by_id(documents, id_) or find_by_text(documents, saved)
        found[id_, start, end, quote] = _recheck(id_, Span(start, end), quote, document, saved)
    return list(found.values())


def _recheck(id_: str, span: Span, quote: str, document: Document | None, saved: str) -> Rechecked:
    if document is None:
        return Rechecked(id_, quote, *span, Standing.NO_ARTICLE, None, None)
    is_changed = document.sha256 != saved if saved else None
    if document.text[span.start : span.end] == quote:
        return Rechecked(id_, quote, *span, Standing.HOLDS, span, is_changed)
    place = nearest_copy(document.text, quote, span.start)
    now = None if place is None else Span(place, place + len(quote))
    return Rechecked(id_, quote, *span, Standing.GONE if now is None else Standing.MOVED, now, is_changed)


def nearest_copy(text: str, quote: str, start: int) -> int | None:
    """Return where a text holds a quote, nearest to where it was; None when it does not.

    >>> nearest_copy("It rose. Later it rose. It rose.", "It rose.", 20)
    24
    """
    if not quote:
        return None
    places, at = [], text.find(quote)
    while at >= 0:
        places.append(at)
        at = text.find(quote, at + 1)
    return min(places, key=lambda place: (abs(place - start), place), default=None)


def find_citations(record: object) -> Iterator[tuple[str, int, int, str]]:
    """Yield the (article's id, start, end, quote) of every citation in a saved record."""
    for item in _objects(record):
        id_, quote = item.get("document_id"), item.get("cited_text")
        start, end = item.get("start_char_index"), item.get("end_char_index")
        if isinstance(id_, str) and isinstance(quote, str) and type(start) is int and type(end) is int:
            yield id_, max(start, 0), max(end, 0), quote


def find_hashes(record: object) -> Iterator[tuple[str, str]]:
    """Yield the id and the SHA-256 of every article that a saved record describes."""
    for item in _objects(record):
        id_, digest = item.get("document_id", item.get("id")), item.get("sha256")
        if isinstance(id_, str) and isinstance(digest, str):
            yield id_, digest


def _objects(record: object, depth: int = 0) -> Iterator[Mapping[str, object]]:
    if depth > DEEPEST:
        return
    if isinstance(record, dict):
        yield record
    children = record.values() if isinstance(record, dict) else record if isinstance(record, list) else ()
    for child in children:
        yield from _objects(child, depth + 1)
