"""Checking the chain from its first fact to its last."""

from dataclasses import dataclass

from sergek.centre.context import Centre
from sergek.centre.journal.events import log_verified
from sergek.centre.rights import Person
from sergek.core.ports import LogHead

__all__ = ["Verified", "verify"]


@dataclass(frozen=True, slots=True)
class Verified:
    """The chain is whole up to `head`; how long the check took."""

    head: LogHead
    took_s: float


def verify(centre: Centre, person: Person) -> Verified:
    """Recompute every digest; `Corrupt` names the first fact that does not fit.

    A good result is a fact of its own, so that later rewriting shows against it.
    """
    clock = centre.wiring.clock
    began = clock.monotonic_s()
    head = centre.wiring.log.verify()
    took = clock.monotonic_s() - began
    centre.wiring.log.append([log_verified(head, person.name, clock.now())])
    return Verified(head, took)
