"""What changes the registers: each action appends its fact and its row in one transaction."""

import json
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from sqlalchemy import Column, Connection, Engine, Table, insert, select, update

from sergek.centre.precincts import tables
from sergek.centre.precincts.events import RegisterKind, register_fact
from sergek.core.clock import Clock
from sergek.core.errors import ConfigError, Conflict, NotFound
from sergek.core.event import Event, derive_id
from sergek.core.ports import EventLog, EvidenceStore

__all__ = [
    "AbsenceKind",
    "NewAbsence",
    "NewEstablishment",
    "NewInspector",
    "NewPopulation",
    "NewRecord",
    "NewStation",
    "RecordKind",
    "RegisterActions",
]

_FROZEN = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)
AbsenceKind = Literal["leave", "sick", "training", "secondment", "other_duty"]
RecordKind = Literal["visit", "meeting", "report", "plan", "passport", "poll"]


class NewStation(BaseModel):
    """A precinct station and how residents reach it."""

    model_config = _FROZEN

    station_id: str = Field(min_length=1, max_length=32)
    name: str = Field(min_length=1, max_length=200)
    lng: float = Field(ge=-180, le=180)
    lat: float = Field(ge=-90, le=90)
    address: str = Field(default="", max_length=300)
    phone: str = Field(default="", max_length=60)
    hours: str = Field(default="", max_length=200)


class NewEstablishment(BaseModel):
    """Posts of a station from a day on, by which order."""

    model_config = _FROZEN

    station_id: str
    from_on: date
    posts: int = Field(ge=0, le=1000)
    assistants: int = Field(ge=0, le=1000)
    basis: str = Field(min_length=2, max_length=300)


class NewInspector(BaseModel):
    """A person who takes a post at a station; `published` allows name and photo in public."""

    model_config = _FROZEN

    full_name: str = Field(min_length=2, max_length=200)
    rank: str = Field(default="", max_length=100)
    kind: Literal["inspector", "senior", "assistant"] = "inspector"
    station_id: str
    phone: str = Field(default="", max_length=60)
    published: bool = False
    since_on: date


class NewAbsence(BaseModel):
    """Time away from the precinct: `share` of the working time, 1 for all of it."""

    model_config = _FROZEN

    inspector_id: str
    kind: AbsenceKind
    share: float = Field(default=1.0, gt=0, le=1)
    from_on: date
    until_on: date | None = None
    note: str = Field(default="", max_length=300)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.until_on is not None and self.until_on < self.from_on:
            raise ValueError("The last day lies before the first")
        return self


class NewPopulation(BaseModel):
    """Residents of the city, as one source counted them on one day."""

    model_config = _FROZEN

    residents: int = Field(gt=0, le=100_000_000)
    counted_on: date
    source: str = Field(min_length=3, max_length=300)


class NewRecord(BaseModel):
    """Something done in a precinct, as counts and words; never a resident's name."""

    model_config = _FROZEN

    precinct: str = Field(min_length=1, max_length=32)
    kind: RecordKind
    on_day: date
    counts: dict[str, int] = Field(default_factory=dict)
    text: str = Field(default="", max_length=4000)

    @model_validator(mode="after")
    def _counts_are_counts(self) -> Self:
        if any(not 0 <= count <= 10_000_000 for count in self.counts.values()):
            raise ValueError("A count is a number from 0 on")
        return self


