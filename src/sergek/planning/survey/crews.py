"""One survey shared by several crews or days: closed routes from one yard, the longest shortest.

The postman's closed walk is taken apart into small circles; circles are dealt to the crews so
that each crew's circles hang together and the longest route is short. No crew's work is repeated
by another, so the total stays near the postman's optimum.
"""

import math
import random
from dataclasses import dataclass

import numpy as np
from scipy.sparse.csgraph import dijkstra

from sergek.core.errors import ConfigError
from sergek.planning.arrays import BoolArray, FloatArray, IntArray
from sergek.planning.city.roads import RoadGraph
from sergek.planning.city.turns import NO_TURNS
from sergek.planning.proof import Proof, Watch
from sergek.planning.survey.postman import Traversals, orient, postman
from sergek.planning.survey.tour import closed_tour

__all__ = ["CrewRoute", "crew_walk", "share_out"]

# How near its best the walk has to come; sharing it costs far more.
_WALK_GAP = 0.002


@dataclass(frozen=True, slots=True)
class CrewRoute:
    """Junctions and segments in driving order, its length (m), forbidden turns that are left."""

    segment: IntArray
    start: IntArray
    end: IntArray
    length_m: float
    wrong_turns: int


@dataclass(frozen=True, slots=True)
class Circles:
    """Closed walks (lists of drives), their lengths, and the junctions each touches."""

    drives: tuple[tuple[int, ...], ...]
    length_m: FloatArray
    touches: tuple[frozenset[int], ...]


def take_apart(
    walk: Traversals, roads: RoadGraph, yard: int, directed: bool, rng: random.Random
) -> Circles:
    """Wander over unused drives at random and cut off a circle whenever the path meets itself.

    Both-ways drives may be turned round when `directed` is false, which gives smaller circles.
    """
    leaving: list[list[tuple[int, int]]] = [[] for _ in range(roads.nodes)]
    for k, (a, b) in enumerate(zip(walk.start.tolist(), walk.end.tolist(), strict=True)):
        leaving[a].append((k, b))
        if not directed and a != b:
            leaving[b].append((k, a))
    for choices in leaving:
        rng.shuffle(choices)
    used = [False] * len(walk.segment)
    circles: list[list[int]] = []
    touches: list[frozenset[int]] = []
    for origin in [yard, *rng.sample(range(roads.nodes), roads.nodes)]:
        path: list[int] = []
        places, seen = [origin], {origin: 0}
        while (step := next_drive(leaving[places[-1]], used, seen)) is not None:
            drive, at = step
            used[drive] = True
            path.append(drive)
            if at not in seen:
                seen[at] = len(path)
                places.append(at)
                continue
            since = seen[at]
            circles.append(path[since:])
            touches.append(frozenset(places[since:]))
            for place in places[since + 1 :]:
                del seen[place]
            del path[since:], places[since + 1 :]
    length = np.array([float(roads.length_m[walk.segment[c]].sum()) for c in circles])
    return Circles(tuple(tuple(c) for c in circles), length, tuple(touches))


def next_drive(
    choices: list[tuple[int, int]], used: list[bool], seen: dict[int, int]
) -> tuple[int, int] | None:
    """An unused drive from here: one that closes a circle if there is any."""
    choices[:] = [choice for choice in choices if not used[choice[0]]]
    for choice in choices:
        if choice[1] in seen:
            return choice
    return choices[-1] if choices else None


