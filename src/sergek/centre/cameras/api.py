"""The cameras' pages and the same for programs under `/api/v1`."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from starlette.requests import HTTPConnection
from starlette.responses import Response

from sergek.centre import forms
from sergek.centre.cameras.actions import restart
from sergek.centre.cameras.geometry import features, roads
from sergek.centre.cameras.ledger import day_of, for_programs
from sergek.centre.cameras.presence import Presence
from sergek.centre.cameras.views import camera_facts, live_count
from sergek.centre.context import Centre, CentreOf
from sergek.centre.forms import see_other
from sergek.centre.rights import Person, Right, SignedIn, camera_for, requires
from sergek.core.camera import Camera
from sergek.core.errors import ConfigError
from sergek.core.ports import PassageFilter

__all__ = ["router"]

router = APIRouter()
_GAPS = 200


def _presence(connection: HTTPConnection) -> Presence:
    presence: Presence = connection.app.state.presence
    return presence


PresenceOf = Annotated[Presence, Depends(_presence)]
Operator = Annotated[Person, Depends(requires(Right.RESTART))]


@router.get("/status")
def status(request: Request, centre: CentreOf, person: SignedIn, presence: PresenceOf) -> Response:
    """The bar's line: cameras live, and what is away."""
    cameras = centre.cameras_of(person)
    return centre.pages.page(
        request,
        "cameras/status.html",
        live=live_count(presence, cameras),
        all=len(cameras),
        bus_up=centre.wiring.bus_is_up(),
        trouble=centre.follower.trouble,
    )


@router.get("/wall")
def wall(request: Request, centre: CentreOf, person: SignedIn) -> Response:
    """The live wall."""
    cameras = centre.cameras_of(person)
    return centre.pages.page(request, "cameras/wall.html", cameras=cameras, named=_named(cameras))


def _named(cameras: Mapping[str, Camera]) -> dict[str, str]:
    return {camera_id: camera.name for camera_id, camera in cameras.items()}


@router.get("/map")
def map_page(
    request: Request, centre: CentreOf, person: SignedIn, presence: PresenceOf
) -> Response:
    """The map with a list beside it."""
    cameras = centre.cameras_of(person)
    heard = {camera_id: presence.of(camera_id) for camera_id in cameras}
    return centre.pages.page(
        request, "cameras/map.html", cameras=cameras, heard=heard, named=_named(cameras)
    )


@router.get("/map/cameras.geojson")
def map_cameras(centre: CentreOf, person: SignedIn) -> dict[str, Any]:
    """Cameras and fields of view of the person's areas."""
    return features(centre.cameras_of(person))


@router.get("/map/roads.geojson")
def map_roads(centre: CentreOf, _person: SignedIn) -> dict[str, Any]:
    """The city's own road lines."""
    return roads(centre.settings.roads)


def _table(centre: Centre, person: Person, presence: Presence) -> dict[str, Any]:
    cameras, now = centre.cameras_of(person), centre.wiring.clock.now()
    today = now.astimezone(centre.zone).date()
    days = {
        camera_id: day_of(centre.wiring.coverage, camera_id, today, now, centre.zone)
        for camera_id in cameras
    }
    heard = {camera_id: presence.of(camera_id) for camera_id in cameras}
    return {"cameras": cameras, "heard": heard, "days": days}


@router.get("/cameras")
def cameras_page(
    request: Request, centre: CentreOf, person: SignedIn, presence: PresenceOf
) -> Response:
    """All cameras of the person's areas in a table; only its rows for htmx."""
    part = "HX-Request" in request.headers
    name = "cameras/rows.html" if part else "cameras/cameras.html"
    return centre.pages.page(request, name, **_table(centre, person, presence))


@router.get("/cameras/{camera_id}")
def camera_page(
    request: Request,
    centre: CentreOf,
    person: SignedIn,
    presence: PresenceOf,
    camera_id: str,
    day: str = "",
    asked: bool = False,
) -> Response:
    """One camera: picture, state, the day's ledger, latest passages."""
    wired = centre.wiring
    camera = camera_for(person, wired.cameras, camera_id)
    now = wired.clock.now()
    today = now.astimezone(centre.zone).date()
    shown = forms.day_of(day) or today
    ledger = day_of(wired.coverage, camera_id, shown, now, centre.zone)
    return centre.pages.page(
        request,
        "cameras/camera.html",
        camera=camera,
        named={camera_id: camera.name},
        heard=presence.of(camera_id),
        ledger=ledger,
        gaps=ledger.gaps[:_GAPS],
        shown=shown,
        previous=shown - timedelta(days=1),
        next=shown + timedelta(days=1) if shown < today else None,
        passages=wired.reads.find(PassageFilter(cameras=(camera_id,)), limit=12),
        asked=asked,
    )


@router.get("/cameras/{camera_id}/state")
def camera_state(
    request: Request, centre: CentreOf, person: SignedIn, presence: PresenceOf, camera_id: str
) -> Response:
    """The part of a camera's page that changes every second."""
    camera = camera_for(person, centre.wiring.cameras, camera_id)
    heard = presence.of(camera_id)
    return centre.pages.page(request, "cameras/state.html", camera=camera, heard=heard)


@router.post("/cameras/{camera_id}/restart")
def camera_restart(centre: CentreOf, person: Operator, camera_id: str) -> Response:
    """Have the stream opened anew; it is recorded who asked."""
    restart(centre, person, camera_id)
    return see_other(f"/cameras/{camera_id}?asked=1")


@router.get("/api/v1/cameras")
def list_cameras(centre: CentreOf, person: SignedIn, presence: PresenceOf) -> dict[str, Any]:
    """`{"cameras": […]}`: those of the person's areas, with their states."""
    return {
        "cameras": [
            camera_facts(camera, presence.of(camera_id))
            for camera_id, camera in centre.cameras_of(person).items()
        ]
    }


@router.get("/api/v1/cameras/{camera_id}")
def one_camera(
    centre: CentreOf, person: SignedIn, presence: PresenceOf, camera_id: str
) -> dict[str, Any]:
    """One camera and its state."""
    camera = camera_for(person, centre.wiring.cameras, camera_id)
    return camera_facts(camera, presence.of(camera_id))


@router.get("/api/v1/cameras/{camera_id}/coverage")
def coverage(
    centre: CentreOf,
    person: SignedIn,
    camera_id: str,
    since: Annotated[datetime, Query()],
    until: Annotated[datetime, Query()],
) -> dict[str, Any]:
    """Every second between two moments: counted by state and reason, and as spans."""
    camera_for(person, centre.wiring.cameras, camera_id)
    begin, end = (at if at.tzinfo else at.replace(tzinfo=centre.zone) for at in (since, until))
    if not timedelta(0) < end - begin <= timedelta(days=31):
        raise ConfigError("`until` must lie after `since`, at most 31 days.")
    wired = centre.wiring
    return for_programs(wired.coverage, camera_id, begin, end, wired.clock.now())
