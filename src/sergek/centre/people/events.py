"""The facts about people: each sign-in, refusal and change of an account."""

import secrets
from datetime import datetime
from typing import Any

from sergek.core.event import Event, derive_id

__all__ = [
    "password_changed",
    "person_added",
    "person_changed",
    "sign_in_refused",
    "signed_in",
    "signed_out",
]


def _event(kind: str, subject: str, actor: str, at: datetime, body: dict[str, Any]) -> Event:
    # A person does the same thing many times: the id carries chance, not only the facts.
    return Event(
        event_id=derive_id(kind, subject, at.isoformat(), secrets.token_hex(16)),
        kind=kind,
        subject=subject,
        happened_at=at,
        actor=actor,
        body=body,
    )


def signed_in(name: str, address: str, at: datetime) -> Event:
    """Somebody came in."""
    return _event("person.signed_in", name, name, at, {"address": address})


def signed_out(name: str, at: datetime) -> Event:
    """Somebody left."""
    return _event("person.signed_out", name, name, at, {})


def sign_in_refused(known_name: str | None, address: str, reason: str, at: datetime) -> Event:
    """A name or password was wrong, the account closed, or there were too many tries.

    A name that nobody has is not kept: people type passwords into the wrong field.
    """
    name = known_name or "unknown"
    return _event(
        "person.sign_in_refused", name, "system", at, {"address": address, "reason": reason}
    )


def person_added(name: str, actor: str, at: datetime, body: dict[str, Any]) -> Event:
    """An account began; `body` is role and areas, never a password."""
    return _event("person.added", name, actor, at, body)


def person_changed(name: str, actor: str, at: datetime, body: dict[str, Any]) -> Event:
    """Role, areas, name or state of an account changed; `body` is what it is now."""
    return _event("person.changed", name, actor, at, body)


def password_changed(name: str, actor: str, at: datetime) -> Event:
    """A new password; every session of that person ended."""
    return _event("person.password_changed", name, actor, at, {})
