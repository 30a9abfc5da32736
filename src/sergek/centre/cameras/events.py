"""The fact that somebody had a camera's stream opened anew."""

import secrets
from datetime import datetime

from sergek.core.event import Event, derive_id

__all__ = ["restart_requested"]


def restart_requested(camera_id: str, actor: str, at: datetime) -> Event:
    """An operator pressed the button."""
    kind = "camera.restart_requested"
    return Event(
        event_id=derive_id(kind, camera_id, actor, at.isoformat(), secrets.token_hex(16)),
        kind=kind,
        subject=camera_id,
        happened_at=at,
        actor=actor,
        body={},
    )
