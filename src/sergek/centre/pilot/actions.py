"""What people do in a pilot; each act is a fact."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine, insert, select, update

from sergek.centre.people.tables import us_of
from sergek.centre.pilot.events import pilot_event
from sergek.centre.pilot.sampling import drawn, row_of
from sergek.centre.pilot.tables import counts, labels, pilots, samples
from sergek.centre.pilot.views import Pilot, PilotViews, labels_in, pilot_in
from sergek.centre.sites.actions import SiteActions
from sergek.core.clock import Clock
from sergek.core.errors import ConfigError, Conflict, Forbidden, NotFound
from sergek.core.event import canonical_json, derive_id
from sergek.core.ports import EventLog, EvidenceStore, PassageFilter, ReadStore
from sergek.traffic.pilot import Label, Seen
from sergek.traffic.plates import plain

__all__ = ["PilotActions"]

_MOST_SAMPLES = 20_000
_HOLDER = "pilot:"
# Letters of the Cyrillic keyboard that look like the Latin ones of a plate.
_LOOKALIKE = str.maketrans("АВЕКМНОРСТУХІ", "ABEKMHOPCTYXI")


@dataclass(frozen=True, slots=True)
class PilotActions:
    """The acts over one database, log and evidence store."""

    engine: Engine
    log: EventLog
    evidence: EvidenceStore
    reads: ReadStore
    clock: Clock
    sites: SiteActions

    @property
    def views(self) -> PilotViews:
        """The readings over the same database."""
        return PilotViews(self.engine)

    def begin(self, site_id: str, since: datetime, until: datetime, size: int, actor: str) -> str:
        """Draw the sample and keep its passages until the record is signed; the pilot's id."""
        if not since < until <= self.clock.now():
            raise ConfigError("A pilot looks at a period that has passed.")
        if not 1 <= size <= _MOST_SAMPLES:
            raise ConfigError(f"Draw between 1 and {_MOST_SAMPLES} passages.")
        site = self.sites.ledger.site(site_id)
        seed = secrets.randbits(31)
        count, chosen = drawn(self.reads, site, since, until, size, seed)
        if not chosen:
            raise NotFound("The complex saw no passage in that period.")
        now = self.clock.now()
        pilot_id = derive_id("pilot", site_id, secrets.token_hex(16))
        body = {
            "site_id": site_id,
            "since": since.isoformat(),
            "until": until.isoformat(),
            "seed": seed,
            "passages": count,
            "sample": [passage.passage_id for passage in chosen],
        }
        rows = [
            {"pilot_id": pilot_id} | row_of(passage, site, place)
            for place, passage in enumerate(chosen)
        ]
        with self.engine.begin() as connection:
            event = pilot_event("begun", pilot_id, actor, now, body)
            self.log.append([event], connection=connection)
            connection.execute(
                insert(pilots).values(
                    pilot_id=pilot_id,
                    site_id=site_id,
                    begun_us=us_of(now),
                    begun_by=actor,
                    since_us=us_of(since),
                    until_us=us_of(until),
                    seed=seed,
                    passages=count,
                )
            )
            connection.execute(insert(samples), rows)
            ids = [passage.passage_id for passage in chosen]
            self.reads.hold(ids, f"{_HOLDER}{pilot_id}", connection=connection)
        return pilot_id

    def label(
        self,
        pilot_id: str,
        passage_id: str,
        person: str,
        seen: Seen,
        text: str,
        vehicle_class: str,
    ) -> None:
        """What somebody saw, alone; the third look settles what the first two see differently."""
        typed, _ = plain(text.upper().translate(_LOOKALIKE))
        if seen == "plate" and not 4 <= len(typed) <= 10:
            raise ConfigError("Type the whole plate, or say that it cannot be read.")
        kept = typed if seen == "plate" else ""
        now = self.clock.now()
        with self.engine.begin() as connection:
            self._open(connection, pilot_id)
            known = select(samples.c.passage_id).where(
                samples.c.pilot_id == pilot_id, samples.c.passage_id == passage_id
            )
            if connection.execute(known).first() is None:
                raise NotFound("This passage is not part of the pilot.")
            given = labels_in(connection, pilot_id, passage_id)
            turn = _turn(given, person)
            body = {"passage_id": passage_id, "turn": turn, "seen": seen, "text": kept}
            body["vehicle_class"] = vehicle_class
            event = pilot_event("labelled", pilot_id, person, now, body)
            self.log.append([event], connection=connection)
            connection.execute(
                insert(labels).values(
                    pilot_id=pilot_id,
                    passage_id=passage_id,
                    turn=turn,
                    person=person,
                    at_us=us_of(now),
                    seen=seen,
                    text=kept,
                    vehicle_class=vehicle_class,
                )
            )

    def count(
        self,
        pilot_id: str,
        camera_id: str,
        since: datetime,
        until: datetime,
        vehicles: int,
        person: str,
    ) -> None:
        """Vehicles that somebody counted by eye on a camera's recording of some minutes."""
        if not since < until or vehicles < 1:
            raise ConfigError("Give the minutes and how many vehicles were counted in them.")
        wanted = PassageFilter((camera_id,), since, until)
        passages = self.reads.count(wanted)
        now = self.clock.now()
        with self.engine.begin() as connection:
            pilot = self._open(connection, pilot_id)
            if not (pilot.since <= since and until <= pilot.until):
                raise ConfigError("These minutes lie outside the pilot's period.")
            body = {"camera_id": camera_id, "since": since.isoformat(), "vehicles": vehicles}
            body |= {"until": until.isoformat(), "passages": passages}
            event = pilot_event("counted", pilot_id, person, now, body)
            self.log.append([event], connection=connection)
            connection.execute(
                insert(counts).values(
                    count_id=event.event_id,
                    pilot_id=pilot_id,
                    camera_id=camera_id,
                    since_us=us_of(since),
                    until_us=us_of(until),
                    person=person,
                    vehicles=vehicles,
                    passages=passages,
                )
            )

    def refer(self, pilot_id: str, speeds: Mapping[str, float], actor: str) -> int:
        """Speeds (km/h) by passage id from another instrument; how many belong to the sample."""
        if any(not 0 < kmh < 300 for kmh in speeds.values()):
            raise ConfigError("A reference speed lies between 0 and 300 km/h.")
        now = self.clock.now()
        known = 0
        with self.engine.begin() as connection:
            self._open(connection, pilot_id)
            for passage_id, kmh in speeds.items():
                mine = (samples.c.pilot_id == pilot_id) & (samples.c.passage_id == passage_id)
                changed = update(samples).where(mine).values(reference_kmh=kmh)
                known += connection.execute(changed).rowcount
            body = {"speeds": dict(speeds), "known": known}
            event = pilot_event("referred", pilot_id, actor, now, body)
            self.log.append([event], connection=connection)
        return known

    def sign(self, pilot_id: str, full_name: str, actor: str) -> str:
        """Write the acceptance record and end the site's trial; the record's SHA-256.

        `Forbidden` while a demand is not met, and for whoever labelled a passage.
        """
        pilot = self.views.one(pilot_id)
        site = self.sites.ledger.site(pilot.site_id)
        missing = self.views.missing(pilot_id, site)
        if missing:
            raise Forbidden(f"The pilot does not show enough yet: {missing[0].sentence}.")
        people = {each.person for s in self.views.samples(pilot_id) for each in s.labels}
        if actor in people:
            raise Forbidden("You labelled passages of this pilot: somebody else signs its record.")
        now = self.clock.now()
        if site.certificate_at(now) is None:
            raise Forbidden(f"Site {site.id} has no valid certificate: enter it first.")
        record = self.views.export(pilot_id) | {
            "signed_by": full_name,
            "signed_at": now.isoformat(),
            "certificate": getattr(site.certificate_at(now), "number", None),
        }
        key = self.evidence.put(canonical_json(record))
        with self.engine.begin() as connection:
            self._open(connection, pilot_id)
            event = pilot_event("signed", pilot_id, actor, now, {"record": key})
            self.log.append([event], connection=connection)
            mine = pilots.c.pilot_id == pilot_id
            values = {"record_key": key, "signed_by": full_name, "signed_us": us_of(now)}
            connection.execute(update(pilots).where(mine).values(**values))
        self.sites.accept(pilot.site_id, key, full_name, actor)
        self.reads.release(f"{_HOLDER}{pilot_id}")
        return key

    @staticmethod
    def _open(connection: Connection, pilot_id: str) -> Pilot:
        pilot = pilot_in(connection, pilot_id)
        if pilot.record_key is not None:
            raise Conflict("This pilot's record is signed: nothing can be added any more.")
        return pilot


def _turn(given: Mapping[int, Label], person: str) -> int:
    if any(each.person == person for each in given.values()):
        raise Forbidden("You have looked at this passage already: somebody else looks next.")
    if 2 in given:
        raise Conflict("This passage is settled.")
    if 0 in given and 1 in given:
        if given[0].answer == given[1].answer:
            raise Conflict("Two people have seen the same here already: take the next one.")
        return 2
    return 1 if 0 in given else 0
