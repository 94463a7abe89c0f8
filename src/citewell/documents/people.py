"""Find the people that an article names, by the words around a name."""

import re

from citewell.text.spans import Span
from citewell.text.words import UPPER

NAME_WORD = rf"(?<!\w){UPPER}[\w’'-]{{1,40}}+"
FULL_NAME = (
    rf"{NAME_WORD}(?:[ \u00a0]{UPPER}\.)?(?:[ \u00a0](?:{NAME_WORD}|de|van|von|der|al|bin|la|di)){{1,3}}"
)
# Each word stands beside at least two names in the articles of the development questions.
SPEAKS = r"(?:said|says|told|tweeted|announced|wrote|stated)"
ROLES = (
    r"(?:president|chief|executive|minister|director|general|mayor|head|spokes\w+|bishop|secretary|ceo"
    r"|\w+(?:er|or|ist)(?=[ \u00a0](?:at|for|of)\b))"  # a lawyer for, an economist at
)
# But not: … of Acme Labs, says
SUBJECT = rf"(?<!\bat[ \u00a0])(?<!\bof[ \u00a0])(?<!\bfor[ \u00a0])(?<!\bfrom[ \u00a0])(?P<name>{FULL_NAME})"
PERSON_PATTERNS = (
    # Jane Doe, said — Jane Doe says
    re.compile(rf"{SUBJECT},?[ \u00a0]+{SPEAKS}\b"),
    # adds Jane Doe
    re.compile(rf"\b{SPEAKS},?[ \u00a0]+(?P<name>{FULL_NAME})"),
    # Jane Doe, senior researcher at …
    re.compile(rf"{SUBJECT},[ \u00a0](?:[\w’'-]+[ \u00a0]){{0,4}}(?i:{ROLES})\b"),
    # … the head of the agency, Jane Doe, … — Prime Minister Jane Doe
    re.compile(rf"(?i:\b{ROLES})\b[^.;:\n]{{0,60}}?,[ \u00a0](?P<name>{FULL_NAME})(?=[,.])"),
    re.compile(rf"\b(?:Dr|President|Minister|Senator|Mayor|Judge|General)\.?[ \u00a0](?P<name>{FULL_NAME})"),
)


_FIRST_LINES = 8
# A line that names its author: "By Jane Doe, 3 March 2021".
_BYLINE = re.compile(
    rf"(?i:(?:written |text |words )?by|author|text|von|par|por):? (?P<name>{FULL_NAME}(?:(?:,| and|,? und)"
    rf" {FULL_NAME}){{0,3}})(?![^\n]*[.!?](?:\s|$))"
)


def find_byline(text: str, author: str = "") -> tuple[Span, Span] | None:
    r"""Return the line that says who wrote an article, and the author in it; None where no line does.

    Args:
        text: The article.
        author: The author when known; the line is then the first of the first lines that names him.

    >>> find_byline("The storm\n\nBy Jane Doe, 3 March 2021\n\nTwo boats sank.")
    (Span(start=11, end=36), Span(start=14, end=22))
    """
    wanted = re.compile(rf"(?<!\w){re.escape(author)}(?!\w)") if author else None
    at = 0
    for line in [line for line in text.splitlines() if line.strip()][:_FIRST_LINES]:
        at = text.index(line, at)
        found = wanted.search(line) if wanted else _BYLINE.match(line)
        if found:
            start, end = found.span("name") if not wanted else found.span()
            return Span(at, at + len(line.rstrip())), Span(at + start, at + end)
        at += len(line)
    return None


def find_people(text: str) -> list[Span]:
    """Return the place of the first full name of each person, in text order.

    The words around a name identify it: a verb of speech, a role, a title. Names without any of these are
    missed. The search uses no list of names.
    """
    first: dict[str, Span] = {}
    for pattern in PERSON_PATTERNS:
        for match in pattern.finditer(text):
            name = " ".join(match["name"].split())
            span = Span(*match.span("name"))
            if name not in first or span < first[name]:
                first[name] = span
    return sorted(first.values())
