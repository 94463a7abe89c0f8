"""Read Markdown: the text stays as it is written, its front matter becomes fields.

The marks (`#`, `**`, `[...](...)`) stay in the text: a citation is characters of the file, and what
is shown is the same text; a rendered copy would need a second set of offsets. Sentences are told
apart as well with them as without.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from citewell.documents.loader import Article
from citewell.documents.loaders.jsonl import PUBLISHED, SOURCE, date_part
from citewell.text.decoding import decode
from citewell.text.normalisation import normalise

FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
FIELD = re.compile(r"([A-Za-z][\w-]*)[ \t]*:(?:[ \t]+(.*))?")
LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
FENCES = ("```", "~~~")


class MarkdownLoader:
    """One article a file; title, date and address from the front matter, else the first heading."""

    suffixes = (".md", ".markdown")

    def load(self, path: Path) -> Iterator[Article]:
        """Yield the article."""
        decoded = decode(path.read_bytes())
        fields, body = front_matter(normalise(decoded.text))
        yield Article(
            text=body,
            title=fields.get("title") or heading(body),
            source=next((fields[key] for key in SOURCE if key in fields), ""),
            published=date_part(next((fields[key] for key in PUBLISHED if key in fields), "")),
            warnings=decoded.warnings,
        )


def front_matter(text: str) -> tuple[dict[str, str], str]:
    r"""Part the YAML block at the top from the text: its one-line fields, and what follows it.

    Lists and nested values are left out with the block; a text that merely begins with a rule has
    no block and stays whole.

    >>> front_matter("---\ntitle: The tide\n---\nIt rose.")
    ({'title': 'The tide'}, 'It rose.')
    """
    block = FRONT_MATTER.match(text)
    if not block:
        return {}, text
    fields = {}
    for line in block[1].splitlines():
        found = FIELD.fullmatch(line.rstrip())
        if found:
            fields[found[1].lower()] = _scalar(found[2] or "")
        elif line.strip() and not line.startswith((" ", "\t", "- ", "#")):
            return {}, text
    if not fields:
        return {}, text
    return {key: value for key, value in fields.items() if value}, text[block.end() :]


def heading(text: str) -> str:
    """Return the first heading without its marks; "" when there is none."""
    fenced, previous = False, ""
    for line in text.split("\n"):
        words = line.strip()
        if words.startswith(FENCES):
            fenced = not fenced
        elif not fenced:
            marks = len(words) - len(words.lstrip("#"))
            if 1 <= marks <= 6 and words[marks : marks + 1].isspace():  # noqa: PLR2004 - Markdown's levels
                return _plain(words[marks:].rstrip("#"))
            underlined = len(words) > 2 and set(words) in ({"="}, {"-"})  # noqa: PLR2004 - shorter is a dash
            if underlined and previous and not previous.startswith(("|", ">", "- ", "* ")):
                return _plain(previous)
        previous = words
    return ""


def _scalar(value: str) -> str:
    """Return a YAML value that fits one line; "" for any other."""
    quote = value[:1]
    if quote and quote in "\"'":
        return value[1:].partition(quote)[0].strip()
    if quote and quote in "[{|>&*!":
        return ""
    value = value.partition(" #")[0].strip()
    return "" if value in {"null", "~"} else value


def _plain(line: str) -> str:
    # A heading that is longer is none; the pattern is quadratic in a run of brackets.
    return re.sub(r"[*`]|__", "", LINK.sub(r"\1", line[:1000])).strip()


def create() -> MarkdownLoader:
    """Return the loader."""
    return MarkdownLoader()
