"""Tell written text from bytes decoded in a wrong encoding, by the alphabets of languages."""

import re
import unicodedata
from collections import Counter
from contextlib import suppress
from typing import NamedTuple

# For each language, its small letters other than a to z, and words that occur on every page.
_LATIN = (
    ("éèêàçïöüñâôáíóú", "the and of to in is was for that with on are"),  # English, in loan words and names
    ("àâæçèéêëîïôœùûüÿ", "le la les des de du et est un une dans pour que qui en sur il pas au"),  # French
    ("äöüßéàèç", "der die das und ist in den von zu mit auf ein eine des dem nicht im für wo wer was"),
    ("áéíóúüñàç", "el la los las de y es en un una que por con del se no al para donde"),  # Spanish
    ("áâãàçéêíóôõúüñ", "o a os as de e é em um uma que por com do da no na para não se"),  # Portuguese
    ("àèéìíîòóùú", "il la lo gli le di e un una che per con del della in non si sono dove"),  # Italian
    ("áéíóúàèïëöüêç", "de het een en van is in op te dat met voor niet zijn aan waar"),  # Dutch
    ("àèéíïòóúüç", "el la els les de i és en un una que per amb del no es"),  # Catalan
    ("åäöéàü", "och att är en ett i på som för med av det den inte till var vem"),  # Swedish
    (
        "æøåéòôäöü",
        "og at er en et i på som for med af av det den ikke til var hvor hvem å",
    ),  # Danish, Norwegian
    ("åäöšžéõü", "ja on ei se että oli kun mutta kuka missä mikä või see et kui oma"),  # Finnish, Estonian
    ("áðéíóúýþæöø", "og að er í á sem til við það ekki var hann hún um ein"),  # Icelandic, Faroese
    ("áéíóúẃẁŵŷâêîôûàèìòùäëïöü", "an na agus ar i go y yn a mae ac o"),  # Irish, Gaelic, Welsh
    ("ëçé", "të dhe në e i për një me nga është që"),  # Albanian
    ("ąćęłńóśźżéüö", "i w z na nie się to jest do że o jak od po za co"),  # Polish
    ("áčďéěíňóřšťúůýžöü", "a v na je se že to s z do o jak co si by ale jsem kdy kolik byl má"),  # Czech
    ("áäčďéíĺľňóôŕšťúýžřöü", "a v na je sa že to s z do o ako čo si by ale som kedy koľko bol má"),  # Slovak
    ("áéíóöőúüűä", "a az és egy nem hogy is van volt ez de meg ki hol"),  # Hungarian
    ("ăâîșşțţéáö", "și şi de la în a o un pe cu este care nu din sunt unde"),  # Romanian
    ("čćđšžéöü", "i u je na se da za su od s što koji kako nije ovo in v ki ne so"),  # Croatian, Slovene
    ("çğıöşüâîûəé\u0307", "ve bir bu da de için ile ne mi çok olan nerede kim var"),  # Turkish
    ("ąčęėįšųūžé", "ir yra į kad tai su iš bet kaip kas kur tu ne"),  # Lithuanian
    ("āčēģīķļņōŗšūžé", "un ir ar no uz kas par ka bet kā tas kur"),  # Latvian
    ("ċġħżàèìòùé", "u li ta il l-a ma fil tal"),  # Maltese
    ("ĉĝĥĵŝŭé", "la kaj de en estas ne mi vi al kun"),  # Esperanto
    (
        "ăâđêôơưàáảãạằắẳẵặầấẩẫậèéẻẽẹềếểễệìíỉĩịòóỏõọồốổỗộờớởỡợùúủũụừứửữựỳýỷỹỵ",
        "là và của có không một những được cho trong tôi ai đâu",
    ),  # Vietnamese
)
_CYRILLIC = (
    ("абвгдежзийклмнопрстуфхцчшщъыьэюяё", "и в не на что с по как он это к а из у за где кто"),
    ("абвгдежзийклмнопрстуфхцчшщьюяіїєґ", "і в не на що з як та у до це й де хто"),
    ("абвгдежзйклмнопрстуфхцчшыьэюяёіў", "і ў не на што з як гэта у да"),
    ("абвгдежзийклмнопрстуфхцчшщъьюя", "и в не на да се е за от с че са по къде кой"),
    ("абвгдђежзијклљмнњопрстћуфхцчџш", "и у је не на да се за од са што ко где"),
    ("абвгдѓежзѕијклљмнњопрстќуфхцчџш", "и во е не на да се за од со што кој каде"),
)
_OTHERS = (
    ("", "και το η ο να του της με για την είναι που από τι ποιος πού"),
    ("", "של את על לא הוא היא זה עם כי אל גם מה מי או"),
    ("", "في من على و إلى أن هو هي عن ما لا هذا أين"),
)
_LANGUAGES = [
    (frozenset(letters), frozenset(words.split())) for letters, words in (*_LATIN, *_CYRILLIC, *_OTHERS)
]
# The commonest characters of Chinese, Korean and Japanese.
_FREQUENT = ("的是了在不有一人中", "은는이가을를의에다", "のはにをがでとた")
_LISTED_SCRIPTS = ("LATIN", "CYRILLIC")

