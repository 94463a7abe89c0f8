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
