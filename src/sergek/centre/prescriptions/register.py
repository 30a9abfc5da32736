"""One prescription as rows of the register, and what is read of them."""

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, Row, and_, func, or_, select

from sergek.centre.people.tables import at_of, us_of
from sergek.centre.prescriptions.tables import prescriptions, steps
from sergek.centre.reading import reading
from sergek.centre.steps import StepRow, step_row, step_rows
from sergek.core.clock import last_day
from sergek.core.errors import NotFound
from sergek.core.violation import Violation
from sergek.traffic.prescription import Fine, PrescriptionState

__all__ = [
    "REFUSED",
    "SPECIMEN",
    "Prescription",
    "RegisterFilter",
    "RegisterViews",
    "Term",
    "prescription_of",
    "prescription_row",
    "steps_of",
    "terms_columns",
]

# States beside those of `traffic.prescription`: no document at all, or one that binds nobody.
REFUSED, SPECIMEN = "refused", "specimen"
_STATES = PrescriptionState


@dataclass(frozen=True, slots=True)
class Term:
    """A term that runs: its name, when it ends, and how many days are left (negative: over)."""

    name: str
    until: datetime
    days_left: int

    @property
    def day(self) -> datetime:
        """A moment of the day that people are told: the last one that counts, but the first one on
        which a case is held to be decided."""
        return self.until if self.name == "decided" else last_day(self.until)


