"""Paths against lines and areas of the ground."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from sergek.traffic.rules.verdict import inside

__all__ = ["crossing_s", "depth_m", "inside_m", "offsets_m", "standing"]

Array = NDArray[np.float64]
Points = Sequence[tuple[float, float]]


def offsets_m(line: Points, path: Array) -> Array:
    """Signed distance (N,) of each path point from a polyline, right of its walker positive.

    Points that lie beyond the polyline's ends are NaN: the line says nothing about them.
    """
    best = np.full(len(path), np.inf)
    signed = np.full(len(path), np.nan)
    for (x1, y1), (x2, y2) in pairwise(line):
        way = np.array([x2 - x1, y2 - y1])
        length = float(np.hypot(*way))
        along = (path - [x1, y1]) @ way / length
        across = (path - [x1, y1]) @ np.array([way[1], -way[0]]) / length
        better = (along >= 0) & (along <= length) & (np.abs(across) < best)
        best[better] = np.abs(across[better])
        signed[better] = across[better]
    return signed


def crossing_s(line: Points, times_s: Array, path: Array) -> tuple[float, int] | None:
    """When a path first changes the side of a line, and from which side (+1 right, -1 left)."""
    offset = offsets_m(line, path)
    for i in range(len(path) - 1):
        a, b = offset[i], offset[i + 1]
        if np.isfinite(a) and np.isfinite(b) and a != 0 and a * b <= 0:
            share = a / (a - b)
            return float(times_s[i] + share * (times_s[i + 1] - times_s[i])), int(np.sign(a))
    return None


def inside_m(polygon: Points, path: Array) -> tuple[float, Array]:
    """How many metres of a path run inside a polygon, and which points are inside (N,)."""
    within = np.array([inside(polygon, point) for point in path])
    steps = np.hypot(*np.diff(path, axis=0).T)
    return float(steps[within[:-1] & within[1:]].sum()), within


def depth_m(polygon: Points, point: Array) -> float:
    """How deep a point lies in a polygon: distance to its nearest edge, negative outside."""
    nearest = np.inf
    for (x1, y1), (x2, y2) in zip(polygon, [*polygon[1:], polygon[0]], strict=True):
        way = np.array([x2 - x1, y2 - y1])
        share = np.clip((point - [x1, y1]) @ way / (way @ way), 0, 1)
        nearest = min(nearest, float(np.hypot(*(point - [x1, y1] - share * way))))
    return nearest if inside(polygon, (float(point[0]), float(point[1]))) else -nearest


def standing(times_s: Array, path: Array, stand_m: float) -> tuple[float, float]:
    """The longest time within which a path stays within `stand_m` of where it was: (from, to)."""
    best = (float(times_s[0]), float(times_s[0]))
    last = 0
    for first in range(len(times_s)):
        last = max(last, first)
        while last + 1 < len(times_s):
            if np.hypot(*(path[last + 1] - path[first])) > stand_m:
                break
            last += 1
        if times_s[last] - times_s[first] > best[1] - best[0]:
            best = (float(times_s[first]), float(times_s[last]))
    return best
