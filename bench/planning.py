"""Plans with proofs: each figure against its limit, on the shared instances and the made-up Taraz.

OR-Library p-median and random networks of its thirty sizes up to 600 nodes, San Francisco stores
against spopt with its default solver, one-to-all travel times, 138 precincts and an edit, all
streets of Helsinki's centre. Needs SERGEK_SHARED.
"""

import os
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pulp  # type: ignore[import-untyped]
from spopt import locate

from bench._results import note
from sergek.planning.city.osm import read_osm
from sergek.planning.city.rejects import Rejects
from sergek.planning.city.roads import RoadGraph
from sergek.planning.city.synthetic import make_taraz
from sergek.planning.location.coverage import solve_lscp, solve_mclp
from sergek.planning.location.orlib import all_pairs, read_orlib
from sergek.planning.location.pmedian import solve_pmedian
from sergek.planning.location.tables import read_costs
from sergek.planning.precincts.problem import from_city
from sergek.planning.precincts.solve import draw_precincts, rebalance
from sergek.planning.proof import Watch
from sergek.planning.survey.crews import crew_walk, share_out
from sergek.planning.survey.plan import yard_node

DATA = Path(os.environ.get("SERGEK_SHARED", "../shared")) / "data"
QUICK = ("pmed1", "pmed2", "pmed3", "pmed4", "pmed5", "pmed6", "pmed8")
LARGE = ("pmed11", "pmed13", "pmed16", "pmed21")
GAP = 0.001


def line(what: str, seconds: float, limit_s: float, more: str = "", name: str = "") -> None:
    """One figure and its ratio to the limit; kept if it has a `name`."""
    print(f"{what:34s} {seconds:9.3f} s  {seconds / limit_s:6.1%} of {limit_s:g} s  {more}")
    if name:
        note(f"planning.{name}_s", seconds, limit=limit_s)


def clock(work: Callable[[], object], times: int = 1) -> float:
    """The quickest of several runs (s)."""
    best = float("inf")
    for _ in range(times):
        start = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - start)
    return best


def medians() -> None:
    """OR-Library, proved."""
    for name in QUICK + LARGE:
        costs, p = read_orlib(DATA / "location" / "orlib" / f"{name}.txt")
        proof = solve_pmedian(costs, p).proof
        limit = 60.0 if name in QUICK else 120.0
        words = f"value {proof.value:g} gap {proof.gap:.3%}"
        line(name, proof.seconds, limit, words, name)
        note(f"planning.{name}_gap", proof.gap, limit=0.0 if name in QUICK else GAP)


