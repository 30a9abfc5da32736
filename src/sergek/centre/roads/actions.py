"""What changes owners, acts and defects: each action appends its event and its rows in one step."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection, Engine, func, insert, select, update

from sergek.centre.people.tables import us_of
from sergek.centre.roads.events import fact
from sergek.centre.roads.states import DefectStatus
from sergek.centre.roads.tables import acts, defects, owners
from sergek.core.clock import Clock
from sergek.core.errors import ConfigError, Conflict, NotFound
from sergek.core.event import derive_id
from sergek.core.ports import EventLog, EvidenceStore
from sergek.core.road import Commissioner, DefectFound, Light, Severity, Subject, Weather
from sergek.traffic.law.roads import road_book

__all__ = ["Decision", "NewAct", "NewOwner", "RoadActions", "Source", "Taken", "next_number"]

_FROZEN = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)
Source = Literal["survey", "desk", "citizen"]


class NewOwner(BaseModel):
    """Who keeps a road; `department` is the body above, by which reports are grouped."""

    model_config = _FROZEN

    name: str = Field(min_length=2, max_length=300)
    subject: Subject
    department: str = Field(default="", max_length=300)
    contact: str = Field(default="", max_length=300)


class NewAct(BaseModel):
    """A survey that begins: where it goes, who goes, in what weather and light."""

    model_config = _FROZEN

    held_on: date
    route: str = Field(min_length=3, max_length=1000)
    sections: tuple[str, ...] = ()
    weather: Weather = Weather.CLEAR
    light: Light = Light.DAY
    commission: tuple[Commissioner, ...] = Field(min_length=1)


class Decision(BaseModel):
    """What an officer decides about a defect: owner, kind, weight, clause, or that it is none."""

    model_config = _FROZEN

    accept: bool = True
    kind: str | None = None
    severity: Severity | None = None
    owner_id: str | None = None
    clause: str | None = Field(default=None, max_length=200)
    answer: str = Field(default="", max_length=1000)


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one defect that was sent: stored (perhaps before), refused, or waiting."""

    defect_id: str
    result: Literal["stored", "refused", "waiting"]
    sentence: str = ""
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RoadActions:
    """The actions over one database, log and evidence store; days are those of `zone`."""

    engine: Engine
    log: EventLog
    evidence: EvidenceStore
    clock: Clock
    zone: ZoneInfo

    def today(self) -> date:
        """The day in the city's zone."""
        return self.clock.now().astimezone(self.zone).date()

    def save_owner(self, new: NewOwner, actor: str) -> str:
        """Add an owner, or change the one of that name. Returns the id."""
        owner_id, body = derive_id("road_owner", new.name), new.model_dump(mode="json")
        now = self.clock.now()
        with self.engine.begin() as connection:
            event = fact(
                "road_owner.saved", owner_id, now, body, actor, once=(secrets.token_hex(16),)
            )
            self.log.append([event], connection=connection)
            known = select(owners.c.owner_id).where(owners.c.owner_id == owner_id)
            if connection.execute(known).first():
                change = update(owners).where(owners.c.owner_id == owner_id)
                connection.execute(change.values(**body))
            else:
                connection.execute(insert(owners).values(owner_id=owner_id, **body))
        return owner_id

    def open_act(self, new: NewAct, actor: str) -> str:
        """Begin a survey; its act's number, `YEAR-N`."""
        body = new.model_dump(mode="json")
        with self.engine.begin() as connection:
            number = next_number(connection, acts.c.number, new.held_on.year)
            act_id = derive_id("road_act", number, secrets.token_hex(16))
            event = fact(
                "road_act.opened", act_id, self.clock.now(), body | {"number": number}, actor
            )
            self.log.append([event], connection=connection)
            row = body | {
                "sections": json.dumps(new.sections, ensure_ascii=False),
                "commission": json.dumps(body["commission"], ensure_ascii=False),
            }
            connection.execute(
                insert(acts).values(act_id=act_id, number=number, opened_by=actor, **row)
            )
        return number

    def lay_route(self, number: str, line: Mapping[str, Any], actor: str) -> None:
        """Give an open survey the line (a GeoJSON geometry) that its phones follow."""
        now = self.clock.now()
        with self.engine.begin() as connection:
            row = _open_act(connection, number)
            event = fact(
                "road_act.routed",
                row.act_id,
                now,
                {"line": dict(line)},
                actor,
                once=(secrets.token_hex(16),),
            )
            self.log.append([event], connection=connection)
            change = update(acts).where(acts.c.act_id == row.act_id)
            connection.execute(change.values(line=json.dumps(dict(line))))

    def close_act(self, number: str, actor: str) -> None:
        """End a survey: its act is what was stored by now; later arrivals stand beside it."""
        now = self.clock.now()
        with self.engine.begin() as connection:
            row = _open_act(connection, number)
            self.log.append(
                [fact("road_act.closed", row.act_id, now, {}, actor)], connection=connection
            )
            change = update(acts).where(acts.c.act_id == row.act_id)
            connection.execute(change.values(closed_us=us_of(now)))

    def take_in(self, found: DefectFound, actor: str, source: Source = "survey") -> Taken:
        """Store a defect once, however often it comes.

        `waiting` names photos that have not arrived; `refused` says why in one sentence, also for
        an id that came before with another content.
        """
        missing = tuple(key for key in found.photos if not self.evidence.has(key))
        if missing:
            return Taken(found.defect_id, "waiting", missing=missing)
        try:
            with self.engine.begin() as connection:
                self._store(connection, found, actor, source)
        except (ConfigError, Conflict, NotFound) as error:
            return Taken(found.defect_id, "refused", error.message)
        return Taken(found.defect_id, "stored")

    def decide(self, defect_id: str, decision: Decision, actor: str) -> None:
        """Accept a report as a defect, reject it with an answer, or mend what was recorded."""
        now = self.clock.now()
        if not decision.accept and not decision.answer:
            raise ConfigError("Say why the report is rejected: the citizen will read it.")
        if decision.kind is not None:
            road_book().kind_of(decision.kind)
        changed = decision.model_dump(mode="json", exclude={"accept"}, exclude_none=True)
        changed["status"] = str(DefectStatus.RECORDED if decision.accept else DefectStatus.REJECTED)
        with self.engine.begin() as connection:
            row = connection.execute(
                select(defects.c.status).where(defects.c.defect_id == defect_id)
            ).first()
            if row is None:
                raise NotFound("There is no such defect.")
            if row.status not in (DefectStatus.PROPOSED, DefectStatus.RECORDED):
                raise Conflict("The defect is decided already: load the page again.")
            _refuse_stranger(connection, decision.owner_id)
            event = fact(
                "road_defect.decided", defect_id, now, changed, actor, once=(secrets.token_hex(16),)
            )
            self.log.append([event], connection=connection)
            change = update(defects).where(defects.c.defect_id == defect_id)
            connection.execute(change.values(decided_us=us_of(now), **changed))

    def _store(
        self, connection: Connection, found: DefectFound, actor: str, source: Source
    ) -> None:
        road_book().kind_of(found.kind)
        _refuse_stranger(connection, found.owner_id)
        if found.act_id is not None and not _act_known(connection, found.act_id):
            raise NotFound("The survey of this defect is not known: choose another survey.")
        now, digest = self.clock.now(), found.digest()
        kind = "road_defect.reported" if source == "citizen" else "road_defect.found"
        event = fact(kind, found.defect_id, now, found.model_dump(mode="json"), actor)
        known = select(defects.c.digest).where(defects.c.defect_id == found.defect_id)
        if not self.log.append([event], connection=connection) or connection.scalar(known):
            if connection.scalar(known) != digest:
                raise Conflict("This defect was sent before with another content.")
            return
        connection.execute(insert(defects).values(_row(found, digest, now, source)))


