"""Read the elements of an OpenDocument text: the words that a person sees, in their order."""

from collections.abc import Iterator
from typing import Any

from citewell.documents.remarks import Remarks
from citewell.documents.structure import TextBuilder, one_line
from citewell.documents.word.paragraphs import GAP, put_together
from citewell.documents.word.styles import WHITE, Look, is_same_colour
from citewell.documents.word.tables import Cell, Row, lines_of
from citewell.text.spans import Span

NAMES = {
    name: f"{{urn:oasis:names:tc:opendocument:xmlns:{name}:1.0}}"
    for name in ("office", "text", "table", "style", "drawing", "meta")
}
TEXT, TABLE, STYLE, OFFICE = (NAMES[name] for name in ("text", "table", "style", "office"))
DRAW = NAMES["drawing"]
FO = "{urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0}"
DC = "{http://purl.org/dc/elements/1.1/}"
PARAGRAPHS = frozenset({TEXT + "p", TEXT + "h"})
MARKS = {TEXT + "tab": "\t", TEXT + "line-break": "\n"}
# Elements that a person does not read: marks of changes and places, notes beside the text, and the settings
# of fields.
LEFT_OUT = frozenset(
    {TEXT + "tracked-changes", TEXT + "sequence-decls", OFFICE + "forms", TEXT + "note-citation"}
)
UNREAD = {
    OFFICE + "annotation": "comment",
    DRAW + "image": "picture",
    DRAW + "object": "embedded object",
    DRAW + "object-ole": "embedded object",
}
# A number repeated by a program for a row's empty end; no page has more columns.
WIDEST = 200
MOST_SPACES = 100
DEEPEST_INDENT = 12  # lists within lists
SMALLEST_PT = 3.0
LONGEST_CHAIN = 30


