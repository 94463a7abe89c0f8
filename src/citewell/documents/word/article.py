"""Make an article of a Word document: its paragraphs, headings, tables and notes in their order."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from citewell.documents.remarks import Remarks
from citewell.documents.structure import TextBuilder, one_line
from citewell.documents.word import names, tables
from citewell.documents.word.names import child, value, w
from citewell.documents.word.numbering import BULLET, Numbering, Place, written
from citewell.documents.word.paragraphs import ParagraphReader, goes_on
from citewell.documents.word.styles import (
    UNKNOWN,
    Style,
    Styles,
    level_of,
    numbering_of,
    shade_of,
)
from citewell.text.spans import Span

_CAPTION = "caption"
_SECTION = w("sectPr")
_STYLE, _SHADE, _LEVEL, _LIST = map(w, ("pStyle", "shd", "outlineLvl", "numPr"))
_EMBEDDED = frozenset({w("altChunk"), w("subDoc")})


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of a document as elements, None where it has no such part.

    Attributes:
        document: The text.
        styles: The styles.
        numbering: The lists.
        settings: The settings.
        notes: The part of the footnotes as "footnote" and that of the endnotes as "endnote".
    """

    document: Any
    styles: Any = None
    numbering: Any = None
    settings: Any = None
    notes: Mapping[str, Any] | None = None


class _Item(NamedTuple):
    """A paragraph as a person sees it, with the sign that a list puts before it."""

    text: str
    sign: str
    style: Style
    level: int
    place: Place | None
    goes_on: bool = False


