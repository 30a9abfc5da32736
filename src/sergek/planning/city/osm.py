"""OpenStreetMap extracts (PBF, XML, also .gz and .bz2) to streets, buildings and places.

Tags: https://wiki.openstreetmap.org/wiki/Key:highway, Key:oneway, Key:maxspeed.
"""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import osmium

from sergek.core.errors import ConfigError
from sergek.planning.city.projection import Projection, utm_epsg
from sergek.planning.city.rejects import Rejects
from sergek.planning.city.roads import RoadGraph
from sergek.planning.city.turns import Restriction, banned_turns, read_restriction

__all__ = ["OsmExtract", "read_osm"]

# Speed (km/h) where no maxspeed is given: free speed inside towns, by kind of street.
SPEED_KMH = {
    "motorway": 90.0,
    "trunk": 70.0,
    "primary": 60.0,
    "secondary": 60.0,
    "tertiary": 50.0,
    "unclassified": 40.0,
    "residential": 40.0,
    "living_street": 20.0,
    "motorway_link": 50.0,
    "trunk_link": 50.0,
    "primary_link": 40.0,
    "secondary_link": 40.0,
    "tertiary_link": 40.0,
    "road": 40.0,
}
CLOSED = ("no", "private")


@dataclass(slots=True)
class Way:
    """A street as drawn: its nodes and the tags that matter."""

    id: int
    nodes: list[int]
    kind: str
    name: str
    speed_kmh: float
    direction: int


@dataclass(slots=True)
class OsmExtract:
    """What an extract gives: streets, building floors by place, police, schools, barriers.

    `houses` are (street, number, longitude, latitude).
    """

    roads: RoadGraph
    projection: Projection
    buildings: list[tuple[float, float, float]] = field(default_factory=list)
    police: list[tuple[str, str, float, float]] = field(default_factory=list)
    schools: list[tuple[str, str, float, float]] = field(default_factory=list)
    barriers: list[tuple[str, list[tuple[float, float]]]] = field(default_factory=list)
    houses: list[tuple[str, str, float, float]] = field(default_factory=list)


