"""The lines of a metric grid on the road as a camera sees it."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from sergek.core.speed import CameraPose
from sergek.traffic.lens import project

__all__ = ["GridLine", "grid_lines"]


@dataclass(frozen=True, slots=True)
class GridLine:
    """One line of the grid in main-stream pixels; `label` at its right end, "" for none.

    A `strong` line is the road's own axis or one of those that lie ten metres apart.
    """

    points: tuple[tuple[float, float], ...]
    strong: bool
    label: str = ""


def grid_lines(
    pose: CameraPose, *, x_m: tuple[int, int] = (-7, 7), y_m: tuple[int, int] = (5, 60)
) -> Iterator[GridLine]:
    """A line each metre across the road and each five metres along it, as far as it is seen."""
    along = np.linspace(y_m[0], y_m[1], 40)
    for x in range(x_m[0], x_m[1] + 1):
        points = _seen(pose, [(float(x), float(y), 0.0) for y in along])
        if len(points) > 1:
            yield GridLine(points, x == 0)
    across = np.linspace(x_m[0], x_m[1], 15)
    for y in range(y_m[0], y_m[1] + 1, 5):
        points = _seen(pose, [(float(x), float(y), 0.0) for x in across])
        if len(points) > 1:
            yield GridLine(points, y % 10 == 0, f"{y} m")


def _seen(
    pose: CameraPose, ground: list[tuple[float, float, float]]
) -> tuple[tuple[float, float], ...]:
    pixels = project(np.array(pose.parameters), (pose.width, pose.height), np.array(ground))
    good = np.isfinite(pixels).all(axis=1) & (np.abs(pixels) < 1e5).all(axis=1)
    return tuple((round(float(x), 1), round(float(y), 1)) for x, y in pixels[good])
