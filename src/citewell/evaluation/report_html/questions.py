"""Describe each question's outcome: the answer, the cited places, the right places and what went wrong."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from citewell.answers.answer import is_rewritten
from citewell.evaluation.report_html.figures import milliseconds, percent
from citewell.evaluation.report_html.highlights import Piece, cut_passage, emphasise, is_covered
from citewell.evaluation.report_html.outcomes import find_outcome
from citewell.text.spans import Span

# The number of passages shown of one question that hold evidence and are not cited. A quote may stand in
# dozens of articles.
MOST_UNCITED = 3
# Enough characters to recognise a passage.
SNIPPET_CHARACTERS = 90

ABSTENTIONS = {
    "no_passage": "No passage is about this",
    "not_answered": "Not in the article",
    "unsupported": "Not fully supported",
    "not_a_question": "Not a question",
    "possibly": "Possibly in the article",
    "language": "English questions only",
    "not_a_task": "Not something that it can do",
}


def anchor(id_: str) -> str:
    """Return the name of a question's place on the page: one word, whatever the id holds.

    >>> anchor("tide 1")
    'q-tide%201'
    """
    return f"q-{quote(id_.encode(errors='surrogatepass'), safe='')}"


@dataclass(frozen=True, slots=True)
class Shown:
    """A passage, or a quote where the passage is not in the report.

    Attributes:
        label: The reason for showing the passage.
        where: Article, characters, rank and probability.
        pieces: The text of the passage.
        near: Whether the marked text only came closest, and is no answer.
    """

    label: str
    where: str
    pieces: list[Piece]
    near: bool = False


class Teller:
    """Turn each record of a report into the values that the page shows."""

    def __init__(self, report: Mapping[str, Any]) -> None:
        """Keep the report's passages, in which the citations are shown."""
        self._passages: Mapping[str, Mapping[str, Any]] = report.get("passages", {})
        self._many = len({passage["document_id"] for passage in self._passages.values()}) > 1

    def tell(self, record: Mapping[str, Any]) -> dict[str, Any]:
        """Return the values that the page shows of one question."""
        prediction = record["prediction"] or {}
        statements = prediction.get("statements", [])
        came = find_outcome(record)
        return {
            "anchor": anchor(record["id"]),
            "record": record,
            "ending": came,
            "understood": record["standalone"] if _differs(record) else "",
            "short": prediction.get("short", "") if _brief(statements) else "",
            "statements": [(emphasise(item), item["citations"], item["dangling"]) for item in statements],
            "text": prediction.get("text", "") if not statements else "",
            "abstention": ABSTENTIONS.get(prediction.get("abstention") or "", prediction.get("abstention")),
            "confidence": percent(prediction["confidence"]) if prediction and record["guess"] else "",
            "guess": record["guess"]["short"] if prediction.get("abstention") and record["guess"] else "",
            "inexact": [item for item in prediction.get("citations", []) if not item["exact"]],
            "passages": self._show_passages(record),
            "uncited": max(len(self._list_uncited(record)) - MOST_UNCITED, 0),
            "evidence": [] if self._evidence_is_shown(record) else record["evidence"],
            "found": [self._tell_found(rank, item) for rank, item in enumerate(record["retrieved"], start=1)],
            "scores": _scores(record["scores"]),
            "time": milliseconds(record["latency_ms"]["total"]) if "total" in record["latency_ms"] else "",
        }

    def _list_named(self, record: Mapping[str, Any]) -> list[str]:
        """Return a question's passages in the report: those found first, then those that hold evidence."""
        names = [item["passage"] for item in record["retrieved"]]
        return [name for name in dict.fromkeys([*names, *record["relevant"]]) if name in self._passages]

    def _list_touched(self, record: Mapping[str, Any], places: Iterable[tuple[str, Span]]) -> list[str]:
        """Return the passages that share a character with a place, in the order of the places."""
        found: dict[str, None] = {}
        for document_id, span in places:
            for name in self._list_named(record):
                passage = self._passages[name]
                if (
                    passage["document_id"] == document_id
                    and span.start < passage["end"]
                    and (passage["start"] < span.end)
                ):
                    found[name] = None
        return list(found)

    def _list_cited(self, record: Mapping[str, Any]) -> list[str]:
        return self._list_touched(record, [_place(item) for item in _exact(record)])

    def _list_uncited(self, record: Mapping[str, Any]) -> list[str]:
        cited = self._list_cited(record)
        return [name for name in self._list_touched(record, _gold(record)) if name not in cited]

    def _show_passages(self, record: Mapping[str, Any]) -> list[Shown]:
        """Return the passages to show: the cited ones, then uncited evidence, or those that came closest."""
        cited = _exact(record)
        names = self._list_cited(record)
        found = [self._passage(name, record, "Cited", cited) for name in names]
        whole = [_extent(self._passages[name]) for name in names]
        for item in cited:
            document_id, span = _place(item)
            if not is_covered(span, [extent for id_, extent in whole if id_ == document_id]):
                where = _where(item["document_title"] if self._many else "", span)
                number = item["number"]
                found.append(Shown("Cited", where, [Piece(item["cited_text"], (number,), (number,))]))
        uncited = self._list_uncited(record)[:MOST_UNCITED]
        found += [self._passage(name, record, "Holds the evidence, not cited", cited) for name in uncited]
        if found or not record["closest"]:
            return found
        sure = {item["passage"]: item["probability"] or 0.0 for item in record["retrieved"]}
        near = self._list_touched(record, [_place(item) for item in record["closest"]])
        closest = sorted(near, key=lambda name: -sure.get(name, 0.0))[:1]
        label = "Closest, not an answer"
        return [replace(self._passage(name, record, label, record["closest"]), near=True) for name in closest]

    def _passage(
        self, name: str, record: Mapping[str, Any], label: str, cited: Sequence[Mapping[str, Any]]
    ) -> Shown:
        passage = self._passages[name]
        id_, extent = _extent(passage)
        numbered = [(item["number"], _place(item)[1]) for item in cited if item["document_id"] == id_]
        gold = [span for document_id, span in _gold(record) if document_id == id_]
        ranks = {item["passage"]: rank for rank, item in enumerate(record["retrieved"], start=1)}
        rank = f"rank {ranks[name]}" if name in ranks else "not found"
        where = _where(passage["document_title"] if self._many else "", extent)
        return Shown(label, f"{where} · {rank}", cut_passage(passage["text"], extent.start, numbered, gold))

    def _evidence_is_shown(self, record: Mapping[str, Any]) -> bool:
        """Whether all evidence of a question is underlined in a passage that is shown."""
        names = [*self._list_cited(record), *self._list_uncited(record)[:MOST_UNCITED]]
        shown = [_extent(self._passages[name]) for name in names]
        gold = _gold(record)
        return bool(gold) and all(
            is_covered(span, [extent for id_, extent in shown if id_ == document_id])
            for document_id, span in gold
        )

    def _tell_found(self, rank: int, item: Mapping[str, Any]) -> dict[str, Any]:
        passage = self._passages.get(item["passage"])
        text = " ".join(passage["text"].split()) if passage else item["passage"]
        brief = text if len(text) <= SNIPPET_CHARACTERS else f"{text[:SNIPPET_CHARACTERS].rstrip()}…"
        title = f"{passage['document_title']}: " if passage and self._many else ""
        probability = item["probability"]
        return {
            "rank": rank,
            "text": title + brief,
            "sure": percent(probability) if probability is not None else "",
            "gold": item["gold"],
        }