def _row(found: DefectFound, digest: str, now: datetime, source: Source) -> dict[str, Any]:
    row = found.model_dump(mode="json", exclude={"place", "photos", "found_at", "where"})
    proposed = source == "citizen"
    return row | {
        "digest": digest,
        "lng": found.place[0] if found.place else None,
        "lat": found.place[1] if found.place else None,
        "location": found.where,
        "photos": json.dumps(found.photos),
        "found_us": us_of(found.found_at),
        "stored_us": us_of(now),
        "status": str(DefectStatus.PROPOSED if proposed else DefectStatus.RECORDED),
        "source": source,
    }


def next_number(connection: Connection, column: Any, year: int) -> str:
    """The year's next number, `YEAR-N`."""
    taken = select(func.count()).where(column.like(f"{year}-%"))
    return f"{year}-{(connection.scalar(taken) or 0) + 1}"


def _open_act(connection: Connection, number: str) -> Any:
    row = connection.execute(select(acts).where(acts.c.number == number)).first()
    if row is None:
        raise NotFound(f"There is no survey {number}.")
    if row.closed_us is not None:
        raise Conflict(f"The act of survey {number} is closed.")
    return row


def _act_known(connection: Connection, act_id: str) -> bool:
    return (
        connection.execute(select(acts.c.act_id).where(acts.c.act_id == act_id)).first() is not None
    )


def _refuse_stranger(connection: Connection, owner_id: str | None) -> None:
    if owner_id is None:
        return
    if not connection.execute(select(owners.c.name).where(owners.c.owner_id == owner_id)).first():
        raise NotFound("The owner of the road is not known: add the owner first.")
