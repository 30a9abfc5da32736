"""One action against a fault: every case it touched is judged again, cancelled, owed back."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict
from sqlalchemy import Engine, insert, select

from sergek.centre.forms import end_of, moment_of
from sergek.centre.people.tables import at_of, us_of
from sergek.centre.prescriptions import events
from sergek.centre.prescriptions.actions import PrescriptionActions
from sergek.centre.prescriptions.register import Prescription, prescription_of, steps_of
from sergek.centre.prescriptions.tables import prescriptions, quarantines
from sergek.centre.reading import reading
from sergek.core.errors import ConfigError, Conflict, NotFound
from sergek.traffic.prescription import PrescriptionState
from sergek.traffic.quarantine import IssuedCase, Recheck, recheck
from sergek.traffic.rules.record import FactsRecord

__all__ = ["Applied", "Quarantine", "Scope", "Touched", "days_of"]

_S = PrescriptionState
# What may still be taken back or owed back.
_OPEN = frozenset(_S) - {_S.CANCELLED}


class Scope(BaseModel):
    """Which cases: of a site, camera, offence, and in [since, until); None means all.

    `fault` is what was found wrong. `site`: the site's file was corrected (a permit, a sign, a
    certificate, a calibration), every case is judged again by it and some stand. `rule`, `device`
    and `period`: none of these cases can be believed, all are cancelled.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    fault: Literal["site", "rule", "device", "period"] = "site"
    site_id: str | None = None
    camera_id: str | None = None
    offence: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Touched:
    """One case in quarantine: what it was, what becomes of it, what is owed back (tenge)."""

    number: str
    case_id: str
    plate: str
    offence: str
    happened_at: str
    state: str
    outcome: Literal["stands", "changed", "cancel"]
    reason: str
    old_fine_tenge: int
    fine_tenge: int
    paid_tenge: int
    refund_tenge: int


@dataclass(frozen=True, slots=True)
class Applied:
    """A quarantine as it was carried out."""

    quarantine_id: str
    at: datetime
    actor: str
    scope: Scope
    reason: str
    found: tuple[Touched, ...]

    @property
    def refund_tenge(self) -> int:
        """All that is owed back."""
        return sum(one.refund_tenge for one in self.found)