def random_medians() -> None:
    """Random networks of the library's thirty sizes (J. E. Beasley, 1985): n²/50 edges, five p."""
    rng = np.random.default_rng(5)
    worst_s = worst_gap = 0.0
    for n in (100, 200, 300, 400, 500, 600):
        for p in (5, 10, n // 10, n // 5, n // 3):
            ring = [(i, (i + 1) % n) for i in range(n)]
            ends = [*ring, *rng.integers(0, n, (n * n // 50 - n, 2)).tolist()]
            edges = {(min(e), max(e)): float(rng.integers(1, 101)) for e in ends if e[0] != e[1]}
            proof = solve_pmedian(all_pairs(n, edges, p, "random"), p, Watch(120.0)).proof
            worst_s, worst_gap = max(worst_s, proof.seconds), max(worst_gap, proof.gap)
    line("30 random networks, slowest", worst_s, 120.0, f"gap {worst_gap:.3%}", "random_600_nodes")
    note("planning.random_600_nodes_gap", worst_gap, limit=GAP)


def stores() -> None:
    """San Francisco stores: ours and spopt's, models built and solved."""
    folder = DATA / "location" / "spopt"
    table = read_costs(
        folder / "SF_network_distance_candidateStore_16_censusTract_205_new.csv",
        folder / "SF_demand_205_centroid_uniform_weight.csv",
    )
    quiet, costs, weight = pulp.PULP_CBC_CMD(msg=False), table.costs.T, table.demand
    pairs: tuple[tuple[str, Callable[[], object], Callable[[], object]], ...] = (
        (
            "MCLP p=4 r=5000",
            lambda: solve_mclp(table.costs, weight, 5000.0, 4),
            lambda: locate.MCLP.from_cost_matrix(costs, weight, 5000.0, 4).solve(quiet),
        ),
        (
            "LSCP r=6000",
            lambda: solve_lscp(table.costs, 6000.0),
            lambda: locate.LSCP.from_cost_matrix(costs, 6000.0).solve(quiet),
        ),
        (
            "p-median p=4",
            lambda: solve_pmedian(table.costs * weight, 4),
            lambda: locate.PMedian.from_cost_matrix(costs, weight, p_facilities=4).solve(quiet),
        ),
    )
    for name, ours, theirs in pairs:
        kept = f"sf_{name.split()[0].lower()}"
        line(f"SF {name} (limit: spopt)", clock(ours, 5), clock(theirs, 3), name=kept)


def travel_times() -> None:
    """One-to-all over 100,000 street segments, all open both ways."""
    side = 224
    number = np.arange(side * side).reshape(side, side)
    tail = np.concatenate([number[:, :-1].ravel(), number[:-1].ravel()])
    head = np.concatenate([number[:, 1:].ravel(), number[1:].ravel()])
    tail, head = tail[:100_000].astype(np.int64), head[:100_000].astype(np.int64)
    count, rng = len(tail), np.random.default_rng(1)
    x, y = (part.ravel().astype(np.float64) * 100 for part in np.indices((side, side)))
    for one_way in (True, False):
        roads = RoadGraph(
            x_m=x,
            y_m=y,
            tail=tail,
            head=head,
            length_m=rng.uniform(60, 200, count),
            speed_kmh=np.full(count, 40.0),
            one_way=rng.random(count) < 0.1 if not one_way else np.ones(count, bool),
            kind=("residential",) * count,
            name=("",) * count,
            flow_per_day=np.zeros(count),
            shape_start=np.zeros(count + 1, dtype=np.int64),
            shape_x_m=np.empty(0),
            shape_y_m=np.empty(0),
        )
        roads.matrix()
        arcs = roads.matrix().nnz
        origin = 0 if one_way else side * side // 2
        seconds = clock(partial(roads.from_node, origin), 7)
        reached = int(np.isfinite(roads.from_node(origin)).sum())
        kept = f"one_to_all_{'signs' if one_way else 'free'}"
        line(f"one-to-all, {arcs:,} arcs", seconds, 0.05, f"{reached:,} junctions reached", kept)


def precincts() -> None:
    """138 precincts of the made-up Taraz, and an edit of three blocks."""
    problem = from_city(make_taraz())
    start = time.perf_counter()
    division = draw_precincts(problem, Watch(600.0))
    proof = division.load
    took, words = time.perf_counter() - start, f"gap {proof.gap:.2%} (limit 5 %)"
    line(f"138 precincts, {problem.blocks:,} blocks", took, 600.0, words, "precincts")
    note("planning.precincts_gap", proof.gap, limit=0.05)
    edited, pinned = division.owner.copy(), []
    for i in np.random.default_rng(0).permutation(problem.blocks):
        other = [edited[j] for j, _ in problem.around[i] if edited[j] != edited[i]]
        trial = edited.copy()
        trial[i] = other[0] if other else trial[i]
        if other and problem.load[i] > 300 and not problem.problems(trial):
            edited = trial
            pinned.append(int(i))
        if len(pinned) == 3:
            break
    before = problem.max_load(edited)
    start = time.perf_counter()
    again = rebalance(problem, edited, np.array(pinned), Watch(1.9))
    words = f"max load {before:.0f} → {problem.max_load(again):.0f}"
    line("balance after an edit", time.perf_counter() - start, 2.0, words, "balance")


def survey() -> None:
    """All streets of Helsinki's centre, by one to four crews, free and by the signs."""
    whole = read_osm(DATA / "map" / "helsinki.osm.pbf", Rejects())
    for one_way in (False, True):
        roads = whole.roads.largest_piece(strong=one_way)
        city = make_taraz(size=9)
        for crews in (1, 2, 3, 4):
            watch = Watch(55.0)
            yard = yard_node(city, roads, None)
            walk, bound = crew_walk(roads, yard, crews, watch, one_way)
            _, proof = share_out(roads, walk, yard, crews, watch, one_way, bound)
            how = "signs" if one_way else "free"
            words = f"{proof.value:.0f} m, gap {proof.gap:.2%}"
            kept = f"helsinki_{crews}_{how}"
            line(f"Helsinki, {crews} crew(s), {how}", watch.elapsed_s, 60.0, words, kept)
            exact = crews == 1 and not one_way
            note(f"planning.{kept}_gap", proof.gap, limit=0.0 if exact else 0.03)


def run() -> None:
    """All of it."""
    if not DATA.is_dir():
        print("skipped: no shared data (set SERGEK_SHARED)")
        return
    medians()
    random_medians()
    stores()
    travel_times()
    survey()
    precincts()
