"""What a page shows of owners, acts, defects and prescriptions: rows as they are read."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sergek.centre.people.tables import at_of
from sergek.centre.roads.states import DefectStatus, Status, Step
from sergek.core.geo import LngLat
from sergek.core.road import Commissioner, Light, Severity, Side, Subject, Weather

__all__ = [
    "ActRow",
    "DefectRow",
    "OwnerRow",
    "PrescriptionRow",
    "StepRow",
    "act_of",
    "defect_of",
    "owner_of",
    "prescription_of",
    "step_of",
]


@dataclass(frozen=True, slots=True)
class OwnerRow:
    """Who keeps a road."""

    owner_id: str
    name: str
    subject: Subject
    department: str
    contact: str


@dataclass(frozen=True, slots=True)
class ActRow:
    """A survey; `line` is the GeoJSON geometry that phones follow."""

    act_id: str
    number: str
    held_on: date
    route: str
    sections: tuple[str, ...]
    weather: Weather
    light: Light
    commission: tuple[Commissioner, ...]
    opened_by: str
    line: dict[str, Any] | None
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class DefectRow:
    """A defect; `clause` is the place in a standard that an officer read for it, if any did."""

    defect_id: str
    act_id: str | None
    kind: str
    status: DefectStatus
    source: str
    place: LngLat | None
    accuracy_m: float | None
    where: str
    side: Side | None
    length_cm: int | None
    width_cm: int | None
    depth_cm: int | None
    severity: Severity
    owner_id: str | None
    note: str
    photos: tuple[str, ...]
    found_at: datetime
    found_by: str
    stored_at: datetime
    decided_at: datetime | None
    answer: str
    clause: str
    prescription_id: str | None


@dataclass(frozen=True, slots=True)
class PrescriptionRow:
    """A prescription; `days_left` counts to the term (negative: overdue), None when none runs."""

    prescription_id: str
    number: str
    owner_id: str
    officer: str
    issued_on: date
    days: int
    basis: tuple[str, ...]
    article: str
    served_on: date | None
    first_due_on: date | None
    due_on: date | None
    status: Status
    protocol: str
    protocol_on: date | None
    fulfilled_on: date | None
    days_left: int | None

    @property
    def overdue(self) -> bool:
        """Whether the term has passed and the defects are not removed."""
        return self.days_left is not None and self.days_left < 0

    @property
    def late(self) -> bool:
        """Whether it was fulfilled after its term."""
        return bool(self.fulfilled_on and self.due_on and self.fulfilled_on > self.due_on)

    @property
    def extended(self) -> bool:
        """Whether its term was moved."""
        return self.due_on != self.first_due_on


@dataclass(frozen=True, slots=True)
class StepRow:
    """One step that was taken on a prescription."""

    at: datetime
    actor: str
    kind: Step
    text: str
    on_day: str | None
    file_key: str | None
    file_name: str | None


def owner_of(row: Any) -> OwnerRow:
    """An owner out of its row."""
    return OwnerRow(row.owner_id, row.name, Subject(row.subject), row.department, row.contact)


def act_of(row: Any) -> ActRow:
    """A survey out of its row."""
    return ActRow(
        act_id=row.act_id,
        number=row.number,
        held_on=date.fromisoformat(row.held_on),
        route=row.route,
        sections=tuple(json.loads(row.sections)),
        weather=Weather(row.weather),
        light=Light(row.light),
        commission=tuple(Commissioner.model_validate(one) for one in json.loads(row.commission)),
        opened_by=row.opened_by,
        line=json.loads(row.line) if row.line else None,
        closed_at=None if row.closed_us is None else at_of(row.closed_us),
    )


def defect_of(row: Any) -> DefectRow:
    """A defect out of its row."""
    return DefectRow(
        defect_id=row.defect_id,
        act_id=row.act_id,
        kind=row.kind,
        status=DefectStatus(row.status),
        source=row.source,
        place=None if row.lng is None else (row.lng, row.lat),
        accuracy_m=row.accuracy_m,
        where=row.location,
        side=Side(row.side) if row.side else None,
        length_cm=row.length_cm,
        width_cm=row.width_cm,
        depth_cm=row.depth_cm,
        severity=Severity(row.severity),
        owner_id=row.owner_id,
        note=row.note,
        photos=tuple(json.loads(row.photos)),
        found_at=at_of(row.found_us),
        found_by=row.found_by,
        stored_at=at_of(row.stored_us),
        decided_at=None if row.decided_us is None else at_of(row.decided_us),
        answer=row.answer or "",
        clause=row.clause or "",
        prescription_id=row.prescription_id,
    )


def prescription_of(row: Any, today: date) -> PrescriptionRow:
    """A prescription out of its row, as it stands today."""
    due = _day(row.due_on)
    status = Status(row.status)
    running = status in (Status.SERVED, Status.ANSWERED, Status.PROTOCOL)
    return PrescriptionRow(
        prescription_id=row.prescription_id,
        number=row.number,
        owner_id=row.owner_id,
        officer=row.officer,
        issued_on=date.fromisoformat(row.issued_on),
        days=row.days,
        basis=tuple(json.loads(row.basis)),
        article=row.article,
        served_on=_day(row.served_on),
        first_due_on=_day(row.first_due_on),
        due_on=due,
        status=status,
        protocol=row.protocol or "",
        protocol_on=_day(row.protocol_on),
        fulfilled_on=_day(row.fulfilled_on),
        days_left=(due - today).days if due is not None and running else None,
    )


def step_of(row: Any) -> StepRow:
    """A step out of its row."""
    return StepRow(
        at=at_of(row.at_us),
        actor=row.actor,
        kind=Step(row.kind),
        text=row.text,
        on_day=row.on_day,
        file_key=row.file_key,
        file_name=row.file_name,
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
