"""Find the items of a list that stand in other items, with the items around them.

"in July 9 crowns" has no meaning without the item that it is in, "A bicycle costs 7 crowns". Loaders write an
item on a line, with two spaces more for each list around; people who write plain text do the same.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from citewell.documents.passages import Passage
from citewell.text.spans import Span

_LINE = re.compile(
    r"^(?P<indent>[ \t]*)(?P<sign>(?:[-*•–]|(?:\d{1,4}|[A-Za-z]|[ivxlIVXL]{2,5})[.)])[ \t]+)?(?P<words>\S.*)",
    re.MULTILINE,
)
# Characters before a passage in which the items around its first item are looked for.
REACH = 2_000
# An item of more characters is a paragraph: it is not repeated before each item in it.
LONGEST_PARENT = 160


@dataclass(frozen=True, slots=True)
class InnerItem:
    """An item that stands in another.

    Attributes:
        line: Range of its first line in the passage's text, with its sign.
        words: Range of the line in the article, without its sign.
        parents: Ranges of the items around it in the article, the outermost first, without signs and marks at
            their ends.
    """

    line: Span
    words: Span
    parents: tuple[Span, ...]


def inner_items(passage: Passage) -> Iterator[InnerItem]:
    """Yield the items of a passage that stand in other items."""
    text = passage.document.text
    first = text.rfind("\n", 0, passage.start) + 1
    begin = first
    if first < passage.start and not text[first : passage.start].strip():
        # The passage begins with an indented line; the items around it stand before it.
        begin = text.find("\n", first - REACH, first) + 1 if first > REACH else 0
    around: list[tuple[int, Span]] = []
    for found in _LINE.finditer(text, begin, passage.end):
        indent = len(found["indent"].expandtabs(4))
        while around and around[-1][0] >= indent:
            around.pop()
        if not found["sign"]:
            continue
        words = Span(found.start("words"), found.start("words") + len(found["words"].rstrip()))
        if around and words.start >= passage.start:
            line = Span(max(0, found.start() - passage.start), words.end - passage.start)
            parents = (parent for _, parent in around if parent.end - parent.start <= LONGEST_PARENT)
            yield InnerItem(line, words, tuple(parents))
        said = text[words.start : words.end].rstrip(" .:;,")
        around.append((indent, Span(words.start, words.start + len(said))))
