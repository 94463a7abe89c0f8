"""Hold what a question may have, and refuse one that has more."""

from citewell.errors import QuestionError
from citewell.text import tokens
from citewell.text.normalisation import normalise


def clean_question(question: str, max_characters: int, max_tokens: int) -> str:
    """Return a question normalised, on one line.

    Args:
        question: As it came.
        max_characters: As it came.
        max_tokens: Of the normalised question, as tiktoken counts them.

    Raises:
        QuestionError: It has more.
    """
    if len(question) > max_characters:
        found, limit = f"{len(question):,} characters", f"{max_characters:,}"
        message = f"the question has {found}, the limit is {limit}; ask a shorter one"
        raise QuestionError(message)
    cleaned = " ".join(normalise(question).split())
    length = tokens.count(cleaned)
    if length > max_tokens:
        message = f"the question has {length:,} tokens, the limit is {max_tokens:,}; ask a shorter one"
        raise QuestionError(message)
    return cleaned
