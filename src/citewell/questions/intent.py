"""Say what a person wants: an answer, an overview of an article, or only to say hello."""

import re
from enum import StrEnum
from html import unescape

from citewell.text.english import QUESTION_WORDS
from citewell.text.words import folded_words

# The longest question, and the longest answer to one that a person types; in characters.
MAX_CHARACTERS = 4_000


class Intent(StrEnum):
    """What a person wants."""

    QUESTION = "question"
    SUMMARY = "summary"
    KEY_POINTS = "key_points"
    PEOPLE = "people"
    GREETING = "greeting"
    THANKS = "thanks"
    GOODBYE = "goodbye"
    EMPTY = "empty"
    MEANINGLESS = "meaningless"


# What is answered without looking into an article.
REPLIES = {
    Intent.GREETING: "Hello! Ask me anything about the article: I answer with the sentences that prove it.",
    Intent.THANKS: "You are welcome. Ask on whenever you like.",
    Intent.GOODBYE: "Goodbye!",
    Intent.EMPTY: "Nothing was asked. Type a question about the article.",
    Intent.MEANINGLESS: "I could not make out a question in that. Ask me something about the article.",
}
# What is asked of a whole article.
OVERVIEWS = frozenset({Intent.SUMMARY, Intent.KEY_POINTS, Intent.PEOPLE})

# Whole utterances only: "hello" greets, "who says hello?" asks.
GREETING = re.compile(
    r"(hi|hello|hey|hiya|howdy|greetings|good (morning|afternoon|evening|day))"
    r"( (there|all|everyone|citewell|you))?( how are you( doing)?( today)?)?|how are you( doing)?( today)?"
)
THANKS = re.compile(
    r"ok(ay)?|yes|no|sure|right|i see|got it|great|perfect|cool"
    r"|(ok(ay)? |great |perfect |cool )?(thanks|thank you|thx|ty|cheers|much appreciated)"
    r"( (so much|very much|a lot|again|you|for (your|the) (help|answer)))*"
)
GOODBYE = re.compile(r"(ok(ay)? )?(bye( bye)?|goodbye|see (you|ya)( later)?|good night|farewell)")
# How a request about all of it begins, and what it calls it.
PLEASE = (
    r"(?:please |can you |could you |would you |give (?:me|us) |list |show me |tell me |write "
    r"|what (?:are|were) |which are |i (?:want|need|would like) |summari[sz]e )*"
)
THING = (
    r"(?:the |this |that |my |your )?(?:whole |entire |full |main |news )*"
    r"(?:article|text|story|document|report|page|piece|it|this)"
)
SUMMARY = re.compile(
    rf"{PLEASE}(?:"
    rf"(?:(?:a|the|an|short|brief|quick|concise|one paragraph) )*(?:summary|overview|abstract|tl ?dr|gist)"
    rf"(?: (?:of|for) {THING})?"
    rf"|(?:summari[sz]e|sum up|recap|outline)(?: {THING})?(?: up)?"
    rf"(?: (?:for me|briefly|shortly|in \w+ (?:words|sentences|lines|points)))*"
    rf"|what (?:is|s) {THING}(?: all)? about|what does {THING} say|(?:tell me )?about {THING}"
    rf"|what (?:is|s) the (?:gist|summary|main idea|bottom line)(?: (?:of|in) {THING})?"
    rf")(?: please)?"
)
KEY_POINTS = re.compile(
    rf"{PLEASE}(?:the |some |its )?(?:\w+ )?(?:key|main|most important|central|major|important|principal)"
    rf" (?:points?|facts?|ideas?|takeaways?|takeaway points?|findings?|messages?|claims?|things)"
    rf"(?: (?:of|in|from|made in|made by) {THING})?(?: please)?"
)
FOLK = r"(?:people|persons|names|individuals)"
MENTIONED = r"(?:mentioned|named|quoted|cited)"
PEOPLE = re.compile(
    rf"who (?:is|are|was|were|all is|gets?) (?:{MENTIONED}|in)(?: (?:in|by))?(?: {THING})?"
    rf"|{PLEASE}(?:name )?(?:all |of )*(?:the )?{FOLK}(?: (?:who are |that are )?{MENTIONED})?"
    rf"(?: (?:in|by) {THING})?"
    rf"|(?:what|which) {FOLK} (?:are|were) {MENTIONED}(?: (?:in|by) {THING})?"
    rf"|who does {THING} (?:mention|name|quote|cite)|who are the people (?:{MENTIONED} )?in {THING}"
)
# Seven consonants in a row stand in no English word ("catchphrase" has six); nor does a letter five times.
NOISE = re.compile(r"[bcdfghjklmnpqrstvwxz]{7,}|([^\W\d])\1{4,}")

