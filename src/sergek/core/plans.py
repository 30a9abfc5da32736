"""Studies that people decide on: what the operations centre asks of the planning room."""

from typing import Protocol

from sergek.core.workload import CheckStatements, NormOn

__all__ = ["Planning"]


class Planning(Protocol):
    """The planning room as the centre sees it; filled in by wiring."""

    @property
    def check_statements(self) -> CheckStatements:
        """Compares quoted figures with the residents; at once."""
        ...

    @property
    def norm_on(self) -> NormOn:
        """The norm of load in force on a day."""
        ...
