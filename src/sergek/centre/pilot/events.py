"""The facts of pilots; the subject is the pilot."""

import secrets
from datetime import datetime
from typing import Any

from sergek.core.event import Event, derive_id

__all__ = ["pilot_event"]


def pilot_event(what: str, pilot_id: str, actor: str, at: datetime, body: dict[str, Any]) -> Event:
    """`pilot.` and `begun`, `labelled`, `counted`, `referred` or `signed`."""
    return Event(
        event_id=derive_id(pilot_id, what, actor, secrets.token_hex(16)),
        kind=f"pilot.{what}",
        subject=pilot_id,
        happened_at=at,
        actor=actor,
        body=body,
    )
