"""Split a question that asks for several facts."""

import re

from citewell.questions.history import Turn
from citewell.questions.rewriting import rewrite_follow_up

# "… and who led it?" begins a second question; "bread and what it costs" does not end one.
SECOND = re.compile(
    r"(?:\?\s+|[,;]?\s+and\s+(?:also\s+)?)(?=(?:who|what|which|when|where|why|how)\b)", re.IGNORECASE
)
BEGINS = re.compile(r"\s*(?:who|whom|whose|what|which|when|where|why|how|in which|on which)\b", re.IGNORECASE)


# Each part is read by itself; a question with more is asked as one.
MOST_PARTS = 4


def decompose(question: str) -> list[str]:
    """Split a question that asks for several facts; each part can be asked alone.

    >>> decompose("Who led the raid and when did it end?")
    ['Who led the raid', 'when did it end? (led raid)']
    """
    pieces = [piece.strip() for piece in SECOND.split(question) if piece.strip()]
    if not 1 < len(pieces) <= MOST_PARTS or not all(BEGINS.match(piece) for piece in pieces):
        return [question]
    return [pieces[0], *(rewrite_follow_up(piece, [Turn(pieces[0])]) for piece in pieces[1:])]
