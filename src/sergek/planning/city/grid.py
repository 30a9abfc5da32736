"""The made-up street grid: jittered lines, a river with bridges, a railway with crossings."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from sergek.core.geo import LngLat
from sergek.planning.arrays import BoolArray, FloatArray, IntArray
from sergek.planning.city.projection import Projection
from sergek.planning.city.roads import RoadGraph

__all__ = ["Grid", "make_grid"]

CENTRE: LngLat = (71.378, 42.899)
SPACING_M = 165.0
ARTERIAL_EVERY = 7
BRIDGE_EVERY = 9


@dataclass(frozen=True, slots=True)
class Grid:
    """Streets, and the blocks between them: rings (m), middles (m), areas; the two barriers."""

    roads: RoadGraph
    rings: tuple[FloatArray, ...]
    middle: FloatArray
    area_m2: FloatArray
    river: FloatArray
    rail: FloatArray

    def barriers(self, projection: Projection) -> tuple[tuple[str, tuple[LngLat, ...]], ...]:
        """The river and the railway as lines in degrees."""
        result = []
        for kind, line in (("river", self.river), ("rail", self.rail)):
            lng, lat = projection.to_degrees(line[:, 0], line[:, 1])
            result.append((kind, tuple(zip(lng.tolist(), lat.tolist(), strict=True))))
        return tuple(result)


def make_grid(size: int, rng: np.random.Generator, projection: Projection) -> Grid:
    """A city of about `size` × `size` street lines."""
    x0, y0 = projection.to_metres(np.array([CENTRE[0]]), np.array([CENTRE[1]]))
    steps_x = rng.uniform(0.75, 1.25, size) * SPACING_M
    steps_y = rng.uniform(0.75, 1.25, size) * SPACING_M
    x, y = np.meshgrid(np.cumsum(steps_x), np.cumsum(steps_y), indexing="ij")
    x = x - x.mean() + x0[0] + rng.normal(0, 14, x.shape)
    y = y - y.mean() + y0[0] + rng.normal(0, 14, y.shape)
    inside = city_cells(size, rng)
    river = wander(size, size // 5, rng)
    rail = wander(size, (3 * size) // 5, rng)
    corners = [(i, j) for i, j in zip(*np.nonzero(inside), strict=True)]
    rings = tuple(
        np.array([[x[a, b], y[a, b]] for a, b in ring_of(int(i), int(j))]) for i, j in corners
    )
    middle = np.array([ring[:4].mean(axis=0) for ring in rings])
    roads = grid_roads(x, y, inside, river, rail, rng)
    return Grid(
        roads=roads,
        rings=rings,
        middle=middle,
        area_m2=np.array([shoelace(ring) for ring in rings]),
        river=path_line(x, y, river, vertical=True),
        rail=path_line(x, y, rail, vertical=False),
    )


def ring_of(i: int, j: int) -> list[tuple[int, int]]:
    """Corners of the cell (i, j), closed, counter-clockwise."""
    return [(i, j), (i + 1, j), (i + 1, j + 1), (i, j + 1), (i, j)]


def shoelace(ring: FloatArray) -> float:
    """Area of a closed ring."""
    x, y = ring[:, 0], ring[:, 1]
    return float(abs(np.dot(x[:-1], y[1:]) - np.dot(x[1:], y[:-1])) / 2)


def city_cells(size: int, rng: np.random.Generator) -> BoolArray:
    """Cells inside a rounded outline with bays."""
    u, v = np.meshgrid(*(np.linspace(-1, 1, size - 1),) * 2, indexing="ij")
    angle = np.arctan2(v, u)
    edge = 1.0 + sum(
        rng.uniform(0.0, 0.035) * np.sin(k * angle + rng.uniform(0, 6.28)) for k in (2, 3, 5)
    )
    inside: BoolArray = (np.abs(u) ** 3 + np.abs(v) ** 3) ** (1 / 3) < 0.97 * edge
    return inside


def wander(size: int, start: int, rng: np.random.Generator) -> IntArray:
    """The grid line of a barrier at each crossing line: it steps aside now and then."""
    line = np.full(size, start, dtype=np.int64)
    for k in range(1, size):
        step = int(rng.integers(-1, 2)) if k % 5 == 0 else 0
        line[k] = min(max(line[k - 1] + step, 3), size - 4)
    return line


def path_line(x: FloatArray, y: FloatArray, line: IntArray, vertical: bool) -> FloatArray:
    """The barrier as a line through grid corners."""
    points: list[tuple[float, float]] = []
    for k, at in enumerate(line):
        before = line[k - 1] if k else at
        for a in dict.fromkeys((int(before), int(at))):
            cell = (a, k) if vertical else (k, a)
            points.append((x[cell], y[cell]))
    return np.array(points)


def crossing(a: tuple[int, int], b: tuple[int, int], river: IntArray, rail: IntArray) -> str:
    """Which barrier the street a → b crosses ('' for none).

    Corners on the river's line stand on its west bank, those on the railway's on its south side.
    """
    sides = [(i > river[j], j > rail[i]) for i, j in (a, b)]
    if sides[0][0] != sides[1][0]:
        return "river"
    return "rail" if sides[0][1] != sides[1][1] else ""


def grid_roads(
    x: FloatArray,
    y: FloatArray,
    inside: BoolArray,
    river: IntArray,
    rail: IntArray,
    rng: np.random.Generator,
) -> RoadGraph:
    """Streets along the cells' sides; barriers are crossed on arterials with bridges only."""
    sides: set[tuple[tuple[int, int], tuple[int, int]]] = set()
    for i, j in zip(*np.nonzero(inside), strict=True):
        ring = ring_of(int(i), int(j))
        sides.update((min(p, q), max(p, q)) for p, q in pairwise(ring))
    kept = []
    for a, b in sorted(sides):
        across = a[1] if a[1] == b[1] else a[0]
        barrier = crossing(a, b, river, rail)
        bridge = across % BRIDGE_EVERY == BRIDGE_EVERY // 2
        if (barrier and bridge) or (not barrier and rng.random() > 0.04):
            kept.append((a, b, across % ARTERIAL_EVERY == 3 or bool(barrier)))
    number: dict[tuple[int, int], int] = {}
    for a, b, _ in kept:
        number.setdefault(a, len(number))
        number.setdefault(b, len(number))
    return pack(x, y, kept, number, rng)


