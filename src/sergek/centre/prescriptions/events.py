"""The facts of prescriptions; the subject is the number, for `prescription.refused` the case."""

import secrets
from datetime import datetime
from typing import Any

from sergek.core.event import Event, derive_id

__all__ = [
    "handed_out",
    "issued",
    "new_id",
    "opened",
    "quarantine_applied",
    "refused",
    "step_taken",
]


def issued(number: str, case_id: str, actor: str, at: datetime, body: dict[str, Any]) -> Event:
    """`prescription.issued`, or `prescription.specimen` where the site was in trial.

    The id derives from the case alone: there is never a second one for it.
    """
    what = "specimen" if body["specimen"] else "issued"
    return Event(
        event_id=derive_id(case_id, "prescription"),
        kind=f"prescription.{what}",
        subject=number,
        happened_at=at,
        actor=actor,
        body=body | {"case_id": case_id},
    )


def refused(case_id: str, actor: str, at: datetime, reason: str) -> Event:
    """`prescription.refused`: a signed case from which none may be made, and why."""
    return Event(
        event_id=derive_id(case_id, "prescription.refused", reason),
        kind="prescription.refused",
        subject=case_id,
        happened_at=at,
        actor=actor,
        body={"reason": reason},
    )


def step_taken(
    step_id: str, number: str, kind: str, actor: str, at: datetime, body: dict[str, Any]
) -> Event:
    """`prescription.` and what was done: `delivered`, `paid`, `complained`, …"""
    return Event(
        event_id=step_id,
        kind=f"prescription.{kind}",
        subject=number,
        happened_at=at,
        actor=actor,
        body=body,
    )


def quarantine_applied(quarantine_id: str, actor: str, at: datetime, body: dict[str, Any]) -> Event:
    """`quarantine.applied`: what was found faulty, and what became of every case."""
    return Event(
        event_id=quarantine_id,
        kind="quarantine.applied",
        subject=quarantine_id,
        happened_at=at,
        actor=actor,
        body=body,
    )


def opened(number: str, actor: str, at: datetime) -> Event:
    """`prescription.opened`: somebody looked at it; reading is recorded too."""
    return Event(
        event_id=new_id(number, actor, "opened"),
        kind="prescription.opened",
        subject=number,
        happened_at=at,
        actor=actor,
        body={},
    )


def handed_out(number: str, actor: str, at: datetime, what: str, reason: str) -> Event:
    """`prescription.handed_out`: its public page was opened, or the copy or the original taken.

    `what` is `page`, `copy` or `original`; the actor `public` is whoever knew number and secret.
    """
    return Event(
        event_id=new_id(number, actor, what),
        kind="prescription.handed_out",
        subject=number,
        happened_at=at,
        actor=actor,
        body={"what": what, "reason": reason},
    )


def new_id(*parts: str) -> str:
    """An id for an act of a person, each of which happens once."""
    return derive_id(*parts, secrets.token_hex(16))
