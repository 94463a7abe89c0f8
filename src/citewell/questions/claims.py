"""Put an answer into its question, for a network to judge: "Who won?" and "Lund" are "Lund won"."""

import re

from citewell.text.english import AUXILIARIES

_ASKED = re.compile(
    r"(?:(?:in|on|at|by|to|from|for) )?"
    r"(?P<asked>how (?:many|much|long|far|high|big|old)|which|what|whom?|when|where)\b",
    re.IGNORECASE,
)
_MOST_WORDS = 4  # between the question word and the verb: "How many metric tonnes of fish did …"
_DO = frozenset("do does did".split())


def put_in(question: str, answer: str) -> str:
    """Return a claim that a question and an answer make, in rough English; "" for "why" and "how".

    The claim is never shown. The network judges rough English as it does good English.

    >>> put_in("How many people did the firm sack?", "300"), put_in("Who won the race?", "Lund")
    ('the firm sack 300 people', 'Lund won the race')
    >>> put_in("When was the church built?", "in 1694"), put_in("Why was it built?", "for the king")
    ('the church built was in 1694', '')
    """
    question = " ".join(question.split()).strip(" ?")
    found = _ASKED.match(question)
    if not found:
        return ""
    words = question[found.end() :].split()
    verb = next((n for n, word in enumerate(words[: _MOST_WORDS + 1]) if word.lower() in AUXILIARIES), None)
    if verb is None:
        return " ".join([answer, *words])
    counted, rest = words[:verb], words[verb + 1 :]
    if not found["asked"].lower().startswith("how") or set(counted) <= set(answer.split()):
        counted = []
    if words[verb].lower() in _DO:
        return " ".join([*rest, answer, *counted])
    if counted:
        return " ".join([answer, *counted, words[verb], *rest])
    return " ".join([*rest, words[verb], answer])
