"""Write the blocks of a file as an article's text, with marks of the kinds of its parts."""

from collections import Counter
from collections.abc import Mapping, Sequence

from citewell.documents.pdf.flow import Block
from citewell.documents.pdf.joining import join_lines
from citewell.documents.structure import TextBuilder
from citewell.text.normalisation import normalise
from citewell.text.spans import Span


class Pages:
    """The spans of the text of each page; a page that another page interrupts has two spans."""

    def __init__(self) -> None:
        """Begin with none."""
        self._spans: list[tuple[int, int, int]] = []

    def add(self, page: int, start: int, end: int) -> None:
        """Note that a span of text belongs to a page."""
        if start >= end:
            return
        if self._spans and self._spans[-1][0] == page:
            self._spans[-1] = (page, self._spans[-1][1], end)
        else:
            self._spans.append((page, start, end))

    def mark(self, builder: TextBuilder, labels: Mapping[int, str]) -> None:
        """Mark the pages."""
        for page, start, end in self._spans:
            builder.mark("page", Span(start, end), labels.get(page) or str(page), page)


def write(blocks: Sequence[Block], labels: Mapping[int, str], words: Counter[str]) -> TextBuilder:
    """Return the text and its marks.

    Args:
        blocks: The blocks in reading order.
        labels: The numbers printed on pages.
        words: How often each word stands in the file.
    """
    builder, pages = TextBuilder(), Pages()
    for block in blocks:
        before = builder.end
        if block.kind == "table":
            rows = [" | ".join(cells) for cells in block.rows]
            builder.table(rows, label=": ".join(filter(None, (block.label, rows[0]))))
        elif block.kind == "heading":
            builder.heading(block.text, block.level)
        else:
            _paragraph(builder, block, pages, words)
            continue
        start = before + 2 if before else 0
        pages.add(block.parts[0][0], start, builder.end)
    pages.mark(builder, labels)
    return builder


def _paragraph(builder: TextBuilder, block: Block, pages: Pages, words: Counter[str]) -> None:
    """Write a paragraph, which may stand on several pages."""
    text = ""
    bounds: list[tuple[int, int]] = []
    for page, part in block.parts:
        own = normalise(part).strip()
        text = join_lines(text, own, words) if text else own
        bounds.append((page, len(text) - len(own)))
    span = builder.add(text)
    if block.kind in {"caption", "note"}:
        builder.mark(block.kind, span, block.label)
    ends = [start for _, start in bounds[1:]] + [span.end - span.start]
    for (page, start), end in zip(bounds, ends, strict=True):
        pages.add(page, span.start + start, min(span.start + end, span.end))