# An element of HTML, or of a maker's own (with a hyphen); "<who is Ann>" is a question in brackets.
ELEMENTS = (
    "a abbr acronym address animate applet area article aside audio b base basefont bdi bdo bgsound big"
    " blink blockquote body br button canvas caption center circle cite code col colgroup command data"
    " datalist dd del desc details dfn dialog dir div dl dt ellipse em embed fieldset figcaption figure"
    " font footer foreignobject form frame frameset g h1 h2 h3 h4 h5 h6 head header hgroup hr html i"
    " iframe image img input ins isindex kbd keygen label legend li line link listing main map mark"
    " marquee math menu menuitem meta meter mi mn mo mtext nav nobr noembed noframes noscript object ol"
    " optgroup option output p param path picture plaintext polygon polyline portal pre progress q rect rp"
    " rt ruby s samp script search section select set slot small source span strike strong style sub"
    " summary sup svg symbol table tbody td template text textarea tfoot th thead time title tr track tt u"
    " ul use var video wbr xmp"
)
_ELEMENT = rf"(?:{'|'.join(ELEMENTS.split())}|[a-z][a-z0-9]*-[a-z0-9-]*)"
_MARKUP = re.compile(
    # What no browser shows goes with all that is in it, to the end if nobody closes it.
    r"<!--.*?(?:-->|\Z)|<(?P<hidden>script|style)\b.*?(?:</(?P=hidden)[^>]*>|\Z)"
    rf"|</?{_ELEMENT}(?![a-z0-9-])[^<>]*(?:>|\Z)|<[!?][^<>]*(?:>|\Z)"
    r"|!\[[^\[\]]*\]\([^()]*\)|\[\]\([^()]*\)",
    re.IGNORECASE | re.DOTALL,
)
# "&amp;lt;b&amp;gt;" is a tag that was escaped twice.
MOST_ESCAPES = 3


def without_markup(text: str) -> str:
    """Return what a page would show of a text if it were HTML, or an image in Markdown.

    >>> without_markup("<b>Who</b> won&nbsp;<script>alert(1)</script>").split()
    ['Who', 'won']
    >>> without_markup("Is 3<5, and b > a?")
    'Is 3<5, and b > a?'
    """
    for _ in range(MOST_ESCAPES):
        shown = unescape(_MARKUP.sub(" ", text))
        if shown == text:
            break
        text = shown
    return _MARKUP.sub(" ", text)


def detect_intent(question: str) -> Intent:
    """Say what a person wants.

    >>> detect_intent("Summarise the article, please!").value
    'summary'
    >>> detect_intent("Who says hello?").value
    'question'
    """
    if not question.strip():
        return Intent.EMPTY
    words = folded_words(question)
    said = " ".join(words)
    if "<" in question or "&" in question or "](" in question:
        # Only to see whether anything is left: what is asked may be about markup.
        words = words and folded_words(without_markup(question))
    if not words or all(NOISE.search(word) for word in words) or re.fullmatch(r"([^\W\d])( \1)*", said):
        return Intent.MEANINGLESS
    kinds = (
        (GREETING, Intent.GREETING),
        (THANKS, Intent.THANKS),
        (GOODBYE, Intent.GOODBYE),
        (KEY_POINTS, Intent.KEY_POINTS),
        (PEOPLE, Intent.PEOPLE),
        (SUMMARY, Intent.SUMMARY),
    )
    return next((kind for pattern, kind in kinds if pattern.fullmatch(said)), Intent.QUESTION)


BARE = QUESTION_WORDS | {"huh"}


def has_no_content(question: str) -> bool:
    """Whether a question that stands alone asks for nothing in particular.

    >>> has_no_content("Who?"), has_no_content("Why was it closed?")
    (True, False)
    """
    return set(folded_words(question)) <= BARE


# "Which drugs", "what other countries"; but not "what does", "which process", "what was the status".
_WORD = r"(?!(?:does|did|was|were|is|are|has|have|do)\b)\w+"
LIST_REQUEST = re.compile(
    rf"\b(?:which|what)\s+(?:{_WORD}\s+){{0,2}}(?!does\b|was\b|is\b|has\b|\w*(?:ss|us|is)\b)\w{{3,}}s\b"
    r"|\b(?:list|name all|name the)\b",
    re.IGNORECASE,
)
EXPLAINS = re.compile(
    r"\b(?:all the|reasons?|why)\b|\bhow (?:do|does|did|can|could|will|would|is|are|was|were)\b",
    re.IGNORECASE,
)


def expects_several(question: str) -> bool:
    """Whether a question may have its answer in several places: lists, reasons, explanations.

    >>> expects_several("Which countries took part?"), expects_several("How many people were arrested?")
    (True, False)
    """
    return bool(LIST_REQUEST.search(question) or EXPLAINS.search(question))


_ASKS = r"(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|should)(?:n't|n’t)?\b"
# By itself, or behind a clause: "Of the two, did Kiel win?"
YES_OR_NO = re.compile(
    rf"\s*{_ASKS}"
    rf"|(?!\s*(?:(?:in|by|of) )?(?:wh\w+|how)\b).*[,;:.–—-]\s*(?:(?:but|and|so|then) )?{_ASKS}",
    re.IGNORECASE,
)


# "Were more lost in Kiel or in Emden?" asks which.
ALTERNATIVE = re.compile(
    r"\b(?:more|fewer|less|higher|lower|larger|smaller|bigger|most|fewest)\b.*\bor\b", re.IGNORECASE
)


def is_yes_or_no(question: str) -> bool:
    """Whether a question is to be answered with a yes or a no.

    >>> [is_yes_or_no(asked) for asked in ("Did Kiel win?", "Of the two, did Kiel win?", "How far is it?")]
    [True, True, False]
    >>> is_yes_or_no("Were more lost in Kiel or in Emden?")
    False
    """
    return bool(YES_OR_NO.match(question)) and not ALTERNATIVE.search(question)
