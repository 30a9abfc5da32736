"""The p-median problem, solved to proof.

Lagrangian relaxation of "each client is served" with subgradient steps, facilities fixed by
their reduced cost, depth-first branch and bound on the rest (J. E. Beasley, "A note on solving
large p-median problems", EJOR 21, 1985; J. E. Beasley, "Lagrangean heuristics for location
problems", EJOR 65, 1993).
"""

import math
from dataclasses import dataclass, field

import numpy as np

from sergek.core.errors import ConfigError
from sergek.planning.arrays import BoolArray, FloatArray, IntArray
from sergek.planning.location.interchange import greedy_medians, interchange
from sergek.planning.proof import Proof, Watch

__all__ = ["Medians", "lagrangian_bound", "solve_pmedian"]


@dataclass(frozen=True, slots=True)
class Medians:
    """The chosen facilities, which of them serves each client, and the proof."""

    medians: IntArray
    serves: IntArray
    proof: Proof


@dataclass(slots=True)
class Node:
    """A branch: `bound` proved so far, multipliers to start from, facilities decided."""

    bound: float
    multipliers: FloatArray
    opened: IntArray
    free: IntArray


@dataclass(slots=True)
class Search:
    """The state shared by all nodes: costs (facilities × clients), p and the incumbent."""

    costs: FloatArray
    p: int
    watch: Watch
    whole: bool
    medians: IntArray
    value: float
    tried: set[bytes] = field(default_factory=set)

    def closes(self, bound: float) -> bool:
        """Whether a node with this bound holds nothing better than the incumbent."""
        if self.whole:
            return math.ceil(bound - 1e-6) >= self.value - 1e-9
        return bound >= self.value * (1 - 1e-9)

    def offer(self, medians: IntArray, polish: bool) -> None:
        """Take medians as the incumbent if they are better; polish unseen ones by interchange."""
        value = float(self.costs[medians].min(axis=0).sum())
        key = np.sort(medians).tobytes()
        if (polish or value < self.value) and key not in self.tried:
            self.tried.add(key)
            medians, value = interchange(self.costs, medians)
        if value < self.value - 1e-9:
            self.medians, self.value = medians, value


def solve_pmedian(costs: FloatArray, p: int, watch: Watch | None = None) -> Medians:
    """Choose p rows of `costs` (facilities × clients) with the least sum of column minima.

    Stops at proof or at the watch's limit; the bound is valid either way. `ConfigError` if p
    facilities cannot reach every client (an infinite cost marks "cannot reach").
    """
    watch = watch or Watch()
    if not 1 <= p <= costs.shape[0]:
        raise ConfigError(f"p = {p} is not between 1 and the {costs.shape[0]} candidates")
    finite = np.isfinite(costs)
    if not finite.any(axis=0).all():
        lost = int((~finite.any(axis=0)).sum())
        raise ConfigError(f"{lost} clients cannot be reached from any candidate")
    ceiling = float(costs[finite].max()) * costs.shape[1] + 1.0
    dense = np.where(finite, costs, ceiling)
    medians, value = interchange(dense, greedy_medians(dense, p))
    whole = bool(np.all(dense == np.round(dense)))
    search = Search(dense, p, watch, whole, medians, value)
    bound = branch_and_bound(search)
    if search.value >= ceiling:
        raise ConfigError(f"{p} facilities were not enough to reach every client")
    serves = search.medians[dense[search.medians].argmin(axis=0)]
    proof = Proof(search.value, min(bound, search.value), watch.elapsed_s)
    return Medians(np.sort(search.medians), serves, proof)


