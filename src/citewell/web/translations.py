"""Give the page's strings in the language that was set; `translations.toml` has every string."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from citewell.errors import SettingsError

FALLBACK = "en"
# What fills the gaps of a message.
GAPS = {"count": r"\d+", "reason": ".+", "words": ".+"}


@dataclass(frozen=True, slots=True)
class Words:
    """The strings of one language.

    Attributes:
        language: ISO 639 code.
        table: String by key.
    """

    language: str
    table: Mapping[str, str]

    def __call__(self, key: str, **values: object) -> str:
        """Return a string with its gaps filled in.

        >>> words("en")("citation", number=2)
        'Citation 2'
        """
        return self.table[key].format(**values)

    def said(self, message: str) -> str:
        """Return a fixed message of an answer in this language; any other message as it is.

        >>> words("de").said("The article does not say.")
        'Der Artikel sagt es nicht.'
        >>> words("de").said("3 more sentences are left out for length")
        '3 weitere Sätze wurden der Länge wegen weggelassen'
        >>> words("de").said("A message of somebody else's")
        "A message of somebody else's"
        """
        for pattern, key in patterns():
            if found := pattern.fullmatch(message):
                return self(key, **found.groupdict())
        # A note may have several parts.
        first, dot, rest = message.partition(". ")
        return f"{self.said(first)}{dot}{self.said(rest)}" if dot else message


@cache
def messages() -> dict[str, str]:
    """Return the key of each message that answers and checks have, by its English text."""
    return {row[FALLBACK]: key for key, row in rows().items() if key.startswith(("said_", "reason_"))}


@cache
def patterns() -> list[tuple[re.Pattern[str], str]]:
    """Return what matches each message whose gaps are filled in, with the message's key."""
    made = []
    for text, key in messages().items():
        named = re.sub(r"\\\{(\w+)\\\}", lambda gap: f"(?P<{gap[1]}>{GAPS[gap[1]]})", re.escape(text))
        made.append((re.compile(named, re.DOTALL), key))
    return made


@cache
def rows() -> dict[str, dict[str, str]]:
    """Return the table: language by key."""
    text = (files("citewell.web") / "translations.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def languages() -> list[str]:
    """Return the languages that have every string."""
    found = rows().values()
    return [language for language in next(iter(found)) if all(language in row for row in found)]


def words(language: str = FALLBACK) -> Words:
    """Return the strings of a language.

    Raises:
        SettingsError: The page does not have the language.
    """
    if language not in languages():
        message = f"language is {language!r}; the page speaks {', '.join(languages())}"
        raise SettingsError(message)
    return Words(language, {key: row[language] for key, row in rows().items()})


ENGLISH = words()
