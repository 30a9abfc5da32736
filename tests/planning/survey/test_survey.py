"""Survey routes: every street driven, one closed walk, no longer than need be."""

from collections import Counter
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sergek.core.errors import ConfigError
from sergek.planning.city.osm import read_osm
from sergek.planning.city.rejects import Rejects
from sergek.planning.city.roads import RoadGraph
from sergek.planning.city.synthetic import make_taraz
from sergek.planning.city.turns import NO_TURNS
from sergek.planning.proof import Watch
from sergek.planning.survey.crews import crew_walk, share_out
from sergek.planning.survey.postman import Traversals, postman
from sergek.planning.survey.tour import closed_tour


def random_roads(seed: int, nodes: int, one_way: float = 0.0) -> RoadGraph:
    """A random connected network; with one-way streets, its largest strong piece."""
    rng = np.random.default_rng(seed)
    x, y = rng.random(nodes) * 1000, rng.random(nodes) * 1000
    pairs = {(int(rng.integers(v)), v) for v in range(1, nodes)}
    extra = [pair for pair in combinations(range(nodes), 2) if rng.random() < 0.25]
    pairs |= set(extra)
    tail, head = (np.array(end) for end in zip(*sorted(pairs), strict=True))
    m = len(tail)
    roads = RoadGraph(
        x_m=x,
        y_m=y,
        tail=tail,
        head=head,
        length_m=np.round(np.hypot(x[tail] - x[head], y[tail] - y[head]) + 1),
        speed_kmh=np.full(m, 36.0),
        one_way=rng.random(m) < one_way,
        kind=("residential",) * m,
        name=("",) * m,
        flow_per_day=np.zeros(m),
        shape_start=np.arange(0, 2 * m + 1, 2),
        shape_x_m=np.column_stack([x[tail], x[head]]).ravel(),
        shape_y_m=np.column_stack([y[tail], y[head]]).ravel(),
    )
    return roads.largest_piece(strong=True) if one_way else roads


def assert_one_closed_walk(roads: RoadGraph, walk: Traversals, required=None):
    """The drives follow each other, return, obey the signs and cover what is required."""
    order, _ = closed_tour(walk.segment, walk.start, walk.end, int(walk.start[0]), NO_TURNS)
    assert len(order) == len(walk.segment)
    for before, after in zip(order, order[1:] + order[:1], strict=True):
        assert walk.end[before] == walk.start[after]
    for e, a, b in zip(walk.segment, walk.start, walk.end, strict=True):
        assert (a, b) in {(roads.tail[e], roads.head[e]), (roads.head[e], roads.tail[e])}
    wanted = range(roads.segments) if required is None else np.flatnonzero(required)
    assert set(wanted) <= set(walk.segment.tolist())
    assert walk.proof.bound <= walk.proof.value
    assert walk.length_m(roads) == pytest.approx(walk.proof.value)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(4, 14))
def test_undirected_equals_matching(seed, nodes):
    """The undirected route is as long as the streets plus the best matching of odd junctions."""
    networkx = pytest.importorskip("networkx")
    roads = random_roads(seed, nodes)
    walk = postman(roads, Watch())
    assert_one_closed_walk(roads, walk)
    degree = np.bincount(np.concatenate([roads.tail, roads.head]), minlength=roads.nodes)
    odd = np.flatnonzero(degree % 2)
    distance = roads.between(np.arange(roads.nodes), "length")
    graph = networkx.Graph()
    for a, b in combinations(odd.tolist(), 2):
        graph.add_edge(a, b, weight=distance[a, b])
    again = sum(distance[a, b] for a, b in networkx.min_weight_matching(graph))
    assert walk.proof.value == pytest.approx(roads.length_m.sum() + again)
    assert walk.proof.optimal


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(5, 12))
def test_one_way_streets_are_obeyed(seed, nodes):
    """With one-way streets the walk is legal and never shorter than the undirected optimum."""
    roads = random_roads(seed, nodes, one_way=0.4)
    if roads.segments < 2:
        return
    walk = postman(roads, Watch(), directed=True)
    assert_one_closed_walk(roads, walk)
    for e, a in zip(walk.segment, walk.start, strict=True):
        assert not roads.one_way[e] or a == roads.tail[e]
    free = postman(roads.without_directions(), Watch())
    assert walk.proof.value >= free.proof.value - 1e-6
    assert walk.proof.optimal


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(5, 10))
def test_rural_route_is_connected(seed, nodes):
    """Where only some streets are surveyed the route still is one walk, and no longer than all."""
    roads = random_roads(seed, nodes)
    required = np.random.default_rng(seed).random(roads.segments) < 0.4
    required[0] = True
    walk = postman(roads, Watch(), required=required)
    assert_one_closed_walk(roads, walk, required)
    assert walk.proof.value <= 2 * roads.length_m.sum() + 1e-6
    assert walk.proof.optimal


@pytest.mark.parametrize(("directed", "crews"), [(False, 2), (False, 3), (True, 2)])
def test_crews_share_all_streets(directed, crews):
    """Each street is driven by some crew, every route is closed at the yard, the bound holds."""
    roads = make_taraz(size=9).roads
    walk, bound = crew_walk(roads, 5, crews, Watch(), directed)
    routes, proof = share_out(roads, walk, 5, crews, Watch(5.0), directed, bound, attempts=4)
    seen: Counter[int] = Counter()
    for route in routes:
        assert route.start[0] == route.end[-1] == 5
        assert (route.end[:-1] == route.start[1:]).all()
        assert route.length_m == pytest.approx(roads.length_m[route.segment].sum())
        seen.update(route.segment.tolist())
        if directed:
            wrong = roads.one_way[route.segment] & (route.start != roads.tail[route.segment])
            assert not wrong.any()
    assert set(seen) == set(range(roads.segments))
    assert proof.value == pytest.approx(max(route.length_m for route in routes))
    assert proof.bound >= walk.proof.bound / crews * 0.999 or proof.bound > 0


def test_pieces_are_explained():
    """A network in two pieces is refused with what to do."""
    roads = random_roads(1, 6)
    ends = np.array([[0, 1], [2, 3]])
    apart = (roads.tail < 0) | False
    for a, b in ends:
        apart |= (roads.tail == a) & (roads.head == b)
    apart[np.flatnonzero((roads.tail > 1) & (roads.head > 1))[0]] = True
    apart[np.flatnonzero((roads.tail == 0) & (roads.head == 1))] = True
    split = roads.only(apart)
    assert split.pieces(strong=False)[0] == 2
    with pytest.raises(ConfigError, match="survey the largest piece"):
        postman(split, Watch())
    with pytest.raises(ConfigError, match="no street is to be surveyed"):
        postman(roads, Watch(), required=np.zeros(roads.segments, bool))


@pytest.mark.shared
def test_helsinki_is_optimal(shared_data: Path):
    """All streets of Helsinki's centre, one crew: the optimum, proved."""
    path = shared_data / "map" / "helsinki.osm.pbf"
    roads = read_osm(path, Rejects()).roads.largest_piece(strong=False)
    walk = postman(roads, Watch())
    assert_one_closed_walk(roads, walk)
    assert walk.proof.optimal
