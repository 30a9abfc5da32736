"""Which complexes: the best for the money, told why."""

from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sergek.core.errors import ConfigError
from sergek.planning.city.synthetic import make_taraz
from sergek.planning.proof import Watch
from sergek.planning.siting.problem import Siting, from_city
from sergek.planning.siting.solve import choose, explain, marginal, schedule, trade_off


def random_problem(seed: int, sites: int) -> Siting:
    """A small problem at random; the first site is a must."""
    rng = np.random.default_rng(seed)
    return Siting(
        ids=tuple(f"K{k}" for k in range(sites)),
        kinds=("section",) * sites,
        watches=rng.random((sites, 12)) < 0.3,
        weight=rng.random(12),
        cost=rng.integers(5, 30, sites).astype(float),
        must=np.arange(sites) == 0,
        power=np.ones(sites, bool),
        fibre=np.ones(sites, bool),
        segments=np.arange(12),
    )


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(2, 7))
def test_choice_equals_brute_force(seed, sites):
    """No set within the budget that holds the must-have is worth more."""
    problem = random_problem(seed, sites)
    budget = float(problem.cost[0] + problem.cost[1:].sum() / 2)
    best = max(
        problem.worth(np.array(pick))
        for pick in product([False, True], repeat=sites)
        if pick[0] and problem.cost[np.array(pick)].sum() <= budget
    )
    choice = choose(problem, budget, Watch())
    assert choice.proof.value == pytest.approx(best)
    assert choice.proof.optimal
    assert choice.cost <= budget
    assert choice.chosen[0]


def test_curve_rises_with_money():
    """More money never covers less, and no value exceeds its bound."""
    curve = trade_off(random_problem(3, 8), Watch(), points=6)
    proofs = [choice.proof for _, choice in curve]
    assert all(a.value <= b.value + 1e-9 for a, b in pairwise(proofs))
    assert all(proof.value <= proof.bound + 1e-9 for proof in proofs)


def test_months_keep_to_the_money():
    """All chosen return, no month spends ahead, and the first months bring the most."""
    problem = random_problem(11, 8)
    chosen = choose(problem, float(problem.cost.sum()), Watch()).chosen
    when, proof = schedule(problem, chosen, 4, Watch(), gap=0.0)
    assert ((when >= 0) == chosen).all()
    total = problem.cost[chosen].sum()
    for month in range(4):
        spent = problem.cost[(when >= 0) & (when <= month)].sum()
        assert spent <= total * (month + 1) / 4 + 1e-6
    assert proof.bound >= proof.value


def test_a_small_budget_is_explained():
    """Below the must-haves, or below the cheapest: how much is missing, and what would help."""
    problem = random_problem(1, 5)
    with pytest.raises(ConfigError, match=r"must-haves \(K0\) cost .* more than the budget"):
        choose(problem, float(problem.cost[0]) - 1, Watch())
    free = Siting(
        problem.ids,
        problem.kinds,
        problem.watches,
        problem.weight,
        problem.cost,
        np.zeros(5, bool),
        problem.power,
        problem.fibre,
        problem.segments,
    )
    with pytest.raises(ConfigError, match="buys nothing"):
        choose(free, 1.0, Watch())


def test_demo_case_of_48_is_optimal():
    """48 destroyed complexes and half the money: the optimum, each choice explained."""
    problem = from_city(make_taraz())
    assert len(problem.ids) == 48
    choice = choose(problem, float(problem.cost.sum()) / 2, Watch())
    assert choice.proof.optimal
    points = marginal(problem, choice.chosen)
    for k in range(48):
        texts = explain(problem, k, bool(choice.chosen[k]), float(points[k]))
        assert set(texts) == {"kk", "ru", "en"}
        assert all(text.startswith(problem.ids[k]) for text in texts.values())
