"""Tie every statement to the exact characters that prove it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from citewell.documents.document import Document
from citewell.documents.structure import Place
from citewell.text.relative_dates import ResolvedDate, day_in_words, resolve_dates
from citewell.text.spans import Span


@dataclass(frozen=True, slots=True)
class Citation:
    """A half-open range of an article: `document.text[start:end] == quote`, always.

    Attributes:
        number: The number that a person sees in brackets, from 1, in order of first use in the answer.
        document_id: The article's id.
        document_title: The article's title.
        document_index: The article's place in the collection, from 0.
        start: First character, in code points of the article's text.
        end: One past the last character.
        quote: The characters of the range.
        source: The article's source, "" when unknown.
        place: Where the range stands in the article.
        published: The day that the article was published on, ISO 8601; "" when unknown.
        dates: Relative dates in the quote, "yesterday", with the days that they mean. The days are resolved
            from `published`; the article does not say them.
    """

    number: int
    document_id: str
    document_title: str
    document_index: int
    start: int
    end: int
    quote: str
    source: str = ""
    place: Place = field(default_factory=Place)
    published: str = ""
    dates: tuple[ResolvedDate, ...] = ()

    @property
    def section(self) -> str:
        """The headings above the range, outermost first, joined by " › "; "" when there are none."""
        return " › ".join(self.place.headings)

    @property
    def page(self) -> str:
        """The printed number of the page where the range begins; "" when unknown."""
        return self.place.page

    @property
    def name(self) -> str:
        """The article's title, with its day of publication where it is known: "Storm, 3 March 2021"."""
        day = day_in_words(self.published)
        return f"{self.document_title}, {day}" if day else self.document_title

    @property
    def where(self) -> str:
        """The article's name, with the headings above the range and its page.

        >>> Citation(1, "a", "Fleet", 0, 0, 4, "Tugs", place=Place(("Fleet", "Damage"), page="iv")).where
        'Fleet, Damage, page iv'
        """
        headings = (heading for heading in self.place.headings if heading != self.document_title)
        page = f"page {self.page}" if self.page else ""
        return ", ".join(filter(None, (self.name, *headings, page)))

    def to_dict(self) -> dict[str, object]:
        """Return the citation as JSON: a `char_location` citation with fields of citewell's own."""
        return {
            "type": "char_location",
            "number": self.number,
            "cited_text": self.quote,
            "document_index": self.document_index,
            "document_id": self.document_id,
            "document_title": self.document_title,
            "start_char_index": self.start,
            "end_char_index": self.end,
            "source": self.source,
            "headings": list(self.place.headings),
            "table": self.place.table,
            "page": self.page,
            "page_number": self.place.page_number,
            "published": self.published,
            "resolved_dates": [found.to_dict() for found in self.dates],
        }

    @classmethod
    def from_dict(cls, told: Mapping[str, Any]) -> "Citation":
        """Return the citation that `to_dict` wrote."""
        return cls(
            number=told["number"],
            document_id=told["document_id"],
            document_title=told["document_title"],
            document_index=told["document_index"],
            start=told["start_char_index"],
            end=told["end_char_index"],
            quote=told["cited_text"],
            source=told.get("source", ""),
            place=Place(
                headings=tuple(told.get("headings", ())),
                **{name: told[name] for name in ("table", "page", "page_number") if name in told},
            ),
            published=told.get("published", ""),
            dates=tuple(ResolvedDate.from_dict(item) for item in told.get("resolved_dates", ())),
        )


@dataclass(frozen=True, slots=True)
class Source:
    """A range of an article that may be cited.

    Attributes:
        document_index: The article's place in the collection.
        span: The range, offsets into the article.
        short: Short answers inside it, offsets into the article.
    """

    document_index: int
    span: Span
    short: tuple[Span, ...] = ()

    def overlaps(self, other: "Source") -> bool:
        """Whether both ranges share characters of the same article."""
        is_same = self.document_index == other.document_index
        return is_same and self.span.start < other.span.end and other.span.start < self.span.end


def cite(document: Document, document_index: int, span: Span, number: int) -> Citation:
    """Cite a span of an article; no other function cuts a quote from an article."""
    return Citation(
        number=number,
        document_id=document.id,
        document_title=document.title,
        document_index=document_index,
        start=span.start,
        end=span.end,
        quote=document.text[span.start : span.end],
        source=document.source,
        place=document.outline.place(span.start),
        published=document.published,
        dates=resolve_dates(document.text, span, document.published),
    )


@dataclass(frozen=True, slots=True)
class Statement:
    """One or more sentences of an answer, with their proof.

    Attributes:
        text: The sentences, without markers.
        citations: The citations that prove the text, in order of number; at least one in an answer.
        short: The short answer inside `text`, offsets into `text`, in order; may be empty.
        dangling: Numbers that were written but belong to no evidence; shown as such, never as a citation.
        is_reckoned: Whether the text was calculated from the citations, which do not state it themselves.
        origin: What a reader must know of where the text comes from: the article, when the articles
            disagree; "from the metadata of “Tide”" for what no article's text says, without a citation.
    """

    text: str
    citations: tuple[Citation, ...]
    short: tuple[Span, ...] = ()
    dangling: tuple[int, ...] = ()
    is_reckoned: bool = False
    origin: str = ""

    def to_dict(self) -> dict[str, object]:
        """Return the statement as JSON; its citations are given by number."""
        return {
            "text": self.text,
            "citations": [citation.number for citation in self.citations],
            "short": [[span.start, span.end] for span in self.short],
            "dangling": list(self.dangling),
            "reckoned": self.is_reckoned,
            "origin": self.origin,
        }

    @classmethod
    def from_dict(cls, told: Mapping[str, Any], citations: Mapping[int, Citation]) -> "Statement":
        """Return the statement that `to_dict` wrote, given the answer's citations by number."""
        return cls(
            text=told["text"],
            citations=tuple(citations[number] for number in told["citations"]),
            short=tuple(Span(start, end) for start, end in told["short"]),
            dangling=tuple(told["dangling"]),
            is_reckoned=told["reckoned"],
            origin=told.get("origin", ""),
        )

    @property
    def markers(self) -> str:
        """The markers behind the text, as " [1][2]"; a dangling number is shown as "[7?]".

        Behind a calculated statement they are " (reckoned from [1][2])". Then come the resolved dates of the
        citations, " (resolved – yesterday: 12 October 2019)", and the origin of what no article's text says.
        """
        numbers = [f"[{citation.number}]" for citation in self.citations] + [f"[{n}?]" for n in self.dangling]
        marks = "".join(numbers)
        parts = [f"(reckoned from {marks})" if self.is_reckoned else marks]
        parts += [f"({self.origin})"] if self.origin else []
        notes = dict.fromkeys(found.note for citation in self.citations for found in citation.dates)
        parts += [f"(resolved – {'; '.join(notes)})"] if notes else []
        return "".join(f" {part}" for part in parts if part)

    def short_text(self, span: Span) -> str:
        """Return a short answer inside the text; behind a relative date stands the day that it means."""
        said = self.text[span.start : span.end]
        days = dict.fromkeys(
            found.said
            for citation in self.citations
            for found in citation.dates
            if self.text == citation.quote
            and found.start - citation.start < span.end
            and span.start < found.end - citation.start
        )
        return f"{said} ({', '.join(days)})" if days else said
