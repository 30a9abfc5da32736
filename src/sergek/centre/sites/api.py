"""The sites' pages: all complexes, one as it was on any day, and the acts on it."""

from collections.abc import Callable
from datetime import datetime, time
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import Response

from sergek.centre.bookmark import LogReader
from sergek.centre.context import Centre, CentreOf
from sergek.centre.forms import checked, day_of, end_of, moment_of, see_other
from sergek.centre.people.views import full_names
from sergek.centre.rights import Person, Right, SignedIn, requires
from sergek.centre.sites.actions import SiteActions
from sergek.centre.sites.ledger import SiteLedger
from sergek.centre.sites.views import dated, state_of
from sergek.core.errors import NotFound, SergekError
from sergek.core.site import Certificate, Site, SpeedLimit
from sergek.core.vehicle import VehicleClass
from sergek.core.violation import Offence
from sergek.traffic.siteacts import CertificateAdded, Ended, LimitAdded, SiteAct, Voided

__all__ = ["actions_of", "ledger_of", "reader_of", "router", "site_for"]

router = APIRouter()
Keeper = Annotated[Person, Depends(requires(Right.SITES))]
_KINDS = ("bus", "taxi", "emergency", "authorised")


def ledger_of(centre: Centre) -> SiteLedger:
    """The sites by all acts."""
    return SiteLedger(centre.wiring.engine, centre.wiring.sites)


def actions_of(centre: Centre) -> SiteActions:
    """The acts over the centre's wired parts."""
    wired = centre.wiring
    return SiteActions(wired.engine, wired.log, wired.clock, ledger_of(centre))


def reader_of(centre: Centre) -> LogReader:
    """What hears the edges' alarms."""
    return LogReader("sites", {"site.disqualified"}, actions_of(centre).heard)


def site_for(centre: Centre, person: Person, site_id: str) -> Site:
    """The site, if one of its cameras stands in the person's areas; else `NotFound`."""
    site = ledger_of(centre).site(site_id)
    if person.areas is not None:
        seen = centre.cameras_of(person)
        if not any(channel.camera_id in seen for channel in site.channels):
            raise NotFound(f"There is no site “{site_id}” in your areas.")
    return site


@router.get("/sites")
def list_page(request: Request, centre: CentreOf, person: SignedIn) -> Response:
    """All complexes of the person's areas, with what is about to end."""
    ledger, now = ledger_of(centre), centre.wiring.clock.now()
    states = []
    for site_id in ledger.ids():
        try:
            states.append(state_of(ledger, site_for(centre, person, site_id), now))
        except NotFound:
            continue
    return centre.pages.page(request, "sites/sites.html", states=states, now=now)


@router.get("/sites/{site_id}")
def one_page(
    request: Request, centre: CentreOf, person: SignedIn, site_id: str, on: str = ""
) -> Response:
    """One site as it was on a day (at noon), or as it is now."""
    return _one(request, centre, person, site_id, on)


def _one(
    request: Request,
    centre: Centre,
    person: Person,
    site_id: str,
    on: str = "",
    problem: str | None = None,
    status: int = 200,
) -> Response:
    site = site_for(centre, person, site_id)
    when = _noon(centre, on) if on else centre.wiring.clock.now()
    ledger = ledger_of(centre)
    state = state_of(ledger, site, when)
    return centre.pages.page(
        request,
        "sites/site.html",
        status=status,
        state=state,
        alarms={c: ledger.disqualified(site_id, c, when) for c in state.alarmed},
        site=site,
        on=on,
        when=when,
        problem=problem,
        limits=dated(site.limits, when),
        permits=dated(site.permits, when),
        certificates=dated(site.certificates, when),
        surveys={c.camera_id: dated(c.surveys, when) for c in site.channels},
        acts=list(reversed(ledger.acts(site_id))),
        names=full_names(centre.wiring.engine),
        offences=[each.value for each in Offence],
        classes=[each.value for each in VehicleClass if each is not VehicleClass.PERSON],
        kinds=_KINDS,
        today=centre.pages.local(centre.wiring.clock.now()).date(),
    )


def _noon(centre: Centre, on: str) -> datetime:
    chosen = day_of(on) or centre.pages.local(centre.wiring.clock.now()).date()
    return datetime.combine(chosen, time(12), centre.zone)


