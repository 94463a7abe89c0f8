"""Set the length limits of a question, and refuse a longer one."""

from citewell.errors import QuestionError
from citewell.text import tokens
from citewell.text.normalisation import normalise


def clean_question(question: str, max_characters: int, max_tokens: int) -> str:
    """Return a question normalised, on one line.

    Args:
        question: The question as received.
        max_characters: Most characters of the question as received.
        max_tokens: Most tokens of the normalised question, as tiktoken counts them.

    Raises:
        QuestionError: The question is longer than a limit.
    """
    if len(question) > max_characters:
        found, limit = f"{len(question):,} characters", f"{max_characters:,}"
        message = f"the question has {found}, the limit is {limit}; ask a shorter one"
        raise QuestionError(message)
    cleaned = " ".join(normalise(question).split())
    if not tokens.fit([cleaned], max_tokens):
        found, limit = f"{tokens.count(cleaned):,} tokens", f"{max_tokens:,}"
        message = f"the question has {found}, the limit is {limit}; ask a shorter one"
        raise QuestionError(message)
    return cleaned
