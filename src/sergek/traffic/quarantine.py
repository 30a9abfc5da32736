"""Looking at issued cases again after a rule, sign, permit or certificate was found wrong."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from sergek.core.errors import ConfigError
from sergek.core.site import Site
from sergek.core.violation import Violation
from sergek.traffic.law.book import LawBook
from sergek.traffic.prescription import fine_of
from sergek.traffic.rules.judge import RULES
from sergek.traffic.rules.verdict import PassageFacts

__all__ = ["IssuedCase", "Recheck", "recheck"]


@dataclass(frozen=True, slots=True)
class IssuedCase:
    """A case as it was decided: the facts then, the violation then, what was paid.

    `paid_reduced`: paid in time at the reduced rate, which then holds for the new fine too.
    """

    case_id: str
    facts: PassageFacts
    violation: Violation
    fine_tenge: int
    paid_tenge: int = 0
    repeat: bool = False
    paid_reduced: bool = False


@dataclass(frozen=True, slots=True)
class Recheck:
    """What the corrected site and law make of a case, and what is owed back."""

    case_id: str
    outcome: Literal["stands", "changed", "cancel"]
    reason: str
    fine_tenge: int
    refund_tenge: int


def recheck(cases: Iterable[IssuedCase], site: Site, law: LawBook) -> list[Recheck]:
    """Every case judged anew as of its own time by what is known now.

    Nothing ever becomes graver: a case that would now cost more stands as it was.
    """
    return [_again(case, site, law) for case in cases]


def _again(case: IssuedCase, site: Site, law: LawBook) -> Recheck:
    if site.certificate_at(case.violation.happened_at) is None:
        return _cancelled(case, "no valid certificate at the time")
    if _uncalibrated(case, site):
        return _cancelled(case, "the camera was not calibrated at the time")
    verdict = RULES[case.violation.offence](case.facts, site, law)
    if not isinstance(verdict, Violation):
        return _cancelled(case, verdict.reason)
    new = fine_of(verdict, law, repeat=case.repeat)
    if new.tenge >= case.fine_tenge:
        return Recheck(case.case_id, "stands", "", case.fine_tenge, 0)
    back = max(0, case.paid_tenge - (new.reduced_tenge if case.paid_reduced else new.tenge))
    return Recheck(case.case_id, "changed", f"now {verdict.article}", new.tenge, back)


def _uncalibrated(case: IssuedCase, site: Site) -> bool:
    """Whether the camera's surveys are known and none of them held then."""
    if not site.channel(case.facts.camera_id).surveys:
        return False
    try:
        site.survey_at(case.facts.camera_id, case.violation.happened_at)
    except ConfigError:
        return True
    return False


def _cancelled(case: IssuedCase, reason: str) -> Recheck:
    return Recheck(case.case_id, "cancel", reason, 0, case.paid_tenge)
