"""Read a paragraph's visible words; note withdrawn or hidden words and leave them out."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from citewell.documents.remarks import Remarks
from citewell.documents.word import names
from citewell.documents.word.equations import linear
from citewell.documents.word.fields import CODE, FIELD, Fields
from citewell.documents.word.names import child, is_on, value, w
from citewell.documents.word.styles import Look, Styles, read_run
from citewell.documents.word.symbols import UNKNOWN, plain, symbol
from citewell.text.raised import write_lowered, write_raised

_SHOWN = {
    w("tab"): "\t",
    w("ptab"): "\t",
    w("br"): "\n",
    w("cr"): "\n",
    w("noBreakHyphen"): "-",
}
_DELETED_TEXT, _RUBY_BASE, _RUBY_TEXT = w("delText"), w("rubyBase"), w("rt")
_NOTES = {w("footnoteReference"): "footnote", w("endnoteReference"): "endnote"}
_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/"
_UNREAD = {
    f"{_DRAWING}main}}blip": "picture",
    f"{_DRAWING}chart}}chart": "chart",
    f"{_DRAWING}diagram}}relIds": "diagram",
    "{urn:schemas-microsoft-com:vml}imagedata": "picture",
    w("commentReference"): "comment",
    w("altChunk"): "embedded document",
    w("subDoc"): "embedded document",
}
_MATH_TEXT = names.math("t")
# The length of the text examined before a raised character: a word, a number.
TAIL = 50
_FRAME, _VANISH = w("framePr"), w("vanish")
_SOFT_HYPHEN = "\u00ad"
_UNKNOWN_SYMBOL = "Some symbols have no known meaning; they stand as “\ufffd”."
_STRUCK, _DELETED = "struck out", "deleted or moved"
# The piece that stands where words were left out.
GAP = ("", 0)


@dataclass(slots=True)
class Line:
    """A paragraph as it is seen.

    Attributes:
        text: Its words.
        notes: For each note that the paragraph refers to: footnote or endnote, the note's id, and the sign
            that the document itself writes; "" where Word counts the notes.
        boxes: The elements of text boxes that hang on it.
    """

    text: str = ""
    notes: list[tuple[str, str, str]] = field(default_factory=list)
    boxes: list[Any] = field(default_factory=list)


class ParagraphReader:
    """Reads the paragraphs of one text, in order, since a field may span several paragraphs."""

    def __init__(self, root: Any, styles: Styles, remarks: Remarks) -> None:
        """Begin in front of a text.

        Args:
            root: The element that holds it.
            styles: The styles of the document.
            remarks: Collects the words that are left out.
        """
        self._styles = styles
        self._remarks = remarks
        self._fields = Fields(root)
        self._line = Line()
        self._pieces: list[tuple[str, int]] = []
        self._withdrawn: tuple[str, list[str]] = ("", [])
        self._style, self._background = "", ""
        self._look = Look()
        self._in_sign = False
        self._readers: dict[str, Callable[[Any, Look, str], None]] = {
            _DELETED_TEXT: lambda one, look, _how: self._put(one.text or "", look, _DELETED),
            w("sym"): self._symbol,
            w("ruby"): self._ruby,
            FIELD: lambda one, look, how: self._put(self._fields.step(one), look, how),
            CODE: lambda one, _look, _how: self._fields.read_code(one.text or ""),
        }

    def read(self, paragraph: Any, style: str, background: str) -> Line:
        """Read a paragraph.

        Args:
            paragraph: Its element.
            style: The id of its style.
            background: The colour behind the paragraph; "" for none.
        """
        self._line, self._pieces, self._style, self._background = Line(), [], style, background
        self._look = self._styles.look(style, None, background)
        self._walk(paragraph, "")
        self._end_withdrawn()
        line = self._line
        line.text = put_together(self._pieces)
        return line

    def withdraw_all(self, element: Any) -> None:
        """Note all words of an element as deleted."""
        self._remarks.withdraw(_DELETED, " ".join(_words(element)))

    def _walk(self, element: Iterable[Any], how: str) -> None:
        """Read the content of an element; `how` tells how it is withdrawn, "" for not withdrawn."""
        for one in element:
            tag = one.tag
            if tag == names.RUN:
                self._run(one, how)
            elif tag in names.PROPERTIES:
                continue
            elif tag in names.TAKEN_OUT:
                self._walk(one, _DELETED)
            elif tag == names.EQUATION:
                self._equation(one, how)
            elif tag == names.ALTERNATIVES:
                choice = next(one.iterchildren(names.CHOICE), None)
                self._walk(one if choice is None else choice, how)
            elif tag == names.TEXT:  # outside a run, where a damaged file may have it
                self._put(one.text or "", Look(), how)
            elif tag == names.BOX:
                self._box(one, how)
            else:
                if tag in _UNREAD and not how:
                    self._remarks.not_read(_UNREAD[tag])
                self._walk(one, how)

    def _run(self, run: Any, how: str) -> None:
        """Read a run: characters of one look."""
        look = self._look
        self._in_sign = False
        for one in run:
            tag = one.tag
            if tag == names.TEXT:
                self._words(one.text or "", look, how)
            elif tag == names.RUN_PROPERTIES:
                look = self._styles.look(self._style, read_run(one), self._background)
            elif tag in _SHOWN:
                self._put(_SHOWN[tag], look._replace(raised=0), how)
            elif tag in _NOTES:
                self._note(one, look, how)
            elif tag in self._readers:
                self._readers[tag](one, look, how)
            else:
                self._walk([one], how)

    def _words(self, words: str, look: Look, how: str) -> None:
        """Read the words of a run; after a note's mark they are the sign that the document gives the note."""
        if self._in_sign and self._line.notes:
            kind, id_, sign = self._line.notes[-1]
            self._line.notes[-1] = (kind, id_, sign + words)
        elif not self._in_sign:
            self._put(words, look, how)

    def _note(self, mark: Any, look: Look, how: str) -> None:
        self._in_sign = value(mark, "customMarkFollows") in {"1", "true", "on"}
        if not how and not look.hidden and not look.struck and not self._fields.in_code:
            self._line.notes.append((_NOTES[mark.tag], value(mark, "id"), ""))

    def _symbol(self, mark: Any, look: Look, how: str) -> None:
        try:
            shown = symbol(value(mark, "font"), int(value(mark, "char"), 16))
        except ValueError:
            shown = UNKNOWN
        if not self._in_sign:
            self._put(shown, look._replace(font=""), how)

    def _ruby(self, ruby: Any, look: Look, how: str) -> None:
        """Read characters and, in brackets, the pronunciation printed above them."""
        self._walk(ruby.iterchildren(_RUBY_BASE), how)
        if any(part.text for reading in ruby.iterchildren(_RUBY_TEXT) for part in reading.iter(names.TEXT)):
            self._put("(", look, how)
            self._walk(ruby.iterchildren(_RUBY_TEXT), how)
            self._put(")", look, how)

    def _equation(self, equation: Any, how: str) -> None:
        def words(run: Any) -> str:
            own = read_run(child(run, "rPr"))
            text = "".join(part.text or "" for part in run.iterchildren(_MATH_TEXT, names.TEXT))
            look = self._styles.look(self._style, own, self._background)
            if look.hidden or look.struck:
                self._put(text, look, how)
                return ""
            return text

        self._put(linear(equation, words), Look(), how)

    def _box(self, box: Any, how: str) -> None:
        if how:
            self._remarks.withdraw(how, " ".join(_words(box)))
        elif not self._fields.in_code:
            self._line.boxes.append(box)

    def _put(self, text: str, look: Look, how: str) -> None:
        """Add characters to the line, or note why they are left out."""
        if not text or self._fields.in_code:
            return
        if how or look.struck or look.hidden:
            self._leave_out(text, how or ("" if look.hidden else _STRUCK))
            return
        self._end_withdrawn()
        if "\n" in text and text != "\n":
            text = text.replace("\n", " ")
        if look.font or not text.isascii():
            text = plain(text.replace(_SOFT_HYPHEN, ""), look.font)
            if UNKNOWN in text:
                self._remarks.tell(_UNKNOWN_SYMBOL)
        if text:
            self._pieces.append((text, look.raised))

    def _leave_out(self, text: str, how: str) -> None:
        """Note characters left out of the text; `how` tells how they are withdrawn, "" for hidden."""
        if how != self._withdrawn[0]:
            self._end_withdrawn()
        if how:
            self._withdrawn[1].append(text)
            self._withdrawn = (how, self._withdrawn[1])
        else:
            self._remarks.hide(text)
            self._pieces.append(GAP)

    def _end_withdrawn(self) -> None:
        how, parts = self._withdrawn
        if parts:
            self._remarks.withdraw(how, "".join(parts))
            self._withdrawn = ("", [])
            self._pieces.append(GAP)


