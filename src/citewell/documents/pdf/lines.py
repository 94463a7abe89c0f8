"""Join the pieces of a page to rows, and each row's pieces to segments that stand apart."""

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from citewell.documents.pdf.painting import SPACE
from citewell.documents.pdf.sheet import Piece, Rule

# Pieces whose baselines differ by less than this share of the size stand in one row.
LEVEL = 0.25
# A piece is raised or lowered if it is so much smaller than its neighbour and so far off its baseline.
SMALLER = 0.88
RAISED = (0.12, 0.8)
LOWERED = (-0.5, -0.08)
# A gap of this many letter sizes or more splits a row into columns or the cells of a table.
APART = 0.9
# So many are looked at for what adjoins; no page that is read has more.
MOST_NEAR = 200


@dataclass(slots=True)
class Run:
    """Characters on one level.

    Attributes:
        text: The characters, with the space before them.
        level: 1 when raised, -1 when lowered, else 0.
    """

    text: str
    level: int = 0


@dataclass(slots=True)
class Segment:
    """A part of a row that stands apart from the others.

    Attributes:
        runs: Its text.
        x0: Its left end.
        x1: Its right end.
        y: The baseline.
        size: Size of most of its letters, in points.
        bold: Whether most of its letters are bold.
        first: The width of its first word.
    """

    runs: list[Run]
    x0: float
    x1: float
    y: float
    size: float
    bold: bool
    first: float = 0.0

    @property
    def text(self) -> str:
        """Its characters, with raised ones as plain characters."""
        return "".join(run.text for run in self.runs)


