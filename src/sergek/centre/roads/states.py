"""What may happen to a prescription to a road's owner, and when.

issued → served → answered → fulfilled
            └ checked in vain, overdue → protocol → fulfilled

Terms run from the day after service. *Overdue* is no status but a day that has passed. Extending
moves that day; the first one stays on record.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from sergek.core.errors import Conflict

__all__ = ["DefectStatus", "Status", "Step", "next_status", "open_steps"]


class DefectStatus(StrEnum):
    """Where a defect stands; a citizen's report is proposed until an officer decides."""

    PROPOSED = "proposed"
    RECORDED = "recorded"
    REJECTED = "rejected"
    PRESCRIBED = "prescribed"
    REMOVED = "removed"


class Status(StrEnum):
    """Where a prescription stands."""

    ISSUED = "issued"
    SERVED = "served"
    ANSWERED = "answered"
    PROTOCOL = "protocol"
    FULFILLED = "fulfilled"
    WITHDRAWN = "withdrawn"


class Step(StrEnum):
    """One thing that happens to a prescription."""

    SERVE = "serve"
    ANSWER = "answer"
    EXTEND = "extend"
    CHECK_DONE = "check_done"
    CHECK_NOT_DONE = "check_not_done"
    PROTOCOL = "protocol"
    WITHDRAW = "withdraw"


@dataclass(frozen=True, slots=True)
class _Rule:
    when: frozenset[Status]
    then: Status | None


_RUNNING = frozenset({Status.SERVED, Status.ANSWERED})
_CHECKED = _RUNNING | {Status.PROTOCOL}
_RULES: Mapping[Step, _Rule] = {
    Step.SERVE: _Rule(frozenset({Status.ISSUED}), Status.SERVED),
    Step.ANSWER: _Rule(_CHECKED, None),
    Step.EXTEND: _Rule(_RUNNING, None),
    Step.CHECK_DONE: _Rule(_CHECKED, Status.FULFILLED),
    Step.CHECK_NOT_DONE: _Rule(_CHECKED, None),
    Step.PROTOCOL: _Rule(_RUNNING, Status.PROTOCOL),
    Step.WITHDRAW: _Rule(frozenset({Status.ISSUED}) | _RUNNING, Status.WITHDRAWN),
}


def open_steps(status: Status, *, overdue: bool, checked_in_vain: bool) -> list[Step]:
    """The steps that may be taken now, in the order of a page's buttons.

    A protocol needs a term that has passed and a visit after it that found the defect still there.
    """
    found = [step for step, rule in _RULES.items() if status in rule.when]
    return [s for s in found if s is not Step.PROTOCOL or (overdue and checked_in_vain)]


def next_status(status: Status, step: Step, *, overdue: bool, checked_in_vain: bool) -> Status:
    """The status after the step; `Conflict` where it may not be taken now."""
    if step is Step.PROTOCOL and status in _RUNNING and not (overdue and checked_in_vain):
        raise Conflict(
            "A protocol needs a term that has passed and a visit after it: visit the place first."
        )
    if step not in open_steps(status, overdue=overdue, checked_in_vain=checked_in_vain):
        raise Conflict(f"The prescription is “{status}” now: load the page again.")
    if step is Step.ANSWER and status is not Status.PROTOCOL:
        return Status.ANSWERED
    return _RULES[step].then or status
