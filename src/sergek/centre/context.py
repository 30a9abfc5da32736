"""What the centre is made of: everything that a request may reach."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, cast
from zoneinfo import ZoneInfo

from fastapi import Depends
from sqlalchemy import Engine
from starlette.requests import HTTPConnection

from sergek.centre.following import LogFollower
from sergek.centre.pages import Pages
from sergek.centre.rights import Person
from sergek.centre.settings import CentreSettings
from sergek.core.camera import Camera
from sergek.core.clock import Clock
from sergek.core.ports import Bus, CoverageStore, EventLog, EvidenceStore, ReadStore

__all__ = ["Centre", "CentreOf", "Wiring", "centre_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wiring:
    """What the composition root hands over.

    `bus_is_up` tells whether the bus answers now; `engine` is the database of `log`, `reads` and
    `coverage`, so that an action's event and its table stand in one transaction.
    """

    settings: CentreSettings
    engine: Engine
    log: EventLog
    reads: ReadStore
    coverage: CoverageStore
    evidence: EvidenceStore
    bus: Bus
    cameras: Mapping[str, Camera]
    clock: Clock
    bus_is_up: Callable[[], bool] = lambda: True


@dataclass(frozen=True, slots=True, kw_only=True)
class Centre:
    """The wired parts and what the centre itself runs; one per application."""

    wiring: Wiring
    pages: Pages
    follower: LogFollower
    identify: Callable[[str], Person | None]

    @property
    def settings(self) -> CentreSettings:
        """The installation's choices."""
        return self.wiring.settings

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which people read times."""
        return ZoneInfo(self.wiring.settings.timezone)

    def cameras_of(self, person: Person) -> dict[str, Camera]:
        """The cameras of the person's areas, in the city file's order."""
        return {key: cam for key, cam in self.wiring.cameras.items() if person.sees(cam)}


def centre_of(connection: HTTPConnection) -> Centre:
    """The application's centre."""
    return cast(Centre, connection.app.state.centre)


CentreOf = Annotated[Centre, Depends(centre_of)]
