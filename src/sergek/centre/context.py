"""What the centre is made of: everything that a request may reach."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, cast
from zoneinfo import ZoneInfo

from fastapi import Depends
from sqlalchemy import Engine
from starlette.requests import HTTPConnection

from sergek.centre.following import LogFollower
from sergek.centre.pages import Pages
from sergek.centre.papers import Papers
from sergek.centre.rights import Person
from sergek.centre.settings import CentreSettings
from sergek.core.camera import Camera
from sergek.core.clock import Clock
from sergek.core.errors import Unavailable
from sergek.core.plans import Planning
from sergek.core.ports import (
    Bus,
    CoverageStore,
    EventLog,
    EvidenceStore,
    PackageReader,
    ReadStore,
    RoadPapers,
)
from sergek.core.site import Site

__all__ = ["Centre", "CentreOf", "Wiring", "centre_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wiring:
    """What the composition root hands over.

    `bus_is_up` tells whether the bus answers now; `engine` is the database of `log`, `reads` and
    `coverage`, so that an action's event and its table stand in one transaction. `planning` is None
    where the installation makes no plans, `road_papers` where nothing of the streets is printed,
    `packages` where no evidence can be opened and violations wait. `sites` are those of the city's
    file, `papers` what prescriptions and metrology ask of the world.
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
    packages: PackageReader | None = None
    sites: Mapping[str, Site] = field(default_factory=dict)
    papers: Papers = field(default_factory=Papers)
    bus_is_up: Callable[[], bool] = lambda: True
    planning: Planning | None = None
    road_papers: RoadPapers | None = None


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

    @property
    def planning(self) -> Planning:
        """The planning room; `Unavailable` where this centre has none."""
        if self.wiring.planning is None:
            raise Unavailable("This centre has no planning room: add one in its wiring.")
        return self.wiring.planning

    def cameras_of(self, person: Person) -> dict[str, Camera]:
        """The cameras of the person's areas, in the city file's order."""
        return {key: cam for key, cam in self.wiring.cameras.items() if person.sees(cam)}


def centre_of(connection: HTTPConnection) -> Centre:
    """The application's centre."""
    return cast(Centre, connection.app.state.centre)


CentreOf = Annotated[Centre, Depends(centre_of)]
