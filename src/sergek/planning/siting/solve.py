"""Budgeted maximal coverage, exactly: which complexes, the curve, the months, the reasons.

S. Khuller, A. Moss, J. Naor, "The budgeted maximum coverage problem", 1999, as a mixed-integer
program.
"""

from dataclasses import dataclass

import numpy as np

from sergek.core.errors import ConfigError
from sergek.planning.arrays import BoolArray, FloatArray, IntArray
from sergek.planning.milp import LinearModel
from sergek.planning.proof import Proof, Watch
from sergek.planning.siting.problem import Siting

__all__ = ["Choice", "choose", "explain", "marginal", "schedule", "trade_off"]


@dataclass(frozen=True, slots=True)
class Choice:
    """The chosen candidates, what they cost (thousand tenge), and the proof of their worth."""

    chosen: BoolArray
    cost: float
    proof: Proof


def choose(problem: Siting, budget: float, watch: Watch, gap: float = 0.0) -> Choice:
    """The candidates of most worth within the budget, must-haves included."""
    check_budget(problem, budget)
    model = LinearModel("max")
    take = model.binaries([0.0] * len(problem.ids))
    for column in take[problem.must]:
        model.lower[column] = 1.0
    seen = model.columns(problem.weight, 0.0, 1.0)
    model.row(take, problem.cost, upper=budget)
    link(model, problem, take, seen)
    solution = model.solve(watch, gap)
    chosen = solution.x[take] > 0.5 if solution.x is not None else problem.must.copy()
    value = problem.worth(chosen)
    bound = min(max(solution.bound, value), float(problem.weight.sum()))
    proof = Proof(value, max(bound, value), watch.elapsed_s, "max")
    return Choice(chosen, float(problem.cost[chosen].sum()), proof)


def link(model: LinearModel, problem: Siting, take: IntArray, seen: IntArray) -> None:
    """A segment is seen only where a taken candidate watches it."""
    for segment, column in enumerate(seen):
        watchers = take[problem.watches[:, segment]]
        model.row([*watchers, column], [1.0] * len(watchers) + [-1.0], lower=0.0)


def check_budget(problem: Siting, budget: float) -> None:
    """`ConfigError` in words where the budget is below the must-haves, or buys nothing."""
    must = float(problem.cost[problem.must].sum())
    if not must <= budget + 1e-9:  # so that a budget that is no number is refused too
        names = ", ".join(np.array(problem.ids)[problem.must])
        raise ConfigError(
            f"the must-haves ({names}) cost {must:,.0f} thousand tenge, {must - budget:,.0f} more "
            f"than the budget of {budget:,.0f}: raise the budget or release one of them"
        )
    if budget < problem.cost.min():
        raise ConfigError(
            f"the budget of {budget:,.0f} thousand tenge buys nothing: the cheapest complex "
            f"({problem.ids[int(problem.cost.argmin())]}) costs {problem.cost.min():,.0f}"
        )


def trade_off(problem: Siting, watch: Watch, points: int = 12) -> list[tuple[float, Choice]]:
    """(budget, best choice for it) from the must-haves up to all complexes, whole thousands."""
    least = max(float(problem.cost[problem.must].sum()), float(problem.cost.min()))
    curve = []
    for budget in np.ceil(np.linspace(least, float(problem.cost.sum()), points)):
        curve.append((float(budget), choose(problem, float(budget) + 1e-6, watch)))
    return curve


def marginal(problem: Siting, chosen: BoolArray) -> FloatArray:
    """Points lost without each chosen candidate, or gained by adding each other one."""
    whole = problem.worth(chosen)
    result = np.zeros(len(problem.ids))
    for k in range(len(problem.ids)):
        other = chosen.copy()
        other[k] = not other[k]
        result[k] = abs(problem.worth(other) - whole)
    return result


def schedule(
    problem: Siting, chosen: BoolArray, months: int, watch: Watch, gap: float = 0.01
) -> tuple[IntArray, Proof]:
    """The month (0-based, −1 not chosen) in which each chosen complex returns.

    Equal money each month, unspent money carried over; the worth summed over all months is the
    greatest possible, so what brings most for its money returns first.
    """
    if months < 1:
        raise ConfigError("at least one month is needed")
    mine = np.flatnonzero(chosen)
    model = LinearModel("max")
    back = [model.binaries([0.0] * len(mine)) for _ in range(months)]
    watched = problem.watches[mine]
    useful = np.flatnonzero(watched.any(axis=0))
    for month in range(months):
        seen = model.columns(problem.weight[useful], 0.0, 1.0)
        for column, segment in zip(seen, useful, strict=True):
            watchers = back[month][watched[:, segment]]
            model.row([*watchers, column], [1.0] * len(watchers) + [-1.0], lower=0.0)
        spent = float(problem.cost[mine].sum()) * (month + 1) / months
        model.row(back[month], problem.cost[mine], upper=spent + 1e-6)
        if month:
            for now, before in zip(back[month], back[month - 1], strict=True):
                model.row([now, before], [1.0, -1.0], lower=0.0)
    for column in back[-1]:
        model.lower[column] = 1.0
    solution = model.solve(watch, gap)
    if solution.x is None:
        raise ConfigError("no order of return was found in the time given; allow more")
    standing = np.array([solution.x[columns] > 0.5 for columns in back])
    when = np.full(len(problem.ids), -1, dtype=np.int64)
    when[mine] = standing.argmax(axis=0)
    value = sum(problem.worth((when >= 0) & (when <= month)) for month in range(months))
    proof = Proof(value, max(solution.bound, value), watch.elapsed_s, "max")
    return when, proof


def explain(problem: Siting, k: int, chosen: bool, points: float) -> dict[str, str]:
    """Why a candidate was chosen or not, one sentence in each language."""
    per = points / problem.cost[k] * 1000
    name, cost = problem.ids[k], f"{problem.cost[k]:,.0f}".replace(",", "\u202f")
    if chosen and problem.must[k]:
        return {
            "en": f"{name}: set as a must; alone it watches {points:.2f} points.",
            "ru": f"{name}: обязательный; только он даёт {points:.2f} балла.",
            "kk": f"{name}: міндетті; оның өзі ғана {points:.2f} балл береді.",
        }
    if chosen:
        return {
            "en": f"{name}: without it {points:.2f} points are lost ({per:.2f} per mln tenge).",
            "ru": f"{name}: без него теряется {points:.2f} балла ({per:.2f} на млн тенге).",
            "kk": f"{name}: онсыз {points:.2f} балл жоғалады (млн теңгеге {per:.2f}).",
        }
    return {
        "en": f"{name}: would add {points:.2f} points for {cost} thousand tenge; others add more.",
        "ru": f"{name}: добавил бы {points:.2f} балла за {cost} тыс. тенге; другие дают больше.",
        "kk": f"{name}: {cost} мың теңгеге {points:.2f} балл қосар еді; басқалары көбірек береді.",
    }
