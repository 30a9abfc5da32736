"""A first division: today's precincts made valid, or fresh ones grown from spread-out seeds."""

import heapq

import numpy as np

from sergek.planning.arrays import IntArray
from sergek.planning.precincts.bound import allotment
from sergek.planning.precincts.problem import Districting

__all__ = ["fresh_division", "todays_division"]


def todays_division(problem: Districting) -> IntArray:
    """Today's precincts, made contiguous and of the right number in every piece of the city.

    A precinct of several parts keeps its heaviest; other parts and blocks without a precinct
    join a neighbour. Where a piece has too many precincts the lightest is dissolved; where too
    few, the heaviest is halved.
    """
    owner = problem.today.copy()
    owner[owner >= problem.count] = -1
    for k in range(problem.count):
        keep_heaviest_part(problem, owner, k)
    adopt_orphans(problem, owner)
    wanted = allotment(problem)
    for piece in range(len(wanted)):
        blocks = np.flatnonzero(problem.piece == piece)
        while len(np.unique(owner[blocks])) > wanted[piece]:
            dissolve_lightest(problem, owner, blocks)
    for piece in range(len(wanted)):
        blocks = np.flatnonzero(problem.piece == piece)
        while len(np.unique(owner[blocks])) < wanted[piece]:
            halve_heaviest(problem, owner, blocks)
    return owner


def parts(problem: Districting, blocks: set[int]) -> list[list[int]]:
    """Connected parts of a set of blocks."""
    found = []
    left = set(blocks)
    while left:
        stack = [min(left)]
        left.discard(stack[0])
        part = []
        while stack:
            i = stack.pop()
            part.append(i)
            for j, _ in problem.around[i]:
                if j in left:
                    left.discard(j)
                    stack.append(j)
        found.append(part)
    return found


def keep_heaviest_part(problem: Districting, owner: IntArray, precinct: int) -> None:
    """Release all but the heaviest part of a precinct."""
    found = parts(problem, {int(i) for i in np.flatnonzero(owner == precinct)})
    found.sort(key=lambda part: -problem.load[part].sum())
    for part in found[1:]:
        owner[part] = -1


def adopt_orphans(problem: Districting, owner: IntArray) -> None:
    """Give each block without a precinct to the neighbour with the longest common border."""
    while True:
        changed = False
        for i in np.flatnonzero(owner < 0):
            near = [(border, int(owner[j])) for j, border in problem.around[i] if owner[j] >= 0]
            if near:
                owner[i] = max(near)[1]
                changed = True
        if not changed:
            break
    unused = [k for k in range(problem.count) if not (owner == k).any()]
    for part in parts(problem, {int(i) for i in np.flatnonzero(owner < 0)}):
        owner[part] = unused.pop() if unused else steal_number(problem, owner)


def steal_number(problem: Districting, owner: IntArray) -> int:
    """Free a precinct's number by dissolving the lightest that has a neighbour."""
    loads = problem.loads(np.maximum(owner, 0))
    for k in np.argsort(loads):
        mine = np.flatnonzero(owner == k)
        if any(owner[j] not in (k, -1) for i in mine for j, _ in problem.around[i]):
            owner[mine] = -1
            spread_into(problem, owner, {int(i) for i in mine})
            return int(k)
    raise AssertionError("every piece holds one precinct, yet there are more pieces")


def spread_into(problem: Districting, owner: IntArray, free: set[int]) -> None:
    """Let the neighbours of freed blocks take them, the lightest neighbour first."""
    loads = problem.loads(np.maximum(owner, 0))
    while free:
        choices = [
            (loads[owner[j]], i, int(owner[j]))
            for i in free
            for j, _ in problem.around[i]
            if owner[j] >= 0
        ]
        _, block, precinct = min(choices)
        owner[block] = precinct
        loads[precinct] += problem.load[block]
        free.discard(block)


