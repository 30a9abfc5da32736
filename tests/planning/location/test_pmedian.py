"""The p-median engine against brute force, the OR-Library and its own law."""

import csv
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sergek.core.errors import ConfigError
from sergek.planning.location.interchange import (
    greedy_medians,
    interchange,
    median_cost,
    swap_changes,
)
from sergek.planning.location.orlib import read_orlib, read_orlib_text
from sergek.planning.location.pmedian import lagrangian_bound, solve_pmedian
from sergek.planning.proof import Watch


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(2, 9), st.integers(1, 9), st.booleans())
def test_equals_brute_force_with_proof(seed, sites, clients, whole):
    """On small instances the value is the best of all subsets, and it is proved."""
    rng = np.random.default_rng(seed)
    costs = rng.random((sites, clients)) * 30
    costs = np.round(costs) if whole else costs
    p = int(rng.integers(1, sites + 1))
    best = min(costs[list(pick)].min(axis=0).sum() for pick in combinations(range(sites), p))
    result = solve_pmedian(costs, p)
    assert result.proof.value == pytest.approx(best)
    assert result.proof.optimal
    assert median_cost(costs, result.medians) == pytest.approx(best)
    assert set(result.serves) <= set(result.medians)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_bound_never_above_value(seed):
    """Cut off at any moment, the bound is not above the optimum."""
    rng = np.random.default_rng(seed)
    costs = np.round(rng.random((30, 30)) * 100)
    full = solve_pmedian(costs, 4).proof
    cut = solve_pmedian(costs, 4, Watch(0.0)).proof
    assert cut.bound <= full.value <= cut.value
    site, client = (part.ravel() for part in np.indices(costs.shape))
    bound = lagrangian_bound(site, client, costs.ravel(), 4, cut.value)
    assert full.value * 0.8 <= bound <= full.value + 1e-6


def test_swap_profit_is_what_the_swap_brings():
    """The change foretold for every (in, out) equals the change of the cost."""
    costs = np.random.default_rng(5).random((7, 9))
    chosen = np.array([1, 4, 6])
    rows = np.sort(costs[chosen], axis=0)
    first = costs[chosen].argmin(axis=0)
    change = swap_changes(costs, rows[0], rows[1], first, 3)
    before = median_cost(costs, chosen)
    for entering in (0, 2, 3, 5):
        for leaving in range(3):
            after = chosen.copy()
            after[leaving] = entering
            assert median_cost(costs, after) - before == pytest.approx(change[entering, leaving])


def test_interchange_never_worsens():
    """Interchange starts from the greedy medians and ends no worse."""
    costs = np.random.default_rng(2).random((40, 40))
    start = greedy_medians(costs, 5)
    assert interchange(costs, start)[1] <= median_cost(costs, start)


@pytest.mark.shared
def test_orlib_optima_are_proved(shared_data: Path):
    """Every OR-Library instance at hand: the published optimum, proved."""
    folder = shared_data / "location" / "orlib"
    with (folder / "pmedian_opt.csv").open() as file:
        optima = {row["instance"]: int(row["pmedian_optimum"]) for row in csv.DictReader(file)}
    for name, optimum in optima.items():
        proof = solve_pmedian(*read_orlib(folder / f"{name}.txt")).proof
        assert (name, proof.value, proof.bound) == (name, optimum, optimum)


def test_last_of_a_repeated_edge_counts():
    """An edge given twice, in either direction, costs what its last line says."""
    costs, p = read_orlib_text("3 3 1\n1 2 5\n2 3 4\n2 1 9\n")
    assert p == 1
    assert costs[0, 1] == 9
    assert costs[0, 2] == 13


def test_pieces_are_named():
    """A disconnected network with too few medians is refused in words."""
    with pytest.raises(ConfigError, match="2 pieces, and 1 medians"):
        read_orlib_text("4 2 1\n1 2 5\n3 4 4\n")
    costs, p = read_orlib_text("4 2 2\n1 2 5\n3 4 4\n")
    assert solve_pmedian(costs, p).proof.value == 9


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("3 2 1\n1 2 5\n", "2 edges are announced, 1 given"),
        ("3 1 4\n1 2 5\n", "p = 4 is not between"),
        ("3 1 1\n1 9 5\n", "out of range"),
        ("a b", "all numbers"),
    ],
)
def test_bad_files_are_explained(text, words):
    """A bad file is refused with what is wrong in it."""
    with pytest.raises(ConfigError, match=words):
        read_orlib_text(text)
