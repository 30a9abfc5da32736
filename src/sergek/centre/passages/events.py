"""The fact that somebody looked at one passage: reads are recorded as writes are."""

import secrets
from datetime import datetime

from sergek.core.event import Event, derive_id
from sergek.core.passage import Passage

__all__ = ["passage_opened"]


def passage_opened(passage: Passage, actor: str, at: datetime) -> Event:
    """Somebody opened the passage's page or asked the API for it."""
    return Event(
        event_id=derive_id(passage.passage_id, actor, at.isoformat(), secrets.token_hex(16)),
        kind="passage.opened",
        subject=passage.camera_id,
        happened_at=at,
        actor=actor,
        body={"passage_id": passage.passage_id},
    )