class TextReader:
    """Reads one text."""

    def __init__(self, roots: list[Any]) -> None:
        """Begin in front of the text; `roots` hold its styles."""
        self.builder, self.remarks, self.title = TextBuilder(), Remarks(), ""
        self._styles = {
            (one.get(STYLE + "family"), one.get(STYLE + "name")): one
            for root in roots
            for one in root.iter(STYLE + "style")
        }
        self._lists = {
            one.get(STYLE + "name"): {level.get(TEXT + "level"): level for level in one}
            for root in roots
            for one in root.iter(TEXT + "list-style")
        }
        self._looks: dict[tuple[str, str, str], Look] = {}
        self._notes: list[tuple[str, Any]] = []
        self._boxes: list[Any] = []
        self._caption = ""

    def read(self, body: Any) -> None:
        """Read the text."""
        for deletion in body.iter(TEXT + "deletion"):
            words = " ".join("".join(one.itertext()) for one in deletion if one.tag != OFFICE + "change-info")
            self.remarks.withdraw("deleted or moved", words)
        self._blocks(body)

    def _blocks(self, element: Any, sign: str = "", gap: str = "\n\n") -> None:
        for one in elements(element):
            if one.tag in PARAGRAPHS:
                self._paragraph(one, sign, gap)
                sign = ""
            elif one.tag == TEXT + "list":
                self._list(one, 1, "")
            elif one.tag == TABLE + "table":
                self._table(one)
            elif one.tag not in LEFT_OUT:
                self._blocks(one)

    def _paragraph(self, element: Any, sign: str, gap: str) -> None:
        words = self._line(element).strip()
        if words:
            text = f"{sign} {words}" if sign else words
            level = int(element.get(TEXT + "outline-level") or 1) if element.tag == TEXT + "h" else 0
            if level:
                self.builder.heading(text, level)
                self.title = self.title or " ".join(words.split())
            else:
                span = self.builder.add(text, gap=gap)
                self._caption = text if self._is_caption(element.get(TEXT + "style-name")) else ""
                if self._caption:
                    self.builder.mark("caption", span)
        self._add_waiting()

    def _add_waiting(self) -> None:
        """Add the notes and text boxes of the part that was read last."""
        while self._notes:
            sign, body = self._notes.pop(0)
            start = [self.builder.add(text, gap="\n" if place else "\n\n")
                     for place, text in enumerate(self._texts(body))]  # fmt: skip
            held = [span for span in start if span.start < span.end]
            if held:
                self.builder.mark("note", Span(held[0].start, held[-1].end), sign)
        while self._boxes:
            self._blocks(self._boxes.pop(0))

    def _list(self, element: Any, level: int, style: str) -> None:
        style = element.get(TEXT + "style-name") or style
        for place, sign, item in self._items(element, level, style):
            for one in elements(item):
                if one.tag == TEXT + "list":
                    self._list(one, level + 1, style)
                elif one.tag in PARAGRAPHS:
                    indent = "  " * min(level - 1, DEEPEST_INDENT)
                    self._paragraph(one, sign, "\n" + indent if place or level > 1 else "\n\n")
                    sign = ""  # noqa: PLW2901 - it stands before the first paragraph

    def _items(self, element: Any, level: int, style: str) -> Iterator[tuple[int, str, Any]]:
        """Yield the place, the sign and the element of each item of a list."""
        found = self._lists.get(style, {}).get(str(level))
        count = 0
        for place, item in enumerate(element.iterchildren(TEXT + "list-item", TEXT + "list-header")):
            if item.tag == TEXT + "list-header":
                yield place, "", item
                continue
            count += 1
            form = "" if found is None else found.get(STYLE + "num-format") or ""
            if found is None or found.tag != TEXT + "list-level-style-number":
                sign = "-"
            else:
                number = {"a": lambda n: chr(96 + n), "A": lambda n: chr(64 + n)}.get(form, str)(count)
                sign = (
                    f"{found.get(STYLE + 'num-prefix') or ''}{number}{found.get(STYLE + 'num-suffix') or ''}"
                )
            yield place, sign, item

    def _texts(self, element: Any) -> Iterator[str]:
        """Yield the paragraphs of a cell or note."""
        for one in elements(element):
            if one.tag in PARAGRAPHS:
                yield self._line(one)
            elif one.tag == TABLE + "table":
                for row in self._rows(one)[0]:
                    yield ", ".join(cell.text for cell in row.cells if cell.text)
            elif one.tag not in LEFT_OUT:
                yield from self._texts(one)

    def _line(self, element: Any) -> str:
        """Return the words of a paragraph as they are seen."""
        pieces: list[tuple[str, int]] = []
        self._walk(element, (element.get(TEXT + "style-name") or "", ""), pieces)
        return put_together(pieces)

    def _walk(self, element: Any, styles: tuple[str, str], pieces: list[tuple[str, int]]) -> None:
        self._put(element.text, styles, pieces)
        for one in element:
            tag = one.tag
            if tag in MARKS:
                pieces.append((MARKS[tag], 0))
            elif tag in UNREAD:
                self.remarks.not_read(UNREAD[tag])
            elif tag == TEXT + "span":
                self._walk(one, (styles[0], one.get(TEXT + "style-name") or styles[1]), pieces)
            elif tag == TEXT + "ruby-text":
                pieces.append((f"({''.join(one.itertext())})", 0))
            elif not self._is_apart(one, styles, pieces):
                self._walk(one, styles, pieces)
            self._put(one.tail, styles, pieces)

    def _is_apart(self, one: Any, styles: tuple[str, str], pieces: list[tuple[str, int]]) -> bool:
        """Whether an element holds no words of its line; handle spaces, notes and boxes."""
        if one.tag == TEXT + "s":
            pieces.append((" " * min(int(one.get(TEXT + "c") or 1), MOST_SPACES), 0))
        elif one.tag == TEXT + "note":
            body = one.find(TEXT + "note-body")
            if body is not None and not self._look(styles).struck:
                self._notes.append((one.findtext(TEXT + "note-citation") or "", body))
        elif one.tag == DRAW + "text-box":
            self._boxes.append(one)
        else:
            return not isinstance(one.tag, str) or one.tag in LEFT_OUT or one.get(TEXT + "display") == "none"
        return True

    def _put(self, text: str | None, styles: tuple[str, str], pieces: list[tuple[str, int]]) -> None:
        if not text:
            return
        look = self._look(styles)
        if look.hidden:
            self.remarks.hide(text)
            pieces.append(GAP)
        elif look.struck:
            self.remarks.withdraw("struck out", text)
            pieces.append(GAP)
        else:
            # White space is one space in this format; a soft hyphen is none.
            text = "".join(" " if one in "\n\r\t" else one for one in text if one != "\u00ad")
            pieces.append((text, look.raised))

    def _look(self, styles: tuple[str, str]) -> Look:
        key = (*styles, "")
        if key not in self._looks:
            found: dict[str, str] = {}
            for family, name in (("paragraph", styles[0]), ("text", styles[1])):
                for style in reversed(self._chain(family, name)):
                    for one in style.iterchildren(STYLE + "text-properties", STYLE + "paragraph-properties"):
                        found.update(one.attrib)
            self._looks[key] = look_of(found)
        return self._looks[key]

    def _chain(self, family: str, name: str | None) -> list[Any]:
        chain: list[Any] = []
        while (family, name) in self._styles and len(chain) < LONGEST_CHAIN:
            chain.append(self._styles[family, name])
            name = chain[-1].get(STYLE + "parent-style-name")
        return chain

    def _is_caption(self, name: str | None) -> bool:
        names = {one.get(STYLE + "name") for one in self._chain("paragraph", name)} | {name}
        return bool(names & {"Caption", "Table", "Illustration", "Figure"})

    def _table(self, table: Any) -> None:
        rows, head = self._rows(table)
        header, lines = lines_of(rows, head if head < len(rows) else 0)
        self.builder.table(lines, header=header, label=": ".join(filter(None, (self._caption, header))))
        self._caption = ""
        self._add_waiting()

    def _rows(self, table: Any) -> tuple[list[Row], int]:
        """Return the rows of a table, and the number of header rows among the first."""
        rows: list[Row] = []
        # For each column: the number of further rows that its cell spans, the cell's words and its width.
        running: dict[int, tuple[int, str, int]] = {}
        for element in table.iter(TABLE + "table-row"):
            if next(element.iterancestors(TABLE + "table")) is not table:
                continue
            row = Row([], element.getparent().tag == TABLE + "table-header-rows")
            at = 0
            for one in element.iterchildren(TABLE + "table-cell", TABLE + "covered-table-cell"):
                covered = one.tag == TABLE + "covered-table-cell"
                down = int(one.get(TABLE + "number-rows-spanned") or 1)
                across = min(int(one.get(TABLE + "number-columns-spanned") or 1), WIDEST)
                text = "" if covered else one_line(self._texts(one))
                for _ in range(min(int(one.get(TABLE + "number-columns-repeated") or 1), WIDEST)):
                    left, above, width = running.get(at, (0, "", 1))
                    if covered and row.cells and row.cells[-1].column + row.cells[-1].width > at:
                        pass  # of the cell beside it
                    elif covered:
                        row.cells.append(
                            Cell(above if left > 0 else "", at, width if left > 0 else 1, left > 0)
                        )
                        running[at] = (left - 1, above, width)
                    else:
                        row.cells.append(Cell(text, at, across))
                        running[at] = (down - 1, text, across)
                    at += 1
            rows.append(row)
        head = next((place for place, row in enumerate(rows) if not row.is_head), 0)
        wide = max((len(row.cells) for row in rows), default=0)
        return rows, head or int(len(rows) > 1 and wide > 1)


def look_of(properties: dict[str, str]) -> Look:
    """Return how characters with these properties look."""
    position = properties.get(STYLE + "text-position", "").split(" ")[0]
    raised = {"super": 1, "sub": -1}.get(position, 0)
    if position.endswith("%"):
        raised = (position[0] != "-" and position != "0%") - (position[0] == "-")
    size = properties.get(FO + "font-size", "")
    tiny = size.endswith("pt") and size[:-2].replace(".", "").isdigit() and float(size[:-2]) < SMALLEST_PT
    behind = properties.get(FO + "background-color", "transparent").lstrip("#")
    unseen = is_same_colour(
        properties.get(FO + "color", "").lstrip("#"), WHITE if behind == "transparent" else behind
    )
    lined = properties.get(STYLE + "text-line-through-style") or properties.get(
        STYLE + "text-line-through-type"
    )
    return Look(
        hidden=properties.get(TEXT + "display") == "none" or tiny or unseen,
        struck=lined not in {None, "none"},
        raised=int(raised),
    )


def elements(element: Any) -> Iterator[Any]:
    """Yield the children that are elements; leave comments out."""
    return (one for one in element if isinstance(one.tag, str))
