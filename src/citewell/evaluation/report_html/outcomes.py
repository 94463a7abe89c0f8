"""Name and describe the possible outcomes of a question in plain words."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any


@dataclass(frozen=True, slots=True)
class Outcome:
    """A possible outcome of a question.

    Attributes:
        name: The name in the style sheet and the filter.
        label: The outcome in a few words.
        said: The outcome in a sentence.
        outcome: One of OUTCOMES.
        good: Whether this is the desired outcome.
    """

    name: str
    label: str
    said: str
    outcome: str
    good: bool = False


OUTCOMES = {
    "right": "Answered, rightly",
    "wrong": "Answered, wrongly",
    "kept": "Not answered, rightly",
    "missed": "Not answered, though the article says",
    "ranked": "Only searched for",
    "error": "Could not be asked",
}
# In the order of the bar: desired outcomes, withheld answers, evidence lost on the way, wrong answers.
RIGHT = Outcome(
    "right", "Answered rightly", "The answer is right, and its citation shows it.", "right", good=True
)
KEPT = Outcome(
    "kept", "Rightly not answered", "The article does not say, and no answer was given.", "kept", good=True
)
STAGES = (
    Outcome(
        "gated",
        "Read but gated",
        "Read but gated: the right place was read, and the answer was withheld as too uncertain.",
        "missed",
    ),
    Outcome(
        "not_read",
        "Retrieved but not read",
        "Retrieved but not read: the evidence was found, and another place was taken for the answer.",
        "wrong",
    ),
    Outcome(
        "not_retrieved",
        "Not retrieved",
        "Not retrieved: no passage that was read holds the evidence.",
        "wrong",
    ),
    Outcome(
        "wrong",
        "Wrongly answered",
        "Wrongly answered: the right place is cited, for a wrong answer.",
        "wrong",
    ),
    Outcome(
        "answered_unanswerable",
        "Answered though the article does not say",
        "Answered though the article does not say.",
        "wrong",
    ),
)
RANKED = Outcome("ranked", "Only searched for", "Only searched for: no answer was asked of it.", "ranked")
FAILED = Outcome("error", "Could not be asked", "Could not be asked: it is in no figure.", "error")
ENDINGS = (RIGHT, KEPT, *STAGES, RANKED, FAILED)
_STAGES = {ending.name: ending for ending in STAGES}


def find_outcome(record: Mapping[str, Any]) -> Outcome:
    """Return the outcome of a question."""
    prediction, stage = record["prediction"], record["stage_failed"]
    if record["error"]:
        return FAILED
    if prediction is None:
        return RANKED
    if not stage:
        return KEPT if prediction["abstention"] else RIGHT
    unknown = Outcome(stage, stage, stage, "wrong")  # a report of a later version
    return replace(_STAGES.get(stage, unknown), outcome="missed" if prediction["abstention"] else "wrong")
