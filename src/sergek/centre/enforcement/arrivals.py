"""Taking cases in: the package is opened and verified, then the case is queued or noted."""

import json
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pydantic import ValidationError
from sqlalchemy import Engine, select, update

from sergek.centre.enforcement.events import case_taken_in
from sergek.centre.enforcement.states import Status
from sergek.centre.enforcement.tables import cases
from sergek.centre.people.tables import at_of
from sergek.centre.reading import reading
from sergek.core.clock import Clock
from sergek.core.errors import Corrupt, NotFound
from sergek.core.event import canonical_json
from sergek.core.evidence import PackageCheck, SealedCase
from sergek.core.passage import PassagePlate
from sergek.core.plate import PlateStatus
from sergek.core.ports import EventLog, EvidenceStore, PackageReader, ReadStore
from sergek.core.vehicle import VehicleClass
from sergek.core.violation import Route
from sergek.traffic.rules.record import FactsRecord

__all__ = ["Arrivals"]

_LOG = logging.getLogger(__name__)
# Bytes come before the fact; where they do not, the case waits this long for them.
_PATIENCE = timedelta(minutes=10)
_AT_ONCE = 20


@dataclass(frozen=True, slots=True)
class Arrivals:
    """Over one database; `packages` None means that nothing can be verified here."""

    engine: Engine
    log: EventLog
    reads: ReadStore
    evidence: EvidenceStore
    clock: Clock
    packages: PackageReader | None

    def take_in(self) -> int:
        """Take in some cases that have arrived; how many."""
        if self.packages is None:
            return 0
        wanted = (
            select(cases)
            .where(cases.c.status == Status.ARRIVING)
            .order_by(cases.c.happened_us)
            .limit(_AT_ONCE)
        )
        with reading(self.engine).connect() as connection:
            rows = connection.execute(wanted).all()
        return sum(self._take(row, self.packages) for row in rows)

    def _take(self, row: Any, packages: PackageReader) -> bool:
        now = self.clock.now()
        sealed = self._opened(row, packages, now)
        if sealed is None:
            return False
        plate, vehicle_class = self._seen(row.passage_id, sealed)
        read = plate is not None and plate.status is PlateStatus.READ
        queued = read and row.route != Route.NOTE
        status = Status.WAITING if queued else Status.NOTE
        checks = [[check.name, check.ok, check.detail] for check in sealed.checks]
        values = {
            "status": status.value,
            "package_ok": sealed.ok,
            "package_checks": canonical_json(checks).decode(),
            "trial": sealed.trial,
            "place": canonical_json(dict(sealed.place or {})).decode(),
            "vehicle_class": vehicle_class,
            "plate": plate.text if plate is not None and read else None,
        }
        body = {
            "package": row.package,
            "package_ok": sealed.ok,
            "failed": [check.name for check in sealed.checks if not check.ok],
            "status": status.value,
        }
        with self.engine.begin() as connection:
            self.log.append(
                [case_taken_in(row.case_id, row.version, now, body)], connection=connection
            )
            here = (cases.c.case_id == row.case_id) & (cases.c.status == Status.ARRIVING)
            connection.execute(update(cases).where(here).values(**values))
        return True

    def _opened(self, row: Any, packages: PackageReader, now: datetime) -> SealedCase | None:
        """The verified package; None while it may still come."""
        if row.package is None:
            return _broken("the device sealed no package")
        try:
            sealed = packages.open(self.evidence.get(row.package))
        except NotFound:
            waited = now - at_of(row.happened_us)
            return _broken("the package has not arrived") if waited > _PATIENCE else None
        except Corrupt as error:
            return _broken(error.message)
        if sealed.case_id not in (None, row.case_id):
            other = PackageCheck("case", False, "the package belongs to another case")
            return SealedCase(ok=False, checks=(*sealed.checks, other), items=sealed.items)
        return sealed

    def _seen(
        self, passage_id: str, sealed: SealedCase
    ) -> tuple[PassagePlate | None, VehicleClass | None]:
        """Plate and class as they were judged: from the package, else from the passage."""
        item = sealed.item("passage")
        if item is not None:
            try:
                record = FactsRecord.model_validate(json.loads(item.data))
                return record.plate, record.vehicle_class
            except (ValueError, ValidationError):
                _LOG.warning("passage %s: its record cannot be read", passage_id)
        try:
            passage = self.reads.get(passage_id)
        except NotFound:
            return None, None
        return passage.plate, passage.vehicle_class


def _broken(why: str) -> SealedCase:
    return SealedCase(ok=False, checks=(PackageCheck("package", False, why),))
