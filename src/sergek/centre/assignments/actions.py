"""What changes assignments: each action appends its event and its rows in one transaction."""

import json
import secrets
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection, Engine, func, insert, select, update

from sergek.centre.assignments import events
from sergek.centre.assignments.states import Status, Step, hands_of, next_status
from sergek.centre.assignments.tables import assignments, meetings, steps
from sergek.centre.forms import Attached
from sergek.centre.people.tables import people
from sergek.centre.steps import add_step
from sergek.core.clock import Clock
from sergek.core.errors import ConfigError, Conflict, NotFound
from sergek.core.event import derive_id
from sergek.core.ports import EventLog, EvidenceStore

__all__ = ["REMINDERS_DAYS", "AssignmentActions", "Meeting", "NewAssignment"]

# Days before the term on which the lead is reminded.
REMINDERS_DAYS = (7, 3, 1)
_FROZEN = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Meeting(BaseModel):
    """A meeting that gave assignments: what was said, and who was there."""

    model_config = _FROZEN

    title: str = Field(min_length=3, max_length=300)
    place: str = Field(default="", max_length=300)
    held_on: date
    minutes: str = Field(default="", max_length=20_000)
    attended: tuple[str, ...] = Field(min_length=1)


class NewAssignment(BaseModel):
    """What is decided when an assignment is given; names are sign-in names."""

    model_config = _FROZEN

    text: str = Field(min_length=5, max_length=5_000)
    source: str = Field(min_length=2, max_length=300)
    department: str = Field(min_length=2, max_length=200)
    lead: str
    co_executors: tuple[str, ...] = ()
    controller: str
    given_on: date
    due_on: date
    meeting_id: str | None = None
    parent_id: str | None = None


@dataclass(frozen=True, slots=True)
class AssignmentActions:
    """The actions over one database, log and evidence store; days are those of `zone`."""

    engine: Engine
    log: EventLog
    evidence: EvidenceStore
    clock: Clock
    zone: ZoneInfo

    def record_meeting(self, meeting: Meeting, actor: str) -> str:
        """Keep a meeting; the same meeting twice is one. Returns its id."""
        meeting_id = derive_id("meeting", meeting.held_on.isoformat(), meeting.title)
        body = meeting.model_dump(mode="json")
        with self.engine.begin() as connection:
            known = select(meetings.c.meeting_id).where(meetings.c.meeting_id == meeting_id)
            if connection.execute(known).first():
                return meeting_id
            event = events.meeting_recorded(meeting_id, actor, self.clock.now(), body)
            self.log.append([event], connection=connection)
            row = body | {"attended": json.dumps(meeting.attended, ensure_ascii=False)}
            connection.execute(insert(meetings).values(meeting_id=meeting_id, **row))
        return meeting_id

    def give(self, new: NewAssignment, actor: str) -> str:
        """Begin an assignment and return its number, `YEAR-N`."""
        self._refuse_nonsense(new)
        with self.engine.begin() as connection:
            self._refuse_strangers(connection, new)
            _refuse_loose_child(connection, new.parent_id, new.due_on)
            number = self._next_number(connection, new.given_on)
            assignment_id = derive_id("assignment", number, secrets.token_hex(16))
            body = new.model_dump(mode="json") | {"number": number}
            event = events.assignment_given(assignment_id, actor, self.clock.now(), body)
            self.log.append([event], connection=connection)
            row = body | {"co_executors": json.dumps(new.co_executors)}
            connection.execute(
                insert(assignments).values(
                    assignment_id=assignment_id,
                    first_due_on=row["due_on"],
                    status=Status.NEW.value,
                    **row,
                )
            )
        return number

    def take(
        self,
        number: str,
        step: Step,
        actor: str,
        text: str = "",
        until: date | None = None,
        proof: Attached | None = None,
    ) -> Status:
        """Take one step on an assignment; the status it has now.

        Bytes of a proof are stored before the fact. Raises `Forbidden`, `Conflict`, `ConfigError`.
        """
        now = self.clock.now()
        self._refuse_wordless(step, text, until, self._day(now))
        key = self.evidence.put(proof.data) if proof else None
        with self.engine.begin() as connection:
            row = _row(connection, number)
            asked = _asked_until(connection, row.assignment_id)
            hands = hands_of(actor, row.lead, tuple(json.loads(row.co_executors)), row.controller)
            status = next_status(
                Status(row.status),
                step,
                hands,
                time_asked=asked is not None,
                open_children=_open_children(connection, row.assignment_id),
            )
            taken = {
                "kind": step.value,
                "text": text.strip(),
                "until_on": until.isoformat() if until else None,
                "proof_key": key,
                "proof_name": proof.name[:200] if proof else None,
            }
            self._record(connection, row.assignment_id, actor, now, taken)
            changed: dict[str, Any] = {"status": status.value}
            if step is Step.GRANT_TIME and asked is not None:
                _refuse_loose_child(connection, row.parent_id, date.fromisoformat(asked))
                changed["due_on"] = asked
            if step is Step.CLOSE:
                changed["closed_on"] = self._day(now).isoformat()
            connection.execute(
                update(assignments)
                .where(assignments.c.assignment_id == row.assignment_id)
                .values(**changed)
            )
        return status

    def remind(self) -> int:
        """Record the reminders that are due today; how many were new. May be called at any time."""
        now = self.clock.now()
        today = self._day(now)
        wanted = select(assignments.c.assignment_id, assignments.c.due_on).where(
            assignments.c.status != Status.CLOSED
        )
        with self.engine.begin() as connection:
            due = [
                events.reminded(row.assignment_id, row.due_on, days, now)
                for row in connection.execute(wanted)
                for days in REMINDERS_DAYS
                if (date.fromisoformat(row.due_on) - today).days == days
            ]
            return len(self.log.append(due, connection=connection)) if due else 0

    def _day(self, at: datetime) -> date:
        return at.astimezone(self.zone).date()

    def _record(
        self,
        connection: Connection,
        assignment_id: str,
        actor: str,
        now: datetime,
        taken: dict[str, Any],
    ) -> None:
        step_id = derive_id(assignment_id, secrets.token_hex(16))
        event = events.step_taken(step_id, assignment_id, actor, now, taken)
        self.log.append([event], connection=connection)
        paper = steps.c.assignment_id
        add_step(connection, paper, assignment_id, step_id=step_id, actor=actor, at=now, **taken)

    @staticmethod
    def _refuse_nonsense(new: NewAssignment) -> None:
        if new.due_on < new.given_on:
            raise ConfigError("The term lies before the day on which the assignment is given.")
        if new.controller == new.lead or new.controller in new.co_executors:
            raise ConfigError("Nobody controls what they carry out: choose another controller.")

    @staticmethod
    def _refuse_wordless(step: Step, text: str, until: date | None, today: date) -> None:
        reasoned = (Step.REPORT, Step.ASK_TIME, Step.REFUSE_TIME, Step.RETURN)
        if step in reasoned and not text.strip():
            raise ConfigError("Write what was done, or the reason.")
        if step is Step.ASK_TIME and (until is None or until <= today):
            raise ConfigError("Say until which coming day more time is needed.")

    @staticmethod
    def _refuse_strangers(connection: Connection, new: NewAssignment) -> None:
        named = {new.lead, new.controller, *new.co_executors}
        known = set(connection.scalars(select(people.c.name).where(people.c.active)))
        if missing := sorted(named - known):
            raise NotFound(f"Nobody with an open account is called {', '.join(missing)}.")

    @staticmethod
    def _next_number(connection: Connection, given_on: date) -> str:
        prefix = f"{given_on.year}-"
        taken = select(func.count()).where(assignments.c.number.like(f"{prefix}%"))
        return f"{prefix}{(connection.scalar(taken) or 0) + 1}"


