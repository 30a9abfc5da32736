"""What changes prescriptions to owners of roads: issue, the steps after it, reminders."""

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine, insert, select, update

from sergek.centre.forms import Attached
from sergek.centre.roads.actions import next_number
from sergek.centre.roads.events import fact
from sergek.centre.roads.states import DefectStatus, Status, Step, next_status
from sergek.centre.roads.tables import defects, prescriptions, steps
from sergek.centre.steps import add_step, step_rows
from sergek.core.clock import Clock
from sergek.core.errors import ConfigError, Conflict, NotFound
from sergek.core.event import derive_id
from sergek.core.ports import EventLog, EvidenceStore
from sergek.traffic.law.roads import Term, road_book

__all__ = [
    "REMINDERS_DAYS",
    "PrescribingActions",
    "basis_of",
    "checked_in_vain",
    "days_allowed",
]

# Days before the end of a term, and the day after it, on which the register reminds.
REMINDERS_DAYS = (3, 1, -1)
_LONGEST_DAYS = 365


def days_allowed(terms: Sequence[Term | None]) -> tuple[int, int]:
    """The least and most days that all the terms allow; unknown ones leave any.

    Raises `ConfigError` where no number of days fits all: they need prescriptions of their own.
    """
    known = [term for term in terms if term is not None]
    least = max((term.days_min for term in known), default=1)
    most = min((term.days_max for term in known), default=_LONGEST_DAYS)
    if least > most:
        raise ConfigError("These defects have different terms: prescribe them separately.")
    return least, most


def checked_in_vain(taken: Sequence[Any], due_on: date | None) -> bool:
    """Whether the last visit was after the term and found the defect still there."""
    visits = [s for s in taken if s.kind in (Step.CHECK_DONE, Step.CHECK_NOT_DONE)]
    if not visits or due_on is None or visits[-1].kind == Step.CHECK_DONE:
        return False
    return bool(visits[-1].on_day and visits[-1].on_day > due_on.isoformat())


@dataclass(frozen=True, slots=True)
class PrescribingActions:
    """The actions over one database, log and evidence store; days are those of `zone`."""

    engine: Engine
    log: EventLog
    evidence: EvidenceStore
    clock: Clock
    zone: ZoneInfo

    def today(self) -> date:
        """The day in the city's zone."""
        return self.clock.now().astimezone(self.zone).date()

    def issue(self, defect_ids: Sequence[str], days: int | None, actor: str) -> str:
        """Prescribe defects of one owner; the number, `YEAR-N`.

        `days` None takes the standard's own term; where the table gives a range or nothing, the
        officer says the days, inside that range.
        """
        if not defect_ids:
            raise ConfigError("Choose at least one defect.")
        now, today = self.clock.now(), self.today()
        with self.engine.begin() as connection:
            rows = self._prescribable(connection, defect_ids)
            terms = [road_book().term_of(row.kind, now) for row in rows]
            days = _chosen(days, terms)
            basis = sorted({basis_of(term) for term in terms})
            articles = sorted({road_book().kind_of(row.kind).article for row in rows})
            number = next_number(connection, prescriptions.c.number, today.year)
            row = {
                "number": number,
                "owner_id": rows[0].owner_id,
                "officer": actor,
                "issued_on": today.isoformat(),
                "days": days,
                "basis": json.dumps(basis, ensure_ascii=False),
                "article": ", ".join(articles),
            }
            prescription_id = derive_id("road_prescription", number, secrets.token_hex(16))
            body = row | {"basis": basis, "defects": list(defect_ids)}
            event = fact("road_prescription.issued", prescription_id, now, body, actor)
            self.log.append([event], connection=connection)
            connection.execute(
                insert(prescriptions).values(
                    prescription_id=prescription_id, status=Status.ISSUED.value, **row
                )
            )
            connection.execute(
                update(defects)
                .where(defects.c.defect_id.in_(list(defect_ids)))
                .values(prescription_id=prescription_id, status=DefectStatus.PRESCRIBED.value)
            )
        return number

    def take(
        self,
        number: str,
        step: Step,
        actor: str,
        text: str = "",
        on: date | None = None,
        file: Attached | None = None,
    ) -> Status:
        """Take one step; the status now. `on` is the day it happened (extending: the new term).

        Bytes of a file are stored before the fact. Raises `Conflict`, `ConfigError`, `NotFound`.
        """
        now, today = self.clock.now(), self.today()
        key = self.evidence.put(file.data) if file else None
        with self.engine.begin() as connection:
            row = _row(connection, number)
            day = _day_of(step, row, text, on, today)
            taken = step_rows(connection, steps.c.prescription_id, row.prescription_id)
            due_on = date.fromisoformat(row.due_on) if row.due_on else None
            status = next_status(
                Status(row.status),
                step,
                overdue=due_on is not None and today > due_on,
                checked_in_vain=checked_in_vain(taken, due_on),
            )
            entry = {
                "kind": step.value,
                "text": text.strip(),
                "on_day": day.isoformat(),
                "file_key": key,
                "file_name": file.name[:200] if file else None,
            }
            self._record(connection, row.prescription_id, len(taken), actor, now, entry)
            connection.execute(
                update(prescriptions)
                .where(prescriptions.c.prescription_id == row.prescription_id)
                .values(status=status.value, **_changes(step, row, text, day))
            )
            _pass_on(connection, row.prescription_id, status)
        return status

    def remind(self) -> int:
        """Record the reminders that are due today; how many were new. May be called at any time."""
        now, today = self.clock.now(), self.today()
        days = {(today + timedelta(days=d)).isoformat(): d for d in REMINDERS_DAYS}
        wanted = select(prescriptions.c.prescription_id, prescriptions.c.due_on).where(
            prescriptions.c.status.in_([Status.SERVED.value, Status.ANSWERED.value]),
            prescriptions.c.due_on.in_(list(days)),
        )
        with self.engine.begin() as connection:
            due = [
                fact(
                    "road_prescription.reminded",
                    row.prescription_id,
                    now,
                    {"due_on": row.due_on, "days": days[row.due_on]},
                    once=(row.due_on, days[row.due_on]),
                )
                for row in connection.execute(wanted)
            ]
            return len(self.log.append(due, connection=connection)) if due else 0

    def _prescribable(self, connection: Connection, defect_ids: Sequence[str]) -> Sequence[Any]:
        wanted = select(defects).where(defects.c.defect_id.in_(list(defect_ids)))
        rows = connection.execute(wanted).all()
        if len(rows) != len(set(defect_ids)):
            raise NotFound("One of the chosen defects does not exist.")
        if any(row.status != DefectStatus.RECORDED for row in rows):
            raise Conflict("One of the chosen defects is prescribed already or not accepted yet.")
        if len({row.owner_id for row in rows}) != 1 or rows[0].owner_id is None:
            raise ConfigError("Choose defects of one owner, and name the owner of each first.")
        return rows

    def _record(
        self,
        connection: Connection,
        prescription_id: str,
        place: int,
        actor: str,
        now: datetime,
        entry: dict[str, Any],
    ) -> None:
        event = fact("road_prescription.step", prescription_id, now, entry, actor, once=(place,))
        self.log.append([event], connection=connection)
        paper, step_id = steps.c.prescription_id, event.event_id
        add_step(connection, paper, prescription_id, step_id=step_id, actor=actor, at=now, **entry)


