"""Address blocks: which border which, and blocks made from the faces of a street network."""

import numpy as np
import shapely
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from sergek.core.geo import LngLat
from sergek.planning.arrays import FloatArray
from sergek.planning.city.model import Block, Neighbours
from sergek.planning.city.projection import Projection
from sergek.planning.city.roads import RoadGraph

__all__ = ["block_pieces", "faces", "find_neighbours", "polygons"]

# Smaller areas are islands between carriageways.
_SMALLEST_M2 = 400.0

# Blocks face each other across a street: borders within this distance are common.
STREET_WIDTH_M = 25.0
# A common border shorter than this is a corner, not a border.
CORNER_M = 15.0


def polygons(
    blocks: tuple[Block, ...], projection: Projection
) -> "np.ndarray[tuple[int], np.dtype[np.object_]]":
    """The blocks as shapely polygons in metres."""
    shapes = np.empty(len(blocks), dtype=object)
    for i, block in enumerate(blocks):
        degrees = np.array(block.ring, dtype=float)
        x, y = projection.to_metres(degrees[:, 0], degrees[:, 1])
        shapes[i] = shapely.Polygon(np.column_stack([x, y]))
    return shapes


def find_neighbours(
    blocks: tuple[Block, ...],
    projection: Projection,
    barriers: tuple[tuple[str, tuple[LngLat, ...]], ...] = (),
) -> tuple[Neighbours, ...]:
    """Pairs of blocks with a common border, unless most of it lies along a barrier."""
    if not blocks:
        return ()
    shapes = polygons(blocks, projection)
    first, second = shapely.STRtree(shapes).query(shapes, predicate="dwithin", distance=1.0)
    if len(first) < 4 * len(blocks):
        first, second = shapely.STRtree(shapes).query(
            shapes, predicate="dwithin", distance=STREET_WIDTH_M
        )
        tolerance = STREET_WIDTH_M + 1.0
    else:
        tolerance = 2.0
    keep = first < second
    first, second = first[keep], second[keep]
    border = shapely.intersection(
        shapely.boundary(shapes[second]), shapely.buffer(shapes[first], tolerance)
    )
    length = shapely.length(border)
    walls = wall_area(barriers, projection, tolerance)
    if walls is not None:
        length = np.where(
            shapely.length(shapely.intersection(border, walls)) > 0.5 * length, 0.0, length
        )
    return tuple(
        Neighbours(int(i), int(j), round(float(metres), 1))
        for i, j, metres in zip(first, second, length, strict=True)
        if metres >= CORNER_M
    )


def wall_area(
    barriers: tuple[tuple[str, tuple[LngLat, ...]], ...], projection: Projection, width_m: float
) -> shapely.Geometry | None:
    """All barriers as one area of this half-width; None if there are none."""
    lines = []
    for _, line in barriers:
        degrees = np.array(line, dtype=float)
        if len(degrees) >= 2:
            x, y = projection.to_metres(degrees[:, 0], degrees[:, 1])
            lines.append(shapely.LineString(np.column_stack([x, y])))
    if not lines:
        return None
    area = shapely.union_all(shapely.buffer(np.array(lines, dtype=object), width_m))
    shapely.prepare(area)
    return area


def block_pieces(count: int, neighbours: tuple[Neighbours, ...]) -> tuple[int, list[int]]:
    """How many pieces barriers and gaps cut the blocks into, and the piece of each block."""
    rows = [pair.first for pair in neighbours]
    columns = [pair.second for pair in neighbours]
    graph = coo_matrix((np.ones(len(rows)), (rows, columns)), shape=(count, count))
    pieces, label = connected_components(graph, directed=False)
    return int(pieces), [int(piece) for piece in label]


def faces(roads: RoadGraph, projection: Projection) -> list[tuple[tuple[LngLat, ...], FloatArray]]:
    """Areas enclosed by streets: their ring in degrees, and their middle (m)."""
    lines = [shapely.LineString(roads.shape_of(e)) for e in range(roads.segments)]
    noded = shapely.node(shapely.MultiLineString(lines))
    found = shapely.get_parts(shapely.polygonize([noded]))
    result = []
    for shape in found:
        if shape.area < _SMALLEST_M2:
            continue
        ring = np.array(shape.exterior.coords)
        lng, lat = projection.to_degrees(ring[:, 0], ring[:, 1])
        middle = shape.representative_point()
        degrees = tuple(
            (round(float(a), 7), round(float(b), 7)) for a, b in zip(lng, lat, strict=True)
        )
        result.append((degrees, np.array([middle.x, middle.y])))
    return result
