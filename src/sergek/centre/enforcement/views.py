"""What is read at the desk: the queue, its counts, one case, the next one."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, Engine, Row, and_, func, or_, select

from sergek.centre.enforcement.states import DECISIONS, QUEUED, Status
from sergek.centre.enforcement.tables import case_steps, cases, leases
from sergek.centre.people.tables import at_of, us_of
from sergek.centre.reading import reading
from sergek.centre.steps import StepRow, step_row, step_rows
from sergek.core.errors import NotFound
from sergek.core.violation import Violation
from sergek.traffic.law.book import law_book
from sergek.traffic.prescription import decide_until

__all__ = ["Asked", "Case", "CaseViews", "Counts", "Order"]

Order = Literal["age", "gravity"]


@dataclass(frozen=True, slots=True)
class Case:
    """One case as it stands; `plate` is the machine's reading, None on a note."""

    case_id: str
    passage_id: str
    site_id: str
    camera_id: str
    happened_at: datetime
    gravity: int
    violation: Violation
    package: str | None
    package_ok: bool | None
    package_checks: tuple[tuple[str, bool, str], ...]
    trial: bool
    place: dict[str, str]
    vehicle_class: str | None
    plate: str | None
    second_looks: tuple[str, ...]
    status: Status
    version: int

    @property
    def decide_until(self) -> datetime:
        """When it lapses unless it is signed before."""
        return decide_until(self.happened_at, law_book())

    @property
    def number(self) -> str:
        """How people call the case: the first eight digits of its id."""
        return self.case_id[:8].upper()


@dataclass(frozen=True, slots=True)
class Counts:
    """How many cases there are in the person's areas, by where they stand."""

    by_status: dict[str, int]
    by_offence: dict[str, int]
    by_site: dict[str, int]


@dataclass(frozen=True, slots=True)
class Asked:
    """Which cases a list shows; empty means all. `queue` stands for what waits for a review."""

    status: str = "queue"
    offence: str = ""
    site: str = ""
    order: Order = "age"

    def query(self) -> dict[str, str]:
        """What to put into an address to ask the same again."""
        named = {
            "status": self.status,
            "offence": self.offence,
            "site": self.site,
            "order": self.order,
        }
        plain = {"status": "queue", "order": "age"}
        return {key: value for key, value in named.items() if value and plain.get(key) != value}


