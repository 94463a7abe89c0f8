"""Say what a person wants: an answer, an overview of an article, or only to say hello."""

import re
from enum import StrEnum
from html import unescape

from citewell.text.english import AUXILIARIES, QUESTION_WORDS
from citewell.text.words import folded_words

# The longest question, and the longest answer that a person types to a question; in characters.
MAX_CHARACTERS = 4_000


class Intent(StrEnum):
    """What a person wants."""

    QUESTION = "question"
    SUMMARY = "summary"
    KEY_POINTS = "key_points"
    PEOPLE = "people"
    MORE = "more"
    PUBLISHED = "published"
    AUTHOR = "author"
    GREETING = "greeting"
    THANKS = "thanks"
    GOODBYE = "goodbye"
    EMPTY = "empty"
    MEANINGLESS = "meaningless"
    TASK = "task"


# Intents that are answered without looking into an article.
REPLIES = {
    Intent.GREETING: "Hello! Ask me anything about the article: I answer with the sentences that prove it.",
    Intent.THANKS: "You are welcome. Ask on whenever you like.",
    Intent.GOODBYE: "Goodbye!",
    Intent.EMPTY: "Nothing was asked. Type a question about the article.",
    Intent.MEANINGLESS: "I could not make out a question in that. Ask me something about the article.",
}
# The same where several articles are there to be asked.
REPLIES_ABOUT_SEVERAL = {
    **REPLIES,
    Intent.GREETING: "Hello! Ask me anything about the articles: I answer with the sentences that prove it.",
    Intent.EMPTY: "Nothing was asked. Type a question about the articles.",
    Intent.MEANINGLESS: "I could not make out a question in that. Ask me something about the articles.",
}
# Intents that ask about whole articles.
OVERVIEWS = frozenset({Intent.SUMMARY, Intent.KEY_POINTS, Intent.PEOPLE})

# Intents that ask what an article's metadata hold.
METADATA = frozenset({Intent.PUBLISHED, Intent.AUTHOR})

# What citewell is at times told to do and cannot: it only cites. The first word counts, after polite ones.
# No question of the sets in benchmarks/languages.py begins so.
TASKS = frozenset("compose draft paraphrase proofread rephrase rewrite translate write".split())
POLITE = frozenset("can could help me now please pls would you".split())
# Polite words around a request: "Can you please summarise this text for me?" means "summarise".
FILLER = frozenset(
    (
        "a all an are article articles both can could document documents each every for from full give i"
        " in is list lot me my name of page pages please report reports short show stories story tell text"
        " texts that the there these this to us want was were what whole write you your"
    ).split()
)
SUMMARIES = ("about", "gist", "overview", "sum up", "summarise", "summarize", "summary", "tl dr", "tldr")
POINTS = tuple(
    f"{which} {what}" for which in ("key", "main") for what in ("facts", "ideas", "points", "takeaways")
)
PEOPLE = tuple(
    f"{who} {how}" for who in ("people", "which people", "who") for how in ("mentioned", "named", "quoted")
)
MORE = (
    "more",
    "more about",
    "more details",
    "more about please",
    "else",
    "anything else",
    "go on",
    "continue",
    "elaborate",
)
# The patterns match whole utterances only: "hello" is a greeting, "who says hello?" is a question.
UTTERANCES = {
    **dict.fromkeys(("good evening", "good morning", "hello", "hey", "hi"), Intent.GREETING),
    **dict.fromkeys(("great", "ok", "okay", "thank", "thank very much", "thanks"), Intent.THANKS),
    **dict.fromkeys(("bye", "goodbye"), Intent.GOODBYE),
    **dict.fromkeys(SUMMARIES, Intent.SUMMARY),
    **dict.fromkeys((*POINTS, *(f"summarise {points}" for points in POINTS)), Intent.KEY_POINTS),
    **dict.fromkeys(PEOPLE, Intent.PEOPLE),
    **dict.fromkeys(MORE, Intent.MORE),
}

