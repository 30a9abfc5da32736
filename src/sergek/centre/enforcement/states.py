"""What may happen to a case, when, and by whose hand.

arriving → waiting → (second) → approved → signed
    └ note     ├ rejected          └ waiting (sent back by the signer)
               ├ returned → waiting (answered by the complex's engineer)
               └ lapsed (nobody decided while the law allowed it)

Until it is signed a decision can be corrected by another one; nothing is ever taken back. A case
that needs a second look is approved by two different people; who decided on it never signs it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sergek.core.errors import Conflict, Forbidden

__all__ = [
    "DECISIONS",
    "QUEUED",
    "UNDECIDED",
    "Decision",
    "Status",
    "Taken",
    "after",
    "status_of",
]


class Status(StrEnum):
    """Where a case stands; `NOTE` is for an officer's eyes and leads to nothing."""

    ARRIVING = "arriving"
    NOTE = "note"
    WAITING = "waiting"
    SECOND = "second"
    APPROVED = "approved"
    REJECTED = "rejected"
    RETURNED = "returned"
    SIGNED = "signed"
    LAPSED = "lapsed"


class Decision(StrEnum):
    """One thing a person does to a case, or time (`LAPSE`)."""

    APPROVE = "approve"
    REJECT = "reject"
    RETURN = "return"
    ANSWER = "answer"
    SEND_BACK = "send_back"
    SIGN = "sign"
    LAPSE = "lapse"


# What a reviewer decides; the others belong to the engineer and the signer.
DECISIONS = (Decision.APPROVE, Decision.REJECT, Decision.RETURN)
QUEUED = (Status.WAITING, Status.SECOND)
# What time can end.
UNDECIDED = (Status.ARRIVING, *QUEUED, Status.APPROVED, Status.RETURNED)


@dataclass(frozen=True, slots=True)
class Taken:
    """A decision with its author; `doubt` says that the typed plate was not the machine's."""

    decision: Decision
    actor: str
    doubt: bool = False


def status_of(taken: Sequence[Taken], *, needs_second: bool) -> Status:
    """Where a case in review stands after these decisions, oldest first."""
    if not taken:
        return Status.WAITING
    last = taken[-1].decision
    if last is not Decision.APPROVE:
        return {
            Decision.SIGN: Status.SIGNED,
            Decision.REJECT: Status.REJECTED,
            Decision.RETURN: Status.RETURNED,
            Decision.LAPSE: Status.LAPSED,
        }.get(last, Status.WAITING)
    run = _approvals(taken)
    second = needs_second or any(each.doubt for each in run)
    enough = len({each.actor for each in run}) >= (2 if second else 1)
    return Status.APPROVED if enough else Status.SECOND


def after(taken: Sequence[Taken], new: Taken, *, needs_second: bool) -> Status:
    """The status once `new` is taken too; `Conflict` at the wrong time, `Forbidden` by the
    wrong hand."""
    now = status_of(taken, needs_second=needs_second)
    if now is Status.SIGNED:
        raise Conflict("The case is signed: it can be changed only through its prescription.")
    if now is Status.LAPSED:
        raise Conflict("The case lapsed: nobody decided it while the law allowed it.")
    if now not in _WHEN[new.decision]:
        raise Conflict(f"The case is “{now}” now: load it again before you decide.")
    approvers = {each.actor for each in _approvals(taken)}
    if new.decision is Decision.APPROVE and now is Status.SECOND and new.actor in approvers:
        raise Forbidden("You approved this case already: another reviewer must look at it.")
    reviewers = {each.actor for each in taken if each.decision in DECISIONS}
    if new.decision in (Decision.SIGN, Decision.SEND_BACK) and new.actor in reviewers:
        raise Forbidden("You decided on this case: somebody else must sign it.")
    return status_of([*taken, new], needs_second=needs_second)


_IN_REVIEW = frozenset(
    {Status.WAITING, Status.SECOND, Status.APPROVED, Status.REJECTED, Status.RETURNED}
)
_WHEN = {
    Decision.APPROVE: _IN_REVIEW - {Status.APPROVED},
    Decision.REJECT: _IN_REVIEW - {Status.REJECTED},
    Decision.RETURN: _IN_REVIEW - {Status.RETURNED},
    Decision.ANSWER: frozenset({Status.RETURNED}),
    Decision.SEND_BACK: frozenset({Status.APPROVED}),
    Decision.SIGN: frozenset({Status.APPROVED}),
    Decision.LAPSE: frozenset(UNDECIDED),
}


def _approvals(taken: Sequence[Taken]) -> list[Taken]:
    """The approvals that stand: those since the last decision of another kind."""
    run: list[Taken] = []
    for each in reversed(taken):
        if each.decision is not Decision.APPROVE:
            break
        run.append(each)
    return run
