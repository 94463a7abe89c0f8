"""Collect the words of one line of a page, with white space as shown and raised figures written apart."""

import re

from lxml.etree import _Element as Element

from citewell.documents.web_page.visibility import GONE
from citewell.text.raised import write_fraction, write_lowered, write_raised

_SPACES = re.compile(r" {2,}")
_AROUND_BREAK = re.compile(r" *\n *")
_LOOK = 60  # characters before raised text, which tell whether it is a power, a note's sign or other text
_FEW = 4  # elements in the text that follows; text with more elements is no part of a formula
_SLASH = re.compile(r"\s*[/⁄∕]\s*")


def shown(text: str) -> str:
    """Return text as a line of a page shows it: one space for each run of white space, no soft hyphens."""
    text = text.replace("\u00ad", "")
    for white in "\n\t\r\f":  # quicker than a pattern: most text has none of them
        text = text.replace(white, " ")
    return _SPACES.sub(" ", text) if "  " in text else text


class Line:
    """The text that was read since the last block ended."""

    def __init__(self, language: str) -> None:
        """Begin an empty line of a page in `language`."""
        self.is_verbatim = 0  # how many `pre` are open
        self._language = language
        self._pieces: list[str] = []
        self._fraction: tuple[str, Element] | None = None

    @property
    def has_begun(self) -> bool:
        """Whether anything was read, be it white space."""
        return bool(self._pieces)

    @property
    def is_empty(self) -> bool:
        """Whether no word was read."""
        return not any(piece.strip() for piece in self._pieces)

    def add(self, text: str, *, is_break: bool = False) -> None:
        """Read text without its soft hyphens, which only say where a word may be cut."""
        if not text:
            return
        if self.is_verbatim or is_break:
            self._pieces.append(text.replace("\u00ad", ""))
        elif self._pieces or not text.isspace():  # white space begins no line
            self._pieces.append(shown(text))

    def add_raised(self, element: Element) -> None:
        """Read a `sup` or `sub`; where the two make a fraction, read both with the first."""
        before = self._before()
        raised = shown("".join(element.itertext()))
        said = raised.strip()
        if element.tag == "sub":
            if self._fraction and self._fraction[1] is element:
                above, self._fraction = self._fraction[0], None
                self._pieces.append(write_fraction(above, said))
                return
            self._pieces.append(write_lowered(before, raised, self._after(element)))
            return
        below = element.getnext()
        if (
            below is not None
            and below.tag == "sub"
            and said.isdecimal()
            and _SLASH.fullmatch(element.tail or "")
        ):
            element.tail = None
            self._fraction = (said, below)
            return
        self._pieces.append(write_raised(before, raised, self._after(element), language=self._language))

    def _before(self) -> str:
        pieces: list[str] = []
        length = 0
        for piece in reversed(self._pieces):
            pieces.append(piece)
            length += len(piece)
            if length >= _LOOK:
                break
        return "".join(reversed(pieces))[-_LOOK:]

    @staticmethod
    def _after(element: Element) -> str:
        if element.tail:
            return str(element.tail[:_LOOK])
        following = element.getnext()
        if following is None or following.tag == GONE:
            return ""
        if len(following) > _FEW:
            return ""
        return ("".join(following.itertext()) + (following.tail or ""))[:_LOOK]

    def taken(self) -> str:
        """Return the line's text and empty the line."""
        text = "".join(self._pieces)
        self._pieces.clear()
        if self.is_verbatim:
            return text
        if "\n" in text:
            text = _AROUND_BREAK.sub("\n", text)
        return _SPACES.sub(" ", text) if "  " in text else text
