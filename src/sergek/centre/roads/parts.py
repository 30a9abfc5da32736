"""What the pages of roads are made with: actions and readings over the centre's wired parts."""

from typing import Annotated

from fastapi import Depends

from sergek.centre.context import CentreOf
from sergek.centre.rights import Person, Right, requires
from sergek.centre.roads.actions import RoadActions
from sergek.centre.roads.prescribing import PrescribingActions
from sergek.centre.roads.uploads import PhotoUploads
from sergek.centre.roads.views import RoadViews

__all__ = [
    "Actions",
    "Prescribing",
    "Surveyor",
    "Uploads",
    "Views",
    "actions_of",
    "prescribing_of",
    "views_of",
]


def actions_of(centre: CentreOf) -> RoadActions:
    """Actions on owners, acts and defects."""
    wired = centre.wiring
    return RoadActions(wired.engine, wired.log, wired.evidence, wired.clock, centre.zone)


def prescribing_of(centre: CentreOf) -> PrescribingActions:
    """Actions on prescriptions."""
    wired = centre.wiring
    return PrescribingActions(wired.engine, wired.log, wired.evidence, wired.clock, centre.zone)


def views_of(centre: CentreOf) -> RoadViews:
    """Readings as of now."""
    wired = centre.wiring
    return RoadViews(wired.engine, wired.clock.now().astimezone(centre.zone))


def _uploads(centre: CentreOf) -> PhotoUploads:
    return PhotoUploads(centre.wiring.engine, centre.wiring.evidence, centre.wiring.clock)


def _surveyor(person: Annotated[Person, Depends(requires(Right.SURVEY))]) -> Person:
    return person


Actions = Annotated[RoadActions, Depends(actions_of)]
Prescribing = Annotated[PrescribingActions, Depends(prescribing_of)]
Views = Annotated[RoadViews, Depends(views_of)]
Uploads = Annotated[PhotoUploads, Depends(_uploads)]
Surveyor = Annotated[Person, Depends(_surveyor)]
