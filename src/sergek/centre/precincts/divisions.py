"""Divisions into precincts: proposed with their measures, approved from a day on, never lost."""

import json
import secrets
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from sqlalchemy import Connection, Engine, insert, select, update

from sergek.centre.people.tables import at_of, us_of
from sergek.centre.precincts.events import division_fact
from sergek.centre.precincts.tables import divisions
from sergek.centre.reading import reading
from sergek.core.clock import Clock
from sergek.core.errors import ConfigError, Conflict, Corrupt, NotFound
from sergek.core.event import canonical_json, derive_id
from sergek.core.ports import EventLog, EvidenceStore
from sergek.core.studies import Measures

__all__ = ["Division", "Divisions", "Origin"]

Origin = Literal["adopted", "study", "edit"]


@dataclass(frozen=True, slots=True)
class Division:
    """One division: where it comes from, how it measures, since when it holds (if approved)."""

    division_id: str
    title: str
    origin: Origin
    based_on: str | None
    study_key: str | None
    made_by: str
    made_at: datetime
    content_key: str
    measures: Measures
    from_on: date | None
    approved_by: str | None

    @property
    def approved(self) -> bool:
        """Whether it holds, or will from its day on."""
        return self.from_on is not None


@dataclass(frozen=True, slots=True)
class Divisions:
    """The register of divisions; each one's blocks lie in the evidence store, bytes first."""

    engine: Engine
    log: EventLog
    evidence: EvidenceStore
    clock: Clock

    def propose(
        self,
        title: str,
        owner: Mapping[str, str],
        measures: Measures,
        actor: str,
        *,
        origin: Origin,
        based_on: str | None = None,
        study_key: str | None = None,
    ) -> str:
        """Keep a division as a proposal; returns its id."""
        title = title.strip()
        if not 3 <= len(title) <= 200:
            raise ConfigError("Give the division a title of 3 to 200 letters.")
        key = self.evidence.put(zlib.compress(canonical_json(dict(owner)), 9))
        now = self.clock.now()
        division_id = derive_id("division", key, secrets.token_hex(16))
        row: dict[str, Any] = {
            "title": title,
            "origin": origin,
            "based_on": based_on,
            "study_key": study_key,
            "content_key": key,
        }
        shown = measures.model_dump(mode="json", exclude={"precincts"})
        with self.engine.begin() as connection:
            event = division_fact(
                "division.proposed", division_id, actor, now, row | {"measures": shown}
            )
            self.log.append([event], connection=connection)
            connection.execute(
                insert(divisions).values(
                    division_id=division_id,
                    made_by=actor,
                    made_us=us_of(now),
                    measures=measures.model_dump_json(),
                    **row,
                )
            )
        return division_id

    def approve(self, division_id: str, from_on: date, actor: str) -> None:
        """Let the division hold from a day on.

        `Conflict` where it has faults, is approved already, or another begins on that very day.
        """
        with self.engine.begin() as connection:
            one = self._one(connection, division_id)
            if one.measures.problems:
                faults = "; ".join(one.measures.problems[:5])
                raise Conflict(f"This division may not be approved: {faults}.")
            if one.approved:
                raise Conflict(f"This division is approved already, from {one.from_on}.")
            same = select(divisions.c.title).where(divisions.c.from_on == from_on.isoformat())
            if (taken := connection.execute(same).first()) is not None:
                raise Conflict(f"“{taken.title}” begins on that day: choose another one.")
            body = {"from_on": from_on.isoformat(), "content_key": one.content_key}
            event = division_fact("division.approved", division_id, actor, self.clock.now(), body)
            self.log.append([event], connection=connection)
            connection.execute(
                update(divisions)
                .where(divisions.c.division_id == division_id)
                .values(from_on=from_on.isoformat(), approved_by=actor)
            )

    def adopt(
        self, title: str, owner: Mapping[str, str], measures: Measures, from_on: date, actor: str
    ) -> str:
        """Take over the division that is in force outside, as it is, faults included."""
        division_id = self.propose(title, owner, measures, actor, origin="adopted")
        with self.engine.begin() as connection:
            body = {"from_on": from_on.isoformat(), "as_found": True}
            now = self.clock.now()
            self.log.append(
                [division_fact("division.approved", division_id, actor, now, body)],
                connection=connection,
            )
            connection.execute(
                update(divisions)
                .where(divisions.c.division_id == division_id)
                .values(from_on=from_on.isoformat(), approved_by=actor)
            )
        return division_id

    def listed(self) -> list[Division]:
        """All of them, newest first."""
        with reading(self.engine).connect() as connection:
            rows = connection.execute(select(divisions).order_by(divisions.c.made_us.desc()))
            return [_division(row) for row in rows]

    def one(self, division_id: str) -> Division:
        """One of them; `NotFound`."""
        with reading(self.engine).connect() as connection:
            return self._one(connection, division_id)

    def on(self, day: date) -> Division | None:
        """The one that holds on a day."""
        wanted = (
            select(divisions)
            .where(divisions.c.from_on <= day.isoformat())
            .order_by(divisions.c.from_on.desc())
            .limit(1)
        )
        with reading(self.engine).connect() as connection:
            row = connection.execute(wanted).first()
        return None if row is None else _division(row)

    def owner(self, of: Division) -> dict[str, str]:
        """Precinct by block; `Corrupt` if the stored bytes are not what was written."""
        try:
            found: dict[str, str] = json.loads(zlib.decompress(self.evidence.get(of.content_key)))
        except (zlib.error, ValueError) as error:
            raise Corrupt(f"The blocks of “{of.title}” cannot be read: {error}") from error
        return found

    def _one(self, connection: Connection, division_id: str) -> Division:
        wanted = select(divisions).where(divisions.c.division_id == division_id)
        row = connection.execute(wanted).first()
        if row is None:
            raise NotFound("There is no such division.")
        return _division(row)


def _division(row: Any) -> Division:
    return Division(
        division_id=row.division_id,
        title=row.title,
        origin=row.origin,
        based_on=row.based_on,
        study_key=row.study_key,
        made_by=row.made_by,
        made_at=at_of(row.made_us),
        content_key=row.content_key,
        measures=Measures.model_validate_json(row.measures),
        from_on=date.fromisoformat(row.from_on) if row.from_on else None,
        approved_by=row.approved_by,
    )
