"""Write the main part of a page as text: separate the blocks, keep lists and tables, mark notes."""

import re

from lxml import etree
from lxml.etree import _Element as Element

from citewell.documents.remarks import Remarks
from citewell.documents.structure import TextBuilder, one_line
from citewell.documents.web_page import notes, tables
from citewell.documents.web_page.formulas import formula
from citewell.documents.web_page.lines import Line, shown
from citewell.documents.web_page.listing import (
    BLOCKS,
    HEADINGS,
    OpenList,
    element_around,
    is_bare_reading,
    numeral,
    open_list,
)
from citewell.documents.web_page.main_part import Amounts
from citewell.documents.web_page.visibility import GONE, UNSEEN, WITHDRAWN
from citewell.text.normalisation import normalise

_LISTS = frozenset({"ul", "ol", "menu", "dir"})
_LONGEST_TERM = 80  # characters of a term at the beginning of a line: "Built" in "Built: 1961"
_LONGEST_LEAD = 100  # characters of the line over a table that says what the table holds
_BLANK_LINES = re.compile(r"\n{2,}")
INNER = ", "  # between the cells of a table in a table
_DEEPEST_INDENT = 12  # lists within lists
_DEEPEST = 6  # tables within tables


class Walker:
    """Walks a tree once and hands its blocks to a builder."""

    def __init__(
        self, amounts: Amounts, targets: dict[str, str], language: str, remarks: Remarks, depth: int = 0
    ) -> None:
        """Begin with no text.

        Args:
            amounts: How much text and how many links each element holds.
            targets: The ids of the page's notes, each with its sign.
            language: The language of the page.
            remarks: Where to note words that are struck out, or that only colour, size or place hide.
            depth: The number of tables around the tree.
        """
        self.builder = TextBuilder()
        self._amounts, self._targets, self._language, self._depth = amounts, targets, language, depth
        self._remarks = remarks
        self._line = Line(language)
        self._lists: list[OpenList] = []
        self._marker = ""
        self._term = ""
        self._between_items = False  # the next block continues a list: no blank line before it
        self._captions: list[int] = []
        self._notes: list[tuple[Element, int, str]] = []
        self._sign = ""

    def walk(self, root: Element) -> None:
        """Read the content of an element, without the effects of its own tag."""
        walk = etree.iterwalk(root, events=("start", "end"))
        for event, element in walk:
            tag = element.tag
            if element is root:
                self._line.add(root.text or "" if event == "start" else "")
            elif event == "start":
                if tag == GONE or not isinstance(tag, str):
                    self._tell(element)
                    walk.skip_subtree()
                elif self._begin(element, tag):
                    walk.skip_subtree()
                elif element.text:
                    self._line.add(element.text)
            else:
                if isinstance(tag, str) and tag != GONE:
                    self._finish(element, tag)
                if element.tail:
                    self._line.add(element.tail)
        self._flush()

    def _tell(self, element: Element) -> None:
        if element.tag == GONE:
            self._remarks.withdraw("struck out", element.get(WITHDRAWN, ""))
            self._remarks.hide(element.get(UNSEEN, ""))

    def _begin(self, element: Element, tag: str) -> bool:  # noqa: C901, PLR0911, PLR0912 - one case a tag
        """Begin an element; return whether the whole element was read."""
        if element.attrib:
            known = element.get("id") or element.get("name")
            if known and known in self._targets and (tag in BLOCKS or self._line.is_empty):
                self._begin_note(element, self._targets[known])
                if tag == "a" and notes.is_sign(notes.text_of(element)):
                    return True
            elif notes.is_note(element):
                self._begin_note(element, "")
        if (tag in HEADINGS or element.get("role") == "heading") and self._depth < _DEEPEST:
            self._flush()
            self._end_term()
            level = HEADINGS.get(tag) or int((element.get("aria-level") or "2")[:1] or 2)
            self.builder.heading(self._inline(element), level)
            self._between_items = False
            return True
        if tag == "table" and not tables.is_layout(element, self._amounts) and self._depth < _DEEPEST:
            self._flush()
            self._end_term()
            self._table(element)
            return True
        if (
            tag in {"td", "th"}
            and tables.is_line_number(element)
            and len(notes.text_of(element)) < _LONGEST_TERM
        ):
            return True
        if tag == "br":
            self._line.add("\n", is_break=True)
            return False
        if tag in {"sup", "sub"}:
            return self._raise(element)
        if tag == "math":
            self._line.add(formula(element))
            return True
        if tag == "svg":
            self._line.add(" ".join(map(notes.text_of, element.iter("text"))))
            return True
        if tag == "a" and (notes.is_back_link(element) or notes.note_of(element) is not None):
            return True
        if tag in BLOCKS:
            self._flush()
            self._begin_block(element, tag)
            return False
        if tag == "q":
            self._line.add("“")
        elif tag == "rt" and is_bare_reading(element):
            self._line.add("(")
        return False

    def _begin_block(self, element: Element, tag: str) -> None:
        if tag in _LISTS:
            self._between_items = bool(self._lists)
            self._lists.append(open_list(element, tag))
        elif tag == "li":
            self._marker = self._next_marker(element)
        elif tag in {"pre", "listing", "xmp", "plaintext"}:
            self._line.is_verbatim += 1
        elif tag in {"figcaption", "caption"}:
            self._captions.append(self.builder.end)

    def _finish(self, element: Element, tag: str) -> None:  # noqa: C901, PLR0912 - one case a tag
        if tag in BLOCKS:
            if tag == "dt":
                self._keep_term()
            self._flush()
            if tag in _LISTS and self._lists:
                self._lists.pop()
                self._marker = ""
                self._between_items = bool(self._lists)
            elif tag == "li":
                self._marker = ""
                self._between_items = True
            elif tag in {"pre", "listing", "xmp", "plaintext"}:
                self._line.is_verbatim = max(0, self._line.is_verbatim - 1)
            elif tag in {"figcaption", "caption"} and self._captions:
                self.builder.mark_since("caption", self._captions.pop())
            elif tag == "dl":
                self._end_term()
        elif tag == "q":
            self._line.add("”")
        elif tag == "rt" and is_bare_reading(element):
            self._line.add(")")
        if self._notes and self._notes[-1][0] is element:
            if tag in BLOCKS:
                _, start, sign = self._notes.pop()
                self.builder.mark_since("note", start, sign or self._sign)
                self._sign = ""
            else:
                # An anchor: the note is the block around the anchor.
                block = element_around(element, BLOCKS)
                _, start, sign = self._notes.pop()
                if block is not None and not any(one[0] is block for one in self._notes):
                    self._notes.append((block, start, sign))

    def _begin_note(self, element: Element, sign: str) -> None:
        if not self._notes:
            if element.tag in BLOCKS:
                self._flush()
            self._notes.append((element, self.builder.end, sign))

    def _raise(self, element: Element) -> bool:
        """Read raised or lowered text."""
        if element.tag == "sup":
            known = notes.note_of(element)
            anchors = {link.get("id") or link.get("name") for link in element.iter("a", "sup")}
            if known is not None and self._line.is_empty and not anchors.isdisjoint(self._targets):
                self._begin_note_of_sign(element, known[0])
            elif known is None and self._line.is_empty and not self._marker:
                sign = notes.text_of(element)
                if sign and len(sign) <= 3 and (element.tail or " ")[:1].isspace():  # noqa: PLR2004
                    self._begin_note_of_sign(element, sign)
                    return True
            if known is not None:
                if self._notes and not self._sign:
                    self._sign = known[0]
                return True
        self._line.add_raised(element)
        return True

    def _begin_note_of_sign(self, element: Element, sign: str) -> None:
        """Begin the note of a raised sign, where the sign begins a block."""
        block = element_around(element, BLOCKS)
        if self._notes:
            self._sign = self._sign or sign
        elif block is not None:
            self._notes.append((block, self.builder.end, sign))

    def _inline(self, element: Element) -> str:
        """Return all words in an element on one line."""
        if len(element):
            inner = Walker(self._amounts, self._targets, self._language, self._remarks, self._depth + 1)
            inner.walk(element)
            text = inner.builder.text
        else:  # most cells and headings: a walk would make the same of them
            text = normalise(shown(element.text or "").strip()).strip()
        return one_line(line.lstrip().removeprefix("- ") for line in text.split("\n"))

    def _table(self, table: Element) -> None:
        caption = table.find("caption")
        over = self._inline(caption) if caption is not None else ""
        lead = over or self._lead(table)
        self.builder.mark("caption", self.builder.add(over))
        gap, shown = "\n" if over else "\n\n", ""
        for part in tables.read_parts(table, self._inline, INNER if self._depth else tables.SEPARATOR):
            for line in (part.header if part.header != shown else "", part.group):
                span = self.builder.add(line, gap=gap)
                gap = "\n" if span.start < span.end else gap
            shown = part.header
            known = ": ".join(filter(None, (lead, part.group, part.header)))
            self.builder.table(part.rows, label=known, gap=gap)
            gap = "\n"
        self._between_items = False

    def _lead(self, table: Element) -> str:
        """Return the line over a table that says what the table holds, above all its units."""
        parent = table.getparent()
        around = parent.find("figcaption") if parent is not None and parent.tag == "figure" else None
        if around is not None:
            return notes.text_of(around)
        before = table.getprevious()
        said = (
            notes.text_of(before) if before is not None and before.tag in {"p", "div", "figcaption"} else ""
        )
        return said.rstrip(".: ") if 0 < len(said) <= _LONGEST_LEAD else ""

    def _next_marker(self, item: Element) -> str:
        if not self._lists:
            return "- "
        open_ = self._lists[-1]
        if not open_.is_ordered:
            return "- "
        value = (item.get("value") or "").strip()
        if value.lstrip("-").isdecimal() and len(value) < 8:  # noqa: PLR2004
            open_.number = int(value)
        marker = f"{numeral(open_.number, open_.kind)}. "
        open_.number += open_.step
        return marker

    def _keep_term(self) -> None:
        """Keep the term of a definition for the line that defines it."""
        term = one_line(self._line.taken().split("\n"))
        if self._term and term:
            self._term = f"{self._term}, {term}"
        else:
            self._term = self._term or term

    def _end_term(self) -> None:
        if self._term:
            self.builder.add(self._term)
            self._term = ""

    def _flush(self) -> None:
        """End the line."""
        if not self._line.has_begun:
            return
        verbatim = self._line.is_verbatim > 0
        text = self._line.taken()
        if not text.strip():
            return
        text = text.strip("\n") if verbatim else text.strip()
        pieces = [text] if verbatim or "\n\n" not in text else _BLANK_LINES.split(text)
        if self._term:
            term, self._term = self._term, ""
            if verbatim or len(term) > _LONGEST_TERM:
                self.builder.add(term)
            else:
                pieces[0] = f"{term}{'' if term[-1] in ':?.!–' else ':'} {pieces[0]}"
        indent = "  " * min(max(0, len(self._lists) - 1), _DEEPEST_INDENT)
        for place, piece in enumerate(pieces):
            gap = "\n" + indent if self._between_items and self._marker else "\n\n"
            self.builder.add(self._marker + piece if not place else piece, gap=gap)
            self._marker = ""
