"""The pilots' pages: begin, label alone, settle, count, figures, sign."""

import json
from datetime import datetime
from typing import Annotated, cast, get_args

from fastapi import APIRouter, Depends, Form, Request, UploadFile
from starlette.responses import JSONResponse, Response

from sergek.centre.context import Centre, CentreOf
from sergek.centre.forms import moment_of, see_other
from sergek.centre.pilot.actions import PilotActions
from sergek.centre.pilot.views import Next, Pilot
from sergek.centre.rights import Person, Right, SignedIn, requires
from sergek.centre.sites.api import actions_of as site_actions_of
from sergek.centre.sites.api import ledger_of, site_for
from sergek.core.errors import ConfigError, NotFound, SergekError
from sergek.core.passage import Passage
from sergek.core.vehicle import VehicleClass
from sergek.traffic.pilot import Seen, demands

__all__ = ["actions_of", "router"]

router = APIRouter()
Keeper = Annotated[Person, Depends(requires(Right.SITES))]
Labeller = Annotated[Person, Depends(requires(Right.LABEL))]
Chief = Annotated[Person, Depends(requires(Right.DECIDE))]
_ORDER = {"plate": 0, "vehicle": 1, "overview": 2}


def actions_of(centre: CentreOf) -> PilotActions:
    """The acts over the centre's wired parts."""
    wired = centre.wiring
    return PilotActions(
        wired.engine, wired.log, wired.evidence, wired.reads, wired.clock, site_actions_of(centre)
    )


Actions = Annotated[PilotActions, Depends(actions_of)]


def _pilot(centre: Centre, person: Person, actions: PilotActions, pilot_id: str) -> Pilot:
    pilot = actions.views.one(pilot_id)
    site_for(centre, person, pilot.site_id)
    return pilot


@router.get("/pilots")
def list_page(request: Request, centre: CentreOf, _person: SignedIn, actions: Actions) -> Response:
    """All pilots, and the form to begin one."""
    return _list(request, centre, actions)


def _list(
    request: Request, centre: Centre, actions: PilotActions, problem: str | None = None
) -> Response:
    found = actions.views.all()
    return centre.pages.page(
        request,
        "pilot/pilots.html",
        pilots=found,
        progress={one.pilot_id: actions.views.progress(one.pilot_id) for one in found},
        sites=ledger_of(centre).ids(),
        problem=problem,
        size=demands().labelled,
        now=centre.pages.local(centre.wiring.clock.now()),
    )


@router.post("/pilots")
def begin(
    request: Request,
    centre: CentreOf,
    person: Keeper,
    actions: Actions,
    site: Annotated[str, Form()],
    since: Annotated[str, Form()],
    until: Annotated[str, Form()],
    size: Annotated[int, Form()],
) -> Response:
    """Draw a sample."""
    try:
        site_for(centre, person, site)
        first, last = _moment(centre, since), _moment(centre, until)
        pilot_id = actions.begin(site, first, last, size, person.name)
    except SergekError as error:
        page = _list(request, centre, actions, error.message)
        page.status_code = error.http_status
        return page
    return see_other(f"/pilots/{pilot_id}")


def _moment(centre: Centre, text: str) -> datetime:
    found = moment_of(text, centre.zone)
    if found is None:
        raise ConfigError("A time is written like 2026-05-31T08:00.")
    return found


@router.get("/pilots/{pilot_id}")
def one_page(
    request: Request, centre: CentreOf, person: SignedIn, actions: Actions, pilot_id: str
) -> Response:
    """Progress, figures with their intervals, what is missing, the record."""
    return _one(request, centre, person, actions, pilot_id)


def _one(
    request: Request,
    centre: Centre,
    person: Person,
    actions: PilotActions,
    pilot_id: str,
    problem: str | None = None,
    status: int = 200,
) -> Response:
    pilot = _pilot(centre, person, actions, pilot_id)
    site = ledger_of(centre).site(pilot.site_id)
    views = actions.views
    return centre.pages.page(
        request,
        "pilot/pilot.html",
        status=status,
        pilot=pilot,
        site=site,
        figures=views.figures(pilot_id),
        missing=views.missing(pilot_id, site),
        progress=views.progress(pilot_id),
        counted=views.counted(pilot_id),
        wanted=demands(),
        problem=problem,
    )


@router.get("/pilots/{pilot_id}/label")
def label_page(
    request: Request,
    centre: CentreOf,
    person: Labeller,
    actions: Actions,
    pilot_id: str,
    settling: bool = False,
) -> Response:
    """The next passage for this person: its pictures, nobody's reading of them."""
    return _label(request, centre, person, actions, pilot_id, settling)


def _label(
    request: Request,
    centre: Centre,
    person: Person,
    actions: PilotActions,
    pilot_id: str,
    settling: bool,
    problem: str | None = None,
    status: int = 200,
) -> Response:
    pilot = _pilot(centre, person, actions, pilot_id)
    found = actions.views.next(pilot_id, person.name, settling=settling)
    return centre.pages.page(
        request,
        "pilot/label.html",
        status=status,
        pilot=pilot,
        sample=found,
        settling=settling,
        pictures=_shown(centre, found),
        progress=actions.views.progress(pilot_id),
        classes=[each.value for each in VehicleClass if each is not VehicleClass.PERSON],
        problem=problem,
    )