def put_together(pieces: list[tuple[str, int]]) -> str:
    """Join pieces of text; write raised (1) and lowered (-1) pieces as raised and lowered.

    Of the two spaces around a GAP one stays.
    """
    pieces = _closed(pieces)
    if not any(raised for _, raised in pieces):
        return "".join(words for words, _ in pieces)
    runs = [
        (raised, "".join(words for words, _ in run))
        for raised, run in groupby(pieces, key=lambda piece: piece[1])
    ]
    text: list[str] = []
    before = ""
    for (raised, words), (_, after) in zip(runs, [*runs[1:], (0, "")], strict=False):
        write = (None, write_raised, write_lowered)[raised]
        written = write(before, words, after[:TAIL]) if write else words
        text.append(written)
        before = (before + written)[-TAIL:]
    return "".join(text)


def _closed(pieces: Iterable[tuple[str, int]]) -> list[tuple[str, int]]:
    """Return pieces without gaps and without the second of the spaces around each."""
    closed: list[tuple[str, int]] = []
    is_gap = False
    for words, raised in pieces:
        is_second = is_gap and words[:1] == " " and (not closed or closed[-1][0][-1:].isspace())
        is_gap = not words
        if kept := words[is_second:]:
            closed.append((kept, raised))
    return closed


def _words(element: Any) -> list[str]:
    return [one.text or "" for one in element.iter(names.TEXT, _DELETED_TEXT)]


def goes_on(properties: Mapping[str, Any]) -> bool:
    """Whether a paragraph continues in the next one, by the children of its properties.

    A paragraph continues if its end is deleted or hidden, or if it is the large first letter of the next one.
    """
    frame = properties.get(_FRAME)
    if frame is not None and value(frame, "dropCap") in {"drop", "margin"}:
        return True
    mark = names.children(properties.get(names.RUN_PROPERTIES))
    if not names.TAKEN_OUT.isdisjoint(mark):
        return True
    return _VANISH in mark and is_on(mark[_VANISH])
