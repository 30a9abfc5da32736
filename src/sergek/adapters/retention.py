"""What is erased when its term is over, at the centre and at an edge."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol

from sergek.core.event import derive_id
from sergek.core.ports import EventLog, EvidenceStore, ReadStore

__all__ = ["Erased", "erase_expired", "erase_forwarded"]

# A picture is stored a moment before the event that names it.
_PICTURE_LEAD = timedelta(hours=1)


class Erased(NamedTuple):
    """How many bodies of events and pictures were erased."""

    bodies: int
    pictures: int


def erase_expired(
    log: EventLog, reads: ReadStore, evidence: EvidenceStore, before: datetime
) -> Erased:
    """Erase passages that entered before and belong to no case: from lists, log and disk.

    Cut short at any point, the next call does the rest. The log keeps id, kind and digests.
    """
    keys = reads.expire(before)
    for key in keys:
        evidence.delete(key)
    reads.forgotten(keys)
    held = {derive_id(passage_id, "passage.recorded") for passage_id in reads.held(before)}
    return Erased(log.erase("passage.recorded", before, keep=held), len(keys))


class ForwardedLog(Protocol):
    """The part of an edge's log that pruning needs."""

    def erase_stored(self, before: datetime, up_to: int) -> int:
        """Erase bodies stored before that time with seq ≤ `up_to`; how many."""
        ...

    def first_stored_after(self, seq: int) -> datetime | None:
        """When the first event with a greater seq was stored."""
        ...


class AgedEvidence(Protocol):
    """The part of an edge's evidence store that pruning needs."""

    def older_than(self, before: datetime) -> Sequence[str]:
        """Keys whose bytes were last stored before."""
        ...

    def delete(self, key: str) -> None:
        """Forget the bytes."""
        ...


def erase_forwarded(
    log: ForwardedLog, evidence: AgedEvidence, before: datetime, forwarded: int
) -> Erased:
    """Erase what an edge stored before that time and has forwarded (seq ≤ `forwarded`).

    Nothing that still waits to be forwarded goes, nor a picture that it may name.
    """
    waiting_since = log.first_stored_after(forwarded)
    oldest_needed = min(before, waiting_since) if waiting_since else before
    keys = evidence.older_than(oldest_needed - _PICTURE_LEAD)
    for key in keys:
        evidence.delete(key)
    return Erased(log.erase_stored(before, forwarded), len(keys))
