"""Turn a person's verdict on an answer into a line of a question set.

`keep` writes to two files. `NAME.jsonl` holds the verdicts that tell the right answer; `citewell evaluate
NAME.jsonl` reads this file. `NAME.unlabelled.jsonl` holds the other verdicts. It becomes a question set when
a person adds "answers" and "answerable". A thumbs down alone says that the answer is wrong or badly put, but
not whether the article has a right answer. A thumbs up on a summary or a greeting gives no answer to compare
other answers with. A guessed label would count as gold.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
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
# Most bytes of each file: some ten thousand verdicts, which are read in an instant.
MOST_BYTES = 10_000_000

Verdict: TypeAlias = Literal["up", "down"]


@dataclass(frozen=True, slots=True)
class Feedback:
    """A person's verdict on an answer.

    Attributes:
        answer: The answer.
        verdict: "up" or "down".
        at: Time of the verdict, with a time zone.
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
    """The right answer as far as a verdict tells it.

    Attributes:
        answerable: Whether the article has an answer; None when the verdict does not tell.
        answers: Right answers; empty unless the article has an answer.
        evidence: Slices of the articles that the answer cites, each enough to prove it.
        articles: Ids of the articles that the evidence was cut from.
    """

    answerable: bool | None
    answers: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    articles: frozenset[str] = frozenset()


def keep(feedback: Feedback, documents: Sequence[Document], path: Path, most_bytes: int = MOST_BYTES) -> Path:
    """Write a verdict durably as one line, from any thread or process; write a repeated verdict once.

    Args:
        feedback: The verdict.
        documents: The articles that were asked.
        path: The question set, `NAME.jsonl`.
        most_bytes: Largest size of either file.

    Returns:
        The file that holds the verdict: `path`, or the file beside it if the verdict tells no right answer.

    Raises:
        FeedbackError: The verdict contradicts itself, or the file is full or cannot be written; nothing was
            written then.
    """
    line = record(feedback, documents)
    target = path if "answerable" in line else unlabelled_file(path)
    feedback_file.append(target, line, most_bytes)
    return target


def unlabelled_file(path: Path) -> Path:
    """Return the file beside a question set for verdicts that tell no right answer.

    >>> unlabelled_file(Path("reported.jsonl")).name
    'reported.unlabelled.jsonl'
    """
    return path.with_name(f"{path.stem}.unlabelled.jsonl")


def record(feedback: Feedback, documents: Sequence[Document]) -> dict[str, object]:
    """Return a verdict as a JSON object, with "answers" and "answerable" if the verdict tells them.

    The id is made of all other keys, so the same verdict at the same time has the same id.

    Raises:
        FeedbackError: The verdict contradicts itself.
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
    about = known.articles or {document.id for document in islice(documents, 2)}
    if len(about) == 1:
        line["document_id"] = next(iter(about))
    line |= {"verdict": feedback.verdict, "said": normalise(answer.text), "at": feedback.at.isoformat()}
    return {"id": f"{KIND}-{hashlib.sha256(json.dumps(line).encode()).hexdigest()[:16]}", **line}


def right_answer(feedback: Feedback) -> GoldAnswer:
    """Return the right answer as far as a verdict tells it.

    A typed answer counts first, then a thumbs up on an answer or on an abstention. A thumbs up tells the
    right answer only for questions that ask for a fact.

    Raises:
        FeedbackError: The verdict contradicts itself.
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
    """Raise FeedbackError for contradictory parts of a verdict, and name them."""
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
    """Return the typed answers, normalised and trimmed, without blank ones.

    Raises:
        FeedbackError: The answers exceed a limit.
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
    """Return a typed right answer in normalised form.

    Raises:
        FeedbackError: The answer holds no word that a comparison of answers counts.
    """
    if not squad_normalise(text):
        rule = "without punctuation and 'a', 'an', 'the'"
        message = f"the right answer {text!r} holds no word that is compared, {rule}; give a longer one"
        raise FeedbackError(message)
    return text
