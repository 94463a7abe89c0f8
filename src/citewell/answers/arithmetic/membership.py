"""Answer who is in a list, in none or in two, and how many it has."""

import re

from citewell.answers.arithmetic.checks import WITHOUT
from citewell.answers.arithmetic.fact import Fact
from citewell.answers.arithmetic.figures import DEMONYMS, PAIR, refers_to
from citewell.answers.arithmetic.question import (
    COUNTS,
    EUROPE,
    EUROPEAN,
    EVERYWHERE,
    NumericQuestion,
)
from citewell.answers.arithmetic.table_question import LESS, MORE, TableQuestion, join_names
from citewell.answers.arithmetic.tables import canonical_stems
from citewell.answers.arithmetic.wording import (
    answer_yes_or_no,
)
from citewell.text.words import folded_words

LACKS = re.compile(
    r"\b(?:not|no|never|none|neither|without|absent|missing|zero|lacks?|left out|nothing)\b|n['’]t\b",
    re.IGNORECASE,
)
BOTH = re.compile(r"\b(?:both|also|as well|too)\b", re.IGNORECASE)


def answer_membership(asked: NumericQuestion) -> Fact | None:
    """Answer whether a name is in a list, or all of several are."""
    compares = MORE.search(asked.question) or LESS.search(asked.question) or asked.rank or asked.limit
    if compares or LACKS.search(asked.clause.question):
        return None
    besides = canonical_stems(word for name in asked.clause.names for word in folded_words(name))
    fitting = [
        listing for listing in asked.clause.find_fitting(besides) if asked.clause.content(listing) - besides
    ]
    if len({listing.names for listing in fitting}) != 1:
        return None
    listing = fitting[0]
    alike = [other for other in asked.listings if len(set(other.names) & set(listing.names)) >= PAIR]
    inside = [name for name in listing.names if refers_to(asked.question, name)]
    elsewhere = {name for other in alike for name in other.names} - set(listing.names)
    known = {word for text in asked.texts for word in folded_words(text)}
    outside = [name for name in sorted(elsewhere) if refers_to(asked.question, name)]
    outside += [
        name
        for name in asked.names
        if not (set(folded_words(name)) & known or name in EVERYWHERE or name.casefold() in DEMONYMS)
    ]
    table = TableQuestion(asked, listing)
    if inside and not outside:
        are = "is" if len(inside) == 1 else "are"
        return answer_yes_or_no(
            table, f"{join_names(inside)} {are} in the list of “{listing.lead}”", holds=True
        )
    if len(outside) == 1 and not inside:
        return answer_yes_or_no(table, f"{outside[0]} is not in the list of “{listing.lead}”", holds=False)
    return None


def answer_left_out_or_both(asked: NumericQuestion) -> Fact | None:
    """Answer who is in one list and not in another, or in both."""
    lacks = bool(LACKS.search(asked.question))
    if not lacks and not BOTH.search(asked.question):
        return None
    pairs = []
    for one in asked.listings:
        content = asked.content(one)
        for other in asked.listings:
            shared = set(other.names) & set(one.names)
            is_spoken_of = content & one.about - other.about and content <= one.about | other.about
            if one is not other and PAIR <= len(shared) < len(other.names) and is_spoken_of:
                pairs.append((len(content & one.about - other.about), one, other))
    most = max((about for about, _, _ in pairs), default=0)
    best = [(one, other) for about, one, other in pairs if about == most]
    found = {tuple(name for name in other.names if (name in one.names) is not lacks) for one, other in best}
    if len(found) != 1:
        return None
    one, other = best[0]
    names = found.pop()
    proof = (*one.sentences, *other.sentences)
    are = "is" if len(names) == 1 else "are"
    where = f"not in the list of “{one.lead}”" if lacks else "in both lists"
    if COUNTS.search(asked.question):
        return Fact(f"{len(names)} {are} {where}: {', '.join(names)}.", str(len(names)), proof)
    return Fact(f"{join_names(names)} {are} {where}.", ", ".join(names), proof)


def answer_list_length(asked: NumericQuestion) -> Fact | None:
    """Answer how many a list has."""
    question = asked.question
    if not asked.counts_names or asked.limit or WITHOUT.search(question) or LACKS.search(question):
        return None
    fitting = [listing for listing in asked.find_fitting() if asked.content(listing) and not listing.figures]
    if len({listing.names for listing in fitting}) != 1:
        return None
    names = [name for name in fitting[0].names if not EUROPEAN.search(question) or name in EUROPE]
    return Fact(f"{len(names)} are named: {', '.join(names)}.", str(len(names)), fitting[0].sentences)
