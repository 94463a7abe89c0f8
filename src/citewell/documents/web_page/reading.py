"""Parse markup, and read markup that is an article whole."""

import re

import lxml.html
from lxml.etree import ParserError
from lxml.etree import _Element as Element

from citewell.documents.web_page.main_part import measure
from citewell.documents.web_page.notes import find_targets
from citewell.documents.web_page.visibility import keep_seen
from citewell.documents.web_page.walking import Walker

_DECLARATION = re.compile(r"\A\s*<\?xml[^>]{0,200}>")


def parse(markup: str) -> tuple[Element | None, list[str]]:
    """Return a page's tree without comments, None where there is none; and what of it was not read."""
    # Old pages leave hundreds of elements open; the usual limit of 256 in each other would lose what follows.
    parser = lxml.html.HTMLParser(remove_comments=True, remove_pis=True, huge_tree=True)
    markup = _DECLARATION.sub("", markup).replace("\0", "")
    try:
        root = lxml.html.document_fromstring(markup, parser=parser) if markup.strip() else None
    except ParserError:  # markup without an element, as "<!doct"
        return None, []
    is_cut = any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log)
    return root, ["what stands in more than 2,000 elements in each other was not read"] if is_cut else []


def read_fragment(markup: str) -> Walker | None:
    """Return all that is seen of markup that is an article whole; None where there is none."""
    root, problems = parse(markup)
    if root is None:
        return None
    problems += keep_seen(root)
    body = root.find("body")
    walker = Walker(measure(root), find_targets(root), root.get("lang") or "")
    walker.walk(root if body is None else body)
    walker.problems += problems
    return walker