@dataclass(frozen=True, slots=True)
class CaseViews:
    """The readings of one person: `cameras` are those of the person's areas."""

    engine: Engine
    name: str
    cameras: frozenset[str]

    def listed(self, asked: Asked, limit: int, statuses: Sequence[Status]) -> list[Case]:
        """Cases in the asked order, never outside `statuses`, which the person may see."""
        rows = self._first(asked, limit, statuses, [])
        return [_case(row) for row in rows]

    def count(self, asked: Asked, statuses: Sequence[Status]) -> int:
        """How many cases fit."""
        query = select(func.count()).select_from(cases).where(*self._wanted(asked, statuses))
        with reading(self.engine).connect() as connection:
            return connection.scalar(query) or 0

    def counts(self, asked: Asked) -> Counts:
        """By status over everything; by offence and site within the asked status."""
        in_status = self._wanted(Asked(status=asked.status), tuple(Status))
        ours = cases.c.camera_id.in_(self.cameras)
        with reading(self.engine).connect() as connection:

            def by(column: Any, *where: ColumnElement[bool]) -> dict[str, int]:
                query = select(column, func.count()).where(ours, *where).group_by(column)
                return {str(name): number for name, number in connection.execute(query)}

            return Counts(
                by(cases.c.status), by(cases.c.offence, *in_status), by(cases.c.site_id, *in_status)
            )

    def one(self, case_id: str) -> Case:
        """One case; `NotFound` also where its camera is in none of the person's areas."""
        with reading(self.engine).connect() as connection:
            row = connection.execute(select(cases).where(cases.c.case_id == case_id)).first()
        if row is None or row.camera_id not in self.cameras:
            raise NotFound("There is no such case in your areas.")
        return _case(row)

    def steps(self, case_id: str) -> list[StepRow]:
        """What people did with the case, oldest first."""
        with reading(self.engine).connect() as connection:
            return [step_row(row) for row in step_rows(connection, case_steps.c.case_id, case_id)]

    def next(self, asked: Asked, now: datetime, after: str | None = None) -> str | None:
        """The case to review next: the first in the asked order behind `after` that nobody else
        has open and that this person has not approved; from the top again at the end."""
        free = [*self._free(now), cases.c.case_id != (after or "")]
        found: list[Row[Any]] = []
        if after is not None:
            with reading(self.engine).connect() as connection:
                here = connection.execute(select(cases).where(cases.c.case_id == after)).first()
            if here is not None:
                found = self._first(asked, 1, QUEUED, [*free, _behind(here, asked.order)])
        found = found or self._first(asked, 1, QUEUED, free)
        return str(found[0].case_id) if found else None

    def _first(
        self,
        asked: Asked,
        limit: int,
        statuses: Sequence[Status],
        more: Sequence[ColumnElement[bool]],
    ) -> list[Row[Any]]:
        """The first rows in the asked order. Each status is read along its index and the few rows
        are merged here: over all at once the database would sort every case."""
        found: list[Row[Any]] = []
        with reading(self.engine).connect() as connection:
            for status in self._chosen(asked, statuses):
                wanted = self._wanted(asked, [status])
                query = select(cases).where(*wanted, *more).order_by(*_order(asked.order))
                found += connection.execute(query.limit(limit)).all()
        return sorted(found, key=lambda row: _key(row, asked.order))[:limit]

    def _free(self, now: datetime) -> list[ColumnElement[bool]]:
        others = select(leases.c.case_id).where(
            leases.c.case_id == cases.c.case_id,
            leases.c.until_us > us_of(now),
            leases.c.name != self.name,
        )
        mine = select(case_steps.c.step_id).where(
            case_steps.c.case_id == cases.c.case_id,
            case_steps.c.actor == self.name,
            case_steps.c.kind.in_([each.value for each in DECISIONS]),
        )
        looked = and_(cases.c.status == Status.SECOND, mine.exists())
        return [~others.exists(), ~looked]

    def _chosen(self, asked: Asked, statuses: Sequence[Status]) -> list[Status]:
        if asked.status == "queue":
            return [each for each in QUEUED if each in statuses]
        return [each for each in statuses if asked.status in ("", each)]

    def _wanted(self, asked: Asked, statuses: Sequence[Status]) -> list[ColumnElement[bool]]:
        chosen = [each.value for each in self._chosen(asked, statuses)]
        where: list[ColumnElement[bool]] = [
            cases.c.status == chosen[0] if len(chosen) == 1 else cases.c.status.in_(chosen),
            cases.c.camera_id.in_(self.cameras),
        ]
        if asked.offence:
            where.append(cases.c.offence == asked.offence)
        if asked.site:
            where.append(cases.c.site_id == asked.site)
        return where


def _order(order: Order) -> list[ColumnElement[Any]]:
    age: list[ColumnElement[Any]] = [cases.c.happened_us.asc(), cases.c.case_id.asc()]
    return [cases.c.gravity.desc(), *age] if order == "gravity" else age


def _key(row: Row[Any], order: Order) -> tuple[int, int, str]:
    """What `_order` sorts by."""
    return (-row.gravity if order == "gravity" else 0, row.happened_us, row.case_id)


def _behind(here: Row[Any], order: Order) -> ColumnElement[bool]:
    older = or_(
        cases.c.happened_us > here.happened_us,
        and_(cases.c.happened_us == here.happened_us, cases.c.case_id > here.case_id),
    )
    if order == "age":
        return older
    return or_(cases.c.gravity < here.gravity, and_(cases.c.gravity == here.gravity, older))


def _case(row: Row[Any]) -> Case:
    return Case(
        case_id=row.case_id,
        passage_id=row.passage_id,
        site_id=row.site_id,
        camera_id=row.camera_id,
        happened_at=at_of(row.happened_us),
        gravity=row.gravity,
        violation=Violation.model_validate_json(row.violation),
        package=row.package,
        package_ok=row.package_ok,
        package_checks=tuple((n, ok, d) for n, ok, d in json.loads(row.package_checks)),
        trial=row.trial,
        place=json.loads(row.place),
        vehicle_class=row.vehicle_class,
        plate=row.plate,
        second_looks=tuple(json.loads(row.second_looks)),
        status=Status(row.status),
        version=row.version,
    )
