"""Draw the plots as SVG inside the page, in the page's colours.

The SVG holds only numbers and our own words, and no text of the questions, answers or articles.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

WIDTH, HEIGHT = 420, 330
LEFT, RIGHT, TOP, BOTTOM = 52, 20, 16, 46
STRIP = 46  # height of the strip of counts under the reliability diagram
TICKS = (0.0, 0.25, 0.5, 0.75, 1.0)
# Above this share, the curve is in the way of a label at the top.
HIGH = 0.7


class Frame(NamedTuple):
    """The place of the unit square in the drawing."""

    left: float = LEFT
    right: float = WIDTH - RIGHT
    top: float = TOP
    bottom: float = HEIGHT - BOTTOM

    def x(self, value: float) -> str:
        """Return the distance from the left of a share in [0, 1]."""
        return _short(self.left + value * (self.right - self.left))

    def y(self, value: float) -> str:
        """Return the distance from the top of a share in [0, 1]."""
        return _short(self.bottom - value * (self.bottom - self.top))


def _short(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def interval(value: float, low: float, high: float, most: float) -> str:
    """Return a figure with its interval on a line from 0 to `most`, the largest possible value."""
    x = [_short(min(max(item / most, 0), 1) * 200) if most else "0" for item in (value, low, high)]
    width = _short(max(float(x[2]) - float(x[1]), 2))
    return (
        '<svg class="interval" viewBox="0 0 200 10" preserveAspectRatio="none" aria-hidden="true">'
        '<path class="base" d="M0 5H200" />'
        f'<rect class="band" x="{x[1]}" y="2" width="{width}" height="6" />'
        f'<path class="tick" d="M{x[0]} 0V10" /></svg>'
    )


def outcomes(counts: Sequence[tuple[str, int]]) -> str:
    """Return one bar of all questions, divided by outcome; the page puts the words beside the bar."""
    total, at, parts = sum(n for _, n in counts), 0.0, []
    for name, n in counts:
        if n:
            width = 1000 * n / total
            parts.append(f'<rect class="{name}" x="{_short(at)}" width="{_short(width)}" height="20" />')
            at += width
    return (
        '<svg class="outcomes" viewBox="0 0 1000 20" preserveAspectRatio="none" aria-hidden="true">'
        f"{''.join(parts)}</svg>"
    )


def risk_coverage(points: Sequence[Mapping[str, float]], threshold: float | None) -> str:
    """Return the risk–coverage curve with the current threshold; "" when the curve has no point."""
    if not points:
        return ""
    frame = Frame()
    line = "L".join(f"{frame.x(point['coverage'])} {frame.y(point['risk'])}" for point in points)
    last = points[-1]
    said = f"Answering {last['coverage']:.0%} of the questions, {last['risk']:.0%} of the answers are wrong."
    mark = ""
    point = at_threshold(points, threshold)
    if point is not None and threshold is not None:
        x, y = frame.x(point["coverage"]), frame.y(point["risk"])
        low = point["risk"] > HIGH
        labels = (
            f"threshold {threshold:.3g}",
            f"{point['coverage']:.0%} answered, {point['risk']:.0%} of it wrong",
        )
        mark = (
            f'<path class="threshold" d="M{x} {frame.y(0)}V{frame.y(1)}" />'
            f'<circle class="here" cx="{x}" cy="{y}" r="4.5" />'
            + _beside(frame, point["coverage"], 0.14 if low else 0.95, labels)
        )
        said = f"At the threshold {threshold:.3g}, {labels[1]}. {said}"
    area = f"M{frame.x(points[0]['coverage'])} {frame.y(0)}L{line}L{frame.x(last['coverage'])} {frame.y(0)}Z"
    return _figure(
        "risk",
        "Risk and coverage",
        said,
        _axes(frame, "share of the questions that is answered", "share of the answers that is wrong")
        + f'<path class="area" d="{area}" /><path class="curve" d="M{line}" />{mark}',
    )


def at_threshold(
    points: Sequence[Mapping[str, float]], threshold: float | None
) -> Mapping[str, float] | None:
    """Return the point of the curve where all answers at least as probable as the threshold are given."""
    if threshold is None:
        return None
    return next((point for point in reversed(points) if point["threshold"] >= threshold), None)


def reliability(bins: Sequence[Mapping[str, Any]], threshold: float | None) -> str:
    """Return the reliability diagram with the number of answers in each bin; "" without answers."""
    filled = [item for item in bins if item["n"]]
    if not filled:
        return ""
    frame = Frame(bottom=HEIGHT - BOTTOM - STRIP)
    most = max(item["n"] for item in filled)
    base = HEIGHT - BOTTOM
    parts = [f'<path class="ideal" d="M{frame.x(0)} {frame.y(0)}L{frame.x(1)} {frame.y(1)}" />']
    for item in filled:
        left, right = float(frame.x(item["low"])) + 1, float(frame.x(item["high"])) - 1
        width, middle = _short(right - left), _short((left + right) / 2)
        top = float(frame.y(item["right"]))
        tall = max((STRIP - 20) * item["n"] / most, 1)
        parts.append(
            f'<rect class="bin" x="{_short(left)}" y="{_short(top)}" width="{width}"'
            f' height="{_short(max(frame.bottom - top, 1))}" />'
            f'<rect class="count" x="{_short(left)}" y="{_short(base - tall)}" width="{width}"'
            f' height="{_short(tall)}" />'
            f'<text class="n" x="{middle}" y="{_short(base - tall - 3)}">{item["n"]}</text>'
        )
    parts += [
        f'<circle class="point" cx="{frame.x(item["confidence"])}" cy="{frame.y(item["right"])}" r="3.5" />'
        for item in filled
    ]
    if threshold is not None:
        parts.append(
            f'<path class="threshold" d="M{frame.x(threshold)} {frame.y(0)}V{frame.y(1)}" />'
            + _beside(frame, threshold, 0.95, (f"threshold {threshold:.3g}",))
        )
    parts.append(f'<path class="axis" d="M{frame.x(0)} {base}H{frame.x(1)}" />')
    said = " ".join(
        f"Of {item['n']} answers at about {item['confidence']:.0%} confidence, {item['right']:.0%} are right."
        for item in filled
    )
    axes = _axes(frame, "confidence, with the number of answers", "share that is right", labels_at=base)
    return _figure("reliability", "Confidence and what is right", said, axes + "".join(parts))


def _beside(frame: Frame, at: float, height: float, lines: Sequence[str]) -> str:
    """Return words beside an upright line, on the side where there is room."""
    left = at > 0.5  # noqa: PLR2004 - the half with more room
    x = float(frame.x(at)) + (-6 if left else 6)
    return "".join(
        f'<text class="label {"end" if left else "start"}" x="{_short(x)}"'
        f' y="{_short(float(frame.y(height)) + 15 * place)}">{line}</text>'
        for place, line in enumerate(lines)
    )


def _axes(frame: Frame, x: str, y: str, *, labels_at: float | None = None) -> str:
    """Return the grid, the shares along both axes, and the axes' labels."""
    below = frame.bottom if labels_at is None else labels_at
    parts = []
    for tick in TICKS:
        up = _short(float(frame.y(tick)) + 4)
        parts += [
            f'<path class="{"grid" if tick else "axis"}" d="M{frame.x(0)} {frame.y(tick)}H{frame.x(1)}" />',
            f'<text class="y" x="{_short(frame.left - 7)}" y="{up}">{tick:.0%}</text>',
            f'<text class="x" x="{frame.x(tick)}" y="{_short(below + 17)}">{tick:.0%}</text>',
        ]
    middle = _short((frame.top + frame.bottom) / 2)
    return (
        f"{''.join(parts)}"
        f'<text class="title" x="{frame.x(0.5)}" y="{_short(below + 38)}">{x}</text>'
        f'<text class="title" transform="translate(12 {middle}) rotate(-90)">{y}</text>'
    )


def _figure(name: str, title: str, description: str, body: str) -> str:
    return (
        f'<svg class="plot" viewBox="0 0 {WIDTH} {HEIGHT}" role="img"'
        f' aria-labelledby="{name}-title {name}-description">'
        f'<title id="{name}-title">{title}</title><desc id="{name}-description">{description}</desc>'
        f"{body}</svg>"
    )
