"""Mixed-integer linear programs for HiGHS: build by blocks of columns and rows, solve, get a bound.

HiGHS: Q. Huangfu, J. A. J. Hall, "Parallelizing the dual revised simplex method", Mathematical
Programming Computation 10, 2018; https://highs.dev.
"""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

import highspy
import numpy as np

from sergek.planning.arrays import FloatArray, IntArray
from sergek.planning.proof import Watch

__all__ = ["Infeasible", "LinearModel", "Solution"]

INF = math.inf


class Infeasible(Exception):
    """No point satisfies the constraints; the engine that built them says why in words."""


@dataclass(frozen=True, slots=True)
class Solution:
    """Values of the columns (None if none was found in time), objective and dual bound."""

    x: FloatArray | None
    value: float
    bound: float


@dataclass(slots=True)
class LinearModel:
    """A growing model; columns and rows are numbered from 0 in order of adding."""

    sense: Literal["min", "max"] = "min"
    lower: list[float] = field(default_factory=list)
    upper: list[float] = field(default_factory=list)
    cost: list[float] = field(default_factory=list)
    integer: list[bool] = field(default_factory=list)
    row_lower: list[float] = field(default_factory=list)
    row_upper: list[float] = field(default_factory=list)
    starts: list[int] = field(default_factory=lambda: [0])
    index: list[int] = field(default_factory=list)
    weight: list[float] = field(default_factory=list)

    def columns(
        self,
        costs: Iterable[float],
        lower: float = 0.0,
        upper: float = INF,
        integer: bool = False,
    ) -> IntArray:
        """Add one column per cost; return their numbers."""
        first = len(self.cost)
        self.cost.extend(float(cost) for cost in costs)
        count = len(self.cost) - first
        self.lower.extend([lower] * count)
        self.upper.extend([upper] * count)
        self.integer.extend([integer] * count)
        return np.arange(first, first + count, dtype=np.int64)

    def binaries(self, costs: Iterable[float]) -> IntArray:
        """Add one 0/1 column per cost."""
        return self.columns(costs, 0.0, 1.0, True)

    def row(
        self,
        columns: Iterable[int],
        weights: Iterable[float] | float,
        lower: float = -INF,
        upper: float = INF,
    ) -> None:
        """Add `lower ≤ Σ weight·column ≤ upper`."""
        numbers = [int(column) for column in columns]
        if isinstance(weights, int | float):
            self.weight.extend([float(weights)] * len(numbers))
        else:
            self.weight.extend(float(weight) for weight in weights)
        self.index.extend(numbers)
        self.starts.append(len(self.index))
        self.row_lower.append(lower)
        self.row_upper.append(upper)

    def lp(self) -> Any:
        """The model in HiGHS's own form."""
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = len(self.cost), len(self.row_lower)
        lp.sense_ = (
            highspy.ObjSense.kMinimize if self.sense == "min" else highspy.ObjSense.kMaximize
        )
        lp.col_cost_ = np.array(self.cost)
        lp.col_lower_, lp.col_upper_ = np.array(self.lower), np.array(self.upper)
        lp.row_lower_, lp.row_upper_ = np.array(self.row_lower), np.array(self.row_upper)
        lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        lp.a_matrix_.start_ = np.array(self.starts, dtype=np.int32)
        lp.a_matrix_.index_ = np.array(self.index, dtype=np.int32)
        lp.a_matrix_.value_ = np.array(self.weight)
        if any(self.integer):
            kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
            lp.integrality_ = [kinds[whole] for whole in self.integer]
        return lp

    def solve(self, watch: Watch, gap: float = 0.0, start: FloatArray | None = None) -> Solution:
        """Solve to the gap or the watch's limit; `Infeasible` if there is no solution at all."""
        highs: Any = highspy.Highs()  # type: ignore[no-untyped-call]
        highs.silent()
        highs.setOptionValue("mip_rel_gap", gap)
        highs.setOptionValue("mip_abs_gap", 1e-7)
        if math.isfinite(watch.left_s):
            highs.setOptionValue("time_limit", max(watch.left_s, 0.05))
        highs.passModel(self.lp())
        if start is not None:
            given = highspy.HighsSolution()
            given.col_value = list(start)
            highs.setSolution(given)
        if watch.progress is not None and any(self.integer):
            highs.cbMipLogging.subscribe(listener(watch))
        highs.run()
        return self._read(highs)

    def _read(self, highs: Any) -> Solution:
        status, info = highs.getModelStatus(), highs.getInfo()
        infeasible = (
            highspy.HighsModelStatus.kInfeasible,
            highspy.HighsModelStatus.kUnboundedOrInfeasible,
        )
        if status in infeasible:
            raise Infeasible
        worst = -INF if self.sense == "min" else INF
        if any(self.integer):
            bound = float(info.mip_dual_bound)
        elif status == highspy.HighsModelStatus.kOptimal:
            bound = float(info.objective_function_value)
        else:
            bound = worst
        if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
            return Solution(None, -worst, bound)
        x = np.array(highs.getSolution().col_value)
        return Solution(x, float(info.objective_function_value), bound)


def listener(watch: Watch) -> Callable[[Any], None]:
    """Pass HiGHS's own progress to the watch."""

    def hear(event: Any) -> None:
        value, bound = event.data_out.mip_primal_bound, event.data_out.mip_dual_bound
        watch.tell(
            value if abs(value) < 1e100 else None,
            bound if abs(bound) < 1e100 else None,
        )

    return hear
