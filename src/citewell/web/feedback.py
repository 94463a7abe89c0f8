"""Turn a person's verdict on an answer into a line of a question set, where it tells the right answer.

`keep` writes to two files. `NAME.jsonl` has the questions whose right answer the verdict tells; `citewell
evaluate NAME.jsonl` reads it. `NAME.unlabelled.jsonl` beside it has the others, and is no question set until
somebody adds "answers" and "answerable": a thumbs down by itself says that the answer is wrong or badly put,
and not whether the article has a right one; a thumbs up on a summary or a greeting names no answer that
another could be compared with. A guess in their place would be counted as gold.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal, TypeAlias

from citewell.answers.answer import Answer
from citewell.documents.document import Document
from citewell.errors import FeedbackError
from citewell.evaluation.metrics import squad_normalise
from citewell.questions.history import MOST_TURNS, clean_turn
from citewell.questions.intent import MAX_CHARACTERS, Intent, detect_intent
from citewell.text.normalisation import normalise
from citewell.web import feedback_file

KIND = "reported"
MOST_TYPED = 20
# Of each file; some ten thousand verdicts, and no more than is read in an instant.
MOST_BYTES = 10_000_000

Verdict: TypeAlias = Literal["up", "down"]


@dataclass(frozen=True, slots=True)
class Feedback:
    """What a person says of an answer.

    Attributes:
        answer: The answer.
        verdict: "up" or "down".
        at: When, with a time zone.
        history: The questions before it, as asked, oldest first.
        answers: Right answers that the person typed, any one of which is right.
        unsaid: Whether the person says that the article does not say.
    """

    answer: Answer
    verdict: Verdict
    at: datetime
    history: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()
    unsaid: bool = False


@dataclass(frozen=True, slots=True)
class GoldAnswer:
    """What a verdict tells of the right answer.

    Attributes:
        answerable: Whether the article says; None when the verdict does not tell.
        answers: Right answers; empty unless the article says.
        evidence: Slices of the articles that the answer cites, each enough to prove it.
        articles: Ids of the articles that the evidence was cut from.
    """

    answerable: bool | None
    answers: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    articles: frozenset[str] = frozenset()


def keep(feedback: Feedback, documents: Sequence[Document], path: Path, most_bytes: int = MOST_BYTES) -> Path:
    """Write a verdict as one line, durably, from any thread or process; the same one twice is one line.

    Args:
        feedback: The verdict.
        documents: The articles that were asked.
        path: The question set, `NAME.jsonl`.
        most_bytes: What either file may hold.

    Returns:
        The file that has it now: `path`, or the one beside it for what tells no right answer.

    Raises:
        FeedbackError: It contradicts itself, or the file is full or cannot be written; nothing was written
            then.
    """
    line = record(feedback, documents)
    target = path if "answerable" in line else unlabelled_file(path)
    feedback_file.append(target, line, most_bytes)
    return target


def unlabelled_file(path: Path) -> Path:
    """Return the file for what tells no right answer, beside a question set.

    >>> unlabelled_file(Path("reported.jsonl")).name
    'reported.unlabelled.jsonl'
    """
    return path.with_name(f"{path.stem}.unlabelled.jsonl")


def record(feedback: Feedback, documents: Sequence[Document]) -> dict[str, object]:
    """Return a verdict as the object of a line; it has "answers" and "answerable" if it tells them.

    The id is made of all the rest, so the same verdict at the same time has the same.

    Raises:
        FeedbackError: It contradicts itself.
        ValueError: The time has no zone.
    """
    if feedback.at.tzinfo is None:
        message = f"{feedback.at} has no time zone; give one, as datetime.now(UTC) does"
        raise ValueError(message)
    answer = feedback.answer
    known = right_answer(feedback)
    earlier = (clean_turn(question) for question in feedback.history[-MOST_TURNS:])
    line: dict[str, object] = {
        "kind": KIND,
        "question": normalise(answer.question),
        "history": [question for question in earlier if question],
    }
    if known.answerable is not None:
        line |= {"answers": list(known.answers), "answerable": known.answerable}
    line["evidence"] = list(known.evidence)
    about = known.articles or {document.id for document in documents}
    if len(about) == 1:
        line["document_id"] = next(iter(about))
    line |= {"verdict": feedback.verdict, "said": normalise(answer.text), "at": feedback.at.isoformat()}
    return {"id": f"{KIND}-{hashlib.sha256(json.dumps(line).encode()).hexdigest()[:16]}", **line}


def right_answer(feedback: Feedback) -> GoldAnswer:
    """Return what a verdict tells of the right answer.

    What a person typed counts first; then a thumbs up on an answer, or on there being none. Only questions
    that ask for a fact have a right answer that a thumbs up can tell.

    Raises:
        FeedbackError: It contradicts itself.
    """
    answer = feedback.answer
    typed = tuple(map(normalise_answer, within_limits("right answers", feedback.answers)))
    refuse_contradictions(feedback, has_answer=bool(typed))
    cited = [item for item in answer.citations if item.quote.strip()] if feedback.verdict == "up" else []
    evidence = tuple(dict.fromkeys(item.quote for item in cited))
    articles = frozenset(item.document_id for item in cited)
    if typed:
        return GoldAnswer(answerable=True, answers=typed, evidence=evidence, articles=articles)
    if feedback.unsaid:
        return GoldAnswer(answerable=False)
    if feedback.verdict == "up" and detect_intent(answer.standalone) is Intent.QUESTION:
        if answer.abstention:
            return GoldAnswer(answerable=False)
        whole = " ".join(statement.text for statement in answer.statements)
        said = next(filter(squad_normalise, (normalise(answer.short).strip(), normalise(whole).strip())), "")
        if said:
            return GoldAnswer(answerable=True, answers=(said,), evidence=evidence, articles=articles)
    return GoldAnswer(answerable=None, evidence=evidence, articles=articles)


def refuse_contradictions(feedback: Feedback, *, has_answer: bool) -> None:
    """Raise FeedbackError naming what cannot be true together: nobody can tell which half was meant."""
    is_up, abstained = feedback.verdict == "up", feedback.answer.abstention is not None
    rules = (
        (not clean_turn(feedback.answer.question) and (has_answer or feedback.unsaid), "nothing was asked"),
        (feedback.unsaid and has_answer, "the article does not say, and a right answer is given"),
        (is_up and abstained and has_answer, "a right answer is given, and it was right to give none"),
        (is_up and not abstained and feedback.unsaid, "the answer is right, and the article does not say"),
    )
    for broken, what in rules:
        if broken:
            message = f"the feedback contradicts itself: {what}; leave one of them out"
            raise FeedbackError(message)


def within_limits(what: str, typed: Sequence[str]) -> list[str]:
    """Return what was typed, normalised and trimmed, without what is blank.

    Raises:
        FeedbackError: It is too much.
    """
    if len(typed) > MOST_TYPED:
        message = f"{len(typed)} {what} were given, the limit is {MOST_TYPED}; give fewer"
        raise FeedbackError(message)
    for text in typed:
        if len(text) > MAX_CHARACTERS:
            limit = f"the limit is {MAX_CHARACTERS:,}; give shorter ones"
            message = f"one of the {what} has {len(text):,} characters, {limit}"
            raise FeedbackError(message)
    return [text for text in (normalise(text).strip() for text in typed) if text]


def normalise_answer(text: str) -> str:
    """Return a right answer that was typed.

    Raises:
        FeedbackError: It holds no word that answers are compared by.
    """
    if not squad_normalise(text):
        rule = "without punctuation and 'a', 'an', 'the'"
        message = f"the right answer {text!r} holds no word that is compared, {rule}; give a longer one"
        raise FeedbackError(message)
    return text
