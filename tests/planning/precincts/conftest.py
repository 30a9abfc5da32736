"""Small made-up division problems, and all divisions of them by brute force."""

from itertools import product

import numpy as np
import pytest

from sergek.planning.city.blocks import block_pieces
from sergek.planning.city.model import Neighbours
from sergek.planning.precincts.problem import Districting


def make_grid_problem(rng, wide, high, count, stations=0) -> Districting:
    """A grid of blocks with random loads; some borders are barriers."""
    n = wide * high
    pairs = []
    for i in range(n):
        x, y = i % wide, i // wide
        for j in ([i + 1] if x + 1 < wide else []) + ([i + wide] if y + 1 < high else []):
            if rng.random() < 0.93:
                pairs.append(Neighbours(i, j, float(rng.integers(50, 200))))
    around = [[] for _ in range(n)]
    for pair in pairs:
        around[pair.first].append((pair.second, pair.border_m))
        around[pair.second].append((pair.first, pair.border_m))
    pieces, piece = block_pieces(n, tuple(pairs))
    reach = (-1,) * n
    travel = np.zeros((stations, n))
    if stations:
        travel = rng.random((stations, n)) * 600
        near = travel < 500
        near[0] |= ~near.any(axis=0)
        reach = tuple(int(sum(1 << s for s in range(stations) if near[s, i])) for i in range(n))
    residents = rng.integers(1, 100, n).astype(float)
    return Districting(
        load=residents,
        residents=residents,
        x_m=np.arange(n) % wide * 100.0,
        y_m=np.arange(n) // wide * 100.0,
        around=tuple(tuple(near) for near in around),
        reach=reach,
        today=np.full(n, -1),
        count=max(count, pieces),
        piece=np.array(piece),
        travel_s=travel,
    )


def find_best(problem: Districting) -> float | None:
    """The least largest load over all valid divisions; None if there is none."""
    best = None
    for rest in product(range(problem.count), repeat=problem.blocks - 1):
        owner = np.array((0, *rest))
        if len(set(owner.tolist())) < problem.count:
            continue
        value = problem.max_load(owner)
        if (best is None or value < best) and not problem.problems(owner):
            best = value
    return best


@pytest.fixture(scope="session")
def grid_problem():
    """The maker of small problems."""
    return make_grid_problem


@pytest.fixture(scope="session")
def best_by_brute_force():
    """The search over all divisions."""
    return find_best