# Elements that no browser shows are removed with their content, to the end of the text if never closed.
MARKUP = re.compile(
    r"<!--.*?(?:-->|\Z)|<(?P<hidden>script|style)\b.*?(?:</(?P=hidden)[^>]*>|\Z)|<[a-z/!?][^<>]*(?:>|\Z)",
    re.IGNORECASE | re.DOTALL,
)
# "&amp;lt;b&amp;gt;" is a tag that was escaped twice.
MOST_ESCAPES = 3


def without_markup(text: str) -> str:
    """Return the text that a page would show if the given text were HTML.

    >>> without_markup("<b>Who</b> won&nbsp;<script>alert(1)</script>").split()
    ['Who', 'won']
    >>> without_markup("Is 3<5, and b > a?")
    'Is 3<5, and b > a?'
    """
    for _ in range(MOST_ESCAPES):
        text = unescape(MARKUP.sub(" ", text))
    return MARKUP.sub(" ", text)


# The article itself, and what it is about. "The report" may be one that the article tells of.
_ARTICLE = (
    r"(?:this|these|(?:this|these|the|that) (?:news )?(?:article|text|story|page|piece|document|post)s?"
    r"|this (?:report|paper|book|mail|letter|item))(?: (?:about|on|titled|called) (?P<topic>.+))?"
)
_MADE = r"(?:published|written|posted|released|issued|dated|come out|appear)"
_ASKED_OF_METADATA = tuple(
    (intent, re.compile(pattern))
    for intent, pattern in (
        (
            Intent.PUBLISHED,
            rf"(?:when|(?:on )?(?:what|which) (?:day|date)) (?:was|were|is|are|did) {_ARTICLE} {_MADE}",
        ),
        (
            Intent.PUBLISHED,
            rf"what (?:is|was) the (?:(?:publication )?date|(?:date|day) of publication) of {_ARTICLE}",
        ),
        (Intent.AUTHOR, rf"who (?:wrote|has written|authored) {_ARTICLE}"),
        (Intent.AUTHOR, rf"by whom (?:was|were|is) {_ARTICLE} written"),
        (Intent.AUTHOR, rf"who (?:was|is|are) {_ARTICLE} (?:written )?by"),
        (
            Intent.AUTHOR,
            rf"wh(?:o|at) (?:is|are|was) the (?:name of the )?(?:author|writer|journalist)s? of {_ARTICLE}",
        ),
        (Intent.AUTHOR, r"who (?:is|are) the authors?(?P<topic>)"),
    )
)


def asked_of_metadata(question: str) -> tuple[Intent, str] | None:
    """Return what a question asks of an article's metadata, and what it says of the article; None otherwise.

    >>> asked_of_metadata("When was this article on the Vik ferry published?")
    (<Intent.PUBLISHED: 'published'>, 'the vik ferry')
    >>> asked_of_metadata("When was the report published?"), asked_of_metadata("Who wrote the law?")
    (None, None)
    """
    words = " ".join(folded_words(question))
    for intent, pattern in _ASKED_OF_METADATA:
        if found := pattern.fullmatch(words):
            return intent, found["topic"] or ""
    return None


def detect_intent(question: str) -> Intent:
    """Say what a person wants.

    >>> detect_intent("Summarise the article, please!").value
    'summary'
    >>> detect_intent("Give me a summary of each of these articles").value
    'summary'
    >>> detect_intent("Who says hello?").value
    'question'
    """
    if not question.strip():
        return Intent.EMPTY
    # Markup is removed only to see whether any text is left: a question may be about markup.
    if not folded_words(without_markup(question)):
        return Intent.MEANINGLESS
    if (asked := asked_of_metadata(question)) is not None:
        return asked[0]
    wanted = " ".join(word for word in folded_words(question) if word not in FILLER)
    return UTTERANCES.get(wanted) or (Intent.TASK if is_task(question) else Intent.QUESTION)


def is_task(question: str) -> bool:
    """Whether a person wants a text to be written.

    >>> is_task("Could you translate this into German?"), is_task("Who translated it?")
    (True, False)
    """
    return next((word for word in folded_words(question) if word not in POLITE), "") in TASKS


