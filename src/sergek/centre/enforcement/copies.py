"""The masked copy of an approved case: what of its pictures may leave once a signer looked."""

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, Row, select

from sergek.centre.enforcement import desk
from sergek.centre.enforcement.events import case_event
from sergek.centre.enforcement.states import Status
from sergek.centre.enforcement.tables import case_steps
from sergek.centre.papers import Papers
from sergek.centre.reading import reading
from sergek.core.clock import Clock
from sergek.core.errors import Conflict, NotFound
from sergek.core.masks import MoreMasks
from sergek.core.ports import EventLog, EvidenceStore, ReadStore

__all__ = ["Copies", "MaskedCopy", "copy_of"]


@dataclass(frozen=True, slots=True)
class MaskedCopy:
    """A copy by its SHA-256, and what people hid on it beside what the machine found."""

    key: str
    more: MoreMasks


def copy_of(connection: Connection, case_id: str) -> MaskedCopy | None:
    """The copy that was made last; None before anybody was to look at one."""
    wanted = (
        select(case_steps.c.body)
        .where(case_steps.c.case_id == case_id, case_steps.c.kind == desk.MASKED)
        .order_by(case_steps.c.place_in_order.desc())
        .limit(1)
    )
    found = connection.scalar(wanted)
    if found is None:
        return None
    body = json.loads(found)
    return MaskedCopy(body["copy"], MoreMasks.model_validate(body["more"]))


@dataclass(frozen=True, slots=True)
class Copies:
    """Makes masked copies for one signer: `cameras` are those of the person's areas."""

    engine: Engine
    log: EventLog
    reads: ReadStore
    evidence: EvidenceStore
    clock: Clock
    papers: Papers
    name: str
    cameras: frozenset[str]

    def to_look_at(self, case_id: str) -> MaskedCopy:
        """The copy of an approved case, made now where there is none; about a second of a core."""
        with reading(self.engine).connect() as connection:
            found = copy_of(connection, case_id)
        return found or self.mask(case_id, MoreMasks())

    def mask(self, case_id: str, more: MoreMasks) -> MaskedCopy:
        """Make it anew with these parts hidden too; the bytes come before the fact.

        They are erased with the passage, as the sealed package is.
        """
        now = self.clock.now()
        with self.engine.begin() as connection:
            row = self._approved(connection, case_id)
        original = self.evidence.get(row.package)
        copy = self.papers.public_copy(original, row.package, now, more)
        made = MaskedCopy(self.evidence.put(copy), more)
        body = {"copy": made.key, "more": more.model_dump(mode="json")}
        with self.engine.begin() as connection:
            self._approved(connection, case_id)
            self.reads.hold([row.passage_id], case_id, keys=[made.key], connection=connection)
            event = case_event("masked", case_id, self.name, now, body)
            self.log.append([event], connection=connection)
            desk.record(connection, case_id, desk.MASKED, self.name, now, body)
        return made

    def _approved(self, connection: Connection, case_id: str) -> Row[Any]:
        row = desk.case_row(connection, case_id)
        if row.camera_id not in self.cameras:
            raise NotFound("There is no such case in your areas.")
        if row.status != Status.APPROVED:
            raise Conflict(f"The case is “{row.status}” now: load it again before you decide.")
        return row
