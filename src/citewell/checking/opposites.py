"""Find words of a claim whose opposites a sentence has in their place: acquitted / convicted.

The network takes such a pair for likeness where all other words are the same. The words are those of news:
what happens to numbers, in courts, in votes, to people and to plans. Inflected forms are found by their
stems, and irregular ones are listed.
"""

from functools import cache

from citewell.text.spans import Span
from citewell.text.stemming import stem
from citewell.text.words import fold, word_spans

# Each line is a group; its parts between the bars oppose each other.
GROUPS = """\
rise rose risen increase grow grew grown climb gain soar jump | fall fell fallen decrease decline drop
    shrink shrank sink sank plunge lose lost
more | less fewer
most | least
above exceed | below
up upward | down downward
high higher highest | low lower lowest
large larger largest big bigger | small smaller smallest
long longer | short shorter
early earlier | late later
before | after
first | last
begin began begun start launch open opened resume | end finish stop halt close shut closed cease suspend
arrive | leave depart left
enter | exit leave left
win won victory defeat beat | lose lost
acquit acquittal innocent cleared | convict conviction guilty
free release freed | arrest detain imprison jail
accept agree approve endorse welcome praise applaud support favour favor back | reject refuse oppose condemn
    criticise criticize denounce protest disagree deny disapprove
allow permit legal lawful legalise legalize | forbid ban prohibit illegal unlawful outlaw
confirm admit | deny denied
include | exclude
succeed success successful | fail failure unsuccessful
safe | dangerous unsafe
alive live survive survived | dead die died kill killed
healthy | ill sick
war | peace
attack | defend
buy bought purchase | sell sold
import | export
borrow | lend lent
hire employ appoint | fire dismiss sack resign
build built construct | destroy demolish
create | abolish
same equal | different
full complete entire | partial
public | private secret
domestic national | foreign international
rich | poor
old older | young younger
new | old
hot warm | cold cool
strong | weak
heavy | light
wide wider | narrow narrower
right | wrong
left | right
north northern | south southern | east eastern | west western
father | mother
son | daughter
brother | sister
husband | wife
king | queen
morning | afternoon | evening | night
spring | summer | autumn fall | winter
always | never
everybody everyone all | nobody none
many | few
likely | unlikely
possible | impossible
known | unknown
voluntary | compulsory mandatory
temporary | permanent
inside indoor | outside outdoor
near | far
offline | online
rural | urban
democrat democratic | republican
profit | loss
surplus | deficit
income revenue | expense
ancestor | descendant
victim | suspect
plaintiff | defendant
majority | minority
maximum | minimum
"""


@cache
def _groups() -> dict[str, frozenset[str]]:
    """Return the stems of the opposites of each stem."""
    found: dict[str, set[str]] = {}
    for line in GROUPS.replace("\n    ", " ").splitlines():
        parts = [{stem(word) for word in part.split()} for part in line.split("|")]
        for part in parts:
            for word in part:
                found.setdefault(word, set()).update(*(other for other in parts if other is not part))
    return {word: frozenset(others - {word}) for word, others in found.items()}


def find_opposites(claim: str, sentence: str) -> list[tuple[Span, Span]]:
    """Return the ranges of words that oppose each other, those of the claim first.

    A word that both have, or whose opposite the claim has too, opposes nothing; nor does a part of a name.

    >>> claim, sentence = "A jury acquitted Lee.", "The jury convicted Lee on Monday."
    >>> [(claim[a:b], sentence[c:d]) for (a, b), (c, d) in find_opposites(claim, sentence)]
    [('acquitted', 'convicted')]
    >>> find_opposites("Lee was freed after her arrest.", "Lee was arrested.")
    []
    """
    here, there = _plain_words(claim), _plain_words(sentence)
    found = []
    for word, span in here.items():
        others = _groups().get(word, frozenset())
        if word in there or others & here.keys():
            continue
        found += [(span, there[other]) for other in sorted(others & there.keys())[:1]]
    return found


def _plain_words(text: str) -> dict[str, Span]:
    """Return the range of each word that is no part of a name, by its stem."""
    return {
        stem(fold(text[start:end])): Span(start, end)
        for start, end in word_spans(text)
        if not text[start].isupper() or not text[:start].strip(" \"“'")
    }
