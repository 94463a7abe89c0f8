"""Admit the articles that a loader found: check limits and readability, and collect the warnings."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from citewell.documents.discovery import clean_name
from citewell.documents.document import Document, document
from citewell.documents.loader import Article, Skipped
from citewell.errors import LoadError
from citewell.text.mojibake import Mojibake, find_mojibake

# The limits of text that was decoded wrongly before it was stored: an article with more is refused, an
# article with less gets a warning. An article about wrong decoding shows some such text.
FEWEST_PLACES = 2
GARBLED_SHARE = 0.2
# The most parts left out of a file that are named; the others are counted.
MOST_NAMED = 20

# The length of a failure's reason: a few lines of a terminal.
LONGEST_REASON = 500


def admit(
    name: str, found: Iterable[Article | Skipped], *, characters: int, articles: int
) -> tuple[tuple[Document, ...], tuple[str, ...]]:
    """Make documents of a file's articles; return them with warnings of guesses and omissions.

    Args:
        name: The file's name, as its articles bear it.
        found: The articles and skipped parts that the file's loader yields.
        characters: The most characters of all articles together, with their titles, sources and ids.
        articles: The most articles.

    Raises:
        LoadError: No article can be read, or there is more than the limits allow.
    """
    kept, left_out = _within(found, characters, articles)
    documents: list[Document] = []
    warnings: list[list[str]] = []
    for place, article in enumerate(kept, start=1):
        try:
            garbled = _check(article)
            documents.append(_document(name, article, place if len(kept) > 1 else 0))
        except LoadError as error:
            if len(kept) == 1:
                raise
            left_out.append(f"article {place} of {len(kept)} {error}")
        else:
            told = f"{garbled.places:,} places look decoded wrongly, as in {garbled.example!r}"
            warnings.append([*article.warnings, told] if garbled.places else [*article.warnings])
    if not documents:
        message = left_out[0] if left_out else "holds no article"
        raise LoadError(message)
    return tuple(documents), tuple(_told(warnings, left_out))


def _within(
    found: Iterable[Article | Skipped], most_characters: int, most_articles: int
) -> tuple[list[Article], list[str]]:
    """List a file's articles and the reasons for parts left out; refuse a file over the limits."""
    kept: list[Article] = []
    left_out: list[str] = []
    characters = 0
    for article in found:
        if isinstance(article, Skipped):
            left_out.append(article.reason)
            continue
        characters += sum(map(len, (article.text, article.title, article.source, article.published)))
        characters += sum(map(len, (article.id, article.author, *article.warnings)))
        characters += sum(len(mark.label) for mark in article.marks)
        kept.append(article)
        if characters > most_characters:
            message = (
                f"holds more than {most_characters:,} characters, the limit; split it into several files"
            )
            raise LoadError(message)
        if len(kept) > most_articles:
            message = f"holds more than {most_articles:,} articles, the limit; split it into several files"
            raise LoadError(message)
    return kept, left_out


def _document(name: str, article: Article, place: int) -> Document:
    made = document(
        article.text,
        id="",  # so that no title is made of it
        title=article.title,
        source=clean_name(article.source) or name,
        published=clean_name(article.published),
        author=clean_name(article.author),
        marks=article.marks,
    )
    return replace(made, id=_id(name, article, place))


def _check(article: Article) -> Mojibake:
    """Refuse an article that nobody could read; return warnings of defects in parts of it.

    Raises:
        LoadError: The article has no word, or the text was decoded wrongly before it was stored.
    """
    if not any(map(str.isalnum, article.text)):
        message = "holds no text; an article needs at least one word"
        raise LoadError(message)
    found = find_mojibake(article.text)
    if found.places >= FEWEST_PLACES and found.share >= GARBLED_SHARE:
        message = (
            f"holds text that was decoded wrongly before it was stored, as in {found.example!r}; get the"
            " original again and save it as UTF-8"
        )
        raise LoadError(message)
    return found


def _told(warnings: Sequence[Sequence[str]], left_out: Sequence[str]) -> Iterator[str]:
    """Yield each warning once, on one line; name the article unless the warning is of all articles."""
    shared = dict.fromkeys(text for text in warnings[0] if all(text in others for others in warnings))
    for text in shared:
        yield reason_line(text)
    for place, texts in enumerate(warnings, start=1):
        for text in dict.fromkeys(texts):
            if text not in shared:
                yield reason_line(f"article {place}: {text}")
    for text in left_out[:MOST_NAMED]:
        yield reason_line(f"left out: {text}")
    if len(left_out) > MOST_NAMED:
        yield f"left out: {len(left_out) - MOST_NAMED:,} more"


def _id(name: str, article: Article, place: int) -> str:
    stem = PurePosixPath(name).with_suffix("").as_posix()
    inside = clean_name(article.id) or (str(place) if place else "")
    return f"{stem}/{inside}" if inside else stem


def reason_line(message: str, name: str = "") -> str:
    """Return an error's message on one line, without the file's name, which a Failure has.

    Some messages quote the file. The quote can have any length, line ends, and codes that move a terminal's
    cursor.
    """
    prefix = rf"^{re.escape(name)}:(?:(\d+):)? ?"
    reason = re.sub(prefix, lambda found: f"line {found[1]}: " if found[1] else "", message)
    words = " ".join(reason[: 2 * LONGEST_REASON].split())
    line = "".join(character for character in words if character.isprintable())
    return line if len(line) <= LONGEST_REASON else f"{line[:LONGEST_REASON]}…"