def is_question(text: str) -> bool:
    """Whether a text asks something, rather than stating it: by its mark, or by its first word.

    >>> [is_question(text) for text in ("Who was arrested", "He was arrested?", "He was arrested.")]
    [True, True, False]
    """
    words = folded_words(text)
    return text.rstrip().endswith(("?", "？")) or (bool(words) and words[0] in QUESTION_WORDS | AUXILIARIES)


MENTION = re.compile(
    r"\s*(?:who|where|which\s+\w+|what\s+\w+)(?:\s+(?:is|was|are|were|has|have|ever|also))*\s+"
    r"(?:(?:mention(?:s|ed)?|name[sd]?|talk(?:s|ed)?\s+(?:about|of)|sp(?:eaks?|oke)\s+(?:about|of))\s+"
    r"(?P<what>[^?]+)|(?P<thing>[^?]+?)\s+mentioned)\s*\??\s*",
    re.IGNORECASE,
)


def find_mentioned(question: str) -> str:
    """Return what a question asks the mentions of; "" for another question.

    >>> find_mentioned("Who mentioned North Korea?"), find_mentioned("Where is Kiel mentioned?")
    ('North Korea', 'Kiel')
    >>> find_mentioned("Who led North Korea?")
    ''
    """
    found = MENTION.fullmatch(question)
    return (found["what"] or found["thing"]).strip() if found else ""


BARE = QUESTION_WORDS | {"huh"}


def has_no_content(question: str) -> bool:
    """Whether a question that stands alone asks for nothing in particular.

    >>> has_no_content("Who?"), has_no_content("Why was it closed?")
    (True, False)
    """
    return set(folded_words(question)) <= BARE


EXPLAINS = re.compile(
    r"\b(?:all the|reasons?|why)\b|\bhow (?:do|does|did|can|could|will|would|is|are|was|were)\b",
    re.IGNORECASE,
)


def expects_several(question: str) -> bool:
    """Whether a question asks for reasons or explanations, so that several places may answer it.

    >>> expects_several("Why did it collapse?"), expects_several("How many people were arrested?")
    (True, False)
    """
    return bool(EXPLAINS.search(question))


NEWEST = frozenset("latest newest current currently now nowadays presently".split())
_NEWEST_WORD = re.compile(rf"\s*\b(?:most recent|{'|'.join(sorted(NEWEST))})\b", re.IGNORECASE)


def asks_for_newest(question: str) -> bool:
    """Whether a question asks for what is so at last, and not for what was so once.

    >>> asks_for_newest("Who is the current mayor?"), asks_for_newest("Who was the mayor?")
    (True, False)
    """
    return bool(_NEWEST_WORD.search(question))


def without_newest(question: str) -> str:
    """Return a question without its words for the newest: an article says "is", seldom "is currently".

    >>> without_newest("Who is the current mayor?")
    'Who is the mayor?'
    """
    return _NEWEST_WORD.sub("", question)


_ASKS = rf"(?:{'|'.join(sorted(AUXILIARIES))})(?:n['’]t)?\b"
# The verb stands first, or follows a clause: "Of the two, did Kiel win?" The solver needs the second form.
YES_OR_NO = re.compile(
    rf"\s*{_ASKS}"
    rf"|(?!\s*(?:(?:in|by|of) )?(?:wh\w+|how)\b).*[,;:.–—-]\s*(?:(?:but|and|so|then) )?{_ASKS}",
    re.IGNORECASE,
)
# A question with a choice asks which: "Were more lost in Kiel or in Emden?"
ALTERNATIVE = re.compile(
    r"\b(?:more|fewer|less|higher|lower|larger|smaller|bigger|most|fewest)\b.*\bor\b", re.IGNORECASE
)


def is_yes_or_no(question: str) -> bool:
    """Whether the answer to a question is yes or no.

    >>> [is_yes_or_no(asked) for asked in ("Did Kiel win?", "Of the two, did Kiel win?", "How far is it?")]
    [True, True, False]
    >>> is_yes_or_no("Were more lost in Kiel or in Emden?")
    False
    """
    return bool(YES_OR_NO.match(question)) and not ALTERNATIVE.search(question)