def crew_walk(
    roads: RoadGraph, yard: int, crews: int, watch: Watch, directed: bool
) -> tuple[Traversals, float]:
    """A walk that leaves the yard's surroundings once per crew, and a bound on the longest route.

    Take a set S of junctions around the yard whose streets measure w. Either every crew leaves S,
    and together they drive at least the bound W of the walk that does so often: the longest is
    at least W / crews. Or one crew stays inside; its closed walk can be thinned to at most two
    drives a street, so the others drive at least B − 2w of the (undirected) postman's bound B:
    the longest is at least (B − 2w) / (crews − 1). The weaker of the two holds for certain.
    """
    if crews == 1:
        walk = postman(roads, watch, directed)
        return walk, walk.proof.bound
    free = postman(roads.without_directions(), watch)
    plain = free.proof.bound
    room_m = (plain - 1.12 * plain * (crews - 1) / crews) / 2
    distance = roads.without_directions().from_node(yard, "length")
    shells: list[tuple[BoolArray, int]] = []
    widest = 0.0
    for radius in np.unique(np.sort(distance)[: roads.nodes // 2]):
        inside = distance <= radius
        within = inside[roads.tail] & inside[roads.head]
        measure = float(roads.length_m[within].sum())
        if measure > room_m or len(shells) >= 40:
            break
        widest = measure
        shells.append((inside, crews))
    walk = postman(roads, watch, directed, gap=_WALK_GAP) if directed else free
    if not all(leavings(walk, inside) >= crews for inside, _ in shells):
        try:
            walk = postman(roads, watch, directed, gap=_WALK_GAP, shells=tuple(shells))
        except ConfigError:
            if directed:
                raise
            # No time for the tighter walk: the free one is shared instead, and its bound holds.
            walk = free
    share = walk.proof.bound / crews
    stay = (plain - 2 * widest) / (crews - 1)
    return walk, max(plain / crews, min(share, stay))


def leavings(walk: Traversals, inside: BoolArray) -> int:
    """How often a walk leaves a set of junctions (both ways count for an undirected walk)."""
    return int((inside[walk.start] != inside[walk.end]).sum()) // 2


class Ways:
    """The shortest ways from the yard to every junction and back, in metres and in drives."""

    def __init__(self, graph: RoadGraph, yard: int) -> None:
        self._yard = yard
        matrix = graph.matrix("length")
        self.out_m, self._before = dijkstra(matrix, indices=yard, return_predecessors=True)
        back = dijkstra(matrix.T.tocsr(), indices=yard, return_predecessors=True)
        self.back_m, self._after = back
        self._segment: dict[tuple[int, int], int] = {}
        for e in np.argsort(graph.length_m, kind="stable").tolist():
            a, b = int(graph.tail[e]), int(graph.head[e])
            self._segment.setdefault((a, b), e)
            if not graph.one_way[e]:
                self._segment.setdefault((b, a), e)

    def there_and_back(self, junction: int) -> list[tuple[int, int, int]]:
        """The drives (segment, from, to) of both ways; in any order they make one closed walk."""
        drives: list[tuple[int, int, int]] = []
        at = junction
        while at != self._yard:
            origin = int(self._before[at])
            drives.append((self._segment[origin, at], origin, at))
            at = origin
        at = junction
        while at != self._yard:
            target = int(self._after[at])
            drives.append((self._segment[at, target], at, target))
            at = target
        return drives


class Deal:
    """Who drives which circle, and what each crew's route then measures."""

    def __init__(self, circles: Circles, there_and_back_m: FloatArray, yard: int) -> None:
        self.circles = circles
        self.link_m = there_and_back_m
        self.yard = yard

    def length(self, mine: list[int]) -> tuple[float, list[int]]:
        """Route length: circles plus the way to each group of them; a junction per group."""
        total = float(self.circles.length_m[mine].sum()) if mine else 0.0
        links: list[int] = []
        for group in self.groups(mine):
            if self.yard in group:
                continue
            nearest = min(group, key=lambda v: (float(self.link_m[v]), v))
            links.append(nearest)
            total += float(self.link_m[nearest])
        return total, links

    def torn_off(self, mine: list[int], circle: int) -> set[int]:
        """The circle, and those that only it connects to the yard."""
        rest = [c for c in mine if c != circle]
        held = next((group for group in self.groups(rest) if self.yard in group), None)
        if held is None:
            return {circle}
        return {circle, *(c for c in rest if not self.circles.touches[c] <= held)}

    def groups(self, mine: list[int]) -> list[set[int]]:
        """Junctions of each group of circles that touch."""
        groups: list[set[int]] = []
        for c in mine:
            merged = set(self.circles.touches[c])
            apart = []
            for group in groups:
                if group.isdisjoint(merged):
                    apart.append(group)
                else:
                    merged |= group
            groups = [*apart, merged]
        return groups


def share_out(
    roads: RoadGraph,
    walk: Traversals,
    yard: int,
    crews: int,
    watch: Watch,
    directed: bool,
    bound: float,
    attempts: int = 60,
    enough: float = 0.015,
) -> tuple[list[CrewRoute], Proof]:
    """Routes of the crews from the yard and the proof of the longest one.

    `bound` is that of `crew_walk`; somebody also drives to the furthest street and back. Stops
    after `attempts` ways to take the walk apart, or once the longest route is within `enough`
    of the bound.
    """
    graph = roads if directed else roads.without_directions()
    ways = Ways(graph, yard)
    bound = max(bound, furthest_m(graph, walk, ways))
    best: tuple[float, Deal, list[int]] | None = None
    rng = random.Random(1)
    for attempt in range(1 if crews == 1 else attempts):
        circles = take_apart(walk, roads, yard, directed or attempt % 2 == 1, rng)
        deal = Deal(circles, ways.out_m + ways.back_m, yard)
        owner = first_deal(roads, walk, circles, yard, crews, rng.random() * 6.28)
        owner, value = anneal(deal, owner, crews, watch, rng)
        if best is None or value < best[0]:
            best = (value, deal, owner)
        watch.tell(best[0], bound)
        if best[0] <= bound * (1 + enough) or (attempt and watch.expired):
            break
    assert best is not None
    _, deal, owner = best
    shares: list[list[int]] = [[] for _ in range(crews)]
    for number, crew in enumerate(owner):
        shares[crew].append(number)
    routes = [route_of(graph, walk, deal, mine, ways, directed) for mine in shares]
    longest = max(route.length_m for route in routes)
    return routes, Proof(longest, min(bound, longest), watch.elapsed_s)


def furthest_m(graph: RoadGraph, walk: Traversals, ways: Ways) -> float:
    """Metres to the furthest street, along it, and back to the yard."""
    used = np.unique(walk.segment)
    tail, head = graph.tail[used], graph.head[used]
    ahead = ways.out_m[tail] + ways.back_m[head]
    against = np.where(graph.one_way[used], np.inf, ways.out_m[head] + ways.back_m[tail])
    return float((np.minimum(ahead, against) + graph.length_m[used]).max())


def first_deal(
    roads: RoadGraph, walk: Traversals, circles: Circles, yard: int, crews: int, turn: float
) -> list[int]:
    """Sectors around the yard with equal lengths, the first beginning at the angle `turn`."""
    angle = []
    for circle in circles.drives:
        ends = walk.end[list(circle)]
        x = float(roads.x_m[ends].mean() - roads.x_m[yard])
        y = float(roads.y_m[ends].mean() - roads.y_m[yard])
        angle.append((math.atan2(y, x) + turn) % (2 * math.pi))
    order = np.argsort(angle)
    share = np.cumsum(circles.length_m[order]) / circles.length_m.sum()
    owner = np.zeros(len(order), dtype=int)
    owner[order] = np.minimum((share * crews - 1e-9).astype(int), crews - 1)
    return [int(crew) for crew in owner]


def anneal(
    deal: Deal,
    owner: list[int],
    crews: int,
    watch: Watch,
    rng: random.Random,
    tries: int = 3000,
) -> tuple[list[int], float]:
    """Pass or exchange circles between crews; squared lengths fall, and with them the longest."""
    mine = [[c for c, k in enumerate(owner) if k == crew] for crew in range(crews)]
    lengths = [deal.length(group)[0] for group in mine]
    mean = sum(lengths) / crews
    best, best_value = list(owner), max(lengths)
    if crews == 1:
        return best, best_value
    for step in range(tries):
        if watch.expired:
            break
        heat = 0.002 * (1 - step / tries) + 1e-7
        source = max(range(crews), key=lengths.__getitem__) if step % 2 else rng.randrange(crews)
        target = rng.randrange(crews)
        if source == target or len(mine[source]) < 2:
            continue
        given = deal.torn_off(mine[source], rng.choice(mine[source]))
        taken = set()
        if mine[target] and rng.random() < 0.4:
            taken = deal.torn_off(mine[target], rng.choice(mine[target]))
        a = [c for c in mine[source] if c not in given] + sorted(taken)
        b = [c for c in mine[target] if c not in taken] + sorted(given)
        after = deal.length(a)[0], deal.length(b)[0]
        before = lengths[source], lengths[target]
        change = sum((x / mean) ** 4 for x in after) - sum((x / mean) ** 4 for x in before)
        if change <= 0 or rng.random() < math.exp(-change / heat):
            mine[source], mine[target] = a, b
            lengths[source], lengths[target] = after
            if max(lengths) < best_value:
                best_value = max(lengths)
                best = [next(k for k in range(crews) if c in mine[k]) for c in range(len(owner))]
    return best, best_value


def route_of(
    graph: RoadGraph, walk: Traversals, deal: Deal, mine: list[int], ways: Ways, directed: bool
) -> CrewRoute:
    """A crew's circles and the ways to them as one closed walk from the yard."""
    _, links = deal.length(mine)
    drives = [k for c in mine for k in deal.circles.drives[c]]
    parts = [(int(walk.segment[k]), int(walk.start[k]), int(walk.end[k])) for k in drives]
    for junction in links:
        parts += ways.there_and_back(junction)
    table = np.array(parts, dtype=np.int64).reshape(-1, 3)
    if not directed:
        table = np.column_stack(orient(graph, table[:, 0]))
    signs = graph.banned if directed else NO_TURNS
    order, wrong = closed_tour(table[:, 0], table[:, 1], table[:, 2], deal.yard, signs)
    table = table[order]
    length = float(graph.length_m[table[:, 0]].sum())
    return CrewRoute(table[:, 0], table[:, 1], table[:, 2], length, wrong)
