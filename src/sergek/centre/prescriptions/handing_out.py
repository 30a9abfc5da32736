"""What leaves the house: the public copy after a look at it, the original only for a reason."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form
from starlette.responses import RedirectResponse, Response

from sergek.centre.context import CentreOf
from sergek.centre.prescriptions import events
from sergek.centre.prescriptions.api import Actions, Reader, Views, may_see
from sergek.centre.prescriptions.copies import Copies
from sergek.centre.rights import Person, Right, requires
from sergek.core.errors import ConfigError, NotFound

__all__ = ["router"]

router = APIRouter()
Registrar = Annotated[Person, Depends(requires(Right.REGISTER))]
Chief = Annotated[Person, Depends(requires(Right.DECIDE))]
_LEAST_WORDS = 10


@router.get("/prescriptions/{number}/copy/{role}")
def media(
    centre: CentreOf, person: Reader, views: Views, copies: Copies, number: str, role: str
) -> Response:
    """A picture or the clip as the public copy shows it, to be looked at before it leaves."""
    item = copies.of(may_see(centre, person, views.one(number))).item(role)
    return Response(item.data, media_type=item.media_type)


@router.get("/prescriptions/{number}/copy.zip")
def copy(centre: CentreOf, person: Reader, views: Views, copies: Copies, number: str) -> Response:
    """The public copy, to be handed over; recorded."""
    one = may_see(centre, person, views.one(number))
    data = copies.of(one).data
    wired = centre.wiring
    wired.log.append([events.handed_out(number, person.name, wired.clock.now(), "copy", "")])
    return as_file(data, "application/zip", f"{number}.zip")


@router.post("/prescriptions/{number}/release")
def release(
    centre: CentreOf, person: Registrar, actions: Actions, views: Views, copies: Copies, number: str
) -> Response:
    """Somebody looked at the copy and nobody is to be known on it: the accused may have it."""
    one = may_see(centre, person, views.one(number))
    copies.of(one)
    actions.release_copy(number, person.name)
    return RedirectResponse(f"/prescriptions/{number}", status_code=303)


@router.post("/prescriptions/{number}/original")
def original(
    centre: CentreOf,
    person: Chief,
    views: Views,
    number: str,
    reason: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    """The sealed original, for a court or a prosecutor; who took it and why is a fact."""
    one = may_see(centre, person, views.one(number))
    if len(reason.strip()) < _LEAST_WORDS:
        raise ConfigError("Write for whom and by what request the original is taken.")
    if one.package is None:
        raise NotFound("There is no evidence package for this prescription.")
    wired = centre.wiring
    data = wired.evidence.get(one.package)
    now = wired.clock.now()
    wired.log.append([events.handed_out(number, person.name, now, "original", reason.strip())])
    return as_file(data, "application/zip", f"{number}-original.zip")


def as_file(data: bytes, media_type: str, name: str) -> Response:
    """Bytes that the browser saves under a name instead of showing them."""
    header = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(data, media_type=media_type, headers=header)
