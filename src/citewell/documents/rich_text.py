r"""Read the control words of Rich Text Format (specification 1.9.1) that decide which text is visible."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from citewell.documents.remarks import Remarks
from citewell.documents.rich_text_looks import SETTERS, Font, State, read_fonts, read_whites
from citewell.documents.structure import TextBuilder
from citewell.documents.word.paragraphs import GAP, put_together
from citewell.documents.word.symbols import plain

_TOKEN = re.compile(
    r"\\([a-zA-Z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\([^a-zA-Z])|([{}])|([^\\{}\r\n]+)|[\r\n]+"
)
_CHARACTERS = {
    "tab": "\t", "line": "\n", "emdash": "—", "endash": "–", "lquote": "‘", "rquote": "’", "ldblquote": "“",
    "rdblquote": "”", "bullet": "•", "emspace": "\u2003", "enspace": "\u2002", "zwj": "\u200d",
    "zwnj": "\u200c",
}  # fmt: skip
_SIGNS = {"~": "\u00a0", "_": "-", "-": "", "{": "{", "}": "}", "\\": "\\", "\n": "\n", "\r": "\n"}
# Groups whose words a person does not read. Groups that begin with \* are left out unless they are known.
_LEFT_OUT = frozenset(
    "fonttbl colortbl stylesheet listtable listoverridetable rsidtbl generator header headerl headerr headerf"
    " footer footerl footerr footerf fldinst xe tc txe rxe themedata datastore colorschememapping"
    " latentstyles nonshppict revtbl filetbl mmathPr bkmkstart bkmkend annotation atnid"
    " atnauthor atnref object nonesttables".split()
)
_UNREAD = {"pict": "picture", "annotation": "comment", "object": "embedded object"}
_SHOWN_STARS = frozenset({"shpinst", "shppict", "shptxt", "footnote", "fldrslt"})
_ABOUT = frozenset({"info", "title", "author", "subject", "operator", "creatim"})
# No program nests groups deeper: a deeper file is damaged or meant to harm.
_DEEPEST = 5_000
_SMALLEST = 6
_SURROGATES = (0xD800, 0xE000)


@dataclass(slots=True)
class _Paragraph:
    pieces: list[tuple[str, int]] = field(default_factory=list)
    cells: list[str] = field(default_factory=list)
    level: int = 0
    in_table: bool = False


class RichTextReader:
    """Reads one file."""

    def __init__(self) -> None:
        """Begin in front of the file."""
        self.builder, self.remarks = TextBuilder(), Remarks()
        self.about: dict[str, str] = {}
        self.published = ""
        self._state = State()
        self._stack: list[State] = []
        self._paragraph = _Paragraph()
        self._outer: list[tuple[int, _Paragraph]] = []
        self._notes: list[str] = []
        self._rows: list[str] = []
        self._fonts: dict[int, Font] = {}
        self._whites: set[int] = set()
        self._page, self._bytes = "cp1252", bytearray()
        self._skip, self._high, self._star = 0, 0, False
        self._day: dict[str, int] = {}
        self._note_count = 0
        self._structures: dict[str, Callable[[int], None]] = {
            "ansicpg": self._set_page,
            "pard": self._begin_properties,
            "outlinelevel": self._set_level,
            "intbl": self._set_table,
            "footnote": self._begin_note,
            **dict.fromkeys(("par", "sect", "page"), self._end_paragraph),
            **dict.fromkeys(("cell", "nestcell"), self._end_cell),
            **dict.fromkeys(("row", "nestrow"), self._end_row),
        }

    def read(self, text: str) -> None:
        """Read a file whose bytes were decoded one by one, as Latin-1."""
        self._fonts, self._whites = read_fonts(text), read_whites(text)
        self._read_tokens(text)
        self._flush()
        self._end_paragraph()
        self._end_table()
        day = self._day
        if {"yr", "mo", "dy"} <= day.keys():
            self.published = f"{day['yr']:04}-{day['mo']:02}-{day['dy']:02}"

    def _read_tokens(self, text: str) -> None:
        at = 0
        while at < len(text):
            found = _TOKEN.match(text, at)
            at = found.end() if found else at + 1
            if found is None:
                continue
            if found[1] == "bin":  # so many bytes of a picture follow
                at += max(0, int(found[2] or 0))
            elif found[3] is not None:
                self._byte(int(found[3], 16))
            elif found[6] is not None and not self._skip:
                # Decoded with the bytes before: the second byte of a character may be an ASCII byte.
                self._bytes += found[6].encode("latin-1")
            else:
                self._flush()
                self._read_token(found)

    def _read_token(self, found: re.Match[str]) -> None:
        word, number, _, sign, brace, words = found.groups()
        if brace:
            self._step(brace)
        elif word:
            self._word(word, None if number is None else int(number))
        elif sign is not None:
            self._sign(sign)
        elif words is not None:
            taken, self._skip = words[self._skip :], max(0, self._skip - len(words))
            self._put(taken)

    def _step(self, brace: str) -> None:
        self._skip = 0
        if brace == "{":
            if len(self._stack) < _DEEPEST:
                self._stack.append(replace(self._state))
            self._star = False
        elif self._stack:
            self._state = self._stack.pop()
            if self._outer and len(self._stack) < self._outer[-1][0]:
                self._end_note()

    def _word(self, word: str, number: int | None) -> None:
        """Do what a control word says."""
        star, self._star = self._star, False
        if self._skip and word != "u":
            self._skip -= 1
        elif word in _LEFT_OUT or word in _UNREAD or (star and word not in _SHOWN_STARS | _ABOUT):
            if word in _UNREAD and not self._state.skipped:
                self.remarks.not_read(_UNREAD[word])
            self._state.skipped = True
        elif word in _ABOUT:
            self._state.about = word
        elif self._state.about == "creatim":
            self._day[word] = number or 0
        elif word == "u":
            self._unicode(number or 0)
        elif word in _CHARACTERS:
            self._put(_CHARACTERS[word])
        elif word in SETTERS:
            SETTERS[word](self._state, number != 0, number or 0)
        elif word in self._structures and not self._state.skipped:
            self._structures[word](number or 0)

    def _begin_note(self, _number: int) -> None:
        self._outer.append((len(self._stack), self._paragraph))
        self._paragraph = _Paragraph()

    def _begin_properties(self, _number: int) -> None:
        self._paragraph.level, self._paragraph.in_table = 0, False

    def _set_level(self, number: int) -> None:
        self._paragraph.level = number + 1 if 0 <= number < 9 else 0  # noqa: PLR2004  # nine levels

    def _set_table(self, _number: int) -> None:
        self._paragraph.in_table = True

    def _set_page(self, number: int) -> None:
        self._page = f"cp{number}"

    def _end_cell(self, _number: int) -> None:
        self._paragraph.cells.append(" ".join(put_together(self._paragraph.pieces).split()))
        self._paragraph.pieces = []

    def _sign(self, sign: str) -> None:
        if sign == "*":
            self._star = True
        elif sign in _SIGNS:
            self._put(_SIGNS[sign])

    def _unicode(self, number: int) -> None:
        number += 65536 if number < 0 else 0
        self._skip = self._state.uc
        if _SURROGATES[0] <= number < 0xDC00:  # noqa: PLR2004
            self._high = number
        elif 0xDC00 <= number < _SURROGATES[1]:  # noqa: PLR2004
            self._put(
                chr(0x10000 + ((self._high - 0xD800) << 10) + number - 0xDC00) if self._high else "\ufffd"
            )
            self._high = 0
        elif 0 < number < 65536:  # noqa: PLR2004
            self._put(chr(number))

    def _byte(self, number: int) -> None:
        if self._skip:
            self._skip -= 1
        else:
            self._bytes.append(number)

    def _flush(self) -> None:
        """Decode the bytes that were read."""
        if self._bytes:
            data, self._bytes = bytes(self._bytes), bytearray()
            font = self._fonts.get(self._state.font, Font())
            for page in (font.page, self._page, "cp1252"):
                try:
                    self._put(data.decode(page or "ascii"))
                except (LookupError, UnicodeError):
                    continue
                return
            self._put(data.decode("latin-1"))

    def _put(self, text: str) -> None:
        state = self._state
        if state.about:
            if state.about != "info":
                self.about[state.about] = self.about.get(state.about, "") + text
        elif state.skipped or not text:
            return
        elif state.hidden or state.size < _SMALLEST or (state.colour in self._whites and not state.behind):
            self.remarks.hide(text)
            self._paragraph.pieces.append(GAP)
        elif state.struck or state.deleted:
            self.remarks.withdraw("deleted or moved" if state.deleted else "struck out", text)
            self._paragraph.pieces.append(GAP)
        else:
            font = self._fonts.get(state.font, Font()).name
            self._paragraph.pieces.append((plain(text.replace("\u00ad", ""), font), state.raised))

    def _end_paragraph(self, _number: int = 0) -> None:
        paragraph = self._paragraph
        if paragraph.in_table or paragraph.cells:
            paragraph.pieces.append((" ", 0))
            return
        text, paragraph.pieces = put_together(paragraph.pieces).strip(), []
        if self._outer:
            self._notes.append(text)
            return
        self._end_table()
        if text and paragraph.level:
            self.builder.heading(text, paragraph.level)
        else:
            self.builder.add(text)
        self._end_notes()

    def _end_note(self) -> None:
        """Keep a note until its paragraph ends."""
        words = put_together(self._paragraph.pieces)
        _, self._paragraph = self._outer.pop()
        self._notes.append(words)

    def _end_notes(self) -> None:
        for words in self._notes:
            self._note_count += 1
            self.builder.mark("note", self.builder.add(words), str(self._note_count))
        self._notes = []

    def _end_row(self, _number: int = 0) -> None:
        if self._paragraph.cells:
            self._rows.append(" | ".join(self._paragraph.cells).strip())
        self._paragraph.cells, self._paragraph.pieces = [], []

    def _end_table(self) -> None:
        if self._rows:
            rows, self._rows = self._rows, []
            header = rows.pop(0) if len(rows) > 1 and " | " in rows[0] else ""
            self.builder.table(rows, header=header)
            self._end_notes()