@dataclass(slots=True)
class Row:
    """The segments on one baseline, from left to right."""

    y: float
    segments: list[Segment] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The text of the whole row."""
        return " ".join(segment.text for segment in self.segments)

    @property
    def size(self) -> float:
        """The size of its largest letters."""
        return max(segment.size for segment in self.segments)


def rows_of(pieces: Iterable[Piece], rules: Sequence[Rule] = (), struck: Iterable[Piece] = ()) -> list[Row]:
    """Return the rows of pieces that are read in one direction, from the top.

    Args:
        pieces: The pieces of text.
        rules: Drawn lines that may separate cells.
        struck: The pieces that were taken out of the rows; the holes they leave separate nothing.
    """
    holes: dict[int, list[Piece]] = defaultdict(list)
    for piece in struck:
        holes[round(piece.y)].append(piece)
    grouped = _on_baselines(pieces)
    levels = _raise(grouped)
    uprights = sorted(((rule.x0 + rule.x1) / 2, rule.y0, rule.y1) for rule in rules if not rule.lies)
    sorted_ = (sorted(group, key=lambda piece: piece.x0) for group in grouped if group)
    rows = [_row(held, levels, uprights, holes) for held in sorted_]
    return sorted(rows, key=lambda row: -row.y)


def _on_baselines(pieces: Iterable[Piece]) -> list[list[Piece]]:
    """Group pieces by baseline, from the top."""
    groups: list[list[Piece]] = []
    y = size = 0.0
    for piece in sorted(pieces, key=lambda piece: (-piece.y, piece.x0)):
        if groups and y - piece.y <= LEVEL * min(size, piece.size):
            groups[-1].append(piece)
            if piece.size > size:
                size, y = piece.size, piece.y
        else:
            groups.append([piece])
            y, size = piece.y, piece.size
    return groups


def _raise(groups: list[list[Piece]]) -> dict[int, int]:
    """Move raised and lowered pieces into the row that they belong to.

    Returns:
        The level of each raised or lowered piece, by the piece's id.
    """
    levels: dict[int, int] = {}
    ends = [sorted((piece.x1, place) for place, piece in enumerate(group)) for group in groups]
    tops = [max(piece.size for piece in group) for group in groups]
    moves: list[tuple[Piece, int, int]] = []
    for index, group in enumerate(groups):
        near = range(max(0, index - 3), min(len(groups), index + 4))
        if all(tops[other] * SMALLER <= min(piece.size for piece in group) for other in near):
            continue
        for piece in sorted(group, key=lambda piece: piece.x0):
            found = _host(piece, index, near, groups, ends)
            if found is not None:
                row, level = found
                levels[id(piece)] = level
                moves.append((piece, index, row))
    _move(moves, groups)
    _move(_chained(groups, levels), groups)
    return levels


def _move(moves: Iterable[tuple[Piece, int, int]], groups: list[list[Piece]]) -> None:
    """Move pieces from one row to another."""
    moved: dict[int, set[int]] = defaultdict(set)
    for piece, old, new in moves:
        if old != new:
            moved[old].add(id(piece))
            groups[new].append(piece)
    for row, pieces in moved.items():
        groups[row] = [piece for piece in groups[row] if id(piece) not in pieces]


def _host(
    piece: Piece,
    own: int,
    near: range,
    groups: list[list[Piece]],
    ends: list[list[tuple[float, int]]],
) -> tuple[int, int] | None:
    """Return the row of the larger piece that a small one adjoins, and its level there."""
    for row in sorted(near, key=lambda row: abs(row - own)):
        reach = 0.35 * piece.size
        at = bisect_left(ends[row], (piece.x0 - 0.6 * piece.size, -1))
        while at < len(ends[row]) and ends[row][at][0] <= piece.x0 + reach:
            host = groups[row][ends[row][at][1]]
            at += 1
            level = _level(piece, host)
            if level:
                return row, level
    for row in near:  # a sign before a note's words
        for host in groups[row][:MOST_NEAR]:
            if -0.3 * piece.size <= host.x0 - piece.x1 <= 0.6 * host.size and _level(piece, host) == 1:
                return row, 1
    return None


def _level(piece: Piece, host: Piece) -> int:
    if piece is host or piece.size >= SMALLER * host.size:
        return 0
    above = (piece.y - host.y) / host.size
    if RAISED[0] <= above <= RAISED[1]:
        return 1
    return -1 if LOWERED[0] <= above <= LOWERED[1] else 0


def _chained(groups: list[list[Piece]], levels: dict[int, int]) -> Iterator[tuple[Piece, int, int]]:
    """Raise a piece that follows a raised one, as 3 in "2, 3"; yield it with its old and new row."""
    loose: dict[int, list[tuple[int, Piece]]] = defaultdict(list)
    for row, group in enumerate(groups):
        for piece in group:
            if id(piece) not in levels:
                loose[round(piece.y)].append((row, piece))
    for row, group in enumerate(groups):
        for piece in [piece for piece in group if levels.get(id(piece))]:
            last: Piece = piece
            while found := _after(last, loose, levels):
                old, last = found
                levels[id(last)] = levels[id(piece)]
                yield last, old, row


def _after(
    last: Piece, loose: Mapping[int, list[tuple[int, Piece]]], levels: Mapping[int, int]
) -> tuple[int, Piece] | None:
    """Return the next piece of the same size after a piece, with its row."""
    for y in (round(last.y) - 1, round(last.y), round(last.y) + 1):
        for row, piece in loose.get(y, ())[:MOST_NEAR]:
            same = abs(piece.y - last.y) < 0.1 * last.size and abs(piece.size - last.size) < 0.1
            near = -0.2 * last.size <= piece.x0 - last.x1 <= 0.5 * last.size
            if same and near and id(piece) not in levels:
                return row, piece
    return None


def _row(
    pieces: Sequence[Piece],
    levels: dict[int, int],
    uprights: Sequence[tuple[float, float, float]],
    holes: Mapping[int, list[Piece]],
) -> Row:
    """Put the pieces of a row together, from left to right."""
    row = Row(0.0)
    weights: Counter[tuple[float, bool, float]] = Counter()
    last: Piece | None = None
    word_ended = False

    def finish() -> None:
        if row.segments and weights:
            segment = row.segments[-1]
            sizes: Counter[float] = Counter()
            for (size, _, _), weight in weights.items():
                sizes[size] += weight
            segment.size = max(sizes, key=lambda size: (sizes[size], size))
            segment.y = max(weights, key=lambda key: (key[0] == segment.size, weights[key]))[2]
            segment.bold = 2 * sum(count for (_, bold, _), count in weights.items() if bold) > weights.total()
        weights.clear()

    for piece in pieces:
        level = levels.get(id(piece), 0)
        if last is not None:
            # The same letters painted twice, a little apart, are bold.
            if piece.text == last.text and abs(piece.x0 - last.x0) < 0.25 * piece.size:
                continue
            gap = piece.x0 - last.x1
            size = max(piece.size, last.size)
            holed = _is_holed(last, piece, holes)
            apart = not holed and (gap > APART * size or _between(last, piece, uprights))
            space = piece.spaced or gap > (SPACE if not level else 2 * SPACE) * (
                size if not level else piece.size
            )
        else:
            apart, space = True, False
        if apart:
            finish()
            row.segments.append(Segment([], piece.x0, piece.x1, piece.y, piece.size, piece.bold))
            word_ended = False
        segment = row.segments[-1]
        text = f" {piece.text}" if space and not apart else piece.text
        if segment.runs and segment.runs[-1].level == level:
            segment.runs[-1].text += text
        else:
            segment.runs.append(Run(text, level))
        segment.x1 = max(segment.x1, piece.x1)
        word_ended = word_ended or (space and not apart)
        if not word_ended:
            segment.first = segment.x1 - segment.x0
        weights[round(piece.size, 2), piece.bold, round(piece.y, 2)] += len(piece.text) * (
            1000 if not level else 1
        )
        last = (
            piece
            if last is None or apart or piece.x1 > last.x1
            else replace(piece, edges=(piece.x0, last.x1))
        )
    finish()
    biggest = max(row.segments, key=lambda segment: (segment.size, len(segment.text)))
    row.y = biggest.y
    return row


def _is_holed(left: Piece, right: Piece, holes: Mapping[int, list[Piece]]) -> bool:
    """Whether text between two pieces was taken out."""
    near = (piece for y in (-1, 0, 1) for piece in holes.get(round(right.y) + y, ()))
    return any(left.x1 <= (piece.x0 + piece.x1) / 2 <= right.x0 for piece in near)


def _between(left: Piece, right: Piece, uprights: Sequence[tuple[float, float, float]]) -> bool:
    """Whether an upright line stands between two pieces."""
    if not uprights:
        return False
    begin = bisect_left(uprights, (left.x1 - 1, -1e9, -1e9))
    end = bisect_right(uprights, (right.x0 + 1, 1e9, 1e9))
    y = right.y + 0.3 * right.size
    return any(
        low <= y <= high and high - low > 0.8 * right.size
        for _, low, high in uprights[begin : min(end, begin + 200)]
    )
