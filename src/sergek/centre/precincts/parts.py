"""What every page of the precinct service reaches: registers, divisions, the day."""

from datetime import date
from typing import Annotated

from fastapi import Depends

from sergek.centre.context import Centre, CentreOf
from sergek.centre.precincts.actions import RegisterActions
from sergek.centre.precincts.divisions import Divisions
from sergek.centre.precincts.views import PrecinctViews
from sergek.centre.rights import Person, Right, requires

__all__ = ["Actions", "DivisionsOf", "Planner", "Views", "actions_of", "divisions_of", "today"]


def today(centre: Centre) -> date:
    """The day in the city's zone."""
    return centre.wiring.clock.now().astimezone(centre.zone).date()


def actions_of(centre: CentreOf) -> RegisterActions:
    """The registers' actions."""
    wired = centre.wiring
    return RegisterActions(wired.engine, wired.log, wired.evidence, wired.clock)


def divisions_of(centre: CentreOf) -> Divisions:
    """The register of divisions."""
    wired = centre.wiring
    return Divisions(wired.engine, wired.log, wired.evidence, wired.clock)


def _views(centre: CentreOf) -> PrecinctViews:
    return PrecinctViews(centre.wiring.engine, today(centre))


Actions = Annotated[RegisterActions, Depends(actions_of)]
DivisionsOf = Annotated[Divisions, Depends(divisions_of)]
Views = Annotated[PrecinctViews, Depends(_views)]
Planner = Annotated[Person, Depends(requires(Right.PLAN))]
