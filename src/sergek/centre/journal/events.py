"""The fact that somebody checked the chain."""

import secrets
from datetime import datetime

from sergek.core.event import Event, derive_id
from sergek.core.ports import LogHead

__all__ = ["log_verified"]


def log_verified(head: LogHead, actor: str, at: datetime) -> Event:
    """The chain was whole up to that fact; the digest is kept with it."""
    return Event(
        event_id=derive_id("log.verified", actor, at.isoformat(), secrets.token_hex(16)),
        kind="log.verified",
        subject="log",
        happened_at=at,
        actor=actor,
        body={"seq": head.seq, "digest": head.digest},
    )