def dissolve_lightest(problem: Districting, owner: IntArray, blocks: IntArray) -> None:
    """Dissolve the lightest precinct among these blocks into its neighbours."""
    present = np.unique(owner[blocks])
    loads = problem.loads(owner)
    lightest = int(present[loads[present].argmin()])
    mine = {int(i) for i in np.flatnonzero(owner == lightest)}
    owner[list(mine)] = -1
    spread_into(problem, owner, mine)


def halve_heaviest(problem: Districting, owner: IntArray, blocks: IntArray) -> None:
    """Split the heaviest precinct of at least two blocks into two contiguous halves."""
    present, sizes = np.unique(owner[blocks], return_counts=True)
    loads = problem.loads(owner)
    candidates = present[sizes >= 2]
    heaviest = int(candidates[loads[candidates].argmax()])
    mine = np.flatnonzero(owner == heaviest)
    number = next(k for k in range(problem.count) if not (owner == k).any())
    first = int(mine[(problem.x_m[mine] + problem.y_m[mine]).argmin()])
    distance = np.hypot(
        problem.x_m[mine] - problem.x_m[first], problem.y_m[mine] - problem.y_m[first]
    )
    second = int(mine[distance.argmax()])
    grow(problem, owner, {heaviest: first, number: second}, {int(i) for i in mine})


def grow(problem: Districting, owner: IntArray, seeds: dict[int, int], free: set[int]) -> None:
    """Grow precincts from seeds over the free blocks, always the lightest next, nearest block."""
    owner[list(free)] = -1
    loads = dict.fromkeys(seeds, 0.0)
    fronts: dict[int, list[tuple[float, int]]] = {k: [(0.0, i)] for k, i in seeds.items()}
    queue = [(0.0, k) for k in seeds]
    heapq.heapify(queue)
    while queue:
        _, k = heapq.heappop(queue)
        front = fronts[k]
        while front and front[0][1] not in free:
            heapq.heappop(front)
        if not front:
            continue
        _, i = heapq.heappop(front)
        free.discard(i)
        owner[i] = k
        loads[k] += float(problem.load[i])
        seed = seeds[k]
        for j, _ in problem.around[i]:
            if j in free:
                far = np.hypot(
                    problem.x_m[j] - problem.x_m[seed], problem.y_m[j] - problem.y_m[seed]
                )
                heapq.heappush(front, (float(far), j))
        heapq.heappush(queue, (loads[k], k))


def fresh_division(problem: Districting, seed: int = 0) -> IntArray:
    """New precincts regardless of today's: seeds spread by load, grown in turn."""
    rng = np.random.default_rng(seed)
    owner = np.full(problem.blocks, -1, dtype=np.int64)
    number = 0
    for piece, share in enumerate(allotment(problem)):
        blocks = np.flatnonzero(problem.piece == piece)
        places = spread_seeds(problem, blocks, int(share), rng)
        seeds = {number + k: place for k, place in enumerate(places)}
        number += int(share)
        grow(problem, owner, seeds, {int(i) for i in blocks})
    return owner


def spread_seeds(
    problem: Districting, blocks: IntArray, count: int, rng: np.random.Generator
) -> list[int]:
    """Blocks in the middle of equal shares of load: k-means of the load, then distinct blocks."""
    points = np.column_stack([problem.x_m[blocks], problem.y_m[blocks]])
    weight = problem.load[blocks] + 1e-6
    centres = points[rng.choice(len(blocks), count, replace=False, p=weight / weight.sum())]
    for _ in range(20):
        nearest = np.hypot(*(points[:, None] - centres[None]).transpose(2, 0, 1)).argmin(axis=1)
        for k in range(count):
            mine = nearest == k
            if mine.any():
                centres[k] = np.average(points[mine], axis=0, weights=weight[mine])
    chosen: list[int] = []
    for centre in centres:
        order = np.argsort(np.hypot(*(points - centre).T))
        chosen.append(next(int(blocks[i]) for i in order if int(blocks[i]) not in chosen))
    return chosen
