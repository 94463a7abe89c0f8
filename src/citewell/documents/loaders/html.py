"""Read web pages: the article and not the menus, found by trafilatura (Barbaresi 2021)."""

import re
from collections.abc import Iterator
from pathlib import Path

import trafilatura
from trafilatura.settings import Document as Page

from citewell.documents.loader import Article
from citewell.errors import LoadError
from citewell.text.decoding import Decoded, decode

# HTML's own rule: the declaration stands in the first 1,024 bytes.
CHARSET = re.compile(
    rb"<(?:meta[^>]{0,200}?charset|\?xml[^>]{0,200}?encoding)\s*=\s*[\"']?([\w-]+)", re.IGNORECASE
)
CHARSET_BYTES = 1024
# What pages of broken markup raise in trafilatura and lxml: they mend much, and trip over some of it.
DAMAGE = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    RecursionError,
    SyntaxError,
    TypeError,
    ValueError,
)


class HtmlLoader:
    """One article a page; title, date and address from the page's metadata."""

    suffixes = (".html", ".htm")

    def load(self, path: Path) -> Iterator[Article]:
        """Yield the article."""
        decoded = decode_page(path.read_bytes())
        try:
            page = trafilatura.bare_extraction(
                decoded.text,
                with_metadata=True,
                include_comments=False,
                # A date that the page declares is that of its publication; a date in the text may be any.
                date_extraction_params={"original_date": True, "extensive_search": False},
            )
        except DAMAGE as error:
            message = f"{path.name}: cannot be read as a page; save the article's text as .txt"
            raise LoadError(message) from error
        if not isinstance(page, Page) or not page.text:
            message = f"{path.name}: no article found in the page; save the article's text as .txt"
            raise LoadError(message)
        yield Article(
            text=part_blocks(page.text),
            title=page.title or "",
            source=page.url or "",
            published=page.date or "",
            warnings=decoded.warnings,
        )


def part_blocks(text: str) -> str:
    r"""Put a blank line between blocks: trafilatura gives one a line. Lists and tables stay together.

    A single line break is white space inside a paragraph, and a heading would run into its text.

    >>> part_blocks("Damage\nTwo boats were lost:\n- The Anna\n- The Bertha")
    'Damage\n\nTwo boats were lost:\n\n- The Anna\n- The Bertha'
    """
    pieces: list[str] = []
    before = ""
    for line in filter(None, map(str.strip, text.splitlines())):
        together = any(mark(line) and mark(before) for mark in (is_item, is_row))
        pieces += [("\n" if together else "\n\n") if pieces else "", line]
        before = line
    return "".join(pieces)


def is_item(line: str) -> bool:
    """Whether a line is of a list."""
    return line.startswith("- ")


def is_row(line: str) -> bool:
    """Whether a line is of a table."""
    return "|" in line


def decode_page(data: bytes) -> Decoded:
    """Decode a page: by what it declares, unless that is not true.

    A page that is whole UTF-8 is UTF-8, whatever it declares: servers and editors re-encode pages
    and leave the declaration as it was.
    """
    declared = CHARSET.search(data[:CHARSET_BYTES])
    return decode(data, declared[1].decode("ascii") if declared else "")


def create() -> HtmlLoader:
    """Return the loader."""
    return HtmlLoader()
