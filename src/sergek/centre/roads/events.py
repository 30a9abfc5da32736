"""The facts about roads; the words themselves are in the body, so the log alone suffices."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sergek.core.event import Event, derive_id

__all__ = ["fact"]


def fact(
    kind: str,
    subject: str,
    at: datetime,
    body: Mapping[str, Any],
    actor: str = "system",
    *,
    once: tuple[str | int, ...] = (),
) -> Event:
    """A fact about one thing; with the same kind, subject and `once` it is the same fact.

    Kinds: `road_owner.saved`, `road_act.opened`, `road_act.closed`, `road_act.routed`,
    `road_defect.found`, `road_defect.reported`, `road_defect.decided`, `road_defect.changed`,
    `road_prescription.issued`, `road_prescription.step`, `road_prescription.reminded`.
    """
    return Event(
        event_id=derive_id(subject, *once, kind),
        kind=kind,
        subject=subject,
        happened_at=at,
        actor=actor,
        body=dict(body),
    )
