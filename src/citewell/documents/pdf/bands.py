"""Cut the rows of a page into bands: rows that leave the same gaps free."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from citewell.documents.pdf.lines import Row, Run, Segment
from citewell.documents.pdf.sheet import Rule

# The gap between two columns, as a share of the letters' size.
GUTTER = 0.6


@dataclass(slots=True)
class Column:
    """Lines under each other.

    Attributes:
        lines: From the top.
        left: Its left edge.
        right: Its right edge.
    """

    lines: list[Segment]
    left: float
    right: float


@dataclass(slots=True)
class Table:
    """Rows of cells.

    Attributes:
        rows: The rows; each row lists its cells, each cell its lines.
        top: The upper edge.
        bottom: The lower edge.
    """

    rows: list[list[list[Segment]]]
    top: float
    bottom: float


@dataclass(slots=True)
class Band:
    """Rows that leave the same gap free, or that are in one piece each."""

    rows: list[Row] = field(default_factory=list)
    gaps: list[tuple[float, float]] = field(default_factory=list)


def joined(segments: Sequence[Segment]) -> Segment:
    """Return the segments of one row as a single segment."""
    runs = [Run(run.text, run.level) for run in segments[0].runs]
    for segment in segments[1:]:
        later = [Run(run.text, run.level) for run in segment.runs]
        later[0].text = f" {later[0].text}"
        if runs[-1].level == later[0].level:
            runs[-1].text += later.pop(0).text
        runs += later
    main = max(segments, key=lambda segment: len(segment.text))
    return Segment(
        runs, segments[0].x0, max(one.x1 for one in segments), main.y, main.size, main.bold, segments[0].first
    )


def plain(rows: Sequence[Row]) -> list[Column | Table]:
    """Return rows as the lines of one column."""
    lines = [row.segments[0] if len(row.segments) == 1 else joined(row.segments) for row in rows]
    if not lines:
        return []
    return [Column(lines, min(line.x0 for line in lines), max(line.x1 for line in lines))]


def bands_of(rows: Sequence[Row]) -> list[Band]:
    """Cut rows into bands where the gaps between columns begin or end."""
    bands = [Band()]
    for row in rows:
        own = gaps_in(row)
        band = bands[-1]
        if band.gaps:
            left = cut(band.gaps, row)
            if left:
                band.rows.append(row)
                band.gaps = left
                continue
            bands.append(Band([row], own))
        elif own and band.rows:
            # A line above only one of the columns belongs to that column.
            begin = len(band.rows)
            gaps = own
            while begin and (less := cut(gaps, band.rows[begin - 1])):
                begin, gaps = begin - 1, less
            bands.append(Band([*band.rows[begin:], row], gaps))
            del band.rows[begin:]
        else:
            band.rows.append(row)
            band.gaps = own
    return [band for band in bands if band.rows]


def gaps_in(row: Row) -> list[tuple[float, float]]:
    """Return the gaps between a row's parts."""
    return [
        (before.x1, after.x0)
        for before, after in zip(row.segments, row.segments[1:], strict=False)
        if after.x0 > before.x1
    ]


def cut(gaps: Sequence[tuple[float, float]], row: Row) -> list[tuple[float, float]]:
    """Return the parts of gaps that a row leaves free and that are wide enough."""
    least = GUTTER * row.size
    left = list(gaps)
    for segment in row.segments:
        left = [
            piece
            for start, end in left
            for piece in (
                [(start, end)]
                if segment.x1 <= start or segment.x0 >= end
                else [(start, segment.x0), (segment.x1, end)]
            )
            if piece[1] - piece[0] >= min(least, end - start)
        ]
    return left


def spans_of(rows: Sequence[Row], least: float) -> list[tuple[float, float]]:
    """Return the columns of rows: the ranges with text, between gaps of at least the given width."""
    spans: list[list[float]] = []
    for x0, x1 in sorted((segment.x0, segment.x1) for row in rows for segment in row.segments):
        if spans and x0 - spans[-1][1] < least:
            spans[-1][1] = max(spans[-1][1], x1)
        else:
            spans.append([x0, x1])
    return [(x0, x1) for x0, x1 in spans]


def inside(rows: Sequence[Row], left: float, right: float) -> Iterator[Row]:
    """Yield the parts of rows that stand in a column."""
    for row in rows:
        held = [segment for segment in row.segments if left <= (segment.x0 + segment.x1) / 2 <= right]
        if held:
            yield Row(max(held, key=lambda segment: segment.size).y, held)


def is_ruled(band: Band, rules: Sequence[Rule]) -> bool:
    """Whether lines part a band's rows and columns."""
    top = band.rows[0].y + band.rows[0].size
    bottom = band.rows[-1].y - band.rows[-1].size
    lying = {round(y) for y in heights(band, rules)}
    between = [
        rule
        for rule in rules
        if not rule.lies
        and rule.y0 < top
        and rule.y1 > bottom
        and any(start - 1 <= rule.x0 <= end + 1 for start, end in band.gaps)
    ]
    return len(lying) >= 3 or (len(lying) >= 2 and bool(between))


def heights(band: Band, rules: Sequence[Rule]) -> list[float]:
    """Return the heights of the lines across a band, from the top."""
    left = min(row.segments[0].x0 for row in band.rows)
    right = max(row.segments[-1].x1 for row in band.rows)
    top = band.rows[0].y + 2 * band.rows[0].size
    bottom = band.rows[-1].y - 2 * band.rows[-1].size
    covered: dict[int, float] = {}
    for rule in rules:
        if rule.lies and bottom <= rule.y0 <= top:
            length = min(rule.x1, right) - max(rule.x0, left)
            covered[round(rule.y0)] = covered.get(round(rule.y0), 0.0) + max(0.0, length)
    return sorted((y for y, length in covered.items() if length > 0.6 * (right - left)), reverse=True)
