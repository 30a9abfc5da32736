"""Curves as numbers of an SVG drawing: the page needs no script to show them."""

from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["Chart", "Tick", "chart"]


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark of an axis: where it stands (px) and what it says."""

    at: float
    value: float


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing of `width` × `height` px; each line is a list of points in px."""

    width: float
    height: float
    left: float
    bottom: float
    lines: tuple[tuple[tuple[float, float], ...], ...]
    across: tuple[Tick, ...]
    up: tuple[Tick, ...]

    def path(self, line: int) -> str:
        """The line as the attribute `points` of a polyline."""
        return " ".join(f"{x:.1f},{y:.1f}" for x, y in self.lines[line])

    def steps(self, line: int) -> str:
        """The line as steps: each value holds until the next."""
        points: list[str] = []
        before = None
        for x, y in self.lines[line]:
            if before is not None:
                points.append(f"{x:.1f},{before:.1f}")
            points.append(f"{x:.1f},{y:.1f}")
            before = y
        return " ".join(points)


def chart(lines: Sequence[Sequence[tuple[float, float]]]) -> Chart:
    """Lines of (x, y) values scaled into a drawing with round ticks, y from zero."""
    width, height = 640.0, 280.0
    left, right, top, bottom = 64.0, 18.0, 14.0, 34.0
    xs = [x for line in lines for x, _ in line]
    x_low, x_high = min(xs), max(max(xs), min(xs) + 1e-9)
    y_low, y_high = 0.0, 1.04 * max(1e-9, *(y for line in lines for _, y in line))
    span_x, span_y = x_high - x_low, y_high - y_low

    def place(x: float, y: float) -> tuple[float, float]:
        return (
            left + (x - x_low) / span_x * (width - left - right),
            height - bottom - (y - y_low) / span_y * (height - top - bottom),
        )

    return Chart(
        width=width,
        height=height,
        left=left,
        bottom=height - bottom,
        lines=tuple(tuple(place(x, y) for x, y in line) for line in lines),
        across=tuple(Tick(place(v, y_low)[0], v) for v in _round(x_low, x_high)),
        up=tuple(Tick(place(x_low, v)[1], v) for v in _round(y_low, y_high)),
    )


def _round(low: float, high: float, wanted: int = 6) -> list[float]:
    """Round numbers within the span: steps of 1, 2 or 5 times a power of ten."""
    raw = (high - low) / wanted
    power = 10.0 ** len(str(int(raw))) / 10 if raw >= 1 else 1.0
    while power > raw:
        power /= 10
    step = next(power * k for k in (1, 2, 5, 10) if power * k >= raw)
    first = -int(-low // step)
    values = []
    while first * step <= high + 1e-9:
        values.append(first * step)
        first += 1
    return values
