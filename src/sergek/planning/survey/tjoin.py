"""The cheapest set of edges to drive twice: a minimum T-join, T the junctions of odd degree.

The edges' polyhedron is described by the odd cuts x(δ(U)) ≥ 1, |U ∩ T| odd (J. Edmonds,
E. L. Johnson, "Matching, Euler tours and the Chinese postman", Mathematical Programming 5, 1973).
Cuts are added as the linear program violates them; should the search for violated cuts end at a
fractional point, a mixed-integer program with parities finishes. When the time is up before that,
junctions are paired greedily: the bound found so far still holds, and the gap says how good it is.
"""

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from sergek.planning.arrays import BoolArray, FloatArray, IntArray
from sergek.planning.milp import LinearModel
from sergek.planning.proof import Watch
from sergek.planning.survey.pairing import paired_tjoin

__all__ = ["minimum_tjoin"]

Cut = tuple[int, ...]
# At least this many drives over these edges.
Demand = tuple[IntArray, int]


def minimum_tjoin(
    nodes: int,
    tail: IntArray,
    head: IntArray,
    cost: FloatArray,
    odd: BoolArray,
    watch: Watch,
    demands: tuple[Demand, ...] = (),
) -> tuple[IntArray, float]:
    """How often each edge is in a T-join (exactly the `odd` junctions get odd degree), a bound.

    The graph is undirected; every connected piece must hold an even number of odd junctions.
    `demands` asks for more: at least so many edges (repeats count) out of each set.
    """
    usable = tail != head
    cuts: dict[Cut, None] = {}
    for v in np.flatnonzero(odd):
        cuts[crossing(tail, head, np.arange(nodes) == v, usable)] = None
    bound = 0.0
    while not watch.expired:
        model, columns = program(cost, cuts, demands)
        solution = model.solve(watch)
        if solution.x is None:
            break
        bound = max(bound, solution.bound)
        x = solution.x[columns]
        fresh = violated(nodes, tail, head, x, odd, usable) - set(cuts)
        if not fresh:
            if not demands and np.all(np.minimum(x, np.abs(1 - x)) < 1e-6):
                return np.round(x).astype(np.int64), bound
            break
        cuts.update(dict.fromkeys(sorted(fresh)))
        watch.tell(None, bound)
    model, columns = program(cost, cuts, demands)
    try:
        found, bound = finish(model, columns, (tail, head), odd, watch, bound)
    except TimeoutError:
        if demands:
            raise
        return paired_tjoin(nodes, tail, head, cost, odd), bound
    if demands or cost @ found <= bound * (1 + 1e-6):
        return found, bound
    # Cut short, the program may hold nothing better than every street driven twice.
    paired = paired_tjoin(nodes, tail, head, cost, odd)
    return (found if cost @ found <= cost @ paired else paired), bound


def program(
    cost: FloatArray, cuts: dict[Cut, None], demands: tuple[Demand, ...]
) -> tuple[LinearModel, IntArray]:
    """The linear program with the cuts so far."""
    model = LinearModel("min")
    most = max([1.0, *(float(need) for _, need in demands)])
    columns = model.columns(cost, 0.0, most)
    for edges, need in demands:
        model.row(columns[edges], 1.0, lower=float(need))
    for cut in cuts:
        model.row(columns[list(cut)], 1.0, lower=1.0)
    return model, columns


def crossing(tail: IntArray, head: IntArray, side: BoolArray, usable: BoolArray) -> Cut:
    """Edges with one end on the side."""
    return tuple(np.flatnonzero((side[tail] != side[head]) & usable).tolist())


def violated(
    nodes: int,
    tail: IntArray,
    head: IntArray,
    x: FloatArray,
    odd: BoolArray,
    usable: BoolArray,
) -> set[Cut]:
    """Odd cuts with x(δ(U)) < 1, found as components of the edges above several thresholds."""
    found: set[Cut] = set()
    for threshold in (1e-6, 0.2, 0.34, 0.49, 0.51, 0.7, 0.95):
        strong = (x > threshold) & usable
        ends = (tail[strong], head[strong])
        graph = coo_matrix((np.ones(len(ends[0])), ends), shape=(nodes, nodes))
        count, label = connected_components(graph, directed=False)
        parity = np.bincount(label, weights=odd, minlength=count).astype(int) % 2
        flow = np.zeros(count)
        outer = (label[tail] != label[head]) & usable
        np.add.at(flow, label[tail[outer]], x[outer])
        np.add.at(flow, label[head[outer]], x[outer])
        for part in np.flatnonzero((parity == 1) & (flow < 1 - 1e-6)):
            found.add(crossing(tail, head, label == part, usable))
    return found


def finish(
    model: LinearModel,
    edges: IntArray,
    ends: tuple[IntArray, IntArray],
    odd: BoolArray,
    watch: Watch,
    bound: float,
) -> tuple[IntArray, float]:
    """The same with whole edges and parities: degree = 2 z + (1 where odd)."""
    for column in edges:
        model.integer[column] = True
    halves = model.columns([0.0] * len(odd), integer=True)
    touching: list[list[int]] = [[] for _ in odd]
    for e, (a, b) in enumerate(zip(*ends, strict=True)):
        if a != b:
            touching[a].append(e)
            touching[b].append(e)
    for v, mine in enumerate(touching):
        signs = [1.0] * len(mine) + [-2.0]
        model.row([*edges[mine], halves[v]], signs, float(odd[v]), float(odd[v]))
    solution = model.solve(Watch(max(watch.left_s, 5.0), watch.progress))
    if solution.x is None:
        raise TimeoutError
    return np.round(solution.x[edges]).astype(np.int64), max(bound, solution.bound)
