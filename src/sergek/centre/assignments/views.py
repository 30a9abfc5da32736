"""What is read of assignments: lists, one with its steps, and the report by department."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, Engine, select, true

from sergek.centre.assignments.states import Status, Step
from sergek.centre.assignments.tables import assignments, meetings, steps
from sergek.centre.people.tables import at_of, people
from sergek.centre.reading import reading
from sergek.centre.steps import step_rows
from sergek.core.errors import NotFound

__all__ = ["AssignmentViews", "DepartmentRow", "Listed", "MeetingRow", "StepRow", "Which"]

Which = Literal["open", "mine", "overdue", "closed", "all"]


@dataclass(frozen=True, slots=True)
class Listed:
    """One assignment; `days_left` counts to the term (negative: overdue), None once closed."""

    assignment_id: str
    number: str
    text: str
    source: str
    meeting_id: str | None
    parent_id: str | None
    department: str
    lead: str
    co_executors: tuple[str, ...]
    controller: str
    given_on: date
    first_due_on: date
    due_on: date
    closed_on: date | None
    status: Status
    days_left: int | None

    @property
    def overdue(self) -> bool:
        """Whether the term has passed and it is not closed."""
        return self.days_left is not None and self.days_left < 0

    @property
    def late(self) -> bool:
        """Whether it was closed after its term."""
        return self.closed_on is not None and self.closed_on > self.due_on


@dataclass(frozen=True, slots=True)
class StepRow:
    """One step that somebody took."""

    at: datetime
    actor: str
    kind: Step
    text: str
    until_on: date | None
    proof_key: str | None
    proof_name: str | None


@dataclass(frozen=True, slots=True)
class MeetingRow:
    """One meeting."""

    meeting_id: str
    title: str
    place: str
    held_on: date
    minutes: str
    attended: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DepartmentRow:
    """How a department's assignments of the period stand."""

    department: str
    given: int
    closed_in_time: int
    closed_late: int
    running: int
    overdue: int
    prolonged: int


@dataclass(frozen=True, slots=True)
class AssignmentViews:
    """The readings over one database; `today` is the day in the city's zone."""

    engine: Engine
    today: date

    def listed(self, which: Which, name: str) -> list[Listed]:
        """Assignments by term; `mine` are those that `name` carries out or controls."""
        found = self._select(_wanted(which, self.today))
        if which == "mine":
            found = [
                each
                for each in found
                if name in (each.lead, each.controller, *each.co_executors)
                and each.status is not Status.CLOSED
            ]
        return found

    def near(self, name: str, days: int) -> list[Listed]:
        """What `name` carries out or controls and is due within so many days, or overdue."""
        return [
            each
            for each in self.listed("mine", name)
            if each.days_left is not None and each.days_left <= days
        ]

    def one(self, number: str) -> Listed:
        """One assignment, or `NotFound`."""
        found = self._select(assignments.c.number == number)
        if not found:
            raise NotFound(f"There is no assignment {number}.")
        return found[0]

    def parent(self, of: Listed) -> Listed | None:
        """The assignment that this one is a sub-task of."""
        found = self._select(assignments.c.assignment_id == of.parent_id) if of.parent_id else []
        return found[0] if found else None

    def children(self, of: Listed) -> list[Listed]:
        """Its sub-tasks."""
        return self._select(assignments.c.parent_id == of.assignment_id)

    def steps(self, of: Listed) -> list[StepRow]:
        """What people did with it, oldest first."""
        with reading(self.engine).connect() as connection:
            return [
                StepRow(
                    at=at_of(row.at_us),
                    actor=row.actor,
                    kind=Step(row.kind),
                    text=row.text,
                    until_on=date.fromisoformat(row.until_on) if row.until_on else None,
                    proof_key=row.proof_key,
                    proof_name=row.proof_name,
                )
                for row in step_rows(connection, steps.c.assignment_id, of.assignment_id)
            ]

    def meetings(self) -> list[MeetingRow]:
        """All meetings, newest first."""
        wanted = select(meetings).order_by(meetings.c.held_on.desc())
        with reading(self.engine).connect() as connection:
            return [
                MeetingRow(
                    meeting_id=row.meeting_id,
                    title=row.title,
                    place=row.place,
                    held_on=date.fromisoformat(row.held_on),
                    minutes=row.minutes,
                    attended=tuple(json.loads(row.attended)),
                )
                for row in connection.execute(wanted)
            ]

    def names(self) -> dict[str, str]:
        """Sign-in name → full name of everybody with an open account."""
        wanted = select(people.c.name, people.c.full_name).where(people.c.active)
        with reading(self.engine).connect() as connection:
            return {row.name: row.full_name for row in connection.execute(wanted)}

    def report(self, since: date, until: date) -> list[DepartmentRow]:
        """By department, what was given from `since` to `until`, both included."""
        span = assignments.c.given_on.between(since.isoformat(), until.isoformat())
        groups: dict[str, list[Listed]] = {}
        for each in self._select(span):
            groups.setdefault(each.department, []).append(each)
        return [_department(name, groups[name]) for name in sorted(groups)]

    def _select(self, where: ColumnElement[bool]) -> list[Listed]:
        wanted = select(assignments).where(where)
        order = wanted.order_by(assignments.c.due_on, assignments.c.number)
        with reading(self.engine).connect() as connection:
            return [self._listed(row) for row in connection.execute(order)]

    def _listed(self, row: Any) -> Listed:
        due = date.fromisoformat(row.due_on)
        closed = row.status == Status.CLOSED
        return Listed(
            assignment_id=row.assignment_id,
            number=row.number,
            text=row.text,
            source=row.source,
            meeting_id=row.meeting_id,
            parent_id=row.parent_id,
            department=row.department,
            lead=row.lead,
            co_executors=tuple(json.loads(row.co_executors)),
            controller=row.controller,
            given_on=date.fromisoformat(row.given_on),
            first_due_on=date.fromisoformat(row.first_due_on),
            due_on=due,
            closed_on=date.fromisoformat(row.closed_on) if row.closed_on else None,
            status=Status(row.status),
            days_left=None if closed else (due - self.today).days,
        )


def _wanted(which: Which, today: date) -> ColumnElement[bool]:
    still_open = assignments.c.status != Status.CLOSED
    if which == "overdue":
        return still_open & (assignments.c.due_on < today.isoformat())
    if which == "closed":
        return assignments.c.status == Status.CLOSED
    return true() if which == "all" else still_open


def _department(name: str, of: Sequence[Listed]) -> DepartmentRow:
    closed = [each for each in of if each.status is Status.CLOSED]
    late = sum(each.late for each in closed)
    overdue = sum(each.overdue for each in of)
    return DepartmentRow(
        department=name,
        given=len(of),
        closed_in_time=len(closed) - late,
        closed_late=late,
        running=len(of) - len(closed) - overdue,
        overdue=overdue,
        prolonged=sum(each.due_on > each.first_due_on for each in of),
    )
