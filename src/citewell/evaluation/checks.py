"""Measure the check of texts whose claims a person has judged."""

import json
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Protocol

from citewell.checking.check import Check, CheckedClaim, Outcome
from citewell.checking.claims import Claim
from citewell.errors import QuestionsFileError
from citewell.progress import Progress, silent

# Kinds of claims in which a fact, or a quotation, was changed.
CHANGED = frozenset(
    (
        "number date unit name place negation antonym relation planned hedge_dropped quote_altered"
        " quote_speaker"
    ).split()
)
FAITHFUL = frozenset({"paraphrase", "hedge", "quote_verbatim"})
ALTERED = "quote_altered"
BINS = 10


@dataclass(frozen=True, slots=True)
class JudgedClaim:
    """A claim with what is right of it.

    Attributes:
        start: Offset of its first character in the text.
        end: Offset one past its last.
        outcome: The right outcome.
        kind: What was done to the article's fact, as in tests/data/checks/README.md; "" when unknown.
        evidence: Sentences of the article that prove or deny it, verbatim.
        also: Other outcomes that are right too.
    """

    start: int
    end: int
    outcome: str
    kind: str = ""
    evidence: tuple[str, ...] = ()
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class JudgedText:
    """A text whose claims a person has judged.

    Attributes:
        id: Its name.
        text: The text.
        claims: Its claims, in order.
        article: Id of the article that it is about; "" for all.
        split: The part of the data that it belongs to.
    """

    id: str
    text: str
    claims: tuple[JudgedClaim, ...]
    article: str = ""
    split: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """What came of a claim.

    Attributes:
        id: The text's name.
        text: The claim as judged.
        kind: As in JudgedClaim.
        wanted: The right outcome.
        outcome: The outcome given.
        probability: Its probability.
        is_right: Whether the outcome is right.
        is_cited: Whether a citation overlaps the evidence; True when there is none to cite.
        is_parted: Whether the claim was found with just its offsets.
        is_exact: Whether all offsets of the claim found, on both sides, give the characters that they say.
        cited: The first citation's characters, "" for none.
    """

    id: str
    text: str
    kind: str
    wanted: str
    outcome: str
    probability: float
    is_right: bool
    is_cited: bool
    is_parted: bool
    is_exact: bool
    cited: str


class Checks(Protocol):
    """What checks a text."""

    def check(self, text: str, *, only: Sequence[str] | None = None) -> Check:
        """Check a text."""
        ...