@dataclass(slots=True)
class Reader:
    """Collects one extract in one pass."""

    rejects: Rejects
    ways: list[Way] = field(default_factory=list)
    place: dict[int, tuple[float, float]] = field(default_factory=dict)
    buildings: list[tuple[float, float, float]] = field(default_factory=list)
    police: list[tuple[str, str, float, float]] = field(default_factory=list)
    schools: list[tuple[str, str, float, float]] = field(default_factory=list)
    barriers: list[tuple[str, list[tuple[float, float]]]] = field(default_factory=list)
    houses: list[tuple[str, str, float, float]] = field(default_factory=list)
    restrictions: list[Restriction] = field(default_factory=list)

    def relation(self, relation: Any) -> None:
        """A turn that a sign forbids."""
        if relation.tags.get("type") != "restriction":
            return
        members = [(member.role, member.type, member.ref) for member in relation.members]
        tags = {tag.k: tag.v for tag in relation.tags}
        found = read_restriction(relation.id, tags, members, self.rejects)
        if found is not None:
            self.restrictions.append(found)

    def node(self, node: Any) -> None:
        """A point object: a police station, a school, an entrance with its address."""
        self.amenity(f"node/{node.id}", node.tags, node.location.lon, node.location.lat)
        self.house(f"node/{node.id}", node.tags, node.location.lon, node.location.lat)

    def house(self, name: str, tags: Any, lng: float, lat: float) -> None:
        """Keep an address (https://wiki.openstreetmap.org/wiki/Key:addr)."""
        number = tags.get("addr:housenumber")
        if number is None:
            return
        street = tags.get("addr:street") or tags.get("addr:place")
        if street is None:
            self.rejects.add("osm", name, f"house {number} names no street")
            return
        self.houses.append((street, number, lng, lat))

    def amenity(self, name: str, tags: Any, lng: float, lat: float) -> None:
        """Keep police stations and schools."""
        kind = tags.get("amenity", "")
        if kind in ("police", "school"):
            kept = self.police if kind == "police" else self.schools
            kept.append((name, tags.get("name", ""), lng, lat))

    def way(self, way: Any) -> None:
        """A street, a building, a river, a railway, or an amenity with an outline."""
        tags = way.tags
        line = [(n.ref, n.lon, n.lat) for n in way.nodes if n.location.valid()]
        if len(line) < 2:
            if "highway" in tags:
                self.rejects.add("osm", f"way/{way.id}", "its nodes are outside the extract")
            return
        if "highway" in tags:
            self.street(way, line)
        elif tags.get("waterway") in ("river", "canal"):
            self.barriers.append(("river", [(lng, lat) for _, lng, lat in line]))
        elif tags.get("railway") == "rail" and tags.get("service") is None:
            self.barriers.append(("rail", [(lng, lat) for _, lng, lat in line]))
        middle = np.mean([point[1:] for point in line], axis=0)
        if "building" in tags:
            area = floor_area_m2(line) * levels(tags.get("building:levels"))
            self.buildings.append((float(middle[0]), float(middle[1]), area))
        self.amenity(f"way/{way.id}", tags, float(middle[0]), float(middle[1]))
        self.house(f"way/{way.id}", tags, float(middle[0]), float(middle[1]))

    def street(self, way: Any, line: list[tuple[int, float, float]]) -> None:
        """Keep a street that a car may drive."""
        tags, name = way.tags, f"way/{way.id}"
        kind = tags.get("highway")
        if kind not in SPEED_KMH:
            self.rejects.count("osm", f"highway={kind} is not for cars")
            return
        if tags.get("access") in CLOSED or tags.get("motor_vehicle") in CLOSED:
            self.rejects.add("osm", name, "closed to cars (access)")
            return
        if tags.get("area") == "yes":
            self.rejects.add("osm", name, "an area, not a line")
            return
        if len(line) < len(way.nodes):
            self.rejects.add("osm", name, "cut: some of its nodes are outside the extract")
        for ref, lng, lat in line:
            self.place[ref] = (lng, lat)
        speed = speed_kmh(tags.get("maxspeed"), kind, name, self.rejects)
        street = Way(
            way.id, [ref for ref, _, _ in line], kind, tags.get("name", ""), speed, direction(tags)
        )
        self.ways.append(street)


def speed_kmh(tag: str | None, kind: str, name: str, rejects: Rejects) -> float:
    """maxspeed as km/h; the kind's default where absent, unreadable or not a number."""
    if tag is None:
        return SPEED_KMH[kind]
    number, _, unit = tag.partition(" ")
    try:
        value = float(number) * (1.609344 if unit == "mph" else 1.0)
    except ValueError:
        value = 0.0
    if not 5.0 <= value <= 140.0:
        rejects.add("osm", name, f"maxspeed={tag} is not a speed; {SPEED_KMH[kind]:g} used")
        return SPEED_KMH[kind]
    return value


def direction(tags: Any) -> int:
    """+1 one-way as drawn, −1 one-way against it, 0 both ways."""
    tag = tags.get("oneway", "")
    if tag in ("-1", "reverse"):
        return -1
    implied = tags.get("junction") in ("roundabout", "circular") or tags.get("highway") in (
        "motorway",
        "motorway_link",
    )
    if tag in ("yes", "true", "1") or (implied and tag != "no"):
        return 1
    return 0


def levels(tag: str | None) -> float:
    """Storeys of a building; 1 where not told."""
    try:
        return min(max(float(tag or 1), 1.0), 60.0)
    except ValueError:
        return 1.0


def floor_area_m2(line: list[tuple[int, float, float]]) -> float:
    """Area of a small outline (m²), on the plane tangent at its first point."""
    origin_lng, origin_lat = line[0][1:]
    scale = 111_320.0
    x = np.array([(lng - origin_lng) * scale for _, lng, _ in line])
    x = x * np.cos(np.radians(origin_lat))
    y = np.array([(lat - origin_lat) * scale for _, _, lat in line])
    return float(abs(np.dot(x, np.roll(y, 1)) - np.dot(y, np.roll(x, 1))) / 2)


