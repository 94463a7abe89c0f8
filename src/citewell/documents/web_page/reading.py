"""Parse markup; read markup that is all article: rendered Markdown, a chapter of a book, a mail."""

import re
from collections.abc import Callable

import lxml.html
from lxml.etree import HTMLParser, ParserError
from lxml.etree import _Element as Element

from citewell.documents.remarks import Remarks
from citewell.documents.structure import TextBuilder
from citewell.documents.web_page.main_part import Amounts, measure
from citewell.documents.web_page.notes import find_targets
from citewell.documents.web_page.visibility import GONE, HIDDEN, PICTURE, keep_seen
from citewell.documents.web_page.walking import Walker

_DECLARATION = re.compile(r"\A\s*<\?xml[^>]{0,200}>")
# The errors that lxml, and the libraries that use it, raise on broken markup that they cannot mend.
MARKUP_DAMAGE = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    RecursionError,
    SyntaxError,
    TypeError,
    ValueError,
)


def parse(
    markup: str, remarks: Remarks, parser_class: type[HTMLParser] = lxml.html.HTMLParser
) -> Element | None:
    """Return a page's tree without comments, None where there is no tree; note what was not read."""
    # Old pages leave hundreds of elements open; at the usual limit of 256 nested elements the rest is lost.
    parser = parser_class(remove_comments=True, remove_pis=True, huge_tree=True)
    markup = _DECLARATION.sub("", markup).replace("\0", "")
    try:
        root = lxml.html.document_fromstring(markup, parser=parser) if markup.strip() else None
    except ParserError:  # markup without an element, as "<!doct"
        return None
    if any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log):
        remarks.tell("what stands in more than 2,000 elements in each other was not read")
    return root


def read_fragment(
    markup: str, remarks: Remarks, find_sheet: Callable[[str], str] | None = None
) -> TextBuilder:
    """Return the visible text of markup that is all article.

    All hidden text and every picture is noted. On a web page neither is: menus are hidden there, and
    pictures are many.

    Args:
        markup: The decoded markup.
        remarks: Where to note what is left out.
        find_sheet: Returns the style sheet at the address of a link, "" for none. Without `find_sheet`,
            links to style sheets are not followed.
    """
    # trafilatura, which reads a page's metadata, needs the elements of lxml.html; these are made quicker.
    root = parse(markup, remarks, HTMLParser)
    if root is None:
        return TextBuilder()
    if find_sheet is not None:
        _bring_sheets(root, find_sheet)
    keep_seen(root, remarks)
    for gone in root.iter(GONE):
        remarks.hide(gone.get(HIDDEN, ""))
        if gone.get(PICTURE) is not None:
            remarks.not_read("picture")
    body = root.find("body")
    amounts: Amounts = {}  # of tables alone: no part of the markup is a menu
    for table in root.iter("table"):
        if table not in amounts:
            amounts.update(measure(table))
    walker = Walker(amounts, find_targets(root), root.get("lang") or "", remarks)
    walker.walk(root if body is None else body)
    return walker.builder


def _bring_sheets(root: Element, find_sheet: Callable[[str], str]) -> None:
    """Replace links to style sheets by the style sheets."""
    for link in root.iter("link"):
        rel = (link.get("rel") or "").lower().split()
        if "stylesheet" in rel and "alternate" not in rel:
            link.tag, link.text = "style", find_sheet(link.get("href") or "")
