"""Tell the language of a question.

A question of a few words says little about its language, and names say nothing. So a question that has
English function words is English, unless it has only one and py3langid (Lui and Baldwin 2012, "langid.py") is
sure of another language.
"""

from functools import cache
from typing import TYPE_CHECKING

from citewell.text.english import FUNCTION_WORDS, NEGATIONS, PLAIN_WORDS, SENTENCE_OPENERS
from citewell.text.words import folded_words

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

ENGLISH = "en"
# Of 119,895 English questions 65 have none of these words, and 1,643 have one (benchmarks/languages.py).
ENGLISH_WORDS = FUNCTION_WORDS | SENTENCE_OPENERS | PLAIN_WORDS | NEGATIONS
# Least probability of another language, for a question with none of these words and for one with one: other
# languages have some of them too, as French "a" and German "was".
SURE = (0.3, 0.5)


def language_of(question: str) -> str:
    """Return the ISO 639 code of a question's language; "en" where it is not surely another.

    >>> language_of("Wer leitete die Untersuchung?"), language_of("Who led it?"), language_of("Tide, 2019")
    ('de', 'en', 'en')
    """
    known = len(ENGLISH_WORDS.intersection(folded_words(question)))
    letters = [character for character in question if character.isalpha()]
    if known >= len(SURE) or not letters:
        return ENGLISH
    language, probability = identifier().classify(question)
    is_latin = any(letter.isascii() for letter in letters)
    return str(language) if probability >= SURE[known] or not is_latin else ENGLISH


def is_written_in(text: str, language: str) -> bool:
    """Whether a language is the likeliest of a text of several sentences.

    >>> is_written_in("Der Pegel stieg am Montag. Zwei Boote sanken.", "de")
    True
    """
    return str(identifier().classify(text)[0]) == language


@cache
def identifier() -> "LanguageIdentifier":
    """Return the identifier, read once: most questions never need it."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # noqa: PLC0415  # slow to read

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
