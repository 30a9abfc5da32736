"""The masked copy of an approved case: what of its pictures may leave once a signer looked."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, select

from sergek.centre.enforcement import desk
from sergek.centre.enforcement.events import case_event
from sergek.centre.enforcement.states import Status
from sergek.centre.enforcement.tables import case_steps, cases
from sergek.centre.papers import Papers
from sergek.centre.reading import reading
from sergek.core.clock import Clock
from sergek.core.errors import Conflict, Corrupt, NotFound
from sergek.core.masks import MoreMasks
from sergek.core.ports import EventLog, EvidenceStore, ReadStore

__all__ = ["Copies", "MaskedCopy", "copy_of"]


@dataclass(frozen=True, slots=True)
class MaskedCopy:
    """A copy by its SHA-256, and what people hid on it beside what the machine found.

    `key` is None where none can be made of the package; `why` says why.
    """

    key: str | None
    more: MoreMasks
    why: str = ""


def copy_of(connection: Connection, case_id: str) -> MaskedCopy | None:
    """The copy that was made last; None where it is still to be made."""
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
    return MaskedCopy(body["copy"], MoreMasks.model_validate(body["more"]), body["why"])


@dataclass(frozen=True, slots=True)
class Copies:
    """Makes masked copies: of every approved case by itself, anew when a signer hides more.

    `cameras` are those of the signer's areas, None for all.
    """

    engine: Engine
    log: EventLog
    reads: ReadStore
    evidence: EvidenceStore
    clock: Clock
    papers: Papers
    name: str = "system"
    cameras: frozenset[str] | None = None

    def prepare(self) -> int:
        """Make the copy of the oldest approved case that has none, some seconds of a core; 1 if so.

        Made ahead, for the signer should not wait for it.
        """
        made = select(case_steps.c.step_id).where(
            case_steps.c.case_id == cases.c.case_id, case_steps.c.kind == desk.MASKED
        )
        wanted = (
            select(cases.c.case_id)
            .where(cases.c.status == Status.APPROVED.value, ~made.exists())
            .order_by(cases.c.happened_us)
            .limit(1)
        )
        with reading(self.engine).connect() as connection:
            case_id = connection.scalar(wanted)
        if case_id is None:
            return 0
        self.mask(case_id, MoreMasks())
        return 1

    def mask(self, case_id: str, more: MoreMasks) -> MaskedCopy:
        """Make it with these parts hidden too; the bytes come before the fact.

        They are erased with the passage, as the sealed package is.
        """
        now = self.clock.now()
        with self.engine.begin() as connection:
            row = self._approved(connection, case_id)
        made = self._made(row.package, more, now)
        body = {"copy": made.key, "more": more.model_dump(mode="json"), "why": made.why}
        with self.engine.begin() as connection:
            self._approved(connection, case_id)
            keys = [made.key] if made.key else []
            self.reads.hold([row.passage_id], case_id, keys=keys, connection=connection)
            event = case_event("masked", case_id, self.name, now, body)
            self.log.append([event], connection=connection)
            desk.record(connection, case_id, desk.MASKED, self.name, now, body)
        return made

    def _made(self, package: str, more: MoreMasks, now: datetime) -> MaskedCopy:
        try:
            copy = self.papers.public_copy(self.evidence.get(package), package, now, more)
        except (Corrupt, NotFound) as error:
            return MaskedCopy(None, more, error.message)
        return MaskedCopy(self.evidence.put(copy), more)

    def _approved(self, connection: Connection, case_id: str) -> Row[Any]:
        row = desk.case_row(connection, case_id)
        if self.cameras is not None and row.camera_id not in self.cameras:
            raise NotFound("There is no such case in your areas.")
        if row.status != Status.APPROVED:
            raise Conflict(f"The case is “{row.status}” now: load it again before you decide.")
        return row