def _exact(record: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the citations whose quote is in the article; other citations cannot be marked there."""
    return [item for item in (record["prediction"] or {}).get("citations", []) if item["exact"]]


def _place(citation: Mapping[str, Any]) -> tuple[str, Span]:
    return citation["document_id"], Span(citation["start_char_index"], citation["end_char_index"])


def _gold(record: Mapping[str, Any]) -> list[tuple[str, Span]]:
    return [(item["document_id"], Span(item["start"], item["end"])) for item in record["gold"]]


def _extent(passage: Mapping[str, Any]) -> tuple[str, Span]:
    return passage["document_id"], Span(passage["start"], passage["end"])


def _where(title: str, span: Span) -> str:
    characters = f"characters {span.start:,} to {span.end:,}"
    return f"{title} · {characters}" if title else characters


def _differs(record: Mapping[str, Any]) -> bool:
    return bool(record["standalone"]) and is_rewritten(record["question"], record["standalone"])


def _brief(statements: Sequence[Mapping[str, Any]]) -> bool:
    """Whether the short answer is shorter than the statements."""
    return any(item["short"] for item in statements)


def _scores(scores: Mapping[str, float]) -> list[tuple[str, str]]:
    """Return the scores of a question that a person asks for."""
    wanted = (
        ("f1", "F1", lambda value: f"{value:.2f}"),
        ("contains", "contains", lambda value: "yes" if value else "no"),
        ("citation_precision", "citation precision", percent),
        ("citation_recall", "citation recall", percent),
        ("recall@5", "recall at 5", percent),
    )
    return [(label, form(scores[name])) for name, label, form in wanted if name in scores]
