"""List English words that several modules use."""

# From one to nineteen, in order.
SMALL_NUMBERS = tuple(
    (
        "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
        " seventeen eighteen nineteen"
    ).split()
)
# From twenty to ninety, in order.
TENS = tuple("twenty thirty forty fifty sixty seventy eighty ninety".split())
SCALES = tuple("hundred thousand million billion trillion".split())
ORDINALS = tuple("first second third fourth fifth".split())
# From one to nine: the words that follow a ten, as in "twenty-one".
UNITS = {word: value for value, word in enumerate(SMALL_NUMBERS[:9], start=1)}
# The value of each number word. "One" is left out, because it is more often a pronoun.
NUMBER_WORDS = {
    **{word: value for value, word in enumerate(SMALL_NUMBERS[1:], start=2)},
    **{word: 10 * value for value, word in enumerate(TENS, start=2)},
    "hundred": 100,
    "dozen": 12,
}

MONTHS = tuple(
    "January February March April May June July August September October November December".split()
)
DAYS = tuple("Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split())

QUESTION_WORDS = frozenset("who whom whose what which when where why how".split())
AUXILIARIES = frozenset("is are was were do does did has have had can could will would should".split())
# Words of a question that do not name its topic.
FUNCTION_WORDS = (
    QUESTION_WORDS
    | AUXILIARIES
    | frozenset(
        (
            "a an the of in on at to for by from with and or but as be been it its this that these those "
            "there they them their he she his her him many much please tell me give list name show about so "
            "then"
        ).split()
    )
)
# Words that have a capital at the beginning of a sentence but are not names.
SENTENCE_OPENERS = frozenset(
    (
        "a an the in on at of for to by from with without as and or but if when while after before during "
        "since both all some many most more no not it he she they we you i this that these those there "
        "its his her their our my about over under between according however also then only each every "
        "several who what which where why how"
    ).split()
)
NEGATIONS = frozenset("no not never none nobody nothing neither nor without cannot".split())
# Words that state no fact by themselves.
PLAIN_WORDS = frozenset(
    (
        "be been being is are was were am do does did done has have had having will would can could may "
        "might it people person persons someone number amount total article passage text according per "
        "there here s"
    ).split()
)

DATE_WORDS = frozenset(word.casefold() for word in (*MONTHS, *DAYS))
# Words that have a capital where a sentence begins, and days: "On Thursday" is nobody.
NO_NAME = SENTENCE_OPENERS | DATE_WORDS

# The past tense of common verbs that do not take "ed".
PAST_TENSES = frozenset(
    (
        "was were had did said told went came took gave made got saw knew thought found left felt kept held"
        " brought wrote stood lost met paid sent spent built fell led read rose ran began broke chose drew"
        " drove flew grew hit hurt laid let lay put set sank sold shot shut spoke struck swam threw won wore"
        " became bought caught cut fought forgot heard hid quit sat slept stole taught understood cast burst"
        " spread swept sprang froze shook bit blew dug fed fled bound wound swore tore withdrew"
    ).split()
)
