"""Better precincts by moving one border block at a time (simulated annealing).

S. Kirkpatrick et al., "Optimization by simulated annealing", Science 220, 1983. Contiguity and
travel time hold after every move; they are never traded for balance.
"""

import math
import random
from dataclasses import dataclass

import numpy as np

from sergek.planning.arrays import IntArray
from sergek.planning.precincts.problem import Districting
from sergek.planning.proof import Watch

__all__ = ["Schedule", "Weights", "improve"]


@dataclass(frozen=True, slots=True)
class Weights:
    """What matters: load above the ceiling, borders (per km), residents moved (per thousand).

    `ceiling` is the load up to which a precinct costs nothing; `spread` also pulls every
    precinct towards the mean, which lets load flow across many precincts.
    """

    ceiling: float
    overload: float = 1000.0
    spread: float = 100.0
    border_km: float = 2.0
    moved_k: float = 0.5


class Annealer:
    """The state: owner of each block, loads, stations in reach, and the cost of a move."""

    def __init__(self, problem: Districting, owner: IntArray, weights: Weights) -> None:
        self.around = problem.around
        self.load = problem.load.tolist()
        self.residents = problem.residents.tolist()
        self.reach = problem.reach
        self.today = problem.today.tolist()
        self.weights = weights
        self.mean = float(problem.load.sum()) / problem.count
        self.owner: list[int] = [int(k) for k in owner]
        self.loads: list[float] = problem.loads(owner).tolist()
        self.members: list[set[int]] = [set() for _ in range(problem.count)]
        for i, k in enumerate(self.owner):
            self.members[k].add(i)

    def burden(self, load: float) -> float:
        """Cost of a precinct's load."""
        over = (load - self.weights.ceiling) / self.mean
        off = load / self.mean - 1.0
        cost = self.weights.spread * off * off
        return cost + self.weights.overload * over * over if over > 0 else cost

    def change(self, i: int, target: int) -> float:
        """Change of the cost if block i moved to the target."""
        source = self.owner[i]
        load, weights = self.load[i], self.weights
        a, b = self.loads[source], self.loads[target]
        delta = self.burden(a - load) + self.burden(b + load) - self.burden(a) - self.burden(b)
        cut = 0.0
        for j, border in self.around[i]:
            k = self.owner[j]
            if k == source:
                cut += border
            elif k == target:
                cut -= border
        delta += weights.border_km * cut / 1000.0
        if self.today[i] == source:
            delta += weights.moved_k * self.residents[i] / 1000.0
        elif self.today[i] == target:
            delta -= weights.moved_k * self.residents[i] / 1000.0
        return delta

    def allowed(self, i: int, target: int) -> bool:
        """Whether the source stays in one piece and a station reaches all of the target."""
        source = self.owner[i]
        shared = self.reach[i]
        if shared != -1:
            for j in self.members[target]:
                shared &= self.reach[j]
                if not shared:
                    return False
        return self.stays_whole(i, source)

    def stays_whole(self, i: int, source: int) -> bool:
        """Whether the source without block i is one piece, and not empty."""
        owner = self.owner
        goals = {j for j, _ in self.around[i] if owner[j] == source}
        if not goals:
            return False
        stack = [goals.pop()]
        seen = {i, stack[0]}
        while goals and stack:
            for j, _ in self.around[stack.pop()]:
                if owner[j] == source and j not in seen:
                    seen.add(j)
                    goals.discard(j)
                    stack.append(j)
        return not goals

    def overload(self, precincts: list[int]) -> float:
        """Σ of squared loads above the ceiling, relative to the mean."""
        ceiling, mean = self.weights.ceiling, self.mean
        return sum(max(0.0, (self.loads[k] - ceiling) / mean) ** 2 for k in precincts)

    def move(self, i: int, target: int) -> None:
        """Do it."""
        source = self.owner[i]
        self.owner[i] = target
        self.loads[source] -= self.load[i]
        self.loads[target] += self.load[i]
        self.members[source].discard(i)
        self.members[target].add(i)


@dataclass(frozen=True, slots=True)
class Schedule:
    """How long and how hot: tries, first temperature (falls to a thousandth), seed."""

    rounds: int
    heat: float = 3.0
    seed: int = 1


def improve(
    problem: Districting,
    owner: IntArray,
    weights: Weights,
    watch: Watch,
    schedule: Schedule,
    active: IntArray | None = None,
    bound: float | None = None,
) -> IntArray:
    """Anneal until the schedule or the watch ends; only `active` blocks move.

    Returns the last division among those with the least overload above the ceiling that was
    seen (of the precincts that hold an active block).
    """
    state = Annealer(problem, owner, weights)
    movable = list(range(problem.blocks)) if active is None else [int(i) for i in active]
    rng = random.Random(schedule.seed)
    batches = max(1, schedule.rounds // 1000)
    temperature, cooling = schedule.heat, 0.001 ** (1 / batches)
    watched = sorted({state.owner[i] for i in movable})
    best, best_over = list(state.owner), state.overload(watched)
    for _ in range(batches):
        if watch.expired or not movable:
            break
        anneal_batch(state, movable, temperature, rng)
        temperature *= cooling
        over = state.overload(watched)
        if over <= best_over:
            best, best_over = list(state.owner), over
        watch.tell(max(state.loads), bound)
    return np.array(best, dtype=np.int64)


def anneal_batch(
    state: Annealer, movable: list[int], temperature: float, rng: random.Random
) -> None:
    """A thousand tries at one temperature; a third of them are exchanges."""
    draw, exp, around, owner = rng.random, math.exp, state.around, state.owner
    count, free = len(movable), set(movable)
    for _ in range(1000):
        i = movable[int(draw() * count)]
        near = around[i]
        if not near:
            continue
        source, target = owner[i], owner[near[int(draw() * len(near))][0]]
        if target == source:
            continue
        delta = state.change(i, target)
        other = exchange_partner(state, i, target, free, draw()) if draw() < 0.33 else -1
        if other < 0:
            if (delta <= 0 or draw() < exp(-delta / temperature)) and state.allowed(i, target):
                state.move(i, target)
        elif state.allowed(i, target):
            state.move(i, target)
            delta += state.change(other, source)
            wanted = delta <= 0 or draw() < exp(-delta / temperature)
            if wanted and state.allowed(other, source):
                state.move(other, source)
            else:
                state.move(i, source)


def exchange_partner(state: Annealer, i: int, target: int, free: set[int], chance: float) -> int:
    """A movable block of the target that borders the source of block i; −1 if none."""
    source, owner = state.owner[i], state.owner
    choices = [
        j
        for j in state.members[target]
        if j in free and any(owner[k] == source and k != i for k, _ in state.around[j])
    ]
    return choices[int(chance * len(choices))] if choices else -1
