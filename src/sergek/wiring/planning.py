"""The planning room behind the centre's port: engines at once, studies in the background."""

import datetime as dt
from dataclasses import dataclass

from sergek.core.workload import CheckStatements, Norm, NormOn
from sergek.planning.service.norms import norm_on, read_norms
from sergek.planning.service.statements import check_statements

__all__ = ["PlanningRoom"]


@dataclass(frozen=True, slots=True)
class PlanningRoom:
    """`core.plans.Planning` over the engines."""

    norms: tuple[Norm, ...]

    @classmethod
    def open(cls) -> "PlanningRoom":
        """With the norms that the package carries."""
        return cls(read_norms())

    @property
    def check_statements(self) -> CheckStatements:
        """The checker itself: arithmetic, no process needed."""
        return check_statements

    @property
    def norm_on(self) -> NormOn:
        """The norm in force on a day."""

        def look_up(kind: str, day: dt.date) -> Norm:
            return norm_on(self.norms, kind, day)

        return look_up
