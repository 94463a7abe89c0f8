"""Define the Answer, with its trace: cited statements, or an abstention with its reason."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from citewell.checking.citations import Citation, Statement
from citewell.checking.schemas import read_schema
from citewell.errors import AnswerFormatError
from citewell.reading.evidence import Evidence
from citewell.reading.gate import Sureness
from citewell.text.normalisation import normalise

# The version of the form in which an answer is written as JSON. A field may join without a new version; one
# that goes, or means something else, makes a new one.
SCHEMA_VERSION = 1


class Abstention(StrEnum):
    """Why there is no answer."""

    NO_PASSAGE = "no_passage"
    NOT_ANSWERED = "not_answered"
    POSSIBLY = "possibly"
    UNSUPPORTED = "unsupported"
    NOT_A_QUESTION = "not_a_question"
    LANGUAGE = "language"
    NOT_A_TASK = "not_a_task"


MESSAGES = {
    Abstention.NO_PASSAGE: "Nothing in the article is about that, so I cannot answer it.",
    Abstention.NOT_ANSWERED: "The article does not say.",
    Abstention.POSSIBLY: "I am not sure enough to answer. The first passage may say it.",
    Abstention.UNSUPPORTED: "I found no statement that the article fully supports, so I give no answer.",
    Abstention.LANGUAGE: "I read questions in English only. Please ask in English.",
    Abstention.NOT_A_TASK: "I cannot write or translate. I answer questions with what the article says.",
}


# The same where several articles were asked; `message_about` fills in how many.
MESSAGES_OF_SEVERAL = {
    Abstention.NO_PASSAGE: "Nothing in the {count} articles is about that, so I cannot answer it.",
    Abstention.NOT_ANSWERED: "None of the {count} articles says.",
    Abstention.POSSIBLY: MESSAGES[Abstention.POSSIBLY],
    Abstention.UNSUPPORTED: (
        "I found no statement that one of the {count} articles fully supports, so I give no answer."
    ),
    Abstention.LANGUAGE: MESSAGES[Abstention.LANGUAGE],
    Abstention.NOT_A_TASK: "I cannot write or translate. I answer questions with what the articles say.",
}


def message_about(reason: Abstention, articles: int) -> str:
    """Return what is said in place of an answer when so many articles were asked.

    >>> message_about(Abstention.NOT_ANSWERED, 1), message_about(Abstention.NOT_ANSWERED, 3)
    ('The article does not say.', 'None of the 3 articles says.')
    """
    return MESSAGES_OF_SEVERAL[reason].format(count=articles) if articles != 1 else MESSAGES[reason]


# What an answer's text begins with when the articles disagree.
DISAGREEMENT = "The articles disagree. "


@dataclass(frozen=True, slots=True)
class Withheld:
    """A statement that was written but is not shown.

    Attributes:
        text: The statement.
        reason: Why it is not shown.
        drafted: Whether its words were streamed before they were checked.
    """

    text: str
    reason: str
    drafted: bool = False


@dataclass(frozen=True, slots=True)
class Trace:
    """How an answer came about, for "why this answer" and for evaluation.

    Attributes:
        evidence: All evidence that was read, surest first. Each passage occurs once, with the reading for the
            part of the question that it answers best. Empty when no passage was read.
        candidate: The evidence of the answer that a threshold of 0 would give, surest first.
        threshold: Least probability at which an answer is given.
        withheld: Statements that were written but are not shown.
        writer: Name of the generator that wrote the answer, with its model.
        sureness: How sure the answer is; None when no evidence was weighed, or when abstaining.
        fallback: Why the answer is in the article's own words although a language model was to write it; ""
            when the model wrote it.
        milliseconds: Time of each stage, in order; ignored when two answers are compared.
    """

    evidence: tuple[Evidence, ...] = ()
    threshold: float = 0.0
    withheld: tuple[Withheld, ...] = ()
    writer: str = ""
    fallback: str = ""
    sureness: Sureness | None = None
    milliseconds: tuple[tuple[str, float], ...] = field(default=(), compare=False)
    candidate: tuple[Evidence, ...] = ()

    def to_dict(self) -> dict[str, object]:
        """Return the trace as JSON."""
        return {
            "threshold": self.threshold,
            "evidence": [
                {
                    "document_id": item.hit.passage.document.id,
                    "start_char_index": item.hit.passage.start,
                    "end_char_index": item.hit.passage.end,
                    "fused": item.hit.fused,
                    "dense": item.hit.dense,
                    "dense_rank": item.hit.dense_rank,
                    "lexical": item.hit.lexical,
                    "lexical_rank": item.hit.lexical_rank,
                    "relevance": item.reading.relevance,
                    "score": item.reading.score,
                    "probability": item.probability,
                    "grade": item.grade,
                    "spans": [list(span) for span in item.reading.evidence],
                }
                for item in self.evidence
            ],
            "withheld": [asdict(item) for item in self.withheld],
            "writer": self.writer,
            "fallback": self.fallback,
            "sureness": self.sureness.value if self.sureness else None,
            "latency_ms": dict(self.milliseconds),
        }

    @classmethod
    def from_dict(cls, told: Mapping[str, Any]) -> "Trace":
        """Return the trace that `to_dict` wrote, without the evidence: the JSON holds no passages."""
        return cls(
            threshold=told["threshold"],
            withheld=tuple(Withheld(**item) for item in told["withheld"]),
            writer=told["writer"],
            fallback=told["fallback"],
            sureness=Sureness(told["sureness"]) if told["sureness"] else None,
            milliseconds=tuple(told["latency_ms"].items()),
        )


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a question: cited statements, or an abstention with its reason.

    Attributes:
        question: The question as asked.
        standalone: The question as resolved from the history; the same when it stands alone.
        statements: The statements to show, in order; empty when abstaining.
        short: The shortest string that answers; "" when abstaining.
        confidence: Probability that the article answers and the answer is right, in [0, 1]. When abstaining,
            the probability that fell below the threshold.
        abstention: Why there is no answer; None when there is one.
        message: When abstaining, the text in place of an answer. Beside an answer, a note on what the answer
            leaves out, or "".
        closest: When abstaining, the nearest passages: places to look, never the answer. When the reason is
            `possibly`, the first is the sentence that may answer.
        trace: How the answer came about.
        articles: How many articles were asked. Of several, every door names the one that is cited.
        disagrees: Whether the articles disagree; then each statement is one side, the newest first.
    """

    question: str
    standalone: str
    statements: tuple[Statement, ...]
    short: str
    confidence: float
    abstention: Abstention | None
    message: str
    closest: tuple[Citation, ...]
    trace: Trace
    articles: int = 1
    disagrees: bool = False

    @property
    def text(self) -> str:
        """The text that a person reads: the statements with their markers, or the message."""
        if not self.statements:
            return self.message
        pieces = (appended_text(self.statements[:n]) for n in range(1, len(self.statements) + 1))
        return f"{DISAGREEMENT if self.disagrees else ''}{''.join(pieces)}"

    @property
    def citations(self) -> tuple[Citation, ...]:
        """All citations, by number, each once."""
        found = {
            citation.number: citation for statement in self.statements for citation in statement.citations
        }
        return tuple(found[number] for number in sorted(found))

    @property
    def is_rewritten(self) -> bool:
        """Whether the history changed the question that was asked."""
        return is_rewritten(self.question, self.standalone)

    def to_dict(self) -> dict[str, object]:
        """Return the answer as JSON, in the form that `json_schema` describes."""
        return {
            "schema_version": SCHEMA_VERSION,
            "question": self.question,
            "standalone": self.standalone,
            "text": self.text,
            "short": self.short,
            "confidence": self.confidence,
            "abstention": self.abstention.value if self.abstention else None,
            "message": self.message,
            "statements": [statement.to_dict() for statement in self.statements],
            "citations": [citation.to_dict() for citation in self.citations],
            "articles": self.articles,
            "disagrees": self.disagrees,
            "closest": [citation.to_dict() for citation in self.closest],
            "trace": self.trace.to_dict(),
        }

    @classmethod
    def from_dict(cls, told: Mapping[str, Any]) -> "Answer":
        """Return the answer that `to_dict` wrote, without what JSON does not hold: the evidence of its trace.

        Raises:
            AnswerFormatError: The object is no answer, or one of a later version.
        """
        version = told.get("schema_version", SCHEMA_VERSION) if isinstance(told, Mapping) else None
        if version != SCHEMA_VERSION:
            message = f"the answer has the schema version {version!r}; this release reads {SCHEMA_VERSION}"
            raise AnswerFormatError(message)
        try:
            cited = {item["number"]: Citation.from_dict(item) for item in told["citations"]}
            return cls(
                question=told["question"],
                standalone=told["standalone"],
                statements=tuple(Statement.from_dict(item, cited) for item in told["statements"]),
                short=told["short"],
                confidence=told["confidence"],
                abstention=Abstention(told["abstention"]) if told["abstention"] else None,
                message=told["message"],
                closest=tuple(Citation.from_dict(item) for item in told["closest"]),
                trace=Trace.from_dict(told["trace"]),
                articles=told.get("articles", 1),
                disagrees=told.get("disagrees", False),
            )
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            what = f"{type(error).__name__}: {error}"
            message = f"the JSON is no answer ({what}); give what Answer.to_dict() or `ask --json` wrote"
            raise AnswerFormatError(message) from error

    @staticmethod
    def json_schema() -> dict[str, Any]:
        """Return the JSON schema (draft 2020-12) of what `to_dict` gives."""
        return read_schema("answers", "answer")


def is_rewritten(question: str, standalone: str) -> bool:
    """Whether a resolved question differs from the one asked; white space and Unicode forms do not count.

    >>> is_rewritten("And in  Kiel?", "And in Kiel?"), is_rewritten("And in Kiel?", "Who won in Kiel?")
    (False, True)
    """
    first, second = (" ".join(normalise(text).split()) for text in (question, standalone))
    return first != second


def appended_text(statements: Sequence[Statement]) -> str:
    """Return the text that the last statement adds: a space unless it is the first, its text, its markers."""
    last = statements[-1]
    return f"{' ' if len(statements) > 1 else ''}{last.text}{last.markers}"
