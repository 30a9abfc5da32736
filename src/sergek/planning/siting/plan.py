"""Which complexes return: from a city and its money to the choice, the months and the curve."""

from dataclasses import dataclass

import numpy as np

from sergek.planning.arrays import FloatArray, IntArray
from sergek.planning.city.model import City
from sergek.planning.proof import Progress, Proof, Watch
from sergek.planning.siting.problem import Siting, from_city
from sergek.planning.siting.solve import Choice, choose, marginal, schedule, trade_off

__all__ = ["SitingPlan", "plan_siting"]

_RISKS = (0.0, 0.25, 0.5, 0.75, 1.0)
_MONTHS_GAP = 1e-3


@dataclass(frozen=True, slots=True)
class SitingPlan:
    """`budget` in thousand tenge; `when` is each candidate's month from 0 on; `points` what would
    be lost without it; `curve` the best choice by money; `sensitivity` the weight of risk, the
    worth under it, and how many complexes the choice has in common with this one."""

    problem: Siting
    budget: float
    choice: Choice
    when: IntArray
    months_proof: Proof
    points: FloatArray
    curve: list[tuple[float, Choice]]
    sensitivity: list[tuple[float, float, int]]


def plan_siting(
    city: City,
    budget_mln: float | None,
    risk: float,
    months: int,
    time_limit_s: float,
    tell: Progress | None = None,
    *,
    gap: float = 0.0,
    curve_points: int = 12,
) -> SitingPlan:
    """Within the budget (million tenge; without one half of what all cost) and the time.

    The choice, the months, the curve and the sensitivity may each take a quarter of the time.
    """
    problem = from_city(city, risk)
    money = float(problem.cost.sum()) / 2 if budget_mln is None else budget_mln * 1000
    quarter_s = time_limit_s / 4
    choice = choose(problem, money, Watch(quarter_s, tell), gap)
    when, months_proof = schedule(
        problem, choice.chosen, months, Watch(quarter_s, tell), max(gap, _MONTHS_GAP)
    )
    curve = trade_off(problem, Watch(quarter_s), curve_points)
    sensitivity = []
    for share in _RISKS:
        other = choose(from_city(city, share), money, Watch(quarter_s / len(_RISKS)), gap)
        common = int(np.sum(other.chosen & choice.chosen))
        sensitivity.append((share, other.proof.value, common))
    points = marginal(problem, choice.chosen)
    return SitingPlan(problem, money, choice, when, months_proof, points, curve, sensitivity)
