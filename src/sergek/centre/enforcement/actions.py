"""What people do at the desk: each act appends its fact and changes its rows in one transaction."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, Row, update

from sergek.centre.enforcement import desk
from sergek.centre.enforcement.copies import MaskedCopy, copy_of
from sergek.centre.enforcement.events import case_event, plate_searched
from sergek.centre.enforcement.practice import Reason, practice
from sergek.centre.enforcement.states import DECISIONS, Decision, Status, Taken, after
from sergek.centre.enforcement.tables import cases
from sergek.centre.people.tables import at_of
from sergek.centre.reading import reading
from sergek.core.clock import Clock
from sergek.core.errors import ConfigError, Conflict, Forbidden, NotFound
from sergek.core.event import Event
from sergek.core.passage import Passage
from sergek.core.ports import EventLog, ReadStore
from sergek.core.violation import Offence
from sergek.traffic.law.book import law_book
from sergek.traffic.plates import plain
from sergek.traffic.prescription import refuse_late

__all__ = ["CaseActions", "Typed"]

_SEARCH_DAYS = 30
_FACTS = {
    Decision.ANSWER: "answered",
    Decision.SEND_BACK: "sent_back",
    Decision.SIGN: "signed",
}
_LOOKALIKE = str.maketrans("АВЕКМНОРСТУХІ", "ABEKMHOPCTYXI")


@dataclass(frozen=True, slots=True)
class Typed:
    """What the reviewer read, what the machine read, and whether that is the same plate."""

    typed: str
    machine: str | None

    @property
    def same(self) -> bool:
        """Whether both read the same plate."""
        return bool(self.typed) and self.typed == self.machine


@dataclass(frozen=True, slots=True)
class CaseActions:
    """The acts of one person: `cameras` are those of the person's areas."""

    engine: Engine
    log: EventLog
    reads: ReadStore
    clock: Clock
    name: str
    cameras: frozenset[str]

    def open(self, case_id: str, *, reviewing: bool) -> desk.Lease | None:
        """Record that the person looks at the case; whose lease it is, if they review."""
        now = self.clock.now()
        with self.engine.begin() as connection:
            row = self._row(connection, case_id)
            self._append(connection, "opened", case_id, now, {"passage_id": row.passage_id})
            return desk.claim(connection, case_id, self.name, now) if reviewing else None

    def keep(self, case_id: str) -> desk.Lease:
        """Renew the lease; whose it is now."""
        with self.engine.begin() as connection:
            self._row(connection, case_id)
            return desk.claim(connection, case_id, self.name, self.clock.now())

    def type_plate(self, case_id: str, text: str) -> Typed:
        """Record what the person reads on the pictures; "" says that it cannot be read.

        Letters of the Cyrillic keyboard that look the same are taken for the Latin ones.
        """
        typed, _ = plain(text.upper().translate(_LOOKALIKE))
        if text.strip() and not typed:
            raise ConfigError("Type the plate in letters and digits as it hangs on the vehicle.")
        now = self.clock.now()
        with self.engine.begin() as connection:
            row = self._row(connection, case_id)
            if row.status in (Status.ARRIVING, Status.NOTE):
                raise Conflict("This is a note, not a case: there is nothing to decide.")
            found = Typed(typed, row.plate)
            body = {"typed": typed, "machine": row.plate, "same": found.same}
            self._append(connection, "plate_typed", case_id, now, body)
            desk.record(connection, case_id, desk.PLATE, self.name, now, body)
        return found

    def decide(
        self, case_id: str, decision: Decision, *, seen: int, reason: str = "", text: str = ""
    ) -> Status:
        """Approve, reject or return; `seen` is the version of the case that the person saw.

        Raises `Conflict` where somebody else decided meanwhile or has the case open, `Forbidden`
        for the wrong hand, `ConfigError` where the plate or the reason is missing.
        """
        if decision not in DECISIONS:
            raise ConfigError("A reviewer approves, rejects or returns a case.")
        now = self.clock.now()
        with self.engine.begin() as connection:
            row = self._row(connection, case_id)
            self._refuse_stale(connection, row, seen, now)
            differs = self._plate_differs(connection, row, decision)
            why = self._reason(row, decision, reason, text, now)
            new = Taken(decision, self.name, doubt=differs)
            body = {
                "decision": decision.value,
                "reason": why.id if why else None,
                "text": text.strip(),
                "plate_differs": differs,
            }
            return self._take(connection, row, new, now, body)

    def answer(self, case_id: str, text: str) -> Status:
        """The complex's engineer says what was mended; the package is verified anew, then the case
        waits for review."""
        if not text.strip():
            raise ConfigError("Write what was found and mended.")
        now = self.clock.now()
        with self.engine.begin() as connection:
            row = self._row(connection, case_id)
            new = Taken(Decision.ANSWER, self.name)
            self._take(connection, row, new, now, {"text": text.strip()})
            connection.execute(
                update(cases).where(cases.c.case_id == case_id).values(status=Status.ARRIVING.value)
            )
        return Status.ARRIVING

    def copy(self, case_id: str) -> MaskedCopy | None:
        """The masked copy of the case; None where it is still to be made."""
        with reading(self.engine).connect() as connection:
            self._row(connection, case_id)
            return copy_of(connection, case_id)

    def sign(self, case_id: str, looked: str) -> None:
        """Sign the case; `looked` is the masked copy (its SHA-256) at which the signer looked.

        `Forbidden` for whoever decided on it, `Conflict` where the copy is another one by now.
        """
        now = self.clock.now()
        with self.engine.begin() as connection:
            row = self._row(connection, case_id)
            copy = copy_of(connection, case_id)
            if copy is None or copy.key is None or copy.key != looked:
                raise Conflict("The pictures were masked anew meanwhile: look at them again.")
            taken = desk.decisions_of(connection, case_id)
            body = _signed_body(row, taken) | {"public_copy": copy.key}
            self._take(connection, row, Taken(Decision.SIGN, self.name), now, body)

    def send_back(self, case_id: str, text: str) -> Status:
        """The signer does not sign: the case is reviewed from the start."""
        if not text.strip():
            raise ConfigError("Write the reason in a sentence of your own.")
        now = self.clock.now()
        with self.engine.begin() as connection:
            row = self._row(connection, case_id)
            new = Taken(Decision.SEND_BACK, self.name)
            return self._take(connection, row, new, now, {"text": text.strip()})

    def search(self, case_id: str, plate: str, purpose: str) -> list[Passage]:
        """Where a plate was surely read in the last 30 days, inside the person's areas.

        Only for a case and with a purpose in words; the question itself becomes a fact.
        """
        text, _ = plain(plate.upper().translate(_LOOKALIKE))
        if not 4 <= len(text) <= 10:
            raise ConfigError("Type the whole plate, 4 to 10 letters and digits.")
        if len(purpose.strip()) < 10:
            raise ConfigError("Write for what purpose the plate is searched, in a sentence.")
        now = self.clock.now()
        with self.engine.begin() as connection:
            self._row(connection, case_id)
            if desk.typed_by(connection, case_id, self.name) is None:
                raise Forbidden("Type the plate that you read before you search for one.")
            since = now - timedelta(days=_SEARCH_DAYS)
            found = [
                each
                for each in self.reads.seen([text], since, now + timedelta(days=1), limit=200)
                if each.camera_id in self.cameras
            ]
            event = plate_searched(case_id, self.name, now, text, purpose.strip(), len(found))
            self.log.append([event], connection=connection)
        return found

    def _row(self, connection: Connection, case_id: str) -> Row[Any]:
        row = desk.case_row(connection, case_id)
        if row.camera_id not in self.cameras:
            raise NotFound("There is no such case in your areas.")
        return row

    def _refuse_stale(
        self, connection: Connection, row: Row[Any], seen: int, now: datetime
    ) -> None:
        if row.status in (Status.ARRIVING, Status.NOTE):
            raise Conflict("This is a note, not a case: there is nothing to decide.")
        if row.version != seen:
            raise Conflict("Somebody else decided on this case meanwhile: load it again.")
        held = desk.lease_of(connection, row.case_id, now)
        if held is not None and held.name != self.name:
            raise Conflict(f"{held.name} has this case open now: take the next one.")
        if row.status == Status.REJECTED and self._erased(row.passage_id):
            raise Conflict("The media of this case were erased after its rejection: it stays so.")

    def _erased(self, passage_id: str) -> bool:
        try:
            self.reads.get(passage_id)
        except NotFound:
            return True
        return False

    def _plate_differs(self, connection: Connection, row: Row[Any], decision: Decision) -> bool:
        typed = desk.typed_by(connection, row.case_id, self.name)
        if decision is not Decision.APPROVE:
            return False
        if typed is None:
            raise ConfigError("Type the plate that you read before you approve.")
        if not row.package_ok:
            raise Forbidden("The evidence package does not verify: reject the case or return it.")
        differs = not Typed(typed, row.plate).same
        return differs and practice().differing_plate_needs_second(at_of(row.happened_us))

    def _reason(
        self, row: Row[Any], decision: Decision, reason: str, text: str, now: datetime
    ) -> Reason | None:
        if decision is Decision.APPROVE:
            return None
        listed = practice().reasons(decision, Offence(row.offence), now)
        found = next((each for each in listed if each.id == reason), None)
        if found is None:
            raise ConfigError("Choose the reason from the list.")
        if found.words and not text.strip():
            raise ConfigError("Write the reason in a sentence of your own.")
        return found

    def _take(
        self,
        connection: Connection,
        row: Row[Any],
        new: Taken,
        now: datetime,
        body: dict[str, Any],
    ) -> Status:
        taken = desk.decisions_of(connection, row.case_id)
        second = bool(json.loads(row.second_looks))
        if row.status in (Status.ARRIVING, Status.NOTE):
            raise Conflict("This is a note, not a case: there is nothing to decide.")
        refuse_late(at_of(row.happened_us), now, law_book())
        status = after(taken, new, needs_second=second)
        what = _FACTS.get(new.decision, "reviewed")
        told = body | {"passage_id": row.passage_id, "status": status.value}
        self._append(connection, what, row.case_id, now, told)
        changes = {"status": status.value, "version": row.version + 1}
        kind = new.decision.value
        desk.record(connection, row.case_id, kind, self.name, now, body, changes)
        desk.let_go(connection, [row.case_id])
        return status

    def _append(
        self, connection: Connection, what: str, case_id: str, now: datetime, body: dict[str, Any]
    ) -> None:
        event: Event = case_event(what, case_id, self.name, now, body)
        self.log.append([event], connection=connection)


def _signed_body(row: Row[Any], taken: Sequence[Taken]) -> dict[str, Any]:
    """Everything that a prescription is made from."""
    reviewers = dict.fromkeys(each.actor for each in taken if each.decision is Decision.APPROVE)
    return {
        "site_id": row.site_id,
        "camera_id": row.camera_id,
        "plate": row.plate,
        "vehicle_class": row.vehicle_class,
        "trial": row.trial,
        "package": row.package,
        "reviewers": list(reviewers),
        "violation": json.loads(row.violation),
    }