def _done(
    request: Request, centre: Centre, person: Person, site_id: str, work: Callable[[], object]
) -> Response:
    """Do it and show the site; what was wrong is said on the page."""
    site_for(centre, person, site_id)
    try:
        work()
    except SergekError as error:
        return _one(request, centre, person, site_id, "", error.message, error.http_status)
    return see_other(f"/sites/{site_id}")


@router.post("/sites/{site_id}/permits")
def add_permit(
    request: Request,
    centre: CentreOf,
    person: Keeper,
    site_id: str,
    plate: Annotated[str, Form()],
    kind: Annotated[str, Form()],
    offences: Annotated[list[str], Form()],
    basis: Annotated[str, Form()],
    valid_from: Annotated[str, Form()],
    valid_until: Annotated[str, Form()] = "",
) -> Response:
    """Add a permit; an old day is allowed, and cases since then belong into quarantine."""

    def work() -> None:
        values: dict[str, object] = {
            "plate": plate.upper().replace(" ", ""),
            "kind": kind,
            "offences": offences,
            "basis": basis.strip(),
            "valid_from": moment_of(valid_from, centre.zone),
            "valid_until": end_of(valid_until, centre.zone),
        }
        actions_of(centre).permit(site_id, values, person.name)

    return _done(request, centre, person, site_id, work)


@router.post("/sites/{site_id}/limits")
def add_limit(
    request: Request,
    centre: CentreOf,
    person: Keeper,
    site_id: str,
    kmh: Annotated[str, Form()],
    basis: Annotated[str, Form()],
    valid_from: Annotated[str, Form()],
    valid_until: Annotated[str, Form()] = "",
    lanes: Annotated[str, Form()] = "",
    classes: Annotated[list[str] | None, Form()] = None,
    replaces: Annotated[str, Form()] = "",
) -> Response:
    """Add a limit; `replaces` ends the one that held until then."""

    def work() -> None:
        values = {
            "kmh": kmh,
            "basis": basis.strip(),
            "valid_from": moment_of(valid_from, centre.zone),
            "valid_until": end_of(valid_until, centre.zone),
            "lanes": [part.strip() for part in lanes.split(",") if part.strip()] or None,
            "classes": classes or None,
        }
        limit: SpeedLimit = checked(SpeedLimit, values)
        act = LimitAdded(limit=limit, replaces=replaces or None)
        actions_of(centre).act(site_id, act, person.name, limit.basis)

    return _done(request, centre, person, site_id, work)


@router.post("/sites/{site_id}/certificates")
def add_certificate(
    request: Request,
    centre: CentreOf,
    person: Keeper,
    site_id: str,
    number: Annotated[str, Form()],
    issuer: Annotated[str, Form()],
    valid_from: Annotated[str, Form()],
    valid_until: Annotated[str, Form()],
    permissible_error_kmh: Annotated[str, Form()] = "2",
) -> Response:
    """Add a verification certificate."""

    def work() -> None:
        values = {
            "number": number.strip(),
            "issuer": issuer.strip(),
            "valid_from": moment_of(valid_from, centre.zone),
            "valid_until": end_of(valid_until, centre.zone),
            "permissible_error_kmh": permissible_error_kmh.replace(",", "."),
        }
        certificate: Certificate = checked(Certificate, values)
        act = CertificateAdded(certificate=certificate)
        basis = f"{certificate.number}, {certificate.issuer}"
        actions_of(centre).act(site_id, act, person.name, basis)

    return _done(request, centre, person, site_id, work)


@router.post("/sites/{site_id}/end")
def end(
    request: Request,
    centre: CentreOf,
    person: Keeper,
    site_id: str,
    element: Annotated[str, Form()],
    until: Annotated[str, Form()],
    act: Annotated[str, Form()],
) -> Response:
    """Let a limit, permit, certificate or survey hold only up to a day, that day included."""

    def work() -> None:
        ended: SiteAct = checked(Ended, {"element": element, "until": end_of(until, centre.zone)})
        actions_of(centre).act(site_id, ended, person.name, act)

    return _done(request, centre, person, site_id, work)


@router.post("/sites/{site_id}/void")
def void(
    request: Request,
    centre: CentreOf,
    person: Keeper,
    site_id: str,
    element: Annotated[str, Form()],
    act: Annotated[str, Form()],
) -> Response:
    """Put down that something was never lawful; it stays in the history and holds never."""

    def work() -> None:
        voided: SiteAct = checked(Voided, {"element": element, "act": act.strip()})
        actions_of(centre).act(site_id, voided, person.name, act)

    return _done(request, centre, person, site_id, work)
