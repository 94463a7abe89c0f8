"""Put a passage's place in front of it, and make questions that name an article.

Two articles on like events are told apart by their titles alone, which no sentence may repeat.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from citewell.documents.places import write_place
from citewell.text.spans import Span
from training.records import Question

WAYS = (
    'In "{title}", {question}?',
    'According to the article "{title}", {question}?',
    'According to "{title}", {question}?',
    '{question}, according to "{title}"?',
    '{question} in the article "{title}"?',
    "{question} (in {title})?",
)


def place(title: str, *headings: str) -> str:
    """Return what is read in front of a passage.

    >>> place("Victoria_(Australia)", "Climate")
    'Victoria (Australia) | Climate | '
    """
    return write_place(part.replace("_", " ") for part in (title, *headings))


def some(rows: Sequence[Question], settings: Mapping[str, Any], rng: random.Random) -> list[Question]:
    """Return the questions, a share of them with the place of their passage in front of it."""
    return [placed(row) if rng.random() < settings["share"] else row for row in rows]


def placed(row: Question) -> Question:
    """Return a question with the title and the headings in front of its passage."""
    front = place(row.title, *row.headings)
    answer = row.answer and Span(row.answer.start + len(front), row.answer.end + len(front))
    return replace(row, context=front + row.context, answer=answer)


def named(rows: Sequence[Question], settings: Mapping[str, Any], rng: random.Random) -> Iterator[Question]:
    """Yield questions that name an article: the passage's own, or another, and then it does not answer.

    Where another is named the place stands in front of the passage, or nobody could know; where its own
    is, in a half.
    """
    answered = [row for row in rows if row.answer and row.title]
    titles = sorted({row.title for row in answered})
    for row in rng.sample(answered, min(settings["own"], len(answered))):
        asked = replace(row, source="made:own title", question=naming(row.question, row.title, rng))
        yield placed(asked) if rng.random() < 0.5 else asked
    left = settings["other"] if len(titles) > 1 else 0
    for row in rng.sample(answered, min(left, len(answered))):
        other = rng.choice([title for title in titles if title != row.title])
        asked = placed(replace(row, source="made:other title", question=naming(row.question, other, rng)))
        yield replace(asked, answer=None, answers=())


def naming(question: str, title: str, rng: random.Random) -> str:
    """Return a question that also says which article it is of."""
    return rng.choice(WAYS).format(title=title.replace("_", " "), question=question.rstrip(" ?"))
