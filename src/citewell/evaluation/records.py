"""Define the JSON record of each question: the question, the gold answers and evidence, and the outcome."""

from typing import TypedDict


class CitationRecord(TypedDict):
    """A citation: the fields of `Citation.to_dict()` that a report shows.

    `exact` says whether the article has the quote at that place. `gold` says whether a character of the
    quote is gold evidence.
    """

    number: int
    document_id: str
    document_title: str
    start_char_index: int
    end_char_index: int
    cited_text: str
    exact: bool
    gold: bool


class StatementRecord(TypedDict):
    """A statement of an answer: the fields of `Statement.to_dict()`, with citations by number.

    `short` holds the ranges of the short answer in `text`.
    """

    text: str
    citations: list[int]
    short: list[list[int]]
    dangling: list[int]


class Prediction(TypedDict):
    """The answer. `abstention` is the reason for giving none; it is None when there is an answer."""

    short: str
    text: str
    statements: list[StatementRecord]
    abstention: str | None
    confidence: float
    citations: list[CitationRecord]


class Guess(TypedDict):
    """The answer at a threshold of 0, and whether it is right.

    This is the answer where one was given, else the surest reading. `score` is the reader's, None where
    nothing was read. `grade` is a language model's, None where none was asked.
    """

    short: str
    confidence: float
    score: float | None
    grade: float | None
    right: bool


class HitRecord(TypedDict):
    """A passage that was found. `probability` is as in Evidence; None when the passage was not read."""

    passage: str
    score: float
    gold: bool
    probability: float | None


class PassageRecord(TypedDict):
    """A passage by itself."""

    document_id: str
    document_title: str
    start: int
    end: int
    text: str


class Range(TypedDict):
    """The place of gold evidence in an article."""

    document_id: str
    start: int
    end: int


class Record(TypedDict):
    """One question, its outcome and its scores. A score that does not apply is absent.

    `stage_failed` is "" when no stage failed, else names the first that did: "not_retrieved" (no passage
    with the evidence was found), "not_read" (the reader chose another place), "gated" (the right place was
    read, but the answer was withheld), "wrong" (the right place is cited for a wrong answer),
    "answered_unanswerable". With an `error` there is no prediction and no score.
    """

    id: str
    kind: str
    split: str
    question: str
    history: list[str]
    standalone: str
    document_id: str
    answerable: bool
    answers: list[str]
    evidence: list[str]
    gold: list[Range]
    prediction: Prediction | None
    guess: Guess | None
    closest: list[CitationRecord]
    retrieved: list[HitRecord]
    relevant: dict[str, int]
    scores: dict[str, float]
    stage_failed: str
    error: str
    latency_ms: dict[str, float]
