"""Find the question in a wordy request: "I have read of X, so could you tell me where she was born?"."""

import re
from dataclasses import dataclass
from functools import lru_cache

from citewell.questions.dependence import names
from citewell.text.english import AUXILIARIES, QUESTION_WORDS
from citewell.text.words import folded_words

# Characters from which on a request is wordy; a plain question is seldom longer.
WORDY = 100
# The question is begun by one of the last question words; others open clauses beside it.
MOST_CORES = 4
# Words within which a plain question has its verb: "In which year did".
ASKED_WITHIN = 5
ASKING = re.compile(
    rf"\b(?:{'|'.join(sorted(QUESTION_WORDS))})\b|\b(?P<thing>the\s+(?:name|number|age|amount)\s+of)\b",
    re.IGNORECASE,
)
# "How much does the man who left owe?" asks how much; what is behind belongs to it.
ASKS_AT_ONCE = re.compile(
    rf"(?:{'|'.join(sorted(QUESTION_WORDS))})\b(?:\s+[\w’'-]+){{0,3}}?\s+(?:do|does|did)\b(?!\s+not\b)",
    re.IGNORECASE,
)
# "In which year" begins with its preposition.
PREPOSITION = re.compile(r"\b(?:in|at|on|from|of|by|for|to|with|between|since|until)\s+$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Core:
    """The question inside a wordy request.

    Attributes:
        wording: The question, from its question word on.
        names: The names that stand around it; what answers must be about them.
    """

    wording: str
    names: tuple[str, ...] = ()


def find_cores(request: str) -> list[Core]:
    """Return the questions that a wordy request may come down to; none when it is a plain question.

    >>> wordy = "I have read much about the life of the former Senator Kay Hagan of North Carolina by now, so"
    >>> find_cores(f"{wordy} could you please tell me where she was born?")
    [Core(wording='Where she was born?', names=('Senator Kay Hagan of North Carolina',))]
    """
    if len(request) < WORDY or is_plain(request):
        return []
    found = []
    for match in reversed(asking_words(request)[-MOST_CORES:]):
        before = None if match["thing"] else PREPOSITION.search(request[: match.start()])
        start = before.start() if before else match.start()
        end = request.find("?", start)
        wording = request[start : end if end >= 0 else len(request)].strip(" .!")
        rest = request[:start] + "," + request[start + len(wording) :]
        named = tuple(name for name in names(rest) if name not in wording)
        wording = f"what is {wording}" if match["thing"] else wording
        found.append(Core(f"{wording[:1].upper()}{wording[1:]}?", named))
    return [core for core in found if core.wording.strip("? ") != request.strip(" ?.!")]


def asking_words(request: str) -> list[re.Match[str]]:
    """Return the words that may begin the question, in order; none inside a question that asks at once."""
    found: list[re.Match[str]] = []
    end = 0
    for match in ASKING.finditer(request):
        if match.start() < end:
            continue
        found.append(match)
        if ASKS_AT_ONCE.match(request, match.start()):
            mark = request.find("?", match.start())
            end = mark if mark >= 0 else len(request)
    return found


def is_plain(request: str) -> bool:
    """Whether a request is one question that begins at once."""
    # "In which year did" begins at once; "When the ferry arrived they were" begins a clause.
    words = folded_words(request) or [""]
    begins = words[0] in AUXILIARIES or not QUESTION_WORDS.isdisjoint(words[:2])
    begins = begins and not AUXILIARIES.isdisjoint(words[:ASKED_WITHIN])
    is_one = request.rstrip().endswith("?") and not re.search(r"[.?!;:]\s", request)
    return begins and is_one and not re.match(r"\s*(?:can|could|will|would)\s+you\b", request, re.IGNORECASE)


def is_about(text: str, named: tuple[str, ...]) -> bool:
    """Whether a text has at least half of the names, each with its last word.

    >>> is_about("Hagan died.", ("Kay Hagan", "North Carolina")), is_about("Imus died.", ("Kay Hagan",))
    (True, False)
    """
    if not named:
        return True
    words = words_of(text)
    held = sum(folded_words(name)[-1] in words for name in named)
    return held * 2 >= len(named)


@lru_cache(maxsize=256)
def words_of(text: str) -> frozenset[str]:
    """Return the words of an article; those of the articles asked about last are kept."""
    return frozenset(folded_words(text))
