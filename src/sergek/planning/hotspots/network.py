"""Points on streets, and the pairs of them that are near each other over the streets."""

from dataclasses import dataclass

import numpy as np
import shapely
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import cKDTree

from sergek.planning.arrays import FloatArray, IntArray
from sergek.planning.city.roads import RoadGraph

__all__ = ["NearPairs", "OnStreet", "snap"]


@dataclass(frozen=True, slots=True)
class OnStreet:
    """Points on segments: the segment, metres from its tail, metres from the given place."""

    segment: IntArray
    offset_m: FloatArray
    away_m: FloatArray

    def places(self, roads: RoadGraph) -> tuple[FloatArray, FloatArray]:
        """Their coordinates (m), along the straight line between the segment's ends."""
        share = self.offset_m / roads.length_m[self.segment]
        tail, head = roads.tail[self.segment], roads.head[self.segment]
        x = roads.x_m[tail] + share * (roads.x_m[head] - roads.x_m[tail])
        y = roads.y_m[tail] + share * (roads.y_m[head] - roads.y_m[tail])
        return x, y


def snap(roads: RoadGraph, x_m: FloatArray, y_m: FloatArray) -> OnStreet:
    """The nearest point on the nearest segment of each place."""
    lines = np.array(
        [shapely.LineString(roads.shape_of(e)) for e in range(roads.segments)], dtype=object
    )
    points = shapely.points(x_m, y_m)
    segment = np.asarray(shapely.STRtree(lines).nearest(points), dtype=np.int64)
    offset = np.asarray(shapely.line_locate_point(lines[segment], points), dtype=float)
    away = np.asarray(shapely.distance(lines[segment], points), dtype=float)
    return OnStreet(segment, np.minimum(offset, roads.length_m[segment]), away)


class NearPairs:
    """Finds pairs of points within a distance over the streets, one-way signs ignored.

    Distances between near junctions are computed once; a planar tree proposes pairs, because no
    way over streets is shorter than the straight line.
    """

    def __init__(self, roads: RoadGraph, within_m: float) -> None:
        self.roads = roads
        self.within_m = within_m
        matrix = roads.without_directions().matrix("length")
        rows, columns, values = [], [], []
        for begin in range(0, roads.nodes, 400):
            sources = np.arange(begin, min(begin + 400, roads.nodes))
            distance = dijkstra(matrix, indices=sources, limit=within_m)
            i, j = np.nonzero(np.isfinite(distance))
            rows.append(sources[i])
            columns.append(j)
            # A stored zero would read as "no way"; one metre more means zero.
            values.append(distance[i, j] + 1.0)
        near = coo_matrix(
            (np.concatenate(values), (np.concatenate(rows), np.concatenate(columns))),
            shape=(roads.nodes, roads.nodes),
        )
        self.near = near.tocsr()

    def between(self, a: IntArray, b: IntArray) -> FloatArray:
        """Metres between junctions; ∞ beyond the distance."""
        found = np.asarray(self.near[a, b]).ravel()
        metres: FloatArray = np.where(found > 0, found - 1.0, np.inf)
        return metres

    def pairs(self, points: OnStreet) -> tuple[IntArray, IntArray]:
        """Both orders of each pair within the distance."""
        x, y = points.places(self.roads)
        tree = cKDTree(np.column_stack([x, y]))
        found = tree.query_pairs(self.within_m * 1.05 + 1.0, output_type="ndarray")
        if not len(found):
            none = np.empty(0, dtype=np.int64)
            return none, none
        i, j = found[:, 0].astype(np.int64), found[:, 1].astype(np.int64)
        keep = self.distance(points, i, j) <= self.within_m
        i, j = i[keep], j[keep]
        return np.concatenate([i, j]), np.concatenate([j, i])

    def distance(self, points: OnStreet, i: IntArray, j: IntArray) -> FloatArray:
        """Metres over the streets between points i and j; ∞ beyond the distance."""
        roads, segment, offset = self.roads, points.segment, points.offset_m
        rest = roads.length_m[segment] - offset
        best = np.where(segment[i] == segment[j], np.abs(offset[i] - offset[j]), np.inf)
        for end_i, way_i in ((roads.tail, offset), (roads.head, rest)):
            for end_j, way_j in ((roads.tail, offset), (roads.head, rest)):
                over = self.between(end_i[segment[i]], end_j[segment[j]])
                best = np.minimum(best, way_i[i] + over + way_j[j])
        return best
