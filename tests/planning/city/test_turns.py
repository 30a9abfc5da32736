"""Forbidden turns: read from an extract, obeyed by every way, kept when a city is stored."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sergek.planning.city.osm import read_osm
from sergek.planning.city.rejects import Rejects
from sergek.planning.city.roads import RoadGraph
from sergek.planning.city.store import load_city, save_city
from sergek.planning.city.synthetic import make_taraz
from sergek.planning.city.turns import NO_TURNS

# A crossing: 1 west, 2 middle, 3 east, 4 north, and 5, a way round from east to north.
NODES = {1: (0.0, 0.0), 2: (0.01, 0.0), 3: (0.02, 0.0), 4: (0.01, 0.01), 5: (0.02, 0.01)}
TOWN = make_taraz(size=10).roads
WAYS = {10: (1, 2), 11: (2, 3), 12: (2, 4), 13: (3, 5), 14: (5, 4)}


def extract(path: Path, *relations: str) -> Path:
    nodes = "".join(f'<node id="{k}" lon="{x}" lat="{y}"/>' for k, (x, y) in NODES.items())
    ways = "".join(
        f'<way id="{k}"><nd ref="{a}"/><nd ref="{b}"/><tag k="highway" v="residential"/></way>'
        for k, (a, b) in WAYS.items()
    )
    path.write_text(f'<osm version="0.6">{nodes}{ways}{"".join(relations)}</osm>')
    return path


def restriction(kind: str, came: int, via: int, goes: int, more: str = "") -> str:
    return (
        f'<relation id="{came}{goes}"><member type="way" ref="{came}" role="from"/>'
        f'<member type="node" ref="{via}" role="via"/><member type="way" ref="{goes}" role="to"/>'
        f'<tag k="type" v="restriction"/><tag k="restriction" v="{kind}"/>{more}</relation>'
    )


def metres(roads: RoadGraph, a: int, b: int) -> float:
    """Way from one node of the drawing to another."""
    order = sorted(NODES)
    seen = {ref: k for k, ref in enumerate(dict.fromkeys(n for w in WAYS.values() for n in w))}
    assert set(order) == set(seen)
    return float(roads.from_node(seen[a], "length")[seen[b]])


def test_a_forbidden_turn_is_driven_around(tmp_path):
    """No left turn from west to north: the way leads over the east, three times as long."""
    free = read_osm(extract(tmp_path / "a.osm"), Rejects()).roads
    rejects = Rejects()
    source = extract(tmp_path / "b.osm", restriction("no_left_turn", 10, 2, 12))
    bound = read_osm(source, rejects).roads
    assert len(bound.banned) == 1
    assert metres(free, 1, 4) == pytest.approx(2 * 1110, rel=0.02)
    assert metres(bound, 1, 4) == pytest.approx(4 * 1110, rel=0.02)
    for a, b in ((4, 1), (3, 4), (1, 3), (2, 4)):
        assert metres(bound, a, b) == pytest.approx(metres(free, a, b))


def test_only_straight_on_bans_every_other_turn(tmp_path):
    """`only_straight_on` leaves one way out; a sign that excepts cars bans nothing."""
    only = extract(tmp_path / "a.osm", restriction("only_straight_on", 10, 2, 11))
    roads = read_osm(only, Rejects()).roads
    assert metres(roads, 1, 4) == pytest.approx(4 * 1110, rel=0.02)
    for more, why in (
        ('<tag k="except" v="motorcar"/>', "cars are excepted"),
        ('<tag k="restriction" v="give_way"/>', "not one for cars"),
    ):
        rejects = Rejects()
        text = restriction("no_left_turn", 10, 2, 12, more)
        if "give_way" in more:
            text = text.replace('<tag k="restriction" v="no_left_turn"/>', "")
        assert not len(read_osm(extract(tmp_path / "b.osm", text), rejects).roads.banned)
        assert any(why in str(row) for row in rejects.rows)


def test_a_stored_city_keeps_its_turns(tmp_path):
    """Written and read, and cut to its largest piece, the graph forbids the same turns."""
    city = make_taraz(size=10)
    via = int(np.bincount(city.roads.head).argmax())
    came, goes = np.flatnonzero((city.roads.head == via) | (city.roads.tail == via))[:2]
    roads = replace(city.roads, banned=np.array([[came, via, goes]]), _cache={})
    save_city(replace(city, roads=roads), tmp_path)
    again = load_city(tmp_path).roads
    assert again.banned.tolist() == roads.banned.tolist()
    assert again.only(np.ones(again.segments, bool)).banned.tolist() == roads.banned.tolist()
    without = np.ones(again.segments, bool)
    without[goes] = False
    assert len(again.only(without).banned) == 0


@given(st.integers(0, 200))
def test_a_ban_never_shortens_a_way(seed):
    """Whatever is forbidden, no way gets shorter; without bans nothing changes at all."""
    roads = TOWN
    rng = np.random.default_rng(seed)
    via = rng.integers(roads.nodes, size=4)
    rows = []
    for v in via:
        near = np.flatnonzero((roads.tail == v) | (roads.head == v))
        rows.append([rng.choice(near), v, rng.choice(near)])
    bound = replace(roads, banned=np.array(rows), _cache={})
    sources = np.arange(0, roads.nodes, 3)
    assert (bound.between(sources) >= roads.between(sources) - 1e-9).all()
    assert np.array_equal(
        replace(roads, banned=NO_TURNS, _cache={}).between(sources), roads.between(sources)
    )
