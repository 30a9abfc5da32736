"""Facts: what is appended to a log, and the chain that shows nobody changed it.

An event's id derives from what it is about, so that recording the same fact twice is nothing.
A log chains its events: each stored event's digest covers its own canonical bytes and the digest
before it. Retention may erase a body; id, kind and digests stay, so the chain still verifies.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

__all__ = [
    "GENESIS",
    "Event",
    "StoredEvent",
    "canonical_json",
    "chain_digest",
    "derive_id",
]

# The digest before the first event of any log.
GENESIS = "0" * 64


def canonical_json(value: object) -> bytes:
    """One byte string per JSON value: sorted keys, no spaces, UTF-8 (in the spirit of RFC 8785).

    Numbers are written as Python's shortest round-trip form; NaN and infinities are refused.
    """
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    ).encode()


def derive_id(*parts: str | int) -> str:
    """A 32-digit hexadecimal id from the parts that make a fact what it is.

    The same parts give the same id on every machine, so repeats can be dropped.
    """
    text = "\x1f".join(str(part) for part in parts)
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


class Event(BaseModel):
    """One fact before it is stored.

    `kind` is dotted, noun first (`passage.recorded`); `subject` names the thing it is about
    (a camera, a case); `happened_at` is aware; `body` is JSON and valid for its kind.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    event_id: str = Field(pattern=r"^[0-9a-f]{32}$")
    kind: str = Field(pattern=r"^[a-z_]+(\.[a-z_]+)+$")
    subject: str
    happened_at: AwareDatetime
    actor: str = "system"
    body: Mapping[str, Any]

    def body_digest(self) -> str:
        """SHA-256 of everything but the chain: what stays when the body is erased."""
        payload = {
            "event_id": self.event_id,
            "kind": self.kind,
            "subject": self.subject,
            "happened_at": self.happened_at.astimezone(UTC).isoformat(),
            "actor": self.actor,
            "body": dict(self.body),
        }
        return hashlib.sha256(canonical_json(payload)).hexdigest()


def chain_digest(previous: str, body_digest: str) -> str:
    """SHA-256 over the digest before and this event's own: the link of the chain."""
    return hashlib.sha256(f"{previous}:{body_digest}".encode()).hexdigest()


class StoredEvent(BaseModel):
    """A fact with its place in one log. `event` is None once retention erased the body."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    seq: int = Field(ge=1)
    event_id: str
    kind: str
    stored_at: datetime
    body_digest: str
    digest: str
    event: Event | None