@dataclass(frozen=True, slots=True)
class Prescription:
    """One row of the register; money is tenge, moments are aware."""

    number: str
    case_id: str
    passage_id: str
    specimen: bool
    site_id: str
    camera_id: str
    offence: str
    plate: str
    owner_key: str
    article: str
    base_article: str
    reason: str
    state: str
    happened_at: datetime
    issued_at: datetime
    repeat_of: str | None
    fine_tenge: int
    reduced_tenge: int
    paid_tenge: int
    refund_tenge: int
    refunded_tenge: int
    delivered_on: date | None
    terms: dict[str, datetime]
    pdf_key: str | None
    package: str | None
    public_copy: str | None
    trust_sha256: str | None
    signer: str
    signed_at: datetime
    reviewers: tuple[str, ...]
    violation: Violation
    fine: Fine | None
    facts: str | None

    @property
    def real(self) -> bool:
        """Whether anything can be owed: neither a specimen nor refused."""
        return self.state not in (REFUSED, SPECIMEN)

    def due_tenge(self, now: datetime) -> int:
        """What settles it now: the reduced amount while that term runs."""
        until = self.terms.get("reduced_until")
        return self.reduced_tenge if until is None or now < until else self.fine_tenge

    def running(self, now: datetime) -> list[Term]:
        """The terms that matter in its state, the first to end first."""
        wanted = {
            _STATES.DELIVERED: ("reduced_until", "decided", "complaint_until"),
            _STATES.IN_FORCE: ("complaint_until", "payment_until"),
            _STATES.OVERDUE: ("payment_until",),
            _STATES.PAID: ("complaint_until",),
        }
        names = wanted.get(_STATES(self.state), ()) if self.real else ()
        found = [
            Term(name, self.terms[name], (self.terms[name] - now) // timedelta(days=1))
            for name in names
            if name in self.terms
        ]
        return sorted(found, key=lambda term: term.until)


@dataclass(frozen=True, slots=True)
class RegisterFilter:
    """What a list shows; `text` finds a number or a whole plate, `cameras` None means all."""

    state: str = ""
    site_id: str = ""
    offence: str = ""
    text: str = ""
    cameras: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class RegisterViews:
    """The readings of the register over one database."""

    engine: Engine

    def listed(self, wanted: RegisterFilter, page: int, size: int) -> list[Prescription]:
        """A page of the list, newest first, counted from 0."""
        query = select(prescriptions).where(self._where(wanted))
        order = query.order_by(prescriptions.c.issued_us.desc(), prescriptions.c.number.desc())
        with reading(self.engine).connect() as connection:
            rows = connection.execute(order.limit(size).offset(page * size))
            return [prescription_of(row) for row in rows]

    def counts(self) -> dict[str, int]:
        """How many there are in each state."""
        query = select(prescriptions.c.state, func.count()).group_by(prescriptions.c.state)
        with reading(self.engine).connect() as connection:
            return {row[0]: int(row[1]) for row in connection.execute(query)}

    def sums(self) -> dict[str, int]:
        """Fined, paid and owed back, tenge, over everything that was really issued."""
        columns = prescriptions.c
        by_state = select(
            columns.state,
            func.sum(columns.fine_tenge),
            func.sum(columns.paid_tenge),
            func.sum(columns.refund_tenge) - func.sum(columns.refunded_tenge),
        ).group_by(columns.state)
        found = {"fined": 0, "paid": 0, "owed_back": 0}
        with reading(self.engine).connect() as connection:
            for state, fined, paid, back in connection.execute(by_state):
                if state in (REFUSED, SPECIMEN):
                    continue
                found["fined"] += 0 if state == _STATES.CANCELLED else int(fined)
                found["paid"] += int(paid)
                found["owed_back"] += int(back)
        return found

    def one(self, number: str) -> Prescription:
        """One prescription, or `NotFound`."""
        with reading(self.engine).connect() as connection:
            return prescription_of(prescription_row(connection, number))

    def of_case(self, case_id: str) -> Prescription | None:
        """The case's prescription, if it has one."""
        query = select(prescriptions).where(prescriptions.c.case_id == case_id)
        with reading(self.engine).connect() as connection:
            row = connection.execute(query).first()
        return prescription_of(row) if row else None

    def steps(self, number: str) -> list[StepRow]:
        """What was done with it, oldest first."""
        with reading(self.engine).connect() as connection:
            return steps_of(connection, number)

    def appeals(self, camera_id: str) -> tuple[int, int]:
        """Complaints on a camera's prescriptions: all, and those that changed or cancelled one."""
        mine = select(prescriptions.c.number).where(prescriptions.c.camera_id == camera_id)
        complained = select(steps.c.number).where(
            steps.c.kind == "complained", steps.c.number.in_(mine)
        )
        upheld = select(func.count(steps.c.number.distinct())).where(
            steps.c.kind.in_(["changed", "cancelled"]), steps.c.number.in_(complained)
        )
        with reading(self.engine).connect() as connection:
            every = connection.scalar(select(func.count()).select_from(complained.subquery()))
            return int(every or 0), int(connection.scalar(upheld) or 0)

    def _where(self, wanted: RegisterFilter) -> Any:
        columns = prescriptions.c
        conditions: list[Any] = [columns.number.is_not(None)]
        if wanted.state:
            conditions.append(columns.state == wanted.state)
        if wanted.site_id:
            conditions.append(columns.site_id == wanted.site_id)
        if wanted.offence:
            conditions.append(columns.offence == wanted.offence)
        if wanted.cameras is not None:
            conditions.append(columns.camera_id.in_(wanted.cameras))
        if wanted.text:
            text = wanted.text.strip().upper()
            conditions.append(or_(columns.number == text, columns.plate == text.replace(" ", "")))
        return and_(*conditions)


def prescription_row(connection: Connection, number: str) -> Row[Any]:
    """The row of a number, or `NotFound`."""
    query = select(prescriptions).where(prescriptions.c.number == number)
    row = connection.execute(query).first()
    if row is None:
        raise NotFound(f"There is no prescription {number}.")
    return row


def steps_of(connection: Connection, number: str) -> list[StepRow]:
    """The steps of a number, oldest first."""
    return [step_row(row) for row in step_rows(connection, steps.c.number, number)]


def prescription_of(row: Any) -> Prescription:
    """A row of the register as people and rules take it."""
    involved = json.loads(row.people)
    moments = {
        "reduced_until": row.reduced_until_us,
        "decided": row.decided_us,
        "complaint_until": row.complaint_until_us,
        "payment_until": row.payment_until_us,
        "hold_until": row.hold_until_us,
    }
    return Prescription(
        number=row.number,
        case_id=row.case_id,
        passage_id=row.passage_id,
        specimen=row.specimen,
        site_id=row.site_id,
        camera_id=row.camera_id,
        offence=row.offence,
        plate=row.plate,
        owner_key=row.owner_key,
        article=row.article,
        base_article=row.base_article,
        reason=row.reason,
        state=row.state,
        happened_at=at_of(row.happened_us),
        issued_at=at_of(row.issued_us),
        repeat_of=row.repeat_of,
        fine_tenge=row.fine_tenge,
        reduced_tenge=row.reduced_tenge,
        paid_tenge=row.paid_tenge,
        refund_tenge=row.refund_tenge,
        refunded_tenge=row.refunded_tenge,
        delivered_on=date.fromisoformat(row.delivered_on) if row.delivered_on else None,
        terms={name: at_of(us) for name, us in moments.items() if us is not None},
        pdf_key=row.pdf_key,
        package=row.package,
        public_copy=row.public_copy,
        trust_sha256=row.trust_sha256,
        signer=involved["signer"],
        signed_at=datetime.fromisoformat(involved["signed_at"]),
        reviewers=tuple(involved["reviewers"]),
        violation=Violation.model_validate_json(row.violation),
        fine=Fine.model_validate_json(row.fine) if row.fine != "{}" else None,
        facts=row.facts,
    )


def terms_columns(terms: Any) -> dict[str, int]:
    """The columns that `traffic.prescription.Deadlines` fills."""
    return {
        "reduced_until_us": us_of(terms.reduced_until),
        "decided_us": us_of(terms.decided_at),
        "complaint_until_us": us_of(terms.complaint_until),
        "payment_until_us": us_of(terms.payment_until),
        "hold_until_us": us_of(terms.hold_media_until),
    }