def _shown(centre: Centre, sample: Next | None) -> list[tuple[int, str]]:
    """The passage's pictures (order in it, kind), the plate first."""
    if sample is None:
        return []
    passage = centre.wiring.reads.get(sample.passage_id)
    kinds = [(order, picture.kind) for order, picture in enumerate(passage.pictures)]
    return sorted(kinds, key=lambda pair: _ORDER.get(pair[1], 9))


def _by_place(actions: PilotActions, pilot_id: str, place: int) -> str:
    found = actions.views.samples(pilot_id)
    if not 0 <= place < len(found):
        raise NotFound("This pilot has no such passage.")
    return found[place].passage_id


@router.get("/pilots/{pilot_id}/samples/{place}/pictures/{order}")
def picture(
    centre: CentreOf, person: Labeller, actions: Actions, pilot_id: str, place: int, order: int
) -> Response:
    """A picture of a sample, under an address that does not lead to the machine's reading."""
    _pilot(centre, person, actions, pilot_id)
    passage: Passage = centre.wiring.reads.get(_by_place(actions, pilot_id, place))
    if not 0 <= order < len(passage.pictures):
        raise NotFound("The passage has no such picture.")
    data = centre.wiring.evidence.get(passage.pictures[order].key)
    kind = "image/png" if data.startswith(b"\x89PNG") else "image/jpeg"
    return Response(data, media_type=kind, headers={"Cache-Control": "private, max-age=3600"})


@router.post("/pilots/{pilot_id}/label")
def label(
    request: Request,
    centre: CentreOf,
    person: Labeller,
    actions: Actions,
    pilot_id: str,
    place: Annotated[int, Form()],
    seen: Annotated[str, Form()],
    text: Annotated[str, Form(max_length=20)] = "",
    vehicle_class: Annotated[str, Form(max_length=16)] = "",
    settling: Annotated[bool, Form()] = False,
) -> Response:
    """Keep what the person saw and go on."""
    if seen not in get_args(Seen):
        raise ConfigError("Say what you see: a plate, none, one that cannot be read, no vehicle.")
    _pilot(centre, person, actions, pilot_id)
    passage_id = _by_place(actions, pilot_id, place)
    try:
        actions.label(pilot_id, passage_id, person.name, cast(Seen, seen), text, vehicle_class)
    except ConfigError as error:
        return _label(
            request, centre, person, actions, pilot_id, settling, error.message, error.http_status
        )
    more = "?settling=true" if settling else ""
    return see_other(f"/pilots/{pilot_id}/label{more}")


@router.post("/pilots/{pilot_id}/counts")
def count(
    request: Request,
    centre: CentreOf,
    person: Labeller,
    actions: Actions,
    pilot_id: str,
    camera: Annotated[str, Form()],
    since: Annotated[str, Form()],
    minutes: Annotated[float, Form(gt=0, le=240)],
    vehicles: Annotated[int, Form()],
) -> Response:
    """Vehicles counted by eye."""
    _pilot(centre, person, actions, pilot_id)
    try:
        first = _moment(centre, since)
        last = datetime.fromtimestamp(first.timestamp() + 60 * minutes, first.tzinfo)
        actions.count(pilot_id, camera, first, last, vehicles, person.name)
    except ConfigError as error:
        return _one(request, centre, person, actions, pilot_id, error.message, error.http_status)
    return see_other(f"/pilots/{pilot_id}")


@router.post("/pilots/{pilot_id}/references")
async def refer(
    request: Request,
    centre: CentreOf,
    person: Keeper,
    actions: Actions,
    pilot_id: str,
    speeds: UploadFile,
) -> Response:
    """Speeds of another instrument: a JSON object, passage id to km/h."""
    _pilot(centre, person, actions, pilot_id)
    try:
        found = json.loads(await speeds.read(5_000_000))
        actions.refer(pilot_id, {str(k): float(v) for k, v in dict(found).items()}, person.name)
    except (ValueError, TypeError):
        text = "The file must be one JSON object: passage id to km/h."
        return _one(request, centre, person, actions, pilot_id, text, 422)
    except ConfigError as error:
        return _one(request, centre, person, actions, pilot_id, error.message, error.http_status)
    return see_other(f"/pilots/{pilot_id}")


@router.post("/pilots/{pilot_id}/sign")
def sign(
    request: Request, centre: CentreOf, person: Chief, actions: Actions, pilot_id: str
) -> Response:
    """Sign the acceptance record; the site leaves its trial."""
    _pilot(centre, person, actions, pilot_id)
    try:
        actions.sign(pilot_id, person.full_name, person.name)
    except SergekError as error:
        return _one(request, centre, person, actions, pilot_id, error.message, error.http_status)
    return see_other(f"/pilots/{pilot_id}")


@router.get("/api/v1/pilots/{pilot_id}")
def export(centre: CentreOf, person: Keeper, actions: Actions, pilot_id: str) -> Response:
    """Everything, for whoever computes it again; once signed, the signed record itself."""
    pilot = _pilot(centre, person, actions, pilot_id)
    if pilot.record_key is not None:
        data = centre.wiring.evidence.get(pilot.record_key)
        return Response(data, media_type="application/json")
    return JSONResponse(actions.views.export(pilot_id))