@dataclass(frozen=True, slots=True)
class Quarantine:
    """Judges the register again; `actions` carry out what it finds."""

    engine: Engine
    actions: PrescriptionActions

    def found(self, scope: Scope, reason: str = "") -> list[Touched]:
        """What would become of every case in the scope; changes nothing."""
        self._refuse_everything(scope)
        with reading(self.engine).connect() as connection:
            rows = connection.execute(self._wanted(scope)).all()
            cases = [(prescription_of(row), _reduced(connection, row.number)) for row in rows]
        return [self._judged(one, scope, reason, reduced) for one, reduced in cases]

    def apply(self, scope: Scope, reason: str, actor: str) -> Applied:
        """Cancel, lower and list, in one transaction; `ConfigError` without a reason."""
        if len(reason.strip()) < 3:
            raise ConfigError("Write what was found faulty and by what act.")
        found = self.found(scope, reason.strip())
        touched = [one for one in found if one.outcome != "stands"]
        if not touched:
            raise Conflict("Every case of this choice stands: there is nothing to take back.")
        now = self.actions.clock.now()
        quarantine_id = events.new_id("quarantine", actor)
        with self.engine.begin() as connection:
            for one in touched:
                self._carry_out(connection, one, actor, quarantine_id)
            rows = [asdict(one) for one in found]
            body: dict[str, Any] = {
                "scope": scope.model_dump(mode="json"),
                "reason": reason.strip(),
            }
            body |= {"found": rows, "refund_tenge": sum(one.refund_tenge for one in touched)}
            event = events.quarantine_applied(quarantine_id, actor, now, body)
            self.actions.log.append([event], connection=connection)
            connection.execute(
                insert(quarantines).values(
                    quarantine_id=quarantine_id,
                    at_us=us_of(now),
                    actor=actor,
                    scope=scope.model_dump_json(),
                    reason=reason.strip(),
                    found=json.dumps(rows, ensure_ascii=False),
                )
            )
        return self.one(quarantine_id)

    def one(self, quarantine_id: str) -> Applied:
        """A quarantine that was carried out, or `NotFound`."""
        wanted = select(quarantines).where(quarantines.c.quarantine_id == quarantine_id)
        with reading(self.engine).connect() as connection:
            row = connection.execute(wanted).first()
        if row is None:
            raise NotFound("There is no such quarantine.")
        return _applied(row)

    def all(self) -> list[Applied]:
        """Every quarantine, newest first."""
        wanted = select(quarantines).order_by(quarantines.c.at_us.desc())
        with reading(self.engine).connect() as connection:
            return [_applied(row) for row in connection.execute(wanted)]

    def _carry_out(self, connection: Any, one: Touched, actor: str, quarantine: str) -> None:
        if one.outcome == "cancel":
            self.actions.take_back(connection, one.number, actor, one.reason, quarantine)
        else:
            article = one.reason.removeprefix("now ")
            self.actions.lower(
                connection,
                one.number,
                actor,
                one.fine_tenge,
                one.refund_tenge,
                article,
                quarantine,
            )

    @staticmethod
    def _refuse_everything(scope: Scope) -> None:
        if scope.fault == "rule" and scope.offence is None:
            raise ConfigError("Choose the offence whose rule was faulty.")
        if scope.fault == "device" and scope.site_id is None and scope.camera_id is None:
            raise ConfigError("Choose the complex or camera that was faulty.")
        if scope.fault == "period" and (scope.since is None or scope.until is None):
            raise ConfigError("Give the first and the last day of the period.")

    @staticmethod
    def _wanted(scope: Scope) -> Any:
        columns = prescriptions.c
        query = select(prescriptions).where(columns.state.in_([state.value for state in _OPEN]))
        for column, value in (
            (columns.site_id, scope.site_id),
            (columns.camera_id, scope.camera_id),
            (columns.offence, scope.offence),
        ):
            if value is not None:
                query = query.where(column == value)
        if scope.since is not None:
            query = query.where(columns.happened_us >= us_of(scope.since))
        if scope.until is not None:
            query = query.where(columns.happened_us < us_of(scope.until))
        return query.order_by(columns.happened_us, columns.number)

    def _judged(self, one: Prescription, scope: Scope, reason: str, reduced: bool) -> Touched:
        again = self._again(one, reduced) if scope.fault == "site" else _gone(one, reason)
        return Touched(
            number=one.number,
            case_id=one.case_id,
            plate=one.plate,
            offence=one.offence,
            happened_at=one.happened_at.isoformat(),
            state=one.state,
            outcome=again.outcome,
            reason=again.reason,
            old_fine_tenge=one.fine_tenge,
            fine_tenge=again.fine_tenge,
            paid_tenge=one.paid_tenge,
            refund_tenge=again.refund_tenge,
        )

    def _again(self, one: Prescription, reduced: bool) -> Recheck:
        if one.facts is None:
            return Recheck(one.case_id, "cancel", "its facts are not kept", 0, one.paid_tenge)
        case = IssuedCase(
            case_id=one.case_id,
            facts=FactsRecord.model_validate_json(one.facts).facts(),
            violation=one.violation,
            fine_tenge=one.fine_tenge,
            paid_tenge=one.paid_tenge,
            repeat=one.repeat_of is not None,
            paid_reduced=reduced,
        )
        return recheck([case], self.actions.ledger.site(one.site_id), self.actions.law)[0]


def _reduced(connection: Any, number: str) -> bool:
    return any(
        step.kind == "paid" and step.body.get("reduced") for step in steps_of(connection, number)
    )


def _gone(one: Prescription, reason: str) -> Recheck:
    return Recheck(one.case_id, "cancel", reason, 0, one.paid_tenge)


def _applied(row: Any) -> Applied:
    return Applied(
        quarantine_id=row.quarantine_id,
        at=at_of(row.at_us),
        actor=row.actor,
        scope=Scope.model_validate_json(row.scope),
        reason=row.reason,
        found=tuple(Touched(**each) for each in json.loads(row.found)),
    )


def days_of(since: str, until: str, zone: Any) -> tuple[datetime | None, datetime | None]:
    """Two days of a form (both included) as moments; empty text is no bound."""
    first, end = moment_of(since, zone), end_of(until, zone)
    if first and end and end <= first:
        raise ConfigError("The last day lies before the first.")
    return first, end
