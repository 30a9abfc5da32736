"""How many inspectors, where, in what order: the largest load per station as small as can be."""

import heapq
import math
from dataclasses import dataclass

from sergek.core.errors import ConfigError
from sergek.planning.proof import Proof, Watch

__all__ = ["Hire", "StaffingPlan", "plan_staffing"]


@dataclass(frozen=True, slots=True)
class Hire:
    """One post: its turn, its station (index), and the city's largest load before and after."""

    turn: int
    station: int
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class StaffingPlan:
    """Posts per station after hiring, those the norm needs, the order of hiring, the proof.

    `norm_met_at` is the number of hires after which every station keeps the norm (None if more
    are needed than were asked about).
    """

    posts: tuple[int, ...]
    needed: tuple[int, ...]
    hires: tuple[Hire, ...]
    norm_met_at: int | None
    proof: Proof


def plan_staffing(
    loads: list[float],
    posts: list[int],
    new_posts: int,
    norm: float,
    working_share: list[float] | None = None,
    growth: float = 0.0,
) -> StaffingPlan:
    """Give each new post to the station with the largest load per working inspector.

    `loads` are residents (weighted) per station, grown by `growth`; `working_share` is the share
    of a station's posts that works a district (vacancies, leave, secondment). That greedy rule is
    optimal for the largest load: any better plan would need every station at less than the last
    largest load, hence at least as many posts at each station as greedy had given. The bound is
    computed apart: the least U for which Σ⌈load/(share·U)⌉ posts are enough.
    """
    if norm <= 0:
        raise ConfigError(f"the norm is {norm:g}; residents per inspector must be above zero")
    if new_posts < 0 or growth <= -1:
        raise ConfigError("new posts cannot be negative, nor can more people leave than live here")
    watch = Watch()
    share = working_share or [1.0] * len(loads)
    if any(not 0 < part <= 1 for part in share):
        raise ConfigError("the working share of a station must be above 0 and at most 1")
    burden = [load * (1 + growth) / part for load, part in zip(loads, share, strict=True)]
    now = list(posts)
    hires: list[Hire] = []
    met = 0 if worst(burden, now) <= norm else None
    queue = [(-per_post(burden[s], now[s]), s) for s in range(len(now))]
    heapq.heapify(queue)
    for turn in range(1, new_posts + 1):
        load, station = heapq.heappop(queue)
        now[station] += 1
        heapq.heappush(queue, (-per_post(burden[station], now[station]), station))
        after = -queue[0][0]
        hires.append(Hire(turn, station, -load, after))
        if met is None and after <= norm:
            met = turn
    value = worst(burden, now)
    bound = least_load(burden, posts, new_posts)
    needed = tuple(max(1, math.ceil(load / norm - 1e-9)) for load in burden)
    proof = Proof(value, min(bound, value), watch.elapsed_s)
    return StaffingPlan(tuple(now), needed, tuple(hires), met, proof)


def per_post(burden: float, posts: int) -> float:
    """Residents per post; ∞ without a post."""
    return burden / posts if posts else math.inf


def worst(burden: list[float], posts: list[int]) -> float:
    """The largest load per post."""
    return max(per_post(load, count) for load, count in zip(burden, posts, strict=True))


def least_load(burden: list[float], posts: list[int], new_posts: int) -> float:
    """The least U such that the posts that stations lack for U are at most the new posts.

    U is one of burden/k; bisection over the sorted candidates.
    """
    top = max(posts, default=0) + new_posts
    steps = sorted({load / k for load in burden for k in range(1, top + 1)} | {0.0})
    low, high = 0, len(steps) - 1
    while low < high:
        middle = (low + high) // 2
        if lacking(burden, posts, steps[middle]) <= new_posts:
            high = middle
        else:
            low = middle + 1
    return steps[low]


def lacking(burden: list[float], posts: list[int], ceiling: float) -> float:
    """Posts that must be added before no station exceeds the ceiling."""
    total = 0.0
    for load, count in zip(burden, posts, strict=True):
        if load > 0:
            if ceiling <= 0:
                return math.inf
            total += max(0, math.ceil(load / ceiling - 1e-9) - count)
    return total