@dataclass(frozen=True, slots=True)
class RegisterActions:
    """The actions over one database and log; `within` is the transaction they share, if any,
    and `said` its facts so far.

    What names a station or an inspector that is not in the register is refused: `ConfigError`,
    `NotFound`; so is a last day before the first.
    """

    engine: Engine
    log: EventLog
    evidence: EvidenceStore
    clock: Clock
    within: Connection | None = None
    said: list[Event] | None = None

    @contextmanager
    def together(self) -> Iterator["RegisterActions"]:
        """The same actions in one transaction: all of them happen, or none.

        Their facts are appended at the end, in one go: a thousand are as quick as one.
        """
        said: list[Event] = []
        with self.engine.begin() as connection:
            yield replace(self, within=connection, said=said)
            self.log.append(said, connection=connection)

    def register_station(self, new: NewStation, actor: str) -> str:
        """A station; `Conflict` if its id is taken."""
        with self._transaction() as connection:
            known = select(tables.stations.c.station_id).where(
                tables.stations.c.station_id == new.station_id
            )
            if connection.execute(known).first():
                raise Conflict(f"There is a station {new.station_id} already.")
            row = new.model_dump()
            self._say(connection, "precinct.station", new.station_id, new.station_id, actor, row)
            connection.execute(insert(tables.stations).values(**row))
        return new.station_id

    def set_establishment(self, new: NewEstablishment, actor: str) -> str:
        """Posts of a station from a day on; earlier ones stay as history."""
        return self._add(
            "precinct.establishment", tables.establishments, new, new.station_id, actor
        )

    def register_inspector(self, new: NewInspector, actor: str, photo: bytes = b"") -> str:
        """A person at a station; the photo's bytes are stored before the fact."""
        key = self.evidence.put(photo) if photo else None
        return self._add(
            "precinct.inspector", tables.inspectors, new, new.station_id, actor, photo_key=key
        )

    def publish(self, inspector_id: str, published: bool, actor: str) -> None:
        """Allow or end the inspector's name and photo in public."""
        with self._transaction() as connection:
            self._change_in(
                connection,
                "precinct.inspector_published",
                tables.inspectors,
                inspector_id,
                actor,
                published=published,
            )

    def leave(self, inspector_id: str, until_on: date, actor: str) -> None:
        """The inspector's last day; precincts and absences end with it."""
        with self._transaction() as connection:
            since = tables.inspectors.c.since_on
            self._end_in(
                connection, "precinct.inspector_left", since, inspector_id, until_on, actor
            )
            for table in (tables.service, tables.absences):
                connection.execute(
                    update(table)
                    .where(table.c.inspector_id == inspector_id, table.c.until_on.is_(None))
                    .values(until_on=until_on.isoformat())
                )

    def give_precinct(
        self, inspector_id: str, precinct: str, from_on: date, actor: str, acting: bool = False
    ) -> str:
        """The inspector serves the precinct from a day on; who did so ends the day before.

        Somebody acting for an absent colleague ends nobody's service.
        """
        day_before = (from_on - timedelta(days=1)).isoformat()
        with self._transaction() as connection:
            if not acting:
                served = tables.service
                ended = connection.execute(
                    select(served.c.service_id).where(
                        served.c.precinct == precinct,
                        served.c.until_on.is_(None),
                        served.c.from_on <= from_on.isoformat(),
                    )
                )
                for row in ended.all():
                    self._change_in(
                        connection,
                        "precinct.service_ended",
                        served,
                        row.service_id,
                        actor,
                        until_on=day_before,
                    )
            body = {
                "inspector_id": inspector_id,
                "precinct": precinct,
                "acting": acting,
                "from_on": from_on.isoformat(),
            }
            return self._insert(
                connection, "precinct.service", tables.service, precinct, actor, body
            )

    def record_absence(self, new: NewAbsence, actor: str) -> str:
        """Leave, illness, training, secondment or other duty, with its share of the time."""
        return self._add("precinct.absence", tables.absences, new, new.inspector_id, actor)

    def end_absence(self, absence_id: str, until_on: date, actor: str) -> None:
        """The absence's last day."""
        with self._transaction() as connection:
            since = tables.absences.c.from_on
            self._end_in(connection, "precinct.absence_ended", since, absence_id, until_on, actor)

    def add_population(self, new: NewPopulation, actor: str) -> str:
        """A figure of residents with its source and day; figures never replace each other."""
        return self._add(
            "precinct.population", tables.populations, new, new.counted_on.isoformat(), actor
        )

    def record(self, new: NewRecord, actor: str) -> str:
        """Something done in a precinct."""
        with self._transaction() as connection:
            body = new.model_dump(mode="json")
            row = body | {
                "counts": json.dumps(new.counts, ensure_ascii=False),
                "recorded_by": actor,
            }
            return self._insert(
                connection, "precinct.record", tables.records, new.precinct, actor, body, row
            )

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        if self.within is not None:
            yield self.within
            return
        with self.engine.begin() as connection:
            yield connection

    def _say(
        self,
        connection: Connection,
        kind: RegisterKind,
        row_id: str,
        subject: str,
        actor: str,
        body: dict[str, Any],
    ) -> None:
        event = register_fact(kind, row_id, subject, actor, self.clock.now(), body)
        if self.said is not None:
            self.said.append(event)
        else:
            self.log.append([event], connection=connection)

    def _add(
        self,
        kind: RegisterKind,
        table: Table,
        new: BaseModel,
        subject: str,
        actor: str,
        **more: object,
    ) -> str:
        body = new.model_dump(mode="json") | more
        with self._transaction() as connection:
            return self._insert(connection, kind, table, subject, actor, body)

    def _insert(
        self,
        connection: Connection,
        kind: RegisterKind,
        table: Table,
        subject: str,
        actor: str,
        body: dict[str, Any],
        row: dict[str, Any] | None = None,
    ) -> str:
        _refuse_unknown(connection, body)
        row_id = derive_id(kind, subject, secrets.token_hex(16))
        key = next(iter(table.primary_key.columns)).name
        self._say(connection, kind, row_id, subject, actor, body)
        connection.execute(insert(table).values(**{key: row_id}, **(row or body)))
        return row_id

    def _end_in(
        self,
        connection: Connection,
        kind: RegisterKind,
        first: Column[str],
        row_id: str,
        until_on: date,
        actor: str,
    ) -> None:
        """The row's last day, which may not lie before its `first`."""
        key = next(iter(first.table.primary_key.columns))
        begun = connection.scalar(select(first).where(key == row_id))
        if begun is not None and until_on.isoformat() < begun:
            raise ConfigError("The last day lies before the first.")
        day = until_on.isoformat()
        self._change_in(connection, kind, first.table, row_id, actor, until_on=day)

    def _change_in(
        self,
        connection: Connection,
        kind: RegisterKind,
        table: Table,
        row_id: str,
        actor: str,
        **values: object,
    ) -> None:
        key = next(iter(table.primary_key.columns))
        changed = connection.execute(update(table).where(key == row_id).values(**values))
        if not changed.rowcount:
            raise NotFound("There is no such entry in the register.")
        mark = derive_id(row_id, secrets.token_hex(16))
        self._say(connection, kind, mark, row_id, actor, dict(values))


def _refuse_unknown(connection: Connection, body: Mapping[str, Any]) -> None:
    for column in (tables.stations.c.station_id, tables.inspectors.c.inspector_id):
        named = body.get(column.name)
        if named is None or connection.scalar(select(column).where(column == named)):
            continue
        if column.table is tables.stations:
            raise ConfigError("Choose a station of the register.")
        raise NotFound("There is no such inspector.")
