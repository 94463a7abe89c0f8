"""Say what a question asks of figures and lists: which of them, of whom, which place, past which number."""

import re
from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from citewell.answers.arithmetic.checks import CALCULATION_WORDS, GREATEST, LEAST
from citewell.answers.arithmetic.figures import (
    DEMONYMS,
    NAME,
    Quantity,
    folded_names,
    refers_to,
    shared_beginning,
)
from citewell.answers.arithmetic.tables import JOINED, Table, canonical_stems, find_tables, meaning_stems
from citewell.questions.intent import is_yes_or_no
from citewell.text.english import NEGATIONS, NUMBER_WORDS, ORDINALS, PLAIN_WORDS, SENTENCE_OPENERS
from citewell.text.numbers import find_numbers
from citewell.text.stemming import stem
from citewell.text.words import folded_words

# What a question may call those that have figures, and how it asks.
CATEGORIES = frozenset(
    stem(word)
    for word in (
        "country nation state place town city village region area district county province location party "
        "team club school museum island port company group side name participant member one"
    ).split()
)
QUESTION_STOP_STEMS = frozenset(
    stem(word)
    for word in (
        "tell know say said state article story text report mention accord list name give given get got "
        "many much compare comparison compared please exactly often overall whole part suspect individual "
        "man alone only just even come came rank ranked ranking place position first second third fourth "
        "fifth last top bottom lead leading led runner up beat trail outnumber ahead behind tally score "
        "high low large small big great two three four single both pair between among one another else "
        "remaining rest left aside counting set ignore exclude leave beyond minus bar besides different "
        "various separate kind type belong include including included figure data statistic own same equal "
        "equally number amount of see seen show shown appear absent missing lack none zero never yet still "
        "actually really true correct right versus vs out told put stay remain sit sat table go goes went "
        "turn home taken take finish topped lie too well people held whom any plus margin was were did does "
        "do had has have end ended count counted sum"
    ).split()
)
# Spoken of, but no name that the question could be about.
EVERYWHERE = frozenset(("US", "U.S", "Europe", "European"))

PLACES = {word: place for place, word in enumerate(ORDINALS, start=1) if place > 1} | {"runner": 2}
ORDINAL = r"(?:second|third|fourth|fifth|last)"
RANKED = re.compile(
    rf"\b{ORDINAL}\b(?: (?:place|in|on|by|for|with)\b|\W*$)|\brunner-up\b"
    rf"|\b(?:ranks?|ranked|came|finish(?:ed|es)?) {ORDINAL}\b",
    re.IGNORECASE,
)
TOP = re.compile(
    r"\b(?:top|first|led|leads?|leading|topped|tops)\b|\bahead of (?:all|every)|\bmore\b.* than any",
    re.IGNORECASE,
)
BOTTOM = re.compile(r"\b(?:bottom|last)\b|\b(?:fewer|less)\b.* than any", re.IGNORECASE)
NO_RANK = re.compile(r"\bat (?:the )?(?:most|least)\b|\bmost of\b", re.IGNORECASE)
SUM = re.compile(
    r"\b(?:totals?|totall?ed|altogether|combined|together|sum|add(?:s|ed|ing)? up|added|overall|in all)\b"
    r"|\bbetween them\b",
    re.IGNORECASE,
)
DIFFERENCE = re.compile(
    r"\b(?:differences?|exceed(?:s|ed)?|by how (?:many|much)|how (?:many|much) (?:more|fewer|less)|gap|margin"
    r"|lead over|how far (?:ahead|behind)|lies? between)\b",
    re.IGNORECASE,
)
COUNTS = re.compile(
    r"\bhow (?:many|much)\b|\bwhat(?:'s|’s| is| was| were) the (?:total |combined )?number\b", re.IGNORECASE
)
COUNTED_NOUN = re.compile(
    r"\b(?:how many|number of|count(?:ing)?(?: the)?)(?: (?:different|other|separate|distinct|of the))?"
    r"(?: \w+ing)? (?P<noun>\w+)",
    re.IGNORECASE,
)
# What is counted or compared.
OF_WHAT = re.compile(
    r"\b(?:most|fewest|least|many|much|more|fewer|less|number of|amount of|highest|largest|lowest|smallest)"
    r" (?:of (?:the|those) )?(?P<what>\w+(?: \w+(?= (?:did|were|was|are|have|had|in|than)\b))?)",
    re.IGNORECASE,
)
LIMIT = re.compile(
    r"\b(?P<way>(?:no |not )?(?:more|fewer|less) than|over|above|at least|exceed(?:ed|s)?|topp?(?:ed|s)?"
    r"|pass(?:ed|es)?|upwards of|under|below|at most|up to)\s+(?:a |some )?"
    r"(?P<number>[\d][\d.,]*|(?:one )?hundred|[a-z]+(?:-[a-z]+)?)\b(?! (?:of )?the)",
    re.IGNORECASE,
)
LIMITS: dict[str, Callable[[Decimal, Decimal], bool]] = {
    "more than": lambda value, limit: value > limit,
    "fewer than": lambda value, limit: value < limit,
    "at least": lambda value, limit: value >= limit,
    "at most": lambda value, limit: value <= limit,
}
EUROPEAN = re.compile(r"\bEurope(?:an)?\b")
NOT_IN_EUROPE = re.compile(r"\b(?:outside|beyond|not in|non-)\W*(?:of )?Europe")
EUROPE = frozenset(
    (
        "Albania,Austria,Belarus,Belgium,Bosnia and Herzegovina,Britain,Bulgaria,Croatia,Cyprus,Czechia,"
        "Czech Republic,Denmark,England,Estonia,Finland,France,Germany,Greece,Hungary,Iceland,Ireland,Italy,"
        "Kosovo,Latvia,Lithuania,Luxembourg,Malta,Moldova,Montenegro,Netherlands,North Macedonia,Norway,"
        "Poland,Portugal,Romania,Scotland,Serbia,Slovakia,Slovenia,Spain,Sweden,Switzerland,Ukraine,"
        "United Kingdom,Wales"
    ).split(",")
)
LAST_CLAUSE = re.compile(r"[,;]\s+(?:(?:but|and|so|yet)\s+)?(?P<last>[^,;]+)$")
# Words of a question that the text does not know.
MOST_UNKNOWN = 2


