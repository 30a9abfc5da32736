"""The cameras' pages and the same for programs under `/api/v1`."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.requests import HTTPConnection
from starlette.responses import Response

from sergek.centre.cameras.presence import Presence
from sergek.centre.cameras.views import camera_facts, live_count
from sergek.centre.context import CentreOf
from sergek.centre.rights import SignedIn, camera_for

__all__ = ["router"]

router = APIRouter()


def _presence(connection: HTTPConnection) -> Presence:
    presence: Presence = connection.app.state.presence
    return presence


PresenceOf = Annotated[Presence, Depends(_presence)]


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
