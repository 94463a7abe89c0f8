"""Put the rows of a table together from printed lines."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from statistics import fmean, median

from citewell.documents.pdf.bands import Band, Column, Table, heights, plain, spans_of
from citewell.documents.pdf.lines import Row, Segment
from citewell.documents.pdf.sheet import Rule

# First cells with more characters belong to lines of text with a wide gap, not to a table.
LONG = 50


def table_blocks(band: Band, rules: Sequence[Rule]) -> list[Column | Table]:
    """Return a band as a table with the lines above and below it; as lines where it is no table."""
    begin, end = _trimmed(band, heights(band, rules))
    rows = band.rows[begin:end]
    many = [row for row in rows if len(row.segments) > 1]
    if len(many) < 2 or (
        fmean(len(row.segments[0].text) for row in many) > LONG and not is_upright(band, rules)
    ):
        return plain(band.rows)
    held = Band(list(rows), band.gaps)
    spans = spans_of(rows, 0.3 * median(row.size for row in rows))
    spans = _without_halves(spans, rows, rules)
    groups = grouped(held, spans, heights(held, rules), upright=is_upright(held, rules))
    cells = [[list(_cell(group, span)) for span in spans] for group in groups]
    table = Table(cells, rows[0].y + rows[0].size, rows[-1].y)
    return [*plain(band.rows[:begin]), table, *plain(band.rows[end:])]


def _without_halves(
    spans: Sequence[tuple[float, float]], rows: Sequence[Row], rules: Sequence[Rule]
) -> list[tuple[float, float]]:
    """Merge adjacent columns where no row has both, as for a centred header over cells at the left."""
    result = list(spans[:1])
    top, bottom = rows[0].y, rows[-1].y
    for span in spans[1:]:
        last = result[-1]
        both = any(
            any(_in(segment, last) for segment in row.segments)
            and any(_in(segment, span) for segment in row.segments)
            for row in rows
        )
        parted = any(
            not rule.lies and last[1] - 1 <= rule.x0 <= span[0] + 1 and rule.y1 > bottom and rule.y0 < top
            for rule in rules
        )
        if both or parted:
            result.append(span)
        else:
            result[-1] = (last[0], span[1])
    return result


def _trimmed(band: Band, lines: Sequence[float]) -> tuple[int, int]:
    """Return the range of a band's rows that are the table, without single lines before and after."""
    many = [place for place, row in enumerate(band.rows) if len(row.segments) > 1]
    begin, end = many[0], many[-1] + 1
    rows = band.rows
    lefts = [row.segments[0].x0 for row in rows[begin:end]]
    rights = [row.segments[-1].x1 for row in rows[begin:end]]
    steps = [
        before.y - after.y for before, after in zip(rows[begin:end], rows[begin + 1 : end], strict=False)
    ]
    usual = median(steps) if steps else 1.5 * rows[begin].size
    while end < len(rows):
        row = rows[end]
        near = rows[end - 1].y - row.y <= 1.15 * usual
        aligned = row.segments[0].x0 >= min(lefts) - 1 and row.segments[0].x1 <= max(rights) + 1
        # Above a line of the table, and not parted from the row before by one.
        inside = any(y < row.y for y in lines) and not any(row.y < y < rows[end - 1].y for y in lines)
        hanging = row.segments[0].x0 > min(lefts) + 2 * row.size
        within = rows[end - 1].y - row.y < 1.3 * row.size < usual
        if not inside and not (near and aligned and (hanging or within)):
            break
        end += 1
    return begin, end


def is_upright(band: Band, rules: Sequence[Rule]) -> bool:
    """Whether drawn lines separate a table's columns."""
    top, bottom = band.rows[0].y, band.rows[-1].y
    return any(
        not rule.lies and rule.y1 > bottom and rule.y0 < top
        and any(start - 1 <= rule.x0 <= end + 1 for start, end in band.gaps)
        for rule in rules
    )  # fmt: skip


def grouped(
    band: Band, spans: Sequence[tuple[float, float]], lines: Sequence[float], *, upright: bool
) -> list[list[Row]]:
    """Return the printed lines of each row of a table."""
    by_line: list[list[Row]] = []
    edges = list(lines)
    above: int | None = None
    for row in band.rows:
        over = sum(y > row.y + 0.3 * row.size for y in edges)
        if by_line and over == above:
            by_line[-1].append(row)
        else:
            by_line.append([row])
        above = over
    longest = max(map(len, by_line))
    if len(by_line) >= 3 and (longest == 1 or (upright and longest <= 4) or _lacks(by_line, spans)):
        return by_line
    return [part for group in by_line for part in _by_gap(group, spans)]


def _lacks(groups: Sequence[Sequence[Row]], spans: Sequence[tuple[float, float]]) -> bool:
    """Whether in all groups the lines after the first have empty cells."""
    return all(len(row.segments) < len(spans) for group in groups for row in group[1:])


def _by_gap(rows: Sequence[Row], spans: Sequence[tuple[float, float]]) -> list[list[Row]]:
    """Group lines by the gaps between them, and by the cells that they leave empty."""
    steps = [before.y - after.y for before, after in pairwise(rows)]
    if not steps:
        return [list(rows)] if rows else []
    least, most = min(steps), max(steps)
    groups = [[rows[0]]]
    for row, step in zip(rows[1:], steps, strict=True):
        filled = _filled(row, spans)
        no_label = not any(_in(segment, spans[0]) for segment in row.segments)
        tight = step < 1.2 * least and most > 1.3 * least
        # The cells beside a cell of several lines may have fewer lines, above or below its middle.
        before = [_filled(other, spans) for other in groups[-1]]
        goes_on = tight and (filled < len(spans) or max(before) < len(spans))
        hangs = no_label and step <= 1.45 * row.size and (filled < len(spans) - 1 or len(spans) == 2)
        if goes_on or hangs:
            groups[-1].append(row)
        else:
            groups.append([row])
    return groups


def _filled(row: Row, spans: Sequence[tuple[float, float]]) -> int:
    """Return the number of cells of a line that are not empty."""
    return sum(any(_in(segment, span) for segment in row.segments) for span in spans)


def _in(segment: Segment, span: tuple[float, float]) -> bool:
    return span[0] <= (segment.x0 + segment.x1) / 2 <= span[1]


def _cell(rows: Sequence[Row], span: tuple[float, float]) -> Iterator[Segment]:
    for row in rows:
        yield from (segment for segment in row.segments if _in(segment, span))