@dataclass(frozen=True, slots=True)
class Limit:
    """A number that is to be passed or kept to.

    Attributes:
        way: One of LIMITS.
        number: Which.
    """

    way: str
    number: Decimal

    def __str__(self) -> str:
        """Return it in words."""
        return f"{self.way} {self.number}"

    def admits(self, value: Decimal | int) -> bool:
        """Whether a value keeps to it."""
        return LIMITS[self.way](Decimal(value), self.number)


@dataclass(frozen=True)
class NumericQuestion:
    """A question, and the texts that it is asked of."""

    question: str
    texts: tuple[str, ...]

    @cached_property
    def words(self) -> list[str]:
        """Its words, folded."""
        return folded_words(self.question)

    @cached_property
    def listings(self) -> list[Table]:
        """What the texts give figures for, and list."""
        return find_tables(self.texts)

    @cached_property
    def clause(self) -> "NumericQuestion":
        """Its last clause where that asks for a yes or no by itself; else itself."""
        last = LAST_CLAUSE.search(self.question)
        return NumericQuestion(last["last"], self.texts) if last and is_yes_or_no(last["last"]) else self

    @cached_property
    def topics(self) -> frozenset[str]:
        """The words, as written, of the names that question and text share."""
        inside = {word for text in self.texts for name in folded_names(text) for word in folded_words(name)}
        words = (word for name in self.names for word in re.findall(r"\w+", name))
        return frozenset(word for word in words if word.casefold() in inside) - EVERYWHERE

    @property
    def names(self) -> list[str]:
        """Its names: a capital at its beginning is none."""
        return re.findall(NAME, " ".join(self.question.split()[1:]))

    def content(self, listing: Table) -> frozenset[str]:
        """Return the stems of its words that neither reckon nor name what has figures."""
        named = {word for name in listing.names for word in folded_words(name)}
        people = tuple(shared_beginning(name).casefold() for name in listing.names if " " not in name)
        plain = {*SENTENCE_OPENERS, *PLAIN_WORDS, *NEGATIONS, *GREATEST, *LEAST, *NUMBER_WORDS, *named}
        plain |= {word.casefold() for word in EVERYWHERE}
        text = JOINED.sub("participate", self.question)
        written = [word for word in re.findall(r"[^\W\d_][\w’'-]*", text) if word not in self.topics]
        left = [
            word
            for word in folded_words(" ".join(written))
            if not (word in plain or word.startswith(people) or word.removesuffix("s") in DEMONYMS)
        ]
        return canonical_stems(left) - CALCULATION_WORDS - QUESTION_STOP_STEMS - CATEGORIES

    def fit(self, listing: Table, besides: AbstractSet[str] = frozenset()) -> int:
        """Return how many words of the question are about a listing; 0 when it is not about that.

        A word that the texts use, but not of the listing, is about something else, and so is what is counted
        where the listing does not count it. Other words that they lack may stand for one that they have.

        Args:
            listing: Of the texts.
            besides: Stems that are left out.
        """
        content = self.content(listing) - besides
        unknown = content - listing.about
        counted = {word for match in OF_WHAT.finditer(self.question) for word in folded_words(match["what"])}
        years = {word for word in self.words if word.isdigit() and len(word) == len("1900")}
        limits = find_numbers(" ".join(match["number"] for match in LIMIT.finditer(self.question)))
        is_of_else = (
            years - find_numbers(" ".join(listing.sentences)) - limits
            or unknown & meaning_stems(" ".join(self.texts)) - listing.near
            or unknown & canonical_stems(counted)
            or len(unknown) > MOST_UNKNOWN
        )
        if is_of_else:
            return 0
        if content:
            return len(content & listing.about)
        tables = sum(bool(other.figures) for other in self.listings)
        return int(bool(listing.figures) and tables == 1 and not self.topics)

    def find_fitting(self, besides: AbstractSet[str] = frozenset()) -> list[Table]:
        """Return the listings that the question is about: those that the most of its words are about."""
        fits = [(self.fit(listing, besides), listing) for listing in self.listings]
        best = max((fit for fit, _ in fits), default=0)
        return [listing for fit, listing in fits if fit and fit == best]

    def find_named(self, listing: Table) -> list[Quantity]:
        """Return the figures that the question names, in its order."""
        found = [figure for figure in listing.figures if refers_to(self.question, figure.name)]
        return sorted(found, key=lambda figure: self._place(figure.name))

    def _place(self, name: str) -> int:
        called = [word for word, place in DEMONYMS.items() if place == name] + [shared_beginning(name)]
        places = [self.question.casefold().find(word.casefold()) for word in called]
        if name == "United States" and (match := re.search(r"\bU\.?S\b", self.question)):
            places.append(match.start())
        return min((place for place in places if place >= 0), default=0)

    def names_another(self, listing: Table) -> bool:
        """Whether it names something of another list that has no figure here: what has cannot answer it."""
        called = {name for other in self.listings for name in other.names} - set(listing.names) - EVERYWHERE
        return any(
            refers_to(self.question, name) and not canonical_stems(folded_words(name)) <= listing.about
            for name in called
        )

    def restrict_to_europe(self, figures: Sequence[Quantity]) -> list[Quantity]:
        """Return the figures that it may be about: all, or those of Europe, or of elsewhere."""
        if not EUROPEAN.search(self.question):
            return list(figures)
        outside = bool(NOT_IN_EUROPE.search(self.question))
        return [figure for figure in figures if (figure.name in EUROPE) is not outside]

    @property
    def counts_names(self) -> bool:
        """Whether it asks how many countries, towns, parties there are, rather than what they have."""
        noun = COUNTED_NOUN.search(self.question)
        return bool(noun) and stem((noun or {"noun": ""})["noun"].casefold()) in CATEGORIES

    @property
    def limit(self) -> Limit | None:
        """The number that is to be passed."""
        for match in LIMIT.finditer(self.question):
            value = find_numbers(match["number"]) or ({"1"} if match["number"].casefold() == "one" else set())
            if value:
                return Limit(normalise_limit(match["way"].casefold()), Decimal(next(iter(value))))
        return None

    @property
    def rank(self) -> tuple[int, bool] | None:
        """Which place is asked for, from 1, and whether it is one of the least; None when none is."""
        words = {word for pair in self.words for word in pair.split("-")}
        is_least = bool(words & LEAST) or bool(BOTTOM.search(self.question))
        is_most = bool(words & GREATEST or TOP.search(self.question)) and not NO_RANK.search(self.question)
        place = max((PLACES[word] for word in words if word in PLACES), default=1)
        is_place = place > 1 and bool(RANKED.search(self.question))
        return (place, is_least) if is_least or is_most or is_place else None


def normalise_limit(way: str) -> str:
    """Return which of LIMITS a wording means.

    >>> [normalise_limit(way) for way in ("over", "no more than", "less than", "up to", "no fewer than")]
    ['more than', 'at most', 'fewer than', 'at most', 'at least']
    """
    is_denied = way.startswith(("no ", "not "))
    if way in ("at most", "up to"):
        return "at most"
    if way == "at least":
        return "at least"
    if "fewer" in way or "less" in way or way in ("under", "below"):
        return "at least" if is_denied else "fewer than"
    return "at most" if is_denied else "more than"
