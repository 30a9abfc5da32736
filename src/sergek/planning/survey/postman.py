"""The shortest closed walk over streets: Chinese and rural postman, with one-way streets or not.

Undirected and connected: optimal by a minimum T-join. Otherwise a mixed-integer program with
connectivity cuts added as they are violated (A. Corberán, G. Laporte (eds.), "Arc Routing:
Problems, Methods, and Applications", SIAM 2014).
"""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from sergek.core.errors import ConfigError
from sergek.planning.arrays import BoolArray, FloatArray, IntArray
from sergek.planning.city.roads import RoadGraph
from sergek.planning.milp import Infeasible, LinearModel
from sergek.planning.proof import Proof, Watch
from sergek.planning.survey.tjoin import minimum_tjoin

__all__ = ["Shell", "Traversals", "orient", "postman"]


# Junctions, and how often a walk must leave them.
Shell = tuple[BoolArray, int]
LeavingCut = tuple[IntArray, IntArray, int]


@dataclass(frozen=True, slots=True)
class Traversals:
    """Drives along segments, each from → to; together they form one closed walk."""

    segment: IntArray
    start: IntArray
    end: IntArray
    proof: Proof

    def length_m(self, roads: RoadGraph) -> float:
        """Metres of all drives."""
        return float(roads.length_m[self.segment].sum())


def postman(
    roads: RoadGraph,
    watch: Watch,
    directed: bool = False,
    required: BoolArray | None = None,
    gap: float = 0.0,
    shells: tuple[Shell, ...] = (),
) -> Traversals:
    """Drive every required segment (default: all) at least once, legally if `directed`.

    `ConfigError` names what cannot be driven: the network must be in one piece (strongly
    connected for `directed`); take `RoadGraph.largest_piece` first. Each shell is a set of
    junctions that the walk must leave at least so often.
    """
    wanted = np.ones(roads.segments, bool) if required is None else required
    if not wanted.any():
        raise ConfigError("no street is to be surveyed")
    pieces, _ = roads.pieces(strong=directed)
    if pieces > 1:
        way = "legally reached and left again" if directed else "reached from each other"
        raise ConfigError(
            f"the streets fall into {pieces} pieces that cannot be {way}; "
            "survey the largest piece, or allow driving against one-way signs"
        )
    if directed:
        return mixed(roads, wanted, watch, gap, shells)
    if one_piece(roads, wanted):
        return undirected(roads, wanted, watch, shells)
    return mixed(roads.without_directions(), wanted, watch, gap, shells)


def one_piece(roads: RoadGraph, wanted: BoolArray) -> bool:
    """Whether the required segments alone are connected."""
    return len(required_pieces(roads, wanted)[0]) <= 1


def required_pieces(roads: RoadGraph, used: BoolArray) -> tuple[IntArray, IntArray]:
    """Names of the components formed by used segments, and the component of each junction."""
    ends = (roads.tail[used], roads.head[used])
    graph = coo_matrix((np.ones(len(ends[0])), ends), shape=(roads.nodes, roads.nodes))
    _, label = connected_components(graph, directed=False)
    return np.unique(label[roads.tail[used]]), np.asarray(label, dtype=np.int64)


def undirected(
    roads: RoadGraph, wanted: BoolArray, watch: Watch, shells: tuple[Shell, ...]
) -> Traversals:
    """Each required segment once, and the minimum T-join of the odd junctions once more."""
    degree = np.bincount(roads.tail[wanted], minlength=roads.nodes)
    degree = degree + np.bincount(roads.head[wanted], minlength=roads.nodes)
    demands = []
    for inside, times in shells:
        border = np.flatnonzero(inside[roads.tail] != inside[roads.head])
        demands.append((border, 2 * times - int(wanted[border].sum())))
    asked = tuple((border, need) for border, need in demands if need > 0)
    try:
        again, bound = minimum_tjoin(
            roads.nodes, roads.tail, roads.head, roads.length_m, degree % 2 == 1, watch, asked
        )
    except TimeoutError:
        raise ConfigError("no route was found in the time given; allow more") from None
    drives = np.concatenate([np.flatnonzero(wanted), np.repeat(np.arange(roads.segments), again)])
    tour = orient(roads, drives)
    fixed = float(roads.length_m[wanted].sum())
    value = float(roads.length_m[drives].sum())
    proof = Proof(value, min(fixed + bound, value), watch.elapsed_s)
    return Traversals(tour[0], tour[1], tour[2], proof)


