"""What is read of roads: surveys, defects, prescriptions, each owner's standing, the report."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal

from sqlalchemy import ColumnElement, Engine, Select, func, or_, select, true

from sergek.centre.reading import reading
from sergek.centre.roads import rows
from sergek.centre.roads.rows import ActRow, DefectRow, OwnerRow, PrescriptionRow, StepRow
from sergek.centre.roads.states import DefectStatus, Status
from sergek.centre.roads.tables import acts, defects, owners, prescriptions, steps
from sergek.core.errors import NotFound
from sergek.traffic.law.roads import RoadFine, road_book

__all__ = ["OwnerStanding", "RoadViews", "Which"]

Which = Literal["open", "overdue", "unserved", "closed", "all"]


@dataclass(frozen=True, slots=True)
class OwnerStanding:
    """How an owner stands: prescriptions by fate, and what those late now would cost.

    `cost_tenge` is the sum of the sanctions that the table knows for the overdue ones;
    `cost_unknown` how many have an article for which the table gives no amount.
    """

    owner: OwnerRow
    issued: int
    in_time: int
    late: int
    running: int
    overdue: int
    protocols: int
    extended: int
    cost_tenge: int
    cost_unknown: int
    repeat: bool


@dataclass(frozen=True, slots=True)
class RoadViews:
    """The readings over one database; `now` and `today` are the moment in the city's zone."""

    engine: Engine
    now: datetime

    @property
    def today(self) -> date:
        """The day in the city's zone."""
        return self.now.date()

    def owners(self) -> dict[str, OwnerRow]:
        """All owners by id, by name."""
        found = self._all(select(owners).order_by(owners.c.name))
        return {row.owner_id: rows.owner_of(row) for row in found}

    def acts(self, *, only_open: bool = False) -> list[ActRow]:
        """Surveys, newest first."""
        wanted = select(acts).order_by(acts.c.held_on.desc(), acts.c.number.desc())
        if only_open:
            wanted = wanted.where(acts.c.closed_us.is_(None))
        return [rows.act_of(row) for row in self._all(wanted)]

    def act(self, number: str) -> ActRow:
        """One survey, or `NotFound`."""
        found = self._all(select(acts).where(acts.c.number == number))
        if not found:
            raise NotFound(f"There is no survey {number}.")
        return rows.act_of(found[0])

    def defects_of(self, act: ActRow) -> tuple[list[DefectRow], list[DefectRow]]:
        """The act's defects in the order found, and those that arrived after it was closed."""
        found = self._defects(defects.c.act_id == act.act_id)
        closed = act.closed_at
        inside = [one for one in found if closed is None or one.stored_at <= closed]
        return inside, [one for one in found if closed is not None and one.stored_at > closed]

    def counts(self) -> dict[str, int]:
        """How many defects each survey has, by its id."""
        wanted = select(defects.c.act_id, func.count()).group_by(defects.c.act_id)
        return {row[0]: row[1] for row in self._all(wanted) if row[0]}

    def proposed(self) -> list[DefectRow]:
        """Citizens' reports that wait for a decision, oldest first."""
        return self._defects(defects.c.status == DefectStatus.PROPOSED.value)

    def free(self) -> list[DefectRow]:
        """Accepted defects without a prescription, oldest first."""
        return self._defects(defects.c.status == DefectStatus.RECORDED.value)

    def defect(self, defect_id: str) -> DefectRow:
        """One defect, or `NotFound`."""
        found = self._defects(defects.c.defect_id == defect_id)
        if not found:
            raise NotFound("There is no such defect.")
        return found[0]

    def reports(self, where: Sequence[ColumnElement[bool]], limit: int) -> list[DefectRow]:
        """Citizens' reports, newest first."""
        wanted = select(defects).where(defects.c.source == "citizen", *where)
        ordered = wanted.order_by(defects.c.found_us.desc(), defects.c.defect_id).limit(limit)
        return [rows.defect_of(row) for row in self._all(ordered)]

    def listed(self, which: Which, owner_id: str | None = None) -> list[PrescriptionRow]:
        """Prescriptions, those that end soonest first."""
        wanted = select(prescriptions).where(_wanted(which, self.today))
        if owner_id is not None:
            wanted = wanted.where(prescriptions.c.owner_id == owner_id)
        return self._prescriptions(wanted)

    def prescription(self, number: str) -> PrescriptionRow:
        """One prescription, or `NotFound`."""
        found = self._prescriptions(select(prescriptions).where(prescriptions.c.number == number))
        if not found:
            raise NotFound(f"There is no prescription {number}.")
        return found[0]

    def prescribed(self, one: PrescriptionRow) -> list[DefectRow]:
        """What a prescription is about."""
        return self._defects(defects.c.prescription_id == one.prescription_id)

    def numbers(self) -> dict[str, str]:
        """Prescription's id → number."""
        wanted = select(prescriptions.c.prescription_id, prescriptions.c.number)
        return {row.prescription_id: row.number for row in self._all(wanted)}

    def act_numbers(self) -> dict[str, str]:
        """Survey's id → number."""
        return {row.act_id: row.number for row in self._all(select(acts.c.act_id, acts.c.number))}

    def steps(self, one: PrescriptionRow) -> list[StepRow]:
        """What happened to it, oldest first."""
        wanted = select(steps).where(steps.c.prescription_id == one.prescription_id)
        return [rows.step_of(row) for row in self._all(wanted.order_by(steps.c.place_in_order))]

    def fine(self, one: PrescriptionRow, owner: OwnerRow) -> RoadFine | None:
        """What a protocol for it would cost today, None where the table gives no amount."""
        return self._fine(one, owner, self._repeats(owner.owner_id))

    def standings(
        self, since: date | None = None, until: date | None = None, owner_id: str | None = None
    ) -> list[OwnerStanding]:
        """Each owner's prescriptions issued in the span, both ends included; the latest first."""
        wanted = select(prescriptions)
        if since is not None:
            wanted = wanted.where(prescriptions.c.issued_on >= since.isoformat())
        if until is not None:
            wanted = wanted.where(prescriptions.c.issued_on <= until.isoformat())
        groups: dict[str, list[PrescriptionRow]] = {}
        for each in self._prescriptions(wanted):
            groups.setdefault(each.owner_id, []).append(each)
        known = self.owners()
        made = [
            self._standing(known[key], groups.get(key, ()))
            for key in known
            if (owner_id is None or key == owner_id) and (key in groups or since is None)
        ]
        return sorted(made, key=lambda one: (-one.overdue, one.owner.department, one.owner.name))

    def standing(self, owner_id: str) -> OwnerStanding:
        """How one owner stands; `NotFound` for an id that is none."""
        found = self.standings(owner_id=owner_id)
        if not found:
            raise NotFound("There is no such owner of roads.")
        return found[0]

    def _standing(self, owner: OwnerRow, of: Sequence[PrescriptionRow]) -> OwnerStanding:
        valid = [one for one in of if one.status is not Status.WITHDRAWN]
        fulfilled = [one for one in valid if one.status is Status.FULFILLED]
        late = sum(one.late for one in fulfilled)
        overdue = [one for one in valid if one.overdue]
        repeat = self._repeats(owner.owner_id)
        exposed = [one for one in overdue if one.status is not Status.PROTOCOL]
        fines = [self._fine(one, owner, repeat) for one in exposed]
        return OwnerStanding(
            owner=owner,
            issued=len(valid),
            in_time=len(fulfilled) - late,
            late=late,
            running=len(valid) - len(fulfilled) - len(overdue),
            overdue=len(overdue),
            protocols=sum(bool(one.protocol) for one in valid),
            extended=sum(one.extended for one in valid),
            cost_tenge=sum(fine.tenge for fine in fines if fine),
            cost_unknown=sum(fine is None for fine in fines),
            repeat=repeat,
        )

    def _fine(self, one: PrescriptionRow, owner: OwnerRow, repeat: bool) -> RoadFine | None:
        return road_book().fine(one.article, owner.subject, self.now, repeat=repeat)

    def _repeats(self, owner_id: str) -> bool:
        """Whether a protocol of the last time makes the next one a repeat."""
        since = self.today - timedelta(days=road_book().repeat_days(self.now))
        wanted = select(func.count()).where(
            prescriptions.c.owner_id == owner_id,
            prescriptions.c.protocol_on > since.isoformat(),
        )
        with reading(self.engine).connect() as connection:
            return bool(connection.scalar(wanted))

    def _defects(self, where: ColumnElement[bool]) -> list[DefectRow]:
        wanted = select(defects).where(where).order_by(defects.c.found_us, defects.c.defect_id)
        return [rows.defect_of(row) for row in self._all(wanted)]

    def _prescriptions(self, wanted: Select[Any]) -> list[PrescriptionRow]:
        order = wanted.order_by(
            prescriptions.c.due_on.is_(None), prescriptions.c.due_on, prescriptions.c.number
        )
        return [rows.prescription_of(row, self.today) for row in self._all(order)]

    def _all(self, wanted: Select[Any]) -> Sequence[Any]:
        with reading(self.engine).connect() as connection:
            return connection.execute(wanted).all()


def _wanted(which: Which, today: date) -> ColumnElement[bool]:
    status = prescriptions.c.status
    ended = _in(status, (Status.FULFILLED, Status.WITHDRAWN))
    if which == "overdue":
        return ~ended & (prescriptions.c.due_on < today.isoformat())
    if which == "unserved":
        return _in(status, (Status.ISSUED,))
    if which == "closed":
        return ended
    return true() if which == "all" else ~ended


def _in(column: Any, values: Iterable[Status]) -> ColumnElement[bool]:
    return or_(*(column == value.value for value in values))
