"""Give the page's strings in the language that was set; `translations.toml` has every string."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from citewell.errors import SettingsError

FALLBACK = "en"


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
        '3 more sentences are left out for length'
        """
        key = messages().get(message)
        return self.table[key] if key else message


@cache
def messages() -> dict[str, str]:
    """Return the key of each message that answers and checks have, by its English text."""
    return {row[FALLBACK]: key for key, row in rows().items() if key.startswith(("said_", "reason_"))}


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
