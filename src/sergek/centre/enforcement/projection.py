"""What the log says of violations, as rows of the desk; runs inside the intake's transaction."""

import logging
from collections.abc import Sequence
from typing import Any

from pydantic import ValidationError
from sqlalchemy import Connection, insert, select

from sergek.centre.enforcement.practice import gravity_of, practice
from sergek.centre.enforcement.states import Status
from sergek.centre.enforcement.tables import cases
from sergek.centre.people.tables import us_of
from sergek.core.event import Event, canonical_json
from sergek.core.violation import Violation
from sergek.traffic.law.book import law_book

__all__ = ["project_violations"]

_LOG = logging.getLogger(__name__)


def project_violations(connection: Connection, events: Sequence[Event]) -> None:
    """Begin a case for every new `violation.found`; a repeat is nothing.

    A case begins as `arriving`: it joins the queue once its package has been opened and verified.
    """
    found = [event for event in events if event.kind == "violation.found"]
    for event in found:
        row = _row(event)
        if row is None:
            continue
        known = select(cases.c.case_id).where(cases.c.case_id == event.subject)
        if connection.execute(known).first() is None:
            connection.execute(insert(cases).values(**row))


def _row(event: Event) -> dict[str, Any] | None:
    try:
        violation = Violation.model_validate(event.body["violation"])
        passage_id, site_id = str(event.body["passage_id"]), str(event.body["site_id"])
    except (KeyError, ValidationError) as error:
        # The fact stays in the log; a desk of a newer version may read it.
        _LOG.warning("violation %s cannot be shown: %s", event.subject, type(error).__name__)
        return None
    gravity = gravity_of(violation, law_book())
    looks = practice().second_looks(violation, gravity, violation.happened_at)
    return {
        "case_id": event.subject,
        "passage_id": passage_id,
        "site_id": site_id,
        "camera_id": str(event.body.get("camera_id", "")),
        "offence": violation.offence.value,
        "article": violation.article,
        "route": violation.route.value,
        "happened_us": us_of(violation.happened_at),
        "gravity": gravity,
        "margin": violation.margin,
        "violation": canonical_json(violation.model_dump(mode="json")).decode(),
        "package": violation.package,
        "package_checks": "[]",
        "trial": True,
        "place": "{}",
        "second_looks": canonical_json(looks).decode(),
        "status": Status.ARRIVING.value,
        "version": 0,
    }