def _row(connection: Connection, number: str) -> Any:
    row = connection.execute(select(assignments).where(assignments.c.number == number)).first()
    if row is None:
        raise NotFound(f"There is no assignment {number}.")
    return row


def _refuse_loose_child(connection: Connection, parent_id: str | None, due_on: date) -> None:
    """A sub-task ends with its assignment at the latest, and none is given to a closed one."""
    if parent_id is None:
        return
    wanted = select(assignments).where(assignments.c.assignment_id == parent_id)
    parent = connection.execute(wanted).first()
    if parent is None:
        raise NotFound("The assignment of this sub-task does not exist.")
    if parent.status == Status.CLOSED:
        raise Conflict(f"Assignment {parent.number} is closed: it takes no sub-tasks any more.")
    if due_on.isoformat() > parent.due_on:
        raise ConfigError(
            f"The term lies after that of assignment {parent.number}, {parent.due_on}: "
            "choose an earlier day, or prolong the assignment first."
        )


def _asked_until(connection: Connection, assignment_id: str) -> str | None:
    """The day that was asked for and not answered yet."""
    answered = (Step.ASK_TIME, Step.GRANT_TIME, Step.REFUSE_TIME)
    last = connection.execute(
        select(steps.c.kind, steps.c.until_on)
        .where(steps.c.assignment_id == assignment_id, steps.c.kind.in_(answered))
        .order_by(steps.c.place_in_order.desc())
        .limit(1)
    ).first()
    return last.until_on if last is not None and last.kind == Step.ASK_TIME else None


def _open_children(connection: Connection, assignment_id: str) -> int:
    wanted = select(func.count()).where(
        assignments.c.parent_id == assignment_id, assignments.c.status != Status.CLOSED
    )
    return connection.scalar(wanted) or 0
