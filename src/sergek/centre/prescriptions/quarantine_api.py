"""The quarantine's pages: choose what was faulty, see what becomes of each case, carry it out."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Literal, cast
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Form, Query, Request
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.responses import Response

from sergek.centre.context import Centre, CentreOf
from sergek.centre.forms import see_other
from sergek.centre.people.views import full_names
from sergek.centre.prescriptions.api import Actions
from sergek.centre.prescriptions.quarantine import Quarantine, Scope, Touched, days_of
from sergek.centre.rights import Person, Right, requires
from sergek.centre.sites.api import ledger_of
from sergek.core.errors import ConfigError, Conflict, SergekError
from sergek.core.violation import Offence

__all__ = ["router"]

router = APIRouter()
Reader = Annotated[Person, Depends(requires(Right.PAPERS))]
Chief = Annotated[Person, Depends(requires(Right.DECIDE))]


@router.get("/quarantines")
def list_page(request: Request, centre: CentreOf, _person: Reader, actions: Actions) -> Response:
    """Every quarantine that was carried out."""
    quarantine = Quarantine(centre.wiring.engine, actions)
    return centre.pages.page(
        request,
        "prescriptions/quarantines.html",
        quarantines=quarantine.all(),
        names=full_names(centre.wiring.engine),
    )


class Choice(BaseModel):
    """What the form says: what was faulty, of which cases, and by what act."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    fault: str = ""
    site: str = ""
    camera: str = ""
    offence: str = ""
    since: str = ""
    until: str = ""
    reason: str = Field(default="", max_length=500)

    def scope(self, zone: ZoneInfo) -> Scope:
        """The cases that are meant; `ConfigError` where the form is not complete."""
        since, until = days_of(self.since, self.until, zone)
        try:
            return Scope(
                fault=cast(Literal["site", "rule", "device", "period"], self.fault),
                site_id=self.site or None,
                camera_id=self.camera or None,
                offence=self.offence or None,
                since=since,
                until=until,
            )
        except ValidationError:
            raise ConfigError("Choose what was faulty.") from None


@router.get("/quarantines/new")
def new_page(
    request: Request,
    centre: CentreOf,
    _person: Chief,
    actions: Actions,
    choice: Annotated[Choice, Query()],
) -> Response:
    """The choice, and below it what would become of every case."""
    found, problem = None, None
    if choice.fault:
        quarantine = Quarantine(centre.wiring.engine, actions)
        try:
            found = quarantine.found(choice.scope(centre.zone), choice.reason)
        except ConfigError as error:
            problem = error
    return _form(request, centre, choice, found, problem)


def _form(
    request: Request,
    centre: Centre,
    choice: Choice,
    found: list[Touched] | None = None,
    problem: SergekError | None = None,
) -> Response:
    ledger = ledger_of(centre)
    return centre.pages.page(
        request,
        "prescriptions/quarantine_new.html",
        status=200 if problem is None else problem.http_status,
        typed=choice,
        found=found,
        problem=problem,
        on_day=_on_day(centre),
        sites=ledger.ids(),
        cameras=[c.camera_id for s in ledger.file.values() for c in s.channels],
        offences=[each.value for each in Offence],
    )


@router.post("/quarantines")
def apply(
    request: Request,
    centre: CentreOf,
    person: Chief,
    actions: Actions,
    choice: Annotated[Choice, Form()],
) -> Response:
    """Carry it out: cancel, lower, list what is owed back."""
    quarantine = Quarantine(centre.wiring.engine, actions)
    try:
        applied = quarantine.apply(choice.scope(centre.zone), choice.reason, person.name)
    except (ConfigError, Conflict) as error:
        return _form(request, centre, choice, problem=error)
    return see_other(f"/quarantines/{applied.quarantine_id}")


@router.get("/quarantines/{quarantine_id}")
def one_page(
    request: Request, centre: CentreOf, _person: Reader, actions: Actions, quarantine_id: str
) -> Response:
    """The list of a quarantine, to print."""
    applied = Quarantine(centre.wiring.engine, actions).one(quarantine_id)
    return centre.pages.page(
        request,
        "prescriptions/quarantine.html",
        applied=applied,
        names=full_names(centre.wiring.engine),
        on_day=_on_day(centre),
    )


def _on_day(centre: Centre) -> Callable[[str], str]:
    """How a list writes the moment that it keeps as ISO text."""
    return lambda text: f"{centre.pages.local(datetime.fromisoformat(text)):%d.%m.%Y %H:%M}"
