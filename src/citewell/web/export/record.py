"""Check a conversation for export, and put it into the words that all formats share."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from citewell.answers.answer import Abstention, Answer
from citewell.checking.citations import Citation, Statement
from citewell.documents.catalogue import place_of
from citewell.documents.document import Document
from citewell.text.markup import STEERING
from citewell.text.normalisation import normalise
from citewell.text.relative_dates import ResolvedDate
from citewell.web.conversation_html import REASONS, wording_key
from citewell.web.translations import ENGLISH

# Version of the JSON; it grows when a key is removed or changes its meaning.
VERSION = 1

CITED = "Citations"
CLOSEST = ENGLISH("closest")
OFFSETS = "Offsets [start, end) count Unicode code points of the text that has the SHA-256 given here."


@dataclass(frozen=True, slots=True)
class KeptConversation:
    """A checked conversation to export: every quote stands in its article at the citation's offsets.

    Attributes:
        answers: The conversation, oldest first.
        documents: The articles that the conversation cites, in the order of the collection; a single article
            is kept even when it is not cited.
        asked: How many articles were asked.
        exported: Time of the export, in whole seconds with the offset from UTC.
    """

    answers: tuple[Answer, ...]
    documents: tuple[Document, ...]
    asked: int
    exported: str

    @property
    def title(self) -> str:
        """The title of the conversation."""
        if self.asked == 1:
            return f"Questions about “{self.documents[0].title}”"
        return f"Questions about {self.asked} articles"

    @property
    def scope(self) -> str:
        """How many articles were asked, in words; "" when the list of articles shows it."""
        if self.asked == len(self.documents):
            return ""
        return f"{self.asked} articles were asked, {len(self.documents)} of them quoted here."

    def place(self, citation: Citation) -> int:
        """Return the number, from 1, of a citation's article in the list of articles."""
        return next(
            number for number, item in enumerate(self.documents, start=1) if item.id == citation.document_id
        )


def keep(answers: Sequence[Answer], documents: Sequence[Document], exported: datetime) -> KeptConversation:
    """Check a conversation and return it for export.

    Args:
        answers: The conversation, oldest first.
        documents: The articles that were asked: `Collection.documents`, or those that `only` named.
        exported: Time of the export, with a time zone.

    Raises:
        ValueError: The time has no zone, or a citation does not match the articles.
    """
    if exported.tzinfo is None:
        message = f"{exported} has no time zone; give one, as datetime.now(UTC) does"
        raise ValueError(message)
    pointed = {}
    for citation in (item for answer in answers for item in (*answer.citations, *answer.closest)):
        place = place_of(documents, citation.document_id)
        article = None if place is None else documents[place]
        if place is None or article is None or article.text[citation.start : citation.end] != citation.quote:
            where = f"{citation.document_id!r} [{citation.start}, {citation.end})"
            message = f"a citation of {where} is not what stands there; give the articles that were asked"
            raise ValueError(message)
        pointed[place] = article
    listed = tuple(documents) if len(documents) == 1 else tuple(pointed[place] for place in sorted(pointed))
    return KeptConversation(tuple(answers), listed, len(documents), exported.isoformat(timespec="seconds"))


@dataclass(frozen=True, slots=True)
class WordedAnswer:
    """An answer in the words of every format.

    Attributes:
        question: As asked.
        understood: The resolved question; "" when it equals the question as asked.
        short: The short answer; "" when there are only statements.
        statements: The statements, each with its proof; empty when abstaining.
        reason: Why there is no answer, in a few words; "" with an answer or without a question.
        message: Text in place of an answer or beside one; may be "".
        sure: The confidence, in words and a figure; "" when nothing was weighed.
        passages: The citations, or the closest passages when abstaining.
        label: Label of the passages.
    """

    question: str
    understood: str
    short: str
    statements: tuple[Statement, ...]
    reason: str
    message: str
    sure: str
    passages: tuple[Citation, ...]
    label: str


def word_answer(answer: Answer) -> WordedAnswer:
    """Put an answer into words."""
    is_brief = any(statement.short for statement in answer.statements)
    asked = " ".join(normalise(answer.question).split())
    return WordedAnswer(
        question=answer.question if asked else "(nothing)",
        understood=answer.standalone if answer.is_rewritten else "",
        short=answer.short if is_brief else "",
        statements=answer.statements,
        reason=ENGLISH(answer.abstention.value) if answer.abstention in REASONS else "",
        message=ENGLISH("disagreement") if answer.disagrees else answer.message,
        sure=word_confidence(answer),
        passages=answer.citations if answer.statements else answer.closest,
        label=CITED if answer.statements else CLOSEST,
    )


def word_confidence(answer: Answer) -> str:
    """Return the confidence of an answer; for an abstention, the confidence that was too low."""
    if answer.statements:
        sureness = answer.trace.sureness
        return (
            f"{ENGLISH(sureness.value)}, {answer.confidence:.0%}"
            if sureness
            else ENGLISH(wording_key(answer))
        )
    if answer.abstention in REASONS - {Abstention.UNSUPPORTED} and answer.trace.evidence:
        least = f"an answer is given from {answer.trace.threshold:.0%} on"
        return f"Not sure enough, {answer.confidence:.0%}; {least}"
    return ""


def resolved(found: ResolvedDate) -> str:
    """Return a resolved date, marked as such."""
    return ENGLISH("resolved_date", note=found.note)


def number_controls(text: str) -> str:
    """Replace each character that changes the reading direction by its number.

    >>> number_controls("a\u202eb")
    'a⟨U+202E⟩b'
    """
    return STEERING.sub(lambda found: f"⟨U+{ord(found[0]):04X}⟩", text)


def as_json(kept: KeptConversation) -> str:
    """Return a conversation as ASCII JSON; each turn holds `Answer.to_dict`."""
    articles = [
        {
            "id": document.id,
            "title": document.title,
            "source": document.source,
            "published": document.published,
            "sha256": document.sha256,
        }
        for document in kept.documents
    ]
    turns = [answer.to_dict() for answer in kept.answers]
    whole = {"version": VERSION, "exported": kept.exported, "articles": articles, "turns": turns}
    return json.dumps(whole, indent=2) + "\n"
