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
from markdown_it.common.utils import escapeHtml
from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
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
# Text without any mark of Markdown, of the plugins and of INLINE: the parser would go through it sign by
# sign, and most of an article is such text.
_PLAIN = r"[^\n\\`~*_\[<&^]"
_ONLY_PLAIN = re.compile(rf"{_PLAIN}++")
# A line that begins with a letter or an opening quotation mark is no list, quotation, code or rule, and does
# not end a paragraph.
_LINE = rf"(?=[^\W\d_]|[\"“‘'«(])(?:{_PLAIN}*+(?<=\S))"
# A heading or a paragraph of such lines, and the blank lines behind it. A colon or tilde behind these would
# make a definition of a paragraph; without a blank line, what follows may belong to it.
_PROSE = re.compile(
    rf"(?:(?P<level>\#{{1,6}}) (?P<heading>(?![^\n]*\|){_LINE}(?<!\#))(?:\n|\Z)"
    rf"|(?P<words>{_LINE}(?:\n{_LINE})*+)(?:\n?\Z|\n[ \t]*+(?:\n|\Z)(?!\s*+[:~])))(?:[ \t]*+\n)*+"
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
    """Return Markdown as HTML; the text is normalised."""
    return str(_parser().render(text))


@cache
def _parser() -> MarkdownIt:
    """Return the parser, made once."""
    return make_parser()


def make_parser() -> MarkdownIt:
    """Make a parser of our dialect; its rule `prose` reads plain text quickly, and writes nothing else."""
    parser = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    parser.use(footnote_plugin).use(deflist_plugin)
    parser.core.ruler.push("raised", _write_tags)
    # What follows is for speed, and changes nothing of what is written.
    parser.core.ruler.disable("normalize")  # the text's line ends are LF already
    parser.core.ruler.at("inline", _read_inline)
    parser.block.ruler.before("table", "prose", _read_prose)
    return parser


def _read_prose(state: StateBlock, line: int, _end: int, silent: bool) -> bool:  # noqa: FBT001 - its interface
    """Read plain headings and paragraphs at once, into what the other rules make of them in many steps."""
    begin = end = state.bMarks[line]
    blocks = []
    while not (silent or state.level) and (found := _PROSE.match(state.src, end)):
        tag = f"h{len(found['level'])}" if found["level"] else "p"
        blocks.append(f"<{tag}>{escapeHtml(found['heading'] or found['words'])}</{tag}>\n")
        end = found.end()
    if blocks:
        state.push("html_block", "", 0).content = "".join(blocks)
        is_last = end == len(state.src)
        state.line = state.lineMax if is_last else line + state.src.count("\n", begin, end)
    return bool(blocks)


def _read_inline(state: StateCore) -> None:
    """Find the marks inside paragraphs, headings and cells that hold any sign of one."""
    for token in state.tokens:
        if token.type == "inline":
            if _ONLY_PLAIN.fullmatch(token.content):
                token.children = [Token("text", "", 0, content=token.content)]
            else:
                token.children = []
                state.md.inline.parse(token.content, state.md, state.env, token.children)


def _write_tags(state: StateCore) -> None:
    """Write tags for text that is raised, lowered or struck out by signs outside CommonMark."""
    for block in state.tokens:
        for token in block.children or ():
            has_sign = token.type == "text" and ("^" in token.content or "~" in token.content)
            if has_sign and INLINE.search(token.content):
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
