"""Write addresses that open an article at a quote: of a web page by its text, of ours by its offsets.

A browser finds the text behind `#:~:text=` by itself (https://wicg.github.io/scroll-to-text-fragment/).
"""

import re
from collections.abc import Sequence
from urllib.parse import quote, urlsplit

from citewell.documents.document import Document
from citewell.text.spans import Span

# A quote up to this length is given whole; of a longer one, its first and last words.
WHOLE_CHARACTERS = 120
WORDS_OF_AN_END = 5
# Words before the quote that tell it from the same words elsewhere.
WORDS_BEFORE = 4
PARTED = re.compile(r" \| |\n\s*(?:- )?|\A- ")
NEAR_CHARACTERS = 200


def is_web_address(where: str) -> bool:
    """Whether a source is the address of a web page."""
    try:
        return urlsplit(where).scheme in {"http", "https"}
    except ValueError:
        return False


def link_to_quote(document: Document, span: Span) -> str:
    """Return the article's web address with the quote in it; "" for an article without a web address.

    >>> link_to_quote(Document("a", "A", "It rose, again.", "https://a.example/b"), Span(0, 8))
    'https://a.example/b#:~:text=It%20rose%2C'
    """
    text = document.text[span.start : span.end].strip()
    if not (is_web_address(document.source) and text):
        return ""
    # What loaders put between cells and before items is not on the page.
    parts = [part.split() for part in PARTED.split(text) if part.strip()] or [text.split()]
    if len(parts) > 1 or len(text) > WHOLE_CHARACTERS:
        said = f"{encode(parts[0][:WORDS_OF_AN_END])},{encode(parts[-1][-WORDS_OF_AN_END:])}"
    else:
        said = encode(parts[0])
    before = document.text[max(0, span.start - NEAR_CHARACTERS) : span.start].split()[-WORDS_BEFORE:]
    if before and document.text.count(text) > 1:
        said = f"{encode(before)}-,{said}"
    address, mark, place = document.source.partition("#")
    return f"{address}{mark or '#'}{place.partition(':~:')[0]}:~:text={said}"


def encode(words: Sequence[str]) -> str:
    """Return words for a text fragment, in which a dash and a comma have a meaning."""
    return quote(" ".join(words), safe="", errors="replace").replace("-", "%2D")


def link_in_page(document_id: str, span: Span) -> str:
    """Return the part of our page's address that opens an article at a quote.

    >>> link_in_page("a/b", Span(3, 9))
    '#cite=a%2Fb:3-9'
    """
    return f"#cite={quote(document_id, safe='', errors='replace')}:{span.start}-{span.end}"
