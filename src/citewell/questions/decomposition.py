"""Split a question that asks for two facts."""

import re

from citewell.questions.history import Turn
from citewell.questions.rewriting import rewrite_follow_up
from citewell.text.english import AUXILIARIES

_ASKS = r"(?:who|whom|whose|what|which|when|where|why|how)\b"
# "… and who led it?" begins a second question; "bread and what it costs" does not end one.
SECOND = re.compile(rf"(?:\?\s+|[,;]?\s+and\s+(?:also\s+)?)(?={_ASKS})", re.IGNORECASE)
BEGINS = re.compile(rf"(?:(?:in|on|by|from|at|for) )?{_ASKS}", re.IGNORECASE)
# What is asked for, without what is asked of it: "When", "How much money", "Which country".
BARE = re.compile(
    rf"(?:how (?:many|much)(?: [\w-]+){{0,3}}|(?:which|what) \w+(?<!ed)|{_ASKS})", re.IGNORECASE
)
AUXILIARY = re.compile(rf" (?:{'|'.join(sorted(AUXILIARIES))})\b", re.IGNORECASE)
# "… and how many each?" asks for pairs, not for a second fact.
EACH = re.compile(r"\b(?:each|respectively)\b", re.IGNORECASE)
# Each part is read by itself; a question with more parts is asked as one.
PARTS = 2


def split_question(question: str) -> list[str]:
    """Split a question that asks for two facts; each part can be asked alone. Any other is returned whole.

    >>> split_question("Who led the raid and when did it end?")
    ['Who led the raid', 'when did it end? (led raid)']
    >>> split_question("How many guns and how much money were seized?")
    ['How many guns were seized?', 'how much money were seized?']
    """
    pieces = [piece.strip() for piece in SECOND.split(question) if piece.strip()]
    if len(pieces) != PARTS or not all(map(BEGINS.match, pieces)) or EACH.search(pieces[1]):
        return [question]
    first, second = pieces
    if BARE.fullmatch(first):
        asked = AUXILIARY.search(second)
        return [f"{first}{second[asked.start() :]}", second] if asked else [question]
    return [first, rewrite_follow_up(second, [Turn(first)])]