def read_osm(path: Path, rejects: Rejects) -> OsmExtract:
    """Streets and places of an extract; `ConfigError` if it cannot be read or has no street."""
    if not path.is_file():
        raise ConfigError(f"{path} is not a file")
    reader = Reader(rejects)
    try:
        things: Any = osmium.FileProcessor(str(path)).with_locations()
        for thing in things:
            if thing.is_way():
                reader.way(thing)
            elif thing.is_node() and len(thing.tags):
                reader.node(thing)
            elif thing.is_relation():
                reader.relation(thing)
    except (RuntimeError, ValueError) as error:
        raise ConfigError(f"{path} cannot be read as OpenStreetMap data: {error}") from None
    if not reader.ways:
        raise ConfigError(f"{path} holds no street that a car may drive")
    centre = np.mean(np.array(list(reader.place.values())), axis=0)
    projection = Projection(utm_epsg(float(centre[0]), float(centre[1])))
    roads = split_at_junctions(reader, projection)
    return OsmExtract(
        roads,
        projection,
        reader.buildings,
        reader.police,
        reader.schools,
        reader.barriers,
        reader.houses,
    )


@dataclass(slots=True)
class Segments:
    """Segments as lists, before they become arrays."""

    tail: list[int] = field(default_factory=list)
    head: list[int] = field(default_factory=list)
    points: list[list[int]] = field(default_factory=list)
    ways: list[Way] = field(default_factory=list)


def split_at_junctions(reader: Reader, projection: Projection) -> RoadGraph:
    """Cut ways where they meet; points between junctions become the segment's shape."""
    uses: Counter[int] = Counter()
    for way in reader.ways:
        uses.update(way.nodes)
        uses.update((way.nodes[0], way.nodes[-1]))
    segments, number = Segments(), dict[int, int]()
    for way in reader.ways:
        nodes = way.nodes[::-1] if way.direction < 0 else way.nodes
        begin = 0
        for at in range(1, len(nodes)):
            if uses[nodes[at]] < 2:
                continue
            piece = nodes[begin : at + 1]
            begin = at
            segments.tail.append(number.setdefault(piece[0], len(number)))
            segments.head.append(number.setdefault(piece[-1], len(number)))
            segments.points.append(piece)
            segments.ways.append(way)
    return as_graph(reader, segments, number, projection)


def as_graph(
    reader: Reader, segments: Segments, number: dict[int, int], projection: Projection
) -> RoadGraph:
    """Project, measure and pack the segments; those of no length are rejected."""
    refs = list(reader.place)
    degrees = np.array([reader.place[ref] for ref in refs])
    x, y = projection.to_metres(degrees[:, 0], degrees[:, 1])
    at = {ref: i for i, ref in enumerate(refs)}
    lines = [np.array([at[ref] for ref in piece]) for piece in segments.points]
    length = np.array([float(np.hypot(np.diff(x[line]), np.diff(y[line])).sum()) for line in lines])
    for e in np.flatnonzero(length <= 0.01):
        reader.rejects.add("osm", f"way/{segments.ways[e].id}", "a segment of no length")
    keep = [int(e) for e in np.flatnonzero(length > 0.01)]
    junctions = np.array([at[ref] for ref in number])
    shape = np.concatenate([lines[e] for e in keep])
    ways = [segments.ways[e] for e in keep]
    sizes = [len(lines[e]) for e in keep]
    tail = np.array(segments.tail, dtype=np.int64)[keep]
    head = np.array(segments.head, dtype=np.int64)[keep]
    owners = [way.id for way in ways]
    banned = banned_turns(reader.restrictions, owners, tail, head, number, reader.rejects)
    return RoadGraph(
        x_m=x[junctions],
        y_m=y[junctions],
        tail=tail,
        head=head,
        length_m=length[keep],
        speed_kmh=np.array([way.speed_kmh for way in ways]),
        one_way=np.array([way.direction != 0 for way in ways]),
        kind=tuple(way.kind for way in ways),
        name=tuple(way.name for way in ways),
        flow_per_day=np.zeros(len(ways)),
        shape_start=np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
        shape_x_m=x[shape],
        shape_y_m=y[shape],
        banned=banned,
    )
