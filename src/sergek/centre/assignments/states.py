"""What may happen to an assignment, when, and by whose hand.

new → accepted → in_work → reported → closed
                  ↑            └ returned (back to in_work, with the reason)

The lead (or a co-executor) accepts, works, reports and asks for more time; the controller grants
or refuses time, returns or closes. Nobody closes what they carry out.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from sergek.core.errors import Conflict, Forbidden

__all__ = ["Hand", "Status", "Step", "hands_of", "next_status", "open_steps"]


class Status(StrEnum):
    """Where an assignment stands; *overdue* is no status but a day that has passed."""

    NEW = "new"
    ACCEPTED = "accepted"
    IN_WORK = "in_work"
    REPORTED = "reported"
    RETURNED = "returned"
    CLOSED = "closed"


class Step(StrEnum):
    """One thing a person does to an assignment."""

    ACCEPT = "accept"
    PROGRESS = "progress"
    REPORT = "report"
    ASK_TIME = "ask_time"
    GRANT_TIME = "grant_time"
    REFUSE_TIME = "refuse_time"
    RETURN = "return"
    CLOSE = "close"


class Hand(StrEnum):
    """In what capacity somebody touches an assignment."""

    EXECUTOR = "executor"
    CONTROLLER = "controller"


@dataclass(frozen=True, slots=True)
class _Rule:
    hand: Hand
    when: frozenset[Status]
    then: Status | None


_OPEN = frozenset(Status) - {Status.CLOSED}
_WORKED = frozenset({Status.ACCEPTED, Status.IN_WORK, Status.RETURNED})
_RULES: Mapping[Step, _Rule] = {
    Step.ACCEPT: _Rule(Hand.EXECUTOR, frozenset({Status.NEW}), Status.ACCEPTED),
    Step.PROGRESS: _Rule(Hand.EXECUTOR, _WORKED, Status.IN_WORK),
    Step.REPORT: _Rule(Hand.EXECUTOR, _WORKED, Status.REPORTED),
    Step.ASK_TIME: _Rule(Hand.EXECUTOR, _WORKED, None),
    Step.GRANT_TIME: _Rule(Hand.CONTROLLER, _OPEN, None),
    Step.REFUSE_TIME: _Rule(Hand.CONTROLLER, _OPEN, None),
    Step.RETURN: _Rule(Hand.CONTROLLER, frozenset({Status.REPORTED}), Status.RETURNED),
    Step.CLOSE: _Rule(Hand.CONTROLLER, frozenset({Status.REPORTED}), Status.CLOSED),
}


def hands_of(name: str, lead: str, co_executors: tuple[str, ...], controller: str) -> set[Hand]:
    """In which capacities this person may touch the assignment.

    Whoever carries it out is never its controller, even if the names were entered so.
    """
    if name == lead or name in co_executors:
        return {Hand.EXECUTOR}
    return {Hand.CONTROLLER} if name == controller else set()


def open_steps(status: Status, hands: set[Hand], *, time_asked: bool) -> list[Step]:
    """The steps that this person may take now, in the order of a page's buttons."""
    steps = [step for step, rule in _RULES.items() if status in rule.when and rule.hand in hands]
    answers = {Step.GRANT_TIME, Step.REFUSE_TIME}
    return [step for step in steps if step not in answers or time_asked]


def next_status(
    status: Status, step: Step, hands: set[Hand], *, time_asked: bool, open_children: int
) -> Status:
    """The status after the step; `Forbidden` for the wrong hand, `Conflict` at the wrong time."""
    rule = _RULES[step]
    if rule.hand not in hands:
        who = "its executors" if rule.hand is Hand.EXECUTOR else "its controller"
        raise Forbidden(f"Only {who} may do this with the assignment.")
    if step not in open_steps(status, hands, time_asked=time_asked):
        raise Conflict(f"The assignment is “{status}” now: load the page again.")
    if step in (Step.REPORT, Step.CLOSE) and open_children:
        raise Conflict(f"{open_children} sub-task(s) are still open: close them first.")
    return rule.then or status
