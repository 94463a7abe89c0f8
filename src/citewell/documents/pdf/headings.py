"""Tell which paragraphs are headings and captions, by the file's bookmarks and by how they are printed."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from citewell.documents.pdf.flow import BULLET, CAPTION, Block
from citewell.documents.pdf.lines import Row

# Letters larger than those of the text by so much belong to a heading.
LARGER = 1.12
LONGEST = 200
LONGEST_BOLD = 120
# The number of a heading, which bookmarks may lack.
NUMBER = re.compile(
    r"^(?:(?:chapter|appendix|part|kapitel|teil|chapitre)\s+)?[\dA-Z]{0,3}(?:\.\d+)*[.:]?\s+", re.IGNORECASE
)


class Bookmark(NamedTuple):
    """A line of the file's own table of contents.

    Attributes:
        level: Level from 1, the highest.
        title: Words of the line.
        page: Ordinal of the target page; 0 when the page is not known.
    """

    level: int
    title: str
    page: int


def body_size(pages: Iterable[Sequence[Row]]) -> float:
    """Return the size of most of the letters, in points; 10 when there are none."""
    sizes: Counter[float] = Counter()
    for rows in pages:
        for row in rows:
            for segment in row.segments:
                sizes[round(2 * segment.size) / 2] += len(segment.text)
    return max(sizes, key=lambda size: (sizes[size], size), default=10.0)


def name_blocks(blocks: Sequence[Block], bookmarks: Sequence[Bookmark], body: float) -> None:
    """Mark the blocks that are headings, each with its level, and the blocks that are captions."""
    _captions(blocks)
    marked: dict[int, dict[str, int]] = {}
    for bookmark in bookmarks:
        for page in (bookmark.page, bookmark.page + 1) if bookmark.page else (0,):
            marked.setdefault(page, {}).setdefault(folded(bookmark.title), bookmark.level)
    ranks: dict[float, int] = {}
    found: list[tuple[Block, float, int]] = []
    for place, block in enumerate(blocks):
        if block.kind != "text" or not block.lines:
            continue
        level = _marked(block, marked) if marked and len(block.text) <= LONGEST else 0
        follows = place + 1 < len(blocks)
        if level or _looks_like_one(block, body, follows=follows):
            size = _rank(block, body)
            found.append((block, size, level))
            if level:
                ranks.setdefault(size, level)
    lowest = max((bookmark.level for bookmark in bookmarks), default=0)
    unmarked = sorted({size for _, size, level in found if not level and size not in ranks}, reverse=True)
    for place, size in enumerate(unmarked):
        above = [level for other, level in ranks.items() if other < size]
        ranks[size] = min(above) if above and bookmarks else (lowest or 0) + place + 1
    for block, size, level in found:
        block.kind, block.level = "heading", min(level or ranks[size], 9)


def folded(title: str) -> str:
    """Return a heading's words without its number and without details that differ between prints."""
    spaced = " ".join(title.split())
    return re.sub(r"\W+", "", NUMBER.sub("", spaced) or spaced).casefold()


def _marked(block: Block, marked: dict[int, dict[str, int]]) -> int:
    words = folded(block.text)
    return marked.get(block.parts[0][0], {}).get(words, 0) or marked.get(0, {}).get(words, 0)


def _rank(block: Block, body: float) -> float:
    """Return the size of a heading's letters; for bold letters of the text's size, a little more."""
    size = round(2 * max(line.size for line in block.lines)) / 2
    return size if size > body else body + 0.1 * block.lines[0].bold


def _looks_like_one(block: Block, body: float, *, follows: bool) -> bool:
    text = block.text
    lines = block.lines
    if not any(map(str.isalpha, text)) or BULLET.match(text) or len(lines) > 3 or len(text) > LONGEST:
        return False
    sizes = [line.size for line in lines]
    if min(sizes) >= LARGER * body:
        return text[-1] not in ",;" and (text[-1] != "." or min(sizes) >= 1.3 * body)
    is_bold = all(line.bold for line in lines) and min(sizes) >= 0.97 * body
    return is_bold and follows and len(text) <= LONGEST_BOLD and len(lines) <= 2 and text[-1] not in ".,;:"


def _captions(blocks: Sequence[Block]) -> None:
    """Find the captions, and give each table the caption above it, else the one below."""
    for place, block in enumerate(blocks):
        if block.kind == "text" and len(block.text) < 600:
            found = CAPTION.match(block.text)
            near = [blocks[other].kind for other in (place - 1, place + 1) if 0 <= other < len(blocks)]
            if found and (found["end"] or (found[1] and "table" in near and len(block.lines) <= 3)):
                block.kind = "caption"
    used: set[int] = set()
    for place, block in enumerate(blocks):
        if block.kind != "table":
            continue
        for other in (place - 1, place + 1):
            if 0 <= other < len(blocks) and blocks[other].kind == "caption" and other not in used:
                found = CAPTION.match(blocks[other].text)
                if found and found[1]:
                    block.label = blocks[other].text
                    used.add(other)
                    break