def orient(roads: RoadGraph, drives: IntArray) -> tuple[IntArray, IntArray, IntArray]:
    """Directions for an even multigraph, along a closed walk (Hierholzer on undirected edges)."""
    ends: dict[int, list[int]] = {}
    for k, e in enumerate(drives):
        ends.setdefault(int(roads.tail[e]), []).append(k)
        ends.setdefault(int(roads.head[e]), []).append(k)
    used = np.zeros(len(drives), bool)
    start = np.empty(len(drives), dtype=np.int64)
    end = np.empty(len(drives), dtype=np.int64)
    for origin in sorted(ends):
        at = origin
        while True:
            while ends[at] and used[ends[at][-1]]:
                ends[at].pop()
            if not ends[at]:
                break
            k = ends[at].pop()
            used[k] = True
            e = drives[k]
            start[k] = at
            at = int(roads.head[e]) if roads.tail[e] == at else int(roads.tail[e])
            end[k] = at
    return drives, start, end


def mixed(
    roads: RoadGraph, wanted: BoolArray, watch: Watch, gap: float, shells: tuple[Shell, ...]
) -> Traversals:
    """Whole numbers of drives in each direction, balanced at junctions, connected."""
    cuts = [leaving_cut(roads, inside, times) for inside, times in shells]
    while True:
        solution_x, bound, forward, backward = balanced(roads, wanted, cuts, watch, gap)
        ahead = np.round(solution_x[forward]).astype(np.int64)
        back = np.zeros(roads.segments, dtype=np.int64)
        back[~roads.one_way] = np.round(solution_x[backward]).astype(np.int64)
        used = (ahead + back) > 0
        names, label = required_pieces(roads, used)
        if len(names) == 1:
            break
        cuts += [leaving_cut(roads, label == name, 1) for name in names]
        if watch.expired:
            raise ConfigError("no route was found in the time given; allow more")
    return drives_of(roads, ahead, back, bound, watch)


def leaving_cut(roads: RoadGraph, inside: BoolArray, times: int) -> LeavingCut:
    """Segments that lead out ahead, those that lead out backwards, how often at least."""
    ahead = np.flatnonzero(inside[roads.tail] & ~inside[roads.head])
    against = np.flatnonzero(~inside[roads.tail] & inside[roads.head] & ~roads.one_way)
    return ahead, against, times


def drives_of(
    roads: RoadGraph, ahead: IntArray, back: IntArray, bound: float, watch: Watch
) -> Traversals:
    """Numbers of drives as a list of drives."""
    every = np.arange(roads.segments)
    segment = np.concatenate([np.repeat(every, ahead), np.repeat(every, back)])
    start = np.concatenate([np.repeat(roads.tail, ahead), np.repeat(roads.head, back)])
    end = np.concatenate([np.repeat(roads.head, ahead), np.repeat(roads.tail, back)])
    value = float(roads.length_m[segment].sum())
    return Traversals(segment, start, end, Proof(value, min(bound, value), watch.elapsed_s))


def balanced(
    roads: RoadGraph,
    wanted: BoolArray,
    cuts: list[LeavingCut],
    watch: Watch,
    gap: float,
) -> tuple[FloatArray, float, IntArray, IntArray]:
    """The program without connectivity, plus the cuts so far."""
    model = LinearModel("min")
    forward = model.columns(roads.length_m, integer=True)
    both = np.flatnonzero(~roads.one_way)
    backward = model.columns(roads.length_m[both], integer=True)
    partner = np.full(roads.segments, -1, dtype=np.int64)
    partner[both] = backward
    terms: list[list[tuple[int, float]]] = [[] for _ in range(roads.nodes)]
    for e, (a, b) in enumerate(zip(roads.tail, roads.head, strict=True)):
        columns = [int(forward[e])] + ([int(partner[e])] if partner[e] >= 0 else [])
        if wanted[e]:
            model.row(columns, 1.0, lower=1.0)
        if a != b:
            for column, sign in zip(columns, (1.0, -1.0), strict=False):
                terms[a].append((column, sign))
                terms[b].append((column, -sign))
    for balance in terms:
        model.row([c for c, _ in balance], [s for _, s in balance], 0.0, 0.0)
    for ahead, against, times in cuts:
        model.row([*forward[ahead], *partner[against]], 1.0, lower=float(times))
    try:
        solution = model.solve(watch, gap)
    except Infeasible:
        raise ConfigError("some street can be entered but not left by the signs") from None
    if solution.x is None:
        raise ConfigError("no route was found in the time given; allow more")
    return solution.x, solution.bound, forward, backward
