"""Divisions: valid always, exact where small, bounded where large."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sergek.core.errors import ConfigError
from sergek.planning.city.synthetic import make_taraz
from sergek.planning.precincts.bound import (
    distance_bound,
    load_bound,
    moved_bound,
    resident_distance,
)
from sergek.planning.precincts.exact import solve_exact
from sergek.planning.precincts.problem import Districting, from_city, weighted_load
from sergek.planning.precincts.solve import assess, draw_precincts, rebalance
from sergek.planning.precincts.start import fresh_division, todays_division
from sergek.planning.proof import Watch


@pytest.fixture(scope="module")
def town() -> Districting:
    """A made-up town of some 300 blocks."""
    return from_city(make_taraz(size=20))


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(2, 3), st.integers(0, 2))
def test_exact_equals_brute_force(grid_problem, best_by_brute_force, seed, count, stations):
    """The exact model finds the least largest load of all valid divisions, or that none exists."""
    problem = grid_problem(np.random.default_rng(seed), 3, 2, count, stations)
    best = best_by_brute_force(problem)
    if best is None:
        with pytest.raises(ConfigError):
            solve_exact(problem, Watch(), 0.0)
        return
    owner, bound = solve_exact(problem, Watch(), 0.0)
    assert problem.problems(owner) == []
    assert problem.max_load(owner) == pytest.approx(best)
    assert bound == pytest.approx(best, rel=1e-6)
    assert load_bound(problem) <= best + 1e-9


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from(["today", "fresh"]))
def test_laws_of_a_division(grid_problem, seed, start):
    """Every block in one precinct, precincts contiguous, no person lost, bounds never above."""
    rng = np.random.default_rng(seed)
    problem = grid_problem(rng, 7, 6, 5)
    today = fresh_division(problem, seed % 100)
    object.__setattr__(problem, "today", np.where(rng.random(42) < 0.1, -1, today))
    division = draw_precincts(problem, Watch(5.0), start=start, rounds=4_000)
    assert problem.problems(division.owner) == []
    assert set(division.owner.tolist()) == set(range(problem.count))
    assert problem.loads(division.owner).sum() == pytest.approx(problem.residents.sum())
    assert division.load.bound <= division.load.value
    assert division.distance.bound <= division.distance.value
    assert division.moved.bound <= division.moved.value + 1e-9


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_bounds_hold_for_any_division(grid_problem, seed):
    """No valid division, however found, beats a bound."""
    problem = grid_problem(np.random.default_rng(seed), 6, 5, 4)
    owner = fresh_division(problem, 3)
    distance = resident_distance(problem, owner)
    assert load_bound(problem) <= problem.max_load(owner) + 1e-9
    assert distance_bound(problem, distance) <= distance + 1e-6
    object.__setattr__(problem, "today", fresh_division(problem, 9))
    ceiling = problem.max_load(owner)
    assert moved_bound(problem, ceiling) <= problem.moved(owner) + 1e-9


def test_today_is_made_valid(town):
    """Torn precincts and blocks without one become a valid division of the right number."""
    torn = town.today.copy()
    torn[::7] = -1
    torn[5::11] = 0
    object.__setattr__(town, "today", torn)
    assert town.problems(todays_division(town)) == []


def test_town_is_balanced_within_the_gap(town):
    """The town's largest load comes within three per cent of the bound, stations in reach."""
    division = draw_precincts(town, Watch(), rounds=150_000)
    assert division.load.gap <= 0.04
    assert town.problems(division.owner) == []
    assert (division.stations >= 0).all()


def test_edit_is_respected(town):
    """After an edit the pinned block stays, and the plan is valid and better balanced."""
    owner = draw_precincts(town, Watch(), rounds=100_000).owner
    edited, pinned = None, -1
    for i in range(town.blocks):
        for j, _ in town.around[i]:
            trial = owner.copy()
            trial[i] = owner[j]
            if owner[j] != owner[i] and town.load[i] > 200 and not town.problems(trial):
                edited, pinned = trial, i
    again = rebalance(town, edited, np.array([pinned]), Watch(20.0))
    assert again[pinned] == edited[pinned]
    assert town.problems(again) == []
    assert town.max_load(again) <= town.max_load(edited)
    assert assess(town, again, load_bound(town), Watch()).load.gap < 0.15


def test_weighted_load_keeps_the_population():
    """Weighting by calls moves load between blocks and keeps its sum."""
    load = weighted_load(np.array([100.0, 300.0]), np.array([9.0, 1.0]), 0.3)
    assert load.sum() == pytest.approx(400)
    assert load[0] == pytest.approx(0.7 * 100 + 0.3 * 9 * 40)
    assert weighted_load(np.array([5.0]), np.array([0.0]), 0.3) == [5.0]


def test_impossible_is_explained():
    """Too few minutes, precincts or blocks: the reason and the mend are in the sentence."""
    city = make_taraz(size=20)
    with pytest.raises(ConfigError, match=r"every block would be reached"):
        from_city(city, minutes=0.05)
    with pytest.raises(ConfigError, match=r"barriers cut the city into 4 pieces"):
        from_city(city, count=2)
    with pytest.raises(ConfigError, match=r"cannot be made of"):
        from_city(city, count=10_000)


def test_a_city_without_people_is_refused_in_words():
    """Nothing can be balanced where nobody lives: the sentence says what to give."""
    town = make_taraz(size=12)
    empty = replace(town, blocks=tuple(replace(b, population=0) for b in town.blocks))
    with pytest.raises(ConfigError, match="nobody lives in any block"):
        from_city(empty)
