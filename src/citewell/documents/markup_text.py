"""Read HTML that is a text as a whole: a chapter of a book, a mail. Nothing in it is taken for a menu."""

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

import lxml.html

from citewell.documents.remarks import Remarks
from citewell.documents.structure import Mark, TextBuilder
from citewell.documents.word.paragraphs import put_together

_BLOCKS = frozenset(
    "address article aside blockquote body center dd details div dl dt figcaption figure footer form h1 h2 h3"
    " h4 h5 h6 header hr html li main nav ol p pre section summary table tbody td tfoot th thead tr"
    " ul".split()
)
_LEFT_OUT = frozenset("head script style template noscript svg math object iframe select textarea".split())
_STRUCK = frozenset({"del", "s", "strike"})
_RAISED = {"sup": 1, "sub": -1}
_UNSEEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?![.\d])|opacity\s*:\s*0(?![.\d])",
    re.IGNORECASE,
)


class MarkupText(NamedTuple):
    """What a reader sees of HTML: its text and the marks of its parts; `first` is its first heading."""

    text: str
    marks: tuple[Mark, ...]
    first: str


def read_markup(markup: str, remarks: Remarks) -> MarkupText:
    """Return the text of HTML.

    Args:
        markup: Decoded.
        remarks: Where to note what is left out.

    Raises:
        ValueError: It is no HTML; lxml raises its own kinds of it.
    """
    # A declaration of the encoding says nothing of what is decoded, and lxml refuses it.
    root = lxml.html.document_fromstring(re.sub(r"\A\s*<\?xml[^>]*\?>", "", markup) or "<p></p>")
    reader = _Reader(remarks)
    reader.walk(root, 0)
    reader.end_block("p")
    return MarkupText(reader.builder.text, reader.builder.marks, reader.first)


class _Reader:
    def __init__(self, remarks: Remarks) -> None:
        self.builder, self.first = TextBuilder(), ""
        self._remarks = remarks
        self._pieces: list[tuple[str, int]] = []
        self._sign = ""

    def walk(self, element: Any, raised: int) -> None:
        """Read an element."""
        self._put(element.text, raised)
        for one in element:
            if isinstance(one.tag, str) and one.tag not in _LEFT_OUT:
                self._read(one, raised)
            self._put(one.tail, raised)

    def _read(self, one: Any, raised: int) -> None:
        tag = one.tag
        if one.get("hidden") is not None or _UNSEEN.search(one.get("style") or ""):
            self._remarks.hide(one.text_content())
        elif tag in _STRUCK:
            self._remarks.withdraw("struck out", one.text_content())
        elif tag == "img":
            self._remarks.not_read("picture")
        elif tag == "br":
            self._pieces.append(("\n", 0))
        elif tag == "table" and len(one.findall(".//td")) + len(one.findall(".//th")) > 1:
            self.end_block("p")
            self._table(one)
        elif tag in _BLOCKS:
            self.end_block("p")
            self._sign = "- " if tag == "li" else self._sign
            self.walk(one, 0)
            self.end_block(tag)
        else:
            self.walk(one, _RAISED.get(tag, raised))

    def _table(self, table: Any) -> None:
        rows: list[Sequence[str]] = []
        for row in table.iter("tr"):
            cells = []
            for cell in row.iterchildren("td", "th"):
                inner = _Reader(self._remarks)
                inner.walk(cell, 0)
                inner.end_block("p")
                cells.append(" ".join(inner.builder.text.split()))
            rows.append(cells)
        lines = [" | ".join(cells) for cells in rows if any(cells)]
        self.builder.table(lines, label=lines[0] if table.find(".//th") is not None and lines else "")

    def _put(self, text: str | None, raised: int) -> None:
        if text:
            words = re.sub(r"[ \t\r\n\f]+", " ", text.replace("\u00ad", ""))
            self._pieces.append((words, raised))

    def end_block(self, tag: str) -> None:
        """Add what was read since the last block."""
        text = re.sub(r" *\n *", "\n", put_together(self._pieces)).strip()
        self._pieces = []
        if not text:
            return
        if tag[0] == "h" and tag[1:].isdigit():
            self.builder.heading(text, int(tag[1:]))
            self.first = self.first or " ".join(text.split())
        else:
            self.builder.add(f"{self._sign}{text}", gap="\n" if self._sign and self.builder.end else "\n\n")
        self._sign = ""
