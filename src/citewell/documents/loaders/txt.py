"""Read plain text: the file is the article; headings and tables are found by how their lines look."""

import re
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from citewell.documents.dates import date_of_name, dateline
from citewell.documents.headers import looks_like_a_header
from citewell.documents.loader import Article
from citewell.documents.passages import LONGEST_HEADING
from citewell.documents.structure import Mark
from citewell.text.decoding import decode
from citewell.text.normalisation import normalise

_BLOCK = re.compile(r"[^\n]*\S[^\n]*(?:\n[^\n]*\S[^\n]*)*")
_NUMBERED = re.compile(r"(\d{1,2}(?:\.\d{1,2}){0,4})\.?\s+\S")
_ITEM = re.compile(r"\s*(?:[-*•–]|\d{1,3}[.)]|\(?[a-z]\))\s")
_FEWEST_ROWS = 2


class TextLoader:
    """One article a file, unchanged; its date is from the file's name or first lines, where they have one."""

    suffixes = (".txt", ".text")

    def load(self, path: Path) -> Iterator[Article]:
        """Yield the article."""
        decoded = decode(path.read_bytes())
        text = normalise(decoded.text)
        marks = sorted([*find_headings(text), *find_tables(text)], key=lambda mark: mark.start)
        published = dateline(text) or date_of_name(path.stem)
        yield Article(text=text, published=published, marks=tuple(marks), warnings=decoded.warnings)


def find_headings(text: str) -> Iterator[Mark]:
    r"""Yield marks of the headings: short lines between blank lines, without a full stop, over a paragraph.

    Where a second heading follows the first at once, the first is the title, one level above the others.
    Numbered headings have the level that their number tells.

    >>> text = "Harbours\n\nLund\n\nIt earned 14.\n\nMoss\n\nIt earned 9.\n"
    >>> [(text[mark.start : mark.end], mark.level) for mark in find_headings(text)]
    [('Harbours', 1), ('Lund', 2), ('Moss', 2)]
    """
    blocks = list(_BLOCK.finditer(text))
    short = [_is_heading(block[0]) for block in blocks]
    highest = 1 + (short[:2] == [True, True])
    for place, block in enumerate(blocks[:-1]):
        # Where such lines follow each other, only the title and the line over a paragraph are headings.
        if short[place] and (not short[place + 1] or place == 0):
            words = block[0].strip()
            start = block.start() + block[0].index(words[0])
            numbered = _NUMBERED.match(words)
            level = highest + numbered[1].count(".") if numbered else 1 if place == 0 else highest
            yield Mark("heading", start, start + len(words), "", level)


def _is_heading(block: str) -> bool:
    """Whether a block can be a heading."""
    words = block.strip()
    return (
        "\n" not in words
        and "\t" not in words
        and " | " not in words
        and len(words) <= LONGEST_HEADING
        and (words[-1].isalnum() or words[-1] in ")?’”")
        and (words[0].isupper() or words[0].isdecimal() or not words[0].islower())
        and any(map(str.isalpha, words))
        and not _ITEM.match(block)
    )


def find_tables(text: str) -> Iterator[Mark]:
    r"""Yield marks of the tables: successive lines with the same number of tabs; the header is the label.

    >>> [mark.label for mark in find_tables("Town\tBeds\nA\t3\nB\t6\n")]
    ['Town | Beds']
    """
    if "\t" not in text:
        return
    at = 0
    lines = []
    for line in text.splitlines(keepends=True):
        lines.append((at, line))
        at += len(line)
    for tabs, group in groupby(lines, key=lambda line: line[1].strip("\n").count("\t")):
        rows = list(group)
        if not tabs or len(rows) < _FEWEST_ROWS:
            continue
        cells = [[cell.strip() for cell in line.strip("\n").split("\t")] for _, line in rows]
        has_header = looks_like_a_header(cells)
        start = rows[1 if has_header else 0][0]
        end = rows[-1][0] + len(rows[-1][1].rstrip())
        if start < end:
            yield Mark("table", start, end, " | ".join(cells[0]) if has_header else "")


def create() -> TextLoader:
    """Return the loader."""
    return TextLoader()
