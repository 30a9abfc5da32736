"""Draw precincts with a proof, and balance them again after a person's edit."""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from scipy.optimize import linear_sum_assignment

from sergek.planning.arrays import IntArray
from sergek.planning.precincts.bound import (
    distance_bound,
    load_bound,
    moved_bound,
    resident_distance,
)
from sergek.planning.precincts.exact import solve_exact
from sergek.planning.precincts.improve import Schedule, Weights, improve
from sergek.planning.precincts.problem import Districting
from sergek.planning.precincts.start import fresh_division, todays_division
from sergek.planning.proof import Proof, Watch

__all__ = ["Division", "assess", "draw_precincts", "rebalance"]

_GAP = 0.03

# Up to this many blocks the exact model is tried first.
EXACT_BLOCKS = 24


@dataclass(frozen=True, slots=True)
class Division:
    """A division, its stations, and three proofs.

    `load` proves the largest load. `distance` and `moved` compare the residents' mean distance
    (m) to their precinct's middle, and the residents who change precinct, with bounds that hold
    for every division (for `moved`: for every division with this largest load).
    """

    owner: IntArray
    stations: IntArray
    load: Proof
    distance: Proof
    moved: Proof
    border_km: float


def assess(problem: Districting, owner: IntArray, bound: float, watch: Watch) -> Division:
    """Measure a division against its bounds."""
    value = problem.max_load(owner)
    people = float(problem.residents.sum()) or 1.0
    metres = resident_distance(problem, owner)
    nearest = distance_bound(problem, metres)
    moved = problem.moved(owner)
    seconds = watch.elapsed_s
    return Division(
        owner=owner,
        stations=problem.stations_of(owner),
        load=Proof(value, min(bound, value), seconds),
        distance=Proof(metres / people, min(nearest, metres) / people, seconds),
        moved=Proof(moved, min(moved_bound(problem, value), moved), seconds),
        border_km=problem.cut_m(owner) / 1000,
    )


def draw_precincts(
    problem: Districting,
    watch: Watch,
    gap: float = _GAP,
    start: Literal["today", "fresh"] = "today",
    rounds: int = 1_000_000,
) -> Division:
    """Divide the city so that the largest load is within `gap` of its bound, if time allows.

    From "today" few residents change precinct; "fresh" is more compact. Small cases are solved
    exactly.
    """
    bound = load_bound(problem)
    if problem.blocks <= EXACT_BLOCKS:
        owner, bound = solve_exact(problem, watch, bound)
        return assess(problem, match_names(problem, owner), bound, watch)
    if start == "today" and (problem.today >= 0).any():
        owner, moved_k = todays_division(problem), 1.0
    else:
        owner, moved_k = fresh_division(problem), 0.0
    ceiling = bound * (1 + 0.75 * gap)
    owner = balance(problem, owner, ceiling, watch, rounds, moved_k)
    if (problem.loads(owner) <= ceiling).all():
        calm = Weights(ceiling, overload=20_000.0, spread=0.0, border_km=4.0, moved_k=2 * moved_k)
        owner = improve(problem, owner, calm, watch, Schedule(rounds, 0.3), None, bound)
    return assess(problem, match_names(problem, owner), bound, watch)


def balance(
    problem: Districting,
    owner: IntArray,
    ceiling: float,
    watch: Watch,
    rounds: int,
    moved_k: float,
) -> IntArray:
    """Anneal the city, then again and hotter each piece that is still above the ceiling."""
    bound = load_bound(problem)
    loose = Weights(ceiling, overload=1_000.0, spread=100.0, moved_k=moved_k)
    owner = improve(problem, owner, loose, watch, Schedule(rounds, 3.0), None, bound)
    for attempt in range(12):
        heavy = np.unique(problem.piece[problem.loads(owner)[owner] > ceiling])
        if not len(heavy) or watch.expired:
            break
        strict = Weights(ceiling, overload=20_000.0, spread=100.0, moved_k=moved_k)
        for piece in heavy:
            blocks = np.flatnonzero(problem.piece == piece)
            tries = min(rounds // 2, 50_000 + 500 * len(blocks))
            schedule = Schedule(tries, 0.5 * 1.5 ** (attempt % 5), attempt)
            owner = improve(problem, owner, strict, watch, schedule, blocks, bound)
    return owner


def match_names(problem: Districting, owner: IntArray) -> IntArray:
    """Number precincts so that as many residents as possible keep theirs (assignment problem)."""
    if not (problem.today >= 0).any():
        return owner
    size = max(problem.count, int(problem.today.max()) + 1)
    stay = np.zeros((size, size))
    known = problem.today >= 0
    np.add.at(stay, (owner[known], problem.today[known]), problem.residents[known] + 1e-6)
    # A number beyond the count would name no precinct of the plan.
    rows, columns = linear_sum_assignment(stay[: problem.count, : problem.count], maximize=True)
    name = np.empty(problem.count, dtype=np.int64)
    name[rows] = columns
    return name[owner]


def rebalance(
    problem: Districting,
    owner: IntArray,
    pinned: IntArray,
    watch: Watch,
) -> IntArray:
    """After an edit: pinned blocks stay where the person put them, others near them give way.

    Works on the pieces of the city that the edit touches; call with a watch of two seconds.
    """
    bound = load_bound(problem)
    ceiling = bound * (1 + 0.75 * _GAP)
    fixed = np.zeros(problem.blocks, bool)
    fixed[pinned] = True
    touched = np.isin(problem.piece, problem.piece[pinned]) if len(pinned) else ~fixed
    active = np.flatnonzero(touched & ~fixed)
    weights = Weights(ceiling, overload=20_000.0, spread=0.0, moved_k=4.0)
    drawn = replace(problem, today=owner)
    for attempt in range(4):
        if watch.expired or (problem.loads(owner) <= ceiling).all():
            break
        schedule = Schedule(50_000, 0.2 * 2**attempt, attempt)
        owner = improve(drawn, owner, weights, watch, schedule, active, bound)
    return owner
