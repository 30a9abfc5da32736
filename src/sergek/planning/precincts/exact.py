"""Small divisions exactly: a mixed-integer model with contiguity by flow.

Each precinct is named by its block of lowest number (its root), so that no division is counted
twice; a commodity flows from the root to every other block of the precinct (T. Shirabe,
"Districting modeling with exact contiguity constraints", Environment and Planning B 36, 2009).
"""

import numpy as np

from sergek.core.errors import ConfigError
from sergek.planning.arrays import IntArray
from sergek.planning.milp import Infeasible, LinearModel
from sergek.planning.precincts.problem import Districting
from sergek.planning.proof import Watch

__all__ = ["solve_exact"]


def solve_exact(problem: Districting, watch: Watch, bound: float) -> tuple[IntArray, float]:
    """The division with the least largest load, and the bound proved; `ConfigError` if none."""
    n = problem.blocks
    model = LinearModel("min")
    largest = model.columns([1.0], lower=bound)[0]
    assign = np.full((n, n), -1, dtype=np.int64)
    for root in range(n):
        assign[root:, root] = model.binaries([0.0] * (n - root))
    for i in range(n):
        model.row(assign[i, : i + 1], 1.0, 1.0, 1.0)
    roots = [assign[root, root] for root in range(n)]
    model.row(roots, 1.0, float(problem.count), float(problem.count))
    for root in range(n):
        mine = assign[root:, root]
        model.row([*mine, largest], [*problem.load[root:], -1.0], upper=0.0)
        for column in mine[1:]:
            model.row([column, roots[root]], [1.0, -1.0], upper=0.0)
        add_flow(model, problem, assign, root)
        add_stations(model, problem, assign, root)
    try:
        solution = model.solve(watch)
    except Infeasible:
        raise ConfigError(why_none(problem)) from None
    if solution.x is None:
        raise ConfigError("no division was found in the time given; allow more")
    chosen = np.array([solution.x[assign[i, : i + 1]].argmax() for i in range(n)])
    order = {int(root): k for k, root in enumerate(np.unique(chosen))}
    owner = np.array([order[int(root)] for root in chosen], dtype=np.int64)
    return owner, max(bound, solution.bound)


def add_flow(model: LinearModel, problem: Districting, assign: IntArray, root: int) -> None:
    """Every block of the root's precinct receives one unit that came from the root."""
    n = problem.blocks
    inflow: dict[int, list[int]] = {v: [] for v in range(root, n)}
    outflow: dict[int, list[int]] = {v: [] for v in range(root, n)}
    for u in range(root, n):
        for v, _ in problem.around[u]:
            if v <= root:
                continue
            arc = int(model.columns([0.0], 0.0, float(n))[0])
            inflow[v].append(arc)
            outflow[u].append(arc)
    for v in range(root + 1, n):
        column = assign[v, root]
        model.row([*inflow[v], column], [1.0] * len(inflow[v]) + [-float(n)], upper=0.0)
        arcs = [*inflow[v], *outflow[v], column]
        signs = [1.0] * len(inflow[v]) + [-1.0] * len(outflow[v]) + [-1.0]
        model.row(arcs, signs, 0.0, 0.0)


def add_stations(model: LinearModel, problem: Districting, assign: IntArray, root: int) -> None:
    """One station reaches every block of the root's precinct in time."""
    if all(mask == -1 for mask in problem.reach):
        return
    stations = range(max(mask.bit_length() for mask in problem.reach))
    serving = model.binaries([0.0] * len(stations))
    model.row([*serving, assign[root, root]], [1.0] * len(serving) + [-1.0], 0.0, 0.0)
    for i in range(root, problem.blocks):
        near = [int(serving[s]) for s in stations if problem.reach[i] >> s & 1]
        model.row([*near, assign[i, root]], [1.0] * len(near) + [-1.0], lower=0.0)


def why_none(problem: Districting) -> str:
    """Why no division exists: the pieces, then the stations."""
    pieces = int(problem.piece.max()) + 1
    if problem.count < pieces:
        return f"barriers leave {pieces} pieces, more than the {problem.count} precincts"
    if problem.count > problem.blocks:
        return f"{problem.count} precincts cannot be made of {problem.blocks} blocks"
    return (
        f"the blocks can be divided into {problem.count} contiguous precincts, but not so that "
        "one station reaches all blocks of each in time: allow more minutes or more precincts"
    )
