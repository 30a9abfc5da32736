"""What is read of pilots: progress, the next sample for somebody, figures, the export."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, select

from sergek.centre.people.tables import at_of
from sergek.centre.pilot.tables import counts, labels, pilots, samples
from sergek.centre.reading import reading
from sergek.core.errors import NotFound
from sergek.core.site import Site
from sergek.traffic.pilot import (
    Label,
    Lack,
    PilotFigures,
    PilotSample,
    demands,
    figures_of,
    shortfalls,
    truth_of,
)

__all__ = ["CountRow", "Next", "Pilot", "PilotViews", "labels_in", "pilot_in"]


@dataclass(frozen=True, slots=True)
class Pilot:
    """One pilot of one site; `passages` is what the period held, of which the sample was drawn."""

    pilot_id: str
    site_id: str
    begun_at: datetime
    begun_by: str
    since: datetime
    until: datetime
    seed: int
    passages: int
    record_key: str | None
    signed_by: str | None
    signed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Next:
    """The sample somebody is to look at; `settles` holds the two answers that differ, else none."""

    passage_id: str
    camera_id: str
    place: int
    settles: tuple[Label, ...]


@dataclass(frozen=True, slots=True)
class CountRow:
    """Minutes counted by hand."""

    camera_id: str
    since: datetime
    until: datetime
    person: str
    vehicles: int
    passages: int


@dataclass(frozen=True, slots=True)
class PilotViews:
    """The readings over one database."""

    engine: Engine

    def all(self) -> list[Pilot]:
        """Every pilot, newest first."""
        with reading(self.engine).connect() as connection:
            rows = connection.execute(select(pilots).order_by(pilots.c.begun_us.desc()))
            return [_pilot(row) for row in rows]

    def one(self, pilot_id: str) -> Pilot:
        """One pilot, or `NotFound`."""
        with reading(self.engine).connect() as connection:
            return pilot_in(connection, pilot_id)

    def next(self, pilot_id: str, person: str, *, settling: bool) -> Next | None:
        """What this person looks at next: never what they have labelled already.

        `settling` asks for samples on which the first two differ; otherwise one that still lacks
        a first or second look.
        """
        with reading(self.engine).connect() as connection:
            found = _samples(connection, pilot_id)
        for sample, camera_id, place in found:
            people = {each.person for each in sample.labels}
            if sample.settled is not None or person in people:
                continue
            if settling and sample.agreed is False:
                return Next(sample.passage_id, camera_id, place, sample.labels)
            if not settling and len(sample.labels) < 2:
                return Next(sample.passage_id, camera_id, place, ())
        return None

    def samples(self, pilot_id: str) -> list[PilotSample]:
        """The whole sample with its labels, in its order."""
        with reading(self.engine).connect() as connection:
            return [sample for sample, _, _ in _samples(connection, pilot_id)]

    def counted(self, pilot_id: str) -> list[CountRow]:
        """The minutes counted by hand."""
        wanted = select(counts).where(counts.c.pilot_id == pilot_id).order_by(counts.c.since_us)
        with reading(self.engine).connect() as connection:
            return [
                CountRow(
                    row.camera_id,
                    at_of(row.since_us),
                    at_of(row.until_us),
                    row.person,
                    row.vehicles,
                    row.passages,
                )
                for row in connection.execute(wanted)
            ]

    def figures(self, pilot_id: str) -> PilotFigures:
        """What the pilot shows so far."""
        hand = [(row.vehicles, row.passages) for row in self.counted(pilot_id)]
        return figures_of(self.samples(pilot_id), hand, demands())

    def missing(self, pilot_id: str, site: Site) -> list[Lack]:
        """What is still missing before the record can be signed."""
        return shortfalls(self.figures(pilot_id), demands(), speeds=bool(site.limits))

    def export(self, pilot_id: str) -> dict[str, Any]:
        """Everything, for whoever wants to compute it again; version 1."""
        pilot = self.one(pilot_id)
        found = self.samples(pilot_id)
        return {
            "format": "sergek-pilot",
            "version": 1,
            "pilot_id": pilot_id,
            "site_id": pilot.site_id,
            "period": [pilot.since.isoformat(), pilot.until.isoformat()],
            "passages": pilot.passages,
            "seed": pilot.seed,
            "samples": [_exported(sample) for sample in found],
            "counted": [
                {
                    "camera_id": row.camera_id,
                    "since": row.since.isoformat(),
                    "until": row.until.isoformat(),
                    "vehicles": row.vehicles,
                    "passages": row.passages,
                }
                for row in self.counted(pilot_id)
            ],
            "figures": self.figures(pilot_id).model_dump(mode="json"),
            "demands": demands().model_dump(mode="json"),
        }

    def progress(self, pilot_id: str) -> dict[str, int]:
        """How far it is: drawn, looked at once, twice, differing, settled."""
        found = self.samples(pilot_id)
        return {
            "drawn": len(found),
            "once": sum(len(s.labels) == 1 for s in found),
            "twice": sum(len(s.labels) == 2 for s in found),
            "differing": sum(s.agreed is False and s.settled is None for s in found),
            "settled": sum(s.settled is not None for s in found),
        }


def _exported(sample: PilotSample) -> dict[str, Any]:
    truth = truth_of(sample)
    return sample.model_dump(mode="json") | {
        "truth": truth.model_dump(mode="json") if truth else None
    }


def pilot_in(connection: Connection, pilot_id: str) -> Pilot:
    """The pilot as a transaction sees it, or `NotFound`."""
    row = connection.execute(select(pilots).where(pilots.c.pilot_id == pilot_id)).first()
    if row is None:
        raise NotFound("There is no such pilot.")
    return _pilot(row)


def _pilot(row: Any) -> Pilot:
    return Pilot(
        pilot_id=row.pilot_id,
        site_id=row.site_id,
        begun_at=at_of(row.begun_us),
        begun_by=row.begun_by,
        since=at_of(row.since_us),
        until=at_of(row.until_us),
        seed=row.seed,
        passages=row.passages,
        record_key=row.record_key,
        signed_by=row.signed_by,
        signed_at=at_of(row.signed_us) if row.signed_us is not None else None,
    )


def labels_in(connection: Connection, pilot_id: str, passage_id: str) -> dict[int, Label]:
    """The labels of one sample by turn."""
    wanted = select(labels).where(labels.c.pilot_id == pilot_id, labels.c.passage_id == passage_id)
    return {row.turn: _label(row) for row in connection.execute(wanted)}


def _label(row: Any) -> Label:
    return Label(person=row.person, seen=row.seen, text=row.text, vehicle_class=row.vehicle_class)


def _samples(connection: Connection, pilot_id: str) -> list[tuple[PilotSample, str, int]]:
    given: dict[str, dict[int, Label]] = {}
    for row in connection.execute(select(labels).where(labels.c.pilot_id == pilot_id)):
        given.setdefault(row.passage_id, {})[row.turn] = _label(row)
    wanted = select(samples).where(samples.c.pilot_id == pilot_id)
    return [
        (_sample(row, given.get(row.passage_id, {})), row.camera_id, row.place_in_order)
        for row in connection.execute(wanted.order_by(samples.c.place_in_order))
    ]


def _sample(row: Any, given: dict[int, Label]) -> PilotSample:
    machine = json.loads(row.machine)
    return PilotSample(
        passage_id=row.passage_id,
        night=machine["night"],
        machine_text=machine["text"],
        machine_status=machine["status"],
        machine_class=machine["class"],
        speed_kmh=machine["kmh"],
        speed_u_kmh=machine["u_kmh"],
        reference_kmh=row.reference_kmh,
        labels=tuple(given[turn] for turn in (0, 1) if turn in given),
        settled=given.get(2),
    )
