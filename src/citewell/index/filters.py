"""Choose articles by what is known of them: title, source, author, id and date of publication.

`published>=2019-07-01 title:Harbour` chooses the articles that meet both conditions. The fields of all
articles are kept as columns, and a choice is one mask over the passages, which both indexes search within.
"""

import re
from calendar import monthrange
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import ge, gt, le, lt
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from citewell.documents.document import Document
from citewell.errors import FilterError
from citewell.text.normalisation import normalise

Mask: TypeAlias = NDArray[np.bool_]
"""Shape [n]: which articles or passages are chosen."""
Days: TypeAlias = NDArray[np.datetime64]
"""Shape [n], in days; NaT for an unknown date."""

TEXTS = ("title", "source", "author", "id")
DATE = "published"
FIELDS = (*TEXTS, DATE)
# A condition begins at a field's name with an operator; its value goes on to the next condition. Quotation
# marks keep a value whole.
_BEGINS = re.compile(rf"(?:^|(?<=\s))({'|'.join(FIELDS)})\s*(<=|>=|!=|:|=|<|>)\s*", re.IGNORECASE)
_QUOTED = re.compile(r'"[^"]*"')
_DAY = re.compile(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?")
_COMPARE: dict[str, Callable[[Days, np.datetime64], Mask]] = {"<": lt, "<=": le, ">": gt, ">=": ge}
FORM = 'FIELD OPERATOR VALUE, as in published>=2019-07-01 or title:"North Harbour"'
# Most characters of a filter, and most conditions in it.
LONGEST = 2_000
MOST = 50


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition on a field.

    Attributes:
        field: One of FIELDS.
        operator: ":" for "holds" (of a date, "lies in"), "=" or "!="; of a date also "<", "<=", ">" or ">=".
        value: A text; for a date, YYYY, YYYY-MM or YYYY-MM-DD.
    """

    field: str
    operator: str
    value: str

    def __str__(self) -> str:
        """Return the condition as it is typed."""
        value = f'"{self.value}"' if self.field in TEXTS else self.value
        return f"{self.field}{self.operator}{value}"

    def mask(self, columns: "Columns") -> Mask:
        """Return the articles that meet the condition; one without a date meets no condition on dates."""
        if self.field == DATE:
            return self._mask_days(columns.published)
        wanted = self.value.casefold()
        meets: Callable[[str], bool] = {
            ":": lambda text: wanted in text,
            "=": lambda text: text == wanted,
            "!=": lambda text: text != wanted,
        }[self.operator]
        texts = columns.texts[self.field]
        return np.fromiter(map(meets, texts), dtype=np.bool_, count=len(texts))

    def _mask_days(self, days: Days) -> Mask:
        first, last = days_of(self.value)
        if self.operator in _COMPARE:
            # "> 2019" is after its last day, ">= 2019" from its first day on.
            edge = last if self.operator in {">", "<="} else first
            return _COMPARE[self.operator](days, edge)
        within: Mask = (days >= first) & (days <= last)
        return ~within & ~np.isnat(days) if self.operator == "!=" else within


@dataclass(frozen=True, slots=True)
class Where:
    """A choice of articles: those that meet all conditions; without a condition, all."""

    conditions: tuple[Condition, ...] = ()

    @classmethod
    def parse(cls, given: "Where | str | Sequence[str] | None") -> "Where":
        """Read one or several texts with conditions.

        >>> [str(one) for one in Where.parse("published>=2019-07 title:North Harbour").conditions]
        ['published>=2019-07', 'title:"North Harbour"']

        Raises:
            FilterError: A text holds something else than conditions; the message says what is wanted.
        """
        if isinstance(given, Where):
            return given
        texts = [given] if isinstance(given, str) else () if given is None else given
        if not isinstance(texts, Sequence) or not all(isinstance(text, str) for text in texts):
            message = f"where is {given!r}; it takes a text such as published>=2019-07-01, or a list of texts"
            raise TypeError(message)
        found = tuple(condition for text in texts for condition in read_conditions(text))
        if len(found) > MOST:
            message = f"the filter has {len(found)} conditions, the limit is {MOST}"
            raise FilterError(message)
        return cls(found)

    def __str__(self) -> str:
        """Return the conditions as they are typed."""
        return " ".join(map(str, self.conditions))

    def mask(self, columns: "Columns") -> Mask:
        """Return the articles that meet all conditions."""
        chosen = np.ones(len(columns.ids), dtype=np.bool_)
        for condition in self.conditions:
            chosen &= condition.mask(columns)
        return chosen


# Without a condition, every article is chosen.
EVERY = Where()


def read_conditions(text: str) -> list[Condition]:
    """Read the conditions of one text, in order.

    Raises:
        FilterError: The text holds something else than conditions.
    """
    clean = " ".join(normalise(text).split())
    if len(clean) > LONGEST:
        message = f"the filter has {len(clean):,} characters, the limit is {LONGEST:,}"
        raise FilterError(message)
    quoted = [found.span() for found in _QUOTED.finditer(clean)]
    begins = [
        found
        for found in _BEGINS.finditer(clean)
        if not any(start < found.start() < end for start, end in quoted)
    ]
    before = clean[: begins[0].start() if begins else None].strip()
    if before:
        message = f"{before[:60]!r} is no condition; wanted: {FORM}. The fields are {', '.join(FIELDS)}."
        raise FilterError(message)
    edges = [*(found.start() for found in begins), len(clean)]
    return [
        read_condition(found[1].lower(), found[2], clean[found.end() : end].strip())
        for found, end in zip(begins, edges[1:], strict=True)
    ]


def read_condition(field: str, operator: str, value: str) -> Condition:
    """Check one condition.

    Raises:
        FilterError: The value is empty or no date, or the field has no such operator.
    """
    if _QUOTED.fullmatch(value):
        value = value[1:-1].strip()
    if not value:
        message = f"{field}{operator} has no value; wanted: {FORM}"
        raise FilterError(message)
    if field == DATE:
        days_of(value)
    elif operator in _COMPARE:
        message = f"{field}{operator} compares a text; use {field}: (holds), {field}= or {field}!="
        raise FilterError(message)
    return Condition(field, operator, value)


def days_of(value: str) -> tuple[np.datetime64, np.datetime64]:
    """Return the first and last day of a year, a month or a day.

    >>> days_of("2020-02")
    (np.datetime64('2020-02-01'), np.datetime64('2020-02-29'))

    Raises:
        FilterError: The value is none of these.
    """
    found = _DAY.fullmatch(value)
    try:
        if not found:
            raise ValueError  # noqa: TRY301 - told as an impossible day is
        year, month, day = found[1], found[2] or "01", found[3] or "01"
        first = np.datetime64(f"{year}-{month}-{day}", "D")
        last_month = found[2] or "12"
        last_day = found[3] or f"{monthrange(int(year), int(last_month))[1]:02}"
        return first, np.datetime64(f"{year}-{last_month}-{last_day}", "D")
    except ValueError:
        message = f"{value!r} is no date; wanted: YYYY, YYYY-MM or YYYY-MM-DD"
        raise FilterError(message) from None


def day_of(published: str) -> np.datetime64:
    """Return the day of a date in ISO 8601; NaT for anything else."""
    try:
        return days_of(published[:10])[0]
    except FilterError:
        return np.datetime64("NaT", "D")


@dataclass(frozen=True, eq=False)
class Columns:
    """What is known of all articles, by field, and which passages they have.

    Attributes:
        ids: Position of each article, by its id.
        read: Returns the fields of TEXTS and DATE of each article, in order; called when one is asked for.
        owners: The position of each passage's article [passages]; it never falls.
    """

    ids: Mapping[str, int]
    read: Callable[[], Iterable[Sequence[str]]]
    owners: NDArray[np.int32]

    @cached_property
    def texts(self) -> dict[str, list[str]]:
        """For each field of TEXTS, the texts of all articles, case folded."""
        found: dict[str, list[str]] = {field: [] for field in TEXTS}
        for values in self.read():
            for field, value in zip(TEXTS, values, strict=False):
                found[field].append(value.casefold())
        return found

    @cached_property
    def published(self) -> Days:
        """The days of publication [articles]."""
        return np.array([day_of(values[len(TEXTS)]) for values in self.read()], dtype="datetime64[D]")

    @classmethod
    def of(cls, documents: Sequence[Document], owners: Iterable[str]) -> "Columns":
        """Take the columns of articles.

        Args:
            documents: The articles.
            owners: The id of each passage's article.
        """
        ids = {document.id: place for place, document in enumerate(documents)}
        return cls(
            ids,
            lambda: ([getattr(document, field) for field in FIELDS] for document in documents),
            np.fromiter((ids[owner] for owner in owners), dtype=np.int32),
        )


@dataclass(frozen=True, eq=False)
class Selection:
    """Chosen articles of a collection.

    Attributes:
        documents: Which articles are chosen [articles].
        columns: The columns of the collection.
    """

    documents: Mask
    columns: Columns

    def __contains__(self, document_id: object) -> bool:
        """Whether the article with this id is chosen."""
        place = self.columns.ids.get(document_id) if isinstance(document_id, str) else None
        return place is not None and bool(self.documents[place])

    @cached_property
    def passages(self) -> Mask:
        """Which passages are chosen [passages]."""
        return self.documents[self.columns.owners]
