"""Coverage engines against brute force and spopt."""

from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sergek.core.errors import ConfigError
from sergek.planning.location.coverage import solve_lscp, solve_mclp
from sergek.planning.location.pmedian import solve_pmedian
from sergek.planning.location.tables import read_costs


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(2, 8), st.integers(1, 12))
def test_mclp_equals_brute_force(seed, sites, clients):
    """The covered demand is the most that any p sites cover, and is proved."""
    rng = np.random.default_rng(seed)
    costs, demand = rng.random((sites, clients)), rng.integers(0, 50, clients).astype(float)
    p = int(rng.integers(1, sites + 1))
    near = costs <= 0.4
    best = max(demand[near[list(k)].any(axis=0)].sum() for k in combinations(range(sites), p))
    cover = solve_mclp(costs, demand, 0.4, p)
    assert cover.proof.value == pytest.approx(best)
    assert cover.proof.optimal
    assert len(cover.sites) <= p


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(2, 8), st.integers(1, 10))
def test_lscp_equals_brute_force(seed, sites, clients):
    """The number of sites is the least that covers all."""
    costs = np.random.default_rng(seed).random((sites, clients))
    near = costs <= 0.7
    if not near.any(axis=0).all():
        with pytest.raises(ConfigError, match="smallest workable radius"):
            solve_lscp(costs, 0.7)
        return
    least = next(
        k
        for k in range(1, sites + 1)
        if any(near[list(s)].any(axis=0).all() for s in combinations(range(sites), k))
    )
    cover = solve_lscp(costs, 0.7)
    assert (cover.proof.value, cover.proof.bound) == (least, least)
    assert cover.covered.all()


@pytest.mark.shared
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_sf_stores_equal_spopt(shared_data: Path):
    """San Francisco stores: MCLP, LSCP and p-median have spopt's optimum."""
    locate = pytest.importorskip("spopt.locate")
    pulp = pytest.importorskip("pulp")
    folder = shared_data / "location" / "spopt"
    table = read_costs(
        folder / "SF_network_distance_candidateStore_16_censusTract_205_new.csv",
        folder / "SF_demand_205_centroid_uniform_weight.csv",
    )
    quiet = pulp.PULP_CBC_CMD(msg=False)
    matrix = table.costs.T
    for p in (1, 3, 4):
        theirs = locate.MCLP.from_cost_matrix(matrix, table.demand, 5000.0, p_facilities=p)
        ours = solve_mclp(table.costs, table.demand, 5000.0, p)
        assert ours.proof.value == pytest.approx(theirs.solve(quiet).problem.objective.value())
        assert ours.proof.optimal
    theirs = locate.LSCP.from_cost_matrix(matrix, 6000.0).solve(quiet)
    assert solve_lscp(table.costs, 6000.0).proof.value == theirs.problem.objective.value()
    theirs = locate.PMedian.from_cost_matrix(matrix, table.demand, p_facilities=4).solve(quiet)
    ours = solve_pmedian(table.costs * table.demand, 4)
    assert ours.proof.value == pytest.approx(theirs.problem.objective.value())
    assert ours.proof.optimal


def test_faulty_lines_are_listed(tmp_path: Path):
    """Each line that cannot be read is named with its number."""
    path = tmp_path / "costs.csv"
    path.write_text("distance,name,DestinationName\n1,A,x\nfar,A,y\n-1,B,x\n")
    with pytest.raises(ConfigError) as caught:
        read_costs(path, None)
    assert [problem.split(":")[0] for problem in caught.value.problems] == ["line 3", "line 4"]
    path.write_text("a,b\n")
    with pytest.raises(ConfigError, match="no column is called name"):
        read_costs(path, None)
