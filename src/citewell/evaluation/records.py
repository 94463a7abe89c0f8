"""Say what is kept of each question that was asked: one record of JSON, with what it was judged by."""

from typing import TypedDict


class CitationRecord(TypedDict):
    """A citation: the fields of `Citation.to_dict()` that a report shows.

    `exact` says whether the article has the quote at that place, `gold` whether a character of it is
    gold evidence.
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

    `short` are the ranges of the short answer in `text`.
    """

    text: str
    citations: list[int]
    short: list[list[int]]
    dangling: list[int]


class Prediction(TypedDict):
    """What was answered. `abstention` is the reason, None when there is an answer."""

    short: str
    text: str
    statements: list[StatementRecord]
    abstention: str | None
    confidence: float
    citations: list[CitationRecord]


class Guess(TypedDict):
    """What would be said if every answer were given, and whether it is right.

    The answer where there is one; else the surest reading. `score` is the reader's, None where nothing
    was read; `grade` a language model's, None where none was asked.
    """

    short: str
    confidence: float
    score: float | None
    grade: float | None
    right: bool


class HitRecord(TypedDict):
    """A passage that was found, best first. `probability` as in Evidence, None when it was not read."""

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
    """Where gold evidence stands."""

    document_id: str
    start: int
    end: int


class Record(TypedDict):
    """One question, what came of it, and its scores. A score that does not apply is absent.

    `stage_failed` is "" when all went well, else what went wrong first: "not_retrieved" (no passage with
    the evidence was found), "not_read" (another place was thought to answer), "gated" (the right place was
    read, and withheld), "wrong" (the right place is cited for a wrong answer), "answered_unanswerable".
    With an `error` there is no prediction and no score.
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
