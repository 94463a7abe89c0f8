"""Define the Check of a text: each claim with its outcome, its probability and exact citations."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from citewell.checking.citations import Citation
from citewell.checking.claims import Claim
from citewell.checking.details import Finding
from citewell.checking.schemas import read_schema
from citewell.checking.speakers import Quoted
from citewell.text.spans import Span


class Outcome(StrEnum):
    """What the articles say of a claim."""

    SUPPORTED = "supported"
    CONTRADICTED = "contradicted"
    PARTLY = "partly"
    DISPUTED = "disputed"
    NOT_FOUND = "not_found"
    NOTHING_TO_CHECK = "nothing_to_check"


# Outcomes that a person must look at: `citewell check` then ends with 1.
DOUBTFUL = frozenset({Outcome.CONTRADICTED, Outcome.PARTLY, Outcome.DISPUTED, Outcome.NOT_FOUND})
WORDS = {
    Outcome.SUPPORTED: "supported",
    Outcome.CONTRADICTED: "contradicted",
    Outcome.PARTLY: "partly supported",
    Outcome.DISPUTED: "disputed",
    Outcome.NOT_FOUND: "not found",
    Outcome.NOTHING_TO_CHECK: "nothing to check",
}


class Reason(StrEnum):
    """Why a claim has its outcome, for a person, where the outcome does not say all."""

    SAID = "the article gives it only as said"
    ALLEGED = "the article gives it only as possible or alleged"
    PLANNED = "the article gives it only as planned or expected"
    ALTERED = "the quotation was altered"
    SPEAKER = "another one says it"
    VERBATIM = "quoted verbatim"
    OTHER_WORDS = "the article quotes other words"
    NOT_FOUND = "the quotation is in no article"
    DISPUTED = "one article says so, another says otherwise"


# What a person sees besides: outcomes are told apart without colours too.
SIGNS = {
    Outcome.SUPPORTED: "✓",
    Outcome.CONTRADICTED: "✗",
    Outcome.PARTLY: "~",
    Outcome.DISPUTED: "≠",
    Outcome.NOT_FOUND: "?",
    Outcome.NOTHING_TO_CHECK: "·",
}
ONE = "{supported} of 1 claim supported"
MANY = "{supported} of {checked} claims supported"


@dataclass(frozen=True, slots=True)
class CheckedClaim:
    """A claim of a text with what the articles say of it: `whole_text[start:end] == text`, always.

    Attributes:
        claim: The claim.
        outcome: What the articles say of it.
        probability: Probability that the outcome is right, in [0, 1].
        citations: The sentences that prove, deny or dispute it, as few as do.
        closest: Where nothing proves or denies it: the sentence nearest to it, no proof.
        reason: Why it is so, for a person; "" where the outcome says all.
        differing: Ranges of the text that an article has otherwise.
        original: For each of `differing`, (number of the citation, range of its article); the
            article may have nothing in its place.
        findings: How the cited sentence has each detail.
        quoted: How the articles have each quotation.
    """

    claim: Claim
    outcome: Outcome
    probability: float
    citations: tuple[Citation, ...] = ()
    closest: tuple[Citation, ...] = ()
    reason: str = ""
    differing: tuple[Span, ...] = ()
    original: tuple[tuple[int, Span], ...] = ()
    findings: tuple[Finding, ...] = ()
    quoted: tuple[Quoted, ...] = ()

    @property
    def text(self) -> str:
        """The claim's characters."""
        return self.claim.text

    @property
    def start(self) -> int:
        """Offset of its first character in the text."""
        return self.claim.start

    @property
    def end(self) -> int:
        """Offset one past its last character."""
        return self.claim.end

    @property
    def passages(self) -> tuple[Citation, ...]:
        """The citations or, where nothing proves or denies the claim, the sentence nearest to it."""
        return self.citations or self.closest

    def to_dict(self) -> dict[str, object]:
        """Return the claim as JSON."""
        states = {(item.detail.start, item.detail.end): item.state.value for item in self.findings}
        return {
            "text": self.text,
            "start": self.start,
            "end": self.end,
            "outcome": self.outcome.value,
            "probability": round(self.probability, 4),
            "reason": self.reason,
            "details": [
                {
                    "kind": detail.kind.value,
                    "text": detail.text,
                    "start": detail.start,
                    "end": detail.end,
                    "state": states.get((detail.start, detail.end)),
                }
                for detail in self.claim.details
            ],
            "differing": [list(span) for span in self.differing],
            "original": [
                {"citation": number, "start": span.start, "end": span.end} for number, span in self.original
            ],
            "quotations": [item.to_dict() for item in self.quoted],
            "citations": [citation.to_dict() for citation in self.citations],
            "closest": [citation.to_dict() for citation in self.closest],
        }


@dataclass(frozen=True, slots=True)
class CheckedArticle:
    """An article that a check cites, as it was then.

    Attributes:
        document_id: The article's id.
        title: Its title.
        sha256: Hash of its text in UTF-8.
        characters: Length of its text, in code points.
    """

    document_id: str
    title: str
    sha256: str
    characters: int


@dataclass(frozen=True, slots=True)
class Check:
    """What the articles say of a text.

    Attributes:
        text: The text.
        claims: Its claims, in order.
        articles: The articles that are cited, each once.
    """

    text: str
    claims: tuple[CheckedClaim, ...]
    articles: tuple[CheckedArticle, ...] = ()

    @property
    def counts(self) -> dict[Outcome, int]:
        """How many claims have each outcome, in the outcomes' order; none is left out."""
        found = Counter(claim.outcome for claim in self.claims)
        return {outcome: found[outcome] for outcome in Outcome}

    @property
    def is_doubtful(self) -> bool:
        """Whether a claim is contradicted, disputed, only partly supported or not found."""
        return any(claim.outcome in DOUBTFUL for claim in self.claims)

    @property
    def summary(self) -> str:
        """The outcome in one line: "7 of 9 claims supported, 1 contradicted, 1 not found"."""
        return summarise(self.claims)

    @staticmethod
    def json_schema() -> dict[str, Any]:
        """Return the JSON schema (draft 2020-12) of what `to_dict` gives."""
        return read_schema("checking", "check")

    def to_dict(self) -> dict[str, object]:
        """Return the check as JSON, in the form that `json_schema` describes."""
        return {
            "text": self.text,
            "summary": self.summary,
            "counts": {outcome.value: number for outcome, number in self.counts.items()},
            "claims": [claim.to_dict() for claim in self.claims],
            "articles": [
                {
                    "document_id": item.document_id,
                    "document_title": item.title,
                    "sha256": item.sha256,
                    "characters": item.characters,
                }
                for item in self.articles
            ],
        }


def summarise(
    claims: Sequence[CheckedClaim], words: Mapping[Outcome, str] = WORDS, one: str = ONE, many: str = MANY
) -> str:
    """Return the outcomes of claims in one line.

    Args:
        claims: The claims.
        words: The outcomes in words.
        one: What is said of one claim that was checked, with a gap for how many are supported.
        many: What is said of several, with a gap for how many were checked too.
    """
    found = Counter(claim.outcome for claim in claims)
    checked = len(claims) - found[Outcome.NOTHING_TO_CHECK]
    if not checked:
        return words[Outcome.NOTHING_TO_CHECK]
    rest = [
        f"{found[outcome]} {words[outcome]}"
        for outcome in Outcome
        if outcome not in (Outcome.SUPPORTED, Outcome.NOTHING_TO_CHECK) and found[outcome]
    ]
    first = (one if checked == 1 else many).format(supported=found[Outcome.SUPPORTED], checked=checked)
    return ", ".join([first, *rest])
