"""Coverage problems on a cost matrix: maximal covering (MCLP) and set covering (LSCP).

R. Church, C. ReVelle, "The maximal covering location problem", 1974;
C. Toregas et al., "The location of emergency service facilities", 1971.
"""

from dataclasses import dataclass

import numpy as np

from sergek.core.errors import ConfigError
from sergek.planning.arrays import BoolArray, FloatArray, IntArray
from sergek.planning.milp import LinearModel
from sergek.planning.proof import Proof, Watch

__all__ = ["Cover", "solve_lscp", "solve_mclp"]


@dataclass(frozen=True, slots=True)
class Cover:
    """The chosen sites, which clients they cover, and the proof."""

    sites: IntArray
    covered: BoolArray
    proof: Proof


def merge_clients(near: BoolArray, demand: FloatArray) -> tuple[BoolArray, FloatArray]:
    """Clients with the same covering sites become one (exact, and often much smaller)."""
    patterns, inverse = np.unique(near, axis=1, return_inverse=True)
    weight = np.zeros(patterns.shape[1])
    np.add.at(weight, inverse.ravel(), demand)
    useful = patterns.any(axis=0) & (weight > 0)
    return patterns[:, useful], weight[useful]


def reached_by(near: BoolArray, picked: BoolArray) -> BoolArray:
    """Clients that some picked site covers."""
    return np.asarray(near[picked].any(axis=0), dtype=np.bool_)


def solve_mclp(
    costs: FloatArray, demand: FloatArray, radius: float, p: int, watch: Watch | None = None
) -> Cover:
    """p sites (rows of `costs`, sites × clients) covering the most demand within the radius."""
    watch = watch or Watch()
    if not 1 <= p <= costs.shape[0]:
        raise ConfigError(f"p = {p} is not between 1 and the {costs.shape[0]} candidate sites")
    if (demand < 0).any():
        raise ConfigError("a demand is negative")
    near = costs <= radius
    patterns, weight = merge_clients(near, demand)
    model = LinearModel("max")
    chosen = model.binaries([0.0] * costs.shape[0])
    covered = model.columns(weight, 0.0, 1.0)
    model.row(chosen, 1.0, upper=float(p))
    for client, column in enumerate(covered):
        sites = chosen[patterns[:, client]]
        model.row([*sites, column], [1.0] * len(sites) + [-1.0], lower=0.0)
    solution = model.solve(watch)
    picked = solution.x[chosen] > 0.5 if solution.x is not None else np.zeros(len(chosen), bool)
    reached = reached_by(near, picked)
    value = float(demand[reached].sum())
    bound = min(max(solution.bound, value), float(demand[near.any(axis=0)].sum()))
    proof = Proof(value, max(bound, value), watch.elapsed_s, "max")
    return Cover(np.flatnonzero(picked), reached, proof)


def solve_lscp(costs: FloatArray, radius: float, watch: Watch | None = None) -> Cover:
    """The fewest sites that cover every client within the radius; `ConfigError` names the lost."""
    watch = watch or Watch()
    near = costs <= radius
    lost = np.flatnonzero(~near.any(axis=0))
    if len(lost):
        raise ConfigError(
            f"{len(lost)} of {near.shape[1]} clients are further than {radius:g} from every site "
            f"(the first is number {lost[0] + 1}); the smallest workable radius is "
            f"{costs.min(axis=0).max():g}"
        )
    patterns, _ = merge_clients(near, np.ones(near.shape[1]))
    model = LinearModel("min")
    chosen = model.binaries([1.0] * costs.shape[0])
    for client in range(patterns.shape[1]):
        model.row(chosen[patterns[:, client]], 1.0, lower=1.0)
    solution = model.solve(watch)
    picked = solution.x[chosen] > 0.5 if solution.x is not None else np.ones(len(chosen), bool)
    value = float(picked.sum())
    bound = float(np.ceil(max(solution.bound, 1.0) - 1e-6))
    proof = Proof(value, min(bound, value), watch.elapsed_s)
    return Cover(np.flatnonzero(picked), reached_by(near, picked), proof)