def _chosen(days: int | None, terms: Sequence[Term | None]) -> int:
    least, most = days_allowed(terms)
    if days is None and least != most:
        raise ConfigError(f"Say the days: the table leaves {least} to {most} for these defects.")
    chosen = least if days is None else days
    if not least <= chosen <= most:
        raise ConfigError(f"The table allows {least} to {most} days for these defects.")
    return chosen


def basis_of(term: Term | None) -> str:
    """Standard and clause, or nothing where the table knows none."""
    if term is None:
        return ""
    return f"{term.standard}, {term.clause}" if term.clause else term.standard


def _row(connection: Connection, number: str) -> Any:
    wanted = select(prescriptions).where(prescriptions.c.number == number)
    row = connection.execute(wanted).first()
    if row is None:
        raise NotFound(f"There is no prescription {number}.")
    return row


def _day_of(step: Step, row: Any, text: str, on: date | None, today: date) -> date:
    """The step's day, checked: what happened is not in the future, a new term is later."""
    if not text.strip() and step is not Step.CHECK_DONE:
        raise ConfigError("Write how it was served, what was answered or seen, or the reason.")
    if step is Step.EXTEND:
        if on is None or (row.due_on and on.isoformat() <= row.due_on) or on <= today:
            raise ConfigError("Say a coming day later than the term that runs now.")
        return on
    day = on or today
    if not row.issued_on <= day.isoformat() <= today.isoformat():
        raise ConfigError("The day lies before the prescription or in the future.")
    return day


def _changes(step: Step, row: Any, text: str, day: date) -> dict[str, Any]:
    if step is Step.SERVE:
        due = (day + timedelta(days=row.days)).isoformat()
        return {"served_on": day.isoformat(), "first_due_on": due, "due_on": due}
    if step is Step.EXTEND:
        return {"due_on": day.isoformat()}
    if step is Step.PROTOCOL:
        return {"protocol": text.strip()[:64], "protocol_on": day.isoformat()}
    return {"fulfilled_on": day.isoformat()} if step is Step.CHECK_DONE else {}


def _pass_on(connection: Connection, prescription_id: str, status: Status) -> None:
    """Defects follow their prescription to its end."""
    then = {Status.FULFILLED: DefectStatus.REMOVED, Status.WITHDRAWN: DefectStatus.RECORDED}
    if status not in then:
        return
    values: dict[str, Any] = {"status": then[status].value}
    if status is Status.WITHDRAWN:
        values["prescription_id"] = None
    change = update(defects).where(defects.c.prescription_id == prescription_id)
    connection.execute(change.values(**values))
