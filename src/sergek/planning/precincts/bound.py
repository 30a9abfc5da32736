"""What no division into precincts can beat: largest load, moved residents, distance."""

import math

import numpy as np
from scipy.spatial import cKDTree

from sergek.planning.arrays import FloatArray, IntArray
from sergek.planning.location.pmedian import lagrangian_bound
from sergek.planning.precincts.problem import Districting

__all__ = [
    "allotment",
    "distance_bound",
    "load_bound",
    "moved_bound",
    "resident_distance",
]


def load_bound(problem: Districting) -> float:
    """The least possible largest load.

    A block is not divided, and a precinct lies in one piece of the city: with largest load U a
    piece of weight W needs ⌈W/U⌉ precincts, so the least U with Σ⌈W/U⌉ ≤ count is a bound. It is
    one of the numbers W/m.
    """
    weights = piece_weights(problem)
    steps = np.concatenate([weights / m for m in range(1, problem.count + 1)])
    steps = np.unique(np.append(steps, problem.load.max()))
    steps = steps[steps >= max(problem.load.max(), problem.load.sum() / problem.count) - 1e-9]
    low, high = 0, len(steps) - 1
    while low < high:
        middle = (low + high) // 2
        if precincts_needed(weights, steps[middle]) <= problem.count:
            high = middle
        else:
            low = middle + 1
    return float(steps[low])


def piece_weights(problem: Districting) -> FloatArray:
    """Load of each piece that barriers leave."""
    weights: FloatArray = np.bincount(problem.piece, weights=problem.load).astype(float)
    return weights


def precincts_needed(weights: FloatArray, ceiling: float) -> int:
    """Σ⌈W/U⌉, at least one for each piece."""
    return int(np.maximum(np.ceil(weights / ceiling - 1e-9), 1).sum())


def allotment(problem: Districting) -> IntArray:
    """Precincts for each piece so that the bound can be reached; spare ones where load is highest.

    A piece never gets more precincts than it has blocks.
    """
    weights, ceiling = piece_weights(problem), load_bound(problem)
    blocks = np.bincount(problem.piece)
    shares = np.maximum(np.ceil(weights / ceiling - 1e-9), 1).astype(np.int64)
    while shares.sum() < problem.count:
        ratio = np.where(shares < blocks, weights / shares, -1.0)
        shares[int(ratio.argmax())] += 1
    return shares


def moved_bound(problem: Districting, ceiling: float) -> float:
    """Residents that must change precinct before no precinct of today exceeds the ceiling.

    Each overloaded precinct sheds at least its excess; the fewest residents for that much load
    is the fractional knapsack of its blocks, dearest load per resident first. Precincts beyond
    `count` are ignored, so the bound holds for any number of new ones.
    """
    total = 0.0
    for k in range(int(problem.today.max(initial=-1)) + 1):
        mine = np.flatnonzero(problem.today == k)
        excess = float(problem.load[mine].sum() - ceiling)
        if excess <= 0:
            continue
        ratio = problem.load[mine] / np.maximum(problem.residents[mine], 1e-9)
        for i in mine[np.argsort(-ratio)]:
            part = min(1.0, excess / problem.load[i]) if problem.load[i] > 0 else 0.0
            total += part * float(problem.residents[i])
            excess -= part * float(problem.load[i])
            if excess <= 1e-9:
                break
    return total


def resident_distance(problem: Districting, owner: IntArray) -> float:
    """Σ residents × straight distance (m) to the block of their precinct that makes it least."""
    total = 0.0
    for k in range(problem.count):
        mine = np.flatnonzero(owner == k)
        x, y = problem.x_m[mine], problem.y_m[mine]
        between = np.hypot(x[:, None] - x, y[:, None] - y)
        total += float((between @ problem.residents[mine]).min())
    return total


def distance_bound(problem: Districting, target: float, nearest: int = 250) -> float:
    """A bound on `resident_distance`: the p-median without balance, contiguity or reach.

    `target` is the distance of any division; each block may be served by its nearest blocks.
    """
    points = np.column_stack([problem.x_m, problem.y_m])
    nearest = min(nearest, problem.blocks)
    distance, site = cKDTree(points).query(points, k=nearest)
    cost = (distance.reshape(problem.blocks, -1) * problem.residents[:, None]).ravel()
    client = np.repeat(np.arange(problem.blocks), nearest)
    order = np.argsort(site.ravel(), kind="stable")
    bound = lagrangian_bound(site.ravel()[order], client[order], cost[order], problem.count, target)
    return bound if math.isfinite(bound) else 0.0