# Signs that texts use, and signs that stand directly behind a word or a number.
_SIGNS = frozenset(
    "\u00a0\u00ad“”„‚‘’‹›«»–—―…•·€£¥§°©®™¿¡×±¼½¾†№¶✓‥、。，．・：；？！「」『』（）［］【】〈〉《》～ー"
    "\u3000％＋－＝／＆｡｢｣､･"
)
_RAISED = frozenset("¹²³ªº")
_BESIDE_NO_WORD = frozenset("©®¼½¾±¶€£¥¢§")
_INSIDE = frozenset("’‘·‐\u00ad–")
_WORD = re.compile(r"[^\s\x00-\x26\x28-\x2c\x2e-\x40\x5b-\x60\x7b-\x7f]+")  # letters, signs, ' and -
_LETTER = re.compile(r"[A-Za-z]")
_IDEOGRAPH_IN_WORD = re.compile(r"(?<=[a-z])[\u3400-\u9fff\uac00-\ud7a3\uff66-\uff9f]")
_LETTERS_FOR_ONE = 5  # letters a to z per letter of another alphabet; with fewer, the text is in that one
_MOSTLY_LATIN = 5  # letters per ideograph; above it, the text is in an alphabet: no ideographs in words
_TOKEN = re.compile(r"[^\W\d_]+")
# Ranges of common characters in the standards of East Asia: codec, first and last lead byte.
_HANGUL = (("euc_kr", 0xB0, 0xC8),)
_CHINESE = (("gb2312", 0xB0, 0xD7), ("big5", 0xA4, 0xC6))
_JAPANESE = (("euc_jp", 0xB0, 0xCF),)


class Fit(NamedTuple):
    """How well decoded bytes fit the text of a language.

    Attributes:
        strange: Number of non-ASCII characters that no language would have in their place.
        others: Number of non-ASCII characters.
        hits: Number of words that are known words of a language whose letters fit best.
    """

    strange: int
    others: int
    hits: int


def fit(text: str) -> Fit:
    """Measure how well a decoded text fits a language.

    Strange characters are: letters outside the alphabet that fits best; a capital letter behind a small one;
    letters of two scripts in one word; signs inside words; characters that no text uses; rare ideographs.
    """
    others = [character for character in text if character > "\x7f"]
    strange = sum(map(_is_strange_sign, others)) + sum(map(_faults, _WORD.findall(text)))
    scripts = Counter(map(_script, others))
    common = _JAPANESE if scripts["HIRAGANA"] + scripts["KATAKANA"] else _CHINESE
    strange += sum(_is_rare(character, common) for character in others)
    ideographs = scripts["CJK"] + scripts["HANGUL"]
    if len(_LETTER.findall(text)) > _MOSTLY_LATIN * ideographs:
        strange += len(_IDEOGRAPH_IN_WORD.findall(text))
    # A few letters of another alphabet among Latin letters are Latin letters in another encoding.
    alphabets = sum(scripts[name] for name in ("CYRILLIC", "GREEK", "HEBREW", "ARABIC"))
    is_latin = len(_LETTER.findall(text)) > _LETTERS_FOR_ONE * alphabets
    strange += alphabets if is_latin else min(alphabets, scripts["LATIN"])
    letters = [letter.lower() for letter in others if _script(letter) in _LISTED_SCRIPTS]
    outside = [sum(letter not in alphabet for letter in letters) for alphabet, _ in _LANGUAGES]
    words = Counter(word.lower() for word in _TOKEN.findall(text))
    hits = max(
        sum(words[word] for word in known)
        for (_, known), out in zip(_LANGUAGES, outside, strict=True)
        if out == min(outside)
    )
    hits += max(sum(map(text.count, frequent)) for frequent in _FREQUENT)
    # A text in capital letters is unlikely; in another encoding of the same alphabet the letters are small.
    great = sum(letter.isupper() for letter in others)
    is_great = scripts["CYRILLIC"] > 0 and great > len(others) / 2
    return Fit(min(len(others), strange + min(outside) + is_great * great), len(others), hits)


def _is_strange_sign(character: str) -> bool:
    """Whether a character is neither a letter nor a sign of texts: ¤, a box corner, U+FFFD, a control."""
    is_letter = unicodedata.category(character)[0] in "LMN"
    return not is_letter and character not in _SIGNS


def _faults(word: str) -> int:
    """Count faults in a word: letters of another script, capitals behind small letters, signs inside."""
    if word.isascii():
        return 0
    scripts = {_script(letter) for letter in word if letter.isalpha()} - {"FEMININE", "MASCULINE"}
    faults = 0
    if len(scripts - {"HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA"}) > 1 and not scripts & {"CJK"}:
        faults += sum(letter > "\x7f" for letter in word)
    for before, letter, after in zip("-" + word, word, word[1:] + "-", strict=False):
        if letter <= "\x7f":
            continue
        faults += letter.isupper() and (before.islower() or (before.isupper() and after.islower()))
        is_inside = before.isalpha() and after.isalpha()
        is_beside = after.isalpha() or (before.isalpha() and letter not in "©®")
        faults += letter in _BESIDE_NO_WORD and is_beside
        faults += letter == "\u00ad" and not is_inside
        faults += not letter.isalpha() and is_inside and letter not in _INSIDE and not _is_wide(before)
        is_raised = letter in _RAISED and (
            is_inside or (before.isalpha() and before != "m" and letter != "¹")
        )
        faults += is_raised
    return faults


def _script(character: str) -> str:
    return unicodedata.name(character, "?").split()[0] if character > "\x7f" or character.isalpha() else ""


def _is_wide(character: str) -> bool:
    return unicodedata.east_asian_width(character) in "WF"


def _is_rare(character: str, common: tuple[tuple[str, int, int], ...]) -> bool:
    """Whether a character is an ideograph or syllable that no standard lists among its common characters."""
    script = _script(character)
    if script not in {"CJK", "HANGUL"}:
        return False
    for encoding, first, last in _HANGUL if script == "HANGUL" else common:
        with suppress(UnicodeEncodeError):
            if first <= character.encode(encoding)[0] <= last:
                return False
    return True
