"""The quarantine's pages: choose what was faulty, see what becomes of each case, carry it out."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Literal, cast

from fastapi import APIRouter, Depends, Form, Request
from pydantic import ValidationError
from starlette.responses import RedirectResponse, Response

from sergek.centre.context import Centre, CentreOf
from sergek.centre.prescriptions.api import Actions
from sergek.centre.prescriptions.quarantine import Quarantine, Scope, days_of
from sergek.centre.rights import Person, Right, requires
from sergek.centre.sites.api import ledger_of
from sergek.core.errors import ConfigError, Conflict
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
        request, "prescriptions/quarantines.html", quarantines=quarantine.all()
    )


@router.get("/quarantines/new")
def new_page(
    request: Request,
    centre: CentreOf,
    _person: Chief,
    actions: Actions,
    fault: str = "",
    site: str = "",
    camera: str = "",
    offence: str = "",
    since: str = "",
    until: str = "",
    reason: str = "",
) -> Response:
    """The choice, and below it what would become of every case."""
    typed = {
        "fault": fault,
        "site": site,
        "camera": camera,
        "offence": offence,
        "since": since,
        "until": until,
        "reason": reason,
    }
    found, problem = None, None
    if fault:
        try:
            found = Quarantine(centre.wiring.engine, actions).found(_scope(centre, typed), reason)
        except ConfigError as error:
            problem = error.message
    ledger = ledger_of(centre)
    return centre.pages.page(
        request,
        "prescriptions/quarantine_new.html",
        typed=typed,
        found=found,
        problem=problem,
        on_day=_on_day(centre),
        sites=ledger.ids(),
        cameras=[c.camera_id for s in ledger.file.values() for c in s.channels],
        offences=[each.value for each in Offence],
    )


def _scope(centre: Centre, typed: dict[str, str]) -> Scope:
    since, until = days_of(typed["since"], typed["until"], centre.zone)
    fault = cast(Literal["site", "rule", "device", "period"], typed["fault"])
    try:
        return Scope(
            fault=fault,
            site_id=typed["site"] or None,
            camera_id=typed["camera"] or None,
            offence=typed["offence"] or None,
            since=since,
            until=until,
        )
    except ValidationError:
        raise ConfigError("Choose what was faulty.") from None


@router.post("/quarantines")
def apply(
    request: Request,
    centre: CentreOf,
    person: Chief,
    actions: Actions,
    fault: Annotated[str, Form()],
    reason: Annotated[str, Form(max_length=500)] = "",
    site: Annotated[str, Form()] = "",
    camera: Annotated[str, Form()] = "",
    offence: Annotated[str, Form()] = "",
    since: Annotated[str, Form()] = "",
    until: Annotated[str, Form()] = "",
) -> Response:
    """Carry it out: cancel, lower, list what is owed back."""
    typed = {
        "fault": fault,
        "site": site,
        "camera": camera,
        "offence": offence,
        "since": since,
        "until": until,
    }
    quarantine = Quarantine(centre.wiring.engine, actions)
    try:
        applied = quarantine.apply(_scope(centre, typed), reason, person.name)
    except (ConfigError, Conflict) as error:
        ledger = ledger_of(centre)
        return centre.pages.page(
            request,
            "prescriptions/quarantine_new.html",
            status=error.http_status,
            typed={**typed, "reason": reason},
            found=None,
            problem=error.message,
            on_day=_on_day(centre),
            sites=ledger.ids(),
            cameras=[c.camera_id for s in ledger.file.values() for c in s.channels],
            offences=[each.value for each in Offence],
        )
    return RedirectResponse(f"/quarantines/{applied.quarantine_id}", status_code=303)


@router.get("/quarantines/{quarantine_id}")
def one_page(
    request: Request, centre: CentreOf, _person: Reader, actions: Actions, quarantine_id: str
) -> Response:
    """The list of a quarantine, to print."""
    applied = Quarantine(centre.wiring.engine, actions).one(quarantine_id)
    return centre.pages.page(
        request, "prescriptions/quarantine.html", applied=applied, on_day=_on_day(centre)
    )


def _on_day(centre: Centre) -> Callable[[str], str]:
    """How a list writes the moment that it keeps as ISO text."""
    return lambda text: f"{centre.pages.local(datetime.fromisoformat(text)):%d.%m.%Y %H:%M}"
