"""What leaves the house: the masked copy that the signer looked at, the original for a reason."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Header
from starlette.responses import Response

from sergek.centre.context import CentreOf
from sergek.centre.evidence_room import EvidenceRoom, Room, media_answer
from sergek.centre.prescriptions import events
from sergek.centre.prescriptions.api import Reader, Views, may_see
from sergek.centre.prescriptions.register import Prescription
from sergek.centre.rights import Person, Right, requires
from sergek.core.errors import ConfigError, NotFound
from sergek.core.evidence import PackageItem
from sergek.core.ports import EvidenceStore

__all__ = ["as_file", "copy_of", "pictures_of", "router"]

router = APIRouter()
Chief = Annotated[Person, Depends(requires(Right.DECIDE))]
_LEAST_WORDS = 10


def pictures_of(room: EvidenceRoom, one: Prescription) -> dict[str, PackageItem]:
    """The pictures that may leave, by role; `NotFound` where none may."""
    return room.open(_looked_at(one)).pictures


def copy_of(evidence: EvidenceStore, one: Prescription) -> bytes:
    """The very copy that the signer looked at; `NotFound` where there is none or it has ended."""
    return evidence.get(_looked_at(one))


def _looked_at(one: Prescription) -> str:
    if one.public_copy is None:
        raise NotFound("Nobody looked at masked pictures of this case: none of them leaves.")
    return one.public_copy


@router.get("/prescriptions/{number}/copy/{role}")
def media(
    centre: CentreOf,
    person: Reader,
    views: Views,
    room: Room,
    number: str,
    role: str,
    wanted: Annotated[str, Header(alias="range")] = "",
) -> Response:
    """A picture or the clip as the masked copy shows it."""
    one = may_see(centre, person, views.one(number))
    return media_answer(room.open(_looked_at(one)).item(role), wanted)


@router.get("/prescriptions/{number}/copy.zip")
def copy(centre: CentreOf, person: Reader, views: Views, number: str) -> Response:
    """The masked copy, to be handed over; recorded."""
    wired = centre.wiring
    data = copy_of(wired.evidence, may_see(centre, person, views.one(number)))
    wired.log.append([events.handed_out(number, person.name, wired.clock.now(), "copy", "")])
    return as_file(data, "application/zip", f"{number}.zip")


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