class ArticleReader:
    """Reads one document."""

    def __init__(self, parts: Parts) -> None:
        """Begin in front of the text."""
        self.builder, self.remarks = TextBuilder(), Remarks()
        self.title = ""
        self._parts = parts
        self._styles, self._numbering = Styles(parts.styles), Numbering(parts.numbering)
        self._notes = {
            (kind, value(note, "id")): note
            for kind, root in (parts.notes or {}).items()
            if root is not None
            for note in root.iterchildren(w(kind))
        }
        self._forms = {kind: _form_of_notes(parts, kind) for kind in ("footnote", "endnote")}
        self._counts = dict.fromkeys(self._forms, 0)
        self._waiting: list[tuple[str, Any]] = []
        self._around: list[Place] = []  # the last item of a list, after the items that it stands in
        self._caption = ""

    def read(self) -> None:
        """Read the text."""
        body = self._parts.document
        page = child(body.getparent(), "background")
        shown = child(self._parts.settings, "displayBackgroundShape")
        background = value(page, "color") if page is not None and shown is not None else ""
        self._blocks(body, ParagraphReader(body, self._styles, self.remarks), background)

    def _blocks(self, element: Any, reader: ParagraphReader, background: str) -> None:
        """Read blocks into the text."""
        carried: list[_Item] = []  # of paragraphs that continue in the next
        blocks = self._found(element, reader)
        block = next(blocks, None)
        while block is not None:
            following = next(blocks, None)
            if block.tag == names.TABLE:
                self._table(block, following, reader, background)
            else:
                item, boxes = self._paragraph(block, reader, background)
                if carried and carried[0].level != item.level:
                    # A heading on the line of its text is still no part of that text.
                    self._add_joined(carried)
                    carried = []
                if item.text.strip() or not item.goes_on:
                    carried.append(item)
                if not (item.goes_on and following is not None and following.tag == names.PARAGRAPH):
                    self._add_joined(carried)
                    carried = []
                self._add_notes()
                for box in boxes:
                    self._blocks(box, ParagraphReader(box, self._styles, self.remarks), UNKNOWN)
            block = following

    def _found(self, element: Any, reader: ParagraphReader) -> Iterator[Any]:
        """Yield the paragraphs and tables of an element, in order."""
        for one in element:
            tag = one.tag
            if tag in (names.PARAGRAPH, names.TABLE):
                yield one
            elif tag in names.TAKEN_OUT:
                reader.withdraw_all(one)
            elif tag in _EMBEDDED:
                self.remarks.not_read("embedded document")
            elif tag not in names.PROPERTIES:
                yield from self._found(one, reader)

    def _paragraph(self, element: Any, reader: ParagraphReader, background: str) -> tuple[_Item, list[Any]]:
        """Read a paragraph, and put the notes that it refers to in the queue."""
        properties = names.children(child(element, "pPr"))
        is_open = goes_on(properties)
        id_ = value(properties.get(_STYLE)) or self._styles.default
        style = self._styles.style(id_)
        behind = shade_of(properties.get(_SHADE)) or style.shade or background
        line = reader.read(element, id_, behind)
        outline = properties.get(_LEVEL)
        level = style.level if outline is None else level_of(outline)
        numbered = numbering_of(properties.get(_LIST), style.numbering)
        sign, place = "", None
        if numbered and numbered[0] != "0" and (line.text.strip() or not is_open):
            sign, place = self._numbering.count(*numbered), self._numbering.place(*numbered)
        for kind, note, written_ in line.notes:
            self._counts[kind] += not written_
            sign_ = written_.strip() or written(self._counts[kind], self._forms[kind])
            if (kind, note) in self._notes:
                self._waiting.append((sign_, self._notes.pop((kind, note))))
        return _Item(line.text, sign, style, level, place, is_open), line.boxes

    def _add_joined(self, items: list[_Item]) -> None:
        if items:
            self._add(items[0]._replace(text="".join(item.text for item in items)))

    def _add(self, item: _Item) -> None:
        """Add a paragraph to the text."""
        words = item.text.strip()
        if not words:
            return
        text = f"{item.sign} {words}" if item.sign else words
        if item.level:
            self.builder.heading(text, item.level)
            self.title = self.title or " ".join(words.split())
            self._around = []
        else:
            span = self.builder.add(text, gap=self._gap(item.place))
            if item.style.name == _CAPTION:
                self.builder.mark("caption", span)
        self._caption = text if item.style.name == _CAPTION else ""

    def _gap(self, place: Place | None) -> str:
        """Return what stands before a paragraph: an item of an item has two spaces more than that."""
        before = self._around
        self._around = [other for other in before if place and place.is_in(other)]
        inside = len(self._around)
        if place:
            self._around.append(place)
        goes_on = inside or (place and place.list_id in [other.list_id for other in before])
        return "\n" + "  " * inside if goes_on else "\n\n"

    def _add_notes(self) -> None:
        """Add the notes that were referred to."""
        while self._waiting:
            sign, note = self._waiting.pop(0)
            start = self.builder.end
            before, caption = self._around, self._caption
            reader = ParagraphReader(note, self._styles, self.remarks)
            spans = [
                self.builder.add(text, gap="\n" if place else "\n\n")
                for place, text in enumerate(self._texts(note, reader, ""))
            ]
            held = [span for span in spans if span.start < span.end]
            if held and self.builder.end > start:
                self.builder.mark("note", Span(held[0].start, held[-1].end), sign)
                before = []
            self._around, self._caption = before, caption

    def _texts(self, element: Any, reader: ParagraphReader, background: str) -> Iterator[str]:
        """Yield the paragraphs and the rows of tables of an element, in order."""
        for block in self._found(element, reader):
            if block.tag == names.TABLE:
                # A table in a cell or note: its columns are not those of the table around it.
                for row in self._rows(block, reader, background):
                    yield ", ".join(cell.text for cell in row.cells if cell.text)
                continue
            item, boxes = self._paragraph(block, reader, background)
            sign = f"{item.sign} " if item.sign and item.sign != BULLET else ""
            if words := item.text.strip():
                yield f"{sign}{words}"
            for box in boxes:
                yield from self._texts(box, ParagraphReader(box, self._styles, self.remarks), UNKNOWN)

    def _rows(self, table: Any, reader: ParagraphReader, background: str) -> list[tables.Row]:
        """Read the rows of a table."""
        behind = self._behind(table, background)

        def text(cell: Any) -> str:
            of_cell = shade_of(child(cell, "tcPr", "shd")) or behind
            return one_line(self._texts(cell, reader, of_cell))

        return tables.read_rows(table, text, reader.withdraw_all)

    def _behind(self, table: Any, background: str) -> str:
        """Return the colour behind a table; unknown where its style sets a colour for some cells only."""
        properties = child(table, "tblPr")
        if self._styles.has_shade(value(child(properties, "tblStyle"))):
            return UNKNOWN
        return shade_of(child(properties, "shd")) or background

    def _table(self, table: Any, following: Any, reader: ParagraphReader, background: str) -> None:
        """Add a table to the text; of a table used only for layout, add the paragraphs in it."""
        cells = (
            cell
            for row in tables.nearest_below(table, names.ROW)
            for cell in tables.nearest_below(row, names.CELL)
        )
        only, another = next(cells, None), next(cells, None)
        if only is not None and another is None:
            behind = shade_of(child(only, "tcPr", "shd")) or self._behind(table, background)
            self._blocks(only, reader, behind)
            return
        rows = self._rows(table, reader, background)
        caption = self._caption or self._caption_of(following)
        if len(rows) == 1 and any(len(cell.text) > tables.LONGEST_CELL for cell in rows[0].cells):
            for cell in rows[0].cells:
                self.builder.add(cell.text)
        elif rows:
            head = tables.count_head(table, rows)
            header, lines = tables.lines_of(rows, head)
            self.builder.table(lines, header=header, label=": ".join(filter(None, (caption, header))))
        self._around, self._caption = [], ""
        self._add_notes()

    def _caption_of(self, following: Any) -> str:
        """Return the words of the caption that stands below a table, "" for none."""
        if following is None or following.tag != names.PARAGRAPH:
            return ""
        style = self._styles.style(value(child(following, "pPr", "pStyle")) or self._styles.default)
        if style.name != _CAPTION:
            return ""
        apart = ParagraphReader(following, self._styles, Remarks())
        return apart.read(following, "", UNKNOWN).text.strip()


def _form_of_notes(parts: Parts, kind: str) -> str:
    """Return how Word writes the numbers of notes."""
    section = next(parts.document.iter(_SECTION), None)
    for place in (section, parts.settings):
        if form := value(child(place, f"{kind}Pr", "numFmt")):
            return form
    return "decimal" if kind == "footnote" else "lowerRoman"
