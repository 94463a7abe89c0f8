"""Read Markdown: the text that a person sees once it is rendered; the front matter becomes fields.

The dialect is CommonMark with tables, struck-out text, notes, definitions and tasks. Markdown is rendered to
HTML and read like a web page, so that raised figures, lists and tables are the same in both.
"""

import html
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.footnote import footnote_plugin

from citewell.documents.dates import date_of_name, dateline, iso_date
from citewell.documents.loader import Article
from citewell.documents.loaders.jsonl import PUBLISHED, SOURCE
from citewell.documents.remarks import Remarks
from citewell.documents.web_page.reading import read_fragment
from citewell.errors import LoadError
from citewell.text.decoding import decode
from citewell.text.normalisation import normalise

FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
FIELD = re.compile(r"([A-Za-z][\w-]*)[ \t]*:(?:[ \t]+(.*))?")
AUTHOR = ("author", "authors", "creator", "byline")
# pandoc's raised and lowered text, `10^5^` and `H~2~O`, which holds no white space; and GitHub's struck-out
# words between single tildes.
INLINE = re.compile(
    r"(?P<raised>(?<![\^\[])\^(?P<above>[^\s^\[\]<>]{1,12})\^(?!\^))"
    r"|(?P<lowered>(?<=\w)~(?P<below>[^\s~<>]{1,8})~(?!~))"
    r"|(?P<struck>(?<![\w~])~(?P<gone>[^\s~](?:[^~]{0,400}[^\s~])?)~(?![\w~]))"
)


class MarkdownLoader:
    """One article a file; title, author, date and address from the front matter, else the first heading."""

    suffixes = (".md", ".markdown")

    def load(self, path: Path) -> Iterator[Article]:
        """Yield the article."""
        decoded = decode(path.read_bytes())
        fields, body = front_matter(normalise(decoded.text))
        remarks = Remarks()
        try:
            builder = read_fragment(render(body), remarks)
        except (RecursionError, ValueError) as error:
            message = f"{path.name}: is nested too deeply to be read; save the article's text as .txt"
            raise LoadError(message) from error
        text, marks = builder.text, builder.marks
        first = next((mark for mark in marks if mark.kind == "heading"), None)
        published = iso_date(next((fields[key] for key in PUBLISHED if key in fields), ""))
        yield Article(
            text=text,
            title=fields.get("title") or (text[first.start : first.end] if first else ""),
            source=next((fields[key] for key in SOURCE if key in fields), ""),
            published=published or dateline(text) or date_of_name(path.stem),
            author=next((fields[key] for key in AUTHOR if key in fields), ""),
            marks=marks,
            warnings=(*decoded.warnings, *remarks.sentences),
        )


def render(text: str) -> str:
    """Return Markdown as HTML."""
    return str(_markdown().render(text))


@cache
def _markdown() -> MarkdownIt:
    """Return the parser, made once."""
    parser = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    parser.use(footnote_plugin).use(deflist_plugin)
    parser.core.ruler.push("raised", _write_tags)
    return parser


def _write_tags(state: StateCore) -> None:
    """Write tags for text that is raised, lowered or struck out by signs outside CommonMark."""
    for block in state.tokens:
        for token in block.children or ():
            if token.type == "text" and INLINE.search(token.content):
                token.type = "html_inline"
                token.content = INLINE.sub(_tagged, html.escape(token.content, quote=False))


def _tagged(found: re.Match[str]) -> str:
    if found["raised"]:
        return f"<sup>{found['above']}</sup>"
    return f"<sub>{found['below']}</sub>" if found["lowered"] else f"<s>{found['gone']}</s>"


def front_matter(text: str) -> tuple[dict[str, str], str]:
    r"""Split the YAML block at the top from the text; return its one-line fields, and the text below.

    Lists and nested values of the block are left out. A text that merely begins with a horizontal rule
    has no block and stays whole.

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


def _scalar(value: str) -> str:
    """Return a YAML value that fits one line; "" for any other."""
    quote = value[:1]
    if quote and quote in "\"'":
        return value[1:].partition(quote)[0].strip()
    if quote and quote in "[{|>&*!":
        return ""
    value = value.partition(" #")[0].strip()
    return "" if value in {"null", "~"} else value


def create() -> MarkdownLoader:
    """Return the loader."""
    return MarkdownLoader()
