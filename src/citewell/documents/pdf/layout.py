"""Find the columns and tables of a page, and the order in which they are read."""

import re
from collections.abc import Sequence
from itertools import pairwise
from statistics import fmean, median

from citewell.documents.pdf.bands import (
    GUTTER,
    Band,
    Column,
    Table,
    bands_of,
    inside,
    is_ruled,
    joined,
    plain,
    spans_of,
)
from citewell.documents.pdf.lines import Row
from citewell.documents.pdf.sheet import Rule
from citewell.documents.pdf.tables import table_blocks

# The greatest depth of columns within columns.
DEEPEST = 4
# A row with more parts is no row of a table.
MOST_CELLS = 100
MARKER = re.compile(r"(?:[-*•▪◦‣–—]|\(?(?:\d{1,3}|[A-Za-z]|[ivx]{1,4})[.)])$")
# The dots of a table of contents, and the page behind them.
LEADER = re.compile(r"(?:\s?[.·…]){4,}\s*[\divxlc]*$")
SECTION = re.compile(r"\d{1,2}(?:\.\d{1,2})*\.?$")


def blocks_of(rows: Sequence[Row], rules: Sequence[Rule], depth: int = 0) -> list[Column | Table]:
    """Return the columns and tables of rows in reading order."""
    for row in rows:
        join_markers(row)
    bands = bands_of(rows)
    prose = [prose_columns(band, rules) if band.gaps else [] for band in bands]
    gutters = [(before[1], after[0]) for found in prose for before, after in pairwise(found)]
    blocks: list[Column | Table] = []
    for band, found in zip(bands, prose, strict=True):
        if not band.gaps or depth >= DEEPEST:
            blocks += plain(band.rows)
        # The columns above or below identify a few lines in columns.
        elif columns := found or _columns_like(band, gutters):
            for left, right in columns:
                blocks += blocks_of(list(inside(band.rows, left, right)), rules, depth + 1)
        else:
            blocks += table_blocks(band, rules)
    return blocks


def join_markers(row: Row) -> None:
    """Join a list sign or a heading's number with the text after it."""
    if len(row.segments) > MOST_CELLS or any(LEADER.search(segment.text) for segment in row.segments):
        row.segments = [joined(row.segments)]
    if len(row.segments) < 2:
        return
    first, second = row.segments[:2]
    bold_number = len(row.segments) == 2 and first.bold and second.bold and SECTION.match(first.text)
    if (MARKER.match(first.text) or bold_number) and second.x0 - first.x1 < 4 * second.size:
        row.segments[:2] = [joined([first, second])]


def prose_columns(band: Band, rules: Sequence[Rule]) -> list[tuple[float, float]]:
    """Return the columns of a band when text flows in them; none when the band is a table."""
    size = median(row.size for row in band.rows)
    spans = spans_of(band.rows, GUTTER * size)
    if len(spans) < 2 or len(band.rows) < 3 or is_ruled(band, rules):
        return []
    columns = [list(inside(band.rows, *span)) for span in spans]
    flowing = [flows(column, *span) for column, span in zip(columns, spans, strict=True)]
    if sum(flowing) < 2 or rows_agree(columns):
        return []
    return spans


def flows(rows: Sequence[Row], left: float, right: float) -> bool:
    """Whether text flows from line to line: most lines are full or end in the middle of a sentence."""
    texts = [row.text for row in rows]
    if len(rows) < 3 or fmean(map(len, texts)) < 14:
        return False
    full = sum(row.segments[-1].x1 > right - 0.2 * (right - left) for row in rows[:-1])
    going_on = sum(text[:1].islower() for text in texts[1:])
    return full >= 0.45 * (len(rows) - 1) or going_on >= 0.3 * (len(rows) - 1)


def rows_agree(columns: Sequence[Sequence[Row]]) -> bool:
    """Whether all columns have gaps at the same heights repeatedly, as the rows of a table do."""
    breaks: list[set[int]] = []
    for column in columns:
        steps = [before.y - after.y for before, after in pairwise(column)]
        usual = min(steps, default=0.0)
        breaks.append(
            {round(row.y) for row, step in zip(column[1:], steps, strict=True) if step > 1.3 * usual + 0.5}
        )
    shared = set.intersection(*breaks) if breaks else set()
    return len(shared) >= 2 and all(len(found) <= 2 * len(shared) for found in breaks)


def _columns_like(band: Band, gutters: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return the columns of a band that has the gap of columns elsewhere on the page."""
    spans = spans_of(band.rows, GUTTER * median(row.size for row in band.rows))
    for before, after in pairwise(spans):
        if len(spans) == 2 and any(start < after[0] and end > before[1] for start, end in gutters):
            return spans
    return []