def branch_and_bound(search: Search) -> float:
    """Depth-first over "is this facility open?"; returns the bound proved for the whole."""
    costs = search.costs
    start = np.partition(costs, min(1, len(costs) - 1), axis=0)[min(1, len(costs) - 1)]
    everything = np.arange(len(costs), dtype=np.int64)
    none = np.empty(0, dtype=np.int64)
    root = Node(-math.inf, start.astype(float), none, everything)
    branches = process(search, root, 1500, 1.6)
    stack = list(branches)
    while stack and not search.watch.expired:
        node = stack.pop()
        if search.closes(node.bound):
            continue
        stack.extend(process(search, node, 150, 0.4))
        open_bound = min((other.bound for other in stack), default=search.value)
        search.watch.tell(search.value, min(open_bound, search.value))
    bound = min((node.bound for node in stack), default=search.value)
    bound = min(bound, search.value)
    if search.whole:
        bound = math.ceil(bound - 1e-6)
    return bound


def process(search: Search, node: Node, steps: int, scale: float) -> list[Node]:
    """Bound a node; return its two children (the likelier last), or none if it is closed."""
    relaxed = Relaxation(search, node)
    relaxed.run(steps, scale)
    bound = max(node.bound, relaxed.best)
    if search.closes(bound):
        return []
    opened, free = relaxed.opened, relaxed.free
    room = search.p - len(opened)
    if room <= 0 or len(free) <= room:
        search.offer(np.concatenate([opened, free[:room]]), polish=False)
        return []
    branch = relaxed.branching_facility()
    rest = free[free != branch]
    with_it = Node(bound, relaxed.multipliers, np.append(opened, branch), rest)
    without = Node(bound, relaxed.multipliers, opened, rest)
    return [without, with_it]