def read(path: Path) -> list[JudgedText]:
    """Read a file of texts: one JSON object a line, as docs/checking.md says.

    Raises:
        QuestionsFileError: The file cannot be read, or a line is no text with claims.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        message = f"{path}: cannot be read ({error}); give a file of texts with claims"
        raise QuestionsFileError(message) from error
    found = [_read(path, number, line) for number, line in enumerate(lines, start=1) if line.strip()]
    if not found:
        message = f"{path}: holds no text; give one JSON object a line"
        raise QuestionsFileError(message)
    return found


def _read(path: Path, number: int, line: str) -> JudgedText:
    try:
        record = json.loads(line)
        text = record["text"]
        claims = tuple(
            JudgedClaim(
                int(item["start"]),
                int(item["end"]),
                Outcome(item["outcome"]).value,
                str(item.get("kind", "")),
                tuple(item.get("evidence", ())),
                tuple(Outcome(outcome).value for outcome in item.get("also", ())),
            )
            for item in record["claims"]
        )
        name, text = str(record.get("id", number)), str(text)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        message = (
            f"{path}: line {number} is no text with claims ({error!r}); see docs/checking.md for the form"
        )
        raise QuestionsFileError(message) from error
    if any(not 0 <= claim.start < claim.end <= len(text) for claim in claims):
        message = f"{path}: line {number}: a claim lies outside its text of {len(text)} characters"
        raise QuestionsFileError(message)
    return JudgedText(name, text, claims, str(record.get("article", "")), str(record.get("split", "")))


def nearest(found: Sequence[Claim], wanted: JudgedClaim) -> Claim | None:
    """Return the claim that shares most characters with a judged one; None when none shares any."""
    shared = [
        (min(item.end, wanted.end) - max(item.start, wanted.start), -item.start, item) for item in found
    ]
    best = max(shared, key=lambda pair: pair[:2], default=None)
    return best[2] if best and best[0] > 0 else None


@dataclass(frozen=True, slots=True)
class Measured:
    """The records of a run, and the figures made of them.

    Attributes:
        records: One for each judged claim, in order.
        seconds: Time that each text took.
    """

    records: tuple[Record, ...]
    seconds: tuple[float, ...]

    def to_dict(self) -> dict[str, object]:
        """Return the figures and the records as JSON; a share of nothing is None."""
        return {
            "figures": self.figures,
            "outcomes": self.outcomes,
            "kinds": self.kinds,
            "calibration": self.calibration,
            "records": [asdict(item) for item in self.records],
        }

    @property
    def figures(self) -> dict[str, float | None]:
        """The figures that say whether a check may be trusted."""
        changed = [item for item in self.records if item.kind in CHANGED]
        denied = [item for item in changed if item.wanted == Outcome.CONTRADICTED]
        said = [item for item in self.records if item.outcome == Outcome.SUPPORTED]
        errors = [(item.probability - item.is_right) ** 2 for item in self.records]
        return {
            "claims": float(len(self.records)),
            "supported_precision": share(item.is_right for item in said),
            "faithful_supported": share(
                item.outcome == Outcome.SUPPORTED for item in self.records if item.kind in FAITHFUL
            ),
            "changed_not_supported": share(item.outcome != Outcome.SUPPORTED for item in changed),
            "changed_contradicted": share(
                item.outcome == Outcome.CONTRADICTED and item.is_cited for item in denied
            ),
            "altered_not_supported": share(
                item.outcome != Outcome.SUPPORTED for item in changed if item.kind == ALTERED
            ),
            "altered_contradicted": share(
                item.outcome == Outcome.CONTRADICTED for item in changed if item.kind == ALTERED
            ),
            "right": share(item.is_right for item in self.records),
            "parted": share(item.is_parted for item in self.records),
            "exact": share(item.is_exact for item in self.records),
            "brier": sum(errors) / len(errors) if errors else None,
            "seconds_per_text": sum(self.seconds) / len(self.seconds) if self.seconds else None,
        }

    @property
    def outcomes(self) -> dict[str, dict[str, float | None]]:
        """Precision and recall of each outcome."""
        return {
            outcome.value: {
                "wanted": float(sum(item.wanted == outcome for item in self.records)),
                "given": float(sum(item.outcome == outcome for item in self.records)),
                "precision": share(item.is_right for item in self.records if item.outcome == outcome),
                "recall": share(item.is_right for item in self.records if item.wanted == outcome),
            }
            for outcome in Outcome
        }

    @property
    def kinds(self) -> dict[str, dict[str, int]]:
        """How many claims of each kind have each outcome."""
        return {
            kind: dict(sorted(Counter(item.outcome for item in self.records if item.kind == kind).items()))
            for kind in sorted({item.kind for item in self.records})
        }

    @property
    def calibration(self) -> list[dict[str, float]]:
        """For each tenth of probability: claims, their mean probability, and the share that is right."""
        rows = []
        for place in range(BINS):
            held = [item for item in self.records if min(int(item.probability * BINS), BINS - 1) == place]
            if held:
                n = len(held)
                rows.append(
                    {
                        "from": place / BINS,
                        "claims": float(n),
                        "probability": sum(item.probability for item in held) / n,
                        "right": sum(item.is_right for item in held) / n,
                    }
                )
        return rows


def share(held: Iterator[bool]) -> float | None:
    """Return the share that is true; None of nothing."""
    values = list(held)
    return sum(values) / len(values) if values else None


def article_named(name: str, ids: Sequence[str]) -> str:
    """Return the id of an article by its id, or by the part of it behind the file's name.

    Raises:
        QuestionsFileError: No article has the name.
    """
    found = next((id_ for id_ in ids if id_ == name or id_.rsplit("/", 1)[-1] == name), None)
    if found is None:
        message = f"a text is about the article {name!r}, which is not there; give its file with --corpus"
        raise QuestionsFileError(message)
    return found


def evaluate(
    texts: Sequence[JudgedText], assistant: Checks, ids: Sequence[str], progress: Progress = silent
) -> Measured:
    """Check each text against the article that it names, or against all, and compare with what is right.

    Args:
        texts: The texts.
        assistant: What checks them.
        ids: Ids of all articles.
        progress: Told how many texts are checked.

    Raises:
        QuestionsFileError: A text names an article that is not there.
    """
    named = [[article_named(text.article, ids)] if text.article else None for text in texts]
    records, seconds = [], []
    for number, (text, only) in enumerate(zip(texts, named, strict=True), start=1):
        begun = time.perf_counter()
        check = assistant.check(text.text, only=only)
        seconds.append(time.perf_counter() - begun)
        by_claim = {(item.start, item.end): item for item in check.claims}
        for wanted in text.claims:
            claim = nearest([item.claim for item in check.claims], wanted)
            records.append(_record(text, wanted, by_claim[claim.start, claim.end] if claim else None))
        progress(number, len(texts))
    return Measured(tuple(records), tuple(seconds))


def _record(text: JudgedText, wanted: JudgedClaim, found: CheckedClaim | None) -> Record:
    outcome = found.outcome.value if found else Outcome.NOT_FOUND.value
    citations = (*found.citations, *found.closest) if found else ()
    quotes = [citation.quote for citation in citations]
    return Record(
        id=text.id,
        text=text.text[wanted.start : wanted.end],
        kind=wanted.kind,
        wanted=wanted.outcome,
        outcome=outcome,
        probability=found.probability if found else 0.0,
        is_right=outcome in (wanted.outcome, *wanted.also),
        is_cited=not wanted.evidence
        or any(quote in part or part in quote for quote in quotes for part in wanted.evidence),
        # A full stop behind a clause belongs to it or not.
        is_parted=found is not None
        and found.start == wanted.start
        and text.text[found.start : found.end].rstrip(".!")
        == text.text[wanted.start : wanted.end].rstrip(".!"),
        is_exact=found is not None and text.text[found.start : found.end] == found.text,
        cited=quotes[0] if quotes else "",
    )