def pack(
    x: FloatArray,
    y: FloatArray,
    kept: list[tuple[tuple[int, int], tuple[int, int], bool]],
    number: dict[tuple[int, int], int],
    rng: np.random.Generator,
) -> RoadGraph:
    """Arrays of the street grid; every third small line in the middle is one-way."""
    tail = np.array([number[a] for a, _, _ in kept], dtype=np.int64)
    head = np.array([number[b] for _, b, _ in kept], dtype=np.int64)
    main = np.array([arterial for _, _, arterial in kept])
    px = np.array([x[corner] for corner in number])
    py = np.array([y[corner] for corner in number])
    size = x.shape[0]
    lines = [("S", a[1]) if a[1] == b[1] else ("W", a[0]) for a, b, _ in kept]
    central = np.array([all(0.38 * size < k < 0.6 * size for k in (*a, *b)) for a, b, _ in kept])
    one_way = central & ~main & np.array([k % 4 == 1 for _, k in lines])
    backwards = one_way & np.array([k % 8 == 1 for _, k in lines])
    tail, head = np.where(backwards, head, tail), np.where(backwards, tail, head)
    ends = np.stack([np.column_stack([tail, head])], axis=0)[0]
    flow = np.where(main, 14_000.0, 1_600.0) * rng.lognormal(0, 0.45, len(kept))
    middle = np.column_stack([px[ends].mean(axis=1) - px.mean(), py[ends].mean(axis=1) - py.mean()])
    flow *= np.exp(-np.hypot(*middle.T) / (0.35 * np.ptp(px)))
    graph = RoadGraph(
        x_m=px,
        y_m=py,
        tail=tail,
        head=head,
        length_m=np.hypot(px[head] - px[tail], py[head] - py[tail]),
        speed_kmh=np.where(main, 60.0, 40.0),
        one_way=one_way,
        kind=tuple("primary" if arterial else "residential" for arterial in main),
        name=tuple(f"{k + 1}-{'көше' if side == 'S' else 'даңғыл'}" for side, k in lines),
        flow_per_day=np.round(flow, -1),
        shape_start=np.arange(0, 2 * len(kept) + 1, 2, dtype=np.int64),
        shape_x_m=px[ends].ravel(),
        shape_y_m=py[ends].ravel(),
    )
    return graph.largest_piece(strong=True)
