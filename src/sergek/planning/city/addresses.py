"""Houses: those of an extract in their blocks, or those of a made-up city."""

from collections.abc import Sequence

import numpy as np
import shapely

from sergek.core.addresses import Address
from sergek.planning.arrays import BoolArray, FloatArray, IntArray
from sergek.planning.city.blocks import polygons
from sergek.planning.city.model import Block, City
from sergek.planning.city.projection import Projection
from sergek.planning.city.rejects import Rejects

__all__ = ["make_addresses", "placed_houses"]

_HOUSE_EVERY_M = 42.0
_SETBACK_M = 12.0


def make_addresses(city: City) -> list[Address]:
    """Made-up houses on both sides of every named street, numbered along it, odd on the left.

    Only houses that fall inside a block count; each belongs to that block.
    """
    roads = city.roads
    x, y, segment, left = _along(city)
    order = np.lexsort((np.where(left, 0, 1), _chainage(city, x, y, segment)))
    numbers: dict[tuple[str, bool], int] = {}
    owner = _block_at(city.blocks, city.projection, x[order], y[order])
    lng, lat = city.projection.to_degrees(x[order], y[order])
    made = []
    for k, e in enumerate(segment[order]):
        name = roads.name[int(e)]
        if owner[k] < 0 or not name or city.blocks[int(owner[k])].population == 0:
            continue
        side = bool(left[order][k])
        number = numbers.get((name, side), -1 if side else 0) + 2
        numbers[(name, side)] = number
        at = (round(float(lng[k]), 6), round(float(lat[k]), 6))
        made.append(Address(name, str(number), at, city.blocks[int(owner[k])].id))
    return made


def placed_houses(
    houses: Sequence[tuple[str, str, float, float]],
    blocks: Sequence[Block],
    projection: Projection,
    rejects: Rejects,
) -> tuple[Address, ...]:
    """Houses (street, number, longitude, latitude) with the block each stands in.

    A house outside every block has no precinct and is counted among the rejects.
    """
    if not houses:
        return ()
    at = np.array([(lng, lat) for _, _, lng, lat in houses])
    x, y = projection.to_metres(at[:, 0], at[:, 1])
    owner = _block_at(blocks, projection, x, y)
    for _ in range(int((owner < 0).sum())):
        rejects.count("osm", "an address outside every block")
    return tuple(
        Address(street, number, (round(lng, 6), round(lat, 6)), blocks[int(block)].id)
        for (street, number, lng, lat), block in zip(houses, owner, strict=True)
        if block >= 0
    )


def _block_at(
    blocks: Sequence[Block], projection: Projection, x: FloatArray, y: FloatArray
) -> IntArray:
    """The block of each place, −1 for none."""
    tree = shapely.STRtree(polygons(tuple(blocks), projection))
    hit, block = tree.query(shapely.points(x, y), predicate="within")
    owner = np.full(len(x), -1, dtype=np.int64)
    owner[hit] = block
    return owner


def _along(city: City) -> tuple[FloatArray, FloatArray, IntArray, BoolArray]:
    """Places beside every segment, each with its segment and side."""
    roads = city.roads
    count = np.maximum(1, (roads.length_m / _HOUSE_EVERY_M).astype(np.int64))
    segment = np.repeat(np.arange(roads.segments), count)
    first = np.repeat(np.concatenate([[0], np.cumsum(count)[:-1]]), count)
    share = (np.arange(len(segment)) - first + 0.5) / count[segment]
    dx = roads.x_m[roads.head] - roads.x_m[roads.tail]
    dy = roads.y_m[roads.head] - roads.y_m[roads.tail]
    length = np.maximum(np.hypot(dx, dy), 1e-9)
    px = roads.x_m[roads.tail][segment] + share * dx[segment]
    py = roads.y_m[roads.tail][segment] + share * dy[segment]
    # Left and right of a street as it runs north or east, whichever way its segment is drawn.
    turned = np.where(np.abs(dx) > np.abs(dy), np.sign(dx), np.sign(dy))
    aside = _SETBACK_M * turned / length
    nx, ny = (-dy * aside)[segment], (dx * aside)[segment]
    x, y = np.concatenate([px + nx, px - nx]), np.concatenate([py + ny, py - ny])
    left = np.concatenate([np.ones(len(px), bool), np.zeros(len(px), bool)])
    return x, y, np.concatenate([segment, segment]), left


def _chainage(city: City, x: FloatArray, y: FloatArray, segment: IntArray) -> FloatArray:
    """How far along its street a place lies: by easting or northing, as the street runs."""
    roads = city.roads
    spread: dict[str, tuple[float, float]] = {}
    names = np.array(roads.name)
    for name in dict.fromkeys(roads.name):
        mine = names == name
        ends = np.concatenate([roads.tail[mine], roads.head[mine]])
        spread[name] = (float(np.ptp(roads.x_m[ends])), float(np.ptp(roads.y_m[ends])))
    east = np.array([spread[name][0] >= spread[name][1] for name in roads.name])
    along: FloatArray = np.where(east[segment], x, y)
    return along
