"""The register of the service's people: posts, vacancies, absences, who serves which precinct."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Form, Request, UploadFile
from starlette.responses import Response

from sergek.centre.context import CentreOf
from sergek.centre.forms import checked, see_other
from sergek.centre.precincts.actions import (
    NewAbsence,
    NewEstablishment,
    NewInspector,
    NewPopulation,
)
from sergek.centre.precincts.parts import Actions, DivisionsOf, Planner, Views
from sergek.centre.precincts.passport import the_precinct
from sergek.centre.rights import SignedIn
from sergek.core.errors import ConfigError
from sergek.vision.photo_file import cleaned

__all__ = ["router"]

router = APIRouter()
_PHOTO_BYTES, _PHOTO_PX = 2_000_000, 800
_JPEG, _PNG = b"\xff\xd8\xff", b"\x89PNG"


@router.get("/precincts/staff")
def staff_page(
    request: Request, centre: CentreOf, _person: SignedIn, views: Views, station: str = ""
) -> Response:
    """Everybody in service today, by station."""
    people = [one for one in views.inspectors() if not station or one.station_id == station]
    return centre.pages.page(
        request,
        "precincts/staff.html",
        people=people,
        stations=views.stations(),
        staff=views.staff(),
        station=station,
        populations=views.populations(),
        today=views.day,
    )


@router.post("/precincts/staff")
async def register(
    who: Planner,
    actions: Actions,
    full_name: Annotated[str, Form()],
    station_id: Annotated[str, Form()],
    since_on: Annotated[str, Form()],
    kind: Annotated[str, Form()] = "inspector",
    rank: Annotated[str, Form()] = "",
    phone: Annotated[str, Form()] = "",
    published: Annotated[bool, Form()] = False,
    photo: UploadFile | None = None,
) -> Response:
    """Register a person, with a photo where there is one."""
    data = await photo.read(_PHOTO_BYTES + 1) if photo and photo.filename else b""
    if len(data) > _PHOTO_BYTES or (data and not data.startswith((_JPEG, _PNG))):
        raise ConfigError("The photo must be a JPEG or PNG of at most 2 MB.")
    # It may be shown in public: nothing of the camera's own data stays in it.
    portrait = cleaned(data, "The photo", _PHOTO_PX).jpeg if data else b""
    new = checked(
        NewInspector,
        {
            "full_name": full_name,
            "station_id": station_id,
            "since_on": since_on,
            "kind": kind,
            "rank": rank,
            "phone": phone,
            "published": published,
        },
    )
    return see_other(f"/precincts/staff/{actions.register_inspector(new, who.name, portrait)}")


@router.post("/precincts/establishments")
def establish(
    who: Planner,
    actions: Actions,
    station_id: Annotated[str, Form()],
    from_on: Annotated[str, Form()],
    posts: Annotated[str, Form()],
    assistants: Annotated[str, Form()],
    basis: Annotated[str, Form()],
) -> Response:
    """Posts of a station from a day on, by an order."""
    fields = {
        "station_id": station_id,
        "from_on": from_on,
        "posts": posts,
        "assistants": assistants,
        "basis": basis,
    }
    actions.set_establishment(checked(NewEstablishment, fields), who.name)
    return see_other("/precincts/staff")


@router.post("/precincts/populations")
def add_population(
    who: Planner,
    actions: Actions,
    residents: Annotated[str, Form()],
    counted_on: Annotated[str, Form()],
    source: Annotated[str, Form()],
) -> Response:
    """A figure of residents with its source."""
    plain = residents.replace("\u202f", "").replace(" ", "")
    fields = {"residents": plain, "counted_on": counted_on, "source": source}
    actions.add_population(checked(NewPopulation, fields), who.name)
    return see_other("/precincts")


@router.get("/precincts/staff/{inspector_id}")
def inspector_page(
    request: Request,
    centre: CentreOf,
    _person: SignedIn,
    views: Views,
    divisions: DivisionsOf,
    inspector_id: str,
) -> Response:
    """One person: everything they served and missed, and what may be entered."""
    division = divisions.on(views.day)
    names = [one.name for one in division.measures.precincts] if division else []
    return centre.pages.page(
        request,
        "precincts/inspector.html",
        one=views.inspector(inspector_id),
        stations=views.stations(),
        names=names,
        today=views.day,
    )


@router.post("/precincts/staff/{inspector_id}/absence")
def absent(
    who: Planner,
    actions: Actions,
    inspector_id: str,
    kind: Annotated[str, Form()],
    from_on: Annotated[str, Form()],
    until_on: Annotated[str, Form()] = "",
    share_percent: Annotated[float, Form()] = 100.0,
    note: Annotated[str, Form()] = "",
) -> Response:
    """Enter leave, illness, training, secondment or other duty."""
    fields = {
        "inspector_id": inspector_id,
        "kind": kind,
        "share": share_percent / 100,
        "from_on": from_on,
        "until_on": until_on or None,
        "note": note,
    }
    actions.record_absence(checked(NewAbsence, fields), who.name)
    return see_other(f"/precincts/staff/{inspector_id}")


@router.post("/precincts/staff/{inspector_id}/absences/{absence_id}/end")
def back(
    who: Planner,
    actions: Actions,
    inspector_id: str,
    absence_id: str,
    until_on: Annotated[date, Form()],
) -> Response:
    """The absence's last day."""
    actions.end_absence(absence_id, until_on, who.name)
    return see_other(f"/precincts/staff/{inspector_id}")


@router.post("/precincts/staff/{inspector_id}/precinct")
def serve(
    who: Planner,
    actions: Actions,
    views: Views,
    divisions: DivisionsOf,
    inspector_id: str,
    precinct: Annotated[str, Form()],
    from_on: Annotated[date, Form()],
    acting: Annotated[bool, Form()] = False,
) -> Response:
    """Give a precinct from a day on, or let the person act for an absent colleague."""
    the_precinct(views, divisions, precinct)
    actions.give_precinct(inspector_id, precinct, from_on, who.name, acting=acting)
    return see_other(f"/precincts/staff/{inspector_id}")


@router.post("/precincts/staff/{inspector_id}/publish")
def publish(
    who: Planner, actions: Actions, inspector_id: str, published: Annotated[bool, Form()] = False
) -> Response:
    """Allow or end name and photo in public."""
    actions.publish(inspector_id, published, who.name)
    return see_other(f"/precincts/staff/{inspector_id}")


@router.post("/precincts/staff/{inspector_id}/leave")
def leave(
    who: Planner, actions: Actions, inspector_id: str, until_on: Annotated[date, Form()]
) -> Response:
    """The person's last day."""
    actions.leave(inspector_id, until_on, who.name)
    return see_other(f"/precincts/staff/{inspector_id}")
