"""Good medians fast: greedy start and the best interchange (Teitz & Bart; Resende & Werneck)."""

import numpy as np

from sergek.planning.arrays import FloatArray, IntArray

__all__ = ["greedy_medians", "interchange", "median_cost"]


def median_cost(costs: FloatArray, medians: IntArray) -> float:
    """Sum over clients of the cost of the nearest median; `costs` is facilities × clients."""
    return float(costs[medians].min(axis=0).sum())


def greedy_medians(costs: FloatArray, p: int) -> IntArray:
    """p facilities, each the one that lowers the cost most."""
    nearest = np.full(costs.shape[1], costs.max())
    chosen: list[int] = []
    for _ in range(p):
        totals = np.minimum(costs, nearest).sum(axis=1)
        totals[chosen] = np.inf
        best = int(totals.argmin())
        chosen.append(best)
        nearest = np.minimum(nearest, costs[best])
    return np.array(chosen, dtype=np.int64)


def interchange(costs: FloatArray, medians: IntArray, rounds: int = 200) -> tuple[IntArray, float]:
    """Swap one median in and one out while that lowers the cost; the best swap each round.

    The profit of a swap splits as gain(in) − loss(out) + extra(in, out)
    (Resende & Werneck 2007), all three computed for every pair by array arithmetic.
    """
    chosen = medians.copy()
    clients = np.arange(costs.shape[1])
    for _ in range(rounds):
        rows = costs[chosen]
        order = np.argpartition(rows, 1, axis=0) if len(chosen) > 1 else None
        first = rows.argmin(axis=0)
        best = rows[first, clients]
        if order is None:
            second = np.full(len(clients), np.inf)
        else:
            rows = rows.copy()
            rows[first, clients] = np.inf
            second = rows.min(axis=0)
        change = swap_changes(costs, best, second, first, len(chosen))
        change[chosen] = np.inf
        entering, leaving = np.unravel_index(int(change.argmin()), change.shape)
        if change[entering, leaving] >= -1e-9:
            break
        chosen[leaving] = entering
    return chosen, median_cost(costs, chosen)


def swap_changes(
    costs: FloatArray, best: FloatArray, second: FloatArray, first: IntArray, p: int
) -> FloatArray:
    """Change of the cost for (facility in, median out), facilities × p."""
    gain = np.minimum(costs - best, 0.0)
    keep = np.minimum(costs, second) - best - gain
    member = np.zeros((len(best), p))
    member[np.arange(len(best)), first] = 1.0
    change: FloatArray = gain.sum(axis=1)[:, None] + keep @ member
    return change
