"""Read web pages: the visible text of the article, without menus."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from citewell.documents.loader import Article
from citewell.documents.remarks import Remarks
from citewell.documents.web_page import metadata
from citewell.documents.web_page.main_part import find_main, measure
from citewell.documents.web_page.notes import find_targets
from citewell.documents.web_page.reading import MARKUP_DAMAGE, parse
from citewell.documents.web_page.visibility import keep_seen
from citewell.documents.web_page.walking import Walker
from citewell.errors import LoadError
from citewell.text.decoding import Decoded, decode

# HTML requires that the declaration of the encoding stands in the first 1,024 bytes.
CHARSET = re.compile(
    rb"<(?:meta[^>]{0,200}?charset|\?xml[^>]{0,200}?encoding)\s*=\s*[\"']?([\w-]+)", re.IGNORECASE
)
CHARSET_BYTES = 1024
# In characters: where a body is as short and the metadata holds a longer text, scripts fill the body.
SHORT = 200


class HtmlLoader:
    """One article a page; title, author, date and address from the page's metadata."""

    suffixes = (".html", ".htm")

    def load(self, path: Path) -> Iterator[Article]:
        """Yield the article."""
        decoded = decode_page(path.read_bytes())
        try:
            article = read_page(decoded.text, path.stem)
        except MARKUP_DAMAGE as error:
            message = f"{path.name}: cannot be read as a page; save the article's text as .txt"
            raise LoadError(message) from error
        if article is None:
            message = f"{path.name}: no article found in the page; save the article's text as .txt"
            raise LoadError(message)
        yield replace(article, warnings=(*decoded.warnings, *article.warnings))


def read_page(markup: str, name: str) -> Article | None:
    """Return the article of a page, with the marks of its parts; None where the page has no article.

    Args:
        markup: The decoded markup.
        name: The file's name without its suffix; the name may begin with a date.
    """
    remarks = Remarks()
    root = parse(markup, remarks)
    if root is None:
        return None
    known = metadata.read(root)
    keep_seen(root, remarks)
    amounts = measure(root)
    targets = find_targets(root)
    main = find_main(root, amounts)
    walker = Walker(amounts, targets, root.get("lang") or "", remarks)
    walker.walk(main)
    text, marks = walker.builder.text, walker.builder.marks
    if known.body and len(text) < SHORT < len(known.body):
        text, marks = known.body, ()
        remarks.tell("the page is filled by a script; its text is what it tells search engines")
    if not any(map(str.isalnum, text)):
        return None
    return Article(
        text=text,
        title=known.title,
        source=known.address,
        published=known.published or metadata.dateline(text) or metadata.date_of_name(name),
        author=known.author,
        marks=marks,
        warnings=remarks.sentences,
    )


def decode_page(data: bytes) -> Decoded:
    """Decode a page by the encoding that it declares, unless the declaration is wrong.

    A page whose bytes are all valid UTF-8 is read as UTF-8, whatever it declares: servers and editors
    re-encode pages and leave the old declaration.
    """
    declared = CHARSET.search(data[:CHARSET_BYTES])
    return decode(data, declared[1].decode("ascii") if declared else "")


def create() -> HtmlLoader:
    """Return the loader."""
    return HtmlLoader()