class Relaxation:
    """Subgradient optimisation of one node, fixing facilities as the bound rises."""

    def __init__(self, search: Search, node: Node) -> None:
        self.search = search
        self.opened = node.opened
        self.free = node.free
        self.multipliers = node.multipliers.copy()
        self.best = -math.inf
        self.often: FloatArray = np.zeros(len(search.costs))
        self._load()

    def _load(self) -> None:
        """Gather the rows still in play (opened first) and the work array."""
        self.rows = np.concatenate([self.opened, self.free])
        self.block = self.search.costs[self.rows]
        self.work = np.empty_like(self.block)

    def evaluate(self, multipliers: FloatArray) -> tuple[float, FloatArray, IntArray]:
        """L(λ) = Σλ + p cheapest reduced costs ρ_i = Σ_j min(0, c_ij − λ_j); ρ; chosen rows."""
        np.subtract(self.block, multipliers, out=self.work)
        np.minimum(self.work, 0.0, out=self.work)
        reduced: FloatArray = self.work.sum(axis=1)
        held, room = len(self.opened), self.search.p - len(self.opened)
        tail = reduced[held:]
        if room <= 0:
            picked = np.empty(0, dtype=np.int64)
        elif room >= len(tail):
            picked = np.arange(len(tail))
        else:
            picked = np.argpartition(tail, room - 1)[:room]
        chosen = np.concatenate([np.arange(held), held + picked])
        return float(multipliers.sum() + reduced[chosen].sum()), reduced, chosen

    def run(self, steps: int, scale: float) -> None:
        """Polyak steps with an averaged direction, halved after a stretch without progress."""
        multipliers, direction, stale = self.multipliers.copy(), None, 0
        patience = max(10, steps // 40)
        for step in range(steps):
            if self.search.watch.expired and step > 0:
                break
            bound, reduced, chosen = self.evaluate(multipliers)
            self.often[self.rows[chosen]] += 1.0
            if bound > self.best + 1e-9 * abs(bound):
                stale = 0 if bound > self.best + 1e-5 * abs(bound) else stale + 1
                self.best, self.multipliers = bound, multipliers.copy()
                self._tell()
                if self.search.closes(bound):
                    return
                if self._fix(bound, reduced):
                    continue
            else:
                stale += 1
            if step % 25 == 0:
                self.search.offer(self.rows[chosen], polish=step % 100 == 0)
            if stale >= patience:
                scale, stale, multipliers = scale / 2, 0, self.multipliers.copy()
                if scale < 0.004:
                    break
            served = (self.block[chosen] < multipliers).sum(axis=0)
            slope = 1.0 - served
            direction = slope if direction is None else 0.7 * slope + 0.3 * direction
            norm = float(direction @ direction)
            if norm < 1e-12:
                break
            reach = 1.002 * self.search.value - bound
            multipliers = np.maximum(multipliers + scale * reach / norm * direction, 0.0)

    def _tell(self) -> None:
        if not len(self.opened) and len(self.free) == len(self.search.costs):
            self.search.watch.tell(self.search.value, self.best)

    def _fix(self, bound: float, reduced: FloatArray) -> bool:
        """Close or open facilities whose opposite would exceed the incumbent; True if any."""
        held, room = len(self.opened), self.search.p - len(self.opened)
        tail = reduced[held:]
        if room <= 0 or room >= len(tail):
            return False
        order = np.partition(tail, (room - 1, room))
        last_in, first_out = order[room - 1], order[room]
        inside: BoolArray = tail <= last_in
        shut = ~inside & self._beyond(bound + tail - last_in)
        must = inside & self._beyond(bound + first_out - tail)
        if must.sum() > room:
            return False
        if shut.sum() + must.sum() < max(1, len(tail) // 20):
            return False
        self.opened = np.concatenate([self.opened, self.free[must]])
        self.free = self.free[~shut & ~must]
        self._load()
        return True

    def _beyond(self, bounds: FloatArray) -> BoolArray:
        value = self.search.value
        if self.search.whole:
            result: BoolArray = np.ceil(bounds - 1e-6) >= value - 1e-9
        else:
            result = bounds >= value * (1 + 1e-9)
        return result

    def branching_facility(self) -> int:
        """The free facility that the steps chose nearest to half of the time."""
        often = self.often[self.free]
        return int(self.free[np.abs(often - often.max() / 2).argmin()])


def lagrangian_bound(
    site: IntArray, client: IntArray, cost: FloatArray, p: int, target: float, steps: int = 400
) -> float:
    """A lower bound on the p-median cost of a large instance, without branching.

    The pairs (site, client, cost) hold the cheapest sites of each client, sorted by site; dearer
    pairs may be left out: a client's multiplier never exceeds its dearest pair, up to which the
    pairs left out contribute nothing. `target` is the cost of any solution, for the step length.
    """
    clients, sites = int(client.max()) + 1, int(site.max()) + 1
    cap = np.zeros(clients)
    np.maximum.at(cap, client, cost)
    multipliers = np.zeros(clients)
    order = np.lexsort((cost, client))
    starts = np.searchsorted(client[order], np.arange(clients))
    multipliers = cost[order][np.minimum(starts + 2, len(cost) - 1)]
    multipliers = np.minimum(multipliers, cap)
    best, kept, scale, stale = -math.inf, multipliers, 1.6, 0
    for _ in range(steps):
        saving = np.minimum(cost - multipliers[client], 0.0)
        reduced = np.bincount(site, weights=saving, minlength=sites)
        chosen = np.argpartition(reduced, p - 1)[:p] if p < sites else np.arange(sites)
        bound = float(multipliers.sum() + reduced[chosen].sum())
        stale = 0 if bound > best + 1e-4 * abs(bound) else stale + 1
        if bound > best:
            best, kept = bound, multipliers
        if stale >= 12:
            scale, stale, multipliers = scale / 2, 0, kept
            if scale < 0.01:
                break
        open_site = np.zeros(sites, bool)
        open_site[chosen] = True
        serving = open_site[site] & (saving < 0)
        slope = 1.0 - np.bincount(client[serving], minlength=clients)
        norm = float(slope @ slope)
        if norm == 0 or target <= bound:
            break
        step = scale * (target - bound) / norm
        multipliers = np.clip(multipliers + step * slope, 0.0, cap)
    return best
